"""Would the data have chosen these dates? Their rank among all sets of three, calibrated by simulation."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference.indicator import Results
from junctures.inference.indicator import rank_dates as add_rank
from junctures.library.fits import IDENTITY, MAIN, Fit
from junctures.library.reading import with_draws
from junctures.library.words import fold
from junctures.report import wording
from junctures.study.periods import from_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class DateRanking:
    """The rank of a fit's dates among all admissible sets of three; made by `rank_dates`.

    `rank` 1 is best of `n_sets`; `p` is the share of simulated series without any step whose real dates rank as high;
    `dates` are the first treated periods, `best` the five best sets.
    """

    label: str
    dates: tuple[str, ...]
    rank: int
    n_sets: int
    p: float
    draws: int
    best: tuple[tuple[str, ...], ...]
    shares: pd.DataFrame = field(repr=False, compare=False)
    bars: pd.DataFrame = field(repr=False, compare=False)
    real_ratio: float = field(repr=False, compare=False)

    def summary(self) -> str:
        """Return in plain words how the dates rank, and which the best are."""
        few = "few" if self.p <= 0.05 else "many"
        told = (
            f"{self.label}: the dates {wording.listed(self.dates)} have rank {self.rank:,} of {self.n_sets:,} sets, "
            f"{wording.p_value(self.p)} in {self.draws:,} series with a trend and no step: {few} of these rank them as "
            f"high. Best is {wording.listed(self.best[0])}. The rank is blind to direction."
        )
        return fold([told])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a candidate date: the share of the best 5 % of sets that hold it, and that expected by chance.

        `real` says whether it is one of the fit's dates.
        """
        return self.shares.copy()

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the sums of squares of all sets over that of the trend alone, the real dates' marked."""
        from junctures.library import drawing

        return drawing.draw_ranking(self, ax)


def rank_dates(fit: Fit, *, draws: int = 1999, seed: int = 0) -> DateRanking:
    """Return how the three dates of a fit rank among all sets of three dates by how well their steps fit.

    Sets whose gaps are at least the smallest real gap, the first and last segment holding a tenth of the points; months
    are tried by quarter. The rank is held against `draws` series simulated with the fit's trend and persistence and no
    step, from a generator seeded with `seed` and the series' name. A smooth rise rarely passes; a step at other dates
    does not. Raises ValueError where there are not three dates or they cannot be ranked.
    Method: docs/method.md, "Are these dates special?".

    >>> import junctures
    >>> dates = {"pivot": "2012-01-05", "sanctions": "2014-03-18", "THAAD": "2016-07-08"}
    >>> found = junctures.fit(junctures.load_example("joint_exercises"), dates, counts=True)
    >>> print(junctures.rank_dates(found, draws=199).summary())
    joint exercises: the dates 2012, 2014 and 2017 have rank 109 of 364 sets, p = 0.295 in 199
      series with a trend and no step: many of these rank them as high. Best is 2009, 2011 and 2013.
      The rank is blind to direction.
    """
    case, entry = fit.reading.case, fit.reading.entry
    setting = with_draws(fit.reading, "date_rank", draws, seed)
    results = Results()
    identity = dict(zip(IDENTITY, (entry["id"], ""), strict=True))
    add_rank(results, MAIN, case, entry, setting, identity)
    row = results.effects[0]
    if not results.dates:
        raise ValueError(
            f"{fit.label}: the dates cannot be ranked, since {row['reason']}: a rank means something among all sets of "
            "three dates only; fit three junctures with points enough before, between and after them"
        )
    found, real = results.dates[0], tuple(from_index(step, case.frequency) for step in case.steps)
    shares = pd.DataFrame(results.dates_years)[["period", "share", "chance"]]
    return DateRanking(
        label=fit.label,
        dates=real,
        rank=found["rank"],
        n_sets=found["n_sets"],
        p=found["p"],
        draws=draws,
        best=tuple(tuple(found[f"best_{i}"].split()) for i in range(1, 6) if f"best_{i}" in found),
        shares=shares.assign(real=np.isin(shares["period"], real)),
        bars=pd.DataFrame(results.dates_ratios)[["lower", "upper", "count"]],
        real_ratio=found["real_ratio"],
    )
