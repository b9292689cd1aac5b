"""Every number in the tables of docs/comparison.md is the rounded one of benchmarks/comparison/results.csv."""

import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "comparison.md"
RESULTS = ROOT / "benchmarks" / "comparison" / "results.csv"
NUMBER = re.compile(r"−?\d*\.?\d+")
INTERVAL = ("estimate", "lower", "upper")
# By heading: part of the results (a function of the column), quantities in the order in which a cell shows them, and
# whether the columns are cases and the rows procedures.
TABLES = {
    "Estimates and 95 % intervals": ("fit", INTERVAL, False),
    "Two-sided p, or posterior tail probability": ("fit", ("p",), False),
    "Time of one fit": ("time", ("milliseconds",), False),
    "Size, annual": ("size, annual", ("size", "error", "count"), True),
    "Size, monthly": ("size, monthly", ("size", "error", "count"), True),
    "Median width of the 95 % interval": ("size, {}", ("width",), True),
    "Placebo in time": ("placebo", ("outside", "folds", "seconds"), False),
    "Size of the placebo in time": ("size, placebo", ("size", "error", "count"), True),
}
PLACEBO = "CausalPy, PlaceboInTime"


def read_tables():
    """Return {heading: (header, rows)} of the page."""
    tables, heading = {}, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            tables.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {name: (lines[0], lines[2:]) for name, lines in tables.items()}


def read_results():
    """Return {(part, case, procedure, juncture, quantity): value}, each with its count under the quantity `count`."""
    table = pd.read_csv(RESULTS, dtype={"juncture": str}).fillna({"juncture": ""})
    values = {}
    for row in table.itertuples(index=False):
        values[row.part, row.case, row.procedure, row.juncture, row.quantity] = row.value
        values[row.part, row.case, row.procedure, "", "count"] = row.count
    return values


def expected(heading, column, row, results):
    """Return the results' values that a cell must show, in order, and their keys."""
    part, quantities, transposed = TABLES[heading]
    juncture = "" if transposed or part == "time" else row[1]
    case, procedure = (column, row[0]) if transposed else (row[0], column)
    if "{}" in part:
        kind, case = column.split(", ", 1)
        part = part.format(kind)
    if part == "placebo":
        procedure, quantities = PLACEBO, (NAMES[column],)
    if column == "truth":
        quantities = ("estimate",)
    if column == "n":
        part, procedure, quantities = "series", "points", ("n",)
    keys = [
        key
        for quantity in quantities
        for key in results
        if key[:3] == (part, case, procedure) and key[4] == quantity and (not juncture or key[3] == juncture)
    ]
    return [results[key] for key in keys], keys


NAMES = {"P(outside)": "outside", "folds": "folds", "seconds": "seconds"}


def cells():
    """Return (heading, column, row, text) of every cell that holds a result."""
    for heading, (header, rows) in read_tables().items():
        labels = 1 if TABLES[heading][2] else 2
        for row in rows:
            for column, text in list(zip(header, row, strict=True))[labels:]:
                yield heading, column, row, text


def agrees(text, value):
    """Return whether a number as shown is the value to its last shown place."""
    places = len(text.split(".")[1]) if "." in text else 0
    return abs(float(text.replace("−", "-")) - value) <= 0.5000001 * 10**-places


def test_page_has_every_table_and_no_other():
    assert set(read_tables()) == set(TABLES)


@pytest.mark.parametrize("heading", TABLES)
def test_every_number_of_a_table_is_in_the_results(heading):
    results, wrong = read_results(), []
    for found, column, row, text in cells():
        if found != heading:
            continue
        values, _ = expected(heading, column, row, results)
        if text == "<.001":
            same = len(values) == 1 and 0 <= values[0] < 0.001
        else:
            shown = NUMBER.findall(text)
            same = len(shown) == len(values) and all(map(agrees, shown, values))
        if not same:
            wrong.append((row[:2], column, text, values))
    assert wrong == []


def test_every_result_that_has_a_column_is_shown():
    results = read_results()
    shown = {key for cell in cells() for key in expected(*cell[:3], results)[1]}
    kinds = {quantity for _, quantities, _ in TABLES.values() for quantity in quantities}
    # sklearn's fits have an estimate only, which is that of OLS: the text says so and no table repeats them.
    unseen = {
        key for key in results if key[4] in kinds - {"count"} and key not in shown and key[1:3] != ("", "") and
        key[2] != "CausalPy, sklearn"
    }  # fmt: skip
    # Times and widths of the size runs stand in the results for those who want them.
    assert {key for key in unseen if key[0] in ("fit", "placebo") or key[4] in ("size", "error")} == set()


def test_rounding_is_judged_by_the_last_place_shown():
    assert agrees("4.4", 4.44) and agrees("−0.15", -0.1549) and agrees("12", 12.4)
    assert not agrees("4.4", 4.46) and not agrees("0.15", -0.15) and not agrees("12", 12.6)


def test_page_is_short_and_names_versions():
    text = PAGE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    for package in ("statsmodels", "causalpy", "pymc"):
        assert re.search(rf"{package} \d+\.\d+", text), package
