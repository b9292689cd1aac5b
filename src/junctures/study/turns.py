"""Whose turn it is in a study's folder: one build at a time, and none while jobs of a killed one still write.

The kernel holds both locks (flock) for as long as a process lives, so a killed build leaves none behind, whereas
Snakemake's own locks are files without a process. Nothing here imports more than the standard library.
"""

import atexit
import contextlib
import datetime
import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from junctures.files import PART
from junctures.study.problems import Problem, StudyError, unwritable
from junctures.study.whole import DONE, recorded

RECORDS = ".snakemake"
BUILD = "build.lock"  # held by the main process; holds its id and start, and nothing once it ended as it should
JOBS = "jobs.lock"  # shared by all jobs
MADE = ("processed", "figures", "tables", "notebooks", "paper", "docs")
PATIENCE = 3.0  # seconds: longer than a dry run takes, which holds the folder too
LEAST_ROOM = 20_000_000  # bytes; the shipped studies take 3 to 35 million
# What only looks at a study; such a call may go on beside a build.
QUESTIONS = {
    "--dry-run", "--dryrun", "--summary", "-S", "--detailed-summary", "-D", "--list-rules", "--list", "-l",
    "--list-target-rules", "--lt", "--dag", "--rulegraph", "--filegraph", "--d3dag", "--lint", "--report",
}  # fmt: skip
SHORT_DRY_RUN = re.compile(r"-[npqFk]*n[npqFk]*$")

_held: list[IO[str]] = []  # kept open until the process ends, and with it the lock


def asks_only(arguments: Sequence[str]) -> bool:
    """Return whether a command line of Snakemake asks for a plan or a list, and runs no job."""
    return any(word.split("=")[0] in QUESTIONS or SHORT_DRY_RUN.match(word) for word in arguments)


@contextlib.contextmanager
def take_turn(
    root: str | Path, asking: bool, notify: Callable[[str], None], patience: float = PATIENCE
) -> Iterator[bool]:
    """Give whether this process may write in a study's folder; a build then holds it until the process ends.

    One that is only `asking` holds it for the block alone, and gets False where a build is at work. A build that finds
    another raises StudyError. After one that was killed, what it left (Snakemake's locks, unfinished temporary files)
    is removed and `notify` told.
    """
    root = Path(root)
    try:
        (root / RECORDS).mkdir(exist_ok=True)
        handle = _open(root / RECORDS / BUILD)
    except OSError as error:
        raise StudyError([unwritable(error, str(root.resolve()))]) from None
    if asking:
        with handle:
            free = _lock(handle, fcntl.LOCK_EX, 0) and _await_jobs(root, 0, notify)
            if not free:
                notify("A build is at work in this folder: this is the plan it began with, without later edits.")
            yield free
        return
    if not _lock(handle, fcntl.LOCK_EX, patience):
        other = handle.read().strip()
        handle.close()
        raise StudyError([_at_work(root, other)])
    _held.append(handle)
    killed = handle.read().strip()
    _await_jobs(root, None, notify)
    if killed:
        _clear(root)
        notify(f"The last build here was killed ({killed}). What it left unfinished is made anew now.")
    _write(handle, f"process {os.getpid()}, begun {datetime.datetime.now():%Y-%m-%d %H:%M:%S}")
    atexit.register(_write, handle, "")
    yield True


def check_room(root: str | Path) -> list[Problem]:
    """Return every folder of outputs that may not be written, and whether the disk has next to no room."""
    made = {os.path.dirname(name) for name in recorded(Path(root) / DONE)}
    there = [name for name in sorted({*made, *MADE}) if os.path.isdir(f"{root}/{name}")]
    if shut := [name for name in there if not os.access(f"{root}/{name}", os.W_OK | os.X_OK)]:
        return [unwritable(OSError(errno.EACCES, ""), name) for name in shut]
    disk = os.statvfs(root)
    free = disk.f_bavail * disk.f_frsize
    if not disk.f_blocks or free >= LEAST_ROOM:
        return []
    what = f"the disk has {free / 1e6:.1f} MB left"
    why = f"a build may need {LEAST_ROOM / 1e6:.0f} MB and more, and would end half way"
    return [Problem(str(Path(root).resolve()), 0, "", what, why, "Make room on it (`df -h` shows how much there is).")]


def join_turn(root: str | Path) -> None:
    """Hold a study's folder as a job of a build, so that no other build begins while it writes."""
    handle = _open(Path(root) / RECORDS / JOBS)
    _lock(handle, fcntl.LOCK_SH, PATIENCE)
    _held.append(handle)


def _at_work(root: Path, other: str) -> Problem:
    what = f"another build is at work here ({other or 'just begun'})"
    why = "two at once would write the same files, and neither could say what they hold"
    remedy = "Wait until it has ended, or end it (Ctrl-C where it runs), then run this again."
    return Problem(str(root.resolve()), 0, "", what, why, remedy)


def _await_jobs(root: Path, patience: float | None, notify: Callable[[str], None]) -> bool:
    """Return whether no job of an earlier build is left, after waiting for them; None waits as long as it takes."""
    with _open(root / RECORDS / JOBS) as handle:
        if _lock(handle, fcntl.LOCK_EX, 0):
            return True
        if patience is None:
            notify("Jobs of a build that was killed are still at work here. Waiting until they have ended.")
        return _lock(handle, fcntl.LOCK_EX, patience)


def _lock(handle: IO[str], kind: int, patience: float | None) -> bool:
    """Return whether a lock was got within so many seconds; a file system without locks gives every one."""
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if patience is not None and time.monotonic() - begun >= patience:
                return False
            time.sleep(0.1)
        except OSError:
            return True
        else:
            return True


def _open(path: Path) -> IO[str]:
    handle = path.open("a+", encoding="utf-8")
    handle.seek(0)
    return handle


def _write(handle: IO[str], text: str) -> None:
    # A full disk must not keep a build from ending.
    with contextlib.suppress(OSError):
        handle.seek(0)
        handle.truncate()
        handle.write(text)
        handle.flush()


def _clear(root: Path) -> None:
    """Remove what a killed build left: Snakemake's locks, which no process holds, and temporary files."""
    shutil.rmtree(root / RECORDS / "locks", ignore_errors=True)
    for folder in MADE:
        for path in (root / folder).rglob(f"*{PART}"):
            path.unlink(missing_ok=True)
