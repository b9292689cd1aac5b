"""Rows of placebo dates and of unknown breaks: what they hold, and the reason where they hold nothing."""

import numpy as np
import pandas as pd
import pytest
from invented import NAMES, entry, noise, quarterly, series, setting, yearly

from junctures.inference import breaks, effects
from junctures.inference.date_rows import break_rows, placebo_rows
from junctures.inference.indicator import test_indicator
from junctures.inference.pool import test_pool
from junctures.results import COLUMNS, join_results, write_results

test_indicator.__test__ = test_pool.__test__ = False

WINDOW = {"start": "2000", "end": "2021"}
LINE = np.arange(22.0)
BROKEN = 0.3 * noise(22, 5) + 6.0 * (np.arange(22) >= 12)


def broken(case, draws=19, block=None):
    return break_rows(case, "primary", block or entry(), draws, np.random.default_rng(1))


def assert_complete(rows, table):
    """Every row has the declared columns only, and a p or the reason why not, which its sentence repeats."""
    assert rows
    for row in rows:
        assert set(row) <= set(COLUMNS[table])
        if np.isnan(row.get("p", np.nan)):
            assert row["reason"] and row["reason"] in row["sentence"]


def test_an_indicator_has_a_row_a_juncture_and_a_row_a_break():
    results = test_indicator(series(BROKEN), entry(), setting(), WINDOW)
    assert_complete(results.placebo_dates, "placebo_dates")
    assert_complete(results.breaks, "breaks")
    assert [row["juncture"] for row in results.placebo_dates] == [*NAMES]
    two = results.placebo_dates[1]
    assert (two["indicator"], two["model"], two["first_treated"], two["n"]) == ("drills", "primary", "2012", 22)
    assert two["p"] == two["smallest_p"] == 1 / (1 + two["n_dates"])
    (found,) = results.breaks
    assert (found["number"], found["break"], found["period"], found["holds"]) == (1, 1, "2012", "two")
    assert found["p"] == 1 / 10


def test_only_the_main_vintage_at_its_declared_frequency_has_such_rows():
    table = pd.concat([
        series(np.repeat(BROKEN, 4) + noise(88), frequency="quarter", vintage=name) for name in ("2022-03", "2024-03")
    ] + [series(BROKEN, vintage="2022-03")])  # fmt: skip
    block = entry(frequency="quarter", also=["year"], vintages={"main": "2022-03", "others": ["2024-03"]})
    results = test_indicator(table, block, setting(), WINDOW)
    rows = results.placebo_dates + results.breaks
    assert {(row["frequency"], row["n"], row["model"]) for row in rows} == {("quarter", 88, "primary")}


def test_a_pool_has_such_rows_of_its_index():
    members = {name: series(BROKEN + noise(22, seed)) for name, seed in (("a", 3), ("b", 4))}
    entries = {name: entry(id=name) for name in members}
    pool = {"id": "both", "label": "Both", "frequency": "year", "members": ["a", "b"], "window": WINDOW}
    results = test_pool(pool, members, entries, setting())
    for rows, table in ((results.placebo_dates, "placebo_dates"), (results.breaks, "breaks")):
        assert_complete(rows, table)
        assert {(row["indicator"], row["model"]) for row in rows} == {("both", "pool_both")}


def test_the_rows_of_other_tables_do_not_hang_on_the_new_draws():
    few, many = (
        test_indicator(series(BROKEN), entry(), setting(simulations={**setting().simulations, "breaks": draws}), WINDOW)
        for draws in (3, 30)
    )
    assert str(few.effects + few.specifications + few.designs) == str(many.effects + many.specifications + many.designs)
    assert few.breaks[0]["p"] != many.breaks[0]["p"]


def test_chance_is_the_share_of_dates_whose_interval_would_hold_a_juncture():
    (row,) = broken(yearly(BROKEN))
    low, high = (int(row[name]) - 2012 for name in ("first_period", "last_period"))
    dates = range(2004, 2019)  # four points in the shortest segment
    held = [any(date + low <= step <= date + high for step in (2008, 2012, 2016)) for date in dates]
    assert row["shortest"] == 4 and row["chance"] == pytest.approx(np.mean(held), rel=1e-12)
    assert f"{row['chance']:.0%}" in row["sentence"] and "indicative" in row["sentence"]


def test_a_break_away_from_the_junctures_holds_none():
    (row,) = broken(yearly(0.3 * noise(22, 5) + 6.0 * (LINE >= 6)))
    assert (row["period"], row["holds"]) == ("2006", "")
    assert "holds no juncture" in row["sentence"]


