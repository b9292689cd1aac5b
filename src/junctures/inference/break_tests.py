"""Tests of breaks that are robust to unequal variances or autocorrelation: sup-Wald, and Bai and Perron's supF family.

They serve comparison with strucchange and mbreaks: on short autocorrelated series none of them holds its size, so that
nothing in the study rests on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import floor

import numpy as np

from junctures.inference.breaks import BreakScan, Partitions, admissible_points, bai_perron, limit_quantiles

Covariance = Callable[[np.ndarray, np.ndarray], np.ndarray]
NEGLIGIBLE = 1e-7  # kernel weights below it are left out, as sandwich does
SPECTRAL_RATE = 1.3221  # Andrews (1991), table I: constant of the optimal bandwidth of the quadratic spectral kernel
SAME = 1e-16  # squared distance below which scores are the residuals themselves: the column is an intercept


@dataclass(frozen=True)
class SupFamily:
    """Bai and Perron's tests and the partitions that they use.

    `sup_f` (most,): none against 1, 2, .. breaks; `ud_max`: their largest; `sequential` (most,): l against l + 1
    breaks, l from 0 on, 0 where no further break has room.
    """

    sup_f: np.ndarray
    ud_max: float
    sequential: np.ndarray
    partitions: Partitions


def sup_wald(
    y: np.ndarray, X: np.ndarray, covariance: Covariance, trimming: float = 0.15, end: float | None = None
) -> BreakScan:
    """Return the Wald statistic of a change of all coefficients of y (n,) on X (n, k) at every admissible breakpoint.

    `covariance` gives the covariance of the OLS coefficients of [X, X from the break on] from that design and its
    residuals: `white`, `newey_west(..)` or `kernel_hac(..)`. `trimming` and `end` as in `breaks.admissible_points`.
    """
    y, X = np.asarray(y, float), np.asarray(X, float)
    n, k = X.shape
    points = admissible_points(n, k, trimming, end)
    stats = []
    for point in points:
        both = np.column_stack([X, X * (np.arange(n) >= point)[:, None]])
        coef, *_ = np.linalg.lstsq(both, y, rcond=None)
        shift = coef[k:]
        stats.append(shift @ np.linalg.solve(covariance(both, y - both @ coef)[k:, k:], shift))
    return BreakScan(points, np.array(stats))


def white(X: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Return White's covariance (k, k) without a small-sample factor (HC0). White (1980), Econometrica 48: 817-838."""
    return _sandwich(X, X * residuals[:, None], np.array([1.0]), False, False)


def newey_west(lag: int | None = None, prewhiten: bool = True, adjust: bool = False) -> Covariance:
    """Return the covariance with Bartlett weights up to `lag`, by default chosen from the scores, as sandwich does.

    `prewhiten`: scores are first cleared of a vector autoregression of order 1; `adjust`: factor n / (n - k). Newey and
    West (1987), Econometrica 55: 703-708; the choice of the lag: (1994), Review of Economic Studies 61: 631-653.
    """

    def covariance(X: np.ndarray, residuals: np.ndarray) -> np.ndarray:
        chosen = _automatic_lag(X, residuals, prewhiten) if lag is None else lag
        weights = 1 - np.arange(chosen + 1) / (chosen + 1)
        return _sandwich(X, X * residuals[:, None], weights, prewhiten, adjust)

    return covariance


def _automatic_lag(X: np.ndarray, residuals: np.ndarray, prewhiten: bool) -> int:
    scores = X * residuals[:, None]
    longest = int((3 if prewhiten else 4) * (len(scores) / 100) ** (2 / 9))
    series = _informative(scores, residuals, prewhiten).sum(axis=1)
    lags = np.arange(1, longest + 1)
    shared = np.array([np.sum(series[:-lag] * series[lag:]) for lag in lags]) if longest else np.zeros(0)
    ratio = 2 * np.sum(lags * shared) / (np.sum(series**2) + 2 * np.sum(shared))
    return int(1.1447 * (ratio**2 * len(scores)) ** (1 / 3))


def _informative(scores: np.ndarray, residuals: np.ndarray, prewhiten: bool) -> np.ndarray:
    """Return the scores (n, k) from which a bandwidth is chosen: all but the intercept's, prewhitened if asked for."""
    used = _prewhitened(scores)[0] if prewhiten else scores
    counted = np.sum((scores - residuals[:, None]) ** 2, axis=0) >= SAME
    return used[:, counted] if counted.any() else used


