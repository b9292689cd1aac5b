"""Tidy rows from fits: what each row holds, and the reason where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from junctures.inference import design, variations
from junctures.inference.cases import Case
from junctures.inference.effects import Grids, estimate, estimate_slope, fitted_lines
from junctures.inference.staged import staged_p
from junctures.inference.variations import Variation

STEPS = (2012, 2014, 2017)


def case(y=None, frequency="year", steps=STEPS, **changes):
    per_year = {"year": 1, "quarter": 4}[frequency]
    time = np.arange(2000 * per_year, 2022 * per_year)
    if y is None:
        y = 0.1 * time + np.random.default_rng(3).standard_normal(len(time))
    nothing = np.full(len(time), np.nan)
    fields = {"value": nothing, "exposure": nothing, "junctures": ("a", "b", "c")[: len(steps)], "noise": False}
    steps = tuple(step * per_year for step in steps)
    return Case(frequency=frequency, scale="level", time=time, y=y, steps=steps, unit=1.0, **(fields | changes))


def rows_of(variation, **options):
    return {(row["juncture"], row["estimand"]): row for row in estimate(variation, Grids(), **options)}


def test_a_planted_step_is_found_where_it_was_planted():
    plain = case()
    planted = replace(plain, y=plain.y + 8.0 * (plain.time >= 2014))
    found, before = rows_of(Variation("primary", planted)), rows_of(Variation("primary", plain))
    assert found["b", "step"]["estimate"] - before["b", "step"]["estimate"] == pytest.approx(8.0, rel=1e-8)
    assert found["a", "step"]["estimate"] == pytest.approx(before["a", "step"]["estimate"], abs=1e-8)
    assert found["b", "step"]["p"] < 0.001


def test_staged_p_is_the_largest_one_sided_p_of_the_steps():
    found = rows_of(Variation("primary", case()))
    one_sided = [1 - found[juncture, "step"]["positive"] for juncture in "abc"]
    assert found["all", "staged"]["p"] == max(one_sided) == staged_p(1 - p for p in one_sided)


def test_ols_rows_are_those_of_least_squares():
    plain = case()
    X = design.build(plain.time, steps=list(STEPS)).X
    expected = np.linalg.lstsq(X, plain.y, rcond=None)[0]
    found = rows_of(Variation("ols", plain, estimator="ols"))
    assert [found[j, "step"]["estimate"] for j in "abc"] == pytest.approx(expected[2:], rel=1e-8)


def test_gap_is_step_plus_ramp_times_horizon():
    found = rows_of(Variation("ramps", case(frequency="quarter")), ramps=True)
    for juncture in "abc":
        step, ramp = found[juncture, "step"]["estimate"], found[juncture, "ramp"]["estimate"]
        assert found[juncture, "gap_1"]["estimate"] == pytest.approx(step + 4 * ramp, rel=1e-7)
        assert found[juncture, "gap_2"]["estimate"] == pytest.approx(step + 8 * ramp, rel=1e-7)


def test_a_constant_series_has_rows_with_a_reason_and_no_estimate():
    rows = estimate(Variation("primary", case(y=np.ones(22))), Grids())
    assert {row["reason"] for row in rows} == {"untestable: no variation"}
    assert all(np.isnan(row["estimate"]) for row in rows)


def test_a_series_that_the_design_reproduces_says_so():
    time = np.arange(2000, 2022)
    rows = estimate(Variation("primary", case(y=0.5 * time)), Grids())
    assert {row["reason"] for row in rows if row["estimand"] == "step"} == {"the design reproduces the series exactly"}


def test_each_row_has_its_own_window_and_first_treated_period():
    later = next(v for v in variations.windows(case(), case(), 2019) if v.model == "start_later")
    row = rows_of(later)["b", "step"]
    assert (row["first"], row["last"], row["treated"], row["n"]) == (2002, 2021, 2014, 20)


def test_counterfactual_goes_from_its_juncture_to_the_next_only_and_lacks_the_step():
    plain = case()
    lines = fitted_lines(plain, Grids(), lambda x: x)
    step = rows_of(Variation("primary", plain))["b", "step"]["estimate"]
    fit = {line["position"]: line["value"] for line in lines if line["kind"] == "fit"}
    drawn = {line["position"]: line["value"] for line in lines if line["juncture"] == "b"}
    assert sorted(drawn) == [2014, 2015, 2016]
    assert all(fit[t] - drawn[t] == pytest.approx(step, rel=1e-7) for t in drawn)


def test_slope_change_of_a_kinked_line_is_its_kink():
    time = np.arange(2000, 2022)
    noise = 0.01 * np.random.default_rng(5).standard_normal(22)
    kinked = case(y=-0.3 * (time - 2000) + 0.5 * np.maximum(time - 2012, 0) + noise, steps=(2012,))
    (row,) = estimate_slope(Variation("slope", kinked), Grids())
    assert row["estimate"] == pytest.approx(0.5, abs=0.01)
    assert row["lower"] < 0.5 < row["upper"]


def test_a_count_without_events_before_a_step_has_no_rate_ratio_and_says_why():
    counts = np.r_[np.zeros(12), 1, 2, 3, 2, 1, 3, 2, 2, 1, 3]
    rare = case(y=np.sqrt(counts), value=counts, counts=True)
    row = rows_of(Variation("quasi_poisson", rare, estimator="quasi_poisson"))["a", "step"]
    assert np.isnan(row["p"]) and row["reason"] == "no events in a segment"
