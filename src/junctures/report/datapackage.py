"""All tables described for machines: datapackage.json, from SOURCE.yaml, the codebook of results and CITATION.cff."""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import yaml

from junctures.report.columns import describe_column, key_columns
from junctures.report.manifest import published_files
from junctures.study.cells import read_cells
from junctures.study.files import table_files
from junctures.study.problems import StudyError
from junctures.study.tables import NUMERIC, RANGED, Column, Source, Table, read_sources

TERMS = "LICENSE-data.md"
LICENCE_PAGES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
}
# Type of a column in SOURCE.yaml -> type of a field; a date is one only where the day is always known.
TYPES = {"integer": "integer", "number": "number", "year": "year", "month": "yearmonth", "boolean": "boolean"}
OWN = "CC-BY-4.0"
MEDIA = {
    "csv": "text/csv",
    "dta": "application/x-stata-dta",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DERIVED = "Derived by this study: what is derived keeps the terms of the data behind it."
# The files of one indicator each; their rows are those of the union beside the folder.
PARTS = "processed/results/*/*.csv"


def build_package(root: Path) -> dict:
    """Return the content of datapackage.json for a study's folder: one resource a table, with the schema of its cells.

    Raises StudyError where a SOURCE.yaml is faulty.
    """
    sources, problems = read_sources(root)
    if problems:
        raise StudyError(problems)
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    raw = list(chain.from_iterable(_raw(root, source, name) for source in sources.values() for name in source.tables))
    made = [name for name in published_files(root) if name.endswith(".csv") and not Path(name).match(PARTS)]
    return {
        "profile": "data-package",
        "name": "junctures",
        "title": about["title"],
        "description": " ".join(about["abstract"].split()),
        "version": str(about["version"]),
        "created": f"{about['date-released']}T00:00:00Z",
        "keywords": about["keywords"],
        "contributors": [{"title": _person(author), "role": "author"} for author in about["authors"]],
        "licenses": [
            {"name": OWN, "path": LICENCE_PAGES[OWN], "title": f"Data of this study; those of others as in {TERMS}"},
            {"name": about["license"], "path": "LICENSE", "title": "Code"},
        ],
        "sources": [_source(source) for source in sources.values()],
        "resources": [*raw, *(_result(root, name) for name in made)],
    }


def _person(author: Mapping[str, str]) -> str:
    return author.get("name") or f"{author['given-names']} {author['family-names']}"


def _source(source: Source) -> dict[str, str]:
    return {"title": f"{source.title} ({source.producer})", "path": f"raw/{source.id}/SOURCE.yaml"}


def _licence(name: str, note: str | None = None) -> dict[str, str]:
    return {"name": name, "path": LICENCE_PAGES.get(name, TERMS)} | ({"title": note} if note else {})


def _resource(root: Path, path: str, schema: dict) -> dict:
    """Return what a table's resource says of its file; its key is stated where none of the key's cells is blank."""
    data = (root / path).read_bytes()
    cells = read_cells(root / path, path)
    key = key_columns(root, path)
    places = [cells.header.index(column) for column in key]
    if key and cells.rows and all(row[place] for row in cells.rows for place in places):
        schema = schema | {"primaryKey": list(key)}
    stem, _, suffix = path.rpartition(".")
    return {
        "name": stem.replace("/", "."),
        "path": path,
        # The profile of tables asks for CSV.
        "profile": "tabular-data-resource" if suffix == "csv" else "data-resource",
        "format": suffix,
        "mediatype": MEDIA[suffix],
        **({"encoding": "utf-8"} if suffix == "csv" else {}),
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema | {"missingValues": [""]},
    }


def _result(root: Path, path: str) -> dict:
    """Return the resource of a table that the study makes; a column that nobody described has its name alone."""
    with (root / path).open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle), [])
    fields = []
    for name in header:
        kind, meaning = describe_column(path, name)
        fields.append({"name": name, "type": kind} | ({"description": meaning} if meaning else {}))
    words = {"description": DERIVED, "licenses": [_licence(OWN, f"Ours; the data behind it: {TERMS}")]}
    return _resource(root, path, {"fields": fields}) | words


def _raw(root: Path, source: Source, name: str) -> Iterable[dict]:
    """Yield the resource of each file of a raw table: its own, and those of its vintages."""
    table = source.tables[name]
    schema: dict = {"fields": [_field(column, spec) for column, spec in table.columns.items()]}
    if keys := list(_foreign_keys(table, f"{source.id}/{name}")):
        schema["foreignKeys"] = keys
    words = {
        "title": source.title,
        "description": f"{table.unit[:1].upper()}{table.unit[1:]}. {source.method}",
        "licenses": [_licence(source.licence, source.licence_note)],
        "sources": [_source(source)],
    }
    for path in table_files(root, f"{source.id}/{name}"):
        yield _resource(root, path, schema) | words


def _field(name: str, spec: Column) -> dict:
    field = {"name": name, "type": TYPES.get(spec.type, "string"), "description": spec.meaning}
    if spec.type == "date" and spec.precision == "day":
        field["type"] = "date"
    if spec.unit:
        field["unit"] = spec.unit
    constraints: dict = {} if spec.blank is not None else {"required": True}
    if spec.type == "boolean":
        yes = [value for value in spec.values or ("0", "1") if value in ("1", "yes", "true")]
        no = [value for value in spec.values or ("0", "1") if value not in yes]
        field |= {"trueValues": yes, "falseValues": no}
    elif spec.values and spec.type not in NUMERIC:
        constraints["enum"] = list(spec.values)
    if spec.range is not None and spec.type in RANGED:
        low, high = (int(bound) if bound == int(bound) else bound for bound in spec.range)
        constraints |= {"minimum": low, "maximum": high}
    return field | ({"constraints": constraints} if constraints else {})


def _foreign_keys(table: Table, own: str) -> Iterable[dict]:
    """Yield the columns that refer to another table, those of one table together."""
    targets: dict[str, list[tuple[str, str]]] = {}
    for column, spec in table.columns.items():
        if spec.reference is not None:
            target, _, wanted = spec.reference.partition(".")
            targets.setdefault(target, []).append((column, wanted))
    for target, pairs in targets.items():
        resource = "" if target == own else f"raw.{target.replace('/', '.')}"
        fields = {"resource": resource, "fields": [pair[1] for pair in pairs]}
        yield {"fields": [pair[0] for pair in pairs], "reference": fields}
