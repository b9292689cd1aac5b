"""What `explain` found, told in plain words."""

from collections.abc import Iterator, Mapping, Sequence

from junctures.report.explain import BESIDE
from junctures.report.judgement import VERDICTS
from junctures.report.plain import aligned, folded
from junctures.report.wording import ESTIMANDS, figures, interval, listed, number

WHOLE = 30  # points that are listed in full; of a longer series the first and last ones
ENDS = 5
SHOWN = 5  # differences told of many
MEASURES = {
    "count": "the number of rows",
    "distinct": "the number of different {columns}",
    "sum": "the sum of {columns}",
    "mean": "the mean of {columns}",
    "value": "{columns} as it stands",
    "rate": "{columns} over {per}",
    "share": "{columns} of these rows as a share of those with {whole}",
    "difference": "the difference of {columns} between {of}",
}


def tell(found: Mapping) -> Iterator[str]:
    """Yield what `explain` returned as lines."""
    yield from {"claim": _claim, "indicator": _indicator}.get(found["kind"], _index)(found)


def tell_state(current: bool | None, why: Sequence[str]) -> Iterator[str]:
    """Yield a warning where what is told may not be what this folder would make now."""
    if current:
        return
    sure = "NOT UP TO DATE" if current is False else "Perhaps not up to date"
    yield f"{sure}: what follows is what the last build wrote. Run `snakemake`, then ask again."
    for line in why[:SHOWN]:
        yield from folded(line, "  ")
    if len(why) > SHOWN:
        yield f"  and {len(why) - SHOWN} more (`junctures verify` lists all)"


def _indicator(found: Mapping) -> Iterator[str]:
    source, unit = found["source"], found["unit"]
    yield f"{found['id']}: {found['label']} ({found['dimension']})"
    yield ""
    yield "FROM WHERE"
    yield from folded(f"raw/{found['table']}.csv, {source['row']}: {source['title']}", "  ")
    yield from folded(f"made by {source['producer']}; licence {source['licence']}", "  ")
    for limit in source["limitations"] if "rows" not in found else ():
        yield from folded(f"to know: {limit}", "  ")
    yield ""
    yield "HOW ROWS BECOME A NUMBER"
    yield from folded(f"rows: {where(found['where']) or 'all'}", "  ")
    yield from folded(f"number a {found['frequency']}: {measure(found['measure'])}", "  ")
    vintage = f", vintage {found['vintage']} of the table" if found["vintage"] else ""
    window = f"{found['window']['start']} to {found['window']['end']}"
    yield from folded(f"tested on the scale {found['scale']} from {window}{vintage}", "  ")
    yield from folded(f"one declared scale s is {unit['value']:g} (from: {unit['derivation']})", "  ")
    if found["outside"]:
        yield from folded(f"note: {found['outside']}", "  ")
    yield ""
    if "rows" in found:
        yield from _rows(found)
        return
    yield from _points(found)
    yield from _uses(found)


def where(conditions: Mapping) -> str:
    """Return a filter of rows in words."""
    return " and ".join(_condition(column, value) for column, value in conditions.items())


def _condition(column: str, value: object) -> str:
    if column == "any":
        return f"({' or '.join(where(each) for each in value)})"
    if column == "row_sum":
        return f"{' + '.join(value['columns'])} from {value['min']:g} to {value['max']:g}"
    if isinstance(value, Mapping):
        return f"{column} holds {listed(value['holds'], 'or')}"
    return f"{column} is {value if isinstance(value, str) else listed(value, 'or')}"


def measure(entry: Mapping) -> str:
    """Return in words how rows become one number a period."""
    names = {key: listed(entry[key]) if entry.get(key) else "" for key in ("columns", "per", "of")}
    if entry["kind"] in ("rate", "sum", "value") and len(entry["columns"]) > 1:
        names["columns"] = " + ".join(entry["columns"])
    words = MEASURES[entry["kind"]].format(**names, whole=where(entry.get("whole") or {}))
    return words + (f", divided by {entry['divide_by']:g}" if entry.get("divide_by") else "")


def _points(found: Mapping) -> Iterator[str]:
    points = found["points"]
    known = [each for each in points if each["y"] is not None]
    counted = f"{len(known)} observed of {len(points)} {found['frequency']}s"
    yield f"THE SERIES: {counted} (processed/series/{found['id']}.csv)"
    rated = any(each["exposure"] is not None for each in points)
    rows = [
        [
            each["period"],
            _cell(each["value"]),
            *([_cell(each["exposure"])] if rated else []),
            _cell(each["y"]),
            _lines(each["lines"]),
        ]
        for each in points
    ]
    if len(rows) > WHOLE:
        dots = ["..."] * len(rows[0])
        rows = [*rows[:ENDS], dots, *rows[-ENDS:]]
    heads = ["period", "value", *(["exposure"] if rated else []), "as tested", "lines of the raw table"]
    yield from aligned([heads, *rows], right=tuple(range(1, len(heads) - 1)))
    yield f"  --period {points[-1]['period']} prints the raw rows of a period; a year does for all its periods."


def _lines(lines: list[int]) -> str:
    shown = " ".join(str(line) for line in lines[:12])
    return f"{shown} and {len(lines) - 12} more" if len(lines) > 12 else shown


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _rows(found: Mapping) -> Iterator[str]:
    for point in found["rows"]:
        exposure = f" over {_cell(point['exposure'])}" if point["exposure"] is not None else ""
        yield f"{point['period']}: {_cell(point['value'])}{exposure}, as tested {_cell(point['y'])}"
        if not point["texts"]:
            yield "  no row of the table"
            continue
        yield f"  raw/{found['table']}.csv"
        yield from aligned([[f"line {each}", words] for each, words in _numbered(point)])


