"""The specification curve of each effect that is claimed and of each pool: every row of it, sorted, with its
interval."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from junctures.inference.cases import scale_at
from junctures.inference.effects import ALL
from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.evidence import read_evidence
from junctures.report.figures_rows import fit_width

KEY = ["indicator", "vintage", "juncture", "model", "estimand"]
COLUMNS = 4
LEFT, RIGHT, GAP = 10.0, 1.5, 2.0  # millimetres
HEAD, BODY, FOOT = 8.4, 16.6, 2.5  # millimetres: the words over a panel, the panel, the space under it
TOP, BOTTOM = 2.5, 14.5  # millimetres
FLAGGED = "‡"
ESTIMANDS = {"step": "step", "mean_step": "mean step a juncture", "slope_change": "slope change a period"}


@dataclass(frozen=True)
class Family:
    """One way in which rows differ from the main one: its words in the key, marker, colour and size in points."""

    words: str
    marker: str
    colour: str
    size: float = 2.4


FAMILIES = {
    "year": Family("a year left out", "o", style.INK, 1.3),
    "estimator": Family("another estimator", "s", style.BLUE),
    "window": Family("another window", "^", style.GREEN, 2.7),
    "date": Family("a moved date", "D", style.VERMILION, 2.1),
    "transition": Family("a transition left out", "v", style.BLACK, 2.7),
    "form": Family("a trend, further step or variance", "X", style.PURPLE, 2.9),
}
PATTERNS = {
    "year": r"without_\d+",
    "window": r"(start|end)_.+",
    "estimator": "ols|reml|ar1_pure",
    "transition": r"transition_\d+",
    "form": r"quadratic|step_\d+|variance_ratio",
}


def family_of(row: str, model: str, study: Mapping) -> str:
    """Return the family of a row of the curve of a model, "main" for the model itself.

    Raises ValueError for a row of no family: it could not be told from the others in the figure.
    """
    if row == model:
        return "main"
    own = row.removeprefix(f"{model}_")
    found = next((family for family, pattern in PATTERNS.items() if re.fullmatch(pattern, own)), None)
    junctures = "|".join(re.escape(juncture["id"]) for juncture in study["junctures"])
    moved = rf"alternative_.+|({junctures})_(earlier|later)"
    if found is None and (re.fullmatch(moved, own) or own in ((study.get("rows") or {}).get("recoded") or {})):
        found = "date"
    if found is None:
        raise ValueError(
            f"curve_rows.csv: the row '{row}' of model {model} is of no family: the figure could not tell it from the "
            "others; name it in PATTERNS of report/figures_curve.py"
        )
    return found


def panels_shown(study: Mapping, curves: pd.DataFrame, claims: pd.DataFrame) -> list[list[dict]]:
    """Return the curves that have a panel, by group: those of claims on indicators in the order of the claims, then
    each pool's in the order of its junctures, the mean step last.

    Of several vintages of one estimate the main one has the panel; `others` of its curve holds the rest.
    """
    whole = curves.to_dict("records")
    order = [juncture["id"] for juncture in study["junctures"]] + [ALL]
    groups = [_of_claims(study, [curve for curve in whole if curve["indicator"] in study["indicators"]], claims)]
    for name in study["pools"]:
        own = [curve | {"others": []} for curve in whole if curve["indicator"] == name]
        groups.append(sorted(own, key=lambda curve: order.index(curve["juncture"])))
    return [group for group in groups if group]


def _of_claims(study: Mapping, curves: Sequence[dict], claims: pd.DataFrame) -> list[dict]:
    """Return the main vintage's curve of each estimate on an indicator, with the others', in the order of the
    claims."""
    estimates: dict[tuple, dict[str, dict]] = {}
    for curve in curves:
        estimates.setdefault(_estimate(curve), {})[curve["vintage"]] = curve
    places: dict[tuple, int] = {}
    for evidence in claims.loc[claims["kind"].isin(["effect", "mean_step"]), "evidence"]:
        for part in read_evidence(evidence):
            if part.row:
                places.setdefault(_estimate(part.row), len(places))
    shown = []
    for estimate, by_vintage in sorted(estimates.items(), key=lambda item: places.get(item[0], len(places))):
        main = parts.main_vintage(study["indicators"][estimate[0]])
        own = by_vintage.get(main) or next(iter(by_vintage.values()))
        shown.append(own | {"others": [each for each in by_vintage.values() if each is not own]})
    return shown


def _estimate(row: Mapping) -> tuple:
    return tuple(row[column] for column in KEY if column != "vintage")


def points_of(
    curve: Mapping, study: Mapping, curve_rows: pd.DataFrame, effects: pd.DataFrame, specifications: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of a curve sorted by estimate: family, estimate, lower and upper in declared scales.

    The interval is that of the row of specifications.csv whose model is the row's name, of the main one that of
    effects.csv; without one lower and upper are missing.
    """
    own = curve_rows[(curve_rows[KEY] == [curve[column] for column in KEY]).all(axis=1)][["row", "estimate"]]
    same = [column for column in KEY if column != "model"]
    known = [_matching(table, curve, same) for table in (effects, specifications)]
    bounds = pd.concat(known)[["model", "lower", "upper"]].rename(columns={"model": "row"}).drop_duplicates("row")
    table = own.merge(bounds, on="row", how="left")
    table["family"] = [family_of(row, curve["model"], study) for row in table["row"]]
    scale = scale_of(curve, study, effects)
    table[["estimate", "lower", "upper"]] /= scale
    return table.sort_values(["estimate", "row"], ignore_index=True)


