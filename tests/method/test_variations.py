"""The accompanying rows: what differs in each, and that nothing else does."""

from dataclasses import replace

import numpy as np
import pytest
from invented import NAMES, ROWS, STEPS, noise, quarterly, yearly

from junctures.inference import design, variations

FULL = yearly(noise(32), start=1990)
CASE = FULL.between(start=2000)


def named(rows):
    found = {}
    for variation in rows:
        assert variation.model not in found, f"two rows are named {variation.model}"
        found[variation.model] = variation
    return found


def window(variation):
    return int(variation.case.time[0]), int(variation.case.time[-1])


def every_row(case=CASE, full=FULL, alternatives=()):
    return named(variations.all_rows(case, full, dict(alternatives), ROWS))


def test_rows_have_the_names_that_results_promise():
    years = [f"without_{year}" for year in range(2000, 2022)]
    moved = [f"{name}_{way}" for name in NAMES for way in ("earlier", "later")]
    assert set(every_row(alternatives={"alternative_2011_06_01": ("two", 2011)})) == {
        "ols", "reml", "ols_hac", "start_later", "start_earlier", "end_2019", *years, *moved, "alternative_2011_06_01",
        "transition_1", "step_2005", "variance_ratio", "late_three",
    }  # fmt: skip


def test_counts_add_a_rate_ratio_roots_another_scale_and_long_series_pure_ar1():
    counts = replace(CASE, counts=True, scale="sqrt", value=np.arange(22.0))
    assert set(every_row(counts)) - set(every_row()) == {"quasi_poisson", "other_scale"}
    assert set(every_row(quarterly(noise(88), noise=True), quarterly(noise(88)))) - set(every_row()) == {
        "ar1_pure", "transition_2", "transition_4",
    }  # fmt: skip


def test_every_row_keeps_the_noise_model_of_the_full_window_but_the_one_that_says_otherwise():
    full = quarterly(noise(100), start=1997, noise=True)
    rows = every_row(full.between(start=8000), full)
    assert {name for name, row in rows.items() if not row.case.noise} == {"ar1_pure"}
    assert len(rows["end_2019"].case.time) < len(rows["start_earlier"].case.time)


def test_other_starts_and_ends_have_windows_of_their_own():
    rows = named(variations.windows(CASE, FULL, 2019))
    assert {name: window(row) for name, row in rows.items()} == {
        "start_later": (2002, 2021), "start_earlier": (1995, 2021), "end_2019": (2000, 2019),
    }  # fmt: skip
    assert {row.reason for row in rows.values()} == {""}


def test_quarterly_windows_move_by_whole_years():
    full = quarterly(noise(112), start=1994)
    rows = named(variations.windows(full.between(start=8002), full, 2019))
    assert window(rows["start_later"]) == (8010, 8087)
    assert window(rows["start_earlier"]) == (7982, 8087)
    assert window(rows["end_2019"])[1] == 4 * 2019 + 3


def test_a_window_that_the_source_does_not_reach_has_a_reason():
    short = FULL.between(start=1996, end=2019)
    rows = named(variations.windows(short.between(start=2000), short, 2019))
    assert rows["start_earlier"].reason == "the source does not reach five years further back"
    assert rows["end_2019"].reason == "the window ends by 2019"
    assert named(variations.windows(CASE, FULL.between(start=1995), 2019))["start_earlier"].reason == ""


def test_no_other_end_and_no_crisis_where_the_config_names_none():
    rows = named(variations.all_rows(CASE, FULL, {}, ROWS | {"other_end": None, "concurrent_step": None}))
    assert not [name for name in rows if name.startswith(("end_", "step_"))]


