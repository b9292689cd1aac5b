"""Every cell of the raw tables against the `columns` of SOURCE.yaml, by pandera schemas built from them.

Rows, headers, keys and references are checked here too. Slow to import: only a full check needs it.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from junctures.study.cells import read_cells
from junctures.study.files import find_tables, vintage_of
from junctures.study.problems import Problem, StudyError, nearest
from junctures.study.schema import DATE
from junctures.study.tables import RANGED, Column, Source, Table

SHOWN = 5  # rows told for one rule in one column; the last says how many more there are
NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
PATTERNS = {
    "month": (r"[12]\d{3}-(0[1-9]|1[0-2])", "a month, as 2014-03"),
    "year": (r"[12]\d{3}", "a year, as 2014"),
    "integer": (r"-?(0|[1-9]\d*)", "a whole number, without commas, spaces or leading zeros"),
    "number": (NUMBER, "a number with a decimal point, without commas or spaces"),
    "iso3": (r"[A-Z]{3}", "a country's code of three capital letters (ISO 3166, as CHN)"),
    "iso3_list": (r"[A-Z]{3}( [A-Z]{3})*", "country codes of three capital letters, one space between (CHN RUS)"),
    "url_or_citation": (r"\S(.*\S)?", "an address or a citation"),
    "string": (r"(?!=)\S(.*\S)?", "text that begins and ends with a letter or sign, and is no formula"),
}
SPAN = re.compile(r"(\d{4})/(\d{4})", re.ASCII)
# What nobody sees in a cell or would not type into a filter: control characters, hard and zero-width spaces, and the
# sign that stands for lost letters.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u200b\u200e\u200f\u2028\u2029\u202f\u2060\ufeff\ufffd]")
WHY_VALUE = "it would be left out or counted wrongly, and no later stage could tell"


@dataclass(frozen=True)
class Rule:
    """What the cells of a column must be: `test` takes a cell's text; `tell` gives what is wrong, why, the remedy."""

    name: str
    test: Callable[[str], bool]
    tell: Callable[[str], tuple[str, str, str]]


def check_tables(root: Path, sources: Mapping[str, Source]) -> list[Problem]:
    """Return all that is wrong with the raw tables of a study, each with file, line and column."""
    problems: list[Problem] = []
    frames: dict[str, dict[str, pd.DataFrame]] = {}
    for name, source in sources.items():
        files = find_tables(root / "raw" / name)
        for table, described in source.tables.items():
            held = frames.setdefault(f"{name}/{table}", {})
            for path in files.get(table, ()):
                file = f"raw/{name}/{path.name}"
                own = _as_of(described, vintage_of(path))
                frame, found = _read(path, file, own)
                problems += found
                if frame is not None:
                    held[file] = frame
                    problems += _check_cells(frame, file, own)
            problems += _check_vintages(held, described)
    for name, source in sources.items():
        for table, described in source.tables.items():
            for file, frame in frames[f"{name}/{table}"].items():
                problems += _check_references(frame, file, described, frames)
    return problems


def _as_of(table: Table, vintage: str) -> Table:
    """Return what SOURCE.yaml says of a table for the file of a vintage, which may reach up to its own date."""
    if not (vintage and table.coverage and DATE.match(vintage)):
        return table
    first, last = table.coverage
    return table.model_copy(update={"coverage": (first, max(last, vintage[: len(last)]))})


def _check_vintages(held: Mapping[str, pd.DataFrame], table: Table) -> list[Problem]:
    """Return rows that are not of the vintage whose file they stand in."""
    problems, own = [], {vintage_of(file) for file in held} - {""}
    for file, frame in held.items():
        if table.vintage not in frame or not own:
            continue
        mine = vintage_of(file)
        cells = frame[table.vintage]
        for line, cell in cells[cells != mine if mine else cells.isin(own)].head(SHOWN).items():
            what = f"a row of the vintage '{cell}' stands in the file of {mine or 'other vintages'}"
            remedy = "Move it to the file of its vintage, or correct the cell or the file's name."
            problems.append(Problem(file, int(line), table.vintage, what, "a row could count twice or in none", remedy))
    return problems


