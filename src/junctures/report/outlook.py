"""What a study will test and what it could see, in plain words, before anything is tested.

Designs come from dates alone: which periods are observed, and when each juncture begins. Of the values only the mean
before the first juncture is read, and only for counts, whose smallest effect of interest it sets.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from junctures.inference import indicator, pool, prospects
from junctures.inference.cases import Case
from junctures.inference.families import EXPLORATORY, FamilyTest, declare_tests
from junctures.inference.indicator import MODEL_OF, Setting
from junctures.inference.simulate import ATTAINABLE_SHARE
from junctures.inference.variations import Variation
from junctures.report.plain import aligned, folded
from junctures.report.verdicts import ledger_of
from junctures.report.wording import listed
from junctures.study.claims_file import load_claims
from junctures.study.config import study_values
from junctures.study.periods import PER_YEAR, first_treated, from_index
from junctures.study.schema import Study
from junctures.study.series import build_series, load_table
from junctures.study.tables import read_sources, table_of

RHO = 0.4  # the persistence at which what a design could see is told (docs/method.md, "Designs")
DRAWS = 200


def foresee(root: str | Path, study: Study, draws: int = DRAWS) -> dict:
    """Return what a checked study will test and could see, as plain data; nothing is written, no effect is estimated.

    `study` is what `check_study` returned for the folder `root`. Each design is told at persistence .4 from `draws`
    simulated series; with as many as the config's `power` its numbers are those of processed/results/designs.csv, but
    for counts at later junctures, whose smallest effect is taken here from the mean before the first one. Raises
    StudyError where no series can be made of a table.
    """
    root, values = Path(root), study_values(study)
    claims = load_claims(root / "claims.yaml", study)
    setting = Setting.from_slice({**values, **values["study"]})
    series = _all_series(root, study)
    designs = [row for name in values["indicators"] for row in _indicator(name, values, series, setting, draws)]
    designs += [row for name in values["pools"] for row in _pool(name, values, series, setting, draws)]
    used = [frequency for frequency in PER_YEAR if frequency in {row["frequency"] for row in designs}]
    return {
        "study": {key: values["study"][key] for key in ("id", "title", "window")},
        "junctures": [
            {"id": each.id, "label": each.label, "date": each.date.isoformat()}
            | {"begins": {frequency: first_treated(each.date, frequency) for frequency in used}}
            for each in study.junctures
        ],
        "indicators": {name: _entry(entry, study) for name, entry in values["indicators"].items()},
        "pools": {name: _chosen(each, "label", "frequency", "members") for name, each in values["pools"].items()},
        "leads": {name: _chosen(each, "label", "outcome", "leader") for name, each in values["leads"].items()},
        "claims": _claims(claims),
        "families": _families(declare_tests(claims, values), values["families"]),
        "rho": RHO,
        "draws": draws,
        "designs": designs,
    }


def _all_series(root: Path, study: Study) -> dict[str, pd.DataFrame]:
    """Return the main series of every indicator, without controls and peers, which no design looks at."""
    sources, window = read_sources(root)[0], study.study.window.model_dump()
    tables: dict[str, pd.DataFrame] = {}
    found = {}
    for name, entry in study.indicators.items():
        table = tables.setdefault(entry.table, None)
        if table is None:
            table = tables[entry.table] = load_table(root / "raw" / f"{entry.table}.csv")
        needed = any(each.against_controls for each in study.pools.values())
        alone = entry if needed else entry.model_copy(update={"control": None})
        alone = alone.model_copy(update={"peers": None})
        found[name] = build_series(alone, table, window, time=table_of(sources, entry.table).time)[0]
    return found


def _indicator(name: str, values: Mapping, series: Mapping, setting: Setting, draws: int) -> Iterator[dict]:
    """Yield what the designs of an indicator could see: that of its main model, then those at further frequencies."""
    entry = values["indicators"][name]
    main = series[name][(series[name]["role"] == "main") & (series[name]["vintage"] == indicator.main_vintage(entry))]
    for frequency in (entry["frequency"], *entry["also"]):
        chosen = main[main["frequency"] == frequency]
        case, _ = indicator.make_case(chosen, entry, setting, frequency, values["study"]["window"])
        model = "primary" if frequency == entry["frequency"] else MODEL_OF[frequency]
        yield from _designs(case, entry, model, setting, draws)


def _pool(name: str, values: Mapping, series: Mapping, setting: Setting, draws: int) -> Iterator[dict]:
    block = values["pools"][name]
    index = pool.build_index(series, pool.with_vintages(values["indicators"], block["members"]), block)
    entry = pool.pool_entry(block)
    case, _ = indicator.make_case(index, entry, setting, block["frequency"], block["window"])
    yield from _designs(case, entry, f"pool_{name}", setting, draws)


def _designs(case: Case, entry: Mapping, model: str, setting: Setting, draws: int) -> Iterator[dict]:
    """Yield what the step at each juncture would need, from a case whose values are put away first."""
    case = prospects.blind(case)
    begins = {j: from_index(step, case.frequency) for j, step in zip(case.junctures, case.steps, strict=True)}
    ends = [from_index(case.time[end], case.frequency) for end in (0, -1)] if len(case.time) else ["", ""]

    def generator():
        return setting.generator(entry["id"], model, "power")

    for row in prospects.describe_design(Variation(model, case), entry, draws, generator, (RHO,), mean_step=False):
        at = case.steps[case.junctures.index(row["juncture"])]
        yield _chosen(row, "indicator", "model", "frequency", "juncture", "n") | {
            "first_point": ends[0],
            "last_point": ends[1],
            "first_treated": begins[row["juncture"]],
            "points_before": int((case.time < at).sum()),
            "points_after": int((case.time >= at).sum()),
            "jump_80": _number(row.get("jump_80")),
            "jump_80_smallest": _number(row.get("jump_80_smallest")),
            "ruled_out_share": _number(row.get("ruled_out_share")),
            "ruled_out_attainable": row.get("ruled_out_attainable", ""),
            "reason": row["reason"],
        }


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _entry(entry: Mapping, study: Study) -> dict:
    """Return what is told of an indicator; `begins` where its yearly values are observed in one month."""
    kept = _chosen(
        entry, "label", "dimension", "table", "frequency", "also", "scale", "observed_month", "control", "models",
        "exploratory", "coverage_flag", "row_of",
    )  # fmt: skip
    kept["control"] = (entry["control"] or {}).get("label")
    kept |= {"measure": entry["measure"]["kind"], "unit": entry["declared_scale"]["value"]}
    if month := entry["observed_month"]:
        kept["begins"] = {each.id: first_treated(each.date, "year", month) for each in study.junctures}
    return kept


def _chosen(entry: Mapping, *keys: str) -> dict:
    return {key: entry[key] for key in keys}


def _claims(claims: list[dict]) -> dict[str, dict[str, int]]:
    """Return how many claims of each kind are tested by a model, and checked against records."""
    ledgers: dict[str, dict[str, int]] = {"tested": {}, "checked": {}}
    for claim in claims:
        kinds = ledgers[ledger_of(claim["kind"])]
        kinds[claim["kind"]] = kinds.get(claim["kind"], 0) + 1
    return ledgers


def _families(tests: Iterable[FamilyTest], declared: Mapping) -> dict[str, dict]:
    """Return each family with its number of tests, and whether these are claims or steps."""
    counts = Counter(test.family for test in tests)
    return {
        name: {"tests": n, "of": "claim" if (declared.get(name) or {}).get("over") == "effect_claims" else "step"}
        for name, n in counts.items()
    }


def tell(outlook: Mapping) -> Iterator[str]:
    """Yield what `foresee` returned as lines in plain words."""
    about = outlook["study"]
    yield f"{about['title']} ({about['id']}), {about['window']['start']} to {about['window']['end']}"
    yield "Config, claims, sources, checksums and tables have no problem. Nothing was written, nothing was tested."
    yield from _tell_junctures(outlook)
    yield from _tell_claims(outlook)
    yield from _tell_series(outlook)
    yield from _tell_designs(outlook)


def _tell_junctures(outlook: Mapping) -> Iterator[str]:
    used = list(outlook["junctures"][0]["begins"]) if outlook["junctures"] else []
    yield ""
    yield "WHEN EACH JUNCTURE BEGINS: with the first period of which at least half lies on or after its date"
    rows = [[each["id"], each["label"], each["date"], *each["begins"].values()] for each in outlook["junctures"]]
    yield from aligned([["juncture", "", "date", *(f"by {frequency}" for frequency in used)], *rows])
    for name, entry in outlook["indicators"].items():
        if entry.get("begins"):
            begins = listed(f"{juncture} {year}" for juncture, year in entry["begins"].items())
            yield from folded(f"{name}: a year's value is that of month {entry['observed_month']}, so {begins}", "  ")


def _tell_claims(outlook: Mapping) -> Iterator[str]:
    words = {"tested": "tested by a model", "checked": "checked against records"}
    yield ""
    yield "WHAT IS CLAIMED"
    for ledger, kinds in outlook["claims"].items():
        told = f": {', '.join(f'{kind} {n}' for kind, n in kinds.items())}" if kinds else ""
        yield from folded(f"{_counted(sum(kinds.values()), 'claim')} {words[ledger]}{told}", "  ")
    for name, family in outlook["families"].items():
        counted = _counted(family["tests"], family["of"])
        if name == EXPLORATORY:
            yield f"  beside them {counted} of the main models on which no verdict rests"
        else:
            yield f"  family {name}: {counted}, p-values adjusted together (Holm)"


def _tell_series(outlook: Mapping) -> Iterator[str]:
    yield ""
    counts = [_counted(len(outlook[f"{word}s"]), word) for word in ("indicator", "juncture")]
    yield f"WHAT IS TESTED: {' at '.join(counts)}"
    for name, entry in outlook["indicators"].items():
        parts = [f"raw/{entry['table']}.csv", f"{entry['measure']} by {entry['frequency']}", f"scale {entry['scale']}"]
        parts += [f"also by {listed(entry['also'])}"] if entry["also"] else []
        parts += [f"control: {entry['control']}"] if entry["control"] else []
        parts += [f"further models: {listed(entry['models'])}"] if entry["models"] else []
        parts += ["exploratory, no verdict rests on it"] if entry["exploratory"] else []
        parts += [f"only a row of {entry['row_of']}"] if entry["row_of"] else []
        parts += ["at most 'cannot tell', since its table does not cover all years alike"] * bool(
            entry["coverage_flag"]
        )
        yield from folded(f"{name}: {entry['label']}; {'; '.join(parts)}", "  ")
    for name, each in outlook["pools"].items():
        yield from folded(
            f"pool {name}: {each['label']}; mean of {listed(each['members'])} by {each['frequency']}", "  "
        )
    for name, each in outlook["leads"].items():
        yield from folded(f"lead {name}: whether {each['leader']} moves before {each['outcome']}", "  ")


def _counted(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _tell_designs(outlook: Mapping) -> Iterator[str]:
    yield ""
    yield "WHAT COULD BE SEEN: how large a step must be to be found in four samples of five"
    heads = ["series", "model", "points", "juncture", "from", "before", "after", "in s", "in smallest", '"ruled out"']
    rows, reasons = [], {}
    for row in outlook["designs"]:
        found = [_jump(row["jump_80"]), _jump(row["jump_80_smallest"])]
        last = "cannot be tested" if row["reason"] else _attainable(row, outlook["draws"])
        span = f"{row['first_point']} to {row['last_point']}, {row['n']}" if row["n"] else "none"
        places = [row["first_treated"], row["points_before"], row["points_after"]]
        rows.append([row["indicator"], row["model"], span, row["juncture"], *places, *found, last])
        if row["reason"]:
            reasons.setdefault(f"{row['indicator']}, {row['model']}", row["reason"])
    yield from aligned([heads, *rows], right=(5, 6, 7, 8))
    for name, reason in reasons.items():
        yield from folded(f"{name}: {reason}", "  ")
    yield ""
    notes = (
        "before, after: observed points. in s: the step in declared scales of the series, whose errors are taken to "
        "have that spread; of an index, in the spread that its members leave it. in smallest: the same step in "
        "smallest effects of interest; a count's is a rate ratio, here from the mean before the first juncture, and "
        "there is no number where that is zero.",
        f'"ruled out": yes where at least {100 * ATTAINABLE_SHARE:.0f} % of samples without a step reach that verdict; '
        "near: too close to that share to say from so few samples (--draws takes more).",
        f"{outlook['draws']} simulated samples each, error autocorrelation {outlook['rho']:g}. Of the tables only "
        "which periods are observed was used, and for counts that mean.",
    )
    for note in notes:
        yield from folded(note, hanging="")


def _attainable(row: Mapping, draws: int) -> str:
    """Return whether "ruled out" is within reach, or that the simulated share is within two errors of what decides."""
    error = (ATTAINABLE_SHARE * (1 - ATTAINABLE_SHARE) / draws) ** 0.5
    near = row["ruled_out_share"] is not None and abs(row["ruled_out_share"] - ATTAINABLE_SHARE) < 2 * error
    return "near" if near else row["ruled_out_attainable"]


def _jump(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
