"""Builds that are disturbed: started in a process group of their own, watched, killed, compared to the byte."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from junctures.report.manifest import published_files
from junctures.report.rebuild import MACHINE, PAGES, copy_sources

LIMIT = 1200.0  # seconds after which a build has hung


def command(folder: Path, code: Path, *arguments: str, cores: int = 2) -> list[str]:
    """Return the command that a user would type in a study's folder, with the code of a folder."""
    typed = [sys.executable, "-m", "snakemake", "--quiet", "rules", "--cores", str(cores), *arguments]
    return typed if code == folder else [*typed, "--snakefile", str(code / "Snakefile"), "--directory", str(folder)]


def start(folder: Path, code: Path, *arguments: str, before: Sequence[str] = (), cores: int = 2) -> subprocess.Popen:
    """Return a started build, the leader of its own process group; `before` is what the command is put behind."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    library = {"PYTHONPATH": str(code / "src"), "PATH": path, "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*before, *command(folder, code, *arguments, cores=cores)],
        cwd=folder,
        env=os.environ | library,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(build: subprocess.Popen) -> tuple[int, str]:
    """Return exit code and words of a build after it has ended; raises TimeoutExpired where it hangs."""
    told, _ = build.communicate(timeout=LIMIT)
    return build.returncode, told


def run(folder: Path, code: Path, *arguments: str, before: Sequence[str] = (), cores: int = 2) -> tuple[int, str]:
    """Return exit code and words of a build."""
    return finish(start(folder, code, *arguments, before=before, cores=cores))


def kill(build: subprocess.Popen) -> None:
    """Kill a build with all its jobs at once, as a power cut would, and wait until nothing of it is left."""
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate(timeout=LIMIT)


def wait_for(what: Callable[[], bool], build: subprocess.Popen) -> None:
    """Return as soon as something holds; raises RuntimeError when the build ends before."""
    while not what():
        if build.poll() is not None:
            raise RuntimeError(f"the build ended before it could be disturbed; it said:\n{build.communicate()[0]}")
        time.sleep(0.02)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all published outputs, of the manifest and of the first page."""
    names = {*published_files(folder), *(page for page in PAGES if (folder / page).is_file())}
    return {name: (folder / name).read_bytes() for name in sorted(names)}


def copy(study: Path, target: Path) -> Path:
    """Return a copy of a study's sources; where code stands in it, the code with them."""
    return copy_sources(study, target)


def duplicate(folder: Path, target: Path) -> Path:
    """Return a copy of a built study with its file times and Snakemake's records."""
    return Path(shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*{*MACHINE} - {".snakemake", "logs"})))


def first_problem(told: str, folder: Path) -> str:
    """Return the first line of the first message in three parts or notice of ours in what a build said, or nothing.

    The study's folder, another one in every run, is left out of it.
    """
    lines = told.replace(str(folder), "the study").splitlines()
    for line, following in itertools.pairwise(lines):
        if following.strip().startswith("Why it matters:"):
            return line.strip()
    notices = re.compile(
        r"Not as a job wrote it|Made at a time|Changed at a time|The last build here|A build is at work"
    )
    return next((line.strip() for line in lines if notices.match(line)), "")
