"""The config: what it accepts, what it refuses, and that every refusal names its line and a remedy."""

import datetime as dt
import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from small_study import CONFIG, REPOSITORY

from junctures.study import schema
from junctures.study.config import load_config, study_values
from junctures.study.problems import StudyError, nearest


def write(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """Return the path of the small study's config with texts replaced."""
    text = CONFIG
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "config.yaml"


def problems_of(tmp_path: Path, *changes: tuple[str, str]) -> list:
    """Return the problems of the small study's config with texts replaced."""
    with pytest.raises(StudyError) as caught:
        load_config(write(tmp_path, *changes))
    return caught.value.problems


def test_shipped_config_is_read_with_its_dates():
    study = load_config(REPOSITORY / "config.yaml")
    assert [(j.id, j.date.isoformat()) for j in study.junctures] == [
        ("pivot", "2012-01-05"),
        ("ukraine", "2014-03-18"),
        ("thaad", "2016-07-08"),
    ]
    assert study.indicators["leader_engagements"].earliest == "2004Q1"
    assert study.pools["military"].members[-1] == "arms_deliveries"


def test_first_treated_periods_of_the_shipped_junctures_are_those_of_the_method():
    values = study_values(load_config(REPOSITORY / "config.yaml"))
    main = [juncture["first_treated"][juncture["date"]] for juncture in values["junctures"]]
    assert [period["year"] for period in main] == ["2012", "2014", "2017"]
    assert [period["quarter"] for period in main] == ["2012Q1", "2014Q2", "2016Q3"]
    assert [period["month"] for period in main] == ["2012-01", "2014-04", "2016-07"]
    # Observed in September, the year of the third juncture is treated already (method, section 3).
    assert values["indicators"]["rus_un_threat"]["first_treated"]["thaad"] == {"year": "2016"}
    assert values["indicators"]["exercises"]["first_treated"]["thaad"] == {"quarter": "2016Q3", "year": "2017"}


def test_periods_and_filters_are_text_whether_quoted_or_not(tmp_path):
    study = load_config(write(tmp_path, ("earliest: 2003", 'earliest: "2003"'), ('in_person: "1"', "in_person: 1")))
    assert study.study.window.start == "2000"
    assert study.indicators["exercises"].earliest == "2003"
    assert study.indicators["summits"].where == {"in_person": "1"}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2012", dt.date(2012, 1, 1)),
        ('"2012"', dt.date(2012, 1, 1)),
        ("2012-03", dt.date(2012, 3, 1)),
        ('"2012-03"', dt.date(2012, 3, 1)),
        ("2012-03-18", dt.date(2012, 3, 18)),
        ('"2012-03-18"', dt.date(2012, 3, 18)),
    ],
)
def test_dates_may_be_a_year_a_month_or_a_day(tmp_path, text, date):
    assert load_config(write(tmp_path, ("date: 2012-01-05", f"date: {text}"))).junctures[0].date == date


@pytest.mark.parametrize(
    "text", ["2012-13", "2012-02-30", '"2012-1-5"', "next year", "2012Q1", "true", "2012-01-05 10:00:00"]
)
def test_what_is_no_date_is_refused_with_its_line(tmp_path, text):
    problems = problems_of(tmp_path, ("date: 2012-01-05", f"date: {text}"))
    assert [(each.line, each.column) for each in problems] == [(10, "junctures[1].date")]


def test_each_unknown_key_names_the_nearest_valid_one_at_every_depth(tmp_path):
    problems = problems_of(
        tmp_path,
        ("junctures:", "juncture:\n  []\njunctures:"),
        ("seed: 1", "sed: 1"),
        ("kind: rate, columns", "kind: rate, colums"),
        ("rows:\n  other_end", "rows:\n  othr_end"),
    )
    found = {each.column: each.remedy for each in problems if "unknown" in each.what}
    assert found == {
        "juncture": "Did you mean 'junctures'?",
        "study.sed": "Did you mean 'seed'?",
        "indicators.rus_un_threat.measure.colums": "Did you mean 'columns'?",
        "rows.othr_end": "Did you mean 'other_end'?",
    }
    assert len({each.line for each in problems if "unknown" in each.what}) == 4


