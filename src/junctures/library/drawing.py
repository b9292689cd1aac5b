"""Pictures of the library's results, in the looks of the study's figures; slow to import, so only when one is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from junctures.inference.cases import Case
from junctures.inference.families import LEVEL
from junctures.library.reading import Reading
from junctures.report import figures_axes, style
from junctures.report.figures_happened import draw_lines
from junctures.report.wording import SCALES
from junctures.study.periods import from_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 120 * style.MM
HEIGHT = 62 * style.MM
ROW = 2.7 * style.MM  # of a specification, at the size of its name
TIGHT = {
    "linestyle": "none",
    "marker": "o",
    "markerfacecolor": style.INK,
    "markeredgecolor": style.INK,
    "clip_on": False,
}


def _axes(ax: "Axes | None", height: float = HEIGHT) -> "Axes":
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    return ax


def _draw_points(ax: "Axes", time: np.ndarray, values: np.ndarray, frequency: str) -> None:
    """Draw observed values (n,) as points, unjoined, and set the limits, from zero where values lie near it."""
    from matplotlib.ticker import MaxNLocator

    x = figures_axes.positions([from_index(t, frequency) for t in time])
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    ax.plot(x, values, markersize={"year": 3, "quarter": 2.4, "month": 1.7}[frequency], zorder=4, **TIGHT)
    low, high = float(np.min(values)), float(np.max(values))
    room = 0.1 * (high - low or 1.0)
    ax.set_ylim(0 if 0 <= low < 0.5 * high else low - room, high + room)
    ax.set_xlim(x[0] - 0.6, x[-1] + 0.6)


@style.themed
def draw_fit(reading: Reading, lines: Iterable[Mapping], ax: "Axes | None") -> "Axes":
    """Return axes with the points of a case, its fitted line in pieces, counterfactuals, and its junctures' names."""
    case, ax = reading.case, _axes(ax)
    _draw_points(ax, case.time, case.rate(), case.frequency)
    edges = _mark(ax, reading.setting.junctures, case.steps, case.frequency)
    table = pd.DataFrame(lines)
    if len(table):
        table["period"] = [from_index(p, case.frequency) for p in table["position"]]
        draw_lines(ax, table, edges, 1.0)
    ax.set_ylabel(reading.entry["label"].replace("_", " "))
    return ax


def _mark(ax: "Axes", junctures: Sequence[Mapping], steps: Sequence[int], frequency: str) -> dict[str, float]:
    """Draw and name each juncture; return its label -> the left edge of its first treated period."""
    named = {"junctures": [{"label": j["id"], **j} for j in junctures]}
    labels = [j["id"] for j in junctures]
    edges = dict(zip(labels, (figures_axes.boundary(from_index(s, frequency)) for s in steps), strict=True))
    figures_axes.mark_junctures(ax, named, edges)
    figures_axes.name_junctures(ax, named, edges)
    return edges


@style.themed
def draw_breaks(
    case: Case, label: str, y: np.ndarray, fitted: np.ndarray, begins: Sequence[int], ax: "Axes | None"
) -> "Axes":
    """Return axes with y (n,) as points, its fit (n,) in pieces, and a line at each estimated break."""
    ax = _axes(ax)
    _draw_points(ax, case.time, y, case.frequency)
    parts = np.searchsorted(begins, case.time, side="right")
    for part in np.unique(parts):
        x = figures_axes.positions([from_index(t, case.frequency) for t in case.time[parts == part]])
        ax.plot(x, fitted[parts == part], color=style.BLUE, linewidth=1.2, zorder=3)
    for begin in begins:
        edge = figures_axes.boundary(from_index(begin, case.frequency))
        ax.axvline(edge, color=style.GREY, linewidth=style.THIN, zorder=1)
    ax.set_ylabel(f"{label} {SCALES[case.scale]}")
    return ax


