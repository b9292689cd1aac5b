"""Indices pooled over indicators, with equal weights on declared scales, and one index that moves before another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from junctures.inference import design, effects, indicator, peers, sentences, variations
from junctures.inference.cases import Case, scale_at, untestable
from junctures.inference.indicator import Results, Setting
from junctures.inference.variations import Variation
from junctures.study.periods import from_index, span, to_index

CORRELATION = 0.3  # taken between members where a design needs the residual sd of an index (docs/method.md, "Pools")
LEADS = ("lead_before", "lead_after")
SHIFTS = {"lead_before": -1, "lead_after": 1, "lead_same": 0}


def build_index(series: Mapping[str, pd.DataFrame], members: Mapping[str, Mapping], pool: Mapping) -> pd.DataFrame:
    """Return the index of a pool: the mean over members of y / s in the periods where all are observed.

    `series` holds each member's regular series, `members` its config entry with the vintage to take under `vintage`.
    Columns period, value, exposure (both blank), y; without a row where no period has all members. Equal weights
    (docs/method.md, "Pools").
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
    numbers = sorted(to_index(period) for period in index.index)
    periods = span(*(from_index(numbers[end], pool["frequency"]) for end in (0, -1))) if numbers else []
    y = index.mean(axis=1).reindex(periods).to_numpy(float)
    return pd.DataFrame({"period": periods, "value": np.nan, "exposure": np.nan, "y": y})


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
    }


def with_vintages(entries: Mapping[str, Mapping], members, vintage: str = "") -> dict[str, dict]:
    """Return the entries of members, each with the vintage that it contributes: `vintage` if it has it, or its main."""
    chosen = {}
    for member in members:
        own = vintage if vintage in _other_vintages(entries[member]) else indicator.main_vintage(entries[member])
        chosen[member] = {**entries[member], "vintage": own}
    return chosen


def _other_vintages(entry: Mapping) -> list[str]:
    return [str(vintage) for vintage in (entry.get("vintages") or {}).get("others", ())]


def test_pool(pool: Mapping, series: Mapping, entries: Mapping, setting: Setting) -> Results:
    """Return every row of a pool: the full suite on its index, its own rows, its design, lines and date rank."""
    entry, grids, results = pool_entry(pool), effects.Grids(), Results()
    model = f"pool_{pool['id']}"
    identity = {"indicator": pool["id"], "vintage": ""}
    index = build_index(series, with_vintages(entries, pool["members"]), pool)
    case, full = indicator.make_case(index, entry, setting, pool["frequency"], pool["window"])
    results.add(indicator.test_case(case, full, model, entry, setting, grids, identity))
    for name, changed, chosen in pool_rows(pool, entries):
        other, frequency = build_index(series, chosen, changed), changed["frequency"]
        noise = case.noise if frequency == pool["frequency"] else None
        row_case, _ = indicator.make_case(other, entry, setting, frequency, pool["window"], noise)
        rows = effects.estimate(Variation(name, row_case), grids)
        results.specifications += sentences.finish(rows, row_case, entry, identity)
    indicator.add_design(results, model, case, entry, setting, grids, identity)
    indicator.try_dates(results, model, case, entry, setting)
    indicator.rank_dates(results, model, case, entry, setting, identity)
    indicator.add_calibration(results, model, case, entry, setting, grids, ranked=True)
    members = with_vintages(entries, pool["members"])
    if pool.get("against_controls") and all(entry.get("peers") for entry in members.values()):
        others, label = peer_indices(pool, series, members, case), next(iter(members.values()))["peers"]["label"]
        results.placebo_outcomes += peers.compare(Variation(model, case), others, entry, grids, identity, label)
    return results


def peer_indices(pool: Mapping, series: Mapping, members: Mapping[str, Mapping], case: Case) -> pd.DataFrame:
    """Return the index (n, m) that a pool taken against controls would be for each partner that all members have.

    Each member enters as the partner's series less the median of the other partners, over its declared scale.
    """
    scaled = []
    for name, entry in members.items():
        chosen = series[name]
        chosen = chosen[(chosen["frequency"] == pool["frequency"]) & (chosen["vintage"] == entry["vintage"])]
        scaled.append(peers.differences_of(chosen, case, entry) / scale_at(entry, pool["frequency"]))
    units = sorted(set.intersection(*(set(each.columns) for each in scaled)))
    return sum(each[units] for each in scaled) / len(scaled)


