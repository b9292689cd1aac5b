"""Rows from fits: steps, mean steps, ramps, gaps, slopes, lines, and a reason wherever there is no estimate."""

from dataclasses import replace

import numpy as np
import pytest
from invented import NAMES, STEPS, noise, quarterly, row_of, yearly
from scipy.stats import t as student

from junctures.inference import design, effects
from junctures.inference.primary import Grid
from junctures.inference.variations import Variation

VALUES = ("estimate", "lower", "upper", "p", "positive")


@pytest.fixture
def grids():
    return effects.Grids()


def planted(*sizes, n=22, seed=1):
    time = np.arange(2000, 2000 + n)
    return noise(n, seed) + sum(size * (time >= step) for size, step in zip(sizes, STEPS, strict=True))


def columns(case, *more):
    return np.column_stack([np.ones(len(case.time)), case.time - case.time.mean(), *more])


def steps_of(case):
    return [(case.time >= step).astype(float) for step in case.steps]


def ols(y, X):
    """Return coefficients, standard errors and residual df by normal equations."""
    inverse = np.linalg.inv(X.T @ X)
    coef = inverse @ X.T @ y
    df = len(y) - X.shape[1]
    return coef, np.sqrt(np.diag(inverse) * np.sum((y - X @ coef) ** 2) / df), df


def test_a_planted_step_is_found_at_its_juncture_and_nowhere_else(grids):
    rows = effects.estimate(Variation("primary", yearly(planted(0, 6, 0))), grids)
    found = {name: row_of(rows, "step", name) for name in NAMES}
    assert found["two"]["lower"] < 6 < found["two"]["upper"] and found["two"]["p"] < 0.01
    assert found["one"]["p"] > 0.05 and found["three"]["p"] > 0.05


def test_a_row_holds_the_summary_of_the_primary_procedure(grids):
    case = yearly(planted(1, 1, 1))
    X = design.build(case.time, steps=STEPS).X
    expected = Grid(case.time).fit(case.y, X).summarise(np.eye(5)[3])
    row = row_of(effects.estimate(Variation("primary", case), grids), "step", "two")
    assert [row[name] for name in VALUES] == [getattr(expected, name) for name in VALUES]
    assert (row["n"], row["treated"], row["first"], row["last"]) == (22, 2012, 2000, 2021)


def test_ols_rows_equal_normal_equations_with_t_of_n_less_k(grids):
    case = yearly(planted(1, -2, 1))
    coef, errors, df = ols(case.y, columns(case, *steps_of(case)))
    rows = effects.estimate(Variation("ols", case, estimator="ols"), grids)
    for j, name in enumerate(NAMES):
        row, b, se = row_of(rows, "step", name), coef[2 + j], errors[2 + j]
        assert row["estimate"] == pytest.approx(b, rel=1e-9)
        assert row["p"] == pytest.approx(2 * student.sf(abs(b / se), df), rel=1e-8)
        assert row["upper"] - row["lower"] == pytest.approx(2 * student.ppf(0.975, df) * se, rel=1e-9)


def test_mean_step_is_the_coefficient_of_the_number_of_junctures_passed(grids):
    case = yearly(planted(1, 2, 3))
    passed = np.array([0] * 8 + [1] * 4 + [2] * 4 + [3] * 6, float)
    coef, errors, df = ols(case.y, columns(case, passed))
    row = row_of(effects.estimate(Variation("ols", case, estimator="ols"), grids), "mean_step")
    assert row["estimate"] == pytest.approx(coef[2], rel=1e-9)
    assert row["p"] == pytest.approx(2 * student.sf(abs(coef[2] / errors[2]), df), rel=1e-8)


