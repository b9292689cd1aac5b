"""What one part of the config says of another: names that must exist, dates and frequencies that must agree."""

from collections.abc import Callable, Iterable, Mapping

from junctures.study import periods
from junctures.study.forms import WHY_KEY, WHY_NAME
from junctures.study.problems import nearest
from junctures.study.schema import FREQUENCIES, ID, ID_REMEDY, Indicator, Pool, PoolRow

KEYS_OF_MEASURE = {
    "count": ((), ()),
    "distinct": (("columns",), ()),
    "sum": (("columns",), ("empty", "blank", "counts", "divide_by")),
    "mean": (("columns",), ("divide_by",)),
    "value": (("columns",), ("counts", "divide_by", "blank")),
    "rate": (("columns", "per"), ("blank",)),
    "share": (("columns", "whole"), ()),
    "difference": (("columns", "by", "of"), ("absolute",)),
}

# What the results call their own models: the declared frequency, others, checks of the procedure (docs/method.md).
MODELS = (
    "primary", "annual", "quarterly", "monthly", "ramps", "quadratic", "slope", "leads", "ols", "reml", "ols_hac",
    "ar1_pure", "quasi_poisson", "start_later", "start_earlier", "other_scale", "variance_ratio", "control_alone",
    "control_difference",
)  # fmt: skip
MODEL_PREFIXES = (
    "pool_",
    "leads_",
    "end_",
    "without_",
    "alternative_",
    "transition_",
    "step_",
    "false_step_",
    "vintage_",
)
WHY_TWO = "results are found by this name, and it would mean two things"

Add = Callable[[Iterable, str, str, str], None]  # path of keys, what, why, remedy


def check_key(add: Add, name: str, path: tuple) -> None:
    """Note a key that is to be an id and is none."""
    if not ID.match(name):
        why = "ids stand in file names and citations, so they must be the same on every system"
        add(path, f"'{name}' is no id", why, ID_REMEDY)


def check_names(add: Add, content: Mapping, parts: Mapping) -> None:
    """Note every name that does not exist and every date that cannot be, in the blocks that are valid by themselves."""
    sections = {key: content.get(key) for key in ("indicators", "pools", "dimensions")}
    declared = {key: list(each) if isinstance(each, dict) else [] for key, each in sections.items()}
    listed = content.get("junctures")
    entries = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    declared["junctures"] = [str(each.get("id")) for each in entries]
    _check_window(add, ("study", "window"), parts["study"].window if parts.get("study") else None)
    _check_junctures(add, parts)
    for i, event in enumerate(parts.get("concurrent_events", ())):
        if event.end < event.start[: len(event.end)]:
            remedy = "Put the earlier date under start."
            add(("concurrent_events", i, "end"), f"'{event.id}' ends before it starts", WHY_NAME, remedy)
    for name, indicator in parts.get("indicators", {}).items():
        _check_indicator(add, indicator, ("indicators", name), declared, parts)
    for name, pool in parts.get("pools", {}).items():
        _check_pool(add, pool, ("pools", name), declared, parts)
    for name, lead in parts.get("leads", {}).items():
        valid = declared["pools"] + declared["indicators"]
        for key, used in (("outcome", [lead.outcome]), ("leader", [lead.leader]), ("instead", lead.instead)):
            _check_known(add, ("leads", name, key), used, valid, "pool or indicator")
        if lead.outcome in (lead.leader, *lead.instead):
            what = f"'{lead.outcome}' is outcome and leader at once"
            add(("leads", name, "outcome"), what, "a series cannot move before itself", "Name two different series.")
        _check_window(add, ("leads", name, "window"), lead.window)
    _check_files(add, parts)
    _check_rows(add, declared, parts)


def _check_files(add: Add, parts: Mapping) -> None:
    """Note ids that would give two results one file."""
    indicators, pools, leads = (list(parts.get(key, ())) for key in ("indicators", "pools", "leads"))
    taken = {name: "an indicator" for name in indicators}
    taken |= {f"{name}_rows": f"the rows behind the indicator '{name}'" for name in indicators}
    taken |= {f"pool_{name}": f"the results of the pool '{name}'" for name in pools}
    for name in indicators:
        if taken[name] != "an indicator":
            add(("indicators", name), f"'{name}' names {taken[name]} too", WHY_TWO, "Give the indicator another name.")
    for name in pools:
        if name in taken:
            add(("pools", name), f"'{name}' names {taken[name]} too", WHY_TWO, "Give the pool another name.")
    taken |= {name: "a pool" for name in pools}
    for name in leads:
        if name in taken:
            add(("leads", name), f"'{name}' names {taken[name]} too", WHY_TWO, "Give the lead another name.")