@style.themed
def draw_plan(rows: pd.DataFrame, sizes: Sequence[int], ax: "Axes | None") -> "Axes":
    """Return axes with power by size of effect, one line of marked points a step and one for the mean step."""
    ax = _axes(ax)
    for i, row in enumerate(rows.to_dict("records")):
        colour, marker = (names[i % len(names)] for names in (style.SERIES_COLOURS, style.SERIES_MARKERS))
        mean = row["estimand"] == "mean_step"
        label = "mean step" if mean else row["juncture"]
        power = [row["size"] / 2, *(row[f"power_{size}"] for size in sizes)]
        dash = (0, (3, 1.4)) if mean else "-"
        ax.plot([0, *sizes], power, color=colour, marker=marker, linestyle=dash, label=label)
    ax.axhline(0.8, color=style.GREY, linewidth=style.THIN, zorder=0)
    ax.set(xlim=(0, max(sizes) + 0.1), ylim=(0, 1.02), xlabel="true effect, residual sd", ylabel="share found")
    if len(rows):
        ax.legend(frameon=False, loc="lower right")
    else:
        ax.set_title("nothing could be tested", fontweight="normal")
    return ax


@style.themed
def draw_curve(rows: pd.DataFrame, main: Mapping, ax: "Axes | None") -> "Axes":
    """Return axes with one line a specification: name, estimate, interval; filled where p is at most .05.

    Of the rows that leave a year out only the lowest and the highest are drawn.
    """
    ordered = rows.sort_values("estimate", kind="stable")
    left_out = ordered.index[ordered["model"].str.match(r"without_\d{4}$")]
    ordered = ordered.drop(left_out[1:-1]).to_dict("records")
    ax = _axes(ax, 14 * style.MM + ROW * len(ordered))
    for place, row in enumerate(ordered):
        colour = style.VERMILION if row["model"] == main["model"] else style.INK
        face = colour if row["p"] <= LEVEL else "white"
        ax.plot([row["lower"], row["upper"]], [place, place], color=colour, linewidth=0.8, zorder=2)
        ax.plot(row["estimate"], place, marker="o", color=colour, markerfacecolor=face, markersize=3, zorder=3)
    ax.axvline(0, color=style.GREY, linewidth=style.THIN, zorder=1)
    ax.set_yticks(range(len(ordered)), [row["model"].replace("_", " ") for row in ordered], fontsize=style.EDGE)
    ax.set_ylim(-0.7, len(ordered) - 0.3)
    ax.set_xlabel(f"{main['estimand'].replace('_', ' ')}, {main['juncture']}, {SCALES[main['scale']]}")
    return ax


@style.themed
def draw_ranking(found, ax: "Axes | None") -> "Axes":
    """Return axes with the histogram of all sets of dates and the real set's place."""
    ax, bars = _axes(ax), found.bars
    widths = bars["upper"] - bars["lower"]
    ax.bar(bars["lower"], bars["count"], width=widths, align="edge", color=style.PALE, edgecolor="white")
    ax.axvline(found.real_ratio, color=style.VERMILION, linewidth=1.2)
    ax.set_title(f"rank {found.rank:,} of {found.n_sets:,}, p {style.probability(found.p)}")
    ax.set(xlabel="residual sum of squares over that of the trend alone", ylabel="sets of three dates")
    return ax


@style.themed
def draw_judgement(row: Mapping, smallest: float, words: str, ax: "Axes | None") -> "Axes":
    """Return axes with one interval, zero, and the smallest effect of interest in the claimed direction."""
    import textwrap

    ax = _axes(ax, 26 * style.MM)
    ax.plot([row["lower"], row["upper"]], [0, 0], color=style.INK, linewidth=1.2)
    ax.plot(row["estimate"], 0, marker="o", color=style.INK, markersize=4)
    ax.axvline(0, color=style.GREY, linewidth=style.THIN, zorder=0)
    if np.isfinite(smallest):
        ax.axvline(smallest, color=style.VERMILION, linewidth=1.0, linestyle=(0, (3, 1.4)), zorder=0)
    ax.set(ylim=(-1, 1), yticks=[], xlabel=f"{SCALES[row['scale']]}; dashed: smallest effect of interest")
    ax.spines["left"].set_visible(False)
    ax.set_title("\n".join(textwrap.wrap(words, 88)), fontweight="normal")
    return ax
