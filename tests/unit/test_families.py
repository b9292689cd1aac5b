"""Families and Robust: which p-values are adjusted together, and when a rejection stands."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from junctures.inference.families import (
    Beside,
    FamilyTest,
    add_attainable,
    add_families,
    add_mimics,
    add_robust,
    adjust,
    declare_tests,
    fragile_rows,
    holm,
    is_robust,
    needed_rows,
    robust_rows,
    sign_of,
)

NAN = float("nan")
REFERENCE = Path(__file__).parents[1] / "reference" / "data"


ROW = {
    "indicator": "drills", "vintage": "", "juncture": "one", "model": "primary", "estimand": "step",
    "estimate": 1.0, "p": 0.5, "positive": NAN,
}  # fmt: skip


def row(indicator="drills", **changes):
    return ROW | {"indicator": indicator} | changes


def key(indicator, juncture="one", model="primary", vintage="", estimand="step"):
    return (indicator, vintage, juncture, model, estimand)


STUDY = {
    "junctures": [{"id": "one"}, {"id": "two"}],
    "pools": {"all_of_them": {}},
    "families": {"pools": {"over": "pool_steps"}, "effects": {"over": "effect_claims"}},
    "indicators": {
        "drills": {},
        "talks": {"vintages": {"main": "2022-03", "others": ["2024-03"]}},
        "flagged": {"coverage_flag": "begins with the claim"},
        "variant": {"row_of": "drills"},
    },
}


def claim(name, *members, kind="effect"):
    return {"id": name, "check": {"kind": kind, "members": list(members)}}


def member(indicator, juncture="one", **more):
    return {"indicator": indicator, "model": "primary", "estimand": "step", "juncture": juncture} | more


def test_families_hold_pools_effect_claims_and_all_other_cells():
    claims = [
        claim("a", member("drills")),
        claim("b", member("talks", vintage="2022-03"), member("talks", vintage="2024-03")),
        claim("on_a_pool", member("all_of_them", model="pool_all_of_them")),
        claim("on_a_flagged_one", member("flagged")),
        claim("of_another_kind", member("drills", "two"), kind="mean_step"),
        {"id": "not_yet_checked"},
    ]
    tests = declare_tests(claims, STUDY)
    families = {}
    for test in tests:
        families.setdefault(test.family, {})[test.name] = test.rows
    assert families["pools_all_of_them"] == {
        "all_of_them_one": (key("all_of_them", "one", "pool_all_of_them"),),
        "all_of_them_two": (key("all_of_them", "two", "pool_all_of_them"),),
    }
    assert families["effects"] == {
        "a": (key("drills"),),
        "b": (key("talks", vintage="2022-03"), key("talks", vintage="2024-03")),
    }
    assert sorted(cell[0] for cell in families["exploratory"].values()) == [
        key("drills", "two"), key("flagged", "one"), key("flagged", "two"), key("talks", "two", vintage="2022-03"),
    ]  # fmt: skip


def test_holm_is_applied_within_each_family_only():
    effects = pd.DataFrame([row("a", p=0.01), row("b", p=0.04), row("c", p=0.03), row("d", p=0.02)])
    tests = [FamilyTest("first", name, (key(name),)) for name in "abc"] + [FamilyTest("second", "d", (key("d"),))]
    out = add_families(effects, tests)
    # By hand: .01 x 3, then .03 x 2, then .04 x 1 raised to the one before.
    assert out["p_holm"].tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert out["family"].tolist() == ["first", "first", "first", "second"]
    assert out["p_bh"].isna().all()


def test_claim_with_several_members_enters_with_its_largest_p_and_shares_its_factor():
    effects = pd.DataFrame([row("a", p=0.004), row("a", vintage="x", p=0.01), row("b", p=0.02)])
    tests = [FamilyTest("f", "both", (key("a"), key("a", vintage="x"))), FamilyTest("f", "b", (key("b"),))]
    out = add_families(effects, tests)
    # The first test's p is .01, adjusted .02: factor 2 for each of its members.
    assert out["p_holm"].tolist() == pytest.approx([0.008, 0.02, 0.02])


def test_test_without_an_estimate_keeps_its_place_in_the_family():
    effects = pd.DataFrame([row("a", p=0.02), row("b", p=NAN)])
    out = add_families(effects, [FamilyTest("f", "a", (key("a"),)), FamilyTest("f", "b", (key("b"),))])
    assert out["p_holm"][0] == pytest.approx(0.04)
    assert np.isnan(out["p_holm"][1])


def test_row_in_two_tests_gets_the_larger_adjusted_p():
    effects = pd.DataFrame([row("a", p=0.01), row("b", p=0.9)])
    tests = [FamilyTest("f", name, (key(name),)) for name in "ab"] + [FamilyTest("g", "alone", (key("a"),))]
    assert add_families(effects, tests)["p_holm"][0] == pytest.approx(0.02)


def test_exploratory_cells_get_benjamini_hochberg_over_those_with_an_estimate():
    effects = pd.DataFrame([row("a", p=0.01), row("b", p=0.02), row("c", p=0.5), row("d", p=NAN), row("e", p=0.001)])
    out = add_families(effects, [FamilyTest("exploratory", name, (key(name),)) for name in "abcd"])
    assert out["p_bh"].tolist() == pytest.approx([0.03, 0.03, 0.5, NAN, NAN], nan_ok=True)
    assert out["p_holm"].isna().all()
    assert out["family"].tolist() == ["exploratory"] * 4 + [""]


def test_missing_row_is_told_with_the_test_that_needs_it():
    with pytest.raises(ValueError, match=r"family f, test a: effects have no row gone one primary step"):
        add_families(pd.DataFrame([row("a")]), [FamilyTest("f", "a", (key("gone"),))])


def specifications(**p_and_sign):
    """Return specification rows: name -> (p, estimate)."""
    rows = [row(model=model, p=p, estimate=estimate) for model, (p, estimate) in p_and_sign.items()]
    return Beside(rows)


STANDING = {
    "ols": (0.3, 1.0), "reml": (0.2, 0.5), "start_later": (0.4, 0.9), "start_earlier": (NAN, NAN),
    "end_2019": (0.6, 0.2), "without_2005": (0.04, 1.0), "without_2006": (0.05, 1.1),
}  # fmt: skip


def test_rejection_that_stands_in_every_row_is_robust():
    assert is_robust(row(p=0.01), specifications(**STANDING)) is True


@pytest.mark.parametrize(
    "name, values",
    [
        ("ols", (0.01, -1.0)),
        ("reml", (0.9, -0.1)),
        ("start_later", (0.5, -0.1)),
        ("start_earlier", (0.5, -0.1)),
        ("end_2019", (0.5, -0.1)),
        ("without_2005", (0.01, -1.0)),
        ("without_2006", (0.051, 1.0)),
    ],
)
def test_each_row_of_robust_can_undo_a_rejection(name, values):
    found = specifications(**(STANDING | {name: values}))
    assert is_robust(row(p=0.01), found) is False
    assert fragile_rows(row(p=0.01), found) == [name]


def test_other_rows_count_for_nothing():
    other = [
        "quadratic", "step_2009", "variance_ratio", "ols_hac", "one_earlier", "alternative_2011_11_17", "transition_1",
        "other_scale", "ar1_pure", "without_talks", "false_step_2006", "thaad_2016",
    ]  # fmt: skip
    found = specifications(**(STANDING | {name: (0.9, -1.0) for name in other}))
    assert is_robust(row(p=0.01), found) is True


def test_robust_is_blank_where_nothing_is_rejected_or_no_row_exists():
    assert is_robust(row(p=0.06), specifications(**STANDING)) is None
    assert is_robust(row(p=0.01, juncture="two"), specifications(**STANDING)) is None
    assert is_robust(row(p=0.01, vintage="2024-03"), specifications(**STANDING)) is None


def names_of(rows):
    return [name for name, _ in rows]


def test_rows_of_a_further_model_are_those_with_its_prefix():
    names = ("ols", "slope_ols", "slope_start_2000", "slope_without_2007")
    found = specifications(**dict.fromkeys(names, (0.3, 1.0)))
    assert names_of(robust_rows(row(model="slope"), found)) == ["ols", "start_2000", "without_2007"]
    assert names_of(robust_rows(row(model="pool_talks"), found)) == ["ols"]
    assert not robust_rows(row(model="annual"), found)


def test_staged_rule_asks_for_the_sign_only():
    found = specifications(ols=(0.9, 1.0), without_2007=(0.9, 1.0))
    assert fragile_rows(row(p=0.01), found, ask_p=False) == []
    assert fragile_rows(row(p=0.01), found) == ["without_2007"]


def test_sign_is_that_of_the_posterior_where_there_is_one():
    assert sign_of(row(estimate=0.1, positive=0.4)) == -1
    assert sign_of(row(estimate=-0.1)) == -1
    assert sign_of(row(estimate=NAN)) == 0


def test_column_robust_says_yes_no_or_nothing():
    effects = pd.DataFrame([row(p=0.01), row(p=0.5), row(p=0.01, juncture="two")])
    standing = [row(model=model, p=p, estimate=estimate) for model, (p, estimate) in STANDING.items()]
    found = pd.DataFrame([*standing, row(juncture="two", model="ols", estimate=-1.0)])
    assert add_robust(effects, found)["robust"].tolist() == ["yes", "", "no"]


def test_attainable_is_that_of_the_same_design_only():
    designs = pd.DataFrame([row() | {"n": 22, "ruled_out_attainable": "yes"}])
    effects = pd.DataFrame([row() | {"n": 22}, row() | {"n": 20}, row(model="annual") | {"n": 22}])
    assert add_attainable(effects, designs)["ruled_out_attainable"].tolist() == ["yes", "", ""]


def test_holm_of_single_rows_is_that_of_r_and_of_statsmodels():
    table = pd.read_csv(REFERENCE / "padjust.csv")
    found = holm([[p] for p in table["p"]], [[i] for i in table.index])
    assert [name for name, _ in found] == list(table.index)
    adjusted = [p for _, p in found]
    # R's p.adjust, in its own order; printed with 15 digits.
    assert adjusted == pytest.approx(table["holm"].tolist(), rel=1e-12)
    assert adjusted == pytest.approx(multipletests(table["p"], method="holm")[1].tolist(), rel=1e-12)
    assert adjust(table["p"].to_numpy(), "fdr_bh") == pytest.approx(table["BH"].to_numpy(), rel=1e-12)


def test_holm_of_a_test_of_several_rows_counts_it_once_and_by_its_largest_p():
    found = holm([[0.001, 0.02], [0.03], [np.nan]], [["a", "b"], ["c"], ["d"]])
    # Three tests, with p of .02, .03 and 1: adjusted .06, .06 and 1, so factors 3, 2 and 1.
    assert [name for name, _ in found] == ["a", "b", "c", "d"]
    assert [p for _, p in found] == pytest.approx([0.003, 0.06, 0.06, np.nan], nan_ok=True)


def test_holm_keeps_a_p_of_nought_and_never_exceeds_one():
    assert [p for _, p in holm([[0.0], [0.9]], ["a", "b"])] == [0.0, 0.9]
    assert [p for _, p in holm([[0.7], [0.9]], ["a", "b"])] == [1.0, 1.0]


def test_rows_needed_are_those_of_claims_tested_by_a_model_and_of_their_families():
    over_all = {"indicator": "talks", "vintage": "2022-03", "model": "primary", "junctures": ["one", "two"]}
    claims = [
        claim("a", member("drills")),
        claim("b", member("drills") | {"juncture": "all", "estimand": "mean_step"}, kind="mean_step"),
        {"id": "c", "check": {"kind": "staged", **over_all, "unit": 1}},
        {"id": "d", "check": {"kind": "date_rank", **over_all, "sign": "positive"}},
        {"id": "e", "check": {"kind": "leads", "indicator": "first", "model": "leads"}},
    ]
    pooled = key("pool", model="pool_pool")
    tests = [FamilyTest("pools", "one", (pooled,)), FamilyTest("effects", "a", (key("drills"),))]
    mean = {"juncture": "all", "estimand": "mean_step"}
    assert needed_rows(claims, tests) == [
        pooled,
        key("drills"),
        key("drills", **mean),
        key("talks", vintage="2022-03", **mean),
        key("talks", vintage="2022-03"),
        key("talks", "two", vintage="2022-03"),
        key("first", "all", "leads", estimand="lead_before"),
        key("first", "all", "leads", estimand="lead_after"),
    ]


def rate(truth, value, **changes):
    place = {"id": "drills", "model": "primary", "juncture": "one", "estimand": "step"}
    return place | {"truth": truth, "effect": 0, "rate": value} | changes


def test_mimics_are_truths_without_a_step_that_reject_in_more_than_one_of_ten_highest_first():
    calibration = pd.DataFrame([
        rate("own", 0.9, effect=4), rate("logistic", 0.314), rate("ramp", 0.1), rate("ar2_cycle", 0.101),
        rate("early_step", 0.6), rate("quadratic", 0.5, juncture="two"), rate("arma", 0.5, estimand="mean_step"),
        rate("random_walk", 0.5, id="talks"), rate("random_walk", 0.5, model="annual"),
    ])  # fmt: skip
    effects = pd.DataFrame([row(p=0.05), row(p=0.051), row(p=NAN), row(p=0.01, juncture="three")])
    assert add_mimics(effects, calibration)["mimics"].tolist() == [
        "a step of 2 sd years before the first juncture (60 %); a logistic rise of 2 sd without a step (31 %); "
        "a cycle of six years without a step (10 %)",
        "",
        "",
        "",
    ]


def test_rows_beside_are_those_of_the_same_series_place_and_estimand():
    same = [row(model="ols"), row(model="thaad_2016_ols")]
    others = [row("talks"), row(juncture="two"), row(estimand="mean_step"), row(vintage="2022-03")]
    found = Beside([*same, *others])
    assert found.of(row()) == same
    assert found.of(row(vintage=None)) == same
    assert found.of(row("gone")) == []
