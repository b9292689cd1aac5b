"""Studies replayed on simulated series: the rows that decide claims, with no effect and with planted ones.

Every row is made as for the real series, for many studies at once; a planted effect moves an estimate and leaves its
residuals and weights as they are, so one set of series serves every size of effect exactly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from junctures.inference import dates, design, effects, indicator, pool, simulate, variations
from junctures.inference.batches import Estimates, Key, Part, estimate_many, slope_parts, step_parts
from junctures.inference.calibration import LEVEL, points_of
from junctures.inference.cases import Case, candidate_dates
from junctures.inference.staged import staged_p
from junctures.inference.variations import Variation

SIZES = (0, 1, 2, 3, 4)  # planted effects: steps in residual sd, slopes and leads in smallest effects of interest
NULL_RANKS = 199
PartsOf = Callable[[Variation], list[Part]]


@dataclass(frozen=True)
class Unit:
    """One series under one model: its main variation, those of Robust with their bare names, and how each is designed
    (`parts`) and why it may have no estimate (`reason`).

    `full` is the case on all periods of the source, on which series are simulated; `sd` the residual sd; `planted` how
    far one unit of effect moves the estimate of an estimand.
    """

    name: tuple[str, str, str]  # indicator, vintage, model
    keys: frozenset[Key]
    full: Case
    main: Variation
    beside: Sequence[Variation]
    parts: PartsOf
    sd: float
    planted: Mapping[str, float]
    reason: Callable[[Variation], str | None] = effects.reason_of
    quadratic: bool = False
    ranked: bool = False
    observed_month: int | None = None


@dataclass
class Replayed:
    """The numbers of one unit in N studies, by size of the planted effect."""

    unit: Unit
    found: dict[Key, Estimates]
    bounds: dict[Key, tuple[np.ndarray, np.ndarray]]
    positive: dict[tuple[int, Key], np.ndarray] = field(default_factory=dict)
    p_alone: dict[tuple[int, str, str], np.ndarray] = field(default_factory=dict)  # size, model, estimand
    beside: list[tuple[str, dict[Key, Estimates]]] = field(default_factory=list)
    positive_beside: dict[tuple[int, int, Key], np.ndarray] = field(default_factory=dict)

    def rows(self, study: int, size: int, templates: Mapping[tuple, Mapping]) -> dict[tuple, dict]:
        """Return the rows of one study by their keys; `templates` holds the real ones, whose words they keep."""
        rows = {}
        for (juncture, estimand), each in self.found.items():
            key = (*self.unit.name[:2], juncture, self.unit.name[2], estimand)
            if key not in templates:
                continue
            moved = size * self.unit.planted.get(estimand, 0.0)
            low, high = (bound[study] + moved for bound in self.bounds[juncture, estimand])
            above = self.positive[size, (juncture, estimand)][study]
            numbers = {"estimate": each.estimate[study] + moved, "lower": low, "upper": high, "positive": above}
            rows[key] = {**templates[key], **numbers, "p": two_sided(above)}
        for (at, model, estimand), p in self.p_alone.items():
            key = (*self.unit.name[:2], effects.ALL, model, estimand)
            if at == size and key in templates:
                above = 1 - float(p[study]) if estimand == "staged" else np.nan
                rows[key] = {**templates[key], "p": float(p[study]), "positive": above}
        return rows

    def rows_beside(self, study: int, size: int, key: Key) -> list[dict]:
        """Return the rows of Robust that stand beside one estimate of one study."""
        rows, (name, vintage, _) = [], self.unit.name
        place = {"indicator": name, "vintage": vintage, "juncture": key[0], "estimand": key[1]}
        moved = size * self.unit.planted.get(key[1], 0.0)
        for i, (model, found) in enumerate(self.beside):
            above = self.positive_beside.get((size, i, key))
            if above is not None:
                numbers = {"estimate": found[key].estimate[study] + moved, "positive": above[study]}
                rows.append({**place, "model": model, **numbers, "p": two_sided(above[study])})
        return rows


def two_sided(above: float) -> float:
    """Return the two-sided p of a posterior that lies above zero with this probability."""
    return 2 * min(above, 1 - above)


def replay(unit: Unit, at: simulate.Points, studies: int, generator, grids: effects.Grids) -> Replayed:
    """Return the numbers of a unit in simulated studies; `at` says how its errors are simulated, at `unit.full`'s time.

    `generator` makes a random generator from a name.
    """
    errors = unit.sd * simulate.own_errors(at, studies, generator("errors"))
    time, every = unit.full.time, np.arange(studies)

    def cut(variation: Variation) -> np.ndarray:
        return errors[:, np.searchsorted(time, variation.case.time)]

    found = estimate_many(unit.main, unit.parts(unit.main), cut(unit.main), grids)
    out = Replayed(unit, found, {key: each.bounds() for key, each in found.items()})
    for size in SIZES:
        for key, each in found.items():
            out.positive[size, key] = each.positive(size * unit.planted.get(key[1], 0.0), every)
        _alone(out, size, cut, grids)
    if unit.ranked:
        _rank(out, cut, generator)
    for variation in unit.beside:
        if unit.reason(variation) is None:
            each = estimate_many(variation, unit.parts(variation), cut(variation), grids)
            out.beside.append((variation.model, each))
    for size in SIZES:
        # Robust is asked of rejections only; the rest stays without numbers.
        for key in unit.keys & set(found):
            needed = np.flatnonzero(_rejects(out, size, key))
            for i, (_, each) in enumerate(out.beside if len(needed) else ()):
                values = np.full(studies, np.nan)
                values[needed] = each[key].positive(size * unit.planted.get(key[1], 0.0), needed)
                out.positive_beside[size, i, key] = values
    return out


def _rejects(out: Replayed, size: int, key: Key) -> np.ndarray:
    above = out.positive[size, key]
    return np.minimum(above, 1 - above) <= LEVEL  # one-sided too, which the staged rise asks for


def _alone(out: Replayed, size: int, cut, grids: effects.Grids) -> None:
    """Add what has a p and no estimate: the staged rise, and that with a quadratic trend."""
    unit, model = out.unit, out.unit.name[2]
    steps = [key for key in out.found if key[1] == "step"]
    if not steps:
        return
    out.p_alone[size, model, "staged"] = staged_p([out.positive[size, key] for key in steps])
    if unit.quadratic:
        curved = replace(unit.main, model="quadratic", trend=2)
        found = estimate_many(curved, step_parts(curved)[:1], cut(curved), grids)
        every = np.arange(len(out.positive[size, steps[0]]))
        above = [each.positive(size * unit.planted["step"], every) for each in found.values()]
        out.p_alone[size, "quadratic", "staged"] = staged_p(above)


def _rank(out: Replayed, cut, generator) -> None:
    """Add the rank of the dates at every size, against null series that all sizes share."""
    unit, case = out.unit, out.unit.main.case
    base = design.build(case.time, steps=[], season=case.season).X
    planted = unit.planted["step"] * design.passed(case.time, case.steps)
    Y = np.concatenate([cut(unit.main) + size * planted for size in SIZES])
    candidates = np.union1d(candidate_dates(case), case.steps)
    # Dates that cannot be ranked have no rank in the real study either.
    with suppress(dates.Unrankable):
        p = dates.rank_p_values(Y, base, case.time, candidates, case.steps, NULL_RANKS, generator("ranks"))
        for size, each in zip(SIZES, np.split(p, len(SIZES)), strict=True):
            out.p_alone[size, unit.name[2], "date_rank"] = each


def make_units(
    needed: Iterable[tuple[str, ...]],
    part: Mapping,
    series: Mapping[str, pd.DataFrame],
    setting: indicator.Setting,
) -> list[Unit]:
    """Return the units of the needed rows (keys of results); `part` is the slice of the replayed study.

    A series whose main model cannot be estimated gives none: there is nothing to replay.
    """
    keys: dict[tuple[str, str, str], set[Key]] = {}
    for who, vintage, juncture, model, estimand in needed:
        keys.setdefault((who, vintage, model), set()).add((juncture, estimand))
    made = [replace(_unit(name, part, series, setting), keys=frozenset(asked)) for name, asked in keys.items()]
    return [unit for unit in made if unit.reason(unit.main) is None]


def _unit(name, part, series, setting) -> Unit:
    who, vintage, model = name
    if who in part["leads"]:
        return _lead_unit(name, part, series, setting)
    case, full, entry = _case(who, vintage, part, series, setting)
    sd, end = entry.get("residual_unit", case.unit), setting.rows["other_end"]
    month = indicator.observed_month(entry, case.frequency)
    shared = {
        "name": name,
        "keys": frozenset(),
        "full": full,
        "sd": sd,
        "observed_month": month,
        "planted": {"step": sd, "mean_step": sd},
        "parts": step_parts,
    }
    if model == "slope":
        return _slope_unit(shared, case, full, setting)
    if model in setting.rows["recoded"]:
        rule = setting.rows["recoded"][model]
        main = variations.recode(case, model, rule["juncture"], rule["first_treated"])
        moved = replace(full, steps=main.case.steps)
        beside = [replace(v, model=f"{model}_{v.model}") for v in variations.robust_rows(main.case, moved, end)]
        return Unit(main=main, beside=beside, **shared)
    if model not in ("primary", f"pool_{who}"):
        raise ValueError(
            f"a claim rests on {who}, model {model}: that model cannot be replayed on simulated series, so nothing "
            "would say how often its rule errs. Let the claim rest on the main model, and show this row beside it."
        )
    beside = list(variations.robust_rows(case, full, end))
    ranked = bool(who in part["pools"] or entry.get("date_rank")) and len(case.steps) == indicator.RANKED
    return Unit(main=Variation(model, case), beside=beside, quadratic=True, ranked=ranked, **shared)


def _case(who, vintage, part, series, setting) -> tuple[Case, Case, Mapping]:
    if who in part["pools"]:
        block = part["pools"][who]
        entry = pool.pool_entry(block)
        index = pool.build_index(series, pool.with_vintages(part["indicators"], block["members"]), block)
        case, full = indicator.make_case(index, entry, setting, block["frequency"], block["window"])
        return case, full, entry
    entry = part["indicators"][who]
    declared = series[who][(series[who]["frequency"] == entry["frequency"]) & (series[who]["role"] == "main")]

    def of(version: str, noise: bool | None = None) -> tuple[Case, Case]:
        chosen = declared[declared["vintage"] == version]
        return indicator.make_case(chosen, entry, setting, entry["frequency"], part["window"], noise)

    # As for the real series, the main vintage decides on the noise of all.
    return *of(vintage, of(indicator.main_vintage(entry))[0].noise), entry


def _slope_unit(shared: Mapping, case: Case, full: Case, setting) -> Unit:
    """Return the change of slope at the first juncture whose model can be estimated."""
    planted = {"slope_change": case.unit / 3 / case.per_year}
    main, *beside = variations.slopes("slope", case, full, 0, setting.rows["slope"])
    return Unit(main=main, beside=beside, **{**shared, "planted": planted, "parts": slope_parts})


def _lead_unit(name, part, series, setting) -> Unit:
    lead = part["leads"][name[0]]
    indices = pool.lead_indices(lead, part["pools"], part["indicators"], series)
    case = pool.lead_case(indices[lead["outcome"]], lead, setting)
    values = pool.values_of(indices[lead["leader"]])

    def parts(variation: Variation) -> list[Part]:
        _, matrix = pool.lead_design(variation.case, values, pool.LEADS)
        return [Part(matrix, {(effects.ALL, estimand): estimand for estimand in pool.LEADS})]

    def known(variation: Variation, prefix: str = "") -> Variation:
        kept = pool.lead_design(variation.case, values, pool.LEADS)[0]
        return replace(variation, model=f"{prefix}{variation.model}", case=kept)

    rows = variations.robust_rows(case, case, setting.rows["other_end"]) if len(case.time) else ()
    beside = [known(variation, "leads_") for variation in rows]
    main, planted = known(Variation("leads", case)), {"lead_before": lead["smallest_coefficient"]}
    return Unit(
        name, frozenset(), case, main, beside, parts, sd=_index_sd(lead, part), planted=planted, reason=pool.lead_reason
    )


def _index_sd(lead: Mapping, part: Mapping) -> float:
    block = part["pools"].get(lead["outcome"])
    return pool.pool_entry(block)["residual_unit"] if block else 1.0


def simulated_at(unit: Unit, rho: float, share: float, early_year: int | None) -> simulate.Points:
    """Return where and how a unit's series are simulated: at every period of its source, as its main model found."""
    if not unit.full.steps:
        return simulate.Points(unit.full.time, unit.full.per_year, (), 0, rho, share)
    return points_of(unit.full, rho, share, early_year)
