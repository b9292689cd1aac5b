"""How summaries are laid out: a line a statement, folded so that a terminal or a page of documentation holds it."""

import textwrap
from collections.abc import Iterable

WIDTH = 96
JOINED = {" = ": "\0=\0", " < ": "\0<\0", " %": "\0%"}  # a number stays with its sign at the fold


def fold(lines: Iterable[str]) -> str:
    """Return lines as one text, each folded at 96 characters; what continues a line is indented."""
    return "\n".join(_fold(line) for line in lines)


def _fold(line: str) -> str:
    for text, held in JOINED.items():
        line = line.replace(text, held)
    return textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False).replace("\0", " ")
