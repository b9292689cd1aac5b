"""The accompanying rows: every other defensible way to fit a case, declared as changes of the case or of its design."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from junctures.inference.cases import Case, positions, years

MAIN_MINIMUM = (3, 2, 3)  # points before the first step, between steps, after the last
LOOSE_MINIMUM = (1, 1, 1)  # leaving a year out is fitted wherever it is estimable
TRANSITIONS = {"year": (1,), "quarter": (2, 4), "month": (6, 12)}
OTHER_SCALE = {"sqrt": "level", "arcsine_sqrt": "level", "log": "sqrt"}


@dataclass(frozen=True)
class Variation:
    """One row's name, its case, and what differs in design or estimator; `reason` says why there is no estimate.

    `cumulative` asks for the gap to each counterfactual added up over the periods that its juncture treats.
    """

    model: str
    case: Case
    estimator: str = "primary"
    minimum: tuple[int, int, int] = MAIN_MINIMUM
    trend: int = 1
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    variance_ratio: bool = False
    cumulative: bool = False
    reason: str = ""


def main(model: str, case: Case) -> Variation:
    """Return a case's model with steps only; its gaps are added up where no model with ramps does it."""
    return Variation(model, case, cumulative=case.frequency == "year")


def left_out(case: Case) -> Iterator[Variation]:
    """Yield the case with each calendar year left out in turn."""
    for year in years(case):
        first, last = positions(case, year)
        kept = case.keep((case.time < first) | (case.time > last))
        yield Variation(f"without_{year}", kept, minimum=LOOSE_MINIMUM)


def estimators(case: Case) -> Iterator[Variation]:
    """Yield the case under the other estimators; quasi-Poisson for counts only, pure AR(1) where noise is primary."""
    for name in ("ols", "reml", "ols_hac"):
        yield Variation(name, case, estimator=name)
    if case.noise:
        yield Variation("ar1_pure", replace(case, noise=False))
    if case.counts:
        yield Variation("quasi_poisson", case, estimator="quasi_poisson")


def windows(case: Case, full: Case, other_end: int | None) -> Iterator[Variation]:
    """Yield other starts (2 years later, 5 earlier) and the other end, if any; `full` holds the source's periods."""
    start, end, year = int(case.time[0]), int(case.time[-1]), case.per_year
    yield Variation("start_later", case.between(start=start + 2 * year))
    earlier = start - 5 * year
    reason = "" if full.time[0] <= earlier else "the source does not reach five years further back"
    yield Variation("start_earlier", full.between(earlier, end), reason=reason)
    if other_end is not None:
        last = positions(case, other_end)[1]
        reason = "" if end > last else f"the window ends by {other_end}"
        yield Variation(f"end_{other_end}", case.between(end=last), reason=reason)


def slopes(name: str, case: Case, full: Case, j: int, rule: Mapping) -> list[Variation]:
    """Return the model of a change of slope at juncture j, then its Robust rows; `rule` is the config's block.

    The window runs from the rule's start (or the series') to some years after the next juncture. The rows: OLS, REML,
    other starts and ends, each year of the main window left out. `full` holds all periods of the source.
    """
    year = case.per_year
    alone = replace(full, junctures=(case.junctures[j],), steps=(case.steps[j],))
    start = max(rule["start"] * year, int(case.time[0]))
    if j + 1 == len(case.steps):
        return [Variation(name, alone.between(start), reason="no later juncture by which the window could end")]
    end = case.steps[j + 1] + rule["years_after_next"] * year
    main = alone.between(start, end)
    rows = [Variation(name, main)]
    rows += [Variation(f"{name}_{estimator}", main, estimator=estimator) for estimator in ("ols", "reml")]
    for first in rule["other_starts"]:
        reason = "" if full.time[0] <= first * year else f"the source does not reach back to {first}"
        rows.append(Variation(f"{name}_start_{first}", alone.between(first * year, end), reason=reason))
    for last in rule["other_ends"]:
        final = positions(case, last)[1]
        reason = "" if full.time[-1] > final - year else f"the series ends before {last}"
        rows.append(Variation(f"{name}_end_{last}", alone.between(start, final), reason=reason))
    return rows + [replace(v, model=f"{name}_{v.model}") for v in left_out(main)]


