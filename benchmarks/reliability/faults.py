"""Faults of a build, one after the other: what is done, what is said, and whether the next build is right to the byte.

python benchmarks/reliability/faults.py [--study FOLDER] [--only NAME]
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from record import ROOT, write_record
from runs import copy, duplicate, finish, first_problem, kill, run, snapshot, start, wait_for

from junctures.study.check import write_checksums

YEAR = 366 * 24 * 3600  # seconds
DISK = 48  # MB of the small disk: the study, what a build adds, and the room that the check asks for


class UnableError(Exception):
    """This machine does not let the fault be made; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What was done, the exit code and first words of the run that met the fault, and of the next build whether it is
    right; `told` is all that the run said."""

    done: str
    code: int
    said: str
    next_right: bool
    told: str


@dataclass(frozen=True)
class Case:
    """A built study to harm (its own copy), the folder of the code, and the bytes that an undisturbed build makes."""

    folder: Path
    code: Path
    expected: dict[str, bytes]

    def run(self, *arguments: str, before: tuple[str, ...] = ()) -> tuple[int, str]:
        return run(self.folder, self.code, *arguments, before=before)

    def right(self) -> bool:
        """Return whether the folder holds what an undisturbed build makes."""
        return snapshot(self.folder) == self.expected

    def outcome(self, done: str, code: int, told: str) -> Outcome:
        """Return the outcome after another build by the plain command, which must tell no traceback."""
        again, words = self.run()
        return Outcome(
            done, code, first_problem(told, self.folder), again == 0 and self.right() and "Traceback" not in words, told
        )

    def result(self, folder: str = "effects") -> Path:
        """Return the file of results of the first indicator."""
        return sorted((self.folder / "processed" / "results" / folder).glob("*.csv"))[0]

    def series(self) -> Path:
        """Return the series of an indicator; without it a build begins at the raw table."""
        return self.folder / "processed" / "series" / self.result().name

    def begin(self) -> subprocess.Popen:
        """Return a build that has begun with its jobs."""
        self.series().unlink()
        build = start(self.folder, self.code)
        wait_for(lambda: any((self.folder / ".snakemake" / "locks").glob("*.lock")), build)
        return build


def truncated_output(case: Case) -> Outcome:
    path = case.result()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    code, told = case.run()
    return case.outcome("an indicator's results were cut to half", code, told)


def edited_output(case: Case) -> Outcome:
    path = case.folder / "tables" / "effects.md"
    path.write_text(path.read_text(encoding="utf-8").replace("0", "9", 1), encoding="utf-8")
    code, told = case.run()
    kept = (case.folder / ".snakemake" / "set_aside" / "tables" / "effects.md").is_file()
    return case.outcome(f"a digit of a table was edited by hand (the edit is {'kept' if kept else 'lost'})", code, told)


def truncated_manifest(case: Case) -> Outcome:
    path = case.folder / "processed" / "meta" / "manifest.json"
    path.write_bytes(path.read_bytes()[:1000])
    code, told = case.run()
    return case.outcome("the manifest was cut short", code, told)


def vanished_outputs(case: Case) -> Outcome:
    case.result("designs").unlink()
    sorted((case.folder / "figures").glob("*.png"))[0].unlink()
    code, told = case.run()
    return case.outcome("an indicator's designs and a figure were deleted", code, told)


def half_written_leftover(case: Case) -> Outcome:
    path = case.result()
    path.with_name(path.name + ".part").write_text("half of", encoding="utf-8")
    code, told = case.run()
    return case.outcome("a temporary file with half of a table was left over", code, told)


def two_builds_at_once(case: Case) -> Outcome:
    first = case.begin()
    code, told = case.run()
    other, words = finish(first)
    if other:
        raise RuntimeError(f"the first of two builds failed:\n{words}")
    return case.outcome("a second build was begun in the same folder", code, told)


def dry_run_beside_a_build(case: Case) -> Outcome:
    first = case.begin()
    code, told = case.run("--dry-run")
    other, words = finish(first)
    if other:
        raise RuntimeError(f"the build beside a dry run failed:\n{words}")
    return case.outcome("a plan was asked for while a build was at work", code, told)


def killed_with_its_jobs(case: Case) -> Outcome:
    kill(case.begin())
    code, told = case.run()
    return case.outcome("a build was killed with all its jobs", code, told)


def killed_alone(case: Case) -> Outcome:
    first = case.begin()
    log = case.folder / "logs" / "build_series" / f"{case.series().stem}.log"
    begun = time.time()
    wait_for(lambda: log.is_file() and log.stat().st_mtime > begun - 1, first)
    os.kill(first.pid, signal.SIGKILL)
    code, told = case.run()
    first.communicate()
    return case.outcome("the main process of a build was killed, its jobs went on", code, told)


def raw_table_changed(case: Case) -> Outcome:
    table = sorted((case.folder / "raw").glob("*/*.csv"))[0]
    before = table.read_bytes()
    build = case.begin()
    table.write_bytes(before + before.splitlines(keepends=True)[-1])
    code, told = finish(build)
    table.write_bytes(before)
    return case.outcome("a raw table was changed while the study was built, and restored afterwards", code, told)


def raw_table_changed_on_purpose(case: Case) -> Outcome:
    """The change is meant: the checksums are written anew while the build is at work, and the next build is of it."""
    table = sorted((case.folder / "raw").glob("*/*.csv"))[0]
    build = case.begin()
    lines = table.read_bytes().splitlines(keepends=True)
    table.write_bytes(b"".join(lines[:-1]))
    write_checksums(case.folder)
    code, told = finish(build)
    again, _ = case.run()
    clean = copy(case.folder, case.folder.with_name("clean"))
    other, words = run(clean, clean if case.code == case.folder else case.code)
    if other:
        raise RuntimeError(f"the study with the changed table does not build:\n{words}")
    right = again == 0 and snapshot(case.folder) == snapshot(clean)
    done = "a raw table and its checksum were changed on purpose while the study was built"
    return Outcome(done, code, first_problem(told, case.folder), right, told)


def times_in_the_future(case: Case) -> Outcome:
    later = time.time() + YEAR
    for kind in ("raw", "processed", "tables", "figures"):
        for path in (case.folder / kind).rglob("*"):
            os.utime(path, (later, later))
    code, told = case.run()
    late = [
        path for path in (case.folder / "processed").rglob("*") if path.is_file() and path.stat().st_mtime > later - 9
    ]
    return case.outcome(
        f"all times were a year ahead, as after a clock was set back ({len(late)} are still)", code, told
    )


@contextlib.contextmanager
def guarded(folder: Path) -> Iterator[tuple[str, ...]]:
    """Give the command behind which a folder may only be read: for root a namespace, for others the folder's mode."""
    if os.geteuid():
        mode = folder.stat().st_mode
        folder.chmod(0o555)
        yield ()
        folder.chmod(mode)
        return
    words = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$PWD" && exec "$@"'
    before = ("unshare", "--mount", "sh", "-c", words, str(folder))
    tried = subprocess.run([*before, "true"], capture_output=True, text=True) if shutil.which("unshare") else None
    if tried is None or tried.returncode:
        raise UnableError(
            f"no folder could be made read-only for root: {tried.stderr.strip() if tried else 'no unshare'}"
        )
    yield before


