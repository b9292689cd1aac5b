"""The public library: equal to what the study publishes and to R, every refusal, its pages and pictures."""

import ast
import datetime as dt
import doctest
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import junctures
from junctures.inference import alternatives
from junctures.numbers import read_csv
from junctures.report.judgement import VERDICTS
from junctures.study.code_digest import Modules

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "junctures"
MODULES = sorted(path.stem for path in (PACKAGE / "library").glob("*.py") if path.stem != "__init__")
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
DATES = {juncture["id"]: juncture["date"] for juncture in CONFIG["junctures"]}
SEED = CONFIG["study"]["seed"]
# Published numbers have eight digits, and so have the published series on their tested scale that they come from.
EIGHT = 1e-7
NUMBERS = ["estimate", "lower", "upper", "p", "positive", "rho", "noise_share", "smallest_effect"]


def published(name="effects"):
    return read_csv(ROOT / "processed" / "results" / f"{name}.csv")


def series_of(indicator, frequency, vintage="", column="value"):
    """Return a published regular series of the study as a user would have it."""
    table = read_csv(ROOT / "processed" / "series" / f"{indicator}.csv")
    main = (table["frequency"] == frequency) & (table["role"] == "main") & (table["vintage"] == vintage)
    table = table[main]
    index = pd.PeriodIndex(table["period"], freq=frequency[0].upper())
    return pd.Series(table[column].to_numpy(float), index, name=indicator)


def same_rows(found, expected, columns=NUMBERS):
    """Compare the rows of two tables, matched by juncture and estimand."""
    key = ["juncture", "estimand"]
    found, expected = found.set_index(key), expected.set_index(key)
    assert set(expected.index) <= set(found.index) and len(expected)
    np.testing.assert_allclose(
        found.loc[expected.index, columns].astype(float), expected[columns].astype(float), rtol=EIGHT, atol=EIGHT
    )


def nile(**changes):
    return junctures.fit(junctures.load_example("nile"), {"dam": 1899}, **changes)


@pytest.mark.parametrize("model", ["primary", "ramps"])
def test_fit_of_quarterly_exercises_equals_the_published_rows(model):
    found = junctures.fit(series_of("exercises", "quarter"), DATES, counts=True, start="2003", end="2021", ramps=True)
    rows = published()
    rows = rows[(rows["indicator"] == "exercises") & (rows["model"] == model)]
    same_rows(found.to_frame().query("model == @model"), rows)
    assert found.reading.case.noise


def test_fit_of_the_shipped_exercises_equals_the_published_annual_rows():
    found = junctures.fit(junctures.load_example("joint_exercises"), DATES, counts=True)
    rows = published()
    rows = rows[(rows["indicator"] == "exercises") & (rows["model"] == "annual")]
    same_rows(found.to_frame(), rows)
    described = found.to_frame().set_index(["juncture", "estimand"])["described"]
    assert described["pivot", "step"] == rows.set_index(["juncture", "estimand"])["described"]["pivot", "step"]


def test_fit_of_counts_with_exposure_and_observed_month_equals_the_published_rows():
    entry = CONFIG["indicators"]["chn_un_threat"]
    value, exposure = (series_of("chn_un_threat", "year", column=name) for name in ("value", "exposure"))
    found = junctures.fit(
        value, DATES, counts=True, exposure=exposure, observed_month=entry["observed_month"],
        unit=entry["declared_scale"]["value"], start=2000, end=2021,
    )  # fmt: skip
    rows = published()
    rows = rows[(rows["indicator"] == "chn_un_threat") & (rows["model"] == "primary")]
    same_rows(found.to_frame(), rows[rows["estimand"] != "date_rank"])
    assert dict(zip(found.junctures, found.reading.case.steps, strict=True))["thaad"] == 2016


