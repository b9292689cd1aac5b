"""A generated study of many dyads by month, whose true effects are known, and the count of what the tests say of it.

As written here the first n dyads are the same in every size of study: each draws from a generator of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from junctures.inference.families import adjust
from junctures.inference.scales import from_differences
from junctures.numbers import format_number, write_text
from junctures.study.check import write_checksums

MONTHS = 240
FIRST_YEAR = 2000
STEP_AT = 120  # months before the juncture
SEED = 20260601
EVERY = 10  # one dyad in ten has a real step
SIZES = (0.5, 1.0, 1.5, 2.0)  # of a real step, in standard deviations of the dyad's noise
PERSISTENCE = (0.0, 0.3, 0.6)  # first-order autocorrelation of the noise
PER_TABLE = 50  # dyads in one raw table
LEVEL = 0.05

STUDY = """\
# A generated study: {n} dyads by {months} months, {real} of them with a step. Made by benchmarks/reliability/large.py.
study:
  id: generated
  title: "Generated dyads with known steps"
  window: {{start: {first}, end: {last}}}
  seed: {seed}
  # Accompanying draws are as few as the config allows: what is counted here is the primary procedure.
  simulations: {{power: 1, date_rank: 1, breaks: 1, calibration: 1, studies: 1, curve: 1}}
  indicators_per_job: {per_job}
  version: "1.0.0"

junctures:
  - {{id: rupture, label: Rupture, date: {juncture}-01}}

dimensions:
  score: Score of the dyad

indicators:
"""
INDICATOR = """\
  {id}:
    {{label: Dyad {number}, dimension: score, table: panel/block_{block:04d}, where: {{dyad: {id}}},
     measure: {{kind: value, columns: [score]}}, frequency: month, earliest: {first}, scale: level,
     declared_scale: {{value: {scale:.3g}, derivation: differences}}}}
"""
SOURCE = """\
id: panel
title: Generated monthly scores of {n} dyads
producer: benchmarks/reliability/large.py
method: Trend, season, first-order autoregressive noise of standard deviation 1 and, in one dyad of {every}, a step.
licence: CC0-1.0
citation: [Generated data; no source.]
tables:
"""
TABLE = """\
  block_{block:04d}:
    unit: one row per dyad and month
    key: [dyad, month]
    time: month
    coverage: ['{first}', '{last}']
    columns:
      dyad: {{type: string, meaning: The dyad.}}
      month: {{type: month, meaning: Month of the score.}}
      score: {{type: number, unit: standard deviations of the noise, meaning: The score., range: [-100, 100]}}
"""
ENDING = """\
limitations:
- No dyad of the world is in it.
date_accessed: '2026-06-01'
"""


@dataclass(frozen=True)
class Dyad:
    """One dyad's truth: its step (0 where there is none), the persistence of its noise, and its scores (240,)."""

    number: int
    step: float
    persistence: float
    scores: np.ndarray

    @property
    def id(self) -> str:
        return f"d{self.number:07d}"


