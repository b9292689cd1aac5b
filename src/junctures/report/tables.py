"""The tables that people read and cite: findings, effects, designs, sources, claims; numbers come from the results."""

from collections.abc import Iterable, Mapping

import pandas as pd

from junctures.report.judgement import VERDICTS
from junctures.report.table_formats import Part, Table
from junctures.report.wording import number

LEDGERS = {"tested": "Tested by a model", "checked": "Checked against records"}
COUNTED = {1: "The juncture", 2: "Both junctures", 3: "All three junctures"}
TYPICAL_RHO = 0.4  # the autocorrelation at which power is shown; the CSV has the others
FREQUENCIES = {"year": "yearly", "quarter": "quarterly", "month": "monthly"}
POOL = "pool_"
SCALES = {"sqrt": "square root", "log": "log", "arcsine_sqrt": "arcsine root"}
EFFECT_COLUMNS = [
    "indicator", "label", "vintage", "juncture", "model", "estimand", "frequency", "scale", "window_start",
    "window_end", "n", "first_treated", "estimate", "lower", "upper", "p", "family", "p_holm", "p_bh", "robust", "rho",
    "smallest_effect", "ratio", "ruled_out_attainable", "control", "coverage_flag", "described", "reason",
]  # fmt: skip
CLAIM_COLUMNS = [
    "ledger", "juncture", "claim", "dimension", "kind", "stated", "statement", "verdict", "label", "p", "rule",
    "reason", "evidence",
]  # fmt: skip


def build_findings(claims: pd.DataFrame, study: Mapping) -> Table:
    """Return the counts of verdicts in each ledger, never added up, and each claim with its verdict.

    `claims` is processed/results/claims.csv, `study` the values of processed/meta/study.json.
    """
    counts = pd.DataFrame(
        {
            "ledger": list(LEDGERS),
            "claims": [int((claims["ledger"] == ledger).sum()) for ledger in LEDGERS],
            **{
                verdict: [
                    int(((claims["ledger"] == ledger) & (claims["verdict"] == verdict)).sum()) for ledger in LEDGERS
                ]
                for verdict in VERDICTS
            },
        }
    )
    shown = counts.rename(columns={"ledger": "Ledger", "claims": "Claims", **_capitals(VERDICTS)}).astype(str)
    shown["Ledger"] = list(LEDGERS.values())
    junctures = juncture_labels(study)
    parts = [Part("", shown)]
    for ledger, words in LEDGERS.items():
        rows = ordered_claims(claims[claims["ledger"] == ledger], junctures)
        cells = {
            "Juncture": [junctures.get(juncture, juncture) for juncture in rows["juncture"]],
            "Statement": list(rows["statement"]),
            "Verdict": [verdict_text(row) for row in _records(rows)],
        }
        parts.append(Part(f"{words}: each claim", pd.DataFrame(cells, dtype=str)))
    caption = (
        f"Verdicts on {len(claims)} statements of the article, in two ledgers: what a model with a known error rate "
        "decides, and what dated records decide. The ledgers are of different strength and are never added up. "
        "'Cannot tell' is not 'no': the series is too short or too noisy for an answer, or no record bears on it."
    )
    return Table("Findings: verdicts by ledger", caption, counts, parts)


