"""Whose perception of a threat is greater: the settled codes of two states' documents, and each coder's own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from junctures.report.judgement import Data, Verdict
from junctures.report.records_quantities import Sources
from junctures.report.records_where import fits, need
from junctures.report.wording import capital, listed
from junctures.study.measures import numbers

REQUIRED = (
    "kind",
    "text",
    "table",
    "codes",
    "key",
    "side",
    "more",
    "less",
    "time",
    "window",
    "where",
    "column",
    "least",
    "by",
)

WHY = {
    "supported": "at least {by:g} apart, by each coder's own codes in the same direction",
    "mixed": "at least {by:g} apart, by each coder's own codes in the same direction, but not over all documents",
    "contradicted": "at least {by:g} apart, by each coder's own codes too in the direction that is not claimed",
    "cannot_tell": "less than {by:g} apart, or not in the same direction by each coder's own codes",
}


def judge_ordering(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on one state's documents being coded higher than another's within a window of dates.

    A date known by year only lies in a window that overlaps that year. The difference of means must reach `by`, each
    coder's own codes of the same documents must agree in sign, and each side needs `least` documents; a difference that
    vanishes over all documents of the window makes the verdict mixed.
    """
    need(check, "check of kind ordering", REQUIRED, ["called"])
    table = data.table(check["table"])
    inside = table[fits(table, {check["time"]: {"overlaps": check["window"]}})]
    inside = inside[(inside[check["column"]] != "").to_numpy(dtype=bool)]
    sides = [inside[fits(inside, {check["side"]: check[name]})] for name in ("more", "less")]
    chosen = [side[fits(side, check["where"])] for side in sides]
    sources = Sources()
    for side in sides:
        sources.add(check["table"], side)
    means = [_mean(side, check["column"]) for side in chosen]
    coders = _coders(chosen, check, data.table(check["codes"]), sources)
    words = f"{check['text']}: {_pair(check, chosen, means)}"
    wide = _difference([_mean(side, check["column"]) for side in sides])
    shown = _pair(check, sides, [_mean(side, check["column"]) for side in sides])
    words += _coders_in_words(coders)
    few = [f"{name} {len(side)}" for name, side in zip(_names(check), chosen, strict=True)]
    if min(map(len, chosen)) < check["least"]:
        words += f"; fewer than {check['least']} documents on a side ({listed(few)}), so that nothing can be compared"
        verdict = "cannot_tell"
    else:
        verdict = _verdict(_difference(means), coders, wide, check["by"])
        words += f"; {WHY[verdict].format(by=check['by'])}"
    words += f"; over all documents of the window {shown}"
    return Verdict(verdict, capital(words) + ".", sources.text())


def _verdict(difference: float, coders: Mapping[str, float], wide: float, by: float) -> str:
    agree = bool(coders) and all(np.sign(each) == np.sign(difference) for each in coders.values())
    if not agree or abs(difference) < by:
        return "cannot_tell"
    if difference < 0:
        return "contradicted"
    return "supported" if wide > 0 else "mixed"


def _mean(rows: pd.DataFrame, column: str) -> float:
    return float(numbers(rows, (column,)).mean()) if len(rows) else np.nan


def _difference(means: list[float]) -> float:
    return round(means[0] - means[1], 9)  # a difference of exactly the threshold stays exact


def _coders(chosen: list[pd.DataFrame], check: Mapping, codes: pd.DataFrame, sources: Sources) -> dict[str, float]:
    """Return each coder's own difference of means over the chosen documents that the coder coded (NaN: a side none)."""
    codes = codes[fits(codes, {"variable": check["column"]})]
    used = codes.merge(pd.concat(chosen)[check["key"]], on=check["key"], how="inner")
    sources.add(check["codes"], used)
    found = {}
    for coder in sorted(set(used["coder"])):
        own = used[used["coder"] == coder]
        found[coder] = _difference([_mean(own[own[check["side"]] == check[name]], "code") for name in ("more", "less")])
    return found


def _names(check: Mapping) -> list[str]:
    """Return what the two sides are called in a sentence."""
    return check.get("called", [check["more"], check["less"]])


def _pair(check: Mapping, sides: list[pd.DataFrame], means: list[float]) -> str:
    each = zip(_names(check), sides, means, strict=True)
    return listed(f"{name} {mean:.2f} (n = {len(side)})" if len(side) else f"{name} none" for name, side, mean in each)


def _coders_in_words(coders: Mapping[str, float]) -> str:
    there = [f"coder {coder} {value:+.2f}" for coder, value in coders.items() if value == value]
    return f", difference by {listed(there)}" if there else ""
