"""What an edit reruns: all that uses it and nothing else, in a folder with records of its runs and in one without."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from study_run import build, edit, outputs, pending, snakemake

from junctures.study.check import write_checksums

TESTS = {"test_indicator exercises", "test_indicator summits", "test_pool military", "test_leads summits_first"}
SERIES = {"build_series exercises", "build_series summits"}
PAGES = {"run_notebook", "write_readme", "build_gallery", "write_manifest"}
OF_VERDICTS = {
    "plot_what_the_design_could_see",
    "plot_what_happened",
    "plot_indicator_panels",
    "plot_specification_curve",
}
OF_SIMULATED = {"plot_specification_curve", "plot_size_and_power"}
FIGURES = OF_VERDICTS | OF_SIMULATED | {"plot_dates_chosen", "plot_timeline", "plot_exercises_map"}
TABLES = {f"tabulate_{table}" for table in ("findings", "effects", "designs", "sources", "claims")}
AFTER_CLAIMS = {"judge_claims", "tabulate_findings", "tabulate_claims"} | OF_VERDICTS | PAGES
SIMULATED = {"test_verdicts", "test_curves"}
AFTER_TESTS = (
    {"summarise_tests", "plot_dates_chosen", "tabulate_effects", "tabulate_designs"}
    | SIMULATED
    | OF_SIMULATED
    | AFTER_CLAIMS
)
OF_VALUES = FIGURES | TABLES | PAGES  # these show values of the config: labels, units, windows
ALL = SERIES | TESTS | AFTER_TESTS | OF_VALUES | {"build_codebook"}
OF_SUMMITS = {"test_indicator summits", "test_pool military", "test_leads summits_first"}


def label(root):
    edit(root, "config.yaml", "label: Summits,", "label: Meetings of leaders,")


def filter_of_rows(root):
    edit(root, "config.yaml", "where: {category: core}", "where: {category: core, domain: naval}")


def moved_juncture(root):
    edit(root, "config.yaml", "date: 2014-03-18", "date: 2015-03-18")


def label_of_an_event(root):
    edit(root, "config.yaml", "label: Crisis", "label: Financial crisis")


def words_of_a_claim(root):
    edit(root, "claims.yaml", "Exercises step up.", "Exercises become more frequent.")


def raw_table(root):
    edit(root, "raw/leader_summits/summits.csv", "Jiang Zemin", "Hu Jintao")
    write_checksums(root)


def record_of_a_source(root):
    edit(root, "raw/leader_summits/SOURCE.yaml", "title: Meetings", "title: Summits")
    write_checksums(root)


def function_of_one_stage(root):
    edit(root, "src/junctures/inference/families.py", "LEVEL = 0.05", "LEVEL = 0.04")


def function_of_one_kind_of_claim(root):
    edit(root, "src/junctures/report/records_rounds.py", "\ndef ", "\nUNUSED = 1\n\n\ndef ")


def function_that_draws(root):
    edit(root, "src/junctures/report/figures_timeline.py", "\ndef ", "\nUNUSED = 1\n\n\ndef ")


def sign_of_a_claim(root):
    edit(root, "claims.yaml", "sign: positive", "sign: negative")


def draws_of_simulated_studies(root):
    edit(root, "config.yaml", "studies: 4", "studies: 5")


def function_that_replays(root):
    edit(root, "src/junctures/inference/replay.py", "NULL_RANKS = 199", "NULL_RANKS = 99")


def script(root):
    edit(
        root, "workflow/scripts/judge_claims.py", "        import json\n", "        import json\n        import math\n"
    )


def notebook(root):
    edit(root, "notebooks/01_findings.py", "# %%\n", "# %%\n# How many claims there are.\n")


def words_of_a_rule(root):
    edit(root, "workflow/rules/claims.smk", "Judging every claim", "Judging each claim")


def template(root):
    edit(root, "src/junctures/report/gallery/page.css", "/* ", "/* see ")


def how_to_cite(root):
    edit(root, "CITATION.cff", "title:", "title: # as on the first page\n ")


def comments(root):
    """Change words that no job reads: comments and docstrings of code, rules, config; the first page by hand."""
    edit(root, "src/junctures/inference/families.py", "LEVEL = 0.05", "LEVEL = 0.05  # as everywhere")
    edit(root, "src/junctures/study/series.py", '"""', '"""In other words: ')
    edit(root, "workflow/scripts/judge_claims.py", '"""', '"""In other words: ')
    edit(root, "workflow/scripts/build_series.py", "    with job_log", "    # A comment.\n    with job_log")
    edit(root, "workflow/rules/claims.smk", "# Claims:", "# The claims:")
    edit(root, "config.yaml", "junctures:", "# Three dates.\njunctures:")
    edit(root, "claims.yaml", "claims:", "# Two claims.\nclaims:")
    edit(root, "README.md", "<!-- begin: summary -->", "A tiny study.\n\n<!-- begin: summary -->")


def touched(root):
    """Give every file that is no output a new time, as a checkout of another branch and back does."""
    for kind in ("raw", "src", "workflow", "processed/meta", "config.yaml", "claims.yaml"):
        for path in (root / kind, *(root / kind).rglob("*")):
            if path.is_file() and path.name not in ("codebook.csv", "manifest.json"):
                os.utime(path)


CHANGES = {
    label: {"test_indicator summits"} | AFTER_TESTS | OF_VALUES,
    filter_of_rows: {"build_series exercises"} | TESTS - {"test_indicator summits"} | AFTER_TESTS | OF_VALUES,
    moved_juncture: TESTS - {"test_leads summits_first"} | AFTER_TESTS | OF_VALUES,
    label_of_an_event: OF_VALUES,
    words_of_a_claim: AFTER_CLAIMS,
    raw_table: {"build_series summits", "plot_timeline"} | OF_SUMMITS | AFTER_TESTS,
    record_of_a_source: {"build_codebook", "tabulate_sources"} | FIGURES - {"plot_exercises_map"} | PAGES,
    function_of_one_stage: AFTER_TESTS,
    function_of_one_kind_of_claim: AFTER_CLAIMS,
    function_that_draws: FIGURES | PAGES,
    sign_of_a_claim: AFTER_TESTS,
    draws_of_simulated_studies: SIMULATED | OF_VALUES,
    function_that_replays: SIMULATED | OF_SIMULATED | PAGES,
    script: AFTER_CLAIMS,
    notebook: {"run_notebook", "write_manifest"},
    words_of_a_rule: {"write_manifest"},
    # The first page is no part of the manifest: people write in it.
    how_to_cite: {"write_readme", "build_gallery", "write_manifest"},
    template: {"build_gallery", "write_manifest"},
    comments: set(),
    touched: set(),
}


@pytest.fixture(scope="module")
def planned(built, tmp_path_factory):
    """Return the jobs that Snakemake would rerun after each change, and what it did without records.

    Each works in a copy of its own, two at a time.
    """

    def plan(change):
        root = shutil.copytree(built, tmp_path_factory.mktemp(change.__name__) / "study")
        change(root)
        return pending(root)

    with ThreadPoolExecutor(2) as pool:
        longest = pool.submit(run_without_records, built, tmp_path_factory.mktemp("without_records"))
        plans = {change: pool.submit(plan, change) for change in CHANGES}
    return plans | {run_without_records: longest}


def run_without_records(built, folder):
    """Return what a copy without records would do, its mended output, and what it would do then.

    All its files are of one age, and one output is stale.
    """
    copy = shutil.copytree(built, folder / "study", ignore=shutil.ignore_patterns(".snakemake"))
    stale = copy / "processed/series/summits.csv"
    stale.write_text("stale\n", encoding="utf-8")
    for path in copy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    first = pending(copy)
    build(copy, "processed/series/summits.csv")
    return first, stale.read_bytes(), pending(copy)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change_reruns_exactly_what_uses_it(planned, change):
    assert planned[change].result() == CHANGES[change]


def test_unchanged_tree_has_nothing_to_do(study):
    before = outputs(study)
    told = build(study)
    assert "Nothing to be done" in told.text
    assert outputs(study) == before


def test_copy_without_records_rebuilds_all_that_it_is_asked_for(built, planned):
    first, mended, then = planned[run_without_records].result()
    assert first == ALL
    assert mended == (built / "processed/series/summits.csv").read_bytes()
    # Now there are records, of one job only: what the others made is still unknown.
    assert then == ALL - {"build_series summits"}


def test_vanished_raw_table_stops_the_run_and_is_told(study):
    before = outputs(study)
    (study / "raw/joint_exercises/places.csv").unlink()
    told = snakemake(study)
    assert told.code != 0
    assert "raw/joint_exercises/places.csv has vanished" in told.text and "What to do:" in told.text
    assert "Traceback" not in told.text
    assert outputs(study) == before


def test_left_over_output_is_told_and_kept(study):
    path = study / "processed/results/effects/gone.csv"
    path.write_text("indicator\n", encoding="utf-8")
    told = build(study, "--dry-run")
    assert "Left over: processed/results/effects/gone.csv" in told.text
    assert path.exists()
