# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Findings: from the question to the answer
#
# This notebook reads what the build has written under `processed/` and `figures/` and computes nothing beyond counting
# rows: every estimate and every sentence with a number is looked up there. Change `config.yaml` or `claims.yaml`, run
# `snakemake`, and it is rewritten.

# %%
import json
from pathlib import Path

import pandas as pd
from IPython.display import Image, Markdown, display

from junctures.numbers import read_csv
from junctures.report.judgement import VERDICTS
from junctures.report.notebook_cells import say
from junctures.report.wording import interval, number, p_value

ROOT = Path("..")  # this notebook lies in notebooks/
pd.set_option("display.max_colwidth", None, "display.precision", 2, "display.width", 160)

study = json.loads((ROOT / "processed/meta/study.json").read_text(encoding="utf-8"))
effects = read_csv(ROOT / "processed/results/effects.csv")
designs = read_csv(ROOT / "processed/results/designs.csv")
dates = read_csv(ROOT / "processed/results/dates.csv")
claims = read_csv(ROOT / "processed/results/claims.csv")

JUNCTURES = {juncture["id"]: juncture["label"] for juncture in study["junctures"]}
PLACES = JUNCTURES | {"all": "All junctures", "none": "Background"}
LABELS = {name: entry["label"] for name, entry in (study["indicators"] | study["pools"]).items()}


def show_figure(name):
    """Show a figure of the build with its caption and, for those who cannot see it, its description."""
    record = json.loads((ROOT / f"figures/{name}.json").read_text(encoding="utf-8"))
    display(Markdown(f"**{record['title']}**"))
    display(Image(filename=ROOT / f"figures/{name}.png", width=900, alt=record["alt"]))
    display(Markdown(f"*{record['caption']}*"))


def show_claims(chosen, columns=("juncture", "statement", "reason")):
    """Show claims as a table, with junctures and verdicts in words, or say that there are none."""
    if chosen.empty:
        return say("None.")
    words = {"juncture": chosen["juncture"].map(PLACES), "verdict": chosen["verdict"].map(VERDICTS)}
    display(chosen.assign(**words).set_index("claim")[list(columns)])


def told(row):
    """Return an estimate as text: interval, p, p after Holm in its family, and of a rejection whether it is robust."""
    if row["estimate"] != row["estimate"]:
        return p_value(row["p"])
    holm = f", after Holm {row['p_holm']:.3f}" if row["p_holm"] == row["p_holm"] else ""
    robust = {"yes": ", robust", "no": ", not robust"}.get(row["robust"], "")
    return f"{number(row['estimate'], signed=True)} ({interval(row)}), {p_value(row['p'])}{holm}{robust}"


# %% [markdown]
# ## The question
#
# The article argues that strategic cooperation between China and Russia did not grow steadily but stepped up at three
# dates. Each of its checkable statements is held against data by a rule fixed in `claims.yaml`.

# %%
display(
    pd.DataFrame(
        [
            {"juncture": j["label"], "day": j["date"], "alternative days": ", ".join(j["alternatives"])}
            for j in study["junctures"]
        ]
    ).set_index("juncture")
)
window = study["study"]["window"]
tables = {entry["table"].split("/")[0] for entry in study["indicators"].values()}
say(
    f"{len(claims)} statements; {len(study['indicators'])} indicators from {len(tables)} sources, "
    f"{window['start']} to {window['end']}; "
    f"{len(study['pools'])} indices pooled over indicators. Rules fixed on {study['study']['rules_fixed']}, after "
    "exploratory fits by those who "
    "knew the tables: declarations, not a preregistration."
)

# %% [markdown]
# ## What happened
#
# Before any test: the events that were counted, each at its date.

# %%
show_figure("timeline")

# %% [markdown]
# The series of military cooperation and of threat by year. Each juncture has its own counterfactual, drawn to the next
# juncture only; the gap between the two lines at its start is the step.

# %%
show_figure("what_happened")

# %% [markdown]
# ## What the design could see
#
# Short series see large steps only. The table says how large a step must be, in smallest effects of interest, to be
# found four times in five (at an error autocorrelation of .4). Above 1, a step of that size will be missed more than
# one time in five. The designs take each series' declared scale as the spread around its model; where the spread is
# another, the interval of the estimate says what was seen (docs/method.md, "What may not be claimed").