def moved_dates(case: Case, alternatives: Mapping[str, tuple[str, int]]) -> Iterator[Variation]:
    """Yield each juncture one period either way and at its alternative dates, one juncture at a time.

    `alternatives` maps a row name to the juncture and the position that the alternative date first treats.
    """
    moves = {}
    for juncture, step in zip(case.junctures, case.steps, strict=True):
        moves[f"{juncture}_earlier"] = (juncture, step - 1)
        moves[f"{juncture}_later"] = (juncture, step + 1)
    for name, (juncture, step) in (moves | dict(alternatives)).items():
        index = case.junctures.index(juncture)
        reason = "same period" if step == case.steps[index] else ""
        moved = replace(case, steps=(*case.steps[:index], step, *case.steps[index + 1 :]))
        yield Variation(name, moved, reason=reason)


def transitions(case: Case) -> Iterator[Variation]:
    """Yield the case without the first periods after each juncture (1 year; 2, 4 quarters; 6, 12 months)."""
    for length in TRANSITIONS[case.frequency]:
        kept = np.ones(len(case.time), bool)
        for step in case.steps:
            kept &= (case.time < step) | (case.time >= step + length)
        yield Variation(f"transition_{length}", case.keep(kept))


def rescaled(case: Case) -> Iterator[Variation]:
    """Yield the case on its other scale: level for square roots and shares, square root for logs."""
    if (other := OTHER_SCALE.get(case.scale)) is not None and not np.isnan(case.value).all():
        y = case.rate() if other == "level" else np.sqrt(case.rate())
        yield Variation("other_scale", replace(case, y=-y if case.reverse else y, scale=other))


def designs(case: Case, concurrent_step: int | None) -> Iterator[Variation]:
    """Yield the case with a step in a year of crisis, if any, and with a variance ratio after the first juncture."""
    if concurrent_step is not None:
        column = (case.time >= positions(case, concurrent_step)[0]).astype(float)
        reason = "" if 0 < column.sum() < len(column) else f"the window does not hold {concurrent_step}"
        yield Variation(f"step_{concurrent_step}", case, extra={f"step_{concurrent_step}": column}, reason=reason)
    yield Variation("variance_ratio", case, variance_ratio=True)


def false_step(case: Case, year: int) -> Variation:
    """Return the pre-trend check: one step in a given year on the periods before the first juncture."""
    before = case.between(end=case.steps[0] - 1)
    return Variation(f"false_step_{year}", replace(before, junctures=("all",), steps=(positions(case, year)[0],)))


def recode(case: Case, name: str, juncture: str, first_treated: int) -> Variation:
    """Return the case with another first treated year of one juncture."""
    index = case.junctures.index(juncture)
    steps = (*case.steps[:index], positions(case, first_treated)[0], *case.steps[index + 1 :])
    return Variation(name, replace(case, steps=steps), reason="same period" if steps == case.steps else "")


def robust_rows(case: Case, full: Case, other_end: int | None) -> Iterator[Variation]:
    """Yield the rows that Robust asks for: OLS, REML, other starts, other end, each year left out."""
    yield from (v for v in estimators(case) if v.estimator in ("ols", "reml"))
    yield from windows(case, full, other_end)
    yield from left_out(case)


def all_rows(case: Case, full: Case, alternatives: Mapping[str, tuple[str, int]], rows: Mapping) -> Iterator[Variation]:
    """Yield every accompanying row of a case; `rows` is the config's block of that name."""
    yield from estimators(case)
    yield from windows(case, full, rows["other_end"])
    yield from left_out(case)
    yield from moved_dates(case, alternatives)
    yield from transitions(case)
    yield from rescaled(case)
    yield from designs(case, rows["concurrent_step"])
    if case.frequency == "year":
        for name, entry in rows["recoded"].items():
            yield recode(case, name, entry["juncture"], entry["first_treated"])
