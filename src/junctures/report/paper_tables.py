"""The tables of the paper and its appendix, as heads and rows of text that Typst sets; every cell is from a result."""

from collections.abc import Mapping

import pandas as pd

from junctures.report import tables
from junctures.report.judgement import VERDICTS
from junctures.report.paper_formats import minus, percent
from junctures.report.paper_numbers import Results
from junctures.report.table_formats import Table
from junctures.report.wording import number, p_value

UNITS = {"sqrt": "root", "log": "log", "index": "scales", "arcsine_sqrt": "arcsine root", "level": "points"}
CHECKED = ("supported", "mixed", "contradicted", "cannot_tell", "untestable")


def paper_tables(results: Results, sources: Mapping[str, Mapping]) -> dict[str, dict]:
    """Return name -> {head, rows} of every table of both documents; `sources` maps ids to their SOURCE.yaml."""
    claims, effects = results.frames["claims"], results.frames["effects"]
    study = results.study
    found = {
        "findings": ledgers(claims),
        "tested": tested(claims, effects, study),
        "checked": checked(claims, study),
        "disputed": disputed(claims, study),
        "pools": pools(results.frames["designs"], study),
        "indicators": indicators(study),
        "codebook": codebook(results.frames["codebook"]),
        "limits": limits(sources),
        "sources": _first_part(tables.build_sources(sources, study)),
        "designs": _designs(results.frames["designs"], study),
        "claims": all_claims(claims, study),
    }
    if "calibration" in results.frames:
        found["calibration"] = calibration(results.frames["calibration"], study)
    if "verdict_rates" in results.frames:
        found["verdict_rates"] = verdict_rates(results.frames["verdict_rates"])
    return found


def ledgers(claims: pd.DataFrame) -> dict:
    """Return how many claims of each ledger have each verdict; the ledgers are not added up."""
    rows = []
    for ledger, words in tables.LEDGERS.items():
        found = claims.loc[claims["ledger"] == ledger, "verdict"]
        rows.append([words, str(len(found)), *(str(int((found == verdict).sum())) for verdict in VERDICTS)])
    return {"head": ["Ledger", "Claims", *(word.capitalize() for word in VERDICTS.values())], "rows": rows}


def tested(claims: pd.DataFrame, effects: pd.DataFrame, study: Mapping) -> dict:
    """Return each claim that a model tests, with the estimate that decides it, p and verdict, by juncture."""
    labels = tables.juncture_labels(study)
    found = tables.ordered_claims(claims[claims["ledger"] == "tested"], labels)
    rows = [
        [
            labels[claim["juncture"]],
            claim["statement"] + ("" if claim["stated"] == "yes" else " *"),
            deciding(claim["evidence"], effects),
            "" if claim["p"] != claim["p"] else p_value(claim["p"]).removeprefix("p = ").removeprefix("p "),
            tables.verdict_text(claim),
        ]
        for claim in found.to_dict("records")
    ]
    return {"head": ["Juncture", "Claim", "Estimate and interval", "p", "Verdict"], "rows": rows}


def deciding(evidence: str, effects: pd.DataFrame) -> str:
    """Return the figures of the row that a claim's evidence names first, and how many more rows decide with it."""
    named = [part.partition(": ")[2].split() for part in evidence.split("; ") if "effects.csv" in part]
    if not named:
        return ""
    first = _row(named[0], effects)
    more = [words for words in named[1:] if words[-1] == named[0][-1] and words[0] == named[0][0]]
    others = [words for words in named[1:] if words[0] != named[0][0]]
    if first["estimand"] == "staged":
        return f"all three positive: {p_value(first['p'])}"
    if first["estimand"] == "date_rank":
        return str(first["reason"]).removesuffix(" of dates")
    text = f"{number(first['estimate'], signed=True)} [{number(first['lower'])}, {number(first['upper'])}]"
    unit = UNITS.get(first["scale"], "")
    text = minus(f"{text} {unit}".rstrip())
    if more and len(named[0]) == 5:
        text += f"; {len(more)} more vintage{'' if len(more) == 1 else 's'}"
    return text + (f"; {len(others)} more series" if others else "")