def test_a_trend_alone_is_no_break():
    (row,) = broken(yearly(0.5 * LINE + noise(22, 5)))
    assert row["number"] == 0 and row["p"] > 0.05
    assert row["sentence"].startswith("Joint drills: no break by BIC")


def test_breaks_keep_their_periods_where_periods_are_missing():
    case = yearly(BROKEN)
    (row,) = broken(case.keep(~np.isin(case.time, [2003, 2004, 2009])))
    assert (row["period"], row["holds"], row["n"]) == ("2012", "two", 19)


def test_a_strong_season_is_no_break_and_hides_none():
    season = np.tile([0.0, 9.0, 3.0, -4.0], 22)
    (row,) = broken(quarterly(season + noise(88, 3)))
    assert row["number"] == 0
    (row,) = broken(quarterly(season + noise(88, 3) + 5.0 * (np.arange(88) >= 48)))
    assert (row["number"], row["period"], row["shortest"]) == (1, "2012Q1", 13)


def test_each_of_several_breaks_has_its_row():
    t = np.arange(88)
    rows = broken(quarterly(noise(88, 3) + 8.0 * (t >= 30) - 9.0 * (t >= 60)))
    assert [(row["break"], row["period"]) for row in rows] == [(1, "2007Q3"), (2, "2015Q1")]
    assert len({(row["number"], row["sup_f"], row["p"]) for row in rows}) == 1


@pytest.mark.parametrize(
    ("case", "block", "reason"),
    [
        (yearly(BROKEN), entry(coverage_flag="cut by delivery"), "its table carries a coverage flag"),
        (yearly(np.ones(22)), entry(), "untestable: no variation"),
        (yearly(BROKEN[:11]), entry(), "fewer than 12 points"),
        (yearly(LINE), entry(), effects.EXACT),
        (yearly(1.0 * (LINE >= 12)), entry(), effects.EXACT),
        (quarterly(np.r_[noise(88)]).keep(np.arange(88) % 4 == 1), entry(), effects.SINGULAR),
    ],
)
def test_a_series_without_breaks_to_look_for_has_one_row_with_the_reason(case, block, reason):
    rows = broken(case, block=block)
    assert_complete(rows, "breaks")
    assert [row["reason"] for row in rows] == [reason]


def test_a_break_whose_interval_does_not_exist_keeps_its_date():
    y = np.r_[noise(8, 4), 9 + np.zeros(14)]
    case = yearly(y)
    X = np.column_stack([np.ones(22), LINE])
    assert np.isnan(breaks.bai_intervals(y, X, (8,))[0, [0, 2]]).all()
    rows = [row for row in broken(case) if row["period"] == "2008"]
    assert len(rows) == 1 and rows[0]["reason"].startswith("no interval") and "first_period" not in rows[0]


def test_every_juncture_of_a_series_that_cannot_be_compared_has_the_reason():
    for case, reason in (
        (yearly(np.ones(22)), "untestable: no variation"),
        (yearly(BROKEN[:18]), "fewer than 3 points from the last step on"),
    ):
        rows = placebo_rows(case, "primary", entry())
        assert_complete(rows, "placebo_dates")
        assert [(row["juncture"], row["reason"]) for row in rows] == [(name, reason) for name in NAMES]


def test_monthly_placebos_stand_at_the_beginning_of_quarters():
    time = np.arange(24000, 24264)
    steps = (24098, 24145, 24193)
    row, *_ = placebo_rows(yearly(noise(264), frequency="month", time=time, steps=steps), "primary", entry())
    apart = [t for t in time if t % 3 == 0 and all(abs(t - step) > 12 for step in steps)]
    assert row["n_dates"] == len([t for t in apart if 3 <= t - 24000 <= 261])


def test_written_rows_keep_their_periods_as_text(tmp_path):
    results = test_indicator(series(BROKEN), entry(), setting(), WINDOW)
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("placebo_dates", "breaks")}
    write_results(results.frames(), paths)
    for name, path in paths.items():
        assert (tmp_path / f"{name}.csv").read_text().splitlines()[0] == ",".join(COLUMNS[name])
        back = join_results([path], name)
        periods = back["first_treated" if name == "placebo_dates" else "period"]
        assert list(periods) == (["2008", "2012", "2016"] if name == "placebo_dates" else ["2012"])
