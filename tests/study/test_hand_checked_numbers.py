"""Numbers of the series that were counted by hand in the raw tables (line numbers are those of the files)."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from junctures.study.config import load_config
from junctures.study.series import build_series, load_table
from junctures.study.tables import read_sources, table_of

ROOT = Path(__file__).parents[2]


@cache
def study():
    return load_config(ROOT / "config.yaml")


@cache
def sources():
    found, problems = read_sources(ROOT)
    assert not problems
    return found


@cache
def built(name):
    indicator = study().indicators[name]
    table = load_table(ROOT / "raw" / f"{indicator.table}.csv")
    time = table_of(sources(), indicator.table).time
    return build_series(indicator, table, study().study.window.model_dump(), time=time)


def cell(name, period, column="value", role="main", vintage="", unit=None):
    series, _ = built(name)
    mask = (series["period"] == period) & (series["role"] == role) & (series["vintage"] == vintage)
    if unit:
        mask &= series["unit"] == unit
    found = series[mask]
    assert len(found) == 1
    return found[column].iloc[0]


def lines(name, period, vintage=""):
    _, rows = built(name)
    found = rows[(rows["period"] == period) & (rows["vintage"] == vintage)]
    assert len(found) == 1
    return found["rows"].iloc[0]


EXERCISES = [1, 0, 1, 0, 1, 0, 3, 1, 0, 2, 2, 3, 2, 3, 3, 2, 4, 1, 3]  # core rows by start_date, 2003-2021


def test_count_of_core_exercises_a_year_equals_the_count_by_hand():
    assert [cell("exercises", str(2003 + i)) for i in range(19)] == EXERCISES


@pytest.mark.parametrize(
    ("name", "period", "value", "rows"),
    [
        ("exercises", "2016Q2", 1, 1),
        ("exercises", "2016Q3", 2, 2),
        ("joint_development", "2012", 2, "13 14"),
        ("joint_development", "2014", 1, "18"),  # line 23 rests on the article alone
        ("agreements", "2014", 3, "68 69 72"),
        ("agreements", "2014Q2", 2, "68 69"),
        ("summits", "2008Q4", 2, "33 34"),
        ("summits", "2013", 6, "56 57 58 59 60 61"),
        ("joint_dissent", "2012", 3, "1420 1444 1455"),
        ("joint_dissent", "2017Q4", 5, "1781 1785 1788 1790 1797"),
        ("joint_vetoes", "2012", 2, "27 28"),
        ("joint_vetoes", "2019", 3, "44 45 46"),
    ],
)
def test_counts_and_their_rows_equal_those_found_by_hand(name, period, value, rows):
    assert cell(name, period) == value
    assert cell(name, period, "y") == pytest.approx(np.sqrt(value))
    assert lines(name, period) == rows if isinstance(rows, str) else len(lines(name, period).split()) == rows


def test_wide_reading_of_distant_waters_adds_the_baltic_and_the_south_china_sea():
    distant = {"2009": 1, "2014": 1, "2015": 1, "2019": 2}
    for year in range(2003, 2022):
        assert cell("exercises_distant", str(year)) == distant.get(str(year), 0)
        added = {2016: 1, 2017: 1}.get(year, 0)
        assert cell("exercises_distant_wide", str(year)) == distant.get(str(year), 0) + added


def test_agreements_dated_by_year_only_are_in_the_year_and_in_no_quarter():
    for year, only_yearly in (("1997", 1), ("2010", 1), ("2021", 1), ("2014", 0)):
        quarters = sum(cell("agreements", f"{year}Q{q}") for q in range(1, 5))
        assert cell("agreements", year) - quarters == only_yearly


def test_distinct_visits_are_counted_once_though_two_rows_report_them():
    assert cell("military_meetings", "2012") == 3
    assert lines("military_meetings", "2012") == "46 47 48 49"
    assert cell("military_meetings", "2012Q4") == 1
    assert cell("military_meetings", "2013") == 3


def test_values_are_those_of_the_row():
    assert cell("arms_deliveries", "2005", vintage="2022-03") == 3077
    assert cell("arms_deliveries", "2005", "y", vintage="2022-03") == pytest.approx(8.0317, abs=5e-5)
    assert cell("arms_deliveries", "2017", vintage="2024-03") == 1229.75
    assert lines("arms_deliveries", "2017", "2024-03") == "439"
    assert cell("arms_deliveries", "2000", role="control", vintage="2022-03") == 642
    assert cell("military_visits", "2012") == 3
    assert cell("unga_agreement", "2019", "y") == pytest.approx(np.arcsin(np.sqrt(0.875)))
    assert cell("relations_index", "2020-01") == 8.3
    assert cell("event_relations_phoenix", "2002-01") == 4.259


def test_sums_add_all_rows_of_a_year_and_years_without_an_order_are_zero():
    assert cell("arms_orders", "2006", vintage="2024-03") == pytest.approx(1907)
    assert lines("arms_orders", "2006", "2024-03") == "126 127 128 129 130 131"
    assert cell("arms_orders", "2007", vintage="2024-03") == 0
    assert lines("arms_orders", "2007", "2024-03") == ""
    assert cell("trade_monthly", "2008-01") == pytest.approx(2400.5 + 2019.742)
    assert cell("trade_monthly", "2008-01", "y") == pytest.approx(np.log(4420.242))


def test_difference_of_ideal_points_is_absolute_and_reversed():
    assert cell("ideal_point_distance", "2012") == pytest.approx(0.8102)
    assert cell("ideal_point_distance", "2012", "y") == pytest.approx(-0.8102)
    assert cell("ideal_point_distance", "2000", "y") == pytest.approx(-1.291)
    assert lines("ideal_point_distance", "2012") == "56 352"


@pytest.mark.parametrize(
    ("name", "period", "value", "exposure"),
    [
        ("exercises_share", "2017", 5, 27),
        ("exercises_share", "2006", 0, 3),  # blank in the table: none or none recorded
        ("visits_share", "2006", 4, 45),
        ("leader_engagements", "2013Q1", 11, 45),
        ("leader_engagements", "2004Q1", 4, 71),
        ("rus_un_threat", "2014", 22, 1352),
        ("chn_un_threat", "2000", 17, 1504),
        ("tv_threat", "2014-03", 19, 465),
        ("tv_threat", "2014", 123, 5458),
    ],
)
def test_rates_are_sums_over_sums(name, period, value, exposure):
    assert (cell(name, period), cell(name, period, "exposure")) == (value, exposure)
    assert cell(name, period, "y") == pytest.approx(np.sqrt(value / exposure))


def test_share_is_imports_and_exports_over_those_with_the_world():
    share = (53685.68 + 41558.14) / (2343222.13 + 1963105.2)
    assert cell("trade_share", "2014") == pytest.approx(share)
    assert lines("trade_share", "2014") == "314 343 488 517"
    korea = (100401.65 + 190286.02) / (2343222.13 + 1963105.2)
    assert cell("trade_share", "2014", role="control") == pytest.approx(korea)


def test_survey_months_without_a_wave_or_with_shares_that_do_not_add_up_are_gaps():
    assert cell("public_view_usa", "2014-09") == pytest.approx(0.73)
    assert np.isnan(cell("public_view_usa", "2014-02"))  # no wave
    assert np.isnan(cell("public_view_usa", "2007-10"))  # shares add to 89
    assert np.isnan(cell("public_view_usa", "2021-03"))  # no_answer is blank


def test_control_is_the_median_of_the_partners():
    # scores of January 2003, sorted: .2 2.6 2.6 2.8 4.0 4.1 4.5 4.6 5.0 5.2 6.6
    assert cell("relations_index", "2003-01", "y", role="control") == pytest.approx(4.1)
    assert cell("relations_index", "2003-01", role="partner", unit="PAK") == 6.6
