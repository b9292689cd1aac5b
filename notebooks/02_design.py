# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Design: what short series can and cannot see
#
# Before any result: the trap that short series set for the usual methods, the way out that this study takes, what its
# own designs could have seen, and how to plan the next study with the same functions (`import junctures`,
# [docs/api.md](../docs/api.md)). Simulations here are small and illustrate; the measured figures are in
# [docs/method.md](../docs/method.md), and those of the study's designs are looked up under `processed/`.

# %%
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import display

from junctures.inference import alternatives, design, simulate

# The names of `import junctures`, written so that the build sees which code this notebook uses.
from junctures.library import fit, judge, load_example, plan, specifications
from junctures.numbers import read_csv
from junctures.report.notebook_cells import say, show_picture

ROOT = Path("..")  # this notebook lies in notebooks/
DATES = {"pivot": "2012-01-05", "ukraine": "2014-03-18", "thaad": "2016-07-08"}
pd.set_option("display.max_colwidth", None, "display.precision", 2, "display.width", 160)

# %% [markdown]
# ## The trap
#
# Twenty-two yearly values with a trend, no step anywhere, and errors in which a high year is followed by a high year.
# How often does a regression find a "step" at 2012, 2014 or 2017 with p at most .05? It should be five times in a
# hundred.

# %%
time = np.arange(2000, 2022)
X = design.build(time, steps=[2012, 2014, 2017])
columns = [X.names.index(f"step_{j}") for j in range(3)]
estimators = {"OLS": alternatives.ols, "OLS with Newey-West errors": alternatives.ols_hac}
shares = {}
for rho in (0.0, 0.4, 0.8):
    series = simulate.ar1(time, rho, 200, np.random.default_rng(1))
    for name, estimator in estimators.items():
        found = [estimator(y, X.X).p[columns] <= 0.05 for y in series]
        shares.setdefault(name, {})[f"autocorrelation {rho}"] = 100 * np.mean(found)
planned = plan("year", 2000, 2021, DATES, draws=500).to_frame()
steps = planned[planned["estimand"] == "step"]
shares["this study's procedure"] = {
    f"autocorrelation {rho}": 100 * rows["size"].mean() for rho, rows in steps.groupby("rho")
}
display(pd.DataFrame(shares).T.round(0).astype(int).rename_axis("false steps in 100"))

# %% [markdown]
# Newey-West errors are the usual remedy, and on twenty points they make it worse: they are justified by long series.
# Nor does it help to test for autocorrelation first, since at this length such a test is nearly blind.

# %% [markdown]
# ## The way out
#
# These methods take one estimate of the persistence, or none, as if it were known. The procedure of this study averages
# over what the data say of it, in closed form, and so keeps its size. On a series whose answer is known, the flow of
# the Nile before and after the first dam at Aswan:

# %%
nile = fit(load_example("nile"), {"Aswan dam": 1899})
show_picture(
    nile.plot().figure,
    "Annual flow of the Nile 1871 to 1970 as points. The fitted line drops at 1899 by about a quarter; "
    "the dashed counterfactual goes on at the earlier level.",
)
print(nile.summary())

# %%
curve = specifications(nile)
print(curve.summary())
print(judge(nile.effect("Aswan dam"), sign="negative", robust=curve).summary())

# %% [markdown]
# The price is silence where the data are few. China's and Russia's joint exercises, nineteen yearly counts:

# %%
exercises = fit(load_example("joint_exercises"), DATES, counts=True)
show_picture(
    exercises.plot().figure,
    "Joint exercises a year, 2003 to 2021, as points, with the fitted line in four pieces and three dashed "
    "counterfactuals whose intervals cover most of the panel.",
)
rows = exercises.to_frame().query("estimand in ['step', 'mean_step']")
display(rows.set_index(["estimand", "juncture"])[["estimate", "lower", "upper", "p", "smallest_effect"]])
curve = specifications(exercises)
for juncture in exercises.junctures:
    print(judge(exercises.effect(juncture), sign="positive", robust=curve).summary())

# %% [markdown]
# "Cannot tell" is not "no": each interval holds zero and effects that would matter.

# %% [markdown]
# ## What this study's designs could have seen
#
# For every series of the study, from simulating the procedure on its very points at autocorrelation .4: the share of
# samples that find a step of two declared scales, and whether an effect as large as the smallest of interest could be
# ruled out at all.

# %%
designs = read_csv(ROOT / "processed/results/designs.csv")
main = designs[designs["model"].eq("primary") | designs["model"].str.startswith("pool_")]
main = main[main["rho"].eq(0.4)]
of_steps, of_means = (main[main["estimand"].eq(estimand)] for estimand in ("step", "mean_step"))
display(
    pd.DataFrame(
        {
            "series": of_steps.groupby("frequency", sort=False)["indicator"].nunique(),
            "points, median": of_steps.groupby("frequency", sort=False)["n"].median(),
            "size": of_steps.groupby("frequency", sort=False)["size"].mean(),
            "power, step of 2": of_steps.groupby("frequency", sort=False)["power_2"].mean(),
            "power, mean step of 2": of_means.groupby("frequency", sort=False)["power_2"].mean(),
            "steps that could be ruled out": of_steps.groupby("frequency", sort=False)["ruled_out_attainable"].agg(
                lambda cells: f"{(cells == 'yes').sum()} of {len(cells)}"
            ),
        }
    )
)
say(
    "A declared scale of a monthly series is not that of a yearly one, so that rows compare within themselves only. "
    "The jump that each series sees four times in five is a table in [the findings](01_findings.ipynb)."
)

# %%
calibration = read_csv(ROOT / "processed/results/calibration.csv")
say(
    f"How often the procedure rejects on each of these series, without an effect and with planted ones, is in "
    f"`processed/results/calibration.csv` ({len(calibration)} rows; the first ten):"
)
display(calibration.head(10))

# %% [markdown]
# ## How to plan a study
#
# The same functions before there are data. Does waiting help? The step that is seen four times in five, in sd of the
# errors, for yearly series that start in 2000 and end later and later:

# %%
jumps = {}
for end in (2019, 2021, 2030, 2040):
    rows = plan("year", 2000, end, DATES, draws=300).to_frame().query("rho == 0.4")
    jumps[end] = rows.set_index("juncture")["jump_80"].rename({"all": "mean step"})
display(pd.DataFrame(jumps).T.rename_axis("last year").round(1))

# %% [markdown]
# Hardly: what a step is read from are the years around its date, and those do not become more. What helps is to ask for
# less, the mean step over the three dates; to pool several indicators, so that the errors of the index are smaller; or
# to have finer periods. Asking about a single date does not help, since its step must be told from the trend all the
# same:

# %%
one = plan("year", 2000, 2021, {"ukraine": DATES["ukraine"]}, draws=500)
three = plan("year", 2000, 2021, DATES, draws=500)
show_picture(
    three.plot().figure,
    "Share of samples in which a step is found, by its size from 0 to 4 sd: three lines rise to some "
    "nine in ten, the dashed one of the mean step well above them.",
)
print(three.summary())
print()
print("With one date instead of three:")
print(one.summary())

# %% [markdown]
# So, before collecting: write down the dates and the smallest effect that would matter; call `plan`; if the jump seen
# with 80 % power is larger than that effect, and ruling it out is out of reach, then the study will hardly answer,
# whatever the data turn out to be. Only then fit.
