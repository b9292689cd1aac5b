"""Small invented series and settings for the tests of what is estimated from them."""

import datetime as dt

import numpy as np
import pandas as pd

from junctures.inference.cases import Case
from junctures.inference.indicator import Setting
from junctures.study.periods import from_index

STEPS = (2008, 2012, 2016)
NAMES = ("one", "two", "three")
ROWS = {
    "other_end": 2019,
    "concurrent_step": 2005,
    "false_step": 2004,
    "recoded": {"late_three": {"juncture": "three", "first_treated": 2017}},
    "slope": {"start": 2003, "years_after_next": 2, "other_starts": [2000], "other_ends": [2015]},
}


def noise(n, seed=1):
    """Return n independent standard normal values, always the same for a seed."""
    return np.random.default_rng(seed).standard_normal(n)


def yearly(y, start=2000, **changes):
    """Return an annual case of y on the level scale from a year on, with the three invented junctures."""
    y = np.asarray(y, float)
    nothing = np.full(len(y), np.nan)
    fields = {
        "frequency": "year", "scale": "level", "time": np.arange(start, start + len(y)), "y": y, "value": y,
        "exposure": nothing, "junctures": NAMES, "steps": STEPS, "noise": False, "unit": 1.0,
    }  # fmt: skip
    return Case(**(fields | changes))


def quarterly(y, start=2000, **changes):
    """Return a quarterly case of y from a year on, with the junctures at the beginning of their years."""
    time = np.arange(4 * start, 4 * start + len(y))
    fields = {"frequency": "quarter", "time": time, "steps": tuple(4 * step for step in STEPS)}
    return yearly(y, start, **(fields | changes))


def setting(dates=("2008-01-01", "2012-01-01", "2016-01-01"), **changes):
    """Return a setting with junctures at some dates, named one, two, three; few random draws."""
    junctures = tuple(
        {"id": name, "date": dt.date.fromisoformat(date), "alternatives": []}
        for name, date in zip(NAMES, dates, strict=False)
    )
    simulations = {"power": 5, "date_rank": 9, "breaks": 9, "calibration": 5, "studies": 3, "curve": 9}
    fields = {"junctures": junctures, "rows": ROWS, "seed": 1, "simulations": simulations}
    return Setting(**(fields | changes))


def series(y, start="2000", frequency="year", role="main", vintage="", **columns):
    """Return a regular series as in processed/series; y is the measure too unless `value` is given."""
    index = {"year": 1, "quarter": 4, "month": 12}[frequency] * int(start)
    periods = [from_index(index + i, frequency) for i in range(len(y))]
    fields = {
        "frequency": frequency, "vintage": vintage, "role": role, "unit": role, "period": periods,
        "value": np.asarray(y, float), "exposure": np.nan, "y": np.asarray(y, float),
    }  # fmt: skip
    return pd.DataFrame(fields | columns)


def entry(**changes):
    """Return an indicator's block of the config, on the level scale with a declared scale of 1."""
    fields = {
        "id": "drills", "label": "Joint drills", "frequency": "year", "scale": "level",
        "declared_scale": {"value": 1.0, "derivation": "differences"}, "models": [], "also": [],
    }  # fmt: skip
    return fields | changes


def row_of(rows, estimand, juncture="all", model=None):
    """Return the one row of an estimand at a juncture (in a model, if given) among rows."""
    found = [
        row
        for row in rows
        if (row["estimand"], row["juncture"]) == (estimand, juncture) and model in (None, row["model"])
    ]
    assert len(found) == 1, f"{len(found)} rows of {estimand} at {juncture}"
    return found[0]
