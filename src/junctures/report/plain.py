"""Plain text for a terminal: columns that line up, and paragraphs that fold."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

WIDTH = 118


def aligned(rows: Iterable[Sequence[object]], right: Sequence[int] = ()) -> Iterator[str]:
    """Yield rows as lines whose columns line up, two spaces in; columns of the numbers `right` end together."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(padded)).rstrip()


def folded(text: str, indent: str = "", hanging: str = "  ") -> Iterator[str]:
    """Yield a paragraph as lines of at most `WIDTH` characters; all but the first are set in by `hanging` too."""
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + hanging, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
