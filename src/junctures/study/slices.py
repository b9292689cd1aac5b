"""The config cut into slices, so that each job depends on what it uses and on nothing else."""

import json
from collections.abc import Iterable, Mapping

from junctures.study.claims_file import MODEL_CHECKS
from junctures.study.config import study_values
from junctures.study.schema import Study
from junctures.study.tables import Source, table_of

DATA_KEYS = (
    "id", "table", "where", "measure", "vintages", "frequency", "also", "observed_month", "earliest", "latest",
    "scale", "reverse",
)  # fmt: skip
STUDIES_DRAWS = ("studies", "curve", "grid")  # what only whole simulated studies use
SUMMARY_KEYS = ("dimension", "frequency", "row_of", "exploratory", "coverage_flag", "vintages")


def build_slices(study: Study, sources: Mapping[str, Source], claims: list[dict]) -> dict[str, str]:
    """Return the text of every slice by its path below processed/meta.

    One an indicator for its series (`series_`) and its tests (`indicator_`), one a pool and lead with the entries
    of all that it rests on (without the words of a member, which no index uses), one each for summary (with the checks
    that form a family) and for claims; study.json holds every value used.
    """
    values = study.model_dump(mode="json")
    indicators, pools, window = values["indicators"], values["pools"], values["study"]["window"]
    draws = values["study"]["simulations"]
    setting = {
        "junctures": values["junctures"],
        "rows": values["rows"],
        "seed": values["study"]["seed"],
        "simulations": {name: draws for name, draws in draws.items() if name not in STUDIES_DRAWS},
        "window": window,
    }
    slices = {}
    for name, entry in indicators.items():
        table = table_of(sources, entry["table"])
        time = table.time if table else None
        slices[f"series_{name}"] = {"indicator": _data_part(entry), "time": time, "window": window}
        slices[f"indicator_{name}"] = {"indicator": entry, **setting}
    for name, pool in pools.items():
        members = {member: _member_part(indicators[member]) for member in pool_members(pool)}
        slices[f"pool_{name}"] = {"pool": pool, "indicators": members, **setting}
    for name, lead in values["leads"].items():
        led = {each: pools[each] for each in _lead_names(lead) if each in pools}
        entries = {member: _member_part(indicators[member]) for member in lead_members(lead, pools)}
        # One series is set against another at no juncture.
        slices[f"leads_{name}"] = {"lead": lead, "pools": led, "indicators": entries, **setting, "junctures": []}
    slices["summary"] = {
        "junctures": values["junctures"],
        "indicators": {name: {key: entry[key] for key in SUMMARY_KEYS} for name, entry in indicators.items()},
        "pools": {name: pool["members"] for name, pool in pools.items()},
        "leads": list(values["leads"]),
        "families": values["families"],
        "claims": [
            {"id": claim["id"], "check": claim["check"]} for claim in claims if claim["check"]["kind"] == "effect"
        ],
    }
    tested = [
        {"id": claim["id"], "check": {key: value for key, value in claim["check"].items() if key != "shown"}}
        for claim in claims
        if claim["check"]["kind"] in MODEL_CHECKS
    ]
    needed = tested_indicators(tested, pools, values["leads"])
    entries = {name: _member_part(entry) for name, entry in indicators.items() if name in needed}
    shared = {"pools": pools, "leads": values["leads"], "families": values["families"]}
    simulations = {name: draws[name] for name in STUDIES_DRAWS}
    study_part = {"claims": tested, "indicators": entries, **shared, **setting, "simulations": simulations}
    slices["simulated_studies"] = study_part
    slices["claims"] = claims
    files = {f"slices/{name}.json": json.dumps(content, ensure_ascii=False) + "\n" for name, content in slices.items()}
    return {**files, "study.json": json.dumps(study_values(study), indent=1, ensure_ascii=False) + "\n"}


def job_batches(names: Iterable[str], size: int) -> dict[str, list[str]]:
    """Return the indicators that each job takes, in their order, by the first of them, which names its results."""
    names = list(names)
    return {names[i]: names[i : i + size] for i in range(0, len(names), size)}


def tested_indicators(claims: Iterable[Mapping], pools: Mapping, leads: Mapping) -> set[str]:
    """Return every indicator on which a claim tested by a model rests, or a pool, by itself or as a member."""
    named = {member["indicator"] for claim in claims for member in claim["check"].get("members") or [claim["check"]]}
    led = {name for lead in leads.values() for name in lead_members(lead, pools)}
    pooled = {member for pool in pools.values() for member in pool_members(pool)}
    return (named - set(pools) - set(leads)) | led | pooled


def pool_members(pool: Mapping) -> Iterable[str]:
    """Return every indicator that a pool (as plain data) or one of its rows rests on, each once."""
    found = list(pool["members"])
    for row in pool["rows"].values():
        found += [*row["members"], *row["add"], *row["replace"].values()]
    return dict.fromkeys(found)


def lead_members(lead: Mapping, pools: Mapping[str, Mapping]) -> Iterable[str]:
    """Return every indicator that a lead (as plain data) rests on, by itself or as member of a pool, each once."""
    members = [m for each in _lead_names(lead) for m in (pools[each]["members"] if each in pools else [each])]
    return dict.fromkeys(members)


def _lead_names(lead: Mapping) -> list[str]:
    return [lead["outcome"], lead["leader"], *lead["instead"]]


def _member_part(entry: Mapping) -> dict:
    """Return an indicator's entry without the words that only its own results show."""
    return {key: value for key, value in entry.items() if key not in ("label", "dimension")}


def _data_part(entry: Mapping) -> dict:
    """Return the part of an indicator's entry that its series depends on; what must be there else is neutral."""
    neutral = {"label": entry["id"], "dimension": "any", "declared_scale": {"value": 1.0, "derivation": "count"}}
    control = {**entry["control"], "label": "control"} if entry["control"] else None
    peers = {**entry["peers"], "label": "peers"} if entry["peers"] else None
    return {**{key: entry[key] for key in DATA_KEYS}, "control": control, "peers": peers, **neutral}
