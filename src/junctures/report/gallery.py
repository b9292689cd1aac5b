"""The gallery: one static page of every figure, table and claim, and a page that explains every column of the data."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from junctures.report import style
from junctures.report.gallery_claims import claim_groups, facets, sign_of
from junctures.report.gallery_outputs import figure_entry, link, table_entry, used_sources
from junctures.report.gallery_rows import Shelf
from junctures.report.judgement import VERDICTS
from junctures.report.readme import LEDGERS, count_verdicts, headline, unseen
from junctures.report.table_kinds import TABLES
from junctures.report.tables import juncture_labels
from junctures.report.wording import capital, listed
from junctures.study.files import table_files

ASSETS = Path(__file__).with_suffix("")
NOTABLE = ("supported", "ruled_out", "contradicted")


def build_gallery(
    study: Mapping,
    claims: list[Mapping],
    verdicts: pd.DataFrame,
    effects: pd.DataFrame,
    designs: pd.DataFrame,
    records: Iterable[Mapping],
    sources: Mapping[str, Mapping],
    about: Mapping,
    code: str,
) -> str:
    """Return figures/index.html: summary, figures, tables and claims of a study, with nothing to fetch.

    `study` is processed/meta/study.json, `claims` the slice of claims.yaml, `verdicts`, `effects` and `designs` are
    those of processed/results, `records` the sidecars of the figures in their order, `sources` maps ids to SOURCE.yaml,
    `about` is CITATION.cff (empty where there is none), `code` the digest of what writes the tables.
    Reads the files that the evidence names.
    """
    figures = [figure_entry(record, study, claims, about) for record in records]
    tables = [table_entry(name, study, sources, claims, about, code) for name in TABLES]
    shown_in: dict[str, list] = {}
    for output in (*figures, *tables):
        if len(output["bears"]) < len(claims):
            for claim in output["bears"]:
                shown_in.setdefault(claim, []).append(output)
    groups = claim_groups(verdicts, claims, study, Shelf(sources), shown_in)
    return render(
        "index.html.j2",
        study=study["study"],
        junctures=study["junctures"],
        article=article_of(about),
        summary=summary(study, claims, verdicts, effects, designs, sources),
        figures=figures,
        tables=tables,
        groups=groups,
        facets=facets(verdicts, study, VERDICTS),
        claims={row["claim"]: row for row in verdicts.to_dict("records")},
        ledger_sizes={ledger: int((verdicts["ledger"] == ledger).sum()) for ledger in LEDGERS},
        ledgers=LEDGERS,
        sources=sources,
        licence=about.get("license", ""),
    )


def build_dictionary(study: Mapping, codebook: pd.DataFrame, sources: Mapping[str, Mapping]) -> str:
    """Return figures/dictionary.html: every source with its terms and limits, every table, what each column means.

    `codebook` is processed/meta/codebook.csv, `sources` maps ids to the content of each SOURCE.yaml.
    """
    cells = codebook.fillna("").astype(str)
    heads = [name for name in cells.columns if name not in ("source", "table")]
    tables = [
        {
            "id": f"{source}-{table}",
            "name": f"{source}/{table}",
            "source": source,
            "href": link(table_files(".", f"{source}/{table}")[0]),
            "spec": sources[source]["tables"][table],
            "heads": [name for name in heads if (block[name] != "").any()],
            "rows": block[[name for name in heads if (block[name] != "").any()]].to_numpy().tolist(),
        }
        for (source, table), block in cells.groupby(["source", "table"], sort=False)
    ]
    return render("dictionary.html.j2", study=study["study"], sources=sources, tables=tables, n=len(cells))


def summary(
    study: Mapping, claims: list[Mapping], verdicts: pd.DataFrame, effects: pd.DataFrame, designs: pd.DataFrame, sources
) -> dict:
    """Return the one-page summary: counts by ledger, headline, what could not be seen, and what stands out."""
    counts = count_verdicts(verdicts)
    standing = {
        ledger: [
            {
                "word": VERDICTS[verdict],
                "sign": sign_of(verdict),
                "verdict": verdict,
                "claims": verdicts[(verdicts["ledger"] == ledger) & (verdicts["verdict"] == verdict)].to_dict(
                    "records"
                ),
            }
            for verdict in NOTABLE
            if ledger == "tested" or verdict == "contradicted"
        ]
        for ledger in LEDGERS
    }
    return {
        "n": len(verdicts),
        "sources": len(used_sources(study, claims, sources)),
        "heads": [{"word": word, "verdict": verdict, "sign": sign_of(verdict)} for verdict, word in VERDICTS.items()],
        "counts": [(ledger, capital(words), list(counts.loc[ledger])) for ledger, words in LEDGERS.items()],
        "headline": headline(verdicts).split("**"),
        "unseen": unseen(verdicts, effects, designs, juncture_labels(study)),
        "notable": [
            {"ledger": LEDGERS[ledger], **told}
            for ledger, block in standing.items()
            for told in block
            if told["claims"]
        ],
    }


def article_of(about: Mapping) -> str:
    """Return who wrote the article that is tested, when and where, from CITATION.cff; else nothing."""
    found = next((each for each in about.get("references", ()) if each.get("type") == "article"), None)
    if found is None:
        return ""
    names = listed(author.get("family-names") or author["name"] for author in found["authors"])
    return f"{names} ({found['year']}), “{found['title']}”" + (f", {found['journal']}" if "journal" in found else "")


def linked(cell: str):
    """Return text as HTML in which each address of a page is a link named after its host."""
    from markupsafe import Markup, escape

    parts = re.split(r"(https?://[^\s;,)]+)", cell)
    named = Markup('<a href="{0}" rel="noreferrer">{1}</a>')
    return Markup("").join(named.format(p, p.split("/")[2]) if i % 2 else escape(p) for i, p in enumerate(parts))


def render(template: str, **context) -> str:
    """Return a page from its template, with style and script inside it; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters |= {"linked": linked, "capital": capital}
    inside = {name: (ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")}
    colours = {name.lower(): getattr(style, name) for name in ("BLUE", "VERMILION", "PURPLE", "SKY", "ORANGE")}
    text = pages.get_template(template).render(css=inside["page.css"], js=inside["page.js"], colours=colours, **context)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"
