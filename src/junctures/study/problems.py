"""What is wrong with a study, told in three parts: what and where, why it matters, what to do."""

import difflib
import errno
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One problem: the file (path within the study), the line in it (0: the file as a whole) and the column or key."""

    file: str
    line: int
    column: str
    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem as three lines, the place first."""
        place = self.file + (f", line {self.line}" if self.line else "") + (f", {self.column}" if self.column else "")
        return f"{place}: {self.what}\n    Why it matters: {self.why}\n    What to do: {self.remedy}"


class StudyError(Exception):
    """A study with problems, all of them in `problems` and in the message."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))
        super().__init__(tell(self.problems))


def tell(problems: list[Problem]) -> str:
    """Return all problems as text, counted first."""
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([f"The study has {count}; nothing was written.", *(str(problem) for problem in problems)])


UNWRITABLE = {
    errno.ENOSPC: ("the disk is full", "Make room on it (`df -h` shows how much there is)"),
    errno.EDQUOT: ("this user's share of the disk is used up", "Make room"),
    errno.EROFS: ("the disk may only be read", "Copy the study to a disk that can be written"),
    errno.EACCES: ("nothing may be written there", "Give yourself the right to write (`ls -ld` shows whose it is)"),
    errno.EPERM: ("the file or folder is guarded against change", "Take that guard away (`lsattr` shows it)"),
}


def unwritable(error: OSError, place: str = "") -> Problem:
    """Return the problem behind an error in writing a file; `place` is named in the stead of the error's own file."""
    what, remedy = UNWRITABLE.get(error.errno, (f"the system says: {error.strerror}", "Mend that"))
    why = "an output that is cut short must not be taken for whole, so nothing of it is kept"
    return Problem(str(place or error.filename or "."), 0, "", what, why, f"{remedy}, then run `snakemake` again.")


def nearest(word: object, valid: Iterable[str]) -> str:
    """Return a remedy that names the nearest valid word, or all of them where none is near."""
    valid = [str(each) for each in valid]
    close = difflib.get_close_matches(str(word), valid, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    if not valid:
        return "Remove it: nothing can be named here."
    return f"Use one of: {', '.join(valid)}."
