"""One series at known dates: the steps, their mean, the rise at each, and what the design could have seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import effects, sentences
from junctures.inference.families import adjust
from junctures.inference.variations import Variation
from junctures.library.plans import MAIN, Plan, simulate_plan
from junctures.library.reading import Date, Reading, read
from junctures.library.words import fold
from junctures.report import wording
from junctures.study.periods import from_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IDENTITY = ("indicator", "vintage")
COLUMNS = [
    "juncture", "model", "estimand", "first_treated", "n", "estimate", "lower", "upper", "p", "p_holm", "positive",
    "smallest_effect", "scale", "rho", "noise_share", "described", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One estimate of a fit, on the tested scale: a step at a juncture, a mean step over all, a gap or a ramp.

    `lower` and `upper` bound the 95 % interval, `p` is two-sided, `p_holm` the same after Holm over several steps of a
    fit (NaN where there is one, and for other estimands), `positive` the probability of a positive effect,
    `smallest_effect` the smallest of interest; `reason` says why there is no estimate, else it is blank.
    """

    juncture: str
    estimand: str
    estimate: float
    lower: float
    upper: float
    p: float
    p_holm: float
    positive: float
    smallest_effect: float
    reason: str
    row: Mapping = field(repr=False, compare=False)

    @classmethod
    def from_row(cls, row: Mapping) -> "Effect":
        """Return the effect in a row of a fit."""
        names = ("juncture", "estimand", "estimate", "lower", "upper", "p", "p_holm", "positive", "smallest_effect")
        return cls(**{name: row[name] for name in names}, reason=row["reason"], row=dict(row))

    def summary(self) -> str:
        """Return the estimate in one sentence: its size, interval, p and, of several steps, p after Holm."""
        adjusted = None if np.isnan(self.p_holm) else self.p_holm
        where = f" at {self.juncture}" if self.juncture != effects.ALL else ""
        start = f" (from {self.row['first_treated']} on)" if where and self.row["first_treated"] else ""
        told = wording.figures(self.row, adjusted)
        return fold([f"{wording.capital(wording.ESTIMANDS[self.estimand])}{where}{start}: {told}."])

    def to_frame(self) -> pd.DataFrame:
        """Return the estimate as a table of one row, with the columns of `Fit.to_frame`."""
        return pd.DataFrame([self.row])[COLUMNS]


@dataclass(frozen=True)
class Fit:
    """A series fitted at its junctures; made by `fit`."""

    label: str
    junctures: tuple[str, ...]
    n: int
    rows: pd.DataFrame = field(repr=False, compare=False)
    reading: Reading = field(repr=False, compare=False)

    def effect(self, juncture: str | None = None, estimand: str | None = None) -> Effect:
        """Return one effect: the step at a juncture, without a juncture the mean step, or another estimand.

        Estimands: step, mean_step, staged; of a fit with ramps also ramp, gap_1 and gap_2 (one and two years on).
        Raises ValueError where the fit has no such row.
        """
        juncture = effects.ALL if juncture is None else juncture
        wanted = estimand or ("mean_step" if juncture == effects.ALL else "step")
        found = self.rows[(self.rows["juncture"] == juncture) & (self.rows["estimand"] == wanted)]
        if found.empty:
            pairs = dict.fromkeys(f"{row.estimand} of {row.juncture}" for row in self.rows.itertuples())
            raise ValueError(
                f"the fit has no {wanted} of '{juncture}': nothing else can stand for it; ask for "
                f"{wording.listed(pairs, 'or')} (ramps and gaps need ramps=True)"
            )
        return Effect.from_row(found.iloc[0].to_dict())

    def summary(self) -> str:
        """Return the model and every estimate in plain sentences, one a line."""
        case, several = self.reading.case, len(self.junctures) > 1
        rows = self.rows[several | ~self.rows["estimand"].isin(["mean_step", "staged"])]
        shown = [_line(Effect.from_row(row)) for row in rows.to_dict("records")]
        return fold([_heading(self.label, case, self.rows), *shown])

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate: what it is of, first treated period, estimate, interval, p, reason."""
        return self.rows[COLUMNS].copy()

    def plan(self, *, draws: int = 2000, seed: int = 0) -> Plan:
        """Return what the design of this fit could have seen, before its values are looked at; see `junctures.plan`.

        Effects are in declared scales of the series (`unit`). Raises ValueError where the fit has no declared scale.
        """
        case, entry = self.reading.case, self.reading.entry
        if np.isnan(case.unit):
            raise ValueError(
                "the fit has no declared scale, since too little lies before its first juncture: effects cannot be "
                "compared with it; fit with unit=, the sd to be expected around trend and steps"
            )
        return simulate_plan(self.reading, entry, draws, seed)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the observed points, the fitted line broken at each step, and each counterfactual.

        A counterfactual is dashed, with its 95 % interval, and drawn to the next juncture only. Values are those of the
        raw measure; of a fit with ramps the model with steps alone is drawn.
        """
        from junctures.library import drawing

        lines = [] if self.rows["estimate"].isna().all() else effects.fitted_lines(self.reading.case, effects.Grids())
        return drawing.draw_fit(self.reading, lines, ax)


