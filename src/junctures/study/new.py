"""A small working study to begin from: real example data, every file that a study has, built by one command."""

import os
import shlex
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from junctures.study.check import REPOSITORY, write_checksums
from junctures.study.problems import Problem, StudyError

PLACES = {
    "config.yaml": "config.yaml",
    "claims.yaml": "claims.yaml",
    "README.md": "README.md",
    "SOURCE.yaml": "raw/example/SOURCE.yaml",
    "references.bib": "paper/references.bib",
}
EXAMPLE = ("examples/nile.csv", "year,nile", "raw/example/yearly.csv", "year,flow")
# Folders of a study or of the code in which everything is taken for a part of it.
TAKEN = (
    "raw", "processed", "figures", "tables", "notebooks", "paper", "logs", "src", "workflow", "profiles", "tests",
    "docs", "benchmarks", "dist", ".git", ".snakemake", ".venv", ".ci",
)  # fmt: skip


def write_study(folder: str | Path, code: str | Path = REPOSITORY) -> Path:
    """Return the folder, as an absolute path, after writing a small study into it, whole or not at all.

    Raises StudyError where the folder holds something already, lies in a folder that a study or its code has for its
    own files, or cannot be written. `code` is the folder of the Snakefile that is to build it, named in its README.
    """
    root = Path(folder).expanduser().resolve()
    try:
        _check_place(root)
        root.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
    except OSError as error:
        raise _cannot_write(root, error) from None
    try:
        for name, text in _texts(root, Path(code)).items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        write_checksums(made)
        # A temporary folder is its owner's alone; a study's is as any other that is made here.
        made.chmod(0o777 & ~_umask())
        # An empty folder gives way; one that was filled meanwhile does not.
        os.rename(made, root)
    except OSError as error:
        raise _cannot_write(root, error) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return root


def build_command(root: Path, code: str | Path = REPOSITORY) -> str:
    """Return the command that builds a study, as one types it in any folder."""
    beside = Path(sys.executable).parent / "snakemake"
    found = shutil.which("snakemake")
    program = "snakemake" if found and Path(found).resolve() == beside.resolve() else str(beside)
    snakefile = Path(code).resolve() / "Snakefile"
    return shlex.join([program, "--snakefile", str(snakefile), "--directory", str(root)])


def _texts(root: Path, code: Path) -> dict[str, str]:
    """Return the text of every file of a new study but its checksums, by path."""
    templates, package = files("junctures") / "study" / "new", files("junctures")
    texts = {path: (templates / name).read_text(encoding="utf-8") for name, path in PLACES.items()}
    words = {"@BUILD@": build_command(root, code), "@PYTHON@": shlex.quote(sys.executable)}
    for mark, word in words.items():
        texts["README.md"] = texts["README.md"].replace(mark, word)
    origin, header, path, renamed = EXAMPLE
    texts[path] = (package / origin).read_text(encoding="utf-8").replace(header, renamed, 1)
    return texts


def _check_place(root: Path) -> None:
    """Raise StudyError where a study cannot begin in a folder."""
    why = "what is there could be overwritten or be taken for a part of the new study"
    remedy = "Give the name of a folder that does not exist yet."
    if root.is_dir() and any(root.iterdir()):
        raise StudyError([Problem(str(root), 0, "", "the folder is not empty", why, remedy)])
    if (root.exists() or root.is_symlink()) and not root.is_dir():
        raise StudyError([Problem(str(root), 0, "", "there is a file of this name", why, remedy)])
    for outer in root.parents:
        part = root.relative_to(outer).parts[0]
        if part in TAKEN and ((outer / "config.yaml").is_file() or (outer / "Snakefile").is_file()):
            what = f"the folder lies in {part}/ of the study or code in {outer}"
            why = "every file there is taken for a part of that study, and its build or its checksums would fail"
            remedy = "Begin the study outside it, for example in your home folder."
            raise StudyError([Problem(str(root), 0, "", what, why, remedy)])


def _cannot_write(root: Path, error: OSError) -> StudyError:
    what = f"the folder cannot be written ({error.strerror or error})"
    why = "a study's build writes into its folder"
    return StudyError([Problem(str(root), 0, "", what, why, "Choose a folder that you may write in, with room left.")])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
