"""Claims checked against records: every verdict of every kind, on invented tables."""

import re

import numpy as np
import pandas as pd
import pytest

from junctures.report.judgement import Data
from junctures.report.records import JUDGES, combine
from junctures.report.records_rounds import round_number
from junctures.report.records_tests import rank_p, rate_p
from junctures.report.records_where import fits, known
from junctures.study.series import evidence

EFFECTS = pd.DataFrame(columns=["indicator", "vintage", "juncture", "model", "estimand"])


def make(columns: str, *rows: str) -> pd.DataFrame:
    """Return an invented raw table: columns and cells separated by commas, its name source/events."""
    table = pd.DataFrame([[cell.strip() for cell in row.split(",")] for row in rows], columns=columns.split(","))
    table["_row"] = range(2, len(table) + 2)
    table.attrs["table"] = "source/events"
    return table


def judge(kind: str, parts: list, table: pd.DataFrame, counted: bool = True, **more):
    """Return the verdict on parts about the invented table, its evidence alone counted."""
    parts = [{"id": f"part_{i}", "text": f"part {i}", "table": "source/events", **part} for i, part in enumerate(parts)]
    parts = [{k: v for k, v in part.items() if v is not None} for part in parts]
    tables = {"source/events": evidence(table) if counted else table}
    return JUDGES[kind]({"kind": kind, "parts": parts, **more}, {}, Data(EFFECTS, EFFECTS, tables, {}))


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        (["holds", "holds"], "supported"),
        (["holds", "open"], "supported"),
        (["holds", "fails"], "mixed"),
        (["holds", "disputed"], "mixed"),
        (["disputed"], "mixed"),
        (["fails", "disputed"], "mixed"),
        (["mixed"], "mixed"),
        (["fails", "fails"], "contradicted"),
        (["fails", "open"], "contradicted"),
        (["open", "open"], "cannot_tell"),
    ],
)
def test_parts_make_the_verdict_of_the_method(outcomes, verdict):
    assert combine([(outcome, False) for outcome in outcomes]) == verdict


def test_open_main_part_leaves_the_claim_undecided_and_only_missing_columns_make_it_untestable():
    assert combine([("holds", False), ("open", True)]) == "cannot_tell"
    assert combine([("holds", True), ("open", False)]) == "supported"
    assert combine([], missing=True) == "untestable"
    assert combine([("open", False)], missing=True) == "cannot_tell"


EVENTS = "event_id,start,size,name,denied"
VISIT = make(EVENTS, "drill,2012-04-22,18,Drill,no", "talk,2013-03,4,Talk,yes", "blank,2014,,Blank,no")


@pytest.mark.parametrize(
    ("event", "size", "complete", "verdict"),
    [
        ("drill", "18", False, "supported"),
        ("drill", "17", False, "contradicted"),
        ("talk", "4", False, "mixed"),
        ("blank", "18", False, "cannot_tell"),
        ("none", "18", False, "cannot_tell"),
        ("none", "18", True, "contradicted"),
    ],
)
def test_recorded_value_decides_by_what_the_rows_of_the_event_hold(event, size, complete, verdict):
    part = {"where": {"event_id": event}, "expect": {"size": size}, "complete": complete}
    assert judge("recorded", [part], VISIT).verdict == verdict


def test_recorded_names_the_part_that_no_row_bears_on_and_the_rows_behind_the_others():
    parts = [{"where": {"event_id": name}, "expect": {"size": {"min": 10}}} for name in ("drill", "blank")]
    found = judge("recorded", parts, VISIT)
    assert found.verdict == "supported"
    assert "Left open: part 1 (no row bears on it)" in found.reason
    assert found.evidence == "raw/source/events.csv: row 2"


def test_missing_parts_alone_are_untestable_and_beside_others_only_named():
    part = {"where": {"event_id": "drill"}, "expect": {"size": "18"}}
    assert judge("recorded", [], VISIT, missing=["half the story"]).verdict == "untestable"
    beside = judge("recorded", [part], VISIT, missing=["half the story"])
    assert beside.verdict == "supported" and "half the story" in beside.reason


