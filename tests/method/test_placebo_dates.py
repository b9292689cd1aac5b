"""Steps at other dates: against a loop of statsmodels, and which dates may stand in for a real one."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from junctures.inference import design, effects
from junctures.inference.placebo_dates import hac_scan, placebo_in_time
from junctures.inference.simulate import ar1

YEARS = np.arange(2000, 2022)
REAL = (2012, 2014, 2017)


def loop(y, base, dates, time, lag):
    """Return coefficient and Newey-West t of a step at each date, each by its own regression."""
    options = {"maxlags": lag, "use_correction": True}
    found = []
    for date in dates:
        X = np.column_stack([base, (time >= date).astype(float)])
        fit = OLS(y, X).fit(method="qr", cov_type="HAC", cov_kwds=options, use_t=True)
        found.append((fit.params[-1], fit.tvalues[-1]))
    return np.array(found).T


@pytest.mark.parametrize(("n", "season", "lag"), [(22, None, None), (60, 4, None), (240, 12, 4), (240, 12, 0)])
def test_coefficients_and_t_equal_a_loop_of_regressions(n, season, lag):
    time = np.arange(24000, 24000 + n)
    base = design.build(time, steps=[int(time[n // 3])], season=season).X
    dates = [int(date) for date in time[3 : -3 : 1 + n // 60] if date != time[n // 3]]
    Y = 40 + 0.3 * time + ar1(time, 0.6, 3, np.random.default_rng(1)) + 2.0 * (time >= time[n // 2])
    coef, t = hac_scan(Y, base, dates, time, lag)
    chosen = int(np.floor(4 * (n / 100) ** (2 / 9))) if lag is None else lag
    for i in range(len(Y)):
        expected_coef, expected_t = loop(Y[i], base, dates, time, chosen)
        # Both sides differ from the exact answer by rounding of a level of 7,000 only.
        np.testing.assert_allclose(coef[i], expected_coef, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(t[i], expected_t, rtol=1e-8, atol=1e-8)


def test_many_series_in_parts_equal_each_by_itself():
    time = np.arange(30)
    base = design.build(time, steps=[]).X
    Y = ar1(time, 0.3, 1100, np.random.default_rng(2))
    coef, t = hac_scan(Y, base, [10, 20], time)
    for i in (0, 511, 512, 1099):
        alone = hac_scan(Y[i], base, [10, 20], time)
        np.testing.assert_allclose([coef[i], t[i]], [alone[0][0], alone[1][0]], rtol=1e-10)


def test_a_step_that_the_other_columns_hold_already_has_no_t():
    time = np.arange(30)
    base = design.build(time, steps=[12]).X
    coef, t = hac_scan(ar1(time, 0.3, 2, np.random.default_rng(3)), base, [12, 20], time)
    assert np.isnan(coef[:, 0]).all() and np.isnan(t[:, 0]).all() and np.isfinite(t[:, 1]).all()


def test_annual_placebos_keep_a_year_off_the_junctures_and_to_the_design():
    # Three points before, two between and three after: 2003 to 2010, and 2019, the only one between 2018 and the end.
    for found in placebo_in_time(ar1(YEARS, 0.3, 1, np.random.default_rng(4))[0], YEARS, REAL, YEARS, 1):
        assert found.dates.tolist() == [*range(2003, 2011), 2019]
        assert found.smallest_p == 1 / 10
    for found in placebo_in_time(ar1(YEARS, 0.3, 1, np.random.default_rng(4))[0][:20], YEARS[:20], REAL, YEARS, 1):
        assert found.dates.tolist() == [*range(2003, 2011)]
        assert found.smallest_p == 1 / 9


def test_the_other_real_steps_stay_while_one_moves():
    y = ar1(YEARS, 0.3, 1, np.random.default_rng(5))[0] + 1.5 * (YEARS >= 2014)
    found = placebo_in_time(y, YEARS, REAL, YEARS, 1)
    for own, placebo in zip(REAL, found, strict=True):
        rest = [date for date in REAL if date != own]
        base = design.build(YEARS, steps=rest).X
        t = loop(y, base, [own, *placebo.dates], YEARS, 2)[1]
        assert placebo.t == pytest.approx(t[0], rel=1e-8)
        np.testing.assert_allclose(placebo.placebo_t, t[1:], rtol=1e-8)
        assert placebo.p == (1 + np.sum(np.abs(t[1:]) >= abs(t[0]))) / (1 + len(placebo.dates))


def test_a_planted_step_has_the_least_p_there_is():
    y = 0.2 * ar1(YEARS, 0.0, 1, np.random.default_rng(6))[0] + 5.0 * (YEARS >= 2014)
    planted = placebo_in_time(y, YEARS, REAL, YEARS, 1)[1]
    assert planted.p == planted.smallest_p == 0.1


def test_what_cannot_be_compared_says_why():
    y = ar1(YEARS, 0.0, 1, np.random.default_rng(8))[0]
    (one, _, _) = placebo_in_time(y, YEARS, (2012, 2014, 2020), YEARS, 1)
    assert one.reason == "fewer than 3 points from the last step on" and np.isnan([one.p, one.t]).all()
    (one, _, _) = placebo_in_time(y, YEARS, REAL, [2013, 2016], 1)
    assert one.reason == "no other date is admissible" and len(one.dates) == 0
    steps = np.sum(YEARS[:, None] >= np.array(REAL), axis=1).astype(float)
    (one, _, _) = placebo_in_time(steps, YEARS, REAL, YEARS, 1)
    assert one.reason == effects.EXACT
