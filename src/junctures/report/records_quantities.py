"""Numbers that a rule of claims.yaml compares: taken from rows, from yearly values, or from a regular series."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from junctures.report.judgement import Data
from junctures.report.records_where import as_text, fits, misuse, need, read_numbers, span_of
from junctures.study.measures import column_of, numbers

ROWS_KEYS = ("table", "where", "take")
ROWS_OPTIONAL = ("column", "less", "time", "from", "to", "says")
YEARLY_KEYS = ("yearly", "from", "to", "take")
YEARLY_OPTIONAL = ("table", "where", "time", "whole", "says")


@dataclass
class Sources:
    """What a judgement rests on: lines of the files of raw tables, and other files with what was read in them."""

    rows: dict[str, set[int]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def add(self, table: str, rows: pd.DataFrame) -> None:
        """Note rows of a raw table."""
        own = rows.attrs.get("file", f"raw/{table}.csv")
        files = rows["_file"] if "_file" in rows else pd.Series(own, rows.index)
        for file in dict.fromkeys(files) or [own]:
            self.rows.setdefault(file, set()).update(int(row) for row in rows["_row"][files == file])

    def merge(self, other: "Sources") -> None:
        """Note all that another judgement rests on."""
        for file, rows in other.rows.items():
            self.rows.setdefault(file, set()).update(rows)
        self.files += other.files

    def text(self) -> str:
        """Return it as the evidence text of a verdict."""
        raw = [
            f"{file}: " + (("rows " if len(rows) > 1 else "row ") + " ".join(map(str, sorted(rows))))
            if rows
            else f"{file}: no row"
            for file, rows in self.rows.items()
        ]
        return "; ".join(raw + list(dict.fromkeys(self.files)))


def measure(block: Mapping, data: Data, sources: Sources, narrow: Mapping | None = None) -> float | None:
    """Return the number that a block asks for, or None where the evidence does not hold it.

    `narrow` is added to the filter of a raw table (one vintage of several). The rows read go into `sources`.
    """
    if "yearly" in block:
        need(block, "yearly quantity", YEARLY_KEYS, YEARLY_OPTIONAL)
        return _yearly(block, data, sources, narrow)
    need(block, "quantity", ROWS_KEYS, ROWS_OPTIONAL)
    if block["take"] not in TAKES:
        raise misuse(f"claims.yaml: take '{block['take']}' is not known", f"Take one of {', '.join(TAKES)}.")
    table = data.table(block["table"])
    rows = table[fits(table, {**block["where"], **(narrow or {})})]
    value, used = TAKES[block["take"]](rows, block)
    sources.add(block["table"], used)
    return value


def values_of(rows: pd.DataFrame, block: Mapping) -> np.ndarray:
    """Return a column as floats (rows,), what `less` names taken off; NaN where a cell that is needed is blank."""
    values = numbers(rows, (block["column"],))[:, 0]
    for item in block.get("less", []):
        if isinstance(item, Mapping):
            values = values - read_numbers(column_of(rows, item["column"]), item["read"])
        else:
            values = values - numbers(rows, (item,))[:, 0]
    return values


def _reduced(reduce: Callable[[np.ndarray], float]) -> Callable:
    def take(rows: pd.DataFrame, block: Mapping) -> tuple[float | None, pd.DataFrame]:
        rows = _dated(rows, block)
        values = values_of(rows, block)
        there = ~np.isnan(values)
        return (float(reduce(values[there])) if there.any() else None), rows[there]

    return take


def _one(rows: pd.DataFrame, block: Mapping) -> tuple[float | None, pd.DataFrame]:
    rows = _dated(rows, block)
    values = values_of(rows, block)
    there = ~np.isnan(values)
    if there.sum() > 1:
        raise misuse(f"claims.yaml: {block['where']} finds {there.sum()} rows where one is meant", "Narrow the filter.")
    return (float(values[there][0]) if there.any() else None), rows[there]


def _count(rows: pd.DataFrame, block: Mapping) -> tuple[float, pd.DataFrame]:
    rows = _dated(rows, block)
    return float(len(rows)), rows


def _distinct(rows: pd.DataFrame, block: Mapping) -> tuple[float, pd.DataFrame]:
    rows = _dated(rows, block)
    cells = column_of(rows, block["column"])
    return float(cells[cells != ""].nunique()), rows


def _new_values(rows: pd.DataFrame, block: Mapping) -> tuple[float, pd.DataFrame]:
    """Return how many values of a column have their first row in the years asked for, and those first rows."""
    rows = rows[(column_of(rows, block["column"]) != "") & (column_of(rows, block["time"]) != "")]
    rows = rows.sort_values([block["time"], "_row"], kind="stable").drop_duplicates(block["column"])
    rows = _dated(rows, block)
    return float(len(rows)), rows


def _dated(rows: pd.DataFrame, block: Mapping) -> pd.DataFrame:
    limits = {key: block[key] for key in ("from", "to") if key in block}
    return rows[fits(rows, {block["time"]: limits})] if limits else rows


TAKES: dict[str, Callable] = {
    "value": _one,
    "largest": _reduced(np.max),
    "smallest": _reduced(np.min),
    "mean": _reduced(np.mean),
    "median": _reduced(np.median),
    "sum": _reduced(np.sum),
    "count": _count,
    "distinct": _distinct,
    "new_values": _new_values,
}


def years_of(block: Mapping, data: Data, sources: Sources, narrow: Mapping | None = None) -> dict[int, float]:
    """Return year -> value for the years from `from` to `to` that the evidence holds; a count of no row is 0."""
    span = range(int(as_text(block["from"])), int(as_text(block["to"])) + 1)
    how, name = next(iter(block["yearly"].items()))
    need(block["yearly"], "yearly", [how], ["vintage"])
    if how == "series":
        return _series_years(name, block["yearly"].get("vintage", ""), span, data, sources)
    if how not in ("value", "distinct", "count"):
        raise misuse(f"claims.yaml: yearly '{how}' is not known", "Write value, distinct, count or series.")
    table = data.table(block["table"])
    rows = table[fits(table, {**block["where"], **(narrow or {})})]
    spans = [span_of(cell) for cell in column_of(rows, block["time"])]
    years = np.array([s[0].year if s and s[0].year == s[1].year else -1 for s in spans], dtype=int)
    inside = np.isin(years, list(span))
    rows, years = rows[inside], years[inside]
    sources.add(block["table"], rows)
    if how == "count":
        return {year: float((years == year).sum()) for year in span}
    cells = column_of(rows, name)
    if how == "distinct":
        return {year: float(cells[(years == year) & (cells != "")].nunique()) for year in span}
    if len(set(years)) < len(years):
        raise misuse(
            f"claims.yaml: {block['where']} finds several rows a year where one is meant", "Narrow the filter."
        )
    values = numbers(rows, (name,))[:, 0]
    return {int(year): float(value) for year, value in zip(years, values, strict=True) if not np.isnan(value)}


def _series_years(name: str, vintage: str, span: range, data: Data, sources: Sources) -> dict[int, float]:
    series = data.series(name)
    there = (series["frequency"] == "year") & (series["role"] == "main")
    there &= series["vintage"].fillna("").astype(str) == vintage
    rows = series[there]
    sources.files.append(f"processed/series/{name}.csv")
    values = pd.to_numeric(rows["value"], errors="coerce")
    each = zip(rows["period"].astype(str).astype(int), values, strict=True)
    return {year: float(value) for year, value in each if year in span and not np.isnan(value)}


def _yearly(block: Mapping, data: Data, sources: Sources, narrow: Mapping | None) -> float | None:
    years = years_of(block, data, sources, narrow)
    if block["take"] == "share":
        whole = years_of({**block, "where": {**block["where"], **block["whole"]}}, data, sources, narrow)
        both = sorted(set(years) & set(whole))
        total = sum(whole[year] for year in both)
        return sum(years[year] for year in both) / total if total else None
    if block["take"] not in YEARLY_TAKES:
        raise misuse(
            f"claims.yaml: take '{block['take']}' of yearly values is not known",
            f"Take share or one of {', '.join(YEARLY_TAKES)}.",
        )
    take, all_years = YEARLY_TAKES[block["take"]]
    span = int(as_text(block["to"])) - int(as_text(block["from"])) + 1
    if not years or (all_years and len(years) < span):
        return None
    order = sorted(years)
    return take(np.array(order, dtype=float), np.array([years[year] for year in order]))


def _log_slope(years: np.ndarray, values: np.ndarray) -> float | None:
    return float(np.polyfit(years - years.mean(), np.log(values), 1)[0]) if (values > 0).all() else None


# a take, and whether it needs every year of the span
YEARLY_TAKES: dict[str, tuple[Callable, bool]] = {
    "sum": (lambda years, values: float(values.sum()), False),
    "mean": (lambda years, values: float(values.mean()), True),
    "largest": (lambda years, values: float(values.max()), False),
    "lowest_year": (lambda years, values: float(years[values.argmin()]), True),
    "change": (lambda years, values: float(values[-1] - values[0]), True),
    "smallest_rise": (lambda years, values: float(np.diff(values).min()), True),
    "log_slope": (_log_slope, True),
}
