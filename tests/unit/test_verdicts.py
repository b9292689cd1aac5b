"""The registry of check kinds, the two ledgers, and the table of judged claims."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from junctures.inference.families import declare_tests
from junctures.report.judgement import Data
from junctures.report.verdicts import CHECKS, COLUMNS, judge_claims, ledger_of

ROOT = Path(__file__).parents[2]
NAN = float("nan")
EFFECT = {
    "indicator": "drills", "vintage": "", "juncture": "one", "model": "primary", "estimand": "step",
    "frequency": "year", "scale": "sqrt", "window_start": "2000", "window_end": "2021", "first_treated": "2012",
    "n": 22, "estimate": 0.5, "lower": 0.1, "upper": 0.9, "p": 0.01, "positive": 0.99, "smallest_effect": 0.3,
    "coverage_flag": "no", "described": "", "reason": "", "p_holm": 0.03,
    "sentence": "Joint drills (2000 to 2021, n = 22), model primary: a step.",
}  # fmt: skip
CLAIM = {
    "id": "drills_rise", "juncture": "one", "dimension": "drills", "kind": "effect", "stated": True,
    "rule": "step at one, positive", "statement": "Drills rise.",
    "check": {
        "kind": "effect", "sign": "positive",
        "members": [{"indicator": "drills", "model": "primary", "estimand": "step", "juncture": "one"}],
    },
}  # fmt: skip


def evidence():
    rows = pd.DataFrame([EFFECT])
    return Data(rows, rows.assign(model="ols"), {}, {})


def test_claim_becomes_one_row_with_verdict_ledger_and_evidence():
    other = CLAIM | {"id": "drills_rise_too", "stated": False}
    found = judge_claims([CLAIM, other], evidence())
    assert list(found.columns) == list(COLUMNS)
    row = found.iloc[0]
    assert row["claim"] == "drills_rise"
    assert (row["ledger"], row["verdict"], row["label"], row["stated"]) == ("tested", "supported", "", "yes")
    assert (row["rule"], row["statement"], row["p"]) == ("step at one, positive", "Drills rise.", 0.03)
    assert row["evidence"] == "processed/results/effects.csv: drills primary one step"
    assert found["stated"].tolist() == ["yes", "no"]


def test_claim_without_a_p_has_none():
    untested = evidence()
    untested.effects[["estimate", "lower", "upper", "p", "p_holm"]] = NAN
    found = judge_claims([CLAIM], untested).iloc[0]
    assert found["verdict"] == "untestable"
    assert pd.isna(found["p"])


def test_two_ledgers_divide_the_kinds_as_claims_yaml_says():
    tested = {"effect", "mean_step", "staged", "date_rank", "leads"}
    checked = {"first", "regular", "extreme", "share", "trend", "recorded", "ordering"}
    assert {kind for kind in CHECKS if ledger_of(kind) == "tested"} == tested
    assert {kind for kind in CHECKS if ledger_of(kind) == "checked"} == checked


@pytest.mark.parametrize("check, what", [({}, "no check"), ({"kind": "guess"}, "a check of kind 'guess'")])
def test_claim_that_nothing_decides_is_an_error_that_names_the_kinds(check, what):
    with pytest.raises(ValueError, match=rf"claim drills_rise: it has {what}.*effect, mean_step"):
        judge_claims([CLAIM | {"check": check}], evidence())


def study():
    return yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def model_claims():
    claims = yaml.safe_load((ROOT / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    return [claim for claim in claims if ledger_of(claim["kind"]) == "tested"]


def test_unit_of_each_staged_claim_is_the_declared_scale_of_its_series():
    declared, staged = study(), [claim["check"] for claim in model_claims() if claim["kind"] == "staged"]
    assert staged
    for check in staged:
        entry = declared["indicators"].get(check["indicator"])
        assert check["unit"] == (entry["declared_scale"]["value"] if entry else 1)


def test_every_vintage_is_a_member_where_the_rule_says_every_vintage():
    vintages = study()["indicators"]["arms_deliveries"]["vintages"]
    expected = {vintages["main"], *vintages["others"]}
    named = {c["id"]: c for c in model_claims()}
    for claim in ("transfers_slope_pivot", "transfers_surge_after_2016"):
        assert {member["vintage"] for member in named[claim]["check"]["members"]} == expected


def test_family_of_effect_claims_holds_each_claim_on_indicators_without_a_flag():
    declared = study()
    flagged = {name for name, entry in declared["indicators"].items() if entry.get("coverage_flag")}
    expected = {
        claim["id"]
        for claim in model_claims()
        if claim["kind"] == "effect" and "pool" not in claim["data"] and claim["data"] not in flagged
    }
    tests = declare_tests(model_claims(), declared)
    assert {test.name for test in tests if test.family == "effects"} == expected
    assert flagged == {"arms_orders", "joint_development"}


def test_checks_say_what_the_rules_in_words_say():
    for claim in model_claims():
        check, rule = claim["check"], claim["rule"]
        assert check["kind"] == claim["kind"]
        for member in check.get("members", []):
            assert member["juncture"] == claim["juncture"]
            named = member["indicator"] if member["model"].startswith("pool_") else None
            assert f"pool {named}" in rule if named else member["indicator"] in rule
            assert ("thaad_2016" in rule) == (member["model"] == "thaad_2016")
        if check.get("sign"):
            assert check["sign"] == "positive"
