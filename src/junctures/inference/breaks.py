"""Unknown breaks: Chow's F at every admissible date with a bootstrap p, and optimal partitions with their intervals.

No segment is ever refitted: rows enter triangular factors by Givens rotations, for all segments (or series) at once, so
that sums of squares keep their digits also where the columns are nearly collinear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, logsumexp

from junctures.inference.alternatives import EXACT, reml_rho_batch
from junctures.inference.simulate import ar1

VANISHING = 1e-10  # of columns scaled to mean square 1: what is left of a row below it is rounding, not information
BLOCK = 64  # ends of segments that are searched at once: the working arrays stay in the processor's cache
TIE = 1e-10  # statistics that differ by less, relative to the observed one, are equal up to rounding
REACH = 1000.0  # first bracket of a quantile either way, doubled until it holds it


@dataclass(frozen=True)
class BreakScan:
    """The statistic of one break at each admissible breakpoint, with its supremum, average and exponential mean.

    `points` (m,) are numbers of observations from 1, each the last one of the old regime; `stats` (m,) is not divided
    by the number of coefficients; `at` is the first point where it is largest; `exp` is log(mean(exp(stats / 2))).
    """

    points: np.ndarray
    stats: np.ndarray

    @property
    def sup(self) -> float:
        """Return the largest statistic."""
        return float(np.max(self.stats))

    @property
    def ave(self) -> float:
        """Return the mean statistic."""
        return float(np.mean(self.stats))

    @property
    def exp(self) -> float:
        """Return the logarithm of the mean of exp(statistic / 2)."""
        return float(logsumexp(self.stats / 2) - np.log(len(self.stats)))

    @property
    def at(self) -> int:
        """Return the breakpoint of the largest statistic."""
        return int(self.points[np.argmax(self.stats)])


@dataclass(frozen=True)
class Partitions:
    """The best partitions of n points into 1, 2, .. segments of at least `shortest` points, k coefficients each.

    Lists by number of breaks from 0: `rss`, `bic`, `lwz` (arrays) and `breaks` (tuples of breakpoints, numbers of
    observations from 1, each the last one of the old regime).
    """

    n: int
    k: int
    shortest: int
    rss: np.ndarray
    bic: np.ndarray
    lwz: np.ndarray
    breaks: tuple[tuple[int, ...], ...]

    @property
    def number(self) -> int:
        """Return the number of breaks with the smallest BIC."""
        return int(np.argmin(self.bic))


def admissible_points(n: int, k: int, trimming: float = 0.15, end: float | None = None) -> np.ndarray:
    """Return the breakpoints (m,) between which one break of n points with k coefficients is sought.

    `trimming` and `end` below 1 are shares of n, rounded down, else numbers of observations; `end` defaults to n less
    the start. Both are moved so that each regime holds k + 1 points (`from` and `to` of strucchange's Fstats). Raises
    ValueError where no breakpoint is left.
    """
    first = floor(trimming * n) if trimming < 1 else int(trimming)
    last = n - first if end is None else floor(end * n) if trimming < 1 else int(end)
    first, last = max(first, k + 1), min(last, n - k - 1)
    if first > last:
        raise ValueError(
            f"breaks: no breakpoint lies between observations {first} and {last} of {n}; a regime would hold fewer "
            f"points than its {k} coefficients need; take a smaller trimming or a longer series."
        )
    return np.arange(first, last + 1)


def sup_f(y: np.ndarray, X: np.ndarray, trimming: float = 0.15, end: float | None = None) -> BreakScan:
    """Return Chow's F of a change of all coefficients of y (n,) on X (n, k) at every admissible breakpoint.

    F = (RSS0 - RSS1) / (RSS1 / (n - 2 k)), not divided by k; `trimming` and `end` as in `admissible_points`. Andrews
    (1993), Econometrica 61: 821-856; ave and exp: Andrews and Ploberger (1994), Econometrica 62: 1383-1414.
    """
    y, X = _checked(y, X)
    points = admissible_points(*X.shape, trimming, end)
    return BreakScan(points, _chow(_residuals(y[None, :], X), _Recursion(X), points)[0])


def sup_f_bootstrap(
    y: np.ndarray,
    X: np.ndarray,
    time: np.ndarray,
    draws: int,
    rng: np.random.Generator,
    trimming: float = 0.15,
    constant: np.ndarray | None = None,
) -> tuple[BreakScan, float, float]:
    """Return the F statistics of `sup_f`, the p of their supremum under AR(1) errors without a break, and rho.

    `draws` series of AR(1) errors at the REML rho of the model without a break, at the positions `time` (n,);
    p = (1 + number of suprema at least as large) / (draws + 1). Coefficients and scale drop out of F. The columns
    `constant` (n, q), seasons for example, do not break: their fit beside X is first taken out of the series, and of
    every simulated one.
    """
    y, X = _checked(y, X)
    columns = X if constant is None else np.column_stack([X, constant])
    rho = float(reml_rho_batch(y[None, :], columns, time)[0])
    points = admissible_points(*X.shape, trimming)
    recursion = _Recursion(X)
    found = _chow(_residuals(without(y, X, constant)[None, :], X), recursion, points)[0]
    null = ar1(time, rho, draws, rng)
    # What the columns explain is in neither sum of squares, once the constant ones are out.
    largest = _chow(_residuals(null, columns), recursion, points).max(axis=1)
    scan = BreakScan(points, found)
    return scan, float((1 + np.sum(largest >= scan.sup * (1 - TIE))) / (draws + 1)), rho


def without(y: np.ndarray, X: np.ndarray, constant: np.ndarray | None) -> np.ndarray:
    """Return y (n,) less the fit of the columns `constant` (n, q), estimated beside X (n, k); y itself without any."""
    if constant is None:
        return np.asarray(y, float)
    coef, *_ = np.linalg.lstsq(np.column_stack([X, constant]), y, rcond=None)
    return y - constant @ coef[X.shape[1] :]


def bai_perron(y: np.ndarray, X: np.ndarray, most: int = 5, trimming: float | None = 0.15) -> Partitions:
    """Return the partitions of y (n,) on X (n, k) with 0 to `most` breaks whose residual sum of squares is least.

    Every coefficient breaks. `trimming` is the shortest segment: a share of n below 1, rounded down, else a number of
    points; None stands for k + 1. `most` is cut to ceil(n / shortest) - 2, one at least, as strucchange does. BIC =
    n (log(RSS / n) + 1 + log 2 pi) + log(n) (k + 1) (breaks + 1); LWZ has .299 log(n)^2.1 for log(n). Raises ValueError
    for a trimming that leaves no room. Bai and Perron (2003), Journal of Applied Econometrics 18: 1-22; Liu, Wu and
    Zidek (1997), Statistica Sinica 7: 497-525.
    """
    y, X = _checked(y, X)
    n, k = X.shape
    shortest = k + 1 if trimming is None else floor(trimming * n) if trimming < 1 else int(trimming)
    if shortest <= k or shortest > n // 2:
        raise ValueError(
            f"bai_perron: segments of at least {shortest} of {n} points with {k} coefficients; a segment must hold "
            "more points than coefficients, and two must fit in; choose another trimming."
        )
    most = max(1, min(most, ceil(n / shortest) - 2))
    breaks, rss = _search(_segments(y, X, shortest), most)
    size = (k + 1) * np.arange(1, most + 2)
    deviance = n * (np.log(rss) + 1 - np.log(n) + np.log(2 * np.pi))
    bic, lwz = deviance + np.log(n) * size, deviance + 0.299 * np.log(n) ** 2.1 * size
    return Partitions(n, k, shortest, rss, bic, lwz, breaks)


def bai_intervals(
    y: np.ndarray,
    X: np.ndarray,
    breaks: tuple[int, ...],
    level: float = 0.95,
    covariance: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """Return lower end, estimate and upper end (m, 3) of each of m breakpoints, as numbers of observations.

    The moments of X (n, k) and the variance of the errors may differ between segments. Errors are taken as uncorrelated
    unless `covariance` (see `break_tests.sup_wald`) gives the covariance of a segment's coefficients from its columns
    and residuals. Ends may lie outside the sample; they are NaN where the limit distribution does not hold the
    quantile, or a segment has no errors. The limit rests on shifts that shrink and on columns without a trend. Bai
    (1997), Review of Economics and Statistics 79: 551-563; the rounding is that of strucchange's confint.
    """
    y, X = _checked(y, X)
    parts = [slice(*pair) for pair in pairwise([0, *breaks, len(y)])]
    coefs = [np.linalg.lstsq(X[part], y[part], rcond=None)[0] for part in parts]
    residuals = [y[part] - X[part] @ coef for part, coef in zip(parts, coefs, strict=True)]
    moments = [X[part].T @ X[part] / (part.stop - part.start) for part in parts]
    negligible = EXACT * np.mean(_residuals(y[None, :], X) ** 2)

    def variance(i: int, shift: np.ndarray) -> float:
        if covariance is None:
            return float(np.mean(residuals[i] ** 2))
        turned = moments[i] @ shift
        spread = turned @ covariance(X[parts[i]], residuals[i]) @ turned
        return float(len(residuals[i]) * spread / (shift @ turned))

    rows = []
    for i, point in enumerate(breaks):
        shift = coefs[i + 1] - coefs[i]
        before, after = (float(shift @ moment @ shift) for moment in moments[i : i + 2])
        old, new = variance(i, shift), variance(i + 1, shift)
        low = high = np.nan
        if min(before, after) > 0 and min(old, new) > negligible:
            ends = limit_quantiles(level, after / before, (after / before) * (new / old))
            low, high = (end * old / before for end in ends)
        rows.append([point - np.ceil(high), point, point - np.floor(low)])
    return np.array(rows, float).reshape(-1, 3)


def limit_quantiles(level: float, xi: float, phi: float) -> tuple[float, float]:
    """Return the ends of the central `level` of a breakpoint's limit distribution, NaN where it does not hold them.

    `xi`: moments of the columns after the break over those before, along the shift; `phi`: xi times the ratio of the
    variances.
    """
    tail = (1 - level) / 2
    if not tail <= _argmax_probability(0.0, xi, phi) <= 1 - tail:
        return np.nan, np.nan
    low, high = -REACH, REACH
    while _argmax_probability(low, xi, phi) > tail:
        low *= 2
    while _argmax_probability(high, xi, phi) < 1 - tail:
        high *= 2
    lower = brentq(lambda x: _argmax_probability(x, xi, phi) - tail, low, 0.0, xtol=1e-10)
    return lower, brentq(lambda x: _argmax_probability(x, xi, phi) - 1 + tail, 0.0, high, xtol=1e-10)


def _argmax_probability(x: float, xi: float, phi: float) -> float:
    """Return the distribution function of the location of the maximum of a two-sided Brownian motion with drift.

    Drift and variance change at 0: xi is the ratio of the moments, phi that ratio times the ratio of the variances.
    Bai (1997), appendix B, written so that large exponents meet small tails in logarithms.
    """
    root = np.sqrt(abs(x))
    if x < 0:
        ratio = xi / phi
        first = -root * np.exp(x / 8) / np.sqrt(2 * np.pi)
        tilt = ratio * (1 + ratio) * abs(x) / 2 + log_ndtr(-(0.5 + ratio) * root)
        second = -(phi / xi) * (phi + 2 * xi) / (phi + xi) * np.exp(tilt)
        weight = abs(x) / 2 - 2 + (phi + 2 * xi) ** 2 / ((phi + xi) * xi)
        return float(first + second + weight * np.exp(log_ndtr(-root / 2)))
    ratio = xi**2 / phi
    first = np.sqrt(ratio) * root * np.exp(-ratio * x / 8) / np.sqrt(2 * np.pi)
    tilt = (phi + xi) * x / 2 + log_ndtr(-(phi + xi / 2) / np.sqrt(phi) * root)
    second = (xi / phi) * (2 * phi + xi) / (phi + xi) * np.exp(tilt)
    weight = (2 * phi + xi) ** 2 / ((phi + xi) * phi) - 2 + ratio * x / 2
    return float(1 + first + second - weight * np.exp(log_ndtr(-np.sqrt(ratio) * root / 2)))


class _Recursion:
    """The recursive residuals of any series around X (n, k), forwards and backwards, as linear maps of the series.

    The sum of squares of the first t points is the sum of the first t squared recursive residuals (Brown, Durbin and
    Evans 1975, JRSS B 37: 149-192).
    """

    def __init__(self, X: np.ndarray):
        scaled, self.size = _scaled(X), X.shape[1]
        self.forward = self._weights(scaled)
        self.backward = self._weights(scaled[::-1])[::-1, ::-1]

    @staticmethod
    def _weights(X: np.ndarray) -> np.ndarray:
        n, k = X.shape
        R, Z, weights = np.zeros((k, k)), np.zeros((k, n)), np.zeros((n, n))
        for t in range(n):
            x, v = X[t].copy(), weights[t, : t + 1]
            v[t] = 1.0
            for j in range(k):
                size = np.hypot(R[j, j], x[j])
                if size <= VANISHING:
                    continue
                c, s = R[j, j] / size, x[j] / size
                R[j, j:], x[j:] = c * R[j, j:] + s * x[j:], c * x[j:] - s * R[j, j:]
                Z[j, : t + 1], v[:] = c * Z[j, : t + 1] + s * v, c * v - s * Z[j, : t + 1]
        return weights

    def sums(self, E: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of squares (N, n) of the points up to each, and of those from each on, of E (N, n)."""
        ahead = np.cumsum((E @ self.forward.T) ** 2, axis=1)
        back = np.cumsum(((E @ self.backward.T) ** 2)[:, ::-1], axis=1)[:, ::-1]
        return ahead, back


def _chow(E: np.ndarray, recursion: _Recursion, points: np.ndarray) -> np.ndarray:
    """Return F (N, m) of each series in E (N, n), residuals of the model without a break, at the breakpoints (m,)."""
    ahead, back = recursion.sums(E)
    n, k = E.shape[1], recursion.size
    apart = ahead[:, points - 1] + back[:, points]
    return (ahead[:, -1:] - apart) / (apart / (n - 2 * k))


def _segments(y: np.ndarray, X: np.ndarray, shortest: int) -> np.ndarray:
    """Return the sum of squares (n, n) of the segment that ends and starts at each pair of points (from 0).

    Infinite where the segment is shorter than `shortest`. All segments of one length take in their next row together.
    """
    n, k = X.shape
    rows = np.vstack([_scaled(X).T, _residuals(y[None, :], X)])
    R, rss = np.zeros((k, k + 1, n)), np.zeros(n)
    found = np.full(n * n, np.inf)
    for length in range(1, n + 1):
        starts = n - length + 1
        new = rows[:, length - 1 :].copy()
        for j in range(k):
            own, row = R[j, j, :starts], new[j]
            size = np.sqrt(own * own + row * row)
            informed = size > VANISHING
            divisor = np.where(informed, size, 1.0)
            c, s = np.where(informed, own / divisor, 1.0), np.where(informed, row / divisor, 0.0)
            own[:] = size
            rest, more = R[j, j + 1 :, :starts], new[j + 1 :]
            kept = c * rest + s * more
            more *= c
            more -= s * rest
            rest[:] = kept
        rss[:starts] += new[k] ** 2
        if length >= shortest:
            found[(length - 1) * n :: n + 1][:starts] = rss[:starts]
    return found.reshape(n, n)


def _search(cost: np.ndarray, most: int) -> tuple[tuple[tuple[int, ...], ...], np.ndarray]:
    """Return the breakpoints for 0 to `most` breaks and their sums of squares, by dynamic programming over ends."""
    n = len(cost)
    best, previous, rss = cost[:, 0].copy(), [], [cost[-1, 0]]
    breaks = [()]
    for _ in range(most):
        partner, value = np.zeros(n, int), np.full(n, np.inf)
        for first in range(0, n, BLOCK):
            block = slice(first, min(first + BLOCK, n))
            total = cost[block, 1 : block.stop] + best[: block.stop - 1]
            if total.shape[1] == 0:
                continue
            at = np.argmin(total, axis=1)
            partner[block], value[block] = at + 1, total[np.arange(len(at)), at]
        previous.append(partner)
        best = value
        chain, end = [], n - 1
        for level in reversed(previous):
            chain.append(int(level[end]))
            end = chain[-1] - 1
        breaks.append(tuple(reversed(chain)))
        rss.append(value[-1])
    return tuple(breaks), np.array(rss)


def _scaled(X: np.ndarray) -> np.ndarray:
    """Return orthogonal columns (n, k) that span those of X, each with mean square 1."""
    Q, _ = np.linalg.qr(X)
    return Q * np.sqrt(len(X))


def _residuals(Y: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the OLS residuals (N, n) of each series in Y (N, n): segments keep their sums, nothing large cancels."""
    Q, _ = np.linalg.qr(X)
    E = Y - (Y @ Q) @ Q.T
    return E - (E @ Q) @ Q.T


def _checked(y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, X = np.asarray(y, float), np.asarray(X, float)
    X = X[:, None] if X.ndim == 1 else X
    if y.shape != X.shape[:1] or not (np.isfinite(y).all() and np.isfinite(X).all()):
        raise ValueError(
            f"breaks: outcomes of shape {y.shape} for columns of shape {X.shape}, or a value that is not finite; no "
            "break can be placed among them; drop unobserved periods from both alike."
        )
    return y, X
