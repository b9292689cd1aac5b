"""The log of one job: what went in and out in plain lines, and the exception when it fails."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def job_log(path: str | Path) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line to the job's log; an exception is written there before it is raised."""
    with Path(path).open("w", encoding="utf-8") as handle:

        def say(line: str) -> None:
            handle.write(line + "\n")
            handle.flush()

        try:
            yield say
        except BaseException:
            say(traceback.format_exc())
            raise
