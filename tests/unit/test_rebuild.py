"""The proof by a rebuild: what is copied, what is compared, and what is said of it; the build itself stands in here."""

import shutil
import subprocess

import pytest
from published_study import EFFECTS, OUTPUTS

from junctures.report import rebuild
from junctures.report.manifest import MANIFEST

CLAIMS = "processed/results/claims.csv"


@pytest.fixture
def verify(published, monkeypatch):
    """Return a function that verifies the folder against a build that makes its outputs, some of them otherwise."""
    (published / "README.md").write_text("read me\n")
    (published / "logs").mkdir()
    truth = {name: (published / name).read_bytes() for name in (*OUTPUTS, "README.md", MANIFEST)}
    seen = {}

    def verified(exact=True, returncode=0, **otherwise):
        def build(folder, code, cores):
            seen.update(folder=folder, files={p.relative_to(folder).as_posix() for p in folder.rglob("*")}, cores=cores)
            for name, data in (truth | otherwise.get("makes", {})).items():
                if data is not None:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(data)
            return subprocess.CompletedProcess([], returncode, "said ", "why")

        monkeypatch.setattr(rebuild, "build", build)
        lines = []
        return rebuild.verify_rebuilt(published, published, 2, exact, lines.append), lines, seen

    return verified


def test_outputs_that_the_code_makes_are_confirmed_and_nothing_is_left_behind(verify, published):
    before = {path: path.stat().st_mtime_ns for path in published.rglob("*")}
    same, lines, seen = verify()
    assert same
    assert lines == ["All 12 outputs are what this code and these raw tables make, byte for byte."]
    assert not seen["folder"].exists()
    assert {path: path.stat().st_mtime_ns for path in published.rglob("*")} == before


def test_copy_holds_the_sources_and_no_output(verify):
    files = verify()[2]["files"]
    assert {"raw/SHA256SUMS", "config.yaml", "notebooks/01_findings.py", "README.md", "paper/references.bib"} <= files
    assert not files & {*OUTPUTS, MANIFEST, "processed", "logs"}


def test_altered_output_is_told_with_its_first_difference(verify, published):
    text = (published / CLAIMS).read_text(encoding="utf-8")
    (published / CLAIMS).write_text(text.replace("contradicted", "supported", 1), encoding="utf-8")
    same, lines, _ = verify(makes={CLAIMS: text.encode()})
    assert not same
    assert lines[0].startswith(f"{CLAIMS}: it is not what the code makes: line 2 (first_bilateral_drill_2003), column ")
    assert "'supported' where 'contradicted' is expected" in lines[0]
    assert lines[-1] == "1 of 12 outputs are not what this code and these raw tables make."


def test_output_that_only_one_of_the_two_has_is_told(verify):
    same, lines, _ = verify(makes={CLAIMS: None, "tables/new.md": b"new"})
    assert not same
    assert f"{CLAIMS}: it is here, and the code makes none" in lines
    assert "tables/new.md: the code makes it, and it is not here" in lines


def test_last_digits_differ_within_the_tolerance_elsewhere_and_not_on_the_reference_platform(verify, published):
    data = (published / EFFECTS).read_bytes()
    other = {EFFECTS: data.replace(b"0.27620647", b"0.27620648", 1), "figures/timeline.pdf": b"%PDF other"}
    assert not verify(makes=other)[0]
    same, lines, _ = verify(exact=False, makes=other)
    assert same
    assert "within the tolerances (numbers may differ by 1e-06" in lines[0]
    assert "PDF files are not compared" in lines[0] and "1 such files" in lines[0]


def test_other_line_ends_are_a_difference_where_every_byte_must_be_the_same(verify, published):
    data = (published / CLAIMS).read_bytes()
    same, lines, _ = verify(makes={CLAIMS: data.replace(b"\n", b"\r\n")})
    assert not same
    assert "only the writing" in lines[0]


def test_failed_build_says_nothing_of_the_outputs_but_why(verify):
    same, lines, _ = verify(returncode=1)
    assert not same
    assert lines == ["The build failed, so nothing can be said of the outputs. It said:\nsaid why"]


def test_code_elsewhere_is_used_where_it_is(verify, published, monkeypatch, tmp_path):
    used = []

    def build(folder, code, cores):
        used.append(code)
        shutil.copytree(published, folder, dirs_exist_ok=True)
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(rebuild, "build", build)
    assert rebuild.verify_rebuilt(published, tmp_path / "code", 1, True, print)
    assert used == [tmp_path / "code"]
