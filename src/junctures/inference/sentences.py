"""What makes a row readable: the columns that name it, its size in everyday units, one plain sentence."""

from collections.abc import Iterable, Mapping

import numpy as np

from junctures.inference import effects
from junctures.inference.cases import INVERSE, Case
from junctures.inference.variations import Variation
from junctures.study.periods import from_index

LARGEST_RATIO = 100  # beyond it a count was near zero before, and the ratio says no more than that
# Their rows of Robust bear these names as prefixes.
CONTROL = {"control_alone": "the control by itself", "control_difference": "less its control"}
SLOPES = ("ramp", "slope_change")


def finish(
    rows: Iterable[dict], case: Case, entry: Mapping, identity: Mapping, described: Mapping | None = None
) -> list[dict]:
    """Return rows with the columns that name the series, the smallest effect and a plain sentence.

    `case` is the main one, whose smallest effect holds for every row on its scale. `described` (of `everyday`) holds
    for the rows of that very case.
    """
    finished = []
    for row in rows:
        place = {name: row.pop(name) for name in ("first", "last", "treated")}
        before, added = row.pop("before", np.nan), row.pop("periods", 0)
        periods = {name: "" if at is None else from_index(at, case.frequency) for name, at in place.items()}
        smallest = _smallest(row, case, entry, place["treated"])
        full = {**identity, **row, "frequency": case.frequency, "smallest_effect": smallest}
        full |= {"window_start": periods["first"], "window_end": periods["last"]}
        full |= {"first_treated": periods["treated"], "ratio": row["estimate"] / smallest}
        full |= {"control": "yes" if entry.get("control") else "no"}
        full |= {"coverage_flag": "yes" if entry.get("coverage_flag") else "no"}
        summed = added and row["p"] == row["p"]
        words = _added_up(added, case.frequency) if summed else describe(row, before, case, entry, described or {})
        full |= {"described": words}
        finished.append({**full, "sentence": sentence(full, entry)})
    return finished


def _smallest(row: Mapping, case: Case, entry: Mapping, treated: int | None) -> float:
    if row["estimand"].startswith("lead"):
        return entry["smallest_coefficient"]
    other_units = row["scale"] != case.scale
    if row["estimand"] in ("staged", "date_rank", "gap_total") or other_units:
        return np.nan
    if row["estimand"] in SLOPES:
        return case.smallest_slope
    main = dict(zip(case.junctures, case.steps, strict=True))
    # A step of no juncture of the study (the false one) is held against the mean before itself.
    return case.smallest_effect(main.get(row["juncture"], case.steps[0] if treated is None else treated))


def control_of(model: str) -> str | None:
    """Return which model of the control a model is or is a row of, or None."""
    return next((name for name in CONTROL if model == name or model.startswith(f"{name}_")), None)


def everyday(case: Case) -> dict[tuple[str, str], str]:
    """Return (juncture, estimand) -> the rate ratio of a step of counts, as text; nothing for other measures.

    By a quasi-Poisson fit, which describes and decides nothing.
    """
    if not case.counts:
        return {}
    fits = effects.estimate(Variation("quasi_poisson", case, estimator="quasi_poisson"), effects.Grids())
    return {(r["juncture"], r["estimand"]): _ratio(r["estimate"]) for r in fits if np.isfinite(r["estimate"])}


def _ratio(ratio: float) -> str:
    return f"rate ratio {ratio:.2f}" if ratio <= LARGEST_RATIO else f"rate ratio over {LARGEST_RATIO}"


def _number(value: float) -> str:
    """Return a signed number with two significant digits, or whole from 10 on."""
    return f"{value:+.0f}" if abs(value) >= 10 else f"{value:+.2g}"