def test_default_unit_of_a_rate_is_the_declared_scale_of_the_study():
    entry = CONFIG["indicators"]["exercises_share"]
    value, exposure = (series_of("exercises_share", "year", column=name) for name in ("value", "exposure"))
    found = junctures.fit(value, DATES, counts=True, exposure=exposure)
    # The config holds three digits.
    assert found.reading.case.unit == pytest.approx(entry["declared_scale"]["value"], rel=5e-3)


def test_specifications_equal_the_published_rows():
    found = junctures.fit(series_of("exercises_naval", "year"), DATES, counts=True)
    curve = junctures.specifications(
        found, other_end=2019, concurrent_step=2009, false_step=2006,
        alternatives={j["id"]: [str(date) for date in j["alternatives"]] for j in CONFIG["junctures"]},
    )  # fmt: skip
    key = ["model", "juncture", "estimand"]
    expected = published("specifications")
    expected = expected[(expected["indicator"] == "exercises_naval") & (expected["model"] != "thaad_2016")]
    expected, frame = expected.set_index(key), curve.to_frame().set_index(key)
    assert set(expected.index) == {name for name in frame.index if name[0] != "quadratic"}
    np.testing.assert_allclose(
        frame.loc[expected.index, ["estimate", "p"]].astype(float),
        expected[["estimate", "p"]].astype(float),
        rtol=EIGHT,
        atol=EIGHT,
    )
    assert list(frame.loc[expected.index, "reason"]) == list(expected["reason"])


def military():
    """Return the index of the study's military pool, from its members' series."""
    pool, entries = CONFIG["pools"]["military"], CONFIG["indicators"]
    main = {name: str((entries[name].get("vintages") or {}).get("main", "")) for name in pool["members"]}
    members = {name: series_of(name, "year", vintage) for name, vintage in main.items()}
    units = {name: entries[name]["declared_scale"]["value"] for name in members}
    scales = {name: entries[name]["scale"] for name in members}
    return junctures.pool(members, units, scale=scales, name="military")


def test_pool_and_its_verdict_equal_the_published_ones():
    index = military()
    found = junctures.fit(index, DATES, scale="index", start=2003, end=2021)
    rows = published()
    rows = rows[(rows["indicator"] == "military") & (rows["model"] == "pool_military")]
    same_rows(found.to_frame(), rows[rows["estimand"] != "date_rank"])
    holm = rows[rows["estimand"] == "step"].set_index("juncture")["p_holm"].astype(float)
    for juncture, p in holm.items():
        # Holm multiplies a p, and its rounding, by up to three.
        assert found.effect(juncture).p_holm == pytest.approx(p, abs=3 * EIGHT)
    curve = junctures.specifications(found, other_end=2019)
    claims = published("claims").set_index("claim")
    checks = {
        claim["id"]: claim["check"] for claim in yaml.safe_load((ROOT / "claims.yaml").read_text("utf-8"))["claims"]
    }
    judged = 0
    for name, check in checks.items():
        members = (check or {}).get("members") or []
        if (
            check
            and check["kind"] in ("effect", "mean_step")
            and [m.get("model") for m in members] == ["pool_military"]
        ):
            juncture = None if members[0]["juncture"] == "all" else members[0]["juncture"]
            verdict = junctures.judge(found.effect(juncture), sign=check["sign"], robust=curve)
            assert verdict.verdict == VERDICTS[claims.loc[name, "verdict"]], name
            judged += 1
    assert judged >= 2


def test_rank_of_dates_equals_the_published_one():
    found = junctures.rank_dates(junctures.fit(military(), DATES, scale="index", start=2003, end=2021), seed=SEED)
    expected = published("dates").set_index("id").loc["military"]
    assert (found.rank, found.n_sets) == (expected["rank"], expected["n_sets"])
    assert found.p == pytest.approx(expected["p"])
    assert " ".join(found.best[0]) == expected["best_1"]
    frame = found.to_frame()
    assert list(frame.loc[frame["real"], "period"]) == list(found.dates)