def test_a_further_column_is_in_the_model_of_the_steps_and_in_that_of_the_mean_step(grids):
    case = yearly(planted(1, 1, 1))
    crisis = (case.time >= 2005).astype(float)
    rows = effects.estimate(Variation("ols", case, estimator="ols", extra={"crisis": crisis}), grids)
    with_steps = ols(case.y, columns(case, *steps_of(case), crisis))[0]
    with_mean = ols(case.y, columns(case, sum(steps_of(case)), crisis))[0]
    assert row_of(rows, "step", "one")["estimate"] == pytest.approx(with_steps[2], rel=1e-9)
    assert row_of(rows, "mean_step")["estimate"] == pytest.approx(with_mean[2], rel=1e-9)


def test_a_quadratic_trend_is_in_both_models_too(grids):
    case = yearly(planted(1, 1, 1) + 0.05 * (np.arange(22) - 5.0) ** 2)
    rows = effects.estimate(Variation("quadratic", case, estimator="ols", trend=2), grids)
    bend = columns(case)[:, 1] ** 2
    assert row_of(rows, "step", "two")["estimate"] == pytest.approx(
        ols(case.y, columns(case, *steps_of(case), bend))[0][3], rel=1e-8
    )
    assert row_of(rows, "mean_step")["estimate"] == pytest.approx(
        ols(case.y, columns(case, sum(steps_of(case)), bend))[0][2], rel=1e-8
    )


def test_staged_p_is_the_largest_one_sided_p_of_the_three_steps(grids):
    rows = effects.estimate(Variation("primary", yearly(planted(3, 4, 3))), grids)
    against = [1 - row_of(rows, "step", name)["positive"] for name in NAMES]
    staged = row_of(rows, "staged")
    assert staged["p"] == max(against) and len(set(against)) == 3
    assert np.isnan(staged["estimate"])


def test_a_gap_is_the_step_plus_the_ramp_times_the_periods_passed(grids):
    case = quarterly(noise(88) + np.repeat(planted(0, 2, 0), 4))
    rows = effects.estimate(Variation("ramps", case), grids, ramps=True)
    for name in NAMES:
        step, ramp = (row_of(rows, estimand, name)["estimate"] for estimand in ("step", "ramp"))
        for years in (1, 2):
            gap = row_of(rows, f"gap_{years}", name)
            assert gap["estimate"] == pytest.approx(step + 4 * years * ramp, abs=1e-9)
            assert gap["lower"] < gap["estimate"] < gap["upper"]


def test_a_cumulative_gap_adds_up_the_gaps_at_the_observed_periods_until_the_next_juncture(grids):
    case = quarterly(noise(88) + np.repeat(planted(0, 2, 0), 4))
    case = case.keep(~np.isin(case.time, [8050, 8055]))
    rows = effects.estimate(Variation("ramps", case), grids, ramps=True)
    posterior = grids.grid(case).fit(case.y, design.build(case.time, steps=case.steps, ramps=case.steps, season=4).X)
    for j, (name, end) in enumerate(zip(NAMES, (8048, 8064, 8088), strict=True)):
        treated = [t for t in range(case.steps[j], end) if t not in (8050, 8055)]
        step, ramp = (row_of(rows, estimand, name)["estimate"] for estimand in ("step", "ramp"))
        total = row_of(rows, "gap_total", name)
        assert total["estimate"] == pytest.approx(sum(step + (t - case.steps[j]) * ramp for t in treated), abs=1e-8)
        assert total["periods"] == len(treated)
        contrast = np.zeros(10)
        contrast[2 + j], contrast[5 + j] = len(treated), sum(t - case.steps[j] for t in treated)
        expected = posterior.summarise(contrast)
        assert [total[value] for value in VALUES] == pytest.approx([getattr(expected, v) for v in VALUES], rel=1e-9)


def test_with_steps_only_the_cumulative_gap_is_the_step_times_the_periods_it_lasts(grids):
    rows = effects.estimate(Variation("primary", yearly(planted(1, 1, 1)), cumulative=True), grids)
    for name, periods in zip(NAMES, (4, 4, 6), strict=True):
        step, total = row_of(rows, "step", name), row_of(rows, "gap_total", name)
        for value in ("estimate", "lower", "upper"):
            assert total[value] == pytest.approx(periods * step[value], rel=1e-9)
        assert total["p"] == pytest.approx(step["p"], rel=1e-9)


