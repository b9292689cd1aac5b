"""Kill a build, with all its jobs, at random moments; rerun it as a user would; compare every byte.

python benchmarks/reliability/kills.py [--study FOLDER] [--kills 10] [--seed 1] [--cores 2]
"""

import argparse
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from record import ROOT, write_record
from runs import copy, first_problem, kill, run, snapshot, start

LAST = 0.97  # of the time of a whole build: a later kill might find that it has ended


@dataclass(frozen=True)
class Kill:
    """One kill: when, what it left (outputs, temporary files, a lock), what the rerun said and whether it is right."""

    second: float
    outputs_there: int
    half_written: int
    locked: bool
    said: str
    code: int
    right: bool


def kill_at(second: float, study: Path, folder: Path, code: Path, expected: dict[str, bytes], cores: int = 2) -> Kill:
    """Return what came of a kill: a new copy of the study built for so many seconds, killed, and built again.

    The rerun is the plain command. `code` is the folder of the Snakefile, `expected` what an undisturbed build makes.
    """
    copy(study, folder)
    code = folder if code == study else code
    build = start(folder, code, cores=cores)
    time.sleep(second)
    kill(build)
    there = len(snapshot(folder))
    half = sum(1 for _ in folder.rglob("*.part"))
    locked = any((folder / ".snakemake" / "locks").glob("*.lock"))
    exit_code, told = run(folder, code, cores=cores)
    left = [path for path in folder.rglob("*.part")]
    right = exit_code == 0 and snapshot(folder) == expected and not left
    return Kill(round(second, 2), there, half, locked, first_problem(told, folder), exit_code, right)


def moments(seconds: float, kills: int, seed: int) -> list[float]:
    """Return random moments of a build that lasts so many seconds, one in each of as many equal parts of it."""
    generator = random.Random(seed)
    part = LAST * seconds / kills
    return [part * (i + generator.random()) for i in range(kills)]


def main() -> None:
    """Write the record of the kills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ROOT / "studies" / "seat_belts")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    study = options.study.resolve()
    with tempfile.TemporaryDirectory(prefix="junctures-kills-") as place:
        whole = copy(study, Path(place) / "whole")
        begun = time.monotonic()
        code, told = run(whole, whole if study == ROOT else ROOT, cores=options.cores)
        seconds = time.monotonic() - begun
        if code:
            raise SystemExit(f"The undisturbed build failed:\n{told}")
        expected, found = snapshot(whole), []
        for number, second in enumerate(moments(seconds, options.kills, options.seed)):
            found.append(kill_at(second, study, Path(place) / str(number), ROOT, expected, options.cores))
            print(found[-1], flush=True)
    name = "kills" if study != ROOT else "kills_whole_study"
    figures = {
        "study": study.name if study != ROOT else "the study itself",
        "seconds_of_a_whole_build": round(seconds, 1),
        "outputs_compared": len(expected),
        "kills": len(found),
        "right_after_the_rerun": sum(each.right for each in found),
        "each": [asdict(each) for each in found],
    }
    write_record(name, figures)
    if not all(each.right for each in found):
        raise SystemExit("A build that was killed did not end right.")


if __name__ == "__main__":
    main()
