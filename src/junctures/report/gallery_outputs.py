"""What the gallery says of each figure and table: words, files, data, sources, citation, and the claims it bears on."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from junctures.report.bearing import bears_on, words_of
from junctures.report.citations import cite_bibtex, cite_text
from junctures.report.figures import FIGURES
from junctures.report.inputs import load_inputs
from junctures.report.readme import TABLE_LICENCE
from junctures.report.table_formats import Part, numeric
from junctures.report.table_kinds import TABLES
from junctures.report.tables import series_labels
from junctures.report.verdicts import ledger_of
from junctures.study.files import table_files

HERE = "figures/"  # the folder of the page, from which its links go


def link(path: str) -> str:
    """Return the address of a file of the study as seen from the page."""
    return path.removeprefix(HERE) if path.startswith(HERE) else f"../{path}"


def file_links(paths: Iterable[str]) -> list[dict]:
    """Return path and address of each file, each once."""
    return [{"path": path, "href": link(path)} for path in dict.fromkeys(paths)]


def figure_entry(record: Mapping, study: Mapping, claims: Iterable[Mapping], about: Mapping) -> dict:
    """Return what the gallery shows of one figure.

    `record` is the content of figures/<id>.json, `claims` claims.yaml as plain data, `about` CITATION.cff as a dict.
    Raises FileNotFoundError where a picture is missing, since its size is read from it.
    """
    figure = FIGURES[record["id"]]
    outputs = figure.output_paths(record["id"], study)
    indicators = figure.indicators(study)
    inputs = _flat(figure.input_paths(study).values())
    others = [path for path in inputs if path.startswith("raw/") and not path.endswith("/SOURCE.yaml")]
    pictures = _flat([outputs["svg"]])
    pages = [_page(path, record, inputs, study) for path in pictures] if figure.pages else []
    return {
        "kind": "figure",
        **{word: record[word] for word in ("id", "title", "question", "alt", "caption")},
        "picture": None if pages else picture(pictures[0]),
        "pages": pages,
        "downloads": [
            {"label": suffix.upper(), "href": link(path)} for suffix, path in outputs.items() if isinstance(path, str)
        ],
        "facts": facts(record, n=record.get("n", ""), model=record.get("model", "")),
        "sources": record["sources"],
        "data": file_links(path for path in inputs if path.endswith(".csv") and path.startswith("processed/")),
        "raw": file_links([*_files(study["indicators"][name]["table"] for name in indicators), *others]),
        "bears": [claim["id"] for claim in claims if bears_on(claim, study, indicators, figure.kinds)],
        **cited(record, about),
    }


def table_entry(name: str, study: Mapping, sources: Mapping, claims: Iterable[Mapping], about: Mapping, code: str):
    """Return what the gallery shows of one table of the registry, built from the results that its rule reads.

    `sources` maps ids to the content of SOURCE.yaml; `code` is the digest of what writes the tables.
    """
    kind = TABLES[name]
    patterns = {key: path for key, path in kind.inputs.items() if "{source}" in path}
    plain = {key: path for key, path in kind.inputs.items() if key not in patterns}
    built = kind.build(**load_inputs(plain), **dict.fromkeys(patterns, sources))
    record = {
        "id": name,
        "kind": "table",
        "title": built.title,
        "licence": TABLE_LICENCE,
        "version": str(study["study"]["version"]),
        "rule": f"tabulate_{name}",
        "function": f"junctures.report.{kind.function}",
        "code": code,
    }
    raw = _used_tables(study, claims, sources)
    return {
        **{word: record[word] for word in ("kind", "id", "title")},
        "question": kind.question,
        "caption": built.caption,
        "parts": [grid(part) for part in built.parts],
        "downloads": [{"label": suffix.upper(), "href": link(f"tables/{name}.{suffix}")} for suffix in CSV_FIRST],
        "facts": facts(record, n=f"{len(built.data)} rows", model=kind.model),
        "sources": [],
        "data": file_links(path for path in plain.values() if path.endswith(".csv")),
        "raw": file_links(_files(raw)),
        "bears": [claim["id"] for claim in claims if ledger_of(claim["check"]["kind"]) in kind.ledgers],
        **cited(record, about),
    }


def _files(tables: Iterable[str]) -> list[str]:
    return [file for table in tables for file in table_files(".", table)]


CSV_FIRST = ("csv", "md", "tex")


def facts(record: Mapping, n: str, model: str) -> list[tuple[str, str]]:
    """Return what is to be known of an output as (term, words); what is not known is left out."""
    told = {
        "n": n,
        "Model": model,
        "Licence": record["licence"],
        "Version": record["version"],
        "Rule": record["rule"],
        "Function": record["function"],
        "Code digest": record["code"][:12],
    }
    return [(term, words) for term, words in told.items() if words]


def cited(record: Mapping, about: Mapping) -> dict:
    """Return how to cite an output, as text and as BibTeX; blank where the study does not say how it is cited."""
    return {"cite": cite_text(record, about) if about else "", "bibtex": cite_bibtex(record, about) if about else ""}


def picture(path: str) -> dict:
    """Return the address of an SVG file with its width and height in whole points, so that its place is kept."""
    head = Path(path).read_text(encoding="utf-8")[:2000]
    found = re.search(r'<svg\b[^>]*?\bwidth="([\d.]+)pt"[^>]*?\bheight="([\d.]+)pt"', head)
    if found is None:
        raise ValueError(
            f"{path}: no width and height in points. The page could not keep the picture's place while it loads. "
            "Draw the figure anew."
        )
    width, height = (round(float(side)) for side in found.groups())
    return {"src": link(path), "width": width, "height": height}


def grid(part: Part) -> dict:
    """Return a block of a table as heading, heads, rows of text and whether each column holds numbers."""
    return {
        "heading": part.heading,
        "heads": list(part.cells.columns),
        "rows": [list(row) for row in part.cells.astype(str).itertuples(index=False, name=None)],
        "numeric": [numeric(part.cells[column]) for column in part.cells],
    }


def _page(path: str, record: Mapping, inputs: Iterable[str], study: Mapping) -> dict:
    """Return one picture of a set with its alt text and the data behind it."""
    name = Path(path).stem
    return {
        "id": name,
        "label": series_labels(study).get(name, name),
        "alt": record["pages"][name],
        **picture(path),
        "data": file_links(each for each in inputs if each.endswith(f"/{name}.csv")),
    }


def _used_tables(study: Mapping, claims: Iterable[Mapping], sources: Mapping) -> list[str]:
    """Return the raw tables that an indicator or a claim's check names, in the order of the sources."""
    words = {*words_of(study["indicators"]), *(word for claim in claims for word in words_of(claim["check"]))}
    known = [f"{source}/{table}" for source, entry in sources.items() for table in entry["tables"]]
    return [table for table in known if table in words]


def used_sources(study: Mapping, claims: Iterable[Mapping], sources: Mapping) -> list[str]:
    """Return the sources of which an indicator or a claim uses a table."""
    return list(dict.fromkeys(table.split("/")[0] for table in _used_tables(study, claims, sources)))


def _flat(paths: Iterable[str | list[str]]) -> list[str]:
    return [path for each in paths for path in ([each] if isinstance(each, str) else each)]
