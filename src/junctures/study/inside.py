"""The bounds of a study: nothing that it names or links to lies outside its folder."""

from pathlib import Path

from junctures.study.problems import Problem

INPUTS = ("config.yaml", "claims.yaml", "CITATION.cff", "paper", "paper/references.bib", "raw")


def check_inside(root: Path) -> list[Problem]:
    """Return a problem for every link among the inputs of a study that leads out of its folder, or nowhere.

    Config and tables name files only by ids, which hold no path; a link is the one other way out.
    """
    home = root.resolve()
    paths = [root / name for name in INPUTS]
    return [
        Problem(
            path.relative_to(root).as_posix(),
            0,
            "",
            "this link leads out of the study's folder, or nowhere",
            "what lies there is no part of the study, may hold secrets, and would be absent from every copy",
            "Put a copy of the file in the link's place, then run `make checksums`.",
        )
        for path in [*paths, *sorted((root / "raw").rglob("*"))]
        if path.is_symlink() and not _leads_inside(path, home)
    ]


def _leads_inside(path: Path, home: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(home)
    except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return False