REFUSED = [
    ("a missing key", ("title: ", "titel: "), "study.title", "'title' is missing"),
    ("a value of another kind", ("seed: 1", "seed: many"), "study.seed", "'many'"),
    (
        "a text where a number is",
        ("value: 0.016", "value: small"),
        "indicators.rus_un_threat.declared_scale.value",
        "small",
    ),
    ("a scale of zero", ("value: 0.016", "value: 0"), "indicators.rus_un_threat.declared_scale.value", "'0'"),
    ("a word of YAML's for true", ('in_person: "1"', "in_person: yes"), "indicators.summits.where.in_person", "true"),
    ("an id with a capital", ("  summits:\n", "  Summits:\n"), "indicators.Summits", "no id"),
    ("an id in a juncture", ("{id: pivot", "{id: Pivot 1"), "junctures[1].id", "no id"),
    (
        "a frequency that does not exist",
        ("frequency: quarter, also", "frequency: quartr, also"),
        "indicators.exercises.frequency",
        "quartr",
    ),
    (
        "a month that does not exist",
        ("observed_month: 9", "observed_month: 13"),
        "indicators.rus_un_threat.observed_month",
        "13",
    ),
    (
        "a dimension that does not exist",
        ("dimension: political", "dimension: politcal"),
        "indicators.summits.dimension",
        "politcal",
    ),
    (
        "a member that does not exist",
        ("[exercises, summits]", "[exercises, summit]"),
        "pools.military.members",
        "'summit'",
    ),
    (
        "a member without the frequency",
        ("[exercises], frequency: quarter", "[summits], frequency: quarter"),
        "pools.military.rows.quarterly.members",
        "by quarter",
    ),
    (
        "a leader that does not exist",
        ("leader: rus_un_threat", "leader: un_threat"),
        "leads.threat_first.leader",
        "un_threat",
    ),
    ("a recoded juncture", ("{juncture: pivot,", "{juncture: pivt,"), "rows.recoded.pivot_2013.juncture", "pivt"),
    (
        "a model that does not exist",
        ("observed_month: 9", "observed_month: 9, models: [slop]"),
        "indicators.rus_un_threat.models",
        "slop",
    ),
    ("junctures out of order", ('date: "2014-03-18"', "date: 2011-03-18"), "junctures[2].date", "does not come after"),
    ("a juncture outside the window", ('date: "2014-03-18"', "date: 2022-03-18"), "junctures[2].date", "outside"),
    ("an alternative outside the window", ("[2014-02]", "[1914-02]"), "junctures[2].alternatives[1]", "outside"),
    ("two junctures of one id", ("{id: ukraine", "{id: pivot"), "junctures[2].id", "given twice"),
    ("a window that runs backwards", ("{start: 2000, end: 2021}", "{start: 2021, end: 2000}"), "study.window", "ends"),
    (
        "a window of two forms",
        ("{start: 2003, end: 2019}\n    members", "{start: 2003, end: 2019Q4}\n    members"),
        "pools.military.window",
        "quarter",
    ),
    (
        "a latest before the earliest",
        ("latest: 2019, scale", "latest: 1990, scale"),
        "indicators.summits.latest",
        "before",
    ),
    (
        "a source period that is too fine",
        ("earliest: 1996", "earliest: 1996-03"),
        "indicators.rus_un_threat.earliest",
        "month",
    ),
    (
        "a measure without its columns",
        ("kind: rate, columns: [nato, missile]", "kind: rate"),
        "indicators.rus_un_threat.measure.columns",
        "needs",
    ),
    (
        "a measure with columns of no use",
        ('"1"},\n     measure: {kind: count}', '"1"},\n     measure: {kind: count, columns: [x]}'),
        "indicators.summits.measure.columns",
        "does not use",
    ),
    (
        "a control that is two things",
        ("observed_month: 9", "control: {label: a, replace: {country: CHN}, median_over: country}"),
        "indicators.rus_un_threat.control",
        "either",
    ),
    (
        "peers of an indicator that is all units together",
        ("observed_month: 9", "peers: {label: others, over: speaker}"),
        "indicators.rus_un_threat.peers.over",
        "does not name the one value",
    ),
    (
        "peers that are not told apart as the partners are",
        (
            "observed_month: 9",
            "peers: {label: a, over: country}, control: {label: b, median_over: year}",
        ),
        "indicators.rus_un_threat.peers.over",
        "told apart by 'country'",
    ),
    (
        "a filter of another form",
        ('where: {in_person: "1"}', "where: {in_person: {hold: [a]}}"),
        "indicators.summits.where.in_person",
        "no condition",
    ),
    (
        "a path outside the study",
        ("table: leader_summits/summits", "table: ../leader_summits/summits"),
        "indicators.summits.table",
        "../leader",
    ),
    (
        "code in place of a value",
        ("value: 0.016", "value: !!python/object/apply:os.getcwd []"),
        "indicators.rus_un_threat.declared_scale.value",
        "a tag stands here",
    ),
    ("a list where a text is", ("label: Summits", "label: [a, b]"), "indicators.summits.label", "cannot stand"),
    (
        "an event that ends before it starts",
        ("end: 2009-12", "end: 2007-12"),
        "concurrent_events[1].end",
        "ends before",
    ),
    (
        "a rate ratio of what is no count",
        (
            "declared_scale: {value: 0.016, derivation: exposure}",
            "smallest_ratio: 1.1, declared_scale: {value: 1, derivation: differences}",
        ),
        "indicators.rus_un_threat.smallest_ratio",
        "'smallest_ratio' is given for a scale of derivation differences",
    ),
    (
        "a pool named as an indicator",
        ("pools:\n  military:", "pools:\n  exercises:"),
        "pools.exercises",
        "indicator too",
    ),
]


