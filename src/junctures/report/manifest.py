"""The manifest: digests of raw tables, values, claims, code and outputs, and the environment that makes them.

Nothing in it differs between machines: the environment is the lock and the platform on which bytes must agree; what a
run really had goes into its log.
"""

import json
import platform
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from junctures.files import PART, write_text
from junctures.study.check import META, SUMS, describe_study, raw_files
from junctures.study.code_digest import digest_text
from junctures.study.problems import Problem
from junctures.study.whole import MANIFEST, digest_file

# All that is published: what a build makes and readers take away. README.md is left out, since people write in it too.
PUBLISHED = (
    "processed/series/**/*", "processed/results/**/*", "processed/meta/*.csv",
    "figures/**/*", "tables/**/*", "notebooks/*.ipynb", "paper/*.pdf", "paper/*.json",
)  # fmt: skip
CONFIG = "processed/meta/study.json"
CLAIMS = "processed/meta/slices/claims.json"
CODE = "processed/meta/code"
LOCK = "requirements.lock"
SECTIONS = ("raw", "config", "claims", "outputs")  # those that hold path -> SHA-256 of the file
REFERENCE = ("Linux", "x86_64")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))? ?\\?$", re.MULTILINE)
WHY = "what rests on it may not be what this code and these raw tables make"


def published_files(root: Path) -> list[str]:
    """Return the paths of all published outputs that a study's folder holds, in order."""
    found = {path for pattern in PUBLISHED for path in root.glob(pattern) if path.is_file()}
    names = {path.relative_to(root).as_posix() for path in found if path.suffix != PART}
    return sorted(name for name in names if not any(part.startswith(".") for part in name.split("/")))


def build_manifest(root: Path, lock: Path) -> dict:
    """Return the manifest of a study's folder as it stands.

    `raw`, `config`, `claims`, `outputs`: path -> SHA-256 of the file; `code`: stage -> digest of its syntax trees, as
    in a figure's metadata; `environment`: the SHA-256 of the lock, its pins, and the reference platform. Config and
    claims are the values that were read of them, so that a comment changes nothing.
    """
    paths = {
        "raw": [SUMS, *(f"raw/{name}" for name, _ in raw_files(root))],
        "config": [CONFIG],
        "claims": [CLAIMS],
        "outputs": published_files(root),
    }
    digests = {part: {name: digest_file(root / name) for name in names} for part, names in paths.items()}
    stages = {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted((root / CODE).glob("*.txt"))}
    environment = {"reference_platform": " ".join(REFERENCE), "lock": digest_file(lock), "packages": pins(lock)}
    version = json.loads((root / CONFIG).read_text(encoding="utf-8"))["study"]["version"]
    return {"version": str(version), **digests, "code": stages, "environment": environment}


def write_manifest(manifest: Mapping, path: Path) -> None:
    """Write a manifest as JSON, whole or not at all."""
    write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", path)


def read_manifest(root: Path) -> dict:
    """Return the manifest of a study's folder; raise OSError where it is missing and ValueError where it is damaged."""
    manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or not {*SECTIONS, "code"} <= manifest.keys():
        raise ValueError(f"{MANIFEST} is no manifest: it lacks one of {', '.join((*SECTIONS, 'code'))}")
    return manifest


def listed_digest(manifest: Mapping, name: str) -> str | None:
    """Return the digest that a manifest gives for a path, or None where it does not hold it."""
    return next((manifest[part][name] for part in SECTIONS if name in manifest[part]), None)


def pins(lock: Path) -> dict[str, str]:
    """Return package -> locked version; where Python's version decides, each version with its condition."""
    found: dict[str, list[str]] = {}
    for name, version, condition in PIN.findall(lock.read_text(encoding="utf-8")):
        python = re.search(r"python_full_version [<>=]+ '[\d.]+'", condition)
        found.setdefault(name, []).append(f"{version} ({python[0]})" if python else version)
    return {name: " or ".join(versions) for name, versions in found.items()}


def is_reference() -> bool:
    """Return whether this machine is of the platform on which every published byte must be the same."""
    return (platform.system(), platform.machine()) == REFERENCE


def describe_machine(manifest: Mapping) -> Iterator[str]:
    """Yield what this machine has: platform, Python, and each locked package that is installed in another version."""
    yield f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    for name, locked in manifest["environment"]["packages"].items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if installed not in re.split(r"[ ()]+", locked):
            yield f"{name} {installed} is installed, the lock says {locked}"


def check_digests(root: Path, manifest: Mapping, code: Path) -> list[Problem]:
    """Return every file that is not the one whose digest the manifest holds, vanished and new files too, and what
    config, claims or code no longer agree with it; raises StudyError where they cannot be read. `code` holds src/."""
    return check_files(root, manifest) + _check_sources(root, manifest, code)


def check_files(root: Path, manifest: Mapping) -> list[Problem]:
    """Return every raw table and output that is not the one whose digest is stated, vanished and new ones too."""
    problems = []
    restore = "Restore it from git; if the change is meant, run `snakemake`, which writes the outputs and digests anew."
    there = {"raw": [SUMS, *(f"raw/{name}" for name, _ in raw_files(root))], "outputs": published_files(root)}
    for part, names in there.items():
        for name, digest in manifest[part].items():
            if not (root / name).is_file():
                problems.append(Problem(name, 0, "", "the file has vanished", WHY, restore))
            elif digest_file(root / name) != digest:
                problems.append(Problem(name, 0, "", "this is not the file whose digest is stated", WHY, restore))
        for name in sorted(set(names) - manifest[part].keys()):
            remedy = "Delete it; if it is meant, run `snakemake`."
            problems.append(Problem(name, 0, "", "the manifest does not hold this file", WHY, remedy))
    return problems


def _check_sources(root: Path, manifest: Mapping, code: Path) -> list[Problem]:
    """Return what config.yaml, claims.yaml and the code now say otherwise than when the manifest was written."""
    texts = describe_study(root, code)
    meta = META.as_posix() + "/"
    problems = []
    for part, name, file in (("config", CONFIG, "config.yaml"), ("claims", CLAIMS, "claims.yaml")):
        if digest_text(texts[name.removeprefix(meta)]) != manifest[part].get(name):
            what = "its values are not those that the outputs were made with"
            problems.append(Problem(file, 0, "", what, WHY, "Restore it from git, or run `snakemake`."))
    now = {name[5:-4]: text.strip() for name, text in texts.items() if name.startswith("code/")}
    for stage in sorted(now.keys() | manifest["code"].keys()):
        if now.get(stage) != manifest["code"].get(stage):
            what = f"the code of the stage {stage} is not that which made the outputs"
            problems.append(Problem("src, workflow", 0, stage, what, WHY, "Restore it from git, or run `snakemake`."))
    lock = code / LOCK
    if lock.is_file() and digest_file(lock) != manifest["environment"]["lock"]:
        what = "these are not the pins that the outputs were made with"
        problems.append(Problem(LOCK, 0, "", what, WHY, "Restore it from git, or run `snakemake`."))
    return problems
