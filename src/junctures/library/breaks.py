"""Breaks at unknown dates: whether there is any, how many, where, and which known dates lie in their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import breaks, design
from junctures.inference.cases import PER_YEAR
from junctures.library.reading import Date, periods_of, place_of, read_values, whole
from junctures.library.words import fold
from junctures.report import wording
from junctures.study.periods import from_index, to_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARE = 0.15  # of the points, the shortest segment


@dataclass(frozen=True)
class Breaks:
    """Breaks of a series at dates that the data choose; made by `find_breaks`.

    `sup_f` is the largest Chow F over all dates, `p` its share in simulated series without a break, `at` the period in
    which the new regime then begins. `number` of breaks has the smallest BIC; `rows` has one row each.
    """

    label: str
    n: int
    sup_f: float
    p: float
    at: str
    number: int
    draws: int
    trend: bool
    bic: tuple[float, ...]
    rows: pd.DataFrame = field(repr=False, compare=False)
    drawn: Mapping = field(repr=False, compare=False)

    def summary(self) -> str:
        """Return in plain words whether there is a break, how many, where, and which known dates they cover."""
        lines = [
            f"{self.label} (n = {self.n}): the largest F of one break is {self.sup_f:.1f}, where a regime begins in "
            f"{self.at}, {wording.p_value(self.p)} in {self.draws:,} series with autocorrelated errors and no break.",
            f"By BIC {'there is no break' if not self.number else f'the number of breaks is {self.number}'}.",
        ]
        for row in self.rows.to_dict("records"):
            holds = f"; it holds {row['holds']}" if row["holds"] else ""
            trend = ", indicative, since the model has a trend" if self.trend else ""
            lines.append(f"- from {row['begins']} on (95 % interval {row['lower']} to {row['upper']}{trend}{holds}).")
        return fold(lines)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a break: the period in which the regime begins, its interval, the known dates in it."""
        return self.rows.copy()

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the series on its tested scale, the fitted line in pieces and the breaks between them."""
        from junctures.library import drawing

        ax = drawing.draw_breaks(**self.drawn, ax=ax)
        ax.set_ylabel(self.label.replace("_", " "))
        return ax


def find_breaks(
    series: pd.Series,
    junctures: Mapping[str, Date] | None = None,
    *,
    scale: str | None = None,
    counts: bool = False,
    exposure: pd.Series | None = None,
    trend: bool = True,
    most: int = 3,
    draws: int = 999,
    seed: int = 0,
) -> Breaks:
    """Return the breaks of a series at unknown dates: the sup-F test, then number and dates by least squares and BIC.

    Level and, with `trend`, slope may change at each of at most `most` breaks, segments holding .15 of the points;
    seasons do not break. The p of sup-F is that in `draws` AR(1) series with the series' persistence and no break, from
    a generator seeded with `seed`; the usual one rejects a true null in 22 to 87 % of autocorrelated short series. BIC
    and intervals take errors as uncorrelated, so that they find too many breaks in persistent series. `junctures`, by
    label, are held against the intervals; `scale`, `counts` and `exposure` are those of `fit`.
    Raises ValueError for series that cannot be read or are too short. Andrews (1993), Econometrica 61: 821-856; Bai and
    Perron (2003), Journal of Applied Econometrics 18: 1-22.

    >>> import junctures
    >>> nile = junctures.load_example("nile")
    >>> print(junctures.find_breaks(nile, {"Aswan dam": 1899}, trend=False).summary())
    nile (n = 100): the largest F of one break is 75.9, where a regime begins in 1899, p = 0.001 in
      999 series with autocorrelated errors and no break.
    By BIC the number of breaks is 1.
    - from 1899 on (95 % interval 1896 to 1903; it holds Aswan dam).
    """
    table = read_values(series, scale, counts, exposure)
    table = table[table["y"].notna()]
    frequency, time = periods_of(series.index)[1], np.array([to_index(p) for p in table["period"]])
    y, label = table["y"].to_numpy(float), "series" if series.name is None else str(series.name).replace("_", " ")
    X, constant = _columns(time, frequency, trend)
    shortest = max(int(SHARE * len(y)), X.shape[1] + 2)
    _check(y, X, constant, shortest, label)
    most, draws = whole("most", most, 1), whole("draws", draws, 99)
    rng = np.random.default_rng(whole("seed", seed, 0))
    scan, p, _ = breaks.sup_f_bootstrap(y, X, time, draws, rng, shortest, constant)
    cleared = breaks.without(y, X, constant)
    found = breaks.bai_perron(cleared, X, most, shortest)
    points = found.breaks[found.number]
    places = {name: to_index(place_of(date, frequency)) for name, date in (junctures or {}).items()}
    rows = [_row(interval, time, frequency, places) for interval in breaks.bai_intervals(cleared, X, points)]
    drawn = {"time": time, "y": cleared, "fitted": _fitted(cleared, X, points), "frequency": frequency}
    drawn["begins"] = [int(time[point]) for point in points]
    return Breaks(
        label=label,
        n=len(y),
        sup_f=scan.sup,
        p=p,
        at=from_index(time[scan.at], frequency),
        number=found.number,
        draws=draws,
        trend=trend,
        bic=tuple(float(value) for value in found.bic),
        rows=pd.DataFrame(rows, columns=["begins", "lower", "upper", "holds"]),
        drawn=drawn,
    )


def _columns(time: np.ndarray, frequency: str, trend: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the columns that break (n, k) and those that do not: the seasons, or None for years."""
    built = design.build(time, steps=[], season=None if frequency == "year" else PER_YEAR[frequency])
    seasons = built.X[:, 2:]
    return built.X[:, : 2 if trend else 1], seasons if seasons.shape[1] else None


def _check(y: np.ndarray, X: np.ndarray, constant: np.ndarray | None, shortest: int, label: str) -> None:
    if len(y) < max(design.FEWEST_POINTS, 2 * shortest):
        raise ValueError(
            f"{label} has {len(y)} points: two segments of {shortest} do not fit in, or fewer than "
            f"{design.FEWEST_POINTS} points are too few for any test; give a longer series"
        )
    columns = X if constant is None else np.column_stack([X, constant])
    residuals = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    if np.max(np.abs(residuals)) <= 1e-10 * max(float(np.max(np.abs(y))), 1e-300):
        raise ValueError(
            f"{label} does not vary around its trend and season: without errors no break can be told; look at it "
            "instead"
        )


def _row(interval: np.ndarray, time: np.ndarray, frequency: str, places: Mapping[str, int]) -> dict:
    """Return the row of one break; interval (3,) as numbers of observations, each the last one of the old regime."""
    low, at, high = (_position(number, time) for number in interval)
    held = [name for name, place in places.items() if low is not None and high is not None and low <= place <= high]
    words = ["" if p is None else from_index(p, frequency) for p in (at, low, high)]
    return dict(zip(("begins", "lower", "upper"), words, strict=True)) | {"holds": ", ".join(held)}


def _position(number: float, time: np.ndarray) -> int | None:
    """Return where the regime after an observation begins, also before and after the series; None for NaN."""
    if number != number:
        return None
    last = len(time) - 1
    inside = int(np.clip(number, 0, last))
    return int(time[inside]) + int(number) - inside


def _fitted(y: np.ndarray, X: np.ndarray, points: tuple[int, ...]) -> np.ndarray:
    edges = [0, *points, len(y)]
    parts = [slice(low, high) for low, high in pairwise(edges)]
    return np.concatenate([X[p] @ np.linalg.lstsq(X[p], y[p], rcond=None)[0] for p in parts])
