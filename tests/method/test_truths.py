"""The truths that calibration simulates: each has the moments that it promises, and gaps in time keep their place."""

import numpy as np
import pytest

from junctures.inference.simulate import OWN, TRUTHS, WORDS, Points

DRAWS = 20_000
YEARS = np.delete(np.arange(2000, 2022), [5, 6, 15])
STEPS = (2008, 2012, 2016)
RISES = ("logistic", "quadratic", "ramp", "early_step")


def points(time=YEARS, per_year=1, rho=0.6, share=0.3):
    return Points(time, per_year, tuple(per_year * step for step in STEPS), 2004, rho, share)


def draw(truth, at, count=DRAWS, seed=1):
    return TRUTHS[truth](at, count, np.random.default_rng(seed))


def mean_product(Y, i, j):
    """Return the mean product of two points over the draws; its standard error is at most sqrt(2 / DRAWS) = .01."""
    return float(np.mean(Y[:, i] * Y[:, j]))


def cycle_by_yule_walker(per_year, longest):
    """Return autocorrelation at lags 0 to `longest` of the AR(2) whose cycle has six years and keeps .8 a year."""
    modulus, angle = 0.8 ** (1 / per_year), 2 * np.pi / (6 * per_year)
    first, second = 2 * modulus * np.cos(angle), -(modulus**2)
    lags = [1.0, first / (1 - second)]
    while len(lags) <= longest:
        lags.append(first * lags[-1] + second * lags[-2])
    return lags


def test_every_truth_is_told_in_words():
    assert set(WORDS) == set(TRUTHS)


@pytest.mark.parametrize("truth", TRUTHS)
def test_a_truth_has_a_value_for_each_point_in_each_draw_and_the_same_for_a_seed(truth):
    one, again, other = (draw(truth, points(), 3, seed) for seed in (1, 1, 2))
    assert one.shape == (3, len(YEARS))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_own_errors_have_unit_variance_and_the_autocorrelation_of_their_distance_less_the_noise():
    Y = draw(OWN, points())
    expected = 0.7 * 0.6 ** np.abs(np.subtract.outer(YEARS, YEARS)) + 0.3 * np.eye(len(YEARS))
    # 361 covariances, each with a standard error of at most sqrt(2) .007: five of them.
    found = Y.T @ Y / DRAWS
    assert found == pytest.approx(expected, abs=0.05)


def test_arma_has_unit_variance_and_the_autocorrelation_of_its_parameters():
    Y = draw("arma", points(np.arange(2000, 2006)))
    # (1 + ar ma)(ar + ma) / (1 + ma^2 + 2 ar ma) = .6 x .3 / .45 = .4 at lag 1, .8 of it at lag 2
    found = [mean_product(Y, 2, 2 + lag) for lag in range(3)]
    assert found == pytest.approx([1.0, 0.4, 0.32], abs=0.04)


