"""docs/calibration.md: size and power of the procedure on many designs, held against the goals set for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from junctures.files import write_text
from junctures.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Size and power of the primary procedure on annual series"
COUNTS = {1: "one juncture", 2: "two junctures", 3: "three junctures"}
LOOKS = {1: ("o", style.INK), 2: ("s", style.BLUE), 3: ("^", style.VERMILION)}
SHOWN_RHOS = (0.0, 0.4, 0.8)
HEAD = """# Size and power, measured

How often the procedure rejects when nothing happened (size) and when something did (power), in per cent, at a level
of 5: written by `snakemake calibration`, with {draws:,} series a cell, so that a rate of 5 has a Monte-Carlo error of
{error:.1f}. [method.md](method.md#calibration) says how the series are drawn; the rates on the study's own series, with
their own persistence, are in `processed/results/calibration.csv`.

## Goals, set before, and what is measured

{goals}

{missed}
## The rules of the claims

{studies} simulated studies, judged by the functions that judge the real one (`processed/results/verdict_rates.csv`), in
per cent: how often a claim gets a wrong verdict when nothing happened (goal: at most 2.5 a claim), and is supported at
true effects of 2, 3 and 4 (steps in residual sd; slopes and leads in smallest effects of interest; goal at 4 sd: at
least 40 for annual steps). A claim whose indicator has a coverage flag is never supported, whatever is true. A rank of
dates has one p at .05 and no row of Robust, so that up to 5 of its verdicts may be wrong by its very rule.

{claims}

## Designs that the study does not have

![Six panels, two for each of three persistences: the size of a step above, the power for a step of 2 residual sd below,
by length of the series and number of junctures.](calibration.svg "{title}")

Annual series of n points, junctures at equal distances, AR(1) errors (from 60 points on with white noise in the model).
Size is the largest over the steps; power, for steps of 2 and 4 sd, the smallest.

{designs}

## What the procedure does not assume

Errors of another kind, a smooth rise, or a step elsewhere (2 sd; persistence .4 where the errors are the procedure's
own), on the designs of the study. A rate above 5 is how often a rejection is something else than a step.

{truths}
"""


@dataclass(frozen=True)
class Goal:
    """What was to be reached: words, the rates that it concerns, bounds in per cent."""

    words: str
    rows: Callable[[pd.DataFrame], pd.Series]
    low: float
    high: float
    why: str = ""


def _null(rates: pd.DataFrame) -> pd.Series:
    return (rates["effect"] == 0) & (rates["truth"] == "own")


GOALS = (
    Goal(
        "a step of an annual or quarterly series of 20 points or more, rho 0 to .8",
        lambda r: (
            _null(r) & (r["estimand"] == "step") & (r["n"] >= 20) & (r["rho"] <= 0.8) & (r["frequency"] != "month")
        ),
        3,
        6.5,
        "The cells below the goal are quarterly without persistence: there the posterior cannot exclude a persistence "
        "that the series does not have, and the test is a little too careful. The one above it lies within its "
        "Monte-Carlo error of the goal, on twenty years with rho .8, where rho is known least.",
    ),
    Goal(
        "the mean step on the pools' designs",
        lambda r: _null(r) & (r["estimand"] == "mean_step") & r["pool"] & (r["frequency"] == "year"),
        3,
        6.8,
    ),
    Goal(
        "a step of a monthly series",
        lambda r: _null(r) & (r["estimand"] == "step") & (r["frequency"] == "month"),
        2,
        7,
    ),
    Goal(
        "a step of an annual series of 12 points",
        lambda r: _null(r) & (r["estimand"] == "step") & (r["n"] == 12),
        0,
        7.5,
    ),
    Goal("the staged rise", lambda r: _null(r) & (r["estimand"] == "staged"), 0, 5),
    Goal("the rank of the dates, on the pools' designs", lambda r: _null(r) & (r["estimand"] == "date_rank"), 4, 6),
    Goal(
        "a step under a random walk plus noise",
        lambda r: (r["truth"] == "random_walk") & (r["estimand"] == "step"),
        0,
        10,
    ),
)


def write_page(rates: pd.DataFrame, verdicts: pd.DataFrame, page: str | Path, figure: str | Path) -> None:
    """Write the page and its figure from the rates of all parts of the grid and those of the verdicts.

    Columns as of `grid.grid_rows` and `verdict_rates.verdict_rates`.
    """
    rates = rates.assign(
        pool=~rates["design"].str.contains(" of ") & ~rates["design"].isin(["year", "quarter", "month"])
    )
    draws = int(rates["draws"].max())
    text = HEAD.format(
        draws=draws,
        error=100 * (0.05 * 0.95 / draws) ** 0.5,
        goals="\n".join(_goal_table(rates)),
        missed="".join(_missed(rates)),
        title=TITLE,
        studies=int(verdicts["studies"].max()),
        claims="\n".join(_claim_table(verdicts)),
        designs="\n".join(_design_table(rates)),
        truths="\n".join(_truth_table(rates)),
    )
    write_text(text, page)
    _draw(rates, Path(figure))


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}"


def _goal_table(rates: pd.DataFrame) -> Iterator[str]:
    yield "| size of | cells | goal | lowest | highest | cells beyond it |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for goal in GOALS:
        found = rates[goal.rows(rates)]["rate"]
        goal_words = f"{goal.low:g} to {goal.high:g}" if goal.low else f"at most {goal.high:g}"
        beyond = int(((100 * found < goal.low) | (100 * found > goal.high)).sum())
        ends = f"{_percent(found.min())} | {_percent(found.max())}"
        yield f"| {goal.words} | {len(found)} | {goal_words} | {ends} | {beyond} |"


def _missed(rates: pd.DataFrame) -> Iterator[str]:
    """Yield a line for each goal that is missed, with every cell beyond it."""
    for goal in GOALS:
        found = rates[goal.rows(rates)]
        beyond = found[(100 * found["rate"] < goal.low) | (100 * found["rate"] > goal.high)]
        if len(beyond):
            cells = [
                f"{row.design}, rho {row.rho:g}, {row.juncture.replace('_', ' ')}: {_percent(row.rate)}"
                for row in beyond.itertuples()
            ]
            yield f"- Missed, {goal.words}: {'; '.join(cells)}. {goal.why}\n"


def _claim_table(verdicts: pd.DataFrame) -> Iterator[str]:
    yield "| claim | kind | wrong at 0 | supported at 2 | at 3 | at 4 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for claim, group in verdicts.groupby("claim", sort=False):
        at = group.set_index("effect")
        supported = " | ".join(f"{100 * at.loc[effect, 'supported']:.0f}" for effect in (2, 3, 4))
        yield f"| {claim} | {at['kind'].iloc[0].replace('_', ' ')} | {_percent(at.loc[0, 'wrong'])} | {supported} |"


def _design_table(rates: pd.DataFrame) -> Iterator[str]:
    own = rates[rates["design"].str.contains(" of ") & (rates["estimand"] == "step")]
    rhos = sorted(own["rho"].unique())
    yield "| junctures | n | " + " | ".join(f"rho {rho:g}: size, power 2, 4" for rho in rhos) + " |"
    yield "| --- | --- | " + " | ".join("---" for _ in rhos) + " |"
    for (count, n), group in own.groupby(["junctures", "n"]):
        cells = [_design_cell(group[group["rho"] == rho]) for rho in rhos]
        yield f"| {count} | {n} | " + " | ".join(cells) + " |"


def _design_cell(group: pd.DataFrame) -> str:
    size = group[group["effect"] == 0]["rate"].max()
    powers = [group[group["effect"] == effect]["rate"].min() for effect in (2, 4)]
    return f"{_percent(size)}, {100 * powers[0]:.0f}, {100 * powers[1]:.0f}"


def _truth_table(rates: pd.DataFrame) -> Iterator[str]:
    misled = rates[(rates["truth"] != "own") & (rates["effect"] == 0)]
    yield "| truth | design | largest over the steps | mean step | staged rise | rank of the dates |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for (truth, design), group in misled.groupby(["truth", "design"], sort=False):
        cells = [
            group[group["estimand"] == estimand]["rate"] for estimand in ("step", "mean_step", "staged", "date_rank")
        ]
        shown = " | ".join(_percent(cell.max()) if len(cell) else "" for cell in cells)
        yield f"| {truth.replace('_', ' ')} | {design.replace('_', ' ')} | {shown} |"


@style.themed
def _draw(rates: pd.DataFrame, path: Path) -> None:
    own = rates[rates["design"].str.contains(" of ") & (rates["estimand"] == "step")]
    figure = style.new_figure(style.WIDTH, 0.5 * style.WIDTH)
    axes = figure.subplots(2, len(SHOWN_RHOS), sharex=True, sharey="row")
    for column, rho in enumerate(SHOWN_RHOS):
        at_rho = own[own["rho"] == rho]
        _panel(axes[0][column], at_rho[at_rho["effect"] == 0].groupby(["junctures", "n"])["rate"].max())
        _panel(axes[1][column], at_rho[at_rho["effect"] == 2].groupby(["junctures", "n"])["rate"].min())
        axes[0][column].axhline(5, color=style.GREY, linewidth=style.THIN, linestyle="--")
        axes[0][column].set_title(f"rho = {rho:g}")
        axes[0][column].set_ylim(0, 10)
        axes[1][column].set_ylim(0, 105)
        axes[1][column].set_xlabel("years")
    axes[0][0].set_ylabel("size, per cent")
    axes[1][0].set_ylabel("power at 2 sd, per cent")
    for count, (marker, colour) in LOOKS.items():
        axes[0][-1].plot([], [], marker, color=colour, label=COUNTS[count])
    axes[0][-1].legend(frameon=False, loc="lower right")
    figure.subplots_adjust(left=0.07, right=0.99, top=0.94, bottom=0.1, hspace=0.12, wspace=0.06)
    style.save_svg(
        figure, path, TITLE, "Size and power by length of the series, persistence and number of junctures.", {}
    )


def _panel(axis: "Axes", rates: pd.Series) -> None:
    for count, (marker, colour) in LOOKS.items():
        if count in rates.index.get_level_values(0):
            here = rates[count]
            axis.plot(here.index, 100 * here.to_numpy(), marker, color=colour)
