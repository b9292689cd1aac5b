"""The public library gives what the study publishes, from the series as a user would have them, and what R gives."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import junctures
from junctures.inference import alternatives
from junctures.numbers import read_csv
from junctures.report.judgement import VERDICTS

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
DATES = {juncture["id"]: juncture["date"] for juncture in CONFIG["junctures"]}
SEED = CONFIG["study"]["seed"]
# Published numbers have eight digits, and so have the published series on their tested scale that they come from.
EIGHT = 1e-7
NUMBERS = ["estimate", "lower", "upper", "p", "positive", "rho", "noise_share", "smallest_effect"]


def published(name="effects"):
    """Return a published table without what a fit leaves out: steps of a yearly series added up over their years."""
    table = read_csv(ROOT / "processed" / "results" / f"{name}.csv")
    return table[table["estimand"] != "gap_total"] if name == "effects" else table


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
    main = ~expected["model"].str.match("thaad_2016|quarterly_")  # a fit has one frequency and one coding
    expected = expected[(expected["indicator"] == "exercises_naval") & main]
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
