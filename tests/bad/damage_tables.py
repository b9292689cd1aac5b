"""Damaged and unusual raw tables: each refused at its file and line, or accepted with the right series and effects."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from harness import Damage, Refusal, edit, series_of
from table_forms import (
    BELTS,
    all_of,
    as_excel,
    as_folder,
    as_stata,
    beside,
    cell,
    data,
    frame,
    lines,
    link_out,
    vintage,
)  # fmt: skip

from junctures.inference.indicator import Setting, test_indicator
from junctures.study.config import load_config
from junctures.study.files import table_files
from junctures.study.series import build_series, load_table

SOURCE = "raw/road_casualties/SOURCE.yaml"
BOOK, STATA = BELTS.replace(".csv", ".xlsx"), BELTS.replace(".csv", ".dta")
SUMMITS = "raw/leader_summits/summits.csv"
POINTS = "raw/unga_votes/ideal_points.csv"
DELIVERIES = "raw/sipri_transfers/transfers.2027-03.csv"
MONTHS = 192  # lines 2 to 193 of the seat belts
DRAWS = {"power": 20, "date_rank": 19, "breaks": 19, "calibration": 20}
WATCHED = ("summits", "ideal_point_distance", "arms_deliveries")  # series of the real study that tables here feed
HTML = b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
FLAT, BEFORE = "untestable: no variation", "fewer than 3 points from the last step on"
VANS, REAR = "van_drivers", "rear_passengers"


def all_series(root: Path) -> dict[str, pd.DataFrame]:
    """Return the series of every indicator of the seat belts, or of the real study those that are watched."""
    study = load_config(root / "config.yaml")
    return {name: series_of(root, name) for name in study.indicators if len(study.indicators) < 9 or name in WATCHED}


def same(root: Path, sound: Path) -> None:
    """Every series is to the last bit that of the unharmed study."""
    expected = all_series(sound)
    for name, series in all_series(root).items():
        pd.testing.assert_frame_equal(series, expected[name], check_exact=True)


def same_values(root: Path, sound: Path) -> None:
    """Every series has the values of the unharmed study, from the lines of the file that is there now."""
    same(root, sound)
    study = load_config(root / "config.yaml")
    files = [root / file for file in table_files(root, "road_casualties/monthly")]
    _, rows = build_series(
        study.indicators[VANS], load_table(*files), {"start": "1969-01", "end": "1984-12"}, time="month"
    )
    assert list(rows["rows"]) == [str(line) for line in range(2, MONTHS + 2)]


def but(values: dict[str, dict[str, float]]):
    """Return a check that every y is as it was, but for those of some indicators in some periods."""

    def check(root: Path, sound: Path) -> None:
        expected = all_series(sound)
        for name, series in all_series(root).items():
            y = expected[name].set_index("period")["y"]
            for period, value in values.get(name, {}).items():
                y[period] = value
            # One unit in the last place of a root or logarithm.
            np.testing.assert_allclose(series["y"], y, rtol=1e-14, err_msg=name)

    return check


@cache
def effects(root: Path, indicator: str) -> pd.DataFrame:
    """Return the rows of effects that the tests give of an indicator of the seat belts."""
    part = json.loads((root / f"processed/meta/slices/indicator_{indicator}.json").read_text(encoding="utf-8"))
    series = series_of(root, indicator)
    setting = Setting.from_slice({**part, "simulations": DRAWS})
    return test_indicator(series, part["indicator"], setting, part["window"]).frames()["effects"]


def step(root: Path, indicator: str) -> pd.Series:
    """Return the row of the primary step."""
    found = effects(root, indicator)
    return found[(found["model"] == "primary") & (found["estimand"] == "step")].iloc[0]


def untestable(n: int, reason: str):
    """Return a check that no number is made of the vans' series: every row is there, and says why it is empty."""

    def check(root: Path, sound: Path) -> None:
        found = effects(root, VANS)
        assert len(found) == len(effects(sound, VANS)) and set(found["n"]) == {n}
        assert found[["estimate", "lower", "upper", "p"]].isna().all(axis=None)
        assert set(found["reason"]) == {reason}

    return check