def _check_model(add: Add, name: str, path: tuple, allowed: Iterable[str] = ()) -> None:
    """Note the name of a further model that is no id or that results use for a model of their own."""
    check_key(add, name, path)
    if name in set(MODELS) - set(allowed) or name.startswith(MODEL_PREFIXES):
        add(path, f"'{name}' is a model that every study has", WHY_TWO, "Give it another name.")


def _check_rows(add: Add, declared: Mapping, parts: Mapping) -> None:
    rows = parts.get("rows")
    if rows is None:
        return
    for name, recoded in rows.recoded.items():
        _check_model(add, name, ("rows", "recoded", name))
        place = ("rows", "recoded", name, "juncture")
        _check_known(add, place, [recoded.juncture], declared["junctures"], "juncture")
    years = {("rows", key): getattr(rows, key) for key in ("other_end", "concurrent_step", "false_step")}
    years |= {("rows", "recoded", name, "first_treated"): each.first_treated for name, each in rows.recoded.items()}
    if rows.slope:
        years[("rows", "slope", "start")] = rows.slope.start
        for key in ("other_starts", "other_ends"):
            years |= {("rows", "slope", key, i): year for i, year in enumerate(getattr(rows.slope, key))}
    window = parts["study"].window if parts.get("study") else None
    for path, year in years.items():
        if window and year is not None and not int(window.start[:4]) <= year <= int(window.end[:4]):
            what = f"{year} lies outside the study's window, {window.start} to {window.end}"
            add(path, what, "the row could not be estimated", "Correct the year, or widen study.window.")


def _check_known(add: Add, path: tuple, used: Iterable[str], valid: Iterable[str], kind: str) -> None:
    valid = list(valid)
    for name in used:
        if name not in valid:
            add(path, f"there is no {kind} '{name}'", WHY_NAME, nearest(name, valid))


def _check_window(add: Add, path: tuple, window) -> bool:
    if window is None:
        return False
    start, end = (periods.frequency_of(text) for text in (window.start, window.end))
    if start != end:
        what = f"the window starts with a {start} and ends with a {end}"
        add(path, what, "the periods between cannot be listed", "Give both as 2000, 2000Q1 or 2000-01.")
        return False
    if periods.to_index(window.start) >= periods.to_index(window.end):
        what = f"the window ends ({window.end}) before it has two periods ({window.start})"
        add(path, what, "no test can be made on it", "Put the later period under end.")
        return False
    return True


def _check_junctures(add: Add, parts: Mapping) -> None:
    junctures = parts.get("junctures", ())
    window = parts["study"].window if parts.get("study") else None
    usable = window is not None and periods.frequency_of(window.start) == periods.frequency_of(window.end)
    for key, blocks in (("junctures", junctures), ("concurrent_events", parts.get("concurrent_events", ()))):
        seen = set()
        for i, block in enumerate(blocks):
            if block.id in seen:
                what = f"the id '{block.id}' is given twice"
                add((key, i, "id"), what, "results are found by it", "Give each entry an id of its own.")
            seen.add(block.id)
    for i, juncture in enumerate(junctures):
        if juncture.id in ("all", "none"):
            why = "results and claims use the word for all junctures together, or for none"
            add(("junctures", i, "id"), f"a juncture has the id '{juncture.id}'", why, "Give it another id.")
        if i and junctures[i - 1].date >= juncture.date:
            before = junctures[i - 1]
            what = f"'{juncture.id}' ({juncture.date}) does not come after '{before.id}' ({before.date})"
            why = "the staged rise and every interval between junctures follow the order of the list"
            add(("junctures", i, "date"), what, why, "List the junctures by date, each date once.")
        if not usable:
            continue
        for j, date in ((None, juncture.date), *enumerate(juncture.alternatives)):
            path = ("junctures", i, "date") if j is None else ("junctures", i, "alternatives", j)
            frequency = periods.frequency_of(window.start)
            first = periods.to_index(periods.first_treated(date, frequency))
            if not periods.to_index(window.start) < first <= periods.to_index(window.end):
                what = f"'{juncture.id}' ({date}) lies outside the study's window, {window.start} to {window.end}"
                why = "a step needs periods before and after it"
                add(path, what, why, "Correct the date, or widen study.window.")


