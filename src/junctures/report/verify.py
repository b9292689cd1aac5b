"""Whether a received file or number is what this study's code and raw tables make, by the manifest of digests."""

import hashlib
import subprocess  # nosec B404 # lists of arguments alone, never a shell
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from junctures.report.columns import describe_column, key_columns
from junctures.report.compare import NUMBER, compare, read_rows
from junctures.report.manifest import MANIFEST, SECTIONS, check_digests, digest_file, listed_digest

RESULTS = "processed/results"
SHOWN = 10  # rows or files told of many
LABELS = {True: "yes", False: "NO", None: "unknown"}


@dataclass(frozen=True)
class Finding:
    """What was found of one thing that was asked for: whether it is what this study makes (None: it cannot be told),
    and in words."""

    right: bool | None
    text: str


def original(root: Path, name: str, digest: str | None) -> bytes | None:
    """Return the bytes of a file as the manifest means it: from the folder or else from git's HEAD; None if neither."""
    path = root / name
    if path.is_file() and digest_file(path) == digest:
        return path.read_bytes()
    try:
        command = ["git", "show", f"HEAD:./{name}"]
        shown = subprocess.run(command, cwd=root, capture_output=True)  # nosec B603 # a list; the name is one argument
    except OSError:
        return None
    return shown.stdout if hashlib.sha256(shown.stdout).hexdigest() == digest else None


def verify_folder(root: Path, manifest: Mapping, code: Path) -> Finding:
    """Return whether the folder's raw tables, outputs, config, claims and code are those of its manifest.

    Where the original of a changed file can be had, the first difference is told. Nothing is built. Raises StudyError
    where config or claims cannot be read.
    """
    lines = []
    for problem in check_digests(root, manifest, code):
        lines.append(str(problem))
        digest, path = listed_digest(manifest, problem.file), root / problem.file
        if digest and path.is_file() and (before := original(root, problem.file, digest)) is not None:
            found = compare(before, path.read_bytes(), problem.file, key_columns(root, problem.file))
            lines.append(f"    First difference: {found.text}")
    if not lines:
        return Finding(True, f"{_count(manifest)} are those of {MANIFEST}, version {manifest['version']}.")
    return Finding(False, "\n".join(lines))


def _count(manifest: Mapping) -> str:
    return f"{len(manifest['outputs'])} outputs, {len(manifest['raw'])} files of raw/, config, claims and code"


def verify_file(root: Path, manifest: Mapping, path: Path, named: str | None = None, exact: bool = True) -> Finding:
    """Return whether a received file is one that the manifest holds, whatever its name; else where it first differs.

    `named` is the path in the study to compare with; without it the file's own name decides.
    """
    try:
        given = path.read_bytes()
    except OSError as error:
        return Finding(None, f"{path}: it cannot be read ({error.strerror}). Check the path.")
    digest = hashlib.sha256(given).hexdigest()
    places = [name for part in SECTIONS for name, known in manifest[part].items() if known == digest]
    if places and (named is None or named in places):
        return Finding(True, f"{path}: it is {named or _told(places)}, every byte (SHA-256 {digest}).")
    if named is not None and listed_digest(manifest, named) is None:
        return Finding(None, f"{path}: {MANIFEST} holds no '{named}'. Give a path as it stands there.")
    names = [named] if named else candidates(manifest, path)
    if not names:
        return Finding(
            None,
            f"{path}: no file of this study has this content or this name. Say with --as which file of {MANIFEST} it "
            "should be, and where it differs from that is told.",
        )
    return _differs(root, manifest, path, given, names, exact)


def candidates(manifest: Mapping, path: Path) -> list[str]:
    """Return the paths of the manifest that share the longest end with a path, at least the name."""
    ends: dict[str, int] = {}
    for name in (name for part in SECTIONS for name in manifest[part]):
        shared = 0
        for own, theirs in zip(reversed(path.parts), reversed(name.split("/")), strict=False):
            if own != theirs:
                break
            shared += 1
        ends[name] = shared
    longest = max(ends.values(), default=0)
    return [name for name, shared in ends.items() if shared == longest > 0]


