"""How numbers are written and read back."""

import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from junctures.numbers import format_number, read_csv, write_csv
from junctures.study.problems import StudyError


@pytest.mark.parametrize(
    "value, text",
    [
        (1 / 3, "0.33333333"),
        (123456789.123, "1.2345679e+08"),
        (22.0, "22"),
        (9e-13, "0"),
        (-9e-13, "0"),
        (-0.0, "0"),
        (1.5e-12, "1.5e-12"),
        (float("nan"), ""),
    ],
)
def test_numbers_have_eight_significant_digits_and_rounding_noise_is_zero(value, text):
    assert format_number(value) == text


def test_processors_that_differ_in_the_fifteenth_digit_write_the_same_bytes(tmp_path):
    for name, value in (("a", 0.1 + 0.2), ("b", 0.3)):
        write_csv(pd.DataFrame({"p": [value]}), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"p\n0.3\n"


def test_floats_beside_text_in_a_column_are_rounded_too(tmp_path):
    mixed = pd.Series([1 / 3, "yes", None, 2, np.float64(1e-13)], dtype=object)
    write_csv(pd.DataFrame({"n": range(5), "p": mixed}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "n,p\n0,0.33333333\n1,yes\n2,\n3,2\n4,0\n"


def test_writing_leaves_the_table_as_it_is(tmp_path):
    table = pd.DataFrame({"p": [1 / 3]})
    write_csv(table, tmp_path / "new folder" / "a.csv")
    assert table["p"][0] == 1 / 3


def test_a_table_that_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    write_csv(pd.DataFrame({"p": [1.0]}), path)

    def fail(target, content):
        target.write_text("half of it")
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match=r"no space left.*a\.csv"):
        write_csv(pd.DataFrame({"p": [2.0]}), path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "p\n1\n"


def test_what_names_a_row_stays_text_when_it_is_read_back(tmp_path):
    table = pd.DataFrame(
        {"vintage": ["2022", "2024"], "period": ["2012", "2013"], "first_treated": ["", "2014"], "n": [22, 21],
         "juncture": ["all", ""], "p": [0.5, np.nan]}
    )  # fmt: skip
    write_csv(table, tmp_path / "a.csv")
    found = read_csv(tmp_path / "a.csv")
    for column in ("vintage", "period", "first_treated", "juncture"):
        assert list(found[column]) == list(table[column])
    assert list(found["n"]) == [22, 21]
    assert found["p"][0] == 0.5 and np.isnan(found["p"][1])


def test_a_column_of_blank_text_is_read_as_blank_text(tmp_path):
    write_csv(pd.DataFrame({"n": [1, 2], "reason": ["", ""], "described": ["", ""]}), tmp_path / "a.csv")
    found = read_csv(tmp_path / "a.csv")
    assert list(found["reason"]) == list(found["described"]) == ["", ""]


def test_words_that_look_like_a_missing_value_are_words(tmp_path):
    (tmp_path / "a.csv").write_text("unit,note\nNA,None\nUS,\n")
    found = read_csv(tmp_path / "a.csv")
    assert list(found["unit"]) == ["NA", "US"]
    assert list(found["note"]) == ["None", ""]


def test_a_column_can_be_named_as_text(tmp_path):
    (tmp_path / "a.csv").write_text("code,n\n007,1\n,2\n")
    assert list(read_csv(tmp_path / "a.csv", code=str, absent=str)["code"]) == ["007", ""]


@pytest.mark.parametrize("content", ["", "period,value\n2012,3\n2013,"])
def test_half_a_table_is_told_and_not_read(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(StudyError, match="What to do: Delete the file and run `snakemake`"):
        read_csv(path)