def build_schema(table: Table) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: text columns, blank cells missing, one check a rule."""
    columns = {}
    for name, spec in table.columns.items():
        checks = [
            pa.Check(lambda cells, test=rule.test: cells.map(test).astype(bool), error=rule.name)
            for rule in _rules(name, spec, table)
        ]
        columns[name] = pa.Column(checks=checks, nullable=spec.blank is not None, required=False)
    return pa.DataFrameSchema(columns)


def _rules(name: str, spec: Column, table: Table) -> list[Rule]:
    first_rule = _type_rule(spec, table)
    rules = [first_rule]

    def add(name: str, test: Callable[[str], bool], what: str, remedy: str) -> None:
        # A cell that is not even of the type is told once.
        rules.append(_plain_rule(name, lambda cell: not first_rule.test(cell) or test(cell), what, remedy))

    what = "holds a character that is not seen or is no text (a hard or zero-width space, a control character)"
    add("unseen", lambda cell: not UNSEEN.search(cell), what, "Type the cell anew, with plain spaces.")
    if spec.range is not None and spec.type in RANGED:
        low, high = spec.range
        what = f"is outside the range that can be right, {low:g} to {high:g}"
        remedy = "Correct the value; if it is right, widen 'range' in SOURCE.yaml."
        add("range", lambda cell: low <= float(cell) <= high, what, remedy)
    if name == table.time and table.coverage is not None:
        first, last = table.coverage
        what = f"is outside the stated coverage, {first} to {last}"
        remedy = "Correct the date; if it is right, widen 'coverage' in SOURCE.yaml."
        add("coverage", lambda cell: _covered(cell, first, last), what, remedy)
    return rules


def _plain_rule(name: str, test: Callable[[str], bool], what: str, remedy: str) -> Rule:
    return Rule(name, test, lambda cell: (f"'{cell}' {what}", WHY_VALUE, remedy))


def _type_rule(spec: Column, table: Table) -> Rule:
    if spec.type in ("category", "boolean"):
        valid = list(spec.values or ("0", "1"))

        def tell(cell: str) -> tuple[str, str, str]:
            return f"'{cell}' is none of the allowed values", WHY_VALUE, nearest(cell, valid)

        return Rule("type", lambda cell: cell in valid, tell)
    if spec.type == "date":
        spans = any("range" in (column.values or {}) for column in table.columns.values())
        forms = "2014-03-18" if spec.precision == "day" else "2014, 2014-03 or 2014-03-18"
        remedy = f"Write a date that the calendar has, as {forms}."
        exact = spec.precision == "day"
        return _plain_rule("type", lambda cell: _is_date(cell, exact, spans), "is no such date", remedy)
    pattern, words = PATTERNS[spec.type]
    matches = re.compile(pattern, re.DOTALL | re.ASCII).fullmatch
    return _plain_rule("type", lambda cell: bool(matches(cell)), f"is not {words}", f"Write {words}.")


def _is_date(cell: str, exact: bool, spans: bool) -> bool:
    if spans and (span := SPAN.fullmatch(cell)):
        return span[1] <= span[2]
    match = DATE.match(cell)
    if not match or (exact and not match[3]):
        return False
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def _covered(cell: str, first: str, last: str) -> bool:
    return cell >= first[: len(cell)] and cell[: len(last)] <= last


def _read(path: Path, name: str, table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return a table as text, blank cells missing, indexed by line; None where its rows cannot be told apart."""
    try:
        cells = read_cells(path, name)
    except StudyError as error:
        return None, error.problems
    header = cells.header
    problems = _check_header(header, name, table)
    if not cells.rows:
        why = "a series of it would hold nothing, or only zeros"
        remedy = "Restore the rows from git, or remove the table from SOURCE.yaml and the config."
        problems.append(Problem(name, 1, "", "the table has no rows", why, remedy))
    if problems and (not cells.rows or len(set(header)) < len(header)):
        return None, problems
    problems += cells.uneven(name)
    good = {line: row for line, row in zip(cells.lines, cells.rows, strict=True) if len(row) == len(header)}
    frame = pd.DataFrame(good.values(), index=list(good), columns=header, dtype=object)
    return frame.where(frame != "", None), problems


def _check_header(header: list[str], name: str, table: Table) -> list[Problem]:
    problems, described = [], list(table.columns)
    missing = [column for column in described if column not in header]
    extra = [column for column in header if column not in table.columns]
    for column in missing:
        remedy = f"Restore it, or remove it from SOURCE.yaml. {nearest(column, extra) if extra else ''}".rstrip()
        what = f"the column '{column}' is missing"
        problems.append(Problem(name, 1, column, what, "what it held cannot be used or checked", remedy))
    for column in extra:
        remedy = f"Describe it in SOURCE.yaml, or rename it. {nearest(column, missing or described)}"
        what = f"the column '{column}' is not described in SOURCE.yaml"
        problems.append(Problem(name, 1, column, what, "nobody can tell what it means", remedy))
    for column in sorted({column for column in header if header.count(column) > 1}):
        what = f"the column '{column}' stands twice"
        problems.append(Problem(name, 1, column, what, "only one of the two could be read", "Rename or remove one."))
    return problems


