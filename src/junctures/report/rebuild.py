"""The proof: the study built anew in a folder of its own, and every published output compared with what that gives."""

import os
import shutil
import subprocess  # nosec B404 # lists of arguments alone, never a shell
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from junctures.report.columns import key_columns
from junctures.report.compare import TOLERANCES, compare
from junctures.report.manifest import MANIFEST, published_files

# What a machine leaves in a folder; no part of the study.
MACHINE = (".git", ".venv", ".snakemake", ".pytest_cache", ".ruff_cache", ".hypothesis", "__pycache__", "logs", "dist")
PAGES = ("README.md", MANIFEST)  # built too, beside what the manifest holds


def verify_rebuilt(root: Path, code: Path, cores: int, exact: bool, say: Callable[[str], None]) -> bool:
    """Return whether every published output in a study's folder is what its config, raw tables and code make.

    The study is copied without its outputs to a temporary folder and built there by Snakemake with `cores` cores;
    `code` is the folder of the Snakefile. The folder itself stays as it is. `say` gets what is found, line by line.
    """
    with tempfile.TemporaryDirectory(prefix="junctures-verify-") as folder:
        copy = copy_sources(root, Path(folder) / "study")
        # Code that is part of the study is copied with it, so that what is built is a whole of its own.
        inside = code.resolve().is_relative_to(root.resolve())
        told = build(copy, copy / code.resolve().relative_to(root.resolve()) if inside else code, cores)
        if told.returncode:
            say(f"The build failed, so nothing can be said of the outputs. It said:\n{told.stdout}{told.stderr}")
            return False
        return compare_folders(copy, root, exact, say)


def copy_sources(root: Path, target: Path) -> Path:
    """Return the target after copying a study's folder there, without outputs and what machines leave behind."""
    root = root.resolve()
    made = {"processed", *published_files(root)}

    def leave(folder: str, names: list[str]) -> set[str]:
        place = Path(folder).relative_to(root)
        left = {name for name in names if name in MACHINE or name.endswith((".egg-info", ".part"))}
        return left | {name for name in names if (place / name).as_posix() in made}

    return Path(shutil.copytree(root, target, ignore=leave))


def build(folder: Path, code: Path, cores: int) -> subprocess.CompletedProcess:
    """Return the finished run of Snakemake in a study's folder, with what it printed."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--quiet", "rules"]
    command += ["--snakefile", str(code / "Snakefile"), "--directory", str(folder)]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PYTHONPATH": str(code / "src"), "PATH": path, "MPLBACKEND": "Agg"}
    return subprocess.run(  # nosec B603 # a list of arguments: this Python, Snakemake, two folders
        command, cwd=code, env=environment, capture_output=True, text=True
    )


def compare_folders(made: Path, root: Path, exact: bool, say: Callable[[str], None]) -> bool:
    """Return whether the outputs in a folder are those that were made; `say` gets every difference and the counts."""
    names = sorted({*published_files(made), *published_files(root), *PAGES})
    kinds: Counter[str] = Counter()
    for name in names:
        new, old = made / name, root / name
        if new.is_file() and old.is_file():
            found = compare(new.read_bytes(), old.read_bytes(), name, key_columns(root, name), exact)
            # Where every byte must be the same, the same picture in other bytes is a difference too.
            kind = "different" if found.kind == "alike" and exact else found.kind
            text = f"it is not what the code makes: {found.text}"
        elif new.is_file() or old.is_file():
            kind = "different"
            text = "the code makes it, and it is not here" if new.is_file() else "it is here, and the code makes none"
        else:
            continue
        kinds[kind] += 1
        if kind == "different":
            say(f"{name}: {text}")
    say(_summary(kinds, exact))
    return not kinds["different"]


def _summary(kinds: Counter, exact: bool) -> str:
    total = sum(kinds.values())
    if exact:
        words = "byte for byte"
    else:
        words = f"byte for byte or within the tolerances ({TOLERANCES}; {kinds['skipped']} such files)"
    if kinds["different"]:
        return f"{kinds['different']} of {total} outputs are not what this code and these raw tables make."
    return f"All {total} outputs are what this code and these raw tables make, {words}."
