"""All tests of one indicator or pool: from its regular series to rows of effects, specifications, designs and lines."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np
import pandas as pd

from junctures.inference import dates, design, effects, sentences, simulate, variations
from junctures.inference.cases import NOISE_FROM, Case, scale_at, untestable
from junctures.inference.variations import Variation
from junctures.study.periods import first_period, first_treated, from_index, last_period, to_index

INVERSE = {
    "sqrt": lambda x: np.square(np.maximum(x, 0.0)),
    "log": np.exp,
    "arcsine_sqrt": lambda x: np.square(np.sin(np.clip(x, 0.0, np.pi / 2))),
    "level": lambda x: x,
    "index": lambda x: x,
}
MODEL_OF = {"year": "annual", "quarter": "quarterly", "month": "monthly"}
RHOS = (0.0, 0.4, 0.8)


@dataclass
class Results:
    """The rows that one indicator or pool gives, as lists of dicts ready for a table."""

    effects: list = field(default_factory=list)
    specifications: list = field(default_factory=list)
    designs: list = field(default_factory=list)
    fitted: list = field(default_factory=list)
    dates: list = field(default_factory=list)
    dates_years: list = field(default_factory=list)
    dates_ratios: list = field(default_factory=list)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return each list as a table."""
        return {name: pd.DataFrame(rows) for name, rows in vars(self).items()}


@dataclass(frozen=True)
class Setting:
    """What every test of a study shares: junctures with dates, rows, seed, draws."""

    junctures: tuple[Mapping, ...]
    rows: Mapping
    seed: int
    simulations: Mapping

    @classmethod
    def from_slice(cls, part: Mapping) -> "Setting":
        """Return the setting in a slice of the config, its dates as dates."""
        junctures = tuple(
            {
                **j,
                "date": dt.date.fromisoformat(j["date"]),
                "alternatives": [dt.date.fromisoformat(a) for a in j["alternatives"]],
            }
            for j in part["junctures"]
        )
        return cls(junctures, part["rows"], part["seed"], part["simulations"])

    def generator(self, *names: str) -> np.random.Generator:
        """Return a random generator derived from the seed and from stable ids."""
        return np.random.default_rng([self.seed, *(crc32(name.encode()) for name in names)])

    def steps(self, frequency: str, observed_month: int | None) -> tuple[int, ...]:
        """Return the first treated positions of all junctures at a frequency."""
        return tuple(to_index(first_treated(j["date"], frequency, observed_month)) for j in self.junctures)

    def alternatives(self, frequency: str, observed_month: int | None) -> dict[str, tuple[str, int]]:
        """Return row name -> (juncture, first treated position) of every alternative date."""
        return {
            "alternative_" + date.isoformat().replace("-", "_"): (
                juncture["id"],
                to_index(first_treated(date, frequency, observed_month)),
            )
            for juncture in self.junctures
            for date in juncture["alternatives"]
        }


def make_case(
    series: pd.DataFrame, entry: Mapping, setting: Setting, frequency: str, window: Mapping
) -> tuple[Case, Case]:
    """Return the case in its window and the case on all periods of the source up to the window's end.

    `series` holds one vintage and one unit at one frequency (columns period, value, exposure, y); no y: a gap.
    `window` has start and end as dates or periods of any frequency.
    """
    observed_month = entry.get("observed_month") if frequency == "year" else None
    time = np.array([to_index(period) for period in series["period"]], dtype=int)
    points = {name: series[name].to_numpy(float) for name in ("y", "value", "exposure")}
    full = Case(
        frequency=frequency,
        scale=entry["scale"],
        time=time,
        junctures=tuple(j["id"] for j in setting.junctures),
        steps=setting.steps(frequency, observed_month),
        noise=False,
        unit=scale_at(entry, frequency),
        counts=entry["declared_scale"]["derivation"] in ("count", "exposure"),
        reverse=bool(entry.get("reverse")),
        **points,
    )
    full = full.keep(~np.isnan(full.y))
    start = to_index(first_period(str(window["start"]), frequency))
    end = to_index(last_period(str(window["end"]), frequency))
    noise = bool(np.sum((full.time >= start) & (full.time <= end)) >= NOISE_FROM)
    full = replace(full, noise=noise).between(end=end)
    return full.between(start=start), full