def test_leaving_a_year_out_drops_its_points_alone_and_asks_for_one_point_between():
    case = quarterly(noise(88)).keep(np.arange(88) != 5)
    rows = named(variations.left_out(case))
    assert len(rows) == 22
    for year in range(2000, 2022):
        row = rows[f"without_{year}"]
        assert [*row.case.time] == [t for t in case.time if t // 4 != year]
        assert [*row.case.y] == [y for t, y in zip(case.time, case.y, strict=True) if t // 4 != year]
        assert row.case.steps == case.steps and row.minimum == (1, 1, 1)


def test_a_year_without_observations_is_not_left_out():
    gapped = CASE.keep(CASE.time != 2005)
    assert "without_2005" not in named(variations.left_out(gapped))


def test_a_year_between_two_steps_a_period_apart_can_be_left_out_where_one_point_remains():
    case = yearly(noise(22), steps=(2008, 2010, 2016))
    row = named(variations.left_out(case))["without_2009"]
    assert design.check_design(row.case.time, row.case.steps, row.minimum) is None
    assert design.check_design(row.case.time, row.case.steps) is not None


def test_dates_move_one_juncture_at_a_time():
    rows = named(variations.moved_dates(CASE, {"alternative_2013_02_01": ("two", 2013)}))
    assert {name: row.case.steps for name, row in rows.items()} == {
        "one_earlier": (2007, 2012, 2016), "one_later": (2009, 2012, 2016),
        "two_earlier": (2008, 2011, 2016), "two_later": (2008, 2013, 2016),
        "three_earlier": (2008, 2012, 2015), "three_later": (2008, 2012, 2017),
        "alternative_2013_02_01": (2008, 2013, 2016),
    }  # fmt: skip
    assert {row.reason for row in rows.values()} == {""}


def test_an_alternative_date_in_the_main_period_is_the_same_period():
    row = named(variations.moved_dates(CASE, {"alternative_2012_02_01": ("two", 2012)}))["alternative_2012_02_01"]
    assert row.reason == "same period"


@pytest.mark.parametrize("frequency, lengths", [("year", (1,)), ("quarter", (2, 4)), ("month", (6, 12))])
def test_a_transition_leaves_out_the_first_periods_from_each_juncture_on(frequency, lengths):
    per_year = {"year": 1, "quarter": 4, "month": 12}[frequency]
    time = np.arange(2000 * per_year, 2022 * per_year)
    steps = tuple(per_year * step for step in STEPS)
    case = yearly(noise(len(time)), frequency=frequency, time=time, steps=steps)
    rows = named(variations.transitions(case))
    assert set(rows) == {f"transition_{length}" for length in lengths}
    for length in lengths:
        left = set(time) - set(rows[f"transition_{length}"].case.time)
        assert left == {step + i for step in steps for i in range(length)}


@pytest.mark.parametrize(
    "scale, exposure, other, expected",
    [
        ("sqrt", None, "level", [4.0, 9.0]),
        ("sqrt", [2.0, 3.0], "level", [2.0, 3.0]),
        ("arcsine_sqrt", None, "level", [4.0, 9.0]),
        ("log", None, "sqrt", [2.0, 3.0]),
    ],
)
def test_the_other_scale_is_the_level_of_roots_and_shares_and_the_root_of_logs(scale, exposure, other, expected):
    exposures = np.full(2, np.nan) if exposure is None else np.array(exposure)
    case = yearly([0.0, 0.0], scale=scale, value=np.array([4.0, 9.0]), exposure=exposures)
    (row,) = variations.rescaled(case)
    assert (row.model, row.case.scale, [*row.case.y]) == ("other_scale", other, expected)
    (turned,) = variations.rescaled(replace(case, reverse=True))
    assert [*turned.case.y] == [-each for each in expected]


def test_a_level_and_an_index_have_no_other_scale():
    assert not list(variations.rescaled(CASE))
    assert not list(variations.rescaled(replace(CASE, scale="sqrt", value=np.full(22, np.nan))))


def test_the_step_of_a_crisis_begins_with_its_year_beside_the_junctures():
    case = quarterly(noise(88))
    row = named(variations.designs(case, 2005))["step_2005"]
    assert [*case.time[row.extra["step_2005"] == 1]] == [t for t in case.time if t >= 8020]
    assert row.case is case and row.reason == ""
    assert "does not hold 1999" in named(variations.designs(case, 1999))["step_1999"].reason


def test_the_false_step_lies_on_the_years_before_the_first_juncture_only():
    row = variations.false_step(quarterly(noise(88), noise=True), 2004)
    assert (row.model, window(row)) == ("false_step_2004", (8000, 8031))
    assert (row.case.junctures, row.case.steps, row.case.noise) == (("all",), (8016,), True)


def test_a_recoded_juncture_begins_with_its_year_at_any_frequency():
    assert variations.recode(CASE, "late", "three", 2017).case.steps == (2008, 2012, 2017)
    assert variations.recode(quarterly(noise(88)), "late", "three", 2017).case.steps == (8032, 8048, 8068)
    assert variations.recode(CASE, "same", "three", 2016).reason == "same period"


def test_robust_rows_are_ols_reml_other_windows_and_years_left_out():
    rows = set(named(variations.robust_rows(replace(CASE, noise=True, counts=True), FULL, 2019)))
    assert rows == {"ols", "reml", "start_later", "start_earlier", "end_2019"} | {
        f"without_{year}" for year in range(2000, 2022)
    }


def slopes(j, case=CASE, full=FULL, **rule):
    return named(variations.slopes("slope", case, full, j, ROWS["slope"] | rule))


def test_a_slope_is_estimated_to_some_years_after_the_next_juncture():
    rows = slopes(0)
    assert {name: window(row) for name, row in rows.items() if "without" not in name} == {
        "slope": (2003, 2014), "slope_ols": (2003, 2014), "slope_reml": (2003, 2014), "slope_start_2000": (2000, 2014),
        "slope_end_2015": (2003, 2015),
    }  # fmt: skip
    assert {(row.case.junctures, row.case.steps) for row in rows.values()} == {(("one",), (2008,))}
    assert window(slopes(1)["slope"]) == (2003, 2018)


def test_each_year_of_a_slopes_own_window_is_left_out():
    rows = slopes(0)
    years = [int(name.removeprefix("slope_without_")) for name in rows if "without" in name]
    assert years == [*range(2003, 2015)]
    for year in years:
        assert [*rows[f"slope_without_{year}"].case.time] == [t for t in range(2003, 2015) if t != year]


def test_a_slope_begins_with_the_series_where_that_begins_later():
    late = FULL.between(start=2005)
    assert window(slopes(0, late, late)["slope"]) == (2005, 2014)
    assert "does not reach back to 2000" in slopes(0, late, late)["slope_start_2000"].reason


def test_a_slope_at_the_last_juncture_has_a_reason_in_place_of_an_end():
    rows = slopes(2)
    assert list(rows) == ["slope"] and "no later juncture" in rows["slope"].reason


def test_a_slope_that_ends_after_the_series_has_a_reason():
    short = FULL.between(end=2017)
    rows = slopes(1, short.between(start=2000), short, other_ends=[2015, 2019])
    assert rows["slope_end_2015"].reason == "" and "ends before 2019" in rows["slope_end_2019"].reason
