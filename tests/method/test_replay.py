"""Replayed studies against the way of the real one: the same rows, and the same verdicts from the same functions."""

import gc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from invented import row_of, series
from invented_study import CLAIMS, ENTRIES, PART, PLAN, SERIES, STUDIES, claim, replayed_study

from junctures.inference import design, effects, indicator
from junctures.inference.dates import rank_p_values
from junctures.inference.families import add_families, add_robust
from junctures.inference.replay import LEVEL, NULL_RANKS, SIZES, make_units, simulated_at
from junctures.inference.simulate import own_errors
from junctures.inference.simulated_studies import replay_claims, rows_by_key
from junctures.inference.staged import staged_p
from junctures.report.judgement import VERDICTS, Data
from junctures.report.model_checks import MODEL_CHECKS
from junctures.report.verdict_rates import ANY, SimulatedData, _families, _is_wrong, verdict_rates

TABLE_ERROR = 1e-6  # of a P(b > 0) from the table of t
GRIDS = effects.Grids()
UNITS = {
    ("both", "pool_both"), ("drills", "primary"), ("calls", "primary"), ("calls", "slope"), ("calls", "late_three"),
    ("talks_first", "leads"),
}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    """Return the replayed units by indicator and model, the real rows, the tests of the families."""
    replayed, templates, tests = replayed_study()
    # The library that adjusts p-values collects garbage at each call; what stands by now need not be looked through.
    gc.freeze()
    yield {(each.unit.name[0], each.unit.name[2]): each for each in replayed}, templates, tests
    gc.unfreeze()


def simulated(each, templates, size):
    """Return the simulated series (STUDIES, n) of a unit with its planted effects, made anew from its generator."""
    unit = each.unit
    key = next(k for k in templates if (k[0], k[3]) == (unit.name[0], unit.name[2]) and (k[2], k[4]) in unit.keys)
    at = simulated_at(unit, templates[key]["rho"], templates[key]["noise_share"], PLAN.rows["concurrent_step"])
    errors = unit.sd * own_errors(at, STUDIES, PLAN.generator(unit.name[0], "studies", "errors"))
    time, steps = unit.full.time, unit.full.steps
    if unit.name[2] == "slope":
        return errors + size / 3 / 4 * np.maximum(time - steps[0], 0)  # a third of s = 1 a year, in quarters
    if unit.name[2] == "leads":
        # The leader is the series as it is: its coefficient is planted, .3 a declared scale.
        leader = dict(zip(range(2000, 2022), SERIES["talks"]["y"], strict=True))
        return errors + size * 0.3 * np.array([leader.get(t - 1, 0.0) for t in time])
    first = 4 * 2017 if unit.name[2] == "late_three" else steps[2]
    return errors + size * unit.sd * design.passed(time, (*steps[:2], first))


def rows_of(each, variation, Y, study):
    """Return the rows that one simulated series gives by the way of a real one."""
    y = Y[study, np.searchsorted(each.unit.full.time, variation.case.time)]
    variation = replace(variation, case=replace(variation.case, y=y))
    if each.unit.name[2] == "slope":
        return effects.estimate_slope(variation, GRIDS)
    if each.unit.name[2] == "leads":
        (part,) = each.unit.parts(variation)
        return [
            effects.estimate_column(variation, part.matrix, column, key, GRIDS) for key, column in part.columns.items()
        ]
    return effects.estimate(variation, GRIDS)


def test_every_kind_of_model_on_which_a_claim_rests_is_replayed(study):
    units = study[0]
    assert set(units) == UNITS
    assert {name: each.unit.ranked for name, each in units.items() if each.unit.ranked} == {("both", "pool_both"): True}
    assert units["both", "pool_both"].unit.sd == pytest.approx(np.sqrt(1.3 / 2))
    assert units["calls", "primary"].unit.main.case.noise and not units["drills", "primary"].unit.main.case.noise


@pytest.mark.parametrize("name", sorted(UNITS))
@pytest.mark.parametrize("size", [0, 2])
def test_rows_are_those_of_the_simulated_series_with_the_effect_planted(study, name, size):
    each, templates = study[0][name], study[1]
    Y = simulated(each, templates, size)
    for number in (0, STUDIES - 1):
        expected = rows_of(each, each.unit.main, Y, number)
        found = each.rows(number, size, templates)
        estimated = [row for row in found.values() if row["estimand"] not in ("staged", "date_rank")]
        assert {(row["juncture"], row["estimand"]) for row in estimated} >= each.unit.keys
        for row in estimated:
            same = row_of(expected, row["estimand"], row["juncture"])
            for column in ("estimate", "lower", "upper"):
                # Moved by arithmetic or planted and fitted anew: rounding.
                assert row[column] == pytest.approx(same[column], rel=1e-7, abs=1e-8)
            # Two-sided p is twice a tail.
            assert row["positive"] == pytest.approx(same["positive"], abs=TABLE_ERROR)
            assert row["p"] == pytest.approx(same["p"], abs=2 * TABLE_ERROR)
            real = templates[tuple(row[column] for column in ("indicator", "vintage", "juncture", "model", "estimand"))]
            assert row["smallest_effect"] == real["smallest_effect"] and row["sentence"] == real["sentence"]


