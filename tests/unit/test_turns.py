"""Whose turn it is in a study's folder: one build at a time, and none while jobs of a killed one still write."""

import os
import signal
import subprocess
import sys

import pytest

from junctures.study.problems import StudyError
from junctures.study.turns import BUILD, RECORDS, asks_only, check_room, take_turn

HOLD = """
import sys, time
from junctures.study.turns import join_turn, take_turn
if sys.argv[1] == "build":
    take_turn(".", False, print).__enter__()
else:
    join_turn(".")
print("held", flush=True)
time.sleep(60)
"""


def hold(root, kind):
    """Return a process that holds a folder as a build or as a job."""
    (root / RECORDS).mkdir(exist_ok=True)
    other = subprocess.Popen([sys.executable, "-c", HOLD, kind], cwd=root, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    return other


def end(other, how):
    other.send_signal(how)
    other.wait(timeout=20)


def build(root, notices=None):
    with take_turn(root, False, (notices if notices is not None else []).append, patience=0) as writing:
        return writing


@pytest.mark.parametrize(
    "typed, asks",
    [
        ("-n", True), ("-np", True), ("--dry-run", True), ("--summary", True), ("-S", True), ("--lint text", True),
        ("--report=page.html", True), ("", False), ("--cores 2", False), ("-c2", False), ("-j 1", False),
        ("-R name", False), ("--unlock", False), ("--touch", False), ("figures/n.svg", False),
    ],
)  # fmt: skip
def test_plans_and_lists_are_told_from_builds(typed, asks):
    assert asks_only(typed.split()) == asks


def test_second_build_is_refused_in_three_parts_that_name_the_first(tmp_path):
    other = hold(tmp_path, "build")
    with pytest.raises(StudyError, match=f"another build is at work here .process {other.pid}, begun") as refused:
        build(tmp_path)
    assert "Why it matters:" in str(refused.value) and "What to do: Wait until it has ended" in str(refused.value)
    end(other, signal.SIGKILL)


def test_plan_beside_a_build_may_not_write_and_is_told(tmp_path):
    other, notices = hold(tmp_path, "build"), []
    with take_turn(tmp_path, True, notices.append) as writing:
        assert not writing
    assert len(notices) == 1 and "A build is at work" in notices[0]
    end(other, signal.SIGKILL)


def test_plan_lets_go_of_the_folder(tmp_path):
    with take_turn(tmp_path, True, print) as writing:
        assert writing
    end(hold(tmp_path, "build"), signal.SIGKILL)


def test_locks_and_halves_of_a_killed_build_are_removed_and_told(tmp_path):
    end(hold(tmp_path, "build"), signal.SIGKILL)
    lock = tmp_path / RECORDS / "locks" / "0.output.lock"
    half, own = tmp_path / "tables" / "effects.csv.part", tmp_path / "raw" / "mine.part"
    for path in (lock, half, own):
        path.parent.mkdir()
        path.write_text("half")
    notices = []
    assert build(tmp_path, notices)
    assert "was killed" in notices[0]
    assert not lock.exists() and not half.exists() and own.exists()


def test_lock_of_a_run_that_was_none_of_ours_stays(tmp_path):
    lock = tmp_path / RECORDS / "locks" / "0.output.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("a.csv")
    notices = []
    assert build(tmp_path, notices) and not notices and lock.exists()


def test_build_that_ended_leaves_nothing_to_tell(tmp_path):
    words = "from junctures.study.turns import take_turn\nwith take_turn('.', False, print): pass"
    subprocess.run([sys.executable, "-c", words], cwd=tmp_path, check=True)
    assert (tmp_path / RECORDS / BUILD).read_text() == ""


def test_build_waits_for_the_jobs_of_a_killed_one(tmp_path):
    job, notices = hold(tmp_path, "job"), []

    def notify(text):
        notices.append(text)
        os.kill(job.pid, signal.SIGKILL)

    with take_turn(tmp_path, False, notify, patience=0) as writing:
        assert writing and job.wait(timeout=20) == -signal.SIGKILL
    assert "Waiting until they have ended" in notices[0]


def test_disk_without_room_is_told(tmp_path, monkeypatch):
    assert check_room(tmp_path) == []
    monkeypatch.setattr("junctures.study.turns.LEAST_ROOM", 1 << 62)
    (problem,) = check_room(tmp_path)
    assert "MB left" in problem.what and problem.remedy.startswith("Make room")
