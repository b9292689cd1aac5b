"""Declared measures: which rows of a table count, and what number the rows of each period make."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from junctures.study.problems import Problem, StudyError, nearest
from junctures.study.schema import Measure


def select(table: pd.DataFrame, where: Mapping) -> np.ndarray:
    """Return which rows of a text table fit a filter, as booleans (rows,).

    `where` maps a column to a text, a list of texts (one of them) or {holds: texts} (any of them within the cell);
    `any` to a list of filters of which one must fit; `row_sum` to columns whose sum must lie between min and max,
    a blank among them failing. All conditions must fit. Raises StudyError for a column that the table does not have.
    """
    fits = np.ones(len(table), dtype=bool)
    for column, condition in where.items():
        if column == "any":
            fits &= np.logical_or.reduce([select(table, each) for each in condition])
        elif column == "row_sum":
            total = numbers(table, condition["columns"]).sum(axis=1)
            fits &= (total >= condition["min"]) & (total <= condition["max"])
        else:
            fits &= _fits(column_of(table, column), condition)
    return fits


def _fits(cells: pd.Series, condition: object) -> np.ndarray:
    if isinstance(condition, Mapping):
        return np.logical_or.reduce([cells.str.contains(text, regex=False) for text in condition["holds"]])
    if isinstance(condition, str):
        return (cells == condition).to_numpy(dtype=bool)
    return cells.isin(list(condition)).to_numpy(dtype=bool)


def column_of(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of a table; raise StudyError, naming the nearest one, where there is none of that name."""
    if column not in table:
        raise fault(
            table,
            f"there is no column '{column}'",
            "A measure or filter that names it would find nothing, and a count would be 0 throughout.",
            nearest(column, [name for name in table.columns if name not in ("_row", "_file")]),
            column=column,
        )
    return table[column]


def numbers(table: pd.DataFrame, columns: tuple[str, ...], blank_as: float = np.nan) -> np.ndarray:
    """Return columns of a text table as floats (rows, columns); a blank becomes `blank_as`.

    Raises StudyError, with the line, where a cell is no number.
    """
    values = np.empty((len(table), len(columns)))
    for j, column in enumerate(columns):
        cells = column_of(table, column).replace("", "nan")
        read = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)
        wrong = np.isnan(read) & (cells != "nan").to_numpy(dtype=bool)
        if wrong.any():
            raise fault(
                table,
                f"'{cells[wrong].iloc[0]}' is no number",
                "The column is added up or compared, and a text would silently count as missing.",
                "Correct the cell in the source table, then run `make checksums`.",
                table[wrong],
                column=column,
            )
        values[:, j] = np.where(np.isnan(read), blank_as, read)
    return values


def fault(
    table: pd.DataFrame, what: str, why: str, remedy: str, rows: pd.DataFrame | None = None, column: str = ""
) -> StudyError:
    """Return a StudyError about a raw table, or about the first of some of its rows, at its file and line."""
    file, line = table.attrs.get("file", "raw"), 0
    if rows is not None and len(rows):
        line = int(rows["_row"].iloc[0])
        file = rows["_file"].iloc[0] if "_file" in rows else file
    return StudyError([Problem(file, line, column, what, why, remedy)])


