"""Simulated series, and what a design can see: size, power and the jump found in four of five samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from junctures.inference.primary import TAIL, Grid

ATTAINABLE_RHO = 0.4  # the persistence at which a verdict must be within reach to be called attainable
ATTAINABLE_SHARE = 0.2  # of the samples without any effect


def ar1(time: np.ndarray, rho: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` AR(1) series (count, n) of marginal variance 1 at the given positions in time.

    Gaps keep their place. Stationary from the first point: the first value is drawn from the marginal distribution.
    """
    return _colour(rng.standard_normal((count, len(time))), np.asarray(time), rho)


@dataclass(frozen=True)
class Points:
    """Where and how series are simulated: positions in time (n,), periods in a year, first treated positions of the
    junctures, the year of a step that is no juncture's, and the persistence and noise share of the errors."""

    time: np.ndarray
    per_year: int
    steps: Sequence[int]
    early_year: int
    rho: float
    share: float


def own_errors(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` series (count, n) of AR(1) errors plus white noise, of marginal variance 1."""
    errors = ar1(at.time, at.rho, count, rng)
    if at.share == 0:
        return errors
    return np.sqrt(1 - at.share) * errors + np.sqrt(at.share) * rng.standard_normal(errors.shape)


def _every_period(at: Points, count: int, rng: np.random.Generator, before: int = 0) -> np.ndarray:
    """Return white noise (count, before + span) for every period, observed or not."""
    return rng.standard_normal((count, before + int(at.time[-1] - at.time[0]) + 1))


def _observed(at: Points, series: np.ndarray, before: int = 0) -> np.ndarray:
    return series[:, before:][:, at.time - at.time[0]]


def _recursion(at: Points, count: int, rng: np.random.Generator, ar: Sequence[float], ma: float) -> np.ndarray:
    """Return an ARMA process (count, n), scaled to variance 1, after a start long enough to forget."""
    start = 50 * at.per_year
    white = _every_period(at, count, rng, start)
    series = white.copy()
    series[:, 1:] += ma * white[:, :-1]
    for i in range(white.shape[1]):
        for lag, weight in enumerate(ar[:i], 1):
            series[:, i] += weight * series[:, i - lag]
    return _observed(at, series / series[:, start // 2 :].std(), start)


def ar2_cycle(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return AR(2) errors (count, n) with a cycle of six years that loses a fifth of its size a year."""
    modulus, angle = 0.8 ** (1 / at.per_year), 2 * np.pi / (6 * at.per_year)
    return _recursion(at, count, rng, (2 * modulus * np.cos(angle), -(modulus**2)), 0.0)


def arma(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return ARMA(1, 1) errors (count, n): persistence .8, moving average -.5."""
    return _recursion(at, count, rng, (0.8,), -0.5)


def random_walk(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random walk of steps .2 sd plus white noise of sd 1, (count, n)."""
    walk = 0.2 * np.cumsum(_every_period(at, count, rng), axis=1)
    return _observed(at, walk) + rng.standard_normal((count, len(at.time)))


def variance_doubles(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the own errors (count, n), their variance doubled from the first juncture on."""
    return own_errors(at, count, rng) * np.where(at.time >= at.steps[0], np.sqrt(2), 1.0)


def low_counts(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return square roots of Poisson counts of mean 1, (count, n)."""
    return np.sqrt(rng.poisson(1.0, (count, len(at.time))))


RISE = 2.0  # in residual sd: what a smooth rise or a step elsewhere adds in all


def logistic(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a logistic rise of 2 sd centred on the middle juncture, a year its scale, on the own errors (count, n)."""
    years = (at.time - at.steps[len(at.steps) // 2]) / at.per_year
    return own_errors(at, count, rng) + RISE / (1 + np.exp(-years))


def quadratic(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a quadratic rise of 2 sd over the window on the own errors (count, n)."""
    return own_errors(at, count, rng) + RISE * ((at.time - at.time[0]) / (at.time[-1] - at.time[0])) ** 2


def ramp(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a straight rise of 2 sd from the early year to the end, on the own errors (count, n)."""
    start = min(at.early_year * at.per_year, int(at.time[-1]) - 1)
    return own_errors(at, count, rng) + RISE * np.maximum(at.time - start, 0) / (at.time[-1] - start)


def early_step(at: Points, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return a step of 2 sd in the early year, which is no juncture's, on the own errors (count, n)."""
    return own_errors(at, count, rng) + RISE * (at.time >= at.early_year * at.per_year)


OWN = "own"
TRUTHS: dict[str, Callable[[Points, int, np.random.Generator], np.ndarray]] = {
    OWN: own_errors,
    "ar2_cycle": ar2_cycle,
    "arma": arma,
    "random_walk": random_walk,
    "variance_doubles": variance_doubles,
    "low_counts": low_counts,
    "logistic": logistic,
    "quadratic": quadratic,
    "ramp": ramp,
    "early_step": early_step,
}

WORDS = {
    OWN: "errors as the series has them",
    "ar2_cycle": "a cycle of six years without a step",
    "arma": "ARMA(.8, -.5) errors without a step",
    "random_walk": "a random walk with noise",
    "variance_doubles": "a variance that doubles at the first juncture",
    "low_counts": "counts of mean 1 without a step",
    "logistic": "a logistic rise of 2 sd without a step",
    "quadratic": "a quadratic rise of 2 sd without a step",
    "ramp": "a straight rise of 2 sd from before the junctures on",
    "early_step": "a step of 2 sd years before the first juncture",
}


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
