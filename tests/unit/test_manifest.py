"""The manifest: what it holds, that no machine shows in it, and that every change of a folder is found by it."""

import json
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from junctures.report import manifest as module
from junctures.report.manifest import MANIFEST, build_manifest, check_digests, pins, published_files, read_manifest
from junctures.report.verify import verify_folder
from junctures.study.check import write_checksums
from junctures.study.code_digest import digest_rules

REPOSITORY = Path(__file__).parents[2]
EXERCISES = "raw/joint_exercises/exercises.csv"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def wrong(folder, code=REPOSITORY):
    """Return file and column of each problem of a folder."""
    return {(problem.file, problem.column) for problem in check_digests(folder, read_manifest(folder), code)}


def test_unchanged_folder_is_what_its_manifest_says(published):
    found = verify_folder(published, read_manifest(published), REPOSITORY)
    assert found.right
    assert "10 outputs" in found.text


def test_manifest_holds_digests_of_raw_config_claims_code_outputs_and_the_environment(published):
    held = read_manifest(published)
    sums = {line.partition("  ")[2] for line in (published / "raw/SHA256SUMS").read_text().splitlines()}
    assert held["raw"].keys() == {f"raw/{name}" for name in sums} | {"raw/SHA256SUMS"}
    assert held["outputs"].keys() == set(published_files(published))
    assert len(held["code"]["test_indicator"]) == len(held["environment"]["lock"]) == 64
    assert held["environment"]["packages"]["numpy"].startswith("2.")
    assert held["config"] and held["claims"]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_digest_is_that_of_the_usual_tool(published):
    told = subprocess.run(["sha256sum", published / EXERCISES], capture_output=True, text=True, check=True).stdout
    assert read_manifest(published)["raw"][EXERCISES] == told.split()[0]


def test_nothing_of_the_machine_shows_in_the_manifest(published, monkeypatch):
    def refuse(*_):
        raise AssertionError("the machine was asked")

    for owner, name in ((platform, "system"), (platform, "python_version"), (metadata, "version")):
        monkeypatch.setattr(owner, name, refuse)
    built = build_manifest(published, published / "requirements.lock")
    assert built == json.loads((published / MANIFEST).read_text(encoding="utf-8"))
    assert str(published) not in json.dumps(built)


def test_altered_pixel_is_found_with_its_place(committed):
    path = committed / "figures/timeline.png"
    pixels = np.asarray(Image.open(path).convert("RGBA")).copy()
    pixels[20, 30] = [1, 2, 3, 255]
    Image.fromarray(pixels).save(path)
    found = verify_folder(committed, read_manifest(committed), REPOSITORY)
    assert not found.right
    assert "figures/timeline.png: this is not the file whose digest is stated" in found.text
    assert "First difference: the pixel at column 30, row 20" in found.text
    assert "is #010203ff" in found.text and "; 1 of " in found.text


def test_altered_cell_is_found_with_its_row_column_and_values(committed):
    edit(committed / "processed/results/effects.csv", "0.27620647", "0.27620648")
    text = verify_folder(committed, read_manifest(committed), REPOSITORY).text
    place = "line 2 (exercises, pivot, primary, step), column estimate"
    assert f"First difference: {place}: '0.27620648' where '0.27620647' is expected" in text


def test_altered_raw_row_is_found_even_with_new_checksums(committed):
    line = (committed / EXERCISES).read_text(encoding="utf-8").splitlines()[1]
    edit(committed / EXERCISES, line, line.replace(",core,", ",patrol,"))
    write_checksums(committed)
    assert wrong(committed) == {(EXERCISES, ""), ("raw/SHA256SUMS", "")}
    text = verify_folder(committed, read_manifest(committed), REPOSITORY).text
    assert f"line 2 ({line.split(',')[0]}), column category: 'patrol' where 'core' is expected" in text


def test_change_without_git_is_found_and_told_without_the_original(published):
    edit(published / EXERCISES, ",core,", ",patrol,")
    text = verify_folder(published, read_manifest(published), REPOSITORY).text
    assert EXERCISES in text and "First difference" not in text


