"""Every other defensible way to fit a series, and what becomes of its effects there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import effects, sentences, variations
from junctures.inference.batches import Key, step_parts
from junctures.inference.calibration import points_of
from junctures.inference.curve import LEFT_OUT, specification_curves
from junctures.inference.families import LEVEL, fragile_rows, is_robust
from junctures.inference.replay import Unit
from junctures.inference.rows import Beside, sign_of
from junctures.inference.simulate import own_errors
from junctures.inference.variations import Variation
from junctures.library.fits import COLUMNS, IDENTITY, MAIN, Effect, Fit, tabulate
from junctures.library.reading import Date, alternatives_of, with_draws
from junctures.library.words import fold
from junctures.report import wording
from junctures.report.model_checks import SIGNS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class SpecificationCurve:
    """The accompanying rows of a fit and what they say of each effect; made by `specifications`.

    `curve` has one row an effect of the fit: `estimate`, the number of `rows` of its curve (the main one among them; a
    row on another scale, and OLS a second time with other errors, are in `to_frame` only), `same_sign`, the share of
    these with the main one's sign, `below_05`, the share with p at most .05, `median`, `lowest` and `highest` estimate,
    and `p_joint`, where a sign was claimed: the share of series without any effect whose curves agree on the claimed
    sign, or lie in its direction, at least as much. `robust` (yes, no or blank) is said of
    effects with p at most .05; `fails_in` names the rows of Robust that do not bear them out.
    """

    fit: Fit
    rows: pd.DataFrame = field(repr=False, compare=False)
    curve: pd.DataFrame = field(repr=False, compare=False)
    beside: Beside = field(repr=False, compare=False)

    def is_robust(self, effect: Effect) -> bool | None:
        """Return whether an effect with p at most .05 keeps its sign, and its p where a year is left out.

        None where p is above .05 or no row of Robust has an estimate. docs/method.md, "Rows".
        """
        return is_robust(effect.row, self.beside)

    def fails_in(self, effect: Effect) -> list[str]:
        """Return the names of the rows of Robust that do not bear an effect out."""
        return fragile_rows(effect.row, self.beside)

    def summary(self) -> str:
        """Return one sentence an effect: how many rows share its sign, their range, and whether it is robust."""
        if self.curve.empty:
            return fold([f"{self.fit.label}: no effect has an estimate, so that nothing can be compared with it."])
        several = len(self.fit.junctures) > 1
        return fold(
            _sentence(row) for row in self.curve.to_dict("records") if several or row["estimand"] != "mean_step"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a specification and effect, with the columns of `Fit.to_frame`, reasons included."""
        return self.rows[COLUMNS].copy()

    def plot(self, ax: "Axes | None" = None, *, juncture: str | None = None) -> "Axes":
        """Return axes with the estimate and interval of every row on the tested scale, by size, the main one marked.

        Of the rows that leave a year out only the lowest and the highest are drawn.
        `juncture` names the step that is drawn; without it the step of the first juncture.
        """
        from junctures.library import drawing

        main = self.fit.effect(juncture or self.fit.junctures[0])
        rows = pd.concat([pd.DataFrame([main.row]), self.rows], ignore_index=True)
        return drawing.draw_curve(_comparable(rows, main.row), main.row, ax)


def specifications(
    fit: Fit,
    *,
    other_end: int | None = None,
    concurrent_step: int | None = None,
    false_step: int | None = None,
    alternatives: Mapping[str, list[Date] | Date] | None = None,
    sign: str | None = None,
    draws: int = 500,
    seed: int = 0,
) -> SpecificationCurve:
    """Return a fit under every other defensible specification, one change at a time.

    Rows: OLS, OLS with Newey-West errors, REML AR(1), without white noise where the main model has it, quasi-Poisson
    for counts; each year left out; a start two years later, and five earlier where the series reaches before the fit's
    `start`; each date one period either way; the first periods after each date left out; the other scale; a quadratic
    trend; a variance that changes at the first date. On request: `other_end`, the last year of a shorter window;
    `concurrent_step`, a year from which a further step is in the model; `false_step`, a year before the first juncture
    at which nothing should be found; `alternatives`, other dates of a juncture by its label. A row that cannot be
    estimated says why. With a claimed `sign`, positive or negative, the curves are held against those of `draws` series
    without any effect, of the fit's persistence and with its `unit` as sd, from a generator seeded with `seed` and the
    series' name (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4: 1208-1214).
    Raises ValueError for labels and dates that cannot be read. docs/method.md, "Rows".

    >>> import junctures
    >>> found = junctures.fit(junctures.load_example("nile"), {"Aswan dam": 1899})
    >>> print(junctures.specifications(found).summary())
    Step at Aswan dam: -284.70 in the main model; of 110 rows 100 % have its sign and 100 % a p of
      at most .05; median -284.54, from -295.98 to -244.00. It is robust.
    """
    case, full, entry, grids = fit.reading.case, fit.reading.full, fit.reading.entry, effects.Grids()
    _check_years(case, other_end=other_end, concurrent_step=concurrent_step, false_step=false_step)
    others = alternatives_of(fit.reading, alternatives or {})
    wanted = {"other_end": other_end, "concurrent_step": concurrent_step, "recoded": {}}
    every = [*variations.all_rows(case, full, others, wanted), Variation("quadratic", case, trend=2)]
    joint = {} if sign is None else _joint_p(fit, every, sign, draws, seed)
    if false_step is not None:
        every.append(variations.false_step(case, false_step))
    rows = [row for variation in every for row in effects.estimate(variation, grids)]
    identity = dict(zip(IDENTITY, (entry["id"], ""), strict=True))
    table = tabulate(sentences.finish(rows, case, entry, identity))
    beside = Beside(table.to_dict("records"))
    main = fit.rows[(fit.rows["model"] == MAIN) & fit.rows["estimate"].notna()]
    curve = pd.DataFrame([_told(row, table, beside, joint) for row in main.to_dict("records")])
    return SpecificationCurve(fit, table, curve, beside)