def test_each_of_many_series_on_one_design_has_the_rows_that_it_has_alone(grids):
    case = yearly(planted(1, 1, 1))
    others = np.array([planted(0, 3, 0, seed=seed) for seed in range(3)])
    found = effects.estimate_each(Variation("primary", case), others, grids)
    assert found == [effects.estimate(Variation("primary", replace(case, y=y)), grids) for y in others]


def test_a_slope_model_has_a_trend_and_one_ramp(grids):
    case = yearly(planted(0, 0, 0)[:18] + 0.5 * np.maximum(np.arange(18) - 9, 0), junctures=("one",), steps=(2009,))
    ramp = np.maximum(case.time - 2009, 0)
    coef = ols(case.y, columns(case, ramp))[0]
    (row,) = effects.estimate_slope(Variation("slope_ols", case, estimator="ols"), grids)
    assert (row["estimand"], row["juncture"], row["treated"]) == ("slope_change", "one", 2009)
    assert row["estimate"] == pytest.approx(coef[2], rel=1e-9)
    (main,) = effects.estimate_slope(Variation("slope", case), grids)
    expected = Grid(case.time).fit(case.y, columns(case, ramp)).summarise(np.array([0, 0, 1.0]))
    assert main["p"] == pytest.approx(expected.p, rel=1e-9)


def test_variance_ratio_lets_the_variance_differ_from_the_first_juncture_on(grids):
    case = yearly(planted(1, 1, 1) * np.where(np.arange(22) < 8, 1, 3))
    X = design.build(case.time, steps=STEPS).X
    expected = Grid(case.time, after=case.time >= 2008).fit(case.y, X).summarise(np.eye(5)[2])
    row = row_of(effects.estimate(Variation("variance_ratio", case, variance_ratio=True), grids), "step", "one")
    assert row["p"] == expected.p
    assert row["p"] != row_of(effects.estimate(Variation("primary", case), grids), "step", "one")["p"]


def test_what_a_step_is_measured_against_is_the_model_without_it_at_the_first_treated_point(grids):
    case = yearly(planted(1, 2, 3))
    coef = ols(case.y, columns(case, *steps_of(case)))[0]
    row = row_of(effects.estimate(Variation("ols", case, estimator="ols"), grids), "step", "two")
    assert row["before"] == pytest.approx(coef[0] + coef[1] * (2012 - 2010.5) + coef[2], rel=1e-9)


def test_with_one_juncture_the_mean_step_is_the_step_and_the_staged_rise_one_sided(grids):
    case = yearly(planted(0, 3, 0), junctures=("two",), steps=(2012,))
    rows = effects.estimate(Variation("primary", case), grids)
    step, mean = row_of(rows, "step", "two"), row_of(rows, "mean_step")
    assert [mean[name] for name in VALUES] == pytest.approx([step[name] for name in VALUES], rel=1e-9)
    assert row_of(rows, "staged")["p"] == 1 - step["positive"]


def test_rows_of_the_same_points_share_one_grid_and_those_of_other_errors_do_not(grids):
    case = yearly(planted(1, 1, 1))
    grid = grids.grid(case)
    assert grids.grid(replace(case, y=-case.y)) is grid
    assert grids.grid(replace(case, noise=True)) is not grid
    assert grids.grid(case, variance_ratio=True) is not grid
    assert grids.grid(case.between(end=2019)) is not grid


def test_counterfactual_of_a_juncture_ends_where_the_next_one_begins(grids):
    lines = effects.fitted_lines(yearly(planted(1, 2, 3)), grids)
    ends = {name: [line["position"] for line in lines if line["juncture"] == name] for name in NAMES}
    assert ends == {"one": [*range(2008, 2012)], "two": [*range(2012, 2016)], "three": [*range(2016, 2022)]}
    assert [line["position"] for line in lines if line["kind"] == "fit"] == [*range(2000, 2022)]


