"""Tidy rows from fits: one row an estimate, with its interval and its reason where there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from junctures.inference import alternatives, design, primary
from junctures.inference.cases import Case, untestable
from junctures.inference.staged import staged_p
from junctures.inference.variations import Variation

ALL = "all"
EMPTY = {"estimate": np.nan, "lower": np.nan, "upper": np.nan, "p": np.nan, "positive": np.nan}


@dataclass
class Grids:
    """Error-model grids, each factorised once and used by every row that has the same points and noise model."""

    made: dict = field(default_factory=dict)

    def grid(self, case: Case, variance_ratio: bool = False) -> primary.Grid:
        """Return the grid of a case; with `variance_ratio` the variance may change at its first step."""
        after = case.time >= case.steps[0] if variance_ratio else None
        key = (case.time.tobytes(), case.noise, None if after is None else after.tobytes())
        if key not in self.made:
            self.made[key] = primary.Grid(case.time, case.noise, after)
        return self.made[key]


def estimate(variation: Variation, grids: Grids, ramps: bool = False) -> list[dict]:
    """Return the rows of one variation: each step, the mean step and, for the primary procedure, the staged rise.

    With `ramps` each juncture has a ramp besides its step, and the rows hold the ramps and the gaps to the
    counterfactual one and two years on in place of mean step and staged rise.
    """
    case = variation.case
    if reason := reason_of(variation):
        return missing(variation, reason)
    matrix = _design(variation, ramps)
    if variation.estimator != "primary":
        return _estimate_otherwise(variation, matrix)
    posterior = grids.grid(case, variation.variance_ratio).fit(case.y, matrix.X)
    shared = {"n": len(case.y), "rho": posterior.rho, "noise_share": posterior.noise_share, "reason": ""}
    found = {}
    for j, juncture in enumerate(case.junctures):
        found[juncture, "step"] = _summary(posterior, unit_contrast(matrix.names, f"step_{j}"))
        if ramps:
            found[juncture, "ramp"] = _summary(posterior, unit_contrast(matrix.names, f"ramp_{j}"))
            for ahead in (1, 2):
                gap = design.gap(matrix.names, j, ahead * case.per_year)
                found[juncture, f"gap_{ahead}"] = _summary(posterior, gap)
    if not ramps and len(case.steps) > 1:
        steps = [found[juncture, "step"] for juncture in case.junctures]
        probabilities = [step["positive"] for step in steps]
        found[ALL, "staged"] = EMPTY | {"p": staged_p(probabilities), "positive": min(probabilities)}
        mean = _design_mean(variation)
        found[ALL, "mean_step"] = _summary(
            grids.grid(case, variation.variance_ratio).fit(case.y, mean.X), _passed(mean)
        )
    return [tidy(variation, key, values | shared) for key, values in found.items()]


def missing(variation: Variation, reason: str) -> list[dict]:
    """Return the rows of a variation that has no estimate, each with the reason."""
    case = variation.case
    keys = [(juncture, "step") for juncture in case.junctures] + ([(ALL, "mean_step")] if len(case.steps) > 1 else [])
    return [tidy(variation, key, EMPTY | {"n": len(case.y), "reason": reason}) for key in keys]


def estimate_slope(variation: Variation, grids: Grids) -> list[dict]:
    """Return the row of a slope that changes at one date: `1 + t + ramp`, by the variation's estimator."""
    case = variation.case
    key = (case.junctures[0], "slope_change")
    if (
        reason := variation.reason
        or untestable(case)
        or design.check_design(case.time, case.steps, variation.minimum, season=case.season)
    ):
        return [tidy(variation, key, EMPTY | {"n": len(case.y), "reason": reason})]
    matrix = design.build(case.time, steps=[], ramps=list(case.steps), season=case.season)
    return estimate_column(variation, matrix, "ramp_0", key, grids)


def estimate_column(
    variation: Variation, matrix: design.Design, column: str, key: tuple[str, str], grids: Grids
) -> list[dict]:
    """Return the row of one column of a given design, by the variation's estimator."""
    case = variation.case
    if variation.estimator != "primary":
        fit = _fit_otherwise(variation.estimator, case, matrix.X)
        return [tidy(variation, key, _from_fit(fit, matrix.names.index(column)) | {"n": len(case.y)})]
    posterior = grids.grid(case).fit(case.y, matrix.X)
    values = _summary(posterior, unit_contrast(matrix.names, column))
    shared = {"n": len(case.y), "rho": posterior.rho, "noise_share": posterior.noise_share, "reason": ""}
    return [tidy(variation, key, values | shared)]


