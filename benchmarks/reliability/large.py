"""Build a generated study of many dyads by the study's own rules, count what it finds, and write down what it took.

python benchmarks/reliability/large.py run 500 [--profile slurm] [--folder FOLDER]: one size, locally or through Slurm
python benchmarks/reliability/large.py batched 2000: the same series by the batched procedure, in one process
python benchmarks/reliability/large.py project: what a million series would take, from the sizes that were run
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from large_study import MONTHS, PER_TABLE, STEP_AT, count_discoveries, make_dyad, make_study
from record import ROOT, read_record, write_record

from junctures.inference import design
from junctures.inference.primary import Grid
from junctures.numbers import read_csv
from junctures.study.check import check_study

TARGET = "processed/results/effects.csv"
MILLION = 1_000_000


def children_seconds() -> float:
    """Return the processor seconds of all processes that this one started and that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def snakemake(folder: Path, *arguments: str) -> tuple[float, float]:
    """Return wall and processor seconds of a run of Snakemake on a study; ends with what it said when it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "snakemake", TARGET, "--snakefile", str(ROOT / "Snakefile"), "--quiet", "all"]
    before, start = children_seconds(), time.monotonic()
    told = subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if told.returncode:
        sys.exit(told.stdout[-3000:] + told.stderr[-3000:])
    return round(time.monotonic() - start, 1), round(children_seconds() - before, 1)


def run(n: int, profile: str, folder: Path) -> dict:
    """Return what a study of n dyads took and found, built in an empty folder."""
    start = time.monotonic()
    make_study(folder, n)
    made, start = time.monotonic() - start, time.monotonic()
    check_study(folder, code=ROOT)
    first, start = time.monotonic() - start, time.monotonic()
    check_study(folder, code=ROOT)
    again = time.monotonic() - start
    arguments = ["--cores", "2"] if profile == "local" else ["--workflow-profile", str(ROOT / "profiles" / profile)]
    plan, _ = snakemake(folder, "--dry-run", "--cores", "1")
    wall, processor = snakemake(folder, *arguments)
    nothing, _ = snakemake(folder, *arguments)
    files = [path for path in (folder / "processed").rglob("*") if path.is_file()]
    return {
        "dyads": n,
        "months": MONTHS,
        "per_job": PER_TABLE,
        "profile": profile,
        "seconds": {
            "make": round(made, 1),
            "check_in_full": round(first, 2),
            "check_again": round(again, 2),
            "plan": plan,
            "build": wall,
            "build_processor": processor if profile == "local" else None,
            "nothing_to_do": nothing,
        },
        "files": len(files),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "found": count_discoveries(read_csv(folder / TARGET)),
    }


def run_batched(n: int) -> dict:
    """Return what the primary procedure on n dyads takes when all of them are fitted at once, accompanied by no row."""
    Y = np.array([make_dyad(number).scores for number in range(n)])
    start, before = time.monotonic(), time.process_time()
    moments = np.arange(MONTHS) + 12 * 2000
    X = design.build(moments, steps=[12 * 2000 + STEP_AT], season=12)
    contrast = np.array([name == "step_0" for name in X.names], float)
    p = Grid(moments, noise=True).fit_batch(Y, X.X).summarise(contrast, interval=True).p
    return {
        "series": n,
        "seconds": round(time.monotonic() - start, 2),
        "processor": round(time.process_time() - before, 2),
        "p_at_most_5_percent": int(np.sum(p <= 0.05)),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def project(record: dict) -> dict:
    """Return what a million series would take: each measured cost as a line in the number of dyads, carried on."""
    runs = sorted((each for each in record["runs"] if each["profile"] == "local"), key=lambda each: each["dyads"])
    n = np.array([each["dyads"] for each in runs], float)
    slopes = {}
    for what in ("check_again", "plan", "build_processor"):
        seconds = np.array([each["seconds"][what] for each in runs])
        slopes[what] = float(np.polyfit(n, seconds, 1)[0])
    batched = record["batched"][-1]
    per_file = runs[-1]["files"] / runs[-1]["dyads"]
    return {
        "assumptions": [
            "each cost grows as a line in the number of dyads, as it does over the sizes that were run",
            "each series has 240 months and one juncture; accompanying rows as in the sizes that were run",
            "a core is as fast as the measured one; jobs wait for no other",
            "the batched procedure gives estimate, interval and p of the step and no accompanying row",
        ],
        "processor_seconds_a_dyad": round(slopes["build_processor"], 3),
        "with_all_rows_core_hours": round(slopes["build_processor"] * MILLION / 3600),
        "with_all_rows_hours_on_1000_cores": round(slopes["build_processor"] * MILLION / 3600 / 1000, 2),
        "plan_hours": round(slopes["plan"] * MILLION / 3600, 1),
        "check_minutes": round(slopes["check_again"] * MILLION / 60, 1),
        "files_millions": round(per_file, 1),
        "batched_core_hours": round(batched["processor"] / batched["series"] * MILLION / 3600, 2),
    }


def main() -> None:
    """Do what the command line says and write it into the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "batched", "project"])
    parser.add_argument("dyads", type=int, nargs="?", default=2000)
    parser.add_argument("--profile", default="local")
    parser.add_argument("--folder", type=Path, help="an empty folder for the study; without it one that is removed")
    given = parser.parse_args()
    record = read_record("large")
    record.setdefault("runs", [])
    record.setdefault("batched", [])
    if given.what == "run":
        with tempfile.TemporaryDirectory() as temporary:
            found = run(given.dyads, given.profile, given.folder or Path(temporary))
        same = (given.dyads, given.profile)
        # Read anew: another size may have been written meanwhile.
        record = read_record("large") or record
        kept = [each for each in record["runs"] if (each["dyads"], each["profile"]) != same]
        record["runs"] = sorted([*kept, found], key=lambda each: (each["profile"], each["dyads"]))
    elif given.what == "batched":
        kept = [each for each in record["batched"] if each["series"] != given.dyads]
        record["batched"] = sorted([*kept, run_batched(given.dyads)], key=lambda each: each["series"])
    else:
        record["projection"] = project(record)
    write_record("large", record)


if __name__ == "__main__":
    main()
