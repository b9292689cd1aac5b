"""The primary procedure against dense matrices, a fine grid and ordinary least squares."""

import os
import subprocess
import sys

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import brentq

from junctures.inference import design, primary

YEARS = np.arange(2000, 2022)
STEPS = [2012, 2014, 2017]
GAPS = np.delete(YEARS, [3, 4, 9])


def simulate(time, rho, seed, white=0.0):
    """Return a series with AR(1) errors (plus white noise), a trend and a step, by a dense Cholesky factor."""
    rng = np.random.default_rng(seed)
    covariance = rho ** np.abs(np.subtract.outer(time, time)) + white * np.eye(len(time))
    errors = np.linalg.cholesky(covariance) @ rng.normal(size=len(time))
    return 3 + 0.1 * (time - time[0]) + 1.5 * (time >= STEPS[0]) + errors


def mixture_by_dense_matrices(time, y, X, contrast, models, after=None):
    """Return estimate, lower, upper, p, P(b > 0) from models (rho, share, ratio, log prior), each inverted in full."""
    n, k = X.shape
    distance = np.abs(np.subtract.outer(time, time))
    log_weights, centres, scales = [], [], []
    for rho, share, ratio, log_prior in models:
        V = (1 - share) * rho**distance + share * np.eye(n)
        if after is not None:
            sd = np.where(after, np.sqrt(ratio), 1.0)
            V = V * np.outer(sd, sd)
        W = np.linalg.inv(V)
        cross = X.T @ W @ X
        b = np.linalg.solve(cross, X.T @ W @ y)
        rss = (y - X @ b) @ W @ (y - X @ b)
        log_dets = np.linalg.slogdet(W)[1] - np.linalg.slogdet(cross)[1]
        log_weights.append(log_prior - (n - k) / 2 * np.log(rss) + log_dets / 2)
        centres.append(contrast @ b)
        scales.append(np.sqrt(rss / (n - k) * (contrast @ np.linalg.solve(cross, contrast))))
    weights = np.exp(np.array(log_weights) - max(log_weights))
    weights /= weights.sum()
    centres, scales = np.array(centres), np.array(scales)

    def below(x):
        return float(np.sum(weights * stats.t.cdf(x, n - k, centres, scales)))

    ends = [brentq(lambda x, q=q: below(x) - q, -1e3, 1e3, xtol=1e-12) for q in (0.025, 0.975)]
    return [weights @ centres, *ends, 2 * min(below(0), 1 - below(0)), 1 - below(0)]


def grid_of(points, shares=(0.0,)):
    """Return models on equally spaced atanh(rho), weights as docs/method.md: ends halved, (1 - rho^2)^(1 - 3/4)."""
    u = np.linspace(np.arctanh(-0.95), np.arctanh(0.995), points)
    models = []
    for i, rho in enumerate(np.tanh(u)):
        log_prior = 0.25 * np.log(1 - rho**2) + np.log(0.5 if i in (0, points - 1) else 1.0)
        chosen = shares if rho >= 0 else (0.0,)
        models += [(rho, share, 1.0, log_prior - np.log(len(chosen))) for share in chosen]
    return models


def as_list(summary):
    return [summary.estimate, summary.lower, summary.upper, summary.p, summary.positive]


def unit(k, i):
    return np.eye(k)[i]


@pytest.mark.parametrize("time", [YEARS, GAPS], ids=["regular", "gaps"])
@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_ar1_posterior_equals_dense_computation(time, rho):
    X = design.build(time, steps=STEPS).X
    y = simulate(time, rho, seed=3)
    contrast = np.array([0.0, 0.0, 1.0, -0.5, 0.25])
    found = as_list(primary.Grid(time).fit(y, X).summarise(contrast))
    # both are exact up to rounding and the root finder's 1e-12
    assert found == pytest.approx(mixture_by_dense_matrices(time, y, X, contrast, grid_of(93)), abs=1e-9)


@pytest.mark.parametrize("rho, white", [(0.0, 0.0), (0.9, 1.0)])
def test_posterior_with_noise_equals_dense_computation(rho, white):
    time = np.delete(np.arange(8000, 8066), [10, 11, 40])
    X = design.build(time, steps=[8030, 8040, 8050], season=4).X
    y = simulate(time, rho, 4, white)
    found = as_list(primary.Grid(time, noise=True).fit(y, X).summarise(unit(X.shape[1], 3)))
    models = grid_of(45, shares=(0.0, 0.15, 0.3, 0.5, 0.7, 0.85))
    assert found == pytest.approx(mixture_by_dense_matrices(time, y, X, unit(X.shape[1], 3), models), abs=1e-9)