@pytest.mark.parametrize(
    ("change", "column", "what"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_refused_at_its_line(tmp_path, change, column, what):
    problems = problems_of(tmp_path, change)
    told = [each for each in problems if each.column == column and what in each.what]
    assert told, "\n".join(str(each) for each in problems)
    old = CONFIG[: CONFIG.index(change[0])].count("\n") + 1
    assert old <= told[0].line <= old + change[0].count("\n") + 1 or "missing" in what or "needs" in what


def test_problems_of_form_and_of_names_come_together(tmp_path):
    problems = problems_of(
        tmp_path, ("seed: 1", "seed: x"), ("dimension: political", "dimension: x"), ('"2014-03-18"', "2030-03-18")
    )
    assert {"study.seed", "indicators.summits.dimension"} <= {each.column for each in problems}


def test_entry_with_a_fault_is_not_called_unknown_elsewhere(tmp_path):
    problems = problems_of(tmp_path, ("latest: 2019, scale: sqrt", "latest: 2019, scale: x"))
    assert [each.column for each in problems] == ["indicators.summits.scale"]


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "study: [1\n"], ids=["empty", "list", "broken"])
def test_file_that_is_no_config_is_told(tmp_path, content):
    (tmp_path / "config.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_config(tmp_path / "config.yaml")
    assert all(each.why and each.remedy for each in caught.value.problems)


def test_study_cannot_be_changed():
    study = load_config(REPOSITORY / "config.yaml")
    with pytest.raises(ValueError, match="frozen"):
        study.study.seed = 2


def test_every_key_of_the_config_is_described():
    blocks = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, BaseModel)]
    missing = [
        f"{block.__name__}.{name}"
        for block in blocks
        for name, field in block.model_fields.items()
        if not field.description
    ]
    assert len(blocks) > 15
    assert missing == []


def test_study_values_hold_every_value_of_the_config():
    text = (REPOSITORY / "config.yaml").read_text(encoding="utf-8")
    written = set(re.findall(r"value: ([0-9.]+)", text))
    values = study_values(load_config(REPOSITORY / "config.yaml"))
    used = {entry["declared_scale"]["value"] for entry in values["indicators"].values()}
    assert {float(each) for each in written} == used
    assert values["study"]["seed"] == 20220405
    assert values["rows"]["slope"]["other_starts"] == [2000, 2003]


def test_nearest_names_all_words_where_none_is_near():
    assert nearest("sqr", ["sqrt", "log"]) == "Did you mean 'sqrt'?"
    assert nearest("zzz", ["sqrt", "log"]) == "Use one of: sqrt, log."
    assert nearest("zzz", []) == "Remove it: nothing can be named here."
