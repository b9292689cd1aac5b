"""All tests of one indicator or pool: from its regular series to the rows of effects, specifications and designs."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np
import pandas as pd

from junctures.inference import calibration, date_rows, dates, design, effects, peers, prospects, sentences, variations
from junctures.inference.cases import NOISE_FROM, RATE_RATIO, Case, candidate_dates, scale_at, untestable
from junctures.inference.variations import Variation
from junctures.study.periods import first_period, first_treated, from_index, last_period, to_index

MODEL_OF = {"year": "annual", "quarter": "quarterly", "month": "monthly"}
CONTROLS = tuple(sentences.CONTROL)  # the control by itself, and the difference to it
HISTOGRAM = 40  # bars of the picture of all sets of dates
RANKED = 3  # junctures in a set of dates
RANKED_NULL = 199  # null series a knot of rho when the date rank is calibrated; its Monte-Carlo error is under .016


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
    calibration: list = field(default_factory=list)
    placebo_dates: list = field(default_factory=list)
    breaks: list = field(default_factory=list)
    placebo_outcomes: list = field(default_factory=list)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return each list as a table."""
        return {name: pd.DataFrame(rows) for name, rows in vars(self).items()}

    def add(self, more: "Results") -> None:
        """Add the rows of another result."""
        for name, rows in vars(self).items():
            rows.extend(getattr(more, name))


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
        day = dt.date.fromisoformat
        junctures = tuple(
            {**j, "date": day(j["date"]), "alternatives": [day(date) for date in j["alternatives"]]}
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
    series: pd.DataFrame, entry: Mapping, setting: Setting, frequency: str, window: Mapping, noise: bool | None = None
) -> tuple[Case, Case]:
    """Return the case in its window and the case on all periods of the source up to the window's end.

    `series` holds one vintage and one unit at one frequency (columns period, value, exposure, y); points without y are
    gaps. `window` has start and end as dates or periods of any frequency. The noise model is decided on the points in
    the window unless `noise` gives it, and every row made of either case keeps it.
    """
    time = np.array([to_index(period) for period in series["period"]], dtype=int)
    points = {name: series[name].to_numpy(float) for name in ("y", "value", "exposure")}
    full = Case(
        frequency=frequency,
        scale=entry["scale"],
        time=time,
        junctures=tuple(j["id"] for j in setting.junctures),
        steps=setting.steps(frequency, observed_month(entry, frequency)),
        noise=False,
        unit=scale_at(entry, frequency),
        counts=entry["declared_scale"]["derivation"] in ("count", "exposure"),
        reverse=bool(entry.get("reverse")),
        smallest_ratio=entry.get("smallest_ratio") or RATE_RATIO,
        **points,
    )
    full = full.keep(~np.isnan(full.y))
    start = to_index(first_period(str(window["start"]), frequency))
    end = to_index(last_period(str(window["end"]), frequency))
    if noise is None:
        noise = bool(np.sum((full.time >= start) & (full.time <= end)) >= NOISE_FROM)
    full = replace(full, noise=noise).between(end=end)
    return full.between(start=start), full


def observed_month(entry: Mapping, frequency: str) -> int | None:
    """Return the month in which a yearly value is observed, or None where none is declared or the series not yearly."""
    return entry.get("observed_month") if frequency == "year" else None


def test_case(
    case: Case, full: Case, name: str, entry: Mapping, setting: Setting, grids: effects.Grids, identity: Mapping
) -> Results:
    """Return the rows of the full suite for one case: main model, ramps, quadratic trend, all accompanying rows.

    `name` is the main model's name (primary or pool_<id>); `identity` holds the columns that name the series.
    """
    results = Results()
    main = effects.estimate(variations.main(name, case), grids)
    extra = effects.estimate(Variation("ramps", case), grids, ramps=True) if case.frequency != "year" else []
    quadratic = effects.estimate(Variation("quadratic", case, trend=2), grids)
    results.effects += sentences.finish(main, case, entry, identity, sentences.everyday(case))
    results.effects += sentences.finish([*extra, *quadratic], case, entry, identity)
    if not len(case.time):
        return results
    alternatives = setting.alternatives(case.frequency, observed_month(entry, case.frequency))
    rows = []
    for variation in variations.all_rows(case, full, alternatives, setting.rows):
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
    """Add a model that recodes the first treated year of a juncture, with Robust rows and a design of its own."""
    recoding = setting.rows["recoded"][model]
    moved = variations.recode(case, model, recoding["juncture"], recoding["first_treated"])
    main = effects.estimate(moved, grids)
    results.effects += sentences.finish(main, moved.case, entry, identity, sentences.everyday(moved.case))
    full = replace(full, steps=moved.case.steps)
    results.specifications += _robust_rows(moved, full, moved.case, entry, setting, grids, identity)
    if identity["vintage"] == main_vintage(entry):
        results.designs += prospects.describe_design(moved, entry, *_draws(entry, model, setting))


