"""Specification curve: where the estimates of all defensible ways of fitting lie, and how often chance does as much.

Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4: 1208-1214; the null is simulated, not permuted, since
the points of a series cannot change places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from junctures.inference import effects, variations
from junctures.inference.batches import Key, estimate_many, step_parts
from junctures.inference.indicator import Setting
from junctures.inference.replay import Unit
from junctures.inference.variations import Variation

# Another scale has no common unit; ordinary least squares are in the curve once, whatever their errors.
LEFT_OUT = ("ols_hac", "quasi_poisson", "other_scale")


@dataclass(frozen=True)
class Curve:
    """The curve of one estimate: its rows, the share of them with the claimed sign, their median, and p by simulation.

    `p_share` and `p_median` are the shares of null series whose rows agree at least as much, or whose median lies at
    least as far in the claimed direction; `p_joint` that whose smaller of the two is at least as small. `estimates`
    holds (name of the row, estimate), the main one first.
    """

    share: float
    median: float
    p_share: float
    p_median: float
    p_joint: float
    draws: int
    estimates: Sequence[tuple[str, float]]


def curve_rows(unit: Unit, setting: Setting) -> list[Variation]:
    """Return the rows of a unit's curve: its main model and every accompanying row that has an estimate in its units.

    A model with Robust rows of its own (a slope, a recoded year) has those; a pool's rows with other members are left
    out, since a null index cannot have other members.
    """
    rows = list(unit.beside)
    if unit.quadratic:
        case = unit.main.case
        alternatives = setting.alternatives(case.frequency, unit.observed_month)
        rows = list(variations.all_rows(case, unit.full, alternatives, setting.rows))
        rows.append(replace(unit.main, model="quadratic", trend=2))
    kept = [row for row in rows if not row.model.endswith(LEFT_OUT)]
    return [unit.main, *(row for row in kept if unit.reason(row) is None)]


def specification_curves(
    unit: Unit, rows: Iterable[Variation], keys: Iterable[Key], sign: int, null: np.ndarray, grids: effects.Grids
) -> dict[Key, Curve]:
    """Return the curve of each estimate of a unit; `null` (draws, n) holds series without any effect.

    `null` lies at the points of `unit.full`, in its units; trend and season need not be added, since every row has
    them. `sign` is the claimed direction.
    """
    time = unit.full.time
    everything = np.vstack([unit.full.y, null])
    found: dict[Key, list[np.ndarray]] = {key: [] for key in keys}
    names: dict[Key, list[str]] = {key: [] for key in found}
    for row in rows:
        parts = step_parts(row) if unit.quadratic else unit.parts(row)
        Y = everything[:, np.searchsorted(time, row.case.time)]
        estimates = estimate_many(row, parts, Y, grids)
        for key in found:
            if key in estimates:
                found[key].append(estimates[key].estimate)
                names[key].append(row.model)
    return {key: _curve(np.array(each), names[key], sign) for key, each in found.items() if each}


def _curve(estimates: np.ndarray, names: Sequence[str], sign: int) -> Curve:
    """Return the curve of estimates (rows, 1 + draws), the first of them the real one."""
    share = np.mean(sign * estimates > 0, axis=0)
    median = sign * np.median(estimates, axis=0)
    p_share, p_median = _p_values(share), _p_values(median)
    joint = _p_values(-np.minimum(p_share, p_median))
    return Curve(
        share=float(share[0]),
        median=float(sign * median[0]),
        p_share=float(p_share[0]),
        p_median=float(p_median[0]),
        p_joint=float(joint[0]),
        draws=estimates.shape[1] - 1,
        estimates=[(name, float(value)) for name, value in zip(names, estimates[:, 0], strict=True)],
    )


def _p_values(statistic: np.ndarray) -> np.ndarray:
    """Return the share (m,) of all series, itself among them, whose statistic is at least as large as each one's."""
    ordered = np.sort(statistic)
    return (len(statistic) - np.searchsorted(ordered, statistic, side="left")) / len(statistic)
