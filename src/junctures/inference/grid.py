"""Size and power on designs that no study has, and on a study's own with many series: docs/calibration.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from junctures.inference import effects
from junctures.inference.calibration import EARLY, Draws, calibrate
from junctures.inference.cases import NOISE_FROM, Case
from junctures.inference.indicator import RANKED, Setting
from junctures.inference.simulate import OWN, TRUTHS, Points
from junctures.study.periods import first_period, last_period, to_index

LENGTHS = (12, 16, 20, 24, 30, 40, 60)
RHOS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9)
STEPS = (1, 2, 3)
STUDY_RHOS = (0.0, 0.4, 0.6, 0.8)
GRID_NULL = 1999  # null series a knot of rho behind the date rank
YEAR = 2000  # the first year of an invented series: it names its points and says nothing


@dataclass(frozen=True)
class Design:
    """One design: its name, points in time, first treated positions of its junctures, whether its dates are ranked."""

    name: str
    frequency: str
    time: np.ndarray
    steps: tuple[int, ...]
    ranked: bool = False

    def case(self) -> Case:
        """Return a case on this design; its values say nothing but vary."""
        nothing = np.full(len(self.time), np.nan)
        names = tuple(f"juncture_{j}" for j in range(1, len(self.steps) + 1))
        y, noise = np.arange(len(self.time), dtype=float) % 2, len(self.time) >= NOISE_FROM
        return Case(self.frequency, "level", self.time, y, nothing, nothing, names, self.steps, noise, 1.0)


def invented_designs(n: int) -> Iterator[Design]:
    """Yield designs of n consecutive years with one to three junctures at equal distances."""
    time = np.arange(YEAR, YEAR + n)
    for count in STEPS:
        places = tuple(int(YEAR + round(n * j / (count + 1))) for j in range(1, count + 1))
        yield Design(f"{count} of {n} years", "year", time, places)


def study_design(part: Mapping, setting: Setting, name: str) -> Design:
    """Return a design of the study: the window at a frequency (`year`, ...), or a pool's, whose dates are ranked.

    `part` is the slice `simulated_studies`; yearly values are taken to be known at the year's end.
    """
    pool = part["pools"].get(name)
    frequency, window = (pool["frequency"], pool["window"]) if pool else (name, part["window"])
    first = to_index(first_period(str(window["start"]), frequency))
    time = np.arange(first, to_index(last_period(str(window["end"]), frequency)) + 1)
    return Design(name, frequency, time, setting.steps(frequency, None), ranked=bool(pool))


def grid_rows(
    design: Design,
    rhos: tuple[float, ...],
    draws: Draws,
    generator: Callable[..., np.random.Generator],
    misled: bool = False,
) -> Iterator[dict]:
    """Yield the rates of rejection (as `calibration.calibrate`) on a design at each persistence.

    With `misled` also under errors and smooth rises that the procedure does not assume, these at the persistence .4.
    `generator` makes a random generator from names.
    """
    case, grids = design.case(), effects.Grids()
    early = design.steps[0] // case.per_year - EARLY
    others = tuple(truth for truth in TRUTHS if truth != OWN) if misled else ()
    for rho, truths in [*((rho, (OWN,)) for rho in rhos), *([(0.4, others)] if misled else [])]:
        at = Points(case.time, case.per_year, case.steps, early, rho, 0.0)
        rows = calibrate(
            case,
            grids,
            at,
            draws,
            lambda name, rho=rho: generator(design.name, str(rho), name),
            ranked=design.ranked and len(design.steps) == RANKED,
            truths=truths,
        )
        shared: Mapping = {"design": design.name, "frequency": design.frequency, "n": len(case.time)}
        yield from ({**shared, "junctures": len(case.steps), "rho": rho, **row} for row in rows)


def part_rows(part: str, study: Mapping, setting: Setting, say: Callable[[str], None]) -> Iterator[dict]:
    """Yield the rates of one part of the grid: `n_<length>`, or a design of the study by its name.

    `study` is the slice `simulated_studies`; each design is told to `say` when it is done.
    """
    draws = setting.simulations["grid"]
    if part.startswith("n_"):
        designs, rhos, misled = invented_designs(int(part.removeprefix("n_"))), RHOS, False
    else:
        designs, rhos, misled = [study_design(study, setting, part)], STUDY_RHOS, True
    for design in designs:
        counts = Draws(draws, draws, GRID_NULL)
        yield from grid_rows(design, rhos, counts, lambda *names: setting.generator("grid", *names), misled)
        say(f"{design.name}: {draws} series a cell")
