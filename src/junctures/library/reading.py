"""From a pandas Series and dated junctures to a case that the tests take; everything that cannot be tested is refused.

The rules are those of the study: the first treated period, the noise model, the declared scale (docs/method.md).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from junctures.inference.cases import PER_YEAR, Case
from junctures.inference.effects import ALL
from junctures.inference.indicator import Setting, make_case
from junctures.inference.scales import COUNT, from_differences, from_exposure
from junctures.study.periods import first_treated, frequency_of, from_index, position, to_index
from junctures.study.series import DOMAINS

Date = str | int | dt.date | pd.Period | pd.Timestamp
FREQUENCIES = {"Y-DEC": "year", "Q-DEC": "quarter", "M": "month"}
SCALES = (*DOMAINS, "index")
RESERVED = (ALL, "start")  # rows over all junctures, and rows with another start, bear these names


@dataclass(frozen=True)
class Reading:
    """A series as the tests take it: its case in the window, the case from the first period on, what describes both."""

    case: Case
    full: Case
    entry: dict
    setting: Setting


def read(
    series: pd.Series,
    junctures: Mapping[str, Date],
    *,
    scale: str | None = None,
    unit: float | None = None,
    counts: bool = False,
    exposure: pd.Series | None = None,
    observed_month: int | None = None,
    start: Date | None = None,
    end: Date | None = None,
    dated: bool = True,
) -> Reading:
    """Return a series with its junctures as a case; arguments as of `fit`, and ValueError for what it cannot take.

    Without `dated` there are no junctures, and the series has no declared scale of its own.
    """
    scale = _scale_of(scale, counts, exposure, unit)
    frequency = _frequency_of(series)
    if observed_month is not None and not (frequency == "year" and observed_month in range(1, 13)):
        raise ValueError(
            f"observed_month is {observed_month} of a series by {frequency}: only a yearly value can be an observation "
            "of one month, 1 to 12, and a wrong one moves the first treated year; leave it out or correct it"
        )
    table = _table(series, scale, counts, exposure, frequency)
    setting = _setting(junctures) if dated else Setting((), {}, 0, {})
    name = "series" if series.name is None else str(series.name)
    entry = {"id": name, "label": name.replace("_", " "), "scale": scale, "frequency": frequency}
    entry |= {"observed_month": observed_month, "control": None}
    entry["declared_scale"] = {"value": 1.0, "derivation": "count" if counts else "differences"}
    periods = list(table["period"])
    window = {"start": text_of(start) if start else periods[0], "end": text_of(end) if end else periods[-1]}
    case, full = make_case(table, entry, setting, frequency, window)
    _check_window(case, setting, window)
    value = float(unit) if unit is not None else _unit_of(case, counts)
    entry["declared_scale"]["value"] = value
    return Reading(replace(case, unit=value), replace(full, unit=value), entry, setting)


def read_values(
    series: pd.Series, scale: str | None, counts: bool = False, exposure: pd.Series | None = None
) -> pd.DataFrame:
    """Return a series as the regular table of the study: period, value, exposure, y on the tested scale."""
    return _table(series, _scale_of(scale, counts, exposure, None), counts, exposure, _frequency_of(series))


def with_draws(reading: Reading, name: str, draws: int, seed: int) -> Setting:
    """Return the setting of a reading with a number of simulated series and a seed; ValueError for too few."""
    return replace(reading.setting, seed=whole("seed", seed, 0), simulations={name: whole("draws", draws, 100)})


def whole(name: str, value: int, least: int) -> int:
    """Return a whole number that is at least `least`; raise ValueError for another."""
    if not isinstance(value, int | np.integer) or value < least:
        raise ValueError(
            f"{name} is {value!r}: what is simulated or sought with it would be nothing or only noise; give a whole "
            f"number from {least} on"
        )
    return int(value)


def day_of(date: Date) -> dt.date:
    """Return the day that a date stands for; of a period, its first day. Raises ValueError for what is no date."""
    text = text_of(date)
    return dt.date.fromisoformat(text) if len(text) == 10 else pd.Period(text).start_time.date()


def place_of(date: Date, frequency: str, observed_month: int | None = None) -> str:
    """Return the first period of a frequency that a juncture at a date treats."""
    return first_treated(day_of(date), frequency, observed_month)


def periods_of(index: pd.Index) -> tuple[np.ndarray, str]:
    """Return the running numbers (n,) and the frequency of a PeriodIndex by year, quarter or month."""
    if not isinstance(index, pd.PeriodIndex) or index.freqstr not in FREQUENCIES:
        kind = f"a PeriodIndex of frequency {index.freqstr}" if isinstance(index, pd.PeriodIndex) else type(index)
        kind = kind if isinstance(kind, str) else f"a {kind.__name__}"
        raise ValueError(
            f"the index is {kind}: without calendar years, quarters or months the points have no place in time, and a "
            "juncture none among them; set it with pd.PeriodIndex(years, freq='Y') ('Q' or 'M'), or series.to_period()"
        )
    frequency = FREQUENCIES[index.freqstr]
    part = {"year": 1, "quarter": index.quarter, "month": index.month}[frequency]
    return np.asarray(index.year * PER_YEAR[frequency] + part - 1, int), frequency


def index_of(positions: np.ndarray, frequency: str) -> pd.PeriodIndex:
    """Return running numbers (n,) at a frequency as a PeriodIndex."""
    return pd.PeriodIndex([from_index(p, frequency) for p in positions], freq=frequency[0].upper())


def text_of(date: Date) -> str:
    """Return a date or period as the text of the study: 2012, 2012Q1, 2012-01 or 2012-01-05."""
    if isinstance(date, np.datetime64):
        date = pd.Timestamp(date)
    is_day = isinstance(date, dt.date) and not pd.isna(date)
    text = f"{date:%Y-%m-%d}" if is_day else str(date)
    try:
        if len(text) == 10:
            position(text, "year")
        else:
            frequency_of(text)
    except ValueError:
        raise ValueError(
            f"{date!r} is no date or period: nobody could tell which periods it treats; write it as 2012, 2012Q1, "
            "2012-01 or 2012-01-05, or give a date, Timestamp or Period by year, quarter or month"
        ) from None
    return text


def _scale_of(scale: str | None, counts: bool, exposure: pd.Series | None, unit: float | None) -> str:
    scale = scale or ("sqrt" if counts else "level")
    if scale not in SCALES:
        raise ValueError(
            f"scale is '{scale}': no test is made on it, and a wrong scale bends the trend; use one of "
            f"{', '.join(SCALES)}"
        )
    if counts and scale != "sqrt":
        raise ValueError(
            f"counts are tested on the square root, and scale is '{scale}': their smallest effect, a rate ratio, is "
            "defined there only; leave scale out, or set counts=False"
        )
    if exposure is not None and not counts:
        raise ValueError(
            "an exposure is given and counts is False: only a count is divided by its exposure here; set counts=True, "
            "or divide the series yourself"
        )
    if unit is not None and not (np.isfinite(unit) and unit > 0):
        raise ValueError(
            f"unit is {unit}: effects are compared in units of it; give a positive number on the tested scale, or "
            "leave it out"
        )
    return scale


def _frequency_of(series: pd.Series) -> str:
    if not isinstance(series, pd.Series):
        raise ValueError(
            f"the series is a {type(series).__name__}: values need their periods; give a pandas Series with a "
            "PeriodIndex"
        )
    if not len(series):
        raise ValueError("the series is empty: there is nothing to test; give one with observed periods")
    _, frequency = periods_of(series.index)
    twice = series.index[series.index.duplicated()]
    if len(twice):
        raise ValueError(
            f"the period {twice[0]} occurs more than once: which value counts is open; aggregate to one value a period"
        )
    return frequency


def _table(series: pd.Series, scale: str, counts: bool, exposure: pd.Series | None, frequency: str) -> pd.DataFrame:
    """Return the series as the regular table of the study: period, value, exposure, y on the tested scale."""
    series = _numbers(series, "the series").sort_index()
    value = series.to_numpy(float)
    if counts and np.any(value[~np.isnan(value)] % 1):
        where = series.index[~np.isnan(value) & (value % 1 != 0)][0]
        raise ValueError(
            f"the series is {series[where]:g} in {where} and counts is True: a number of events is whole; give whole "
            "counts (and what they are out of as exposure), or set counts=False"
        )
    per = np.full(len(value), np.nan)
    if exposure is not None:
        periods_of(exposure.index)
        per = _numbers(exposure, "the exposure").reindex(series.index).to_numpy(float)
        if np.any(per < 0) or not np.any(per > 0):
            raise ValueError(
                "the exposure is negative somewhere, or positive nowhere in the series' periods: a rate does not exist "
                "there; give positive exposures on the same PeriodIndex"
            )
    rate = value if exposure is None else np.divide(value, per, out=np.full(len(value), np.nan), where=per > 0)
    known = ~np.isnan(rate)
    if not known.any():
        raise ValueError("the series has no observed value: there is nothing to test; give one with observed periods")
    allowed, transform, wrong = DOMAINS["level" if scale == "index" else scale]
    outside = known & ~allowed(np.where(known, rate, 0.5))
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"the series is {rate[first]:g} in {series.index[first]}, which the scale '{scale}' cannot take ({wrong}): "
            "the tested scale has no number for it; choose another scale (sqrt takes 0, level every number) or mend "
            "the value"
        )
    y = np.where(known, transform(np.where(known, rate, 0.5)), np.nan)
    periods = [from_index(p, frequency) for p in periods_of(series.index)[0]]
    return pd.DataFrame({"period": periods, "value": value, "exposure": per, "y": y})


def _numbers(series: pd.Series, name: str) -> pd.Series:
    """Return a series as floats; ValueError for text or infinite values."""
    try:
        found = series.astype(float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} holds values that are no numbers (dtype {series.dtype}): nothing can be computed with them; "
            "convert it with pd.to_numeric, gaps as NaN"
        ) from None
    if np.isinf(found).any():
        raise ValueError(
            f"{name} is infinite in {found.index[np.isinf(found)][0]}: it would spread to every estimate; make it a "
            "gap (NaN) or mend it"
        )
    return found


def _setting(junctures: Mapping[str, Date]) -> Setting:
    if not isinstance(junctures, Mapping) or not junctures:
        raise ValueError(
            "no junctures are given (label -> date): there is nothing to test; write for example "
            "{'sanctions': '2014-03-18'} as the second argument"
        )
    for label in junctures:
        if not isinstance(label, str) or not label.strip() or label in RESERVED:
            raise ValueError(
                f"the juncture's label {label!r} is no text of its own: rows of the results bear it beside their own "
                f"names; use text other than {' and '.join(repr(word) for word in RESERVED)}"
            )
    dated = sorted(((day_of(date), label) for label, date in junctures.items()), key=lambda pair: pair[0])
    return Setting(tuple({"id": label, "date": day, "alternatives": []} for day, label in dated), {}, 0, {})


def _check_window(case: Case, setting: Setting, window: Mapping[str, str]) -> None:
    """Raise ValueError for a window without points, or a juncture that does not fall inside the points."""
    if not len(case.time):
        raise ValueError(
            f"no observed period lies wholly between {window['start']} and {window['end']}: there is nothing to test; "
            "widen start and end"
        )
    first, last = int(case.time[0]), int(case.time[-1])
    for juncture, step in zip(setting.junctures, case.steps, strict=True):
        if not first < step <= last:
            at, low, high = (from_index(p, case.frequency) for p in (step, first, last))
            raise ValueError(
                f"juncture '{juncture['id']}' ({juncture['date']}) first treats {at}, and the points run from {low} to "
                f"{high}: without points on both sides there is no step; correct the date, or give a longer series"
            )


def _unit_of(case: Case, counts: bool) -> float:
    """Return the declared scale by the study's rules; NaN where the points before the first juncture give none."""
    if counts:
        return COUNT if np.isnan(case.exposure).all() else from_exposure(case.exposure)
    if case.scale == "index":
        return 1.0
    if not case.steps:
        return float("nan")
    try:
        found = from_differences(case.y, case.time, case.steps[0])
    except ValueError:
        return float("nan")
    return found if found > 0 else float("nan")


def alternatives_of(reading: Reading, alternatives: Mapping[str, list[Date] | Date]) -> dict[str, tuple[str, int]]:
    """Return row name -> (juncture, first treated position) of other dates; ValueError for a wrong label."""
    found = {}
    for label, dates in alternatives.items():
        if label not in reading.case.junctures:
            raise ValueError(
                f"alternatives name '{label}', which is no juncture of this fit: its dates would move nothing; use one "
                f"of {', '.join(reading.case.junctures)}"
            )
        for date in dates if isinstance(dates, list | tuple) else [dates]:
            text = text_of(date)
            name = "alternative_" + text.replace("-", "_")
            at = place_of(text, reading.case.frequency, reading.entry["observed_month"])
            found[name] = (label, to_index(at))
    return found
