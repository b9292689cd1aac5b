"""Faults of a build on the tiny study: what is told, that nothing half-written stays, that the next build is right.

More of them, on a study that ships, are made by benchmarks/reliability/faults.py and kills.py.
"""

import os
import random
import shutil
import sys
import time
from pathlib import Path

import pytest
from study_run import build, outputs, snakemake

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "reliability"))

from faults import UnableError, fill, guarded, small_disk
from runs import finish, kill, snapshot, start, wait_for

from junctures.study.turns import take_turn

SERIES = "processed/series/summits.csv"
TESTS = ("processed/results/effects/summits.csv", "processed/results/effects/military.csv")
SUMMITS = "raw/leader_summits/summits.csv"


def assert_plain(told, what):
    assert told.code != 0
    assert what in told.text and "Why it matters:" in told.text and "What to do:" in told.text
    assert "Traceback" not in told.text


def test_build_killed_three_times_ends_in_the_bytes_of_one_that_was_not(built, tmp_path):
    study = shutil.copytree(built, tmp_path / "study", ignore=shutil.ignore_patterns(".snakemake"))
    for kind in ("series", "results"):
        shutil.rmtree(study / "processed" / kind)
    generator = random.Random(1)
    for _ in range(3):
        running = start(study, study, *TESTS)
        # From when jobs begin, or the kill would find nothing half-done.
        wait_for(lambda: any((study / ".snakemake/locks").glob("*.lock")), running)
        time.sleep(2 * generator.random())
        kill(running)
    told = build(study, *TESTS)
    assert "The last build here was killed" in told.text
    assert not [*study.rglob("*.part")]
    made = {
        name: content
        for name, content in snapshot(study).items()
        if (study / name).is_relative_to(study / "processed/results")
    }
    assert set(TESTS) <= made.keys()
    assert {name: (built / name).read_bytes() for name in made} == made


def test_second_build_is_refused_and_a_plan_is_not(study):
    before = outputs(study)
    with take_turn(study, False, print):
        assert_plain(snakemake(study), f"another build is at work here (process {os.getpid()}, begun")
        planned = snakemake(study, "--dry-run")
    assert planned.code == 0 and "A build is at work in this folder" in planned.text
    assert outputs(study) == before


def test_edited_output_is_told_kept_aside_and_made_anew(built, study):
    path = study / "tables/effects.md"
    edited = path.read_text(encoding="utf-8").replace("0", "9", 1)
    path.write_text(edited, encoding="utf-8")
    told = build(study, "tables/effects.md")
    assert "Not as a job wrote it, but cut short or edited since: tables/effects.md." in told.text
    assert path.read_bytes() == (built / "tables/effects.md").read_bytes()
    assert (study / ".snakemake/set_aside/tables/effects.md").read_text(encoding="utf-8") == edited


def test_vanished_and_truncated_results_that_others_rest_on_are_made_anew(study):
    (study / "processed/results/designs/summits.csv").unlink()
    path = study / "processed/series/exercises.csv"
    path.write_bytes(path.read_bytes()[:100])
    # Not by Snakemake's summary, which does not look at outputs that are marked as unfinished.
    told = build(study, "--dry-run").text
    assert "Building the series of exercises" in told
    assert "Testing summits" in told


def test_raw_table_that_changes_while_it_is_read_ends_the_build_and_the_next_is_right(built, study):
    table, before = study / SUMMITS, (study / SUMMITS).read_bytes()
    (study / SERIES).unlink()
    running = start(study, study, SERIES)
    wait_for(lambda: any((study / ".snakemake/locks").glob("*.lock")), running)
    table.write_bytes(before + before.splitlines(keepends=True)[-1])
    code, text = finish(running)
    assert code != 0 and f"{SUMMITS}: the file changed while the study was built" in text
    assert "What to do: Restore it" in text and "Traceback" not in text
    assert "the file changed" in (study / "logs/build_series/summits.log").read_text(encoding="utf-8")
    assert not (study / SERIES).exists()
    table.write_bytes(before)
    build(study, SERIES)
    assert (study / SERIES).read_bytes() == (built / SERIES).read_bytes()


def test_outputs_and_sources_of_the_future_are_made_anew_and_set_right(built, study):
    later = time.time() + 366 * 24 * 3600
    for path in (study / SUMMITS, study / "processed/meta/slices/series_summits.json", study / SERIES):
        os.utime(path, (later, later))
    told = build(study, SERIES)
    assert f"Made at a time in the future: {SERIES}" in told.text
    assert "Changed at a time in the future: processed/meta/slices/series_summits.json, raw/" in told.text
    assert (study / SERIES).read_bytes() == (built / SERIES).read_bytes()
    assert all((study / name).stat().st_mtime < later for name in (SUMMITS, SERIES))


@pytest.mark.parametrize("folder", [".", "processed/series"])
def test_folder_that_may_only_be_read_is_told_before_anything_runs(study, folder):
    before = outputs(study)
    try:
        with guarded((study / folder).resolve()) as behind:
            code, text = finish(start(study, study, before=behind))
    except UnableError as reason:
        pytest.skip(str(reason))
    assert code != 0 and "What to do:" in text and "Traceback" not in text
    assert "the disk may only be read" in text or "nothing may be written there" in text
    assert outputs(study) == before


def test_full_disk_is_told_before_and_while_a_table_is_written(built, tmp_path):
    try:
        with small_disk(tmp_path) as disk:
            study = shutil.copytree(built, disk / "study")
            (study / SERIES).unlink()
            fill(disk / "ballast", 100_000)
            assert_plain(snakemake(study, SERIES), "the disk has 0.1 MB left")
            assert not (study / SERIES).exists()
            (disk / "ballast").unlink()
            running = start(study, study, SERIES)
            wait_for(lambda: any((study / ".snakemake/locks").glob("*.lock")), running)
            fill(disk / "ballast", 0)
            code, text = finish(running)
            # Snakemake itself tells it where its own files are the first that find no room.
            assert code != 0 and ("the disk is full" in text or "No space left on device" in text)
            assert not (study / SERIES).exists()
            (disk / "ballast").unlink()
            build(study, SERIES)
            assert (study / SERIES).read_bytes() == (built / SERIES).read_bytes()
    except UnableError as reason:
        pytest.skip(str(reason))
