"""Size and power: how often each design rejects without an effect and finds one, and how often the rules of the
claims are right and wrong."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from junctures.inference.simulate import OWN, TRUTHS, WORDS
from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_rows import LEFT, ROW, Row, layout, row_labels, rows_shown
from junctures.report.judgement import ANY
from junctures.report.wording import listed

N = 7.0  # millimetres for the number of periods beside the names
COLUMN, GAP = 41.5, 3.0  # millimetres of a column of sizes, and between columns
APART, BARS, BETWEEN = 2.5, 8.6, 1.6  # millimetres before the columns of power, of each, and between those
TOP, KEY, RULES, KINDS_KEY, FOOT, HEAD = 9.0, 13.5, 29.0, 4.0, 7.0, 8.0  # millimetres
LANE = 1.2  # millimetres from the middle of a row to the markers of errors above it and of smooth rises below it
LEVEL = 5.0  # per cent: the nominal size
Z = 1.96  # standard errors to each side in a 95 % interval
ENOUGH = 80.0  # per cent: the power that a study is commonly planned for
SIZE_TICKS = (0, 1, 5, 10, 25, 50, 100)
ESTIMANDS = {"step": "step, largest over junctures", "mean_step": "mean step"}
# truth -> marker and colour; the errors lie above a row's middle, the courses of the series below it
ERRORS = {
    "ar2_cycle": ("o", style.INK),
    "arma": ("s", style.BLUE),
    "random_walk": ("^", style.VERMILION),
    "variance_doubles": ("D", style.GREEN),
    "low_counts": ("v", style.PURPLE),
}
COURSES = {
    "logistic": ("P", style.VERMILION),
    "quadratic": ("X", style.BLUE),
    "ramp": (">", style.INK),
    "early_step": ("<", style.GREEN),
}
LOOKS = {**ERRORS, **COURSES}
KINDS = {
    "effect": ("o", style.INK),
    "mean_step": ("s", style.BLUE),
    "staged": ("^", style.VERMILION),
    "date_rank": ("D", style.GREEN),
    "leads": ("v", style.PURPLE),
}
# column of the rates -> title of its panel
SHARES = {
    "supported": "Supported, per cent of studies",
    "cannot_tell": "Cannot tell, per cent of studies",
    "wrong": "Wrong, per cent of studies",
}


def sizes_of(calibration: pd.DataFrame) -> pd.DataFrame:
    """Return a row an id, estimand and truth: the largest rate without an effect over junctures, its error, in per
    cent."""
    null = calibration[(calibration["effect"] == 0) & calibration["estimand"].isin(ESTIMANDS)]
    largest = null.loc[null.groupby(["id", "estimand", "truth"], sort=False)["rate"].idxmax()]
    table = largest[["id", "estimand", "truth", "rate", "error"]].reset_index(drop=True)
    table[["rate", "error"]] *= 100
    return table


def powers_of(calibration: pd.DataFrame) -> pd.DataFrame:
    """Return a row an id, estimand and planted effect: the smallest rate over junctures under own errors, in per
    cent."""
    found = calibration[
        (calibration["effect"] > 0) & (calibration["truth"] == OWN) & calibration["estimand"].isin(ESTIMANDS)
    ]
    return found.groupby(["id", "estimand", "effect"], sort=False)["rate"].min().mul(100).reset_index()


@style.themed
def size_and_power(
    study: Mapping, sources: Mapping, calibration: pd.DataFrame, verdict_rates: pd.DataFrame
) -> style.Drawing:
    """Return columns of size and power, a row a pool or indicator, and under them the rates of verdicts by planted
    effect."""
    rows = rows_shown(study, calibration.rename(columns={"id": "indicator"}))
    heights, body = layout(rows)
    sizes, powers = sizes_of(calibration), powers_of(calibration)
    judged = bool((verdict_rates["claim"] != ANY).any())
    height = TOP + body + FOOT + KEY + (HEAD + RULES + FOOT + KINDS_KEY if judged else 0)
    figure = style.new_figure(style.WIDTH, height * style.MM)
    counts = calibration.drop_duplicates("id").set_index("id")["n"]
    for number, estimand in enumerate(ESTIMANDS):
        axes = style.place(figure, LEFT + N + number * (COLUMN + GAP), TOP, COLUMN, body)
        _size_frame(axes, body, estimand)
        own = sizes[sizes["estimand"] == estimand].set_index(["id", "truth"])[["rate", "error"]]
        for row, y in heights.items():
            _sizes(axes, y, own, row)
        if number == 0:
            _names(axes, heights, counts)
    _power_columns(figure, heights, body, powers)
    _key(figure, TOP + body + FOOT)
    if judged:
        _rules(figure, TOP + body + FOOT + KEY + HEAD, verdict_rates)
    shown = calibration[calibration["id"].isin([row.name for row in rows])]
    return style.Drawing(
        figure,
        _alt(rows, sizes, powers, verdict_rates),
        _caption(study, sources, rows, shown, verdict_rates),
        n=f"{parts.span(shown['n'], 'periods a design')}, {parts.span(shown['draws'], 'series a rate')}",
        model=parts.STEPS,
    )


def _size_frame(axes, body: float, estimand: str) -> None:
    """Give a column of sizes its axis: per cent, spread by the square root since what matters lies near five."""
    axes.set_xscale("function", functions=(lambda x: abs(x) ** 0.5, lambda x: x**2))
    axes.set_xlim(0, 100)
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(SIZE_TICKS, [str(tick) for tick in SIZE_TICKS])
    # The next column's 0 would stand so close that the two read as 1000.
    axes.get_xticklabels()[-1].set_horizontalalignment("right")
    axes.minorticks_off()
    axes.axvline(LEVEL, color=style.INK, linewidth=style.THIN, linestyle=(0, (1, 2)), zorder=1)
    axes.text(0, 1 + 4.2 / body, "Rejected, per cent", transform=axes.transAxes, weight="bold", va="bottom")
    axes.text(0, 1 + 1.0 / body, ESTIMANDS[estimand], transform=axes.transAxes, fontsize=style.SMALL, va="bottom")
    axes.set_xlabel("no step at any juncture, per cent", fontsize=style.SMALL)


def _sizes(axes, y: float, own: pd.DataFrame, row: Row) -> None:
    """Draw a row: the size under its own errors with its interval, small markers for what the procedure does not
    assume."""
    axes.axhline(y + ROW / 2, color=style.FAINT, linewidth=style.THIN, zorder=0)
    for lane, truths in ((-LANE, ERRORS), (LANE, COURSES)):
        for truth, (marker, colour) in truths.items():
            if (row.name, truth) in own.index:
                rate = own.loc[(row.name, truth), "rate"]
                _small(axes, rate, y + lane, marker, colour)
    if (row.name, OWN) in own.index:
        rate, error = own.loc[(row.name, OWN)]
        _own(axes, rate, y, max(rate - Z * error, 0), min(rate + Z * error, 100))


def _small(axes, x: float, y: float, marker: str, colour: str, size: float = 2.2) -> None:
    axes.plot([x], [y], marker=marker, markersize=size, color=colour, markeredgewidth=0, clip_on=False, zorder=3)


def _own(axes, x: float, y: float, low: float, high: float) -> None:
    axes.plot([low, high], [y, y], color=style.BLACK, linewidth=0.9, solid_capstyle="butt", zorder=4)
    axes.plot(
        [x],
        [y],
        marker="o",
        markersize=2.8,
        markerfacecolor="white",
        markeredgecolor=style.BLACK,
        markeredgewidth=0.8,
        zorder=5,
    )


def _names(axes, heights: Mapping[Row, float], counts: pd.Series) -> None:
    """Write names, heads and numbers of periods to the left of the first column."""
    holder = style.place(axes.figure, LEFT, TOP, N, axes.get_ylim()[0])
    holder.set_axis_off()
    holder.set_ylim(axes.get_ylim())
    row_labels(holder, heights)
    looks = dict(transform=holder.get_yaxis_transform(), fontsize=style.EDGE, va="center", ha="right")
    for row, y in heights.items():
        holder.text(0.8, y, str(int(counts[row.name])), color=style.INK, **looks)
    holder.text(0.8, -2.4, "n", style="italic", color=style.INK, **looks)


def _power_columns(figure, heights: Mapping[Row, float], body: float, powers: pd.DataFrame) -> None:
    """Draw a narrow column a planted effect: a bar from zero for the step, a tick for the mean step."""
    start = LEFT + N + 2 * (COLUMN + GAP) + APART
    for number, effect in enumerate(sorted(powers["effect"].unique())):
        axes = style.place(figure, start + number * (BARS + BETWEEN), TOP, BARS, body)
        axes.set_xlim(0, 100)
        axes.set_ylim(body, 0)
        axes.set_yticks([])
        axes.set_xticks([0, 100], ["0", "100"] if number == 0 else ["", ""])
        axes.axvline(ENOUGH, color=style.INK, linewidth=style.THIN, linestyle=(0, (1, 2)), zorder=3)
        here = powers[powers["effect"] == effect].set_index(["id", "estimand"])["rate"]
        for row, y in heights.items():
            axes.axhline(y + ROW / 2, color=style.FAINT, linewidth=style.THIN, zorder=0)
            if (row.name, "step") in here.index:
                axes.barh(y, here[row.name, "step"], height=1.9, color=style.SKY, linewidth=0, zorder=2)
            if (row.name, "mean_step") in here.index:
                x = here[row.name, "mean_step"]
                axes.plot([x, x], [y - 1.3, y + 1.3], color=style.BLACK, linewidth=1.0, zorder=4, clip_on=False)
        axes.text(0.5, 1 + 1.0 / body, f"{effect:g} sd", transform=axes.transAxes, fontsize=style.SMALL, ha="center",
                  va="bottom")  # fmt: skip
        if number == 0:
            axes.text(0, 1 + 4.2 / body, "Found, per cent", transform=axes.transAxes, weight="bold", va="bottom")


def _blank(figure, top: float, height: float):
    """Return axes without any frame over the whole width, in millimetres from their upper left corner."""
    axes = style.place(figure, 0, top, style.WIDTH / style.MM, height)
    axes.set_axis_off()
    axes.set_xlim(0, style.WIDTH / style.MM)
    axes.set_ylim(height, 0)
    return axes


def _key(figure, top: float) -> None:
    """Name own errors, each misspecified truth and the marks of power once, under the columns."""
    axes = _blank(figure, top, KEY)
    wide, line = 61.0, 2.7
    _own(axes, 3, 1.5, 1.2, 4.8)
    axes.text(6.5, 1.5, f"{WORDS[OWN]}, 95 % interval", fontsize=style.EDGE, va="center")
    axes.barh(1.5, 4, left=wide + 1, height=1.9, color=style.SKY, linewidth=0)
    axes.text(wide + 6.5, 1.5, "power of the step, smallest over junctures", fontsize=style.EDGE, va="center")
    axes.plot([2 * wide + 3] * 2, [0.3, 2.7], color=style.BLACK, linewidth=1.0)
    axes.text(2 * wide + 6.5, 1.5, f"power of the mean step; dotted: {ENOUGH:g}", fontsize=style.EDGE, va="center")
    for number, (truth, (marker, colour)) in enumerate(LOOKS.items()):
        x, y = wide * (number % 3) + 3, 1.5 + line * (1 + number // 3)
        _small(axes, x, y, marker, colour, 3.0)
        axes.text(x + 3.5, y, WORDS[truth], fontsize=style.EDGE, va="center")


def places_of(rates: pd.DataFrame) -> dict[str, float]:
    """Return claim -> distance from the tick of its effect, in planted sd: the kinds side by side, as in the key."""
    kinds = list(KINDS)
    own = rates.loc[rates["claim"] != ANY, ["claim", "kind"]].drop_duplicates()
    order = sorted(own.itertuples(index=False), key=lambda each: kinds.index(each.kind))
    return {each.claim: (i + 0.5) / len(order) * 0.76 - 0.38 for i, each in enumerate(order)}


def _rules(figure, top: float, rates: pd.DataFrame) -> None:
    """Draw the shares of supported, open and wrong verdicts by planted effect, a point a claim, and their key."""
    places = places_of(rates)
    for number, (column, title) in enumerate(SHARES.items()):
        axes = style.place(figure, 12 + number * 59, top, 49, RULES)
        for kind, (marker, colour) in KINDS.items():
            own = rates[(rates["claim"] != ANY) & (rates["kind"] == kind)]
            x = own["effect"] + own["claim"].map(places)
            axes.plot(x, 100 * own[column], linestyle="None", marker=marker, markersize=2.4, color=colour,
                      markeredgewidth=0, clip_on=False, zorder=3)  # fmt: skip
        whole = rates[rates["claim"] == ANY]
        if column == "wrong":
            axes.hlines(100 * whole[column], whole["effect"] - 0.42, whole["effect"] + 0.42, color=style.GREY,
                        linewidth=1.0, zorder=2)  # fmt: skip
        axes.set_xlim(-0.5, max(rates["effect"]) + 0.5)
        axes.set_xticks(sorted(rates["effect"].unique()))
        axes.set_ylim(0, max(10.0, 108 * float(rates[column].max())) if column == "wrong" else 100)
        axes.set_xlabel("planted effect (0: none)", fontsize=style.SMALL)
        axes.set_title(title, pad=4)
    _key_of_rules(figure, top + RULES + FOOT, set(rates["kind"]))


def _key_of_rules(figure, top: float, kinds: Collection[str]) -> None:
    """Name the kinds of claims that there are, and the line over all claims, under the rates of verdicts."""
    axes = _blank(figure, top, KINDS_KEY)
    y, apart = KINDS_KEY / 2, 26.0
    shown = [kind for kind in KINDS if kind in kinds]
    for number, kind in enumerate(shown):
        _small(axes, 3 + apart * number, y, *KINDS[kind], 3.0)
        axes.text(5 + apart * number, y, f"kind {kind.replace('_', ' ')}", fontsize=style.SMALL, va="center")
    x = 1.0 + apart * len(shown)
    axes.plot([x, x + 4], [y, y], color=style.GREY, linewidth=1.0)
    axes.text(x + 5, y, "at least one wrong verdict", fontsize=style.SMALL, va="center")


def _alt(rows: Sequence[Row], sizes: pd.DataFrame, powers: pd.DataFrame, rates: pd.DataFrame) -> str:
    """Return in words what the figure shows: ranges of size, of power, and of the rates of verdicts."""
    names = [row.name for row in rows]
    told = []
    for estimand, words in ESTIMANDS.items():
        here = sizes[(sizes["estimand"] == estimand) & sizes["id"].isin(names)]
        own = here.loc[here["truth"] == OWN, "rate"]
        others = here[here["truth"] != OWN].groupby("truth")["rate"].max()
        told.append(
            f"Size of the {words}: {own.min():.1f} to {own.max():.1f} per cent under own errors; most under another "
            "truth: " + "; ".join(f"{WORDS[truth]} {others[truth]:.0f}" for truth in LOOKS if truth in others)
        )
    for effect, here in powers[(powers["estimand"] == "step") & powers["id"].isin(names)].groupby("effect"):
        told.append(
            f"Power of the step at {effect:g} sd: {here['rate'].min():.0f} to {here['rate'].max():.0f} per cent"
        )
    for effect, here in rates[rates["claim"] != ANY].groupby("effect"):
        told.append(
            f"Planted effect {effect:g}: a claim is supported in {100 * here['supported'].min():.0f} to "
            f"{100 * here['supported'].max():.0f} per cent of studies, cannot be told in "
            f"{100 * here['cannot_tell'].min():.0f} to {100 * here['cannot_tell'].max():.0f}, and is judged wrongly in "
            f"at most {100 * here['wrong'].max():.1f}"
        )
    return (
        f"Rows, one an index or indicator ({len(rows)}), with columns of rates of rejection without a step and of "
        f"power; below, rates of verdicts by planted effect. {'. '.join(told)}."
    )


def _caption(study: Mapping, sources: Mapping, rows: Sequence[Row], shown: pd.DataFrame, rates: pd.DataFrame) -> str:
    truths = [truth for truth in TRUTHS if truth != OWN and truth in set(shown["truth"])]
    by_truth = shown.groupby("truth")["draws"].agg(["min", "max"])
    draws = f"{parts.span(shown['draws'], 'simulated series a rate')}" if len(by_truth) else ""
    members = [m for row in rows for m in (study["pools"].get(row.name) or {"members": [row.name]})["members"]]
    rules = (
        f"Below: {int(rates['studies'].max())} simulated studies a planted effect, judged by the functions that judge "
        "the real one; a point a claim tested by a model, side by side within an effect. Planted effects are rises of "
        "that many residual sd at every juncture, for slopes and leads of that many smallest effects. Wrong: without "
        "an effect supported, mixed or contradicted; with one contradicted, or ruled out where it is at least the "
        "smallest of interest; of a claimed fall, then supported or mixed. A claim on a series with a coverage flag is "
        "never supported. Wrong has a vertical axis of its own. "
        if (rates["claim"] != ANY).any()
        else ""
    )
    return (
        "Rates at a level of 5 % (dotted) on series simulated with each design's own points and estimated "
        f"persistence and noise. {parts.MODELS}; {parts.span(shown['n'], 'periods a design')} (n); {draws}. Left and "
        "middle: rejections of no step, on an axis spread by the square root; above the middle of a row, errors that "
        "the procedure does not assume, below it courses without a step at a juncture, where a rejection is of "
        f"something else: {listed([WORDS[truth] for truth in truths], 'and')}. Right: a step of 1 to 4 residual sd "
        f"found with its sign, bars from 0 to 100. A monthly sd is not a yearly one. {rules}"
        "Rows of another indicator are left out. No control: the series are simulated, and the data give only "
        f"the designs. {parts.source_line(sources, [study['indicators'][m]['table'] for m in members])}"
    )
