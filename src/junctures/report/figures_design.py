"""What the design could see, and what it saw: every step against the smallest effect of interest and the jump it
could detect."""

from collections.abc import Mapping

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_rows import LEFT, ROW, Row, layout, row_labels, rows_shown
from junctures.report.judgement import VERDICTS
from junctures.report.wording import RATE_RATIO, listed

LIMIT = 4.0  # smallest effects of interest at which the horizontal axis ends
EDGE, GAP, TOP, BOTTOM = 18.6, 2.2, 6.5, 15.0  # millimetres
WORD = 0.24  # from p to the word beside it, in widths of a column
ROOM = 2.3  # units of the axis that the number of a step beyond it takes
LONGEST = 34  # letters of a reason that fit into a cell
DAGGER = "†"  # marks a cell whose claim rests on another model than its row
RHO = 0.4  # error autocorrelation at which the detectable jump is drawn


def cells(
    study: Mapping, rows: list[Row], effects: pd.DataFrame, designs: pd.DataFrame, claims: pd.DataFrame
) -> dict[tuple[str, str], dict]:
    """Return (row name, juncture) -> step, interval and detectable jump in smallest effects, p, verdict of the claim
    on it."""
    found = parts.claim_cells(claims)
    steps = effects[effects["estimand"] == "step"].set_index(["indicator", "vintage", "model", "juncture"])
    jumps = designs[(designs["estimand"] == "step") & ((designs["rho"] - RHO).abs() < 1e-9)]
    jumps = jumps.set_index(["indicator", "model", "juncture"])["jump_80_smallest"]
    table = {}
    for row in rows:
        vintage = parts.main_vintage(study["indicators"][row.name]) if row.kind != "pool" else ""
        for juncture in study["junctures"]:
            key = juncture["id"]
            models = [row.model, *(m for name, m, j in found if (name, j) == (row.name, key) and m != row.model)]
            model = next((m for m in models if (row.name, m, key) in found), row.model)
            if (row.name, vintage, model, key) not in steps.index:
                continue
            claim = next(iter(found.get((row.name, model, key), ())), None)
            jump = jumps.get((row.name, model, key), jumps.get((row.name, row.model, key), float("nan")))
            cell = _cell_of(steps.loc[(row.name, vintage, model, key)], claim)
            table[row.name, key] = cell | {"jump": float(jump), "model": model}
    return table


def _cell_of(values: Mapping, claim: Mapping | None) -> dict:
    """Return step and interval in smallest effects, with the p to show and the verdict of the claim, if any.

    p is the one after Holm in a family, after Benjamini-Hochberg in none, unadjusted for a claim on a flagged series.
    """
    size = values["smallest_effect"]
    scaled = {key: values[key] / size if size > 0 else float("nan") for key in ("estimate", "lower", "upper")}
    adjusted = [values["p_holm"], values["p"] if claim else values["p_bh"]]
    return scaled | {
        "claim": claim is not None,
        "verdict": claim["verdict"] if claim else "",
        "p": next((p for p in adjusted if p == p), float("nan")),
        "reason": _reason(values),
    }


def _reason(values: Mapping) -> str:
    """Return in a few words why a step cannot be drawn: not tested, or zero throughout before the juncture."""
    if values["estimate"] == values["estimate"]:
        return "none before"
    reason = parts.first_text([values["reason"]]) or "no estimate"
    return reason if len(reason) <= LONGEST else "not tested"


@style.themed
def what_the_design_could_see(
    study: Mapping, sources: Mapping, effects: pd.DataFrame, designs: pd.DataFrame, claims: pd.DataFrame
) -> style.Drawing:
    """Return three columns, one a juncture, of steps over the smallest effect on the jump that each design could
    see."""
    rows = rows_shown(study, effects)
    table = cells(study, rows, effects, designs, claims)
    heights, body = layout(rows)
    junctures = study["junctures"]
    figure = style.new_figure(style.WIDTH, (TOP + body + BOTTOM) * style.MM)
    # A single column has the width of one in three, since the words at its edge are placed in widths of it.
    column = (style.WIDTH / style.MM - LEFT - 1) / max(len(junctures), 3)
    for index, juncture in enumerate(junctures):
        axes = style.place(figure, LEFT + index * column, TOP, column - EDGE - GAP, body)
        _frame(axes, body, juncture["label"])
        for row, y in heights.items():
            if (row.name, juncture["id"]) in table:
                _cell(axes, y, table[row.name, juncture["id"]], row.model)
        if index == 0:
            row_labels(axes, heights)
    _key(figure, rows)
    n = parts.span(_sizes(rows, effects), "periods a series")
    return style.Drawing(
        figure, _alt(study, rows, table), _caption(study, rows, table, effects), n=n, model=parts.STEPS
    )


