"""What a figure is read from, and the record that is written beside it."""

import json

import pytest

from junctures.report import figure_files, style
from junctures.report.inputs import load_inputs

SOURCE = {"title": "Drills", "producer": "Nobody", "licence": "CC-BY-4.0", "citation": ["nobody_2000"]}
STUDY = {"study": {"version": "9.9"}}


def record(**sources):
    figure = style.new_figure(1, 1)
    return figure_files.record_of("timeline", style.Drawing(figure, "Dots", "No model"), STUDY, sources, "abc")


def test_several_files_are_found_under_indicator_table_and_source(tmp_path):
    (tmp_path / "raw/events").mkdir(parents=True)
    (tmp_path / "series").mkdir()
    (tmp_path / "raw/events/drills.csv").write_text("date,name\n2005-08-18,Big\n", encoding="utf-8")
    (tmp_path / "raw/events/SOURCE.yaml").write_text("title: Drills\n", encoding="utf-8")
    (tmp_path / "series/drills_rows.csv").write_text("period,rows,n\n2005,2,1\n", encoding="utf-8")
    (tmp_path / "study.json").write_text('{"a": 1}', encoding="utf-8")
    inputs = load_inputs(
        {
            "study": str(tmp_path / "study.json"),
            "sources": [str(tmp_path / "raw/events/SOURCE.yaml")],
            "tables": [str(tmp_path / "raw/events/drills.csv")],
            "rows": [str(tmp_path / "series/drills_rows.csv")],
        }
    )
    assert inputs["study"] == {"a": 1}
    assert inputs["sources"] == {"events": {"title": "Drills"}}
    assert list(inputs["tables"]["events/drills"]["_row"]) == [2]
    assert list(inputs["rows"]["drills"]["rows"]) == ["2"]  # a list of line numbers stays text
    assert list(inputs["rows"]["drills"]["period"]) == ["2005"]


@pytest.mark.parametrize(
    ("licences", "expected"),
    [
        (["CC-BY-4.0"], "CC-BY-4.0"),
        (["CC0-1.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["LicenseRef-SIPRI", "CC-BY-4.0", "LicenseRef-SIPRI"], "CC-BY-4.0; data under LicenseRef-SIPRI"),
    ],
)
def test_licence_of_a_figure_names_the_terms_of_its_data(licences, expected):
    sources = {f"s{number}": SOURCE | {"licence": licence} for number, licence in enumerate(licences)}
    assert figure_files.licence_of(sources) == expected


def test_record_names_rule_function_code_sources_and_version():
    found = record(events=SOURCE)
    assert found["rule"] == "plot_timeline"
    assert found["function"] == "junctures.report.figures_timeline:timeline"
    assert (found["code"], found["version"]) == ("abc", "9.9")
    assert found["sources"] == [{"id": "events", **SOURCE}]


def test_figure_is_written_with_its_record_beside_it(tmp_path):
    drawing = style.Drawing(style.new_figure(1, 1), "Dots", "No model")
    found = record(events=SOURCE)
    paths = figure_files.write_figure("timeline", drawing, found, tmp_path)
    assert [path.name for path in paths] == ["timeline.svg", "timeline.pdf", "timeline.png", "timeline.json"]
    assert json.loads((tmp_path / "timeline.json").read_text(encoding="utf-8")) == found
    assert "rule: plot_timeline; code: abc" in (tmp_path / "timeline.svg").read_text(encoding="utf-8")
