"""One series as the tests see it: observed points in their place in time, its junctures, its units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

INVERSE = {
    "sqrt": lambda x: np.square(np.maximum(x, 0.0)),
    "log": np.exp,
    "arcsine_sqrt": lambda x: np.square(np.sin(np.clip(x, 0.0, np.pi / 2))),
    "level": lambda x: x,
    "index": lambda x: x,
}
PER_YEAR = {"year": 1, "quarter": 4, "month": 12}
NOISE_FROM = 60  # observed points from which AR(1) plus white noise is the error model (docs/method.md, "Errors")
RATE_RATIO = 1.5  # smallest effect of interest of a count, unless its indicator declares another


@dataclass(frozen=True)
class Case:
    """A series on its tested scale with the positions of its junctures.

    `time` (n,) holds the running numbers of the observed periods, `y` (n,) the tested scale, `value` and `exposure`
    (n,) the raw measure (NaN where there is none). `steps` are the first treated positions of `junctures`, in order.
    `noise` says whether white noise is added to AR(1); `unit` is the declared scale s; `counts` whether a rate ratio
    describes it, and `smallest_ratio` the one that is of interest; `reverse` whether y is the raw measure with its sign
    turned.
    """

    frequency: str
    scale: str
    time: np.ndarray
    y: np.ndarray
    value: np.ndarray
    exposure: np.ndarray
    junctures: tuple[str, ...]
    steps: tuple[int, ...]
    noise: bool
    unit: float
    counts: bool = False
    reverse: bool = False
    smallest_ratio: float = RATE_RATIO

    @property
    def per_year(self) -> int:
        """Return the number of periods in a year."""
        return PER_YEAR[self.frequency]

    @property
    def season(self) -> int | None:
        """Return the length of the season in periods, or None for annual series."""
        return None if self.frequency == "year" else self.per_year

    def keep(self, mask: np.ndarray, **changes) -> "Case":
        """Return the case at the points where mask (n,) is true; other fields as in `changes`."""
        points = {name: getattr(self, name)[mask] for name in ("time", "y", "value", "exposure")}
        return replace(self, **(points | changes))

    def between(self, start: int | None = None, end: int | None = None) -> "Case":
        """Return the case from position start to position end, both included."""
        mask = np.ones(len(self.time), bool)
        if start is not None:
            mask &= self.time >= start
        if end is not None:
            mask &= self.time <= end
        return self.keep(mask)

    def rate(self) -> np.ndarray:
        """Return the raw measure (n,), divided by its exposure where it has one."""
        return np.where(np.isnan(self.exposure), self.value, self.value / self.exposure)

    def raw(self, y):
        """Return values of the tested scale, floats or (n,), as values of the raw measure."""
        return INVERSE[self.scale](-y if self.reverse else y)

    def phases(self, juncture: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return masks (n,) of the phase before a juncture, from the one before it, and of that from it to the next.

        Without a juncture: all before the first one, and all from there on.
        """
        if juncture is None:
            return self.time < self.steps[0], self.time >= self.steps[0]
        index = self.junctures.index(juncture)
        edges = [-np.inf, *self.steps, np.inf]
        before, at, after = edges[index : index + 3]
        return (self.time >= before) & (self.time < at), (self.time >= at) & (self.time < after)

    @property
    def smallest_slope(self) -> float:
        """Return the smallest change of slope of interest a period: a third of the declared scale a year."""
        return self.unit / 3 / self.per_year

    def smallest_effect(self, until: int) -> float:
        """Return the smallest effect of interest at a juncture that first treats position `until`.

        Counts: the smallest rate ratio from the mean before it, on the square-root scale; all else one declared scale.
        NaN for a count that is zero throughout before the juncture, where a ratio says nothing.
        """
        if not self.counts:
            return self.unit
        mean = float(np.mean(self.rate()[self.time < until])) if np.any(self.time < until) else 0.0
        return (self.smallest_ratio**0.5 - 1) * mean**0.5 if mean > 0 else float("nan")


def scale_at(entry: Mapping, frequency: str) -> float:
    """Return the declared scale s of an indicator's entry at a frequency.

    Only a rate's s hangs on the frequency: its exposure is that of a year where the series is yearly.
    """
    declared = entry["declared_scale"]
    return (declared.get("yearly") if frequency == "year" else None) or declared["value"]


def untestable(case: Case) -> str | None:
    """Return why a case cannot be tested at all, or None."""
    if len(case.y) == 0:
        return "no observations in the window"
    if np.ptp(case.y) == 0:
        return "untestable: no variation"
    return None


def candidate_dates(case: Case) -> np.ndarray:
    """Return the positions (m,) at which a step is tried: every observed period, of monthly series quarter starts."""
    return case.time[case.time % 3 == 0] if case.frequency == "month" else case.time


def positions(case: Case, year: int) -> tuple[int, int]:
    """Return the first and last position of a calendar year at the case's frequency."""
    return year * case.per_year, (year + 1) * case.per_year - 1


def years(case: Case) -> Sequence[int]:
    """Return the calendar years with at least one observation."""
    return sorted({int(t) // case.per_year for t in case.time})