def _check_indicator(add: Add, indicator: Indicator, path: tuple, declared: Mapping, parts: Mapping) -> None:
    if declared["dimensions"]:  # else the section's own problem is told
        _check_known(add, (*path, "dimension"), [indicator.dimension], declared["dimensions"], "dimension")
    if indicator.row_of is not None:
        others = [name for name in declared["indicators"] if name != indicator.id]
        _check_known(add, (*path, "row_of"), [indicator.row_of], others, "other indicator")
    rows = parts.get("rows")
    models = [*rows.recoded, *(["slope"] if rows.slope else [])] if rows else []
    _check_known(add, (*path, "models"), indicator.models, models, "model")
    if len({indicator.frequency, *indicator.also}) != 1 + len(indicator.also):
        why = "each frequency is tested once, and results are found by it"
        add((*path, "also"), "a frequency is given twice", why, "List under 'also' the other frequencies only.")
    for key in ("earliest", "latest"):
        _check_source_period(add, getattr(indicator, key), indicator, (*path, key))
    first = periods.first_period(indicator.earliest, "month")
    if indicator.latest and periods.last_period(indicator.latest, "month") <= first:
        what = f"'latest' ({indicator.latest}) comes before 'earliest' ({indicator.earliest})"
        add((*path, "latest"), what, "no period is left", "Put the source's last complete period under latest.")
    window = parts["study"].window if parts.get("study") else None
    if window and periods.first_period(indicator.earliest, "month") > periods.last_period(window.end, "month"):
        what = f"'earliest' ({indicator.earliest}) comes after the study's window, which ends {window.end}"
        add((*path, "earliest"), what, "no period is left", "Correct it, or widen study.window.")
    if window and indicator.latest and indicator.latest[:4] < window.start[:4]:
        what = f"'latest' ({indicator.latest}) comes before the study's window, which starts {window.start}"
        add((*path, "latest"), what, "no period is left", "Correct it, or widen study.window.")
    if indicator.observed_month and indicator.frequency != "year":
        what = f"'observed_month' is given for a series by {indicator.frequency}"
        add((*path, "observed_month"), what, "it says in which month of a year the value is observed", "Remove it.")
    if indicator.scale == "log" and indicator.measure.kind == "count":
        what = "a count is tested on the log scale"
        add((*path, "scale"), what, "the logarithm of a count of 0 does not exist", "Use scale: sqrt.")
    if indicator.smallest_ratio and indicator.declared_scale.derivation not in ("count", "exposure"):
        what = f"'smallest_ratio' is given for a scale of derivation {indicator.declared_scale.derivation}"
        why = "only a count has a rate ratio; here one declared scale is the smallest effect of interest"
        add((*path, "smallest_ratio"), what, why, "Remove it, or use the derivation count or exposure.")
    _check_measure(add, indicator.measure, (*path, "measure"))
    control = indicator.control
    if control and (control.replace is None) == (control.median_over is None):
        what = "a control needs either 'replace' or 'median_over'"
        remedy = "Give replace: {column: value} for one series, or median_over: column for the median of the others."
        add((*path, "control"), what, "exactly one of them says which series it is", remedy)
    elif control and control.holding and control.median_over is None:
        what = "'holding' is given without 'median_over'"
        add((*path, "control", "holding"), what, "it narrows the partners of a median", "Remove it.")
    if indicator.peers is not None:
        _check_peers(add, indicator, (*path, "peers", "over"))


def _check_peers(add: Add, indicator: Indicator, path: tuple) -> None:
    over, control = indicator.peers.over, indicator.control
    if not isinstance(indicator.where.get(over), str):
        what = f"'where' does not name the one value of '{over}' that is the indicator's own"
        why = "its peers are the other values of that column"
        add(path, what, why, f"Add '{over}: value' to 'where', or name under 'over' the column that tells units apart.")
    if control and control.median_over not in (None, over):
        what = f"the peers are told apart by '{over}', the partners of the control by '{control.median_over}'"
        add(path, what, "partners are peers too, and each unit has one series", f"Write over: {control.median_over}.")


def _check_source_period(add: Add, period: str | None, indicator: Indicator, path: tuple) -> None:
    if period is None:
        return
    given = periods.frequency_of(period)
    finest = max(FREQUENCIES.index(each) for each in (indicator.frequency, *indicator.also))
    if FREQUENCIES.index(given) > finest:
        what = f"'{period}' is a {given}, but the series has one value a {FREQUENCIES[finest]}"
        why = "a period of the source is meant, and part of one is not complete"
        add(path, what, why, f"Write a {FREQUENCIES[finest]}.")


