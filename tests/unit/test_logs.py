"""The log of one job."""

import pytest

from junctures.logs import job_log


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