def test_plan_of_a_fit_equals_the_published_design():
    found = junctures.fit(series_of("exercises_naval", "year"), DATES, counts=True)
    rows = found.plan(draws=CONFIG["study"]["simulations"]["power"], seed=SEED).to_frame()
    expected = published("designs")
    expected = expected[(expected["indicator"] == "exercises_naval") & (expected["model"] == "primary")]
    key, columns = ["juncture", "estimand", "rho"], ["se_sd", "size", "power_1", "power_4", "jump_80"]
    np.testing.assert_allclose(
        rows.set_index(key)[columns].astype(float), expected.set_index(key)[columns].astype(float), rtol=EIGHT
    )
    assert list(rows["ruled_out_attainable"]) == list(expected["ruled_out_attainable"])


def answers(case_id):
    cases = json.loads((ROOT / "tests" / "reference" / "answers.json").read_text(encoding="utf-8"))["cases"]
    found = next(case for case in cases if case["id"] == case_id)
    return found["expected"], found["tol_rel"]


def test_seat_belts_rate_ratio_equals_poisson_regression_in_r():
    expected, tolerance = answers("seatbelts_vankilled_poisson_nb")
    poisson = expected["poisson"]
    found = junctures.fit(
        junctures.load_example("van_drivers_killed"), {"law": "1983-01-31"}, counts=True,
        exposure=junctures.load_example("kilometres"),
    )  # fmt: skip
    row = junctures.specifications(found).to_frame().query("model == 'quasi_poisson' and estimand == 'step'").iloc[0]
    assert np.log(row["estimate"]) == pytest.approx(poisson["coef"]["law"], rel=tolerance)
    assert row["first_treated"] == "1983-02"
    # Half the interval over the t quantile is Poisson's error times the root of Pearson's dispersion.
    from scipy.stats import t

    error = np.log(row["upper"] / row["lower"]) / 2 / t.ppf(0.975, poisson["df_residual"])
    dispersion = poisson["pearson_chi2"] / poisson["df_residual"]
    assert error == pytest.approx(poisson["se"]["law"] * np.sqrt(dispersion), rel=tolerance)


def test_nile_rows_equal_estimators_that_are_held_against_r():
    flow = junctures.load_example("nile")
    year = flow.index.year.to_numpy()
    X = np.column_stack([np.ones(100), year - 1870.0, year >= 1899])
    frame = junctures.specifications(nile()).to_frame().query("estimand == 'step'").set_index("model")
    reml, ols = alternatives.reml_ar1(flow.to_numpy(float), X, year), alternatives.ols(flow.to_numpy(float), X)
    # REML's rho is a root of a score on differently centred columns: eight digits are left.
    for name, fit, tolerance in (("reml", reml, 1e-7), ("ols", ols, 1e-9)):
        for column, value in (("estimate", fit.coef[2]), ("lower", fit.lower[2]), ("p", fit.p[2])):
            assert frame.loc[name, column] == pytest.approx(value, rel=tolerance)


def test_nile_with_ramps_lies_near_the_generalised_least_squares_of_nlme():
    expected, _ = answers("nile_gls_ar1_reml")
    found = nile(ramps=True).to_frame().query("model == 'ramps'").set_index("estimand")["estimate"]
    full = expected["full"]
    # Averaged over persistence and noise instead of plugged in: a tenth of a standard error apart at most.
    assert found["step"] == pytest.approx(full["coef"]["step"], abs=0.1 * full["se"]["step"])
    assert found["ramp"] == pytest.approx(full["coef"]["ramp"], abs=0.1 * full["se"]["ramp"])


def test_a_period_treats_from_its_first_day_and_a_date_by_the_half_rule():
    flow = junctures.load_example("nile")
    forms = [1899, "1899", "1899-01-01", dt.date(1899, 1, 1), pd.Timestamp("1899-03-01"), pd.Period("1899-05", "M"),
             np.datetime64("1899-01-01"), pd.Period("1899", "Y"), "1898-09-01"]  # fmt: skip
    for date in forms:
        assert junctures.fit(flow, {"dam": date}).reading.case.steps == (1899,), date
    assert junctures.fit(flow, {"dam": "1899-09-01"}).reading.case.steps == (1900,)


