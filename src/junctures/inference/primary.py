"""The primary procedure: coefficients of a short time series, averaged over what the data say of its persistence.

With flat priors on the coefficients and 1/sigma on the scale, each point of a grid of error models gives a restricted
likelihood and a t distribution in closed form; the posterior is their mixture (docs/method.md, "Primary procedure").
Nothing on the way of a single series calls BLAS, whose kernels differ in the last digits: published numbers are the
same on any of them.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from junctures.inference.algebra import inverse_root, orthonormalise, product, project

RHO_RANGE = (-0.95, 0.995)
RHO_POINTS = {False: 93, True: 45}  # pure AR(1); with white noise, where each point is met with six noise shares
NOISE_SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85)
PRIOR_POWER = -0.75  # of 1 - rho^2; fixed, as no size table may change it
RATIO_SD = np.log(2.0)  # of the log variance ratio
RATIO_POINTS = np.linspace(-2.0, 2.0, 9)  # in units of RATIO_SD
TAIL = 0.025  # probability beyond either bound of an interval
CHUNK = 512  # series whitened at once, so that the work stays in the processor's cache
NEGLIGIBLE = 1e-16  # weight below which a component cannot move a published digit
TABLE = 2**14  # cells of the interpolated t distribution: within 1e-6 from 2 to 1,000 degrees of freedom
FAINT = 1e-12  # weight below which a component cannot move a simulated share
TOLERANCE = 1e-13  # of a quantile's bracket, in units of its mixture's spread
LAST_STEP = 1e-5  # of Halley's method, in the same units


@dataclass(frozen=True)
class Summary:
    """A linear combination of coefficients: posterior mean, 95 % interval, two-sided p and P(b > 0); floats or (N,)."""

    estimate: float
    lower: float
    upper: float
    p: float
    positive: float


@dataclass(frozen=True)
class Posterior:
    """The posterior of one series: over G error models, a t distribution of `df` degrees of freedom each.

    `weights` (G,), `centres` (G, k), `scales` (G, k, k) squared scale matrices; `rho` and `noise_share` are posterior
    means. A series that the design fits exactly has no scale: its summaries hold the estimate and NaN.
    """

    weights: np.ndarray
    centres: np.ndarray
    scales: np.ndarray
    df: int
    rho: float
    noise_share: float

    def summarise(self, contrast: np.ndarray) -> Summary:
        """Return the summary of contrast (k,) times the coefficients."""
        return self.summarise_each(contrast[None])[0]

    def summarise_each(self, contrasts: np.ndarray) -> list[Summary]:
        """Return what `summarise` gives for each of the contrasts (m, k), their intervals sought at once."""
        centres = np.array([np.einsum("gi,i->g", self.centres, each) for each in contrasts])
        scales = np.sqrt([np.einsum("i,gij,j->g", each, self.scales, each) for each in contrasts])
        mixture = _Mixture(np.broadcast_to(self.weights, centres.shape), centres, scales, self.df)
        found = (mixture.mean(), *mixture.interval(), *mixture.tails())
        return [Summary(*map(float, values)) for values in zip(*found, strict=True)]


@dataclass(frozen=True)
class BatchPosterior:
    """The posteriors of N series on one design; `weights` (N, G), `rho` and `noise_share` (N,) as in `Posterior`."""

    weights: np.ndarray
    rho: np.ndarray
    noise_share: np.ndarray
    df: int
    _factor: "_Factor"
    _fitted: np.ndarray
    _residuals: np.ndarray
    _rss: np.ndarray

    def summarise(self, contrast: np.ndarray, interval: bool = False) -> Summary:
        """Return the summary, arrays (N,), of contrast (k,) times the coefficients; bounds only with `interval`."""
        mixture = self._mixture(contrast)
        lower, upper = mixture.interval() if interval else (None, None)
        p, positive = mixture.tails()
        return Summary(mixture.mean(), lower, upper, p, positive)

    def take(self, rows: np.ndarray) -> "BatchPosterior":
        """Return the posteriors of some of the series: indices or a mask (N,)."""
        own = {name: getattr(self, name)[rows] for name in ("weights", "rho", "noise_share")}
        return replace(self, **own, _fitted=self._fitted[rows], _residuals=self._residuals[rows], _rss=self._rss[rows])

    def mean(self, contrast: np.ndarray) -> np.ndarray:
        """Return the posterior means (N,) of contrast (k,) times the coefficients."""
        return self._mixture(contrast).mean()

    def lower(self, contrast: np.ndarray) -> np.ndarray:
        """Return the lower bounds (N,) of the 95 % interval of contrast (k,) times the coefficients."""
        return self._mixture(contrast)._lower_quantile(TAIL)

    def above(self, contrast: np.ndarray, value: float) -> np.ndarray:
        """Return P(b > value) (N,) for b = contrast (k,) times the coefficients, to 1e-6 and ten times as fast.

        For shares of many simulated series; what is published of one series comes from `summarise`.
        """
        mixture = self._mixture(contrast)
        kept = mixture.weights > FAINT
        t = (mixture.centres[kept] - value) / mixture.scales[kept]
        starts = np.concatenate([[0], np.cumsum(np.sum(kept, axis=1))[:-1]])
        return np.add.reduceat(mixture.weights[kept] * _student_table(t, self.df), starts)

    def alone(self) -> Posterior:
        """Return the posterior of the first series."""
        factor = self._factor
        root = np.einsum("gij,kj->gik", factor.root, factor.back)
        shift = np.einsum("gin,n->gi", factor.projector, self._residuals[0])
        centres = np.einsum("ki,i->k", factor.back, self._fitted[0]) + np.einsum("gi,gik->gk", shift, root)
        scales = np.einsum("gik,gil->gkl", root, root) * (self._rss[0] / self.df)[:, None, None]
        return Posterior(self.weights[0], centres, scales, self.df, float(self.rho[0]), float(self.noise_share[0]))

    def _mixture(self, contrast: np.ndarray) -> "_Mixture":
        factor = self._factor
        v = np.einsum("ij,i->j", factor.back, contrast)
        half = np.einsum("gij,j->gi", factor.root, v)
        loading = np.einsum("gi,gin->gn", half, factor.projector)
        centres = (self._fitted @ v)[:, None] + self._residuals @ loading.T
        scales = np.sqrt(self._rss / self.df * np.sum(half**2, axis=1))
        return _Mixture(self.weights, centres, scales, self.df)


class Grid:
    """The error models of one set of points in time, factorised once for every y on them, and once for each X.

    `time` (n,) are whole running numbers of the observed periods, so that gaps keep their place. Without `noise` the
    errors are AR(1) of parameter rho; with it (1 - c) AR(1) + c white noise for rho >= 0. `after` (n,), a mask, lets
    the variance there differ by a ratio that is averaged over too. `rhos` replaces the grid of rho, for tests and
    studies of the procedure; its points are weighted by the trapezoid rule in atanh(rho).
    Raises ValueError when time is not strictly increasing whole numbers.
    """

    def __init__(self, time, noise: bool = False, after=None, rhos=None):
        time = np.asarray(time)
        steps = np.diff(time)
        if time.ndim != 1 or np.any(steps <= 0) or np.any(time != np.round(time)):
            raise ValueError(
                "time is not strictly increasing whole numbers: errors could not be placed; number the periods in order"
            )
        self.n = len(time)
        self.rho, self.share, ratio, self.log_prior = _grid_points(noise, after is not None, rhos)
        self._decay = self.rho[None, :] ** np.append(steps, 0)[:, None]
        self._gain, variance = _filter(self._decay, self.share)
        self._scale = 1 / np.sqrt(variance)
        self._ratio = None if after is None else np.where(np.asarray(after, bool)[:, None], ratio**-0.5, 1.0)
        self.log_det = np.sum(np.log(variance), axis=0)
        self._factors: dict[bytes, _Factor] = {}
        if after is not None:
            self.log_det += np.sum(after) * np.log(ratio)

    def fit(self, y: np.ndarray, X: np.ndarray) -> Posterior:
        """Return the posterior of the coefficients of X (n, k) for one series y (n,).

        Raises ValueError when shapes disagree, a value is missing, or X is not of full rank with n > k.
        """
        return self.fit_each(np.asarray(y, float)[None], X)[0]

    def fit_each(self, Y: np.ndarray, X: np.ndarray) -> list[Posterior]:
        """Return what `fit` gives for each series of Y (N, n) on one design X (n, k), which is factorised once."""
        Y, factor = self._prepare(Y, X)
        return [self._batch(y[None], factor).alone() for y in Y]

    def fit_batch(self, Y: np.ndarray, X: np.ndarray) -> BatchPosterior:
        """Return the posteriors of N series Y (N, n) on one design X (n, k); raises as `fit`."""
        return self._batch(*self._prepare(Y, X))

    def _prepare(self, Y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, "_Factor"]:
        Y, X = np.asarray(Y, float), np.asarray(X, float)
        _check_shapes(Y, X, self.n)
        if (key := X.tobytes()) not in self._factors:
            self._factors[key] = self._factorise(X)
        return Y, self._factors[key]

    def _batch(self, Y: np.ndarray, factor: "_Factor") -> BatchPosterior:
        df = self.n - factor.basis.shape[1]
        fitted, residuals = project(Y, factor.basis)
        rss = np.concatenate([self._rss(residuals[i : i + CHUNK], factor) for i in range(0, len(Y), CHUNK)])
        exact = np.sum(residuals**2, axis=1) <= self.n * (1e-12 * np.max(np.abs(Y), axis=1)) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            log_weights = self.log_prior - 0.5 * (df * np.log(rss) + factor.log_det + self.log_det)
        log_weights[exact] = self.log_prior
        rss[exact] = np.nan
        weights = np.exp(log_weights - np.max(log_weights, axis=1, keepdims=True))
        weights /= np.sum(weights, axis=1, keepdims=True)
        means = (np.einsum("ng,g->n", weights, values) for values in (self.rho, self.share))
        return BatchPosterior(weights, *means, df, factor, fitted, residuals, rss)

    def _factorise(self, X: np.ndarray) -> "_Factor":
        basis, back = orthonormalise(X)
        white = self._whiten(basis)
        root, log_det = inverse_root(np.einsum("ngk,ngl->gkl", white, white))
        projector = np.einsum("gij,ngj->gin", root, self._whiten_back(white))
        return _Factor(basis, back, root, projector, log_det)

    def _rss(self, residuals: np.ndarray, factor: "_Factor") -> np.ndarray:
        """Return the generalised residual sum of squares (N, G) of residuals (N, n) from the unweighted fit."""
        total = np.zeros((len(self.rho), len(residuals)))
        predicted = np.zeros_like(total)
        for i in range(self.n):
            innovation = residuals[None, :, i] * (1.0 if self._ratio is None else self._ratio[i][:, None]) - predicted
            total += (innovation * self._scale[i][:, None]) ** 2
            predicted += self._gain[i][:, None] * innovation
            predicted *= self._decay[i][:, None]
        points, columns, n = factor.projector.shape
        explained = product(residuals, factor.projector.reshape(-1, n)).reshape(-1, points, columns)
        return np.maximum(total.T - np.sum(explained**2, axis=2), 0.0)

    def _whiten(self, columns: np.ndarray) -> np.ndarray:
        """Return L^-1 times columns (n, k), with V = L L', at each error model: (n, G, k)."""
        white = np.empty((self.n, len(self.rho), columns.shape[1]))
        predicted = np.zeros(white.shape[1:])
        for i in range(self.n):
            innovation = columns[i][None] * (1.0 if self._ratio is None else self._ratio[i][:, None]) - predicted
            white[i] = innovation * self._scale[i][:, None]
            predicted = self._decay[i][:, None] * (predicted + self._gain[i][:, None] * innovation)
        return white

    def _whiten_back(self, white: np.ndarray) -> np.ndarray:
        """Return L'^-1 times white (n, G, k), the adjoint of `_whiten`: together they apply V^-1."""
        back = np.empty_like(white)
        later = np.zeros(white.shape[1:])
        for i in range(self.n - 1, -1, -1):
            carried = self._decay[i][:, None] * later
            back[i] = white[i] * self._scale[i][:, None] + self._gain[i][:, None] * carried
            later = carried - back[i]
            if self._ratio is not None:
                back[i] *= self._ratio[i][:, None]
        return back