@pytest.mark.parametrize("name", [("both", "pool_both"), ("calls", "primary")])
def test_staged_p_is_the_largest_one_sided_p_also_with_a_quadratic_trend(study, name):
    each, templates = study[0][name], study[1]
    for size in (0, 3):
        Y = simulated(each, templates, size)
        for trend, model in ((1, each.unit.main.model), (2, "quadratic")):
            rows = rows_of(each, replace(each.unit.main, trend=trend), Y, 5)
            found = each.rows(5, size, templates)[name[0], "", "all", model, "staged"]
            assert found["p"] == pytest.approx(row_of(rows, "staged")["p"], abs=TABLE_ERROR)
            assert found["positive"] == pytest.approx(row_of(rows, "staged")["positive"], abs=TABLE_ERROR)
            positive = [row_of(rows, "step", juncture)["positive"] for juncture in ("one", "two", "three")]
            assert found["p"] == pytest.approx(staged_p(positive), abs=TABLE_ERROR)


def test_rank_of_the_dates_is_that_of_the_series_with_steps(study):
    each, templates = study[0]["both", "pool_both"], study[1]
    case = each.unit.main.case
    base = design.build(case.time, steps=[]).X
    at = np.searchsorted(each.unit.full.time, case.time)
    # All sizes are ranked together, against the same null series.
    Y = np.concatenate([simulated(each, templates, size)[:, at] for size in SIZES])
    rng = PLAN.generator("both", "studies", "ranks")
    p = rank_p_values(Y, base, case.time, case.time, case.steps, NULL_RANKS, rng).reshape(len(SIZES), STUDIES)
    for i, size in enumerate(SIZES):
        for number in range(STUDIES):
            row = each.rows(number, size, templates)["both", "", "all", "pool_both", "date_rank"]
            assert row["p"] == pytest.approx(p[i, number], abs=1e-12) and np.isnan(row["positive"])
    assert np.mean(p[-1]) < np.mean(p[0])


@pytest.mark.parametrize("name", sorted(UNITS))
def test_rows_of_robust_are_those_of_the_series_wherever_something_is_rejected(study, name):
    each, templates = study[0][name], study[1]
    size, key = 3, sorted(each.unit.keys)[0]
    Y = simulated(each, templates, size)
    above = each.positive[size, key]
    rejected = np.minimum(above, 1 - above) <= LEVEL
    assert rejected.any(), "no study rejects: nothing would be compared"
    for number in {int(np.argmax(rejected)), int(np.argmin(rejected))}:
        found = {row["model"]: row for row in each.rows_beside(number, size, key)}
        assert set(found) == {v.model for v in each.unit.beside if each.unit.reason(v) is None}
        for variation in [v for v in each.unit.beside if v.model in found][:: 1 if name[0] == "drills" else 4]:
            row = found[variation.model]
            same = row_of(rows_of(each, variation, Y, number), key[1], key[0])
            assert row["estimate"] == pytest.approx(same["estimate"], rel=1e-6, abs=1e-7)
            if rejected[number] and variation.estimator == "primary":
                assert row["p"] == pytest.approx(same["p"], abs=2 * TABLE_ERROR)
                assert row["positive"] == pytest.approx(same["positive"], abs=TABLE_ERROR)
            else:
                assert np.isnan(row["p"])


def data_of(units, templates, tests, number, size):
    """Return the evidence of one study as tables, adjusted by the functions that adjust the real ones."""
    rows = {key: row for key, row in templates.items() if np.isnan(row["p"])}
    for each in units:
        rows |= each.rows(number, size, templates)
    effects_table = add_families(pd.DataFrame(list(rows.values())), tests)
    beside = [row for each in units for key in sorted(each.unit.keys) for row in each.rows_beside(number, size, key)]
    specifications = pd.DataFrame(beside)
    return Data(add_robust(effects_table, specifications), specifications, {}, {})