def test_junctures_are_taken_in_order_of_date():
    flow = junctures.load_example("nile")
    assert junctures.fit(flow, {"late": 1930, "early": 1899}).junctures == ("early", "late")


def test_white_noise_joins_the_errors_from_sixty_points():
    flow = junctures.load_example("nile")
    assert junctures.fit(flow.iloc[:60], {"dam": 1899}).reading.case.noise
    assert not junctures.fit(flow.iloc[:59], {"dam": 1899}).reading.case.noise


def test_order_of_the_series_and_missing_values_do_not_move_points_in_time():
    flow = junctures.load_example("nile").astype(float)
    flow.loc["1900":"1902"] = np.nan
    shuffled = flow.dropna().sample(frac=1, random_state=1)
    expected = junctures.fit(flow, {"dam": 1899}).to_frame()
    pd.testing.assert_frame_equal(junctures.fit(shuffled, {"dam": 1899}).to_frame(), expected)
    assert expected["n"].iloc[0] == 97


def test_earlier_points_serve_the_row_with_an_earlier_start_only():
    cut = nile(start=1881)
    whole = junctures.fit(junctures.load_example("nile").loc["1881":], {"dam": 1899})
    pd.testing.assert_frame_equal(cut.to_frame(), whole.to_frame())
    rows = [junctures.specifications(found).to_frame().set_index(["model", "estimand"]) for found in (cut, whole)]
    assert rows[0].loc[("start_earlier", "step"), "n"] == 95
    assert np.isnan(rows[1].loc[("start_earlier", "step"), "estimate"])


def test_holm_is_over_several_steps_and_not_of_a_single_one():
    assert np.isnan(nile().effect("dam").p_holm)
    two = junctures.fit(junctures.load_example("nile"), {"dam": 1899, "other": 1930})
    p = sorted(two.effect(name).p for name in two.junctures)
    assert sorted(two.effect(name).p_holm for name in two.junctures) == pytest.approx([2 * p[0], max(2 * p[0], p[1])])


def test_what_cannot_be_estimated_has_the_reason_and_no_number():
    short = junctures.fit(junctures.load_example("nile").loc["1893":"1903"], {"dam": 1899})
    assert short.to_frame()["estimate"].isna().all()
    assert "fewer than 12 points" in short.summary()
    assert "fewer than 12 points" in short.plan().summary()
    assert junctures.specifications(short).curve.empty
    constant = junctures.fit(junctures.load_example("nile") * 0, {"dam": 1899})
    judged = junctures.judge(constant.effect("dam"), sign="positive", robust=False)
    assert judged.verdict == "untestable" and "no variation" in judged.reason
    assert np.isnan(constant.reading.case.unit)


def test_curve_counts_rows_with_the_sign_of_the_main_one():
    found = nile()
    curve = junctures.specifications(found)
    told = curve.curve.set_index(["juncture", "estimand"]).loc[("dam", "step")]
    rows = curve.to_frame().query("juncture == 'dam' and estimand == 'step' and model != 'ols_hac'")
    every = np.append(rows["estimate"].dropna().to_numpy(), found.effect("dam").estimate)
    assert told["rows"] == len(every)
    assert told["same_sign"] == np.mean(every < 0)
    assert told["median"] == pytest.approx(np.median(every))
    assert np.isnan(told["p_joint"])
    assert curve.is_robust(found.effect("dam")) is True and curve.fails_in(found.effect("dam")) == []


def test_chance_seldom_agrees_with_a_true_fall_and_always_with_the_opposite():
    found = junctures.fit(FLOW.loc["1880":"1920"], {"dam": 1899})
    fall, again, rise = (
        junctures.specifications(found, sign=sign, draws=100).curve.set_index("estimand").loc["step", "p_joint"]
        for sign in ("negative", "negative", "positive")
    )
    assert fall == again and fall <= 0.05 and rise >= 0.5


