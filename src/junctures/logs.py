"""The log of one job: what went in and out in plain lines, and the exception when it fails."""

import hashlib
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from junctures.study.problems import UNWRITABLE, Problem, StudyError, unwritable

SEEN = Path("processed", "meta", "check.json")  # what the check at the head saw, in the study's folder


@contextmanager
def job_log(path: str | Path, inputs: Iterable[str] = ()) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line to the job's log; an exception is written there before it is raised.

    At the end every raw file among `inputs` must still be the one that the check at the head saw. Such a fault, any
    other problem of the study and a disk that cannot be written end the job (SystemExit) in three plain parts.
    """
    try:
        with Path(path).open("w", encoding="utf-8") as handle:

            def say(line: str) -> None:
                handle.write(line + "\n")
                handle.flush()

            try:
                yield say
                check_inputs(inputs)
            except BaseException as error:
                say(str(fault) if (fault := _plain(error)) else traceback.format_exc())
                raise
    except (StudyError, OSError) as error:
        fault = _plain(error)
        if fault is None:
            raise
        # The log may be on the same full disk.
        print(fault, file=sys.stderr)
        raise SystemExit(1) from None


def _plain(error: BaseException) -> str | None:
    """Return what a fault that needs no traceback says, or None for any other exception."""
    if isinstance(error, StudyError):
        return "\n".join(str(problem) for problem in error.problems)
    return str(unwritable(error)) if isinstance(error, OSError) and error.errno in UNWRITABLE else None


def check_inputs(paths: Iterable[str], root: Path = Path(".")) -> None:
    """Raise StudyError where a raw file among a job's inputs is not the one that the check at the head saw."""
    try:
        seen = json.loads((root / SEEN).read_text(encoding="utf-8")).get("sums", {})
    except (OSError, ValueError):
        return  # no run of Snakemake: nobody checked anything
    problems = []
    for path in sorted({path for path in paths if path.startswith("raw/")}):
        expected, file = seen.get(path.removeprefix("raw/")), root / path
        if expected and not (file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == expected):
            what = "the file changed while the study was built"
            why = "some results would be of the old file and others of the new one, so this one is not kept"
            remedy = "Restore it, or run `make checksums` if the change is meant; then run `snakemake` again."
            problems.append(Problem(path, 0, "", what, why, remedy))
    if problems:
        raise StudyError(problems)