def kernel_hac(prewhiten: bool = True, adjust: bool = True) -> Covariance:
    """Return the covariance with the quadratic spectral kernel and Andrews' bandwidth, as sandwich's kernHAC does.

    The bandwidth comes from an AR(1) with intercept fitted to each score but the intercept's, after prewhitening.
    Andrews (1991), Econometrica 59: 817-858; Andrews and Monahan (1992), Econometrica 60: 953-966.
    """

    def covariance(X: np.ndarray, residuals: np.ndarray) -> np.ndarray:
        scores = X * residuals[:, None]
        chosen = _informative(scores, residuals, prewhiten)
        weights = _spectral_weights(len(chosen), _bandwidth(chosen, intercept=True))
        return _sandwich(X, scores, weights, prewhiten, adjust)

    return covariance


def sup_f_family(y: np.ndarray, X: np.ndarray, most: int = 5, trimming: float = 0.15) -> SupFamily:
    """Return Bai and Perron's supF tests of y (n,) on X (n, k), each divided by the number of restrictions per break.

    Dates are those of the optimal partitions, segments of at least floor(trimming n) points. The covariance allows each
    segment moments, variance and autocorrelation of its own: quadratic spectral kernel, Andrews' bandwidth from an
    AR(1) without intercept, scores prewhitened (as mbreaks with robust, hetdat, hetvar and prewhit).
    F = Wald (n - (m + 1) k) / (n m). Bai and Perron (1998), Econometrica 66: 47-78; (2003), Journal of Applied
    Econometrics 18: 1-22.
    """
    y, X = np.asarray(y, float), np.asarray(X, float)
    shortest = floor(trimming * len(y))
    found = bai_perron(y, X, most, shortest)
    against_none = np.array([_wald(y, X, breaks) for breaks in found.breaks[1:]])
    further = [_further(y, X, breaks, shortest) for breaks in found.breaks[1:-1]]
    return SupFamily(against_none, float(against_none.max()), np.array([against_none[0], *further]), found)


def segment_errors(y: np.ndarray, X: np.ndarray, breaks: tuple[int, ...]) -> np.ndarray:
    """Return the standard errors (m + 1, k) of each segment's coefficients with the covariance of `sup_f_family`."""
    _, parts = _segment_fits(y, X, breaks)
    return np.sqrt([np.diag(part) for part in parts])


def robust_intervals(y: np.ndarray, X: np.ndarray, breaks: tuple[int, ...], level: float = 0.95) -> np.ndarray:
    """Return lower and upper end (m, 2) of each of m breakpoints under the covariance of `sup_f_family`.

    Bai's limit distribution with each segment's long-run variance along the shift; rounding is that of mbreaks.
    """
    y, X = np.asarray(y, float), np.asarray(X, float)
    parts = [slice(*pair) for pair in pairwise((0, *breaks, len(y)))]
    coefs, _ = _segment_fits(y, X, breaks)
    moments = [X[part].T @ X[part] / (part.stop - part.start) for part in parts]
    scores = [X[part] * (y[part] - X[part] @ coef)[:, None] for part, coef in zip(parts, coefs, strict=True)]
    rows = []
    for i, point in enumerate(breaks):
        shift = coefs[i + 1] - coefs[i]
        before, after = (float(shift @ moment @ shift) for moment in moments[i : i + 2])
        own, other = (float(shift @ _long_run(score) @ shift) for score in scores[i : i + 2])
        low, high = limit_quantiles(level, after / before, (after / before) * (other / own))
        rows.append([np.round(point - high * own / before**2), np.round(point - low * own / before**2) + 1])
    return np.array(rows)


def _further(y: np.ndarray, X: np.ndarray, breaks: tuple[int, ...], shortest: int) -> float:
    """Return the largest F of one more break within a segment; 0 where none has room."""
    largest = 0.0
    edges = (0, *breaks, len(y))
    for begin, end in pairwise(edges):
        if end - begin >= 2 * shortest:
            part = slice(begin, end)
            largest = max(largest, _wald(y[part], X[part], bai_perron(y[part], X[part], 1, shortest).breaks[1]))
    return largest