@dataclass(frozen=True)
class _Factor:
    """What one design needs at each error model.

    `basis` = X `back` (n, k) is orthonormal; root'root (G, k, k) is the inverse of basis' W basis, whose log
    determinant is `log_det` (G,); `projector` (G, k, n) is root basis' W.
    """

    basis: np.ndarray
    back: np.ndarray
    root: np.ndarray
    projector: np.ndarray
    log_det: np.ndarray


@dataclass(frozen=True)
class _Mixture:
    """N mixtures of t distributions with `df` degrees of freedom; weights, centres and scales are (N, G)."""

    weights: np.ndarray
    centres: np.ndarray
    scales: np.ndarray
    df: int

    def mean(self) -> np.ndarray:
        """Return the means (N,)."""
        return np.sum(self.weights * self.centres, axis=1)

    def tails(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the two-sided p (N,) and P(b > 0) (N,); each tail is summed by itself, so a small one keeps digits."""
        t = self.centres / self.scales
        outer = stdtr(self.df, -np.abs(t))
        above = np.sum(self.weights * np.where(t > 0, 1 - outer, outer), axis=1)
        below = np.sum(self.weights * np.where(t > 0, outer, 1 - outer), axis=1)
        return np.minimum(2 * np.minimum(above, below), 1.0), above

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the 2.5 and 97.5 % quantiles (N,) each."""
        mirrored = _Mixture(self.weights, -self.centres, self.scales, self.df)
        return self._lower_quantile(TAIL), -mirrored._lower_quantile(TAIL)

    def _lower_quantile(self, level: float) -> np.ndarray:
        """Return the quantiles (N,) by Halley's method on the log probability, held inside a bracket.

        The quantile of a mixture lies between the smallest and the largest of its components' quantiles. Halley's error
        is of the third power of the last step, so a step below LAST_STEP leaves some 1e-14 of the mixture's spread.
        """
        standard = float(stdtrit(self.df, level))
        kept = self.weights > NEGLIGIBLE
        ends = self.centres + standard * self.scales
        low = np.min(np.where(kept, ends, np.inf), axis=1)
        high = np.max(np.where(kept, ends, -np.inf), axis=1)
        mean = self.mean()
        spread = np.sqrt(np.sum(self.weights * (self.scales**2 + (self.centres - mean[:, None]) ** 2), axis=1))
        x = np.clip(mean + standard * spread, low, high)
        active = np.flatnonzero(np.isfinite(x) & (high > low))
        for _ in range(100):
            if not len(active):
                return x
            probability, density, slope = self._distribution(x[active], active, kept)
            over = probability > level
            high[active[over]] = x[active[over]]
            low[active[~over]] = x[active[~over]]
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = probability / density * np.log(probability / level)
                bend = slope / density - density / probability
                proposed = x[active] - newton / (1 - newton * bend / 2)
            inside = (proposed >= low[active]) & (proposed <= high[active])
            proposed = np.where(inside, proposed, (low[active] + high[active]) / 2)
            moved = np.abs(proposed - x[active])
            x[active] = proposed
            narrow = high[active] - low[active] <= TOLERANCE * spread[active]
            active = active[~(narrow | (inside & (moved <= LAST_STEP * spread[active])))]
        return x

    def _distribution(self, x: np.ndarray, rows: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return probability below, density and slope of the density at x (M,) of the mixtures in `rows` (M,)."""
        chosen = kept[rows]
        counts = np.sum(chosen, axis=1)
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        weights, scales = self.weights[rows][chosen], self.scales[rows][chosen]
        t = (np.repeat(x, counts) - self.centres[rows][chosen]) / scales
        constant = np.exp(gammaln((self.df + 1) / 2) - gammaln(self.df / 2)) / np.sqrt(self.df * np.pi)
        density = weights * constant * np.exp(-(self.df + 1) / 2 * np.log1p(t**2 / self.df)) / scales
        slope = -density * (self.df + 1) * t / (self.df + t**2) / scales
        return tuple(np.add.reduceat(part, starts) for part in (weights * stdtr(self.df, t), density, slope))


@lru_cache
def _student_values(df: int) -> np.ndarray:
    u = np.linspace(-1, 1, TABLE + 1)[1:-1]
    return np.concatenate([[0.0], stdtr(df, u * np.sqrt(df / (1 - u**2))), [1.0, 1.0]])


def _student_table(t: np.ndarray, df: int) -> np.ndarray:
    """Return the distribution function of t at t (m,), interpolated in t / sqrt(df + t^2), where it is smooth."""
    values = _student_values(df)
    place = (t / np.sqrt(df + t * t) + 1) * (TABLE / 2)
    below = np.nan_to_num(place).astype(int)
    low = values[below]
    return low + (place - below) * (values[below + 1] - low)


def _grid_points(noise: bool, with_ratio: bool, rhos) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return rho, noise share, variance ratio and log prior weight (G,) of each error model."""
    if rhos is None:
        u = np.linspace(*np.arctanh(RHO_RANGE), RHO_POINTS[noise])
        rho = np.tanh(u)
    else:
        rho = np.atleast_1d(np.asarray(rhos, float))
        u = np.arctanh(rho)
    width = np.ones(1) if len(u) == 1 else np.gradient(u)
    if len(u) > 1:
        width[[0, -1]] /= 2
    prior = width * (1 - rho**2) ** (1 + PRIOR_POWER)
    points = [
        (r, c, p / len(shares))
        for r, p in zip(rho, prior, strict=True)
        for shares in [NOISE_SHARES if noise and r >= 0 else (0.0,)]
        for c in shares
    ]
    rho, share, prior = np.array(points).T
    ratio = np.ones(1)
    if with_ratio:
        ratio = np.exp(RATIO_SD * RATIO_POINTS)
        prior = np.outer(np.exp(-(RATIO_POINTS**2) / 2), prior).ravel()
    times = len(ratio)
    return np.tile(rho, times), np.tile(share, times), np.repeat(ratio, len(rho)), np.log(prior / prior.sum())


def _filter(decay: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gain and innovation variance (n, G) of the Kalman filter for (1 - c) AR(1) + c white noise.

    `decay` (n, G) is rho to the power of the distance to the next point. The filter's innovations are L^-1 y for the
    Cholesky factor L of the errors' covariance (Harvey 1989, Forecasting, Structural Time Series Models, chapter 3).
    """
    signal = 1 - share
    uncertain = signal.copy()
    gain, variance = np.empty_like(decay), np.empty_like(decay)
    for i in range(len(decay)):
        variance[i] = uncertain + share
        gain[i] = uncertain / variance[i]
        remaining = uncertain * share / variance[i]
        uncertain = decay[i] ** 2 * remaining + signal * (1 - decay[i] ** 2)
    return gain, variance


def _check_shapes(Y: np.ndarray, X: np.ndarray, n: int) -> None:
    if Y.ndim != 2 or Y.shape[1] != n or X.shape[0] != n or n <= X.shape[1]:
        raise ValueError(
            f"series of shape {Y.shape} and design of shape {X.shape} do not fit {n} points in time: there must be one "
            "row a point and more points than columns; keep observed periods only in all three"
        )
    if not (np.isfinite(Y).all() and np.isfinite(X).all()):
        raise ValueError(
            "a series or design holds a missing or infinite value: it would spread to every estimate; leave it out"
        )
