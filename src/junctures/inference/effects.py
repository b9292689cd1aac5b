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
EXACT = "the design reproduces the series, which leaves no errors to judge by"
NO_EVENTS = "no events in a segment"
SINGULAR = "the points do not tell trend, steps and season apart"
EXACT_DISPERSION = 1e-12  # below it what is left of counts is rounding


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
    counterfactual one and two years on, and added up, in place of mean step and staged rise; the gap added up is there
    for a `cumulative` variation too. A step has under `before` the counterfactual, on the tested scale, at the first
    point that it treats, a gap added up under `periods` how many it adds.
    """
    case = variation.case
    if reason := reason_of(variation, ramps):
        return missing(variation, reason, ramps)
    if variation.estimator != "primary":
        return _estimate_otherwise(variation, step_design(variation, ramps))
    return estimate_each(variation, case.y[None], grids, ramps)[0]


def estimate_each(variation: Variation, Y: np.ndarray, grids: Grids, ramps: bool = False) -> list[list[dict]]:
    """Return the rows of `estimate` by the primary procedure for each series of Y (N, n) in place of the case's own.

    All are on the points of the case, so that one design serves them; it must be one that they can estimate.
    """
    case = variation.case
    grid, matrix = grids.grid(case, variation.variance_ratio), step_design(variation, ramps)
    fits = grid.fit_each(Y, matrix.X)
    found = [_at_junctures(variation, matrix, posterior, ramps) for posterior in fits]
    if not ramps and case.junctures != (ALL,):
        mean = mean_design(variation)
        for values, posterior in zip(found, grid.fit_each(Y, mean.X), strict=True):
            values[ALL, "staged"] = _staged([values[juncture, "step"] for juncture in case.junctures])
            before = _before(mean, _centre(posterior), case, 0, "passed")
            contrast = unit_contrast(mean.names, "passed")
            values[ALL, "mean_step"] = _summary(posterior, contrast) | {"before": before}
    rows = []
    for values, posterior in zip(found, fits, strict=True):
        shared = {"n": len(case.y), "rho": posterior.rho, "noise_share": posterior.noise_share, "reason": ""}
        rows.append([tidy(variation, key, shared | each) for key, each in values.items()])
    return rows


def _at_junctures(variation: Variation, matrix: design.Design, posterior: primary.Posterior, ramps: bool) -> dict:
    """Return (juncture, estimand) -> values of what one posterior says at each juncture."""
    case, found = variation.case, {}
    for j, juncture in enumerate(case.junctures):
        before = _before(matrix, _centre(posterior), case, j, f"step_{j}")
        found[juncture, "step"] = _summary(posterior, unit_contrast(matrix.names, f"step_{j}")) | {"before": before}
        if ramps:
            found[juncture, "ramp"] = _summary(posterior, unit_contrast(matrix.names, f"ramp_{j}"))
            for ahead in (1, 2):
                gap = design.gap(matrix.names, j, ahead * case.per_year)
                found[juncture, f"gap_{ahead}"] = _summary(posterior, gap)
        if ramps or variation.cumulative:
            treated = case.time[case.phases(juncture)[1]]
            gaps = [design.gap(matrix.names, j, int(t) - case.steps[j]) for t in treated]
            found[juncture, "gap_total"] = _summary(posterior, np.sum(gaps, axis=0)) | {"periods": len(treated)}
    return found


def missing(variation: Variation, reason: str, ramps: bool = False) -> list[dict]:
    """Return the rows of a variation that has no estimate, each with the reason."""
    case = variation.case
    estimands = ("step", "ramp", "gap_1", "gap_2", "gap_total") if ramps else ("step",)
    if variation.cumulative:
        estimands = dict.fromkeys([*estimands, "gap_total"])
    keys = [(juncture, estimand) for juncture in case.junctures for estimand in estimands]
    if not ramps and case.junctures != (ALL,):
        keys += [(ALL, "staged")] if variation.estimator == "primary" else []
        keys += [(ALL, "mean_step")]
    return [missing_row(variation, key, reason) for key in keys]


def missing_row(variation: Variation, key: tuple[str, str], reason: str) -> dict:
    """Return the row of one estimand (juncture, estimand) that has no estimate, with the reason."""
    return tidy(variation, key, EMPTY | {"n": len(variation.case.y), "reason": reason})


def estimate_slope(variation: Variation, grids: Grids) -> list[dict]:
    """Return the row of a slope that changes at one date: `1 + t + ramp`, by the variation's estimator."""
    case = variation.case
    key = (case.junctures[0], "slope_change")
    if reason := reason_of(variation):
        return [missing_row(variation, key, reason)]
    matrix = design.build(case.time, steps=[], ramps=list(case.steps), season=case.season)
    return [estimate_column(variation, matrix, "ramp_0", key, grids)]