def fit(
    series: pd.Series,
    junctures: Mapping[str, Date],
    *,
    scale: str | None = None,
    unit: float | None = None,
    counts: bool = False,
    exposure: pd.Series | None = None,
    ramps: bool = False,
    observed_month: int | None = None,
    start: Date | None = None,
    end: Date | None = None,
) -> Fit:
    """Return the steps of a short series at known dates, over and above a straight trend, averaged over persistence.

    `series` has a PeriodIndex by year, quarter or month; missing values are gaps. `junctures` maps a label to a date:
    the first treated period is the first of which at least half lies on or after it. `scale` is level, log, sqrt,
    arcsine_sqrt (shares from 0 to 1) or index; level unless `counts`, which are tested on the square root and described
    by a rate ratio. `exposure` is what counts are out of (periods where it is missing or 0 are gaps). `unit` is the
    declared scale, the smallest effect of interest on the tested scale: by default .5 of counts, over the root of the
    median exposure, and else the sd of differences before the first juncture over root 2 (NaN where there are fewer
    than three). `ramps` adds the model with a change of slope at each date, and the gaps to the counterfactual one and
    two years on. `observed_month` is the month that a yearly value stands for. `start` and `end` cut the window;
    points before `start` serve the row with an earlier start in `specifications`.

    Errors are AR(1), from 60 observed points on AR(1) plus white noise. A design that cannot be estimated gives rows
    without estimates and the reason. Raises ValueError for series and dates that cannot be read.
    Method and sources: docs/method.md, "Primary procedure" and "Designs".

    >>> import junctures
    >>> nile = junctures.load_example("nile")
    >>> found = junctures.fit(nile, {"Aswan dam": 1899})
    >>> print(found.summary())
    nile, 1871 to 1970 (n = 100): trend and one step, errors AR(1) plus white noise, averaged over
      their persistence (mean rho 0.40).
    - Step at Aswan dam (from 1899 on): -284.70 in points (95 % interval -401.85 to -169.57;
      p < 0.001).
    """
    reading = read(
        series, junctures, scale=scale, unit=unit, counts=counts, exposure=exposure, observed_month=observed_month,
        start=start, end=end,
    )  # fmt: skip
    case, entry, grids = reading.case, reading.entry, effects.Grids()
    identity = dict(zip(IDENTITY, (entry["id"], ""), strict=True))
    main = effects.estimate(Variation(MAIN, case), grids)
    rows = sentences.finish(main, case, entry, identity, sentences.everyday(case))
    if ramps:
        extra = effects.estimate(Variation("ramps", case), grids, ramps=True)
        rows += sentences.finish(extra, case, entry, identity)
    table = tabulate(rows)
    table["p_holm"] = _after_holm(table)
    return Fit(entry["label"], case.junctures, len(case.y), table, reading)


def tabulate(rows: Iterable[Mapping]) -> pd.DataFrame:
    """Return finished rows as a table that has every column of `Fit.to_frame`; blank where no row has it."""
    table = pd.DataFrame(rows)
    return table.reindex(columns=list(dict.fromkeys([*table.columns, *COLUMNS])))


def _after_holm(rows: pd.DataFrame) -> np.ndarray:
    """Return p after Holm over several steps of the main model, else NaN; a step without estimate enters as 1."""
    steps = ((rows["model"] == MAIN) & (rows["estimand"] == "step")).to_numpy()
    p = rows["p"].to_numpy(float)
    adjusted = np.full(len(rows), np.nan)
    if steps.sum() > 1:
        adjusted[steps] = adjust(np.nan_to_num(p[steps], nan=1.0), "holm")
    return np.where(np.isnan(p), np.nan, adjusted)


def _line(effect: Effect) -> str:
    ramps = " (model with ramps)" if effect.row["model"] == "ramps" else ""
    return f"- {' '.join(effect.summary().split()).removesuffix('.')}{ramps}."


def _heading(label: str, case, rows: pd.DataFrame) -> str:
    """Return the sentence on series, model and smallest effect that stands over the estimates."""
    first, last = (from_index(case.time[end], case.frequency) for end in (0, -1))
    steps = "one step" if len(case.steps) == 1 else f"{len(case.steps)} steps"
    noise = "AR(1) plus white noise" if case.noise else "AR(1)"
    rho = rows["rho"].iloc[0]
    mean = "" if rho != rho else f" (mean rho {rho:.2f})"
    return (
        f"{label}, {first} to {last} (n = {len(case.y)}): trend and {steps}, "
        f"errors {noise}, averaged over their persistence{mean}."
    )
