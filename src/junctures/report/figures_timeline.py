"""Timeline of events by dimension over the junctures: every dated event of the counted indicators, from its raw row."""

from collections.abc import Mapping

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style

LEFT, RIGHT, TOP, BOTTOM = 40.0, 3.0, 8.0, 9.0  # millimetres
DOT, LANE = 1.25, 2.3  # millimetres: diameter of an event with its air, height of a line of labels
PRECISION = {4: "year", 7: "month", 10: "day"}


def counted_indicators(study: Mapping) -> list[str]:
    """Return the indicators whose events are shown: the first that counts rows of each raw table, by dimension."""
    seen, chosen = set(), []
    dimensions = list(study["dimensions"])
    for name, entry in sorted(study["indicators"].items(), key=lambda item: dimensions.index(item[1]["dimension"])):
        if entry["measure"]["kind"] in ("count", "distinct") and not entry.get("row_of") and entry["table"] not in seen:
            seen.add(entry["table"])
            chosen.append(name)
    return chosen


def events_table(
    study: Mapping, sources: Mapping, rows: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return one row an event: date (as exact as the source), precision, indicator, dimension, label (blank: unlabelled).

    `rows` holds processed/series/<id>_rows.csv, which names the raw rows behind each period; `tables` the raw tables with
    `_row`, the line in the file. The coarsest frequency of an indicator is taken, since a date known by year alone counts there.
    """
    found = []
    for name in counted_indicators(study):
        entry = study["indicators"][name]
        source, short = entry["table"].split("/")
        raw = tables[entry["table"]].set_index("_row")
        time = sources[source]["tables"][short]["time"]
        own = rows[name]
        coarsest = next((f for f in ("year", "quarter", "month") if f in set(own["frequency"])), None)
        own = own[(own["frequency"] == coarsest) & (own["vintage"] == parts.main_vintage(entry))]
        lines = [int(line) for cell in own["rows"] for line in str(cell).split()]
        for line in lines:
            date = raw.loc[line, time]
            found.append({"date": date, "precision": PRECISION[len(date)], "indicator": name, "dimension": entry["dimension"],
                          "label": event_label(raw.loc[line])})
    table = pd.DataFrame(found, columns=["date", "precision", "indicator", "dimension", "label"])
    return table.sort_values(["indicator", "date"], kind="stable", ignore_index=True)


def event_label(row: Mapping) -> str:
    """Return the name by which an event is labelled: exercises that are a first of their kind, and projects; else blank."""
    if row.get("first_of_kind"):
        return str(row["name"]).split(" (")[0]
    if row.get("project_id"):
        return str(row["project_id"]).replace("_", " ").removesuffix(" 2014")
    return ""


def at(date: str) -> float:
    """Return where an event dated by day, month or year is drawn: the middle of what is known."""
    return parts.day(date) if len(date) == 10 else parts.position(date)


def stack(places: list[float], width: float) -> list[int]:
    """Return for each place, in rising order, the lowest level on which it keeps `width` from all before it."""
    ends: list[float] = []
    levels = []
    for place in places:
        level = next((i for i, end in enumerate(ends) if place - end >= width - 1e-9), len(ends))
        ends[level:level + 1] = [place]
        levels.append(level)
    return levels


@style.themed
def timeline(
    study: Mapping, sources: Mapping, rows: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> style.Drawing:
    """Return every event of the counted indicators at its date, a row an indicator, over the three junctures."""
    events = events_table(study, sources, rows, tables)
    first, last = parts.years_shown(study)
    events = events[events["date"].str[:4].astype(int).between(first, last)]
    names = [name for name in counted_indicators(study) if name in set(events["indicator"])]
    scale = (style.WIDTH / style.MM - LEFT - RIGHT) / (last - first + 1.2)  # millimetres a year
    plans = {name: _plan(events[events["indicator"] == name], scale, last) for name in names}
    heights = {name: 3.5 + DOT * plan["levels"] + LANE * plan["lanes"] for name, plan in plans.items()}
    body = sum(heights.values())
    figure = style.new_figure(style.WIDTH, (TOP + body + BOTTOM) * style.MM)
    axes = style.place(figure, LEFT, TOP, style.WIDTH / style.MM - LEFT - RIGHT, body)
    parts.years_axis(axes, first, last)
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    parts.shade_events(axes, study)
    _junctures(axes, study)
    bottom, told = 0.0, []
    for name in names:
        bottom += heights[name]
        _draw_row(axes, plans[name], bottom - 1.6)
        count = len(plans[name]["events"])
        _row_label(axes, study["indicators"][name], study, bottom - 1.6, count)
        told.append(f"{study['indicators'][name]['label']}: {count} events")
    alt = f"Timeline {first}-{last} with one dot an event and a row a kind of event; the three junctures are verticals. {'; '.join(told)}."
    return style.Drawing(figure, alt, _caption(study, sources, names))


def _plan(events: pd.DataFrame, scale: float, last: int) -> dict:
    """Return the events of a row with level of dot, and a lane for each label so that none overlap."""
    events = events.assign(x=[at(date) for date in events["date"]]).sort_values("x", kind="stable")
    events["level"] = stack(list(events["x"]), DOT / scale)
    labelled = events[events["label"] != ""].drop_duplicates("label")
    ends: list[float] = []
    lanes = []
    for event in labelled.to_dict("records"):
        width = (0.62 * style.EDGE * len(event["label"]) * 25.4 / 72 + 1.2) / scale
        left = min(event["x"], last + 0.6 - width)
        lane = next((i for i, end in enumerate(ends) if left >= end), len(ends))
        ends[lane:lane + 1] = [left + width]
        lanes.append((event["x"], event["level"], left, lane, event["label"]))
    return {"events": events, "labels": lanes, "levels": int(events["level"].max()) + 1, "lanes": len(ends)}


def _draw_row(axes, plan: Mapping, base: float) -> None:
    """Draw one row: dots stacked upward from the base, hollow where only the year is known, and labels with leaders above."""
    events = plan["events"]
    exact = events["precision"] != "year"
    for chosen, face in ((exact, style.INK), (~exact, "white")):
        axes.plot(events["x"][chosen], base - DOT * (events["level"][chosen] + 0.5), linestyle="none", marker="o", markersize=2.6,
                  markerfacecolor=face, markeredgecolor=style.INK, markeredgewidth=style.THIN, zorder=4)
    axes.axhline(base, color=style.PALE, linewidth=style.THIN, zorder=1)
    above = base - DOT * plan["levels"] - 0.6
    for x, level, left, lane, label in plan["labels"]:
        y = above - LANE * lane
        axes.plot([x, x], [base - DOT * (level + 1), y], color=style.GREY, linewidth=style.THIN, zorder=2)
        axes.text(max(left, x) if left >= x else left, y, " " + label, fontsize=style.EDGE, va="bottom", ha="left", zorder=5)


def _row_label(axes, entry: Mapping, study: Mapping, base: float, count: int) -> None:
    width = axes.get_position().width * axes.figure.get_size_inches()[0] / style.MM
    axes.text(-(LEFT - 1.5) / width, base - 2.9, entry["label"], transform=axes.get_yaxis_transform(), fontsize=style.SMALL, va="bottom",
              weight="bold")
    axes.text(-(LEFT - 1.5) / width, base - 2.5, f"{study['dimensions'][entry['dimension']]}, {count}", transform=axes.get_yaxis_transform(),
              fontsize=style.EDGE, va="top", color=style.INK)


def _junctures(axes, study: Mapping) -> None:
    """Draw each juncture at its day over all rows and name it above."""
    for number, juncture in enumerate(study["junctures"]):
        x = parts.day(juncture["date"])
        axes.axvline(x, color=style.VERMILION, linewidth=0.8, zorder=1.5)
        side = ("right", "left", "left")[min(number, 2)]
        lift = 1.01 + (0.022 if number == 1 else 0)
        axes.text(x, lift, juncture["label"], transform=axes.get_xaxis_transform(), ha=side, va="bottom", fontsize=style.SMALL,
                  color=style.VERMILION)


def _caption(study: Mapping, sources: Mapping, names: list[str]) -> str:
    tables = [study["indicators"][name]["table"] for name in names]
    return (
        "Every event behind the counted indicators, one dot each, at its date; hollow where only the year is known, events close in time "
        "stacked. Labelled: exercises that were a first of their kind, and arms projects. Verticals: the days of the junctures. Grey bars: "
        "the 2008-09 crisis and the pandemic. Rows that rest on the article alone are left out. No model and no control: the picture shows "
        f"what was counted. {parts.source_line(sources, tables)}"
    )
