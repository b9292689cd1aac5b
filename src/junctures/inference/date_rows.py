"""Rows of the two tests that ask the dates themselves: steps at other dates, and breaks at dates nobody named."""

from collections.abc import Mapping
from math import floor

import numpy as np

from junctures.inference import breaks, design, effects, placebo_dates
from junctures.inference.alternatives import EXACT
from junctures.inference.cases import Case, candidate_dates, untestable
from junctures.study.periods import from_index

MOST = 3  # breaks that are looked for: as many as there are junctures
TRIMMING = 0.15  # share of the points in the shortest segment
SPARE = 2  # points that the shortest segment holds beyond its coefficients
FLAGGED = "its table carries a coverage flag"
NO_INTERVAL = "no interval: the limit distribution does not hold its ends"


def placebo_rows(case: Case, model: str, entry: Mapping) -> list[dict]:
    """Return one row a juncture: the t of its step, the number of other dates, the least p possible, and p.

    By `placebo_dates.placebo_in_time`; a juncture that cannot be compared has the reason.
    """
    reason = untestable(case)
    found = [None] * len(case.steps)
    if not reason:
        dates = candidate_dates(case)
        found = placebo_dates.placebo_in_time(case.y, case.time, case.steps, dates, case.per_year, case.season)
    rows = []
    for juncture, step, placebo in zip(case.junctures, case.steps, found, strict=True):
        row = _place(case, model, entry) | {"juncture": juncture, "first_treated": from_index(step, case.frequency)}
        why = reason or placebo.reason
        values = {"t": np.nan, "n_dates": 0, "smallest_p": np.nan, "p": np.nan}
        if not why:
            values = {"t": placebo.t, "n_dates": len(placebo.dates)}
            values |= {"smallest_p": placebo.smallest_p, "p": placebo.p}
        row |= values | {"reason": why}
        rows.append(row | {"sentence": _placebo_sentence(row, entry)})
    return rows


def _placebo_sentence(row: Mapping, entry: Mapping) -> str:
    start = f"{entry['label']} at {row['juncture']} ({row['first_treated']})"
    if row["reason"]:
        return f"{start}: not compared with other dates, since {row['reason']}."
    return (
        f"{start}: absolute t of the step {abs(row['t']):.2f}; of {row['n_dates']} other dates "
        f"{round(row['p'] * (1 + row['n_dates'])) - 1} have one at least as large (p = {row['p']:.3f}, "
        f"{row['smallest_p']:.3f} at the least)."
    )


def break_rows(case: Case, model: str, entry: Mapping, draws: int, rng: np.random.Generator) -> list[dict]:
    """Return one row a break of intercept and trend, at most three by BIC; one row where there is none, or a reason.

    `sup_f` and its bootstrap `p` (of `draws` series) ask whether there is any break; `period` is the first of the new
    regime, `first_period` and `last_period` its 95 % interval, cut at the window's ends; `holds` names the junctures in
    it, and `chance` is the share of admissible dates around which an equally long interval would hold one. Seasons do
    not break: they are taken out first.
    """
    place = _place(case, model, entry)
    reason = (FLAGGED if entry.get("coverage_flag") else "") or untestable(case)
    if not reason and len(case.time) < design.FEWEST_POINTS:
        reason = f"fewer than {design.FEWEST_POINTS} points"
    whole = None if reason else design.build(case.time, steps=[], season=case.season)
    if reason := reason or effects.singular(whole):
        return [_break_row(place, entry, {"reason": reason})]
    X, season = whole.X[:, :2], whole.X[:, 2:] if case.season else None
    y = breaks.without(case.y, X, season)
    shortest = max(floor(TRIMMING * len(y)), X.shape[1] + SPARE)
    found = breaks.bai_perron(y, X, MOST, shortest)
    if found.rss.min() <= EXACT * np.sum(y**2):
        return [_break_row(place, entry, {"reason": effects.EXACT})]
    scan, p, rho = breaks.sup_f_bootstrap(case.y, X, case.time, draws, rng, shortest, season)
    shared = {"shortest": shortest, "number": found.number, "sup_f": scan.sup, "p": p, "rho": rho}
    chosen = found.breaks[found.number]
    if not chosen:
        return [_break_row(place, entry, shared)]
    treated = dict(zip(case.junctures, np.searchsorted(case.time, case.steps).tolist(), strict=True))
    treated = {name: at for name, at in treated.items() if 0 < at < len(y)}
    rows = []
    for number, interval in enumerate(breaks.bai_intervals(y, X, chosen), 1):
        rows.append(_break_row(place, entry, shared | {"break": number} | _dated(interval, case, treated, shortest)))
    return rows


def _dated(interval: np.ndarray, case: Case, treated: Mapping[str, int], shortest: int) -> dict:
    """Return one break's period, interval, junctures held and the chance of holding one.

    A breakpoint, the number of the old regime's last point counted from 1, is the index from 0 of the new one's first.
    """
    low, at, high = interval
    found = {"period": from_index(int(case.time[int(at)]), case.frequency)}
    if not np.isfinite(interval).all():
        return found | {"reason": NO_INTERVAL}
    n = len(case.time)
    ends = (case.time[int(np.clip(end, 0, n - 1))] for end in (low, high))
    found["first_period"], found["last_period"] = (from_index(int(end), case.frequency) for end in ends)
    points = np.arange(shortest, n - shortest + 1)
    junctures = np.array(list(treated.values()), int)
    held = (points[:, None] - (at - low) <= junctures) & (junctures <= points[:, None] + (high - at))
    names = [name for name, place in treated.items() if low <= place <= high]
    return found | {"holds": " ".join(names), "chance": float(held.any(axis=1).mean())}


def _break_row(place: Mapping, entry: Mapping, values: Mapping) -> dict:
    row = {**place, "reason": "", **values}
    return row | {"sentence": _break_sentence(row, entry)}


def _break_sentence(row: Mapping, entry: Mapping) -> str:
    if "number" not in row:
        return f"{entry['label']}: no break looked for, since {row['reason']}."
    count = {0: "no break", 1: "one break"}.get(row["number"], f"{row['number']} breaks")
    test = f"{entry['label']}: {count} by BIC (sup-F {row['sup_f']:.1f}, bootstrap p = {row['p']:.3f})"
    if not row["number"]:
        return f"{test}."
    where = f"{test}; break {row['break']} in {row['period']}"
    if "chance" not in row:
        return f"{where} ({row['reason']})."
    held = f"holds {row['holds'].replace(' ', ', ')}" if row["holds"] else "holds no juncture"
    return (
        f"{where} ({row['first_period']} to {row['last_period']}, indicative since a trend is in the model): it "
        f"{held}; around a date at random one as long would hold a juncture in {row['chance']:.0%} of cases."
    )


def _place(case: Case, model: str, entry: Mapping) -> dict:
    return {"indicator": entry["id"], "model": model, "frequency": case.frequency, "n": len(case.time)}