def test_the_fit_stands_above_the_counterfactual_by_the_step(grids):
    case = quarterly(np.repeat(planted(1, 2, 3), 4) + noise(88, seed=2))
    step = row_of(effects.estimate(Variation("primary", case), grids), "step", "two")["estimate"]
    lines = effects.fitted_lines(case, grids)
    fit = {line["position"]: line["value"] for line in lines if line["kind"] == "fit"}
    gaps = [fit[line["position"]] - line["value"] for line in lines if line["juncture"] == "two"]
    assert gaps == pytest.approx([step] * 16, abs=1e-9)


def test_the_fit_is_drawn_through_gaps_and_without_the_season(grids):
    season = np.tile([3.0, 0, -3, 0], 22)
    case = quarterly(np.repeat(planted(0, 0, 0), 4) * 0.1 + season)
    kept = case.keep(~np.isin(case.time, [8005, 8006]))
    lines = [line for line in effects.fitted_lines(kept, grids) if line["kind"] == "fit"]
    assert [line["position"] for line in lines] == [*case.time]
    bends = np.diff([line["value"] for line in lines if line["position"] < 8032], n=2)
    assert np.abs(bends).max() < 1e-9


def test_lines_of_a_reversed_scale_are_turned_back_with_their_bounds_in_order(grids):
    case = yearly(-planted(1, 2, 3), reverse=True)
    for line in effects.fitted_lines(case, grids):
        assert line["value_raw"] == -line["value"]
        assert line["lower_raw"] == -line["upper"] <= line["value_raw"] <= line["upper_raw"]


@pytest.mark.parametrize("estimator", ["primary", "ols", "ols_hac", "reml"])
def test_a_series_that_the_design_reproduces_has_no_estimate_and_says_why(grids, estimator):
    time = np.arange(22.0)
    case = yearly(0.5 * time + (time >= 8) - 2 * (time >= 16))
    rows = effects.estimate(Variation(estimator, case, estimator=estimator), grids)
    for row in (row for row in rows if row["estimand"] in ("step", "staged")):
        assert np.isnan([row[name] for name in VALUES]).all()
        assert row["reason"] == effects.EXACT


def test_a_rate_ratio_over_a_segment_without_events_says_so_and_the_others_stand(grids):
    counts = np.array([0] * 8 + [3, 2, 4, 1] + [5, 9, 2, 6] + [7, 3, 8, 5, 6, 9], float)
    case = yearly(np.sqrt(counts), value=counts, scale="sqrt", counts=True)
    rows = effects.estimate(Variation("quasi_poisson", case, estimator="quasi_poisson"), grids)
    assert row_of(rows, "step", "one")["reason"] == effects.NO_EVENTS
    assert np.isnan(row_of(rows, "step", "one")["estimate"])
    assert row_of(rows, "step", "two")["reason"] == "" and row_of(rows, "step", "two")["estimate"] > 0


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.PerfectSeparationWarning")
def test_counts_that_the_design_reproduces_have_no_rate_ratio(grids):
    counts = np.repeat([2.0, 4.0, 8.0, 4.0], [8, 4, 4, 6])
    case = yearly(np.sqrt(counts), value=counts, scale="sqrt", counts=True)
    row = row_of(effects.estimate(Variation("q", case, estimator="quasi_poisson"), grids), "step", "one")
    assert row["reason"] == effects.EXACT and np.isnan(row["p"])