def _matching(table: pd.DataFrame, curve: Mapping, columns: list[str]) -> pd.DataFrame:
    return table[(table[columns] == [curve[column] for column in columns]).all(axis=1)]


def scale_of(curve: Mapping, study: Mapping, effects: pd.DataFrame) -> float:
    """Return the declared scale of a curve's estimates at the frequency of its model; an index is in scales already."""
    entry = study["indicators"].get(curve["indicator"])
    return 1.0 if entry is None else float(scale_at(entry, _main_row(curve, effects)["frequency"]))


def _main_row(curve: Mapping, effects: pd.DataFrame) -> Mapping:
    return _matching(effects, curve, KEY).iloc[0]


@style.themed
def specification_curve(
    study: Mapping,
    sources: Mapping,
    curves: pd.DataFrame,
    curve_rows: pd.DataFrame,
    effects: pd.DataFrame,
    specifications: pd.DataFrame,
    claims: pd.DataFrame,
) -> style.Drawing:
    """Return a panel an estimate: every row of its curve as a point with its interval, sorted by estimate.

    Panels of one group have one vertical axis. Without any curve the figure says so.
    """
    groups = panels_shown(study, curves, claims)
    rows = [(group, group[i : i + COLUMNS]) for group in groups for i in range(0, len(group), COLUMNS)]
    height = TOP + len(rows) * (HEAD + BODY + FOOT) + BOTTOM
    figure = style.new_figure(style.WIDTH, height * style.MM)
    width = (style.WIDTH / style.MM - LEFT - RIGHT - GAP * (COLUMNS - 1)) / COLUMNS
    points = {
        tuple(curve[c] for c in KEY): points_of(curve, study, curve_rows, effects, specifications)
        for group in groups
        for curve in group
    }
    for number, (group, shown) in enumerate(rows):
        limits = _limits([points[tuple(curve[c] for c in KEY)] for curve in group])
        for column, curve in enumerate(shown):
            top = TOP + number * (HEAD + BODY + FOOT) + HEAD
            axes = style.place(figure, LEFT + column * (width + GAP), top, width, BODY)
            main = _main_row(curve, effects)
            smallest = curve["sign"] * main["smallest_effect"] / scale_of(curve, study, effects)
            _panel(axes, points[tuple(curve[c] for c in KEY)], limits, smallest, column == 0)
            _head(axes, curve, study, scale_of(curve, study, effects), main["coverage_flag"] == "yes")
    _key(figure, height)
    drawn = [curve for group in groups for curve in group]
    mains = [_main_row(curve, effects) for curve in drawn]
    return style.Drawing(
        figure,
        _alt(study, drawn, effects),
        _caption(study, sources, drawn, mains, effects),
        n=parts.span([row["n"] for row in mains], "periods a series"),
        model=f"{parts.STEPS}, and every accompanying row in the same units",
    )


