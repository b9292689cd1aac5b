"""The log of one job."""

import errno
import json

import pytest

from junctures.logs import SEEN, job_log
from junctures.study.whole import digest_file


def test_lines_are_in_the_file_as_soon_as_they_are_said(tmp_path):
    path = tmp_path / "job.log"
    with job_log(path) as say:
        say("22 rows in")
        assert path.read_text(encoding="utf-8") == "22 rows in\n"
        say("n = 22, π")
    assert path.read_text(encoding="utf-8") == "22 rows in\nn = 22, π\n"


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
def test_an_exception_is_written_after_what_was_said_and_raised_on(tmp_path, kind):
    path = tmp_path / "job.log"
    with pytest.raises(kind), job_log(path) as say:
        say("22 rows in")
        raise kind("the table is empty")
    said, _, told = path.read_text().partition("\n")
    assert said == "22 rows in"
    assert "the table is empty" in told and "Traceback" in told


def test_a_second_run_begins_its_log_anew(tmp_path):
    for line in ("first", "second"):
        with job_log(tmp_path / "job.log") as say:
            say(line)
    assert (tmp_path / "job.log").read_text() == "second\n"


def test_full_disk_is_told_in_three_parts_without_a_traceback(tmp_path, capsys):
    path = tmp_path / "job.log"
    with pytest.raises(SystemExit), job_log(path):
        raise OSError(errno.ENOSPC, "No space left on device", "tables/effects.csv")
    for told in (path.read_text(), capsys.readouterr().err):
        assert told.startswith("tables/effects.csv: the disk is full\n    Why it matters:")
        assert "What to do: Make room" in told and "Traceback" not in told


def test_other_errors_of_files_keep_their_traceback(tmp_path):
    with pytest.raises(FileNotFoundError), job_log(tmp_path / "job.log"):
        (tmp_path / "absent").read_text()
    assert "Traceback" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize("change", ["edited", "vanished", "none"])
def test_job_ends_where_a_raw_file_is_not_the_one_that_was_checked(tmp_path, monkeypatch, capsys, change):
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "raw" / "counts" / "yearly.csv"
    for path in (table, SEEN):
        path.parent.mkdir(parents=True)
    table.write_text("year,n\n2012,3\n")
    SEEN.write_text(json.dumps({"sums": {"counts/yearly.csv": digest_file(table)}}))

    def job():
        with job_log("job.log", ["raw/counts/yearly.csv", "processed/series/n.csv"]):
            if change == "edited":
                table.write_text("year,n\n2012,4\n")
            elif change == "vanished":
                table.unlink()

    if change == "none":
        job()
        return
    with pytest.raises(SystemExit):
        job()
    told = capsys.readouterr().err
    assert told.startswith("raw/counts/yearly.csv: the file changed while the study was built")
    assert "What to do: Restore it, or run `make checksums`" in told
