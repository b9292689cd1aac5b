"""Deliveries and orders of arms: yearly deliveries by vintage of the source, orders by year of order, and what links
the two."""

from collections.abc import Mapping

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_choice import DELIVERIES, ORDERS

DELIVERED = (2016, 2019)  # the delivery years whose orders are traced


def shares_by_order_year(orders: pd.DataFrame, where: Mapping, vintage: str) -> pd.Series:
    """Return order year -> share of the value delivered in DELIVERED that was ordered in it.

    `orders` is the raw table (text cells) with vintage, order_year, delivery_year, tiv_million.
    """
    chosen = orders[(orders["vintage"] == vintage) & orders["delivery_year"].astype(int).between(*DELIVERED)]
    for column, value in where.items():
        chosen = chosen[chosen[column].isin([value] if isinstance(value, str) else value)]
    sums = chosen["tiv_million"].astype(float).groupby(chosen["order_year"].astype(int)).sum()
    return sums / sums.sum()


@style.themed
def deliveries_and_orders(
    study: Mapping, sources: Mapping, series: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> style.Drawing:
    """Return deliveries by vintage above, orders by order year, and the shares of recent deliveries by order year
    below."""
    entries = study["indicators"]
    orders = entries[ORDERS]
    vintage = parts.main_vintage(orders)
    shares = shares_by_order_year(tables[orders["table"]], orders["where"], vintage)
    figure = style.new_figure(style.WIDTH, 118 * style.MM)
    top = style.place(figure, 14, 11, 166, 34)
    _vintages(top, study, series[DELIVERIES], entries[DELIVERIES], names=True)
    middle = style.place(figure, 14, 54, 166, 29)
    _vintages(middle, study, series[ORDERS], orders, names=False)
    bottom = style.place(figure, 14, 91, 166, 19)
    first, last = parts.years_shown(study)
    parts.years_axis(bottom, first, last)
    parts.mark_junctures(bottom, study, parts.boundaries(study, orders, "year"))
    bottom.bar(shares.index, shares * 100, width=0.7, color=style.SKY, linewidth=0, zorder=2)
    for year, share in shares.items():
        if first <= year <= last:
            bottom.text(year, share * 100 + 1.5, _per_cent(share), ha="center", va="bottom", fontsize=style.SMALL)
    bottom.set_ylim(0, max(10.0, float(shares.max()) * 118))
    bottom.set_ylabel("per cent", fontsize=style.SMALL)
    bottom.set_title(f"Deliveries of {DELIVERED[0]}-{DELIVERED[1] % 100} by year of order", pad=3)
    told = ", ".join(f"{_per_cent(share)} per cent ordered in {year}" for year, share in shares.items())
    alt = (
        "Three panels over the years. Above: Russian arms deliveries to China, one marker a vintage of the source. "
        "Middle: orders by year of "
        f"order. Below: of the value delivered in {DELIVERED[0]}-{DELIVERED[1]}, {told}."
    )
    drawn = [
        parts.main_points(series[name], "year", each)["period"].astype(int).between(first, last).sum()
        for name in (DELIVERIES, ORDERS)
        for each in series[name]["vintage"].unique()
    ]
    n = parts.span(drawn, "years a vintage")
    return style.Drawing(figure, alt, _caption(study, sources, vintage), n=n, model="none")


def _per_cent(share: float) -> str:
    """Return a share as whole per cents, or that it is less than one."""
    return "<1" if share < 0.005 else f"{share * 100:.0f}"


def _vintages(axes, study: Mapping, series: pd.DataFrame, entry: Mapping, names: bool) -> None:
    """Draw one indicator's observations, a marker a vintage, the main one filled and on top, with its key above the
    panel."""
    first, last = parts.years_shown(study)
    parts.years_axis(axes, first, last, labels=False)
    parts.shade_events(axes, study)
    edges = parts.boundaries(study, entry, "year")
    parts.mark_junctures(axes, study, edges)
    main = parts.main_vintage(entry)
    order = [main, *sorted(v for v in series["vintage"].unique() if v != main)]
    highest, lift = 0.0, 7.6 if names else 2.4
    width, height = (axes.get_position().size * axes.figure.get_size_inches()) / style.MM
    axes.text(0, 1 + lift / height, entry["label"], transform=axes.transAxes, weight="bold", va="center")
    for number, vintage in enumerate(order):
        points = parts.main_points(series, "year", vintage)
        points = points[points["period"].astype(int).between(first, last)]
        highest = max(highest, float(points["raw"].max()))
        look = _look(number)
        axes.plot(points["period"].astype(int), points["raw"], linestyle="none", clip_on=False, **look)
        x, y = (70 + 24 * number) / width, 1 + lift / height
        axes.plot([x], [y], transform=axes.transAxes, clip_on=False, **look)
        axes.text(
            x + 1.6 / width,
            y,
            vintage + (" (main)" if number == 0 else ""),
            transform=axes.transAxes,
            fontsize=style.SMALL,
            va="center",
        )
    axes.set_ylim(0, highest * 1.1)
    axes.set_ylabel("million SIPRI TIV", fontsize=style.SMALL)
    if names:
        parts.name_junctures(axes, study, edges)


def _look(number: int) -> dict:
    """Return marker, size and colours of the numbered vintage; the first is filled and drawn on top."""
    colour = style.SERIES_COLOURS[number % len(style.SERIES_COLOURS)]
    return {
        "marker": style.SERIES_MARKERS[number % len(style.SERIES_MARKERS)],
        "markersize": 3.4 if number == 0 else 4.6,
        "markerfacecolor": colour if number == 0 else "none",
        "markeredgecolor": colour,
        "markeredgewidth": 0.7,
        "zorder": 6 if number == 0 else 4,
    }


def _caption(study: Mapping, sources: Mapping, vintage: str) -> str:
    entries = study["indicators"]
    flag = entries[ORDERS].get("coverage_flag") or ""
    return (
        "No model is drawn here. Dots: observations of each vintage of the source, never added up across vintages; "
        "verticals: first treated "
        "year; triangles: the day; grey bars: the 2008-09 crisis and the pandemic. Deliveries have Russian "
        "deliveries to India as control in the "
        f"tests, not here. Orders are flagged: {flag} Below: of the value delivered in "
        f"{DELIVERED[0]}-{DELIVERED[1]}, the share ordered in each "
        f"year (vintage {vintage}). {parts.source_line(sources, [entries[DELIVERIES]['table']])}"
    )
