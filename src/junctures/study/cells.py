"""The cells of a raw table as text, whatever its file: CSV, Stata or Excel; a file that cannot be trusted is refused.

A line is what the user sees: of a CSV the line on which a row starts, of a sheet its row, of Stata the observation
plus 1, as if the names of the variables stood in line 1.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from junctures.study.problems import Problem, StudyError

WHY_READ = "its rows cannot be read, or would be read wrongly"
WHY_CUT = "the last number may have lost digits, and rows may be missing"
WHY_SHIFT = "its values would stand under the wrong columns"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
CONFLICT = re.compile(rb"^(<{7}|={7}|>{7})( .*)?\r?$", re.M)
# How files begin that bear the name of a CSV and are none: what they are, and what to do.
BEGINNINGS = {
    b"version https://git-lfs": ("a pointer of git LFS, not the table", "Fetch the file itself: git lfs pull."),
    b"<": ("a web page or XML, not the table", "Download the table itself."),
    b"pk\x03\x04": ("a workbook or archive, not a CSV", "Give it its own ending (.xlsx), or save it as CSV."),
    b"\xff\xfe": ("UTF-16, not UTF-8 text", "Save it as UTF-8 (CSV UTF-8)."),
    b"\xfe\xff": ("UTF-16, not UTF-8 text", "Save it as UTF-8 (CSV UTF-8)."),
}
UNICODE_STATA = 118  # the first release of the format (Stata 14) whose text is UTF-8
MOST_CELLS = 20_000_000  # a stray cell at the end of a sheet would make a table of all that lies between
DAY_ZERO = dt.datetime(1960, 1, 1)  # Stata counts days, months and milliseconds from here


@dataclass(frozen=True)
class Cells:
    """A table as text: its header, and of each row its line in the file and its cells, blank ones as ""."""

    header: list[str]
    lines: list[int]
    rows: list[list[str]]

    def uneven(self, file: str) -> Iterator[Problem]:
        """Yield the rows that do not have a cell a column."""
        for line, row in zip(self.lines, self.rows, strict=True):
            if not row:
                yield Problem(file, line, "", "the line is blank", "a row may be missing there", "Remove the line.")
            elif len(row) != len(self.header):
                what = f"the row has {len(row)} cells, the header {len(self.header)}"
                remedy = "Put a cell that holds a comma in quotation marks, and keep a comma for every blank cell."
                yield Problem(file, line, "", what, WHY_SHIFT, remedy)


def read_cells(path: str | Path, file: str) -> Cells:
    """Return the cells of a table's file; `file` is its path in the study, as problems show it.

    Whole numbers of Excel and Stata have no decimal point, dates are ISO dates (as exact as they are shown), value
    labels of Stata stand for their numbers, its missing codes are blank. Raises StudyError, with the line where there
    is one, for a file that cannot be read whole and without guessing.
    """
    path = Path(path)
    try:
        return READERS[path.suffix](path, file)
    except OSError as error:
        raise _refusal(
            file, 0, f"the file cannot be read ({error.strerror})", "Restore it, and allow reading."
        ) from None


def _refusal(file: str, line: int, what: str, remedy: str, why: str = WHY_READ) -> StudyError:
    return StudyError([Problem(file, line, "", what, why, remedy)])


def _read_csv(path: Path, file: str) -> Cells:
    text = _decode(path.read_bytes(), file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, rows, start = [], [], 1
    try:
        for row in reader:
            lines.append(start)
            rows.append(row)
            start = reader.line_num + 1
    except csv.Error as error:
        remedy = "Close the quotation marks; double those inside a cell."
        raise _refusal(file, start, f"the row cannot be read: {error}", remedy) from None
    if len(rows[0]) == 1:
        for separator, word in SEPARATORS.items():
            if separator in rows[0][0]:
                what = f"the columns are separated by {word}"
                raise _refusal(file, 1, what, "Save it with commas between columns and points in decimals.")
    if not text.endswith(("\n", "\r")):
        what = "the last line has no end, as in a file that was cut off"
        raise _refusal(file, lines[-1], what, "Compare it with its source; if it is whole, end the line.", WHY_CUT)
    return Cells(rows[0], lines[1:], rows[1:])


def _decode(data: bytes, file: str) -> str:
    """Return the text of a CSV, without the mark that Excel puts before UTF-8."""
    if not data.strip():
        remedy = "Restore it from git, or remove the table from SOURCE.yaml and the config."
        raise _refusal(file, 1, "the file is empty", remedy)
    begin = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower()
    for sign, (what, remedy) in BEGINNINGS.items():
        if begin.startswith(sign):
            raise _refusal(file, 1, f"the file is {what}", remedy)
    if conflict := CONFLICT.search(data):
        line = _line_at(data, conflict.start())
        raise _refusal(file, line, "a conflict of git stands in the file", "Decide which lines hold.")
    if (place := data.find(b"\0")) >= 0:
        what = "the file holds NUL bytes (UTF-16, or damaged)"
        raise _refusal(file, _line_at(data, place), what, "Save it as UTF-8 (CSV UTF-8).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(data, error.start)
        raise _refusal(file, line, "the file is not UTF-8 text", "Save it as UTF-8 (CSV UTF-8).") from None


def _line_at(data: bytes, place: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", data[:place])) + 1


def _read_excel(path: Path, file: str) -> Cells:
    import openpyxl

    try:
        # Twice: what each cell shows, and which cells are formulas.
        shown, written = (openpyxl.load_workbook(path, data_only=only, keep_links=False) for only in (True, False))
    except Exception as error:
        # A damaged or encrypted workbook makes the parsers of zip and XML raise errors of many classes.
        what = f"the file is no Excel workbook that can be read ({type(error).__name__})"
        raise _refusal(file, 0, what, "Save it anew as .xlsx, without a password.") from None
    for sheet in written.worksheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            what = f"the sheet '{sheet.title}' reaches to {sheet.dimensions.partition(':')[2]}"
            raise _refusal(file, sheet.max_row, what, "Delete the cells far from the table, or save it as CSV.")
    filled = [sheet.title for sheet in written.worksheets if any(cell is not None for cell in _values(sheet))]
    if len(filled) != 1:
        names = ", ".join(f"'{name}'" for name in filled) or "none"
        what = f"a table is the one sheet that holds cells, and these do: {names}"
        raise _refusal(file, 0, what, "Save the sheet that is meant as a workbook of its own.")
    sheet, formulas = shown[filled[0]], written[filled[0]]
    if sheet.merged_cells.ranges:
        first = min(sheet.merged_cells.ranges, key=lambda cells: (cells.min_row, cells.min_col))
        remedy = "Unmerge them and write the value into each."
        raise _refusal(file, first.min_row, f"the cells {first.coord} are merged", remedy)
    rows = [
        [_excel_text(cell, beneath, file) for cell, beneath in zip(*pair, strict=True)]
        for pair in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
    ]
    while not any(rows[-1]):
        rows.pop()
    width = max(i for row in rows for i, cell in enumerate(row, 1) if cell)
    rows = [row[:width] if any(row) else [] for row in rows]
    return Cells(rows[0], list(range(2, len(rows) + 1)), rows[1:])


def _values(sheet) -> Iterator[object]:
    return (value for row in sheet.iter_rows(values_only=True) for value in row)


def _excel_text(cell, formula, file: str) -> str:
    """Return what a cell shows as text; `formula` is the same cell with its formula, where it is one."""
    if formula.data_type == "f" and cell.value is None:
        what = f"the cell {cell.coordinate} is a formula whose value was never saved"
        raise _refusal(file, cell.row, what, "Open the file in a spreadsheet and save it, or paste the values.")
    if cell.data_type == "e":
        what = f"the cell {cell.coordinate} shows the error {cell.value}"
        raise _refusal(file, cell.row, what, "Mend the formula, or leave the cell blank.")
    if isinstance(cell.value, dt.datetime | dt.date):
        form = re.sub(r'"[^"]*"|\\.|\[[^]]*\]', "", cell.number_format).lower()
        exact = 10 if "d" in form else 7 if "m" in form else 4
        day = cell.value if isinstance(cell.value, dt.datetime) else dt.datetime.combine(cell.value, dt.time())
        return _day_text(day)[:exact] if day.time() == dt.time() else _day_text(day)
    return cell_text(cell.value)


def _day_text(day: dt.datetime) -> str:
    return day.date().isoformat() if day.time() == dt.time() else day.isoformat(sep=" ")


def cell_text(value: object) -> str:
    """Return a cell of a workbook or data frame as text: whole floats as integers, True as 1, missing as ""."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    try:
        # The shortest text that is the same number: of a single-precision float, the digits that were typed.
        return str(int(value)) if not isinstance(value, str) and value == int(value) else str(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)


