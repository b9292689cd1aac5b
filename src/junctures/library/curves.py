"""Every other defensible way to fit a series, and what becomes of its effects there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import effects, sentences, variations
from junctures.inference.families import LEVEL, Beside, fragile_rows, is_robust, sign_of
from junctures.inference.variations import Variation
from junctures.library.fits import COLUMNS, IDENTITY, MAIN, Effect, Fit, tabulate
from junctures.library.reading import Date, alternatives_of
from junctures.library.words import fold
from junctures.report import wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class SpecificationCurve:
    """The accompanying rows of a fit and what they say of each effect; made by `specifications`.

    `curve` has one row an effect of the fit: `estimate`, the number of `rows` with an estimate (the main one among
    them), `same_sign`, the share of these with the main one's sign, `below_05`, the share with p at most .05, and over
    the rows on the tested scale `median`, `lowest` and `highest` estimate. `robust` (yes, no or blank) is said of
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
) -> SpecificationCurve:
    """Return a fit under every other defensible specification, one change at a time.

    Rows: OLS, OLS with Newey-West errors, REML AR(1), without white noise where the main model has it, quasi-Poisson
    for counts; each year left out; a start two years later, and five earlier where the series reaches before the fit's
    `start`; each date one period either way; the first periods after each date left out; the other scale; a quadratic
    trend; a variance that changes at the first date. On request: `other_end`, the last year of a shorter window;
    `concurrent_step`, a year from which a further step is in the model; `false_step`, a year before the first juncture
    at which nothing should be found; `alternatives`, other dates of a juncture by its label. A row that cannot be
    estimated says why. Raises ValueError for labels and dates that cannot be read. docs/method.md, "Rows".

    >>> import junctures
    >>> found = junctures.fit(junctures.load_example("nile"), {"Aswan dam": 1899})
    >>> print(junctures.specifications(found).summary())
    Step at Aswan dam: -284.70 in the main model; of 111 rows 100 % have its sign and 100 % a p of
      at most .05; median -284.52, from -295.98 to -244.00. It is robust.
    """
    case, full, entry, grids = fit.reading.case, fit.reading.full, fit.reading.entry, effects.Grids()
    _check_years(case, other_end=other_end, concurrent_step=concurrent_step, false_step=false_step)
    others = alternatives_of(fit.reading, alternatives or {})
    wanted = {"other_end": other_end, "concurrent_step": concurrent_step, "recoded": {}}
    every = [*variations.all_rows(case, full, others, wanted), Variation("quadratic", case, trend=2)]
    if false_step is not None:
        every.append(variations.false_step(case, false_step))
    rows = [row for variation in every for row in effects.estimate(variation, grids)]
    identity = dict(zip(IDENTITY, (entry["id"], ""), strict=True))
    table = tabulate(sentences.finish(rows, case, entry, identity))
    beside = Beside(table.to_dict("records"))
    main = fit.rows[(fit.rows["model"] == MAIN) & fit.rows["estimate"].notna()]
    curve = pd.DataFrame([_told(row, table, beside) for row in main.to_dict("records")])
    return SpecificationCurve(fit, table, curve, beside)


def _check_years(case, **years: int | None) -> None:
    first, last = (int(case.time[end]) // case.per_year for end in (0, -1))
    for name, year in years.items():
        if year is not None and not (isinstance(year, int | np.integer) and first < year <= last):
            raise ValueError(
                f"{name} is {year!r}, and the points run from {first} to {last}: the row would equal the main one or "
                "have no points; give a calendar year in between, or leave it out"
            )


def _told(main: Mapping, rows: pd.DataFrame, beside: Beside) -> dict:
    """Return the row of the curve of one effect."""
    others = rows[(rows["juncture"] == main["juncture"]) & (rows["estimand"] == main["estimand"])]
    every = pd.concat([pd.DataFrame([main]), others[others["estimate"].notna()]], ignore_index=True)
    signs = np.array([_sign(row) for row in every.to_dict("records")])
    alike = _comparable(every, main)["estimate"]
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
        "robust": {None: "", True: "yes", False: "no"}[robust],
        "fails_in": ", ".join(fragile_rows(main, beside)) if robust is False else "",
    }


def _sign(row: Mapping) -> int:
    return sign_of(row | {"estimate": np.log(row["estimate"])} if row["scale"] == "ratio" else row)


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
    return (
        f"{wording.capital(wording.ESTIMANDS[row['estimand']])}{where}: {wording.number(row['estimate'], signed=True)} "
        f"in the main model; of {row['rows']} rows {100 * row['same_sign']:.0f} % have its sign and "
        f"{100 * row['below_05']:.0f} % a p of at most .05; median {wording.number(row['median'], signed=True)}, from "
        f"{wording.number(row['lowest'], signed=True)} to {wording.number(row['highest'], signed=True)}. {robust}"
    )
