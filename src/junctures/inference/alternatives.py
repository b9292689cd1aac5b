"""Estimators shown beside the primary procedure: OLS, OLS-HAC, REML AR(1) and quasi-Poisson.

OLS, HAC and Poisson are the library's (imported where used, since they load slowly); REML AR(1) is ours, because
statsmodels has none: the root of the analytic restricted score, with Satterthwaite degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

RHO_GRID = np.tanh(np.linspace(np.arctanh(-0.95), np.arctanh(0.995), 93))  # the range of the primary procedure
PILE_UP = 0.98  # from here on the restricted likelihood says little but "close to a unit root"
SMALLEST_DF = 2.0  # Satterthwaite df below 2 give intervals without a variance
SETTLED = 1e-11  # Newton's error is of the order of the square of its last step; below lies rounding
EXACT = 1e-20  # share of the sum of squares below which residuals are rounding
VANISHING = 1e-6  # a fitted mean below this share of the average count is zero in the limit


@dataclass(frozen=True)
class Fit:
    """Coefficients (k,) of one regression with standard errors, df, two-sided p-values and 95 % limits, each (k,).

    `rho` and `pile_up` are set by REML, `dispersion` by quasi-Poisson, `lag` by HAC; None or False elsewhere. A series
    that the design reproduces without residuals has coefficients and NaN for all else.
    """

    coef: np.ndarray
    se: np.ndarray
    df: np.ndarray
    p: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    rho: float | None = None
    sigma: float | None = None
    dispersion: float | None = None
    lag: int | None = None
    pile_up: bool = False


def ols(y: np.ndarray, X: np.ndarray) -> Fit:
    """Return the OLS fit of y (n,) on X (n, k), with t(n - k) for tests and intervals."""
    from statsmodels.regression.linear_model import OLS

    _check(y, X)
    if (exact := _exact(y, X)) is not None:
        return exact
    # The default, a pseudo-inverse, keeps five digits fewer on ill-conditioned designs (NIST Longley).
    result = OLS(y, X).fit(method="qr")
    return _fit(result.params, result.bse, len(y) - X.shape[1], sigma=float(np.sqrt(result.scale)))


def ols_hac(y: np.ndarray, X: np.ndarray, lag: int | None = None) -> Fit:
    """Return the OLS fit of y (n,) on X (n, k) with Newey-West errors, factor n / (n - k) and t(n - k).

    `lag` defaults to floor(4 (n / 100)^(2/9)); Bartlett weights; the points are taken as consecutive. Equals Stata's
    `newey` and R's `sandwich::NeweyWest(adjust = TRUE, prewhite = FALSE)`. Newey and West (1987), Econometrica 55:
    703-708.
    """
    from statsmodels.regression.linear_model import OLS

    _check(y, X)
    if (exact := _exact(y, X)) is not None:
        return exact
    n = len(y)
    lag = int(np.floor(4 * (n / 100) ** (2 / 9))) if lag is None else lag
    options = {"maxlags": lag, "use_correction": True}
    result = OLS(y, X).fit(method="qr", cov_type="HAC", cov_kwds=options, use_t=True)
    return _fit(result.params, result.bse, n - X.shape[1], lag=lag)


def quasi_poisson(counts: np.ndarray, X: np.ndarray, exposure: np.ndarray | None = None) -> Fit:
    """Return the log-linear fit of counts (n,) on X (n, k), its errors scaled by the Pearson dispersion, with t(n - k).

    `exposure` (n,), positive, enters as an offset in logs. A coefficient whose estimate is infinite (a segment without
    any event) is NaN, with all that goes with it; the others are those of the limit. Raises ValueError for negative
    counts or exposures that are not positive. Wedderburn (1974), Biometrika 61: 439-447.
    """
    counts, X = np.asarray(counts, float), np.asarray(X, float)
    _check(counts, X)
    if np.any(counts < 0) or (exposure is not None and np.any(np.asarray(exposure) <= 0)):
        raise ValueError(
            "quasi_poisson: a count is negative or an exposure is not positive; the log rate does not exist there; "
            "give counts from 0 and exposures above 0."
        )
    offset = np.zeros(len(counts)) if exposure is None else np.log(np.asarray(exposure, float))
    kept = np.ones(len(counts), bool)
    estimable = np.ones(X.shape[1], bool)
    if counts.sum() == 0:
        return _fit(np.full(len(estimable), np.nan), np.full(len(estimable), np.nan), len(counts) - len(estimable))
    result, space = _poisson(counts, X, offset), np.eye(X.shape[1])
    while np.any(vanishing := result.fittedvalues < VANISHING * counts.mean()):
        kept[np.flatnonzero(kept)[vanishing]] = False
        _, sizes, rows = np.linalg.svd(X[kept], full_matrices=True)
        rank = int(np.sum(sizes > 1e-10 * sizes[0]))
        estimable = np.abs(rows[rank:]).max(axis=0, initial=0.0) < 1e-8
        space = rows[:rank]
        result = _poisson(counts[kept], X[kept] @ space.T, offset[kept])
    df = int(kept.sum()) - len(space)
    pearson = float(np.sum((counts[kept] - result.fittedvalues) ** 2 / result.fittedvalues))
    dispersion = pearson / df if df > 0 else np.nan
    coef = np.where(estimable, result.params @ space, np.nan)
    variance = np.diag(space.T @ result.normalized_cov_params @ space) * dispersion
    se = np.where(estimable, np.sqrt(np.maximum(variance, 0.0)), np.nan)
    return _fit(coef, se, df, dispersion=dispersion)


def _poisson(counts, X, offset):
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    # Both tolerances: large deviances cannot settle to 1e-12 absolutely. The step is quadratic, so that the
    # coefficients are far closer than the deviance says.
    return GLM(counts, X, family=Poisson(), offset=offset).fit(maxiter=200, tol=1e-12, rtol=1e-12)


def reml_ar1(y: np.ndarray, X: np.ndarray, time: np.ndarray) -> Fit:
    """Return the generalised least-squares fit of y (n,) on X (n, k) with AR(1) errors, rho by restricted likelihood.

    `time` (n,) holds whole, increasing positions; points that are missing leave gaps, over which the correlation is
    rho^gap. Standard errors are those of GLS at the estimate; each coefficient has Satterthwaite degrees of freedom
    2 v^2 / (g' H^-1 g), v its variance, g the gradient of v and H the observed information of (rho, log sigma^2),
    clipped to [2, n - k] (Fai and Cornelius 1996, J. Stat. Comput. Simul. 54: 363-378). `pile_up` marks rho above .98.
    """
    y, X, time = np.asarray(y, float), np.asarray(X, float), np.asarray(time)
    _check(y, X)
    if (exact := _exact(y, X)) is not None:
        return exact
    n, k = X.shape
    rho = float(reml_rho_batch(y[None, :], X, time)[0])
    Q, R = np.linalg.qr(X)
    W, W1, W2 = (_dense_precision(time, rho, order) for order in range(3))
    inverse = np.linalg.inv(Q.T @ W @ Q)
    at = inverse @ (Q.T @ (W @ y))
    residual = y - Q @ at
    sigma2 = float(residual @ W @ residual) / (n - k)
    # Estimates are made in the orthonormal basis Q, where nothing cancels, and turned to X by R^-1.
    turn = np.linalg.inv(R)
    bread = turn @ inverse
    variance = sigma2 * np.sum((bread @ (Q.T @ W @ Q)) * bread, axis=1)
    slope = -sigma2 * np.sum((bread @ (Q.T @ W1 @ Q)) * bread, axis=1)
    information = _information(residual, Q, inverse, (W1, W2), sigma2, time, rho)
    df = _satterthwaite(variance, slope, information, n - k)
    return _fit(turn @ at, np.sqrt(variance), df, rho=rho, sigma=float(np.sqrt(sigma2)), pile_up=rho > PILE_UP)


def _information(residual, Q, inverse, derivatives, sigma2, time, rho) -> np.ndarray:
    """Return the observed information (2, 2) of (rho, log sigma^2) under the restricted likelihood."""
    W1, W2 = derivatives
    n, k = Q.shape
    A1, A2 = Q.T @ W1 @ Q, Q.T @ W2 @ Q
    cross = Q.T @ (W1 @ residual)
    first = residual @ W1 @ residual
    second = residual @ W2 @ residual - 2 * cross @ inverse @ cross
    trace = np.trace(inverse @ A2) - np.trace(inverse @ A1 @ inverse @ A1)
    _, _, determinant = _log_determinant(*np.unique(np.diff(time), return_counts=True), np.array([rho]))
    rho_rho = second / (2 * sigma2) + trace / 2 + float(determinant[0]) / 2
    mixed = -first / (2 * sigma2)
    return np.array([[rho_rho, mixed], [mixed, (n - k) / 2]])


def _satterthwaite(variance, slope, information, largest) -> np.ndarray:
    if np.linalg.det(information) <= 0 or information[0, 0] <= 0:
        # At the end of the range the likelihood has no curvature to judge by: the most cautious df.
        return np.full(len(variance), min(SMALLEST_DF, largest))
    gradient = np.stack([slope, variance])
    spread = np.sum(gradient * np.linalg.solve(information, gradient), axis=0)
    return np.clip(2 * variance**2 / spread, min(SMALLEST_DF, largest), largest)


def reml_rho_batch(Y: np.ndarray, X: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the restricted maximum-likelihood rho (N,) of AR(1) errors for each series in Y (N, n) around X (n, k).

    The likelihood on 93 points between -.95 and .995 finds the mode, the analytic score its root there, by Newton steps
    kept within their bracket; a likelihood that rises to the end of the range gives the end. Harville (1977), JASA 72:
    320-338; gaps in `time` (n,) keep their place.
    """
    Y, X = np.atleast_2d(np.asarray(Y, float)), np.asarray(X, float)
    likelihood = RestrictedLikelihood(Y, X, time)
    values = likelihood.on_grid(RHO_GRID)
    best = np.argmax(values, axis=0)
    rho = RHO_GRID[best]
    score, curvature = likelihood.score(rho)
    last = len(RHO_GRID) - 1
    low = RHO_GRID[np.where(score > 0, best, np.maximum(best - 1, 0))]
    high = RHO_GRID[np.where(score > 0, np.minimum(best + 1, last), best)]
    for _ in range(80):
        low, high = np.where(score > 0, rho, low), np.where(score > 0, high, rho)
        newton = rho - score / np.where(curvature < 0, curvature, -np.inf)
        inside = (newton > low) & (newton < high) & (curvature < 0)
        step = np.where(inside, newton, (low + high) / 2)
        moved = np.abs(step - rho)
        rho = step
        if np.all(moved <= SETTLED):
            break
        score, curvature = likelihood.score(rho)
    return rho


def reml_coefficients(Y: np.ndarray, X: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the coefficients (N, k) of `reml_ar1` for each series in Y (N, n) on one design X (n, k)."""
    Y, X = np.atleast_2d(np.asarray(Y, float)), np.asarray(X, float)
    gaps = np.diff(np.asarray(time))
    weights = precision_weights(gaps, reml_rho_batch(Y, X, time))
    Q, R = np.linalg.qr(X)
    A = np.tensordot(weights, cross_products(gaps, Q, Q), axes=1)
    b = np.einsum("sj,jks->sk", weights, cross_products(gaps, Q, Y.T))
    return np.linalg.solve(A, b[:, :, None])[:, :, 0] @ np.linalg.inv(R).T


class RestrictedLikelihood:
    """Restricted log-likelihood of rho for many series around one design, from a handful of cross-products.

    W(rho), the inverse AR(1) correlation matrix, is tridiagonal: any a' W(rho) b is a sum over the distinct gaps g of
    cross-products times functions of rho^g, so that no series is ever whitened.
    """

    def __init__(self, Y: np.ndarray, X: np.ndarray, time: np.ndarray):
        self.n, self.k = X.shape
        gaps = np.diff(np.asarray(time))
        self.gaps, self.counts = np.unique(gaps, return_counts=True)
        Q, _ = np.linalg.qr(X)
        # Residuals in place of y: the likelihood is the same, and nothing large cancels.
        E = (Y - (Y @ Q) @ Q.T).T
        self.XX = cross_products(gaps, Q, Q)
        self.Xy = cross_products(gaps, Q, E)
        self.yy = own_products(gaps, E)

    def on_grid(self, rho: np.ndarray) -> np.ndarray:
        """Return the log-likelihood (m, N), up to a constant, of every series at each rho (m,)."""
        c = precision_weights(self.gaps, rho)
        A, B, q = _mix(c, self.XX), _mix(c, self.Xy), c @ self.yy
        rss = q - np.sum(B * np.linalg.solve(A, B), axis=1)
        determinant, _, _ = _log_determinant(self.gaps, self.counts, rho)
        fixed = np.linalg.slogdet(A)[1] + determinant
        return -0.5 * ((self.n - self.k) * np.log(rss) + fixed[:, None])

    def score(self, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the first and second derivative (N,) of the profile log-likelihood at each series' own rho (N,)."""
        c = [precision_weights(self.gaps, rho, order) for order in range(3)]
        A = [_mix(weights, self.XX) for weights in c]
        B = [np.einsum("sj,jks->sk", weights, self.Xy) for weights in c]
        q = [np.einsum("sj,js->s", weights, self.yy) for weights in c]
        inverse = np.linalg.inv(A[0])
        b = np.einsum("skl,sl->sk", inverse, B[0])
        rss = q[0] - np.sum(B[0] * b, axis=1)
        cross = B[1] - np.einsum("skl,sl->sk", A[1], b)
        first = q[1] - 2 * np.sum(b * B[1], axis=1) + _form(A[1], b)
        second = q[2] - 2 * np.sum(b * B[2], axis=1) + _form(A[2], b) - 2 * _form(inverse, cross)
        share = inverse @ A[1]
        trace = np.einsum("skk->s", share)
        trace_slope = np.einsum("skl,slk->s", inverse, A[2]) - np.einsum("skl,slk->s", share, share)
        _, slope, bend = _log_determinant(self.gaps, self.counts, rho)
        df = self.n - self.k
        score = -0.5 * (df * first / rss + trace + slope)
        return score, -0.5 * (df * (second / rss - (first / rss) ** 2) + trace_slope + bend)


def cross_products(gaps: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the terms (J, a, b) whose sum, weighted by `precision_weights`, is left' W(rho) right.

    left (n, a), right (n, b), gaps (n - 1,) between the points; J = 1 + 3 times the number of distinct gaps.
    """
    terms = [np.outer(left[0], right[0])]
    for gap in np.unique(gaps):
        here = np.flatnonzero(gaps == gap)
        a, b, c, d = left[here + 1], right[here + 1], left[here], right[here]
        terms += [a.T @ b, a.T @ d + c.T @ b, c.T @ d]
    return np.stack(terms)


def own_products(gaps: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return the terms (J, N) of y' W(rho) y for each column of Y (n, N)."""
    terms = [Y[0] ** 2]
    for gap in np.unique(gaps):
        here = np.flatnonzero(gaps == gap)
        now, before = Y[here + 1], Y[here]
        terms += [np.sum(now**2, axis=0), 2 * np.sum(now * before, axis=0), np.sum(before**2, axis=0)]
    return np.stack(terms)


def precision_weights(gaps: np.ndarray, rho: np.ndarray, order: int = 0) -> np.ndarray:
    """Return the weights (m, J) of the terms of `cross_products` in W(rho) at each rho (m,), or a derivative of them.

    W is the inverse of the correlation matrix rho^|t - s|; `order` 1 and 2 give the derivatives with respect to rho.
    """
    columns = [np.full(len(rho), 1.0 if order == 0 else 0.0)]
    for gap in np.unique(gaps):
        phi, d1, d2 = _power(gap, rho)
        u = 1 - phi**2
        if order == 0:
            columns += [1 / u, -phi / u, phi**2 / u]
            continue
        square, product = 2 * phi / u**2, -(1 + phi**2) / u**2
        if order == 1:
            columns += [square * d1, product * d1, square * d1]
            continue
        bend_square, bend_product = (2 + 6 * phi**2) / u**3, -(6 * phi + 2 * phi**3) / u**3
        both = bend_square * d1**2 + square * d2
        columns += [both, bend_product * d1**2 + product * d2, both]
    return np.stack(columns, axis=1)


def _power(gap: int, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rho^gap and its first two derivatives; whole gaps, so that a negative rho has its powers."""
    gap = int(gap)
    return rho**gap, gap * rho ** (gap - 1), gap * (gap - 1) * rho ** max(gap - 2, 0)


def _log_determinant(
    gaps: np.ndarray, counts: np.ndarray, rho: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log |R(rho)| (m,) of the AR(1) correlation matrix and its first two derivatives.

    `gaps` holds the distinct gaps between points, `counts` how often each occurs.
    """
    value, slope, bend = np.zeros(len(rho)), np.zeros(len(rho)), np.zeros(len(rho))
    for gap, count in zip(gaps, counts, strict=True):
        phi, d1, d2 = _power(gap, rho)
        u = 1 - phi**2
        value += count * np.log(u)
        slope += count * (-2 * phi / u) * d1
        bend += count * ((-2 * phi / u) * d2 - (2 + 2 * phi**2) / u**2 * d1**2)
    return value, slope, bend


def _dense_precision(time: np.ndarray, rho: float, order: int) -> np.ndarray:
    """Return W(rho) (n, n), or a derivative of it."""
    gaps, n = np.diff(time), len(time)
    weights = precision_weights(gaps, np.array([rho]), order)[0]
    W = np.zeros((n, n))
    W[0, 0] = weights[0]
    for position, gap in enumerate(np.unique(gaps)):
        own, cross, before = weights[1 + 3 * position : 4 + 3 * position]
        i = np.flatnonzero(gaps == gap)
        W[i + 1, i + 1] += own
        W[i, i] += before
        W[i + 1, i] += cross
        W[i, i + 1] += cross
    return W


def _mix(weights: np.ndarray, terms: np.ndarray) -> np.ndarray:
    return np.tensordot(weights, terms, axes=1)


def _form(A: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("sk,skl,sl->s", b, A, b)


def _check(y: np.ndarray, X: np.ndarray) -> None:
    n, k = X.shape
    if len(y) != n or n <= k or not (np.isfinite(y).all() and np.isfinite(X).all()):
        raise ValueError(
            f"alternatives: {len(y)} outcomes for a design of {n} rows and {k} columns, or a value that is not finite; "
            "nothing can be estimated from it; drop unobserved periods from outcome, design and time alike."
        )


def _exact(y: np.ndarray, X: np.ndarray) -> Fit | None:
    """Return coefficients without errors, which would be rounding noise, if the design reproduces y, else None."""
    coef, *_ = np.linalg.lstsq(X, y, rcond=None)
    residual = y - X @ coef
    if residual @ residual > EXACT * (y @ y):
        return None
    return _fit(coef, np.full(len(coef), np.nan), len(y) - len(coef))


def _fit(coef, se, df, **more) -> Fit:
    coef, se = np.asarray(coef, float), np.asarray(se, float)
    df = np.broadcast_to(np.asarray(df, float), coef.shape).copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(df, -np.abs(coef / se))
    reach = stdtrit(df, 0.975) * se
    return Fit(coef, se, df, p, coef - reach, coef + reach, **more)
