"""From an effect to a verdict in words, by the rules that the study declares before it looks."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference.families import is_robust
from junctures.library.curves import SpecificationCurve
from junctures.library.fits import Effect
from junctures.library.words import fold
from junctures.report.judgement import VERDICTS
from junctures.report.model_checks import SIGNS, Judged, decide, explain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JUDGED = ("step", "mean_step", "ramp", "gap_1", "gap_2")


@dataclass(frozen=True)
class Judgement:
    """A verdict on a claim about one effect; made by `judge`.

    `verdict` is supported, contradicted, ruled out, cannot tell or untestable; `label` is `small` where a supported
    effect is smaller than the smallest of interest; `p` is the one that decided; `reason` says why in one sentence.
    """

    verdict: str
    label: str
    sign: str
    smallest_effect: float
    p: float
    robust: bool
    reason: str
    effect: Effect = field(repr=False)

    def summary(self) -> str:
        """Return the verdict and its reason in plain words."""
        small = f" ({self.label})" if self.label else ""
        return fold([f"{self.verdict.capitalize()}{small}. {self.reason}"])

    def to_frame(self) -> pd.DataFrame:
        """Return the judgement as a table of one row."""
        names = ("juncture", "estimand", "estimate", "lower", "upper")
        row = {name: getattr(self.effect, name) for name in names}
        own = ("sign", "smallest_effect", "p", "robust", "verdict", "label", "reason")
        return pd.DataFrame([row | {name: getattr(self, name) for name in own}])

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the interval that was judged, against zero and the smallest effect of interest."""
        from junctures.library import drawing

        return drawing.draw_judgement(self.effect.row, SIGNS[self.sign] * self.smallest_effect, self.summary(), ax)


def judge(
    effect: Effect,
    *,
    sign: str,
    robust: bool | SpecificationCurve,
    smallest_effect: float | None = None,
    p: float | None = None,
) -> Judgement:
    """Return the verdict on the claim that an effect of a fit has a sign, in words.

    In this order: *contradicted*, the opposite sign with p at most .05, robust; *supported*, the claimed sign with p
    at most .05, robust; *ruled out*, the whole 95 % interval below the smallest effect in the claimed direction; else
    *cannot tell*, which is not "no". `sign` is positive or negative. `robust` is the specification curve of the fit, or
    the answer where it was established otherwise. `smallest_effect`, on the tested scale, is the fit's own unless one
    is given. `p` is the effect's own, of a step after Holm over the fit's steps, unless one is given that was adjusted
    in a larger family.
    Raises ValueError for other words and numbers. docs/method.md, "From evidence to verdict".

    >>> import junctures
    >>> found = junctures.fit(junctures.load_example("nile"), {"Aswan dam": 1899})
    >>> curve = junctures.specifications(found)
    >>> print(junctures.judge(found.effect("Aswan dam"), sign="negative", robust=curve).summary())
    Supported. Nile, step from 1899 on: -284.70 in points (95 % interval -401.85 to -169.57;
      p < 0.001); as claimed, in every row of Robust too.
    """
    _check(effect, sign, robust, smallest_effect, p)
    smallest = effect.smallest_effect if smallest_effect is None else float(smallest_effect)
    adjusted = p is not None or not np.isnan(effect.p_holm)
    deciding = p if p is not None else effect.p_holm if adjusted else effect.p
    row = dict(effect.row) | {"smallest_effect": smallest}
    if isinstance(robust, SpecificationCurve):
        stands = bool(is_robust(row, robust.beside))
        fragile = () if stands or not row["p"] <= 0.05 else tuple(robust.fails_in(effect))
    else:
        stands, fragile = robust, ()
    verdict, label = decide(row, SIGNS[sign], deciding, stands)
    reason = explain(Judged(row, deciding, verdict, label, fragile), SIGNS[sign], adjusted)
    return Judgement(VERDICTS[verdict], label, sign, smallest, float(deciding), stands, reason, effect)


def _check(effect: Effect, sign: str, robust: object, smallest_effect: float | None, p: float | None) -> None:
    if not isinstance(effect, Effect) or effect.estimand not in JUDGED:
        what = f"the {effect.estimand}" if isinstance(effect, Effect) else f"a {type(effect).__name__}"
        raise ValueError(
            f"{what} cannot be judged: a verdict needs an estimate with an interval; give one of `Fit.effect`, of "
            f"estimand {', '.join(JUDGED)}"
        )
    if sign not in SIGNS:
        raise ValueError(f"sign is {sign!r}: without the claimed direction no verdict exists; use {' or '.join(SIGNS)}")
    if not isinstance(robust, bool | SpecificationCurve):
        raise ValueError(
            f"robust is a {type(robust).__name__}: only an effect that stands in the other rows is supported; give "
            "`specifications(fit)`, or True or False"
        )
    if isinstance(robust, SpecificationCurve) and robust.fit.reading.entry["id"] != effect.row["indicator"]:
        raise ValueError(
            f"the specification curve is of '{robust.fit.reading.entry['id']}' and the effect of "
            f"'{effect.row['indicator']}': another series cannot confirm it; give the curve of the same fit"
        )
    if smallest_effect is not None and not (np.isfinite(smallest_effect) and smallest_effect > 0):
        raise ValueError(
            f"smallest_effect is {smallest_effect}: nothing can be ruled out against it; give a positive number on the "
            "tested scale"
        )
    if p is not None and not 0 <= p <= 1:
        raise ValueError(f"p is {p}: no probability, so it decides nothing; give a number from 0 to 1")
