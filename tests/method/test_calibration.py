"""Rates of rejection on designs of a study: against other ways to the same rate, under the null, and when misled."""

from dataclasses import replace

import numpy as np
import pytest
from invented import noise, quarterly, yearly

from junctures.inference import dates, design, effects
from junctures.inference.calibration import EFFECTS, Draws, calibrate, points_of
from junctures.inference.simulate import OWN, TRUTHS, ar1, characteristics, own_errors
from junctures.inference.staged import staged_p
from junctures.inference.variations import Variation

GAPPY = yearly(noise(22)).keep(~np.isin(np.arange(22), [5, 15]))
GRIDS = effects.Grids()
FEW = Draws(300, 60, 99)


def seeded(seed=1):
    """Return what makes a generator from a name, each truth its own."""
    return lambda name: np.random.default_rng([seed, *name.encode()])


def rates(case, rho=0.4, share=0.0, draws=FEW, **changes):
    rows = calibrate(case, GRIDS, points_of(case, rho, share, 2005), draws, seeded(), **changes)
    found = {(row["truth"], row["effect"], row["juncture"], row["estimand"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_size_and_power_of_own_errors_equal_those_of_characteristics_on_the_same_draws():
    variation = Variation("primary", GAPPY)
    steps, mean = effects.step_design(variation), effects.mean_design(variation)
    found = rates(GAPPY, truths=[OWN])
    columns = {
        ("one", "step"): (steps, "step_0"),
        ("three", "step"): (steps, "step_2"),
        ("all", "mean_step"): (mean, "passed"),
    }
    for key, (matrix, column) in columns.items():
        contrast = {"it": effects.unit_contrast(matrix.names, column)}
        (row,) = characteristics(
            GAPPY.time, matrix.X, contrast, False, rhos=(0.4,), smallest={"it": 1.0}, draws=300, rng=seeded()(OWN)
        )
        assert found[OWN, 0, *key]["rate"] == row["size"]
        for effect in EFFECTS:
            assert found[OWN, effect, *key]["rate"] == row[f"power_{effect}"]


def test_size_is_the_level():
    found = rates(GAPPY, truths=[OWN], draws=Draws(4000, 1, 1))
    sizes = [row["rate"] for key, row in found.items() if key[1] == 0 and key[3] in ("step", "mean_step")]
    # Standard error .0034 at .05; the procedure itself lies within a point or so of the level.
    assert len(sizes) == 4 and all(0.03 <= size <= 0.07 for size in sizes), sizes


def test_every_truth_step_and_effect_has_its_row_with_its_error():
    found = rates(GAPPY)
    places = {("one", "step"), ("two", "step"), ("three", "step"), ("all", "mean_step"), ("all", "staged")}
    expected = {(truth, 0, *place) for truth in TRUTHS for place in places}
    expected |= {(OWN, effect, *place) for effect in EFFECTS for place in places}
    assert set(found) == expected
    for row in found.values():
        assert row["draws"] == 300
        assert row["error"] == pytest.approx(np.sqrt(row["rate"] * (1 - row["rate"]) / 300), abs=1e-15)
        assert row["rate"] * 300 == pytest.approx(round(row["rate"] * 300))


def test_staged_rate_is_the_share_of_series_whose_staged_p_is_at_most_five_per_cent():
    found = rates(GAPPY, truths=[OWN])
    Y = own_errors(points_of(GAPPY, 0.4, 0.0, 2005), 300, seeded()(OWN))
    variation = Variation("primary", GAPPY)
    matrix = effects.step_design(variation)
    for effect in (0, 2, 4):
        planted = Y + effect * design.passed(GAPPY.time, GAPPY.steps)
        posterior = GRIDS.grid(GAPPY).fit_batch(planted, matrix.X)
        each = [posterior.summarise(effects.unit_contrast(matrix.names, f"step_{j}")).positive for j in range(3)]
        assert found[OWN, effect, "all", "staged"]["rate"] == np.mean(staged_p(each) <= 0.05)


def test_one_juncture_alone_has_no_staged_rise():
    found = rates(replace(GAPPY, junctures=("two",), steps=(2012,)), truths=[OWN])
    assert {key[2:] for key in found} == {("two", "step"), ("all", "mean_step")}


def test_a_smooth_rise_is_rejected_more_often_than_errors_alone_in_a_monthly_series():
    case = quarterly(noise(120), start=2005, frequency="month", noise=True, steps=(12 * 2008, 12 * 2010, 12 * 2012))
    case = case.keep(np.ones(120, bool), time=np.arange(12 * 2005, 12 * 2015))
    found = rates(case, rho=0.3, share=0.3, truths=[OWN, "logistic"], draws=Draws(200, 1, 1))
    own, rise = (found[truth, 0, "two", "step"] for truth in (OWN, "logistic"))
    # Both errors together, three times: chance does it once in 700.
    assert rise["rate"] > own["rate"] + 3 * np.hypot(own["error"], rise["error"])


def test_the_rank_of_dates_has_its_rows_where_it_is_asked_for():
    found = rates(GAPPY, truths=[OWN, "early_step"], ranked=True)
    ranked = {key[:2]: row for key, row in found.items() if key[3] == "date_rank"}
    assert set(ranked) == {(OWN, 0), (OWN, 2), (OWN, 4), ("early_step", 0)}
    assert {row["draws"] for row in ranked.values()} == {FEW.ranks}
    assert not [key for key in rates(GAPPY, truths=[OWN]) if key[3] == "date_rank"]
    # Steps of 4 sd at the real dates are seen; the error of 60 draws is at most .065.
    assert ranked[OWN, 4]["rate"] > ranked[OWN, 0]["rate"] + 0.2


@pytest.mark.parametrize("y", [np.zeros(22), noise(11)], ids=["no variation", "too few points"])
def test_a_case_that_cannot_be_tested_has_no_rows(y):
    case = yearly(y)
    assert calibrate(case, GRIDS, points_of(case, 0.4, 0.0, 2005), FEW, seeded()) == []


def test_misleading_rises_begin_where_the_config_says_or_three_years_before_the_first_juncture():
    assert points_of(GAPPY, 0.4, 0.1, 2003).early_year == 2003
    monthly = quarterly(noise(88))
    at = points_of(monthly, 0.4, 0.1, None)
    assert (at.early_year, at.per_year, at.rho, at.share) == (2005, 4, 0.4, 0.1)


def test_p_of_many_ranks_are_those_of_each_series_up_to_the_simulation():
    time, real, draws = GAPPY.time, GAPPY.steps, 399
    base = design.build(time, steps=[]).X
    Y = ar1(time, 0.4, 20, np.random.default_rng(5)) + np.linspace(0, 3, 20)[:, None] * design.passed(time, real)
    quick = dates.rank_p_values(Y, base, time, time, real, draws, np.random.default_rng(6))
    slow = np.array(
        [dates.date_rank(y, base, time, time, real, draws, np.random.default_rng([7, i])).p for i, y in enumerate(Y)]
    )
    # Each p has a standard error of sqrt(p (1 - p) / 399), the interpolated one at most that: four of both together,
    # and .02 for what interpolation between six knots of rho leaves.
    error = np.sqrt(2 * slow * (1 - slow) / draws)
    assert np.all(np.abs(quick - slow) <= 4 * error + 0.02), (quick, slow)
    assert np.ptp(slow) > 0.5


def test_ranks_of_series_with_one_and_the_same_rho_need_one_knot():
    time, real = GAPPY.time, GAPPY.steps
    base = design.build(time, steps=[]).X
    Y = np.repeat(ar1(time, 0.4, 1, np.random.default_rng(8)), 2, axis=0)
    one, other = dates.rank_p_values(Y, base, time, time, real, 99, np.random.default_rng(9))
    assert one == other and round(one * 100) == pytest.approx(one * 100)
