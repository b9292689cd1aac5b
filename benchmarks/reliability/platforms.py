"""Build the study on other Pythons, linear algebra, locales, time zones and paths; every committed byte must come out.

Run it with the folders of further Pythons on PATH: python benchmarks/reliability/platforms.py [NAME ...]
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from record import ROOT, write_record


@dataclass(frozen=True)
class Platform:
    """One way to run: the interpreter, the folder's name, and what is set in the environment."""

    python: str
    folder: str = "study"
    environment: dict[str, str] = field(default_factory=dict)


PLATFORMS = {
    "odd_places": Platform(
        "python3.11",
        "né w стаdy 研究",
        {"OPENBLAS_CORETYPE": "Sandybridge", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "tr_TR.UTF-8",
         "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"},
    ),
    "python_312": Platform(
        "python3.12",
        environment={"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8",
                     "TZ": "America/St_Johns", "PYTHONHASHSEED": "4294967295"},
    ),
    "python_313": Platform(
        "python3.13",
        environment={"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "LC_ALL": "de_DE.UTF-8", "TZ": "UTC",
                     "PYTHONHASHSEED": "random"},
    ),
}  # fmt: skip


def build(each: Platform, folder: Path) -> dict:
    """Return what came of a clone set up and built in a folder: Python, what was set, and which files differ."""
    clone = folder / each.folder
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= each.environment | {"MPLBACKEND": "Agg"}
    environment["PATH"] = f"{clone / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}"
    run = {"cwd": clone, "env": environment, "capture_output": True, "text": True}
    subprocess.run(["make", "setup", f"PYTHON={each.python}"], **run, check=True)
    version = subprocess.run([".venv/bin/python", "--version"], **run, check=True).stdout.split()[1]
    start = time.monotonic()
    told = subprocess.run(["snakemake", "--forceall", "--quiet", "rules"], **run)
    seconds = time.monotonic() - start
    if told.returncode:
        print(told.stdout, told.stderr, sep="\n", file=sys.stderr)
    status = subprocess.run(["git", "-c", "core.quotePath=false", "status", "--porcelain"], **run, check=True).stdout
    compared = subprocess.run(["git", "ls-files", "-z"], **run, check=True).stdout.count("\0")
    return {
        "python": version,
        "folder": each.folder,
        "set": each.environment,
        "built": told.returncode == 0,
        "seconds": round(seconds, 1),
        "files_compared": compared,
        "files_that_differ": status.splitlines(),
    }


def main() -> None:
    """Build on each platform that is named, or on all, and write the record."""
    figures = {"system": f"{platform.system()} {platform.machine()}", "platforms": {}}
    for name in sys.argv[1:] or PLATFORMS:
        each = PLATFORMS[name]
        if shutil.which(each.python) is None:
            figures["platforms"][name] = {"skipped": f"{each.python} is not installed here"}
            continue
        with tempfile.TemporaryDirectory() as folder:
            figures["platforms"][name] = build(each, Path(folder))
        print(name, figures["platforms"][name], flush=True)
    write_record("platforms", figures)


if __name__ == "__main__":
    main()