def test_verdicts_are_those_of_the_functions_that_judge_the_real_study(study):
    units, templates, tests = list(study[0].values()), study[1], study[2]
    families = _families(tests, units, templates)
    assert {name: len(each) for name, each in families.items()} == {"pools_both": 3, "effects": 6}
    plain = {key: row | {"p_holm": np.nan} for key, row in templates.items()}
    seen = set()
    for size in (0, 2, 4):
        for number in range(0, STUDIES, 3):
            quick = SimulatedData(units, number, size, plain, families)
            whole = data_of(units, templates, tests, number, size)
            for each in CLAIMS:
                judge = MODEL_CHECKS[each["check"]["kind"]]
                one, other = (judge(each["check"], each, data) for data in (quick, whole))
                assert (one.verdict, one.label, one.p) == (other.verdict, other.label, other.p)
                seen.add(one.verdict)
    assert seen >= {"supported", "contradicted", "ruled_out", "cannot_tell", "untestable"}


@pytest.fixture(scope="module")
def rates(study):
    """Return the table of rates of the study."""
    return verdict_rates(CLAIMS, study[0].values(), study[1], study[2], STUDIES)


def test_shares_of_verdicts_are_one_together_and_errors_binomial(rates):
    alone = rates[rates["claim"] != ANY]
    assert alone[list(VERDICTS)].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert len(rates) == (len(CLAIMS) + 1) * len(SIZES) and set(rates["studies"]) == {STUDIES}
    binomial = np.sqrt(rates["wrong"] * (1 - rates["wrong"]) / STUDIES)
    assert rates["error"].to_numpy() == pytest.approx(binomial.to_numpy())


def test_large_planted_effects_are_found_and_a_claimed_fall_is_contradicted_rightly(rates):
    at = rates[rates["effect"] == 4].set_index("claim")
    assert at.loc["calls_late", "supported"] == 1 and at.loc["pool_rises", "supported"] > 0.5
    assert at.loc["calls_fall", "contradicted"] > 0.5 and at.loc["calls_fall", "wrong"] == 0
    assert at.loc["hush", "untestable"] == 1 and at.loc["hush", "wrong"] == 0


def test_no_verdict_hangs_on_the_order_of_units(study, rates):
    units = list(study[0].values())[::-1]
    again = verdict_rates(CLAIMS, units, study[1], study[2], STUDIES)
    pd.testing.assert_frame_equal(again, rates)


class Told:
    """A unit whose studies have the rows that they are given: (estimate, half width) by study, moved by the size."""

    def __init__(self, name, found):
        self.unit = type("Unit", (), {"name": (name, "", "primary"), "planted": {"step": 1.0, "mean_step": 1.0}})
        self.found = found

    def rows(self, study, size, templates):
        estimate, half = self.found[study]
        key = (self.unit.name[0], "", "one", "primary", "step")
        p = 0.01 if abs(estimate + size) > half else 0.5
        numbers = {"estimate": estimate + size, "lower": estimate + size - half, "upper": estimate + size + half}
        return {key: {**templates[key], **numbers, "p": p, "positive": 0.995 if estimate + size > 0 else 0.005}}

    def rows_beside(self, study, size, key):
        (row,) = self.rows(study, size, TOLD).values()
        return [row | {"model": "ols"}]


TOLD_ROW = {
    "vintage": "", "juncture": "one", "model": "primary", "estimand": "step", "estimate": 0.0, "p": 0.5,
    "smallest_effect": 1.0, "coverage_flag": "no", "scale": "level", "reason": "", "sentence": "", "window_start": "",
    "window_end": "", "frequency": "year", "file": "effects",
}  # fmt: skip
TOLD = {(name, "", "one", "primary", "step"): TOLD_ROW | {"indicator": name} for name in ("a", "b")}


def test_wrong_verdicts_counted_by_hand():
    """Four studies of two series; every p is its own after Holm, since each claim is of kind mean step."""
    a = Told("a", [(3.0, 1.0), (-3.0, 1.0), (-0.5, 0.9), (0.0, 5.0)])
    b = Told("b", [(0.0, 5.0), (-3.0, 1.0), (0.0, 5.0), (0.0, 5.0)])
    members = [[{"indicator": name, "model": "primary", "estimand": "step", "juncture": "one"}] for name in "ab"]
    claims = [
        claim("rise_of_a", "mean_step", sign="positive", members=members[0]),
        claim("fall_of_b", "mean_step", sign="negative", members=members[1]),
    ]
    table = verdict_rates(claims, [a, b], TOLD, [], 4).set_index(["claim", "effect"])

    def shares(name, size):
        row = table.loc[(name, size)]
        return {verdict: row[verdict] for verdict in VERDICTS if row[verdict]} | {"wrong": row["wrong"]}

    # Nothing planted: supported in the first, contradicted in the second, ruled out in the third.
    quarters = {"supported": 0.25, "contradicted": 0.25, "ruled_out": 0.25, "cannot_tell": 0.25}
    assert shares("rise_of_a", 0) == quarters | {"wrong": 0.5}
    # The second study alone supports a fall that is not there.
    assert shares("fall_of_b", 0) == {"supported": 0.25, "cannot_tell": 0.75, "wrong": 0.25}
    assert table.loc[(ANY, 0), "wrong"] == 0.5
    # A rise of 1, the smallest of interest: estimates 4, -2, .5, 1. Contradicted (the second) is wrong.
    assert shares("rise_of_a", 1) == {"supported": 0.25, "contradicted": 0.25, "cannot_tell": 0.5, "wrong": 0.25}
    assert shares("fall_of_b", 1) == {"supported": 0.25, "cannot_tell": 0.75, "wrong": 0.25}
    assert table.loc[(ANY, 1), "supported"] == 0.5
    # A rise of 3: the second study's interval -1 to 1 neither rejects nor lies below 1; none is wrong any more.
    assert shares("rise_of_a", 3) == {"supported": 0.5, "cannot_tell": 0.5, "wrong": 0.0}
    assert table.loc[("rise_of_a", 0), "error"] == pytest.approx(0.25)


