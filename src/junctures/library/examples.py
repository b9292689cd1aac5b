"""The shipped real data of the examples (src/junctures/examples/README.md has sources and terms)."""

from importlib.resources import files

import pandas as pd

EXAMPLES = {
    "nile": ("nile.csv", "year"),
    "van_drivers_killed": ("seat_belts.csv", "month"),
    "kilometres": ("seat_belts.csv", "month"),
    "joint_exercises": ("china_russia.csv", "year"),
    "military_meetings": ("china_russia.csv", "year"),
    "defence_agreements": ("china_russia.csv", "year"),
}


def load_example(name: str) -> pd.Series:
    """Return a shipped series with a PeriodIndex; sources and terms are in `examples/README.md` of the package.

    `nile`: annual flow of the Nile at Aswan 1871-1970, 100 million cubic metres; the first Aswan dam dates from 1899.
    `van_drivers_killed`: drivers of vans killed on the roads of Great Britain, monthly 1969-1984, and `kilometres`, an
    index of the distance driven; seat belts became compulsory on 1983-01-31. `joint_exercises`,
    `military_meetings` and `defence_agreements`: numbers of joint exercises of the armed forces of China and Russia, of
    high-level military meetings, and of new agreements on defence, yearly 2003-2021. Raises ValueError for other names.

    >>> import junctures
    >>> junctures.load_example("joint_exercises").tail(3)
    year
    2019    4
    2020    1
    2021    3
    Freq: Y-DEC, Name: joint_exercises, dtype: int64
    """
    if name not in EXAMPLES:
        raise ValueError(f"there is no example '{name}': nothing can be loaded; the names are {', '.join(EXAMPLES)}")
    file, column = EXAMPLES[name]
    with (files("junctures") / "examples" / file).open(encoding="utf-8") as source:
        table = pd.read_csv(source, dtype={column: str})
    return pd.Series(table[name].to_numpy(), pd.PeriodIndex(table[column], freq=column[0].upper()), name=name)
