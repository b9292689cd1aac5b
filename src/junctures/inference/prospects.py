"""What a design could see before any result: errors, size, power, and the jump seen with 80 % power."""

from collections.abc import Mapping

import numpy as np

from junctures.inference import design, effects, simulate
from junctures.inference.cases import Case
from junctures.inference.variations import Variation

RHOS = (0.0, 0.4, 0.8)


def describe_design(case: Case, model: str, entry: Mapping, draws: int, generator) -> list[dict]:
    """Return a row for each step and the mean step, at each persistence; one with the reason where there is no test.

    The residual sd is the declared scale s (of an index of m members correlated .3, sqrt((1 + .3 (m - 1)) / m)), so
    powers are those of a step of 1 to 4 s. `generator` makes a new random generator of the same seed at each call.
    """
    shared = {"indicator": entry["id"], "model": model, "frequency": case.frequency, "n": len(case.y)}
    if reason := effects.reason_of(Variation(model, case)):
        keys = [(juncture, "step") for juncture in case.junctures] + [(effects.ALL, "mean_step")]
        return [shared | {"juncture": j, "estimand": estimand, "reason": reason} for j, estimand in keys]
    steps = design.build(case.time, steps=list(case.steps), season=case.season)
    passed = {"passed": design.passed(case.time, case.steps)}
    mean = design.build(case.time, steps=[], season=case.season, extra=passed)
    columns = [steps.names.index(f"step_{j}") for j in range(len(case.steps))]
    at_each = {j: effects.unit_contrast(steps.names, f"step_{i}") for i, j in enumerate(case.junctures)}
    alike = dict(zip(case.junctures, largest_correlations(steps.X[:, columns]), strict=True))
    over_all = {effects.ALL: effects.unit_contrast(mean.names, "passed")}
    unit = entry.get("residual_unit", case.unit)
    until = dict(zip(case.junctures, case.steps, strict=True)) | {effects.ALL: case.steps[0]}
    rows = []
    for X, contrasts, estimand in ((steps.X, at_each, "step"), (mean.X, over_all, "mean_step")):
        smallest = {name: case.smallest_effect(until[name]) for name in contrasts}
        relative = {name: value / unit for name, value in smallest.items()}
        for row in simulate.characteristics(
            case.time, X, contrasts, case.noise, rhos=RHOS, smallest=relative, draws=draws, rng=generator()
        ):
            name = row.pop("contrast")
            place = {"juncture": name, "estimand": estimand, "smallest_effect": smallest[name], "reason": ""}
            place |= {
                "correlation": alike.get(name, np.nan),
                "jump_80_smallest": row["jump_80"] * unit / smallest[name],
            }
            place |= {"points_before": int(np.sum(case.time < until[name]))}
            place |= {"points_after": int(np.sum(case.time >= until[name]))}
            rows.append(shared | place | row)
    return rows


def largest_correlations(columns: np.ndarray) -> list[float]:
    """Return the largest absolute correlation of each column of (n, m) with another; NaN where there is no other."""
    m = columns.shape[1]
    if m == 1:
        return [float("nan")]
    between = np.abs(np.corrcoef(columns.T))
    np.fill_diagonal(between, 0.0)
    return [float(value) for value in between.max(axis=1)]
