"""Designs of interrupted time series: trend, steps, ramps and seasons, and what such a design can estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

FEWEST_POINTS = 12  # below it no test is made (docs/method.md, "Designs")
FOURIER_PAIRS = {4: 1, 12: 2}  # by periods in a year; more would spend points on a season that is not tested


@dataclass(frozen=True)
class Design:
    """A design matrix X (n, k) with the name of each column."""

    X: np.ndarray
    names: tuple[str, ...]


def build(
    time: np.ndarray,
    *,
    steps: Sequence[int],
    ramps: Sequence[int] = (),
    trend: int = 1,
    season: int | None = None,
    extra: Mapping[str, np.ndarray] | None = None,
) -> Design:
    """Return the design `1 + trend + steps + ramps + season + extra` at the given positions in time.

    `time` (n,) holds running numbers of periods; gaps are allowed. `step_j` is 1 from `steps[j]` on, `ramp_j` is
    `t - ramps[j]` from there on and 0 before. The trend is counted in periods from the middle of the window; with
    `trend=2` a second Legendre polynomial is added, so that both terms stay nearly orthogonal. `season` is the number
    of periods in a year (4: one Fourier pair, 12: two, by calendar position). `extra` adds named columns (n,).
    Raises ValueError for another degree of trend, another season or an extra column of the wrong length.
    """
    time = np.asarray(time)
    if trend not in (1, 2):
        raise ValueError(f"trend of degree {trend}: only straight and quadratic trends have been measured; use 1 or 2")
    middle, half = (time[0] + time[-1]) / 2, max((time[-1] - time[0]) / 2, 1.0)
    columns = {"intercept": np.ones(len(time)), "trend": time - middle}
    if trend == 2:
        columns["trend_squared"] = (3 * ((time - middle) / half) ** 2 - 1) / 2
    columns |= {f"step_{j}": (time >= first).astype(float) for j, first in enumerate(steps)}
    columns |= {f"ramp_{j}": np.maximum(time - first, 0).astype(float) for j, first in enumerate(ramps)}
    columns |= _season(time, season)
    for name, column in (extra or {}).items():
        if np.shape(column) != time.shape:
            raise ValueError(
                f"design column '{name}' has shape {np.shape(column)}: it would not line up with the {len(time)} "
                "points in time; give one value a point"
            )
        columns[name] = np.asarray(column, float)
    return Design(np.column_stack(list(columns.values())), tuple(columns))


def passed(time: np.ndarray, steps: Sequence[int]) -> np.ndarray:
    """Return D_t (n,), the number of junctures passed at each position; its coefficient is the mean step."""
    return np.sum(np.asarray(time)[:, None] >= np.asarray(steps), axis=1).astype(float)


def gap(names: Sequence[str], j: int, horizon: int) -> np.ndarray:
    """Return the contrast (k,) of the gap to the counterfactual of juncture j, `horizon` periods after its first one.

    The counterfactual leaves out juncture j's own step and ramp only: step_j + horizon * ramp_j.
    """
    contrast = np.zeros(len(names))
    contrast[names.index(f"step_{j}")] = 1.0
    if f"ramp_{j}" in names:
        contrast[names.index(f"ramp_{j}")] = horizon
    return contrast


def check_design(
    time: np.ndarray, steps: Sequence[int], minimum: tuple[int, int, int] = (3, 2, 3), season: int | None = None
) -> str | None:
    """Return why steps at these positions cannot be estimated from these points in time, or None when they can.

    `minimum` is the fewest points before the first step, between two steps, and from the last step on.
    """
    time = np.asarray(time)
    if len(time) < FEWEST_POINTS:
        return f"fewer than {FEWEST_POINTS} points"
    if any(later <= earlier for earlier, later in pairwise(steps)):
        return "two junctures begin in one period"
    before, between, after = minimum
    if np.sum(time < steps[0]) < before:
        return f"fewer than {before} points before the first step"
    for earlier, later in pairwise(steps):
        if np.sum((time >= earlier) & (time < later)) < between:
            return f"fewer than {between} points between two steps"
    if np.sum(time >= steps[-1]) < after:
        return f"fewer than {after} points from the last step on"
    X = build(time, steps=steps, season=season).X
    norms = np.linalg.norm(X, axis=0)
    if len(time) <= len(norms) or np.linalg.matrix_rank(X / np.where(norms > 0, norms, 1.0)) < len(norms):
        return "the points do not tell trend, steps and season apart"
    return None


def _season(time: np.ndarray, season: int | None) -> dict[str, np.ndarray]:
    if season is None:
        return {}
    if season not in FOURIER_PAIRS:
        raise ValueError(f"season of {season} periods: no such frequency is studied; use None, 4 or 12")
    angle = 2 * np.pi * (time % season) / season
    pairs = range(1, FOURIER_PAIRS[season] + 1)
    return {f"{name}_{m}": wave(m * angle) for m in pairs for name, wave in (("cos", np.cos), ("sin", np.sin))}