def _robust_rows(main: Variation, full, shown: Case, entry, setting, grids, identity) -> list[dict]:
    """Return the rows of Robust of a model beside the main one, under its name as a prefix.

    `shown` is the case whose smallest effect holds for them.
    """
    rows = []
    for variation in variations.robust_rows(main.case, full, setting.rows["other_end"]) if len(main.case.time) else ():
        reason = main.reason or variation.reason
        rows += effects.estimate(replace(variation, model=f"{main.model}_{variation.model}", reason=reason), grids)
    return sentences.finish(rows, shown, entry, identity)


def _draws(entry: Mapping, model: str, setting: Setting):
    """Return how many samples show what a design could see, and what makes their generator anew at each call."""
    return setting.simulations["power"], lambda: setting.generator(entry["id"], model, "power")


def _slope(results, model, case, full, entry, setting, grids, identity) -> None:
    """Add the change of slope at each juncture, with Robust rows and a design of its own."""
    for j in range(len(case.junctures)):
        main, *others = variations.slopes(model, case, full, j, setting.rows["slope"])
        rows = effects.estimate_slope(main, grids)
        results.effects += sentences.finish(rows, main.case, entry, identity)
        rows = [row for variation in others for row in effects.estimate_slope(variation, grids)]
        results.specifications += sentences.finish(rows, main.case, entry, identity)
        if identity["vintage"] == main_vintage(entry):
            results.designs += prospects.describe_slope(main, entry, *_draws(entry, model, setting))


def test_indicator(
    series: pd.DataFrame, entry: Mapping, setting: Setting, window: Mapping, grids: effects.Grids | None = None
) -> Results:
    """Return every row of an indicator: all vintages, further frequencies, controls, designs, lines and date rank.

    `series` is the indicator's regular series (docs/data.md), `entry` its block of the config, `window` the study's.
    Indicators that are given the same `grids` share what their points in time and designs have in common.
    """
    results, grids = Results(), grids or effects.Grids()
    frequency, main = entry["frequency"], main_vintage(entry)
    declared = series[series["frequency"] == frequency]
    noise = make_case(_main_unit(declared, main), entry, setting, frequency, window)[0].noise
    for vintage in declared["vintage"].unique():
        case, full = make_case(_main_unit(declared, vintage), entry, setting, frequency, window, noise)
        identity = {"indicator": entry["id"], "vintage": vintage}
        results.add(test_case(case, full, "primary", entry, setting, grids, identity))
        chosen = declared[declared["vintage"] == vintage]
        if entry.get("control"):
            _controls(results, chosen, case, full, entry, setting, grids, identity)
        if vintage == main:
            add_design(results, "primary", case, entry, setting, grids, identity)
            try_dates(results, "primary", case, entry, setting)
            if entry.get("control"):
                _control_designs(results, chosen, case, entry, setting)
            if entry.get("peers"):
                _add_peers(results, chosen, case, entry, grids, identity)
            if entry.get("date_rank"):
                rank_dates(results, "primary", case, entry, setting, identity)
            add_calibration(results, "primary", case, entry, setting, grids, bool(entry.get("date_rank")))
    for further in entry.get("also", ()):
        chosen = _main_unit(series[series["frequency"] == further], main)
        case, full = make_case(chosen, entry, setting, further, window)
        identity, variation = {"indicator": entry["id"], "vintage": main}, variations.main(MODEL_OF[further], case)
        rows = effects.estimate(variation, grids)
        results.effects += sentences.finish(rows, case, entry, identity, sentences.everyday(case))
        results.specifications += _robust_rows(variation, full, case, entry, setting, grids, identity)
        add_design(results, MODEL_OF[further], case, entry, setting, grids, identity)
    return results


