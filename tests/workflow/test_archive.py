"""The archive: the same bytes twice, tables as described, and a study that checks and builds where it is unpacked."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile

import pytest
from frictionless import Package
from study_run import REPOSITORY, build

from junctures.report.archive import (
    PACKAGE,
    SUMS,
    ArchiveError,
    archive_content,
    build_archive,
    tracked_files,
    write_archive,
)
from junctures.report.manifest import published_files

FOLDER = "junctures-0.0"
SMALL = 30_000  # bytes of a table whose rows are all checked here


def pack(root):
    return build_archive(archive_content(root, tracked_files(root)), FOLDER, "2026-11-24")


@pytest.fixture(scope="module")
def archive():
    """Return the bytes of the archive of this very folder."""
    return pack(REPOSITORY)


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    """Return the folder of the unpacked archive; nothing in it knows of git."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        file.extractall(folder)
    return folder / FOLDER


def test_archive_is_the_same_to_the_byte_also_from_its_own_unpacked_folder(archive, unpacked):
    assert pack(REPOSITORY) == archive
    assert pack(unpacked) == archive


def test_archive_holds_one_folder_of_one_date_with_fixed_modes_in_order(archive):
    entries = zipfile.ZipFile(io.BytesIO(archive)).infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {name.split("/")[0] for name in names} == {FOLDER}
    assert {entry.date_time for entry in entries} == {(2026, 11, 24, 0, 0, 0)}
    assert {(entry.create_system, entry.compress_type) for entry in entries} == {(3, zipfile.ZIP_STORED)}
    modes = {entry.filename.removeprefix(f"{FOLDER}/"): oct(entry.external_attr >> 16) for entry in entries}
    assert modes[".ci/run"] == "0o100755"
    assert modes["README.md"] == "0o100644"


def test_archive_holds_all_that_is_published_and_its_terms(archive):
    names = {name.removeprefix(f"{FOLDER}/") for name in zipfile.ZipFile(io.BytesIO(archive)).namelist()}
    assert set(published_files(REPOSITORY)) <= names
    assert {"README.md", "LICENSE", "LICENSE-data.md", "CITATION.cff", "Makefile", "Snakefile", PACKAGE, SUMS} <= names
    assert not any(name.startswith((".git/", ".venv/", ".snakemake/", "logs/", "dist/")) for name in names)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_checksums_are_those_of_every_file(unpacked):
    run = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=unpacked, capture_output=True)
    assert run.returncode == 0, run.stdout
    files = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {line.partition("  ")[2] for line in (unpacked / SUMS).read_text().splitlines()} == files - {SUMS}


def test_datapackage_is_valid_and_the_rows_of_its_smaller_tables_are_as_it_says(unpacked):
    package = Package(str(unpacked / PACKAGE))
    raw = {path.relative_to(unpacked).as_posix() for path in (unpacked / "raw").glob("*/*.csv")}
    paths = {resource.path for resource in package.resources}
    assert raw | {"processed/results/effects.csv", "processed/series/exercises.csv", "tables/claims.csv"} <= paths
    small = [resource.path for resource in package.resources if (unpacked / resource.path).stat().st_size < SMALL]
    assert len(small) > 40
    # References to tables that are too large to be looked at here stay out of it.
    for resource in package.resources:
        if resource.path not in small:
            resource.schema.foreign_keys = []
            resource.schema.primary_key = []
    for path in small:
        report = next(resource for resource in package.resources if resource.path == path).validate()
        assert report.valid, (path, report.flatten(["rowNumber", "fieldName", "note"])[:3])


def test_datapackage_finds_a_cell_that_is_not_as_it_says(unpacked, tmp_path):
    path = "raw/leader_summits/summits.csv"
    description = json.loads((unpacked / PACKAGE).read_text(encoding="utf-8"))
    (only,) = [resource for resource in description["resources"] if resource["path"] == path]
    # The digest would be told before any cell.
    del only["hash"], only["bytes"]
    (tmp_path / path).parent.mkdir(parents=True)
    text = (unpacked / path).read_text(encoding="utf-8")
    assert ",1," in text
    (tmp_path / path).write_text(text.replace(",1,", ",perhaps,", 1), encoding="utf-8")
    (tmp_path / PACKAGE).write_text(json.dumps(description | {"resources": [only]}), encoding="utf-8")
    errors = Package(str(tmp_path / PACKAGE)).get_resource(only["name"]).validate().flatten(["type", "rowNumber"])
    assert ["type-error", 2] in errors


def test_resource_says_meaning_type_terms_and_digest_of_a_table(unpacked):
    resources = {each["path"]: each for each in json.loads((unpacked / PACKAGE).read_text("utf-8"))["resources"]}
    arms = resources["raw/sipri_transfers/transfers.csv"]
    assert arms["licenses"][0]["name"] == "LicenseRef-SIPRI"
    assert (unpacked / arms["licenses"][0]["path"]).is_file()
    assert arms["hash"] == "sha256:" + hashlib.sha256((unpacked / arms["path"]).read_bytes()).hexdigest()
    estimate = next(
        f for f in resources["processed/results/effects.csv"]["schema"]["fields"] if f["name"] == "estimate"
    )
    assert estimate == {"name": "estimate", "type": "number", "description": "The estimate on the tested scale."}
    places = resources["raw/joint_exercises/places.csv"]["schema"]
    assert places["primaryKey"] == ["event_id", "phase"]
    assert places["foreignKeys"][0]["reference"] == {
        "resource": "raw.joint_exercises.exercises",
        "fields": ["event_id"],
    }


def test_unpacked_archive_passes_the_check_and_builds_what_it_held(unpacked, tmp_path):
    study = shutil.copytree(unpacked, tmp_path / "study")
    held = (study / "processed/meta/codebook.csv").read_bytes()
    told = build(study, "processed/meta/codebook.csv")
    assert "Writing the codebook" in told.text
    assert (study / "processed/meta/codebook.csv").read_bytes() == held


def test_folder_that_is_not_as_its_manifest_says_is_not_archived(built, tmp_path):
    study = shutil.copytree(built, tmp_path / "study")
    with pytest.raises(ArchiveError, match="Neither git nor a SHA256SUMS says which files"):
        write_archive(study, study)
    subprocess.run(["git", "init", "--quiet"], cwd=study, check=True)
    with pytest.raises(ArchiveError, match="These files are not in git, so the archive would lack them: figures/"):
        write_archive(study, study)
    subprocess.run(["git", "add", "--all"], cwd=study, check=True)
    said = write_archive(study, study)
    assert "dist/junctures-" in said and "SHA-256" in said
    assert [path.suffix for path in (study / "dist").iterdir()] == [".zip"]
    (study / "tables/claims.md").write_text("changed\n")
    with pytest.raises(ArchiveError, match=r"tables/claims\.md: this is not the file whose digest is stated"):
        write_archive(study, study)
    (study / "processed/meta/manifest.json").unlink()
    with pytest.raises(ArchiveError, match="Run `snakemake` first"):
        write_archive(study, study)
