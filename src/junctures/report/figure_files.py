"""Writing a figure with the record that the gallery and the paper cite."""

import json
from collections.abc import Mapping
from pathlib import Path

from junctures.files import write_text
from junctures.report.figures import FIGURES
from junctures.report.style import Drawing, save

FIGURE_LICENCE = "CC-BY-4.0"


def licence_of(sources: Mapping[str, Mapping]) -> str:
    """Return the licence of a figure: our own, and the terms of the data in it that ask for more."""
    terms = dict.fromkeys(
        source["licence"] for source in sources.values() if source["licence"] not in (FIGURE_LICENCE, "CC0-1.0")
    )
    return FIGURE_LICENCE + (f"; data under {', '.join(terms)}" if terms else "")


def record_of(name: str, drawing: Drawing, study: Mapping, sources: Mapping[str, Mapping], code: str = "") -> dict:
    """Return what is to be known of a drawn figure: its words, sources, licence, version, rule and code digest,
    files."""
    figure = FIGURES[name]
    return {
        "id": name,
        "title": figure.title,
        "question": figure.question,
        "alt": drawing.alt,
        "caption": drawing.caption,
        "n": drawing.n,
        "model": drawing.model,
        "sources": [
            {"id": key, **{word: source[word] for word in ("title", "producer", "licence", "citation")}}
            for key, source in sources.items()
        ],
        "licence": licence_of(sources),
        "version": str(study["study"]["version"]),
        "rule": f"plot_{name}",
        "function": f"junctures.report.{figure.function}",
        "code": code,
        "pages": {page: alt for page, (_, alt) in drawing.pages.items()},
    }


def write_figure(name: str, drawing: Drawing, record: Mapping, folder: Path) -> list[Path]:
    """Write a figure's files and its record (<id>.json) into a folder and return the paths."""
    meta = {
        "version": record["version"],
        "licence": record["licence"],
        "sources": ", ".join(source["id"] for source in record["sources"]),
        "rule": record["rule"],
        "code": record["code"],
    }
    paths = save(drawing, folder / name, record["title"], meta)
    target = folder / f"{name}.json"
    write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", target)
    return [*paths, target]