def _row(words: list[str], effects: pd.DataFrame) -> dict:
    """Return the row of effects that an evidence names: indicator, vintage if any, model, juncture, estimand."""
    indicator, vintage = words[0], words[1] if len(words) == 5 else ""
    model, juncture, estimand = words[-3:]
    found = effects[
        (effects["indicator"] == indicator)
        & (effects["model"] == model)
        & (effects["juncture"] == juncture)
        & (effects["estimand"] == estimand)
    ]
    if vintage:
        found = found[found["vintage"] == vintage]
    if found.empty:
        raise ValueError(
            f"no row of effects is named by '{' '.join(words)}': the paper's table of claims would lack its estimate; "
            "build processed/results/claims.csv and effects.csv together"
        )
    return found.iloc[0].to_dict()


def checked(claims: pd.DataFrame, study: Mapping) -> dict:
    """Return how many claims checked against records have each verdict, by juncture."""
    found = claims[claims["ledger"] == "checked"]
    rows = []
    for juncture, label in ({"none": "Background"} | tables.juncture_labels(study)).items():
        verdicts = found.loc[found["juncture"] == juncture, "verdict"]
        if len(verdicts):
            rows.append([label, str(len(verdicts)), *(str(int((verdicts == verdict).sum())) for verdict in CHECKED)])
    return {"head": ["Juncture", "Claims", *(VERDICTS[each].capitalize() for each in CHECKED)], "rows": rows}


def disputed(claims: pd.DataFrame, study: Mapping) -> dict:
    """Return the claims that records contradict or bear out only in part, by juncture."""
    labels = {"none": "Background"} | tables.juncture_labels(study)
    found = claims[(claims["ledger"] == "checked") & claims["verdict"].isin(["contradicted", "mixed"])]
    rows = [
        [labels[claim["juncture"]], claim["statement"], tables.verdict_text(claim)]
        for claim in tables.ordered_claims(found, labels).to_dict("records")
    ]
    return {"head": ["Juncture", "Claim", "Verdict"], "rows": rows}


def pools(designs: pd.DataFrame, study: Mapping) -> dict:
    """Return what the design of each index could see at each juncture, at the persistence that stands for typical."""
    labels = tables.juncture_labels(study)
    seen = designs[designs["model"].astype(str).str.startswith("pool_") & (designs["rho"] == tables.TYPICAL_RHO)]
    rows = []
    for row in seen.to_dict("records"):
        effect = "Mean step" if row["estimand"] == "mean_step" else labels[row["juncture"]]
        pool = study["pools"][row["indicator"]]["label"]
        spacing = f"{int(row['n'])} {row['frequency']}s"
        size, power = percent(row["size"]), percent(row["power_2"])
        rows.append([pool, spacing, effect, size, power, number(row["jump_80_smallest"])])
    head = ["Index", "Points", "Effect", "Size, %", "Power at 2 sd, %", "Jump seen with 80 % power"]
    return {"head": head, "rows": rows}


def indicators(study: Mapping) -> dict:
    """Return how each indicator is made: table and rows, measure, spacing, tested scale and declared scale."""
    rows = []
    for name, entry in study["indicators"].items():
        measure = entry["measure"]
        what = measure["kind"] + (f" of {', '.join(measure['columns'])}" if measure["columns"] else "")
        what += f" per {', '.join(measure['per'])}" if measure["per"] else ""
        where = "; ".join(f"{column} {_filter(value)}" for column, value in (entry["where"] or {}).items())
        declared = entry["declared_scale"]
        flags = [f"reversed: {entry['reverse']}".lower()] if entry["reverse"] else []
        flags += [f"control: {entry['control']['label']}"] if entry["control"] else []
        flags += ["coverage flag"] if entry["coverage_flag"] else []
        rows.append(
            [
                f"{entry['label']} ({name})",
                entry["table"] + (f"; {where}" if where else ""),
                what,
                f"{entry['frequency']}, {tables.SCALES.get(entry['scale'], entry['scale'])}",
                f"{declared['value']:g}, {declared['derivation']}",
                "; ".join(flags),
            ]
        )
    return {"head": ["Indicator", "Table and rows", "Measure", "Spacing, scale", "s", "Notes"], "rows": rows}


