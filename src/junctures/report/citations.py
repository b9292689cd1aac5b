"""How to cite an output of the study: a sentence and a BibTeX entry, from CITATION.cff and the output's own record."""

from collections.abc import Mapping

from junctures.report.table_formats import LATEX

SIGNS = "\\&%$#_{}~^"  # what BibTeX takes for a command; the braces of authors are ours


def cite_text(output: Mapping, about: Mapping) -> str:
    """Return how to cite one output in a reference list.

    `output` is the record of a figure or table: id, title, kind where it is no figure, and sources, each with title and
    producer. `about` is CITATION.cff as a dict with authors, title, version and date-released.
    """
    year = str(about["date-released"])[:4]
    return (
        f"{authors(about)} ({year}). {output['title']} [{output.get('kind', 'figure')} {output['id']}]. "
        f"In: {about['title']}, version {about['version']}.{_data(output, ' ')}"
    )


def _data(output: Mapping, before: str = "") -> str:
    """Return whose data an output rests on, or nothing where its record names none."""
    told = [f"{source['title']} ({source['producer']})" for source in output.get("sources", ())]
    return f"{before}Data: {'; '.join(told)}." if told else ""


def cite_bibtex(output: Mapping, about: Mapping) -> str:
    """Return the BibTeX entry of one output; arguments as for `cite_text`."""
    fields = {
        "author": " and ".join(f"{{{_escaped(name)}}}" if whole else _escaped(name) for name, whole in _names(about)),
        "title": _escaped(output["title"]),
        "year": str(about["date-released"])[:4],
        "howpublished": _escaped(f"{output.get('kind', 'figure').capitalize()} {output['id']} of: {about['title']}"),
        "version": _escaped(str(about["version"])),
        "note": _escaped(_data(output)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{junctures_{output['id']},", *lines, "}"])


def authors(about: Mapping) -> str:
    """Return the authors of CITATION.cff as one text: family name first, or the name of a group."""
    names = [name for name, _ in _names(about)]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _names(about: Mapping) -> list[tuple[str, bool]]:
    """Return (name, whether it is a group's) of each author, a person's family name first."""
    return [
        (author["name"], True) if "name" in author else (f"{author['family-names']}, {author['given-names']}", False)
        for author in about["authors"]
    ]


def _escaped(value: str) -> str:
    """Return text that BibTeX and LaTeX print as it stands: no sign of it is a command or ends the field."""
    return "".join(LATEX[sign] if sign in SIGNS else sign for sign in " ".join(value.split()))
