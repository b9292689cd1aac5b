"""Events and tables made into one regular series an indicator, with its controls and the raw rows behind it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from junctures.study.cells import read_cells
from junctures.study.files import file_stem, table_name
from junctures.study.measures import column_of, fault, measure_periods, select
from junctures.study.periods import first_period, from_index, last_period, position, to_index
from junctures.study.problems import StudyError
from junctures.study.schema import Indicator

PRECISION = {"year": 4, "month": 7}  # length of a date text that is known to the year or month only
SERIES = ["frequency", "vintage", "role", "unit", "period", "value", "exposure", "y"]
ROWS = ["frequency", "vintage", "period", "table", "rows", "n"]


def load_table(path: str | Path, *vintages: str | Path) -> pd.DataFrame:
    """Return a raw table, every column as text (blanks ""), with `_row`, the line of a row in its file, and `_file`.

    `vintages` are the files of its later vintages, whose rows follow. `_file` is the path in the study; the table's
    name (source/table) is in `attrs["table"]`, its own file in `attrs["file"]`. Raises StudyError for a file that
    cannot be read and for a row with too few or too many cells.
    """
    files = {f"raw/{each.parent.name}/{each.name}": each for each in map(Path, (path, *vintages))}
    parts = []
    for file, each in files.items():
        cells = read_cells(each, file)
        if problems := list(cells.uneven(file)):
            raise StudyError(problems)
        part = pd.DataFrame(cells.rows, columns=cells.header, dtype=str)
        parts.append(part.assign(_row=cells.lines, _file=file))
    table = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True).fillna("")
    table.attrs |= {"table": table_name(path), "file": next(iter(files))}
    return table


def evidence(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are evidence: those of from_article = yes left out, cells named in article_cells blanked."""
    attrs = table.attrs
    if "from_article" in table:
        table = table[table["from_article"] != "yes"]
    if "article_cells" in table and (table["article_cells"] != "").any():
        table = table.copy()
        for label, names in table["article_cells"][table["article_cells"] != ""].items():
            table.loc[label, [column_of(table, name).name for name in names.split()]] = ""
    table = table.reset_index(drop=True)
    table.attrs = attrs
    return table


def build_series(
    indicator: Indicator | Mapping,
    table: pd.DataFrame,
    window: Mapping,
    *,
    time: str | None,
    partners_from: float = 1.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the regular series of an indicator with its controls, and the raw rows behind each period.

    `indicator` is its entry in the config (or the same as plain data), `table` comes from `load_table`, `window` is the
    study's (start and end periods), `time` the column that dates a row (from SOURCE.yaml; None if there is none). One
    block of periods for each frequency, vintage, role (main, partner, control, peer) and unit, from the source's
    earliest period to the end of source or window, gaps included; `y` is on the tested scale. Partners are the units
    observed in at least `partners_from` of the periods that the indicator has in the study's window (1: in every period
    of it); peers those that are no partners and are observed in every period that the indicator has there.
    Raises StudyError for a value that the scale cannot take, a missing column, or several rows where one is meant.
    """
    if isinstance(indicator, Mapping):
        indicator = Indicator.model_validate(dict(indicator))
    table = evidence(table)
    if not select(table, indicator.where).any():
        raise fault(
            table,
            f"no row fits the filter of the indicator '{indicator.id}'",
            "Its series would be 0 or empty throughout, as if nothing had happened.",
            "Correct `where`, or the cells that it names.",
        )
    dates = _dates(table, time)
    series, rows = [], []
    for frequency in (indicator.frequency, *indicator.also):
        position_of = _positions(dates, frequency)
        for vintage in _vintages(indicator):
            frame = _frame(indicator, table, position_of, window, frequency, vintage)
            blocks, behind = _build_blocks(indicator, frame, partners_from)
            series += blocks
            rows.append(behind)
    return pd.concat(series, ignore_index=True)[SERIES], pd.concat(rows, ignore_index=True)[ROWS]


@dataclass(frozen=True)
class _Frame:
    """One vintage of a table at one frequency: its rows, their running numbers, the first and last period."""

    table: pd.DataFrame
    code: np.ndarray
    frequency: str
    vintage: str
    start: int
    end: int
    window_start: int
    zero: tuple[int, int] | None  # first and last running number within which an empty period is zero

    @property
    def n(self) -> int:
        return self.end - self.start + 1


def _dates(table: pd.DataFrame, time: str | None) -> pd.Series:
    """Return the date text of each row, cut to what is known where the table says that a date is known less exactly."""
    if time is None:
        raise fault(
            table,
            "no column tells the time of a row",
            "Rows cannot be assigned to periods.",
            "Name the column under `time` in the table's SOURCE.yaml.",
        )
    dates = column_of(table, time)
    if "date_precision" in table:
        for precision, length in PRECISION.items():
            dates = dates.where(table["date_precision"] != precision, dates.str.slice(0, length))
    return dates


def _positions(dates: pd.Series, frequency: str) -> np.ndarray:
    """Return the running number (rows,) of each row's period; NaN for a date that is blank or known less exactly."""
    found = {text: position(text, frequency) if text else None for text in dates.unique()}
    return dates.map({text: np.nan if p is None else to_index(p) for text, p in found.items()}).to_numpy(dtype=float)


