"""Many series at once against one by one: the same estimates, and the same tails after a planted step."""

from dataclasses import replace

import numpy as np
import pytest
from invented import quarterly, row_of, yearly
from scipy.special import stdtr

from junctures.inference import effects, primary
from junctures.inference.batches import Part, estimate_many, slope_parts, step_parts
from junctures.inference.design import build
from junctures.inference.variations import Variation, left_out

MISSING = (5, 9, 15)
TABLE_ERROR = 1e-6  # what the interpolated t distribution promises of P(b > 0)
RNG = np.random.default_rng(7)
GRIDS = effects.Grids()  # factorised once for all tests: 270 error models each


def gappy(case):
    return case.keep(~np.isin(np.arange(len(case.time)), MISSING))


ANNUAL = gappy(yearly(np.zeros(22)))
QUARTERLY = gappy(quarterly(np.zeros(88), noise=True))
EXTRA = {"crisis": (ANNUAL.time >= 2005).astype(float)}
VARIATIONS = {
    "primary": Variation("primary", ANNUAL),
    "primary with noise": Variation("primary", QUARTERLY),
    "variance ratio": Variation("variance_ratio", ANNUAL, variance_ratio=True),
    "quadratic": Variation("quadratic", ANNUAL, trend=2),
    "one more column": Variation("step_2005", ANNUAL, extra=EXTRA),
    "one juncture": Variation("primary", replace(QUARTERLY, junctures=("two",), steps=(4 * 2012,))),
    "no juncture by name": Variation("false_step", replace(ANNUAL, junctures=("all",), steps=(2008,))),
    "ols": Variation("ols", ANNUAL, estimator="ols"),
    "ols with season": Variation("ols", QUARTERLY, estimator="ols"),
    "ols_hac": Variation("ols_hac", ANNUAL, estimator="ols_hac"),
    "reml": Variation("reml", ANNUAL, estimator="reml"),
    "reml with season": Variation("reml", QUARTERLY, estimator="reml"),
}


