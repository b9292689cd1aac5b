"""One damage to a study, what must come of it, and the copies of the shipped studies that are damaged.

A register is a list DAMAGES in a module damage_*.py beside this file; test_bad.py tries every damage of every register,
benchmarks/reliability/bad_inputs.py counts them.
"""

import importlib
import json
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.extend(str(Path(__file__).parents[1] / name) for name in ("study", "workflow"))

import study_run
from small_study import REPOSITORY, edit, snapshot

from junctures.study.check import check_study, write_checksums
from junctures.study.files import table_files
from junctures.study.problems import Problem, StudyError
from junctures.study.schema import Study
from junctures.study.series import build_series, load_table

__all__ = ["Damage", "Refusal", "edit", "insert", "refused", "same_values", "series_of"]

STUDIES = {"china_russia": REPOSITORY, "seat_belts": REPOSITORY / "studies" / "seat_belts"}
INPUTS = ("config.yaml", "claims.yaml", "paper/references.bib", "CITATION.cff", "raw")
LONGEST = 20  # seconds of the processor after which a check counts as hanging; the slowest takes 3
REGISTERS = ("config", "yaml", "names", "claims", "sources", "tables")


@dataclass(frozen=True)
class Refusal:
    """The problem that must be told: the file, its line (0: the file as a whole), words of `what` and of `remedy`.

    A line may be given by a text that stands in it alone. `column` is compared where it is given. `stage` is head, or
    series where only the job that builds a series can know.
    """

    file: str
    line: int | str
    what: str
    remedy: str
    column: str | None = None
    stage: str = "head"


@dataclass(frozen=True)
class Damage:
    """One damage: `harm` edits the copy of a study in a folder; then it is refused, or accepted with the right numbers.

    `group` is the class that the damage belongs to. Exactly one of the last two is given: `accepted(root, sound)` gets
    the folders of the harmed study, checked and written, and of the unharmed one; it raises AssertionError where a
    number is another than it should be. `anew` says whether raw/SHA256SUMS is written anew after the harm, as a user
    does who means the change.
    """

    name: str
    group: str
    study: str
    harm: Callable[[Path], None]
    refused: Refusal | None = None
    accepted: Callable[[Path, Path], None] | None = None
    anew: bool = True

    def __post_init__(self) -> None:
        if (self.refused is None) == (self.accepted is None):
            raise ValueError(f"{self.name}: say either how it is refused or what is right")


def refused(group: str, file: str, cases: list[tuple], study: str = "seat_belts") -> list[Damage]:
    """Return the damages of a class in one file, each a case: name, old text, new text, words of `what`, of `remedy`.

    The problem stands where the new text does, or where a sixth part says (a number, or a text in that line).
    """

    def one(name: str, old: str, new: str, what: str, remedy: str, line: int | str | None = None) -> Damage:
        refusal = Refusal(file, new.strip("\n") if line is None else line, what, remedy)
        return Damage(name, group, study, lambda root: edit(root / file, old, new), refusal)

    return [one(*case) for case in cases]


@dataclass(frozen=True)
class Outcome:
    """What came of a damage: refused or accepted as expected, or one of the faults."""

    kind: str  # refused, accepted, traceback, hang, silent (accepted or wrong number), misleading, written
    told: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the study's user was served as the register says."""
        return self.kind in ("refused", "accepted")


def register(name: str) -> list[Damage]:
    """Return the damages of a register, none where it is not there."""
    if not (Path(__file__).parent / f"damage_{name}.py").is_file():
        return []
    return importlib.import_module(f"damage_{name}").DAMAGES


def sound(study: str, folder: Path) -> Path:
    """Return a folder with a copy of a study's inputs that has passed a full check, whose state is kept in it."""
    origin = STUDIES[study]
    for name in INPUTS:
        if (origin / name).is_dir():
            shutil.copytree(origin / name, folder / name)
        elif (origin / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin / name, folder / name)
    check_study(folder, code=REPOSITORY)
    return folder