# %%
steps = designs[(designs["estimand"] == "step") & (designs["rho"] == 0.4)]
main = steps[steps["model"].eq("primary") | steps["model"].str.startswith("pool_")]
rows_only = [name for name, entry in study["indicators"].items() if entry["row_of"]]
main = main[~main["indicator"].isin(rows_only)]
wide = main.pivot_table(index=["frequency", "indicator"], columns="juncture", values="jump_80_smallest", sort=False)
wide = wide.reindex(columns=list(JUNCTURES)).rename(columns=JUNCTURES)
wide.index = pd.MultiIndex.from_tuples([(f, LABELS[i]) for f, i in wide.index], names=["frequency", "series"])
display(wide)
blind = (wide > 1).sum()
say(
    "Series whose smallest effect of interest would be missed more than one time in five: "
    + "; ".join(f"{label}: {blind[label]} of {wide[label].notna().sum()}" for label in wide.columns)
    + "."
)

# %%
show_figure("what_the_design_could_see")

# %% [markdown]
# ## Cooperation as a whole
#
# Indices with equal weights decide the claims about cooperation as a whole. Estimates are in declared scales of the
# index, above a straight trend, each with its 95 % interval; the three steps of an index are one family of tests.

# %%
pooled = effects[effects["model"].isin([f"pool_{name}" for name in study["pools"]])]
heads = {"mean_step": "Mean step a juncture", "staged": "A rise at every juncture"}
cells = {}
for row in pooled[pooled["estimand"].isin(["step", *heads])].to_dict("records"):
    head = heads.get(row["estimand"]) or JUNCTURES[row["juncture"]]
    cells.setdefault(LABELS[row["indicator"]], {})[head] = told(row)
display(pd.DataFrame.from_dict(cells, orient="index")[[*JUNCTURES.values(), *heads.values()]])

# %% [markdown]
# What the declared rules make of them. Not every "ruled out" says as much as the words do: the leading coefficient is
# held against .5 in declared scales, of which the threat index covers many, and a rank of dates that is ordinary is no
# proof that nothing happened at them.

# %%
whole = claims[(claims["ledger"] == "tested") & (claims["dimension"] == "overall")]
show_claims(whole, ("juncture", "verdict", "statement", "reason"))

# %% [markdown]
# ## Would the data have chosen these dates?

# %%
show_figure("dates_chosen")
for row in dates.to_dict("records"):
    place = f"rank {row['rank']:,} of {row['n_sets']:,}, calibrated p {row['p']:.3f}"
    say(f"- {LABELS[row['id']]}: {place}; the best set is {', '.join(row['best_1'].split())}.")

# %% [markdown]
# ## The verdicts, in two ledgers
#
# Claims tested by a model and claims checked against records are never added up: a date in a document and a step in a
# noisy series are not the same kind of evidence.

# %%
LEDGERS = {"tested": "Claims tested by a model", "checked": "Claims checked against records"}
for ledger, words in LEDGERS.items():
    own = claims[claims["ledger"] == ledger]
    counts = pd.crosstab(own["juncture"].map(PLACES), own["verdict"])
    counts = counts.reindex(
        index=[p for p in PLACES.values() if p in counts.index], columns=list(VERDICTS), fill_value=0
    )
    counts.loc["Sum"] = counts.sum()
    say(f"### {words}")
    display(counts.rename(columns=VERDICTS).rename_axis(index=None, columns=None))

# %% [markdown]
# ## What the data support

# %%
for ledger, words in LEDGERS.items():
    say(f"### {words}")
    show_claims(claims[(claims["ledger"] == ledger) & (claims["verdict"] == "supported")])

# %% [markdown]
# ## What speaks against the article, in whole or in part
#
# Contradicted; ruled out (an effect as large as the smallest of interest is excluded, or the dates rank no better than
# most); or mixed (some parts of a statement hold and others do not, or one is disputed).

# %%
for ledger, words in LEDGERS.items():
    say(f"### {words}")
    against = claims[(claims["ledger"] == ledger) & claims["verdict"].isin(["contradicted", "ruled_out", "mixed"])]
    show_claims(against, ("juncture", "verdict", "statement", "reason"))

# %% [markdown]
# ## What could not be told
#
# "Cannot tell" is not "no": the data at hand are compatible with the claim and with its absence, or no record bears
# on it.

# %%
for ledger, words in LEDGERS.items():
    say(f"### {words}")
    open_ones = claims[(claims["ledger"] == ledger) & claims["verdict"].isin(["cannot_tell", "untestable"])]
    show_claims(open_ones, ("juncture", "verdict", "statement", "reason"))

# %% [markdown]
# ## When were the arms ordered?

# %%
show_figure("deliveries_and_orders")

# %% [markdown]
# ## What this does not show
#
# - Junctures two years apart cannot be told apart in slope on annual data.
# - Without a control, what else happened at the time is not excluded: the financial crisis, the change of
#   leaders in both states, the pandemic.
# - A step found says when a series moved, not why.
# - Absence from a table that is no census shows nothing. The tables that this study compiled were written and audited
#   by a large language model.
# - The rules were written with the tables in sight; they bind from their date on, and a reader may fix better
#   ones and run them.