@pytest.mark.parametrize("per_year, first", [(1, 0.4878), (12, 0.9960)])
def test_cycle_has_unit_variance_and_the_autocorrelation_of_yule_and_walker(per_year, first):
    expected = cycle_by_yule_walker(per_year, 2)
    # By hand for the year: .8 x 2 cos(60 degrees) / (1 + .64) = .8 / 1.64; for the month 1.95569 / 1.96350.
    assert expected[1] == pytest.approx(first, abs=5e-5)
    Y = draw("ar2_cycle", points(np.arange(2000 * per_year, 2000 * per_year + 4), per_year), DRAWS // per_year)
    # Fewer draws of the longer monthly series: four standard errors of a variance.
    tolerance = 4 * np.sqrt(2 * per_year / DRAWS)
    assert [mean_product(Y, 1, 1 + lag) for lag in range(3)] == pytest.approx(expected, abs=tolerance)
    # What a month changes is small beside the level, and so is asked of by itself.
    for lag in (1, 2):
        assert np.mean((Y[:, 1 + lag] - Y[:, 1]) ** 2) == pytest.approx(2 * (1 - expected[lag]), rel=tolerance)


@pytest.mark.parametrize("per_year", [1, 12])
def test_cycle_turns_after_three_years_and_comes_back_after_six(per_year):
    time = np.array([2000, 2003, 2006]) * per_year
    Y = draw("ar2_cycle", points(time, per_year), DRAWS // per_year)
    lags = cycle_by_yule_walker(per_year, 6 * per_year)
    found = [mean_product(Y, 0, 1), mean_product(Y, 0, 2)]
    assert found == pytest.approx([lags[3 * per_year], lags[6 * per_year]], abs=4 * np.sqrt(2 * per_year / DRAWS))
    assert lags[3 * per_year] < -0.4 and lags[6 * per_year] > 0.2


def test_random_walk_drifts_by_a_fifth_a_period_under_noise_of_one_also_over_gaps():
    Y = draw("random_walk", points())
    distance = YEARS[-1] - YEARS[0]
    # The noise of both ends and .04 for each period between; relative standard error of a variance sqrt(2 / DRAWS).
    assert np.var(Y[:, -1] - Y[:, 0]) == pytest.approx(2 + 0.04 * distance, rel=4 * np.sqrt(2 / DRAWS))
    beside_gap = int(np.searchsorted(YEARS, 2007))
    across = np.var(Y[:, beside_gap] - Y[:, beside_gap - 1])
    assert across == pytest.approx(2 + 0.04 * 3, rel=4 * np.sqrt(2 / DRAWS))


def test_variance_is_one_before_the_first_juncture_and_two_from_there_on():
    variance = np.var(draw("variance_doubles", points()), axis=0)
    expected = 1.0 + (YEARS > 2007)
    # Relative standard error of a variance sqrt(2 / DRAWS) = .01; five of them, for 19 points.
    assert variance / expected == pytest.approx(1.0, abs=0.05)


def test_low_counts_are_square_roots_of_poisson_counts_of_mean_one():
    Y = draw("low_counts", points())
    counts = Y**2
    assert counts == pytest.approx(np.round(counts), abs=1e-12)
    # Mean and variance of 380,000 counts, standard errors .0016 and .0028.
    assert np.mean(counts) == pytest.approx(1.0, abs=0.007)
    assert np.var(counts) == pytest.approx(1.0, abs=0.012)
    # E sqrt(N) = sum sqrt(k) exp(-1) / k! = .773; standard error .001.
    assert np.mean(Y) == pytest.approx(0.77338, abs=0.005)


def added(truth, at):
    """Return what a rise adds to the own errors of the same draws."""
    return draw(truth, at, 2) - draw(OWN, at, 2)


@pytest.mark.parametrize("truth", RISES)
@pytest.mark.parametrize("per_year", [1, 12])
def test_a_rise_is_the_same_in_every_draw_never_falls_and_comes_to_two_sd(truth, per_year):
    at = points(np.arange(1985 * per_year, 2037 * per_year), per_year)
    rise = added(truth, at)
    assert rise[0] == pytest.approx(rise[1], abs=1e-12)
    assert np.all(np.diff(rise[0]) >= -1e-12)
    # A logistic curve is within 2 exp(-23) of its ends by then; the others are exact.
    assert rise[0][[0, -1]] == pytest.approx([0.0, 2.0], abs=1e-6)


@pytest.mark.parametrize("per_year", [1, 12])
def test_rises_lie_where_they_should(per_year):
    start, end = 2000 * per_year, 2021 * per_year
    at = points(np.arange(start, end + 1), per_year)
    place = {year: year * per_year - start for year in (2003, 2004, 2012, 2013)}
    logistic, quadratic, ramp, step = (added(truth, at)[0] for truth in RISES)
    assert logistic[place[2012]] == pytest.approx(1.0)
    assert logistic[place[2013]] == pytest.approx(2 / (1 + np.exp(-1)))
    assert quadratic[place[2012]] == pytest.approx(2 * (12 / 21) ** 2)
    assert ramp[place[2004]] == pytest.approx(0.0, abs=1e-12)
    assert ramp[place[2012]] == pytest.approx(2 * 8 / 17)
    assert step[place[2004] - 1 : place[2004] + 1] == pytest.approx([0.0, 2.0], abs=1e-12)


@pytest.mark.parametrize("truth", RISES)
def test_a_rise_keeps_its_place_where_points_are_missing(truth):
    everywhere = np.arange(2000, 2022)
    whole, gappy = added(truth, points(everywhere)), added(truth, points())
    assert gappy[0] == pytest.approx(whole[0][np.isin(everywhere, YEARS)], abs=1e-12)


@pytest.mark.parametrize("truth", ["ar2_cycle", "arma"])
def test_a_process_runs_on_where_points_are_missing(truth):
    everywhere = np.arange(2000, 2022)
    whole, gappy = draw(truth, points(everywhere), 5), draw(truth, points(), 5)
    assert np.array_equal(gappy, whole[:, np.isin(everywhere, YEARS)])


def test_a_ramp_whose_early_year_is_past_the_end_still_rises_by_two():
    at = Points(np.arange(1990, 2002), 1, (1993, 1996, 1998), 2009, 0.0, 0.0)
    assert added("ramp", at)[0][-2:] == pytest.approx([0.0, 2.0])