def describe(row: Mapping, before: float, case: Case, entry: Mapping, described: Mapping) -> str:
    """Return an effect in everyday units; nothing where it has no estimate or the scale speaks for itself.

    Logs: per cent. Shares and other roots than of counts: the change, in percentage points or of the mean, from the
    counterfactual `before` (on the tested scale) at the first point that the juncture treats. Scores with a ceiling:
    how many periods are at their maximum. Else what `described` holds.
    """
    if np.isnan(row["estimate"]):
        return ""
    scale, stepped = row["scale"], row["estimand"] in ("step", "mean_step")
    if scale == "log" and (stepped or row["estimand"].startswith("gap") or row["estimand"] in SLOPES):
        each = f" a {case.frequency}" if row["estimand"] in SLOPES else ""
        return f"{100 * np.expm1(row['estimate']):+.0f} per cent{each}"
    if not stepped:
        return ""
    turned_back = scale == "arcsine_sqrt" or (scale == "sqrt" and not case.counts)
    control = control_of(row["model"])
    if turned_back and np.isfinite(before) and control != "control_difference":
        raw, sign = INVERSE[scale], -1.0 if case.reverse else 1.0
        change = raw(sign * (before + row["estimate"])) - raw(sign * before)
        if scale == "sqrt":
            return f"difference of means {_number(change)}"
        return f"{_number(100 * change)} percentage points"
    if entry.get("ceiling") is not None and scale == case.scale and control is None:
        return saturation(case, row["juncture"], entry["ceiling"])
    return described.get((row["juncture"], row["estimand"]), "")


def _added_up(periods: int, frequency: str) -> str:
    return f"added up over {periods} {frequency}{'' if periods == 1 else 's'}"


def saturation(case: Case, juncture: str, ceiling: float) -> str:
    """Return the warning of a score with a ceiling: how often it stands at its own maximum before a juncture and after.

    The phases are those before and from the juncture on; of a juncture that is none of the case's own, all periods
    before the first juncture, and all from it on.
    """
    top = np.max(case.value)
    phases = case.phases(juncture if juncture in case.junctures else None)
    before, after = (100 * np.mean(case.value[phase] == top) if phase.any() else 0.0 for phase in phases)
    share = f"{before:.0f} per cent of periods before and {after:.0f} after"
    return f"saturation: {share} at its maximum {top:g} of at most {ceiling:g}"


SCALE_WORDS = {
    "sqrt": " on the square-root scale",
    "log": " in logs",
    "arcsine_sqrt": " on the arcsine square-root scale",
    "level": " in points",
    "index": " in declared scales",
}
ESTIMAND_WORDS = {
    "step": "a step",
    "mean_step": "a mean step a juncture",
    "ramp": "a change of slope a period",
    "slope_change": "a change of slope a period",
    "gap_1": "a gap to the counterfactual one year on",
    "gap_2": "a gap to the counterfactual two years on",
    "gap_total": "a cumulative gap to the counterfactual",
    "lead_before": "a coefficient of the leader one year before",
    "lead_after": "a coefficient of the leader one year after",
    "lead_same": "a coefficient of the leader in the same year",
    "staged": "a rise at every juncture",
    "date_rank": "a rank of the dates",
}


def sentence(row: Mapping, entry: Mapping) -> str:
    """Return one plain sentence with a row's figures, or with the reason why it has none."""
    vintage = f", vintage {row['vintage']}" if row.get("vintage") else ""
    control = control_of(row["model"])
    model = f"{row['model']} ({CONTROL[control]}, {entry['control']['label']})" if control else row["model"]
    window = f"{row['window_start']} to {row['window_end']}" if row["window_start"] else "no period"
    who = f"{entry['label']}{vintage} ({window}, n = {row['n']}), model {model}"
    if row["p"] != row["p"]:
        return f"{who}: no estimate of {ESTIMAND_WORDS[row['estimand']]}{_where(row)} ({row['reason']})."
    p = "p < .001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    if row["estimand"] == "staged":
        return f"{who}: a rise at every juncture above the trend has {p}."
    if row["estimand"] == "date_rank":
        return f"{who}: the real dates have {row['reason']}, {p}."
    if row["scale"] == "ratio":
        interval = f"95 % interval {row['lower']:.2f} to {row['upper']:.2f}"
        return f"{who}: a rate ratio of {row['estimate']:.2f}{_where(row)} ({interval}, {p})."
    lead = row["estimand"].startswith("lead")
    notes = [f"95 % interval {row['lower']:.3g} to {row['upper']:.3g}", p, row["described"], row["reason"]]
    return (
        f"{who}: {ESTIMAND_WORDS[row['estimand']]} of {row['estimate']:+.3g}{'' if lead else SCALE_WORDS[row['scale']]}"
        f"{_where(row)} ({', '.join(note for note in notes if note)})."
    )


def _where(row: Mapping) -> str:
    if row["juncture"] != effects.ALL:
        return f" at {row['juncture']} ({row['first_treated']})"
    if row["first_treated"]:
        return f" in {row['first_treated']}, which is no juncture"
    return " over all junctures" if row["estimand"] == "mean_step" else ""