def build_effects(effects: pd.DataFrame, study: Mapping) -> Table:
    """Return the steps of every pool and indicator in its main model, with staged rises, date ranks and leads.

    `effects` is processed/results/effects.csv. The data hold a row an estimate, with the p adjusted in its family; in
    the text a series is a row and a juncture a column.
    """
    effects = effects.fillna({"vintage": ""})
    main = effects["model"].map(_is_main)
    staged = effects["estimand"].isin(["staged", "date_rank"])
    kept = main | (staged & (effects["model"] == "quadratic")) | (effects["model"] == "leads")
    labels = series_labels(study)
    data = effects[kept].assign(label=[labels.get(name, name) for name in effects["indicator"][kept]])
    data = data.reindex(columns=EFFECT_COLUMNS).iloc[_order(data["indicator"], labels)].reset_index(drop=True)
    parts = [Part("", _steps(data[data["estimand"].isin(["step", "mean_step"])], juncture_labels(study)))]
    for heading, cells in (
        ("Rise at every juncture in turn, and the rank of the dates", _staged(data)),
        ("One series before another", _leads(data[data["model"] == "leads"])),
    ):
        if len(cells):
            parts.append(Part(heading, cells))
    caption = (
        "Steps above a straight trend at each juncture and the mean step, on the tested scale, with 95 % intervals, "
        "by the main model of each series (AR(1) errors marginalised, plus white noise from 60 points on). "
        "p is unadjusted; after it p by Holm in the family of the claims, or by Benjamini and Hochberg (BH) for "
        "exploratory cells. Pools come first; the order of the rest is that of the config, not of results."
    )
    return Table("Effects at the junctures", caption, data, parts)


def _steps(data: pd.DataFrame, junctures: Mapping[str, str]) -> pd.DataFrame:
    heads = {name: "Mean step" if name == "all" else label for name, label in junctures.items()}
    heads = {name: head for name, head in heads.items() if name in set(data["juncture"])}
    rows = []
    for _, block in data.groupby(["indicator", "vintage"], sort=False):
        first = block.iloc[0]
        row = {
            "Series": _series(first),
            "Window": _window(block),
            "n": _integer(first["n"]),
            "Scale": SCALES.get(first["scale"], str(first["scale"])),
        }
        cells = {record["juncture"]: _estimate(record) for record in _records(block)}
        rows.append(row | {head: cells.get(name, "") for name, head in heads.items()})
    return pd.DataFrame(rows, dtype=str)