def gap(root: Path, sound: Path) -> None:
    """Three months are gaps, never zeros, and the step moves by under a tenth of its interval for 3 points of 192."""
    months = dict.fromkeys(("1975-03", "1975-04", "1975-05"), np.nan)
    but(dict.fromkeys((VANS, "car_drivers", REAR), months))(root, sound)
    found, before = step(root, VANS), step(sound, VANS)
    assert found["n"] == MONTHS - 3
    assert abs(found["estimate"] - before["estimate"]) < 0.1 * (before["upper"] - before["lower"])


def doubled(root: Path, sound: Path) -> None:
    """Twice the distance throughout: roots of rates shrink by the root of 2, and their step with them (1e-6: grid)."""
    assert np.isclose(step(root, VANS)["estimate"], 2**-0.5 * step(sound, VANS)["estimate"], rtol=1e-6)


def raised(root: Path, sound: Path) -> None:
    """A half more in every month of the law: the step in logs is larger by log 1.5."""
    found, before = step(root, REAR)["estimate"], step(sound, REAR)["estimate"]
    assert np.isclose(found, before + np.log(1.5), atol=1e-3)  # counts are whole: 1 in 400 a month, unbiased


def added_vintage(root: Path, sound: Path) -> None:
    """A vintage that the config does not name changes nothing, and one that it names is a block with its own lines."""
    same(root, sound)
    study = load_config(root / "config.yaml")
    deliveries = study.indicators["arms_deliveries"]
    vintages = deliveries.vintages.model_copy(update={"others": ("2026-03", "2027-03")})
    table = load_table(*(root / file for file in table_files(root, deliveries.table)))
    window = {"start": "2000", "end": "2021"}
    series, rows = build_series(deliveries.model_copy(update={"vintages": vintages}), table, window, time="year")
    old, new = (series[series["vintage"] == each].drop(columns="vintage") for each in ("2026-03", "2027-03"))
    pd.testing.assert_frame_equal(old.reset_index(drop=True), new.reset_index(drop=True))
    assert set(rows["table"][rows["vintage"] == "2027-03"]) == {"sipri_transfers/transfers.2027-03"}
    assert set(rows["table"][rows["vintage"] == "2026-03"]) == {"sipri_transfers/transfers"}


def zero(book, sheet) -> None:
    """Leave a cell that is 0 and one that is blank in the sheet."""
    sheet["B20"] = 0


def merge(book, sheet) -> None:
    sheet.merge_cells("A5:B5")


def second_sheet(book, sheet) -> None:
    book.create_sheet("notes")["A1"] = "a note"


def empty_sheet(book, sheet) -> None:
    book.create_sheet("Sheet2")
    sheet["A300"].number_format = "0.00"


def formula(book, sheet) -> None:
    sheet["C7"] = "=1+1"


def error(book, sheet) -> None:
    sheet["C7"] = "#DIV/0!"


def text_number(book, sheet) -> None:
    sheet["C7"] = "1,510"


def day(book, sheet) -> None:
    sheet["A7"].number_format = "yyyy-mm-dd"


def half(book, sheet) -> None:
    sheet["C7"] = 1632.5


def blank_row(book, sheet) -> None:
    sheet.insert_rows(7)


