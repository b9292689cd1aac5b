"""The codebook of results: every column of a published table is described, and keys tell its rows apart."""

import csv
from collections import Counter

import pytest
from published_study import REPOSITORY

from junctures import results
from junctures.report import verdict_rates
from junctures.report.columns import KEYS, describe_column, key_columns
from junctures.report.manifest import published_files

TABLES = [name for name in published_files(REPOSITORY) if name.endswith(".csv")]
# The files of one indicator each repeat the rows of the union; their header is looked at, their rows there.
WHOLE = [name for name in TABLES if name.count("/") < 3]


def rows_of(name):
    with (REPOSITORY / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_column_of_a_published_table_is_described():
    headers = {}
    for name in TABLES:
        with (REPOSITORY / name).open(encoding="utf-8", newline="") as handle:
            headers |= {(name, column): describe_column(name, column)[1] for column in next(csv.reader(handle))}
    bare = [place for place, meaning in headers.items() if not meaning]
    assert not bare, f"describe these in report/columns.py: {bare}"


def test_every_declared_result_has_a_key_and_described_columns():
    declared = {**results.COLUMNS, "curves": results.CURVES, "curve_rows": results.CURVE_ROWS}
    declared |= {"verdict_rates": verdict_rates.COLUMNS, "effects": [*results.COLUMNS["effects"], "mimics"]}
    for name, columns in declared.items():
        assert set(KEYS[name]) <= set(columns), name
        assert not [c for c in columns if describe_column(f"processed/results/{name}.csv", c)[0] == "any"], name


def test_column_that_means_something_else_in_one_file_is_described_there():
    assert describe_column("tables/findings.csv", "mixed")[0] == "integer"
    assert describe_column("processed/results/verdict_rates.csv", "mixed")[0] == "number"
    assert describe_column("processed/results/placebo_outcomes/exercises.csv", "unit")[1].startswith("The unit in the")
    assert describe_column("tables/findings.csv", "nothing") == ("any", "")


@pytest.mark.parametrize("name", ["effects", "specifications", "claims", "dates", "fitted", "codebook", "sources"])
def test_key_tells_every_row_apart(name):
    path = next(each for each in WHOLE if each.endswith(f"/{name}.csv"))
    key = key_columns(REPOSITORY, path)
    assert key == KEYS[name]
    often = Counter(tuple(row[column] for column in key) for row in rows_of(path)).most_common(1)
    assert often[0][1] == 1, often


def test_key_of_a_file_of_one_indicator_of_a_series_and_of_a_raw_table():
    assert key_columns(REPOSITORY, "processed/results/effects/exercises.csv") == KEYS["effects"]
    assert key_columns(REPOSITORY, "processed/series/exercises.csv") == KEYS["series"]
    assert key_columns(REPOSITORY, "processed/series/exercises_rows.csv") == KEYS["rows"]
    assert key_columns(REPOSITORY, "raw/joint_exercises/places.csv") == ("event_id", "phase")
    assert key_columns(REPOSITORY, "raw/joint_exercises/nothing.csv") == ()
    assert key_columns(REPOSITORY, "raw/SHA256SUMS") == ()
    assert key_columns(REPOSITORY, "tables/unknown.csv") == ()