@pytest.mark.parametrize(
    ("count", "complete", "verdict"),
    [
        ({"min": 3}, False, "supported"),
        ({"min": 4}, False, "cannot_tell"),
        ({"min": 4}, True, "contradicted"),
        ({"max": 2}, True, "contradicted"),
        ({"max": 3}, True, "supported"),
        ({"max": 3}, False, "cannot_tell"),
    ],
)
def test_too_few_rows_show_nothing_in_a_table_that_is_no_census(count, complete, verdict):
    assert judge("recorded", [{"where": {}, "count": count, "complete": complete}], VISIT).verdict == verdict


def test_a_document_in_two_tables_counts_once():
    places = [{"table": "source/events", "where": {"event_id": ["drill", "talk"]}}] * 2
    part = {"table": None, "tables": places, "distinct": "start", "count": {"min": 3}}
    assert judge("recorded", [part], VISIT).verdict == "cannot_tell"
    assert judge("recorded", [{**part, "count": {"min": 2}}], VISIT).verdict == "supported"


def test_row_counts_only_beside_one_of_the_same_day_in_another_table_and_only_in_its_turn():
    beside = {"table": "source/events", "where": {"denied": "yes"}, "same": "start"}
    part = {"where": {"event_id": "drill"}, "expect": {"size": "18"}, "with": beside}
    assert judge("recorded", [part], VISIT).verdict == "cannot_tell"
    assert judge("recorded", [{**part, "with": {**beside, "where": {"denied": "no"}}}], VISIT).verdict == "supported"
    second = {"where": {"denied": "no"}, "expect": {"start": "2014"}, "time": "start", "nth": 2}
    assert judge("recorded", [second], VISIT).verdict == "supported"
    assert judge("recorded", [{**second, "nth": 1}], VISIT).verdict == "contradicted"


@pytest.mark.parametrize(("fourth", "verdict"), [("2016-07-28", "supported"), ("2016-12-20", "cannot_tell")])
def test_undated_round_lies_in_the_year_when_few_days_between_its_neighbours_lie_outside(fourth, verdict):
    table = make("date,name", f"{fourth},Fourth round", "2017-01-12,Sixth round")
    between = {"form": "between", "text": "between", "table": "source/events", "time": "date", "outside": 0.1}
    between |= {"first": {"name": "Fourth round"}, "second": {"name": "Sixth round"}, "within": ["2016", "2016"]}
    row = {"text": "itself", "table": "source/events", "where": {"name": "Fifth round"}}
    part = {"form": "either", "table": None, "ways": [row, between]}
    assert judge("recorded", [part], table).verdict == verdict


@pytest.mark.parametrize(("kinds", "verdict"), [("ab", "supported"), ("b", "mixed"), ("c", "contradicted")])
def test_first_case_that_a_row_fits_decides(kinds, verdict):
    table = make("kind,date", *[f"{kind},2016" for kind in kinds])
    cases = [{"text": "one", "then": "holds", "where": {"kind": "a"}}]
    cases += [{"text": "other", "then": "mixed", "where": {"kind": "b"}}]
    assert judge("recorded", [{"form": "cases", "show": ["date"], "cases": cases}], table).verdict == verdict


FIRST = {"time": "start", "label": "name", "where": {}, "complete": True}


@pytest.mark.parametrize(
    ("part", "verdict"),
    [
        ({"expect": {"start": {"from": "2012", "to": "2012"}}}, "supported"),
        ({"expect": {"event_id": "talk"}}, "contradicted"),
        ({"expect": {"event_id": "talk"}, "where": {"event_id": "none"}}, "contradicted"),
        ({"expect": {"event_id": "talk"}, "where": {"event_id": "none"}, "complete": False}, "cannot_tell"),
        ({"expect": {"start": {"from": "2012"}}, "refutes_only": True}, "cannot_tell"),
        ({"expect": {"start": {"from": "2013"}}, "refutes_only": True}, "contradicted"),
        ({"expect": {"event_id": "talk"}, "where": {"size": "4"}, "earlier": {"size": "18"}}, "supported"),
        ({"expect": {"event_id": "talk"}, "where": {"size": "4"}, "earlier": {"size": ""}}, "cannot_tell"),
    ],
)
def test_first_row_is_the_one_stated_or_not(part, verdict):
    assert judge("first", [{**FIRST, **part}], VISIT).verdict == verdict


