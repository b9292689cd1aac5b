"""The sourced tables: each rule of SOURCE.yaml breaks where it should, at its file, line and column."""

from pathlib import Path

import pytest
import yaml
from small_study import REPOSITORY, edit

from junctures.study.contract import SHOWN, build_schema, check_tables
from junctures.study.tables import CODEBOOK, build_codebook, read_sources

SOURCE = {
    "id": "visits",
    "title": "Visits",
    "producer": "This study",
    "method": "Invented for a test.",
    "licence": "CC-BY-4.0",
    "citation": ["kwon_jeh_lee_2022", "A page that was read, 2022"],
    "tables": {
        "visits": {
            "unit": "one row a visit",
            "key": ["id"],
            "time": "date",
            "coverage": ["2000", "2020"],
            "columns": {
                "id": {"type": "string", "meaning": "Name."},
                "date": {"type": "date", "precision": "mixed", "meaning": "Date."},
                "month": {"type": "month", "meaning": "Month.", "blank": "not known"},
                "year": {"type": "year", "meaning": "Year.", "range": [1990, 2030]},
                "people": {"type": "integer", "unit": "people", "meaning": "People.", "range": [0, 50]},
                "cost": {"type": "number", "unit": "million", "meaning": "Cost.", "range": [-1, 9.5], "blank": "no"},
                "held": {"type": "boolean", "meaning": "Held.", "values": {"yes": "", "no": ""}},
                "kind": {"type": "category", "meaning": "Kind.", "values": {"visit": "a visit", "talk": "a talk"}},
                "state": {"type": "iso3", "meaning": "State."},
                "others": {"type": "iso3_list", "meaning": "States."},
                "source": {"type": "url_or_citation", "meaning": "Source."},
                "article_cells": {"type": "string", "meaning": "Cells.", "blank": "none"},
            },
        },
        "places": {
            "unit": "one row a visit and place",
            "key": ["id", "place"],
            "columns": {
                "id": {"type": "string", "meaning": "Visit.", "reference": "visits/visits.id"},
                "place": {"type": "string", "meaning": "Place."},
            },
        },
    },
    "limitations": ["Invented."],
    "date_accessed": "2026-01-01",
}
HEADER = ",".join(SOURCE["tables"]["visits"]["columns"])
ROWS = [
    "a,2001-02-03,2001-02,2001,3,1.5,yes,visit,CHN,CHN RUS,https://a.example/b,",
    'b,2002-02,,2002,0,,no,talk,RUS,KAZ,"Book, 2002",',
    "c,2003,,2003,50,-1e0,no,talk,RUS,KAZ,Page,",
]
PLACES = "id,place\na,Moscow\na,Beijing\nc,Kazan\n"


@pytest.fixture
def study(tmp_path):
    """Return the folder of a study with one source of two sound tables."""
    folder = tmp_path / "raw" / "visits"
    folder.mkdir(parents=True)
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "references.bib").write_text("@article{kwon_jeh_lee_2022, title={x}}\n", encoding="utf-8")
    (folder / "SOURCE.yaml").write_text(yaml.safe_dump(SOURCE, sort_keys=False), encoding="utf-8")
    (folder / "visits.csv").write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    return tmp_path


def problems_of(root: Path) -> list:
    """Return the problems of every SOURCE.yaml and table."""
    sources, problems = read_sources(root)
    return problems + check_tables(root, sources)


def test_sound_tables_have_no_problem(study):
    assert problems_of(study) == []


def test_shipped_tables_keep_what_their_sources_say():
    assert [str(each) for each in problems_of(REPOSITORY)] == []


CELLS = [
    ("2001-02-03", "2001-02-30", "date"),
    ("2001-02-03", "3.2.2001", "date"),
    ("2001-02-03", "1999-12-31", "date"),
    ("2001-02-03", "2021-01-01", "date"),
    (",2001-02,", ",2001-13,", "month"),
    (",2001,3,", ",01,3,", "year"),
    (",2001,3,", ",1989,3,", "year"),
    (",2001,3,", ",2001,3.5,", "people"),
    (",2001,3,", ",2001,-3,", "people"),
    (",2001,3,", ",2001,51,", "people"),
    (",2001,3,", ",2001,,", "people"),
    (",1.5,yes", ",nan,yes", "cost"),
    (",1.5,yes", ",9.6,yes", "cost"),
    (",1.5,yes", ",1.5,maybe", "held"),
    (",yes,visit,", ",yes,visits,", "kind"),
    (",CHN,CHN RUS,", ",China,CHN RUS,", "state"),
    (",CHN,CHN RUS,", ",CHN,CHN;RUS,", "others"),
    (",https://a.example/b,", ",,", "source"),
    (",https://a.example/b,", ",https://a.example/b,peple", "article_cells"),
]


@pytest.mark.parametrize(("old", "new", "column"), CELLS, ids=[f"{c}_{n}" for _, n, c in CELLS])
def test_cell_that_breaks_a_rule_is_told_at_its_place(study, old, new, column):
    edit(study / "raw/visits/visits.csv", old, new)
    problems = problems_of(study)
    assert [(each.file, each.line, each.column) for each in problems] == [("raw/visits/visits.csv", 2, column)]
    assert problems[0].why and problems[0].remedy


def test_category_names_the_nearest_value(study):
    edit(study / "raw/visits/visits.csv", ",yes,visit,", ",yes,vist,")
    assert problems_of(study)[0].remedy == "Did you mean 'visit'?"


def test_day_is_asked_for_where_precision_is_day(study):
    edit(study / "raw/visits/SOURCE.yaml", "precision: mixed", "precision: day")
    assert [(each.line, each.column) for each in problems_of(study)] == [(3, "date"), (4, "date")]


