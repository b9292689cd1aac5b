"""The forms that a part of a records claim can take; each finds whether the part holds, and in which rows."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from junctures.report.judgement import Data
from junctures.report.records_quantities import Sources, measure, values_of
from junctures.report.records_where import fits, known, misuse, need, read_numbers, span_of
from junctures.report.wording import listed
from junctures.study.measures import column_of

HOLDS, FAILS, MIXED, DISPUTED, OPEN, MISSING = "holds", "fails", "mixed", "disputed", "open", "missing"
COMMON = ("id", "text", "form", "main")
CODES = {"0": "no", "1": "yes"}  # how tables code what a document says or a row is


@dataclass
class Finding:
    """What the evidence says of one part: outcome, figures in words, rows, and a p-value where one decides."""

    outcome: str
    words: str = ""
    sources: Sources = field(default_factory=Sources)
    p: float | None = None


def find(part: Mapping, data: Data, default: str) -> Finding:
    """Return what the evidence says of a part, by its form (the kind's own form where it names none)."""
    form = part.get("form", default)
    if form not in FORMS:
        raise misuse(f"claims.yaml: the form '{form}' is not known", f"Use one of {', '.join(FORMS)}.")
    return FORMS[form](part, data)


def figure(value: float) -> str:
    """Return a number as people write it: whole numbers with thousands separated, others with three digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def describe(rows: pd.DataFrame, columns: list[str]) -> str:
    """Return cells of rows in words, row by row: a column with a number, yes or no is named, a text stands alone."""
    return "; ".join(_cells(row, columns) for _, row in rows.iterrows())


def _cells(row: Mapping, columns: list[str]) -> str:
    words = []
    for column in columns:
        value = row[column] or "blank"
        words.append(f"{column.replace('_', ' ')} {value}" if re.fullmatch(r"[\d.]+|blank|yes|no", value) else value)
    return ", ".join(words)


def recorded(rows: pd.DataFrame, where: Mapping, expect: Mapping) -> str:
    """Return what the cells hold that an expectation reads: a code in words, a number or clause of a long text."""
    words = []
    for _, row in rows.iterrows():
        cells = []
        for column, condition in expect.items():
            asked = [each for each in (where.get(column), condition) if isinstance(each, Mapping)]
            patterns = [each["matches"] for each in asked if "matches" in each]
            if isinstance(condition, Mapping) and "read" in condition:
                cells.append(figure(read_numbers(pd.Series([row[column]]), condition["read"])[0]))
            elif isinstance(condition, str) and condition in CODES:
                cells.append(CODES.get(row[column], row[column]))
            else:
                cells.append(_clause(row[column], patterns))
        words.append(" and ".join(cells))
    return "recorded: " + "; ".join(words)


def _clause(cell: str, patterns: list[str]) -> str:
    clauses = [each.strip() for each in re.split(r"[.;] ", cell)]
    for pattern in patterns:
        for clause in clauses:
            if re.search(pattern, clause, re.IGNORECASE):
                return clause.rstrip(".")
    return cell


def name_row(row: Mapping, label: str, time: str) -> str:
    """Return the name of a row with its date."""
    return f"{row[label] or 'a row without a name'} of {row[time]}"


def in_order(rows: pd.DataFrame, time: str) -> pd.DataFrame:
    """Return the rows that have a date, earliest first."""
    return rows[column_of(rows, time) != ""].sort_values([time, "_row"], kind="stable")


def _rows_form(part: Mapping, data: Data) -> Finding:
    """A row of the named project, series or event with the stated value makes it hold, with another makes it fail."""
    need(part, "part of form rows", ["text"], [*COMMON, *ROWS])
    if "tables" in part or "count" in part:
        return _count_form(part, data)
    table = data.table(part["table"])
    rows = table[fits(table, part["where"])]
    rows = rows[_paired(rows, part, data)]
    if "nth" in part:
        rows = in_order(rows, part["time"]).iloc[part["nth"] - 1 : part["nth"]]
    expect = part.get("expect", {})
    rows = rows[known(rows, expect)]
    good = fits(rows, expect)
    denied = (rows["denied"] == "yes").to_numpy(dtype=bool) if "denied" in rows else np.zeros(len(rows), dtype=bool)
    sources = Sources()
    sources.add(part["table"], rows)
    words = describe(rows, part["show"]) if "show" in part else recorded(rows, part["where"], expect)
    if (good & ~denied).any():
        return Finding(HOLDS, words, sources)
    if (good & denied).any():
        return Finding(DISPUTED, f"{words}; one side denied it", sources)
    if (~denied).any():
        return Finding(FAILS, words, sources)
    if part.get("complete", False):
        return Finding(FAILS, "no such row, in a table that is complete", sources)
    return Finding(OPEN, "no row bears on it", sources)


def _paired(rows: pd.DataFrame, part: Mapping, data: Data) -> np.ndarray:
    """Return which rows share a cell with some row of another table, all where the part asks for no such row."""
    if "with" not in part:
        return np.ones(len(rows), dtype=bool)
    pair = part["with"]
    need(pair, "with", ["table", "where", "same"])
    other = data.table(pair["table"])
    cells = set(column_of(other[fits(other, pair["where"])], pair["same"])) - {""}
    return column_of(rows, pair["same"]).isin(cells).to_numpy(dtype=bool)


def _count_form(part: Mapping, data: Data) -> Finding:
    """Enough rows, of one or several tables, make it hold; too few make it fail only in a table that is complete."""
    places = part.get("tables") or [{key: part[key] for key in ("table", "where") if key in part}]
    sources, n, cells = Sources(), 0, set()
    for place in places:
        need(place, "table to count in", ["table", "where"])
        table = data.table(place["table"])
        rows = table[fits(table, place["where"])]
        sources.add(place["table"], rows)
        n += len(rows)
        if "distinct" in part:
            cells |= set(column_of(rows, part["distinct"])) - {""}
    n = len(cells) if "distinct" in part else n
    need(part["count"], "count", [], ["min", "max"])
    low, high = part["count"].get("min", 0), part["count"].get("max", np.inf)
    if n > high:
        return Finding(FAILS, f"{n} found", sources)
    if n < low:
        return Finding(FAILS if part.get("complete", False) else OPEN, f"{n or 'none'} found", sources)
    if "min" not in part["count"] and not part.get("complete", False):
        return Finding(OPEN, f"{n or 'none'} found, in a table that is no census", sources)
    return Finding(HOLDS, f"{n or 'none'} found", sources)


def _either_form(part: Mapping, data: Data) -> Finding:
    """Any of several ways makes it hold; otherwise nothing bears on it."""
    need(part, "part of form either", ["text", "ways"], COMMON)
    sources, words = Sources(), []
    for way in part["ways"]:
        finding = find(way, data, "rows")
        if finding.outcome == HOLDS:
            return Finding(HOLDS, f"{way['text']}: {finding.words}", finding.sources)
        sources.merge(finding.sources)
        words.append(f"{way['text']}: {finding.words}")
    return Finding(OPEN, "; ".join(words), sources)


def _between_form(part: Mapping, data: Data) -> Finding:
    """An undated event lies between two dated ones: it holds where few of the days between lie outside the window."""
    need(part, "part of form between", ["text", "table", "time", "first", "second", "within", "outside"], COMMON)
    table, sources, days = data.table(part["table"]), Sources(), []
    for where in (part["first"], part["second"]):
        rows = in_order(table[fits(table, where)], part["time"])
        if rows.empty:
            return Finding(OPEN, "no row bears on it", sources)
        sources.add(part["table"], rows.iloc[:1])
        days.append(span_of(rows.iloc[0][part["time"]]))
    start, end = days[0][1] + dt.timedelta(1), days[1][0] - dt.timedelta(1)
    total = (end - start).days + 1
    low, high = span_of(part["within"][0])[0], span_of(part["within"][1])[1]
    inside = max(0, (min(end, high) - max(start, low)).days + 1)
    if total < 1:
        return Finding(OPEN, "the two rows leave no day between them", sources)
    words = f"{days[0][1]} and {days[1][0]}, {total - inside} of the {total} days between them outside"
    return Finding(HOLDS if (total - inside) <= part["outside"] * total else OPEN, words, sources)


def _cases_form(part: Mapping, data: Data) -> Finding:
    """The first case that a row fits decides; with no such row the part fails."""
    need(part, "part of form cases", ["text", "table", "cases", "show"], COMMON)
    table, sources = data.table(part["table"]), Sources()
    for case in part["cases"]:
        need(case, "case", ["text", "where", "then"])
        if case["then"] not in (HOLDS, MIXED, FAILS):
            raise misuse(f"claims.yaml: a case ends in '{case['then']}'", "Write holds, mixed or fails.")
        rows = table[fits(table, case["where"])]
        if len(rows):
            sources.add(part["table"], rows)
            return Finding(case["then"], f"{case['text']}: {describe(rows, part['show'])}", sources)
    sources.add(part["table"], table.iloc[:0])
    return Finding(FAILS, "no row of either sort", sources)


def _first_form(part: Mapping, data: Data) -> Finding:
    """The first row of its sort is the one stated, or is not."""
    optional = [*COMMON, "complete", "earlier", "refutes_only", "table", "where", "time", "label", "among"]
    need(part, "part of form first", ["text", "expect"], optional)
    sources, firsts = Sources(), []
    for place in part.get("among") or [{key: part[key] for key in ("table", "where", "time", "label")}]:
        need(place, "table to look in", ["table", "where", "time", "label"])
        table = data.table(place["table"])
        rows = in_order(table[fits(table, place["where"])], place["time"])
        firsts += [(row[place["time"]], place, rows.iloc[i : i + 1]) for i, (_, row) in enumerate(rows.iterrows())][:1]
    if not firsts:
        outcome = FAILS if part.get("complete", False) else OPEN
        return Finding(outcome, "no row of this sort", sources)
    _, place, row = min(firsts, key=lambda each: each[0])
    sources.add(place["table"], row)
    words = f"the first is {name_row(row.iloc[0], place['label'], place['time'])}"
    holds = bool(known(row, part["expect"])[0] and fits(row, part["expect"])[0])
    if not known(row, part["expect"])[0]:
        return Finding(OPEN, f"{words}, and a cell that would decide is blank", sources)
    if holds and "earlier" in part:
        table = data.table(part["table"])
        rows = table[fits(table, part["earlier"])]
        rows = rows[(column_of(rows, part["time"]) < row.iloc[0][part["time"]]).to_numpy(dtype=bool)]
        sources.add(part["table"], rows)
        if rows.empty:
            return Finding(OPEN, f"{words}, but no earlier one is known to lack it", sources)
        words += f", and {listed(name_row(each, part['label'], part['time']) for _, each in rows.iterrows())} lacks it"
    if holds and part.get("refutes_only", False):
        return Finding(OPEN, f"{words}, in a table that is no census", sources)
    return Finding(HOLDS if holds else FAILS, words, sources)


def _record_form(part: Mapping, data: Data) -> Finding:
    """One row exceeds every earlier one in which the number is known."""
    required = ["text", "table", "where", "row", "time", "label", "column"]
    need(part, "part of form record", required, [*COMMON, "less", "off_if_both", "tie"])
    table, sources = data.table(part["table"]), Sources()
    own = table[fits(table, part["row"])]
    if len(own) != 1 or np.isnan(values_of(own, part)[0]):
        return Finding(OPEN, "no row bears on it", sources)
    rows = in_order(table[fits(table, part["where"])], part["time"])
    rows = rows[(rows[part["time"]] < own.iloc[0][part["time"]]).to_numpy(dtype=bool)]
    rows = rows[~np.isnan(values_of(rows, part))]
    sources.add(part["table"], own)
    sources.add(part["table"], rows)
    if rows.empty:
        return Finding(OPEN, "no earlier row has the number", sources)
    value, others = np.full(len(rows), values_of(own, part)[0]), values_of(rows, part)
    if "off_if_both" in part:
        off = part["off_if_both"]
        mine, theirs = (read_numbers(column_of(each, off["column"]), off["read"]) for each in (own, rows))
        both = ~np.isnan(theirs) & ~np.isnan(mine[0])
        value, others = np.where(both, value - mine[0], value), np.where(both, others - theirs, others)
    worst = int(np.argmin(value - others))
    words = f"{figure(value[worst])} against {figure(others[worst])} at {rows.iloc[worst][part['label']]}"
    if value[worst] == others[worst]:
        return Finding(part.get("tie", FAILS), words, sources)
    return Finding(HOLDS if value[worst] > others[worst] else FAILS, words, sources)


RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "above": lambda left, right: left > right,
    "below": lambda left, right: left < right,
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
}


def _compare_form(part: Mapping, data: Data) -> Finding:
    """All comparisons of numbers hold; over several vintages, in each that has the numbers."""
    need(part, "part of form compare", ["text", "all"], [*COMMON, "vintages", "complete"])
    if "vintages" not in part:
        return _compare(part, data, None)
    need(part["vintages"], "vintages", ["table", "column"])
    column = part["vintages"]["column"]
    found = {
        vintage: _compare(part, data, {column: vintage})
        for vintage in sorted(set(column_of(data.table(part["vintages"]["table"]), column)) - {""})
    }
    known_ones = {vintage: finding for vintage, finding in found.items() if finding.words}
    sources = Sources()
    if not known_ones:
        return Finding(OPEN, "no vintage has the numbers", sources)
    for finding in known_ones.values():
        sources.merge(finding.sources)
    outcomes = {finding.outcome for finding in known_ones.values()}
    words = "; ".join(f"vintage {vintage}: {finding.words}" for vintage, finding in known_ones.items())
    decided = outcomes - {OPEN}
    outcome = outcomes.pop() if len(outcomes) == 1 else MIXED if len(decided) > 1 else OPEN
    return Finding(outcome, words, sources)


def _compare(part: Mapping, data: Data, narrow: Mapping | None) -> Finding:
    sources, words, outcomes = Sources(), [], []
    for relation in part["all"]:
        need(relation, "comparison", ["left", "is", "right"], ["times", "otherwise"])
        if relation["is"] not in RELATIONS:
            raise misuse(f"claims.yaml: '{relation['is']}' is no comparison", f"Write one of {', '.join(RELATIONS)}.")
        left = measure(relation["left"], data, sources, narrow)
        right = relation["right"]
        fixed = not isinstance(right, Mapping)
        right = float(right) if fixed else measure(right, data, sources, narrow)
        if left is None or right is None:
            return Finding(OPEN, "", sources)
        says = relation["left"].get("says", "")
        words.append(f"{says} {figure(left)}".strip() + ("" if fixed else f" against {_of_right(relation, right)}"))
        good = RELATIONS[relation["is"]](left, right * relation.get("times", 1))
        outcomes.append(HOLDS if good else relation.get("otherwise", FAILS))
    outcome = next((each for each in (FAILS, MIXED) if each in outcomes), HOLDS)
    if outcome == FAILS and not part.get("complete", True):
        outcome = OPEN
    return Finding(outcome, ", ".join(words), sources)


def _of_right(relation: Mapping, value: float) -> str:
    """Return the number that is compared with, what it is called before it, and what it is multiplied by."""
    times = f"{relation['times']:g} times " if "times" in relation else ""
    return times + f"{relation['right'].get('says', '')} {figure(value)}".strip()


ROWS = ("table", "where", "expect", "complete", "count", "tables", "distinct", "nth", "time", "with", "show")
FORMS: dict[str, Callable[[Mapping, Data], Finding]] = {
    "rows": _rows_form,
    "either": _either_form,
    "between": _between_form,
    "cases": _cases_form,
    "first": _first_form,
    "record": _record_form,
    "compare": _compare_form,
}