def test_two_readings_that_differ_are_mixed():
    readings = [{**FIRST, "expect": {"event_id": name}} for name in ("drill", "talk")]
    assert judge("first", readings, VISIT).verdict == "mixed"


@pytest.mark.parametrize(
    ("years", "verdict"),
    [("2012 2013 2014", "supported"), ("2012 2014", "mixed"), ("2013", "contradicted")],
)
def test_a_missing_year_makes_regular_mixed_and_more_contradict_it(years, verdict):
    table = make("start", *[f"{year}-05-01" for year in years.split()])
    part = {"where": {}, "time": "start", "from": "2012", "to": "2014", "missing_mixed": 1}
    assert judge("regular", [part], table).verdict == verdict


def test_rounds_are_as_far_apart_as_their_numbers_say():
    table = make("date,name", "2015-01-01,First round", "2015-07-01,Third round", "2015-03-01,Other meeting")
    part = {"form": "rounds", "where": {"name": {"matches": "round"}}, "time": "date", "label": "name", "at_most": 92}
    assert judge("regular", [part], table).verdict == "supported"  # 181 days over two rounds
    assert judge("regular", [{**part, "at_most": 90}], table).verdict == "contradicted"
    assert judge("regular", [{**part, "at_most": 61, "also": {"name": "Other meeting"}}], table).verdict == "supported"
    assert judge("regular", [{**part, "from_round": 3}], table).verdict == "cannot_tell"
    assert [round_number(name) for name in ("Eighth round", "17th session", "Talks")] == [8, 17, None]


@pytest.mark.parametrize(
    ("own", "earlier", "verdict"),
    [
        ("25,2", "25,2", "mixed"),
        ("26,2", "25,2", "supported"),
        ("24,2", "25,2", "contradicted"),
        ("25,2", "30,", "cannot_tell"),
        (",2", "25,2", "cannot_tell"),
    ],
)
def test_record_exceeds_every_earlier_row_that_has_the_number(own, earlier, verdict):
    rows = [f"a,2012,{earlier}", f"b,2015,{own}", "c,2019,99,0", "d,2013,9,0" if earlier.endswith("2") else "d,2013,,"]
    table = make("id,start,ships,submarines", *rows)
    part = {"where": {}, "row": {"id": "b"}, "time": "start", "label": "id", "column": "ships", "less": ["submarines"]}
    assert judge("extreme", [{**part, "tie": "mixed"}], table).verdict == verdict


def test_support_ships_come_off_only_where_both_notes_tell_them_apart():
    part = {"where": {}, "row": {"id": "b"}, "time": "start", "label": "id", "column": "ships"}
    part["off_if_both"] = {"column": "note", "read": r"(\d+) support ships"}
    one = make("id,start,ships,note", "a,2012,23,3 support ships", "b,2015,23,none told apart")
    both = make("id,start,ships,note", "a,2012,23,3 support ships", "b,2015,22,1 support ships")
    assert judge("extreme", [{**part, "tie": "mixed"}], one).verdict == "mixed"
    assert judge("extreme", [part], both).verdict == "supported"


def compare(relation: str, right: object, take: str = "change", **more) -> dict:
    """Return a part that compares a take of the yearly sizes of 2012-2015 with a number."""
    left = {"yearly": {"value": "size"}, "table": "source/events", "where": {}, "time": "year", "take": take}
    left |= {"from": "2012", "to": "2015"}
    return {"form": "compare", "table": None, "all": [{"left": left, "is": relation, "right": right}], **more}


def years(*sizes: str, vintage: str = "") -> list[str]:
    return [f"{2012 + i},{size},{vintage}" for i, size in enumerate(sizes)]


def test_trend_compares_numbers_and_is_silent_where_a_year_is_not_known():
    table = make("year,size,vintage", *years("3", "4", "3", "7"))
    assert judge("trend", [compare("above", 0)], table).verdict == "supported"
    assert judge("trend", [compare("above", 0, "smallest_rise")], table).verdict == "contradicted"
    part = compare("above", 0)
    part["all"] += [{**compare("above", 0, "smallest_rise")["all"][0], "otherwise": "mixed"}]
    assert judge("trend", [part], table).verdict == "mixed"
    assert judge("trend", [compare("above", 0)], make("year,size,vintage", *years("3", "", "4", "7"))).verdict == (
        "cannot_tell"
    )


