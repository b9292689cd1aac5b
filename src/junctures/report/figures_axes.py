"""Parts that several figures share: the axis of years, junctures and concurrent events, units, and the words of
captions."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from junctures.report import style
from junctures.report.evidence import read_evidence
from junctures.study.files import file_stem
from junctures.study.periods import PER_YEAR, first_treated, frequency_of, to_index

A_PERIOD = {"year": "a year", "quarter": "a quarter", "month": "a month"}
YEARLY = {"year": "yearly", "quarter": "quarterly", "month": "monthly"}
SCALES = {
    "sqrt": "square root",
    "log": "logarithm",
    "arcsine_sqrt": "arcsine of the square root",
    "level": "level",
    "index": "declared scales",
}
NOISE = "plus white noise where 60 or more points are observed"
STEPS = f"trend and one step a juncture, AR(1) errors marginalised, {NOISE}"
MODELS = f"Model: {STEPS}"


def position(period: str) -> float:
    """Return where a period is drawn on the axis of years: a year at its tick, its quarters and months around the
    tick."""
    per_year = PER_YEAR[frequency_of(period)]
    return boundary(period) + 0.5 / per_year


def boundary(period: str) -> float:
    """Return the left edge of a period on the axis of years, where a year reaches half a unit to each side of its
    tick."""
    return to_index(period) / PER_YEAR[frequency_of(period)] - 0.5


def day(date: str | dt.date) -> float:
    """Return where a day is drawn on the axis of years."""
    date = dt.date.fromisoformat(date) if isinstance(date, str) else date
    first = dt.date(date.year, 1, 1)
    return date.year - 0.5 + (date - first).days / (dt.date(date.year + 1, 1, 1) - first).days


def positions(periods: Sequence[str]) -> list[float]:
    """Return where periods are drawn on the axis of years."""
    return [position(period) for period in periods]


def boundaries(study: Mapping, indicator: Mapping | None, frequency: str) -> dict[str, float]:
    """Return juncture -> left edge of its first treated period for an indicator (None: a pool) at a frequency."""
    month = (indicator or {}).get("observed_month") if frequency == "year" else None
    return {
        j["id"]: boundary(first_treated(dt.date.fromisoformat(j["date"]), frequency, month)) for j in study["junctures"]
    }


def main_vintage(indicator: Mapping) -> str:
    """Return the vintage that an indicator's own rows rest on; blank where its table has none."""
    return str(indicator["vintages"]["main"]) if indicator.get("vintages") else ""