@pytest.mark.parametrize("noise", [False, True])
def test_variance_ratio_equals_dense_computation(noise):
    X = design.build(YEARS, steps=STEPS).X
    after = np.greater_equal(YEARS, STEPS[0])
    y = simulate(YEARS, 0.4, seed=5) * np.where(after, 2.0, 1.0)
    base = grid_of(45, shares=(0.0, 0.15, 0.3, 0.5, 0.7, 0.85)) if noise else grid_of(93)
    models = [
        (rho, share, 2.0**z, log_prior - z**2 / 2) for z in np.arange(-2, 2.1, 0.5) for rho, share, _, log_prior in base
    ]
    found = as_list(primary.Grid(YEARS, noise, after).fit(y, X).summarise(unit(5, 2)))
    assert found == pytest.approx(mixture_by_dense_matrices(YEARS, y, X, unit(5, 2), models, after), abs=1e-9)


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.4, 0.8, 0.97])
def test_grid_of_93_points_agrees_with_one_of_2000(rho):
    X = design.build(YEARS, steps=STEPS).X
    y = simulate(YEARS, rho, seed=6)
    found = as_list(primary.Grid(YEARS).fit(y, X).summarise(unit(5, 3)))
    # the trapezoid rule's error at this spacing; a p read to three digits does not depend on the grid
    assert found == pytest.approx(mixture_by_dense_matrices(YEARS, y, X, unit(5, 3), grid_of(2000)), abs=5e-4)


def test_rho_fixed_at_zero_equals_ordinary_least_squares():
    X = design.build(GAPS, steps=STEPS).X
    y = simulate(GAPS, 0.3, seed=7)
    ols = sm.OLS(y, X).fit()
    posterior = primary.Grid(GAPS, rhos=[0.0]).fit(y, X)
    for i in range(5):
        expected = [ols.params[i], *ols.conf_int()[i], ols.pvalues[i]]
        assert as_list(posterior.summarise(unit(5, i)))[:4] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("noise", [False, True])
def test_batch_equals_single_series(noise):
    X = design.build(YEARS, steps=STEPS).X
    Y = np.array([simulate(YEARS, rho, seed) for seed, rho in enumerate([0.0, 0.4, 0.8, 0.98])])
    grid = primary.Grid(YEARS, noise)
    batch = grid.fit_batch(Y, X)
    together = batch.summarise(unit(5, 2), interval=True)
    for i, y in enumerate(Y):
        alone = grid.fit(y, X)
        expected = as_list(alone.summarise(unit(5, 2)))
        assert [part[i] for part in as_list(together)] == pytest.approx(expected, abs=1e-10)
        assert (batch.rho[i], batch.noise_share[i]) == pytest.approx((alone.rho, alone.noise_share), abs=1e-12)


def test_effect_moves_the_estimate_and_leaves_the_weights():
    X = design.build(YEARS, steps=STEPS).X
    y = simulate(YEARS, 0.6, seed=8)
    grid = primary.Grid(YEARS)
    before, after = grid.fit(y, X), grid.fit(y + 2.5 * X[:, 3], X)
    assert after.weights == pytest.approx(before.weights, abs=1e-12)
    moved = np.array(as_list(after.summarise(unit(5, 3)))[:3]) - as_list(before.summarise(unit(5, 3)))[:3]
    assert moved == pytest.approx(2.5, abs=1e-10)


@pytest.mark.parametrize("noise", [False, True])
def test_units_of_the_series_and_of_the_columns_change_nothing(noise):
    X = design.build(YEARS, steps=STEPS).X
    y = simulate(YEARS, 0.5, seed=9)
    mix = np.array([[1, 2, 0, 0, 0], [0, 1e-3, 0, 0, 0], [0, 0, 1, 1, 0], [0, 3, 0, 1, 0], [0, 0, 5, 0, 1.0]])
    contrast = unit(5, 2)
    plain = primary.Grid(YEARS, noise).fit(y, X).summarise(contrast)
    other = primary.Grid(YEARS, noise).fit(1e6 + 1e4 * y, X @ mix).summarise(contrast @ mix)
    assert (other.p, other.positive) == pytest.approx((plain.p, plain.positive), rel=1e-8)
    assert (other.lower / 1e4, other.upper / 1e4) == pytest.approx((plain.lower, plain.upper), rel=1e-8)


