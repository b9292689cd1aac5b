"""The sourced tables: what each SOURCE.yaml must say, and the codebook that is made of it.

The cells themselves are checked in `contract`, by pandera, which is imported only for a full check.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from junctures.study.files import find_tables, misplaced, vintage_of
from junctures.study.forms import WHY_NAME, Form
from junctures.study.problems import Problem, nearest
from junctures.study.schema import DateText, Id, Part, Texts, as_tuple, fault
from junctures.study.yaml_file import read_yaml

DATES = Literal["date", "month", "year"]
OTHERS = Literal["integer", "number", "boolean", "category", "iso3", "iso3_list", "url_or_citation", "string"]
NUMERIC = ("integer", "number")
RANGED = ("integer", "number", "year")
FINENESS = {"year": 0, "month": 2, "date": 2}  # as positions in schema.FREQUENCIES
CODEBOOK = ("source", "table", "column", "type", "unit", "meaning", "values", "range", "blank", "reference")
WHY_SOURCE = "without it nobody can tell where the numbers come from and what they may be used for"
REFERENCES = "paper/references.bib"
NAME = re.compile(r"[a-z0-9_]+")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_:.-]*\Z")


def _read_range(value: object) -> object:
    value = as_tuple(value)
    if len(value) != 2 or not all(isinstance(each, int | float) and not isinstance(each, bool) for each in value):
        raise fault("a range is two numbers", "Write [lowest, highest].")
    if value[0] > value[1]:
        raise fault(f"the range ends ({value[1]}) before it begins ({value[0]})", "Write [lowest, highest].")
    return value


def _check_coverage(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) != 2:
        raise fault("a coverage is two dates", "Write the first and the last year, month or day.")
    if value[1] < value[0][: len(value[1])]:
        raise fault(f"the coverage ends ({value[1]}) before it begins ({value[0]})", "Write the earlier date first.")
    return value


Range = Annotated[tuple[float, float], BeforeValidator(_read_range)]
Coverage = Annotated[tuple[DateText, ...], BeforeValidator(as_tuple), AfterValidator(_check_coverage)]


class Column(Part):
    """One column of a table."""

    type: Literal[DATES, OTHERS] = Field(description="what kind of value the cells hold")
    meaning: str = Field(min_length=1, description="what the column says, in a sentence")
    unit: str | None = Field(None, description="what is counted or measured")
    precision: Literal["day", "mixed"] | None = Field(None, description="how exactly dates are known")
    values: dict[str, str] | None = Field(None, description="the allowed values, each with its meaning")
    range: Range | None = Field(None, description="the lowest and highest value that can be right")
    blank: str | None = Field(None, description="what a blank cell means; without it no cell may be blank")
    reference: str | None = Field(None, description="the column of a table (source/table.column) that holds the value")


class Table(Part):
    """One table of a source."""

    unit: str = Field(min_length=1, description="what one row is")
    key: Texts = Field(min_length=1, description="the columns that tell rows apart")
    time: str | None = Field(None, description="the column that dates a row")
    coverage: Coverage | None = Field(None, description="the first and last date that the table covers")
    vintage: str | None = Field(None, description="the column of vintages (a key named vintage, if nothing is said)")
    columns: dict[str, Column] = Field(min_length=1, description="every column, in order")

    @model_validator(mode="before")
    @classmethod
    def _find_vintage(cls, content: object) -> object:
        keys = content.get("key") if isinstance(content, dict) else None
        return {"vintage": "vintage", **content} if isinstance(keys, list) and "vintage" in keys else content


class Source(Part):
    """Where a table comes from, under what terms, and what a user must know."""

    id: Id = Field(description="the short name of the source, that of its folder")
    title: str = Field(min_length=1, description="what the tables hold")
    producer: str = Field(min_length=1, description="who produced the data")
    method: str = Field(min_length=1, description="how the tables were made")
    licence: str = Field(min_length=1, description="the terms of use")
    licence_note: str | None = Field(None, description="more on the terms of use")
    citation: Texts = Field(min_length=1, description="what a user must cite, as keys of references.bib or in full")
    tables: dict[Id, Table] = Field(min_length=1, description="the tables of the source")
    limitations: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, description="what a user of the tables must know"
    )
    date_accessed: DateText = Field(description="when the source was read")


def read_sources(root: Path) -> tuple[dict[str, Source], list[Problem]]:
    """Return the sources of a study by id, with what is wrong with their SOURCE.yaml.

    A source with a fault is left out; its tables cannot be checked. `root` is the study's folder.
    """
    raw = root / "raw"
    if not raw.is_dir():
        return {}, [Problem("raw", 0, "", "the folder is missing", WHY_SOURCE, "Restore it from git.")]
    sources, problems, forms = {}, [], {}
    for folder in sorted(each for each in raw.iterdir() if each.is_dir()):
        name = f"raw/{folder.name}/SOURCE.yaml"
        content, lines, found = read_yaml(folder / "SOURCE.yaml", name)
        form = Form(name, lines, found)
        source = None if found and content is None else form.block(Source, content, ())
        if source is not None:
            _check_source(form, source, folder)
            sources[folder.name] = with_vintages(source, find_tables(folder))
            forms[folder.name] = form
        problems += [*misplaced(folder), *(form.problems if source is None else [])]
    keys = citation_keys(root)
    for name, source in sources.items():
        _check_links(forms[name], source, sources, keys)
        problems += forms[name].problems
    return sources, problems


def citation_keys(root: Path) -> set[str]:
    """Return the keys of paper/references.bib; none where the file is missing."""
    try:
        text = (root / REFERENCES).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return set()
    return set(re.findall(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", text, re.MULTILINE))


def _check_source(form: Form, source: Source, folder: Path) -> None:
    if source.id != folder.name:
        what = f"the id '{source.id}' is not the name of the folder, '{folder.name}'"
        form.add(("id",), what, "the config finds tables by folder", f"Write id: {folder.name}, or rename the folder.")
    files = find_tables(folder)
    for name in sorted(set(files) - set(source.tables)):
        remedy = f"Describe it under 'tables', or remove the file. {nearest(name, set(source.tables) - set(files))}"
        form.add(("tables",), f"the file {files[name][0].name} is not described", WHY_SOURCE, remedy)
    for name in sorted(name for name in source.tables if not any(path.stem == name for path in files.get(name, ()))):
        what = f"the table '{name}' has no file raw/{folder.name}/{name}.csv"
        remedy = "Restore the file (.csv, .dta or .xlsx) from git."
        form.add(("tables", name), what, "what the table held is gone", remedy)
    for name, table in source.tables.items():
        place = ("tables", name)
        if not NAME.fullmatch(name):
            why = "it stands in paths, where brackets, dots and spaces mean something else"
            form.add(place, f"'{name}' is no name of a table", why, "Use small letters, digits and underscores.")
        for key in table.key:
            _check_column(form, key, table, (*place, "key"))
        if table.time is not None:
            _check_time(form, table, (*place, "time"))
        _check_vintage(form, table, [path for path in files.get(name, ()) if vintage_of(path)], place)
        if (table.time is None) != (table.coverage is None):
            what = "'time' and 'coverage' are not both given"
            form.add(place, what, "together they say which dates can be right", "Give both, or neither.")
        for column, spec in table.columns.items():
            _check_spec(form, spec, (*place, "columns", column))


def _check_vintage(form: Form, table: Table, files: list[Path], place: tuple) -> None:
    if table.vintage is not None:
        _check_column(form, table.vintage, table, (*place, "vintage"))
        if table.vintage not in table.key:
            why = "the rows of two vintages could not be told apart"
            form.add((*place, "vintage"), f"'{table.vintage}' is not part of the key", why, "Add it to 'key'.")
    elif files:
        what = f"{files[0].name} is the file of a vintage, and the table names no column under 'vintage'"
        why = "nobody could tell its rows from those of other vintages"
        form.add(place, what, why, "Name the column under 'vintage', or name the file after the table alone.")


def with_vintages(source: Source, files: Mapping[str, list[Path]]) -> Source:
    """Return a source whose tables allow the vintages that have a file of their own, each named after its file."""
    tables = dict(source.tables)
    for name, table in source.tables.items():
        spec = table.columns.get(table.vintage or "")
        found = {vintage: path.name for path in files.get(name, ()) if (vintage := vintage_of(path))}
        if spec is not None and spec.values and found:
            values = {**spec.values, **{vintage: f"the rows of {file}" for vintage, file in found.items()}}
            column = spec.model_copy(update={"values": values})
            tables[name] = table.model_copy(update={"columns": {**table.columns, table.vintage: column}})
    return source.model_copy(update={"tables": tables})


def _check_time(form: Form, table: Table, path: tuple) -> None:
    if _check_column(form, table.time, table, path) and table.columns[table.time].type not in FINENESS:
        what = f"the column '{table.time}' holds no dates (type {table.columns[table.time].type})"
        form.add(path, what, "rows are dated by it", "Name a column of type date, month or year.")


def _check_column(form: Form, column: str, table: Table, path: tuple) -> bool:
    if column not in table.columns:
        form.add(path, f"there is no column '{column}'", WHY_NAME, nearest(column, table.columns))
    return column in table.columns


def _check_spec(form: Form, spec: Column, path: tuple) -> None:
    if spec.type == "category" and not spec.values:
        form.add(path, "a category has no 'values'", "any text would pass", "List the allowed values with meanings.")
    if spec.type == "date" and spec.precision is None:
        why = "a date that is too coarse would pass"
        form.add(path, "a date has no 'precision'", why, "Add precision: day, or mixed where some are months or years.")
    if spec.type in NUMERIC and (spec.range is None or not spec.unit):
        missing = "range" if spec.range is None else "unit"
        why = "a number that cannot be right would pass" if missing == "range" else "a number says nothing without it"
        form.add(path, f"the {spec.type} has no '{missing}'", why, f"Add '{missing}'.")
    if spec.range is not None and spec.type not in RANGED:
        what = f"'range' is given for the type {spec.type}"
        form.add((*path, "range"), what, "only numbers and years have one", "Remove it, or correct the type.")


def _check_links(form: Form, source: Source, sources: Mapping[str, Source], keys: Iterable[str]) -> None:
    for i, citation in enumerate(source.citation):
        if KEY.match(citation) and citation not in keys:
            what = f"the citation '{citation}' is no key of {REFERENCES}"
            form.add(("citation", i), what, "the source could not be cited", f"Add it there. {nearest(citation, keys)}")
    for name, table in source.tables.items():
        for column, spec in table.columns.items():
            if spec.reference is None:
                continue
            path = ("tables", name, "columns", column, "reference")
            target, _, wanted = spec.reference.partition(".")
            folder, _, other = target.partition("/")
            known = {f"{s}/{t}": each.columns for s, held in sources.items() for t, each in held.tables.items()}
            if f"{folder}/{other}" not in known:
                form.add(path, f"there is no table '{target}'", WHY_NAME, nearest(target, known))
            elif wanted not in known[target]:
                what = f"'{target}' has no column '{wanted}'"
                form.add(path, what, WHY_NAME, nearest(wanted, known[target]))


def table_of(sources: Mapping[str, Source], name: str) -> Table | None:
    """Return the description of a table by its name source/table, or None where there is none."""
    source, _, table = name.partition("/")
    return sources[source].tables.get(table) if source in sources else None


def build_codebook(root: str | Path) -> list[dict[str, str]]:
    """Return one row a column of every raw table, as text: meaning, unit, values, range, blanks, reference."""
    rows = []
    for name, source in read_sources(Path(root))[0].items():
        for table, described in source.tables.items():
            for column, spec in described.columns.items():
                values = [f"{value}: {meaning}" if meaning else value for value, meaning in (spec.values or {}).items()]
                cells = (
                    name,
                    table,
                    column,
                    spec.type if spec.precision is None else f"{spec.type} ({spec.precision})",
                    spec.unit or "",
                    spec.meaning,
                    "; ".join(values),
                    " to ".join(f"{bound:g}" for bound in spec.range) if spec.range else "",
                    spec.blank or "",
                    spec.reference or "",
                )
                rows.append(dict(zip(CODEBOOK, cells, strict=True)))
    return rows
