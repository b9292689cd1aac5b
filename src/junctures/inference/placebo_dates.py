"""Placebo in time: a juncture's own step against the same step at every other admissible date.

Nothing is refitted: the step of every date is cleared of the other columns once, and each Newey-West t is then
arithmetic on products of neighbouring residuals, for many series at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from junctures.inference import design, effects
from junctures.inference.alternatives import EXACT
from junctures.inference.variations import MAIN_MINIMUM

COLLINEAR = 1e-9  # share of a step's sum of squares that must be left beside the other columns
CHUNK = 512  # series a pass: the products of neighbouring residuals stay small
TIE = 1e-10  # t that differ by less, relative to the real one, are equal up to rounding


@dataclass(frozen=True)
class Placebo:
    """One juncture's step against its placebos: its `t`, the other dates with theirs, and p.

    `smallest_p` is 1 / (1 + number of other dates), the least that p can be. `dates` and `placebo_t` (m,) hold the
    other dates. Where `reason` is not blank nothing was compared, and t and p are NaN.
    """

    t: float
    p: float
    smallest_p: float
    dates: np.ndarray
    placebo_t: np.ndarray
    reason: str = ""


def hac_scan(
    Y: np.ndarray, base: np.ndarray, dates: Sequence[int], time: np.ndarray, lag: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the OLS coefficient (N, C) and Newey-West t (N, C) of a step at each date, for each series in Y (N, n).

    Each step, 1 from its date on, stands alone beside the columns `base` (n, k0); `time` (n,) holds the positions.
    Bartlett weights up to `lag`, by default floor(4 (n / 100)^(2/9)), factor n / (n - k0 - 1), points taken as
    consecutive: statsmodels' HAC with use_correction. NaN where a date is one with the other columns. Coefficients by
    Frisch and Waugh (1933), Econometrica 1: 387-401; errors: Newey and West (1987), Econometrica 55: 703-708.
    """
    Y, base, time = np.atleast_2d(np.asarray(Y, float)), np.asarray(base, float), np.asarray(time)
    n = len(time)
    lag = int(np.floor(4 * (n / 100) ** (2 / 9))) if lag is None else lag
    Q, _ = np.linalg.qr(base)
    steps = (time[:, None] >= np.asarray(dates)).astype(float)
    cleared = steps - Q @ (Q.T @ steps)
    cleared -= Q @ (Q.T @ cleared)
    size = np.sum(cleared**2, axis=0)
    size[size <= COLLINEAR * np.sum(steps, axis=0)] = np.nan
    shared = [(1 - k / (lag + 1)) * (2 if k else 1) * cleared[k:] * cleared[: n - k] for k in range(lag + 1)]
    # With e = r - b d, e_t e_s is quadratic in the coefficient b; its three sums over pairs of points are these.
    outer = np.concatenate(shared)
    linear, square = np.zeros_like(cleared), np.zeros(cleared.shape[1])
    for k, product in enumerate(shared):
        linear[k:] += product * cleared[: n - k]
        linear[: n - k] += product * cleared[k:]
        square += np.sum(product * cleared[k:] * cleared[: n - k], axis=0)
    coef, t = np.empty((len(Y), len(size))), np.empty((len(Y), len(size)))
    factor = n / (n - base.shape[1] - 1)
    for first in range(0, len(Y), CHUNK):
        part = slice(first, first + CHUNK)
        R = Y[part] - (Y[part] @ Q) @ Q.T
        b = (R @ cleared) / size
        pairs = np.concatenate([R[:, k:] * R[:, : n - k] for k in range(lag + 1)], axis=1)
        meat = pairs @ outer - b * (R @ linear) + b**2 * square
        coef[part] = b
        t[part] = b * size / np.sqrt(np.maximum(meat, 0.0) * factor)
    return coef, t


def placebo_in_time(
    y: np.ndarray,
    time: np.ndarray,
    real: Sequence[int],
    candidates: Sequence[int],
    per_year: int,
    season: int | None = None,
    minimum: tuple[int, int, int] = MAIN_MINIMUM,
) -> list[Placebo]:
    """Return for each real date the t of its step against that of the same step at every other admissible date.

    Model `1 + t + season + steps`: the other real steps stay, this one moves. y (n,) at the positions `time` (n,);
    `real` and `candidates` are first treated positions. A candidate is admissible if with it the design keeps to
    `minimum` (points before the first step, between, from the last on) and if it lies more than a year (`per_year`
    positions) from every real date. p = (1 + number of others whose absolute t is at least as large) / (1 + number of
    others).
    """
    y, time = np.asarray(y, float), np.asarray(time)
    if reason := design.check_design(time, sorted(real), minimum, season):
        return [_missing(reason) for _ in real]
    Q, _ = np.linalg.qr(design.build(time, steps=sorted(real), season=season).X)
    if np.sum((y - Q @ (Q.T @ y)) ** 2) <= EXACT * np.sum(y**2):
        return [_missing(effects.EXACT) for _ in real]
    apart = [int(date) for date in candidates if all(abs(date - own) > per_year for own in real)]
    found = []
    for own in real:
        rest = [date for date in real if date != own]
        dates = [date for date in apart if design.check_design(time, sorted([*rest, date]), minimum, season) is None]
        if not dates:
            found.append(_missing("no other date is admissible"))
            continue
        base = design.build(time, steps=rest, season=season).X
        t = hac_scan(y, base, [own, *dates], time)[1][0]
        found.append(_compare(float(t[0]), np.array(dates), t[1:]))
    return found


def _compare(t: float, dates: np.ndarray, others: np.ndarray) -> Placebo:
    if not (np.isfinite(t) and np.isfinite(others).all()):
        return _missing(effects.EXACT)
    larger = int(np.sum(np.abs(others) >= abs(t) * (1 - TIE)))
    return Placebo(t, (1 + larger) / (1 + len(dates)), 1 / (1 + len(dates)), dates, others)


def _missing(reason: str) -> Placebo:
    return Placebo(np.nan, np.nan, np.nan, np.array([], int), np.array([]), reason)
