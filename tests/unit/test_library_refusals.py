"""Everything that the library refuses, and that it says what is wrong, why it matters and what to do."""

import re

import numpy as np
import pandas as pd
import pytest

import junctures


def nile(**changes):
    return junctures.fit(junctures.load_example("nile"), {"dam": 1899}, **changes)


def judge_nile(**changes):
    asked = {"sign": "negative", "robust": True} | changes
    return junctures.judge(nile().effect("dam"), **asked)


FLOW = junctures.load_example("nile").astype(float)
MONTHS = junctures.load_example("kilometres")


def fit_of(series=FLOW, dates=None, **changes):
    return lambda: junctures.fit(series, {"dam": 1899} if dates is None else dates, **changes)


def changed(at, value):
    return FLOW.where(FLOW.index.year != at, value)


REFUSALS = {
    "a list": (fit_of([1, 2]), "the series is a list"),
    "no period index": (fit_of(FLOW.reset_index(drop=True)), "the index is a RangeIndex"),
    "timestamps": (fit_of(FLOW.to_timestamp()), "the index is a DatetimeIndex"),
    "fiscal years": (fit_of(FLOW.set_axis(FLOW.index.asfreq("Y-MAR"))), "frequency Y-MAR"),
    "empty": (fit_of(FLOW.iloc[:0]), "the series is empty"),
    "a period twice": (fit_of(pd.concat([FLOW, FLOW.iloc[:1]])), "1871 occurs more than once"),
    "all missing": (fit_of(FLOW * np.nan), "no observed value"),
    "text": (fit_of(FLOW.astype(str) + "x"), "no numbers"),
    "infinite": (fit_of(changed(1900, np.inf)), "infinite in 1900"),
    "negative roots": (fit_of(changed(1900, -1.0), scale="sqrt"), "-1 in 1900"),
    "another scale": (fit_of(scale="cubic"), "scale is 'cubic'"),
    "counts in logs": (fit_of(counts=True, scale="log"), "scale is 'log'"),
    "half a count": (fit_of(changed(1900, 0.5), counts=True), "0.5 in 1900"),
    "exposure of a level": (fit_of(exposure=FLOW), "counts is False"),
    "negative exposure": (fit_of(counts=True, exposure=-FLOW), "exposure is negative"),
    "exposure elsewhere": (fit_of(counts=True, exposure=MONTHS), "positive nowhere"),
    "unit of zero": (fit_of(unit=0), "unit is 0"),
    "month of a month": (fit_of(MONTHS, {"law": 1983}, observed_month=9), "observed_month is 9"),
    "month 13": (fit_of(observed_month=13), "observed_month is 13"),
    "no junctures": (fit_of(dates={}), "no junctures"),
    "a list of dates": (fit_of(dates=["1899"]), "no junctures"),
    "label all": (fit_of(dates={"all": 1899}), "label 'all'"),
    "label number": (fit_of(dates={1: 1899}), "label 1"),
    "no date": (fit_of(dates={"dam": "soon"}), "'soon' is no date"),
    "no such day": (fit_of(dates={"dam": "1899-02-30"}), "'1899-02-30' is no date"),
    "no time": (fit_of(dates={"dam": pd.NaT}), "no date or period"),
    "after the end": (fit_of(dates={"dam": 1990}), "first treats 1990"),
    "at the start": (fit_of(dates={"dam": 1871}), "first treats 1871"),
    "empty window": (fit_of(start=1890, end=1880), "between 1890 and 1880"),
    "no such effect": (lambda: nile().effect("war"), "no step of 'war'"),
    "a gap without ramps": (lambda: nile().effect("dam", "gap_1"), "no gap_1 of 'dam'"),
    "plan without scale": (lambda: fit_of(FLOW.loc["1896":"1930"], dates={"d": 1899})().plan(), "no declared scale"),
    "few draws": (lambda: nile().plan(draws=10), "draws is 10"),
    "half a seed": (lambda: nile().plan(seed=0.5), "seed is 0.5"),
    "weeks": (lambda: junctures.plan("week", 2000, 2020, {"one": 2010}), "frequency is 'week'"),
    "no rho .4": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, rho=(0.8,)), "rho is (0.8,)"),
    "unit root": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, rho=(0.4, 1.0)), "rho is (0.4, 1.0)"),
    "nothing small": (lambda: junctures.plan("year", 2000, 2020, {"one": 2010}, smallest_effect=0), "effect is 0"),
    "end first": (lambda: junctures.plan("year", 2020, 2000, {"one": 2010}), "between 2020 and 2000"),
    "end of window outside": (lambda: junctures.specifications(nile(), other_end=1980), "other_end is 1980"),
    "another label": (lambda: junctures.specifications(nile(), alternatives={"war": 1914}), "name 'war'"),
    "another sign": (lambda: junctures.specifications(nile(), sign="up"), "sign is 'up'"),
    "chance without scale": (
        lambda: junctures.specifications(fit_of(FLOW.loc["1896":"1930"])(), sign="positive"), "no declared scale"
    ),
    "one date to rank": (lambda: junctures.rank_dates(nile()), "there are 1 junctures"),
    "breaks of a list": (lambda: junctures.find_breaks([1, 2]), "the series is a list"),
    "breaks by few draws": (lambda: junctures.find_breaks(FLOW, draws=10), "draws is 10"),
    "breaks at no dates": (lambda: junctures.find_breaks(FLOW, {}), "no junctures"),
    "judge a fit": (lambda: junctures.judge(nile(), sign="positive", robust=True), "a Fit cannot be judged"),
    "judge a staged p": (
        lambda: junctures.judge(nile().effect(None, "staged"), sign="positive", robust=True), "the staged cannot"
    ),
    "a sign": (lambda: judge_nile(sign="up"), "sign is 'up'"),
    "robust unsaid": (lambda: judge_nile(robust="yes"), "robust is a str"),
    "another curve": (
        lambda: judge_nile(robust=junctures.specifications(fit_of(FLOW.rename("flow"))())), "curve is of 'flow'"
    ),
    "negative smallest": (lambda: judge_nile(smallest_effect=-1), "smallest_effect is -1"),
    "p over 1": (lambda: judge_nile(p=1.5), "p is 1.5"),
    "names apart": (lambda: junctures.pool({"a": FLOW}, {"b": 1.0}), "series are named a, units b"),
    "unit nan": (lambda: junctures.pool({"a": FLOW}, {"a": np.nan}), "unit of 'a' is nan"),
    "years and months": (lambda: junctures.pool({"a": FLOW, "b": MONTHS}, {"a": 1, "b": 1}), "a by year, b by month"),
    "nothing in common": (
        lambda: junctures.pool({"a": FLOW.iloc[:9], "b": FLOW.iloc[9:]}, {"a": 1, "b": 1}), "a 1871 to 1879, b 1880"
    ),
    "no example": (lambda: junctures.load_example("amazon"), "no example 'amazon'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_says_what_is_wrong_why_it_matters_and_what_to_do(case):
    call, what = REFUSALS[case]
    with pytest.raises(ValueError) as caught:
        call()
    text = str(caught.value)
    assert what in text
    parts = re.split(r": |; ", text)
    assert len(parts) >= 3 and all(len(part.split()) >= 2 for part in parts[-2:]), text
