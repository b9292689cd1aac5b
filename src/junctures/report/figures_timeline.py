"""Timeline of events by dimension over the junctures: every dated event of the counted indicators, from its raw row."""

import math
from collections.abc import Mapping

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_choice import counted_indicators

LEFT, RIGHT, TOP, BOTTOM = 46.0, 11.0, 7.0, 6.0  # millimetres
DOT, APART = 1.25, 2.9  # millimetres: diameter of an event with its air, distance between slanted labels
SLANT = 50  # degrees
LETTER = 0.6  # mean width of a letter of DejaVu Sans in units of its size
PRECISION = {4: "year", 7: "month", 10: "day"}


def events_table(
    study: Mapping, sources: Mapping, rows: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return one row an event: date (as exact as the source), precision, indicator, dimension, label (blank:
    unlabelled).

    `rows` holds processed/series/<id>_rows.csv, which names the raw rows behind each period; `tables` the raw tables
    with `_row`, the line in the file.
    """
    found = []
    for name in counted_indicators(study):
        entry = study["indicators"][name]
        source, short = entry["table"].split("/")
        time = sources[source]["tables"][short]["time"]
        for row in parts.counted_rows(rows[name], entry, tables[entry["table"]]).to_dict("records"):
            date = row[time]
            found.append(
                {
                    "date": date,
                    "precision": PRECISION[len(date)],
                    "indicator": name,
                    "dimension": entry["dimension"],
                    "label": event_label(row),
                }
            )
    table = pd.DataFrame(found, columns=["date", "precision", "indicator", "dimension", "label"])
    return table.sort_values(["indicator", "date"], kind="stable", ignore_index=True)


def event_label(row: Mapping) -> str:
    """Return the name by which an event is labelled: exercises that are a first of their kind, and projects; else
    blank."""
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
        ends[level : level + 1] = [place]
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
    plans = {name: _plan(events[events["indicator"] == name], scale) for name in names}
    heights = {name: 4.5 + DOT * plan["levels"] + plan["words"] for name, plan in plans.items()}
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
    alt = (
        f"Timeline {first}-{last} with one dot an event and a row a kind of event; the junctures are verticals. "
        f"{'; '.join(told)}."
    )
    n = parts.span((len(plans[name]["events"]) for name in names), "events a row")
    return style.Drawing(figure, alt, _caption(study, sources, names), n=n, model="none")


def _plan(events: pd.DataFrame, scale: float) -> dict:
    """Return the events of a row with level of dot, the place of each label, and the height that labels take in
    millimetres."""
    events = events.assign(x=[at(date) for date in events["date"]]).sort_values("x", kind="stable")
    events["level"] = stack(list(events["x"]), DOT / scale)
    labelled = events[events["label"] != ""].drop_duplicates("label")
    places = spread(list(labelled["x"]), APART / scale)
    longest = max((len(label) for label in labelled["label"]), default=0)
    words = LETTER * style.EDGE * longest * math.sin(math.radians(SLANT)) * style.MM_PER_POINT + (4 if longest else 0)
    labels = list(zip(labelled["x"], labelled["level"], places, labelled["label"], strict=True))
    return {"events": events, "labels": labels, "levels": int(events["level"].max()) + 1, "words": words}


def spread(places: list[float], apart: float) -> list[float]:
    """Return places, in rising order, moved as little as they must be for neighbours to lie `apart`: runs are
    centred."""
    runs: list[list[float]] = []  # (sum of places less their rank, number) of each run, merged from the left
    for place in places:
        runs.append([place, 1])
        while len(runs) > 1 and _start(runs[-1], apart) < _start(runs[-2], apart) + runs[-2][1] * apart:
            total, number = runs.pop()
            runs[-1] = [runs[-1][0] + total, runs[-1][1] + number]
    return [_start(run, apart) + i * apart for run in runs for i in range(int(run[1]))]


def _start(run: list[float], apart: float) -> float:
    """Return where a run of labels begins so that its middle lies over the mean of its places."""
    return run[0] / run[1] - apart * (run[1] - 1) / 2


def _draw_row(axes, plan: Mapping, base: float) -> None:
    """Draw one row: dots stacked upward from the base, hollow where only the year is known, and slanted labels
    above."""
    events = plan["events"]
    exact = events["precision"] != "year"
    for chosen, face in ((exact, style.INK), (~exact, "white")):
        axes.plot(
            events["x"][chosen],
            base - DOT * (events["level"][chosen] + 0.5),
            linestyle="none",
            marker="o",
            markersize=2.6,
            markerfacecolor=face,
            markeredgecolor=style.INK,
            markeredgewidth=style.THIN,
            zorder=4,
        )
    axes.axhline(base, color=style.PALE, linewidth=style.THIN, zorder=1)
    top = base - DOT * plan["levels"] - 0.4
    for x, level, place, label in plan["labels"]:
        axes.plot(
            [x, x, place], [base - DOT * (level + 1), top, top - 2.2], color=style.GREY, linewidth=style.THIN, zorder=2
        )
        axes.text(
            place,
            top - 2.5,
            label,
            fontsize=style.EDGE,
            va="baseline",
            ha="left",
            rotation=SLANT,
            rotation_mode="anchor",
            zorder=5,
        )


def _row_label(axes, entry: Mapping, study: Mapping, base: float, count: int) -> None:
    width = axes.get_position().width * axes.figure.get_size_inches()[0] / style.MM
    axes.text(
        -(LEFT - 1.5) / width,
        base - 2.9,
        entry["label"],
        transform=axes.get_yaxis_transform(),
        fontsize=style.SMALL,
        va="bottom",
        weight="bold",
    )
    axes.text(
        -(LEFT - 1.5) / width,
        base - 2.5,
        f"{study['dimensions'][entry['dimension']]}, {count}",
        transform=axes.get_yaxis_transform(),
        fontsize=style.EDGE,
        va="top",
        color=style.INK,
    )


def _junctures(axes, study: Mapping) -> None:
    """Draw each juncture at its day over all rows and name it above."""
    days = {juncture["id"]: parts.day(juncture["date"]) for juncture in study["junctures"]}
    for x in days.values():
        axes.axvline(x, color=style.VERMILION, linewidth=0.8, zorder=1.5)
    parts.name_junctures(axes, study, days, style.VERMILION)


def _caption(study: Mapping, sources: Mapping, names: list[str]) -> str:
    entries = [study["indicators"][name] for name in names]
    tables = [entry["table"] for entry in entries]
    short = "; ".join(f"{entry['label']}: to {entry['latest']}" for entry in entries if entry.get("latest"))
    return (
        "Every event behind the counted indicators, one dot each, at its date; hollow where only the year is "
        "known, events close in time "
        "stacked. Labelled: exercises that were a first of their kind, and arms projects. Verticals: the days of "
        f"the junctures. {parts.shaded_line(study)}"
        "Rows that rest on the article alone are left out. No model and no "
        "control: the picture shows "
        f"what was counted{f' ({short})' if short else ''}. {parts.source_line(sources, tables)}"
    )