def test_rate_ratios_are_shown_and_stay_out_of_the_curve():
    deaths = junctures.load_example("van_drivers_killed")
    belts = junctures.fit(deaths, {"law": "1983-01-31"}, counts=True, exposure=junctures.load_example("kilometres"))
    curve = junctures.specifications(belts)
    ratio = curve.to_frame().query("model == 'quasi_poisson' and estimand == 'step'").iloc[0]
    assert 0 < ratio["estimate"] < 1
    assert curve.curve.set_index("estimand").loc["step", "highest"] < 0


def judge_nile(**changes):
    asked = {"sign": "negative", "robust": True} | changes
    return junctures.judge(nile().effect("dam"), **asked)


def test_verdicts_follow_the_rules_in_their_order():
    assert judge_nile().verdict == "supported"
    assert judge_nile(sign="positive").verdict == "contradicted"
    assert judge_nile(smallest_effect=1000).label == "small"
    assert judge_nile(robust=False).verdict == "cannot tell"
    assert judge_nile(robust=False, smallest_effect=1000).verdict == "ruled out"
    assert judge_nile(p=0.06).verdict == "cannot tell"
    assert judge_nile().to_frame().loc[0, "verdict"] == "supported"


def test_plan_finds_larger_effects_more_often_and_keeps_its_size():
    rows = junctures.plan("year", 2000, 2021, DATES, rho=(0.4,), draws=400, seed=1).to_frame()
    power = rows[["power_1", "power_2", "power_3", "power_4"]].to_numpy()
    assert (np.diff(power, axis=1) > 0).all()
    # Binomial error of 400 draws at 5 per cent, three sd.
    assert (np.abs(rows["size"] - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)).all()
    again = junctures.plan("year", 2000, 2021, DATES, rho=(0.4,), draws=400, seed=1).to_frame()
    pd.testing.assert_frame_equal(rows, again)


def test_a_larger_smallest_effect_is_ruled_out_more_often():
    small, large = (
        junctures.plan("year", 2000, 2021, {"one": 2012}, smallest_effect=effect, draws=200).to_frame()[
            "ruled_out_share"
        ]
        for effect in (1.0, 3.0)
    )
    assert (large > small).all()


def test_break_of_the_nile_lies_where_the_dam_was_begun():
    flow = junctures.load_example("nile")
    found = junctures.find_breaks(flow, {"Aswan dam": 1899}, draws=199)
    row = found.to_frame().iloc[0]
    assert (found.number, row["period"], row["holds"]) == (1, "1899", "Aswan dam")
    year, y = flow.index.year.to_numpy() - 1920.0, flow.to_numpy(float)
    rss = []
    for segments in ([year < 1000], [year < -21, year >= -21]):
        parts = [(np.column_stack([np.ones(part.sum()), year[part]]), y[part]) for part in segments]
        rss.append(sum(float(np.linalg.lstsq(X, z)[1][0]) for X, z in parts))
    # Refits lose some digits against the recursion; ten are left.
    assert found.sup_f == pytest.approx((rss[0] - rss[1]) / (rss[1] / 96), rel=1e-9)
    again = junctures.find_breaks(flow, {"Aswan dam": 1899}, draws=199)
    assert again == found and again.p <= 0.05
    assert junctures.find_breaks(flow, draws=199, seed=1).sup_f == found.sup_f


def test_breaks_without_known_dates_speak_of_none():
    found = junctures.find_breaks(junctures.load_example("nile"), draws=100)
    assert "1899" in found.summary() and "juncture" not in found.summary()


def test_breaks_that_cannot_be_tested_say_why():
    short = junctures.find_breaks(junctures.load_example("nile").iloc[:8])
    assert short.reason == "fewer than 12 points" and np.isnan(short.p) and short.to_frame().empty
    assert "fewer than 12 points" in short.summary()


