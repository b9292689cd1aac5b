"""Which results and verdicts differ between a commit and the folder as it stands."""

import subprocess  # nosec B404 # lists of arguments alone, never a shell
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from junctures.report.columns import key_columns
from junctures.report.compare import NUMBER, close, read_rows

RESULTS = "processed/results"
CLAIMS = f"{RESULTS}/claims.csv"
SHOWN = 20  # rows told of one file; the last line says how many more there are


class CommitError(Exception):
    """A commit whose results cannot be read; the message says why and what to do."""


def results_at(root: Path, commit: str) -> dict[str, str]:
    """Return the text of each table in processed/results, by its path, as a commit holds it.

    Raises CommitError where the folder is no checkout or the commit does not exist or holds no results.
    """
    try:
        listed = _git(root, "ls-tree", "--name-only", commit, f"{RESULTS}/")
    except FileNotFoundError:
        raise CommitError("git is not installed, so no commit can be read. Install it.") from None
    except subprocess.CalledProcessError as error:
        why = error.stderr.strip().splitlines()[-1]
        raise CommitError(f"The commit '{commit}' cannot be read: {why}. Give one that `git log` shows.") from None
    names = [name for name in listed.splitlines() if name.endswith(".csv")]
    if not names:
        raise CommitError(f"The commit '{commit}' holds no tables in {RESULTS}/. Give a later one.")
    return {name: _git(root, "show", f"{commit}:./{name}") for name in names}


def _git(root: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    run = subprocess.run(  # nosec B603 # a list of arguments, in which a commit's name stays one argument
        command, cwd=root, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return run.stdout


def tell_changes(root: Path, before: Mapping[str, str]) -> Iterator[str]:
    """Yield, line by line, which verdicts and which rows of results differ from `before` (path -> text).

    Verdicts come first. Numbers count as equal within the tolerances of `compare`. Yields nothing where all agree.
    """
    there = {path.relative_to(root).as_posix() for path in (root / RESULTS).glob("*.csv")}
    for name in sorted({*before, *there}, key=lambda name: (name != CLAIMS, name)):
        if name not in there:
            yield f"{name}: the file is gone"
        elif name not in before:
            yield f"{name}: the file is new"
        else:
            after = (root / name).read_text(encoding="utf-8")
            yield from _tell_table(name, before[name], after, key_columns(root, name))


def _tell_table(name: str, before: str, after: str, key: Sequence[str]) -> Iterator[str]:
    (header, rows), (new_header, new_rows) = read_rows(before), read_rows(after)
    for words, columns in (("gone", set(header) - set(new_header)), ("new", set(new_header) - set(header))):
        if columns:
            yield f"{name}: columns that are {words}: {', '.join(sorted(columns))}"
    shared = [column for column in header if column in new_header]
    key = [column for column in key if column in shared] or [column for column in shared if _is_text(column, rows)]
    old, new = _keyed(rows, key), _keyed(new_rows, key)
    lines = [f"{_told(place)} is gone{_verdict(old[place])}" for place in old if place not in new]
    lines += [f"{_told(place)} is new{_verdict(new[place])}" for place in new if place not in old]
    for place in old:
        if place in new and (changes := list(_cells(old[place], new[place], shared))):
            lines.append(f"{_told(place)}: {', '.join(changes)}")
    for line in lines[:SHOWN]:
        yield f"{name}: {line}"
    if len(lines) > SHOWN:
        yield f"{name}: and {len(lines) - SHOWN} rows more"


def _is_text(column: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> bool:
    """Return whether no cell of a column is a number: such columns name the rows of a table whose key is not known."""
    return not any(NUMBER.fullmatch(row[column]) for _, row in rows)


def _keyed(rows: Sequence[tuple[int, dict[str, str]]], key: Sequence[str]) -> dict[tuple[str, ...], dict[str, str]]:
    """Return rows by their key; those of one key are told apart by their order."""
    found, seen = {}, Counter()
    for _, row in rows:
        place = tuple(row[column] for column in key)
        seen[place] += 1
        found[place if seen[place] == 1 else (*place, f"row {seen[place]}")] = row
    return found


def _cells(row: Mapping[str, str], other: Mapping[str, str], columns: Sequence[str]) -> Iterator[str]:
    """Yield what changed in a row: each number and short word with both values, long text by its column alone."""
    for column in columns:
        if not close(row[column], other[column]):
            short = max(len(row[column]), len(other[column])) <= 30
            yield f"{column} {row[column] or 'blank'} -> {other[column] or 'blank'}" if short else f"{column} (text)"


def _told(place: Sequence[str]) -> str:
    return " ".join(filter(None, place)) or "a row"


def _verdict(row: Mapping[str, str]) -> str:
    return f" (verdict {row['verdict']})" if "verdict" in row else ""