def test_case(
    case: Case, full: Case, name: str, entry: Mapping, setting: Setting, grids: effects.Grids, identity: Mapping
) -> Results:
    """Return the rows of the full suite for one case: main model, ramps, quadratic trend, all accompanying rows.

    `name` is the main model's name (primary or pool_<id>); `identity` holds the columns that name the series.
    """
    observed_month = entry.get("observed_month") if case.frequency == "year" else None
    results = Results()
    main = effects.estimate(Variation(name, case), grids)
    extra = effects.estimate(Variation("ramps", case), grids, ramps=True) if case.frequency != "year" else []
    quadratic = effects.estimate(Variation("quadratic", case, trend=2), grids)
    ratios = sentences.rate_ratios(case)
    results.effects += sentences.finish(main, case, entry, identity, ratios)
    results.effects += sentences.finish([*extra, *quadratic], case, entry, identity)
    rows = []
    for variation in variations.all_rows(
        case, full, setting.alternatives(case.frequency, observed_month), setting.rows
    ):
        if variation.model not in entry.get("models", ()):
            rows += effects.estimate(variation, grids)
    if (year := setting.rows["false_step"]) is not None:
        rows += effects.estimate(variations.false_step(case, year), grids)
    results.specifications += sentences.finish(rows, case, entry, identity)
    for model in entry.get("models", ()):
        special = _slope if model == "slope" else _recoded
        special(results, model, case, full, entry, setting, grids, identity)
    return results


def _recoded(results, model, case, full, entry, setting, grids, identity) -> None:
    """Add a model that recodes the first treated year of a juncture, with Robust rows of its own."""
    recoding = setting.rows["recoded"][model]
    moved = variations.recode(case, model, recoding["juncture"], recoding["first_treated"])
    ratios = sentences.rate_ratios(moved.case)
    results.effects += sentences.finish(effects.estimate(moved, grids), moved.case, entry, identity, ratios)
    full = replace(full, steps=moved.case.steps)
    rows = []
    for variation in variations.robust_rows(moved.case, full, setting.rows["other_end"]):
        rows += effects.estimate(replace(variation, model=f"{model}_{variation.model}"), grids)
    results.specifications += sentences.finish(rows, moved.case, entry, identity)


def _slope(results, model, case, full, entry, setting, grids, identity) -> None:
    """Add the change of slope at each juncture that has a next one, with Robust rows of its own."""
    rule, year = setting.rows["slope"], case.per_year
    for j, juncture in enumerate(case.junctures[:-1]):
        end = case.steps[j + 1] + rule["years_after_next"] * year
        alone = replace(full, junctures=(juncture,), steps=(case.steps[j],))
        start = max(rule["start"] * year, int(case.time[0]))
        main = alone.between(start, end)
        rows = [Variation(f"{model}_{estimator}", main, estimator=estimator) for estimator in ("ols", "reml")]
        rows += [Variation(f"{model}_start_{s}", alone.between(s * year, end)) for s in rule["other_starts"]]
        rows += [Variation(f"{model}_end_{e}", alone.between(start, (e + 1) * year - 1)) for e in rule["other_ends"]]
        rows += [replace(v, model=f"{model}_{v.model}") for v in variations.left_out(main)]
        estimated = effects.estimate_slope(Variation(model, main), grids)
        results.effects += sentences.finish(estimated, main, entry, identity)
        for variation in rows:
            results.specifications += sentences.finish(effects.estimate_slope(variation, grids), main, entry, identity)