def measure_periods(
    table: pd.DataFrame, where: Mapping, measure: Measure, code: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return value (n,), exposure (n,) and the rows behind them (positions in the table) for n periods.

    `code` (rows,) is the running number of each row's period, -1 for a row outside the window or dated too coarsely.
    Exposure is NaN except for rates. An empty period is 0 for a count, and for other kinds a gap (NaN); a blank cell
    makes its period a gap unless the measure says that a blank is zero (a mean leaves the row out).
    """
    if measure.kind == "difference":
        where = {**where, measure.by: measure.of}
    chosen = np.flatnonzero(select(table, where) & (code >= 0))
    if measure.kind == "share":
        wider = {**where, **(measure.whole or {})}
        whole = np.flatnonzero(select(table, wider) & (code >= 0))
        value = _share(table, (where, chosen), (wider, whole), code, n, measure)
        return value, np.full(n, np.nan), np.union1d(chosen, whole)
    value, exposure = KINDS[measure.kind](table.iloc[chosen], code[chosen], n, measure)
    return value, exposure, chosen


def _total(rows: pd.DataFrame, columns: tuple[str, ...], code: np.ndarray, n: int, measure: Measure) -> np.ndarray:
    """Return the sum (n,) of columns over the rows of each period; NaN where a period has no row."""
    cells = numbers(rows, columns, 0.0 if measure.blank == "zero" else np.nan).sum(axis=1)
    total = np.bincount(code, weights=cells, minlength=n).astype(float)
    total[np.bincount(code, minlength=n) == 0] = np.nan
    return total


def _count(rows, code, n, measure):
    return np.bincount(code, minlength=n).astype(float), np.full(n, np.nan)


def _distinct(rows, code, n, measure):
    keys = rows[list(measure.columns)].assign(_code=code)
    keys = keys[(keys[list(measure.columns)] != "").all(axis=1)].drop_duplicates()
    return np.bincount(keys["_code"], minlength=n).astype(float), np.full(n, np.nan)


def _sum(rows, code, n, measure):
    return _total(rows, measure.columns, code, n, measure) / (measure.divide_by or 1.0), np.full(n, np.nan)


def _mean(rows, code, n, measure):
    cells = numbers(rows, measure.columns, 0.0 if measure.blank == "zero" else np.nan).sum(axis=1)
    known = ~np.isnan(cells)
    count = np.bincount(code[known], minlength=n)
    total = np.bincount(code[known], weights=cells[known], minlength=n)
    mean = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return mean / (measure.divide_by or 1.0), np.full(n, np.nan)


def _value(rows, code, n, measure):
    _check_single(rows, code)
    return _sum(rows, code, n, measure)


def _rate(rows, code, n, measure):
    value, exposure = (_total(rows, columns, code, n, measure) for columns in (measure.columns, measure.per))
    return value / (measure.divide_by or 1.0), exposure


def _difference(rows, code, n, measure):
    sides = []
    for unit in measure.of:
        mask = (column_of(rows, measure.by) == unit).to_numpy(dtype=bool)
        _check_single(rows[mask], code[mask])
        sides.append(_total(rows[mask], measure.columns, code[mask], n, measure))
    value = (sides[0] - sides[1]) / (measure.divide_by or 1.0)
    return np.abs(value) if measure.absolute else value, np.full(n, np.nan)


def _share(table, part, whole, code, n, measure) -> np.ndarray:
    """Return the share (n,) of the part in the whole; a gap where one of the two lacks a value that the filters list.

    With flow: [import, export], a period that has the imports alone would give a share of another kind.
    """
    totals = []
    for where, rows in (part, whole):
        total = _total(table.iloc[rows], measure.columns, code[rows], n, measure)
        for column in (c for c, listed in where.items() if isinstance(listed, list | tuple) and c != "any"):
            pairs = pd.DataFrame({"code": code[rows], "cell": table[column].iloc[rows].to_numpy()}).drop_duplicates()
            total[np.bincount(pairs["code"], minlength=n) < len(set(where[column]))] = np.nan
        totals.append(total)
    known = totals[1] > 0
    return np.divide(totals[0], totals[1], out=np.full(n, np.nan), where=known) / (measure.divide_by or 1.0)


def _check_single(rows: pd.DataFrame, code: np.ndarray) -> None:
    """Raise StudyError where a period has more than one row of which to take the value."""
    again = pd.Series(code).duplicated().to_numpy()
    if again.any():
        raise fault(
            rows,
            "a period has more than one row, and the measure takes the value of one",
            "Which of the rows is meant cannot be known; adding them up would be another measure.",
            "Narrow `where`, name the vintage column under `vintages`, or choose the measure sum or mean.",
            rows[again],
        )


KINDS: dict[str, Callable] = {
    "count": _count,
    "distinct": _distinct,
    "sum": _sum,
    "mean": _mean,
    "value": _value,
    "rate": _rate,
    "difference": _difference,
}