@pytest.mark.parametrize("smallest, wrong", [(1.0, 0.25), (1.5, 0.0)])
def test_ruling_out_is_wrong_only_where_what_is_planted_is_of_interest(smallest, wrong):
    # In the first of four studies 1 more leaves .3, with an interval from -.3 to .9.
    a = Told("a", [(-0.7, 0.6), (0.0, 5.0), (0.0, 5.0), (0.0, 5.0)])
    templates = {key: row | {"smallest_effect": smallest} for key, row in TOLD.items()}
    check = {"sign": "positive", "members": [{**TOLD_ROW, "indicator": "a"}]}
    table = verdict_rates([claim("rise", "mean_step", **check)], [a], templates, [], 4).set_index(["claim", "effect"])
    assert table.loc[("rise", 1), "ruled_out"] == 0.25
    assert table.loc[("rise", 1), "wrong"] == wrong


def test_ruling_out_a_staged_rise_is_wrong_from_its_own_unit_on(study):
    staged = next(each for each in CLAIMS if each["id"] == "staged_pool")
    units = study[0].values()
    # The pool's residual sd is .81: one of them is less than the unit of 1, two are more.
    assert [_is_wrong("ruled_out", staged, None, size, units) for size in (1, 2)] == [False, True]


def test_dates_that_cannot_be_ranked_have_no_rank_in_any_study():
    """The last juncture three years before the end of 40: enough for a step, too few for sets of dates."""
    part = PART | {
        "indicators": {"drills": ENTRIES["drills"] | {"date_rank": True}}, "pools": {}, "leads": {}, "families": {},
        "window": {"start": "1979", "end": "2018"},
        "claims": [claim("dates", "date_rank", sign="positive", indicator="drills", model="primary",
                         junctures=["one", "two", "three"])],
    }  # fmt: skip
    tables = {"drills": series(np.random.default_rng(4).standard_normal(40), start="1979")}
    rows = pd.DataFrame(
        indicator.test_indicator(tables["drills"], part["indicators"]["drills"], PLAN, part["window"]).effects
    )
    templates = rows_by_key(rows)
    assert np.isnan(templates["drills", "", "all", "primary", "date_rank"]["p"])
    (each,) = replay_claims(part, tables, templates, PLAN, lambda _: None)
    table = verdict_rates(part["claims"], [each], templates, [], STUDIES)
    assert set(table["untestable"]) == {1.0}


def test_the_main_vintage_decides_on_the_noise_of_all(study):
    versions = {"main": "2022", "others": ["2024"]}
    both = pd.concat([
        series(np.random.default_rng(1).standard_normal(64), "2003", "quarter", vintage="2022"),
        series(np.random.default_rng(2).standard_normal(56), "2005", "quarter", vintage="2024"),
    ])  # fmt: skip
    part = PART | {"indicators": {"calls": ENTRIES["calls"] | {"vintages": versions}}}
    needed = [("calls", vintage, "one", "primary", "step") for vintage in ("2022", "2024")]
    units = make_units(needed, part, {"calls": both}, PLAN)
    assert [(len(unit.full.time), unit.main.case.noise) for unit in units] == [(64, True), (56, True)]


def test_a_claim_on_a_model_that_cannot_be_replayed_is_told():
    with pytest.raises(ValueError, match=r"calls, model annual: that model cannot be replayed.*show this row"):
        make_units([("calls", "", "one", "annual", "step")], PART, SERIES, PLAN)


def test_a_series_that_cannot_be_tested_is_no_unit_and_its_real_row_stands(study):
    assert make_units([("hush", "", "one", "primary", "step")], PART, SERIES, PLAN) == []
    templates = {key: row for key, row in study[1].items() if key[0] == "hush"}
    data = SimulatedData([], 0, 2, templates, {})
    assert data.rows["hush", "", "one", "primary", "step"]["reason"] == "untestable: no variation"
