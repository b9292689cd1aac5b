"""Which files hold a raw table: one of its own (CSV, Stata or Excel), and one for each vintage that came later.

Every place that needs the file of a table asks here; nothing is imported that takes time.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from junctures.study.problems import Problem

SUFFIXES = (".csv", ".dta", ".xlsx")
WHY_FILE = "what the table holds could not be read, or not as it is meant"
# Forms of tables that are not read, each with what to do.
REFUSED = dict.fromkeys((".tsv", ".tab", ".ods", ".sav", ".por", ".rds", ".parquet"), "Save it as CSV, .dta or .xlsx.")
REFUSED |= dict.fromkeys((".xls", ".xlsb"), "Open it in a spreadsheet and save it as .xlsx (or CSV).")
REFUSED |= {".xlsm": "Save it as .xlsx, which holds no macros: nothing in a study is run but its own code."}


def find_tables(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each table in a source's folder by its name: its own first, then those of its vintages.

    Hidden files and the locks of editors are no part of a study; a folder is no file.
    """
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: (path.name.count("."), path.name)):
        if path.suffix in SUFFIXES and not path.name.startswith((".", "~$")) and path.is_file():
            found.setdefault(table_name(path).partition("/")[2], []).append(path)
    return found


def table_files(root: str | Path, table: str) -> list[str]:
    """Return the paths within the study of the files that hold a table (source/table), its own first.

    Where there is none it is the CSV that is missing, so that whoever needs it says so by its name.
    """
    source, _, name = table.partition("/")
    folder = Path(root) / "raw" / source
    found = find_tables(folder).get(name, []) if folder.is_dir() else []
    return [f"raw/{source}/{path.name}" for path in found] or [f"raw/{source}/{name}.csv"]


def raw_tables(root: str | Path) -> list[str]:
    """Return the paths within the study of the files of all raw tables, in order."""
    folders = [each for each in (Path(root) / "raw").glob("*/") if each.is_dir()]
    held = [path for folder in folders for files in find_tables(folder).values() for path in files]
    return sorted(f"raw/{path.parent.name}/{path.name}" for path in held)


def table_name(path: str | Path) -> str:
    """Return source/table of a file that holds a raw table, or rows of one."""
    path = Path(path)
    return f"{path.parent.name}/{path.name.partition('.')[0]}"


def file_stem(file: str) -> str:
    """Return source/table of a raw table's own file by its path, source/table.vintage of a vintage's."""
    return file.removeprefix("raw/").rpartition(".")[0]


def group_files(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the files of each table by its name source/table, its own first."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths, key=lambda path: (path.count("."), path)):
        found.setdefault(table_name(path), []).append(path)
    return found


def vintage_of(path: str | Path) -> str:
    """Return the vintage whose rows a file holds, as its name says (table.vintage.csv); "" for a table's own file."""
    return Path(path).stem.partition(".")[2]


def misplaced(folder: Path) -> Iterator[Problem]:
    """Yield what a source's folder holds that looks like a table and is none that can be read."""
    for path in sorted(folder.iterdir()):
        name, suffix = f"raw/{folder.name}/{path.name}", path.suffix.lower()
        if path.name.startswith((".", "~$")):
            continue
        if suffix in REFUSED:
            yield Problem(name, 0, "", f"a file of the kind {suffix} is not read", WHY_FILE, REFUSED[suffix])
        elif suffix in SUFFIXES and not path.is_file():
            what = "this is a folder, where a table's file is meant" if path.is_dir() else "this is no file"
            yield Problem(name, 0, "", what, WHY_FILE, "Put the table's file in its place, or remove it.")
        elif suffix in SUFFIXES and path.suffix != suffix:
            remedy = f"Rename it to {path.stem}{suffix}."
            yield Problem(name, 0, "", f"the ending {path.suffix} is not in small letters", WHY_FILE, remedy)
    for files in find_tables(folder).values():
        for other, again in pairwise(files):
            if other.stem == again.stem:
                what = f"{other.name} beside it holds the same table"
                why = "only one of the two can count, and nobody could tell which"
                name = f"raw/{folder.name}/{again.name}"
                yield Problem(name, 0, "", what, why, "Keep one of the two files.")
