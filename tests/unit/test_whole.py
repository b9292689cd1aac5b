"""Which outputs are taken for whole: what a job wrote, or what the manifest of the present sources says."""

import json
import os
import time

import pytest

from junctures.study.whole import (
    ASIDE,
    DONE,
    MANIFEST,
    UNFINISHED,
    check_outputs,
    digest_file,
    mark_users,
    record_path,
    recorded,
    set_right_times,
)

NAME = "tables/effects.csv"
LONG = f"processed/results/{'a' * 150}/{'b' * 150}.csv"


def record(root, name, **more):
    path = record_path(root / DONE, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"endtime": os.stat(root / name).st_mtime, **more}), encoding="utf-8")


def unfinished(root, name=NAME):
    return record_path(root / UNFINISHED, name).is_file()


@pytest.fixture
def root(tmp_path):
    """Return a folder with one output as a job left it."""
    (tmp_path / "tables").mkdir()
    (tmp_path / NAME).write_text("step\n0.5\n")
    record(tmp_path, NAME)
    return tmp_path


def check(root, known=(), digests=()):
    notices = []
    return check_outputs(root, dict(known), lambda: dict(digests), notices.append), notices


def harm(root, text="step\n"):
    (root / NAME).write_text(text)
    os.utime(root / NAME, ns=(0, os.stat(root / NAME).st_mtime_ns + 1_000_000))


def test_output_as_its_job_left_it_is_whole(root):
    whole, notices = check(root)
    assert list(whole) == [NAME] and not notices and not unfinished(root)


def test_output_that_was_cut_short_is_marked_told_and_kept_aside(root):
    known, _ = check(root)
    harm(root)
    whole, notices = check(root, known)
    assert not whole and unfinished(root)
    assert len(notices) == 1 and NAME in notices[0]
    assert (root / ASIDE / NAME).read_text() == "step\n"


def test_marked_output_is_told_once(root):
    harm(root)
    check(root)
    assert check(root) == ({}, [])


def test_touched_output_is_whole_where_the_manifest_of_these_sources_holds_it(root):
    digests = {NAME: digest_file(root / NAME)}
    os.utime(root / NAME, (1_700_000_000, 1_700_000_000))
    whole, notices = check(root, digests=digests)
    assert list(whole) == [NAME] and not notices and not unfinished(root)
    # What Snakemake recorded is of another run: an edit of an input must be seen by its time, not by that record.
    assert not record_path(root / DONE, NAME).exists()
    # Without that record it is known from now on by what was seen of it.
    assert list(check(root, whole)[0]) == [NAME]
    harm(root)
    assert check(root, whole, digests)[0] == {} and unfinished(root)


def test_restored_output_is_not_whole_where_the_manifest_is_of_other_sources(root):
    os.utime(root / NAME, (1_700_000_000, 1_700_000_000))
    assert check(root)[0] == {} and unfinished(root)


def test_manifest_that_was_cut_short_is_marked(root):
    (root / MANIFEST).parent.mkdir(parents=True)
    (root / MANIFEST).write_text("{}")
    record(root, MANIFEST)
    (root / MANIFEST).write_text("{")
    os.utime(root / MANIFEST, (1_700_000_000, 1_700_000_000))
    whole, _ = check(root)
    assert list(whole) == [NAME] and unfinished(root, MANIFEST)


def test_page_that_people_write_in_may_be_edited(root):
    (root / "README.md").write_text("words")
    record(root, "README.md")
    os.utime(root / "README.md", (1_700_000_000, 1_700_000_000))
    assert "README.md" in check(root)[0] and not unfinished(root, "README.md")


def test_output_of_the_future_is_made_anew(root):
    later = time.time() + 3600
    os.utime(root / NAME, (later, later))
    record(root, NAME)
    whole, notices = check(root)
    assert not whole and unfinished(root) and "future" in notices[0]


def test_vanished_output_is_left_to_snakemake(root):
    (root / NAME).unlink()
    assert check(root) == ({}, []) and not unfinished(root)


def test_long_names_are_found_among_the_records(root):
    (root / LONG).parent.mkdir(parents=True)
    (root / LONG).write_text("a\n")
    record(root, LONG)
    (root / DONE / ".nfs01").write_text("no record")
    assert sorted(recorded(root / DONE)) == sorted([NAME, LONG])


def test_only_what_was_made_from_a_changed_file_is_marked(root):
    (root / "tables/other.csv").write_text("a\n")
    record(root, "tables/other.csv", input=["raw/a/b.csv"])
    record(root, NAME, input=["raw/a/c.csv"])
    mark_users(root, ["raw/a/c.csv"])
    assert unfinished(root) and not unfinished(root, "tables/other.csv")


def test_sources_of_the_future_get_the_present_time_and_outputs_keep_theirs(root):
    later = time.time() + 3600
    (root / "raw").mkdir()
    (root / "raw/a.csv").write_text("a\n")
    for name in ("raw/a.csv", NAME):
        os.utime(root / name, (later, later))
    notices = []
    set_right_times(root, ["raw", "tables", "absent"], notices.append)
    assert (root / "raw/a.csv").stat().st_mtime <= time.time() and (root / NAME).stat().st_mtime == later
    assert len(notices) == 1 and "raw/a.csv" in notices[0]