def test_plan_that_cannot_be_tested_says_why():
    planned = junctures.plan("year", 2012, 2021, {"one": 2014})
    assert "fewer than 12 points" in planned.summary()


FLOW = junctures.load_example("nile").astype(float)
MONTHS = junctures.load_example("kilometres")


def fit_of(series=FLOW, dates=None, **changes):
    return lambda: junctures.fit(series, {"dam": 1899} if dates is None else dates, **changes)


def changed(at, value):
    return FLOW.where(FLOW.index.year != at, value)


REFUSALS = {
    "a list": (fit_of([1, 2]), "the series is a list"),
    "no period index": (fit_of(FLOW.reset_index(drop=True)), "the index is a RangeIndex"),
    "timestamps": (fit_of(FLOW.to_timestamp()), "the index is a DatetimeIndex"),
    "fiscal years": (fit_of(FLOW.set_axis(FLOW.index.asfreq("Y-MAR"))), "frequency Y-MAR"),
    "empty": (fit_of(FLOW.iloc[:0]), "the series is empty"),
    "a period twice": (fit_of(pd.concat([FLOW, FLOW.iloc[:1]])), "1871 occurs more than once"),
    "all missing": (fit_of(FLOW * np.nan), "no observed value"),
    "text": (fit_of(FLOW.astype(str) + "x"), "no numbers"),
    "infinite": (fit_of(changed(1900, np.inf)), "infinite in 1900"),
    "negative roots": (fit_of(changed(1900, -1.0), scale="sqrt"), "-1 in 1900"),
    "another scale": (fit_of(scale="cubic"), "scale is 'cubic'"),
    "counts in logs": (fit_of(counts=True, scale="log"), "scale is 'log'"),
    "half a count": (fit_of(changed(1900, 0.5), counts=True), "0.5 in 1900"),
    "exposure of a level": (fit_of(exposure=FLOW), "counts is False"),
    "negative exposure": (fit_of(counts=True, exposure=-FLOW), "exposure is negative"),
    "exposure elsewhere": (fit_of(counts=True, exposure=MONTHS), "positive nowhere"),
    "unit of zero": (fit_of(unit=0), "unit is 0"),
    "month of a month": (fit_of(MONTHS, {"law": 1983}, observed_month=9), "observed_month is 9"),
    "month 13": (fit_of(observed_month=13), "observed_month is 13"),
    "no junctures": (fit_of(dates={}), "no junctures"),
    "a list of dates": (fit_of(dates=["1899"]), "no junctures"),
    "label all": (fit_of(dates={"all": 1899}), "label 'all'"),
    "label number": (fit_of(dates={1: 1899}), "label 1"),
    "no date": (fit_of(dates={"dam": "soon"}), "'soon' is no date"),
    "no such day": (fit_of(dates={"dam": "1899-02-30"}), "'1899-02-30' is no date"),
    "no time": (fit_of(dates={"dam": pd.NaT}), "no date or period"),
    "after the end": (fit_of(dates={"dam": 1990}), "first treats 1990"),
    "at the start": (fit_of(dates={"dam": 1871}), "first treats 1871"),
    "empty window": (fit_of(start=1890, end=1880), "between 1890 and 1880"),
    "no such effect": (lambda: nile().effect("war"), "no step of 'war'"),
    "a gap without ramps": (lambda: nile().effect("dam", "gap_1"), "no gap_1 of 'dam'"),
    "plan without scale": (lambda: fit_of(FLOW.loc["1896":"1930"], dates={"d": 1899})().plan(), "no declared scale"),
    "few draws": (lambda: nile().plan(draws=10), "draws is 10"),
    "half a seed": (lambda: nile().plan(seed=0.5), "seed is 0.5"),
    "weeks": (lambda: junctures.plan("week", 2000, 2020, {"one": 2010}), "frequency is 'week'"),
    "no rho .4": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, rho=(0.8,)), "rho is (0.8,)"),
    "unit root": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, rho=(0.4, 1.0)), "rho is (0.4, 1.0)"),
    "nothing small": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, smallest_effect=0), "effect is 0"),
    "end first": (lambda: junctures.plan("year", 2020, 2000, {"one": 2010}), "between 2020 and 2000"),
    "end of window outside": (lambda: junctures.specifications(nile(), other_end=1980), "other_end is 1980"),
    "another label": (lambda: junctures.specifications(nile(), alternatives={"war": 1914}), "name 'war'"),
    "another sign": (lambda: junctures.specifications(nile(), sign="up"), "sign is 'up'"),
    "chance without scale": (
        lambda: junctures.specifications(fit_of(FLOW.loc["1896":"1930"])(), sign="positive"), "no declared scale"
    ),
    "one date to rank": (lambda: junctures.rank_dates(nile()), "there are 1 junctures"),
    "breaks of a list": (lambda: junctures.find_breaks([1, 2]), "the series is a list"),
    "breaks by few draws": (lambda: junctures.find_breaks(FLOW, draws=10), "draws is 10"),
    "breaks at no dates": (lambda: junctures.find_breaks(FLOW, {}), "no junctures"),
    "judge a fit": (lambda: junctures.judge(nile(), sign="positive", robust=True), "a Fit cannot be judged"),
    "judge a staged p": (
        lambda: junctures.judge(nile().effect(None, "staged"), sign="positive", robust=True), "the staged cannot"
    ),
    "a sign": (lambda: judge_nile(sign="up"), "sign is 'up'"),
    "robust unsaid": (lambda: judge_nile(robust="yes"), "robust is a str"),
    "another curve": (
        lambda: judge_nile(robust=junctures.specifications(fit_of(FLOW.rename("flow"))())), "curve is of 'flow'"
    ),
    "negative smallest": (lambda: judge_nile(smallest_effect=-1), "smallest_effect is -1"),
    "p over 1": (lambda: judge_nile(p=1.5), "p is 1.5"),
    "names apart": (lambda: junctures.pool({"a": FLOW}, {"b": 1.0}), "series are named a, units b"),
    "unit nan": (lambda: junctures.pool({"a": FLOW}, {"a": np.nan}), "unit of 'a' is nan"),
    "years and months": (lambda: junctures.pool({"a": FLOW, "b": MONTHS}, {"a": 1, "b": 1}), "a by year, b by month"),
    "nothing in common": (
        lambda: junctures.pool({"a": FLOW.iloc[:9], "b": FLOW.iloc[9:]}, {"a": 1, "b": 1}), "a 1871 to 1879, b 1880"
    ),
    "no example": (lambda: junctures.load_example("amazon"), "no example 'amazon'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_says_what_is_wrong_why_it_matters_and_what_to_do(case):
    call, what = REFUSALS[case]
    with pytest.raises(ValueError) as caught:
        call()
    text = str(caught.value)
    assert what in text
    parts = re.split(r": |; ", text)
    assert len(parts) >= 3 and all(len(part.split()) >= 2 for part in parts[-2:]), text


def draw(result):
    from matplotlib.figure import Figure

    axes = Figure(figsize=(5, 3)).subplots()
    assert result.plot(ax=axes) is axes
    return axes


def test_fit_is_drawn_with_points_unjoined_and_the_line_broken_at_the_step():
    axes = draw(nile())
    points = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) == 100]
    assert len(points) == 1 and points[0].get_linestyle() == "None"
    solid = [line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) > 2]
    assert sorted(len(line.get_xdata()) for line in solid) == [28, 72]
    assert any(text.get_text() == "dam" for text in axes.texts)


