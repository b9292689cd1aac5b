"""One zip of the whole study for a repository of data, the same to the byte on every machine."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from junctures.files import write_bytes
from junctures.report.datapackage import build_package
from junctures.report.manifest import MANIFEST, read_manifest
from junctures.report.verify import verify_folder

PACKAGE = "datapackage.json"
SUMS = "SHA256SUMS"
FOLDER = "dist"


class ArchiveError(Exception):
    """A study that cannot be archived as it stands; the message says why and what to do."""


def write_archive(root: Path, code: Path) -> str:
    """Return what was written after writing dist/junctures-<version>.zip in a study's folder, whole or not at all.

    Raises ArchiveError where outputs, raw tables, config, claims or code are not those of the manifest, or where an
    output is not in git; StudyError where the study is faulty.
    """
    try:
        manifest = read_manifest(root)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"There is no manifest of what is archived ({error}). Run `snakemake` first.") from None
    found = verify_folder(root, manifest, code)
    if not found.right:
        raise ArchiveError(f"The archive would hold other files than its manifest says:\n{found.text}")
    names = tracked_files(root)
    if absent := sorted({MANIFEST, *manifest["outputs"], *manifest["raw"]} - set(names)):
        raise ArchiveError(
            f"These files are not in git, so the archive would lack them: {', '.join(absent)}. Add them."
        )
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    folder = f"junctures-{about['version']}"
    target = root / FOLDER / f"{folder}.zip"
    data = build_archive(archive_content(root, names), folder, str(about["date-released"]))
    write_bytes(data, target)
    digest = hashlib.sha256(data).hexdigest()
    return f"{target.as_posix()}: {len(names) + 2} files, {len(data) / 1e6:.1f} MB, SHA-256 {digest}"


def tracked_files(root: Path) -> list[str]:
    """Return the paths of all files that belong to a study: those in git, or in an unpacked archive those it lists.

    Raises ArchiveError where neither says which they are, or where one of them has vanished.
    """
    if (root / ".git").exists():
        told = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
        names = [name for name in told.decode("utf-8").split("\0") if name]
    elif (root / SUMS).is_file():
        lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
        names = [name for line in lines if (name := line.partition("  ")[2]) != PACKAGE]
    else:
        what = f"Neither git nor a {SUMS} says which files of this folder are the study's"
        raise ArchiveError(f"{what}. Archive a clone, or an unpacked archive.")
    if gone := [name for name in names if not (root / name).is_file()]:
        raise ArchiveError(f"These files of the study have vanished: {', '.join(gone)}. Restore them from git.")
    return sorted(names)


def archive_content(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return path -> bytes of all that an archive holds: the files, datapackage.json, and the checksums of them all."""
    content = {name: (root / name).read_bytes() for name in names}
    content[PACKAGE] = (json.dumps(build_package(root), indent=1, ensure_ascii=False) + "\n").encode()
    sums = "".join(f"{hashlib.sha256(content[name]).hexdigest()}  {name}\n" for name in sorted(content))
    return content | {SUMS: sums.encode()}


def build_archive(content: Mapping[str, bytes], folder: str, date: str) -> bytes:
    """Return a zip of path -> bytes below one folder: sorted, every file of one date (ISO), scripts executable.

    Stored, not compressed: what a compressor makes of a file differs between its versions.
    """
    year, month, day = map(int, date.split("-"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(content):
            info = zipfile.ZipInfo(f"{folder}/{name}", (year, month, day, 0, 0, 0))
            # As on Unix, whatever this machine is; the file's own mode may differ by umask or by way of unpacking.
            info.create_system = 3
            info.external_attr = (0o100755 if content[name].startswith(b"#!") else 0o100644) << 16
            archive.writestr(info, content[name], zipfile.ZIP_STORED)
    return buffer.getvalue()