def _wald(y: np.ndarray, X: np.ndarray, breaks: tuple[int, ...]) -> float:
    n, k = X.shape
    m = len(breaks)
    coefs, parts = _segment_fits(y, X, breaks)
    shifts = np.diff(coefs, axis=0).ravel()
    covariance = np.zeros(((m + 1) * k, (m + 1) * k))
    for i, part in enumerate(parts):
        covariance[i * k : (i + 1) * k, i * k : (i + 1) * k] = part
    contrast = np.kron(np.eye(m, m + 1, 1) - np.eye(m, m + 1), np.eye(k))
    spread = contrast @ covariance @ contrast.T
    return float((n - (m + 1) * k) / (n * m) * (shifts @ np.linalg.solve(spread, shifts)))


def _segment_fits(y: np.ndarray, X: np.ndarray, breaks: tuple[int, ...]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the coefficients (m + 1, k) of the segments and the covariance (k, k) of each."""
    coefs, parts = [], []
    edges = (0, *breaks, len(y))
    for begin, end in pairwise(edges):
        Z = X[begin:end]
        coef, *_ = np.linalg.lstsq(Z, y[begin:end], rcond=None)
        coefs.append(coef)
        bread = np.linalg.inv(Z.T @ Z)
        parts.append((end - begin) * bread @ _long_run(Z * (y[begin:end] - Z @ coef)[:, None]) @ bread)
    return np.array(coefs), parts


def _long_run(scores: np.ndarray) -> np.ndarray:
    """Return mbreaks' long-run covariance (k, k) of one segment's scores (n, k)."""
    used, recolour = _prewhitened(scores)
    weights = _spectral_weights(len(used), _bandwidth(used, intercept=False), negligible=0.0)
    return recolour @ _weighted(used, weights) @ recolour.T / (len(used) - used.shape[1])


def _sandwich(X: np.ndarray, scores: np.ndarray, weights: np.ndarray, prewhiten: bool, adjust: bool) -> np.ndarray:
    n, k = X.shape
    used, recolour = _prewhitened(scores) if prewhiten else (scores, np.eye(k))
    bread = np.linalg.inv(X.T @ X)
    meat = recolour @ _weighted(used, weights[: len(used)]) @ recolour.T
    return bread @ meat @ bread * (n / (n - k) if adjust else 1.0)


def _weighted(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted sum (k, k) of the scores' (n, k) autocovariances, not divided by n."""
    total = weights[0] * scores.T @ scores
    for lag in range(1, len(weights)):
        shared = weights[lag] * scores[:-lag].T @ scores[lag:]
        total += shared + shared.T
    return total


def _prewhitened(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the residuals (n - 1, k) of a vector autoregression without intercept, and what undoes it (k, k)."""
    past, *_ = np.linalg.lstsq(scores[:-1], scores[1:], rcond=None)
    return scores[1:] - scores[:-1] @ past, np.linalg.inv(np.eye(scores.shape[1]) - past.T)


def _bandwidth(scores: np.ndarray, intercept: bool) -> float:
    """Return Andrews' bandwidth of the quadratic spectral kernel for scores (n, k) of equal weight, each an AR(1)."""
    above = below = 0.0
    for score in scores.T:
        now, before = score[1:], score[:-1]
        columns = np.column_stack([before, np.ones(len(before))]) if intercept else before[:, None]
        coef, *_ = np.linalg.lstsq(columns, now, rcond=None)
        variance, rho = np.mean((now - columns @ coef) ** 2), coef[0]
        above += 4 * rho**2 * variance**2 / (1 - rho) ** 8
        below += variance**2 / (1 - rho) ** 4
    return float(SPECTRAL_RATE * (len(scores) * above / below) ** 0.2)


def _spectral_weights(n: int, bandwidth: float, negligible: float = NEGLIGIBLE) -> np.ndarray:
    """Return the kernel's weights for lags 0, 1, .. of n scores up to the last one that is not negligible."""
    angle = 6 * np.pi / 5 * np.arange(1, n) / bandwidth
    weights = np.r_[1.0, 3 / angle**2 * (np.sin(angle) / angle - np.cos(angle))]
    return weights[: 1 + np.flatnonzero(np.abs(weights) > negligible)[-1]]
