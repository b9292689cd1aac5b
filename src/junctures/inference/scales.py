"""Declared scales: the unit s in which effects on an indicator are compared, from anything but the residuals tested.

Scaling an index by its own residual sd rejects a true null in 5 to 11 per cent (docs/method.md, "Declared scale").
"""

import numpy as np
import pandas as pd

from junctures.inference import design
from junctures.inference.peers import against_the_rest
from junctures.study.periods import PER_YEAR, first_period, first_treated, from_index, to_index
from junctures.study.schema import Indicator, Study

COUNT = 0.5  # sd of the square root of a Poisson count, whatever its mean
LEAST_OBSERVED = 2 / 3  # share of the indicator's observed periods that a control series must have


def from_exposure(exposure: np.ndarray) -> float:
    """Return the scale of a rate of counts on the square-root scale: .5 / sqrt(median exposure); exposures (n,)."""
    return COUNT / float(np.sqrt(np.nanmedian(exposure)))


def from_differences(y: np.ndarray, time: np.ndarray, before: int) -> float:
    """Return the sd of differences of consecutive observations before a position in time, over sqrt 2.

    y (n,) with NaN for gaps, `time` (n,) positions. Raises ValueError with fewer than three differences.
    """
    known = ~np.isnan(y) & (time < before)
    steps = np.diff(y[known])[np.diff(time[known]) == 1]
    if len(steps) < 3:
        raise ValueError(
            f"{len(steps)} differences of consecutive observations before the first juncture: too few for a scale; "
            "name a control, or start the series earlier"
        )
    return float(np.std(steps, ddof=1) / np.sqrt(2))


def residual_sd(y: np.ndarray, X: np.ndarray) -> float:
    """Return the OLS residual sd of y (n,) around X (n, k), with n - rank degrees of freedom; NaN in y is a gap."""
    known = ~np.isnan(y)
    coefficients, _, rank, _ = np.linalg.lstsq(X[known], y[known], rcond=None)
    residuals = y[known] - X[known] @ coefficients
    return float(np.sqrt(residuals @ residuals / (known.sum() - rank)))


def from_controls(controls: np.ndarray, X: np.ndarray) -> float:
    """Return the median over control series (n, m) of the OLS residual sd of each around the design X (n, k)."""
    return float(np.median([residual_sd(column, X) for column in controls.T]))


def declared_scale(series: pd.DataFrame, indicator: Indicator, study: Study) -> float:
    """Return the scale s of an indicator by the derivation that its entry in the config declares.

    `series` is its regular series with every partner observed in at least two thirds of its periods (`build_series`
    with `partners_from=LEAST_OBSERVED`). The window is the study's, at the declared frequency, of the main vintage.
    Members of a pool that is taken against controls are scaled by their partners, each less the median of the rest.
    Raises ValueError where the derivation finds too little (docs/method.md, "Declared scale").
    """
    derivation = indicator.declared_scale.derivation
    if derivation == "count":
        return COUNT
    frequency = indicator.frequency
    vintage = indicator.vintages.main if indicator.vintages else ""
    start = to_index(first_period(study.study.window.start, frequency))
    chosen = series[(series["frequency"] == frequency) & (series["vintage"] == vintage)]
    chosen = chosen[[to_index(period) >= start for period in chosen["period"]]]
    main = chosen[chosen["role"] == "main"]
    time = np.array([to_index(period) for period in main["period"]])
    y = main["y"].to_numpy(dtype=float)
    month = indicator.observed_month if frequency == "year" else None
    steps = [to_index(first_treated(juncture.date, frequency, month)) for juncture in study.junctures]
    if derivation == "exposure":
        return from_exposure(main["exposure"].to_numpy(dtype=float)[~np.isnan(y)])
    if derivation == "differences":
        return from_differences(y, time, steps[0])
    role = "control" if indicator.control.replace else "partner"
    wide = chosen[chosen["role"] == role].pivot(index="period", columns="unit", values="y")
    controls = wide.reindex([from_index(i, frequency) for i in time]).to_numpy(dtype=float)
    known = ~np.isnan(y)
    enough = (~np.isnan(controls[known])).mean(axis=0) >= LEAST_OBSERVED
    if not enough.any():
        raise ValueError(
            f"{indicator.id}: no control is observed in two thirds of its periods, so none can give the scale; "
            "declare the derivation 'differences'"
        )
    controls = controls[:, enough]
    if enters_as_difference(indicator.id, study):
        controls = against_the_rest(controls)
    season = None if frequency == "year" else PER_YEAR[frequency]
    return from_controls(controls[known], design.build(time[known], steps=steps, season=season).X)


def enters_as_difference(indicator: str, study: Study) -> bool:
    """Return whether a pool takes an indicator as its difference to the partners, in itself or in one of its rows."""
    for pool in study.pools.values():
        rows = [each for row in pool.rows.values() for each in (*row.members, *row.add, *row.replace.values())]
        if pool.against_controls and indicator in (*pool.members, *rows):
            return True
    return False
