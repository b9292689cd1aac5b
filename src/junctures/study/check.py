"""The check at the head of every run: the whole study, all problems at once, then the slices that jobs depend on.

`python -m junctures.study.check checksums` writes raw/SHA256SUMS anew (`make checksums`).
"""

import ast
import contextlib
import functools
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from junctures.files import write_text
from junctures.study.claims_file import read_claims
from junctures.study.code_digest import Modules, digest_rules, digest_text
from junctures.study.config import read_config
from junctures.study.problems import Problem, StudyError, unwritable
from junctures.study.references import check_claim_data, check_references
from junctures.study.schema import Study
from junctures.study.slices import build_slices
from junctures.study.tables import Source, read_sources
from junctures.study.turns import check_room
from junctures.study.whole import MANIFEST, check_outputs, digest_file, mark_users, set_right_times

SUMS = "raw/SHA256SUMS"
STATE = "check.json"  # what the last full check saw; not committed
META = Path("processed", "meta")
# What jobs take as inputs and no job makes.
SOURCES = ("raw", "paper", "notebooks", "processed/meta", "CITATION.cff", "claims.yaml", "CHANGELOG.md", "README.md")
PACKAGE = Path(__file__).parents[1]
REPOSITORY = PACKAGE.parents[1]


def warn(text: str) -> None:
    """Print a notice beside the run's own messages."""
    print(text, file=sys.stderr)


def check_study(
    root: str | Path, writing: bool = True, code: str | Path = REPOSITORY, notify: Callable[[str], None] = warn
) -> Study:
    """Return the checked study in a folder, after writing its slices and the digests of the code that its jobs use.

    Order: config, claims, SOURCE.yaml, checksums; every cell of the tables when raw/ or this package's `study` changed
    since the last full check. Raises StudyError with all problems; then nothing on disk has changed, as with
    `writing=False`. `code` is the folder that holds src/ and workflow/. Left-over outputs are told by `notify`.
    """
    root, code = Path(root), Path(code)
    state = _read_state(root)
    state["seen_sums"] = state.get("sums", {})
    study, problems, lines = read_config(root / "config.yaml")
    claims, found, claim_lines = read_claims(root / "claims.yaml", study)
    sources, source_problems = read_sources(root)
    problems += [*found, *source_problems]
    if study is not None:
        problems += check_references(root, study, sources, lines)
    if not found and not source_problems:
        problems += check_claim_data(claims, sources, claim_lines)
    sums, found = check_sums(root)
    problems += found
    seen = digest_text(json.dumps([sums, _digest_files(PACKAGE / "study")]))
    if seen != state.get("full"):
        # pandera and pandas take a second to import: only a full check pays for them.
        from junctures.study.contract import check_tables

        problems += check_tables(root, sources)
    if writing:
        problems += check_room(root)
    if problems:
        raise StudyError(problems)
    for text in left_over(root, study, code):
        notify(text)
    if writing:
        try:
            _write(root, study, sources, claims, code, state | {"full": seen, "sums": sums}, notify)
        except OSError as error:
            raise StudyError([unwritable(error)]) from None
    return study


def check_library(code: str | Path) -> None:
    """Raise StudyError unless the library that runs is the one beside the Snakefile, in the folder `code`."""
    beside = Path(code).resolve() / "src" / "junctures"
    if beside == PACKAGE.resolve():
        return
    what = f"this Python takes the library from {PACKAGE}, not from the folder of this Snakefile"
    why = "an edit here would change nothing, and results would be of other code than this"
    remedy = "Run `make setup` in that folder and use its environment (`source .venv/bin/activate`)."
    raise StudyError([Problem("src/junctures", 0, "", what, why, remedy)])


