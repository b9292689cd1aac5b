"""Which outputs are still what a job wrote: those that were cut short or edited since are made anew.

Snakemake looks at times alone: an output that is younger than its inputs is taken for whole, whatever it holds. But its
records say when each output was finished. One that has another time now must be what the manifest of the present
sources says, or it is marked as unfinished, which Snakemake's own records can say, and this run makes it anew.
Nothing here imports more than the standard library: it runs at the head of every run.
"""

import base64
import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

DONE = Path(".snakemake", "metadata")
UNFINISHED = Path(".snakemake", "incomplete")
ASIDE = Path(".snakemake", "set_aside")
BY_HAND = {"README.md"}  # people write in it too
LONGEST = 254  # characters of a name in Snakemake's records; what is longer goes on in a folder
AHEAD = 10.0  # seconds by which the clock of a file server may be ahead
SHOWN = 3  # names in a notice
MANIFEST = "processed/meta/manifest.json"


def check_outputs(
    root: Path, known: Mapping[str, list[int]], listed: Callable[[], Mapping[str, str]], notify: Callable[[str], None]
) -> dict[str, list[int]]:
    """Return time (ns) and size of every recorded output that is whole; mark the others, so that this run makes them.

    `known` is what the last call returned; `listed` gives the digests of the manifest, none where it is not of the
    present sources. An output that was cut short or edited is kept in .snakemake/set_aside/, and `notify` told.
    """
    whole, harmed, future = {}, [], []
    latest = time.time() + AHEAD
    for name in {*known, *recorded(root / DONE)}:
        try:
            stat = os.stat(f"{root}/{name}")
        except OSError:
            continue  # Snakemake sees itself that it has vanished
        seen = [stat.st_mtime_ns, stat.st_size]
        if stat.st_mtime > latest:
            future.append(name)
        elif name in BY_HAND or seen == known.get(name) or _as_made(root, name, stat.st_mtime, listed):
            whole[name] = seen
        elif not record_path(root / UNFINISHED, name).exists():
            harmed.append(name)
    for name in harmed:
        (root / ASIDE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, root / ASIDE / name)
    mark(root, [*harmed, *future])
    if harmed:
        notify(
            f"Not as a job wrote it, but cut short or edited since: {_names(harmed)}. A run that needs it makes it"
            f" anew; what stood there is kept in {ASIDE.as_posix()}/."
        )
    if future:
        notify(
            f"Made at a time in the future: {_names(future)}. No edit since would be seen, so a run that needs it makes"
            " it anew."
        )
    return whole


def _as_made(root: Path, name: str, modified: float, listed: Callable[[], Mapping[str, str]]) -> bool:
    record = record_path(root / DONE, name)
    try:
        if json.loads(record.read_text(encoding="utf-8")).get("endtime") == modified:
            return True
    except (OSError, ValueError):
        pass
    digests = listed()
    if not (bool(digests) if name == MANIFEST else digest_file(root / name) == digests.get(name)):
        return False
    # A checkout put there what the present sources make: what Snakemake recorded is of another run.
    record.unlink(missing_ok=True)
    return True


def mark(root: Path, names: Collection[str]) -> None:
    """Mark outputs as unfinished in Snakemake's records, as it does itself while a job runs."""
    for name in names:
        path = record_path(root / UNFINISHED, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"external_jobid": null}', encoding="utf-8")


def mark_users(root: Path, changed: Collection[str]) -> None:
    """Mark every output that was made from one of the changed files, by Snakemake's records.

    Snakemake compares a file with what it was when the job ended, not with what the job read.
    """
    inputs = set(changed)
    for name in recorded(root / DONE) if inputs else ():
        try:
            record = json.loads(record_path(root / DONE, name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if name not in BY_HAND and inputs.intersection(record.get("input") or ()):
            mark(root, [name])


def record_path(folder: Path, name: str) -> Path:
    """Return where Snakemake keeps its record of an output, in a folder of its records."""
    text = base64.urlsafe_b64encode(name.encode()).decode()
    parts = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]
    return folder.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def recorded(folder: Path) -> Iterator[str]:
    """Yield the outputs of which Snakemake keeps a record in a folder of its records."""
    for place, _, files in os.walk(folder):
        begun = (
            "".join(part[1:] for part in os.path.relpath(place, folder).split(os.sep)) if place != str(folder) else ""
        )
        for file in files:
            with contextlib.suppress(ValueError):  # what a file server or an editor left there is no record
                yield base64.urlsafe_b64decode(begun + file).decode()


def set_right_times(root: Path, sources: Collection[str], notify: Callable[[str], None]) -> None:
    """Give each of a study's sources whose time lies in the future the present one, and tell; folders with all in them.

    Outputs that stand among them keep their time.
    """
    now = time.time()
    future = [path for path in _files(root, sources) if _modified(path) > now + AHEAD]
    if future:
        future = sorted({*future} - {f"{root}/{name}" for name in recorded(root / DONE)})
    for path in future:
        os.utime(path, (now, now))
    if future:
        names = _names([os.path.relpath(path, root) for path in future])
        notify(
            f"Changed at a time in the future: {names}. What is made of it would look stale, so the time is set right."
        )


def _files(root: Path, sources: Collection[str]) -> Iterator[str]:
    for source in sources:
        place = f"{root}/{source}"
        yield place
        for folder, _, files in os.walk(place):
            yield from (f"{folder}/{file}" for file in files)


def _modified(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _names(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(sorted(names)[:SHOWN]) + (f" and {more} more" if more > 0 else "")