def _vintages(indicator: Indicator) -> tuple[str, ...]:
    return (indicator.vintages.main, *indicator.vintages.others) if indicator.vintages else ("",)


def _frame(indicator, table, position_of, window, frequency, vintage) -> _Frame:
    start = to_index(first_period(indicator.earliest, frequency))
    end = to_index(last_period(str(window["end"]), frequency))
    if indicator.latest:
        end = min(end, to_index(last_period(indicator.latest, frequency)))
    zero = (start, end) if indicator.measure.empty == "zero" else None
    if vintage:
        mine = (column_of(table, indicator.vintages.column) == vintage).to_numpy(dtype=bool)
        if not mine.any():
            raise fault(
                table,
                f"there is no row of the vintage '{vintage}'",
                "A series without rows would be taken for one without events.",
                "Name a vintage that the table has.",
                column=indicator.vintages.column,
            )
        table, position_of = _cut(table, mine), position_of[mine]
        if np.isnan(position_of).all():
            raise fault(
                table,
                f"no row of the vintage '{vintage}' is dated exactly enough for a {frequency}",
                "A series without rows would be taken for one without events.",
                "Date its rows, or leave the vintage out.",
                table,
            )
        first, last = int(np.nanmin(position_of)), int(np.nanmax(position_of))
        end = min(end, last)
        zero = (max(start, first), end) if zero else None
    if end < start:
        raise fault(
            table,
            f"{indicator.id} has no complete {frequency} between {indicator.earliest} and the end of source and window",
            "A series without periods cannot be tested.",
            "Correct `earliest`, `latest` or the window, or leave the vintage out.",
        )
    code = np.where((position_of >= start) & (position_of <= end), position_of - start, -1).astype(int)
    window_start = max(start, to_index(first_period(str(window["start"]), frequency)))
    return _Frame(table, code, frequency, vintage, start, end, window_start, zero)