def counted_rows(rows: pd.DataFrame, indicator: Mapping, raw: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the raw table behind all periods of an indicator's main vintage, from its `_rows.csv`.

    The coarsest frequency is taken, since a date known by year alone counts there.
    """
    coarsest = next((each for each in ("year", "quarter", "month") if each in set(rows["frequency"])), None)
    own = rows[(rows["frequency"] == coarsest) & (rows["vintage"] == main_vintage(indicator))]
    several = "_file" in raw and raw["_file"].nunique() > 1
    lines = raw.assign(_of=raw["_file"].map(file_stem) if several else "").set_index(["_of", "_row"])
    files = own["table"] if several else [""] * len(own)
    named = zip(files, own["rows"], strict=True)
    return lines.loc[[(file, int(line)) for file, cell in named for line in str(cell).split()]]


def years_axis(axes, first: int, last: int, labels: bool = True) -> None:
    """Give axes a shared axis of years: a tick each year, a label each fifth."""
    from matplotlib.ticker import FixedLocator

    axes.set_xlim(first - 0.6, last + 0.6)
    fifths = [year for year in range(first, last + 1) if year % 5 == 0]
    axes.xaxis.set_major_locator(FixedLocator(fifths))
    axes.xaxis.set_minor_locator(FixedLocator([year for year in range(first, last + 1) if year % 5]))
    axes.set_xticklabels([str(year) for year in fifths] if labels else [])


def years_shown(study: Mapping) -> tuple[int, int]:
    """Return the first and last year of the axis: the study's window and one year more."""
    window = study["study"]["window"]
    return int(str(window["start"])[:4]), int(str(window["end"])[:4]) + 1


def shade_events(axes, study: Mapping) -> None:
    """Draw the concurrent events marked as shaded as pale bars over their whole duration."""
    low, high = axes.get_xlim()
    for event in study["concurrent_events"]:
        if event["shaded"]:
            left, right = boundary(event["start"]), boundary(event["end"]) + 1 / PER_YEAR[frequency_of(event["end"])]
            axes.axvspan(max(left, low), min(right, high), color=style.FAINT, linewidth=0, zorder=0)


def shaded_line(study: Mapping) -> str:
    """Return what the pale bars of `shade_events` are, as a sentence with a space after it; nothing without them."""
    labels = [event["label"] for event in study["concurrent_events"] if event["shaded"]]
    return f"Grey bars: {', '.join(labels)}. " if labels else ""


def mark_junctures(axes, study: Mapping, edges: Mapping[str, float]) -> None:
    """Draw a thin vertical where each juncture's first treated period begins and a triangle on the axis at its day."""
    for juncture in study["junctures"]:
        axes.axvline(edges[juncture["id"]], color=style.GREY, linewidth=style.THIN, zorder=1)
        axes.plot(
            [day(juncture["date"])],
            [0],
            marker="^",
            markersize=3.2,
            color=style.BLACK,
            markeredgewidth=0,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
            zorder=5,
        )


def name_junctures(
    axes, study: Mapping, edges: Mapping[str, float], colour: str = style.INK, size: float = style.SMALL
) -> None:
    """Write the junctures' names over their lines above the axes: every other one a line higher, the outer ones
    outward."""
    height = axes.get_position().height * axes.figure.get_size_inches()[1] / style.MM
    junctures = study["junctures"]
    for number, juncture in enumerate(junctures):
        side = "right" if number == 0 else "left" if number == len(junctures) - 1 else "center"
        lift = 1 + (0.6 + 2.6 * (number % 2)) / height
        axes.text(
            edges[juncture["id"]],
            lift,
            juncture["label"],
            transform=axes.get_xaxis_transform(),
            ha=side,
            va="bottom",
            fontsize=size,
            color=colour,
        )


def unit_of(indicator: Mapping, frequency: str, sources: Mapping) -> tuple[str, float]:
    """Return the words for an indicator's raw unit at a frequency, and the factor that its raw values are drawn
    with."""
    measure = indicator["measure"]
    if measure["kind"] in ("count", "distinct") or measure.get("counts"):
        return f"number {A_PERIOD[frequency]}", 1.0
    if indicator["scale"] == "arcsine_sqrt":
        return "per cent", 100.0
    if measure["kind"] == "rate":
        many = indicator["declared_scale"]["value"] >= 0.05
        whole = (
            measure["per"][0]
            .replace("_all_partners", " of all partners")
            .replace("_", " ")
            .replace("retained tokens", "words")
        )
        return f"per {'100' if many else '1,000'} {whole}", 100.0 if many else 1000.0
    source, table = indicator["table"].split("/")
    columns = (((sources.get(source) or {}).get("tables") or {}).get(table) or {}).get("columns") or {}
    unit = (columns.get(measure["columns"][0]) or {}).get("unit") or "value"
    return unit.replace("trend-indicator values", "TIV"), 1.0


def source_line(sources: Mapping, tables: Sequence[str]) -> str:
    """Return the producers and licences of the tables' sources (source/table) as one sentence."""
    names = dict.fromkeys(table.split("/")[0] for table in tables)
    parts = [
        f"{sources[n]['title']} ({sources[n]['producer']}; {licence(sources[n]['licence'])})"
        for n in names
        if n in sources
    ]
    return "Sources: " + "; ".join(parts) + "." if parts else ""


def licence(identifier: str) -> str:
    """Return a licence's identifier in words for a caption."""
    own = {"LicenseRef-cited-figures": "cited figures"}
    return own.get(identifier, identifier.replace("LicenseRef-", "terms of "))


def main_points(series: pd.DataFrame, frequency: str, vintage: str) -> pd.DataFrame:
    """Return the observed main periods of a regular series at a frequency in a vintage, with `raw` the measure
    itself."""
    chosen = series[(series["role"] == "main") & (series["frequency"] == frequency) & (series["vintage"] == vintage)]
    chosen = chosen[chosen["y"].notna()].copy()
    exposure = pd.to_numeric(chosen["exposure"])
    chosen["raw"] = pd.to_numeric(chosen["value"]) / exposure.where(exposure.notna(), 1.0)
    return chosen


def drawn_model(indicator: Mapping, frequency: str) -> str:
    """Return the model whose line belongs to a frequency: the primary one at the declared frequency."""
    return "primary" if frequency == indicator["frequency"] else {"year": "annual", "quarter": "quarterly"}[frequency]


def interval(row: Mapping, digits: int = 2) -> str:
    """Return an estimate and its 95 % interval as text, or what stands in its way."""
    if row["estimate"] != row["estimate"]:
        return "no estimate"
    lower, upper = style.plain(row["lower"], digits), style.plain(row["upper"], digits)
    return f"{style.signed(row['estimate'], digits)} [{lower}, {upper}]"


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def span(numbers, words: str) -> str:
    """Return the smallest and the largest of whole numbers with what they count, or nothing where there is none."""
    known = [int(number) for number in numbers if number == number]
    if not known:
        return ""
    ends = f"{min(known)} to {max(known)}" if min(known) < max(known) else f"{known[0]}"
    return f"{ends} {words}"


def first_text(cells) -> str:
    """Return the first cell that holds text, or nothing; an empty column comes as numbers that are missing."""
    return next((cell for cell in cells if isinstance(cell, str) and cell), "")


def claim_cells(claims: pd.DataFrame) -> dict[tuple[str, str, str], list[Mapping]]:
    """Return (indicator, model, juncture) -> the claims of kind effect whose evidence names that step."""
    cells: dict[tuple[str, str, str], list[Mapping]] = {}
    for claim in claims.to_dict("records"):
        if claim["kind"] != "effect":
            continue
        for part in read_evidence(claim["evidence"]):
            row = part.row
            if row and row["estimand"] == "step":
                cells.setdefault((row["indicator"], row["model"], row["juncture"]), []).append(claim)
    return cells