def test_blank_is_allowed_in_a_cell_that_rests_on_the_article_alone(study):
    edit(
        study / "raw/visits/visits.csv",
        ",2001,3,1.5,yes,visit,CHN,CHN RUS,https://a.example/b,",
        ",2001,,1.5,yes,visit,CHN,CHN RUS,https://a.example/b,people",
    )
    assert problems_of(study) == []


def test_key_given_twice_names_both_lines(study):
    path = study / "raw/visits/visits.csv"
    path.write_text(path.read_text(encoding="utf-8") + ROWS[1] + "\n", encoding="utf-8")
    (problem,) = problems_of(study)
    assert (problem.line, problem.column) == (5, "id")
    assert "line 3" in problem.what


def test_line_is_that_of_the_file_after_a_cell_with_a_line_break(study):
    edit(study / "raw/visits/visits.csv", '"Book, 2002"', '"Book,\n2002"')
    edit(study / "raw/visits/visits.csv", ",2003,50,", ",2003,51,")
    (problem,) = problems_of(study)
    assert (problem.line, problem.column) == (5, "people")


def test_reference_to_no_row_is_told(study):
    edit(study / "raw/visits/places.csv", "c,Kazan", "d,Kazan")
    (problem,) = problems_of(study)
    assert (problem.file, problem.line, problem.column) == ("raw/visits/places.csv", 4, "id")


def test_many_rows_with_one_fault_are_counted(study):
    path = study / "raw/visits/visits.csv"
    rows = [ROWS[0].replace("a,2001", f"a{i},2001", 1).replace(",2001,3,", ",2001,-3,") for i in range(30)]
    path.write_text("\n".join([HEADER, *ROWS, *rows, ""]), encoding="utf-8")
    problems = problems_of(study)
    assert len(problems) == SHOWN
    assert f"{30 - SHOWN} rows more" in problems[-1].what


def test_header_is_held_against_the_source(study):
    edit(study / "raw/visits/visits.csv", ",people,", ",peple,")
    problems = {each.column: each for each in problems_of(study)}
    assert set(problems) == {"people", "peple"}
    assert "'peple'" in problems["people"].remedy and "'people'" in problems["peple"].remedy


def test_unfinished_quotation_is_told(study):
    edit(study / "raw/visits/visits.csv", '"Book, 2002"', '"Book, 2002')
    assert [(each.line, "cannot be read" in each.what) for each in problems_of(study)] == [(3, True)]


def test_file_without_description_and_table_without_file_are_told(study):
    (study / "raw/visits/places.csv").rename(study / "raw/visits/place.csv")
    told = {each.what for each in problems_of(study)}
    assert told == {"the file place.csv is not described", "the table 'places' has no file raw/visits/places.csv"}


SOURCES = [
    ("title: Visits\n", "", "title"),
    ("licence: CC-BY-4.0\n", "", "licence"),
    ("limitations:\n- Invented.\n", "", "limitations"),
    ("date_accessed: '2026-01-01'", "date_accessed: yesterday", "date_accessed"),
    ("id: visits\n", "id: visit\n", "id"),
    ("- kwon_jeh_lee_2022", "- kwon_2022", "citation[1]"),
    ("producer:", "producr:", "producr"),
    ("    time: date\n", "    time: day\n", "tables.visits.time"),
    ("    time: date\n", "    time: kind\n", "tables.visits.time"),
    ("- '2000'\n", "- '2030'\n", "tables.visits.coverage"),
    ("    unit: one row a visit\n", "", "tables.visits.unit"),
    ("    key:\n    - id\n    time", "    key:\n    - name\n    time", "tables.visits.key"),
    ("        precision: mixed\n", "", "tables.visits.columns.date"),
    ("        meaning: People.\n", "", "tables.visits.columns.people.meaning"),
    ("        unit: people\n", "", "tables.visits.columns.people"),
    ("type: iso3\n", "type: iso\n", "tables.visits.columns.state.type"),
    ("reference: visits/visits.id", "reference: visits/visits.ids", "tables.places.columns.id.reference"),
    ("reference: visits/visits.id", "reference: visits/visit.id", "tables.places.columns.id.reference"),
]


@pytest.mark.parametrize(("old", "new", "key"), SOURCES, ids=[f"{each[2]}_{i}" for i, each in enumerate(SOURCES)])
def test_source_that_says_too_little_is_told_at_its_key(study, old, new, key):
    edit(study / "raw/visits/SOURCE.yaml", old, new)
    problems = [each for each in read_sources(study)[1] if each.column == key]
    assert problems
    assert problems[0].file == "raw/visits/SOURCE.yaml" and problems[0].line > 0
    assert problems[0].why and problems[0].remedy


def test_pandera_schema_has_a_column_for_each_described(study):
    table = read_sources(study)[0]["visits"].tables["visits"]
    schema = build_schema(table)
    assert list(schema.columns) == list(table.columns)
    assert not schema.columns["people"].nullable and schema.columns["cost"].nullable


def test_codebook_has_one_row_a_column_of_the_shipped_tables():
    rows = build_codebook(REPOSITORY)
    columns = sum(
        len(path.read_text(encoding="utf-8").split("\n", 1)[0].split(","))
        for path in (REPOSITORY / "raw").glob("*/*.csv")
    )
    assert len(rows) == columns
    assert all(tuple(row) == CODEBOOK for row in rows)
    assert all(row["meaning"] and row["type"] for row in rows)


def test_codebook_row_says_what_the_source_says(study):
    rows = {row["column"]: row for row in build_codebook(study) if row["table"] == "visits"}
    assert rows["kind"]["values"] == "visit: a visit; talk: a talk"
    assert rows["cost"]["range"] == "-1 to 9.5"
    assert rows["date"]["type"] == "date (mixed)"
    assert rows["month"]["blank"] == "not known"
