"""Measure the times that README promises on a fresh clone, and write them to docs/benchmarks.md.

Run it on an idle machine: python benchmarks/build_times.py [--without-tests]
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from page import ROOT, write_part

HEAD = """Whole commands on a fresh clone, wall seconds, one run each, by `python benchmarks/build_times.py`
({system}, {cores} cores, Python {python}; {tool}; an empty package cache). Largest memory of one process: {memory} MB.

| what | command | seconds | to stay under |
| --- | --- | --- | --- |
"""


def timed(command: str, folder: Path, env: dict) -> float:
    """Return the wall seconds of a command; raises CalledProcessError, with what it printed, when it fails."""
    start = time.monotonic()
    subprocess.run(command, shell=True, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    print(f"{command}: {seconds:.1f} s", flush=True)
    return seconds


def measure(folder: Path, with_tests: bool) -> list[tuple[str, str, float, int]]:
    """Return what was done, the command, its seconds and the promised bound, in a fresh clone in a folder."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    env = os.environ | {"PIP_CACHE_DIR": str(folder / "pip"), "UV_CACHE_DIR": str(folder / "uv")}
    active = env | {"PATH": f"{clone / '.venv' / 'bin'}:{env['PATH']}"}
    one = "snakemake --quiet all --force processed/results/effects/exercises.csv"
    rows = [
        ("set up and build", "make", timed("make", clone, env), 300),
        ("build alone", "snakemake --forceall", timed("snakemake --quiet all --forceall", clone, active), 200),
        ("one indicator", one.replace(" --quiet all", ""), timed(one, clone, active), 10),
        ("nothing changed", "snakemake", timed("snakemake --quiet all", clone, active), 3),
    ]
    if with_tests:
        rows.append(("every test", "make test", timed("make test", clone, env), 480))
    return rows


def main() -> None:
    """Write the page of times."""
    tool = "uv" if subprocess.run("command -v uv", shell=True, capture_output=True).returncode == 0 else "venv and pip"
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), "--without-tests" not in sys.argv)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    head = HEAD.format(
        system=platform.system(),
        cores=os.cpu_count(),
        python=".".join(map(str, sys.version_info[:3])),
        tool=tool,
        memory=memory,
    )
    lines = [f"| {what} | `{command}` | {seconds:.1f} | {bound} |" for what, command, seconds, bound in rows]
    write_part("build", head + "\n".join(lines))


if __name__ == "__main__":
    main()