def _read_stata(path: Path, file: str) -> Cells:
    from pandas.io.stata import StataReader

    try:
        with StataReader(path, convert_dates=False) as reader:
            frame = reader.read()
            # No public name gives the formats, without which months and days are only numbers.
            formats = dict(zip(frame.columns, reader._fmtlist, strict=True))
            old = reader._format_version < UNICODE_STATA
    except OSError:
        raise
    except Exception as error:
        # A damaged file, one of another release and labels that are not unique raise errors of many classes.
        what = f"the file is no Stata file that can be read ({type(error).__name__}: {_first_line(error)})"
        remedy = "Save it anew with Stata (saveold, version(14)), each label of a variable for one value."
        raise _refusal(file, 0, what, remedy) from None
    columns = [_stata_column(frame[name], formats[name], name, file) for name in frame]
    rows = [list(row) for row in zip(*columns, strict=True)]
    for line, row in enumerate([list(frame.columns), *rows], 1):
        if old and not all(cell.isascii() for cell in row):
            what = "letters outside ASCII stand in a file of Stata 13 or older, which does not say how they are written"
            raise _refusal(file, line, what, "Save it with Stata 14 or later, after unicode translate.")
    return Cells(list(frame.columns), list(range(2, len(rows) + 2)), rows)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:100]


def _stata_column(cells, form: str, name: str, file: str) -> list[str]:
    kind = re.match(r"%-?(t[dwmqhycCb]|d|)", form)[1]
    if kind in ("tw", "th", "tb", "tC"):
        what = f"the variable '{name}' holds dates of the kind %{kind}"
        raise _refusal(file, 1, what, "Make them days (%td), months (%tm) or years (%ty).")
    tell = STATA_DATES.get(kind, cell_text)
    return [cell_text(cell) if isinstance(cell, str) or cell != cell else tell(cell) for cell in cells.to_numpy()]


def _month_text(months: float) -> str:
    return f"{1960 + int(months) // 12}-{int(months) % 12 + 1:02d}"


def _quarter_text(quarters: float) -> str:
    return f"{1960 + int(quarters) // 4}Q{int(quarters) % 4 + 1}"


STATA_DATES = {
    "td": lambda days: _day_text(DAY_ZERO + dt.timedelta(days=float(days))),
    "d": lambda days: _day_text(DAY_ZERO + dt.timedelta(days=float(days))),
    "tc": lambda milliseconds: _day_text(DAY_ZERO + dt.timedelta(milliseconds=float(milliseconds))),
    "tm": _month_text,
    "tq": _quarter_text,
}
READERS = {".csv": _read_csv, ".xlsx": _read_excel, ".dta": _read_stata}