def estimate_column(
    variation: Variation, matrix: design.Design, column: str, key: tuple[str, str], grids: Grids
) -> dict:
    """Return the row of one column of a given design, by the variation's estimator."""
    case = variation.case
    if reason := untestable(case) or singular(matrix):
        return missing_row(variation, key, reason)
    if variation.estimator != "primary":
        fit = _fit_otherwise(variation.estimator, case, matrix.X)
        return tidy(variation, key, {"n": len(case.y)} | _from_fit(fit, matrix.names.index(column)))
    posterior = grids.grid(case).fit(case.y, matrix.X)
    shared = {"n": len(case.y), "rho": posterior.rho, "noise_share": posterior.noise_share, "reason": ""}
    return tidy(variation, key, shared | _summary(posterior, unit_contrast(matrix.names, column)))


def fitted_lines(case: Case, grids: Grids) -> list[dict]:
    """Return the fitted line and, from each juncture to the next, the counterfactual without that juncture's step.

    Seasons are set to their mean. Columns: juncture (blank for the fit), kind, position, value, lower, upper and the
    same with `_raw`, as values of the raw measure; the interval is pointwise 95 %.
    """
    periods = np.arange(case.time[0], case.time[-1] + 1)
    everywhere = design.build(periods, steps=list(case.steps), season=case.season)
    posterior = grids.grid(case).fit(case.y, everywhere.X[np.isin(periods, case.time)])
    X = everywhere.X.copy()
    X[:, _seasonal(everywhere)] = 0.0
    lines, contrasts = [("", "fit", p) for p in periods], list(X)
    ends = [*case.steps[1:], int(periods[-1]) + 1]
    for j, juncture in enumerate(case.junctures):
        for position in range(case.steps[j], ends[j]):
            without = X[position - periods[0]].copy()
            without[everywhere.names.index(f"step_{j}")] = 0.0
            lines.append((juncture, "counterfactual", position))
            contrasts.append(without)
    summaries = posterior.summarise_each(np.array(contrasts))
    return [_line(*line, _values(summary), case) for line, summary in zip(lines, summaries, strict=True)]


def _line(juncture: str, kind: str, position: int, values: dict, case: Case) -> dict:
    # A sign that is turned back turns the ends of an interval round.
    ends = ("upper", "lower") if case.reverse else ("lower", "upper")
    line = {"juncture": juncture, "kind": kind, "position": int(position)}
    for target, own, raw in (
        ("value", "estimate", "estimate"),
        ("lower", "lower", ends[0]),
        ("upper", "upper", ends[1]),
    ):
        line[target] = values[own]
        line[f"{target}_raw"] = float(case.raw(values[raw]))
    return line


def reason_of(variation: Variation, ramps: bool = False) -> str | None:
    """Return why a variation has no estimate, or None.

    Its own reason, a series without variation, too few points, or columns that the points cannot tell apart.
    """
    case = variation.case
    if reason := variation.reason or untestable(case):
        return reason
    reason = design.check_design(case.time, case.steps, variation.minimum, season=case.season)
    return reason or singular(step_design(variation, ramps))


def singular(matrix: design.Design) -> str | None:
    """Return that the points cannot tell the columns of a design apart, or None where they can."""
    norms = np.linalg.norm(matrix.X, axis=0)
    n, k = matrix.X.shape
    full = n > k and np.linalg.matrix_rank(matrix.X / np.where(norms > 0, norms, 1.0)) == k
    return None if full else SINGULAR


def step_design(variation: Variation, ramps: bool = False) -> design.Design:
    """Return the design of a variation with a step at each juncture, with `ramps` a ramp too."""
    case = variation.case
    return design.build(
        case.time,
        steps=list(case.steps),
        ramps=list(case.steps) if ramps else (),
        trend=variation.trend,
        season=case.season,
        extra=dict(variation.extra),
    )


def mean_design(variation: Variation) -> design.Design:
    """Return the design of a variation with the number of junctures passed in place of steps."""
    case = variation.case
    passed = {"passed": design.passed(case.time, case.steps)} | dict(variation.extra)
    return design.build(case.time, steps=[], trend=variation.trend, season=case.season, extra=passed)