def outcome(damage: Damage, unharmed: Path, folder: Path) -> Outcome:
    """Return what comes of a damage to a copy, made in an empty folder, of a study that `sound` returned."""
    root = shutil.copytree(unharmed, folder, symlinks=True, dirs_exist_ok=True)
    damage.harm(root)
    if damage.anew:
        write_checksums(root)
    expected = _resolve(damage.refused, root) if damage.refused else None
    before, started = snapshot(root), time.perf_counter()

    def end(kind: str, told: str) -> Outcome:
        return Outcome(kind, told, time.perf_counter() - started)

    try:
        with _limit(LONGEST):
            study = check_study(root, code=REPOSITORY, notify=lambda text: None)
            if damage.refused is not None:
                problems = _series_problems(root, study) if damage.refused.stage == "series" else []
                return end(*_compare(expected, problems, "series"))
            damage.accepted(root, unharmed)
    except StudyError as error:
        if damage.refused is None:
            return end("misleading", f"refused, though it is legitimate: {error}")
        if snapshot(root) != before:
            return end("written", f"the refused study was written to: {error}")
        return end(*_compare(expected, error.problems, "head"))
    except TimeoutError as error:
        return end("hang", str(error))
    except AssertionError:
        return end("silent", traceback.format_exc())
    except Exception:
        return end("traceback", traceback.format_exc())
    return end("accepted", "")


def run_snakemake(damage: Damage, unharmed: Path, folder: Path) -> tuple[study_run.Told, set[str]]:
    """Return what `snakemake` says of a damaged copy in an empty folder, and the files of the study that it changed."""
    root = shutil.copytree(unharmed, folder, dirs_exist_ok=True)
    damage.harm(root)
    if damage.anew:
        write_checksums(root)
    before = snapshot(root)
    told = study_run.snakemake(root, code=REPOSITORY)
    after = {name: state for name, state in snapshot(root).items() if not name.startswith(".snakemake/")}
    return told, {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _resolve(refusal: Refusal, root: Path) -> Refusal:
    """Return a refusal with its line as a number; raise ValueError where its text does not stand in one line alone."""
    if isinstance(refusal.line, int):
        return refusal
    lines = (root / refusal.file).read_text(encoding="utf-8").split("\n")
    found = [number for number, line in enumerate(lines, 1) if refusal.line in line]
    if len(found) != 1:
        raise ValueError(f"{refusal.line!r} stands in the lines {found} of {refusal.file}")
    return replace(refusal, line=found[0])


def _compare(expected: Refusal, problems: list[Problem], stage: str) -> tuple[str, str]:
    """Return refused where the expected problem is among those told and each has three parts, else the fault."""
    told = "\n".join(str(each) for each in problems)
    if not problems:
        return "silent", f"accepted, where it should be told that {expected.what}"
    if stage != expected.stage:
        return "misleading", f"told by the {stage}, not by the {expected.stage}: {told}"
    if not all(each.what and each.why and each.remedy for each in problems) or "Traceback" in told:
        return "misleading", f"a problem lacks one of its three parts: {told}"
    for each in problems:
        right = (each.file, each.line) == (expected.file, expected.line) and expected.column in (None, each.column)
        if right and expected.what in each.what and expected.remedy in each.remedy:
            return "refused", told
    return "misleading", f"expected {expected}, told: {told}"


def _series_problems(root: Path, study: Study) -> list[Problem]:
    """Return what the jobs that build the series find wrong, as workflow/scripts/build_series.py would."""
    problems = []
    for name in study.indicators:
        try:
            series_of(root, name)
        except StudyError as error:
            problems += error.problems
    return problems


def series_of(root: Path, indicator: str):
    """Return the series (a data frame, as processed/series/<indicator>.csv) that a study makes of an indicator."""
    part = json.loads((root / f"processed/meta/slices/series_{indicator}.json").read_text(encoding="utf-8"))
    table = load_table(*(root / file for file in table_files(root, part["indicator"]["table"])))
    return build_series(part["indicator"], table, part["window"], time=part["time"])[0]


def same_values(root: Path, unharmed: Path) -> None:
    """Raise AssertionError unless every value, slice and digest that a study uses is that of the unharmed one."""
    meta = Path("processed", "meta")
    for path in sorted((unharmed / meta).rglob("*")):
        if path.is_file() and path.name != "check.json":
            name = path.relative_to(unharmed)
            assert (root / name).read_bytes() == path.read_bytes(), f"{name.as_posix()} is another"


def insert(path: Path, line: int, text: str) -> None:
    """Put a line into a text file so that it becomes line number `line`, counted from 1."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[: line - 1], text + "\n", *lines[line - 1 :]]), encoding="utf-8")


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block after some seconds of the processor, where the system has such a clock."""
    if not hasattr(signal, "SIGPROF"):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"the check had not ended after {seconds} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
