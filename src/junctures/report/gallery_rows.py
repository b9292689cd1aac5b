"""The rows behind a claim as small tables: the cited lines of raw tables, rows of results, and whole series."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from junctures.numbers import read_csv
from junctures.report.bearing import words_of
from junctures.report.evidence import Cited, read_evidence
from junctures.report.table_formats import numeric
from junctures.report.wording import text
from junctures.study.files import table_name
from junctures.study.series import evidence, load_table

LINK = "url_or_citation"
NARROW = 8  # a raw table of so few columns is shown with all of them
RESULT_HEADS = {
    "indicator": "Series",
    "vintage": "Vintage",
    "model": "Model",
    "juncture": "Juncture",
    "estimand": "Estimand",
    "window_start": "From",
    "window_end": "To",
    "n": "n",
    "estimate": "Estimate",
    "lower": "Lower",
    "upper": "Upper",
    "p": "p",
    "p_holm": "p, Holm",
    "smallest_effect": "Smallest effect",
    "robust": "Robust",
    "reason": "Note",
}


@dataclass(frozen=True)
class Rows:
    """The rows of one file: heads, cells as text, the first of each naming its row, and which columns hold numbers."""

    file: str
    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


class Shelf:
    """The files that evidence names, each read once; `sources` maps ids to the content of each SOURCE.yaml."""

    def __init__(self, sources: Mapping[str, Mapping]) -> None:
        self.sources = sources
        self._tables: dict[str, pd.DataFrame] = {}

    def table(self, file: str) -> pd.DataFrame:
        """Return a file as the judges of claims saw it: raw tables as text without what rests on the article alone."""
        if file not in self._tables:
            raw = file.startswith("raw/")
            self._tables[file] = evidence(load_table(file)) if raw else read_csv(file)
        return self._tables[file]

    def columns(self, file: str) -> Mapping[str, Mapping]:
        """Return what SOURCE.yaml says of the columns of a raw table."""
        return self.spec(file)["columns"]

    def spec(self, file: str) -> Mapping:
        """Return what SOURCE.yaml says of a raw table."""
        source, _, table = table_name(file).partition("/")
        return self.sources[source]["tables"][table]


def rows_behind(claim_evidence: object, check: Mapping, shelf: Shelf) -> list[Rows]:
    """Return the rows that a claim's evidence names, a table a file, in the order in which the evidence names files.

    `check` is the claim's check: of a wide raw table those columns are shown that it names, with the key, the date and
    the source of each row.
    """
    cited: dict[str, list[Cited]] = {}
    for part in read_evidence(claim_evidence):
        cited.setdefault(part.file, []).append(part)
    named = set(words_of(check))
    return [_rows(file, parts, named, shelf) for file, parts in cited.items()]


def _rows(file: str, parts: list[Cited], named: set[str], shelf: Shelf) -> Rows:
    if file.startswith("raw/"):
        return _raw_rows(file, parts, named, shelf)
    table = shelf.table(file)
    keys = [part.row for part in parts if part.row]
    if keys:
        return _result_rows(file, table, keys)
    if "role" in table:
        table = table[table["role"] == "main"]
    shown = [column for column in table if column not in ("role", "unit") and not (table[column] == "").all()]
    return _as_text(file, table[shown], dict(zip(shown, map(_capital, shown), strict=True)))


def _raw_rows(file: str, parts: list[Cited], named: set[str], shelf: Shelf) -> Rows:
    table, spec = shelf.table(file), shelf.spec(file)
    lines = {line for part in parts for line in part.lines}
    rows = table[table["_row"].isin(lines)]
    wanted = {*spec["key"], spec.get("time"), *named}
    wanted |= {column for column, about in spec["columns"].items() if about["type"] == LINK}
    if len(spec["columns"]) <= NARROW:
        wanted |= spec["columns"].keys()
    shown = [column for column in spec["columns"] if column in wanted and (rows[column] != "").any()]
    return _as_text(file, rows[["_row", *shown]], {"_row": "Line"} | {column: column for column in shown})


def _result_rows(file: str, table: pd.DataFrame, keys: Iterable[Mapping[str, str]]) -> Rows:
    found = []
    for key in keys:
        rows = table
        for column, value in key.items():
            rows = rows[rows[column] == value]
        found.append(rows)
    rows = pd.concat(found).drop_duplicates()
    heads = {column: head for column, head in RESULT_HEADS.items() if column in rows and not _blank(rows[column])}
    return _as_text(file, rows[list(heads)], heads)


def _blank(column: pd.Series) -> bool:
    return bool(column.isna().all() or (column == "").all())


def _as_text(file: str, rows: pd.DataFrame, heads: Mapping[str, str]) -> Rows:
    cells = tuple(tuple(_cell(cell) for cell in row) for row in rows.itertuples(index=False, name=None))
    numbers = tuple(numeric(rows[column].fillna("")) for column in heads)
    return Rows(file, tuple(heads.values()), cells, numbers)


def _cell(cell: object) -> str:
    """Return a cell as text, a number with four significant digits at least, whole numbers in full."""
    if isinstance(cell, float):
        if cell != cell:
            return ""
        return f"{cell:.0f}" if cell == round(cell) and abs(cell) < 1e9 else f"{cell:.4g}"
    return text(cell) if isinstance(cell, str) else str(cell)


def _capital(name: str) -> str:
    return name.replace("_", " ").capitalize()
