"""A new indicator, a moved juncture, another study: each makes what it should and leaves the rest alone."""

import os
import shutil

import pytest
from study_run import build, edit, outputs, pending_outputs

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
OF_INDICATOR = ("effects", "specifications", "designs", "fitted", "dates", "dates_years", "dates_ratios")
CLAIMS = "processed/results/claims.csv"


def result_files(name):
    """Return the files of results of one indicator or pool."""
    return {f"processed/results/{kind}/{name}.csv" for kind in OF_INDICATOR}


def changed(before, after):
    """Return which outputs have other content, among those in both snapshots."""
    return {name for name in before.keys() & after.keys() if before[name][0] != after[name][0]}


def test_new_indicator_makes_its_files_and_changes_the_summaries_only(study):
    before = outputs(study)
    source = study / "raw/hotline_calls"
    source.mkdir()
    (source / "yearly.csv").write_text(TABLE, encoding="utf-8")
    (source / "SOURCE.yaml").write_text(SOURCE, encoding="utf-8")
    write_checksums(study)
    edit(study, "config.yaml", "pools:\n", ENTRY + "pools:\n")
    build(study, CLAIMS)
    after = outputs(study)
    series = {"processed/series/hotline_calls.csv", "processed/series/hotline_calls_rows.csv"}
    assert after.keys() - before.keys() == series | result_files("hotline_calls")
    assert before.keys() <= after.keys()
    assert changed(before, after) == {
        f"processed/results/{name}.csv" for name in ("effects", "specifications", "designs", "fitted")
    }
    # What belongs to another indicator was not even made again.
    apart = {name for name in before if name.startswith("processed/") and name.count("/") == 3} | {
        name for name in before if name.startswith("processed/series/")
    }
    assert all(before[name] == after[name] for name in apart)
    to_come = pending_outputs(study)
    assert to_come["figures/indicator_panels/hotline_calls.svg"] == "plot_indicator_panels"
    assert {"build_codebook", "tabulate_sources", "tabulate_effects", "write_readme"} <= set(to_come.values())
    assert not any(rule.startswith(("build_series", "test_", "judge")) for rule in to_come.values())


def test_moved_juncture_changes_every_test_at_it_and_no_series(study):
    before = outputs(study)
    edit(study, "config.yaml", "date: 2014-03-18", "date: 2015-03-18")
    build(study, CLAIMS)
    after = outputs(study)
    assert after.keys() == before.keys()
    expected = {
        f"processed/results/{kind}/{name}.csv"
        for kind in ("effects", "specifications", "designs", "fitted")
        for name in ("exercises", "summits", "military")
    }
    # The sets that dates are ranked among hang on the smallest gap alone, which this move keeps.
    expected |= {"processed/results/dates/military.csv", CLAIMS}
    expected |= {f"processed/results/{kind}.csv" for kind in OF_INDICATOR[:5]}
    assert changed(before, after) == expected
    untouched = [
        name for name in before if name.startswith(("processed/series/", "processed/meta/")) or "_first" in name
    ]
    assert all(before[name] == after[name] for name in untouched)


@pytest.fixture
def other(built, tmp_path):
    """Return a study without code and records, as a clone holds it: its outputs are there, some of them stale."""
    code = ("Snakefile", "profiles", "src", "workflow", ".snakemake", "logs")
    folder = shutil.copytree(built, tmp_path / "other", ignore=lambda at, names: code if at == str(built) else ())
    for name in ("processed/series/exercises.csv", "processed/results/effects/summits.csv", "tables/claims.md"):
        (folder / name).write_text("stale\n", encoding="utf-8")
    for path in folder.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


def test_other_study_is_built_through_directory_and_its_stale_outputs_are_mended(built, other):
    before = outputs(built)
    told = build(other, "tables/claims.md", code=built)
    assert "Nothing to be done" not in told.text
    assert outputs(built) == before
    made, expected = outputs(other), outputs(built)
    assert made.keys() == expected.keys()
    assert {name for name in made if made[name][0] != expected[name][0]} == set()