def test_indicator(series: pd.DataFrame, entry: Mapping, setting: Setting, window: Mapping) -> Results:
    """Return every row of an indicator: all vintages, further frequencies, controls, designs, lines and date rank.

    `series` is the indicator's regular series (docs/data.md), `entry` its block of the config, `window` the study's.
    """
    results, grids = Results(), effects.Grids()
    frequency = entry["frequency"]
    for vintage in series["vintage"].unique():
        chosen = series[(series["vintage"] == vintage) & (series["frequency"] == frequency)]
        case, full = make_case(chosen[chosen["role"] == "main"], entry, setting, frequency, window)
        identity = {"indicator": entry["id"], "vintage": vintage}
        add(results, test_case(case, full, "primary", entry, setting, grids, identity))
        _controls(results, chosen, case, entry, grids, identity)
        if vintage == main_vintage(entry):
            results.designs += describe_design(case, "primary", entry, setting, grids)
            _lines(results, "primary", case, grids, identity)
            if entry.get("date_rank") and untestable(case) is None:
                rank_dates(results, case, entry, setting, identity)
    _further_frequencies(results, series, entry, setting, window, grids)
    return results


def main_vintage(entry: Mapping) -> str:
    """Return the vintage that an indicator's own rows rest on; blank where its table has none."""
    return str(entry["vintages"]["main"]) if entry.get("vintages") else ""


def add(results: Results, more: Results) -> None:
    """Add the rows of one result to another."""
    for name in vars(results):
        getattr(results, name).extend(getattr(more, name))


def _further_frequencies(results, series, entry, setting, window, grids) -> None:
    for frequency in entry.get("also", ()):
        model, vintage = MODEL_OF[frequency], main_vintage(entry)
        chosen = series[
            (series["frequency"] == frequency) & (series["role"] == "main") & (series["vintage"] == vintage)
        ]
        case, _ = make_case(chosen, entry, setting, frequency, window)
        identity = {"indicator": entry["id"], "vintage": vintage}
        ratios = sentences.rate_ratios(case)
        results.effects += sentences.finish(
            effects.estimate(Variation(model, case), grids), case, entry, identity, ratios
        )
        results.designs += describe_design(case, model, entry, setting, grids)
        _lines(results, model, case, grids, identity)


def _controls(results, chosen, case, entry, grids, identity) -> None:
    """Add the control series alone and the difference to it, on the periods that both have."""
    if not entry.get("control"):
        return
    control = chosen[chosen["role"] == "control"].set_index("period")["y"]
    other = control.reindex([from_index(t, case.frequency) for t in case.time]).to_numpy(float)
    both = case.keep(~np.isnan(other))
    other = other[~np.isnan(other)]
    plain = {"counts": False, "value": np.full(len(other), np.nan), "exposure": np.full(len(other), np.nan)}
    for model, y in (("control_alone", other), ("control_difference", both.y - other)):
        rows = effects.estimate(Variation(model, replace(both, y=y, **plain)), grids)
        results.effects += sentences.finish(rows, both, entry, identity)


def _lines(results, model, case, grids, identity) -> None:
    if effects.reason_of(Variation(model, case)):
        return
    sign = -1.0 if case.reverse else 1.0
    for line in effects.fitted_lines(case, grids, lambda x: INVERSE[case.scale](sign * x)):
        period = from_index(line.pop("position"), case.frequency)
        results.fitted.append({**identity, "model": model, "period": period} | line)


