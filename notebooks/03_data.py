# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Data: what the study rests on, and how far it can be trusted
#
# Where every number comes from, which years the tables cover, how sure the rows are, whether two coders agree, and what
# changes with another vintage of a source, with a control, or with another partner in Russia's place. Every number
# below is counted here from `raw/` or looked up under `processed/`; change a table, run `snakemake`, and it is
# rewritten. How tables become series: [docs/data.md](../docs/data.md); every limit of a source is in its `SOURCE.yaml`.

# %%
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import display

from junctures.numbers import read_csv
from junctures.report import style
from junctures.report.judgement import VERDICTS
from junctures.report.notebook_cells import say, show_picture
from junctures.report.wording import interval, listed, number, p_value
from junctures.study.tables import read_sources

ROOT = Path("..")  # this notebook lies in notebooks/
pd.set_option("display.max_colwidth", None, "display.precision", 2, "display.width", 160, "display.max_rows", 100)

study = json.loads((ROOT / "processed/meta/study.json").read_text(encoding="utf-8"))
effects = read_csv(ROOT / "processed/results/effects.csv")
claims = read_csv(ROOT / "processed/results/claims.csv")
places = read_csv(ROOT / "processed/results/placebo_outcomes.csv")
sources, problems = read_sources(ROOT)
tables = {
    f"{source}/{name}": read_csv(ROOT / f"raw/{source}/{name}.csv")
    for source, record in sources.items()
    for name in record.tables
}

INDICATORS = study["indicators"]
LABELS = {name: entry["label"] for name, entry in (INDICATORS | study["pools"]).items()}
JUNCTURES = {juncture["id"]: juncture["label"] for juncture in study["junctures"]}
YEARS = {juncture["id"]: int(juncture["date"][:4]) for juncture in study["junctures"]}
FIRST, LAST = (int(study["study"]["window"][end][:4]) for end in ("start", "end"))
LEVEL = 0.05  # of a p, unadjusted
FAIR = 0.6  # of a kappa; by Landis and Koch (1977) agreement above it is substantial

# %% [markdown]
# ## Sources
#
# One folder of `raw/` a source. Most counts of events were compiled for this study; series and scores were made by
# others.

# %%
rows = {
    source: {
        "holds": record.title,
        "producer": record.producer,
        "licence": record.licence,
        "rows": sum(len(tables[f"{source}/{name}"]) for name in record.tables),
        "indicators": sum(entry["table"].startswith(f"{source}/") for entry in INDICATORS.values()),
    }
    for source, record in sources.items()
}
overview = pd.DataFrame.from_dict(rows, orient="index")
compiled = [source for source, record in sources.items() if record.producer == "This study"]
say(
    f"{len(sources)} sources in {len(tables)} tables hold {overview['rows'].sum():,} rows; {len(compiled)} of "
    f"them were compiled by this study. {(overview['indicators'] > 0).sum()} feed the {len(INDICATORS)} indicators; "
    "the others are read by claims that are checked against records, or by none."
)
display(overview.rename_axis("source"))