def check_sums(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return the SHA-256 of every file below raw/ by its path there, and where it differs from raw/SHA256SUMS."""
    actual = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in raw_files(root)}
    make = "Run `make checksums` if the change is meant; else restore the file from git."
    try:
        lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        why = "nobody can tell whether the tables are those that were checked"
        what = "the file is missing or unreadable"
        return actual, [Problem(SUMS, 0, "", what, why, f"Restore it from git. {make}")]
    problems, stated = [], {}
    for number, line in enumerate(lines, 1):
        value, _, name = line.partition("  ")
        stated[name] = number
        if name not in actual:
            what = f"the file raw/{name} has vanished" if name else f"'{line}' is no checksum and file"
            why = "results that rest on it could no longer be made"
            problems.append(Problem(SUMS, number, "", what, why, make))
        elif value != actual[name]:
            what = f"raw/{name} is not the file whose checksum is stated"
            why = "an edit that nobody noticed would change results"
            problems.append(Problem(SUMS, number, "", what, why, make))
    for name in sorted(set(actual) - set(stated)):
        why = "a table that nobody vouched for could be used"
        problems.append(Problem(f"raw/{name}", 0, "", f"{SUMS} does not hold this file", why, make))
    return actual, problems


def write_checksums(root: str | Path) -> int:
    """Write raw/SHA256SUMS anew and return how many files it holds."""
    root = Path(root)
    files = list(raw_files(root))
    text = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files)
    _write_text(root / SUMS, text)
    return len(files)


def left_over(root: Path, study: Study, code: Path = REPOSITORY) -> Iterator[str]:
    """Yield a notice for every output whose name no id of the study and no registered figure explains."""
    ids = {*study.indicators, *study.pools, *study.leads, *(f"pool_{name}" for name in study.pools)}
    series = {*study.indicators, *(f"{name}_rows" for name in study.indicators)}
    folders = [(root / "processed" / "series", series)]
    results = root / "processed" / "results"
    folders += [(each, ids) for each in sorted(results.glob("*/")) if each.is_dir()]
    figures, drawn = _registered_figures(code), root / "figures"
    if figures:
        folders.append((drawn, {*figures, "index", "dictionary"}))
        pages = sorted(each for each in drawn.glob("*/") if each.is_dir())
        folders += [(each, ids if each.name in figures else set()) for each in pages]
    for folder, names in folders:
        for path in sorted(folder.glob("*.*")) if folder.is_dir() else ():
            if path.is_file() and path.name.split(".")[0] not in names:
                yield (
                    f"Left over: {path.relative_to(root).as_posix()} belongs to no entry of config.yaml and to no"
                    " registered figure. It would be read as a result of this study. Delete it, or restore its entry."
                )


def _registered_figures(code: Path) -> set[str]:
    """Return the names in the registry of figures, read without importing what draws them."""
    try:
        tree = ast.parse((code / "src" / "junctures" / "report" / "figures.py").read_text(encoding="utf-8"))
    except OSError:
        return set()
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if any(isinstance(t, ast.Name) and t.id == "FIGURES" for t in targets) and isinstance(value, ast.Dict):
            return {key.value for key in value.keys if isinstance(key, ast.Constant)}
    return set()


def _write(
    root: Path,
    study: Study,
    sources: Mapping[str, Source],
    claims: list[dict],
    code: Path,
    state: dict,
    notify: Callable[[str], None],
) -> None:
    """Write slices, digests and state, each only where its content changes; remove those that nothing needs."""
    meta = root / META
    files, known = _describe(root, study, sources, claims, code, state.get("modules"))
    whole = _check_outputs(root, files, code, state, notify) if _has_records(root) else {}
    for name, text in files.items():
        _write_text(meta / name, text)
    for folder in ("slices", "code"):
        for path in (meta / folder).iterdir():
            if f"{folder}/{path.name}" not in files:
                path.unlink()
    if not _has_records(root):
        # What a copy without records holds is unknown: its first run builds all that it is asked for.
        for name in files:
            os.utime(meta / name)
    kept = {name: state[name] for name in ("full", "sums")} | {"modules": known, "outputs": whole}
    _write_text(meta / STATE, json.dumps(kept, sort_keys=True) + "\n")


def _check_outputs(
    root: Path, files: Mapping[str, str], code: Path, state: Mapping, notify: Callable[[str], None]
) -> dict[str, list[int]]:
    """Return the outputs that are whole; mark as unfinished all others, and those of a raw file that changed."""
    sums, seen = state["sums"], state.get("seen_sums", {})
    mark_users(root, [f"raw/{name}" for name in sums if seen and sums[name] != seen.get(name)])
    set_right_times(root, [*SOURCES, os.path.relpath(code / "requirements.lock", root)], notify)
    digests = functools.cache(lambda: _current_digests(root, files, sums))
    return check_outputs(root, state.get("outputs", {}), digests, notify)


def _current_digests(root: Path, files: Mapping[str, str], sums: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of all outputs by the manifest, or none where it is of other sources than the present."""
    try:
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        parts = [manifest[part] for part in ("config", "claims", "code", "raw")]
        outputs = dict(manifest["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    meta = META.as_posix()
    texts = {f"{meta}/{name}": digest_text(files[name]) for name in ("study.json", "slices/claims.json")}
    stages = {name[5:-4]: text.strip() for name, text in files.items() if name.startswith("code/")}
    raw = {f"raw/{name}": digest for name, digest in sums.items()} | {SUMS: digest_file(root / SUMS)}
    return outputs if [{**parts[0], **parts[1]}, *parts[2:]] == [texts, stages, raw] else {}


def _describe(
    root: Path, study: Study, sources: Mapping[str, Source], claims: list[dict], code: Path, known: Mapping | None
) -> tuple[dict[str, str], dict]:
    """Return the text of every slice and digest by its path below processed/meta, and what is known of the modules."""
    modules = Modules(code / "src" / "junctures", code / "workflow" / "scripts", known)
    files = build_slices(study, sources, claims)
    digests = modules.digests(code / "workflow" / "scripts") | modules.digests(root / "notebooks", "notebook_")
    digests["rules"] = digest_rules(code)
    return files | {f"code/{name}.txt": digest + "\n" for name, digest in digests.items()}, modules.cache


def describe_study(root: str | Path, code: str | Path = REPOSITORY) -> dict[str, str]:
    """Return the text that slices and digests must have, by path below processed/meta; writes nothing.

    Raises StudyError where config, claims or a SOURCE.yaml cannot be read. Tables and checksums are not looked at.
    """
    root, code = Path(root), Path(code)
    study, problems, _ = read_config(root / "config.yaml")
    claims, found, _ = read_claims(root / "claims.yaml", study)
    sources, source_problems = read_sources(root)
    if problems := [*problems, *found, *source_problems]:
        raise StudyError(problems)
    return _describe(root, study, sources, claims, code, _read_state(root).get("modules"))[0]


def _has_records(root: Path) -> bool:
    """Return whether Snakemake has a record of any output in the folder."""
    records = root / ".snakemake" / "metadata"
    return records.is_dir() and any(records.iterdir())


def _read_state(root: Path) -> dict:
    try:
        state = json.loads((root / META / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def raw_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the path below raw/ and the file of all that raw/SHA256SUMS must hold, in order."""
    raw = root / "raw"
    for path in sorted(raw.rglob("*")):
        # File managers and editors leave hidden files and locks behind, which are no part of the study.
        if path.is_file() and path.name != "SHA256SUMS" and not path.name.startswith((".", "~$")):
            yield path.relative_to(raw).as_posix(), path


def _digest_files(folder: Path) -> list[str]:
    return [digest_text(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]


def _write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, and only where its content changes."""
    with contextlib.suppress(OSError):
        if path.read_text(encoding="utf-8") == text:
            return
    write_text(text, path)


if __name__ == "__main__":
    if sys.argv[1:] != ["checksums"]:
        sys.exit("Write: python -m junctures.study.check checksums")
    print(f"{SUMS} holds {write_checksums('.')} files")
