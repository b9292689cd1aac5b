"""The two tests that a records claim may ask for: ranks of a number before and after, and the rate of an event."""

from collections.abc import Mapping
from math import comb

import numpy as np
import pandas as pd

from junctures.report.judgement import Data
from junctures.report.records_parts import COMMON, FAILS, HOLDS, OPEN, Finding, figure
from junctures.report.records_quantities import Sources, values_of
from junctures.report.records_where import as_text, fits, need
from junctures.report.wording import p_value

ALPHA = 0.05
MOST_SPLITS = 200_000  # splits of tied values that are enumerated; beyond, the same number is drawn


def rank_p(before: np.ndarray, after: np.ndarray) -> float:
    """Return the two-sided p of the Mann-Whitney test: exact, by permutation of the values where some are tied.

    scipy's exact method ignores ties, hence the permutations: all of them up to MOST_SPLITS, else as many drawn with a
    fixed seed.
    """
    from scipy import stats

    values = np.concatenate([before, after])
    if len(np.unique(values)) == len(values):
        return float(stats.mannwhitneyu(before, after, alternative="two-sided", method="exact").pvalue)
    splits = min(comb(len(values), len(before)), MOST_SPLITS)
    draws = stats.PermutationMethod(n_resamples=splits, rng=np.random.default_rng(0))
    return float(stats.mannwhitneyu(before, after, alternative="two-sided", method=draws).pvalue)


def rate_p(before: int, after: int, years_before: int, years_after: int) -> float:
    """Return the two-sided p that two counts have one rate: exact binomial, given their sum."""
    from scipy import stats

    if before + after == 0:
        return 1.0
    return float(stats.binomtest(after, before + after, years_after / (years_before + years_after)).pvalue)


def _period(rows: pd.DataFrame, part: Mapping, name: str) -> pd.DataFrame:
    return rows[fits(rows, {part["time"]: {"from": part[name][0], "to": part[name][1]}})]


def _years(part: Mapping, name: str) -> str:
    return "-".join(as_text(year) for year in part[name])


def ranks_form(part: Mapping, data: Data) -> Finding:
    """All medians rise with p at most .05: it holds; one falls so: it fails; too few known values on a side: open."""
    need(part, "part of form ranks", ["text", "table", "where", "time", "before", "after", "columns", "least"], COMMON)
    table, sources, words, outcomes, p = data.table(part["table"]), Sources(), [], [], None
    rows = table[fits(table, part["where"])]
    for column in part["columns"]:
        sides = []
        for name in ("before", "after"):
            side = _period(rows, part, name)
            values = values_of(side, {"column": column})
            sources.add(part["table"], side[~np.isnan(values)])
            sides.append(values[~np.isnan(values)])
        name = column.replace("_", " ")
        if min(map(len, sides)) < part["least"]:
            known = f"{len(sides[0])} known in {_years(part, 'before')}, {len(sides[1])} in {_years(part, 'after')}"
            words.append(f"{name}: {known}, so that no other verdict was possible")
            outcomes.append(OPEN)
            continue
        medians, tested = [float(np.median(side)) for side in sides], rank_p(*sides)
        p = max(tested, p or 0.0)
        words.append(f"{name}: median {figure(medians[0])}, then {figure(medians[1])}, {p_value(tested)}")
        clear = tested <= ALPHA and medians[0] != medians[1]
        outcomes.append((HOLDS if medians[1] > medians[0] else FAILS) if clear else OPEN)
    outcome = FAILS if FAILS in outcomes else HOLDS if set(outcomes) == {HOLDS} else OPEN
    return Finding(outcome, "; ".join(words), sources, p)


def rates_form(part: Mapping, data: Data) -> Finding:
    """The yearly rate of rows is higher after with p at most .05: it holds; lower so: it fails; else open."""
    need(part, "part of form rates", ["text", "table", "where", "time", "before", "after"], COMMON)
    table, sources = data.table(part["table"]), Sources()
    rows = table[fits(table, part["where"])]
    counts, years = [], []
    for name in ("before", "after"):
        side = _period(rows, part, name)
        sources.add(part["table"], side)
        counts.append(len(side))
        years.append(int(as_text(part[name][1])[:4]) - int(as_text(part[name][0])[:4]) + 1)
    p = rate_p(*counts, *years)
    words = f"{counts[0]} in {_years(part, 'before')}, {counts[1]} in {_years(part, 'after')}, {p_value(p)}"
    higher = counts[1] / years[1] - counts[0] / years[0]
    outcome = (HOLDS if higher > 0 else FAILS) if p <= ALPHA and higher else OPEN
    return Finding(outcome, words, sources, p)