def _numbered(point: Mapping) -> Iterator[tuple[int, str]]:
    yield 1, point["header"]
    yield from ((each["line"], each["text"]) for each in point["texts"])


def _index(found: Mapping) -> Iterator[str]:
    yield f"{found['id']}: {found['label']}"
    yield ""
    window = f"{found['window']['start']} to {found['window']['end']}"
    if found["kind"] == "pool":
        words = "the mean of its members, each in its declared scale, in the periods where all are observed"
        yield from folded(f"{words}, {window}: {listed(found['members'])}")
    else:
        yield from folded(f"whether {found['members'][0]} of the year before goes with {found['members'][1]}, {window}")
    yield ""
    yield from _uses(found)


def _uses(found: Mapping) -> Iterator[str]:
    yield ""
    yield "WHAT IS ESTIMATED (processed/results/effects.csv)"
    main = [row for row in found["effects"] if row["vintage"] == found.get("vintage", "")]
    yield from _effects(main)
    if others := sorted({row["vintage"] for row in found["effects"]} - {found.get("vintage", "")}):
        yield from folded(f"the same for the vintages {listed(others)} is in the file", "  ")
    further = found["further"]
    notes = (
        "p Holm: p adjusted with the other tests of its family, blank outside of families. robust: whether an effect "
        "with p of at most .05 stands under OLS, REML, other windows and without each year; else blank."
    )
    yield from folded(notes, "  ")
    yield from folded(
        f"{further['effects']} rows more of its own (cumulative gaps, models {', '.join(BESIDE)}) are there, and "
        f"{further['specifications']} under other specifications in processed/results/specifications.csv",
        "  ",
    )
    yield ""
    yield f"CLAIMS THAT USE IT: {len(found['claims'])}"
    for claim in found["claims"]:
        yield from folded(
            f"{claim['id']} ({claim['how']}): {VERDICTS[claim['verdict']].upper()}. {claim['statement']}", "  "
        )
    yield from _shown(found)


def _effects(rows: list[dict]) -> Iterator[str]:
    heads = ["model", "juncture", "what", "from", "n", "estimate", "95 % interval", "p", "p Holm", "robust"]
    table, reasons = [], []
    for row in rows:
        row = {key: float("nan") if value is None else value for key, value in row.items()}
        model, known = row["model"], row["p"] == row["p"]
        cells = [number(row["estimate"], signed=True), interval(row)] if row["lower"] == row["lower"] else ["", ""]
        adjusted = f"{row['p_holm']:.3f}" if row["p_holm"] == row["p_holm"] else ""
        what = ESTIMANDS.get(row["estimand"], row["estimand"])
        place = [model, row["juncture"], what, row["first_treated"], f"{row['n']:.0f}"]
        table.append([*place, *cells, f"{row['p']:.3f}" if known else "-", adjusted, row["robust"]])
        if not known or row["estimand"] == "date_rank":
            reasons.append(f"{model}, {row['juncture']}, {what}: {row['reason']}")
    yield from aligned([heads, *table], right=(4, 5, 7, 8))
    for reason in reasons:
        yield from folded(reason, "  ")


def _shown(found: Mapping) -> Iterator[str]:
    yield ""
    yield "SHOWN IN"
    for each in found["shown_in"]:
        yield from folded(f"{each['file']}: {each['title']}", "  ")


def _claim(found: Mapping) -> Iterator[str]:
    yield from folded(f"{found['id']}: {found['statement']}")
    yield ""
    yield "WHAT THE ARTICLE SAYS" + ("" if found["stated"] else " (it implies the claim, or the study extends it)")
    for quote in found["quotes"]:
        yield from folded(f'"{quote["text"]}" ({quote["place"]})', "  ")
    yield ""
    yield "THE RULE"
    yield from folded(found["rule"], "  ")
    if found["note"]:
        yield from folded(f"note: {found['note']}", "  ")
    yield ""
    yield "WHAT IT RESTS ON"
    for part in found["evidence"]:
        yield from _evidence(part)
    yield ""
    label = f" ({found['label']})" if found["label"] else ""
    p = f", deciding p {found['p']:.3f}" if found["p"] is not None else ""
    yield f"VERDICT: {VERDICTS[found['verdict']].upper()}{label}{p}"
    yield from folded(found["reason"], "  ", "")
    yield ""
    yield "JUDGED BY"
    yield f"  {found['judged_by']} (code {found['code'][:16]}, in full in processed/meta/code/judge_claims.txt)"
    yield from _shown(found)


def _evidence(part: Mapping) -> Iterator[str]:
    if part["header"]:
        yield f"  {part['file']}"
        lines = [("line 1", part["header"]), *((f"line {row['line']}", row["text"]) for row in part["rows"])]
        yield from aligned([(f"  {place}", words) for place, words in lines])
        return
    yield f"  {part['file']}: {part['key'] or 'the whole file'}"
    for row in part["rows"]:
        row = {key: float("nan") if value is None else value for key, value in row.items()}
        yield from folded(figures(row, row.get("p_holm") if row.get("p_holm") == row.get("p_holm") else None), "    ")