def test_vanished_and_new_files_are_found(published):
    (published / "tables/findings.md").unlink()
    (published / "tables/mine.md").write_text("x")
    shutil.copy(published / EXERCISES, published / "raw/joint_exercises/more.csv")
    # A half-written and a hidden file are no outputs.
    (published / "tables/mine.csv.part").write_text("x")
    (published / "tables/.mine.md.swp").write_text("x")
    names = {"tables/findings.md", "tables/mine.md", "raw/joint_exercises/more.csv"}
    # A table that no SOURCE.yaml describes is told before anything else is looked at, so files are asked for alone.
    found = {problem.file: problem.what for problem in module.check_files(published, read_manifest(published))}
    assert found.keys() == names
    assert "vanished" in found["tables/findings.md"]
    assert "does not hold" in found["tables/mine.md"]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("config.yaml", "junctures:\n", "# dates\njunctures:\n", set()),
        ("config.yaml", "label: Pivot to Asia", "label: Pivot", {("config.yaml", "")}),
        ("claims.yaml", "claims:\n", "# all\nclaims:\n", set()),
        ("requirements.lock", "numpy==2", "numpy==3", {("requirements.lock", "")}),
    ],
)
def test_edited_value_is_found_and_an_edited_comment_is_not(published, file, old, new, expected):
    for name in ("src", "workflow", "Snakefile"):
        (published / name).symlink_to(REPOSITORY / name)
    edit(published / file, old, new)
    assert wrong(published, published) == expected


def test_edited_claim_is_found(published):
    statement = next(line for line in (published / "claims.yaml").read_text().splitlines() if "  statement:" in line)
    edit(published / "claims.yaml", statement, statement.replace(': "', ': "Perhaps: '))
    assert wrong(published) == {("claims.yaml", "")}


def test_edited_function_is_found_by_the_stages_that_use_it_and_a_comment_is_not(published):
    for name in ("src", "workflow"):
        shutil.copytree(REPOSITORY / name, published / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "Snakefile", published)
    assert wrong(published, published) == set()
    edit(published / "src/junctures/inference/families.py", "LEVEL = 0.05", "LEVEL = 0.05  # as everywhere")
    assert wrong(published, published) == set()
    edit(published / "src/junctures/inference/families.py", "LEVEL = 0.05", "LEVEL = 0.04")
    found = wrong(published, published)
    assert {file for file, _ in found} == {"src, workflow"}
    stages = {stage for _, stage in found}
    assert "summarise_tests" in stages and not stages & {"build_series", "build_codebook", "rules"}


def test_digest_of_rules_changes_with_a_rule_and_not_with_a_comment(tmp_path):
    (tmp_path / "workflow/rules").mkdir(parents=True)
    rule = 'rule a:\n    output:\n        "a.txt",\n'
    (tmp_path / "Snakefile").write_text('include: "workflow/rules/a.smk"\n')
    (tmp_path / "workflow/rules/a.smk").write_text(rule)
    before = digest_rules(tmp_path)
    (tmp_path / "workflow/rules/a.smk").write_text("# A rule.\n\n" + rule)
    assert digest_rules(tmp_path) == before
    (tmp_path / "workflow/rules/a.smk").write_text(rule.replace("a.txt", "b.txt"))
    assert digest_rules(tmp_path) != before


def test_pins_are_those_of_the_lock_with_the_condition_on_python(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "numpy==2.4.6 ; sys_platform == 'linux' \\\n    --hash=sha256:00\n"
        "contourpy==1.3.3 ; python_full_version < '3.12' and sys_platform == 'linux' \\\n    --hash=sha256:00\n"
        "contourpy==1.4.0 ; python_full_version >= '3.12' and sys_platform == 'linux' \\\n    --hash=sha256:00\n"
        "six==1.17.0\n"
    )
    two = "1.3.3 (python_full_version < '3.12') or 1.4.0 (python_full_version >= '3.12')"
    assert pins(lock) == {"numpy": "2.4.6", "contourpy": two, "six": "1.17.0"}


def test_machine_is_described_by_what_differs_from_the_lock(monkeypatch):
    versions = {"numpy": "2.4.6", "scipy": "1.0.0", "contourpy": "1.4.0"}

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(module.metadata, "version", version)
    locked = {"numpy": "2.4.6", "scipy": "1.17.1", "contourpy": "1.3.3 (a) or 1.4.0 (b)", "appnope": "0.1.4"}
    _, *lines = module.describe_machine({"environment": {"packages": locked}})
    assert lines == ["scipy 1.0.0 is installed, the lock says 1.17.1"]


def test_damaged_manifest_is_refused(published):
    (published / MANIFEST).write_text('{"raw": {}}')
    with pytest.raises(ValueError, match="is no manifest"):
        read_manifest(published)
