"""Maps of the joint exercises before, between and after the junctures: one map a phase, one mark an exercise."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_choice import EXERCISES
from junctures.report.figures_map_labels import box_of, set_apart, write_labels
from junctures.report.land import land_in_view, project

CENTRE = (90.0, 45.0)  # longitude and latitude, in the middle between Gibraltar and the Bering Strait
VIEW = (-6400.0, -3000.0, 4700.0, 5050.0)  # kilometres from the centre: left, bottom, right, top
MAP = 89.0  # millimetres: width of a map
SCALE = MAP / (VIEW[2] - VIEW[0])  # millimetres a kilometre
HEAD, GAP, KEY = 9.0, 3.0, 9.0  # millimetres: words over a map, between maps, the key
LARGEST = 12.5  # square millimetres: area of the largest mark of each shape
UNKNOWN = 2.2  # square millimetres: area of the mark of an exercise of unknown size
MARKS = {"ships": ("o", style.BLUE), "troops": ("s", style.VERMILION)}
KINDS = {"ships": "naval", "troops": "other"}
RIM = 1.0  # points: the dark edge of what lay beyond home waters
HOST_CLAIMS = "russian_strategic"  # its troops_total is the host's claim for all theatres together


def exercises_table(
    rows: pd.DataFrame, exercises: pd.DataFrame, places: pd.DataFrame, entry: Mapping, study: Mapping
) -> pd.DataFrame:
    """Return one row a counted exercise by date: date, phase, label, unit, size (NaN: unknown), distant, spots.

    `rows` are the raw rows behind the indicator `entry`; `exercises` and `places` the raw tables as text. The phase is
    the number of junctures up to the first day. Naval exercises are measured in ships of both sides, all others in
    announced troops of all states; a cell that rests on the article alone and a host's claim for all theatres count as
    unknown. `spots` are (longitude, latitude, name), in the order of the source.
    """
    counted = parts.counted_rows(rows, entry, exercises)
    days = [juncture["date"] for juncture in study["junctures"]]
    spots = {event: _spots(own) for event, own in places.groupby("event_id", sort=False)}
    found = []
    for row in counted.to_dict("records"):
        unit = "ships" if row["domain"] == "naval" else "troops"
        cell = row[f"{unit}_total"]
        shaky = f"{unit}_total" in row["article_cells"].split() or (unit, row["series"]) == ("troops", HOST_CLAIMS)
        found.append(
            {
                "date": row["start_date"],
                "phase": sum(day <= row["start_date"] for day in days),
                "label": exercise_label(row["name"], row["start_date"]),
                "unit": unit,
                "size": float(cell) if cell and not shaky else np.nan,
                "distant": row["outside_home_waters"] == "yes",
                "spots": spots.get(row["event_id"], []),
            }
        )
    columns = ["date", "phase", "label", "unit", "size", "distant", "spots"]
    return pd.DataFrame(found, columns=columns).sort_values("date", kind="stable", ignore_index=True)


def _spots(places: pd.DataFrame) -> list[tuple[float, float, str]]:
    ordered = places.assign(phase=places["phase"].astype(int)).sort_values("phase")
    return [(float(row["longitude"]), float(row["latitude"]), row["place"]) for row in ordered.to_dict("records")]


def exercise_label(name: str, date: str) -> str:
    """Return an exercise's name without other names in brackets, and with its year where the name has none."""
    short = re.sub(r" \((?![IVX]+\)).*", "", name).removeprefix("Exercise ")
    return short if date[:4] in short else f"{short}, {date[:4]}"


def phases(study: Mapping, rows: pd.DataFrame) -> list[tuple[str, dt.date, dt.date]]:
    """Return heading, first and last day of each phase: from the first year that `rows` counts to the last.

    `rows` is processed/series/<id>_rows.csv, which has each counted period, one without an exercise as well.
    """
    days = [dt.date.fromisoformat(juncture["date"]) for juncture in study["junctures"]]
    years = rows["period"].astype(str).str[:4].astype(int)
    starts = [dt.date(int(years.min()), 1, 1), *days]
    ends = [*(day - dt.timedelta(days=1) for day in days), dt.date(int(years.max()), 12, 31)]
    labels = [juncture["label"] for juncture in study["junctures"]]
    heads = [f"Before {labels[0]}", *(f"After {label}" for label in labels)]
    return list(zip(heads, starts, ends, strict=True))