def _check_measure(add: Add, measure, path: tuple) -> None:
    needed, allowed = KEYS_OF_MEASURE[measure.kind]
    given = measure.model_fields_set - {"kind"}
    for key in needed:
        if not getattr(measure, key):
            what = f"the measure '{measure.kind}' needs '{key}'"
            add((*path, key), what, f"a {measure.kind} is made of it", f"Add '{key}' to the measure.")
    for key in sorted(given - set(needed) - set(allowed)):
        valid = ", ".join((*needed, *allowed)) or "nothing but kind"
        what = f"the measure '{measure.kind}' does not use '{key}'"
        add((*path, key), what, WHY_KEY, f"Remove it; '{measure.kind}' takes {valid}.")
    single = measure.kind in ("distinct", "mean", "value", "share", "difference")
    if single and len(measure.columns) > 1:
        what = f"the measure '{measure.kind}' is given {len(measure.columns)} columns"
        add((*path, "columns"), what, "it is made of one", "Name one column; use kind: sum to add several up.")
    if measure.kind == "difference" and measure.of and len(set(measure.of)) != 2:
        what = f"'of' names {len(set(measure.of))} different values"
        add((*path, "of"), what, "a difference is between two", "Name two values of the column under 'by'.")


def _check_pool(add: Add, pool: Pool, path: tuple, declared: Mapping, parts: Mapping) -> None:
    _check_known(add, (*path, "members"), pool.members, declared["indicators"], "indicator")
    indicators = parts.get("indicators", {})
    _check_members(add, pool.members, pool.frequency, (*path, "members"), indicators)
    for name in sorted({name for name in pool.members if pool.members.count(name) > 1}):
        why = "it would count twice in an index with equal weights"
        add((*path, "members"), f"'{name}' is a member twice", why, "Name each member once.")
    sources = [indicators[name].table.split("/")[0] for name in dict.fromkeys(pool.members) if name in indicators]
    twice = set() if pool.against_controls else {source for source in sources if sources.count(source) > 1}
    for source in sorted(twice):
        why = "one source would count twice in an index with equal weights (docs/method.md, Pools)"
        add((*path, "members"), f"two members come from the source '{source}'", why, "Keep one of them.")
    for name in pool.members:
        if name in indicators and pool.against_controls and indicators[name].control is None:
            what = f"'{name}' has no control, but the pool takes members against their controls"
            add((*path, "members"), what, WHY_NAME, f"Give '{name}' a control, or remove against_controls.")
        if name in indicators and indicators[name].coverage_flag:
            why = "its table cannot carry a verdict, so the pool could not either"
            add((*path, "members"), f"'{name}' has a coverage flag", why, "Remove it, or add it as a row.")
    if _check_window(add, (*path, "window"), pool.window):
        _check_pool_window(add, pool, (*path, "window"), parts.get("junctures", ()))
    for name, row in pool.rows.items():
        _check_model(add, name, (*path, "rows", name), allowed=("annual", "quarterly", "monthly"))
        _check_pool_row(add, row, pool, (*path, "rows", name), declared, indicators)


def _check_pool_window(add: Add, pool: Pool, path: tuple, junctures) -> None:
    start, end = (periods.first_period(each, "month") for each in (pool.window.start, pool.window.end))
    months = [periods.first_treated(each.date, "month") for each in junctures]
    if months and not any(start < month <= end for month in months):
        what = f"no juncture lies between {pool.window.start} and {pool.window.end}"
        add(path, what, "the pool would be tested at none", "Widen the window, or remove the pool.")


def _check_pool_row(add, row: PoolRow, pool: Pool, path: tuple, declared: Mapping, indicators: Mapping) -> None:
    for key, used in (("members", row.members), ("add", row.add), ("replace", row.replace.values())):
        _check_known(add, (*path, key), used, declared["indicators"], "indicator")
        _check_members(add, used, row.frequency or pool.frequency, (*path, key), indicators)
    base = row.members or pool.members
    now = [*(row.replace.get(name, name) for name in base), *row.add]
    for name in sorted({name for name in now if now.count(name) > 1}):
        why = "it would count twice in an index with equal weights"
        add(path, f"'{name}' is a member twice in this row", why, "Name each member once.")
    _check_known(add, (*path, "replace"), row.replace, base, "member")
    if row.frequency and row.frequency != pool.frequency and not row.members:
        _check_members(add, pool.members, row.frequency, (*path, "frequency"), indicators)


def _check_members(add, members: Iterable[str], frequency: str, path: tuple, indicators: Mapping) -> None:
    for name in members:
        indicator = indicators.get(name)
        if indicator and frequency not in (indicator.frequency, *indicator.also):
            what = f"'{name}' has no series by {frequency}"
            why = "the index is a mean over members in the same periods"
            add(path, what, why, f"Add 'also: [{frequency}]' to '{name}', or take it out.")