def title(book, sheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = "Road casualties"


CUT_OFF = "the last line has no end"
FEW = "the row has 6 cells"
WHOLE = "is not a whole number"
# group: (name, harm, line, words of what, words of the remedy) of the seat belts' table, all refused.
REFUSED = {
    "encoding": [
        ("latin_1", data(lambda b: b.replace(b"1969-04,8", b"1969-04,8\xe9")), 5, "not UTF-8", "UTF-8"),
        ("utf_16", data(lambda b: b.decode().encode("utf-16")), 1, "UTF-16", "UTF-8"),
        ("utf_16_without_mark", data(lambda b: b.decode().encode("utf-16-le")), 1, "NUL bytes", "UTF-8"),
        ("nul_byte", data(lambda b: b.replace(b"1969-04,8", b"1969-04,8\0")), 5, "NUL bytes", "UTF-8"),
    ],
    "separator": [
        ("semicolons", data(lambda b: b.replace(b",", b";")), 1, "separated by semicolons", "commas"),
        ("tabs", data(lambda b: b.replace(b",", b"\t")), 1, "separated by tabs", "commas"),
        ("bars", data(lambda b: b.replace(b",", b"|")), 1, "separated by bars", "commas"),
        (
            "semicolons_with_decimal_commas",
            data(lambda b: b.replace(b",", b";").replace(b";9059;", b";9059,5;")),
            1, "separated by semicolons", "points",
        ),
    ],
    "line end": [
        (
            "cr_only_with_a_wrong_cell",
            all_of(cell(7, "13,", "x,"), data(lambda b: b.replace(b"\n", b"\r"))),
            7, WHOLE, "whole number",
        ),
    ],
    "header": [
        ("column_named_twice", cell(1, "kms", "law"), 1, "stands twice", "Rename or remove"),
        ("header_again_within", lines(lambda h: [*h[:50], h[0], *h[50:]]), 51, "is not a month", "2014-03"),
        ("merged_header", cell(1, "van_drivers_killed,car_drivers_ksi", "drivers,"), 1, "'car_drivers_ksi' is missing", "SOURCE.yaml"),
        ("space_in_header", cell(1, "kms", " kms"), 1, "'kms' is missing", "' kms'"),
        ("capitals_in_header", cell(1, "month", "Month"), 1, "'month' is missing", "'Month'"),
        ("units_below_header", lines(lambda h: [h[0], ",persons,persons,persons,persons,km,", *h[1:]]), 2, WHOLE, "whole"),
        ("no_header", lines(lambda h: h[1:]), 1, "'month' is missing", "Restore"),
        ("title_above", lines(lambda h: ["Road casualties,,,,,,", *h]), 1, "'month' is missing", "Restore"),
    ],
    "comment": [
        ("comment_above", lines(lambda h: ["# from a yearbook", *h]), 1, "'month' is missing", "Restore"),
        ("note_below", lines(lambda h: [*h, "Source: a yearbook"]), 194, "the row has 1 cells", "comma"),
    ],
    "duplicate key": [
        ("row_twice", lines(lambda h: [*h, h[9]]), 194, "also stands in line 10", "Remove one"),
        ("two_values_of_a_month", lines(lambda h: [*h[:10], h[9].replace(",6,", ",7,"), *h[10:]]), 11, "also stands in line 10", "correct the key"),
    ],
    "shifted columns": [
        ("comma_too_many", cell(6, "1969-05,", "1969-05,,"), 6, "the row has 8 cells", "quotation"),
        ("cell_too_few", cell(6, ",454", ""), 6, FEW, "comma"),
        ("row_moved_right", lambda root: cell(6, "1969-05,10,1632,991,454,11823,0", "1969-05,,10,1632,991,454,11823")(root), 6, "none of the allowed", "0"),
        ("comma_at_every_end", lines(lambda h: [each + "," for each in h]), 1, "'' is not described", "Describe"),
        ("columns_swapped_below_header", frame(lambda f: f.assign(kms=f["rear_passengers_ksi"], rear_passengers_ksi=f["kms"])), 2, "outside the range", "range"),
    ],
    "decimal comma": [("decimal_comma", cell(2, "1687", '"1687,0"'), 2, WHOLE, "without commas")],
    "thousands separator": [
        ("thousands_comma", cell(2, "1687", '"1,687"'), 2, WHOLE, "without commas"),
        ("thousands_point", cell(2, "1687", "1.687"), 2, WHOLE, "without commas"),
        ("thousands_space", cell(2, "1687", "1 687"), 2, WHOLE, "spaces"),
        ("thousands_apostrophe", cell(2, "1687", "1'687"), 2, WHOLE, "without commas"),
    ],
    "serial date": [("excel_serial", cell(2, "1969-01", "25204"), 2, "is not a month", "2014-03")],
    "other dates": [
        ("month_first", cell(2, "1969-01", "01/1969"), 2, "is not a month", "2014-03"),
        ("month_in_words", cell(2, "1969-01", "Jan-69"), 2, "is not a month", "2014-03"),
        ("day_first", cell(2, "1969-01", "01/01/1969"), 2, "is not a month", "2014-03"),
        ("one_digit", cell(2, "1969-01", "1969-1"), 2, "is not a month", "2014-03"),
        ("two_digit_year", cell(2, "1969-01", "69-01"), 2, "is not a month", "2014-03"),
        ("mixed_dates", cell(9, "1969-08", "1969-08-01"), 9, "is not a month", "2014-03"),
        ("month_13", cell(13, "1969-12", "1969-13"), 13, "is not a month", "2014-03"),
        ("another_century", cell(2, "1969-01", "2069-01"), 2, "outside the stated coverage", "coverage"),
    ],
    "other digits": [
        ("full_width_month", cell(2, "1969-01", "１９６９-01"), 2, "is not a month", "2014-03"),
        ("full_width_count", cell(2, "1687", "１６８７"), 2, WHOLE, "whole number"),
        ("arabic_count", cell(2, "1687", "١٦٨٧"), 2, WHOLE, "whole number"),
        ("leading_zero", cell(3, ",6,", ",06,"), 3, WHOLE, "leading zeros"),
    ],
    "blank line": [
        ("blank_line_within", lines(lambda h: [*h[:20], "", *h[20:]]), 21, "the line is blank", "Remove the line"),
        ("blank_line_below", lines(lambda h: [*h, ""]), 194, "the line is blank", "Remove the line"),
        ("commas_alone", lines(lambda h: [*h[:20], ",,,,,,", *h[20:]]), 21, "is blank", "Fill it"),
    ],
    "infinity": [
        ("inf", cell(2, "1687", "inf"), 2, WHOLE, "whole number"),
        ("infinity_of_excel", cell(2, "1687", "#DIV/0!"), 2, WHOLE, "whole number"),
    ],
    "missing in words": [
        (f"missing_{name}", cell(2, "1687", word), 2, WHOLE, "whole number")
        for name, word in (("nan", "NaN"), ("na", "NA"), ("dot", "."), ("dash", "-"), ("excel", "#N/A"), ("null", "null"))
    ],
    "negative count": [("negative_count", cell(2, ",12,", ",-12,"), 2, "outside the range", "Correct")],
    "enormous number": [("enormous", cell(2, "1687", "9" * 30), 2, "outside the range", "widen"), ("very_long", cell(2, "1687", "9" * 200_000), 2, "cannot be read", "quotation")],
    "exponent": [("exponent_in_a_count", cell(2, "1687", "1.687e3"), 2, WHOLE, "whole number")],
    "minus sign": [("minus_sign", cell(2, ",12,", ",−12,"), 2, WHOLE, "whole number")],
    "sign or unit": [
        ("percent", cell(2, ",12,", ",12%,"), 2, WHOLE, "whole number"),
        ("footnote_star", cell(2, ",12,", ",12*,"), 2, WHOLE, "whole number"),
        ("footnote_letter", cell(2, ",12,", ",12a,"), 2, WHOLE, "whole number"),
        ("unit_in_cell", cell(2, ",12,", ",12 persons,"), 2, WHOLE, "whole number"),
        ("about", cell(2, ",12,", ",~12,"), 2, WHOLE, "whole number"),
    ],
    "space": [
        ("hard_space", cell(2, ",12,", ",12\u00a0,"), 2, WHOLE, "spaces"),
        ("trailing_space", cell(2, ",12,", ",12 ,"), 2, WHOLE, "spaces"),
        ("line_end_in_cell", cell(2, "1969-01", '"1969-01\n"'), 2, "is not a month", "2014-03"),
        ("space_in_flag", cell(2, ",9059,0", ",9059, 0"), 2, "none of the allowed", "0"),
    ],
    "total row": [("total", lines(lambda h: [*h, "Total,1737,320773,160773,76882,2876131,23"]), 194, "is not a month", "2014-03")],
    "truncated": [
        ("cut_within_a_number", data(lambda b: b[:-5]), 193, CUT_OFF, "Compare"),
        ("cut_within_a_row", data(lambda b: b[:-20]), 193, CUT_OFF, "Compare"),
        ("end_of_last_line_lost", data(lambda b: b[:-1]), 193, CUT_OFF, "end the line"),
    ],
    "empty": [
        ("empty_file", data(lambda b: b""), 1, "the file is empty", "Restore"),
        ("blank_file", data(lambda b: b"\n\n \n"), 1, "the file is empty", "Restore"),
        ("header_only", lines(lambda h: h[:1]), 1, "the table has no rows", "Restore"),
    ],
    "another kind of file": [
        ("html", data(lambda b: HTML), 1, "a web page", "Download"),
        ("lfs_pointer", data(lambda b: LFS), 1, "a pointer of git LFS", "git lfs pull"),
        ("archive", data(lambda b: b"PK\x03\x04" + b[:200]), 1, "a workbook or archive", "ending"),
        ("conflict", lines(lambda h: [*h[:9], "<<<<<<< HEAD", h[9], "=======", h[9], ">>>>>>> other", *h[10:]]), 10, "a conflict of git", "Decide"),
    ],
    "formula": [("formula", cell(2, ",12,", ",=1+1,"), 2, WHOLE, "whole number")],
    "quotes": [
        ("quote_unclosed", cell(9, "1969-08", '"1969-08'), 9, "cannot be read", "quotation marks"),
        ("quote_within", cell(9, "1969-08", '"1969"-08'), 9, "cannot be read", "quotation marks"),
    ],
}  # fmt: skip
# group: (name, harm, file, line, words, remedy) where the file is another, or the problem of the file as a whole.
FILES = {
    "link": [("link_out", link_out, BELTS, 0, "leads out of the study", "copy")],
    "folder": [("folder_for_file", as_folder, BELTS, 0, "this is a folder", "Put the table's file")],
    "zero in logs": [
        (
            "zero_in_logs",
            all_of(cell(20, ",551,", ",0,"), lambda r: edit(r / SOURCE, "range: [50, 2000]", "range: [0, 2000]")),
            BELTS, 20, "which the scale 'log' cannot take", "sqrt takes 0",
        ),
    ],
    "another format": [
        ("old_excel", beside("monthly.xls"), BELTS.replace(".csv", ".xls"), 0, "kind .xls is not read", "save it as .xlsx"),
        ("macros", beside("monthly.xlsm"), BELTS.replace(".csv", ".xlsm"), 0, "kind .xlsm is not read", "no macros"),
        ("capital_ending", beside("other.CSV"), BELTS.replace("monthly.csv", "other.CSV"), 0, "not in small letters", "other.csv"),
        ("undescribed", beside("other.xlsx"), SOURCE, 12, "other.xlsx is not described", "Describe"),
        ("vintage_without_column", beside("monthly.1990.csv"), SOURCE, 13, "names no column under 'vintage'", "Name the column"),
    ],
    "two files": [("csv_and_excel", as_excel(keep=True), BOOK, 0, "holds the same table", "Keep one")],
    "workbook": [
        ("two_sheets", as_excel(second_sheet), BOOK, 0, "'Sheet', 'notes'", "of its own"),
        ("merged_cells", as_excel(merge), BOOK, 5, "A5:B5 are merged", "Unmerge"),
        ("formula_without_value", as_excel(formula), BOOK, 7, "C7 is a formula whose value", "save it"),
        ("error_cell", as_excel(error), BOOK, 7, "shows the error #DIV/0!", "Mend"),
        ("number_as_text", as_excel(text_number), BOOK, 7, WHOLE, "without commas"),
        ("day_for_month", as_excel(day), BOOK, 7, "'1969-06-01' is not a month", "2014-03"),
        ("half_a_person", as_excel(half), BOOK, 7, "'1632.5' is not a whole number", "whole"),
        ("blank_row", as_excel(blank_row), BOOK, 7, "the line is blank", "Remove"),
        ("title_row", as_excel(title), BOOK, 1, "'month' is missing", "Restore"),
        ("csv_named_xlsx", lambda r: (r / BELTS).rename(r / BOOK), BOOK, 0, "no Excel workbook", "Save it anew"),
        ("workbook_cut_off", all_of(as_excel(), data(lambda b: b[:3000], BOOK)), BOOK, 0, "no Excel workbook", "Save it anew"),
    ],
    "stata": [
        ("csv_named_dta", lambda r: (r / BELTS).rename(r / STATA), STATA, 0, "no Stata file", "Save it anew"),
        ("stata_cut_off", all_of(as_stata(), data(lambda b: b[:4000], STATA)), STATA, 0, "no Stata file", "Save it anew"),
        ("stata_weeks", as_stata(convert_dates={"month": "tw"}), STATA, 1, "dates of the kind %tw", "months (%tm)"),
        ("stata_days", as_stata(convert_dates={"month": "td"}), STATA, 2, "'1969-01-01' is not a month", "2014-03"),
        ("stata_missing", as_stata(lambda t: t.assign(kms=t["kms"].where(t.index != 4))), STATA, 6, "is blank", "Fill it"),
    ],
}  # fmt: skip
# (name, group, harm, what must come out) of the seat belts' table, all accepted.
ACCEPTED = [
    ("mark_before_utf_8", "encoding", data(lambda b: b"\xef\xbb\xbf" + b), same),
    ("crlf", "line end", data(lambda b: b.replace(b"\n", b"\r\n")), same_values),
    ("cr_only", "line end", data(lambda b: b.replace(b"\n", b"\r")), same_values),
    ("mixed_ends", "line end", data(lambda b: b.replace(b"\n", b"\r\n", 90)), same_values),
    ("all_quoted", "quotes", lines(lambda h: [",".join(f'"{each}"' for each in row.split(",")) for row in h]), same),
    ("columns_in_another_order", "shifted columns", frame(lambda f: f[f.columns[::-1]]), same),
    ("months_backwards", "order", frame(lambda f: f.iloc[::-1]), same),
    ("months_shuffled", "order", frame(lambda f: f.sample(frac=1, random_state=1)), same),
    ("another_value", "value", cell(2, "1969-01,12,", "1969-01,13,"), but({VANS: {"1969-01": (13 / 9059) ** 0.5}})),
    ("zero", "value", cell(3, "1969-02,6,", "1969-02,0,"), but({VANS: {"1969-02": 0.0}})),
    ("gap", "gap", frame(lambda f: f.drop(range(74, 77))), gap),
    ("cut_at_a_row", "truncated", lines(lambda h: h[:160]), untestable(159, BEFORE)),
    ("constant", "constant series", frame(lambda f: f.assign(van_drivers_killed="9", kms="10000")), untestable(MONTHS, FLAT)),
    ("all_zeros", "all zeros", frame(lambda f: f.assign(van_drivers_killed="0")), untestable(MONTHS, FLAT)),
    ("one_point", "one point", frame(lambda f: f.iloc[[100]]), untestable(1, FLAT)),
    ("twice_the_distance", "unit", frame(lambda f: f.assign(kms=(f["kms"].astype(int) * 2).astype(str))), doubled),
    ("half_more_since", "value", frame(lambda f: f.assign(rear_passengers_ksi=(f["rear_passengers_ksi"].astype(int) * np.where(f["month"] < "1983-02", 1, 1.5)).round().astype(int).astype(str))), raised),
    ("excel", "workbook", as_excel(), same_values),
    ("excel_with_zero", "workbook", as_excel(zero), but({VANS: {"1970-07": 0.0}})),
    ("excel_with_empty_sheet", "workbook", as_excel(empty_sheet), same_values),
    ("stata", "stata", as_stata(), same_values),
    ("stata_13", "stata", as_stata(version=117), same_values),
    ("stata_label", "stata", as_stata(lambda t: t.assign(law=pd.Categorical.from_codes(t["law"], ["0", "1"]))), same_values),
    ("stata_single_precision", "stata", as_stata(lambda t: t.astype(dict.fromkeys(t.columns[1:], "float32"))), same_values),
]  # fmt: skip
# (name, group, harm, file, line, words, remedy): tables of the real study, whose cells are texts, dates and decimals.
REAL = [
    ("text_with_space_at_end", "space", cell(3, ",Beijing,visit", ",Beijing ,visit", SUMMITS), SUMMITS, 3, "begins and ends", "Write"),
    ("text_with_hard_space", "space", cell(3, ",Beijing,visit", ",Bei\u00a0jing,visit", SUMMITS), SUMMITS, 3, "not seen", "anew"),
    ("text_with_zero_width", "space", cell(3, ",Beijing,visit", ",Bei\u200bjing,visit", SUMMITS), SUMMITS, 3, "not seen", "anew"),
    ("lost_letters", "encoding", cell(3, ",Beijing,visit", ",Beij\ufffdng,visit", SUMMITS), SUMMITS, 3, "not seen", "anew"),
    ("command_in_text", "formula", cell(3, ",Beijing,visit", ",=cmd|'/c calc'!A1,visit", SUMMITS), SUMMITS, 3, "no formula", "Write"),
    ("day_first_in_real", "other dates", cell(3, "2000-07-18,day", "18/07/2000,day", SUMMITS), SUMMITS, 3, "no such date", "2014-03-18"),
    ("no_such_day", "other dates", cell(3, "2000-07-18,day", "2000-02-30,day", SUMMITS), SUMMITS, 3, "no such date", "2014-03-18"),
    ("serial_in_real", "serial date", cell(3, "2000-07-18,day", "36725,day", SUMMITS), SUMMITS, 3, "no such date", "2014-03-18"),
    ("infinite_point", "infinity", cell(2, "-0.2372", "-inf", POINTS), POINTS, 2, "is not a number", "decimal point"),
    ("point_beyond_doubles", "enormous number", cell(2, "-0.2372", "1e999", POINTS), POINTS, 2, "outside the range", "Correct"),
    ("point_nan", "missing in words", cell(2, "-0.2372", "nan", POINTS), POINTS, 2, "is not a number", "decimal point"),
    ("point_with_minus_sign", "minus sign", cell(2, "-0.2372", "−0.2372", POINTS), POINTS, 2, "is not a number", "decimal"),
    ("point_with_comma", "decimal comma", cell(2, "-0.2372", '"-0,2372"', POINTS), POINTS, 2, "is not a number", "commas"),
    ("stray_row_in_vintage", "vintage", vintage(lambda h: [*h[:2], h[2].replace(",2027-03,", ",2025-03,"), *h[3:]]), DELIVERIES, 3, "'2025-03' stands in the file of 2027-03", "Move it"),
    ("vintage_with_other_columns", "vintage", vintage(lambda h: [each.rpartition(",")[0] for each in h]), DELIVERIES, 1, "'source' is missing", "Restore"),
    ("filter_that_fits_no_row", "no row", lambda r: edit(r / "config.yaml", 'where: {in_person: "1"}', 'where: {in_person: "1", place: Moskva}'), SUMMITS, 0, "no row fits the filter", "where"),
]  # fmt: skip


DAMAGES = [
    *(
        Damage(f"table_{name}", group, "seat_belts", harm, Refusal(BELTS, line, what, remedy))
        for group, cases in REFUSED.items()
        for name, harm, line, what, remedy in cases
    ),
    *(
        Damage(f"table_{name}", group, "seat_belts", harm, Refusal(file, line, what, remedy))
        for group, cases in FILES.items()
        for name, harm, file, line, what, remedy in cases
    ),
    *(Damage(f"table_{name}", group, "seat_belts", harm, accepted=check) for name, group, harm, check in ACCEPTED),
    *(
        Damage(f"table_{name}", group, "china_russia", harm, Refusal(file, line, what, remedy))
        for name, group, harm, file, line, what, remedy in REAL
    ),
    Damage(
        "table_exponent_in_a_point", "exponent", "china_russia", cell(2, "-0.2372", "-2.372e-1", POINTS), accepted=same
    ),
    Damage("table_vintage", "vintage", "china_russia", vintage(lambda h: h), accepted=added_vintage),
]