# %%
spans = [
    (f"{source}/{name}", *(int(date[:4]) for date in table.coverage))
    for source, record in sources.items()
    for name, table in record.tables.items()
    if table.coverage
]
whole = [name for name, first, last in spans if first <= FIRST and last >= LAST]
late = [first for _, first, _ in spans if first > FIRST]
early = [last for _, _, last in spans if last < LAST]
say(
    f"Of {len(spans)} dated tables {len(whole)} cover the whole window of the tests, {FIRST} to {LAST}; {len(late)} "
    f"begin later (the last in {max(late)}) and {len(early)} end before its end (the first in {min(early)}). The "
    "others are lists for checking and have no span. The window is shaded, the dotted lines are the junctures."
)
with style.theme():
    picture = style.new_figure(style.WIDTH, 92 * style.MM)
    axes = style.place(picture, 48, 6, 131, 80)
    axes.axvspan(FIRST, LAST + 1, color=style.FAINT, linewidth=0)
    for place, (name, first, last) in enumerate(reversed(spans)):
        own = name.split("/")[0] in compiled
        axes.plot(
            [first, last + 1], [place, place], color=style.BLUE if own else style.INK, marker="o" if own else "s",
            linestyle="-" if own else "--", markerfacecolor="white",
        )  # fmt: skip
    for year in YEARS.values():
        axes.axvline(year, color=style.INK, linewidth=style.THIN, linestyle=":")
    axes.set_yticks(range(len(spans)), [name for name, _, _ in reversed(spans)])
    axes.set_title("Years that each dated table covers: this study's tables (circles) and others' (squares)")
    show_picture(
        picture,
        f"{len(spans)} horizontal lines, one a table, from its first to its last year; {len(whole)} reach over the "
        f"whole shaded window of {FIRST} to {LAST}.",
    )

# %% [markdown]
# ## Coverage over time
#
# A gap in a series is no zero: a period that its source does not cover is left out and keeps its place in time. How
# many of the periods in its window does each indicator have?

# %%
series = {name: read_csv(ROOT / f"processed/series/{name}.csv") for name in INDICATORS}
main_series = {}
for name, entry in INDICATORS.items():
    main = entry["vintages"]["main"] if entry["vintages"] else ""
    table = series[name]
    chosen = table["role"].eq("main") & table["frequency"].eq(entry["frequency"]) & table["vintage"].eq(main)
    main_series[name] = table[chosen & table["period"].str[:4].astype(int).between(FIRST, LAST)]
observed = pd.DataFrame(
    {
        name: {
            "indicator": LABELS[name],
            "frequency": INDICATORS[name]["frequency"],
            "from": table["period"].iloc[0],
            "to": table["period"].iloc[-1],
            "periods": len(table),
            "observed": int(table["y"].notna().sum()),
            "coverage flag": INDICATORS[name]["coverage_flag"] or "",
        }
        for name, table in main_series.items()
    }
).T
gaps = observed[observed["observed"] < observed["periods"]]
short = observed[(observed["from"].str[:4] > str(FIRST)) | (observed["to"].str[:4] < str(LAST))]
holes = [
    f"{row['indicator']} lacks {row['periods'] - row['observed']} of {row['periods']}" for _, row in gaps.iterrows()
]
say(
    f"{len(short)} of {len(observed)} indicators begin after {FIRST} or end before {LAST}. Periods without a value "
    f"within their span: {'; '.join(holes) or 'none'}."
)
display(observed.drop(columns="coverage flag").set_index("indicator"))

# %% [markdown]
# **Coverage flags.** Where a table does not cover all years alike, a step in it may be one of the record. Such an
# indicator is tested and shown, but no verdict beyond "cannot tell" may rest on it, and it enters no family of tests.

# %%
flagged = observed[observed["coverage flag"] != ""]
for name, row in flagged.iterrows():
    resting = claims[claims["evidence"].str.contains(f" {name} ")]
    told = [f"`{row['claim']}` ({VERDICTS[row['verdict']]})" for row in resting.to_dict("records")]
    say(f"- **{row['indicator']}**: {row['coverage flag']} Claims that look at it: {', '.join(told) or 'none'}.")

# %% [markdown]
# **Events a year.** Each series of counted events, with the rows of `raw/` behind it: all of them, and those of which
# this study is sure (`confidence` high). Were a rise made of less certain rows, the open squares would stay low while
# the dots rise.

