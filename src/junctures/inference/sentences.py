"""What makes a row readable: the columns that name it, its size in everyday units, one plain sentence."""

from collections.abc import Iterable, Mapping

import numpy as np

from junctures.inference import effects
from junctures.inference.cases import Case
from junctures.inference.variations import Variation
from junctures.study.periods import from_index

LARGEST_RATIO = 100  # beyond it a count was near zero before, and the ratio says no more than that


def finish(
    rows: Iterable[dict], case: Case, entry: Mapping, identity: Mapping, ratios: Mapping | None = None
) -> list[dict]:
    """Return rows with the columns that name the series, the smallest effect and a plain sentence.

    `case` is the main one, whose smallest effect holds for every row on its scale. `ratios` (of `rate_ratios`) describe
    the rows of that very case in everyday units.
    """
    starts = dict(zip(case.junctures, case.steps, strict=True)) | {"all": case.steps[0]}
    finished = []
    for row in rows:
        place = {name: row.pop(name) for name in ("first", "last", "treated")}
        periods = {name: "" if at is None else from_index(at, case.frequency) for name, at in place.items()}
        smallest = _smallest(row, case, entry, starts)
        full = {**identity, **row, "frequency": case.frequency, "smallest_effect": smallest}
        full |= {"window_start": periods["first"], "window_end": periods["last"]}
        full |= {"first_treated": "" if row["juncture"] == "all" else periods["treated"]}
        full |= {"ratio": row["estimate"] / smallest, "control": "yes" if entry.get("control") else "no"}
        full |= {"coverage_flag": "yes" if entry.get("coverage_flag") else "no"}
        full |= {"described": describe(row, ratios or {}) or saturation(case, entry)}
        finished.append({**full, "sentence": sentence(full, entry)})
    return finished


def _smallest(row: Mapping, case: Case, entry: Mapping, starts: Mapping) -> float:
    if row["estimand"].startswith("lead"):
        return entry["smallest_coefficient"]
    other_units = row["scale"] != case.scale or row["model"].endswith("quasi_poisson")
    if row["estimand"] in ("staged", "date_rank") or row["juncture"] not in starts or other_units:
        return np.nan
    if row["estimand"] in ("ramp", "slope_change"):
        return case.unit / 3 / case.per_year
    return case.smallest_effect(starts[row["juncture"]])


def rate_ratios(case: Case) -> dict[tuple[str, str], float]:
    """Return the rate ratio of each step of a count by quasi-Poisson, which describes it and decides nothing."""
    if not case.counts:
        return {}
    poisson = effects.estimate(Variation("quasi_poisson", case, estimator="quasi_poisson"), effects.Grids())
    return {(row["juncture"], row["estimand"]): row["estimate"] for row in poisson}


def describe(row: Mapping, ratios: Mapping) -> str:
    """Return a step in everyday units: a rate ratio, a percentage, or nothing where the scale speaks for itself."""
    if row["estimate"] != row["estimate"] or row["estimand"] not in ("step", "mean_step"):
        return ""
    ratio = ratios.get((row["juncture"], row["estimand"]))
    if ratio is not None and np.isfinite(ratio):
        return f"rate ratio {ratio:.2f}" if ratio <= LARGEST_RATIO else f"rate ratio over {LARGEST_RATIO}"
    return f"{100 * np.expm1(row['estimate']):+.0f} per cent" if row["scale"] == "log" else ""


def saturation(case: Case, entry: Mapping) -> str:
    """Return the warning of a score near its ceiling: how often it stands at its own maximum; blank for all else."""
    if not entry.get("ceiling") or np.isnan(case.value).all():
        return ""
    top = np.nanmax(case.value)
    share = float(np.mean(case.value == top))
    return f"saturated: {100 * share:.0f} per cent of periods at its maximum {top:g} of at most {entry['ceiling']:g}"


SCALE_WORDS = {
    "sqrt": "on the square-root scale",
    "log": "in logs",
    "arcsine_sqrt": "on the arcsine square-root scale",
    "level": "in points",
    "index": "in declared scales",
}
ESTIMAND_WORDS = {
    "step": "a step",
    "mean_step": "a mean step a juncture",
    "ramp": "a change of slope a period",
    "slope_change": "a change of slope a period",
    "gap_1": "a gap to the counterfactual one year on",
    "gap_2": "a gap to the counterfactual two years on",
    "lead_before": "a coefficient of the leader one year before",
    "lead_after": "a coefficient of the leader one year after",
    "lead_same": "a coefficient of the leader in the same year",
}


def sentence(row: Mapping, entry: Mapping) -> str:
    """Return one plain sentence with a row's figures, or with the reason why it has none."""
    vintage = f", vintage {row['vintage']}" if row.get("vintage") else ""
    window = f"{row['window_start']} to {row['window_end']}, n = {row['n']}"
    who = f"{entry['label']}{vintage} ({window}), model {row['model']}"
    if row["p"] != row["p"]:
        return f"{who}: no estimate of the {row['estimand'].replace('_', ' ')} ({row['reason']})."
    where = "over all junctures" if row["juncture"] == "all" else f"at {row['juncture']} ({row['first_treated']})"
    p = "p < .001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    if row["estimand"] == "staged":
        return f"{who}: a rise at every juncture above the trend has {p}."
    if row["estimand"] == "date_rank":
        return f"{who}: the real dates have {row['reason']}, {p}."
    if row["model"].endswith("quasi_poisson"):
        interval = f"95 % interval {row['lower']:.2f} to {row['upper']:.2f}"
        return f"{who}: a rate ratio of {row['estimate']:.2f} {where} ({interval}, {p})."
    described = f", {row['described']}" if row["described"] else ""
    return (
        f"{who}: {ESTIMAND_WORDS[row['estimand']]} of {row['estimate']:+.3g} {SCALE_WORDS[row['scale']]} {where} "
        f"(95 % interval {row['lower']:.3g} to {row['upper']:.3g}, {p}{described})."
    )