def make_dyad(number: int) -> Dyad:
    """Return a dyad; sizes and persistence of the real steps are crossed, signs and series are drawn from its seed."""
    rng = np.random.default_rng([SEED, number])
    real, turn = number % EVERY == 0, number // EVERY
    size = SIZES[turn % len(SIZES)] if real else 0.0
    persistence = PERSISTENCE[(turn // len(SIZES) if real else number) % len(PERSISTENCE)]
    step = size * rng.choice([-1.0, 1.0])
    month = np.arange(MONTHS)
    trend = rng.normal(0, 1) * month / MONTHS
    season = rng.normal(0, 0.5) * np.sin(2 * np.pi * (month + rng.integers(12)) / 12)
    noise = np.empty(MONTHS)
    noise[0] = rng.normal()
    for t, shock in enumerate(rng.normal(0, np.sqrt(1 - persistence**2), MONTHS - 1), 1):
        noise[t] = persistence * noise[t - 1] + shock
    return Dyad(number, step, persistence, (10 + trend + season + noise + step * (month >= STEP_AT)).round(4))


def month_of(position: int) -> str:
    """Return the month at a position, counted from January of the first year."""
    return f"{FIRST_YEAR + position // 12}-{position % 12 + 1:02d}"


def make_study(folder: Path, n: int, per_job: int = PER_TABLE) -> Path:
    """Return the folder after writing a study of n dyads into it, `per_job` of them tested by one job."""
    dyads = [make_dyad(number) for number in range(n)]
    span = {"first": month_of(0), "last": month_of(MONTHS - 1)}
    real = sum(dyad.step != 0 for dyad in dyads)
    juncture = month_of(STEP_AT)
    config = [STUDY.format(n=n, months=MONTHS, real=real, seed=SEED, juncture=juncture, per_job=per_job, **span)]
    source = [SOURCE.format(n=n, every=EVERY)]
    for block, members in enumerate(_blocks(dyads)):
        rows = ["dyad,month,score"]
        for dyad in members:
            rows += [f"{dyad.id},{month_of(t)},{format_number(score)}" for t, score in enumerate(dyad.scores)]
            scale = from_differences(dyad.scores, np.arange(MONTHS), STEP_AT)
            config.append(
                INDICATOR.format(id=dyad.id, number=dyad.number, block=block, scale=scale, first=span["first"])
            )
        write_text("\n".join(rows) + "\n", folder / f"raw/panel/block_{block:04d}.csv")
        source.append(TABLE.format(block=block, **span))
    write_text("".join([*source, ENDING]), folder / "raw/panel/SOURCE.yaml")
    write_text("".join(config), folder / "config.yaml")
    write_text("claims: []\n", folder / "claims.yaml")
    write_checksums(folder)
    return folder


def _blocks(dyads: list[Dyad]) -> Iterator[list[Dyad]]:
    for start in range(0, len(dyads), PER_TABLE):
        yield dyads[start : start + PER_TABLE]


def count_discoveries(effects: pd.DataFrame) -> dict:
    """Return how many real steps were found and how many of the others, by each rule, by size and persistence.

    `effects` are the results of the whole study. The rules: p at most .05 as it stands, p_bh at most .05 (Benjamini
    and Hochberg over all dyads, as the study adjusts them), and Holm's over all dyads. A found step counts as true
    whatever its sign; `wrong_sign` says how many were found on the other side.
    """
    steps = effects[(effects["model"] == "primary") & (effects["estimand"] == "step") & (effects["juncture"] != "all")]
    truth = [make_dyad(int(name[1:])) for name in steps["indicator"]]
    table = pd.DataFrame(
        {
            "step": [dyad.step for dyad in truth],
            "persistence": [dyad.persistence for dyad in truth],
            "estimate": steps["estimate"].to_numpy(float),
            "p": steps["p"].to_numpy(float),
            "holm": adjust(steps["p"].to_numpy(float), "holm"),
            "bh": steps["p_bh"].to_numpy(float),
        }
    )
    if table.isna().to_numpy().any():
        raise ValueError("a dyad has no estimate or no adjusted p: the counts would leave it out; look at its reason")
    real = table["step"] != 0
    return {
        "dyads": len(table),
        "real": int(real.sum()),
        **{rule: _count(table, table[rule] <= LEVEL, real) for rule in ("p", "holm", "bh")},
    }


def _count(table: pd.DataFrame, found: pd.Series, real: pd.Series) -> dict:
    """Return the counts of one rule; each pair is (found, of how many)."""
    sizes, persistence = table["step"].abs(), table["persistence"]
    return {
        "true": int((found & real).sum()),
        "false": int((found & ~real).sum()),
        "wrong_sign": int((found & real & (table["step"] * table["estimate"] < 0)).sum()),
        "false_share_of_found": round(float((found & ~real).sum() / max(found.sum(), 1)), 4),
        "false_share_of_null": round(float((found & ~real).sum() / max((~real).sum(), 1)), 4),
        "found_by_size": {f"{size:g}": _pair(found, sizes == size) for size in SIZES},
        "found_by_size_and_persistence": {
            f"{size:g} at {rho:g}": _pair(found, (sizes == size) & (persistence == rho))
            for size in SIZES
            for rho in PERSISTENCE
        },
        "false_by_persistence": {f"{rho:g}": _pair(found, ~real & (persistence == rho)) for rho in PERSISTENCE},
    }


def _pair(found: pd.Series, among: pd.Series) -> list[int]:
    return [int((found & among).sum()), int(among.sum())]