def _limits(tables: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """Return the ends of a group's axis: they hold zero, every estimate and the main rows' intervals."""
    values = pd.concat(
        [table["estimate"] for table in tables]
        + [table.loc[table["family"] == "main", side] for table in tables for side in ("lower", "upper")]
    ).dropna()
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _panel(axes, table: pd.DataFrame, limits: tuple[float, float], smallest: float, labelled: bool) -> None:
    """Draw one curve: zero and the smallest effect, intervals as thin lines, a marker a family, the main row on top."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(-1, len(table))
    axes.set_ylim(*limits)
    axes.set_xticks([])
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="y", labelleft=labelled)
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=style.INK, linewidth=style.THIN, zorder=1)
    if smallest == smallest:
        axes.axhline(smallest, color=style.INK, linewidth=style.THIN, linestyle=(0, (1, 2)), zorder=1)
    bounded = table[table["lower"].notna() & (table["family"] != "main")]
    axes.vlines(bounded.index, bounded["lower"], bounded["upper"], color=style.GREY, linewidth=style.THIN, zorder=2)
    for name, family in FAMILIES.items():
        own = table[table["family"] == name]
        _points(axes, own.index, own["estimate"], family)
    main = table[table["family"] == "main"]
    axes.vlines(main.index, main["lower"], main["upper"], color=style.BLACK, linewidth=1.0, zorder=4)
    _main_points(axes, main.index, main["estimate"])
    if labelled:
        axes.set_ylabel("declared scales", fontsize=style.EDGE)


def _points(axes, x, y, family: Family) -> None:
    axes.plot(
        x,
        y,
        linestyle="None",
        marker=family.marker,
        markersize=family.size,
        color=family.colour,
        markeredgewidth=0,
        zorder=3,
    )


def _main_points(axes, x, y) -> None:
    axes.plot(
        x,
        y,
        linestyle="None",
        marker="o",
        markersize=3.4,
        markerfacecolor="white",
        markeredgecolor=style.BLACK,
        markeredgewidth=0.9,
        zorder=5,
    )


def _head(axes, curve: Mapping, study: Mapping, scale: float, flagged: bool) -> None:
    """Write over a panel what is estimated, then how many rows have the claimed sign, their median and the joint p."""
    block = study["pools"].get(curve["indicator"]) or study["indicators"][curve["indicator"]]
    texts = [
        axes.text(0, 1 + lift / BODY, text, transform=axes.transAxes, va="bottom", fontsize=style.EDGE)
        for lift, text in (
            (5.9, block["label"] + (FLAGGED if flagged else "")),
            (3.2, _estimand(curve, study)),
            (0.6, _told(curve, scale)),
        )
    ]
    texts[0].set(weight="bold", fontsize=style.SMALL)
    fit_width(texts[0], axes.get_position().width * axes.figure.get_size_inches()[0] * 72)


def _estimand(curve: Mapping, study: Mapping) -> str:
    """Return what a curve estimates, in a few words; of a recoded juncture with its first treated year."""
    words = ESTIMANDS.get(curve["estimand"], curve["estimand"].replace("_", " "))
    labels = {juncture["id"]: juncture["label"] for juncture in study["junctures"]}
    where = f", {labels[curve['juncture']]}" if curve["juncture"] in labels else ""
    recoded = ((study.get("rows") or {}).get("recoded") or {}).get(curve["model"])
    return words + where + (f", from {recoded['first_treated']}" if recoded else "")


def _told(curve: Mapping, scale: float) -> str:
    """Return the share of rows with the claimed sign, their median in declared scales, and the joint p."""
    way = "rise" if curve["sign"] > 0 else "fall"
    return (
        f"{100 * curve['share']:.0f} % of {int(curve['rows'])} {way}, median {style.signed(curve['median'] / scale)}, "
        f"p {style.probability(curve['p_joint'])}"
    )


def _key(figure, height: float) -> None:
    """Name the families, the main row and the lines once, under the panels."""
    width = style.WIDTH / style.MM
    axes = style.place(figure, 0, height - BOTTOM + 1, width, BOTTOM - 1)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(BOTTOM - 1, 0)
    places = [(3 + 62 * (i % 3), 1.7 + 3.1 * (i // 3)) for i in range(9)]
    axes.plot([3, 3], [0.5, 2.9], color=style.BLACK, linewidth=1.0)
    _main_points(axes, [3], [1.7])
    names = ["main row, with its 95 % interval", *(family.words for family in FAMILIES.values())]
    for (x, y), family in zip(places[1:], FAMILIES.values(), strict=False):
        _points(axes, [x], [y], family)
    (x, y), (x2, y2) = places[7:9]
    axes.plot([x, x], [y - 1.2, y + 1.2], color=style.GREY, linewidth=style.THIN)
    axes.plot([x2 - 1.5, x2 + 1.5], [y2, y2], color=style.INK, linewidth=style.THIN, linestyle=(0, (1, 2)))
    names += ["95 % interval of a row", "smallest effect of interest, as claimed"]
    for (x, y), words in zip(places, names, strict=True):
        axes.text(x + 3, y, words, fontsize=style.SMALL, va="center")
    told = "Over each panel: the share of its rows with the claimed sign, their median, and the joint p of the two"
    axes.text(1.5, 11.6, told, fontsize=style.SMALL, va="center")


def _alt(study: Mapping, drawn: Sequence[Mapping], effects: pd.DataFrame) -> str:
    """Return in words what the panels show: share, median and joint p of each curve."""
    if not drawn:
        return "An empty figure: no effect is claimed of an indicator, and there is no pool."
    told = []
    for curve in drawn:
        block = study["pools"].get(curve["indicator"]) or study["indicators"][curve["indicator"]]
        told.append(f"{block['label']}, {_estimand(curve, study)}: {_told(curve, scale_of(curve, study, effects))}")
    panels = "One panel" if len(drawn) == 1 else f"{len(drawn)} panels, one an estimate"
    return (
        f"{panels}. Each shows the estimates of all rows of a specification curve, sorted, with 95 % intervals, in "
        f"declared scales, a line at zero and the main row marked. {'. '.join(told)}."
    )


def _caption(
    study: Mapping, sources: Mapping, drawn: Sequence[Mapping], mains: Sequence[Mapping], effects: pd.DataFrame
) -> str:
    names = dict.fromkeys(curve["indicator"] for curve in drawn)
    members = [m for name in names for m in (study["pools"].get(name) or {"members": [name]})["members"]]
    draws = parts.span([curve["draws"] for curve in drawn], "null series")
    against = [
        f'; the index "{study["pools"][name]["label"]}" is itself one'
        for name in names
        if (study["pools"].get(name) or {}).get("against_controls")
    ]
    flagged = any(row["coverage_flag"] == "yes" for row in mains)
    return (
        "Every row in the units of the main one: other estimators, windows, dates, transitions and forms, and each "
        "year left out; rows with another scale, other members or the same estimates with other errors are left out. "
        f"{parts.MODELS}; {parts.span([row['n'] for row in mains], 'periods a series')}; windows as in "
        "tables/effects. In declared scales (docs/method.md), so that panels are comparable; the panels of claims "
        "share one axis, those of each index another. Axes hold every estimate and the main rows' intervals; other "
        "intervals may go on beyond them. Over each panel: the share of rows with the claimed sign (a rise where "
        "nothing is claimed), their median, and the p of both together, the share of "
        f"{draws} whose rows agree as much. Rows of one series are no independent tests, and the curve decides no "
        "claim. "
        + _vintages(study, drawn, effects)
        + (f"{FLAGGED} coverage flag: the table does not hold all periods alike. " if flagged else "")
        + f"A series with a control is shown without it{''.join(against)}. "
        + parts.source_line(sources, [study["indicators"][m]["table"] for m in members])
    )


def _vintages(study: Mapping, drawn: Sequence[Mapping], effects: pd.DataFrame) -> str:
    """Return which vintage is drawn, and what the curves of the others say, as sentences with a space after each."""
    told = ""
    for curve in drawn:
        if curve["vintage"]:
            others = "".join(
                f"; {other['vintage']}: {_told(other, scale_of(other, study, effects))}" for other in curve["others"]
            )
            label = study["indicators"][curve["indicator"]]["label"]
            told += f"{label}, {_estimand(curve, study)}: vintage {curve['vintage']} is drawn{others}. "
    return told