def _frame(axes, body: float, label: str) -> None:
    axes.set_xlim(-LIMIT, LIMIT)
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=style.INK, linewidth=style.THIN, zorder=2)
    for smallest in (-1, 1):
        axes.axvline(smallest, color=style.INK, linewidth=style.THIN, linestyle=(0, (1, 2)), zorder=2)
    axes.set_xticks([-4, -2, 0, 1, 2, 4])
    axes.set_xticklabels(["−4", "−2", "0", "1", "2", "4"])
    axes.set_title(label, pad=4)
    axes.set_xlabel("step / smallest effect", fontsize=style.SMALL)
    axes.text(
        1.05,
        -6.1 / body,
        "p",
        transform=axes.transAxes,
        fontsize=style.EDGE,
        color=style.INK,
        va="center",
        style="italic",
    )
    axes.text(
        1.05 + WORD, -6.1 / body, "verdict", transform=axes.transAxes, fontsize=style.EDGE, color=style.INK, va="center"
    )


def _cell(axes, y: float, cell: Mapping, model: str) -> None:
    """Draw one cell: the grey bar of what would be missed, the step with its interval, and at the edge p and word."""
    jump = cell["jump"]
    if jump == jump:
        half = min(jump, LIMIT)
        axes.barh(y, 2 * half, left=-half, height=ROW * 0.78, color=style.PALE, linewidth=0, zorder=1)
    if cell["estimate"] == cell["estimate"]:
        _estimate(axes, y, cell)
    else:
        axes.text(0, y, cell["reason"], fontsize=style.EDGE, color=style.INK, ha="center", va="center", zorder=5)
    if cell["claim"]:
        weight = "bold" if cell["verdict"] in ("supported", "contradicted", "ruled_out") else "normal"
        axes.text(
            1.05 + WORD,
            y,
            VERDICTS[cell["verdict"]] + (DAGGER if cell["model"] != model else ""),
            transform=axes.get_yaxis_transform(),
            fontsize=style.EDGE,
            va="center",
            weight=weight,
        )
    axes.text(
        1.05,
        y,
        style.probability(cell["p"]),
        transform=axes.get_yaxis_transform(),
        fontsize=style.EDGE,
        va="center",
        color=style.BLACK if cell["claim"] else style.GREY,
    )


def _estimate(axes, y: float, cell: Mapping) -> None:
    """Draw the interval, with arrows where the axis cuts it, and the marker of the verdict."""
    low, high, middle = (min(max(cell[key], -LIMIT), LIMIT) for key in ("lower", "upper", "estimate"))
    colour = style.VERDICT_COLOURS.get(cell["verdict"], style.INK) if cell["claim"] else style.GREY
    ends = (max(low, ROOM - LIMIT), high) if cell["estimate"] < -LIMIT else (low, min(high, LIMIT - ROOM))
    ends = ends if abs(cell["estimate"]) > LIMIT else (low, high)
    if ends[0] < ends[1]:
        width = 0.8 if cell["claim"] else style.THIN
        axes.plot(ends, [y, y], color=colour, linewidth=width, zorder=3, solid_capstyle="butt")
    for end, marker, cut in ((-LIMIT, "<", cell["lower"] < -LIMIT), (LIMIT, ">", cell["upper"] > LIMIT)):
        if cut:
            axes.plot(
                [end], [y], marker=marker, markersize=2.6, color=colour, markeredgewidth=0, clip_on=False, zorder=4
            )
    if not -LIMIT <= cell["estimate"] <= LIMIT:
        _off_axis(axes, y, cell, colour)
        return
    if not cell["claim"]:
        axes.plot([middle], [y], marker="o", markersize=2.0, color=style.GREY, markeredgewidth=0, zorder=5)
        return
    marker, filled = style.VERDICT_MARKERS[cell["verdict"]]
    axes.plot(
        [middle],
        [y],
        marker=marker,
        markersize=4.0,
        markerfacecolor=colour if filled else "white",
        markeredgecolor=colour,
        markeredgewidth=0.8,
        zorder=5,
    )


def _off_axis(axes, y: float, cell: Mapping, colour: str) -> None:
    """Write the value of a step that lies beyond the axis between its interval and the arrow that points to it."""
    side = 1 if cell["estimate"] > 0 else -1
    axes.text(
        side * (LIMIT - 0.3),
        y,
        style.signed(cell["estimate"], 1),
        fontsize=style.EDGE,
        color=colour,
        va="center",
        ha="right" if side > 0 else "left",
        zorder=6,
    )