def read_only_folder(case: Case) -> Outcome:
    with guarded(case.folder) as before:
        code, told = case.run(before=before)
    return case.outcome("the study's folder may only be read", code, told)


def read_only_outputs(case: Case) -> Outcome:
    case.series().unlink()
    with guarded(case.series().parent) as before:
        code, told = case.run(before=before)
    return case.outcome("the folder of the series may only be read", code, told)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Give a disk of its own, small; raises UnableError where none can be mounted."""
    disk = place / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "junctures-faults", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        raise UnableError(f"no small disk could be mounted: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(path: Path, leave: int) -> None:
    """Fill a disk with one file until so many bytes are left."""
    disk = os.statvfs(path.parent)
    path.write_bytes(b"\0" * max(0, disk.f_bavail * disk.f_frsize - leave))


def disk_full_before(case: Case) -> Outcome:
    with small_disk(case.folder.parent) as disk:
        here = Case(duplicate(case.folder, disk / "study"), case.code, case.expected)
        here.series().unlink()
        fill(disk / "ballast", 200_000)
        code, told = here.run()
        (disk / "ballast").unlink()
        return here.outcome("the disk was full before the build", code, told)


def disk_full_while_building(case: Case) -> Outcome:
    with small_disk(case.folder.parent) as disk:
        here = Case(duplicate(case.folder, disk / "study"), case.code, case.expected)
        build = here.begin()
        wait_for(here.series().is_file, build)
        fill(disk / "ballast", 0)
        code, told = finish(build)
        (disk / "ballast").unlink()
        return here.outcome("the disk filled up while the study was built", code, told)


FAULTS: dict[str, Callable[[Case], Outcome]] = {
    fault.__name__: fault
    for fault in (
        truncated_output, edited_output, truncated_manifest, vanished_outputs, half_written_leftover,
        two_builds_at_once, dry_run_beside_a_build, killed_with_its_jobs, killed_alone, raw_table_changed,
        raw_table_changed_on_purpose, times_in_the_future, read_only_folder, read_only_outputs, disk_full_before,
        disk_full_while_building,
    )
}  # fmt: skip


def main() -> None:
    """Write the record of the faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ROOT / "studies" / "seat_belts")
    parser.add_argument("--only", choices=FAULTS, help="make one fault and print it; no record is written")
    options = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="junctures-faults-") as place:
        whole = copy(options.study.resolve(), Path(place) / "whole")
        code, told = run(whole, ROOT)
        if code:
            raise SystemExit(f"The undisturbed build failed:\n{told}")
        expected = snapshot(whole)
        for name in [options.only] if options.only else FAULTS:
            case = Case(duplicate(whole, Path(place) / name / "study"), ROOT, expected)
            try:
                outcome = FAULTS[name](case)
                found[name] = asdict(outcome) | {"traceback": "Traceback (most" in outcome.told}
                if options.only:
                    print(outcome.told)
                del found[name]["told"]
            except UnableError as reason:
                found[name] = {"not_tried": str(reason)}
            print(name, found[name], flush=True)
    if options.only:
        return
    tried = [each for each in found.values() if "not_tried" not in each]
    counts = {"faults": len(tried), "right_in_the_next_build": sum(each["next_right"] for each in tried)}
    tracebacks = sum(each["traceback"] for each in tried)
    write_record("faults", {"study": options.study.name, **counts, "tracebacks": tracebacks, "each": found})
    if counts["faults"] != counts["right_in_the_next_build"]:
        raise SystemExit("After a fault the next build was not right.")


if __name__ == "__main__":
    main()
