"""The rows that figures of all designs share: pools, then indicators by frequency and dimension, with their names."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from junctures.report import style

ROW, HEAD = 3.75, 4.6  # millimetres
POOL = 5.0  # millimetres; the names of pools may take two lines
LEFT = 43.0  # millimetres
HEADS = {"pool": "Indices (pools)", "year": "Annual series", "quarter": "Quarterly series", "month": "Monthly series"}


@dataclass(frozen=True)
class Row:
    """One row of a figure: an indicator or pool, the model that is shown, its label and whether it is a head."""

    name: str
    model: str
    label: str
    kind: str  # pool, year, quarter, month


def rows_shown(study: Mapping, effects: pd.DataFrame) -> list[Row]:
    """Return the rows in order: pools, then indicators by frequency and within it by dimension in the order of the
    config.

    A row of another indicator (`row_of`) is left out; so is whatever has no step in the effects.
    """
    present = set(effects.loc[effects["estimand"] == "step", ["indicator", "model"]].itertuples(index=False, name=None))
    rows = [Row(name, f"pool_{name}", pool["label"], "pool") for name, pool in study["pools"].items()]
    dimensions = list(study["dimensions"])
    entries = sorted(study["indicators"].items(), key=lambda item: dimensions.index(item[1]["dimension"]))
    for kind in ("year", "quarter", "month"):
        rows += [
            Row(name, "primary", entry["label"], kind)
            for name, entry in entries
            if entry["frequency"] == kind and not entry.get("row_of")
        ]
    return [row for row in rows if (row.name, row.model) in present]


def layout(rows: list[Row]) -> tuple[dict[Row, float], float]:
    """Return row -> distance of its middle from the top in millimetres, and the height of all rows with their heads."""
    heights, y, kind = {}, 0.0, None
    for row in rows:
        if row.kind != kind:
            y, kind = y + HEAD, row.kind
        size = POOL if row.kind == "pool" else ROW
        heights[row] = y + size / 2
        y += size
    return heights, y + 1


def row_labels(axes, heights: Mapping[Row, float]) -> None:
    """Write the names of rows and heads to the left of the first column."""
    width = axes.get_position().width * axes.figure.get_size_inches()[0] / style.MM
    kind = None
    for row, y in heights.items():
        if row.kind != kind:
            kind = row.kind
            axes.text(
                -(LEFT - 1.5) / width,
                y - ROW / 2 - HEAD * 0.42,
                HEADS[kind],
                transform=axes.get_yaxis_transform(),
                fontsize=style.SMALL,
                va="center",
                color=style.INK,
                style="italic",
            )
        weight = "bold" if row.kind == "pool" else "normal"
        label = axes.text(
            -1.2 / width,
            y,
            row.label,
            transform=axes.get_yaxis_transform(),
            fontsize=style.SMALL,
            va="center",
            ha="right",
            weight=weight,
        )
        fit_width(label, (LEFT - 2.5) * style.MM * 72)


def fit_width(label, points: float) -> None:
    """Give a label that is wider than `points` two lines of the edge size, cut at the space nearest to its middle."""
    renderer = label.figure.canvas.get_renderer()
    if label.get_window_extent(renderer).width * 72 / label.figure.dpi <= points:
        return
    text = label.get_text()
    spaces = [i for i, letter in enumerate(text) if letter == " "]
    middle = min(spaces, key=lambda i: abs(i - len(text) / 2), default=len(text))
    label.set(text=text[:middle] + "\n" + text[middle + 1 :], fontsize=style.EDGE, linespacing=0.95)