# %%
counted = [
    name
    for name, entry in INDICATORS.items()
    if entry["measure"]["kind"] in ("count", "distinct") and not entry["row_of"]
]
behind = []
for name in counted:
    table = read_csv(ROOT / f"processed/series/{name}_rows.csv", rows=str)
    table = table[table["frequency"] == INDICATORS[name]["frequency"]]
    for period, source, lines in zip(table["period"], table["table"], table["rows"], strict=True):
        for line in lines.split():
            row = tables[source].iloc[int(line) - 2]  # the header is line 1
            sure = row.get("confidence", "")
            behind.append({"indicator": name, "year": int(period[:4]), "sure": sure == "high", "told": sure != ""})
behind = pd.DataFrame(behind)
yearly = {
    name: behind[behind["indicator"] == name].groupby("year")["sure"].agg(["size", "sum"]).reindex(
        range(int(observed["from"][name][:4]), int(observed["to"][name][:4]) + 1), fill_value=0
    )
    for name in counted
}  # fmt: skip
told = {name: bool(behind.loc[behind["indicator"] == name, "told"].all()) for name in counted}
rated = behind[behind["told"]]
sure = rated.groupby(rated["year"] >= min(YEARS.values()))["sure"].mean()
unrated = listed([LABELS[name] for name in counted if not told[name]] or ["None"])
say(
    f"{100 * sure[False]:.0f} per cent of the rows before the first juncture are of high confidence, and "
    f"{100 * sure[True]:.0f} per cent of those from its year on. Without such a column, so that all rows are dots: "
    f"{unrated}."
)
with style.theme():
    picture = style.new_figure(style.WIDTH, (33 * -(-len(counted) // 3) + 3) * style.MM)
    for place, name in enumerate(counted):
        axes = style.place(picture, 8 + 59.5 * (place % 3), 6 + 33 * (place // 3), 53, 23)
        table = yearly[name]
        axes.plot(table.index, table["size"], color=style.INK, marker="o", label="all rows", clip_on=False)
        if told[name]:
            axes.plot(
                table.index, table["sum"], color=style.BLUE, marker="s", markerfacecolor="white", linestyle="--",
                linewidth=style.THIN, label="high confidence",
            )  # fmt: skip
        for year in YEARS.values():
            axes.axvline(year, color=style.INK, linewidth=style.THIN, linestyle=":")
        axes.set(title=LABELS[name], xlim=(FIRST - 0.5, LAST + 0.5), ylim=(0, max(1, table["size"].max()) * 1.15))
        axes.locator_params(axis="y", nbins=4, integer=True)
        if place == 0:
            axes.legend(frameon=False, loc="upper left")
    show_picture(
        picture,
        f"{len(counted)} panels, one a count, {FIRST} to {LAST}: all rows as dots, those of high confidence as open "
        "squares, the junctures as dotted lines. "
        + "; ".join(f"{LABELS[name]}: {table['size'].sum()} rows" for name, table in yearly.items())
        + ".",
    )

# %% [markdown]
# ## How sure the rows are
#
# The tables of this study were compiled and audited by a large language model. Each says how, in its own words:

# %%
audits = {source: re.search(r"Audited on .*?\.(?= |$)", sources[source].method) for source in compiled}
for sentence in sorted({found.group() for found in audits.values() if found}):
    told_by = [f"`{source}`" for source, found in audits.items() if found and found.group() == sentence]
    say(f"> {sentence}\n\n({listed(told_by)})")

# %%
rated = {name: table for name, table in tables.items() if {"confidence", "from_article"} & set(table)}
KINDS = {"from_article": ["yes", "part", "no"], "confidence": ["high", "medium", "low"]}
trust = pd.DataFrame(
    {
        name: {"rows": len(table)}
        | {
            ("article alone", "article in part", "without it")[place]: int(table["from_article"].eq(value).sum())
            for place, value in enumerate(KINDS["from_article"])
            if "from_article" in table
        }
        | {value: int(table["confidence"].eq(value).sum()) for value in KINDS["confidence"] if "confidence" in table}
        for name, table in rated.items()
    }
).T
sums = trust.sum()
say(
    f"Of {sums['rows']:,.0f} rows in {len(rated)} tables {sums['article alone']:.0f} rest on the tested article alone: "
    "they are no evidence and no series or verdict uses them. "
    f"{sums['article in part']:.0f} have it as one of two sources; their cells that rest on it alone are read as "
    f"blank. Of those rated, {100 * sums['low'] / sums[KINDS['confidence']].sum():.0f} per cent are doubtful (low) and "
    f"{100 * sums['medium'] / sums[KINDS['confidence']].sum():.0f} per cent hold an inferred detail or a weaker source "
    "(medium). A blank cell below: the table has no such column."
)
display(trust.astype("Int64").astype(object).where(trust.notna(), ""))

# %%
dated = {name: table for name, table in tables.items() if "date_precision" in table}
vague = pd.DataFrame({name: table["date_precision"].value_counts() for name, table in dated.items()}).T
vague = vague.reindex(columns=["day", "approx", "month", "year"]).fillna(0).astype(int)
vague = vague[vague["year"] < vague.sum(axis=1)]
say(
    f"Where events have dates, {100 * vague['day'].sum() / vague.to_numpy().sum():.0f} per cent have an exact day. A "
    "row that is known to the month or year only is left out at every finer frequency."
)
display(vague)

# %% [markdown]
# ## Do two coders agree?
#
# The official documents were coded twice, the second time blind to the first codes. Agreement is counted where both
# gave a code. Two measures take off what chance gives: Cohen's kappa (codes drawn from each coder's own distribution,
# here with linear weights, which for codes of 0 and 1 is the plain kappa) and Krippendorff's alpha (drawn from both
# coders' codes together, squared distances). Both are low or undefined where nearly all codes are the same, however
# often the coders agree: there is then hardly anything to agree about.

# %%
KEY = ["date", "country", "document"]
documents = tables["threat_documents/documents"].set_index(KEY)
codes = tables["threat_documents/codes"].pivot(index=[*KEY, "variable"], columns="coder", values="code")
codes.columns = ["first", "second"]


def share(part, whole):
    """Return a share in words, as counts and per cent."""
    return f"{part} of {whole} ({100 * part / whole:.0f} per cent)"


def kappa(one, two):
    """Return Cohen's kappa with linear weights (Cohen 1968); NaN where a code never varies."""
    expected = np.abs(np.subtract.outer(one, two)).mean()
    return 1 - np.abs(one - two).mean() / expected if expected else np.nan


def alpha(one, two):
    """Return Krippendorff's alpha of two coders with squared distances; NaN where a code never varies."""
    both = np.concatenate([one, two])
    expected = np.square(np.subtract.outer(both, both)).sum() / (len(both) * (len(both) - 1))
    return 1 - np.square(one - two).mean() / expected if expected else np.nan


agreement, exact = {}, {}
for variable, table in codes.groupby(level="variable"):
    twice = table.dropna()
    one, two = twice["first"].to_numpy(), twice["second"].to_numpy()
    settled = documents[variable].reindex(twice.index.droplevel("variable")).to_numpy()
    common = pd.Series(np.concatenate([one, two])).value_counts(normalize=True).max()
    exact[variable] = int((one == two).sum())
    agreement[variable] = {
        "coded": len(table),
        "coded twice": len(twice),
        "commonest code, %": 100 * common,
        "agreement, %": 100 * (one == two).mean(),
        "kappa": kappa(one, two),
        "alpha": alpha(one, two),
        "settled against both": int(((one == two) & (settled != one)).sum()),
    }
agreement = pd.DataFrame.from_dict(agreement, orient="index")
most, least = agreement["coded twice"].max(), agreement["coded twice"].min()
possible = len(documents) * len(agreement)
say(
    f"{len(documents)} documents and {len(agreement)} variables could give {possible} codes; "
    f"{share(agreement['coded twice'].sum(), possible)} were given by both coders, {least} "
    f"({agreement['coded twice'].idxmin()}) to {most} of a variable. That is few: a single document is "
    f"{100 / most:.0f} to {100 / least:.0f} points of the per cent below. The last column counts codes that both "
    "coders gave and that the settled table has otherwise."
)
display(agreement.rename_axis("variable"))

# %%
severity = codes.xs("severity", level="variable").dropna().astype(int)
apart = (severity["first"] - severity["second"]).abs()
disputed = int(documents["disputed"].str.contains("severity").sum())
unproven = [name for name, row in agreement.iterrows() if not row["kappa"] >= FAIR]
say(
    f"On severity, the code that ranks threats, the coders agree in {share(exact['severity'], len(severity))}; "
    f"{(apart == 1).sum()} times they differ by one step and {(apart > 1).sum()} times by more; {disputed} codes "
    "remain in dispute and are reported both ways. First coder down, second across:"
)
display(pd.crosstab(severity["first"], severity["second"], rownames=["first"], colnames=["second"]))
secondary = int((documents["code_basis"] != "read").sum())
say(
    f"Kappa is below {FAIR} or undefined for {listed(unproven or ['none'])}: their agreement shows little beyond codes "
    f"that are all alike. {share(secondary, len(documents))} documents were coded from a report about them."
)

# %% [markdown]
# ## What another vintage of a source changes
#
# The arms database is revised every year, also for years long past. The main vintage decides; each other is a series of
# its own, never mixed with it.

# %%
vintaged = {name: entry["vintages"] for name, entry in INDICATORS.items() if entry["vintages"]}
for name, entry in vintaged.items():
    wide = series[name].query("role == 'main'").pivot(index="period", columns="vintage", values="value")
    wide = wide[wide.index.str[:4].astype(int) >= FIRST]
    for other in entry["others"]:
        pair = wide[[entry["main"], other]].dropna()
        one, two = pair[entry["main"]], pair[other]
        most = (two - one).abs().idxmax()
        say(
            f"- {LABELS[name]}, {entry['main']} against {other}: {((one - two).abs() >= 1).sum()} of {len(pair)} years "
            f"differ by a unit or more, most in {most} ({one[most]:.0f} against {two[most]:.0f}); the sum changes by "
            f"{100 * (two.sum() / one.sum() - 1):+.1f} per cent."
        )

# %%
of_vintages = effects[
    effects["indicator"].isin(vintaged)
    & effects["model"].eq("primary")
    & effects["estimand"].isin(["step", "mean_step"])
]
for name, rows in of_vintages[of_vintages["estimand"] == "step"].groupby("indicator", sort=False):
    by_vintage = rows.pivot(index="juncture", columns="vintage", values=["estimate", "lower", "upper", "p"])
    main, others = vintaged[name]["main"], vintaged[name]["others"]
    estimate, p = by_vintage["estimate"], by_vintage["p"]
    width = by_vintage["upper"][main] - by_vintage["lower"][main]
    turned = sum((np.sign(estimate[other]) != np.sign(estimate[main])).sum() for other in others)
    crossed = sum(((p[other] <= LEVEL) != (p[main] <= LEVEL)).sum() for other in others)
    shift = max(((estimate[other] - estimate[main]).abs() / width).max() for other in others)
    say(
        f"- {LABELS[name]}: of {len(others) * len(estimate)} steps in other vintages {turned} have another sign than "
        f"in the main one, and {crossed} lie on the other side of p = {LEVEL}. The largest shift is "
        f"{100 * shift:.0f} per cent of the width of the interval."
    )
columns = {**JUNCTURES, "all": "mean step"}
cells = of_vintages.assign(
    series=of_vintages["indicator"].map(LABELS),
    juncture=of_vintages["juncture"].map(columns),
    step=[
        f"{number(row['estimate'], signed=True)} ({interval(row)}), {p_value(row['p'])}"
        for row in of_vintages.to_dict("records")
    ],
)
display(cells.pivot(index=["series", "vintage"], columns="juncture", values="step")[list(columns.values())])

# %% [markdown]
# ## What a control changes
#
# A control is a series that the junctures should not have moved: the same measure for another partner, or the median of
# the others. `control_alone` puts it through the same model; `control_difference` is the indicator less its control. A
# step that the control shows too is not one of China and Russia.

# %%
LOOKS = {
    "primary": ("the indicator alone", style.INK, "o", "-"),
    "control_alone": ("the control alone", style.ORANGE, "s", ":"),
    "control_difference": ("their difference", style.BLUE, "D", "--"),
}
with_control = [name for name in INDICATORS if INDICATORS[name]["control"]]
main_vintage = {name: entry["main"] for name, entry in vintaged.items()}
controlled = effects[
    effects["indicator"].isin(with_control)
    & effects["model"].isin(LOOKS)
    & effects["estimand"].eq("step")
    & effects["vintage"].eq(effects["indicator"].map(main_vintage).fillna(""))
    & effects["estimate"].notna()
]
wide = controlled.pivot(index=["indicator", "juncture"], columns="model", values=["estimate", "p"])
turned = np.sign(wide["estimate"]["primary"]) != np.sign(wide["estimate"]["control_difference"])
clear, still = (wide["p"][model] <= LEVEL for model in ("primary", "control_difference"))
say(
    f"{len(with_control)} of {len(INDICATORS)} indicators have a control. Of their {len(wide)} steps {turned.sum()} "
    f"change sign once the control is taken off; {clear.sum()} have p at most {LEVEL} before (unadjusted), of which "
    f"{(clear & still & ~turned).sum()} keep it and their sign, and {(~clear & still).sum()} have it only after; in "
    f"{(wide['p']['control_alone'] <= LEVEL).sum()} the control itself has such a step. Each point is a step in "
    "declared scales, with its 95 % interval."
)
with style.theme():
    picture = style.new_figure(style.WIDTH, 100 * style.MM)
    for column, (juncture, label) in enumerate(JUNCTURES.items()):
        axes = style.place(picture, 50 + 44.5 * column, 6, 40, 78)
        axes.axvline(0, color=style.INK, linewidth=style.THIN)
        scale = [INDICATORS[name]["declared_scale"]["value"] for name in with_control]
        for shift, (model, (words, colour, marker, dash)) in zip((0.25, 0, -0.25), LOOKS.items(), strict=True):
            rows = controlled[controlled["model"].eq(model) & controlled["juncture"].eq(juncture)].set_index(
                "indicator"
            )
            rows = rows.reindex(with_control)
            scale = [INDICATORS[name]["declared_scale"]["value"] for name in with_control]
            height = np.arange(len(rows))[::-1] + shift
            axes.hlines(
                height, rows["lower"] / scale, rows["upper"] / scale, color=colour, linestyle=dash, linewidth=0.8
            )
            axes.plot(rows["estimate"] / scale, height, marker, color=colour, markerfacecolor="white", label=words)
        axes.set(title=label, yticks=np.arange(len(with_control))[::-1], ylim=(-0.6, len(with_control) - 0.4))
        axes.set_yticklabels([LABELS[name] for name in with_control] if column == 0 else [])
        if column == 1:
            axes.set_xlabel("step, in declared scales")
            axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=3)
    show_picture(
        picture,
        f"{len(JUNCTURES)} columns, one a juncture, {len(with_control)} rows, one an indicator with a control; in "
        "each cell three points with intervals: the indicator, its control, their difference. "
        f"{turned.sum()} of {len(wide)} differences have another sign than the indicator alone.",
    )

# %% [markdown]
# ## Where China-Russia stands among others
#
# The same procedure on every other partner or pair of states, as if it had had the junctures: were the effect special,
# few others would show one as clear in the same direction. The place is among all of them, China-Russia included; the
# smallest placebo p that can be had is 1 / (1 + others), and others who share a partner or a month are not independent,
# so that this describes and decides nothing ([docs/method.md](../docs/method.md), "Placebo in outcome").

# %%
own = places[places["unit"].eq("main") & places["rank"].notna()]
with_difference = own.loc[own["model"] == "control_difference", "indicator"]
own = own[own["model"].eq("control_difference") | ~own["indicator"].isin(with_difference)]
HEADS = JUNCTURES | {"mean_step": "mean step", "staged": "rise at every juncture"}


def told_place(row):
    """Return a place among all, with the direction of the effect where it has one."""
    way = "" if row["estimate"] != row["estimate"] else " (rise)" if row["estimate"] > 0 else " (fall)"
    return f"{row['rank']:.0f} of {row['n_peers'] + 1:.0f}{way}"


cells = own.assign(
    series=own["indicator"].map(LABELS),
    head=[HEADS[row["juncture"] if row["estimand"] == "step" else row["estimand"]] for _, row in own.iterrows()],
    place=[told_place(row) for _, row in own.iterrows()],
)
far = cells[cells["placebo_p_absolute"] <= LEVEL]
say(
    f"{own['indicator'].nunique()} series have others to stand among, {own['n_peers'].min():.0f} to "
    f"{own['n_peers'].max():.0f} of them. Counting others of either direction, {len(far)} of {len(own)} places have "
    f"a placebo p of at most {LEVEL}; places drawn at random would have it at most {LEVEL * len(own):.1f} times on "
    "average. Below, places among those of the same direction, with the difference to the control where there is one:"
)
display(cells.pivot(index="series", columns="head", values="place")[list(HEADS.values())])

# %%
of_steps = own[own["estimand"] == "step"]
say(
    "The steps of that table as a picture. A point far to the left is a step that hardly any other shows in its "
    f"direction; {(of_steps['rank'] == 1).sum()} of {len(of_steps)} are in the first place. Filled: a rise; open: a "
    "fall. As the direction is taken from the data, read it at half the level."
)
with style.theme():
    names = list(dict.fromkeys(own["indicator"]))
    picture = style.new_figure(style.WIDTH, 68 * style.MM)
    for column, (juncture, label) in enumerate(JUNCTURES.items()):
        axes = style.place(picture, 50 + 44.5 * column, 6, 40, 51)
        rows = of_steps[of_steps["juncture"] == juncture].set_index("indicator").reindex(names)
        height = np.arange(len(names))[::-1]
        for up, fill in ((True, style.BLUE), (False, "white")):
            chosen = (rows["estimate"] > 0).to_numpy() == up
            axes.plot(
                rows["placebo_p"][chosen], height[chosen], "o" if up else "D", color=style.BLUE, markerfacecolor=fill
            )
        axes.axvline(LEVEL, color=style.INK, linewidth=style.THIN, linestyle=":")
        axes.set(title=label, xlim=(0, 1.03), yticks=height, ylim=(-0.6, len(names) - 0.4))
        axes.set_yticklabels([LABELS[name] for name in names] if column == 0 else [])
        if column == 1:
            axes.set_xlabel("place among all, as a share (placebo p); dotted: .05")
    show_picture(
        picture,
        f"{len(JUNCTURES)} columns, one a juncture, {len(names)} rows, one a series; each point is the place of "
        "China-Russia among others, as a share of all of them. "
        f"{(of_steps['placebo_p'] <= LEVEL).sum()} points lie at or left of {LEVEL}.",
    )

# %% [markdown]
# ## What follows for reading the results
#
# - A verdict on a series whose table this study compiled is one on what was found and recorded, not on all that
#   happened; where the record changes with time there is a flag, and no verdict.
# - Codes of documents are evidence only where two coders agree on more than what is common to all documents.
# - Hold what another vintage changes against the width of the interval, and a step against that of its control.
# - The places among others ask whether an effect is special to China and Russia, which a step alone does not say.
