"""Indices over indicators by hand, the rows of a pool, and one index set against another."""

import numpy as np
import pandas as pd
import pytest
from invented import NAMES, entry, noise, row_of, series, setting, yearly

from junctures.inference import effects
from junctures.inference.pool import (
    build_index,
    lead_indices,
    pool_entry,
    pool_rows,
    test_leads,
    test_pool,
    with_vintages,
)
from junctures.inference.primary import Grid
from junctures.inference.variations import Variation

test_pool.__test__ = test_leads.__test__ = False

WINDOW = {"start": "2000", "end": "2021"}
RISE = np.repeat([0.0, 2, 4, 6], [8, 4, 4, 6])


def member(name, scale=1.0, **changes):
    return entry(id=name, declared_scale={"value": scale, "derivation": "differences"}, **changes)


def pool(*members, **changes):
    fields = {"id": "both", "label": "Both", "frequency": "year", "window": WINDOW, "members": members, "rows": {}}
    return fields | changes


def index_of(tables, entries, block):
    index = build_index(tables, with_vintages(entries, block["members"]), block)
    return dict(zip(index["period"], index["y"], strict=True))


def run(tables, entries, block, plan=None):
    return test_pool(block, tables, entries, plan or setting())


def test_the_index_is_the_mean_of_members_in_declared_scales_where_all_are_observed():
    tables = {
        "drills": series([1.0, 2, 3, np.nan, 5], start="2000"),
        "talks": series([10.0, 40, 20, 30, 50], start="2001"),
    }
    entries = {"drills": member("drills", 0.5), "talks": member("talks", 20.0)}
    found = index_of(tables, entries, pool("drills", "talks"))
    expected = {"2001": (4 + 0.5) / 2, "2002": (6 + 2) / 2, "2003": np.nan, "2004": (10 + 1.5) / 2}
    assert list(found) == list(expected)
    assert [*found.values()] == pytest.approx([*expected.values()], rel=1e-12, nan_ok=True)


def test_a_yearly_rate_enters_by_its_yearly_scale():
    declared = {"value": 0.1, "yearly": 0.5, "derivation": "exposure"}
    tables = {"words": pd.concat([series([1.0, 2, 3]), series(np.ones(12), frequency="quarter")])}
    entries = {"words": entry(id="words", declared_scale=declared)}
    assert index_of(tables, entries, pool("words")) == {"2000": 2.0, "2001": 4.0, "2002": 6.0}
    assert index_of(tables, entries, pool("words", frequency="quarter"))["2001Q1"] == 10.0


def test_members_enter_as_the_difference_to_their_controls_where_the_pool_says_so():
    table = pd.concat([series([5.0, 7, 9]), series([1.0, 2, np.nan], role="control")])
    entries = {"tone": member("tone", 2.0)}
    assert index_of({"tone": table}, entries, pool("tone", against_controls=True)) == {"2000": 2.0, "2001": 2.5}
    assert index_of({"tone": table}, entries, pool("tone")) == {"2000": 2.5, "2001": 3.5, "2002": 4.5}


def test_a_member_contributes_its_main_vintage_or_another_that_it_has():
    table = pd.concat([series([1.0, 2], vintage="2022-03"), series([5.0, 6], vintage="2024-03")])
    versions = {"main": "2022-03", "others": ["2024-03"]}
    entries = {"arms": member("arms", vintages=versions), "plain": member("plain")}
    assert [e["vintage"] for e in with_vintages(entries, ["arms", "plain"]).values()] == ["2022-03", ""]
    assert [e["vintage"] for e in with_vintages(entries, ["arms", "plain"], "2024-03").values()] == ["2024-03", ""]
    assert index_of({"arms": table}, entries, pool("arms")) == {"2000": 1.0, "2001": 2.0}


def test_an_index_has_the_residual_sd_of_members_correlated_point_three():
    assert pool_entry(pool("a"))["residual_unit"] == 1.0
    assert pool_entry(pool("a", "b", "c", "d"))["residual_unit"] == pytest.approx(np.sqrt(1.9 / 4), rel=1e-12)


def test_rows_leave_each_member_out_take_other_vintages_and_do_what_the_config_declares():
    versions = {"main": "2022-03", "others": ["2024-03", "2025-03"]}
    entries = {name: member(name) for name in ("drills", "talks", "treaties")}
    entries |= {name: member(name, vintages=versions) for name in ("arms", "orders")}
    declared = {
        "other_treaties": {"replace": {"talks": "treaties"}},
        "orders_added": {"add": ["orders"]},
        "quarterly": {"members": ["drills"], "frequency": "quarter"},
    }
    found = {
        name: (block["frequency"], {m: e["vintage"] for m, e in chosen.items()})
        for name, block, chosen in pool_rows(pool("drills", "talks", "arms", rows=declared), entries)
    }
    main = {"drills": "", "talks": "", "arms": "2022-03"}
    assert found == {
        "without_drills": ("year", {"talks": "", "arms": "2022-03"}),
        "without_talks": ("year", {"drills": "", "arms": "2022-03"}),
        "without_arms": ("year", {"drills": "", "talks": ""}),
        "vintage_2024_03": ("year", main | {"arms": "2024-03"}),
        "vintage_2025_03": ("year", main | {"arms": "2025-03"}),
        "other_treaties": ("year", {"drills": "", "treaties": "", "arms": "2022-03"}),
        "orders_added": ("year", main | {"orders": "2022-03"}),
        "quarterly": ("quarter", {"drills": ""}),
    }