def main_vintage(entry: Mapping) -> str:
    """Return the vintage that an indicator's own rows rest on; blank where its table has none."""
    return str(entry["vintages"]["main"]) if entry.get("vintages") else ""


def _main_unit(series: pd.DataFrame, vintage: str) -> pd.DataFrame:
    return series[(series["vintage"] == vintage) & (series["role"] == "main")]


def _controls(results, chosen, case, full, entry, setting, grids, identity) -> None:
    """Add the control series alone and the difference to it, with Robust rows, on the periods that both have.

    Their smallest effect is the indicator's, from those periods: the control only says what would have been.
    """
    both, other = _with_control(case, chosen)
    alone, less = _plain(both, other), _plain(both, both.y - other)
    for model, compared in zip(CONTROLS, (alone, less), strict=True):
        rows = effects.estimate(Variation(model, compared), grids)
        results.effects += sentences.finish(rows, both, entry, identity)
    longer, further = _with_control(full, chosen)
    main, longer = Variation(CONTROLS[1], less), _plain(longer, longer.y - further)
    results.specifications += _robust_rows(main, longer, both, entry, setting, grids, identity)


def _plain(case: Case, y: np.ndarray) -> Case:
    """Return a case of other values (n,) on the tested scale, which are no counts of anything."""
    nothing = np.full(len(y), np.nan)
    return replace(case, y=y, counts=False, value=nothing, exposure=nothing)


def _add_peers(results, chosen, case, entry, grids, identity) -> None:
    """Add the peers as pseudo-outcomes and, where partners have a median, each less that of the rest."""
    label, main = entry["peers"]["label"], Variation("primary", case)
    results.placebo_outcomes += peers.compare(main, peers.series_of(chosen, case, entry), entry, grids, identity, label)
    if (entry.get("control") or {}).get("median_over"):
        both, other = _with_control(case, chosen)
        less = Variation(CONTROLS[1], _plain(both, both.y - other))
        others = peers.differences_of(chosen, both, entry)
        results.placebo_outcomes += peers.compare(less, others, entry, grids, identity, label)


def _with_control(case: Case, chosen: pd.DataFrame) -> tuple[Case, np.ndarray]:
    """Return a case on the periods that its control has too, and the control's y (n,) there."""
    control = chosen[chosen["role"] == "control"].set_index("period")["y"]
    other = control.reindex([from_index(t, case.frequency) for t in case.time]).to_numpy(float)
    return case.keep(~np.isnan(other)), other[~np.isnan(other)]


def _control_designs(results, chosen, case, entry, setting) -> None:
    """Add what the designs of the control models could see: on the same points the same as the main one."""
    both, _ = _with_control(case, chosen)
    same = [row for row in results.designs if row["model"] == "primary"] if len(both.y) == len(case.y) else None
    for model in CONTROLS:
        if same is None:
            variation = Variation(model, both)
            results.designs += prospects.describe_design(variation, entry, *_draws(entry, model, setting))
        else:
            results.designs += [row | {"model": model} for row in same]


def add_design(results: Results, model: str, case: Case, entry: Mapping, setting: Setting, grids, identity) -> None:
    """Add what the design of a main model could see, its fitted line and its counterfactuals."""
    results.designs += prospects.describe_design(Variation(model, case), entry, *_draws(entry, model, setting))
    if effects.reason_of(Variation(model, case)):
        return
    for line in effects.fitted_lines(case, grids):
        period = from_index(line.pop("position"), case.frequency)
        results.fitted.append({**identity, "model": model, "period": period} | line)


