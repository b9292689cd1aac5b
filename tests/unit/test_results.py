"""The files of results: columns, union, log."""

import numpy as np
import pandas as pd

from junctures.numbers import read_csv
from junctures.results import COLUMNS, join_results, log_results, write_results

ROW = {
    "indicator": "drills", "vintage": "", "juncture": "one", "model": "primary", "estimand": "step", "n": 22,
    "estimate": 0.5, "p": 0.01, "sentence": "Joint drills: a step.",
}  # fmt: skip


def write(path, *rows):
    write_results({"effects": pd.DataFrame(list(rows))}, {"effects": path})
    return path


def test_a_file_has_the_declared_columns_in_their_order_whatever_the_rows_hold(tmp_path):
    path = write(tmp_path / "effects.csv", {"beside": 1} | ROW)
    assert path.read_text().splitlines()[0] == ",".join(COLUMNS["effects"])
    found = read_csv(path)
    assert found["estimate"][0] == 0.5
    assert np.isnan(found["lower"][0])


def test_a_result_without_rows_is_a_file_with_its_columns_only(tmp_path):
    assert write(tmp_path / "effects.csv").read_text() == ",".join(COLUMNS["effects"]) + "\n"


def test_the_union_keeps_the_order_of_files_and_leaves_out_empty_ones(tmp_path):
    paths = [
        write(tmp_path / "b.csv", ROW | {"indicator": "talks"}, ROW | {"indicator": "talks", "juncture": "two"}),
        write(tmp_path / "none.csv"),
        write(tmp_path / "a.csv", ROW | {"vintage": "2022"}),
    ]
    found = join_results(paths, "effects")
    assert list(found["indicator"]) == ["talks", "talks", "drills"]
    assert list(found["vintage"]) == ["", "", "2022"]


def test_a_union_of_empty_files_has_the_columns(tmp_path):
    found = join_results([write(tmp_path / "none.csv")], "effects")
    assert list(found.columns) == COLUMNS["effects"] and len(found) == 0


def test_the_log_tells_every_row_and_nothing_where_there_is_none():
    said = []
    log_results(pd.DataFrame([ROW, ROW | {"sentence": "Another."}]), said.append)
    log_results(pd.DataFrame(), said.append)
    assert said == ["Joint drills: a step.", "Another."]