def pool_rows(pool: Mapping, entries: Mapping) -> Iterator[tuple[str, Mapping, dict]]:
    """Yield name, pool and members of each accompanying row: members left out, other vintages, the declared rows.

    Another vintage is taken by every member that has it; the others keep their main one.
    """
    members = pool["members"]
    for left in members if len(members) > 1 else ():
        yield f"without_{left}", pool, with_vintages(entries, [m for m in members if m != left])
    for vintage in dict.fromkeys(v for member in members for v in _other_vintages(entries[member])):
        yield "vintage_" + vintage.replace("-", "_"), pool, with_vintages(entries, members, vintage)
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
    case = lead_case(indices[lead["outcome"]], lead, setting)
    for leader in (lead["leader"], *lead["instead"]):
        values = values_of(indices[leader])
        model = "leads" if leader == lead["leader"] else f"leads_{leader}"
        rows = lead_rows(Variation(model, case), values, grids, LEADS)
        results.effects += sentences.finish(rows, case, entry, identity)
        same = lead_rows(Variation(f"{model}_same_year", case), values, grids, tuple(SHIFTS))
        shown = [row for row in same if row["estimand"] == "lead_same"]
        for variation in variations.robust_rows(case, case, setting.rows["other_end"]) if len(case.time) else ():
            named = replace(variation, model=f"{model}_{variation.model}")
            shown += lead_rows(named, values, grids, LEADS)
        results.specifications += sentences.finish(shown, case, entry, identity)
    return results


def values_of(index: pd.DataFrame) -> dict[int, float]:
    """Return an index's value by position."""
    return dict(zip((to_index(period) for period in index["period"]), index["y"], strict=True))


def lead_case(index: pd.DataFrame, lead: Mapping, setting: Setting) -> Case:
    """Return the outcome as a case without junctures, since none is in the model."""
    entry = {"scale": "index", "declared_scale": {"value": 1.0, "derivation": "index"}}
    case, _ = indicator.make_case(index, entry, setting, "year", lead["window"])
    return replace(case, junctures=(), steps=())


def lead_rows(variation: Variation, values: Mapping[int, float], grids: effects.Grids, estimands) -> list[dict]:
    """Return the rows of a leader's coefficients, all estimands in one model.

    `values` holds the leader's value by position. Points whose shifted values are not all known are left out.
    """
    case, matrix = lead_design(variation.case, values, estimands)
    variation = replace(variation, case=case)
    if reason := lead_reason(variation):
        return [effects.missing_row(variation, (effects.ALL, name), reason) for name in estimands]
    return [effects.estimate_column(variation, matrix, name, (effects.ALL, name), grids) for name in estimands]


def lead_reason(variation: Variation) -> str | None:
    """Return why a leader's coefficients cannot be estimated at the points of a variation, or None."""
    if reason := variation.reason or untestable(variation.case):
        return reason
    few = len(variation.case.time) < design.FEWEST_POINTS
    return f"fewer than {design.FEWEST_POINTS} points" if few else None


def lead_design(case: Case, values: Mapping[int, float], estimands) -> tuple[Case, design.Design | None]:
    """Return the case at the points whose shifted leader's values are all known, and its design (None without any)."""
    columns = {name: np.array([values.get(t + SHIFTS[name], np.nan) for t in case.time], float) for name in estimands}
    known = ~np.isnan(np.array(list(columns.values()))).any(axis=0)
    kept = case.keep(known)
    if not len(kept.time):
        return kept, None
    return kept, design.build(kept.time, steps=[], extra={name: column[known] for name, column in columns.items()})


def lead_indices(lead: Mapping, pools: Mapping, entries: Mapping, series: Mapping) -> dict[str, pd.DataFrame]:
    """Return the yearly index of outcome, leader and those instead of it; a single indicator is an index of one."""
    indices = {}
    for name in (lead["outcome"], lead["leader"], *lead["instead"]):
        pool = {**(pools.get(name) or {"members": [name]}), "frequency": "year"}
        indices[name] = build_index(series, with_vintages(entries, pool["members"]), pool)
    return indices
