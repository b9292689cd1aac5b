"""What a study could see before any of its values is looked at: size, power, and the jump found in four of five."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference import prospects
from junctures.inference.cases import PER_YEAR, Case
from junctures.inference.effects import ALL
from junctures.inference.variations import Variation
from junctures.library.reading import Date, Reading, index_of, read, text_of, with_draws
from junctures.library.words import fold
from junctures.report import wording
from junctures.study.periods import first_period, from_index, last_period, to_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAIN = "primary"
MIDDLE = 0.4  # the persistence at which a plan is told, and at which `ruled_out_attainable` is read
SIZES = (1, 2, 3, 4)
COLUMNS = [
    "juncture", "estimand", "rho", "n", "points_before", "points_after", "se_sd", "correlation", "size", "power_1",
    "power_2", "power_3", "power_4", "jump_80", "ruled_out_share", "ruled_out_attainable", "reason",
]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a design could see, from simulated series; made by `plan` and by `Fit.plan`. Effects are in residual sd."""

    frequency: str
    start: str
    end: str
    n: int
    junctures: tuple[str, ...]
    draws: int
    rows: pd.DataFrame = field(repr=False, compare=False)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping], case: Case, draws: int) -> "Plan":
        """Return the plan of a case in the rows of `prospects.describe_design`."""
        first, last = (from_index(case.time[end], case.frequency) for end in (0, -1))
        table = pd.DataFrame(rows).reindex(columns=COLUMNS)
        return cls(case.frequency, first, last, len(case.time), case.junctures, draws, table)

    def summary(self) -> str:
        """Return in plain sentences what would be found at the middle persistence, and what could not."""
        heading = f"{self.start} to {self.end}, {self.n} points by {self.frequency}; {self.draws} simulated series."
        if reason := wording.text(self.rows["reason"].iloc[0]):
            return fold([heading, f"Nothing could be tested: {reason}."])
        middle = self.rows[self.rows["rho"] == MIDDLE]
        if len(self.junctures) == 1:
            middle = middle[middle["estimand"] == "step"]
        return fold([heading, *(_sentence(row) for row in middle.to_dict("records"))])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step and the mean step at each persistence.

        `se_sd` is the standard error with rho known, `correlation` the largest of a step with another one, `size` the
        share of series without any effect that reject at 5 %, `power_1` to `power_4` the share that find an effect of
        that many sd with its sign, `jump_80` the effect found in 80 %, `ruled_out_share` the share without any effect
        that rules out the smallest effect; `ruled_out_attainable` is yes if that share is .2 or more at rho .4.
        """
        return self.rows.copy()

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Return axes with the share of series in which an effect is found, by its size, at the middle persistence."""
        from junctures.library import drawing

        return drawing.draw_plan(self.rows[self.rows["rho"] == MIDDLE], SIZES, ax)


def plan(
    frequency: str,
    start: Date,
    end: Date,
    junctures: Mapping[str, Date],
    *,
    rho: Sequence[float] = (0.0, MIDDLE, 0.8),
    smallest_effect: float = 1.0,
    observed_month: int | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> Plan:
    """Return what a planned study could see: size, power at 1 to 4 sd, and the jump found in 80 % of samples.

    The very procedure of `fit` is run on simulated series: trend and a step at each juncture, from `start` to `end` by
    `frequency` (year, quarter or month), AR(1) errors of each persistence in `rho` (which must hold .4), effects in sd
    of these errors around the model. `smallest_effect`, in the same sd, is what "ruled out" is held against. `draws`
    series come from a generator seeded with `seed`. A monthly sd is not a yearly one: do not compare frequencies.
    Raises ValueError for frequencies, dates and numbers that cannot be read; a design that cannot be estimated gives
    rows with the reason.

    >>> import junctures
    >>> print(junctures.plan("year", 2000, 2023, {"crisis": "2014-03-18"}).summary())
    2000 to 2023, 24 points by year; 2000 simulated series.
    - A step at crisis is found in 80 % of samples from 2.9 sd on (rho 0.4; power 18, 48, 82, 97 %
      at 1, 2, 3, 4 sd; size 5.8 %); to rule one out is out of reach (15 % of samples without any).
    """
    if frequency not in PER_YEAR:
        raise ValueError(
            f"frequency is '{frequency}': periods of another length have no season and no calendar here; use year, "
            "quarter or month"
        )
    if not (np.isfinite(smallest_effect) and smallest_effect > 0):
        raise ValueError(
            f"smallest_effect is {smallest_effect}: nothing can be ruled out against it; give a positive number of sd"
        )
    wrong = [r for r in rho if not -0.95 <= r <= 0.99]
    if wrong or MIDDLE not in tuple(rho):
        raise ValueError(
            f"rho is {tuple(rho)}: errors must be stationary (between -.95 and .99), and whether a verdict is "
            f"attainable is read at {MIDDLE}; give persistences in that range, {MIDDLE} among them"
        )
    reading = _planned(frequency, start, end, junctures, observed_month, smallest_effect)
    return simulate_plan(reading, {"id": "plan", "residual_unit": 1.0}, draws, seed, tuple(rho))


def simulate_plan(
    reading: Reading, entry: Mapping, draws: int, seed: int, rho: Sequence[float] = prospects.RHOS
) -> Plan:
    """Return what the design of a reading could see; effects are in its unit, or in `residual_unit` of `entry`."""
    setting = with_draws(reading, "power", draws, seed)
    rows = prospects.describe_design(
        Variation(MAIN, reading.case), entry, draws, lambda: setting.generator(entry["id"], MAIN, "power"), rho
    )
    return Plan.from_rows(rows, reading.case, draws)


def _planned(
    frequency: str,
    start: Date,
    end: Date,
    junctures: Mapping[str, Date],
    observed_month: int | None,
    smallest_effect: float,
) -> Reading:
    """Return the reading of a study that has no values yet."""
    first, last = to_index(first_period(text_of(start), frequency)), to_index(last_period(text_of(end), frequency))
    if first > last:
        raise ValueError(
            f"no {frequency} lies wholly between {start} and {end}: a study needs periods; give a later end or an "
            "earlier start"
        )
    periods = np.arange(first, last + 1)
    # A design has no values; any that vary will do, since only their places in time are used.
    series = pd.Series(np.linspace(0.0, 1.0, len(periods)) ** 2, index_of(periods, frequency), name="plan")
    return read(series, junctures, observed_month=observed_month, unit=smallest_effect)


def _sentence(row: Mapping) -> str:
    what = "a mean step a juncture" if row["juncture"] == ALL else f"a step at {row['juncture']}"
    powers = ", ".join(f"{100 * row[f'power_{size}']:.0f}" for size in SIZES)
    within = "is within reach" if row["ruled_out_attainable"] == "yes" else "is out of reach"
    return (
        f"- {wording.capital(what)} is found in 80 % of samples from {row['jump_80']:.1f} sd on (rho {row['rho']:g}; "
        f"power {powers} % at 1, 2, 3, 4 sd; size {100 * row['size']:.1f} %); to rule one out {within} "
        f"({100 * row['ruled_out_share']:.0f} % of samples without any)."
    )
