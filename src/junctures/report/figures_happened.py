"""What happened: the observations, the fitted line and the counterfactual of single indicators, in six panels or one
by one."""

import textwrap
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from junctures.report import figures_axes as parts
from junctures.report import style
from junctures.report.figures_choice import panel_indicators

FLAG = 2.7  # millimetres between lines of text above a panel
WRAP = 30  # letters in a line of a vertical label
PANEL = 130.0  # width of a single panel in millimetres


@style.themed
def what_happened(
    study: Mapping,
    sources: Mapping,
    series: Mapping[str, pd.DataFrame],
    fitted: pd.DataFrame,
    effects: pd.DataFrame,
    claims: pd.DataFrame,
) -> style.Drawing:
    """Return six panels of yearly observations, each with its fit, its counterfactuals and its steps.

    `series` holds one table an indicator, as in processed/series.
    """
    names = panel_indicators(study)
    rows = -(-len(names) // 2)
    lines = len(study["junctures"])
    tops = [(2 * lines + 1) * FLAG + 2] + [(lines + 1) * FLAG + 4] * (rows - 1)
    height = 34.0
    figure = style.new_figure(style.WIDTH, (sum(tops) + rows * (height + 1) + 8) * style.MM)
    told, top = [], 0.0
    for index, name in enumerate(names):
        row, column = divmod(index, 2)
        if column == 0:
            top = top + tops[row] + (height + 1 if row else 0)
        axes = style.place(figure, 12 + 90.5 * column, top, 74, height)
        told.append(
            draw_indicator(
                axes,
                study,
                sources,
                name,
                "year",
                series[name],
                fitted,
                effects,
                claims,
                names=row == 0,
                years=index >= len(names) - 2,
            )
        )
    alt = (
        f"{len(names)} panels of yearly observations as dots, with a fitted line broken at each juncture. "
        + " ".join(told)
    )
    tested = [
        step_rows(effects, name, study["indicators"][name], parts.drawn_model(study["indicators"][name], "year"))
        for name in names
    ]
    n = parts.span((n for rows in tested for n in rows["n"]), "years a series")
    return style.Drawing(figure, alt, caption(study, sources, names, effects), n=n, model=parts.STEPS)


def caption(study: Mapping, sources: Mapping, names: list[str], effects: pd.DataFrame) -> str:
    """Return the caption of panels of indicators: how to read them, model, scales, n, windows, controls, sources."""
    indicators = study["indicators"]
    texts = []
    for name in names:
        entry = indicators[name]
        steps = step_rows(effects, name, entry, parts.drawn_model(entry, "year"))
        size = "not tested"
        if len(steps):
            row = steps.iloc[0]
            size = f"n = {int(row['n'])}, {row['window_start']}-{row['window_end']}"
        control = f"control in the tests: {entry['control']['label']}" if entry.get("control") else "no control"
        texts.append(f"{entry['label']}: {size}, tested as {parts.SCALES[entry['scale']]}, {control}")
    read = (
        "Dots: observations, hollow where coverage is flagged. Solid: fit, broken at each step. Dashed: the "
        "counterfactual without that juncture's step, to the next juncture only, with its 95 % interval (cut at the "
        "frame). Lines are fitted on the tested scale and drawn back on the raw one, so for counts they lie below "
        "the mean. "
        f"Verticals: first treated period; triangles: the day. {parts.shaded_line(study)}"
        "Above: step on the tested scale and its 95 % interval, bold where a claim on that step is supported (some "
        "claims rest on the quarterly series of the same indicator). "
    )
    tables = [indicators[name]["table"] for name in names]
    return f"{read}{parts.MODELS}. {'; '.join(texts)}. {parts.source_line(sources, tables)}"


def step_rows(effects: pd.DataFrame, name: str, entry: Mapping, model: str) -> pd.DataFrame:
    """Return the steps of an indicator under a model in its main vintage."""
    chosen = effects[(effects["indicator"] == name) & (effects["model"] == model) & (effects["estimand"] == "step")]
    return chosen[chosen["vintage"] == parts.main_vintage(entry)]


def draw_indicator(
    axes, study, sources, name, frequency, series, fitted, effects, claims, names: bool = True, years: bool = True
) -> str:
    """Draw one indicator's observations, fit, counterfactuals, junctures and steps; return one sentence of alt text."""
    entry = study["indicators"][name]
    model = parts.drawn_model(entry, frequency)
    unit, factor = parts.unit_of(entry, frequency, sources)
    first, last = parts.years_shown(study)
    parts.years_axis(axes, first, last, labels=years)
    parts.shade_events(axes, study)
    edges = parts.boundaries(study, entry, frequency)
    parts.mark_junctures(axes, study, edges)
    points = _points(series, entry, frequency)
    points = points[points["period"].str[:4].astype(int).between(first, last)]
    lines = _lines(fitted[fitted["indicator"] == name], model, parts.main_vintage(entry))
    _limits(axes, entry, points["raw"] * factor, lines, factor)
    draw_lines(axes, lines, edges, factor)
    face = "white" if entry.get("coverage_flag") else style.INK
    size = {"year": 3.2, "quarter": 2.4, "month": 1.7}[frequency]
    axes.plot(
        parts.positions(points["period"]),
        points["raw"] * factor,
        linestyle="none",
        marker="o",
        markersize=size,
        markerfacecolor=face,
        markeredgecolor=style.INK,
        markeredgewidth=style.THIN,
        zorder=4,
        clip_on=False,
    )
    axes.set_ylabel(textwrap.fill(unit, WRAP), fontsize=style.SMALL)
    steps = step_rows(effects, name, entry, model).set_index("juncture")
    digits = 2 if entry["declared_scale"]["value"] >= 0.1 else 3
    told = _flags(axes, study, edges, steps, _supported(claims, name), names, digits)
    _title(axes, study, entry["label"], names)
    return f"{entry['label']}: {told}."


def _points(series: pd.DataFrame, entry: Mapping, frequency: str) -> pd.DataFrame:
    return parts.main_points(series, frequency, parts.main_vintage(entry))


def _lines(fitted: pd.DataFrame, model: str, vintage: str) -> pd.DataFrame:
    return fitted[(fitted["model"] == model) & (fitted["vintage"] == vintage)]


def draw_lines(axes, lines: pd.DataFrame, edges: Mapping[str, float], factor: float) -> None:
    """Draw the fit in pieces between the junctures and each counterfactual with its interval."""
    fit = lines[lines["kind"] == "fit"]
    x = pd.Series(parts.positions(fit["period"]), index=fit.index, dtype=float)
    ends = [-1e9, *sorted(edges.values()), 1e9]
    for low, high in pairwise(ends):
        inside = (x > low) & (x < high)
        axes.plot(
            x[inside],
            fit["value_raw"][inside] * factor,
            color=style.BLUE,
            linewidth=1.2,
            zorder=3,
            solid_capstyle="butt",
            marker="_" if inside.sum() == 1 else None,
        )
    for _, part in lines[lines["kind"] == "counterfactual"].groupby("juncture", sort=False):
        x = parts.positions(part["period"])
        ends = [(part[end] * factor).clip(*axes.get_ylim()) for end in ("lower_raw", "upper_raw")]  # else some vanish
        axes.fill_between(x, *ends, color=style.RIBBON, linewidth=0, zorder=1.5)
        axes.plot(
            x, part["value_raw"] * factor, color=style.VERMILION, linewidth=1.1, linestyle=(0, (3, 1.4)), zorder=3.2
        )


def _limits(axes, entry: Mapping, raw: pd.Series, lines: pd.DataFrame, factor: float) -> None:
    """Set the vertical limits from points and lines; counts, rates and shares from zero; intervals may be cut."""
    values = pd.concat([raw, pd.to_numeric(lines["value_raw"]) * factor]).dropna()
    if values.empty:
        return
    low, high = float(values.min()), float(values.max())
    if entry["scale"] in ("sqrt", "log") or 0 <= low < 0.5 * high:
        axes.set_ylim(0, high * 1.12 if high > 0 else 1)
    else:
        room = 0.1 * (high - low or 1)
        axes.set_ylim(low - room, high + room)
    from matplotlib.ticker import MaxNLocator

    whole = entry["measure"]["kind"] in ("count", "distinct")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=whole, steps=[1, 2, 2.5, 5, 10]))


