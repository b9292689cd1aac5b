"""Many series through one way of fitting at once: what calibration, the replayed rules and the curve rest on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from junctures.inference import alternatives, design, effects, primary
from junctures.inference.variations import Variation

Key = tuple[str, str]  # juncture, estimand


@dataclass(frozen=True)
class Part:
    """One design of a variation, and which of its columns is the estimate of which key."""

    matrix: design.Design
    columns: dict[Key, str]


@dataclass(frozen=True)
class Estimates:
    """One estimand of N series: point estimates (N,) and, of the primary procedure, their posterior."""

    estimate: np.ndarray
    posterior: primary.BatchPosterior | None = None
    contrast: np.ndarray | None = None

    def positive(self, shift: float, rows: np.ndarray) -> np.ndarray:
        """Return P(b > 0) of the series in `rows` after a true effect of `shift`; NaN beside other estimators.

        A true effect moves the estimate and leaves residuals and weights as they are.
        """
        if self.posterior is None:
            return np.full(len(self.estimate[rows]), np.nan)
        return self.posterior.take(rows).above(self.contrast, -shift)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the 95 % bounds (N,) each of the primary procedure without a true effect."""
        summary = self.posterior.summarise(self.contrast, interval=True)
        return summary.lower, summary.upper


def step_parts(variation: Variation) -> list[Part]:
    """Return the designs of steps and of the mean step."""
    case = variation.case
    steps = {(juncture, "step"): f"step_{j}" for j, juncture in enumerate(case.junctures)}
    parts = [Part(effects.step_design(variation), steps)]
    if case.junctures != (effects.ALL,):
        parts.append(Part(effects.mean_design(variation), {(effects.ALL, "mean_step"): "passed"}))
    return parts


def slope_parts(variation: Variation) -> list[Part]:
    """Return the design of a slope that changes at the one juncture of the case."""
    case = variation.case
    matrix = design.build(case.time, steps=[], ramps=list(case.steps), season=case.season)
    return [Part(matrix, {(case.junctures[0], "slope_change"): "ramp_0"})]


def estimate_many(
    variation: Variation, parts: Iterable[Part], Y: np.ndarray, grids: effects.Grids
) -> dict[Key, Estimates]:
    """Return the estimates of N series Y (N, n) by a variation's estimator, at its case's own points in time.

    Equal, series by series, to what `effects.estimate` gives. Raises ValueError for an estimator of counts.
    """
    case, found = variation.case, {}
    for part in parts:
        X, names = part.matrix.X, part.matrix.names
        contrasts = {key: effects.unit_contrast(names, column) for key, column in part.columns.items()}
        if variation.estimator == "primary":
            posterior = grids.grid(case, variation.variance_ratio).fit_batch(Y, X)
            for key, contrast in contrasts.items():
                found[key] = Estimates(posterior.mean(contrast), posterior, contrast)
            continue
        coefficients = _coefficients(variation.estimator, Y, X, case.time)
        found |= {key: Estimates(coefficients @ contrast) for key, contrast in contrasts.items()}
    return found


def _coefficients(estimator: str, Y: np.ndarray, X: np.ndarray, time: np.ndarray) -> np.ndarray:
    if estimator in ("ols", "ols_hac"):
        return np.linalg.lstsq(X, Y.T)[0].T
    if estimator == "reml":
        return alternatives.reml_coefficients(Y, X, time)
    raise ValueError(
        f"estimator {estimator}: it needs counts, and these series are simulated on the tested scale; leave it out"
    )
