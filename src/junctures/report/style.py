"""Looks, formats and metadata that all figures share: colours, sizes, verdict markers, saving, and a check for
overlapping text."""

import functools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape  # nosec B406 # it writes text and reads no XML

from junctures.files import write_bytes, write_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MM = 1 / 25.4  # inches
MM_PER_POINT = 25.4 / 72
WIDTH = 183 * MM  # two columns of a journal page
FONT = "DejaVu Sans"
SIZE = 7  # points
SMALL = 6  # points; nothing is smaller but a few edge labels
EDGE = 5.5  # points
THIN = 0.5  # points; no line is thinner, so that print keeps it
PNG_DPI = 300

# Okabe and Ito (2008), told apart by readers with colour vision deficiencies.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
INK = "#404040"
GREY = "#8C8C8C"
PALE = "#DADADA"
FAINT = "#EFEFEF"
RIBBON = "#FBE9DE"

# (marker, filled) of each verdict: the shape says it in grey print as well
VERDICT_MARKERS = {
    "supported": ("o", True),
    "contradicted": ("s", True),
    "mixed": ("^", False),
    "ruled_out": ("D", False),
    "cannot_tell": ("o", False),
    "untestable": ("x", True),
}
VERDICT_COLOURS = {
    "supported": BLUE,
    "contradicted": VERMILION,
    "mixed": PURPLE,
    "ruled_out": INK,
    "cannot_tell": INK,
    "untestable": GREY,
}
SERIES_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
SERIES_COLOURS = (INK, BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

RC = {
    "font.family": "sans-serif",
    "font.sans-serif": [FONT],
    "font.size": SIZE,
    "axes.titlesize": SIZE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SIZE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "axes.linewidth": THIN,
    "lines.linewidth": 1.0,
    "lines.markersize": 3,
    "patch.linewidth": THIN,
    "xtick.major.width": THIN,
    "ytick.major.width": THIN,
    "xtick.minor.width": THIN,
    "ytick.minor.width": THIN,
    "xtick.major.size": 2.6,
    "ytick.major.size": 2.6,
    "xtick.minor.size": 1.4,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
    "axes.labelpad": 2,
    "axes.titlepad": 3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.edgecolor": INK,
    "axes.labelcolor": BLACK,
    "text.color": BLACK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
    "text.parse_math": False,  # a label with dollar signs is text, no formula
    "svg.hashsalt": "junctures",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "path.simplify": False,
    # As seaborn's style "ticks" has them; importing it for these would take most of the time of a small figure.
    "axes.axisbelow": True,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "ytick.minor.size": 3.2,
}


@dataclass
class Drawing:
    """A drawn figure with its words.

    `figure` is the picture; `alt` says in plain words what it shows, for who cannot see it; `caption` gives model,
    scale, n, window and whether there is a control; `n` and `model` say two of these once more, in a few words.
    `pages` are further figures of a set, by name, each with its own alt text.
    """

    figure: "Figure | None"
    alt: str
    caption: str
    pages: dict[str, tuple["Figure", str]] = field(default_factory=dict)
    n: str = ""
    model: str = ""


@contextmanager
def theme() -> Iterator[None]:
    """Set the looks of all figures for the time of a with-block; the caller's settings come back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context(RC):
        yield


def themed(function):
    """Return a drawing function that works under `theme`."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        with theme():
            return function(*args, **kwargs)

    return wrapped


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of width and height in inches that belongs to no window and no global list."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def place(figure: "Figure", left: float, top: float, width: float, height: float, **kwargs) -> "Axes":
    """Return new axes whose left, top (from the figure's top), width and height are given in millimetres."""
    w, h = figure.get_size_inches() / MM
    return figure.add_axes((left / w, 1 - (top + height) / h, width / w, height / h), **kwargs)


def signed(value: float, digits: int = 2) -> str:
    """Return a number as text with its sign and a true minus; nothing for a missing one."""
    if value != value:
        return ""
    text = f"{value:+.{digits}f}"
    return (
        (text.replace("+", "") if float(text) == 0 else text)
        .replace("-0." + "0" * digits, "0." + "0" * digits)
        .replace("-", "−")
    )


def plain(value: float, digits: int = 2) -> str:
    """Return a number as text with a true minus and no plus."""
    return signed(value, digits).replace("+", "")


def probability(value: float) -> str:
    """Return a p-value as text with two digits, three under .1; never as zero."""
    if value != value:
        return ""
    if value < 0.001:
        return "<.001"
    return f"{value:.{3 if value < 0.0995 else 2}f}".lstrip("0") if value < 0.995 else "1"


def save(drawing: Drawing, stem: Path, title: str, meta: Mapping[str, str]) -> list[Path]:
    """Write a figure as SVG, PDF and PNG next to each other and return the paths; the same input gives the same bytes.

    `stem` is the path without suffix; `meta` may hold version, licence, sources, rule, code and is written into each
    file. A drawing with pages has one PDF of all pages and one SVG and PNG a page, in a folder of the figure's name.
    """
    with theme():
        if not drawing.pages:
            return _save_one(drawing.figure, stem, title, drawing.alt, meta)
        return _save_pages(drawing, stem, title, meta)


def _save_one(figure: "Figure", stem: Path, title: str, alt: str, meta: Mapping[str, str]) -> list[Path]:
    paths = [stem.with_suffix(suffix) for suffix in (".svg", ".pdf", ".png")]
    save_svg(figure, paths[0], title, alt, meta)
    write_bytes(_drawn(figure, format="pdf", metadata=pdf_metadata(title, alt, meta)), paths[1])
    _save_png(figure, paths[2], title, alt, meta)
    return paths


def _save_pages(drawing: Drawing, stem: Path, title: str, meta: Mapping[str, str]) -> list[Path]:
    from matplotlib.backends.backend_pdf import PdfPages

    folder = stem
    paths = [stem.with_suffix(".pdf")]
    pages = BytesIO()
    with PdfPages(pages, metadata=pdf_metadata(title, drawing.alt, meta)) as book:
        for figure, _ in drawing.pages.values():
            book.savefig(figure)
    write_bytes(pages.getvalue(), paths[0])
    for name, (figure, alt) in drawing.pages.items():
        paths.append(folder / f"{name}.svg")
        save_svg(figure, paths[-1], f"{title}: {name}", alt, meta)
    return paths


def save_svg(figure: "Figure", path: Path, title: str, alt: str, meta: Mapping[str, str]) -> None:
    known = {
        "Creator": "junctures " + meta.get("version", ""),
        "Source": meta.get("sources", ""),
        "Rights": meta.get("licence", ""),
        "Description": describe(meta),
    }
    known = {"Date": None} | {key: text.strip() for key, text in known.items() if text.strip()}
    drawn = _drawn(figure, format="svg", metadata=known).decode("utf-8")
    write_text(accessible(drawn, path.stem, title, alt), path)


def _save_png(figure: "Figure", path: Path, title: str, alt: str, meta: Mapping[str, str]) -> None:
    known = {
        "Title": title,
        "Description": alt,
        "Copyright": meta.get("licence", ""),
        "Source": meta.get("sources", ""),
    }
    known = {key: text for key, text in known.items() if text}
    write_bytes(_drawn(figure, format="png", dpi=PNG_DPI, metadata={"Software": None} | known), path)


def _drawn(figure: "Figure", **kwargs) -> bytes:
    """Return the bytes of a figure as matplotlib saves it, so that its file can be written whole."""
    drawn = BytesIO()
    figure.savefig(drawn, **kwargs)
    return drawn.getvalue()


def pdf_metadata(title: str, alt: str, meta: Mapping[str, str]) -> dict:
    """Return the metadata of a PDF: what it is, where from, on which terms, and no date."""
    return {
        "Title": title,
        "Subject": alt,
        "Keywords": describe(meta),
        "Creator": ("junctures " + meta.get("version", "")).strip(),
        "Author": None,
        "CreationDate": None,
        "ModDate": None,
    }


def describe(meta: Mapping[str, str]) -> str:
    """Return rule, code digest, sources and licence as one line."""
    return "; ".join(f"{key}: {meta[key]}" for key in ("rule", "code", "sources", "licence") if meta.get(key))


def accessible(svg: str, name: str, title: str, description: str) -> str:
    """Return an SVG whose root is announced as one image with a title and a description where screen readers look."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    head = re.search(r"<svg\b[^>]*>", svg)
    if head is None:
        raise ValueError(
            "no <svg> element in the drawing: nothing can be described; give the text that matplotlib wrote"
        )
    opening = head.group(0)[:-1] + f' role="img" aria-labelledby="{name}-title {name}-desc">'
    words = f'\n <title id="{name}-title">{escape(title)}</title>\n <desc id="{name}-desc">{escape(description)}</desc>'
    return svg[: head.start()] + opening + words + svg[head.end() :]


def find_overlaps(figure: "Figure", tolerance: float = 0.4) -> list[tuple[str, str]]:
    """Return pairs of texts that overlap, and (text, "cut") for each text that leaves the figure.

    `tolerance` is in points: boxes that touch by less are taken as apart.
    """
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    slack = tolerance * figure.dpi / 72
    shapes = [(text.get_text(), _corners(text, renderer)) for text in _drawn_texts(figure)]
    size = (figure.bbox.width, figure.bbox.height)
    found = [
        (name, "cut")
        for name, corners in shapes
        if (corners.min(axis=0) < -slack).any() or (corners.max(axis=0) > [side + slack for side in size]).any()
    ]
    for i, (name, corners) in enumerate(shapes):
        found += [(name, other) for other, others in shapes[i + 1 :] if _overlap(corners, others, slack)]
    return found


def _corners(text, renderer):
    """Return the corners (4, 2) of a text's box in pixels, turned with the text where it is slanted about its
    anchor."""
    import numpy as np
    from matplotlib.text import Text

    angle = text.get_rotation()
    slanted = angle % 90 and text.get_rotation_mode() == "anchor"
    if slanted:
        text.set_rotation(0)
    box = Text.get_window_extent(text, renderer)
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
    if slanted:
        text.set_rotation(angle)
        anchor = text.get_transform().transform(text.get_position())
        turn = np.deg2rad(angle)
        corners = anchor + (corners - anchor) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return corners


def _overlap(one, other, slack: float) -> bool:
    """Return whether two convex shapes (corners, 2) share more than `slack` pixels along every edge's normal."""
    import numpy as np

    for shape in (one, other):
        edges = np.roll(shape, -1, axis=0) - shape
        for dx, dy in edges[:2]:
            length = np.hypot(dx, dy)
            if length == 0:
                return False
            normal = np.array([-dy, dx]) / length
            a, b = one @ normal, other @ normal
            if min(a.max(), b.max()) - max(a.min(), b.min()) <= slack:
                return False
    return True


def _drawn_texts(figure: "Figure") -> list:
    """Return the texts that are drawn: visible, not empty, and no label of a tick outside the view."""
    from matplotlib.text import Text

    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                outside = not low - 1e-9 <= tick.get_loc() <= high + 1e-9
                for label in (tick.label1, tick.label2):
                    if outside or not axes.get_visible() or not axes.axison:
                        hidden.add(id(label))
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]
