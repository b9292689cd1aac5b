"""A small study for tests: three of the shipped sources with a config and claims of their own."""

import shutil
from pathlib import Path

from junctures.study.check import write_checksums

REPOSITORY = Path(__file__).parents[2]
SOURCES = ("joint_exercises", "leader_summits", "un_general_debate")
CONFIG = """\
study:
  id: small
  title: "A small study"
  article: kwon_jeh_lee_2022
  window: {start: 2000, end: 2021}
  seed: 1
  simulations: {power: 50, date_rank: 19, breaks: 19, calibration: 20, studies: 4, curve: 19}
  version: "0.1"
junctures:
  - {id: pivot, label: Pivot, date: 2012-01-05, alternatives: [2011-11-17]}
  - {id: ukraine, label: Ukraine, date: "2014-03-18", alternatives: [2014-02]}
concurrent_events:
  - {id: crisis, label: Crisis, start: 2008-09, end: 2009-12, shaded: true}
dimensions:
  exercises: Exercises
  political: Political alignment
  threat: Threat
indicators:
  exercises:
    {label: Joint exercises, dimension: exercises, table: joint_exercises/exercises, where: {category: core},
     measure: {kind: count}, frequency: quarter, also: [year], earliest: 2003, scale: sqrt,
     declared_scale: {value: 0.5, derivation: count}}
  summits:
    {label: Summits, dimension: political, table: leader_summits/summits, where: {in_person: "1"},
     measure: {kind: count}, frequency: year, earliest: 2000, latest: 2019, scale: sqrt,
     declared_scale: {value: 0.5, derivation: count}}
  rus_un_threat:
    {label: Threat words, dimension: threat, table: un_general_debate/term_counts, where: {country: RUS},
     measure: {kind: rate, columns: [nato, missile], per: [retained_tokens]}, frequency: year, observed_month: 9,
     earliest: 1996, scale: sqrt, declared_scale: {value: 0.016, derivation: exposure}}
pools:
  military:
    label: Cooperation
    frequency: year
    window: {start: 2003, end: 2019}
    members: [exercises, summits]
    rows:
      quarterly: {members: [exercises], frequency: quarter}
rows:
  other_end: 2019
  concurrent_step: 2009
  false_step: 2006
  recoded:
    pivot_2013: {juncture: pivot, first_treated: 2013}
leads:
  threat_first: {label: Threat first, outcome: military, leader: rus_un_threat, window: {start: 2003, end: 2019}}
families:
  pools: {over: pool_steps}
"""
CLAIMS = """\
claims:
  - id: exercises_pivot
    section: "3.2"
    stated: true
    juncture: pivot
    dimension: exercises
    kind: effect
    quotes:
      - {place: "3.2 paragraph 1", text: "words"}
    statement: "Exercises step up."
    data: exercises
    rule: "the step is positive"
    check:
      kind: effect
      sign: positive
      members: [{indicator: exercises, model: primary, estimand: step, juncture: pivot}]
  - id: first_2003
    section: "3.2"
    stated: true
    juncture: none
    dimension: exercises
    kind: first
    quotes:
      - {place: "3.2 paragraph 1", text: "words"}
    statement: "The first exercise is in 2003."
    data: joint_exercises/exercises
    rule: "the year of the first row is 2003"
    check: {kind: first, table: joint_exercises/exercises, window: {start: 2003-01-01}}
"""


def make_small_study(folder: Path) -> Path:
    """Return a folder that holds a whole small study, its checksums right."""
    for source in SOURCES:
        shutil.copytree(REPOSITORY / "raw" / source, folder / "raw" / source)
    (folder / "paper").mkdir()
    shutil.copy(REPOSITORY / "paper" / "references.bib", folder / "paper")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    write_checksums(folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where a text stands in a file; fail where it stands nowhere or in several places."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file below a folder with its bytes and modification time."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
