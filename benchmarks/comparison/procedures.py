"""The procedures compared: each turns one series and its layout into estimate, interval and p of every step."""

import logging
import time
import warnings
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
from series import Layout

from junctures.inference import alternatives
from junctures.inference.primary import Grid

OURS = "junctures"
HAC_DEFAULT = "OLS-HAC, default"
HAC_CORRECTED = "OLS-HAC, corrected"
GLSAR = "GLSAR"
SARIMAX = "SARIMAX"
CAUSALPY_OLS = "CausalPy, sklearn"
CAUSALPY_PYMC = "CausalPy, PyMC"
OLS_T = "OLS, t"
AVERAGE = "CausalPy, sklearn, average effect"
PLACEBO = "CausalPy, PlaceboInTime"

CHAINS, DRAWS, TUNE = 2, 500, 500
PLACEBO_DRAWS, PLACEBO_SEED = 1000, 1
FOLDS = 3
ITERATIONS = 200  # of SARIMAX's optimiser; GLSAR's own rule stops it far earlier


def fit_ours(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return estimate, lower, upper and p (m, 4) of each step by the primary procedure, its grid built anew."""
    posterior = Grid(layout.time, layout.noise).fit(y, layout.X)
    summaries = [posterior.summarise(contrast) for contrast in contrasts(layout)]
    return np.array([[s.estimate, s.lower, s.upper, s.p] for s in summaries])


def fit_ols_t(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 4) of OLS with independent errors and t(n - k)."""
    fit = alternatives.ols(y, layout.X)
    return np.column_stack([fit.coef, fit.lower, fit.upper, fit.p])[layout.places]


def fit_hac_default(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 4) of OLS with statsmodels' Newey-West errors as they come: z, no correction for n - k."""
    from statsmodels.regression.linear_model import OLS

    lag = int(np.floor(4 * (len(y) / 100) ** (2 / 9)))
    return _from_results(OLS(y, layout.X).fit(cov_type="HAC", cov_kwds={"maxlags": lag}), layout)


def fit_hac_corrected(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 4) of OLS with Newey-West errors of the same lag, n / (n - k) and t(n - k)."""
    fit = alternatives.ols_hac(y, layout.X)
    return np.column_stack([fit.coef, fit.lower, fit.upper, fit.p])[layout.places]


def fit_glsar(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 4) of feasible GLS with AR(1) errors, iterated until the coefficients settle; t(n - 1 - k)."""
    from statsmodels.regression.linear_model import GLSAR as Model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _from_results(Model(y, layout.X, rho=1).iterative_fit(maxiter=ITERATIONS), layout)


def fit_sarimax(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 5): (m, 4) of maximum likelihood with AR(1) errors, y standardised first, and whether it converged."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX as Model

    scaled, spread = standardise(y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Model(scaled, exog=_trend_to_one(layout), order=(1, 0, 0))
        result = model.fit(disp=False, cov_type="approx", maxiter=ITERATIONS)
    values = _from_results(result, layout)
    values[:, :3] *= spread
    return np.column_stack([values, np.full(len(values), float(result.mle_retvals["converged"]))])


def fit_causalpy_ols(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (m, 4) of PiecewiseITS with sklearn's LinearRegression, which has estimates and nothing else."""
    coefficients = np.ravel(_piecewise(y, layout, _sklearn()).model.coef_)
    blank = np.full(len(layout.steps), np.nan)
    return np.column_stack([coefficients[_step_columns(layout)], blank, blank, blank])


def average_effect(y: np.ndarray, layout: Layout) -> np.ndarray:
    """Return (1, 4) of the average effect after the first step as PiecewiseITS reports it with sklearn."""
    row = _piecewise(y, layout, _sklearn()).effect_summary(cumulative=False, relative=False).table.loc["average"]
    return row[["mean", "ci_lower", "ci_upper", "p_value"]].to_numpy(float)[None]


def fit_causalpy_pymc(y: np.ndarray, layout: Layout, seed: int = 1) -> np.ndarray:
    """Return (m, 6): estimate, lower, upper, p, largest R-hat and divergences of PiecewiseITS with PyMC.

    Default priors, y standardised first, as they ask for; 2.5 and 97.5 % quantiles; p = 2 min(P(b < 0), P(b > 0)).
    """
    import arviz

    scaled, spread = standardise(y)
    idata = _piecewise(scaled, layout, _pymc(seed)).model.idata
    beta = idata.posterior["beta"]
    draws = beta.stack(sample=("chain", "draw")).isel(treated_units=0).to_numpy()[_step_columns(layout)]
    above = np.mean(draws > 0, axis=1)
    bounds = np.quantile(draws, [0.025, 0.975], axis=1) * spread
    rhat = float(arviz.rhat(beta)["beta"].max())
    divergent = float(idata.sample_stats["diverging"].sum())
    p = 2 * np.minimum(above, 1 - above)
    m = len(layout.steps)
    return np.column_stack([draws.mean(axis=1) * spread, *bounds, p, np.full(m, rhat), np.full(m, divergent)])


def placebo_in_time(y: np.ndarray, layout: Layout) -> dict[str, float]:
    """Return CausalPy's placebo in time at the first step: P(outside the null), folds completed, seconds.

    The series ends before the next step (a lone step: ten periods of an annual series, twelve of a monthly one), so
    that the impact and the placebo impacts are sums over as many periods.
    """
    import causalpy

    start = time.process_time()
    first = layout.steps[0]
    after = layout.steps[1] if len(layout.steps) > 1 else first + (layout.season or 10)
    frame, formula = _frame(standardise(y)[0], layout)
    frame = frame.set_index("time").loc[: after - 1]

    def experiment(data, treatment_time):
        model = _pymc(PLACEBO_SEED)
        return causalpy.InterruptedTimeSeries(data, treatment_time, formula=formula, model=model)

    actual = experiment(frame.copy(), first)
    # The check reads its length here; the class refuses an end outside the data when it is built.
    actual.treatment_end_time = after
    options = {"draws": PLACEBO_DRAWS, "chains": CHAINS, "cores": 1, "progressbar": False, "random_seed": PLACEBO_SEED}
    options["target_accept"] = 0.97
    check = causalpy.checks.PlaceboInTime(n_folds=FOLDS, experiment_factory=experiment, sample_kwargs=options)
    found = check.run(actual)
    outside = found.metadata.get("p_effect_outside_null", np.nan)
    folds = len(found.metadata["fold_results"])
    return {"outside": outside, "folds": folds, "seconds": time.process_time() - start}


def fit_many_ours(Y: np.ndarray, layout: Layout, with_interval: int) -> np.ndarray:
    """Return (N, m, 4) for series Y (N, n) at once; bounds for the first `with_interval` series, NaN after them."""
    grid = Grid(layout.time, layout.noise)
    posterior, first = grid.fit_batch(Y, layout.X), grid.fit_batch(Y[:with_interval], layout.X)
    out = np.full((len(Y), len(layout.steps), 4), np.nan)
    for i, contrast in enumerate(contrasts(layout)):
        summary, bounded = posterior.summarise(contrast), first.summarise(contrast, interval=True)
        out[:, i, 0], out[:, i, 3] = summary.estimate, summary.p
        out[:with_interval, i, 1], out[:with_interval, i, 2] = bounded.lower, bounded.upper
    return out


def contrasts(layout: Layout) -> np.ndarray:
    """Return the contrast (m, k) of each step."""
    return np.eye(layout.X.shape[1])[layout.places]


def standardise(y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return y with mean 0 and sd 1, and the sd that brings effects back."""
    return (y - y.mean()) / y.std(), float(y.std())


def quieten() -> None:
    """Silence the messages of PyMC and ArviZ, which print some ten lines a fit."""
    warnings.simplefilter("ignore")
    # For good: PyMC sets the level of its own logger when it is imported.
    logging.disable(logging.WARNING)


def skip_timers() -> None:
    """Let PyMC's sampler read a clock that costs nothing; it only fills two statistics of a draw.

    Its own, of the processor, is a system call, which on a busy virtual machine takes ten times as long as the draw.
    """
    from pymc.step_methods.hmc import base_hmc

    base_hmc.time = SimpleNamespace(perf_counter=time.perf_counter, process_time=time.perf_counter)


def _from_results(result, layout: Layout) -> np.ndarray:
    values = np.column_stack([result.params, result.conf_int(), result.pvalues])
    return values[layout.places]


def _trend_to_one(layout: Layout) -> np.ndarray:
    """Return the design with its trend from -1 to 1; the steps are the same.

    Samplers mix best on one scale, and with a trend of 240 periods SARIMAX's optimiser reports convergence at its
    starting values in some fits.
    """
    columns = layout.X.copy()
    columns[:, 1] /= np.abs(columns[:, 1]).max()
    return columns


def _frame(y: np.ndarray, layout: Layout) -> tuple[pd.DataFrame, str]:
    """Return the data and the formula of everything but the steps."""
    columns = _trend_to_one(layout)
    season = [f"season_{i}" for i in range(columns.shape[1] - layout.places.stop)]
    frame = pd.DataFrame(columns[:, layout.places.stop :], columns=season)
    frame = frame.assign(time=layout.time, trend=columns[:, 1], y=y)
    return frame, " + ".join(["y ~ 1", "trend", *season])


def _piecewise(y: np.ndarray, layout: Layout, model):
    import causalpy

    frame, formula = _frame(y, layout)
    steps = [f"step(time, {step})" for step in layout.steps]
    return causalpy.PiecewiseITS(frame, formula=" + ".join([formula, *steps]), model=model)


def _step_columns(layout: Layout) -> slice:
    return slice(layout.X.shape[1] - len(layout.steps), None)


def _sklearn():
    from sklearn.linear_model import LinearRegression

    return LinearRegression(fit_intercept=False)


def _pymc(seed: int):
    import causalpy

    options = {"draws": DRAWS, "tune": TUNE, "chains": CHAINS, "cores": 1, "progressbar": False, "random_seed": seed}
    return causalpy.pymc_models.LinearRegression(sample_kwargs=options)


FITS: dict[str, Callable] = {
    OURS: fit_ours,
    HAC_DEFAULT: fit_hac_default,
    HAC_CORRECTED: fit_hac_corrected,
    GLSAR: fit_glsar,
    SARIMAX: fit_sarimax,
    CAUSALPY_OLS: fit_causalpy_ols,
    CAUSALPY_PYMC: fit_causalpy_pymc,
}
