"""Placebo in outcome: other units through the same procedure, and the place of the indicator among them."""

import numpy as np
import pandas as pd
import pytest
from invented import NAMES, entry, noise, series, setting, yearly

from junctures.inference import effects, peers
from junctures.inference.indicator import test_indicator
from junctures.inference.pool import test_pool
from junctures.inference.variations import Variation
from junctures.results import COLUMNS

test_indicator.__test__ = test_pool.__test__ = False

WINDOW = {"start": "2000", "end": "2021"}
RISE = np.repeat([0.0, 4, 8, 12], [8, 4, 4, 6])
PEERS = {"label": "other partners", "over": "partner", "without": ["EUU"]}
MEDIAN = {"label": "the others", "median_over": "partner"}
NAN = float("nan")


def table(own, **units):
    """Return a regular series with partners; those whose name begins with x are peers and no partners."""
    blocks = [series(y, role="peer" if name[0] == "x" else "partner", unit=name) for name, y in units.items()]
    partners = [y for name, y in units.items() if name[0] != "x"]
    if partners:
        blocks.append(series(np.median(partners, axis=0), role="control"))
    return pd.concat([series(own), *blocks])


def run(frame, **changes):
    results = test_indicator(frame, entry(peers=PEERS, **changes), setting(), WINDOW)
    return results.placebo_outcomes


def row(rows, estimand, juncture="all", unit="main", model="primary"):
    (found,) = [
        r for r in rows if (r["estimand"], r["juncture"], r["unit"], r["model"]) == (estimand, juncture, unit, model)
    ]
    return found


def result(p, positive, estimand="step"):
    return {"estimand": estimand, "p": p, "positive": positive, "estimate": positive - 0.5, "reason": ""}


def test_ranks_count_the_peers_with_a_p_at_most_as_large_with_the_same_sign_or_with_any():
    others = [result(0.01, 0.995), result(0.02, 0.01), result(0.03, 0.985), result(0.04, 0.98), result(NAN, NAN)]
    found = peers.place(others, result(0.03, 0.985))
    assert (found["n_peers"], found["rank"], found["rank_absolute"]) == (4, 3, 4)
    assert (found["placebo_p"], found["placebo_p_absolute"]) == (3 / 5, 4 / 5)
    falling = peers.place(others, result(0.5, 0.25))
    assert (falling["rank"], falling["rank_absolute"]) == (2, 5)


def test_a_staged_rise_has_one_direction_whatever_its_sign():
    others = [result(p, 1 - p, "staged") for p in (0.3, 0.6, 0.9)]
    found = peers.place(others, result(0.7, 0.3, "staged"))
    assert (found["rank"], found["placebo_p"]) == (3, 3 / 4)
    assert np.isnan(found["rank_absolute"]) and np.isnan(found["placebo_p_absolute"])


@pytest.mark.parametrize("others, own, n", [([], result(0.1, 0.9), 0), ([result(0.1, 0.9)], result(NAN, NAN), 1)])
def test_without_peers_or_without_an_estimate_there_is_no_place(others, own, n):
    found = peers.place(others, own)
    assert found["n_peers"] == n
    assert all(np.isnan(found[name]) for name in ("rank", "rank_absolute", "placebo_p", "placebo_p_absolute"))


def test_each_peer_has_the_rows_that_it_would_have_as_an_indicator_and_the_riser_is_first():
    units = {f"x{i}": noise(22, i) for i in range(5)}
    frame = table(RISE + noise(22, 9), **units)
    rows = run(frame)
    assert len(rows) == 6 * 5
    for name, y in units.items():
        alone = test_indicator(series(y), entry(), setting(), WINDOW).effects
        for estimand, juncture in [*(("step", j) for j in NAMES), ("mean_step", "all"), ("staged", "all")]:
            found = row(rows, estimand, juncture, name)
            (same,) = [
                r for r in alone if (r["model"], r["estimand"], r["juncture"]) == ("primary", estimand, juncture)
            ]
            for value in ("n", "estimate", "lower", "upper", "p", "positive", "first_treated", "window_start"):
                assert found[value] == same[value] or (found[value] != found[value] and same[value] != same[value])
            assert f"Joint drills, {name} as pseudo-outcome" in found["sentence"]
            assert "rank" not in found
    own = row(rows, "mean_step")
    assert (own["rank"], own["n_peers"], own["placebo_p"], own["peers"]) == (1, 5, 1 / 6, "other partners")
    assert own["sentence"].endswith(
        "Taken as pseudo-outcomes, 0 of 5 other partners have an effect as clear in its direction (placebo p = 0.167)."
    )
    (published,) = [
        r
        for r in test_indicator(frame, entry(peers=PEERS), setting(), WINDOW).effects
        if (r["model"], r["estimand"]) == ("primary", "mean_step")
    ]
    assert [own[name] for name in ("estimate", "lower", "p")] == [published[n] for n in ("estimate", "lower", "p")]


def test_a_peer_without_variation_has_its_reason_and_does_not_count():
    rows = run(table(RISE + noise(22), xa=noise(22, 2), xb=np.zeros(22)))
    assert row(rows, "step", "one", "xb")["reason"] == "untestable: no variation"
    assert row(rows, "step", "one")["n_peers"] == 1
    alone = run(table(RISE + noise(22), xb=np.zeros(22)))
    assert row(alone, "step", "one")["n_peers"] == 0 and np.isnan(row(alone, "step", "one")["placebo_p"])


