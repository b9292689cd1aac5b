"""Designs: what their columns hold, what they can estimate, and the errors that their geometry implies."""

import numpy as np
import pytest

from junctures.inference import design

YEARS = np.arange(2000, 2022)
QUARTERS = np.arange(2000 * 4, 2022 * 4)
MONTHS = np.arange(2000 * 12, 2022 * 12)
STEPS = {"year": [2012, 2014, 2017], "quarter": [8048, 8057, 8066], "month": [24144, 24171, 24198]}


def test_steps_and_ramps_begin_at_their_positions():
    built = design.build(YEARS, steps=[2012], ramps=[2014])
    columns = dict(zip(built.names, built.X.T, strict=True))
    assert list(columns) == ["intercept", "trend", "step_0", "ramp_0"]
    assert YEARS[columns["step_0"] == 1].tolist() == list(range(2012, 2022))
    assert columns["ramp_0"].tolist() == [0] * 14 + list(range(8))
    assert np.diff(columns["trend"]) == pytest.approx(1.0)
    assert columns["trend"].sum() == pytest.approx(0.0)


def test_quadratic_trend_spans_every_parabola_and_is_orthogonal_enough():
    X = design.build(MONTHS, steps=[], trend=2).X
    parabola = 3.0 - 0.2 * MONTHS + 0.004 * MONTHS.astype(float) ** 2
    fitted = X @ np.linalg.lstsq(X, parabola)[0]
    assert fitted == pytest.approx(parabola, rel=1e-12)
    assert np.linalg.cond(X / np.linalg.norm(X, axis=0)) < 1.1


@pytest.mark.parametrize("season, time, columns", [(4, QUARTERS, 2), (12, MONTHS, 4)])
def test_season_follows_the_calendar_position_and_sums_to_zero_over_a_year(season, time, columns):
    gaps = np.delete(time, [5, 6, 20])
    X = design.build(gaps, steps=[], season=season).X[:, 2:]
    assert X.shape[1] == columns
    for place in range(season):
        assert np.ptp(X[gaps % season == place], axis=0) == pytest.approx(0.0, abs=1e-12)
    whole = design.build(time, steps=[], season=season).X[:season, 2:]
    assert whole.sum(axis=0) == pytest.approx(0.0, abs=1e-12)
    assert np.linalg.matrix_rank(whole) == columns


def test_passed_counts_junctures():
    counts = design.passed(YEARS, STEPS["year"])
    assert {int(year): int(d) for year, d in zip(YEARS, counts, strict=True) if year in (2011, 2012, 2014, 2021)} == {
        2011: 0, 2012: 1, 2014: 2, 2021: 3,
    }  # fmt: skip


def test_gap_is_the_difference_to_the_fit_without_the_junctures_own_step_and_ramp():
    built = design.build(YEARS, steps=STEPS["year"], ramps=STEPS["year"])
    coefficients = np.arange(1.0, 9.0)
    for j, first in enumerate(STEPS["year"]):
        without = built.X.copy()
        without[:, [built.names.index(f"step_{j}"), built.names.index(f"ramp_{j}")]] = 0.0
        difference = (built.X - without) @ coefficients
        for ahead in (0, 1, 2):
            expected = difference[YEARS.searchsorted(first + ahead)]
            assert design.gap(built.names, j, ahead) @ coefficients == pytest.approx(expected)


def test_gap_without_ramps_is_the_step():
    names = design.build(YEARS, steps=STEPS["year"]).names
    assert design.gap(names, 1, 2).tolist() == [0, 0, 0, 1, 0]


def test_extra_columns_are_taken_in_order_and_must_fit():
    built = design.build(YEARS, steps=[2012], extra={"before": YEARS * 2.0})
    assert built.names[-1] == "before"
    assert built.X[:, -1].tolist() == (YEARS * 2.0).tolist()
    with pytest.raises(ValueError, match="'before'"):
        design.build(YEARS, steps=[2012], extra={"before": np.ones(3)})
    with pytest.raises(ValueError, match="degree 3"):
        design.build(YEARS, steps=[2012], trend=3)
    with pytest.raises(ValueError, match="season of 7"):
        design.build(YEARS, steps=[2012], season=7)


@pytest.mark.parametrize(
    "frequency, time, season, with_steps, with_ramps",
    [("year", YEARS, None, 0.93, 2.4), ("quarter", QUARTERS, None, 0.48, 0.96), ("month", MONTHS, 12, 0.28, 0.55)],
)
def test_standard_errors_of_the_2014_step_are_those_that_forced_the_design(
    frequency, time, season, with_steps, with_ramps
):
    """The figures are those of the study's design notes, to the digits given there; errors are independent."""
    steps = STEPS[frequency]
    for ramps, expected in (((), with_steps), (steps, with_ramps)):
        built = design.build(time, steps=steps, ramps=ramps, season=season)
        place = built.names.index("step_1")
        error = np.sqrt(np.linalg.inv(built.X.T @ built.X)[place, place])
        assert error == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    "time, steps, minimum, words",
    [
        (YEARS[:11], [2004], (3, 2, 3), "fewer than 12 points"),
        (YEARS, [2002, 2014, 2017], (3, 2, 3), "before the first step"),
        (YEARS, [2012, 2013, 2017], (3, 2, 3), "between two steps"),
        (YEARS, [2012, 2014, 2019, 2020], (3, 1, 3), "from the last step on"),
        (YEARS, [2012, 2012, 2017], (3, 2, 3), "in one period"),
        (np.delete(YEARS, [12, 13]), [2012, 2014, 2017], (1, 1, 1), "between two steps"),
        (np.arange(0, 48, 4), [20], (1, 1, 1), "tell trend, steps and season apart"),
    ],
)
def test_designs_that_cannot_be_estimated_say_why(time, steps, minimum, words):
    assert words in design.check_design(time, steps, minimum, season=4 if "season" in words else None)


def test_designs_that_can_be_estimated_give_no_reason():
    assert design.check_design(YEARS, STEPS["year"]) is None
    one_year_out = YEARS[YEARS != 2013]
    assert design.check_design(one_year_out, STEPS["year"], (1, 1, 1)) is None
    assert "between" in design.check_design(one_year_out, STEPS["year"])
    assert design.check_design(MONTHS, STEPS["month"], season=12) is None