def add_calibration(results: Results, model: str, case: Case, entry: Mapping, setting: Setting, grids, ranked) -> None:
    """Add how often the main model rejects on series like this one, without an effect, with one, and when misled."""
    variation = Variation(model, case)
    if effects.reason_of(variation):
        return
    posterior = grids.grid(case).fit(case.y, effects.step_design(variation).X)
    at = calibration.points_of(case, posterior.rho, posterior.noise_share, setting.rows["concurrent_step"])
    # Monthly series take ten times as long and reject more evenly.
    draws = setting.simulations["calibration"] // (4 if case.frequency == "month" else 1) or 1
    shared = {"id": entry["id"], "model": model, "frequency": case.frequency, "n": len(case.y)}
    shared |= {"rho": posterior.rho, "noise_share": posterior.noise_share}
    counts = calibration.Draws(draws, max(draws // 5, 1), RANKED_NULL)
    rankable = ranked and len(case.steps) == RANKED and bool(results.dates)
    rows = calibration.calibrate(
        case, grids, at, counts, lambda name: setting.generator(entry["id"], "calibration", name), rankable
    )
    results.calibration += [shared | row for row in rows]


def rank_dates(results: Results, model: str, case: Case, entry: Mapping, setting: Setting, identity: Mapping) -> None:
    """Add the calibrated rank of the real dates among all admissible ones, and what its two pictures need.

    Candidates are all observed periods, of monthly series the quarters' first months, and the real dates. Where these
    cannot be ranked (not three of them, too close together, too near an end) a row says why.
    """
    variation, key = Variation(model, case), (effects.ALL, "date_rank")
    reason = untestable(case) or design.check_design(case.time, case.steps, season=case.season)
    if not reason and len(case.steps) != RANKED:
        reason = f"dates are ranked in sets of three, and there are {len(case.steps)} junctures"
    found = None
    if not reason:
        base = design.build(case.time, steps=[], season=case.season).X
        draws, rng = setting.simulations["date_rank"], setting.generator(entry["id"], "date_rank")
        try:
            found = dates.date_rank(
                case.y, base, case.time, np.union1d(candidate_dates(case), case.steps), case.steps, draws=draws, rng=rng
            )
        except dates.Unrankable as error:
            reason = _in_periods(str(error), case.frequency)
    if found is None:
        row = effects.missing_row(variation, key, reason)
    else:
        _add_sets(results, found, entry["id"], case.frequency)
        note = f"rank {found.rank} of {found.n_sets} sets of dates"
        values = {"n": len(case.y), "estimate": float(found.rank), "p": found.p, "reason": note}
        row = effects.tidy(variation, key, effects.EMPTY | values)
    results.effects += sentences.finish([row], case, entry, identity)


def try_dates(results: Results, model: str, case: Case, entry: Mapping, setting: Setting) -> None:
    """Add the steps at the junctures against those at other dates, and the breaks that the series itself shows."""
    results.placebo_dates += date_rows.placebo_rows(case, model, entry)
    draws, rng = setting.simulations["breaks"], setting.generator(entry["id"], "breaks")
    results.breaks += date_rows.break_rows(case, model, entry, draws, rng)


def _in_periods(message: str, frequency: str) -> str:
    """Return what is wrong, the first part of a message, with its positions as periods."""
    what = message.removeprefix("date_rank: ").partition(";")[0]
    return re.sub(r"\d{4,}", lambda number: from_index(int(number[0]), frequency), what)


def _add_sets(results: Results, found: dates.DateRank, name: str, frequency: str) -> None:
    best = [" ".join(from_index(t, frequency) for t in days) for days, _ in found.best[:5]]
    row = {"rank": found.rank, "n_sets": found.n_sets, "rank_by_t": found.rank_by_t}
    row |= {f"best_{i}": text for i, text in enumerate(best, 1)}
    results.dates.append({"id": name, "p": found.p, "real_ratio": found.real_ratio} | row)
    for at, share in found.year_share.items():
        row = {"id": name, "period": from_index(at, frequency), "share": share, "chance": found.chance_share[at]}
        results.dates_years.append(row)
    counts, edges = np.histogram(found.ratios, bins=HISTOGRAM)
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        results.dates_ratios.append({"id": name, "lower": low, "upper": high, "count": int(count)})
