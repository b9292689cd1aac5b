"""Breaks at unknown dates: whether there is any, how many, where, and which known dates lie in their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import breaks, date_rows, design
from junctures.inference.cases import Case
from junctures.library.reading import Date, read, with_draws
from junctures.library.words import fold
from junctures.study.periods import to_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ["break", "period", "first_period", "last_period", "holds", "chance", "reason"]
UNBROKEN = "\N{NO-BREAK SPACE}"  # in labels, since the names in a row of breaks stand apart by spaces


@dataclass(frozen=True)
class Breaks:
    """Breaks of a series at dates that the data choose; made by `find_breaks`.

    `sup_f` is the largest F of one break over all dates, `p` the share of simulated series without a break that reach
    it, `number` the number of breaks with the smallest BIC. A series that cannot be tested has `reason`, and NaN.
    """

    label: str
    n: int
    sup_f: float
    p: float
    number: int
    reason: str
    draws: int
    rows: pd.DataFrame = field(repr=False, compare=False)
    case: Case = field(repr=False, compare=False)

    def summary(self) -> str:
        """Return in plain words whether there is a break, how many, where, and which known dates they cover."""
        told = dict.fromkeys(self.rows["sentence"])
        if not self.case.junctures:
            told = [f"{sentence.partition(': it holds')[0].removesuffix('.')}." for sentence in told]
        return fold(told)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a break: the first period of the new regime, its interval, the known dates in it.

        `chance` is the share of dates around which an equally long interval would hold a known one.
        """
        return self.rows.reindex(columns=COLUMNS).dropna(subset=["break"]).astype({"break": int}).reset_index(drop=True)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the series on its tested scale, seasons out, the fitted pieces and the breaks."""
        from junctures.library import drawing

        begins = [to_index(period) for period in self.to_frame()["period"]]
        y, fitted = _pieces(self.case, begins)
        return drawing.draw_breaks(self.case, self.label, y, fitted, begins, ax)


def find_breaks(
    series: pd.Series,
    junctures: Mapping[str, Date] | None = None,
    *,
    scale: str | None = None,
    counts: bool = False,
    exposure: pd.Series | None = None,
    draws: int = 999,
    seed: int = 0,
) -> Breaks:
    """Return the breaks of a series at unknown dates: the sup-F test, then number and dates by least squares and BIC.

    Level and slope may change at each of at most three breaks; segments hold .15 of the points at least; seasons do not
    break. The p of sup-F is that in `draws` AR(1) series with the series' persistence and no break, from a generator
    seeded with `seed` and the series' name: the usual one rejects a true null in 22 to 87 % of short persistent series.
    BIC and intervals take errors as uncorrelated, so that they find too many breaks in such series and serve as a
    description. `junctures`, by label, are held against the intervals; `scale`, `counts` and `exposure` are those of
    `fit`. Raises ValueError for series that cannot be read; one that cannot be tested has the reason.
    Andrews (1993), Econometrica 61: 821-856; Bai and Perron (2003), Journal of Applied Econometrics 18: 1-22.

    >>> import junctures
    >>> nile = junctures.load_example("nile")
    >>> print(junctures.find_breaks(nile, {"Aswan dam": 1899}).summary())
    nile: one break by BIC (sup-F 38.9, bootstrap p = 0.010); break 1 in 1899 (1897 to 1902,
      indicative since a trend is in the model): it holds Aswan dam; around a date at random one as
      long would hold a juncture in 8% of cases.
    """
    reading = read(series, junctures, scale=scale, counts=counts, exposure=exposure, dated=junctures is not None)
    setting = with_draws(reading, "breaks", draws, seed)
    rng = setting.generator(reading.entry["id"], "breaks")
    case = replace(reading.case, junctures=tuple(label.replace(" ", UNBROKEN) for label in reading.case.junctures))
    rows = pd.DataFrame(date_rows.break_rows(case, "primary", reading.entry, draws, rng)).replace(
        UNBROKEN, " ", regex=True
    )
    first = rows.iloc[0].to_dict()
    reason = "" if "number" in first else first["reason"]
    numbers = {name: float(first.get(name, np.nan)) for name in ("sup_f", "p")}
    found = 0 if reason else int(first["number"])
    return Breaks(reading.entry["label"], len(case.y), **numbers, number=found, reason=reason, draws=draws, rows=rows,
                  case=reading.case)  # fmt: skip


def _pieces(case: Case, begins: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the series without its seasons (n,) and its trend in each segment (n,), by least squares."""
    whole = design.build(case.time, steps=[], season=case.season)
    X = whole.X[:, :2]
    y = breaks.without(case.y, X, whole.X[:, 2:] if case.season else None)
    edges = [0, *np.searchsorted(case.time, begins), len(y)]
    parts = [slice(*pair) for pair in pairwise(edges)]
    return y, np.concatenate([X[part] @ np.linalg.lstsq(X[part], y[part], rcond=None)[0] for part in parts])
