"""`junctures explain`: what it tells stands in raw/ and processed/, and it says when that is not of now."""

import json
import re

import pytest
from published_study import REPOSITORY

from junctures.numbers import read_csv
from junctures.report.explain import NothingToExplain, explain, is_current, raw_lines
from junctures.report.explain_text import measure, tell, where
from junctures.report.manifest import MANIFEST

STUDY = json.loads((REPOSITORY / "processed/meta/study.json").read_text(encoding="utf-8"))
CLAIMS = json.loads((REPOSITORY / "processed/meta/slices/claims.json").read_text(encoding="utf-8"))


def told(name, period=None):
    return "\n".join(tell(explain(REPOSITORY, name, period)))


def test_rows_of_a_period_stand_as_they_are_in_the_file():
    found = explain(REPOSITORY, "exercises", "2012")
    lines = (REPOSITORY / "raw/joint_exercises/exercises.csv").read_text(encoding="utf-8").splitlines()
    assert [point["period"] for point in found["rows"]] == [f"2012Q{quarter}" for quarter in (1, 2, 3, 4)]
    for point in found["rows"]:
        # A count: as many rows as the value says, each of the period.
        assert len(point["texts"]) == point["value"]
        for row in point["texts"]:
            assert row["text"] == lines[row["line"] - 1] and ",2012-" in row["text"]
    assert lines[0] in told("exercises", "2012")


def test_estimates_are_those_of_the_results_and_the_way_back_is_complete():
    found = explain(REPOSITORY, "exercises")
    effects = read_csv(REPOSITORY / "processed/results/effects.csv")
    effects = effects[effects["indicator"] == "exercises"]
    steps = effects.query("model == 'primary' and estimand == 'step'").set_index("juncture")
    rows = [row for row in found["effects"] if (row["model"], row["estimand"]) == ("primary", "step")]
    assert {row["juncture"] for row in rows} == {"pivot", "ukraine", "thaad"}
    for row in rows:
        for column in ("estimate", "lower", "upper", "p", "p_holm"):
            known = steps.loc[row["juncture"], column]
            assert row[column] == (None if known != known else known)
    assert len(found["effects"]) + found["further"]["effects"] == len(effects)
    how = {claim["id"]: claim["how"] for claim in found["claims"]}
    assert how["exercises_number_pivot"] == "by its rows"
    assert how["cooperation_rises"] == "through military"
    assert how["joint_sea_first_2012"] == "by its raw table"
    files = {each["file"] for each in found["shown_in"]}
    assert {"figures/indicator_panels/exercises.svg", "tables/effects.md"} <= files
    assert "figures/deliveries_and_orders.svg" not in files


def test_claim_tells_words_rule_rows_verdict_and_judge():
    found = explain(REPOSITORY, "joint_sea_yearly")
    text = told("joint_sea_yearly")
    row = read_csv(REPOSITORY / "processed/results/claims.csv").set_index("claim").loc["joint_sea_yearly"]
    assert (found["verdict"], found["reason"]) == (row["verdict"], row["reason"])
    assert found["judged_by"] == "junctures.report.records.judge_regular"
    code = (REPOSITORY / "processed/meta/code/judge_claims.txt").read_text(encoding="utf-8").strip()
    assert found["code"] == code and code[:16] in text
    (part,) = found["evidence"]
    assert part["file"] == "raw/joint_exercises/exercises.csv"
    assert all(",joint_sea," in each["text"] for each in part["rows"])
    assert len(part["rows"]) == len(part["key"].split()) - 1  # the word "rows" and one line each
    for quote in found["quotes"]:
        assert quote["place"] in text


@pytest.mark.parametrize("name", [*STUDY["indicators"], *STUDY["pools"], *STUDY["leads"], *(c["id"] for c in CLAIMS)])
def test_everything_with_a_name_is_explained(name):
    text = told(name)
    assert text.startswith(name) and "nan" not in text.split()
    assert not re.search(r"\bNone\b(?! was held)", text)


def test_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(NothingToExplain, match="Did you mean 'exercises'"):
        explain(REPOSITORY, "exercise")
    with pytest.raises(NothingToExplain, match=r"no period '1999'\. It runs from 2003Q1 to 2021Q4"):
        explain(REPOSITORY, "exercises", "1999")
    with pytest.raises(NothingToExplain, match="which has no periods"):
        explain(REPOSITORY, "joint_sea_yearly", "2012")
    with pytest.raises(NothingToExplain, match="one of its members"):
        explain(REPOSITORY, "military", "2012")


def test_study_without_results_says_to_build_first(tmp_path):
    with pytest.raises(NothingToExplain, match="snakemake"):
        explain(tmp_path, "exercises")


def test_what_the_last_build_wrote_is_held_against_what_is_there_now(published):
    assert is_current(published, REPOSITORY) == (True, [])
    (published / "tables/findings.md").unlink()  # shows results, explains none
    assert is_current(published, REPOSITORY)[0] is True
    config = published / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("seed: 2", "seed: 3"), encoding="utf-8")
    current, why = is_current(published, REPOSITORY)
    assert current is False and why[0].startswith("config.yaml")
    (published / MANIFEST).unlink()
    assert is_current(published, REPOSITORY)[0] is None


def test_row_over_several_lines_is_kept_whole(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'a,b\r\n1,"two\r\nlines"\r\n3,4\r\n')
    assert dict(raw_lines(path)) == {1: "a,b", 2: '1,"two\r\nlines"', 4: "3,4"}


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({}, ""),
        ({"a": "1", "b": ["x", "y", "z"]}, "a is 1 and b is x, y or z"),
        ({"any": [{"a": "1"}, {"b": {"holds": ["x", "y"]}}]}, "(a is 1 or b holds x or y)"),
        ({"row_sum": {"columns": ["a", "b"], "min": 1, "max": 3}}, "a + b from 1 to 3"),
    ],
)
def test_filters_in_words(conditions, words):
    assert where(conditions) == words


def test_measures_in_words():
    for entry in STUDY["indicators"].values():
        words = measure(entry["measure"])
        assert all(column in words for column in (*entry["measure"]["columns"], *entry["measure"]["per"]))