@pytest.mark.parametrize(("ends", "verdict"), [("29", "supported"), ("92", "mixed"), ("9", "supported")])
def test_vintages_that_disagree_are_mixed_and_one_without_the_numbers_has_no_say(ends, verdict):
    other = [ends[0], "1", "1", *ends[1:]]
    table = make("year,size,vintage", *years("1", "2", "3", "4", vintage="a"), *years(*other, vintage="b"))
    part = compare("above", 0, vintages={"table": "source/events", "column": "vintage"})
    found = judge("trend", [part], table)
    assert found.verdict == verdict
    assert ("vintage b" in found.reason) == (len(ends) == 2)


@pytest.mark.parametrize(
    ("take", "more", "value"),
    [
        ("count", {}, 3),
        ("largest", {"column": "size"}, 18),
        ("smallest", {"column": "size"}, 4),
        ("mean", {"column": "size"}, 11),
        ("median", {"column": "size", "from": "2013"}, 4),
        ("sum", {"column": "size", "to": "2012"}, 18),
        ("distinct", {"column": "denied"}, 2),
        ("new_values", {"column": "denied", "from": "2013", "to": "2014"}, 1),  # "no" is first met in 2012
    ],
)
def test_numbers_taken_from_rows_are_those_counted_by_hand(take, more, value):
    left = {"table": "source/events", "where": {}, "time": "start", "take": take, **more}
    part = {
        "table": None,
        "all": [{"left": left, "is": relation, "right": value} for relation in ("at_least", "at_most")],
    }
    assert judge("trend", [part], VISIT).verdict == "supported"


@pytest.mark.parametrize(("share", "verdict"), [("51", "supported"), ("50", "cannot_tell")])
def test_share_of_half_or_less_shows_nothing_where_the_rule_says_so(share, verdict):
    table = make("year,size,who", f"2012,{share},RUS", "2012,100,WLD", "2013,900,RUS")  # 2013 lacks the whole
    left = {"yearly": {"value": "size"}, "table": "source/events", "where": {"who": "RUS"}, "time": "year"}
    left |= {"take": "share", "whole": {"who": "WLD"}, "from": "2012", "to": "2013"}
    part = {"table": None, "complete": False, "all": [{"left": left, "is": "above", "right": 0.5}]}
    assert judge("share", [part], table).verdict == verdict


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((1, 2, 3, 4), (5, 6, 7, 8), "supported"),  # exact two-sided p 2/70
        ((5, 6, 7, 8), (1, 2, 3, 4), "contradicted"),
        ((1, 2, 3, 6), (4, 5, 7, 8), "cannot_tell"),
        ((1, 2, 3), (5, 6, 7, 8), "cannot_tell"),
    ],
)
def test_ranks_decide_only_with_four_known_values_a_side(before, after, verdict):
    rows = [f"2005-01-0{i + 1},{v}" for i, v in enumerate(before)] + [
        f"2015-01-0{i + 1},{v}" for i, v in enumerate(after)
    ]
    part = {"form": "ranks", "where": {}, "time": "start", "columns": ["size"], "least": 4}
    found = judge("trend", [{**part, "before": ["2003", "2011"], "after": ["2012", "2021"]}], make("start,size", *rows))
    assert found.verdict == verdict
    assert ("no other verdict was possible" in found.reason) == (len(before) < 4)


@pytest.mark.parametrize(
    ("before", "after", "verdict"), [(0, 8, "supported"), (8, 0, "contradicted"), (1, 2, "cannot_tell")]
)
def test_rates_decide_by_the_exact_binomial(before, after, verdict):
    table = make("start", *["2005"] * before, *["2015"] * after)
    part = {"form": "rates", "where": {}, "time": "start", "before": ["2003", "2011"], "after": ["2012", "2021"]}
    assert judge("trend", [part], table).verdict == verdict


