"""A very small study with its own copy of the code, and what Snakemake does to it or would do."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from junctures.study.check import write_checksums

REPOSITORY = Path(__file__).parents[2]
SOURCES = ("joint_exercises", "leader_summits")
CODE = ("Snakefile", "profiles", "requirements.lock", "src", "workflow")
CONFIG = """\
study:
  id: tiny
  title: "A tiny study"
  article: kwon_jeh_lee_2022
  window: {start: 2000, end: 2021}
  seed: 1
  simulations: {power: 20, date_rank: 19, breaks: 19, calibration: 20, studies: 4, curve: 19}
  version: "0.1"
junctures:
  - {id: pivot, label: Pivot, date: 2012-01-05}
  - {id: ukraine, label: Ukraine, date: 2014-03-18}
  - {id: thaad, label: THAAD, date: 2016-07-08}
concurrent_events:
  - {id: crisis, label: Crisis, start: 2008-09, end: 2009-12, shaded: true}
dimensions:
  exercises: Exercises
  political: Political alignment
indicators:
  exercises:
    {label: Joint exercises, dimension: exercises, table: joint_exercises/exercises, where: {category: core},
     measure: {kind: count}, frequency: year, earliest: 2003, scale: sqrt,
     declared_scale: {value: 0.5, derivation: count}}
  summits:
    {label: Summits, dimension: political, table: leader_summits/summits, where: {in_person: "1"},
     measure: {kind: count}, frequency: year, earliest: 2000, latest: 2019, scale: sqrt,
     declared_scale: {value: 0.5, derivation: count}}
pools:
  military:
    label: Cooperation
    frequency: year
    window: {start: 2003, end: 2019}
    members: [exercises, summits]
leads:
  summits_first: {label: Summits first, outcome: exercises, leader: summits, window: {start: 2003, end: 2019}}
families:
  pools: {over: pool_steps}
  effects: {over: effect_claims}
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
    rule: "the year of the first row with category core is 2003"
    check:
      kind: first
      parts:
        - {id: year, text: "the first is in 2003", table: joint_exercises/exercises, time: start_date, label: name,
           where: {category: core}, expect: {start_date: {from: "2003", to: "2003"}}, complete: true}
"""
NOTEBOOK = '# %%\nfrom junctures.numbers import read_csv\n\nlen(read_csv("../processed/results/claims.csv"))\n'
README = "".join(f"<!-- begin: {part} -->\n<!-- end: {part} -->\n" for part in ("summary", "findings", "crosswalk"))


def make_data(folder: Path) -> Path:
    """Return a folder that holds a whole tiny study without code."""
    for source in SOURCES:
        shutil.copytree(REPOSITORY / "raw" / source, folder / "raw" / source)
    for name in ("paper/references.bib", "CITATION.cff"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
    texts = {"config.yaml": CONFIG, "claims.yaml": CLAIMS, "notebooks/01_findings.py": NOTEBOOK, "README.md": README}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_checksums(folder)
    return folder


def add_code(folder: Path) -> Path:
    """Return the folder after copying the code into it."""
    for name in CODE:
        origin = REPOSITORY / name
        if origin.is_dir():
            shutil.copytree(origin, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(origin, folder / name)
    return folder


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace the first place where a text stands in a file of the study."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {name}"
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@dataclass(frozen=True)
class Told:
    """What a run of Snakemake said, and its exit code."""

    code: int
    text: str


def snakemake(folder: Path, *arguments: str, code: Path | None = None) -> Told:
    """Return what Snakemake says when it is run on a study with the code of a folder, the study's own by default."""
    code = code or folder
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    if code != folder:
        command += ["--snakefile", str(code / "Snakefile"), "--directory", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(code / "src"), "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    return Told(run.returncode, run.stdout + run.stderr)


def build(folder: Path, *targets: str, code: Path | None = None) -> Told:
    """Return what a run said that must succeed."""
    told = snakemake(folder, *targets, code=code)
    assert told.code == 0, told.text
    return told


def pending_outputs(folder: Path) -> dict[str, str]:
    """Return the outputs that a run would make anew, each with its rule, from Snakemake's summary of all outputs."""
    rows = [line.split("\t") for line in build(folder, "--summary").text.splitlines()]
    head = next(row for row in rows if row[0] == "output_file")
    plan, rule = head.index("plan"), head.index("rule")
    return {row[0]: row[rule] for row in rows if len(row) == len(head) and row[plan] == "update pending"}


def pending(folder: Path) -> set[str]:
    """Return the jobs that a run would do, as rule and id."""
    return {job(rule, output) for output, rule in pending_outputs(folder).items()}


def job(rule: str, output: str) -> str:
    """Return a job's name: its rule and, where a rule has several jobs, the indicator, pool, lead that it is for."""
    several = ("build_series", "test_indicator", "test_pool", "test_leads")
    kind = next((each for each in several if rule.startswith(each)), None)
    return f"{kind} {Path(output).stem.removesuffix('_rows')}" if kind else rule


def outputs(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every committed output of a study but slices and digests, with its bytes and modification time."""
    kinds = ("processed/series", "processed/results", "figures", "tables", "README.md", "notebooks", "processed/meta")
    found = [path for kind in kinds for path in (folder / kind, *(folder / kind).rglob("*")) if path.is_file()]
    skip = {"slices", "code"}
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in found
        if path.parent.name not in skip and path.name not in ("check.json", "study.json")
    }