def unit_contrast(names: tuple[str, ...], name: str) -> np.ndarray:
    """Return the contrast (k,) that takes one named column's coefficient."""
    contrast = np.zeros(len(names))
    contrast[names.index(name)] = 1.0
    return contrast


def _seasonal(matrix: design.Design) -> list[bool]:
    return [name.startswith(("sin_", "cos_")) for name in matrix.names]


def _centre(posterior: primary.Posterior) -> np.ndarray:
    return np.einsum("g,gk->k", posterior.weights, posterior.centres)


def _before(matrix: design.Design, coefficients: np.ndarray, case: Case, j: int, column: str) -> float:
    """Return the counterfactual at the first point that juncture j treats: without `column`, season at its mean."""
    without = matrix.X[np.searchsorted(case.time, case.steps[j])].copy()
    without[_seasonal(matrix)] = 0.0
    without[matrix.names.index(column)] = 0.0
    return float(np.sum(without * coefficients))


def _summary(posterior: primary.Posterior, contrast: np.ndarray) -> dict:
    return _values(posterior.summarise(contrast))


def _values(s: primary.Summary) -> dict:
    if np.isnan(s.p):
        return EMPTY | {"reason": EXACT}
    return {"estimate": s.estimate, "lower": s.lower, "upper": s.upper, "p": s.p, "positive": s.positive}


def _staged(steps: list[dict]) -> dict:
    positive = [step["positive"] for step in steps]
    p = staged_p(positive)
    return EMPTY | ({"reason": EXACT} if np.isnan(p) else {"p": p, "positive": min(positive)})


def _fit_otherwise(estimator: str, case: Case, X: np.ndarray) -> alternatives.Fit:
    if estimator == "reml":
        return alternatives.reml_ar1(case.y, X, case.time)
    if estimator == "quasi_poisson":
        exposure = None if np.isnan(case.exposure).all() else case.exposure
        return alternatives.quasi_poisson(case.value, X, exposure)
    return {"ols": alternatives.ols, "ols_hac": alternatives.ols_hac}[estimator](case.y, X)


def _from_fit(fit: alternatives.Fit, index: int) -> dict:
    """Return the values of one coefficient of a fit, or the reason why it has none; of counts as a rate ratio."""
    values = {
        "estimate": fit.coef[index],
        "lower": fit.lower[index],
        "upper": fit.upper[index],
        "p": fit.p[index],
        "positive": np.nan,
        "rho": np.nan if fit.rho is None else fit.rho,
        "reason": "rho of the REML fit above .98: pile-up" if fit.pile_up else "",
    }
    if fit.dispersion is None:
        return EMPTY | {"reason": EXACT} if np.isnan(values["p"]) else values
    if np.isnan(values["estimate"]):
        return EMPTY | {"reason": NO_EVENTS}
    if not fit.dispersion > EXACT_DISPERSION:
        return EMPTY | {"reason": EXACT}
    return values | {key: float(np.exp(values[key])) for key in ("estimate", "lower", "upper")}


def _estimate_otherwise(variation: Variation, matrix: design.Design) -> list[dict]:
    case = variation.case
    wanted = [(juncture, "step", matrix, f"step_{j}") for j, juncture in enumerate(case.junctures)]
    if case.junctures != (ALL,):
        wanted.append((ALL, "mean_step", mean_design(variation), "passed"))
    fits, rows = {}, []
    for juncture, estimand, where, column in wanted:
        if id(where) not in fits:
            fits[id(where)] = _fit_otherwise(variation.estimator, case, where.X)
        fit = fits[id(where)]
        values = {"n": len(case.y)} | _from_fit(fit, where.names.index(column))
        j = case.junctures.index(juncture) if juncture in case.junctures else 0
        rows.append(
            tidy(variation, (juncture, estimand), values | {"before": _before(where, fit.coef, case, j, column)})
        )
    return rows


def tidy(variation: Variation, key: tuple[str, str], values: Mapping) -> dict:
    """Return one row of an estimand (juncture, estimand).

    `first`, `last` and `treated` are positions: of its window, and where its juncture's step begins.
    """
    case = variation.case
    steps = dict(zip(case.junctures, case.steps, strict=True))
    place = {"first": None, "last": None, "treated": steps.get(key[0])}
    if len(case.time):
        place |= {"first": int(case.time[0]), "last": int(case.time[-1])}
    scale = "ratio" if variation.estimator == "quasi_poisson" else case.scale
    return {"juncture": key[0], "model": variation.model, "estimand": key[1], "scale": scale, **place, **values}
