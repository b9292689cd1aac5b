"""Indices pooled over indicators, with equal weights on declared scales, and one index that moves before another."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from junctures.inference import design, effects, indicator, sentences, variations
from junctures.inference.cases import Case, scale_at
from junctures.inference.indicator import Results, Setting
from junctures.inference.variations import Variation
from junctures.study.periods import from_index, span, to_index

CORRELATION = 0.3  # taken between members where a design needs the residual sd of an index (docs/method.md, "Pools")


def build_index(series: Mapping[str, pd.DataFrame], members: Mapping[str, Mapping], pool: Mapping) -> pd.DataFrame:
    """Return the index of a pool: the mean over members of y / s in the periods where all are observed.

    `series` holds each member's regular series, `members` its config entry with the vintage to take under `vintage`.
    Columns period, value, exposure (both blank), y; equal weights (docs/method.md, "Pools").
    """
    scaled = {}
    for name, entry in members.items():
        chosen = series[name]
        chosen = chosen[(chosen["frequency"] == pool["frequency"]) & (chosen["vintage"] == entry["vintage"])]
        y = chosen[chosen["role"] == "main"].set_index("period")["y"]
        if pool.get("against_controls"):
            y = y - chosen[chosen["role"] == "control"].set_index("period")["y"]
        scaled[name] = y / scale_at(entry, pool["frequency"])
    index = pd.DataFrame(scaled).dropna()
    if index.empty:
        raise ValueError(f"pool of {', '.join(members)}: no {pool['frequency']} in which all are observed")
    first, last = sorted((to_index(index.index[0]), to_index(index.index[-1])))
    periods = span(from_index(first, pool["frequency"]), from_index(last, pool["frequency"]))
    y = index.mean(axis=1).reindex(periods)
    return pd.DataFrame({"period": periods, "value": np.nan, "exposure": np.nan, "y": y.to_numpy()})


def pool_entry(pool: Mapping) -> dict:
    """Return a pool's block in the form that the tests of an indicator read."""
    size = len(pool["members"])
    return {
        "id": pool["id"],
        "label": pool["label"],
        "scale": "index",
        "declared_scale": {"value": 1.0, "derivation": "index"},
        "residual_unit": float(np.sqrt((1 + CORRELATION * (size - 1)) / size)),
        "control": "yes" if pool.get("against_controls") else None,
        "date_rank": True,
    }


def with_vintages(entries: Mapping[str, Mapping], members, **vintages: str) -> dict[str, dict]:
    """Return the entries of members with the vintage that each contributes, its main one unless named."""
    return {m: {**entries[m], "vintage": vintages.get(m, indicator.main_vintage(entries[m]))} for m in members}


def test_pool(pool: Mapping, series: Mapping, entries: Mapping, setting: Setting) -> Results:
    """Return every row of a pool: the full suite on its index, its own rows, design, lines and date rank."""
    entry, grids, results = pool_entry(pool), effects.Grids(), Results()
    model = f"pool_{pool['id']}"
    identity = {"indicator": pool["id"], "vintage": ""}
    index = build_index(series, with_vintages(entries, pool["members"]), pool)
    case, full = indicator.make_case(index, entry, setting, pool["frequency"], pool["window"])
    indicator.add(results, indicator.test_case(case, full, model, entry, setting, grids, identity))
    for name, changed, chosen in _rows(pool, entries):
        other = build_index(series, chosen, changed)
        row_case, _ = indicator.make_case(other, entry, setting, changed["frequency"], pool["window"])
        rows = effects.estimate(Variation(name, row_case), grids)
        results.specifications += sentences.finish(rows, row_case, entry, identity)
    results.designs += indicator.describe_design(case, model, entry, setting, grids)
    for line in effects.fitted_lines(case, grids, lambda x: x):
        period = from_index(line.pop("position"), case.frequency)
        results.fitted.append({**identity, "model": model, "period": period} | line)
    indicator.rank_dates(results, case, entry, setting, identity | {"model": model})
    return results


