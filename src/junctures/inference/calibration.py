"""How often the very procedure used rejects, on a design of the study: with no effect, with one, and when misled."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from junctures.inference import dates, design, effects
from junctures.inference.batches import Key, estimate_many, step_parts
from junctures.inference.cases import Case, candidate_dates, untestable
from junctures.inference.simulate import OWN, TRUTHS, Points
from junctures.inference.variations import Variation

LEVEL = 0.05
EFFECTS = (1, 2, 3, 4)  # true steps in residual sd, at every juncture
EARLY = 3  # years before the first juncture at which the misleading step and ramp begin, where the config names none


@dataclass(frozen=True)
class Draws:
    """How many series are simulated a truth: for steps, for the rank of dates, and null series a knot of that rank."""

    steps: int
    ranks: int
    null_ranks: int


def points_of(case: Case, rho: float, share: float, early_year: int | None) -> Points:
    """Return where and how series like those of a case are simulated."""
    early = case.steps[0] // case.per_year - EARLY if early_year is None else early_year
    return Points(case.time, case.per_year, case.steps, early, rho, share)


def calibrate(
    case: Case,
    grids: effects.Grids,
    at: Points,
    draws: Draws,
    generator: Callable[[str], np.random.Generator],
    ranked: bool = False,
    truths: Iterable[str] = tuple(TRUTHS),
) -> list[dict]:
    """Return rates of rejection at 5 % of each step, the mean step, the staged rise and, if `ranked`, the date rank.

    One row a truth, true effect (in residual sd, at every juncture; 0 but for the study's own errors) and estimand:
    `rate`, its Monte-Carlo standard error `error`, and the number of series. Steps and mean step are two-sided without
    an effect; with one, and in the staged rise, only rises count. `generator` makes a generator from a truth's name.
    A case that cannot be tested gives no rows.
    """
    variation = Variation("primary", case)
    if untestable(case) or effects.reason_of(variation):
        return []
    parts, truths = step_parts(variation), tuple(truths)
    rows = []
    for truth in truths:
        Y = TRUTHS[truth](at, draws.steps, generator(truth))
        found = estimate_many(variation, parts, Y, grids)
        every = np.arange(len(Y))
        rows += _rates(truth, 0, {key: each.positive(0.0, every) for key, each in found.items()})
        for effect in EFFECTS if truth == OWN else ():
            rows += _rates(truth, effect, {key: each.positive(effect, every) for key, each in found.items()})
    return [*rows, *_rank_rates(case, at, truths, draws, generator)] if ranked else rows


def _rates(truth: str, effect: int, positive: Mapping[Key, np.ndarray]) -> list[dict]:
    rows = []
    for key, above in positive.items():
        rise = above >= 1 - LEVEL / 2
        rows.append(_row(truth, effect, key, rise if effect else rise | (above <= LEVEL / 2)))
    steps = [above for (_, estimand), above in positive.items() if estimand == "step"]
    if len(steps) > 1:
        rows.append(_row(truth, effect, (effects.ALL, "staged"), np.min(steps, axis=0) >= 1 - LEVEL))
    return rows


def _rank_rates(case: Case, at: Points, truths: Iterable[str], draws: Draws, generator) -> Iterator[dict]:
    """Yield the rates of the date rank; blind to sign, it is asked with steps of 2 and 4 sd too.

    All truths share the null series, whose ranks hang on the persistence alone.
    """
    base = design.build(case.time, steps=[], season=case.season).X
    passed = design.passed(case.time, case.steps)
    cells = [(truth, effect) for truth in truths for effect in ((0, 2, 4) if truth == OWN else (0,))]
    Y = np.concatenate(
        [
            TRUTHS[truth](at, draws.ranks, generator(f"{truth}_ranks_{effect}")) + effect * passed
            for truth, effect in cells
        ]
    )
    candidates = np.union1d(candidate_dates(case), case.steps)
    p = dates.rank_p_values(Y, base, case.time, candidates, case.steps, draws.null_ranks, generator("null_ranks"))
    for (truth, effect), each in zip(cells, np.split(p, len(cells)), strict=True):
        yield _row(truth, effect, (effects.ALL, "date_rank"), each <= LEVEL)


def _row(truth: str, effect: int, key: Key, rejected: np.ndarray) -> dict:
    rate = float(np.mean(rejected))
    error = float(np.sqrt(rate * (1 - rate) / len(rejected)))
    place = {"juncture": key[0], "estimand": key[1]}
    return {"truth": truth, "effect": effect, **place, "draws": len(rejected), "rate": rate, "error": error}