def _key(figure, rows: list[Row]) -> None:
    """Explain the grey bar once, and the markers, under the columns."""
    width, height = figure.get_size_inches() / style.MM
    axes = style.place(figure, 0, height - 6.2, width, 6)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(6, 0)
    axes.barh(1.6, 7, left=2, height=2.2, color=style.PALE, linewidth=0)
    axes.text(
        10.5,
        1.6,
        "grey: a true effect here would be missed more than one time in five",
        fontsize=style.SMALL,
        va="center",
    )
    x = 2.0
    for verdict in ("supported", "contradicted", "ruled_out", "cannot_tell"):
        marker, filled = style.VERDICT_MARKERS[verdict]
        colour = style.VERDICT_COLOURS[verdict]
        axes.plot(
            [x + 1],
            [4.7],
            marker=marker,
            markersize=4,
            markerfacecolor=colour if filled else "white",
            markeredgecolor=colour,
            markeredgewidth=0.8,
        )
        axes.text(x + 3, 4.7, VERDICTS[verdict], fontsize=style.SMALL, va="center")
        x += 20
    axes.plot([x + 1], [4.7], marker="o", markersize=2, color=style.GREY, markeredgewidth=0)
    axes.text(x + 3, 4.7, "no claim: p after Benjamini-Hochberg, no verdict", fontsize=style.SMALL, va="center")
    axes.text(width - 2, 1.6, "dotted: smallest effect of interest", fontsize=style.SMALL, va="center", ha="right")


def _alt(study: Mapping, rows: list[Row], table: Mapping) -> str:
    """Return in words what the figure shows: counts of verdicts, and what each column could see."""
    told = []
    for juncture in study["junctures"]:
        own = [table[row.name, juncture["id"]] for row in rows if (row.name, juncture["id"]) in table]
        blind = sum(cell["jump"] > 1 for cell in own)
        words = {word: sum(cell["verdict"] == key for cell in own) for key, word in VERDICTS.items()}
        counted = ", ".join(f"{n} {word}" for word, n in words.items() if n) or "no claims"
        told.append(
            f"{juncture['label']}: {counted}; in {blind} of {len(own)} rows the smallest effect of interest lies in "
            "the grey"
        )
    return (
        f"Columns, one a juncture ({len(study['junctures'])}), and rows, one an index or indicator ({len(rows)}). Each "
        "cell shows a step in smallest effects "
        f"of interest with its 95 % interval on a grey bar of effects that would be missed. {'. '.join(told)}."
    )


def _sizes(rows: list[Row], effects: pd.DataFrame) -> list[int]:
    """Return the n of every step that is drawn."""
    keys = {(row.name, row.model) for row in rows}
    shown = effects[[key in keys for key in zip(effects["indicator"], effects["model"], strict=True)]]
    return [int(n) for n in shown.loc[(shown["estimand"] == "step") & shown["estimate"].notna(), "n"]]


def _caption(study: Mapping, rows: list[Row], table: Mapping, effects: pd.DataFrame) -> str:
    known = _sizes(rows, effects)
    sizes = f"n from {min(known)} to {max(known)}" if known else "no estimate"
    labels = {j["id"]: j["label"] for j in study["junctures"]}
    others = [
        f"{row.label} at {labels[key]} (model {cell['model']})"
        for row in rows
        for key in labels
        if (cell := table.get((row.name, key))) and cell["model"] != row.model
    ]
    pools = study["pools"].values()
    scale = "; pools: one scale of the index" if pools else ""
    holm = ", in pools after Holm over their steps" if pools else ""
    against = [f'; the index "{pool["label"]}" is itself one' for pool in pools if pool.get("against_controls")]
    return (
        f"Each step over its smallest effect of interest (counts: a rate ratio of {_ratios(study)}; all else one "
        f"declared scale{scale}), with its 95 % interval. {parts.MODELS}; {sizes}; windows as "
        "in tables/effects. Grey bars: plus and minus the jump seen with 80 % power at an error autocorrelation of "
        f"{RHO:g}, from simulation of the same procedure. Right: p after Holm within the family, and the verdict of "
        "the claim, which may rest on several cells or vintages; on a series with a coverage flag p is unadjusted. "
        f"Cells of no claim: p after Benjamini-Hochberg{holm}. "
        "Arrows: the interval goes on; a step beyond the axis is given as a number. "
        + (f"{DAGGER} the step that the claim is about: {'; '.join(others)}. " if others else "")
        + "None before: the count is zero throughout before the juncture, so that no rate ratio says what is small. "
        "A series with a control is shown without it here; the difference to the control is in tables/effects"
        f"{''.join(against)}. "
        '"Cannot tell" is not "no".'
    )


def _ratios(study: Mapping) -> str:
    """Return the rate ratios that are the smallest effects of interest of the study's counts."""
    counts = [e for e in study["indicators"].values() if e["declared_scale"]["derivation"] in ("count", "exposure")]
    found = {entry.get("smallest_ratio") or RATE_RATIO for entry in counts}
    return listed([f"{ratio:g}" for ratio in sorted(found or {RATE_RATIO})], "or")
