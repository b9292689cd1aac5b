"""Calendar of the study: what dates become at each frequency."""

import datetime as dt

import pytest

from junctures.study import periods


@pytest.mark.parametrize("period", ["1999", "2012Q1", "2012Q4", "2012-01", "2012-12"])
def test_period_comes_back_from_its_running_number(period):
    assert periods.from_index(periods.to_index(period), periods.frequency_of(period)) == period


@pytest.mark.parametrize(
    ("date", "year", "quarter", "month"),
    [
        ("2012-01-05", "2012", "2012Q1", "2012-01"),
        ("2014-03-18", "2014", "2014Q2", "2014-04"),
        ("2016-07-08", "2017", "2016Q3", "2016-07"),
        ("2013-07-02", "2013", "2013Q3", "2013-07"),
        ("2013-07-03", "2014", "2013Q3", "2013-07"),
    ],
)
def test_first_treated_period_is_the_first_with_half_of_it_on_or_after_the_date(date, year, quarter, month):
    day = dt.date.fromisoformat(date)
    assert [periods.first_treated(day, frequency) for frequency in ("year", "quarter", "month")] == [
        year,
        quarter,
        month,
    ]


def test_a_year_observed_in_a_known_month_is_treated_if_that_month_is():
    day = dt.date(2016, 7, 8)
    assert periods.first_treated(day, "year", 9) == "2016"
    assert periods.first_treated(day, "year", 6) == "2017"


def test_an_event_known_only_by_year_has_no_quarter():
    assert periods.position("2014", "quarter") is None
    assert periods.position("2014-03", "quarter") == "2014Q1"


def test_only_whole_periods_lie_in_a_window():
    assert periods.first_period("2003-02", "quarter") == "2003Q2"
    assert periods.last_period("2018-11", "quarter") == "2018Q3"
    assert periods.last_period("2021", "month") == "2021-12"


def test_what_is_no_period_or_date_is_told():
    with pytest.raises(ValueError, match="write 2012, 2012Q1 or 2012-01"):
        periods.frequency_of("2012Q5")
    with pytest.raises(ValueError, match="no date"):
        periods.position("March 2014", "year")