def _cut(table: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
    attrs = table.attrs
    table = table[mask].reset_index(drop=True)
    table.attrs = attrs
    return table


def _build_blocks(indicator: Indicator, frame: _Frame, partners_from: float) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    main, chosen = _measure(indicator, frame, dict(indicator.where), "main", "main")
    blocks = [main]
    control, inside = indicator.control, slice(frame.window_start - frame.start, None)
    known = main["y"].notna().to_numpy()[inside]
    if control and control.replace:
        blocks.append(_measure(indicator, frame, {**indicator.where, **control.replace}, "control", "control")[0])
    elif control and control.median_over:
        needed = np.ones(len(known), dtype=bool) if partners_from == 1 else known
        partners = [
            block
            for block in _other_units(indicator, frame, "partner", control.median_over, control.holding)
            if (block["y"].notna().to_numpy()[inside] & needed).sum() >= partners_from * needed.sum()
        ]
        blocks += [*partners, _median(frame, partners)]
    if indicator.peers and known.any():
        taken = {block["unit"].iloc[0] for block in blocks} | set(indicator.peers.without)
        for block in _other_units(indicator, frame, "peer", indicator.peers.over, left_out=taken):
            if block["y"].notna().to_numpy()[inside][known].all():
                blocks.append(block)
    return blocks, _lineage(indicator, frame, chosen)


def _measure(indicator, frame, where, role, unit) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the block of one unit and the positions of its rows in the frame's table."""
    value, exposure, chosen = measure_periods(frame.table, where, indicator.measure, frame.code, frame.n)
    if frame.zero:
        inside = np.zeros(frame.n, dtype=bool)
        inside[frame.zero[0] - frame.start : frame.zero[1] - frame.start + 1] = True
        inside &= np.bincount(frame.code[chosen], minlength=frame.n) == 0
        value = np.where(inside, 0.0, value)
    if indicator.measure.kind == "rate":
        raw = np.divide(value, exposure, out=np.full(frame.n, np.nan), where=exposure > 0)
    else:
        raw = value
    y = _transform(indicator, frame, raw, unit, chosen)
    return _block(frame, role, unit, value, exposure, -y if indicator.reverse else y), chosen


def _block(frame: _Frame, role: str, unit: str, value, exposure, y) -> pd.DataFrame:
    periods = [from_index(i, frame.frequency) for i in range(frame.start, frame.end + 1)]
    words = {"frequency": frame.frequency, "vintage": frame.vintage, "role": role, "unit": unit}
    return pd.DataFrame({**words, "period": periods, "value": value, "exposure": exposure, "y": y})


DOMAINS = {
    "sqrt": (lambda x: x >= 0, np.sqrt, "below 0"),
    "log": (lambda x: x > 0, np.log, "not above 0"),
    "arcsine_sqrt": (lambda x: (x >= 0) & (x <= 1), lambda x: np.arcsin(np.sqrt(x)), "not between 0 and 1"),
    "level": (lambda x: x == x, lambda x: x, "no number"),
}


def _transform(indicator: Indicator, frame: _Frame, raw: np.ndarray, unit: str, chosen: np.ndarray) -> np.ndarray:
    """Return raw values (n,) on the tested scale; raise StudyError for one that the scale cannot take."""
    allowed, transform, wrong = DOMAINS[indicator.scale]
    known = ~np.isnan(raw)
    outside = known & ~allowed(np.where(known, raw, 0.5))
    if outside.any():
        where = int(np.flatnonzero(outside)[0])
        period = from_index(frame.start + where, frame.frequency)
        series = indicator.id if unit == "main" else f"{indicator.id} ({unit})"
        behind = frame.table.iloc[chosen[frame.code[chosen] == where]]
        raise fault(
            frame.table,
            f"{series} is {raw[where]:g} in {period}, which the scale '{indicator.scale}' cannot take ({wrong})",
            "The tested scale has no number for it, and leaving the period out would hide it.",
            "Choose another scale for the indicator (sqrt takes 0), or correct the table.",
            behind,
        )
    return np.where(known, transform(np.where(known, raw, 0.5)), np.nan)


def _other_units(
    indicator: Indicator, frame: _Frame, role: str, over: str, holding: Iterable[str] = (), left_out: Iterable[str] = ()
) -> Iterator[pd.DataFrame]:
    """Yield the block of every other unit of a column, of those that hold a member where `holding` names members."""
    holding, left_out = set(holding), set(left_out)
    own = indicator.where.get(over)
    others = {column: condition for column, condition in indicator.where.items() if column != over}
    for unit in sorted(column_of(frame.table, over)[select(frame.table, others)].unique()):
        if unit in ("", own, *left_out) or (holding and not holding & set(re.split(r"[^A-Za-z0-9]+", unit))):
            continue
        yield _measure(indicator, frame, {**others, over: unit}, role, unit)[0]


def _median(frame: _Frame, partners: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the control: the median of y over the partners in the periods where all of them are observed."""
    blank = np.full(frame.n, np.nan)
    y = np.median(np.column_stack([block["y"].to_numpy() for block in partners]), axis=1) if partners else blank
    return _block(frame, "control", "control", blank, blank, y)


def _lineage(indicator: Indicator, frame: _Frame, chosen: np.ndarray) -> pd.DataFrame:
    """Return for every period the lines of the raw table behind it, those of each of its files under its name."""
    files = frame.table["_file"].to_numpy()[chosen]
    lines: dict[str, list[list[int]]] = {}
    for file in dict.fromkeys(files) or [frame.table.attrs["file"]]:
        lines[file] = [[] for _ in range(frame.n)]
    for file, code, line in zip(files, frame.code[chosen], frame.table["_row"].to_numpy()[chosen], strict=True):
        lines[file][code].append(int(line))
    blocks = [
        {
            "frequency": frame.frequency,
            "vintage": frame.vintage,
            "period": [from_index(i, frame.frequency) for i in range(frame.start, frame.end + 1)],
            "table": file_stem(file),
            "rows": [" ".join(map(str, each)) for each in behind],
            "n": [len(each) for each in behind],
        }
        for file, behind in lines.items()
    ]
    return pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
