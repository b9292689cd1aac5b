"""The series of the comparison: ten that every procedure fits, and simulated ones without any step."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from junctures.inference import design, simulate
from junctures.numbers import read_csv
from junctures.study.periods import PER_YEAR, frequency_of, to_index

ROOT = Path(__file__).parents[2]
SEED = 20220405
NOISE_FROM = 60  # observed points from which on the primary procedure adds white noise (docs/method.md)
STEPS = {
    "year": ("2012", "2014", "2017"),
    "quarter": ("2012Q1", "2014Q2", "2016Q3"),
    "month": ("2012-01", "2014-04", "2016-07"),
}


@dataclass(frozen=True)
class Layout:
    """Where points lie in time (n,), where the steps begin, and the periods in a year if there is a season."""

    time: np.ndarray
    junctures: tuple[str, ...]
    season: int | None

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """Return the running number of each juncture's first period."""
        return tuple(to_index(period) for period in self.junctures)

    @cached_property
    def X(self) -> np.ndarray:
        """Return the design (n, k): intercept, trend, steps, season."""
        return design.build(self.time, steps=self.steps, season=self.season).X

    @cached_property
    def places(self) -> slice:
        """Return the columns of the steps in X."""
        return slice(2, 2 + len(self.junctures))

    @property
    def noise(self) -> bool:
        """Return whether the primary procedure adds white noise to AR(1) errors."""
        return len(self.time) >= NOISE_FROM


@dataclass(frozen=True)
class Case:
    """One series y (n,) on its tested scale; `truth` holds the true steps of a simulated one."""

    name: str
    about: str
    layout: Layout
    y: np.ndarray
    truth: tuple[float, ...] | None = None


def ten_series() -> list[Case]:
    """Return the ten series: five of the study, two of the literature, three simulated."""
    return [
        _indicator("arms_deliveries", "arms deliveries, log", vintage="2022-03"),
        _indicator("military_visits", "senior visits, sqrt"),
        _indicator("exercises", "exercises, sqrt"),
        _indicator("military_meetings", "military meetings, sqrt"),
        _indicator("trade_monthly", "trade, log"),
        _nile(),
        _seat_belts(),
        *_simulated(),
    ]


def layout(start: str, end: str) -> Layout:
    """Return the layout of a complete window with the study's three steps at the window's frequency."""
    frequency = frequency_of(start)
    season = None if frequency == "year" else PER_YEAR[frequency]
    return Layout(np.arange(to_index(start), to_index(end) + 1), STEPS[frequency], season)


def null_series(kind: str, parameter: float | str, count: int) -> tuple[Layout, np.ndarray]:
    """Return layout and series (count, n) without any step, of marginal variance 1: the first of one fixed sequence.

    `kind` is annual or monthly, `parameter` rho of AR(1) errors or "arma" for ARMA(.8, -.5). A smaller count gives the
    first series of a larger one, so that every procedure meets the same ones.
    """
    chosen = layout("2000", "2021") if kind == "annual" else layout("2002-01", "2021-12")
    cell = 0 if parameter == "arma" else 1 + round(100 * float(parameter))
    first = {"annual": 0, "monthly": 1}[kind]
    white = np.random.default_rng([SEED, first, cell])
    if parameter == "arma":
        return chosen, arma(chosen, count, white)
    return chosen, simulate.ar1(chosen.time, float(parameter), count, white)


def arma(layout: Layout, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return monthly series (count, n) with ARMA(.8, -.5) errors of variance 1."""
    return simulate.arma(simulate.Points(layout.time, layout.season, layout.steps, 0, 0.8, 0.0), count, rng)


def _indicator(name: str, about: str, vintage: str = "") -> Case:
    table = read_csv(ROOT / "processed" / "series" / f"{name}.csv")
    # The first block is the declared frequency; further ones are the same measure at another.
    rows = table[(table.role == "main") & (table.vintage == vintage) & (table.frequency == table.frequency.iloc[0])]
    rows = rows[rows.period.str[:4].astype(int).between(2000, 2021) & rows.y.notna()]
    frequency = rows.frequency.iloc[0]
    time = rows.period.map(to_index).to_numpy()
    season = None if frequency == "year" else PER_YEAR[frequency]
    return Case(name, about, Layout(time, STEPS[frequency], season), rows.y.to_numpy(float))


def _nile() -> Case:
    table = pd.read_csv(ROOT / "tests" / "reference" / "data" / "nile.csv")
    return Case("nile", "flow at Aswan", Layout(table.time.to_numpy(), ("1899",), None), table.flow.to_numpy(float))


def _seat_belts() -> Case:
    table = pd.read_csv(ROOT / "tests" / "reference" / "data" / "seatbelts_design.csv")
    time = to_index("1969-01") + np.arange(len(table))
    y = np.sqrt(table.VanKilled.to_numpy(float))
    return Case("seat_belts", "UK van drivers killed, sqrt", Layout(time, ("1983-02",), 12), y)


def _simulated() -> list[Case]:
    rng = np.random.default_rng([SEED, 10])
    annual, quarterly, monthly = layout("2000", "2021"), layout("2000Q1", "2021Q4"), layout("2002-01", "2021-12")
    truth = (1.5, 1.5, 1.5)
    steps = simulate.ar1(annual.time, 0.6, 1, rng)[0] + annual.X[:, annual.places] @ truth
    # Six quarters of scale: from a tenth to nine tenths of the rise in six and a half years.
    rise = 2 / (1 + np.exp(-(quarterly.time - to_index("2014Q1")) / 6))
    smooth = rise + simulate.ar1(quarterly.time, 0.4, 1, rng)[0]
    none = (0.0, 0.0, 0.0)
    return [
        Case("sim_steps", "simulated: three steps of 1.5, AR(1) .6", annual, steps, truth),
        Case("sim_rise", "simulated: smooth rise of 2, no step, AR(1) .4", quarterly, smooth, none),
        Case("sim_arma", "simulated: no step, ARMA(.8, -.5)", monthly, arma(monthly, 1, rng)[0], none),
    ]
