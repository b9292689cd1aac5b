"""Simulated series, and what a design can see: size, power and the jump found in four of five samples."""

from collections.abc import Mapping, Sequence

import numpy as np

from junctures.inference.primary import TAIL, Grid

ATTAINABLE_RHO = 0.4  # the persistence at which a verdict must be within reach to be called attainable
ATTAINABLE_SHARE = 0.2  # of the samples without any effect


def ar1(time: np.ndarray, rho: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` AR(1) series (count, n) of marginal variance 1 at the given positions in time.

    Gaps keep their place. Stationary from the first point: the first value is drawn from the marginal distribution.
    """
    return _colour(rng.standard_normal((count, len(time))), np.asarray(time), rho)


def characteristics(
    time: np.ndarray,
    X: np.ndarray,
    contrasts: Mapping[str, np.ndarray],
    noise: bool,
    *,
    rhos: Sequence[float] = (0.0, 0.4, 0.8),
    effects: Sequence[float] = (1, 2, 3, 4),
    smallest: Mapping[str, float],
    draws: int = 1000,
    rng: np.random.Generator,
) -> list[dict]:
    """Return one row for each contrast (k,) and each persistence: what the primary procedure finds on this very design.

    Errors are AR(1) with marginal variance 1, so effects are in residual sd. Keys: contrast, rho, `se_sd` (standard
    error with rho known), `size` (share of samples without an effect that reject at 5 %, either sign), `power_1`..
    (share that find a true effect of that many sd, with its sign), `jump_80` (the effect found in 80 % of samples),
    `ruled_out_share` (share of samples without an effect whose whole interval lies below `smallest`, in residual sd),
    `ruled_out_attainable` ("yes" if that share is at least .2 at rho .4).

    A true effect moves the estimate by itself and leaves residuals and weights as they are, so the interval of a sample
    with effect e is the one without it moved by e, and one set of draws gives every effect exactly.
    Raises ValueError when rhos lacks .4.
    """
    if ATTAINABLE_RHO not in rhos:
        raise ValueError(
            f"rhos {tuple(rhos)} lack {ATTAINABLE_RHO}: whether a verdict is attainable is read there; add it to rhos"
        )
    time, grid = np.asarray(time), Grid(time, noise)
    white = rng.standard_normal((draws, len(time)))
    rows = []
    for rho in rhos:
        posterior = grid.fit_batch(_colour(white, time, rho), X)
        errors = _standard_errors(time, X, contrasts, rho)
        for name, contrast in contrasts.items():
            lower = posterior.lower(contrast)
            row = {"contrast": name, "rho": float(rho), "se_sd": errors[name]}
            row["size"] = float(np.mean(posterior.summarise(contrast).p <= 2 * TAIL))
            row |= {f"power_{effect}": float(np.mean(lower + effect > 0)) for effect in effects}
            row["jump_80"] = float(np.quantile(-lower, 0.8))
            row["ruled_out_share"] = float(np.mean(posterior.above(contrast, smallest[name]) < TAIL))
            rows.append(row)
    attained = {row["contrast"]: row["ruled_out_share"] for row in rows if row["rho"] == ATTAINABLE_RHO}
    for row in rows:
        row["ruled_out_attainable"] = "yes" if attained[row["contrast"]] >= ATTAINABLE_SHARE else "no"
    return rows


def _colour(white: np.ndarray, time: np.ndarray, rho: float) -> np.ndarray:
    decay = float(rho) ** np.diff(time)
    series = white.copy()
    for i in range(1, len(time)):
        series[:, i] = decay[i - 1] * series[:, i - 1] + np.sqrt(1 - decay[i - 1] ** 2) * white[:, i]
    return series


def _standard_errors(time: np.ndarray, X: np.ndarray, contrasts: Mapping, rho: float) -> dict[str, float]:
    covariance = float(rho) ** np.abs(time[:, None] - time[None])
    inverse = np.linalg.inv(X.T @ np.linalg.solve(covariance, X))
    return {name: float(np.sqrt(contrast @ inverse @ contrast)) for name, contrast in contrasts.items()}