def in_map(longitude: float, latitude: float) -> tuple[np.ndarray, bool]:
    """Return where a place is drawn, in millimetres from the map's lower left, and whether it lies on the map.

    A place off the map is drawn at the nearest point inside the frame.
    """
    x, y = project(longitude, latitude, CENTRE)
    point = (np.array([float(x), float(y)]) - VIEW[:2]) * SCALE
    size = (np.array(VIEW[2:]) - VIEW[:2]) * SCALE
    inside = bool(((point >= 0) & (point <= size)).all())
    return point if inside else np.clip(point, 3.0, size - 3.0), inside


@style.themed
def exercises_map(
    study: Mapping,
    sources: Mapping,
    rows: Mapping[str, pd.DataFrame],
    tables: Mapping[str, pd.DataFrame],
    places: Mapping[str, pd.DataFrame],
) -> style.Drawing:
    """Return one map a phase with a mark an exercise, its area the size where known, and its further places."""
    name, table = EXERCISES
    entry = study["indicators"][name]
    spots = places[f"{table.split('/')[0]}/places"]
    shown = exercises_table(rows[name], tables[table], spots, entry, study)
    spans = phases(study, rows[name])
    most = {unit: float(shown.loc[shown["unit"] == unit, "size"].max()) for unit in MARKS}
    height = (VIEW[3] - VIEW[1]) * SCALE
    lines = -(-len(spans) // 2)
    figure = style.new_figure(style.WIDTH, (lines * (HEAD + height + 1) + KEY) * style.MM)
    told, unnamed = [], []
    for number, (head, start, end) in enumerate(spans):
        own = shown[shown["phase"] == number]
        left, top = 1 + (number % 2) * (MAP + GAP), HEAD + (number // 2) * (HEAD + height + 1)
        axes = style.place(figure, left, top, MAP, height)
        _draw_land(axes, height)
        _head(axes, height, head, start, end, own)
        marks = _marks(own, most)
        _draw_marks(axes, marks)
        unnamed += write_labels(axes, marks, (MAP, height))
        told.append(f"{head} ({start} to {end}): {_counts(own)}")
    _draw_key(figure, most, lines * (HEAD + height + 1))
    alt = f"{len(spans)} maps from the Mediterranean to the Bering Sea, one mark an exercise. {'. '.join(told)}."
    n = parts.span((int((shown["phase"] == number).sum()) for number in range(len(spans))), "exercises a map")
    return style.Drawing(figure, alt, _caption(sources, table, shown, unnamed), n=n, model="none")


def _counts(own: pd.DataFrame) -> str:
    """Return how many exercises there are, how many beyond home waters, and of how many the size is known."""
    noun = "exercise" if len(own) == 1 else "exercises"
    return f"{len(own)} {noun}, {own['distant'].sum()} beyond home waters, size known of {own['size'].notna().sum()}"


def _head(axes, height: float, head: str, start: dt.date, end: dt.date, own: pd.DataFrame) -> None:
    years = ((end - start).days + 1) / 365.25
    for lift, words, size, weight in (
        (6.0, head, style.SIZE, "bold"),
        (3.2, f"{start} to {end}, {years:.1f} years", style.SMALL, "normal"),
        (0.8, _counts(own), style.SMALL, "normal"),
    ):
        axes.text(0, height + lift, words, fontsize=size, weight=weight, va="baseline", ha="left")


def _draw_land(axes, height: float) -> None:
    """Draw land and meridians and parallels every 30 degrees on axes in millimetres."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    axes.set_xlim(0, MAP)
    axes.set_ylim(0, height)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.GREY)
    rings = [(ring - VIEW[:2]) * SCALE for ring in land_in_view(CENTRE, VIEW)]
    codes = [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 1), Path.CLOSEPOLY] for ring in rings]
    points = [np.vstack([ring, ring[:1]]) for ring in rings]
    outline = Path(np.concatenate(points), np.concatenate(codes))
    # Its own edge closes the hairline where an island is cut at 180 degrees.
    axes.add_patch(PathPatch(outline, facecolor=style.PALE, edgecolor=style.PALE, linewidth=style.THIN, zorder=0))
    along = np.linspace(-180, 180, 181)
    lines = [(np.full(181, float(meridian)), along / 2) for meridian in range(-180, 180, 30)]
    lines += [(along, np.full(181, float(parallel))) for parallel in range(-60, 90, 30)]
    for longitudes, latitudes in lines:
        x, y = project(longitudes, latitudes, CENTRE)
        near = np.hypot(x, y) < 9000  # kilometres: beyond the corners of the view, far from the torn rim
        x, y = np.where(near, x, np.nan), np.where(near, y, np.nan)
        axes.plot((x - VIEW[0]) * SCALE, (y - VIEW[1]) * SCALE, color=style.FAINT, linewidth=style.THIN, zorder=0.5)


def _area(unit: str, size: float, most: Mapping[str, float]) -> float:
    """Return the area of a mark in square millimetres, in proportion to the size where that is known."""
    return LARGEST * size / most[unit] if size == size else UNKNOWN


def _side(unit: str, area: float) -> float:
    """Return the diameter of a circle, or side of a square, of an area, in millimetres."""
    return float(np.sqrt(area * 4 / np.pi)) if MARKS[unit][0] == "o" else float(np.sqrt(area))


def _marks(own: pd.DataFrame, most: Mapping[str, float]) -> list[dict]:
    """Return each placed exercise's mark: where it is drawn, its side, its spots in millimetres, and its words."""
    marks = []
    for row in own[own["spots"].str.len() > 0].to_dict("records"):
        points = [in_map(longitude, latitude) for longitude, latitude, _ in row["spots"]]
        off = not points[0][1]
        marks.append(
            row
            | {
                "side": _side(row["unit"], _area(row["unit"], row["size"], most)),
                "points": [point for point, inside in points if inside],
                "at": points[0][0],
                "off": off,
                "label": f"{row['label']}: {row['spots'][0][2]}" if off else row["label"],
            }
        )
    centres = set_apart([mark["at"] for mark in marks], [mark["side"] / 2 for mark in marks])
    return [mark | {"at": centre} for mark, centre in zip(marks, centres, strict=True)]


def _look(unit: str, known: bool, side: float, distant: bool = False) -> dict:
    """Return how a mark is drawn: shape by unit, filled where the size is known, a dark edge beyond home waters."""
    marker, colour = MARKS[unit]
    rim = {"markeredgecolor": style.BLACK, "markeredgewidth": RIM} if distant else {}
    return {
        "linestyle": "none",
        "marker": marker,
        "markersize": side / style.MM_PER_POINT,
        "markerfacecolor": colour if known else "white",
        "markeredgecolor": "white" if known else colour,
        "markeredgewidth": style.THIN if known else 0.8,
    } | rim


def _draw_marks(axes, marks: Sequence[Mapping]) -> None:
    """Draw each mark, a dot and a line to each of its places that the mark does not cover, and arrows off the map."""
    for mark in marks:
        for point in mark["points"]:
            if np.hypot(*(point - mark["at"])) > mark["side"] / 2:
                axes.plot(*zip(mark["at"], point, strict=True), color=style.INK, linewidth=style.THIN, zorder=2)
                axes.plot(*point, marker=".", markersize=2.4, color=style.INK, markeredgewidth=0, zorder=3)
        if mark["off"]:
            _arrow_off(axes, mark)
        # Small ones are drawn last, so that none is hidden.
        look = _look(mark["unit"], mark["size"] == mark["size"], mark["side"], mark["distant"])
        axes.plot(*mark["at"], **look, zorder=5 - mark["side"] / 10)


def _arrow_off(axes, mark: Mapping) -> None:
    """Draw an arrow from a mark at the frame towards its place off the map."""
    x, y = project(*mark["spots"][0][:2], CENTRE)
    way = (np.array([float(x), float(y)]) - VIEW[:2]) * SCALE - mark["at"]
    way = way / np.hypot(*way)
    tail = mark["at"] + way * mark["side"] / 2
    head = {"arrowstyle": "-|>,head_length=0.2,head_width=0.1", "color": style.INK, "linewidth": 0.7}
    axes.annotate("", xy=mark["at"] + way * (mark["side"] / 2 + 2.2), xytext=tail, arrowprops=head | {"shrinkA": 0})


def _draw_key(figure, most: Mapping[str, float], top: float) -> None:
    """Draw the key under the maps: two sizes of each shape, marks of unknown size and beyond home waters, the dot of a
    place."""
    axes = style.place(figure, 1, top, 2 * MAP + GAP, KEY)
    axes.set_xlim(0, 2 * MAP + GAP)
    axes.set_ylim(0, KEY)
    axes.axis("off")
    middle, x = KEY / 2, 0.0
    for unit in MARKS:
        for size in key_sizes(most[unit]):
            side = _side(unit, _area(unit, size, most))
            axes.plot(x + side / 2 + 0.3, middle, **_look(unit, True, side))
            x = _key_words(axes, x + side + 1.2, middle, f"{size:,.0f} {unit} ({KINDS[unit]})")
    for words, known, distant in (("size not known", False, False), ("beyond home waters", True, True)):
        for unit in MARKS:
            side = _side(unit, UNKNOWN)
            axes.plot(x + side / 2 + 0.3, middle, **_look(unit, known, side, distant))
            x += side + 1.2
        x = _key_words(axes, x, middle, words)
    axes.plot([x, x + 4], [middle, middle], color=style.INK, linewidth=style.THIN)
    axes.plot(x + 4, middle, marker=".", markersize=2.4, color=style.INK, markeredgewidth=0)
    _key_words(axes, x + 5.2, middle, "further place")


def _key_words(axes, x: float, y: float, words: str) -> float:
    """Write words of the key and return where the next entry begins, in millimetres."""
    text = axes.text(x, y, words, fontsize=style.SMALL, va="center_baseline", ha="left")
    return box_of(text).right + 4.0


def key_sizes(most: float) -> list[float]:
    """Return two round sizes for the key: the largest of 1, 2 and 5 times a power of ten that is drawn, and a tenth."""
    if not most > 0:
        return []
    power = 10.0 ** np.floor(np.log10(most))
    upper = next(step * power for step in (5, 2, 1) if step * power <= most)
    return [max(1.0, upper / 10), upper] if upper > 1 else [upper]


def _caption(sources: Mapping, table: str, shown: pd.DataFrame, unnamed: Sequence[str]) -> str:
    placed = zip(shown["label"], shown["spots"], strict=True)
    off = [label for label, spots in placed if not all(in_map(*spot[:2])[1] for spot in spots)]
    unplaced = int((shown["spots"].str.len() == 0).sum())
    return (
        f"The {len(shown)} counted exercises of both armed forces, one mark each, in the phase of the first day (the "
        "first possible one where the day is not known); the phases differ in length. Area: of a circle the Chinese "
        "and Russian ships of a naval exercise, of a square the announced troops of all states in any other, each "
        "shape on its own scale; hollow where that is not known, and for Russia's strategic exercises, whose total "
        "is the host's claim for all theatres. Marks stand at the first place of the source; a line leads to further "
        "places, and to its own place from a mark that was moved aside. Places are approximate: one point may stand "
        "for a sea. Named where there is room"
        f"{', which leaves out ' + ', '.join(sorted(unnamed)) if unnamed else ''}"
        f"{'; off the map: ' + ', '.join(off) if off else ''}"
        f"{f'; {unplaced} without a place are counted, not drawn' if unplaced else ''}. Dark edge: beyond home waters, "
        "as the source codes it; reach in kilometres is not drawn: points this coarse and an outline without states do "
        "not give it. Patrols, police drills and large events under another host are left out, and so is what rests on "
        "the article alone. No model and no control. Lambert azimuthal equal-area projection, meridians and parallels "
        "every 30 degrees. Land: Natural Earth 4.1.0, 1:110 million, public domain. "
        f"{parts.source_line(sources, [table])}"
    )