def fitted_lines(case: Case, grids: Grids, inverse) -> list[dict]:
    """Return the fitted line and, from each juncture to the next, the counterfactual without that juncture's step.

    Seasons are set to their mean. `inverse` maps the tested scale back to the raw one. Columns: juncture (blank for the
    fit), kind, position, value, lower, upper and the same with `_raw`; the interval is pointwise 95 %.
    """
    periods = np.arange(case.time[0], case.time[-1] + 1)
    everywhere = design.build(periods, steps=list(case.steps), season=case.season)
    posterior = grids.grid(case).fit(case.y, everywhere.X[np.isin(periods, case.time)])
    X = everywhere.X.copy()
    X[:, [name.startswith(("sin", "cos")) for name in everywhere.names]] = 0.0
    lines = [_line("", "fit", p, _summary(posterior, x), inverse) for p, x in zip(periods, X, strict=True)]
    ends = [*case.steps[1:], int(periods[-1]) + 1]
    for j, juncture in enumerate(case.junctures):
        for position in range(case.steps[j], ends[j]):
            without = X[position - periods[0]].copy()
            without[everywhere.names.index(f"step_{j}")] = 0.0
            lines.append(_line(juncture, "counterfactual", position, _summary(posterior, without), inverse))
    return lines


def _line(juncture: str, kind: str, position: int, values: dict, inverse) -> dict:
    line = {"juncture": juncture, "kind": kind, "position": int(position)}
    for target, source in (("value", "estimate"), ("lower", "lower"), ("upper", "upper")):
        line[target] = values[source]
        line[f"{target}_raw"] = float(inverse(values[source]))
    return line


def reason_of(variation: Variation) -> str | None:
    case = variation.case
    return (
        variation.reason
        or untestable(case)
        or design.check_design(case.time, case.steps, variation.minimum, season=case.season)
    )


def _design(variation: Variation, ramps: bool = False) -> design.Design:
    case = variation.case
    return design.build(
        case.time,
        steps=list(case.steps),
        ramps=list(case.steps) if ramps else (),
        trend=variation.trend,
        season=case.season,
        extra=dict(variation.extra),
    )


def _design_mean(variation: Variation) -> design.Design:
    case = variation.case
    passed = {"passed": design.passed(case.time, case.steps)} | dict(variation.extra)
    return design.build(case.time, steps=[], trend=variation.trend, season=case.season, extra=passed)


def _passed(matrix: design.Design) -> np.ndarray:
    return unit_contrast(matrix.names, "passed")


def unit_contrast(names: tuple[str, ...], name: str) -> np.ndarray:
    contrast = np.zeros(len(names))
    contrast[names.index(name)] = 1.0
    return contrast


def _summary(posterior: primary.Posterior, contrast: np.ndarray) -> dict:
    s = posterior.summarise(contrast)
    return {"estimate": s.estimate, "lower": s.lower, "upper": s.upper, "p": s.p, "positive": s.positive}


def _fit_otherwise(estimator: str, case: Case, X: np.ndarray) -> alternatives.Fit:
    if estimator == "reml":
        return alternatives.reml_ar1(case.y, X, case.time)
    if estimator == "quasi_poisson":
        exposure = None if np.isnan(case.exposure).all() else case.exposure
        return alternatives.quasi_poisson(case.value, X, exposure)
    return {"ols": alternatives.ols, "ols_hac": alternatives.ols_hac}[estimator](case.y, X)


def _from_fit(fit: alternatives.Fit, index: int) -> dict:
    values = {
        "estimate": fit.coef[index],
        "lower": fit.lower[index],
        "upper": fit.upper[index],
        "p": fit.p[index],
        "positive": np.nan,
        "rho": getattr(fit, "rho", None),
        "reason": "rho of the REML fit above .98: pile-up" if getattr(fit, "pile_up", False) else "",
    }
    return {key: np.nan if value is None else value for key, value in values.items()}


def _estimate_otherwise(variation: Variation, matrix: design.Design) -> list[dict]:
    case = variation.case
    mean = _design_mean(variation)
    rows = []
    wanted = [(juncture, "step", matrix, f"step_{j}") for j, juncture in enumerate(case.junctures)]
    if len(case.steps) > 1:
        wanted.append((ALL, "mean_step", mean, "passed"))
    fits = {}
    for juncture, estimand, where, column in wanted:
        if id(where) not in fits:
            fits[id(where)] = _fit_otherwise(variation.estimator, case, where.X)
        values = _from_fit(fits[id(where)], where.names.index(column))
        if variation.estimator == "quasi_poisson":
            values = values | {key: float(np.exp(values[key])) for key in ("estimate", "lower", "upper")}
        rows.append(tidy(variation, (juncture, estimand), values | {"n": len(case.y)}))
    return rows


def tidy(variation: Variation, key: tuple[str, str], values: Mapping) -> dict:
    """Return one row; first, last and treated are positions: of its window, and where its juncture's step begins."""
    case = variation.case
    if np.isnan(values["p"]) and not values.get("reason"):
        poisson = variation.estimator == "quasi_poisson"
        values = {
            **values,
            "reason": "no events in a segment" if poisson else "the design reproduces the series exactly",
        }
    steps = dict(zip(case.junctures, case.steps, strict=True))
    place = {"first": None, "last": None, "treated": steps.get(key[0])}
    if len(case.time):
        place |= {"first": int(case.time[0]), "last": int(case.time[-1])}
    return (
        {"juncture": key[0], "model": variation.model, "estimand": key[1], "scale": case.scale} | place | dict(values)
    )
