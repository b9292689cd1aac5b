"""Cells as text: what a workbook shows and what a Stata file means, with the lines that their users see."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from junctures.study.cells import read_cells
from junctures.study.problems import StudyError


def workbook(path, *rows, forms=()):
    """Save rows as a workbook; `forms` gives number formats by cell."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, form in dict(forms).items():
        book.active[place].number_format = form
    book.save(path)
    return read_cells(path, "raw/a/b.xlsx")


def test_cells_of_a_workbook_are_what_it_shows(tmp_path):
    cells = workbook(
        tmp_path / "b.xlsx",
        ["day", "month", "year", "whole", "part", "flag", "text", "zero"],
        [dt.datetime(2014, 3, 18), dt.date(2014, 3, 1), dt.date(2014, 1, 1), 3.0, 0.25, True, "Kazan", 0],
        [dt.datetime(2014, 3, 18, 12, 30), None, None, 1e22, -1.5, False, "a\nb", -0.0],
        forms={"A2": "dd/mm/yyyy", "B2": "mmm-yy", "C2": 'yyyy" AD"', "A3": "yyyy-mm-dd hh:mm"},
    )
    assert cells.header == ["day", "month", "year", "whole", "part", "flag", "text", "zero"]
    assert cells.lines == [2, 3]
    assert cells.rows[0] == ["2014-03-18", "2014-03", "2014", "3", "0.25", "1", "Kazan", "0"]
    # A time of day stays, so that the check of dates sees it.
    assert cells.rows[1] == ["2014-03-18 12:30:00", "", "", "10000000000000000000000", "-1.5", "0", "a\nb", "0"]


def test_far_away_cell_is_refused_and_not_read_up_to(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "year", 1
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(StudyError, match="line 1048576: the sheet 'Sheet' reaches to XFD1048576"):
        read_cells(tmp_path / "b.xlsx", "raw/a/b.xlsx")


def test_cells_of_stata_are_what_they_mean(tmp_path):
    table = pd.DataFrame(
        {
            "day": pd.to_datetime(["2014-03-18", "1959-12-31"]),
            "month": pd.to_datetime(["2014-03-01", "1959-12-01"]),
            "year": [2014, 1959],
            "kind": pd.Categorical.from_codes([1, 0], ["visit", "talk"]),
            "single": pd.Series([5.1, None], dtype="float32"),
            "whole": [3.0, None],
            "text": ["Казань", ""],
        }
    )
    table.to_stata(tmp_path / "b.dta", write_index=False, version=118, convert_dates={"day": "td", "month": "tm"})
    cells = read_cells(tmp_path / "b.dta", "raw/a/b.dta")
    assert cells.header == list(table.columns) and cells.lines == [2, 3]
    assert cells.rows[0] == ["2014-03-18", "2014-03", "2014", "talk", "5.1", "3", "Казань"]
    assert cells.rows[1] == ["1959-12-31", "1959-12", "1959", "visit", "", "", ""]


def test_quarters_of_stata_are_told_as_the_study_writes_them(tmp_path):
    table = pd.DataFrame({"quarter": pd.to_datetime(["2014-01-01"])})
    table.to_stata(tmp_path / "b.dta", write_index=False, convert_dates={"quarter": "tq"})
    assert read_cells(tmp_path / "b.dta", "raw/a/b.dta").rows == [["2014Q1"]]


def test_letters_of_old_stata_files_are_refused_at_their_line(tmp_path):
    table = pd.DataFrame({"place": ["Kazan", "Köln"]})
    table.to_stata(tmp_path / "b.dta", write_index=False, version=117)
    with pytest.raises(StudyError, match="line 3: letters outside ASCII"):
        read_cells(tmp_path / "b.dta", "raw/a/b.dta")


def test_labels_that_cannot_be_told_apart_are_refused(tmp_path):
    table = pd.DataFrame({"kind": [1, 2]})
    table.to_stata(tmp_path / "b.dta", write_index=False, value_labels={"kind": {1: "visit", 2: "visit"}})
    with pytest.raises(StudyError, match="no Stata file that can be read"):
        read_cells(tmp_path / "b.dta", "raw/a/b.dta")