def test_a_vintage_that_two_members_have_is_one_row():
    versions = {"main": "2022-03", "others": ["2024-03"]}
    entries = {name: member(name, vintages=versions) for name in ("arms", "orders")}
    rows = {name: chosen for name, _, chosen in pool_rows(pool("arms", "orders"), entries)}
    assert {m: e["vintage"] for m, e in rows["vintage_2024_03"].items()} == {"arms": "2024-03", "orders": "2024-03"}


def test_a_pools_rows_equal_those_of_its_index_by_hand():
    tables = {"drills": series(RISE + noise(22)), "talks": series(3 * RISE + 3 * noise(22, 2))}
    entries = {"drills": member("drills"), "talks": member("talks", 3.0)}
    results = run(tables, entries, pool("drills", "talks"))
    by_hand = (tables["drills"]["y"] + tables["talks"]["y"] / 3).to_numpy() / 2
    expected = effects.estimate(Variation("pool_both", yearly(by_hand, scale="index")), effects.Grids())
    for estimand, juncture in [("mean_step", "all"), ("staged", "all"), *(("step", name) for name in NAMES)]:
        row = row_of(results.effects, estimand, juncture, "pool_both")
        assert row["p"] == pytest.approx(row_of(expected, estimand, juncture)["p"], rel=1e-8)
        assert (row["indicator"], row["scale"], row["n"]) == ("both", "index", 22)
    mean = row_of(results.effects, "mean_step", model="pool_both")
    assert mean["p"] < 0.01 and mean["smallest_effect"] == 1.0
    alone = row_of(results.specifications, "mean_step", model="without_talks")
    expected = effects.estimate(Variation("w", yearly(tables["drills"]["y"], scale="index")), effects.Grids())
    assert alone["estimate"] == pytest.approx(row_of(expected, "mean_step")["estimate"], rel=1e-9)
    assert {row["model"] for row in results.effects} == {"pool_both", "quadratic"}
    assert row_of(results.effects, "date_rank")["model"] == "pool_both"
    assert "late_three" in {row["model"] for row in results.specifications}
    assert {row["model"] for row in results.designs} == {line["model"] for line in results.fitted} == {"pool_both"}


def test_a_row_that_is_longer_keeps_the_pools_noise_model_at_its_frequency():
    window = {"start": "2005", "end": "2021"}
    tables = {
        "drills": series(noise(70), start="2004", frequency="quarter"),
        "talks": series(np.where(np.arange(70) < 15, np.nan, noise(70, 2)), start="2004", frequency="quarter"),
    }
    entries = {name: member(name, frequency="quarter") for name in tables}
    plan = setting(("2010-01-01", "2012-01-01", "2016-01-01"))
    results = run(tables, entries, pool("drills", "talks", frequency="quarter", window=window), plan)
    main = row_of(results.effects, "step", "two", "pool_both")
    longer = row_of(results.specifications, "step", "two", "without_talks")
    assert main["n"] < 60 <= longer["n"]
    assert main["noise_share"] == longer["noise_share"] == 0.0


def test_a_pool_of_one_leaves_no_member_out():
    results = run({"drills": series(RISE + noise(22))}, {"drills": member("drills")}, pool("drills"))
    assert "without_drills" not in {row["model"] for row in results.specifications}
    assert np.isfinite(row_of(results.effects, "mean_step", model="pool_both")["p"])


def test_members_that_are_never_observed_together_give_rows_with_the_reason():
    tables = {"drills": series(noise(10)), "talks": series(noise(12), start="2010")}
    entries = {name: member(name) for name in tables}
    results = run(tables, entries, pool("drills", "talks"))
    reasons = {row["reason"] for row in results.effects}
    assert reasons == {"no observations in the window"}
    assert not results.fitted and {row["reason"] for row in results.designs} == reasons
    late = {name: series(noise(22, i)) for i, name in enumerate(("drills", "talks"))}
    late["old"] = series(noise(5), start="1990")
    rows = {"old_added": {"add": ["old"]}}
    results = run(late, entries | {"old": member("old")}, pool("drills", "talks", rows=rows))
    assert row_of(results.specifications, "mean_step", model="old_added")["reason"] == "no observations in the window"


LEAD = {
    "id": "first", "label": "Threat first", "outcome": "talks", "leader": "threat", "instead": ["words"],
    "window": {"start": "2001", "end": "2020"}, "smallest_coefficient": 0.5,
}  # fmt: skip


def leads(threat, talks, words=None):
    words = noise(22, 9) if words is None else words
    tables = {"threat": series(threat), "talks": series(talks), "words": series(words)}
    entries = {name: member(name) for name in tables}
    return test_leads(LEAD, lead_indices(LEAD, {}, entries, tables), setting())


