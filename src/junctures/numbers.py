"""How numbers are written: eight significant digits, so that processors agree on every published byte."""

from io import BytesIO
from pathlib import Path

import pandas as pd

from junctures.files import write_text
from junctures.study.problems import Problem, StudyError

DIGITS = 8
TINY = 1e-12
# Columns that are text even where they look like numbers, or are blank throughout.
TEXT = (
    "vintage", "period", "first_period", "last_period", "window_start", "window_end", "first_treated", "holds",
    "described", "reason", "mimics",
)  # fmt: skip


def format_number(value: float) -> str:
    """Return a number as text with eight significant digits; magnitudes under 1e-12 are written as 0."""
    if value != value:
        return ""
    return "0" if abs(value) < TINY else f"{value:.{DIGITS}g}"


def write_csv(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV with rounded floats, also beside text in a column, and LF line ends, whole or not at all."""
    out = table.copy()
    for column in out.columns:
        if pd.api.types.is_float_dtype(out[column]) or out[column].dtype == object:
            out[column] = [format_number(cell) if isinstance(cell, float) else cell for cell in out[column]]
    write_text(out.to_csv(index=False, lineterminator="\n"), path)


def read_csv(path: str | Path, **text_columns) -> pd.DataFrame:
    """Return a table written by `write_csv`; period, vintage and other identifying columns stay text, blanks as "".

    `text_columns` names further columns of text. Cells such as NA or None are text too, not blanks. Raises StudyError
    where the file was cut short: what is written always ends a line.
    """
    text = dict.fromkeys(TEXT, str) | text_columns
    content = Path(path).read_bytes()
    if not content.endswith(b"\n"):
        what = "this is half a table: its last line has no end" if content else "the file is empty"
        remedy = "Delete the file and run `snakemake`, which makes it anew."
        raise StudyError([Problem(str(path), 0, "", what, "rows or digits of it are lost", remedy)])
    columns = pd.read_csv(BytesIO(content), nrows=0).columns
    types = {column: kind for column, kind in text.items() if column in columns}
    table = pd.read_csv(BytesIO(content), dtype=types, keep_default_na=False, na_values=[""])
    for column in table.columns:
        if column in text or not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].fillna("")
    return table
