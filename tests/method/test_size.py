"""Size of the primary procedure: how often it finds an effect of 5 % in simulated series that have none.

10,000 series a cell, so a rate of 5 % has a standard error of .2 points; the bounds of 3 and 7 % are those that the
study sets itself for short series with errors that are truly AR(1).
"""

import numpy as np
import pytest

from junctures.inference import design, primary, simulate

SERIES = 10_000
STEPS = [2012, 2014, 2017]


def rejections(time, built, columns, rho):
    Y = simulate.ar1(time, rho, SERIES, np.random.default_rng([20220405, int(10 * rho), len(time)]))
    posterior = primary.Grid(time).fit_batch(Y, built.X)
    return [np.mean(posterior.summarise(np.eye(len(built.names))[built.names.index(c)]).p <= 0.05) for c in columns]


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.8])
def test_each_step_of_an_annual_series_is_found_by_chance_in_3_to_7_per_cent(rho):
    time = np.arange(2000, 2022)
    rates = rejections(time, design.build(time, steps=STEPS), ["step_0", "step_1", "step_2"], rho)
    assert all(0.03 <= rate <= 0.07 for rate in rates), rates


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.8])
def test_mean_step_on_the_design_of_the_military_pool_is_found_by_chance_in_3_to_7_per_cent(rho):
    time = np.arange(2003, 2022)
    built = design.build(time, steps=[], extra={"passed": design.passed(time, STEPS)})
    (rate,) = rejections(time, built, ["passed"], rho)
    assert 0.03 <= rate <= 0.07, rate


def test_ordinary_least_squares_does_not_hold_its_size_where_the_procedure_does():
    """The reason for the procedure: with rho held at 0 it is OLS, which rejects far too often at rho .8."""
    time = np.arange(2000, 2022)
    X = design.build(time, steps=STEPS).X
    Y = simulate.ar1(time, 0.8, SERIES, np.random.default_rng(1))
    ols = primary.Grid(time, rhos=[0.0]).fit_batch(Y, X).summarise(np.eye(5)[2])
    assert np.mean(ols.p <= 0.05) > 0.15