def _filter(value: object) -> str:
    """Return a filter of rows as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_filter(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " or ".join(_filter(each) for each in value)
    return str(value)


def codebook(frame: pd.DataFrame) -> dict:
    """Return every column of every raw table with its type, meaning and allowed values."""
    rows = []
    for (source, table), block in frame.groupby(["source", "table"], sort=False):
        for i, row in enumerate(block.fillna("").to_dict("records")):
            kind = row["type"] + (f", {row['unit']}" if row["unit"] else "")
            meaning = row["meaning"] + (f" Values: {row['values']}." if row["values"] else "")
            meaning += f" Range: {row['range']}." if str(row["range"]) else ""
            meaning += f" Blank: {row['blank']}." if row["blank"] else ""
            rows.append([f"{source}/{table}" if i == 0 else "", row["column"], kind, meaning.replace("..", ".")])
    return {"head": ["Table", "Column", "Type, unit", "Meaning, values, blanks"], "rows": rows}


def limits(sources: Mapping[str, Mapping]) -> dict:
    """Return how each source came about and what its user must know."""
    rows = [
        [f"{source['title']} ({name})", str(source["method"]), "\n".join(f"– {each}" for each in source["limitations"])]
        for name, source in sorted(sources.items())
    ]
    return {"head": ["Source", "Method", "Limits"], "rows": rows}


def all_claims(claims: pd.DataFrame, study: Mapping) -> dict:
    """Return every claim with the rule that decides it, the verdict and its reason."""
    labels = tables.juncture_labels(study)
    rows = []
    for ledger in tables.LEDGERS:
        for claim in tables.ordered_claims(claims[claims["ledger"] == ledger], labels).to_dict("records"):
            statement = f"{claim['claim']}: {claim['statement']}"
            rows.append([statement, claim["rule"], tables.verdict_text(claim), claim["reason"]])
    return {"head": ["Claim", "Rule", "Verdict", "Reason"], "rows": rows}


def calibration(frame: pd.DataFrame, study: Mapping) -> dict:
    """Return how often each main model rejects, in per cent: of its steps on average, and of its mean step.

    A column a truth without any effect, then one a planted effect, in residual standard deviations.
    """
    labels = tables.series_labels(study)
    cases = list(dict.fromkeys(zip(frame["truth"], frame["effect"], strict=True)))
    cases.sort(key=lambda case: case[1] != 0)
    rows, place = [], {name: i for i, name in enumerate(labels)}
    blocks = sorted(frame.groupby(["id", "model"], sort=False), key=lambda block: place.get(block[0][0], len(place)))
    for (name, model), block in blocks:
        rates = {case: _rates(block[(block["truth"] == case[0]) & (block["effect"] == case[1])]) for case in cases}
        mark = "" if model == "primary" or model.startswith(tables.POOL) else f" ({model})"
        rows.append([labels.get(name, name) + mark, *(rates[case] for case in cases)])
    heads = [f"{effect:g} sd" if effect else truth.replace("_", " ") for truth, effect in cases]
    return {"head": ["Series", *heads], "rows": rows}


def _rates(block: pd.DataFrame) -> str:
    steps, mean = (block.loc[block["estimand"] == estimand, "rate"] for estimand in ("step", "mean_step"))
    return "/".join(percent(rates.mean()) if len(rates) else "–" for rates in (steps, mean))


def verdict_rates(frame: pd.DataFrame) -> dict:
    """Return how often the rules give each verdict on simulated studies, in per cent, by claim and planted effect."""
    rows = [
        [row["claim"], f"{row['effect']:g}", *(percent(row[verdict]) for verdict in VERDICTS), percent(row["wrong"])]
        for row in frame.to_dict("records")
    ]
    heads = [word.capitalize() for word in VERDICTS.values()]
    return {"head": ["Claim", "Effect", *heads, "Wrong"], "rows": rows}


def _designs(designs: pd.DataFrame, study: Mapping) -> dict:
    """Return the design of every main model and of the claims' own models; rows for other spacings are in the file."""
    main = designs["model"].astype(str).str.startswith("pool_") | (designs["model"] == "primary")
    return _first_part(tables.build_designs(designs[main].reset_index(drop=True), study))


def _first_part(table: Table) -> dict:
    cells = table.parts[0].cells.fillna("").astype(str)
    return {"head": list(cells.columns), "rows": cells.to_numpy().tolist(), "caption": table.caption}