def follow(leader, seed):
    """Return a series that follows a leader by a year, with a trend and a little noise."""
    return np.r_[0.0, leader[:-1]] + 0.2 * noise(22, seed) + 0.05 * np.arange(22)


def test_a_planted_lead_is_found_in_the_year_before_and_not_after():
    threat = noise(22, 3)
    found = leads(threat, follow(threat, 4))
    before, after = (row_of(found.effects, name, model="leads") for name in ("lead_before", "lead_after"))
    assert before["p"] < 0.001 and before["lower"] < 1 < before["upper"]
    assert after["p"] > 0.05
    assert (before["smallest_effect"], before["ratio"]) == (0.5, before["estimate"] / 0.5)
    assert (before["n"], before["window_start"], before["window_end"]) == (20, "2001", "2020")
    assert before["first_treated"] == ""


def test_a_leader_that_follows_is_found_in_the_year_after():
    talks = noise(22, 3)
    found = leads(follow(talks, 4), talks)
    assert row_of(found.effects, "lead_after", model="leads")["p"] < 0.01
    assert row_of(found.effects, "lead_before", model="leads")["p"] > 0.05


def test_leads_are_coefficients_of_one_regression_on_trend_and_both_years():
    threat, talks = noise(22, 3), follow(noise(22, 3), 4)
    found = leads(threat, talks)
    inside = np.arange(1, 21)
    X = np.column_stack([np.ones(20), inside, threat[inside - 1], threat[inside + 1]])
    coef = np.linalg.lstsq(X, talks[inside], rcond=None)[0]
    for name, b in (("lead_before", coef[2]), ("lead_after", coef[3])):
        assert row_of(found.specifications, name, model="leads_ols")["estimate"] == pytest.approx(b, rel=1e-9)
    left = inside[inside != 10]
    X = np.column_stack([np.ones(19), left, threat[left - 1], threat[left + 1]])
    expected = Grid(left).fit(talks[left], X).summarise(np.array([0, 0, 1.0, 0]))
    assert row_of(found.specifications, "lead_before", model="leads_without_2010")["p"] == pytest.approx(expected.p)
    X = np.column_stack([np.ones(20), inside, threat[inside - 1], threat[inside + 1], threat[inside]])
    expected = Grid(inside).fit(talks[inside], X).summarise(np.array([0, 0, 0, 0, 1.0]))
    same = row_of(found.specifications, "lead_same", model="leads_same_year")
    assert same["estimate"] == pytest.approx(expected.estimate, rel=1e-8)
    assert "over all junctures" not in same["sentence"] and "declared scales" not in same["sentence"]


def test_every_leader_has_a_model_and_robust_rows_of_its_own():
    found = leads(noise(22, 3), noise(22, 4))
    assert {row["model"] for row in found.effects} == {"leads", "leads_words"}
    names = {row["model"] for row in found.specifications}
    for prefix in ("leads", "leads_words"):
        wanted = (
            "same_year",
            "ols",
            "reml",
            "start_later",
            "start_earlier",
            "end_2019",
            "without_2001",
            "without_2020",
        )
        assert {f"{prefix}_{name}" for name in wanted} <= names
    assert row_of(found.specifications, "lead_before", model="leads_start_later")["window_start"] == "2003"
    assert row_of(found.specifications, "lead_before", model="leads_end_2019")["window_end"] == "2019"


def test_a_year_whose_neighbour_is_unknown_is_left_out():
    threat = noise(22, 3)
    threat[10] = np.nan
    row = row_of(leads(threat, noise(22, 4)).effects, "lead_before", model="leads")
    assert row["n"] == 18


@pytest.mark.parametrize(
    "threat, talks, reason",
    [
        (np.ones(22), noise(22), effects.SINGULAR),
        (np.arange(22.0), noise(22), effects.SINGULAR),
        (noise(22), np.ones(22), "untestable: no variation"),
        (np.where(np.arange(22) < 10, noise(22), np.nan), noise(22, 2), "fewer than 12 points"),
        (noise(22), np.full(22, np.nan), "no observations in the window"),
    ],
)
def test_leads_that_cannot_be_estimated_say_why(threat, talks, reason):
    found = leads(threat, talks)
    for name in ("lead_before", "lead_after"):
        row = row_of(found.effects, name, model="leads")
        assert row["reason"] == reason and np.isnan(row["p"])


def test_a_pool_that_leads_is_taken_by_years_whatever_its_frequency():
    tables = {"threat": pd.concat([series(np.arange(8.0), frequency="quarter"), series([1.0, 2])])}
    tables |= {name: series([3.0, 4]) for name in ("talks", "words")}
    pools = {"threat": {"members": ["threat"], "frequency": "quarter"}}
    found = lead_indices(LEAD, pools, {name: member(name) for name in tables}, tables)
    assert list(found["threat"]["period"]) == ["2000", "2001"] and list(found["threat"]["y"]) == [1.0, 2.0]