def _supported(claims: pd.DataFrame, name: str) -> set[str]:
    """Return the junctures at which a claim on a step of the indicator is supported."""
    return {
        juncture
        for (indicator, _, juncture), found in parts.claim_cells(claims).items()
        if indicator == name and any(claim["verdict"] == "supported" for claim in found)
    }


def _height(axes) -> float:
    """Return the height of axes in millimetres."""
    return axes.get_position().height * axes.figure.get_size_inches()[1] / style.MM


def _flags(
    axes, study: Mapping, edges: Mapping, steps: pd.DataFrame, supported: set[str], names: bool, digits: int
) -> str:
    """Write each step with its interval beside its juncture's line, in a staircase above the panel; return it in
    words."""
    height, told = _height(axes), []
    junctures = study["junctures"]
    lines = 2 if names else 1
    for index, juncture in enumerate(junctures):
        key = juncture["id"]
        text = parts.interval(steps.loc[key], digits) if key in steps.index else "no estimate"
        bottom = 1 + (0.6 + FLAG * lines * (len(junctures) - 1 - index)) / height
        top = bottom + FLAG * lines / height
        axes.plot(
            [edges[key]] * 2,
            [1, top],
            color=style.GREY,
            linewidth=style.THIN,
            clip_on=False,
            transform=axes.get_xaxis_transform(),
        )
        weight = "bold" if key in supported else "normal"
        axes.text(
            edges[key] + 0.15,
            bottom,
            text,
            transform=axes.get_xaxis_transform(),
            fontsize=style.SMALL,
            weight=weight,
            va="bottom",
            ha="left",
        )
        if names:
            axes.text(
                edges[key] + 0.15,
                bottom + FLAG / height,
                juncture["label"],
                transform=axes.get_xaxis_transform(),
                fontsize=style.SMALL,
                va="bottom",
                ha="left",
                color=style.INK,
            )
        told.append(f"{juncture['label']} {text}" + (", supported" if key in supported else ""))
    return "step at " + "; ".join(told)


