"""Periods as text and numbers, and what a date becomes at each frequency."""

import datetime as dt

import pytest

from junctures.study import periods


@pytest.mark.parametrize(
    "text, frequency, number", [("2012", "year", 2012), ("2012Q3", "quarter", 8050), ("2012-12", "month", 24155)]
)
def test_a_period_and_its_running_number_turn_into_each_other(text, frequency, number):
    assert (periods.frequency_of(text), periods.to_index(text)) == (frequency, number)
    assert periods.from_index(number, frequency) == text


@pytest.mark.parametrize(
    "date, frequency, first",
    [
        ("2012-01-05", "year", "2012"),
        ("2012-01-05", "quarter", "2012Q1"),
        ("2012-01-05", "month", "2012-01"),
        ("2014-03-18", "year", "2014"),
        ("2014-03-18", "quarter", "2014Q2"),
        ("2014-03-18", "month", "2014-04"),
        ("2016-07-08", "year", "2017"),
        ("2016-07-08", "quarter", "2016Q3"),
        ("2016-07-08", "month", "2016-07"),
        ("2014-12-31", "month", "2015-01"),
    ],
)
def test_first_treated_period_is_the_first_of_which_half_lies_on_or_after_the_date(date, frequency, first):
    assert periods.first_treated(dt.date.fromisoformat(date), frequency) == first


def test_a_period_of_which_exactly_half_lies_on_or_after_the_date_is_treated():
    assert periods.first_treated(dt.date(2015, 6, 16), "month") == "2015-06"
    assert periods.first_treated(dt.date(2015, 6, 17), "month") == "2015-07"
    assert periods.first_treated(dt.date(2016, 7, 2), "year") == "2016"
    assert periods.first_treated(dt.date(2016, 7, 3), "year") == "2017"


@pytest.mark.parametrize("month, first", [(6, "2017"), (7, "2016"), (11, "2016")])
def test_a_yearly_observation_is_treated_if_the_month_in_which_it_is_made_is(month, first):
    assert periods.first_treated(dt.date(2016, 7, 8), "year", month) == first


def test_a_month_of_observation_says_nothing_of_quarters():
    assert periods.first_treated(dt.date(2016, 7, 8), "quarter", 11) == "2016Q3"


@pytest.mark.parametrize(
    "text, frequency, first, last",
    [
        ("2003", "quarter", "2003Q1", "2003Q4"),
        ("2003", "month", "2003-01", "2003-12"),
        ("2018Q3", "year", "2019", "2017"),
        ("2018Q3", "quarter", "2018Q3", "2018Q3"),
        ("2018-09", "quarter", "2018Q4", "2018Q3"),
        ("2021-08", "year", "2022", "2020"),
        ("2014-01-01", "year", "2014", "2013"),
        ("2014-12-31", "year", "2015", "2014"),
    ],
)
def test_first_and_last_period_hold_complete_periods_only(text, frequency, first, last):
    assert periods.first_period(text, frequency) == first
    assert periods.last_period(text, frequency) == last


@pytest.mark.parametrize(
    "date, frequency, period",
    [
        ("2014-03-18", "month", "2014-03"),
        ("2014-03-18", "quarter", "2014Q1"),
        ("2014-04", "quarter", "2014Q2"),
        ("2014-12", "year", "2014"),
        ("2014", "year", "2014"),
        ("2014", "quarter", None),
        ("2014", "month", None),
    ],
)
def test_an_event_falls_into_a_period_unless_its_date_is_coarser(date, frequency, period):
    assert periods.position(date, frequency) == period


@pytest.mark.parametrize("date", ["2014-13", "2014-02-30", "2014-3", "14", "spring 2014", "2014-03-18\n"])
def test_what_is_no_date_of_the_calendar_falls_into_no_period(date):
    with pytest.raises(ValueError, match="is no date"):
        periods.position(date, "month")


@pytest.mark.parametrize("text", ["2012Q5", "2012-13", "2012-1", "12", "2012\n", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="is no period"):
        periods.to_index(text)


def test_a_span_crosses_years_and_holds_both_ends():
    assert periods.span("2013Q3", "2014Q2") == ["2013Q3", "2013Q4", "2014Q1", "2014Q2"]
    assert periods.span("2013-12", "2014-01") == ["2013-12", "2014-01"]
    assert periods.span("2014", "2013") == []


def test_a_span_between_two_frequencies_is_refused():
    with pytest.raises(ValueError, match="different frequencies"):
        periods.span("2013", "2014Q2")