def test_a_rate_ratio_is_the_ratio_of_rates_where_there_is_no_trend_to_tell_apart(grids):
    base = np.array([4, 6, 5, 5] * 3 + [10, 14, 12, 12] * 3, float)
    exposure = np.tile([1.0, 2.0], 12)
    case = yearly(
        np.sqrt(base), value=base * exposure, exposure=exposure, scale="sqrt", counts=True, junctures=("x",),
        steps=(2012,),
    )  # fmt: skip
    row = row_of(effects.estimate(Variation("q", case, estimator="quasi_poisson"), grids), "step", "x")
    # Each half repeats one pattern, so the trend within halves is nearly flat and the ratio close to 12 / 5.
    assert row["estimate"] == pytest.approx(12 / 5, rel=0.05)
    assert row["lower"] < row["estimate"] < row["upper"]


def test_columns_that_cannot_be_told_apart_give_a_reason_and_no_crash(grids):
    case = yearly(planted(1, 1, 1))
    twice = Variation("step_2012", case, extra={"step_2012": (case.time >= 2012).astype(float)})
    for estimator in ("primary", "ols"):
        rows = effects.estimate(replace(twice, estimator=estimator), grids)
        assert {row["reason"] for row in rows} == {effects.SINGULAR}


def test_a_season_of_which_one_quarter_alone_is_observed_gives_a_reason(grids):
    case = quarterly(noise(88))
    springs = case.keep(case.time % 4 == 1)
    assert effects.reason_of(Variation("primary", springs)) == effects.SINGULAR
    assert effects.reason_of(Variation("primary", case)) is None


def test_more_columns_than_points_give_a_reason(grids):
    case = yearly(noise(12), frequency="month", time=np.arange(24000, 24012), steps=(24003, 24006, 24009))
    rows = effects.estimate(Variation("ramps", case, minimum=(1, 1, 1)), grids, ramps=True)
    assert {row["reason"] for row in rows} == {effects.SINGULAR}


@pytest.mark.parametrize(
    "estimator, ramps, cumulative",
    [
        ("primary", False, False),
        ("primary", False, True),
        ("primary", True, False),
        ("ols", False, False),
        ("reml", False, False),
    ],
)
def test_a_row_without_an_estimate_has_the_key_that_it_would_have_with_one(grids, estimator, ramps, cumulative):
    case = yearly(planted(1, 1, 1))
    there, gone = (
        Variation("row", case, estimator=estimator, cumulative=cumulative, reason=reason)
        for reason in ("", "not asked")
    )
    keys = [
        [(row["juncture"], row["estimand"]) for row in effects.estimate(variation, grids, ramps=ramps)]
        for variation in (there, gone)
    ]
    assert sorted(keys[0]) == sorted(keys[1])
    assert {row["reason"] for row in effects.estimate(gone, grids, ramps=ramps)} == {"not asked"}


@pytest.mark.parametrize(
    "case, reason",
    [
        (yearly(np.ones(22)), "untestable: no variation"),
        (yearly([]), "no observations in the window"),
        (yearly(noise(11)), "fewer than 12 points"),
        (yearly(noise(22), start=2006), "fewer than 3 points before the first step"),
        (yearly(noise(18)), "fewer than 3 points from the last step on"),
        (yearly(noise(22), steps=(2008, 2009, 2016)), "fewer than 2 points between two steps"),
        (yearly(noise(22), steps=(2008, 2008, 2016)), "two junctures begin in one period"),
    ],
)
def test_a_case_that_cannot_be_tested_says_why(grids, case, reason):
    rows = effects.estimate(Variation("primary", case), grids)
    assert {row["reason"] for row in rows} == {reason}
    assert all(np.isnan(row["p"]) for row in rows) and len(rows) == 5


def test_pile_up_of_a_reml_fit_is_flagged_beside_its_estimate(grids):
    walk = quarterly(np.cumsum(noise(120, seed=6)), start=1990)
    for y, flagged in ((walk.y, True), (noise(120), False)):
        rows = effects.estimate(Variation("reml", replace(walk, y=y), estimator="reml"), grids)
        row = row_of(rows, "step", "two")
        assert (row["rho"] > 0.98, "pile-up" in row["reason"]) == (flagged, flagged)
        assert np.isfinite(row["estimate"])
