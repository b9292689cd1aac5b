"""The accompanying estimators: what must hold beyond agreement with R."""

import numpy as np
import pytest
from scipy.stats import t as student

from junctures.inference import alternatives


def covariance(time, rho):
    return rho ** np.abs(np.subtract.outer(time, time)).astype(float)


def restricted_likelihood(y, X, time, rho):
    """Return the profile restricted log-likelihood by dense matrices, as in its definition."""
    V = covariance(time, rho)
    W = np.linalg.inv(V)
    A = X.T @ W @ X
    residual = y - X @ np.linalg.solve(A, X.T @ W @ y)
    n, k = X.shape
    rss = residual @ W @ residual
    return -0.5 * ((n - k) * np.log(rss) + np.linalg.slogdet(A)[1] + np.linalg.slogdet(V)[1])


def series(seed, time, rho):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(len(time)), (time - time.mean()) / 10, time >= np.median(time)])
    return np.linalg.cholesky(covariance(time, rho)) @ rng.standard_normal(len(time)) + 3.0, X


FULL = np.arange(2000, 2022)
GAPPED = np.delete(np.arange(2000, 2030), [3, 4, 11, 20, 21, 22])


@pytest.mark.parametrize("time", [FULL, GAPPED], ids=["regular", "gaps"])
def test_reml_rho_is_the_highest_point_of_the_dense_likelihood(time):
    fine = np.linspace(-0.949, 0.994, 1944)
    for seed, true in enumerate((-0.4, 0.0, 0.5, 0.8)):
        y, X = series(seed, time, abs(true)) if true >= 0 else (series(seed, time, 0.0)[0] * (-1.0) ** time, None)
        X = series(seed, time, 0.0)[1] if X is None else X
        rho = float(alternatives.reml_rho_batch(y[None], X, time)[0])
        grid = [restricted_likelihood(y, X, time, r) for r in fine]
        assert restricted_likelihood(y, X, time, rho) >= max(grid) - 1e-10
        assert abs(rho - fine[int(np.argmax(grid))]) <= 1.5e-3  # one and a half steps of the fine grid


def test_score_and_curvature_are_the_derivatives_of_the_dense_likelihood():
    y, X = series(7, GAPPED, 0.5)
    likelihood = alternatives.RestrictedLikelihood(y[None], X, GAPPED)
    h = 1e-4
    for rho in (-0.6, 0.1, 0.55, 0.9):
        below, here, above = (restricted_likelihood(y, X, GAPPED, rho + d) for d in (-h, 0, h))
        score, curvature = likelihood.score(np.array([rho]))
        # Central differences: error of order h^2, and rounding of 1e-14 / h^2 in the second.
        assert score[0] == pytest.approx((above - below) / (2 * h), abs=1e-5)
        assert curvature[0] == pytest.approx((above - 2 * here + below) / h**2, abs=1e-3)


def test_many_series_get_the_rho_that_each_gets_alone():
    rng = np.random.default_rng(3)
    X = series(0, GAPPED, 0.0)[1]
    Y = rng.standard_normal((300, len(GAPPED))) @ np.linalg.cholesky(covariance(GAPPED, 0.7)).T
    together = alternatives.reml_rho_batch(Y, X, GAPPED)
    alone = np.array([alternatives.reml_rho_batch(y[None], X, GAPPED)[0] for y in Y])
    np.testing.assert_allclose(together, alone, atol=1e-10)


def test_reml_fit_is_generalised_least_squares_with_gaps_in_their_place():
    y, X = series(5, GAPPED, 0.6)
    fit = alternatives.reml_ar1(y, X, GAPPED)
    W = np.linalg.inv(covariance(GAPPED, fit.rho))
    A = np.linalg.inv(X.T @ W @ X)
    coef = A @ X.T @ W @ y
    residual = y - X @ coef
    sigma2 = residual @ W @ residual / (len(y) - X.shape[1])
    np.testing.assert_allclose(fit.coef, coef, rtol=1e-9)
    np.testing.assert_allclose(fit.se, np.sqrt(sigma2 * np.diag(A)), rtol=1e-9)
    closed_up = alternatives.reml_ar1(y, X, np.arange(len(y)))
    assert abs(closed_up.rho - fit.rho) > 1e-3


def test_satterthwaite_df_equal_those_of_numerical_derivatives():
    y, X = series(11, GAPPED, 0.5)
    fit = alternatives.reml_ar1(y, X, GAPPED)
    n, k = X.shape

    def likelihood(theta):
        V = np.exp(theta[1]) * covariance(GAPPED, theta[0])
        W = np.linalg.inv(V)
        A = X.T @ W @ X
        residual = y - X @ np.linalg.solve(A, X.T @ W @ y)
        return -0.5 * (residual @ W @ residual + np.linalg.slogdet(A)[1] + np.linalg.slogdet(V)[1])

    def variance(theta):
        W = np.linalg.inv(np.exp(theta[1]) * covariance(GAPPED, theta[0]))
        return np.diag(np.linalg.inv(X.T @ W @ X))

    at, h = np.array([fit.rho, 2 * np.log(fit.sigma)]), 1e-4
    e = np.eye(2) * h
    gradient = np.array([(variance(at + e[i]) - variance(at - e[i])) / (2 * h) for i in range(2)])
    hessian = np.array(
        [
            [
                likelihood(at + e[i] + e[j])
                - likelihood(at + e[i] - e[j])
                - likelihood(at - e[i] + e[j])
                + likelihood(at - e[i] - e[j])
                for j in range(2)
            ]
            for i in range(2)
        ]
    ) / (4 * h**2)
    spread = np.sum(gradient * np.linalg.solve(-hessian, gradient), axis=0)
    np.testing.assert_allclose(fit.df, np.clip(2 * fit.se**4 / spread, 2, n - k), rtol=1e-4)


