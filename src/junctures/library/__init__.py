"""The public library: one series at known dates, plans of studies, ranks of dates, breaks, indices and verdicts.

Nothing is estimated here: a Series becomes a case of `junctures.inference`, which does the work (docs/api.md).
"""

from junctures.library.breaks import Breaks, find_breaks
from junctures.library.curves import SpecificationCurve, specifications
from junctures.library.examples import load_example
from junctures.library.fits import Effect, Fit, fit
from junctures.library.judging import Judgement, judge
from junctures.library.plans import Plan, plan
from junctures.library.pooling import pool
from junctures.library.rankings import DateRanking, rank_dates

__all__ = [
    "Breaks",
    "DateRanking",
    "Effect",
    "Fit",
    "Judgement",
    "Plan",
    "SpecificationCurve",
    "find_breaks",
    "fit",
    "judge",
    "load_example",
    "plan",
    "pool",
    "rank_dates",
    "specifications",
]
