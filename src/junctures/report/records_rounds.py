"""Whether something recurs as a rule says: in every year, or in numbered rounds so many days apart."""

import re
from collections.abc import Mapping

import numpy as np

from junctures.report.judgement import Data
from junctures.report.records_parts import COMMON, FAILS, HOLDS, MIXED, OPEN, Finding, in_order
from junctures.report.records_quantities import Sources
from junctures.report.records_where import as_text, fits, need, span_of
from junctures.report.wording import listed
from junctures.study.measures import column_of

UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
TEENS = ("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth")
ORDINALS = (*UNITS, *TEENS, "nineteenth", "twentieth")


def every_year_form(part: Mapping, data: Data) -> Finding:
    """Each year has a row; as many years as `missing_mixed` may lack one for a verdict in between."""
    need(part, "part of form every_year", ["text", "table", "where", "time", "from", "to"], [*COMMON, "missing_mixed"])
    table, sources = data.table(part["table"]), Sources()
    rows = table[fits(table, {**part["where"], part["time"]: {"from": part["from"], "to": part["to"]}})]
    sources.add(part["table"], rows)
    there = {int(cell[:4]) for cell in column_of(rows, part["time"])}
    years = range(int(as_text(part["from"])), int(as_text(part["to"])) + 1)
    missing = [str(year) for year in years if year not in there]
    words = f"{len(years) - len(missing)} of {len(years)} years have one"
    words += f", {listed(missing)} {'has' if len(missing) == 1 else 'have'} none" if missing else ""
    if missing:
        return Finding(MIXED if len(missing) <= part.get("missing_mixed", 0) else FAILS, words, sources)
    return Finding(HOLDS, words, sources)


def round_number(name: str) -> int | None:
    """Return the number of a round that its name gives as an ordinal (Fourth, 17th), None where it gives none."""
    for word in re.findall(r"[a-z]+|\d+(?=(?:st|nd|rd|th)\b)", name.lower()):
        if word.isdigit() or word in ORDINALS:
            return int(word) if word.isdigit() else ORDINALS.index(word) + 1
    return None


def rounds_form(part: Mapping, data: Data) -> Finding:
    """The mean number of days between numbered rounds, other meetings in between counted where the part names them."""
    need(
        part,
        "part of form rounds",
        ["text", "table", "where", "time", "label", "at_most"],
        [*COMMON, "from_round", "also"],
    )
    table, sources = data.table(part["table"]), Sources()
    rows = in_order(table[fits(table, part["where"])], part["time"])
    rows = rows.assign(_number=[round_number(name) for name in column_of(rows, part["label"])])
    exact = [(span := span_of(cell)) is not None and span[0] == span[1] for cell in rows[part["time"]]]
    rows = rows[np.array(exact, dtype=bool) & (rows["_number"] >= part.get("from_round", 1)).to_numpy(dtype=bool)]
    if len(rows) < 2:
        return Finding(OPEN, "fewer than two numbered rounds bear on it", sources)
    first, last = rows.iloc[0], rows.iloc[-1]
    sources.add(part["table"], rows)
    meetings = int(last["_number"] - first["_number"])
    words = (
        f"round {first['_number']:.0f} on {first[part['time']]} to round {last['_number']:.0f} on {last[part['time']]}"
    )
    if "also" in part:
        limits = {"from": first[part["time"]], "to": last[part["time"]]}
        more = table[fits(table, {**part["also"], part["time"]: limits})]
        sources.add(part["table"], more)
        meetings += len(more)
        words += f" with {len(more)} further meetings"
    days = (span_of(last[part["time"]])[0] - span_of(first[part["time"]])[0]).days
    words += f", one in {days / meetings:.0f} days"
    return Finding(HOLDS if days / meetings <= part["at_most"] else FAILS, words, sources)