def test_counterfactual_is_dashed_and_ends_at_the_next_juncture():
    two = junctures.fit(junctures.load_example("nile"), {"dam": 1899, "other": 1930})
    dashed = [line for line in draw(two).lines if line.get_linestyle() == "--"]
    assert [(min(x), max(x)) for x in (line.get_xdata() for line in dashed)] == [(1899, 1929), (1930, 1970)]


def test_every_result_draws_itself_into_given_axes():
    found = nile()
    curve = junctures.specifications(found)
    assert len(draw(curve).get_yticks()) > 10
    assert len(draw(found.plan(draws=100)).get_legend().get_texts()) == 2
    assert (
        draw(junctures.judge(found.effect("dam"), sign="negative", robust=curve))
        .get_title("left")
        .startswith("Supported")
    )
    breaks = draw(junctures.find_breaks(FLOW, draws=100))
    assert sorted(len(line.get_xdata()) for line in breaks.lines) == [2, 28, 72, 100]
    three = junctures.fit(junctures.load_example("joint_exercises"), DATES, counts=True)
    assert "rank" in draw(junctures.rank_dates(three, draws=100)).get_title("left")
    short = junctures.fit(FLOW.loc["1893":"1903"], {"dam": 1899})
    assert len(draw(short).lines) and draw(short.plan(draws=100)).get_title("left") == "nothing could be tested"