def test_a_unit_that_lacks_a_point_of_the_indicator_or_is_declared_none_is_no_peer():
    gapped = noise(22, 3)
    gapped[5] = np.nan
    own = RISE + noise(22)
    rows = run(pd.concat([table(own, xa=noise(22, 2), xg=gapped), series(noise(22, 4), role="peer", unit="EUU")]))
    assert {r["unit"] for r in rows} == {"main", "xa"}
    own[5] = np.nan
    assert {r["unit"] for r in run(table(own, xa=noise(22, 2), xg=gapped))} == {"main", "xa", "xg"}


def test_an_indicator_that_cannot_be_tested_has_its_reason_and_no_place():
    rows = run(table(np.ones(22), xa=noise(22, 2)))
    assert {r["unit"] for r in rows} == {"main"}
    assert {r["reason"] for r in rows} == {"untestable: no variation"}
    assert np.isnan([r["rank"] for r in rows]).all()


def test_partners_are_compared_as_they_are_and_less_the_median_of_the_rest():
    units = {"a": noise(22, 1), "b": noise(22, 2), "c": noise(22, 3), "d": noise(22, 4)}
    rows = run(table(RISE + noise(22, 9), xe=noise(22, 5), **units), control=MEDIAN)
    assert row(rows, "step", "two")["n_peers"] == 5
    assert row(rows, "step", "two", model="control_difference")["n_peers"] == 4
    less = units["b"] - np.median([units["a"], units["c"], units["d"]], axis=0)
    alone = test_indicator(series(less), entry(), setting(), WINDOW).effects
    (expected,) = [r for r in alone if (r["model"], r["estimand"], r["juncture"]) == ("primary", "step", "two")]
    found = row(rows, "step", "two", "b", "control_difference")
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-12)
    assert found["p"] == pytest.approx(expected["p"], rel=1e-12)


def test_every_row_has_declared_columns_and_one_key():
    rows = run(table(RISE + noise(22, 9), a=noise(22, 1), b=noise(22, 2), c=noise(22, 3)), control=MEDIAN)
    keys = [tuple(r[name] for name in ("indicator", "model", "unit", "juncture", "estimand")) for r in rows]
    assert len(set(keys)) == len(rows) == 2 * 4 * 5
    extra = {"vintage", "rho", "noise_share", "smallest_effect", "ratio", "control", "coverage_flag", "described"}
    assert all(set(r) - extra <= set(COLUMNS["placebo_outcomes"]) for r in rows)


def pool_of(frames, **changes):
    entries = {
        name: entry(
            id=name, declared_scale={"value": scale, "derivation": "controls"}, peers=PEERS, control=MEDIAN, **changes
        )
        for name, scale in (("tone", 2.0), ("talk", 0.5))
    }
    block = {"id": "both", "label": "Both", "frequency": "year", "window": WINDOW, "members": ["tone", "talk"]}
    return test_pool(block | {"rows": {}, "against_controls": True}, frames, entries, setting())


def test_a_pool_against_controls_is_made_for_each_partner_that_all_its_members_have():
    units = {name: [noise(22, 10 * i + k) for k in (1, 2)] for i, name in enumerate("abcd")}
    tone = table(RISE + noise(22, 9), **{name: y[0] for name, y in units.items()})
    talk = table(RISE + noise(22, 8), **{name: y[1] for name, y in units.items() if name != "d"})
    rows = pool_of({"tone": tone, "talk": talk}).placebo_outcomes
    assert {r["unit"] for r in rows} == {"main", "a", "b", "c"}
    rest = [np.median([units["a"][0], units["c"][0], units["d"][0]], axis=0)]
    rest.append((units["a"][1] + units["c"][1]) / 2)
    index = ((units["b"][0] - rest[0]) / 2 + (units["b"][1] - rest[1]) / 0.5) / 2
    alone = test_indicator(series(index), entry(), setting(), WINDOW).effects
    for estimand in ("staged", "mean_step"):
        (expected,) = [r for r in alone if (r["model"], r["estimand"]) == ("primary", estimand)]
        assert row(rows, estimand, unit="b", model="pool_both")["p"] == pytest.approx(expected["p"], rel=1e-9)
        own = row(rows, estimand, model="pool_both")
        assert (own["rank"], own["n_peers"], own["placebo_p"]) == (1, 3, 0.25)


def test_a_pool_whose_members_have_no_peers_has_no_pseudo_outcomes():
    frames = {
        name: table(RISE + noise(22, i), a=noise(22, 3), b=noise(22, 4)) for i, name in enumerate(("tone", "talk"))
    }
    assert pool_of(frames).placebo_outcomes
    block = {"id": "both", "label": "Both", "frequency": "year", "window": WINDOW, "members": ["tone"], "rows": {}}
    entries = {"tone": entry(id="tone", control=MEDIAN)}
    for against in (True, False):
        results = test_pool(block | {"against_controls": against}, frames, entries, setting())
        assert not results.placebo_outcomes


def test_a_single_partner_has_no_rest_to_be_compared_with():
    frame = table(noise(22), a=noise(22, 3))
    case_row = run(frame, control=MEDIAN)
    assert row(case_row, "mean_step", model="control_difference")["n_peers"] == 0


def test_peers_go_through_one_factorised_design(monkeypatch):
    made = []
    factorise = effects.primary.Grid._factorise
    monkeypatch.setattr(effects.primary.Grid, "_factorise", lambda self, X: made.append(X.shape) or factorise(self, X))
    main = Variation("primary", yearly(RISE + noise(22)))
    others = pd.DataFrame({f"u{i}": noise(22, i) for i in range(10)})
    peers.compare(main, others, entry(), effects.Grids(), {"indicator": "drills", "vintage": ""}, "others")
    assert len(made) == 2
