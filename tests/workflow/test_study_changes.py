"""A new indicator, a moved juncture, another study: each makes what it should and leaves the rest alone."""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from study_run import build, edit, outputs, pending, pending_outputs

from junctures.study.check import write_checksums

TABLE = "year,calls\n" + "".join(f"{2004 + i},{3 + i * i % 7}\n" for i in range(18))
SOURCE = """\
id: hotline_calls
title: Calls over the hotline, yearly 2004-2021
producer: A test
method: Made up.
licence: CC-BY-4.0
citation: [this_study]
tables:
  yearly:
    unit: one row per year
    key: [year]
    time: year
    coverage: ['2004', '2021']
    columns:
      year: {type: year, meaning: Year of the calls., range: [2004, 2021]}
      calls: {type: integer, unit: calls, meaning: Number of calls., range: [0, 100]}
limitations:
- Nobody made these calls.
date_accessed: '2026-11-24'
"""
ENTRY = """\
  hotline_calls:
    {label: Calls over the hotline, dimension: political, table: hotline_calls/yearly,
     measure: {kind: value, columns: [calls], counts: true}, frequency: year, earliest: 2004, scale: sqrt,
     declared_scale: {value: 0.5, derivation: count}}
"""
OF_INDICATOR = (
    "effects", "specifications", "designs", "fitted", "dates", "dates_years", "dates_ratios", "placebo_dates", "breaks",
    "calibration", "placebo_outcomes",
)  # fmt: skip
CLAIMS = "processed/results/claims.csv"


def result_files(name):
    """Return the files of results of one indicator or pool."""
    return {f"processed/results/{kind}/{name}.csv" for kind in OF_INDICATOR}


def changed(before, after):
    """Return which outputs have other content, among those in both snapshots."""
    return {name for name in before.keys() & after.keys() if before[name][0] != after[name][0]}


def new_indicator(built, folder):
    """Return a copy of the study with one more table and indicator, its claims judged anew."""
    root = shutil.copytree(built, folder / "study")
    source = root / "raw/hotline_calls"
    source.mkdir()
    (source / "yearly.csv").write_text(TABLE, encoding="utf-8")
    (source / "SOURCE.yaml").write_text(SOURCE, encoding="utf-8")
    write_checksums(root)
    edit(root, "config.yaml", "pools:\n", ENTRY + "pools:\n")
    build(root, CLAIMS)
    return root


def moved_juncture(built, folder):
    """Return a copy of the study with one juncture a year later, its claims judged anew."""
    root = shutil.copytree(built, folder / "study")
    edit(root, "config.yaml", "date: 2014-03-18", "date: 2015-03-18")
    build(root, CLAIMS)
    return root


def other_folder(built, folder):
    """Return a study without code and records, as a clone holds it, after its first run with the code elsewhere.

    Its outputs were there, some of them stale, all of one age.
    """
    code = ("Snakefile", "profiles", "src", "workflow", ".snakemake", "logs")
    root = shutil.copytree(built, folder / "study", ignore=lambda at, names: code if at == str(built) else ())
    stale = ("processed/series/exercises.csv", "processed/results/effects/summits.csv", "tables/sources.md")
    for name in stale:
        (root / name).write_text("stale\n", encoding="utf-8")
    for path in root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    build(root, *stale, code=built)
    return root


RUNS = (other_folder, new_indicator, moved_juncture)


@pytest.fixture(scope="module")
def runs(built, tmp_path_factory):
    """Return the built study's outputs before all runs, and the folder of each run; they go side by side."""
    before = outputs(built)
    with ThreadPoolExecutor(2) as pool:
        started = {run: pool.submit(run, built, tmp_path_factory.mktemp(run.__name__)) for run in RUNS}
    return before, started


def test_new_indicator_makes_its_files_and_changes_the_summaries_only(runs):
    before, root = runs[0], runs[1][new_indicator].result()
    after = outputs(root)
    series = {"processed/series/hotline_calls.csv", "processed/series/hotline_calls_rows.csv"}
    assert after.keys() - before.keys() == series | result_files("hotline_calls")
    assert before.keys() <= after.keys()
    assert changed(before, after) == {
        f"processed/results/{name}.csv"
        for name in ("effects", "specifications", "designs", "fitted", "placebo_dates", "breaks", "calibration")
    }
    # What belongs to another indicator was not even made again.
    apart = {name for name in before if name.startswith("processed/") and name.count("/") == 3} | {
        name for name in before if name.startswith("processed/series/")
    }
    assert all(before[name] == after[name] for name in apart)
    to_come = pending_outputs(root)
    assert to_come["figures/indicator_panels/hotline_calls.svg"] == "plot_indicator_panels"
    assert {"build_codebook", "tabulate_sources", "tabulate_effects", "write_readme"} <= set(to_come.values())
    # Simulated studies rest on the effects, which have new rows.
    simulated = {"verdict_rates": "test_verdicts", "curves": "test_curves", "curve_rows": "test_curves"}
    again = {name: rule for name, rule in to_come.items() if rule.startswith(("build_series", "test_", "judge"))}
    assert again == {f"processed/results/{name}.csv": rule for name, rule in simulated.items()}


def test_moved_juncture_changes_every_test_at_it_and_no_series(runs):
    before, root = runs[0], runs[1][moved_juncture].result()
    after = outputs(root)
    assert after.keys() == before.keys()
    expected = {
        f"processed/results/{kind}/{name}.csv"
        for kind in ("effects", "specifications", "designs", "fitted", "placebo_dates", "calibration")
        for name in ("exercises", "summits", "military")
    }
    # The sets that dates are ranked among hang on the smallest gap alone, which this move keeps; breaks on the series.
    expected |= {"processed/results/dates/military.csv", CLAIMS}
    expected |= {f"processed/results/{kind}.csv" for kind in (*OF_INDICATOR[:5], "placebo_dates", "calibration")}
    assert changed(before, after) == expected
    untouched = [
        name for name in before if name.startswith(("processed/series/", "processed/meta/")) or "_first" in name
    ]
    assert all(before[name] == after[name] for name in untouched)


def test_other_study_is_built_through_directory_and_its_stale_outputs_are_mended(built, runs):
    before, root = runs[0], runs[1][other_folder].result()
    assert outputs(built) == before
    made = outputs(root)
    assert made.keys() == before.keys()
    assert changed(before, made) == set()
    assert (root / ".snakemake/metadata").is_dir()


def test_indicators_taken_by_one_job_give_the_same_bytes_and_rerun_together(study):
    before = outputs(study)
    edit(study, "config.yaml", "  seed: 1\n", "  seed: 1\n  indicators_per_job: 2\n")
    told = build(study, "processed/results/effects.csv")
    assert "Left over: processed/results/effects/summits.csv" in told.text
    after = outputs(study)
    kept = [name for name in before if re.fullmatch("processed/(series|results)/[a-z_]+.csv", name)]
    assert len(kept) > 15 and [name for name in kept if after[name][0] != before[name][0]] == []
    together = after["processed/results/effects/exercises.csv"][0].decode()
    assert "\nexercises," in together and "\nsummits," in together
    edit(study, "config.yaml", "label: Summits,", "label: Meetings of leaders,")
    assert {"test_indicator exercises"} == {each for each in pending(study) if each.startswith("test_indicator")}