def test_plot_makes_axes_of_its_own_without_changing_the_callers_settings():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    axes = nile().plot()
    assert axes.figure.number in plt.get_fignums()
    plt.close(axes.figure)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_print_what_they_say(module):
    found = doctest.testmod(importlib.import_module(f"junctures.library.{module}"))
    assert found.failed == 0


def test_examples_in_the_page_print_what_it_says():
    found = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, encoding="utf-8")
    assert found.failed == 0 and found.attempted > 20


def test_every_public_function_has_an_example_and_a_heading_in_the_page():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    functions = [name for name in junctures.__all__ if name.islower()]
    assert len(functions) == 8
    for name in functions:
        assert f"\n## {name}\n" in page and f"junctures.{name}(" in page, name
        assert ">>> " in getattr(junctures, name).__doc__, name


def test_stub_and_library_have_the_public_names():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    stated = [alias.asname for node in stub.body for alias in node.names]
    library = importlib.import_module("junctures.library")
    assert stated == junctures.__all__ == library.__all__ == [name for name in dir(junctures) if name in stated]
    assert (PACKAGE / "py.typed").exists()
    with pytest.raises(AttributeError, match="its public names are"):
        junctures.nothing  # noqa: B018


def test_importing_the_package_imports_no_library():
    code = "import sys, junctures; print([m for m in ('junctures.library', 'numpy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_job_of_a_study_hangs_on_the_library():
    scripts = ROOT / "workflow" / "scripts"
    modules = Modules(PACKAGE, scripts)
    used = {name for script in scripts.glob("*.py") for name in modules.used_by(script)}
    assert "junctures" in used and not [name for name in used if name.startswith("junctures.library")]


def test_library_imports_no_pictures_before_one_is_drawn():
    code = "import sys, junctures; junctures.fit; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_shipped_examples_are_the_numbers_of_study_and_reference():
    raw = pd.read_csv(ROOT / "tests" / "reference" / "data" / "nile.csv")
    assert list(FLOW) == list(raw["flow"]) and list(FLOW.index.year) == list(raw["time"])
    belts = pd.read_csv(ROOT / "tests" / "reference" / "data" / "seatbelts_design.csv")
    assert list(junctures.load_example("van_drivers_killed")) == list(belts["VanKilled"])
    assert list(MONTHS) == list(belts["kms"]) and str(MONTHS.index[0]) == "1969-01"
    for name, indicator in (("joint_exercises", "exercises"), ("military_meetings",) * 2, ("defence_agreements",) * 2):
        expected = series_of(indicator, "year").loc["2003":"2021"]
        assert list(junctures.load_example(name)) == list(expected) and len(expected) == 19


def test_every_shipped_table_is_named_with_its_source():
    page = (PACKAGE / "examples" / "README.md").read_text(encoding="utf-8")
    for path in (PACKAGE / "examples").glob("*.csv"):
        columns = path.read_text(encoding="utf-8").partition("\n")[0].replace(",", ", ")
        assert f"| {path.name} | {columns} |" in page
