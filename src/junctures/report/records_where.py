"""Which rows a rule of claims.yaml speaks of: the config's filters, and conditions on dates, numbers and wording."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from junctures.study.measures import column_of, numbers, select

DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def misuse(what: str, remedy: str) -> ValueError:
    """Return the error for a check that cannot be read: what is wrong, why it matters, what to do."""
    return ValueError(f"{what}. The check would decide something else than its rule says. {remedy}")


def need(block: Mapping, name: str, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Raise ValueError where a block of a check lacks a required key or has one that is not known."""
    required, optional = set(required), set(optional)
    for key in sorted(required - set(block)):
        raise misuse(f"claims.yaml: a '{name}' has no '{key}'", f"Give it the keys {', '.join(sorted(required))}.")
    for key in sorted(set(block) - required - optional):
        known = ", ".join(sorted(required | optional))
        raise misuse(f"claims.yaml: a '{name}' has the unknown key '{key}'", f"The keys known there are {known}.")


def as_text(value: object) -> str:
    """Return a value of a check as the text that a cell would hold; raise ValueError for a bare yes or no."""
    if isinstance(value, bool):
        raise misuse(f"claims.yaml: YAML reads a word as {str(value).lower()}", 'Put "yes" or "no" in quotation marks.')
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def span_of(text: object) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day that a date (2014, 2014-03 or 2014-03-18) covers, None where it is no date."""
    match = DATE.match(as_text(text))
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if day:
        return dt.date(year, month, day), dt.date(year, month, day)
    last = month or 12
    return dt.date(year, month or 1, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def fits(table: pd.DataFrame, where: Mapping) -> np.ndarray:
    """Return which rows of a text table fit a filter, as booleans (rows,); all its conditions must hold.

    Beyond the filters of the config (a text, a list, {holds: texts}, `any` of filters) a column may ask for
    {from, to} (the whole date lies within), {overlaps: [from, to]} (some day of it does), {min, max} (numbers),
    {matches: pattern}, {holds_all: texts} and {read: pattern, is: number} (the number that the pattern's group finds
    in a text); `none` names filters that must all fail. Raises ValueError for a condition that is not known.
    """
    fit = np.ones(len(table), dtype=bool)
    for column, condition in where.items():
        if column in ("any", "none"):
            one = np.logical_or.reduce([fits(table, each) for each in condition])
            fit &= one if column == "any" else ~one
        elif column == "row_sum":
            fit &= select(table, {column: condition})
        elif isinstance(condition, Mapping):
            fit &= _condition(table, column, condition)
        elif isinstance(condition, list | tuple):
            fit &= select(table, {column: [as_text(each) for each in condition]})
        else:
            fit &= select(table, {column: as_text(condition)})
    return fit


def known(table: pd.DataFrame, expect: Mapping) -> np.ndarray:
    """Return which rows have something in every cell that an expectation reads, as booleans (rows,)."""
    known = np.ones(len(table), dtype=bool)
    for column, condition in expect.items():
        if column in ("any", "none"):
            raise misuse(f"claims.yaml: 'expect' has '{column}'", "Write one part for each alternative.")
        if isinstance(condition, Mapping) and "read" in condition:
            known &= ~np.isnan(read_numbers(column_of(table, column), condition["read"]))
        else:
            known &= (column_of(table, column) != "").to_numpy(dtype=bool)
    return known


def read_numbers(cells: pd.Series, pattern: str) -> np.ndarray:
    """Return the number in the first group of a pattern in each text, NaN where the pattern is not found."""
    found = [re.search(pattern, cell, re.IGNORECASE) for cell in cells]
    return np.array([float(match.group(1).replace(",", "")) if match else np.nan for match in found], dtype=float)


def _condition(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    for keys, test in CONDITIONS.items():
        if set(condition) <= set(keys) and condition:
            return test(table, column, condition)
    known = "; ".join(", ".join(keys) for keys in CONDITIONS)
    raise misuse(f"claims.yaml: '{column}' has the condition '{', '.join(condition)}'", f"Known ones are: {known}.")


def _dated(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    start = span_of(condition["from"])[0] if "from" in condition else dt.date.min
    end = span_of(condition["to"])[1] if "to" in condition else dt.date.max
    spans = [span_of(cell) for cell in column_of(table, column)]
    return np.array([span is not None and start <= span[0] and span[1] <= end for span in spans], dtype=bool)


def _overlaps(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    start, end = span_of(condition["overlaps"][0])[0], span_of(condition["overlaps"][1])[1]
    spans = [span_of(cell) for cell in column_of(table, column)]
    return np.array([span is not None and span[0] <= end and start <= span[1] for span in spans], dtype=bool)


def _between(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    values = numbers(table, (column,))[:, 0]
    return (values >= condition.get("min", -np.inf)) & (values <= condition.get("max", np.inf))


def _matches(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    pattern = re.compile(condition["matches"], re.IGNORECASE)
    return np.array([bool(pattern.search(cell)) for cell in column_of(table, column)], dtype=bool)


def _holds(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    return select(table, {column: {"holds": [as_text(each) for each in condition["holds"]]}})


def _holds_all(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    each = [select(table, {column: {"holds": [as_text(text)]}}) for text in condition["holds_all"]]
    return np.logical_and.reduce(each)


def _reads(table: pd.DataFrame, column: str, condition: Mapping) -> np.ndarray:
    need(condition, column, ["read", "is"])
    return read_numbers(column_of(table, column), condition["read"]) == condition["is"]


CONDITIONS: dict[tuple[str, ...], Callable[[pd.DataFrame, str, Mapping], np.ndarray]] = {
    ("from", "to"): _dated,
    ("overlaps",): _overlaps,
    ("min", "max"): _between,
    ("matches",): _matches,
    ("holds",): _holds,
    ("holds_all",): _holds_all,
    ("read", "is"): _reads,
}
