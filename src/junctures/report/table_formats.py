"""How a table is written: CSV to compute with, Markdown to read, LaTeX (booktabs, longtable) to put into a paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from junctures.files import write_text
from junctures.numbers import write_csv

LONG = 26  # characters from which a LaTeX column breaks its lines
LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
NUMBER = re.compile(r"^[+-]?(\d[\d,]*)?(\.\d+)?$")


@dataclass(frozen=True)
class Part:
    """One block of a table as people read it: a heading (blank where there is one block) and its cells, all text."""

    heading: str
    cells: pd.DataFrame


@dataclass(frozen=True)
class Table:
    """One table: `data` as numbers for the CSV, `parts` as text, with title and caption."""

    title: str
    caption: str
    data: pd.DataFrame
    parts: Sequence[Part]


def write_table(table: Table, name: str, csv: str | Path, md: str | Path, tex: str | Path) -> None:
    """Write a table as CSV, Markdown and LaTeX; `name` is its id, used as the LaTeX label."""
    write_csv(table.data, csv)
    for path, text in ((md, to_markdown(table)), (tex, to_latex(table, name))):
        write_text(text, path)


def to_markdown(table: Table) -> str:
    """Return a table as Markdown: title, caption, one grid a part under its heading."""
    blocks = [f"# {table.title}", table.caption]
    for part in table.parts:
        if part.heading:
            blocks.append(f"## {escape_markdown(part.heading)}")
        blocks.append(_grid(part.cells))
    return "\n\n".join(blocks) + "\n"


def _grid(cells: pd.DataFrame) -> str:
    heads = [escape_markdown(str(column)) for column in cells.columns]
    rules = ["---:" if numeric(cells[column]) else "---" for column in cells.columns]
    lines = [heads, rules, *([escape_markdown(cell) for cell in row] for row in cells.itertuples(index=False))]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def escape_markdown(text: str) -> str:
    """Return text that a Markdown cell shows as it is: no markup, link, formula, code or entity is made of it."""
    text = re.sub(r"([\\|*`$])", r"\\\1", str(text)).replace("](", "]\\(")
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;")
    return re.sub(r"\s*\n\s*", "<br>", text)


def to_latex(table: Table, name: str) -> str:
    """Return a table as LaTeX: one longtable a part, numbered as one table, its label `tab:<name>`.

    Needs the packages booktabs, longtable and array; long text columns share the line by the length of their texts.
    """
    lines = [f"% {' '.join(table.title.split())}", r"% Needs \usepackage{booktabs,longtable,array}", r"{\footnotesize"]
    for i, part in enumerate(table.parts):
        columns = list(part.cells.columns)
        heads = " & ".join(rf"\textbf{{{escape_latex(str(column))}}}" for column in columns) + r" \\"
        caption = escape_latex(f"{table.title}. {table.caption}")
        label = rf"\label{{tab:{name}}}" if i == 0 else r"\\[-2ex]"
        lines.append(rf"\begin{{longtable}}{{{_columns(part.cells)}}}")
        lines.append(rf"\caption{{{caption}}}{label}\\" if i == 0 else "")
        if part.heading:
            lines.append(rf"\multicolumn{{{len(columns)}}}{{l}}{{\textbf{{{escape_latex(part.heading)}}}}}\\")
        lines += [r"\toprule", heads, r"\midrule", r"\endfirsthead", r"\toprule", heads, r"\midrule", r"\endhead"]
        lines += [r"\bottomrule", r"\endfoot"]
        for row in part.cells.itertuples(index=False):
            line = " & ".join(escape_latex(cell) for cell in row) + r" \\"
            # The line break before takes a bracket or star that follows as its own.
            lines.append("{}" + line if line.startswith(("[", "*")) else line)
        lines.append(r"\end{longtable}")
    return "\n".join(line for line in [*lines, "}"] if line) + "\n"


def _columns(cells: pd.DataFrame) -> str:
    """Return the LaTeX column types: numbers right, short text left, long text in paragraphs that share the line."""
    widths = {c: cells[c].astype(str).str.len().mean() if len(cells) else 0 for c in cells.columns}
    longest = {c: max([len(str(c)), *cells[c].astype(str).str.len()]) for c in cells.columns}
    broken = [c for c in cells.columns if longest[c] > LONG]
    taken = sum(min(longest[c], LONG) for c in cells.columns if c not in broken)
    # of a line of 16 cm a character of 8 pt takes about 1.1 per cent, the space between two columns 2.6
    free = max(0.35, 1 - 0.011 * taken - 0.026 * len(cells.columns))
    total = sum(widths[c] ** 0.5 for c in broken)
    types = []
    for column in cells.columns:
        if column in broken:
            types.append(rf">{{\raggedright\arraybackslash}}p{{{free * widths[column] ** 0.5 / total:.3f}\linewidth}}")
        else:
            types.append("r" if numeric(cells[column]) else "l")
    return "".join(types)


def escape_latex(text: str) -> str:
    """Return text that LaTeX prints as it is, a minus before a digit as a minus; a line break becomes a new line."""
    escaped = "".join(LATEX.get(character, character) for character in str(text))
    escaped = re.sub(r"(?<![\w.)])-(?=[\d.])", "$-$", escaped)
    return re.sub(r"\s*\n\s*", r"\\newline ", escaped)


def numeric(column: pd.Series) -> bool:
    """Return whether a column of text holds numbers alone, so that it is set to the right."""
    texts = [str(cell).lstrip("<> ").strip() for cell in column]
    filled = [text for text in texts if text]
    return bool(filled) and all(NUMBER.match(text) for text in filled)