def describe_design(case: Case, model: str, entry: Mapping, setting: Setting, grids: effects.Grids) -> list[dict]:
    """Return what a design could see before any result: errors, size, power and the jump seen with 80 % power.

    The residual sd is the declared scale s (of an index of m members correlated .3, sqrt((1 + .3 (m - 1)) / m)), so
    powers are those of a step of 1 to 4 s.
    """
    shared = {"indicator": entry["id"], "model": model, "frequency": case.frequency, "n": len(case.y)}
    reason = effects.reason_of(Variation(model, case))
    if reason:
        return [shared | {"juncture": j, "estimand": "step", "reason": reason} for j in case.junctures]
    matrix = design.build(case.time, steps=list(case.steps), season=case.season)
    mean = design.build(case.time, steps=[], season=case.season, extra={"passed": design.passed(case.time, case.steps)})
    unit = entry.get("residual_unit", case.unit)
    correlations = np.corrcoef(matrix.X[:, [matrix.names.index(f"step_{j}") for j in range(len(case.steps))]].T)
    np.fill_diagonal(correlations, 0.0)
    rows = []
    wanted = [
        (matrix, {j: effects.unit_contrast(matrix.names, f"step_{i}") for i, j in enumerate(case.junctures)}, "step")
    ]
    wanted.append((mean, {"all": effects.unit_contrast(mean.names, "passed")}, "mean_step"))
    for where, contrasts, estimand in wanted:
        until = dict(zip(case.junctures, case.steps, strict=True)) | {"all": case.steps[0]}
        smallest = {name: case.smallest_effect(until[name]) for name in contrasts}
        for row in simulate.characteristics(
            case.time,
            where.X,
            contrasts,
            case.noise,
            rhos=RHOS,
            smallest={name: value / unit for name, value in smallest.items()},
            draws=setting.simulations["power"],
            rng=setting.generator(entry["id"], model, "power"),
        ):
            name = row.pop("contrast")
            index = case.junctures.index(name) if name in case.junctures else 0
            rows.append(
                shared
                | {
                    "juncture": name,
                    "estimand": estimand,
                    "smallest_effect": smallest[name],
                    "correlation": float(np.abs(correlations[index]).max()) if estimand == "step" else np.nan,
                    "jump_80_smallest": row["jump_80"] * unit / smallest[name],
                    "points_before": int(np.sum(case.time < until[name])),
                    "points_after": int(np.sum(case.time >= until[name])),
                    "reason": "",
                }
                | row
            )
    return rows


def rank_dates(results: Results, case: Case, entry: Mapping, setting: Setting, identity: Mapping) -> None:
    """Add the calibrated rank of the real dates among all admissible ones, and what its two pictures need.

    Where the dates cannot be ranked (not three of them, too close together, too near an end) a row says why.
    """
    base = design.build(case.time, steps=[], season=case.season).X
    candidates = case.time[case.time % 3 == 0] if case.frequency == "month" else case.time
    variation, key = Variation(identity.get("model", "primary"), case), ("all", "date_rank")
    try:
        found = dates.date_rank(
            case.y,
            base,
            case.time,
            candidates,
            case.steps,
            draws=setting.simulations["date_rank"],
            rng=setting.generator(entry["id"], "date_rank"),
        )
    except dates.Unrankable as error:
        row = effects.tidy(variation, key, effects.EMPTY | {"n": len(case.y), "reason": str(error)})
        results.effects += sentences.finish([row], case, entry, identity)
        return
    text = {
        f"best_{i + 1}": " ".join(from_index(t, case.frequency) for t in best[0])
        for i, best in enumerate(found.best[:5])
    }
    row = {"rank": found.rank, "n_sets": found.n_sets, "rank_by_t": found.rank_by_t}
    results.dates.append({"id": entry["id"], "p": found.p, "real_ratio": found.real_ratio} | row | text)
    for position, share in found.year_share.items():
        period = from_index(position, case.frequency)
        results.dates_years.append(
            {"id": entry["id"], "period": period, "share": share, "chance": found.chance_share[position]}
        )
    counts, edges = np.histogram(found.ratios, bins=40)
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        results.dates_ratios.append({"id": entry["id"], "lower": low, "upper": high, "count": int(count)})
    note = f"rank {found.rank} of {found.n_sets} sets of dates"
    values = effects.EMPTY | {"n": len(case.y), "estimate": float(found.rank), "p": found.p, "reason": note}
    ranked = effects.tidy(variation, key, values)
    results.effects += sentences.finish([ranked], case, entry, identity)