def invent(case, count=4, seed=3):
    """Return series (count, n) with a trend, persistence and steps, at the points of a case."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.standard_normal((count, len(case.time))), axis=1)
    return 0.3 * walk + rng.standard_normal(walk.shape) + 0.5 * (case.time >= case.steps[-1])


def one_by_one(variation, Y):
    """Return the rows of each series by the way that real ones go."""
    return [effects.estimate(replace(variation, case=replace(variation.case, y=y)), GRIDS) for y in Y]


@pytest.mark.parametrize("name", VARIATIONS)
def test_estimates_equal_those_of_each_series_by_itself(name):
    variation = VARIATIONS[name]
    Y = invent(variation.case)
    found = estimate_many(variation, step_parts(variation), Y, GRIDS)
    for i, rows in enumerate(one_by_one(variation, Y)):
        expected = {(row["juncture"], row["estimand"]): row["estimate"] for row in rows}
        assert set(expected) - {("all", "staged")} == set(found)
        for key, each in found.items():
            # One computation in two orders: rounding, and for REML the root of the score to 1e-11.
            assert each.estimate[i] == pytest.approx(expected[key], rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, each in VARIATIONS.items() if each.estimator == "primary"])
def test_bounds_and_tails_equal_those_of_each_series_by_itself(name):
    variation = VARIATIONS[name]
    Y = invent(variation.case)
    found = estimate_many(variation, step_parts(variation), Y, GRIDS)
    for key, each in found.items():
        lower, upper = each.bounds()
        positive = each.positive(0.0, np.arange(len(Y)))
        for i, rows in enumerate(one_by_one(variation, Y)):
            row = row_of(rows, key[1], key[0])
            # A quantile is found to 1e-13 of the spread; what differs is the order of sums.
            assert [lower[i], upper[i]] == pytest.approx([row["lower"], row["upper"]], rel=1e-8, abs=1e-9)
            assert positive[i] == pytest.approx(row["positive"], abs=TABLE_ERROR)


@pytest.mark.parametrize("name", ["primary", "primary with noise", "variance ratio", "quadratic"])
@pytest.mark.parametrize("size", [0.7, 2.0, -1.5])
def test_tail_after_a_true_effect_is_that_of_the_series_with_the_step_planted(name, size):
    variation = VARIATIONS[name]
    case = variation.case
    Y, chosen = invent(case), np.array([3, 0])
    found = estimate_many(variation, step_parts(variation), Y, GRIDS)
    for j, juncture in enumerate(case.junctures):
        planted = Y + size * (case.time >= case.steps[j])
        expected = [row_of(rows, "step", juncture)["positive"] for rows in one_by_one(variation, planted)]
        moved = found[juncture, "step"].positive(size, chosen)
        assert moved == pytest.approx([expected[i] for i in chosen], abs=TABLE_ERROR)
    passed = np.sum(case.time[:, None] >= case.steps, axis=1)
    expected = [row_of(rows, "mean_step")["positive"] for rows in one_by_one(variation, Y + size * passed)]
    moved = found["all", "mean_step"].positive(size, np.arange(len(Y)))
    assert moved == pytest.approx(expected, abs=TABLE_ERROR)


def test_a_step_planted_at_every_juncture_moves_each_by_itself():
    """One set of series serves every size: all three steps at once leave each estimate moved by its own."""
    variation = VARIATIONS["primary"]
    Y = invent(ANNUAL)
    planted = Y + 2 * np.sum(ANNUAL.time[:, None] >= ANNUAL.steps, axis=1)
    found = estimate_many(variation, step_parts(variation), Y, GRIDS)
    for i, rows in enumerate(one_by_one(variation, planted)):
        for key, each in found.items():
            row = row_of(rows, key[1], key[0])
            assert each.estimate[i] + 2 == pytest.approx(row["estimate"], rel=1e-8)
            assert each.positive(2.0, np.array([i]))[0] == pytest.approx(row["positive"], abs=TABLE_ERROR)


@pytest.mark.parametrize("estimator", ["primary", "ols", "reml"])
@pytest.mark.parametrize("case", [ANNUAL, QUARTERLY], ids=["annual", "quarterly"])
def test_slopes_equal_those_of_each_series_by_itself(estimator, case):
    alone = replace(case, junctures=("two",), steps=(2012 * case.per_year,))
    variation = Variation("slope", alone, estimator=estimator)
    Y = invent(alone)
    found = estimate_many(variation, slope_parts(variation), Y, GRIDS)
    assert set(found) == {("two", "slope_change")}
    each = found["two", "slope_change"]
    ramp = np.maximum(alone.time - alone.steps[0], 0)
    for i, y in enumerate(Y):
        (row,) = effects.estimate_slope(replace(variation, case=replace(alone, y=y)), GRIDS)
        assert each.estimate[i] == pytest.approx(row["estimate"], rel=1e-8, abs=1e-9)
        steeper = replace(alone, y=y + 0.1 * ramp)
        (row,) = effects.estimate_slope(replace(variation, case=steeper), GRIDS)
        if estimator == "primary":
            assert each.positive(0.1, np.array([i]))[0] == pytest.approx(row["positive"], abs=TABLE_ERROR)


def test_a_year_left_out_is_estimated_at_its_own_points():
    without = next(each for each in left_out(ANNUAL) if each.model == "without_2008")
    Y = invent(without.case)
    found = estimate_many(without, step_parts(without), Y, GRIDS)
    rows = one_by_one(without, Y)
    assert found["one", "step"].estimate[1] == pytest.approx(row_of(rows[1], "step", "one")["estimate"], rel=1e-8)


def test_other_estimators_have_no_tails():
    variation = VARIATIONS["ols"]
    found = estimate_many(variation, step_parts(variation), invent(ANNUAL), GRIDS)
    assert np.isnan(found["one", "step"].positive(0.0, np.array([0, 2]))).tolist() == [True, True]


def test_an_estimator_of_counts_is_refused_with_what_to_do():
    variation = Variation("quasi_poisson", ANNUAL, estimator="quasi_poisson")
    with pytest.raises(ValueError, match=r"quasi_poisson: it needs counts.*leave it out"):
        estimate_many(variation, step_parts(variation), invent(ANNUAL), GRIDS)


def test_a_part_may_be_any_design_and_column():
    leader = RNG.standard_normal(len(ANNUAL.time))
    matrix = build(ANNUAL.time, steps=[], extra={"leader": leader})
    Y = invent(ANNUAL)
    variation = Variation("leads", ANNUAL)
    found = estimate_many(variation, [Part(matrix, {("all", "lead"): "leader"})], Y, GRIDS)["all", "lead"]
    for i, y in enumerate(Y):
        row = effects.estimate_column(
            replace(variation, case=replace(ANNUAL, y=y)), matrix, "leader", ("all", "lead"), GRIDS
        )
        assert found.estimate[i] == pytest.approx(row["estimate"], rel=1e-8)


@pytest.mark.parametrize("df", [2, 3, 7, 17, 60, 262, 1000])
def test_table_of_t_is_the_distribution_function(df):
    t = np.concatenate([np.linspace(-60, 60, 4001), np.geomspace(1e-8, 1e8, 400), -np.geomspace(1e-8, 1e8, 400)])
    # Measured: at most 4.5e-7, at 1,000 degrees of freedom.
    assert primary._student_table(t, df) == pytest.approx(stdtr(df, t), abs=TABLE_ERROR)


def test_table_of_t_ends_at_nought_and_one_and_answers_nan_with_nan():
    found = primary._student_table(np.array([-1e100, -1e9, 0.0, 1e9, 1e100, np.nan]), 17)
    assert found[:5] == pytest.approx([0, 0, 0.5, 1, 1], abs=TABLE_ERROR)
    assert np.isnan(found[5])


def test_taking_some_series_leaves_their_posteriors_as_they_are():
    variation = VARIATIONS["primary with noise"]
    each = estimate_many(variation, step_parts(variation)[:1], invent(QUARTERLY, 6), GRIDS)["two", "step"]
    chosen = np.array([4, 1])
    taken = each.posterior.take(chosen)
    assert np.array_equal(taken.mean(each.contrast), each.estimate[chosen])
    assert np.array_equal(taken.lower(each.contrast), each.bounds()[0][chosen])
    mask = np.isin(np.arange(6), [1, 4])
    assert np.array_equal(each.posterior.take(mask).rho, each.posterior.rho[[1, 4]])


def test_tail_above_a_value_is_one_less_the_mixture_below_it():
    variation = VARIATIONS["primary with noise"]
    each = estimate_many(variation, step_parts(variation)[:1], invent(QUARTERLY), GRIDS)["one", "step"]
    mixture = each.posterior._mixture(each.contrast)
    for value in (-3.0, 0.0, 0.4):
        below = np.sum(mixture.weights * stdtr(mixture.df, (value - mixture.centres) / mixture.scales), axis=1)
        assert each.posterior.above(each.contrast, value) == pytest.approx(1 - below, abs=TABLE_ERROR)


def test_exact_series_have_no_tail():
    variation = VARIATIONS["primary"]
    Y = np.vstack([invent(ANNUAL, 1), 2.0 + 0.1 * (ANNUAL.time - 2000)])
    found = estimate_many(variation, step_parts(variation), Y, GRIDS)["one", "step"]
    assert np.isnan(found.positive(1.0, np.arange(2))).tolist() == [False, True]
