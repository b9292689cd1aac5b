"""The generated study of many dyads: the check takes it, its steps are in its series, finds are counted rightly."""

import json

import numpy as np
import pandas as pd
import pytest
from large_study import PERSISTENCE, SIZES, count_discoveries, make_dyad, make_study, month_of

from junctures.inference import effects, variations
from junctures.inference.families import EXPLORATORY, add_families, declare_tests
from junctures.inference.indicator import Setting, make_case
from junctures.study.check import check_study
from junctures.study.series import build_series, load_table

DYADS = 20


@pytest.fixture(scope="module")
def tested(tmp_path_factory):
    """Return the primary rows of every dyad of a small generated study, made of its own files, with adjusted p."""
    folder = make_study(tmp_path_factory.mktemp("generated"), DYADS)
    study = check_study(folder)
    slices, grids, rows = folder / "processed/meta/slices", effects.Grids(), []
    for name in study.indicators:
        data, part = (json.loads((slices / f"{kind}_{name}.json").read_text()) for kind in ("series", "indicator"))
        table = load_table(folder / f"raw/{part['indicator']['table']}.csv")
        series, _ = build_series(data["indicator"], table, data["window"], time=data["time"])
        case, _ = make_case(series, part["indicator"], Setting.from_slice(part), "month", part["window"])
        found = effects.estimate(variations.main("primary", case), grids)
        rows += [{"indicator": name, "vintage": "", **row} for row in found]
    summary = json.loads((slices / "summary.json").read_text())
    return add_families(pd.DataFrame(rows), declare_tests(summary["claims"], summary))


def test_estimates_of_the_generated_dyads_are_their_true_steps(tested):
    steps = tested[(tested["estimand"] == "step") & (tested["juncture"] == "rupture")]
    truth = np.array([make_dyad(i).step for i in range(DYADS)])
    assert set(steps["treated"]) == {12 * 2010}
    # Standard errors at these designs are .3 to .6; a step put elsewhere would leave no correlation with the truth.
    assert np.abs(steps["estimate"].to_numpy() - truth).max() < 4 * 0.6
    assert set(steps["family"]) == {EXPLORATORY} and len(steps) == DYADS


def test_finds_are_counted_against_the_truth(tested):
    counted = count_discoveries(tested)
    steps = tested[(tested["estimand"] == "step") & (tested["juncture"] != "all")].set_index("indicator")
    real = {name: int(name[1:]) % 10 == 0 for name in steps.index}
    low = [name for name in steps.index if steps.loc[name, "p"] <= 0.05]
    assert counted["dyads"] == DYADS and counted["real"] == 2
    assert counted["p"]["true"] == sum(real[name] for name in low)
    assert counted["p"]["false"] == sum(not real[name] for name in low)


def invented(p, bh, estimate=1.0):
    """Return effects of dyads 0 to 11 with the p given; dyads 0 and 10 have a real step."""
    row = {"model": "primary", "estimand": "step", "juncture": "rupture", "estimate": estimate}
    return pd.DataFrame([row | {"indicator": f"d{i:07d}", "p": p[i], "p_bh": bh[i]} for i in range(12)])


def test_each_rule_counts_its_own_finds():
    p = np.full(12, 0.9)
    p[[0, 1, 10]] = 1e-6, 0.04, 0.01  # Holm's for the third: .01 * 11 > .05
    bh = np.full(12, 0.9)
    bh[[0, 10]] = 1e-5, 0.045
    counted = count_discoveries(invented(p, bh))
    assert [(counted[rule]["true"], counted[rule]["false"]) for rule in ("p", "holm", "bh")] == [(2, 1), (1, 0), (2, 0)]
    assert counted["p"]["found_by_size"] == {"0.5": [1, 1], "1": [1, 1], "1.5": [0, 0], "2": [0, 0]}
    assert counted["p"]["false_share_of_found"] == pytest.approx(1 / 3, abs=1e-4)  # as rounded in the record
    assert counted["p"]["false_by_persistence"] == {"0": [0, 3], "0.3": [1, 3], "0.6": [0, 4]}


def test_find_on_the_wrong_side_is_told():
    p = np.full(12, 0.9)
    p[0] = 1e-6
    wrong = -np.sign(make_dyad(0).step)
    assert count_discoveries(invented(p, p, estimate=wrong))["p"]["wrong_sign"] == 1


def test_dyad_without_an_estimate_stops_the_count():
    p = np.full(12, 0.9)
    p[3] = np.nan
    with pytest.raises(ValueError, match="no estimate"):
        count_discoveries(invented(p, p))


def test_real_steps_cross_every_size_with_every_persistence():
    real = [dyad for dyad in map(make_dyad, range(0, 240, 10)) if dyad.step]
    crossed = {(abs(dyad.step), dyad.persistence) for dyad in real}
    assert crossed == {(size, rho) for size in SIZES for rho in PERSISTENCE}


def test_noise_has_the_persistence_that_is_stated():
    months = np.arange(240)
    X = np.column_stack([np.ones(240), months, np.sin(2 * np.pi * months / 12), np.cos(2 * np.pi * months / 12)])
    for turn, persistence in enumerate(PERSISTENCE):
        scores = np.array([make_dyad(i).scores for i in range(turn, 300, 3) if i % 10])
        residuals = scores.T - X @ np.linalg.lstsq(X, scores.T)[0]
        found = (residuals[1:] * residuals[:-1]).sum() / (residuals[:-1] ** 2).sum()
        # 90 series of 240 months: a standard error under .007; detrending takes off about .02.
        assert found == pytest.approx(persistence, abs=0.05)


def test_generated_months_run_on():
    assert [month_of(t) for t in (0, 11, 12, 120, 239)] == ["2000-01", "2000-12", "2001-01", "2010-01", "2019-12"]