def _rows(pool: Mapping, entries: Mapping):
    """Yield name, pool and members of each accompanying row: members left out, other vintages, the declared rows."""
    members = pool["members"]
    for left in members:
        yield f"without_{left}", pool, with_vintages(entries, [m for m in members if m != left])
    for member in members:
        for vintage in (entries[member].get("vintages") or {}).get("others", ()):
            name = "vintage_" + str(vintage).replace("-", "_")
            yield name, pool, with_vintages(entries, members, **{member: str(vintage)})
    for name, row in (pool.get("rows") or {}).items():
        replaced = [(row.get("replace") or {}).get(m, m) for m in (row.get("members") or members)]
        changed = {**pool, "frequency": row.get("frequency") or pool["frequency"]}
        yield name, changed, with_vintages(entries, [*replaced, *(row.get("add") or ())])


def test_leads(lead: Mapping, indices: Mapping[str, pd.DataFrame], setting: Setting) -> Results:
    """Return whether the leader's value of the year before goes with the outcome, against that of the year after.

    The outcome index on `1 + t`, the leader a year before and a year after, in one model, by the primary procedure.
    `indices` holds the index (or standardised series) of the outcome, the leader and those instead of it.
    """
    results, grids = Results(), effects.Grids()
    entry = {"id": lead["id"], "label": lead["label"], "smallest_coefficient": lead["smallest_coefficient"]}
    identity = {"indicator": lead["id"], "vintage": ""}
    for leader in (lead["leader"], *lead["instead"]):
        case = _lead_case(indices[lead["outcome"]], lead, setting)
        values = dict(zip((to_index(p) for p in indices[leader]["period"]), indices[leader]["y"], strict=True))
        prefix = "leads" if leader == lead["leader"] else f"leads_{leader}"
        rows = _lead_rows(prefix, case, values, grids, ("lead_before", "lead_after"))
        results.effects += sentences.finish(rows, case, entry, identity)
        same = _lead_rows(f"{prefix}_same_year", case, values, grids, ("lead_before", "lead_after", "lead_same"))
        shown = [row for row in same if row["estimand"] == "lead_same"]
        for variation in variations.robust_rows(case, case, setting.rows["other_end"]):
            name = f"{prefix}_{variation.model}"
            estimands = ("lead_before", "lead_after")
            shown += _lead_rows(name, variation.case, values, grids, estimands, variation.estimator, variation.reason)
        results.specifications += sentences.finish(shown, case, entry, identity)
    return results


def _lead_case(index: pd.DataFrame, lead: Mapping, setting: Setting) -> Case:
    entry = {"scale": "index", "declared_scale": {"value": 1.0, "derivation": "index"}}
    case, _ = indicator.make_case(index, entry, setting, "year", lead["window"])
    return replace(case, junctures=("all",), steps=(int(case.time[0]),))


SHIFTS = {"lead_before": -1, "lead_after": 1, "lead_same": 0}


def _lead_rows(model, case, values, grids, estimands, estimator="primary", reason="") -> list[dict]:
    columns = {name: np.array([values.get(t + SHIFTS[name], np.nan) for t in case.time], float) for name in estimands}
    observed = ~np.isnan(np.array(list(columns.values()))).any(axis=0)
    kept = case.keep(observed)
    if reason or len(kept.y) < 12:
        reason = reason or "fewer than 12 points"
        values = effects.EMPTY | {"n": len(kept.y), "reason": reason}
        return [effects.tidy(Variation(model, kept), ("all", name), values) for name in estimands]
    matrix = design.build(kept.time, steps=[], extra={name: column[observed] for name, column in columns.items()})
    variation = Variation(model, kept, estimator=estimator)
    return [row for name in estimands for row in effects.estimate_column(variation, matrix, name, ("all", name), grids)]


def lead_indices(lead: Mapping, pools: Mapping, entries: Mapping, series: Mapping) -> dict[str, pd.DataFrame]:
    """Return the yearly index of outcome, leader and those instead of it; a single indicator is an index of one."""
    indices = {}
    for name in (lead["outcome"], lead["leader"], *lead["instead"]):
        pool = pools.get(name) or {"members": [name], "frequency": "year"}
        indices[name] = build_index(series, with_vintages(entries, pool["members"]), pool)
    return indices
