"""Build a study on this machine and again through a real Slurm of one node, and compare every byte that is made.

python benchmarks/reliability/slurm.py seat_belts (or boston_homicide, or `study`: the study itself)
"""

import filecmp
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import ROOT, read_record, write_record
from slurm_node import Unavailable, one_node

MADE = ("processed", "figures", "tables", "notebooks", "paper", "README.md")
NOT_COMPARED = ("check.json",)  # what the head's check saw, by the paths of one folder


def clone(folder: Path, name: str) -> Path:
    """Return the folder of a study in a fresh clone of what is committed here."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder if name == "study" else folder / "studies" / name


def build(code: Path, study: Path, *arguments: str) -> float:
    """Return the wall seconds of a build of a study with the code of a clone; ends with what it said when it fails."""
    environment = os.environ | {"PYTHONPATH": str(code / "src"), "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(code / "Snakefile"), *arguments]
    start = time.monotonic()
    told = subprocess.run(command, cwd=study, env=environment, capture_output=True, text=True)
    if told.returncode:
        sys.exit(told.stdout[-3000:] + told.stderr[-3000:])
    return round(time.monotonic() - start, 1)


def made(study: Path) -> dict[str, Path]:
    """Return every file that a build makes or leaves as it is, by its path in the study."""
    paths = [path for name in MADE for path in ((study / name), *(study / name).rglob("*")) if path.is_file()]
    return {path.relative_to(study).as_posix(): path for path in paths if path.name not in NOT_COMPARED}


def compare(name: str) -> dict:
    """Return the times of both builds, how many files were compared and which differ."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = {way: Path(temporary) / way for way in ("local", "slurm")}
        studies = {way: clone(folder, name) for way, folder in folders.items()}
        seconds = {"local": build(folders["local"], studies["local"], "--cores", "2")}
        with one_node():
            profile = str(folders["slurm"] / "profiles" / "slurm")
            seconds["slurm"] = build(folders["slurm"], studies["slurm"], "--workflow-profile", profile)
        logs = (studies["slurm"] / ".snakemake" / "log").glob("*.log")
        jobs = sum(path.read_text(encoding="utf-8").count("has been submitted with SLURM jobid") for path in logs)
        files = {way: made(study) for way, study in studies.items()}
        both = files["local"].keys() & files["slurm"].keys()
        differ = [path for path in both if not filecmp.cmp(files["local"][path], files["slurm"][path], shallow=False)]
    return {
        "study": name,
        "seconds": seconds,
        "slurm_jobs": jobs,
        "load_of_15_minutes": round(os.getloadavg()[2], 1),
        "files_compared": len(both),
        "differ": sorted(differ),
        "in_one_only": sorted(files["local"].keys() ^ files["slurm"].keys()),
    }


def main() -> None:
    """Compare the study that the command line names and write it into the record."""
    try:
        found = compare(sys.argv[1])
    except Unavailable as reason:
        sys.exit(f"Skipped: {reason}")
    record = read_record("slurm")
    others = [each for each in record.get("studies", ()) if each["study"] != found["study"]]
    write_record("slurm", {"studies": [*others, found]})
    if found["differ"] or found["in_one_only"]:
        sys.exit("The two builds are not the same bytes: see the record.")


if __name__ == "__main__":
    main()