def _title(axes, study: Mapping, label: str, names: bool) -> None:
    """Write an indicator's name at the upper left, above the staircase."""
    lines = len(study["junctures"]) * (2 if names else 1)
    axes.text(
        0,
        1 + (1.0 + FLAG * lines) / _height(axes),
        label,
        transform=axes.transAxes,
        weight="bold",
        fontsize=style.SIZE,
        va="bottom",
        ha="left",
    )


@style.themed
def indicator_panels(
    study: Mapping,
    sources: Mapping,
    series: Mapping[str, pd.DataFrame],
    fitted: pd.DataFrame,
    effects: pd.DataFrame,
    claims: pd.DataFrame,
) -> style.Drawing:
    """Return one page an indicator at its declared frequency, in the order of the config."""
    pages, shown = {}, [name for name in study["indicators"] if name in series]
    for name in shown:
        entry = study["indicators"][name]
        lines = 2 * len(study["junctures"])
        top = (lines + 1) * FLAG + 2
        figure = style.new_figure(PANEL * style.MM, (top + 52) * style.MM)
        axes = style.place(figure, 16, top, PANEL - 24, 40)
        told = draw_indicator(axes, study, sources, name, entry["frequency"], series[name], fitted, effects, claims)
        note = _note(entry, step_rows(effects, name, entry, "primary"))
        figure.text(0.02, 0.012, note, fontsize=style.EDGE, va="bottom", ha="left")
        pages[name] = (figure, f"Observations of one indicator as dots with fit and counterfactuals. {told} {note}")
    pages_shown = f"{len(shown)} page{'s' * (len(shown) != 1)}, one an indicator"
    alt = f"{pages_shown}, each with observations, fitted line and counterfactuals."
    tested = [step_rows(effects, name, study["indicators"][name], "primary") for name in shown]
    n = parts.span((n for rows in tested for n in rows["n"]), "periods a series")
    return style.Drawing(None, alt, _panels_caption(study, sources, shown), pages, n=n, model=parts.STEPS)


def _note(entry: Mapping, rows: pd.DataFrame) -> str:
    """Return the line under a single panel: frequency, n, window, scale, control, flag."""
    reason = parts.first_text(rows["reason"]) if rows["estimate"].isna().all() else ""
    words = [f"{parts.YEARLY[entry['frequency']]}, tested as {parts.SCALES[entry['scale']]}"]
    if len(rows):
        words.append(f"n = {int(rows['n'].iloc[0])}, {rows['window_start'].iloc[0]} to {rows['window_end'].iloc[0]}")
    words.append(f"control: {entry['control']['label']}" if entry.get("control") else "no control")
    words += ["sign reversed in the test"] * bool(entry.get("reverse"))
    words += ["coverage flagged"] * bool(entry.get("coverage_flag")) + ["exploratory"] * bool(entry.get("exploratory"))
    return parts.capital("; ".join(words + [f"no test: {reason}"] * bool(reason)) + ".")


def _panels_caption(study: Mapping, sources: Mapping, shown: list[str]) -> str:
    read = (
        "Each page: observations as dots (hollow where coverage is flagged), fit (solid) broken at each step, "
        "counterfactual without "
        "that juncture's step (dashed, 95 % interval) to the next juncture only; above: step on the tested scale "
        "and its 95 % "
        "interval, bold where a claim on it is supported. Lines are fitted on the tested scale, with seasons at "
        "their mean, and drawn back on the raw one. The line below gives frequency, scale, n, window and "
        "control. "
    )
    tables = [study["indicators"][name]["table"] for name in shown]
    return f"{read}{parts.MODELS}. {parts.source_line(sources, tables)}"
