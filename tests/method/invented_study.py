"""A small invented study whose claims rest on every kind of model that is replayed."""

import numpy as np
import pandas as pd
from invented import ROWS, entry, noise, series, setting

from junctures.inference import indicator, pool
from junctures.inference.simulated_studies import family_tests, replay_claims, rows_by_key

WINDOW = {"start": "2000", "end": "2021"}
STUDIES = 12
PLAN = setting(simulations={"power": 2, "date_rank": 9, "breaks": 2, "calibration": 2, "studies": STUDIES, "curve": 19})
RISE = np.repeat([0.0, 1, 2, 3], [8, 4, 4, 6])
MEMBERS = {"estimand": "step", "juncture": "one"}
POOL = {
    "id": "both", "label": "Both", "frequency": "year", "window": WINDOW, "members": ["drills", "talks"], "rows": {},
}  # fmt: skip
LEAD = {
    "id": "talks_first", "label": "Talks first", "outcome": "both", "leader": "talks", "instead": [], "window": WINDOW,
    "smallest_coefficient": 0.3,
}  # fmt: skip
OVER_ALL = {"junctures": ["one", "two", "three"], "unit": 1.0}


def _member(indicator_, model="primary", **more):
    return {"indicator": indicator_, "model": model, **MEMBERS, **more}


def claim(name, kind, **check):
    """Return a claim with the check of a kind."""
    return {"id": name, "juncture": "one", "check": {"kind": kind, **check}}


CLAIMS = [
    claim("drills_rise", "effect", sign="positive", members=[_member("drills")]),
    claim("both_rise", "effect", sign="positive", members=[_member("drills", juncture="two"), _member("calls")]),
    claim("calls_fall", "effect", sign="negative", members=[_member("calls", juncture="three")]),
    claim("calls_late", "effect", sign="positive", members=[_member("calls", "late_three", juncture="three")]),
    claim("calls_steeper", "effect", sign="positive", members=[_member("calls", "slope", estimand="slope_change")]),
    claim("hush", "effect", sign="positive", members=[_member("hush")]),
    claim("pool_rises", "mean_step", sign="positive", members=[
        _member("both", "pool_both", estimand="mean_step", juncture="all")
    ]),
    claim("staged_pool", "staged", indicator="both", model="pool_both", **OVER_ALL),
    claim("staged_calls", "staged", indicator="calls", model="primary", **OVER_ALL),
    claim("dates", "date_rank", sign="positive", indicator="both", model="pool_both", junctures=OVER_ALL["junctures"]),
    claim("talks_first", "leads", indicator="talks_first", model="leads"),
]  # fmt: skip
ENTRIES = {
    "drills": entry(id="drills"),
    "talks": entry(id="talks"),
    "calls": entry(id="calls", frequency="quarter", models=["slope", "late_three"]),
    "hush": entry(id="hush"),
}
SERIES = {
    "drills": series(RISE + noise(22)),
    "talks": series(RISE + noise(22, 2)),
    "calls": series(noise(64, 3), start="2003", frequency="quarter"),
    "hush": series(np.zeros(22)),  # without variation: no study can test it
}
PART = {
    "claims": CLAIMS,
    "indicators": ENTRIES,
    "pools": {"both": POOL},
    "leads": {"talks_first": LEAD},
    "families": {"pools": {"over": "pool_steps"}, "effects": {"over": "effect_claims"}},
    "junctures": [dict(juncture) for juncture in PLAN.junctures],
    "rows": ROWS,
    "window": WINDOW,
}


def real_rows():
    """Return the rows of effects of the study by their keys, as its own tests give them."""
    effects = []
    for name in ("drills", "calls", "hush"):
        effects += indicator.test_indicator(SERIES[name], ENTRIES[name], PLAN, WINDOW).effects
    effects += pool.test_pool(POOL, SERIES, ENTRIES, PLAN).effects
    indices = pool.lead_indices(LEAD, PART["pools"], ENTRIES, SERIES)
    effects += pool.test_leads(LEAD, indices, PLAN).effects
    return rows_by_key(pd.DataFrame(effects))


def replayed_study():
    """Return the replayed units of the study, the real rows, and the tests of its families."""
    templates = real_rows()
    return replay_claims(PART, SERIES, templates, PLAN, lambda _: None), templates, family_tests(PART)
