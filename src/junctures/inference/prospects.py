"""What a design could see before any result: errors, size, power, and the jump seen with 80 % power."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from junctures.inference import design, effects, simulate
from junctures.inference.cases import Case
from junctures.inference.variations import Variation

RHOS = (0.0, 0.4, 0.8)


def describe_design(
    main: Variation, entry: Mapping, draws: int, generator, rhos: Sequence[float] = RHOS, mean_step: bool = True
) -> list[dict]:
    """Return a row for each step and the mean step, at each persistence; one with the reason where there is no test.

    Without `mean_step` the steps only.
    The residual sd is the declared scale s (of an index of m members correlated .3, sqrt((1 + .3 (m - 1)) / m)), so
    powers are those of a step of 1 to 4 s. `generator` makes a new random generator of the same seed at each call.
    """
    case, shared = main.case, _shared(main, entry)
    if reason := effects.reason_of(main):
        keys = [(juncture, "step") for juncture in case.junctures] + [(effects.ALL, "mean_step")] * mean_step
        return [shared | {"juncture": j, "estimand": estimand, "reason": reason} for j, estimand in keys]
    steps = design.build(case.time, steps=list(case.steps), season=case.season)
    passed = {"passed": design.passed(case.time, case.steps)}
    mean = design.build(case.time, steps=[], season=case.season, extra=passed)
    columns = [steps.names.index(f"step_{j}") for j in range(len(case.steps))]
    at_each = {j: effects.unit_contrast(steps.names, f"step_{i}") for i, j in enumerate(case.junctures)}
    alike = dict(zip(case.junctures, largest_correlations(steps.X[:, columns]), strict=True))
    over_all = {effects.ALL: effects.unit_contrast(mean.names, "passed")}
    until = dict(zip(case.junctures, case.steps, strict=True)) | {effects.ALL: case.steps[0]}
    rows = []
    for X, contrasts, estimand in ((steps.X, at_each, "step"), (mean.X, over_all, "mean_step"))[: 1 + mean_step]:
        smallest = {name: case.smallest_effect(until[name]) for name in contrasts}
        for row in _characterise(case, X, contrasts, smallest, entry, draws, generator(), rhos):
            at = until[row["juncture"]]
            place = {"estimand": estimand, "correlation": alike.get(row["juncture"], np.nan)}
            rows.append(shared | place | row | _points(case, at))
    return rows


def describe_slope(main: Variation, entry: Mapping, draws: int, generator) -> list[dict]:
    """Return the rows of a change of slope at the one juncture of a case, at each persistence; as `describe_design`.

    Powers are those of a change of 1 to 4 s a period, the jump is one of slope.
    """
    case = main.case
    (juncture,) = case.junctures
    shared = _shared(main, entry) | {"juncture": juncture, "estimand": "slope_change"}
    if reason := effects.reason_of(main):
        return [shared | {"reason": reason}]
    matrix = design.build(case.time, steps=[], ramps=list(case.steps), season=case.season)
    contrasts = {juncture: effects.unit_contrast(matrix.names, "ramp_0")}
    smallest = {juncture: case.smallest_slope}
    rows = _characterise(case, matrix.X, contrasts, smallest, entry, draws, generator())
    return [shared | row | _points(case, case.steps[0]) for row in rows]


def _shared(main: Variation, entry: Mapping) -> dict:
    case = main.case
    return {"indicator": entry["id"], "model": main.model, "frequency": case.frequency, "n": len(case.y)}


def _characterise(
    case: Case, X, contrasts: Mapping, smallest: Mapping, entry: Mapping, draws: int, rng, rhos: Sequence[float] = RHOS
) -> list[dict]:
    """Return what `simulate.characteristics` finds, with each smallest effect (tested scale) and the jump in it."""
    unit = entry.get("residual_unit", case.unit)
    relative = {name: value / unit for name, value in smallest.items()}
    rows = []
    for row in simulate.characteristics(
        case.time, X, contrasts, case.noise, rhos=rhos, smallest=relative, draws=draws, rng=rng
    ):
        name = row.pop("contrast")
        jump = row["jump_80"] * unit / smallest[name]
        rows.append(row | {"juncture": name, "smallest_effect": smallest[name], "jump_80_smallest": jump, "reason": ""})
    return rows


def _points(case: Case, at: int) -> dict[str, int]:
    return {"points_before": int(np.sum(case.time < at)), "points_after": int(np.sum(case.time >= at))}


def largest_correlations(columns: np.ndarray) -> list[float]:
    """Return the largest absolute correlation of each column of (n, m) with another; NaN where there is no other."""
    m = columns.shape[1]
    if m == 1:
        return [float("nan")]
    between = np.abs(np.corrcoef(columns.T))
    np.fill_diagonal(between, 0.0)
    return [float(value) for value in between.max(axis=1)]


def blind(case: Case) -> Case:
    """Return a case that keeps which periods are observed and, of its values, only the mean before the first juncture.

    A count's smallest effect needs that mean; with it in every period, no number of a design hangs on what came after.
    """
    before = case.rate()[case.time < case.steps[0]]
    level = float(np.mean(before)) if len(before) else 0.0
    values = np.full(len(case.time), level)
    # Any values that vary will do for a design, which uses only their places in time.
    y = np.arange(len(case.time), dtype=float)
    return replace(case, y=y, value=values, exposure=np.full(len(values), np.nan))