def _check_years(case, **years: int | None) -> None:
    first, last = (int(case.time[end]) // case.per_year for end in (0, -1))
    for name, year in years.items():
        if year is not None and not (isinstance(year, int | np.integer) and first < year <= last):
            raise ValueError(
                f"{name} is {year!r}, and the points run from {first} to {last}: the row would equal the main one or "
                "have no points; give a calendar year in between, or leave it out"
            )


def _told(main: Mapping, rows: pd.DataFrame, beside: Beside, joint: Mapping[Key, float]) -> dict:
    """Return the row of the curve of one effect."""
    every = _comparable(pd.concat([pd.DataFrame([main]), rows], ignore_index=True), main)
    every = every[~every["model"].str.endswith(LEFT_OUT)]
    signs = np.array([sign_of(row) for row in every.to_dict("records")])
    alike = every["estimate"]
    robust = is_robust(main, beside)
    return {
        "juncture": main["juncture"],
        "estimand": main["estimand"],
        "estimate": main["estimate"],
        "rows": len(every),
        "same_sign": float(np.mean(signs == signs[0])),
        "below_05": float(np.mean(every["p"] <= LEVEL)),
        "median": float(alike.median()),
        "lowest": float(alike.min()),
        "highest": float(alike.max()),
        "p_joint": joint.get((main["juncture"], main["estimand"]), np.nan),
        "robust": {None: "", True: "yes", False: "no"}[robust],
        "fails_in": ", ".join(fragile_rows(main, beside)) if robust is False else "",
    }


def _joint_p(fit: Fit, every: Iterable[Variation], sign: str, draws: int, seed: int) -> dict[Key, float]:
    """Return the joint p of the curve of each step and of the mean step, by series without any effect."""
    if sign not in SIGNS:
        raise ValueError(f"sign is {sign!r}: chance is asked in the claimed direction; use {' or '.join(SIGNS)}")
    case, full, entry = fit.reading.case, fit.reading.full, fit.reading.entry
    setting, main = with_draws(fit.reading, "curve", draws, seed), Variation(MAIN, case)
    if effects.reason_of(main):
        return {}
    if np.isnan(case.unit):
        raise ValueError(
            "the fit has no declared scale, since too little lies before its first juncture: series without any effect "
            "have no sd; fit with unit=, the sd to be expected around trend and steps"
        )
    rho, share = fit.rows.loc[0, ["rho", "noise_share"]].astype(float)
    keys = [*((juncture, "step") for juncture in case.junctures), (effects.ALL, "mean_step")]
    unit = Unit(
        (entry["id"], "", MAIN), frozenset(keys), full, main, (), step_parts, case.unit, {}, quadratic=True
    )  # fmt: skip
    rng = setting.generator(entry["id"], "curve", "null")
    null = case.unit * own_errors(points_of(full, rho, share, None), draws, rng)
    kept = [row for row in every if not row.model.endswith(LEFT_OUT) and effects.reason_of(row) is None]
    curves = specification_curves(unit, [main, *kept], keys, SIGNS[sign], null, effects.Grids())
    return {key: curve.p_joint for key, curve in curves.items()}


def _comparable(rows: pd.DataFrame, main: Mapping) -> pd.DataFrame:
    """Return the rows of the main one's effect and scale that have an estimate."""
    same = np.ones(len(rows), bool)
    for column in ("juncture", "estimand", "scale"):
        same &= (rows[column] == main[column]).to_numpy()
    return rows[same & rows["estimate"].notna().to_numpy()]


def _sentence(row: Mapping) -> str:
    where = "" if row["juncture"] == effects.ALL else f" at {row['juncture']}"
    robust = {
        "yes": "It is robust.",
        "no": f"It is not robust: it fails in {row['fails_in'].replace('_', ' ')}.",
        "": "Its p is above .05, so that Robust is not asked.",
    }[row["robust"]]
    low, middle, high = (wording.number(row[name], signed=True) for name in ("lowest", "median", "highest"))
    joint = "" if np.isnan(row["p_joint"]) else f" Chance gives such a curve with {wording.p_value(row['p_joint'])}."
    return (
        f"{wording.capital(wording.ESTIMANDS[row['estimand']])}{where}: {wording.number(row['estimate'], signed=True)} "
        f"in the main model; of {row['rows']} rows {100 * row['same_sign']:.0f} % have its sign and "
        f"{100 * row['below_05']:.0f} % a p of at most .05; median {middle}, from {low} to {high}.{joint} {robust}"
    )
