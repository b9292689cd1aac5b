"""Would the data have chosen these dates? Where the best sets of dates lie, and how well the real ones fit among
all."""

from collections.abc import Mapping

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.study.periods import PER_YEAR, frequency_of

HEIGHT, GAP, TOP, BOTTOM = 24.0, 12.0, 7.0, 10.0  # millimetres


@style.themed
def dates_chosen(
    study: Mapping, sources: Mapping, dates: pd.DataFrame, dates_years: pd.DataFrame, dates_ratios: pd.DataFrame
) -> style.Drawing:
    """Return two columns, a row a pool or ranked series: share of the best sets by year, and the fit of all sets of
    dates."""
    names = [name for name in (*study["pools"], *study["indicators"]) if name in set(dates["id"])]
    figure = style.new_figure(style.WIDTH, (TOP + len(names) * (HEIGHT + GAP) - GAP + BOTTOM) * style.MM)
    told = []
    for index, name in enumerate(names):
        block = study["pools"].get(name) or study["indicators"][name]
        entry = None if name in study["pools"] else block
        top = TOP + index * (HEIGHT + GAP)
        bottom = index == len(names) - 1
        left = style.place(figure, 13, top, 89, HEIGHT)
        years = dates_years[dates_years["id"] == name]
        _years(left, study, parts.boundaries(study, entry, block["frequency"]), years, index == 0, bottom)
        left.set_title(block["label"], pad=9 if index == 0 else 3)
        right = style.place(figure, 115, top, 65, HEIGHT)
        rank = dates[dates["id"] == name].iloc[0]
        _ratios(right, dates_ratios[dates_ratios["id"] == name], rank, bottom)
        told.append(
            f"{block['label']}: rank {int(rank['rank'])} of {int(rank['n_sets'])}, p {style.probability(rank['p'])}"
        )
    alt = (
        "Two columns. Left: for each year the share of the best twentieth of date sets that hold it, against the "
        "share by chance. "
        f"Right: histogram of the fit of all admissible date sets, with the article's dates marked. {'. '.join(told)}."
    )
    n = parts.span(dates.loc[dates["id"].isin(names), "n_sets"], "sets of dates a row")
    model = "trend, season and three steps after whitening with AR(1) errors; the rank calibrated by simulation"
    return style.Drawing(figure, alt, _caption(study, sources, names), n=n, model=model)


def _years(axes, study: Mapping, edges: Mapping[str, float], years: pd.DataFrame, named: bool, bottom: bool) -> None:
    """Draw the share of the best sets by year as bars from zero, the chance share dashed, verticals at the real
    dates."""
    first, last = parts.years_shown(study)
    parts.years_axis(axes, first, last)
    frequency = frequency_of(years["period"].iloc[0])
    per_year = min(PER_YEAR[frequency], 4)  # monthly series have the starts of quarters as candidates
    centres = [parts.boundary(period) + 0.5 / per_year for period in years["period"]]
    axes.bar(
        centres,
        years["share"] * 100,
        width=0.8 / per_year,
        color=style.SKY,
        edgecolor=style.BLUE,
        linewidth=0,
        zorder=2,
    )
    axes.plot(centres, years["chance"] * 100, color=style.INK, linewidth=0.8, linestyle=(0, (3, 1.5)), zorder=3)
    axes.set_ylim(0, max(float((years[["share", "chance"]] * 100).max().max()) * 1.15, 1))
    lines = {key: edge + 0.5 / per_year for key, edge in edges.items()}
    for x in lines.values():
        axes.axvline(x, color=style.VERMILION, linewidth=0.8, zorder=1)
    if named:
        parts.name_junctures(axes, study, lines, style.VERMILION)
        axes.text(
            centres[0] - 0.6 / per_year,
            float(years["chance"].iloc[0]) * 100,
            "by chance",
            fontsize=style.EDGE,
            ha="right",
            va="center",
        )
    axes.set_ylabel("per cent of the\nbest sets", fontsize=style.SMALL)
    if bottom:
        axes.set_xlabel("date in the set", fontsize=style.SMALL)


def _ratios(axes, ratios: pd.DataFrame, rank: Mapping, bottom: bool) -> None:
    """Draw the histogram of residual sums of squares over that of the trend alone, and the real set as one labelled
    line."""
    axes.bar(
        ratios["lower"],
        ratios["count"],
        width=ratios["upper"] - ratios["lower"],
        align="edge",
        color=style.PALE,
        edgecolor="white",
        linewidth=style.THIN,
    )
    top = float(ratios["count"].max())
    axes.set_ylim(0, top * 1.35)
    low, high = float(ratios["lower"].min()), float(ratios["upper"].max())
    axes.set_xlim(min(low, rank["real_ratio"]) - 0.03 * (high - low), high + 0.01 * (high - low))
    axes.plot([rank["real_ratio"]] * 2, [0, top * 1.1], color=style.VERMILION, linewidth=1.0)
    p = style.probability(rank["p"])
    words = f"the article's dates: rank {int(rank['rank']):,} of {int(rank['n_sets']):,}, calibrated p {p}"
    middle = (rank["real_ratio"] - axes.get_xlim()[0]) / (axes.get_xlim()[1] - axes.get_xlim()[0])
    axes.text(
        0.02 if middle < 0.5 else 1.0,
        1.0,
        words,
        transform=axes.transAxes,
        ha="left" if middle < 0.5 else "right",
        va="top",
        fontsize=style.SMALL,
        color=style.VERMILION,
    )
    axes.set_ylabel("sets of dates", fontsize=style.SMALL)
    axes.yaxis.get_major_locator().set_params(nbins=4, integer=True)
    if bottom:
        axes.set_xlabel("residual sum of squares over that of the trend alone", fontsize=style.SMALL)


def _caption(study: Mapping, sources: Mapping, names: list[str]) -> str:
    draws = study["study"]["simulations"]["date_rank"]
    members = [m for name in names for m in (study["pools"].get(name) or {"members": [name]})["members"]]
    tables = [study["indicators"][m]["table"] for m in members]
    spans = [
        f"{pool['label']}: {parts.YEARLY[pool['frequency']]}, {pool['window']['start']} to {pool['window']['end']}, "
        + ("each member against the median of other partners" if pool.get("against_controls") else "no control")
        for name, pool in study["pools"].items()
        if name in names
    ]
    return (
        "Every admissible set of three dates, ranked by the residual sum of squares of trend, season and three "
        "steps after whitening "
        f"with AR(1) errors. The rank is calibrated in {draws:,} series simulated under trend and AR(1) errors. "
        "Left: in how many of the best 5 % of "
        "sets a date occurs; dashed, the same under the simulated null; verticals, the first treated periods. "
        "Neighbouring sets overlap, "
        "so bars beside a high one are high too. A smooth rise without any step ranks as high in 5 to 13 of 100 "
        "simulated series. "
        f"{'; '.join(spans)}. {parts.source_line(sources, tables)}"
    )
