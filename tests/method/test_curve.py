"""Specification curves by brute force, with a large effect, and under the null."""

from dataclasses import replace

import numpy as np
import pytest
from invented import ROWS, entry, noise, series, setting

from junctures.inference import effects
from junctures.inference.curve import LEFT_OUT, curve_rows, specification_curves
from junctures.inference.replay import make_units
from junctures.inference.simulate import ar1
from junctures.inference.variations import Variation, all_rows

WINDOW = {"start": "2000", "end": "2021"}
PLAN = setting()
GRIDS = effects.Grids()
KEY = ("one", "step")


def unit_of(y, model="primary", keys=(KEY,), **changes):
    """Return the unit of an annual series from 1994 on, six years before the window."""
    block = entry(**changes)
    part = {"indicators": {"drills": block}, "pools": {}, "leads": {}, "window": WINDOW}
    needed = [("drills", "", juncture, model, estimand) for juncture, estimand in keys]
    (unit,) = make_units(needed, part, {"drills": series(y, start="1994", frequency=block["frequency"])}, PLAN)
    return unit


def curve_of(unit, null, sign=1, keys=(KEY,)):
    return specification_curves(unit, curve_rows(unit, PLAN), keys, sign, null, GRIDS)


def one_by_one(unit, y):
    """Return (juncture, estimand) -> the estimate of a series in each row of its curve, fitted as the real one."""
    found = {}
    case = unit.main.case
    rows = [unit.main, *all_rows(case, unit.full, {}, ROWS), Variation("quadratic", case, trend=2)]
    for row in rows:
        if row.model in LEFT_OUT or effects.reason_of(row):
            continue
        points = replace(row.case, y=y[np.searchsorted(unit.full.time, row.case.time)])
        for each in effects.estimate(replace(row, case=points), GRIDS):
            found.setdefault((each["juncture"], each["estimand"]), []).append((each["model"], each["estimate"]))
    return found


@pytest.fixture(scope="module")
def fitted():
    """Return a unit, null series, and key -> the rows of the real and each null series, fitted one by one."""
    keys = (KEY, ("all", "mean_step"))
    unit = unit_of(noise(28) + 0.8 * (np.arange(28) >= 14), keys=keys)
    null = ar1(unit.full.time, 0.3, 9, np.random.default_rng(2))
    each = [one_by_one(unit, y) for y in (unit.full.y, *null)]
    return unit, null, {key: [rows[key] for rows in each] for key in keys}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("key", [KEY, ("all", "mean_step")])
def test_share_median_and_p_by_brute_force(fitted, sign, key):
    unit, null, every = fitted[0], fitted[1], fitted[2][key]
    found = curve_of(unit, null, sign, [key])[key]
    assert [name for name, _ in found.estimates] == [name for name, _ in every[0]]
    assert len(found.estimates) > 35
    # One computation in two orders: rounding.
    assert [value for _, value in found.estimates] == pytest.approx([value for _, value in every[0]], rel=1e-7)
    values = np.array([[value for _, value in each] for each in every])
    shares = [np.mean(np.sign(row) == sign) for row in values]
    medians = [float(np.median(row)) for row in values]
    assert found.share == shares[0]
    assert found.median == pytest.approx(medians[0], rel=1e-7)
    by_share = [np.mean([other >= share for other in shares]) for share in shares]
    by_median = [np.mean([sign * other >= sign * median for other in medians]) for median in medians]
    smaller = [min(pair) for pair in zip(by_share, by_median, strict=True)]
    assert (found.p_share, found.p_median) == pytest.approx((by_share[0], by_median[0]))
    assert found.p_joint == pytest.approx(np.mean([other <= smaller[0] for other in smaller]))
    assert found.draws == 9


def test_curve_leaves_out_other_units_and_the_same_estimate_twice():
    names = [row.model for row in curve_rows(unit_of(noise(28), scale="sqrt"), PLAN)]
    assert names[0] == "primary" and names[-1] == "quadratic"
    assert {"ols", "reml", "without_2005", "one_earlier", "transition_1", "step_2005", "variance_ratio"} <= set(names)
    assert not {"ols_hac", "other_scale", "quasi_poisson"} & set(names)
    assert len(names) == len(set(names))


def test_a_planted_effect_of_six_sd_is_as_rare_as_the_draws_can_say():
    unit = unit_of(noise(28) + 6.0 * (np.arange(28) >= 14))
    null = ar1(unit.full.time, 0.2, 39, np.random.default_rng(3))
    found = curve_of(unit, null)[KEY]
    assert found.share == 1.0 and found.median > 3
    assert found.p_median == found.p_joint == 1 / 40
    against = curve_of(unit, null, sign=-1)[KEY]
    assert against.share == 0.0 and against.p_joint == 1.0


def test_p_joint_is_right_under_the_null():
    """60 series without an effect; 19 null series each, so that p is one of 1/20 .. 1."""
    unit = unit_of(noise(28))
    rows = [row for row in curve_rows(unit, PLAN) if not row.model.startswith(("without_", "variance"))][::2]
    every = ar1(unit.full.time, 0.3, 60 * 20, np.random.default_rng(4)).reshape(60, 20, -1)
    p = []
    for y, *null in every:
        own = replace(unit, full=replace(unit.full, y=y))
        p.append(specification_curves(own, rows, [KEY], 1, np.array(null), GRIDS)[KEY].p_joint)
    # Exchangeable series: P(p <= .1) is at most 2 in 20, less for ties. Of 60, 6 are expected and over 13 come once in
    # 700 times; none at all once in 500.
    assert 1 <= np.sum(np.array(p) <= 0.1) <= 13
    assert np.mean(p) == pytest.approx(0.525, abs=4 * 0.29 / np.sqrt(60))


def test_a_model_with_rows_of_its_own_has_the_curve_of_those():
    slope = unit_of(noise(28), "slope", [("one", "slope_change")], models=["slope"])
    names = [row.model for row in curve_rows(slope, PLAN)]
    assert names[0] == "slope" and {"slope_ols", "slope_reml"} <= set(names)
    assert all(name.startswith("slope") for name in names)
    null = ar1(slope.full.time, 0.3, 9, np.random.default_rng(5))
    found = curve_of(slope, null, keys=[("one", "slope_change")])["one", "slope_change"]
    own = [effects.estimate_slope(row, GRIDS)[0]["estimate"] for row in curve_rows(slope, PLAN)]
    assert [value for _, value in found.estimates] == pytest.approx(own, rel=1e-7)
