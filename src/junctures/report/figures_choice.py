"""Which indicators of a study each figure shows, from its config alone."""

from collections.abc import Iterable, Mapping

DELIVERIES, ORDERS = "arms_deliveries", "arms_orders"
EXERCISES = ("exercises", "joint_exercises/exercises")  # indicator, and its table, beside which places are listed


def all_indicators(study: Mapping) -> list[str]:
    """Return every indicator, in the order of the config."""
    return list(study["indicators"])


def curve_indicators(study: Mapping) -> list[str]:
    """Return every indicator where the study can have a specification curve: where it has pools or a family of claimed
    effects."""
    families = (study.get("families") or {}).values()
    curved = study["pools"] or any(family["over"] == "effect_claims" for family in families)
    return all_indicators(study) if curved else []


def panel_indicators(study: Mapping) -> list[str]:
    """Return the indicators of the six panels: the members of the pool whose lead is tested, then the leader's first
    member.

    Without such a pair they are the members of the first pool, else the first indicators; six at most. The panels are
    by year: an indicator without a yearly series has none.
    """
    pools = study["pools"]
    for lead in (study.get("leads") or {}).values():
        if lead["outcome"] in pools and lead["leader"] in pools:
            return _yearly(study, [*pools[lead["outcome"]]["members"][:5], pools[lead["leader"]]["members"][0]])
    return _yearly(study, next(iter(pools.values()))["members"] if pools else study["indicators"])[:6]


def _yearly(study: Mapping, names: Iterable[str]) -> list[str]:
    entries = study["indicators"]
    return [name for name in names if "year" in (entries[name]["frequency"], *entries[name].get("also", ()))]


def counted_indicators(study: Mapping) -> list[str]:
    """Return the indicators whose events are shown: the first that counts rows of each raw table, by dimension."""
    seen, chosen = set(), []
    dimensions = list(study["dimensions"])
    for name, entry in sorted(study["indicators"].items(), key=lambda item: dimensions.index(item[1]["dimension"])):
        if entry["measure"]["kind"] in ("count", "distinct") and not entry.get("row_of") and entry["table"] not in seen:
            seen.add(entry["table"])
            chosen.append(name)
    return chosen


def ranked_indicators(study: Mapping) -> list[str]:
    """Return the indicators behind the ranks of dates: the members of all pools, then those with a rank of their own.

    None where the junctures are not three, since dates are ranked in sets of three.
    """
    if len(study["junctures"]) != 3:
        return []
    members = [member for pool in study["pools"].values() for member in pool["members"]]
    return list(dict.fromkeys([*members, *(n for n, entry in study["indicators"].items() if entry.get("date_rank"))]))


def arms_indicators(study: Mapping) -> list[str]:
    """Return deliveries and orders, where the study has both."""
    return [DELIVERIES, ORDERS] if {DELIVERIES, ORDERS} <= set(study["indicators"]) else []


def mapped_indicators(study: Mapping) -> list[str]:
    """Return the indicator that counts joint exercises, where the study has it from the table whose places are
    listed."""
    name, table = EXERCISES
    return [name] if study["indicators"].get(name, {}).get("table") == table else []