def test_small_p_keeps_its_digits():
    X = design.build(YEARS, steps=STEPS).X
    y = simulate(YEARS, 0.0, seed=10) * 1e-4 + 5 * X[:, 2]
    rising = primary.Grid(YEARS).fit(y, X).summarise(unit(5, 2))
    falling = primary.Grid(YEARS).fit(-y, X).summarise(unit(5, 2))
    assert 0 < rising.p < 1e-15
    assert falling.p == pytest.approx(rising.p, rel=1e-8)
    assert (falling.lower, falling.upper) == pytest.approx((-rising.upper, -rising.lower), rel=1e-10)


def test_noise_share_leaves_the_prior_of_rho_as_it_is():
    grid = primary.Grid(YEARS, noise=True)
    shape = [np.sum(np.exp(grid.log_prior[grid.rho == rho])) for rho in np.unique(grid.rho)]
    expected = np.array([(1 - rho**2) ** 0.25 for rho in np.unique(grid.rho)])
    expected[[0, -1]] /= 2
    assert shape == pytest.approx(expected / expected.sum(), rel=1e-10)
    assert np.all(grid.share[grid.rho < 0] == 0)


def test_persistence_of_a_long_series_is_found():
    time = np.arange(400)
    X = design.build(time, steps=[200]).X
    rng = np.random.default_rng(11)
    errors = np.zeros(400)
    for i in range(1, 400):
        errors[i] = 0.8 * errors[i - 1] + 0.6 * rng.normal()
    assert primary.Grid(time).fit(errors, X).rho == pytest.approx(0.8, abs=0.1)
    noisy = primary.Grid(time, noise=True).fit(errors + rng.normal(size=400), X)
    assert noisy.noise_share == pytest.approx(0.5, abs=0.2)


def test_closing_gaps_changes_the_result():
    y = simulate(GAPS, 0.8, seed=12)
    X = design.build(GAPS, steps=STEPS).X
    placed = primary.Grid(GAPS).fit(y, X).summarise(unit(5, 2))
    closed = primary.Grid(np.arange(len(GAPS))).fit(y, X).summarise(unit(5, 2))
    assert abs(placed.p - closed.p) > 1e-3


def test_series_that_the_design_fits_exactly_has_no_p():
    X = design.build(YEARS, steps=STEPS).X
    summary = primary.Grid(YEARS).fit(4.0 + 2 * X[:, 2], X).summarise(unit(5, 2))
    assert summary.estimate == pytest.approx(2.0, abs=1e-10)
    assert np.isnan([summary.lower, summary.upper, summary.p, summary.positive]).all()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda X, y: primary.Grid(YEARS[::-1]), "strictly increasing"),
        (lambda X, y: primary.Grid(YEARS + 0.5), "whole numbers"),
        (lambda X, y: primary.Grid(YEARS).fit(y[:-1], X[:-1]), "22 points in time"),
        (lambda X, y: primary.Grid(YEARS).fit(np.where(YEARS == 2005, np.nan, y), X), "missing"),
        (lambda X, y: primary.Grid(YEARS).fit(y, np.column_stack([X, X[:, 2] + X[:, 3]])), "full rank"),
        (lambda X, y: primary.Grid(YEARS[:5]).fit(y[:5], np.eye(5)), "more points than columns"),
    ],
)
def test_inputs_without_an_answer_are_refused(make, words):
    X = design.build(YEARS, steps=STEPS).X
    with pytest.raises(ValueError, match=words):
        make(X, simulate(YEARS, 0.0, seed=1))


ONE_FIT = """
import numpy as np
from junctures.inference import design, primary
time = np.arange(24000, 24100)
X = design.build(time, steps=[24040, 24060, 24080], season=12).X
y = 3e5 + 1e4 * np.cumsum(np.random.default_rng(13).normal(size=100))
for noise in (False, True):
    print(repr(primary.Grid(time, noise).fit(y, X).summarise(np.eye(X.shape[1])[3])))
"""


def test_numbers_are_the_same_to_the_last_digit_on_every_blas_kernel():
    printed = set()
    for kernel in ("Haswell", "Sandybridge", "Nehalem"):
        environment = os.environ | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, "-c", ONE_FIT], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1
