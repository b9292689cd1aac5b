"""One index from several series: equal weights on declared scales."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from junctures.inference.pool import build_index
from junctures.library.reading import index_of, periods_of, read_values
from junctures.study.periods import to_index


def pool(
    series: Mapping[str, pd.Series],
    units: Mapping[str, float],
    *,
    scale: str | Mapping[str, str] = "level",
    name: str = "index",
) -> pd.Series:
    """Return the index of several series: the mean of each on its tested scale over its unit, in the periods of all.

    `series` maps a name to a Series with a PeriodIndex, all of one frequency; `units` maps it to its declared scale,
    which must not come from the residuals that are tested afterwards (that rejects a true null in up to 9 % of
    samples; docs/method.md, "Pools"). `scale` is one scale for all (level, log, sqrt, arcsine_sqrt), or one a name.
    Periods in which a series is missing are gaps. Fit the result with `scale="index"`: effects are then in units.
    Raises ValueError where names, frequencies, units or periods do not agree.

    >>> import junctures
    >>> names = ["joint_exercises", "military_meetings", "defence_agreements"]
    >>> counts = {name: junctures.load_example(name) for name in names}
    >>> junctures.pool(counts, dict.fromkeys(names, 0.5), scale="sqrt").tail(2).round(2)
    2020    2.28
    2021    3.25
    Freq: Y-DEC, Name: index, dtype: float64
    """
    scales = dict.fromkeys(series, scale) if isinstance(scale, str) else dict(scale)
    if not series or set(series) != set(units) or set(series) != set(scales):
        raise ValueError(
            f"series are named {', '.join(series) or 'nothing'}, units {', '.join(units) or 'nothing'}, scales "
            f"{', '.join(scales) or 'nothing'}: an index would mix up or lose members; give each series one unit and "
            "scale under the same name"
        )
    wrong = [each for each, unit in units.items() if not (np.isfinite(unit) and unit > 0)]
    if wrong:
        raise ValueError(
            f"the unit of '{wrong[0]}' is {units[wrong[0]]}: a member would weigh nothing or without bound; give a "
            "positive number on its tested scale"
        )
    tables = {each: read_values(values, scales[each]) for each, values in series.items()}
    frequencies = {each: periods_of(values.index)[1] for each, values in series.items()}
    if len(set(frequencies.values())) > 1:
        told = ", ".join(f"{each} by {frequency}" for each, frequency in frequencies.items())
        raise ValueError(
            f"the series differ in frequency ({told}): their periods cannot be matched; aggregate to the longest one"
        )
    frequency = next(iter(frequencies.values()))
    place = {"frequency": frequency, "vintage": "", "role": "main"}
    members = {each: {"vintage": "", "declared_scale": {"value": unit}} for each, unit in units.items()}
    table = build_index({each: t.assign(**place) for each, t in tables.items()}, members, {"frequency": frequency})
    if table.empty:
        spans = ", ".join(f"{each} {_span(t)}" for each, t in tables.items())
        raise ValueError(
            f"no period has a value of every series ({spans}): an index of some of them would change what it measures; "
            "leave a member out, or lengthen it"
        )
    return pd.Series(table["y"].to_numpy(), index_of([to_index(p) for p in table["period"]], frequency), name=name)


def _span(table: pd.DataFrame) -> str:
    known = table.loc[table["y"].notna(), "period"]
    return f"{known.iloc[0]} to {known.iloc[-1]}" if len(known) else "without values"