def _staged(data: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of all dates together, of the series whose dates are ranked."""
    rows = []
    for _, block in data.groupby(["indicator", "vintage"], sort=False):
        found = {(row["estimand"], row["model"] == "quadratic"): row for row in _records(block)}
        rank = found.get(("date_rank", False))
        if rank is not None:
            straight, curved = found.get(("staged", False)), found.get(("staged", True))
            rows.append(
                {
                    "Series": _series(rank),
                    "Staged rise, p": _p(straight["p"]) if straight else "",
                    "with a quadratic trend, p": _p(curved["p"]) if curved else "",
                    "Dates": rank["reason"],
                    "Date rank, p": _p(rank["p"]),
                }
            )
    return pd.DataFrame(rows, dtype=str)


def _leads(data: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for _, block in data.groupby("indicator", sort=False):
        found = {row["estimand"]: _estimate(row) for row in _records(block)}
        heads = {"lead_before": "Year before", "lead_after": "Year after"}
        rows.append({"Test": block["label"].iloc[0]} | {head: found.get(name, "") for name, head in heads.items()})
    return pd.DataFrame(rows, dtype=str)


def _series(row: Mapping) -> str:
    return row["label"] + (f", vintage {row['vintage']}" if row["vintage"] else "")


def build_designs(designs: pd.DataFrame, study: Mapping) -> Table:
    """Return what each design could see: size and power of the very procedure, a row a design and juncture.

    `designs` is processed/results/designs.csv with a row for each rho; the text shows power at rho .4, size at all.
    """
    labels = series_labels(study)
    junctures = juncture_labels(study)
    data = designs.iloc[_order(designs["indicator"], labels)].reset_index(drop=True)
    rows = []
    for key, block in data.groupby(["indicator", "model", "juncture", "estimand"], sort=False):
        indicator, model, juncture, estimand = key
        row = {
            "Series": labels.get(indicator, indicator) + ("" if _is_main(model) else f" ({model})"),
            "Spacing, n": f"{FREQUENCIES.get(block['frequency'].iloc[0], '')}, {_integer(block['n'].iloc[0])}",
            "Effect": "Mean step" if estimand == "mean_step" else junctures.get(juncture, juncture),
        }
        row["Effect"] += ", slope" if estimand == "slope_change" else ""
        rows.append(row | _design_cells(block))
    caption = (
        "What each design could see before any result, simulated with its own dates and gaps. SE: standard error in "
        "residual sd. Size: rejections of a true null in per cent at autocorrelation 0, .4 and .8. Power: in per "
        "cent, for steps (of a slope: changes a period) of 1 to 4 residual sd at autocorrelation "
        f"{TYPICAL_RHO:g}. Jump: the step seen with 80 % "
        "power there, in smallest effects of interest; above 1 an effect of interest can be missed more than one "
        "time in five. Ruled out: whether the design can rule out an effect of interest."
    )
    return Table("What the designs could see", caption, data, [Part("", pd.DataFrame(rows, dtype=str))])


def _design_cells(block: pd.DataFrame) -> dict[str, str]:
    typical = block[(block["rho"] - TYPICAL_RHO).abs() < 1e-9]
    if typical.empty:
        blank = dict.fromkeys(["SE", "Size", "Power", "Jump", "Ruled out"], "")
        return blank | {"Note": str(block["reason"].iloc[0])}
    row = typical.iloc[0]
    return {
        "SE": number(row["se_sd"]),
        "Size": " / ".join(_percent(size) for size in block.sort_values("rho")["size"]),
        "Power": " / ".join(_percent(row[f"power_{jump}"]) for jump in range(1, 5)),
        "Jump": "" if pd.isna(row["jump_80_smallest"]) else number(row["jump_80_smallest"]),
        "Ruled out": "" if pd.isna(row["ruled_out_attainable"]) else str(row["ruled_out_attainable"]),
        "Note": "" if pd.isna(row["reason"]) else str(row["reason"]),
    }


def build_sources(sources: Mapping[str, Mapping], study: Mapping) -> Table:
    """Return the sourced tables with producer, coverage and terms; the data hold a row a table, the text one a source.

    `sources` maps a source's id to the content of its SOURCE.yaml.
    """
    used = {entry["table"] for entry in study["indicators"].values()}
    records, rows = [], []
    for name, source in sorted(sources.items()):
        tables = source["tables"]
        for table, spec in tables.items():
            start, end = (str(each) for each in spec.get("coverage") or ("", ""))
            records.append(
                {
                    "source": name,
                    "table": table,
                    "title": source["title"],
                    "producer": source["producer"],
                    "unit": spec["unit"],
                    "start": start,
                    "end": end,
                    "columns": len(spec["columns"]),
                    "indicator": "yes" if f"{name}/{table}" in used else "no",
                    "licence": source["licence"],
                    "licence_note": source.get("licence_note") or "",
                    "citation": " ".join(source["citation"]),
                    "date_accessed": str(source["date_accessed"]),
                }
            )
        rows.append(
            {
                "Source": f"{source['title']} ({name})",
                "Producer": source["producer"],
                "Tables": "\n".join(_coverage(table, spec) for table, spec in tables.items()),
                "Licence": source["licence"] + (f": {source['licence_note']}" if source.get("licence_note") else ""),
                "Cite": ", ".join(source["citation"]),
            }
        )
    caption = (
        f"The {len(sources)} sources of this study. Each folder under raw/ has a SOURCE.yaml with the method, every "
        "column and the limits; a licence of the form LicenseRef- names terms that are not a standard licence "
        "(LICENSE-data.md). Cite: keys of paper/references.bib."
    )
    return Table("Data sources", caption, pd.DataFrame(records), [Part("", pd.DataFrame(rows, dtype=str))])


def build_claims(claims: pd.DataFrame, study: Mapping) -> Table:
    """Return every claim with its verdict, reason and evidence, by ledger and juncture.

    `claims` is processed/results/claims.csv.
    """
    junctures = juncture_labels(study)
    blocks, parts = [], []
    for ledger, words in LEDGERS.items():
        rows = ordered_claims(claims[claims["ledger"] == ledger], junctures)
        blocks.append(rows)
        for juncture, block in rows.groupby("juncture", sort=False):
            cells = {
                "Claim": list(block["claim"]),
                "Statement": [_stated(row) for row in _records(block)],
                "Verdict": [verdict_text(row) for row in _records(block)],
                "p": [_p(p) for p in block["p"]],
                "Reason": list(block["reason"]),
                "Evidence": list(block["evidence"]),
            }
            heading = f"{words}: {junctures.get(juncture, juncture)}"
            parts.append(Part(heading, pd.DataFrame(cells).fillna("").astype(str)))
    caption = (
        "What the article asserts and what the data say of it. Claims tested by a model are decided by the p shown, "
        "after Holm where the claim is in a family; claims checked against records by the rule beside each in "
        "claims.yaml. Statements in brackets are implied by the article or extend it. Evidence names the rows of the "
        "file that decides."
    )
    data = pd.concat(blocks, ignore_index=True).reindex(columns=CLAIM_COLUMNS)
    return Table("Claims and verdicts", caption, data, parts)


def verdict_text(claim: Mapping) -> str:
    """Return a verdict in words, with its label where it has one."""
    label = claim.get("label")
    return VERDICTS[claim["verdict"]] + (f" ({label})" if isinstance(label, str) and label else "")


def juncture_labels(study: Mapping) -> dict[str, str]:
    """Return id -> label of the junctures in order, then of claims on all of them and on none."""
    labels = {juncture["id"]: juncture["label"] for juncture in study["junctures"]}
    return labels | {"all": COUNTED.get(len(labels), "All junctures"), "none": "Background"}


def series_labels(study: Mapping) -> dict[str, str]:
    """Return id -> label of pools, of indicators and of leads, in the order of the config."""
    pools = {name: f"Pool: {pool['label']}" for name, pool in study["pools"].items()}
    leads = {name: lead["label"] for name, lead in (study.get("leads") or {}).items()}
    return pools | {name: entry["label"] for name, entry in study["indicators"].items()} | leads


def ordered_claims(claims: pd.DataFrame, junctures: Iterable[str]) -> pd.DataFrame:
    """Return claims by juncture in the study's order; within one, in the order in which they stand."""
    place = {name: i for i, name in enumerate(junctures)}
    order = claims["juncture"].map(lambda name: place.get(name, len(place)))
    return claims.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _is_main(model: str) -> bool:
    return model == "primary" or model.startswith(POOL)


def _order(names: pd.Series, labels: Mapping[str, str]) -> list[int]:
    """Return the positions of rows in the order of the labels; rows of one series keep their order."""
    place = {name: i for i, name in enumerate(labels)}
    return sorted(range(len(names)), key=lambda i: place.get(names.iloc[i], len(place)))


def _records(frame: pd.DataFrame) -> list[dict]:
    return frame.to_dict("records")


def _capitals(words: Mapping[str, str]) -> dict[str, str]:
    return {key: word.capitalize() for key, word in words.items()}


def _estimate(row: Mapping) -> str:
    if pd.isna(row["estimate"]):
        return f"none: {row['reason']}"
    text = f"{number(row['estimate'])} [{number(row['lower'])}, {number(row['upper'])}]; p {_p(row['p'])}"
    for column, words in (("p_holm", "Holm"), ("p_bh", "BH")):
        if not pd.isna(row.get(column)):
            return f"{text}, {words} {_p(row[column])}"
    return text


def _p(p: float) -> str:
    if p is None or pd.isna(p) or p == "":
        return ""
    return "< 0.001" if float(p) < 0.001 else f"{float(p):.3f}"


def _window(block: pd.DataFrame) -> str:
    known = block[block["window_start"].fillna("") != ""]
    return f"{known['window_start'].iloc[0]} to {known['window_end'].iloc[0]}" if len(known) else ""


def _integer(value: float) -> str:
    return "" if pd.isna(value) else f"{int(value)}"


def _percent(share: float) -> str:
    return "" if pd.isna(share) else f"{100 * share:.0f}"


def _coverage(table: str, spec: Mapping) -> str:
    return f"{table} ({spec['coverage'][0]} to {spec['coverage'][1]})" if spec.get("coverage") else table


def _stated(claim: Mapping) -> str:
    said = str(claim.get("stated", "")).lower() in ("true", "yes", "1")
    return claim["statement"] if said else f"[{claim['statement']}]"