def _differs(root: Path, manifest: Mapping, path: Path, given: bytes, names: Sequence[str], exact: bool) -> Finding:
    """Return how a file compares with the file of the study that it is nearest to, of several of one name."""
    order = {"same": 0, "alike": 1, "skipped": 2, "different": 3}
    found = []
    for name in names:
        expected = original(root, name, listed_digest(manifest, name))
        if expected is not None:
            compared = compare(expected, given, name, key_columns(root, name), exact)
            header = compared.text.startswith("the header")
            found.append((order[compared.kind], header, name, compared))
    if not found:
        what = f"{_told(names)} is here itself not the file that {MANIFEST} means, so nothing can be compared"
        return Finding(None, f"{path}: {what}. Restore it from git, or run `snakemake`.")
    found.sort(key=lambda each: each[:3])
    _, header, name, compared = found[0]
    rivals = [each[2] for each in found[1:] if each[:2] == found[0][:2]]
    if compared.kind in ("same", "alike"):
        return Finding(True, f"{path}: it is {name}: {compared.text}.")
    if compared.kind == "skipped":
        return Finding(None, f"{path}: not compared with {name}: {compared.text}.")
    others = f" ({_told(rivals)} would do as well: choose with --as)" if rivals else ""
    return Finding(False, f"{path}: it is not {name}{others}. First difference: {compared.text}.")


def _told(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def verify_number(root: Path, manifest: Mapping, number: str, where: str, column: str | None = None) -> Finding:
    """Return whether a number, as rounded as it is written, stands in the row of results that `where` names.

    `where` is the name of a file of processed/results and parts of a row's key, in any order, those that are blank left
    out, as effects:exercises:pivot:primary:step. Without `column` every column of the row is looked at.
    """
    file, *parts = where.split(":")
    name = f"{RESULTS}/{file}.csv"
    digest = manifest["outputs"].get(name)
    if digest is None:
        known = sorted(Path(each).stem for each in manifest["outputs"] if Path(each).parent.as_posix() == RESULTS)
        return Finding(None, f"{where}: there is no {name}. Begin with one of: {', '.join(known)}.")
    text = number.strip().replace("\u2212", "-")
    if not NUMBER.fullmatch(text):
        return Finding(None, f"'{number}' is no number. Write it with a decimal point and without words, as 0.276.")
    data = original(root, name, digest)
    if data is None:
        return Finding(None, f"{name} is not the file that {MANIFEST} means. Restore it from git, or run `snakemake`.")
    header, rows = read_rows(data.decode("utf-8"))
    key = key_columns(root, name)
    if column is not None and column not in header:
        return Finding(None, f"{name} has no column '{column}'. It has: {', '.join(header)}.")
    found = [(line, row) for line, row in rows if _has_parts([row[each] for each in key], parts)]
    if len(found) != 1:
        shown = [":".join([file, *(row[each] for each in key if row[each])]) for _, row in found[:SHOWN]]
        what = f"{len(found)} rows of {name} fit" if found else f"no row of {name} fits"
        keys = f"Name {', '.join(key)}" + (f"; the first that fit: {', '.join(shown)}" if shown else "")
        return Finding(None, f"{where}: {what}. {keys}.")
    line, row = found[0]
    place = f"{name}, line {line} ({', '.join(row[each] for each in key if row[each])})"
    # A period looks like a number and is none.
    cells = {each: cell for each, cell in row.items() if describe_column(name, each)[0] != "string"}
    return _is_in_row(text, place, cells, row.get("reason", ""), column)


def _has_parts(cells: list[str], parts: Sequence[str]) -> bool:
    """Return whether every part is a cell of its own."""
    left = list(cells)
    for part in parts:
        if part not in left:
            return False
        left.remove(part)
    return True


def _is_in_row(text: str, place: str, row: Mapping[str, str], reason: str, column: str | None) -> Finding:
    looked = [column] if column else list(row)
    numbers = {each: row[each] for each in looked if NUMBER.fullmatch(row.get(each, ""))}
    right = [each for each, cell in numbers.items() if rounds_to(cell, text)]
    if right:
        cells = " and ".join(f"{each} ({numbers[each]})" for each in right)
        return Finding(True, f"{text} is {cells} of {place}.")
    cells = ", ".join(f"{each} {cell}" for each, cell in numbers.items())
    return Finding(False, f"{text} is not in {place}. There: {cells or f'no number. {reason}'.strip()}.")


def rounds_to(cell: str, text: str) -> bool:
    """Return whether a cell's number, rounded to as many places as a text has, is the text's number."""
    mantissa, _, power = text.lower().partition("e")
    places = len(mantissa.partition(".")[2]) - int(power or 0)
    # A cell halfway between two roundings may be written as either; the last part absorbs the error of floats.
    return abs(float(cell) - float(text)) <= 0.5 * 10.0**-places * (1 + 1e-9)


def tell_findings(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the words of every finding after yes, NO or unknown."""
    for finding in findings:
        yield f"{LABELS[finding.right]:8}{finding.text}"
