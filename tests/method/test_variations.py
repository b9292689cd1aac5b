"""The accompanying rows: what each changes, and which cannot be made."""

import numpy as np

from junctures.inference import variations
from junctures.inference.cases import Case


def case(start=2000, end=2021, **changes):
    time = np.arange(start, end + 1)
    value = np.arange(1.0, len(time) + 1)
    fields = {"scale": "sqrt", "y": np.sqrt(value), "value": value, "exposure": np.full(len(time), np.nan)}
    fields |= {"junctures": ("a", "b", "c"), "steps": (2012, 2014, 2017), "noise": False, "unit": 0.5}
    return Case(frequency="year", time=time, **(fields | changes))


def named(found):
    return {variation.model: variation for variation in found}


def test_every_year_is_left_out_once():
    found = named(variations.left_out(case()))
    assert set(found) == {f"without_{year}" for year in range(2000, 2022)}
    assert all(int(name[-4:]) not in v.case.time and len(v.case.time) == 21 for name, v in found.items())


def test_a_start_five_years_earlier_is_made_only_where_the_source_reaches_it():
    assert named(variations.windows(case(), case(1992), 2019))["start_earlier"].case.time[0] == 1995
    assert "reach" in named(variations.windows(case(), case(1996), 2019))["start_earlier"].reason


def test_the_other_end_is_no_row_where_the_window_ends_there_already():
    assert named(variations.windows(case(end=2019), case(end=2019), 2019))["end_2019"].reason
    assert named(variations.windows(case(), case(), 2019))["end_2019"].case.time[-1] == 2019


def test_dates_move_one_juncture_at_a_time():
    found = named(variations.moved_dates(case(), {"alternative_x": ("b", 2014), "alternative_y": ("c", 2016)}))
    assert found["a_earlier"].case.steps == (2011, 2014, 2017)
    assert found["b_later"].case.steps == (2012, 2015, 2017)
    assert found["alternative_x"].reason == "same period"
    assert found["alternative_y"].case.steps == (2012, 2014, 2016) and not found["alternative_y"].reason


def test_transition_leaves_out_the_first_period_after_each_juncture():
    (found,) = variations.transitions(case())
    assert not set(found.case.time) & {2012, 2014, 2017} and len(found.case.time) == 19


def test_other_scale_of_a_square_root_is_the_level_with_its_sign():
    (plain,) = variations.rescaled(case())
    (reversed_,) = variations.rescaled(case(reverse=True))
    assert np.array_equal(plain.case.y, case().value) and np.array_equal(reversed_.case.y, -case().value)


def test_false_step_stands_alone_on_the_years_before_the_first_juncture():
    found = variations.false_step(case(), 2006)
    assert found.case.steps == (2006,) and found.case.time[-1] == 2011
