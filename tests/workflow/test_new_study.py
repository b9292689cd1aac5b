"""A stranger's way: begin a study, check it, build it by the printed command from elsewhere, and ask how it came."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from study_run import REPOSITORY

from junctures.numbers import read_csv

PLACE = Path("né w", "стаdy")


def run(command, cwd, shell=False):
    """Return what a command said and its exit code, as typed in a folder with the study's environment."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY / "src"),
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    return subprocess.run(command, cwd=cwd, shell=shell, env=environment, capture_output=True, text=True)


def junctures(cwd, *arguments):
    return run([sys.executable, "-m", "junctures", *map(str, arguments)], cwd)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Return the folder in which the study was begun and built, by the very line that `new` printed."""
    here = tmp_path_factory.mktemp("stranger")
    begun = junctures(here, "new", PLACE)
    assert begun.returncode == 0, begun.stderr
    line = next(line for line in begun.stdout.splitlines() if "--snakefile" in line)
    (here / "elsewhere").mkdir()
    built = run(line.strip(), here / "elsewhere", shell=True)
    assert built.returncode == 0, built.stdout + built.stderr
    assert list((here / "elsewhere").iterdir()) == []
    return here


def test_study_is_built_to_its_page_and_manifest(here):
    for name in ("processed/meta/manifest.json", "figures/index.html", "tables/findings.md"):
        assert (here / PLACE / name).is_file()
    verified = junctures(here, "verify", "--study", PLACE)
    assert verified.returncode == 0, verified.stdout


def test_check_tells_the_very_design_that_the_build_found(here):
    checked = junctures(here, "check", PLACE, "--draws", "200", "--json")
    assert checked.returncode == 0, checked.stderr
    (row,) = json.loads(checked.stdout)["designs"]
    designs = read_csv(here / PLACE / "processed/results/designs.csv").query("estimand == 'step' and rho == .4")
    found = designs.iloc[0]
    assert (row["points_before"], row["points_after"]) == (found["points_before"], found["points_after"])
    # Eight digits are written.
    assert row["jump_80_smallest"] == pytest.approx(found["jump_80_smallest"], rel=1e-7)
    assert row["ruled_out_attainable"] == found["ruled_out_attainable"]


def test_explain_goes_from_raw_rows_to_the_verdict(here):
    flow = junctures(here, "explain", "flow", "--study", PLACE, "--period", "1899")
    assert flow.returncode == 0, flow.stderr
    assert "1899,774" in flow.stdout
    claim = junctures(here, "explain", "flow_falls", "--study", PLACE)
    row = read_csv(here / PLACE / "processed/results/claims.csv").set_index("claim").loc["flow_falls"]
    assert claim.returncode == 0
    assert f"VERDICT: {row['verdict'].replace('_', ' ').upper()}" in claim.stdout
    assert "judge_effect" in claim.stdout


def test_stale_results_are_told_and_problems_too(here):
    config = here / PLACE / "config.yaml"
    text = config.read_text(encoding="utf-8")
    try:
        config.write_text(text.replace("date: 1899", "date: 1900"), encoding="utf-8")
        told = junctures(here, "explain", "flow", "--study", PLACE)
        assert told.returncode == 1 and told.stderr.startswith("NOT UP TO DATE") and "config.yaml" in told.stderr
        config.write_text(text.replace("scale: log", "scale: logs"), encoding="utf-8")
        told = junctures(here, "check", PLACE)
        assert told.returncode == 1 and "Did you mean 'log'" in told.stderr and "Traceback" not in told.stderr
    finally:
        config.write_text(text, encoding="utf-8")