def test_p_values_equal_those_counted_by_hand():
    assert rank_p(np.arange(4.0), np.arange(4.0) + 4) == pytest.approx(2 / 70, abs=1e-12)
    # ties: of 6 splits of 1 1 | 2 2 one is as extreme on each side
    assert rank_p(np.array([1.0, 1.0]), np.array([2.0, 2.0])) == pytest.approx(2 / 6, abs=1e-12)
    assert rate_p(0, 5, 1, 1) == pytest.approx(2 / 32, abs=1e-12)
    assert rate_p(0, 3, 1, 2) == pytest.approx(15 / 27, abs=1e-12)  # 8 + 6 + 1 of 27 are no likelier


def judge_order(documents: pd.DataFrame, codes: pd.DataFrame):
    check = {"kind": "ordering", "text": "mean severity", "table": "t/documents", "codes": "t/codes", "side": "country"}
    check |= {
        "key": ["date", "country", "document"],
        "more": "CHN",
        "less": "RUS",
        "time": "date",
        "least": 2,
        "by": 0.5,
    }
    check |= {"window": ["2016-07", "2017-12"], "where": {"named": "1"}, "column": "severity"}
    tables = {"t/documents": evidence(documents), "t/codes": codes}
    return JUDGES["ordering"](check, {}, Data(EFFECTS, EFFECTS, tables, {}))


def two_states(china: str, russia: str, other: str = "", coder_2: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return documents and codes: severities of each state's documents, `other` of Chinese ones on something else."""
    cases = [("CHN", s, "1") for s in china] + [("RUS", s, "1") for s in russia] + [("CHN", s, "0") for s in other]
    documents = make(
        "date,country,document,named,severity,from_article",
        *[f"2017,{c},d{i},{n},{s},no" for i, (c, s, n) in enumerate(cases)],
    )
    second = coder_2 or china + russia
    codes = [f"2017,{c},d{i},1,severity,{s}" for i, (c, s, _) in enumerate(cases)]
    codes += [f"2017,{cases[i][0]},d{i},2,severity,{s}" for i, s in enumerate(second)]
    return documents, make("date,country,document,coder,variable,code", *codes)


@pytest.mark.parametrize(
    ("china", "russia", "other", "coder_2", "verdict"),
    [
        ("33", "22", "", "", "supported"),
        ("32", "22", "", "", "supported"),  # exactly half a point
        ("33", "22", "00", "", "mixed"),
        ("22", "33", "", "", "contradicted"),
        ("33", "33", "", "", "cannot_tell"),
        ("33", "22", "", "2222", "cannot_tell"),
        ("3", "22", "", "", "cannot_tell"),
    ],
)
def test_order_of_two_states_needs_half_a_point_both_coders_and_two_documents_a_side(
    china, russia, other, coder_2, verdict
):
    assert judge_order(*two_states(china, russia, other, coder_2)).verdict == verdict


def test_date_known_by_year_only_lies_in_a_window_that_overlaps_the_year_but_not_within_a_part_of_it():
    table = make("date", "2016", "2016-08", "2015-12-31", "")
    assert list(fits(table, {"date": {"overlaps": ["2016-07", "2017-12"]}})) == [True, True, False, False]
    assert list(fits(table, {"date": {"from": "2016-07", "to": "2017-12"}})) == [False, True, False, False]
    assert list(fits(table, {"none": [{"date": {"matches": "^2016"}}]})) == [False, False, True, True]
    assert list(known(table, {"date": {"read": r"-(\d+)$", "is": 8}})) == [False, True, True, False]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"where": {}, "expct": {"size": "18"}}, "unknown key 'expct'"),
        ({"where": {"size": {"above": 3}}}, "has the condition 'above'"),
        ({"where": {"denied": True}}, 'Put "yes" or "no" in quotation marks'),
        ({"form": "guess", "where": {}}, "form 'guess'"),
    ],
)
def test_a_check_that_cannot_be_read_stops_with_what_to_do(part, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        judge("recorded", [part], VISIT)


def test_rows_and_cells_of_the_article_decide_nothing():
    columns = "event_id,start,size,name,from_article,article_cells"
    table = make(
        columns, "drill,2012,18,Drill,yes,", "march,2013,9,March,part,size", "first,2014,1,First,part,event_id"
    )
    where = [{"where": {"event_id": name}, "expect": {"size": {"min": 0}}} for name in ("drill", "march", "first")]
    for part in where:
        assert judge("recorded", [part], table).verdict == "cannot_tell"
        assert judge("recorded", [part], table, counted=False).verdict == "supported"
