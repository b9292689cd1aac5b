"""What a rule shows beside the figures that decide: rows, numbers, yearly values and estimates, in words."""

from collections.abc import Callable, Mapping

import pandas as pd

from junctures.report.judgement import Data
from junctures.report.records_parts import describe, figure, in_order
from junctures.report.records_quantities import Sources, measure, years_of
from junctures.report.records_where import fits, misuse, need
from junctures.report.wording import figures
from junctures.study.measures import column_of


def show(item: Mapping, data: Data, sources: Sources) -> str:
    """Return one thing that a check shows, in words; the rows and files that it comes from go into `sources`."""
    for key, render in SHOWN.items():
        if key in item:
            return f"{item['text']}: {render(item, data, sources)}"
    raise misuse("claims.yaml: a 'shown' has nothing to show", f"Give it one of {', '.join(SHOWN)}.")


def _rows(item: Mapping, data: Data, sources: Sources) -> str:
    need(item, "shown rows", ["text", "rows", "columns"])
    block = item["rows"]
    need(block, "rows", ["table", "where"], ["time", "pick"])
    table = data.table(block["table"])
    rows = table[fits(table, block["where"])]
    if "pick" in block:
        rows = in_order(rows, block["time"])
        ends = {"first": rows.head(1), "last": rows.tail(1)}[block["pick"]]
        rows = rows[rows[block["time"]].isin(ends[block["time"]])]
    sources.add(block["table"], rows)
    return describe(rows, item["columns"]) if len(rows) else "none"


def _numbers(item: Mapping, data: Data, sources: Sources) -> str:
    need(item, "shown numbers", ["text", "numbers"], ["vintages"])
    words = [_measured(block, item, data, sources) for block in item["numbers"]]
    return ", ".join(words)


def _measured(block: Mapping, item: Mapping, data: Data, sources: Sources) -> str:
    found = [(name, measure(block, data, sources, narrow)) for name, narrow in _vintages(item, data)]
    words = [f"{name} {figure(value)}".strip() for name, value in found if value is not None]
    if block["take"] == "lowest_year":
        words = [f"{name} {value:.0f}".strip() for name, value in found if value is not None]
    return f"{block.get('says', '')} {', '.join(words) or 'not known'}".strip()


def _years(item: Mapping, data: Data, sources: Sources) -> str:
    need(item, "shown years", ["text", "years"], ["vintages"])
    words = []
    for name, narrow in _vintages(item, data):
        years = years_of(item["years"], data, sources, narrow)
        if years:
            words.append(f"{name} {', '.join(f'{year} {figure(years[year])}' for year in sorted(years))}".strip())
    return "; ".join(words) or "none"


def _vintages(item: Mapping, data: Data) -> list[tuple[str, dict | None]]:
    if "vintages" not in item:
        return [("", None)]
    table, column = data.table(item["vintages"]["table"]), item["vintages"]["column"]
    return [(f"vintage {each}", {column: each}) for each in sorted(set(column_of(table, column)) - {""})]


def _effect(item: Mapping, data: Data, sources: Sources) -> str:
    need(item, "shown effect", ["text", "effect"])
    block = item["effect"]
    need(block, "effect", ["indicator", "model", "estimand", "juncture"], ["vintage"])
    effects, there = data.effects, pd.Series(True, index=data.effects.index)
    for column, value in block.items():
        there &= effects[column].fillna("").astype(str) == value
    place = " ".join(block[key] for key in ("indicator", "model", "juncture", "estimand"))
    if not there.any():
        return "not estimated"
    sources.files.append(f"processed/results/effects.csv: {place}")
    return figures(effects[there].iloc[0])


SHOWN: dict[str, Callable[[Mapping, Data, Sources], str]] = {
    "rows": _rows,
    "numbers": _numbers,
    "years": _years,
    "effect": _effect,
}