def test_reml_does_not_depend_on_units_or_on_where_a_column_is_centred():
    y, X = series(13, FULL, 0.5)
    moved = X.copy()
    moved[:, 1] = (FULL - 1500.0) * 7
    one, other = alternatives.reml_ar1(y, X, FULL), alternatives.reml_ar1(1e5 * y, moved, FULL)
    assert other.rho == pytest.approx(one.rho, abs=1e-9)
    assert other.coef[2] == pytest.approx(1e5 * one.coef[2], rel=1e-7)
    np.testing.assert_allclose(other.df[2], one.df[2], rtol=1e-6)


def test_a_wandering_series_piles_up_and_is_flagged():
    y = np.cumsum(np.ones(60)) ** 2 / 50
    X = np.ones((60, 1))
    fit = alternatives.reml_ar1(y, X, np.arange(60))
    assert fit.pile_up
    assert fit.rho == pytest.approx(0.995)
    assert fit.df[0] == 2
    assert not alternatives.reml_ar1(*series(2, FULL, 0.3), FULL).pile_up


def test_reml_keeps_its_size_where_hac_and_ols_do_not():
    time = np.arange(20)
    X = np.column_stack([np.ones(20), time - 9.5, time >= 12])
    rng = np.random.default_rng(20)
    Y = rng.standard_normal((400, 20)) @ np.linalg.cholesky(covariance(time, 0.4)).T
    share = {
        name: np.mean([fit(y).p[2] <= 0.05 for y in Y])
        for name, fit in {
            "reml": lambda y: alternatives.reml_ar1(y, X, time),
            "hac": lambda y: alternatives.ols_hac(y, X),
            "ols": lambda y: alternatives.ols(y, X),
        }.items()
    }
    # docs/method.md gives 7, 23 and 15 per cent at n = 20, rho .4; 400 series have a sampling error of about 1.5.
    assert share["reml"] < 0.11
    assert share["hac"] > 0.17
    assert share["ols"] > share["reml"]


def test_a_series_that_the_design_reproduces_has_coefficients_and_no_errors():
    X = series(1, FULL, 0.0)[1]
    for fit in (alternatives.ols, alternatives.ols_hac, lambda y, X: alternatives.reml_ar1(y, X, FULL)):
        found = fit(X @ np.array([1.0, 0.0, 2.0]), X)
        np.testing.assert_allclose(found.coef, [1, 0, 2], atol=1e-12)
        assert np.isnan(found.se).all() and np.isnan(found.p).all()


def test_hac_lag_follows_the_rule_of_thumb():
    for n, lag in ((20, 2), (22, 2), (60, 3), (100, 4), (240, 4)):
        X = np.column_stack([np.ones(n), np.arange(n)])
        assert alternatives.ols_hac(np.sin(np.arange(n) ** 2), X).lag == lag


def test_intervals_and_p_values_agree():
    y, X = series(17, FULL, 0.3)
    for fit in (alternatives.ols(y, X), alternatives.ols_hac(y, X), alternatives.reml_ar1(y, X, FULL)):
        np.testing.assert_allclose((fit.p <= 0.05), (fit.lower > 0) | (fit.upper < 0))
        np.testing.assert_allclose(2 * student.sf(np.abs(fit.coef / fit.se), fit.df), fit.p, rtol=1e-12)


def test_rate_ratio_of_a_single_step_is_the_ratio_of_the_mean_rates():
    counts = np.array([1, 0, 2, 1, 1, 3, 4, 2, 5, 4], float)
    exposure = np.array([10, 12, 9, 11, 10, 10, 13, 8, 12, 11], float)
    after = np.arange(10) >= 5
    fit = alternatives.quasi_poisson(counts, np.column_stack([np.ones(10), after]), exposure)
    ratio = (counts[after].sum() / exposure[after].sum()) / (counts[~after].sum() / exposure[~after].sum())
    assert np.exp(fit.coef[1]) == pytest.approx(ratio, rel=1e-12)


def test_a_segment_without_events_has_no_rate_ratio_and_leaves_the_others():
    counts = np.array([0, 0, 0, 0, 0, 2, 1, 3, 4, 5, 3, 6], float)
    time = np.arange(12)
    X = np.column_stack([np.ones(12), time >= 5, time >= 8])
    fit = alternatives.quasi_poisson(counts, X)
    assert np.isnan(fit.coef[:2]).all() and np.isnan(fit.p[:2]).all()
    assert np.exp(fit.coef[2]) == pytest.approx(np.mean(counts[8:]) / np.mean(counts[5:8]), rel=1e-10)
    assert np.isfinite(fit.se[2])


def test_no_events_at_all_give_no_estimate():
    assert np.isnan(alternatives.quasi_poisson(np.zeros(12), np.ones((12, 1))).coef).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: alternatives.ols(np.ones(3), np.ones((4, 1))),
        lambda: alternatives.ols_hac(np.array([1.0, np.nan, 2.0]), np.ones((3, 1))),
        lambda: alternatives.reml_ar1(np.ones(2), np.eye(2), np.arange(2)),
        lambda: alternatives.quasi_poisson(np.array([1.0, -1.0, 2.0]), np.ones((3, 1))),
        lambda: alternatives.quasi_poisson(np.array([1.0, 1.0, 2.0]), np.ones((3, 1)), np.array([1.0, 0.0, 2.0])),
    ],
    ids=["lengths", "missing", "too_few", "negative", "exposure"],
)
def test_input_that_cannot_be_estimated_is_refused(call):
    with pytest.raises(ValueError, match="; "):
        call()
