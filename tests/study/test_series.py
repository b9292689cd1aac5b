"""Series from declared measures: what every series must be, on the study's own tables and on small invented ones."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from junctures.inference.scales import LEAST_OBSERVED, declared_scale
from junctures.study.config import load_config
from junctures.study.problems import StudyError
from junctures.study.schema import Indicator
from junctures.study.series import build_series, evidence, load_table
from junctures.study.tables import read_sources, table_of

ROOT = Path(__file__).parents[2]
STUDY = load_config(ROOT / "config.yaml")
WINDOW = STUDY.study.window.model_dump()
NAMES = sorted(STUDY.indicators)
SOURCES, _ = read_sources(ROOT)


@cache
def raw(table):
    return load_table(ROOT / "raw" / f"{table}.csv")


@cache
def built(name):
    return build(STUDY.indicators[name], raw(STUDY.indicators[name].table))


def build(indicator, table, **more):
    """Build a series of the study, or an invented one, whose table dates its rows in its first column."""
    known = table_of(SOURCES, table.attrs["table"])
    return build_series(indicator, table, WINDOW, **{"time": known.time if known else table.columns[0]} | more)


def make(measure, *, scale="level", where=None, frequency="year", earliest="2010", latest=None, **more):
    return Indicator.model_validate(
        {
            "id": "invented",
            "label": "Invented",
            "dimension": "none",
            "table": "invented/rows",
            "where": where or {},
            "measure": measure,
            "frequency": frequency,
            "earliest": earliest,
            "latest": latest,
            "scale": scale,
            "declared_scale": {"value": 1.0, "derivation": "differences"},
            **more,
        }
    )


def write(tmp_path, text):
    folder = tmp_path / "invented"
    folder.mkdir(exist_ok=True)
    (folder / "rows.csv").write_text(text, encoding="utf-8")
    return load_table(folder / "rows.csv")


def main(series, column="value", **where):
    for name, wanted in {"role": "main", **where}.items():
        series = series[series[name] == wanted]
    return dict(zip(series["period"], series[column], strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_series_is_regular_from_earliest_to_the_window_s_end(name):
    indicator, (series, _) = STUDY.indicators[name], built(name)
    assert set(series["frequency"]) == {indicator.frequency, *indicator.also}
    for _, block in series.groupby(["frequency", "vintage", "role", "unit"]):
        assert not block["period"].duplicated().any()
        observed = block["y"].notna()
        assert observed.any()
        assert (
            block["period"].max()
            <= {"year": "2021", "quarter": "2021Q4", "month": "2021-12"}[block["frequency"].iloc[0]]
        )
    first = series["period"][series["frequency"] == indicator.frequency].iloc[0]
    assert first == (
        indicator.earliest
        if len(indicator.earliest) > 4 or indicator.frequency == "year"
        else indicator.earliest + {"quarter": "Q1", "month": "-01"}[indicator.frequency]
    )


@pytest.mark.parametrize("name", [n for n in NAMES if STUDY.indicators[n].measure.kind in ("count", "distinct")])
def test_every_count_equals_its_listed_rows(name):
    indicator, (series, rows) = STUDY.indicators[name], built(name)
    table = raw(indicator.table).set_index("_row")
    values = series[series["role"] == "main"].set_index(["frequency", "vintage", "period"])["value"]
    assert len(values) == len(rows)
    for row in rows.itertuples():
        listed = [int(line) for line in row.rows.split()]
        assert row.n == len(listed) == len(set(listed))
        cells = table.loc[listed, list(indicator.measure.columns)].drop_duplicates() if listed else []
        expected = len(cells) if indicator.measure.kind == "distinct" else row.n
        assert values[row.frequency, row.vintage, row.period] == expected


def damaged(table):
    """Return a table as it would be without what rests on the article: rows deleted, cells overwritten."""
    table = table.copy()
    if "article_cells" in table:
        for label, names in table["article_cells"].items():
            for name in names.split():
                table.loc[label, name] = f"placeholder {label}"
    return table[table["from_article"] != "yes"] if "from_article" in table else table


@pytest.mark.parametrize("name", [n for n in NAMES if "from_article" in raw(STUDY.indicators[n].table)])
def test_nothing_that_rests_on_the_article_moves_a_series(name):
    indicator = STUDY.indicators[name]
    table = damaged(raw(indicator.table))
    table.attrs = raw(indicator.table).attrs
    pd.testing.assert_frame_equal(build(indicator, table)[0], built(name)[0])


def test_rows_and_cells_of_the_article_are_no_evidence(tmp_path):
    table = write(
        tmp_path,
        "date,kind,name,from_article,article_cells\n"
        "2010,a,one,no,\n2010,a,two,yes,\n2011,a,three,part,name\n2011,a,four,part,kind\n2012,a,five,part,date name\n",
    )
    kept = evidence(table)
    assert list(kept["_row"]) == [2, 4, 5, 6]
    assert list(kept["name"]) == ["one", "", "four", ""]
    series, _ = build(make({"kind": "count"}, where={"kind": "a"}, latest="2012"), table)
    assert main(series) == {"2010": 1, "2011": 1, "2012": 0}
    distinct = make({"kind": "distinct", "columns": ["name"]}, where={"kind": "a"}, latest="2012")
    assert main(build(distinct, table)[0]) == {"2010": 1, "2011": 0, "2012": 0}


def test_row_numbers_are_lines_of_the_file_even_after_a_cell_with_line_breaks(tmp_path):
    table = write(tmp_path, 'year,note\n2010,"two\nlines"\n2011,one\n')
    assert list(table["_row"]) == [2, 4]
    _, rows = build(make({"kind": "count"}, latest="2011"), table)
    assert list(rows["rows"]) == ["2", "4"]


def test_row_with_too_few_cells_is_told_with_its_line(tmp_path):
    with pytest.raises(StudyError, match=r"invented/rows.csv, line 3"):
        write(tmp_path, "year,note\n2010,a\n2011\n")


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ({"state": "CHN"}, [2, 4]),
        ({"state": ["CHN", "RUS"]}, [2, 3, 4]),
        ({"sea": {"holds": ["Baltic", "Yellow"]}}, [2, 4]),
        ({"any": [{"state": "RUS"}, {"sea": {"holds": ["Yellow"]}}]}, [3, 4]),
        ({"state": "CHN", "any": [{"a": "1"}, {"b": "5"}]}, [2]),
        ({"row_sum": {"columns": ["a", "b"], "min": 3, "max": 6}}, [2, 3]),
        ({"state": ""}, [5]),
    ],
)
def test_filters_find_the_rows_that_they_describe(tmp_path, where, lines):
    text = "year,state,sea,a,b\n2010,CHN,Baltic Sea,1,2\n2010,RUS,,1,5\n2010,CHN,Yellow Sea,2,\n2010,,Black Sea,5,5\n"
    _, rows = build(make({"kind": "count"}, where=where, latest="2010"), write(tmp_path, text))
    assert rows["rows"].tolist() == [" ".join(map(str, lines))]


def test_dates_coarser_than_a_frequency_are_left_out_of_that_frequency_only(tmp_path):
    table = write(
        tmp_path, "date,date_precision\n2010,year\n2010-02,month\n2010-05-01,day\n2010-08-15,month\n2010-01-01,year\n"
    )
    indicator = make({"kind": "count"}, frequency="month", also=["quarter", "year"], latest="2010")
    series, _ = build(indicator, table)
    assert main(series, frequency="year") == {"2010": 5}
    assert main(series, frequency="quarter") == {"2010Q1": 1, "2010Q2": 1, "2010Q3": 1, "2010Q4": 0}
    months = main(series, frequency="month")
    assert [period for period, value in months.items() if value] == ["2010-02", "2010-05", "2010-08"]


def test_empty_period_is_zero_for_counts_and_a_gap_for_other_measures(tmp_path):
    table = write(tmp_path, "year,x\n2010,4\n2012,9\n")
    for measure, middle in (
        ({"kind": "count"}, 0),
        ({"kind": "distinct", "columns": ["x"]}, 0),
        ({"kind": "sum", "columns": ["x"], "empty": "zero"}, 0),
        ({"kind": "sum", "columns": ["x"]}, np.nan),
        ({"kind": "mean", "columns": ["x"]}, np.nan),
        ({"kind": "value", "columns": ["x"]}, np.nan),
    ):
        series, _ = build(make(measure, latest="2012"), table)
        assert list(series["period"]) == ["2010", "2011", "2012"]
        np.testing.assert_equal(series["value"].iloc[1], middle)
        np.testing.assert_equal(series["y"].iloc[1], middle)


def test_blank_cell_is_a_gap_unless_the_measure_says_zero(tmp_path):
    table = write(tmp_path, "year,x,z\n2010,4,8\n2010,,8\n2011,2,8\n")
    rate = {"kind": "rate", "columns": ["x"], "per": ["z"]}
    series, _ = build(make(rate, latest="2011"), table)
    np.testing.assert_equal(list(series["y"]), [np.nan, 0.25])
    series, _ = build(make({**rate, "blank": "zero"}, latest="2011"), table)
    np.testing.assert_equal(list(series["y"]), [0.25, 0.25])
    series, _ = build(make({"kind": "mean", "columns": ["x"]}, latest="2011"), table)
    np.testing.assert_equal(list(series["value"]), [4, 2])


def test_rate_without_exposure_is_a_gap(tmp_path):
    table = write(tmp_path, "year,x,z\n2010,0,0\n2011,1,4\n")
    rate = make({"kind": "rate", "columns": ["x"], "per": ["z"]}, scale="sqrt", latest="2011")
    np.testing.assert_equal(list(build(rate, table)[0]["y"]), [np.nan, 0.5])


def test_share_is_a_gap_where_one_of_the_listed_parts_is_missing(tmp_path):
    text = "year,who,flow,x\n2010,a,in,1\n2010,a,out,2\n2010,all,in,4\n2010,all,out,8\n"
    text += "2011,a,in,1\n2011,all,in,4\n2011,all,out,8\n"
    measure = {"kind": "share", "columns": ["x"], "whole": {"who": "all"}}
    indicator = make(measure, where={"who": "a", "flow": ["in", "out"]}, scale="arcsine_sqrt", latest="2011")
    series, rows = build(indicator, write(tmp_path, text))
    np.testing.assert_allclose(series["value"], [0.25, np.nan])
    np.testing.assert_allclose(series["y"], [np.pi / 6, np.nan])
    assert list(rows["rows"]) == ["2 3 4 5", "6 7 8"]


VINTAGES = "year,vintage,x\n2010,a,1\n2012,a,3\n2010,b,5\n2011,b,6\n2013,b,8\n"


def test_vintages_are_series_of_their_own_and_end_where_their_table_ends(tmp_path):
    indicator = make(
        {"kind": "value", "columns": ["x"], "empty": "zero"},
        vintages={"column": "vintage", "main": "b", "others": ["a"]},
    )
    series, _ = build(indicator, write(tmp_path, VINTAGES))
    assert main(series, vintage="a") == {"2010": 1, "2011": 0, "2012": 3}
    assert main(series, vintage="b") == {"2010": 5, "2011": 6, "2012": 0, "2013": 8}


def test_logarithm_of_zero_is_told_with_its_period(tmp_path):
    indicator = make(
        {"kind": "value", "columns": ["x"], "empty": "zero"}, scale="log", vintages={"column": "vintage", "main": "a"}
    )
    with pytest.raises(StudyError) as error:
        build(indicator, write(tmp_path, VINTAGES))
    (problem,) = error.value.problems
    assert "0 in 2011" in problem.what and "log" in problem.what and problem.why and problem.remedy


def test_two_rows_where_one_value_is_meant_are_told_with_their_line(tmp_path):
    table = write(tmp_path, "year,x\n2010,1\n2010,2\n")
    with pytest.raises(StudyError) as error:
        build(make({"kind": "value", "columns": ["x"]}), table)
    assert error.value.problems[0].line == 3


def test_misspelt_column_is_told_with_the_nearest_one(tmp_path):
    with pytest.raises(StudyError, match="Did you mean 'state'"):
        build(make({"kind": "count"}, where={"stat": "a"}), write(tmp_path, "year,state\n2010,a\n"))


def test_text_in_a_column_of_numbers_is_told_with_its_line(tmp_path):
    with pytest.raises(StudyError, match=r"rows.csv, line 3, x: 'many' is no number"):
        table = write(tmp_path, "year,x\n2010,1\n2011,many\n")
        build(make({"kind": "sum", "columns": ["x"]}), table)


def test_difference_keeps_or_drops_its_sign_and_reverse_turns_y_only(tmp_path):
    table = write(tmp_path, "year,who,x\n2010,a,1\n2010,b,4\n2011,a,2\n")
    measure = {"kind": "difference", "columns": ["x"], "by": "who", "of": ["a", "b"]}
    series, _ = build(make(measure, latest="2011"), table)
    np.testing.assert_equal(list(series["value"]), [-3, np.nan])
    series, _ = build(make({**measure, "absolute": True}, reverse=True, latest="2011"), table)
    np.testing.assert_equal(list(series["value"]), [3, np.nan])
    np.testing.assert_equal(list(series["y"]), [-3, np.nan])


PARTNERS = "year,who,x\n" + "".join(
    f"{year},{who},{value}\n"
    for who, values in {
        "me": {2010: 1, 2011: 1, 2012: 1},
        "p-me": {2010: 2, 2011: 4, 2012: 6},
        "q-me": {2010: 4, 2011: 8, 2012: 9},
        "r-me": {2011: 100, 2012: 100},
        "s-t": {2010: 50, 2011: 50, 2012: 50},
    }.items()
    for year, value in values.items()
)


def control(over):
    return {"label": "others", "median_over": "who", **over}


def test_control_is_the_median_over_partners_complete_in_the_window(tmp_path):
    table = write(tmp_path, PARTNERS)
    options = {"where": {"who": "me"}, "scale": "log", "latest": "2012"}
    indicator = make({"kind": "value", "columns": ["x"]}, control=control({"holding": ["me"]}), **options)
    series, rows = build(indicator, table)
    assert set(series["unit"]) == {"main", "control", "p-me", "q-me"}
    y = main(series, "y", role="control")
    np.testing.assert_allclose([y["2010"], y["2012"]], [np.log([2, 4]).mean(), np.log([6, 9]).mean()])
    assert np.isnan(main(series, role="control")["2010"])  # value: the median is of y
    assert len(rows) == 3  # lineage of the indicator itself only
    later = {"start": "2011", "end": "2021"}
    assert "r-me" in set(build_series(indicator, table, later, time="year")[0]["unit"])
    assert "r-me" in set(build(indicator, table, partners_from=2 / 3)[0]["unit"])
    wider = make({"kind": "value", "columns": ["x"]}, control=control({}), **options)
    assert "s-t" in set(build(wider, table)[0]["unit"])


def peered(table, **more):
    options = {"where": {"who": "me"}, "latest": "2012"} | more
    series, rows = build(make({"kind": "value", "columns": ["x"]}, **options), table)
    assert not series.duplicated(["unit", "period"]).any()
    return series, rows


def test_peers_are_the_other_units_observed_whenever_the_indicator_is(tmp_path):
    table = write(tmp_path, PARTNERS)
    peers = {"label": "others", "over": "who"}
    series, rows = peered(table, peers=peers)
    assert set(series["unit"][series["role"] == "peer"]) == {"p-me", "q-me", "s-t"}
    assert main(series, role="peer", unit="q-me") == {"2010": 4, "2011": 8, "2012": 9}
    assert len(rows) == 3
    series, _ = peered(table, peers={**peers, "without": ["s-t", "q-me"]})
    assert set(series["unit"][series["role"] == "peer"]) == {"p-me"}
    late = write(tmp_path, PARTNERS.replace("2010,me,1\n", ""))
    series, _ = peered(late, peers=peers)
    assert "r-me" in set(series["unit"][series["role"] == "peer"])


def test_partners_of_a_median_are_not_written_again_as_peers_and_the_median_stays(tmp_path):
    table = write(tmp_path, PARTNERS)
    held = control({"holding": ["me"]})
    plain, _ = peered(table, control=held)
    series, _ = peered(table, control=held, peers={"label": "others", "over": "who"})
    assert set(series["unit"][series["role"] == "peer"]) == {"s-t"}
    pd.testing.assert_frame_equal(series[series["role"] != "peer"], plain)
    assert main(series, "y", role="control") == {"2010": 3, "2011": 6, "2012": 7.5}


@pytest.mark.parametrize("name", [n for n in NAMES if STUDY.indicators[n].peers])
def test_shipped_peers_are_observed_wherever_their_indicator_is_and_hold_no_aggregate(name):
    series, _ = built(name)
    inside = series[series["period"] >= "2000"]
    known = {period for period, y in main(inside, "y").items() if y == y}
    others = inside[inside["role"].isin(["partner", "peer"])]
    assert len(set(others["unit"])) >= 6
    assert not set(others["unit"]) & {"EUU", "WLD", "RUS", "CHN-RUS"}
    for _, block in others.groupby("unit"):
        assert known <= set(block["period"][block["y"].notna()])


def test_replaced_filter_gives_the_single_control(tmp_path):
    indicator = make(
        {"kind": "value", "columns": ["x"]},
        where={"who": "me"},
        latest="2012",
        control={"label": "s-t", "replace": {"who": "s-t"}},
    )
    series, _ = build(indicator, write(tmp_path, PARTNERS))
    assert main(series, role="control") == {"2010": 50, "2011": 50, "2012": 50}


def test_plain_data_gives_the_same_series_as_the_checked_entry():
    entry = STUDY.indicators["exercises"].model_dump(mode="json")
    pd.testing.assert_frame_equal(build(entry, raw("joint_exercises/exercises"))[0], built("exercises")[0])


@pytest.mark.parametrize("name", NAMES)
def test_declared_scale_is_what_its_derivation_gives(name):
    indicator = STUDY.indicators[name]
    series, _ = build(indicator, raw(indicator.table), partners_from=LEAST_OBSERVED)
    assert float(f"{declared_scale(series, indicator, STUDY):.3g}") == indicator.declared_scale.value


def test_derivation_follows_from_measure_and_controls():
    for indicator in STUDY.indicators.values():
        kind, derivation = indicator.measure.kind, indicator.declared_scale.derivation
        if kind in ("count", "distinct") or indicator.measure.counts:
            assert derivation == "count"
        elif kind == "rate":
            assert derivation == "exposure"
        else:
            assert derivation == ("controls" if indicator.control else "differences")


def test_table_without_a_time_column_is_told(tmp_path):
    table = write(tmp_path, "state,x\na,1\n")
    with pytest.raises(StudyError, match="no column tells the time of a row"):
        build_series(make({"kind": "count"}), table, WINDOW, time=None)