def _check_cells(frame: pd.DataFrame, name: str, table: Table) -> list[Problem]:
    """Return the cells that break a rule of their column, and rows whose key is not their own."""
    specs = table.columns.items()
    rules = {(column, rule.name): rule for column, spec in specs for rule in _rules(column, spec, table)}
    found: dict[tuple, list[tuple[int, str]]] = {}
    named = {line: set(cells.split()) for line, cells in frame.get("article_cells", pd.Series()).dropna().items()}
    for line, column, rule, cell in _failures(frame, table):
        # A cell that rests on the tested article alone may be blanked, to see that nothing depends on it.
        if rule != "blank" or column not in named.get(line, ()):
            found.setdefault((column, rule), []).append((line, cell))
    problems = []
    for (column, rule), cells in found.items():
        for i, (line, cell) in enumerate(sorted(cells)[:SHOWN]):
            what, why, remedy = _blank(column) if rule == "blank" else rules[column, rule].tell(cell)
            if i == SHOWN - 1 and len(cells) > SHOWN:
                what += f" (and so in {len(cells) - SHOWN} rows more)"
            problems.append(Problem(name, line, column, what, why, remedy))
    for line, cells in named.items():
        for cell in sorted(cells - set(table.columns)):
            what = f"article_cells names '{cell}', which is no column"
            why = "the cell that rests on the article alone would count as evidence"
            problems.append(Problem(name, line, "article_cells", what, why, nearest(cell, table.columns)))
    return problems + _check_keys(frame, name, table)


def _failures(frame: pd.DataFrame, table: Table) -> Iterable[tuple[int, str, str, str]]:
    """Yield line, column, rule and text of every cell that breaks a rule, blank cells under the rule `blank`."""
    try:
        build_schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            rule = "blank" if case.check == "not_nullable" else case.check
            yield int(case.index), case.column, rule, case.failure_case


def _blank(column: str) -> tuple[str, str, str]:
    what = f"the cell '{column}' is blank, which SOURCE.yaml does not allow"
    why = "nobody could tell whether it means none, unknown or zero"
    return what, why, "Fill it, or say under 'blank' in SOURCE.yaml what a blank means."


def _check_keys(frame: pd.DataFrame, name: str, table: Table) -> list[Problem]:
    key = [column for column in table.key if column in frame]
    problems = []
    for cells, rows in frame[frame.duplicated(key, keep=False)].fillna("").groupby(key, sort=False) if key else ():
        first, *others = rows.index
        for line in others:
            what = f"the key ({', '.join(cells)}) also stands in line {first}"
            why = "the row would be counted twice"
            remedy = "Remove one of the two, or correct the key."
            problems.append(Problem(name, line, ", ".join(key), what, why, remedy))
    return problems


def _check_references(
    frame: pd.DataFrame, file: str, table: Table, frames: Mapping[str, Mapping[str, pd.DataFrame]]
) -> list[Problem]:
    """Return rows that refer to a row that does not exist; references to one table are looked up together."""
    targets: dict[str, list[tuple[str, str]]] = {}
    for column, spec in table.columns.items():
        if spec.reference is not None:
            target, _, wanted = spec.reference.partition(".")
            targets.setdefault(target, []).append((column, wanted))
    problems = []
    for target, pairs in targets.items():
        own, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        held = [each for each in frames.get(target, {}).values() if set(theirs) <= set(each)]
        if not held or not set(own) <= set(frame):
            continue
        known = {cells for each in held for cells in each[theirs].itertuples(index=False, name=None)}
        for line, cells in zip(frame.index, frame[own].itertuples(index=False, name=None), strict=True):
            if None not in cells and cells not in known:
                what = f"({', '.join(cells)}) is not to be found in {target} ({', '.join(theirs)})"
                remedy = f"Correct it, or add the row to {target}."
                problems.append(Problem(file, line, ", ".join(own), what, WHY_VALUE, remedy))
    return problems
