"""All tests of one indicator: cases, vintages, frequencies, controls, designs, date ranks; a reason for each gap."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from invented import NAMES, ROWS, entry, noise, quarterly, row_of, series, setting, yearly

from junctures.inference import effects, prospects
from junctures.inference.indicator import Results, make_case, rank_dates, test_case, test_indicator
from junctures.inference.variations import Variation
from junctures.results import COLUMNS

test_case.__test__ = test_indicator.__test__ = False

WINDOW = {"start": "2000", "end": "2021"}
RAMPED = {"step", "ramp", "gap_1", "gap_2", "gap_total"}
KEY = ("indicator", "vintage", "juncture", "model", "estimand")
Y = noise(22) + np.repeat([0.0, 1, 3, 4], [8, 4, 4, 6])


def run(table, block=None, plan=None, window=WINDOW):
    return test_indicator(table, block or entry(), plan or setting(), window)


def all_rows(results):
    return [*results.effects, *results.specifications]


def assert_complete(results):
    """Every row has its columns and one key; a row has a p or the reason why not, never a nameless gap."""
    rows = all_rows(results)
    assert len({tuple(row[name] for name in KEY) for row in rows}) == len(rows)
    for row in rows:
        assert set(row) <= set(COLUMNS["effects"])
        assert row["reason"] if np.isnan(row["p"]) else True
        if np.isnan(row["p"]):
            assert row["reason"] in row["sentence"] and np.isnan(row["estimate"])
    for row in results.designs:
        assert set(row) <= {*COLUMNS["designs"], "ruled_out_share"}


def models(rows):
    return {row["model"] for row in rows}


def test_a_case_holds_the_observed_periods_of_its_window_in_their_place():
    table = series(np.arange(34.0), start="1990")
    table.loc[[3, 15], "y"] = np.nan
    case, full = make_case(table, entry(), setting(), "year", {"start": "2000-05", "end": "2021"})
    assert [*case.time] == [t for t in range(2001, 2022) if t != 2005]
    assert [*full.time] == [t for t in range(1990, 2022) if t not in (1993, 2005)]
    assert case.y[0] == 11.0 and case.steps == (2008, 2012, 2016)


@pytest.mark.parametrize("observed, first", [(None, 2017), (9, 2016), (6, 2017)])
def test_the_month_of_observation_decides_the_first_treated_year_of_yearly_series_only(observed, first):
    plan = setting(("2008-01-01", "2012-01-01", "2016-07-08"))
    block = entry(observed_month=observed)
    assert make_case(series(Y), block, plan, "year", WINDOW)[0].steps[2] == first
    quarters = series(noise(88), frequency="quarter")
    assert make_case(quarters, block, plan, "quarter", WINDOW)[0].steps[2] == 4 * 2016 + 2


def test_noise_is_decided_on_the_observed_points_of_the_window():
    table = series(noise(100), start="1995", frequency="quarter")
    short = {"start": "2007", "end": "2021"}
    for gap, window, expected in ((0, short, False), (0, {"start": "2005", "end": "2019"}, True), (1, WINDOW, True)):
        chosen = table.assign(y=table["y"].mask(table.index < gap))
        assert make_case(chosen, entry(), setting(), "quarter", window)[0].noise is expected
    sixty = make_case(table, entry(), setting(), "quarter", {"start": "2005", "end": "2019"})[0]
    assert len(sixty.time) == 60
    gapped = table.assign(y=table["y"].mask(table["period"] == "2010Q1"))
    assert make_case(gapped, entry(), setting(), "quarter", {"start": "2005", "end": "2019"})[0].noise is False


def test_scale_counts_and_sign_come_from_the_entry():
    block = entry(scale="sqrt", declared_scale={"value": 0.02, "yearly": 0.007, "derivation": "exposure"}, reverse=True)
    case = make_case(series(Y), block, setting(), "year", WINDOW)[0]
    assert (case.unit, case.counts, case.reverse, case.scale) == (0.007, True, True, "sqrt")
    assert make_case(series(Y), entry(), setting(), "year", WINDOW)[0].counts is False


@pytest.mark.parametrize(
    "dates", [("2012-01-01",), ("2008-01-01", "2014-03-18"), ("2008-01-01", "2012-01-01", "2016-01-01")]
)
def test_the_same_code_tests_one_two_or_three_junctures(dates):
    rows = ROWS | {"recoded": {}, "slope": ROWS["slope"]}
    block = entry(scale="log", models=["slope"], date_rank=True)
    results = run(series(Y, value=np.exp(Y)), block, setting(dates, rows=rows))
    assert_complete(results)
    names = NAMES[: len(dates)]
    for estimand in ("mean_step", "staged"):
        assert np.isfinite(row_of(results.effects, estimand, model="primary")["p"])
    assert all(np.isfinite(row_of(results.effects, "step", name, "primary")["p"]) for name in names)
    assert all(np.isfinite(row["power_2"]) for row in results.designs if not row["reason"])
    assert {row["reason"] for row in results.designs if row["model"] == "primary"} == {""}
    described = [row["reason"] for row in results.designs if row["estimand"] == "slope_change"]
    assert described[-1].startswith("no later juncture") and set(described[:-1]) <= {""}
    assert len(described) == 3 * (len(dates) - 1) + 1
    assert {line["juncture"] for line in results.fitted} == {"", *names}
    rank = row_of(results.effects, "date_rank")
    slopes = [row for row in results.effects if row["estimand"] == "slope_change"]
    assert [bool(row["reason"]) for row in slopes] == [False] * (len(dates) - 1) + [True]
    if len(dates) == 3:
        assert np.isfinite(rank["p"]) and rank["reason"].startswith("rank ")
    else:
        assert rank["reason"] == f"dates are ranked in sets of three, and there are {len(dates)} junctures"
        assert not results.dates


def test_every_gap_of_a_quarterly_suite_has_its_reason():
    table = pd.concat([series(np.repeat(Y, 4) + noise(88, 2), frequency="quarter"), series(Y)])
    results = run(table, entry(frequency="quarter", also=["year"]))
    assert_complete(results)
    assert models(results.effects) == {"primary", "ramps", "quadratic", "annual"}
    assert {row["estimand"] for row in results.effects if row["model"] == "ramps"} == RAMPED
    annual = row_of(results.effects, "step", "two", "annual")
    assert (annual["n"], annual["frequency"], annual["first_treated"]) == (22, "year", "2012")
    assert {(row["model"], row["frequency"]) for row in results.designs} == {("primary", "quarter"), ("annual", "year")}
    added_up = {row["model"] for row in results.effects if row["estimand"] == "gap_total"}
    assert added_up == {"ramps", "annual"}
    robust = {m.removeprefix("annual_") for m in models(results.specifications) if m.startswith("annual_")}
    years = {f"without_{year}" for year in range(2000, 2022)}
    assert robust == {"ols", "reml", "start_later", "start_earlier", "end_2019"} | years


@pytest.mark.parametrize(
    "y, reason",
    [
        (np.ones(22), "untestable: no variation"),
        (np.full(22, np.nan), "no observations in the window"),
        (np.where(np.arange(22) < 11, Y, np.nan), "fewer than 12 points"),
    ],
)
def test_a_series_that_cannot_be_tested_has_rows_with_the_reason(y, reason):
    block = entry(date_rank=True, control={"label": "others"})
    results = run(pd.concat([series(y), series(noise(22), role="control")]), block)
    assert_complete(results)
    for estimand, juncture in [("step", name) for name in NAMES] + [
        ("mean_step", "all"),
        ("staged", "all"),
        ("date_rank", "all"),
    ]:
        assert row_of(results.effects, estimand, juncture, "primary")["reason"] == reason
    assert {row["reason"] for row in results.designs} == {reason} and len(results.designs) == 3 * 4
    assert not results.fitted and not results.dates


def test_a_series_that_trend_and_steps_reproduce_is_told_as_such():
    results = run(series(np.repeat([0.0, 1, 3, 4], [8, 4, 4, 6])))
    assert_complete(results)
    assert row_of(results.effects, "step", "two", "primary")["reason"] == effects.EXACT


def test_the_difference_to_the_control_is_taken_on_the_periods_that_both_have():
    other = series(noise(22, seed=5), role="control")
    other.loc[[2, 20], "y"] = np.nan
    table = pd.concat([series(Y + noise(22, seed=5)), other])
    results = run(table, entry(control={"label": "others"}))
    both = [i for i in range(22) if i not in (2, 20)]
    kept = yearly(Y).keep(np.isin(np.arange(22), both))
    expected = effects.estimate(effects.Variation("control_difference", kept), effects.Grids())
    row = row_of(results.effects, "step", "two", "control_difference")
    assert row["n"] == 20
    assert row["estimate"] == pytest.approx(row_of(expected, "step", "two")["estimate"], rel=1e-9)
    alone = replace(kept, y=noise(22, seed=5)[both])
    expected = effects.estimate(effects.Variation("control_alone", alone), effects.Grids())
    found = row_of(results.effects, "step", "one", "control_alone")
    assert found["estimate"] == pytest.approx(row_of(expected, "step", "one")["estimate"], rel=1e-9)


def test_smallest_effect_of_the_difference_is_the_indicators_on_the_common_periods():
    value = np.array([9.0, 9, 2, 3, 1, 2, 1, 3, 4, 6, 5, 5, 8, 7, 9, 8, 9, 10, 8, 9, 11, 9])
    table = series(np.sqrt(value), value=value)
    control = series(noise(22), role="control").iloc[2:]
    block = entry(scale="sqrt", declared_scale={"value": 0.5, "derivation": "count"}, control={"label": "others"})
    results = run(pd.concat([table, control]), block)
    for model, mean in (("primary", 30 / 8), ("control_difference", 2), ("control_alone", 2)):
        row = row_of(results.effects, "step", "one", model)
        assert row["smallest_effect"] == pytest.approx((np.sqrt(1.5) - 1) * np.sqrt(mean), rel=1e-12)
        assert row["control"] == "yes"


def test_every_vintage_is_tested_with_the_noise_model_of_the_main_one():
    vintages = {"2022-03": 88, "2024-03": 59}
    table = pd.concat([series(noise(n, n), frequency="quarter", vintage=name) for name, n in vintages.items()])
    block = entry(frequency="quarter", vintages={"main": "2022-03", "others": ["2024-03"]})
    results = run(table, block, setting(("2004-01-01", "2007-01-01", "2010-01-01")))
    for vintage in vintages:
        rows = [row for row in all_rows(results) if row["vintage"] == vintage]
        assert row_of(rows, "step", "one", "primary")["noise_share"] > 0
        assert row_of(rows, "step", "one", "ar1_pure")["noise_share"] == 0
    assert {line["vintage"] for line in results.fitted} == {"2022-03"}
    assert {row["n"] for row in results.designs} == {88}


def test_a_recoded_model_has_robust_rows_of_its_own_and_is_no_row_then():
    table = series(np.r_[noise(10, 3), Y], start="1990")
    plain, special = run(table), run(table, entry(models=["late_three"]))
    assert "late_three" in models(plain.specifications) and "late_three" not in models(plain.effects)
    assert "late_three" not in models(special.specifications)
    moved = yearly(Y, steps=(2008, 2012, 2017))
    for model, case in (("late_three", moved), ("late_three_without_2013", moved.keep(moved.time != 2013))):
        variation = effects.Variation(model, case, minimum=(1, 1, 1))
        row = row_of(all_rows(special), "step", "three", model)
        assert row["first_treated"] == "2017"
        assert row["p"] == pytest.approx(row_of(effects.estimate(variation, effects.Grids()), "step", "three")["p"])
    earlier = row_of(special.specifications, "step", "three", "late_three_start_earlier")
    assert (earlier["first_treated"], earlier["window_start"], earlier["n"]) == ("2017", "1995", 27)
    robust = {m.removeprefix("late_three_") for m in models(special.specifications) if m.startswith("late_three_")}
    assert robust >= {"ols", "reml", "start_later", "end_2019"} | {f"without_{year}" for year in range(2000, 2022)}


def test_a_recoding_that_changes_nothing_says_so_in_all_its_rows():
    rows = ROWS | {"recoded": {"same": {"juncture": "three", "first_treated": 2016}}}
    results = run(series(Y), entry(models=["same"]), setting(rows=rows))
    assert {row["reason"] for row in all_rows(results) if row["model"].startswith("same")} == {"same period"}


def test_a_false_step_is_a_row_where_the_config_names_its_year():
    table, window = series(np.r_[noise(8, 3), Y], start="1992"), {"start": "1992", "end": "2021"}
    row = row_of(run(table, window=window).specifications, "step", "all", "false_step_2004")
    assert np.isfinite(row["p"]) and (row["n"], row["window_end"]) == (16, "2007")
    without = run(table, plan=setting(rows=ROWS | {"false_step": None}), window=window)
    assert not [model for model in models(without.specifications) if model.startswith("false")]


def test_alternative_dates_are_rows_named_by_date():
    plan = setting()
    one, two, three = plan.junctures
    two = two | {"alternatives": [dt.date(2012, 3, 1), dt.date(2013, 2, 1)]}
    results = run(series(Y), plan=replace(plan, junctures=(one, two, three)))
    assert row_of(results.specifications, "step", "two", "alternative_2012_03_01")["reason"] == "same period"
    moved = row_of(results.specifications, "step", "two", "alternative_2013_02_01")
    assert moved["first_treated"] == "2013" and np.isfinite(moved["p"])


def ranked(case, plan=None):
    results = Results()
    rank_dates(results, "pool_x", case, entry(), plan or setting(), {"indicator": "x", "vintage": ""})
    (row,) = results.effects
    assert (row["model"], row["juncture"], row["estimand"]) == ("pool_x", "all", "date_rank")
    return row, results


def test_planted_steps_are_ranked_first_and_the_pictures_add_up():
    plan = setting(simulations={"date_rank": 99})
    row, results = ranked(yearly(0.1 * noise(22) + np.repeat([0.0, 5, 1, 7], [8, 4, 4, 6])), plan)
    assert (row["estimate"], row["reason"]) == (1.0, f"rank 1 of {results.dates[0]['n_sets']} sets of dates")
    assert row["p"] <= 0.05
    assert results.dates[0]["best_1"] == "2008 2012 2016"
    assert sum(bar["count"] for bar in results.dates_ratios) == results.dates[0]["n_sets"]


def test_real_months_that_begin_no_quarter_are_candidates_too():
    time = np.arange(24000, 24264)
    months = yearly(noise(264), frequency="month", time=time, steps=(24098, 24145, 24193))
    row, _ = ranked(months)
    assert np.isfinite(row["p"]) and row["reason"].startswith("rank ")


@pytest.mark.parametrize(
    "case, words",
    [
        (yearly(noise(40), steps=(2008, 2012, 2037)), "2008, 2012, 2037"),
        (quarterly(noise(40), steps=(8003, 8016, 8030)), "2000Q4, 2004Q1, 2007Q3"),
    ],
)
def test_dates_too_near_an_end_are_a_row_with_the_reason_in_periods(case, words):
    row, results = ranked(case)
    assert np.isnan(row["p"]) and not results.dates
    assert words in row["reason"] and "too few points" in row["reason"] and row["reason"] in row["sentence"]


def test_the_generator_hangs_on_seed_and_ids_alone():
    plan = setting()
    same, other = plan.generator("drills", "power").random(), plan.generator("talks", "power").random()
    assert plan.generator("drills", "power").random() == same != other
    assert replace(plan, seed=2).generator("drills", "power").random() != same


def described(main, block, describe=prospects.describe_design):
    return describe(main, block, 20, lambda: np.random.default_rng(1))


def test_a_design_is_described_at_each_persistence_with_its_points_and_correlations():
    case = yearly(Y, unit=2.0)
    rows = described(Variation("primary", case), entry())
    assert [(row["juncture"], row["rho"]) for row in rows] == [
        *((name, rho) for rho in (0, 0.4, 0.8) for name in NAMES), *(("all", rho) for rho in (0, 0.4, 0.8)),
    ]  # fmt: skip
    two = rows[1]
    X = np.column_stack([np.ones(22), np.arange(22), *(np.arange(2000, 2022) >= s for s in (2008, 2012, 2016))])
    assert two["se_sd"] == pytest.approx(np.sqrt(np.linalg.inv(X.T @ X)[3, 3]), rel=1e-9)
    expected = max(abs(np.corrcoef(X[:, 3], X[:, i])[0, 1]) for i in (2, 4))
    assert two["correlation"] == pytest.approx(expected, rel=1e-9)
    assert (two["points_before"], two["points_after"], two["smallest_effect"]) == (12, 10, 2.0)
    assert two["jump_80_smallest"] == pytest.approx(two["jump_80"], rel=1e-12)


def test_a_step_alone_has_no_correlation_with_another():
    assert np.isnan(prospects.largest_correlations(np.arange(5.0)[:, None])).all()


def test_the_designs_of_an_index_are_in_units_of_its_own_residual_sd():
    case = yearly(Y)
    one, half = (described(Variation("m", case), block)[0] for block in (entry(), entry(residual_unit=0.5)))
    assert half["power_1"] == one["power_1"] and half["jump_80"] == one["jump_80"]
    assert half["jump_80_smallest"] == pytest.approx(one["jump_80_smallest"] / 2, rel=1e-12)


def test_the_design_of_a_slope_is_that_of_its_trend_and_ramp_with_a_third_of_a_scale_a_year_at_stake():
    case = quarterly(noise(88), junctures=("two",), steps=(8048,), unit=2.0)
    rows = described(Variation("slope", case), entry(), prospects.describe_slope)
    assert [(row["juncture"], row["estimand"], row["rho"]) for row in rows] == [
        ("two", "slope_change", rho) for rho in (0, 0.4, 0.8)
    ]
    season = [wave(2 * np.pi * case.time / 4) for wave in (np.cos, np.sin)]
    X = np.column_stack([np.ones(88), np.arange(88), np.maximum(np.arange(88) - 48, 0), *season])
    assert rows[0]["se_sd"] == pytest.approx(np.sqrt(np.linalg.inv(X.T @ X)[2, 2]), rel=1e-9)
    assert rows[0]["smallest_effect"] == pytest.approx(2 / 3 / 4, rel=1e-12)
    assert rows[1]["jump_80_smallest"] == pytest.approx(rows[1]["jump_80"] * 2 / (2 / 3 / 4), rel=1e-12)
    assert (rows[0]["points_before"], rows[0]["points_after"]) == (48, 40)


def test_recoded_models_have_designs_of_the_main_vintage_and_its_reasons():
    tables = [series(Y, vintage=name) for name in ("2022", "2024")]
    block = entry(models=["late_three"], vintages={"main": "2022", "others": ["2024"]})
    designs = [row for row in run(pd.concat(tables), block).designs if row["model"] == "late_three"]
    assert [row["points_after"] for row in designs if row["juncture"] == "three"] == [5, 5, 5]
    assert len(designs) == 3 * 4
    rows = ROWS | {"recoded": {"same": {"juncture": "three", "first_treated": 2016}}}
    same = [row for row in run(series(Y), entry(models=["same"]), setting(rows=rows)).designs if row["model"] == "same"]
    assert {row["reason"] for row in same} == {"same period"} and len(same) == 4


@pytest.mark.parametrize("gap", [None, 20])
def test_control_models_have_the_designs_of_the_points_that_both_have(gap):
    control = series(noise(22, seed=5), role="control")
    control.loc[[] if gap is None else [gap], "y"] = np.nan
    designs = run(pd.concat([series(Y), control]), entry(control={"label": "others"})).designs
    of = {model: [row for row in designs if row["model"] == model] for model in ("primary", "control_difference")}
    for model in ("control_alone", "control_difference"):
        assert models(designs) >= {model}
    found, main = (row_of(of[m][:4], "step", "two") for m in ("control_difference", "primary"))
    assert found["n"] == (22 if gap is None else 21)
    assert (found["se_sd"] == main["se_sd"]) is (gap is None)


def test_the_difference_to_the_control_has_robust_rows_that_name_it_and_its_earlier_start():
    table = pd.concat([series(np.r_[noise(6, 3), Y], start="1994"), series(noise(28, 5), start="1994", role="control")])
    rows = run(table, entry(control={"label": "others"})).specifications
    longer = row_of(rows, "step", "two", "control_difference_start_earlier")
    assert (longer["window_start"], longer["n"]) == ("1995", 27)
    assert "model control_difference_start_earlier (less its control, others)" in longer["sentence"]
    y = np.r_[noise(6, 3), Y][1:] - noise(28, 5)[1:]
    expected = effects.estimate(Variation("x", yearly(y, start=1995)), effects.Grids())
    assert longer["estimate"] == pytest.approx(row_of(expected, "step", "two")["estimate"], rel=1e-9)
    X = np.column_stack([np.ones(22), np.arange(22), *(np.arange(2000, 2022) >= s for s in (2008, 2012, 2016))])
    ols = np.linalg.lstsq(X, Y - noise(28, 5)[6:], rcond=None)[0]
    assert row_of(rows, "step", "two", "control_difference_ols")["estimate"] == pytest.approx(ols[3], rel=1e-9)
    assert not [row for row in rows if row["model"].startswith("control_alone")]


def test_a_pool_or_series_by_year_adds_its_gaps_up_and_its_rows_do_not():
    results = run(series(Y))
    found = {row["juncture"] for row in results.effects if row["estimand"] == "gap_total"}
    assert found == set(NAMES)
    assert {row["model"] for row in results.effects if row["estimand"] == "gap_total"} == {"primary"}
    assert not [row for row in results.specifications if row["estimand"] == "gap_total"]
