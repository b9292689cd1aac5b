"""Damaged inputs stop a run before anything is written, each with a message that a researcher can act on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "study"))

from small_study import REPOSITORY, edit, make_small_study, snapshot

from junctures.study.check import check_study, write_checksums
from junctures.study.problems import StudyError

EXERCISES = "raw/joint_exercises/exercises.csv"
SUMMITS = "raw/leader_summits/summits.csv"
TERMS = "raw/un_general_debate/term_counts.csv"


def unknown_key(root):
    edit(root / "config.yaml", "latest: 2019, scale: sqrt", "latest: 2019, scael: sqrt")


def misspelt_column(root):
    edit(root / EXERCISES, "event_id,name,series,start_date,", "event_id,name,series,strat_date,")


def misspelt_column_in_config(root):
    edit(root / "config.yaml", "columns: [nato, missile]", "columns: [nato, misile]")


def duplicate_key(root):
    path = root / TERMS
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[4]]), encoding="utf-8")


def key_given_twice(root):
    edit(root / "config.yaml", "  seed: 1\n", "  seed: 1\n  seed: 2\n")


def impossible_date(root):
    edit(root / SUMMITS, "\n2000-07-18,day,2000-07-18,", "\n2000-07-32,day,2000-07-18,")


def impossible_juncture(root):
    edit(root / "config.yaml", 'date: "2014-03-18"', "date: 2014-02-30")


def empty_table(root):
    path = root / TERMS
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")


def no_source_file(root):
    (root / "raw/leader_summits/SOURCE.yaml").unlink()


def wrong_checksum(root):
    edit(root / TERMS, "1996,CHN,1613,", "1996,CHN,1614,")


def not_a_number(root):
    edit(root / TERMS, "1996,CHN,1613,", '1996,CHN,"1,613",')


def juncture_outside_window(root):
    edit(root / "config.yaml", 'date: "2014-03-18"', "date: 2041-03-18")


def unknown_source(root):
    edit(root / "config.yaml", "table: leader_summits/summits", "table: leaders_summit/summits")


def negative_count(root):
    edit(root / TERMS, "1996,CHN,1613,0,", "1996,CHN,1613,-2,")


def not_utf8(root):
    path = root / SUMMITS
    path.write_bytes(
        path.read_bytes().replace(b"2000-07-05,day,2000-07-05,Jiang", b"2000-07-05,day,2000-07-05,Ji\xe4ng")
    )


def blank_cell(root):
    edit(root / SUMMITS, "\n2000-07-18,day,2000-07-18,", "\n2000-07-18,day,,")


def row_too_short(root):
    edit(root / TERMS, "1996,CHN,1613,0,", "1996,CHN,1613,")


def outside_coverage(root):
    edit(root / TERMS, "1996,CHN,1613,0,", "1969,CHN,1613,0,")


def unknown_reference(root):
    edit(root / "raw/joint_exercises/places.csv", "coalition_2003,1,", "coalition_2033,1,")


def vanished_table(root):
    (root / "raw/joint_exercises/places.csv").unlink()


def unknown_citation(root):
    edit(
        root / "raw/un_general_debate/SOURCE.yaml", "- baturo_dasandi_mikhaylov_2017", "- baturo_dasandi_mikhailov_2017"
    )


def check_of_another_kind(root):
    edit(root / "claims.yaml", "check: {kind: first", "check: {kind: frist")


def broken_yaml(root):
    edit(root / "config.yaml", "  window: {start: 2000, end: 2021}", "  window: {start: 2000, end: 2021")


# damage, whether checksums are written anew, file, line, words of the problem, words of the remedy
DAMAGES = [
    (unknown_key, True, "config.yaml", 25, "'scael' is unknown", "'scale'"),
    (misspelt_column, True, EXERCISES, 1, "'start_date' is missing", "'strat_date'"),
    (misspelt_column_in_config, True, "config.yaml", 29, "no column 'misile'", "'missile'"),
    (duplicate_key, True, TERMS, 56, "also stands in line 5", "Remove one"),
    (key_given_twice, True, "config.yaml", 7, "'seed' is given twice", "Keep one"),
    (impossible_date, True, SUMMITS, 3, "'2000-07-32'", "2014-03-18"),
    (impossible_juncture, True, "config.yaml", 11, "no date '2014-02-30'", "Correct"),
    (empty_table, True, TERMS, 1, "no rows", "Restore"),
    (no_source_file, True, "raw/leader_summits/SOURCE.yaml", 0, "missing", "Restore"),
    (wrong_checksum, False, "raw/SHA256SUMS", 8, "term_counts.csv is not the file", "make checksums"),
    (not_a_number, True, TERMS, 2, "'1,613' is not a whole number", "without commas"),
    (juncture_outside_window, True, "config.yaml", 11, "outside the study's window", "widen study.window"),
    (unknown_source, True, "config.yaml", 24, "no source 'raw/leaders_summit'", "'leader_summits'"),
    (negative_count, True, TERMS, 2, "'-2' is outside the range", "Correct the value"),
    (not_utf8, True, SUMMITS, 2, "not UTF-8", "Save it as UTF-8"),
    (blank_cell, True, SUMMITS, 3, "'end_date' is blank", "'blank' in SOURCE.yaml"),
    (row_too_short, True, TERMS, 2, "the row has 15 cells, the header 16", "comma"),
    (outside_coverage, True, TERMS, 2, "'1969' is outside the stated coverage", "coverage"),
    (unknown_reference, True, "raw/joint_exercises/places.csv", 2, "coalition_2033", "Correct it"),
    (vanished_table, False, "raw/SHA256SUMS", 3, "places.csv has vanished", "restore"),
    (unknown_citation, True, "raw/un_general_debate/SOURCE.yaml", 7, "no key of paper/references.bib", "mikhaylov"),
    (check_of_another_kind, True, "claims.yaml", 28, "kind is 'frist', the claim's 'first'", "kind: first"),
    (broken_yaml, True, "config.yaml", 6, "not valid YAML", "close every bracket"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=[each[0].__name__ for each in DAMAGES])
def test_damage_is_told_and_nothing_is_written(tmp_path, damage):
    harm, anew, file, line, what, remedy = damage
    root = make_small_study(tmp_path)
    harm(root)
    if anew:
        write_checksums(root)
    before = snapshot(root)
    with pytest.raises(StudyError) as caught:
        check_study(root, code=REPOSITORY)
    assert snapshot(root) == before
    told = [each for each in caught.value.problems if each.file == file and what in each.what]
    assert told, str(caught.value)
    assert told[0].line == line
    assert remedy in told[0].remedy
    assert all(each.what and each.why and each.remedy for each in caught.value.problems)
    assert "Traceback" not in str(caught.value)


def test_unharmed_study_passes_and_is_written(tmp_path):
    root = make_small_study(tmp_path)
    study = check_study(root, code=REPOSITORY)
    assert set(study.indicators) == {"exercises", "summits", "rus_un_threat"}
    assert (root / "processed/meta/slices/indicator_exercises.json").is_file()


def test_all_problems_are_told_at_once(tmp_path):
    root = make_small_study(tmp_path)
    for harm in (unknown_key, impossible_date, negative_count, check_of_another_kind):
        harm(root)
    with pytest.raises(StudyError) as caught:
        check_study(root, code=REPOSITORY)
    assert {each.file for each in caught.value.problems} >= {
        "config.yaml",
        SUMMITS,
        TERMS,
        "claims.yaml",
        "raw/SHA256SUMS",
    }


@pytest.mark.parametrize("harm", [not_a_number, unknown_key], ids=["table", "config"])
def test_snakemake_shows_the_problem_without_traceback(tmp_path, harm):
    root = make_small_study(tmp_path)
    harm(root)
    write_checksums(root)
    before = snapshot(root)
    command = [sys.executable, "-m", "snakemake", "--snakefile", REPOSITORY / "Snakefile", "--directory", root]
    path = os.pathsep.join([str(REPOSITORY / "src"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [*command, "--cores", "1"], capture_output=True, text=True, cwd=root, env={**os.environ, "PYTHONPATH": path}
    )
    told = run.stdout + run.stderr
    assert run.returncode != 0
    assert "Why it matters:" in told and "What to do:" in told
    assert "Traceback" not in told
    after = {name: state for name, state in snapshot(root).items() if not name.startswith(".snakemake/")}
    assert after == before
