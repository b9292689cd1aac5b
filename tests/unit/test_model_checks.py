"""Each kind of claim that a model tests, with every verdict it can give, on small invented results."""

from dataclasses import replace

import pandas as pd
import pytest

from junctures.report import model_checks
from junctures.report.judgement import Data

NAN = float("nan")
CLAIM = {"id": "drills_rise", "juncture": "one"}
ROW = {
    "indicator": "drills", "vintage": "", "juncture": "one", "model": "primary", "estimand": "step",
    "frequency": "year", "scale": "sqrt",
    "window_start": "2000", "window_end": "2021", "first_treated": "2012", "n": 22, "estimate": 0.5, "lower": 0.1,
    "upper": 0.9, "p": 0.01, "positive": NAN, "smallest_effect": 0.3, "coverage_flag": "no", "described": "",
    "reason": "", "sentence": "Joint drills (2000 to 2021, n = 22), model primary: a step.", "p_holm": 0.03,
    "mimics": "",
}  # fmt: skip
UP = {"estimate": 0.5, "lower": 0.1, "upper": 0.9, "p": 0.01, "p_holm": 0.03}
DOWN = {"estimate": -0.5, "lower": -0.9, "upper": -0.1, "p": 0.01, "p_holm": 0.03}
FLAT = {"estimate": 0.0, "lower": -0.2, "upper": 0.2, "p": 0.9, "p_holm": 1.0}
WIDE = {"estimate": 0.1, "lower": -0.6, "upper": 0.8, "p": 0.7, "p_holm": 1.0}
NONE = {"estimate": NAN, "lower": NAN, "upper": NAN, "p": NAN, "p_holm": NAN, "reason": "untestable: no variation"}


def result(**changes):
    return ROW | changes


def standing(row, **changes):
    """Return rows of Robust that agree with a row, or as in `changes`: model -> changed cells."""
    names = ["ols", "reml", "without_2005"]
    prefix = "" if row["model"] == "primary" or row["model"].startswith("pool_") else row["model"] + "_"
    return [row | {"model": prefix + name} | changes.get(name, {}) for name in names]


def evidence(*rows, specifications=None):
    if specifications is None:
        specifications = [other for row in rows for other in standing(row)]
    columns = list(ROW)
    return Data(pd.DataFrame(list(rows), columns=columns), pd.DataFrame(specifications, columns=columns), {}, {})


def key(row):
    return {name: row[name] for name in ("indicator", "vintage", "juncture", "model", "estimand")}


def effect(*rows, sign="positive", specifications=None, judge=model_checks.judge_effect, **more):
    check = {"kind": "effect", "sign": sign, "members": [key(row) for row in rows]} | more
    return judge(check, CLAIM, evidence(*rows, specifications=specifications))


@pytest.mark.parametrize(
    "changes, sign, verdict, label",
    [
        (UP, "positive", "supported", ""),
        (UP | {"smallest_effect": 1.0}, "positive", "supported", "small"),
        (UP | {"p_holm": 0.06}, "positive", "cannot_tell", ""),
        (UP | {"p_holm": 0.06, "smallest_effect": 1.0}, "positive", "ruled_out", ""),
        (DOWN, "positive", "contradicted", ""),
        (DOWN, "negative", "supported", ""),
        (DOWN | {"smallest_effect": 1.0}, "negative", "supported", "small"),
        (UP, "negative", "contradicted", ""),
        (FLAT, "positive", "ruled_out", ""),
        (FLAT, "negative", "ruled_out", ""),
        (FLAT | {"smallest_effect": 0.2}, "positive", "cannot_tell", ""),
        (DOWN | {"p_holm": 0.2}, "positive", "ruled_out", ""),
        (WIDE, "positive", "cannot_tell", ""),
        (WIDE | {"smallest_effect": NAN}, "positive", "cannot_tell", ""),
        (NONE, "positive", "untestable", ""),
    ],
)
def test_effect_is_judged_by_sign_holm_p_and_interval(changes, sign, verdict, label):
    found = effect(result(**changes), sign=sign)
    assert (found.verdict, found.label) == (verdict, label)


def test_rejection_that_is_not_robust_decides_nothing():
    row = result(**UP)
    found = effect(row, specifications=standing(row, without_2005={"p": 0.06}))
    assert found.verdict == "cannot_tell"
    assert "does not stand in the rows without 2005" in found.reason


def test_opposite_rejection_that_is_not_robust_is_ruled_out_by_its_interval():
    row = result(**DOWN)
    assert effect(row, specifications=standing(row, ols={"estimate": 0.1})).verdict == "ruled_out"


def test_rejection_without_any_row_of_robust_supports_nothing():
    assert effect(result(**UP), specifications=[]).verdict == "cannot_tell"


def test_reason_holds_the_figures_that_decide():
    found = effect(result(**UP, described="rate ratio 1.80"))
    assert found.reason == (
        "Joint drills, step from 2012 on: +0.50 on the square-root scale (95 % interval 0.10 to 0.90; p = 0.010, after "
        "Holm 0.030; rate ratio 1.80 by quasi-Poisson); as claimed, in every row of Robust too."
    )
    assert found.evidence == "processed/results/effects.csv: drills primary one step"
    assert found.p == 0.03


@pytest.mark.parametrize(
    "second, verdict",
    [(UP, "supported"), (DOWN, "mixed"), (FLAT, "mixed"), (WIDE, "cannot_tell"), (NONE, "cannot_tell")],
)
def test_several_vintages_are_judged_one_by_one(second, verdict):
    found = effect(result(**UP, vintage="2022-03"), result(**second, vintage="2024-03"))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    "first, second, verdict",
    [
        (DOWN, DOWN, "contradicted"),
        (FLAT, FLAT, "ruled_out"),
        (DOWN, FLAT, "cannot_tell"),
        (FLAT, WIDE, "cannot_tell"),
        (NONE, NONE, "untestable"),
    ],
)
def test_all_members_must_agree_for_any_other_verdict(first, second, verdict):
    assert effect(result(**first), result(**second, indicator="talks")).verdict == verdict


def test_claim_is_small_only_if_each_member_is():
    small, large = UP | {"smallest_effect": 1.0}, UP
    assert effect(result(**small), result(**small, indicator="talks")).label == "small"
    assert effect(result(**small), result(**large, indicator="talks")).label == ""


def test_vintages_of_one_series_are_told_under_one_head():
    found = effect(result(**FLAT, vintage="2022-03"), result(**FLAT, vintage="2024-03"))
    assert found.reason.startswith("Joint drills, step from 2012 on: vintage 2022-03 +0.00 on the square-root scale")
    assert "; vintage 2024-03 +0.00 on the square-root scale" in found.reason
    assert found.reason.endswith(". Each: the whole interval lies below the smallest effect of interest, 0.30.")


def test_largest_adjusted_p_is_the_claims():
    rows = result(**UP), result(**(UP | {"p_holm": 0.04}), indicator="talks")
    assert effect(*rows).p == 0.04


@pytest.mark.parametrize("changes", [UP, DOWN, FLAT])
def test_coverage_flag_lets_nothing_beyond_cannot_tell(changes):
    found = effect(result(**(changes | {"p_holm": NAN}), coverage_flag="yes"))
    assert found.verdict == "cannot_tell"
    assert "by the numbers alone" in found.reason


def test_part_that_no_table_bears_on_is_named():
    assert "No table here bears on the number of fields." in effect(result(), nothing_on="the number of fields").reason


def test_shown_rows_are_told_but_neither_decide_nor_count_as_evidence():
    deciding, shown = result(**FLAT), result(**UP, indicator="wide", sentence="Wide drills (2000 to 2021, n = 22): x")
    check = {"sign": "positive", "members": [key(deciding)], "shown": [key(shown), key(deciding) | {"model": "ols"}]}
    found = model_checks.judge_effect(check, CLAIM, evidence(deciding, shown))
    assert found.verdict == "ruled_out"
    assert "Shown, without deciding: Wide drills, step from 2012 on: +0.50" in found.reason
    assert "Joint drills, step from 2012 on (model ols): +0.00" in found.reason
    assert found.evidence == "processed/results/effects.csv: drills primary one step"


def test_effect_outside_every_family_is_an_error():
    with pytest.raises(ValueError, match="no p after Holm"):
        effect(result(**(UP | {"p_holm": NAN})))


def test_row_that_does_not_exist_is_an_error_that_names_claim_and_row():
    check = {"sign": "positive", "members": [key(result(indicator="gone"))]}
    with pytest.raises(ValueError, match="claim drills_rise: neither effects nor specifications have a row gone"):
        model_checks.judge_effect(check, CLAIM, evidence(result()))


@pytest.mark.parametrize(
    "changes, verdict",
    [(UP, "supported"), (DOWN, "contradicted"), (FLAT, "ruled_out"), (WIDE, "cannot_tell"), (NONE, "untestable")],
)
def test_mean_step_is_judged_by_its_own_p(changes, verdict):
    row = result(**(changes | {"p_holm": NAN}), juncture="all", estimand="mean_step", model="pool_drills")
    assert effect(row, judge=model_checks.judge_mean_step).verdict == verdict


STAGED_CHECK = {"indicator": "drills", "model": "pool_drills", "junctures": ["one", "two"], "unit": 1}


def staged(first=UP, second=UP, mean=UP, p=0.01, quadratic=0.02, rank=0.03, fragile=None):
    pool = {"model": "pool_drills"}
    steps = [result(**pool, **first), result(**pool, **second, juncture="two")]
    mean_row = result(**pool, **mean, juncture="all", estimand="mean_step")
    none = {"estimate": NAN, "lower": NAN, "upper": NAN}
    rows = [
        *steps,
        mean_row,
        result(**pool, **none, juncture="all", estimand="staged", p=p),
        result(**none, model="quadratic", juncture="all", estimand="staged", p=quadratic),
        result(**pool, juncture="all", estimand="date_rank", p=rank, reason="rank 3 of 100 sets of dates"),
    ]
    specifications = [other for row in [*steps, mean_row] for other in standing(row, **(fragile or {}))]
    return model_checks.judge_staged(STAGED_CHECK, CLAIM, evidence(*rows, specifications=specifications))


@pytest.mark.parametrize(
    "changes, verdict",
    [
        ({}, "supported"),
        ({"p": 0.06, "first": UP | {"upper": 1.2}, "second": WIDE | {"upper": 1.2}}, "cannot_tell"),
        ({"quadratic": 0.06, "first": UP | {"upper": 1.2}, "second": UP | {"upper": 1.2}}, "cannot_tell"),
        ({"rank": 0.06, "first": UP | {"upper": 1.2}, "second": UP | {"upper": 1.2}}, "cannot_tell"),
        ({"p": 0.06}, "ruled_out"),
        ({"p": 0.06, "first": WIDE | {"upper": 1.2}}, "ruled_out"),
        ({"p": 0.06, "mean": WIDE | {"upper": 1.2}}, "cannot_tell"),
        ({"mean": DOWN, "p": 0.99}, "contradicted"),
        ({"mean": DOWN | {"p": 0.06, "upper": 1.5}, "p": 0.99}, "cannot_tell"),
    ],
)
def test_staged_rise_asks_for_all_three_tests(changes, verdict):
    assert staged(**changes).verdict == verdict


def test_staged_rise_fails_where_a_step_changes_its_sign():
    large = UP | {"upper": 1.4}
    found = staged(large, large, large, fragile={"ols": {"estimate": -0.1}})
    assert found.verdict == "cannot_tell"
    assert "A step changes its sign: the step from 2012 on in the rows OLS." in found.reason


def test_staged_rise_may_lose_its_p_when_a_year_is_left_out():
    assert staged(fragile={"without_2005": {"p": 0.4}}).verdict == "supported"


def test_opposite_mean_step_that_is_not_robust_contradicts_nothing():
    found = staged(mean=DOWN | {"upper": 1.5}, p=0.99, fragile={"without_2005": {"p": 0.4}})
    assert found.verdict == "cannot_tell"


def test_staged_rise_of_a_constant_series_is_untestable_by_the_rows_that_say_why():
    pool = {"model": "pool_drills"}
    rows = [result(**pool, **NONE), result(**pool, **NONE, juncture="two")]
    rows += [
        result(**NONE, model=model, juncture="all", estimand="mean_step") for model in ("pool_drills", "quadratic")
    ]
    found = model_checks.judge_staged(STAGED_CHECK, CLAIM, evidence(*rows))
    assert found.verdict == "untestable"
    assert "no variation" in found.reason
    assert found.p is None


def test_staged_reason_holds_every_figure_that_decides():
    found = staged()
    for part in (
        "+0.50 (0.10 to 0.90) from 2012 on",
        "p = 0.010",
        "p = 0.020",
        "rank 3 of 100 sets of dates, p = 0.030",
    ):
        assert part in found.reason
    assert "drills quadratic all staged" in found.evidence


def date_rank(p, step=UP):
    pool = {"model": "pool_drills"}
    rank = result(**pool, juncture="all", estimand="date_rank", p=p, reason="rank 3 of 100 sets of dates")
    check = {"indicator": "drills", "model": "pool_drills", "junctures": ["one"], "sign": "positive"}
    return model_checks.judge_date_rank(check, CLAIM, evidence(result(**pool, **step), rank))


@pytest.mark.parametrize(
    "p, step, verdict",
    [
        (0.05, UP, "supported"),
        (0.05, WIDE, "supported"),
        (0.05, DOWN, "cannot_tell"),
        (0.05, DOWN | {"p": 0.06}, "supported"),
        (0.06, UP, "cannot_tell"),
        (0.499, UP, "cannot_tell"),
        (0.5, UP, "ruled_out"),
        (NAN, UP, "untestable"),
    ],
)
def test_date_rank_is_judged_by_its_p_and_the_sign_of_the_steps(p, step, verdict):
    assert date_rank(p, step).verdict == verdict


def leads(before, after, fragile=None, smallest=0.5):
    base = {"indicator": "lead", "juncture": "all", "model": "leads", "smallest_effect": smallest}
    rows = [result(**base, **before, estimand="lead_before"), result(**base, **after, estimand="lead_after")]
    specifications = [other for row in rows for other in standing(row, **(fragile or {}))]
    check = {"indicator": "lead", "model": "leads"}
    return model_checks.judge_leads(check, CLAIM, evidence(*rows, specifications=specifications))


@pytest.mark.parametrize(
    "before, after, verdict",
    [
        (UP, WIDE, "supported"),
        (UP, DOWN, "supported"),
        (WIDE, UP, "contradicted"),
        (FLAT, UP, "contradicted"),
        (DOWN, WIDE, "contradicted"),
        (DOWN, UP, "contradicted"),
        (UP, UP, "cannot_tell"),
        (WIDE, WIDE, "cannot_tell"),
        (FLAT, WIDE, "ruled_out"),
        (NONE, UP, "untestable"),
        (UP, NONE, "untestable"),
    ],
)
def test_leads_are_judged_by_the_year_before_against_the_year_after(before, after, verdict):
    assert leads(before, after).verdict == verdict


def test_lead_that_is_not_robust_decides_nothing():
    found = leads(UP, WIDE, fragile={"without_2005": {"p": 0.06}})
    assert found.verdict == "cannot_tell"
    assert "year before does not stand in the rows without 2005" in found.reason


PLACE = {
    "indicator": "drills", "model": "primary", "unit": "main", "juncture": "all", "estimand": "mean_step", "rank": 4.0,
    "n_peers": 22.0, "peers": "other partners", "placebo_p": 4 / 23, "reason": "", "window_start": "2000",
    "sentence": "Joint drills (2000 to 2021, n = 22), model primary: a mean step.",
}  # fmt: skip


def placed(*places, estimand="mean_step"):
    row = result(juncture="all", estimand="mean_step", first_treated="", **WIDE)
    shown = {**key(row), "among_peers": True, "estimand": estimand}
    check = {"kind": "mean_step", "sign": "positive", "members": [key(row)], "shown": [shown]}
    data = replace(evidence(row), placebo_outcomes=pd.DataFrame(list(places)))
    return model_checks.judge_mean_step(check, CLAIM, data)


def test_the_place_among_peers_is_told_and_decides_nothing():
    others = [PLACE | {"unit": "USA", "rank": NAN, "n_peers": NAN}, PLACE | {"model": "control_difference", "rank": 1}]
    found = placed(*others, PLACE)
    assert found.reason.endswith(
        "Other units taken as pseudo-outcomes, without deciding: Joint drills, mean step a juncture: 3 of 22 other "
        "partners have an effect as clear in its direction, placebo p = 0.174."
    )
    assert found.verdict == "cannot_tell" and found.p == WIDE["p"]
    none = placed(PLACE | {"rank": NAN, "n_peers": 0.0, "placebo_p": NAN})
    assert none.reason.endswith("no place among its peers (none has an estimate).")


def test_a_staged_rise_is_placed_by_its_p():
    found = placed(PLACE | {"estimand": "staged"}, estimand="staged")
    assert "rise at every juncture: 3 of 22 other partners have a p as small" in found.reason


@pytest.mark.parametrize("places", [(), (PLACE | {"unit": "USA"},), (PLACE | {"juncture": "one"},)])
def test_a_place_that_no_result_holds_stops_the_run(places):
    with pytest.raises(ValueError, match="placebo_outcomes have no row drills primary all mean_step"):
        placed(*places)


MIMICS = "a logistic rise of 2 sd without a step (31 %)"


def test_reason_tells_what_else_gives_a_p_as_low():
    reason = effect(result(**UP, first_treated="2012", mimics=MIMICS)).reason
    assert reason.endswith(f" A p of at most .05 here (step from 2012 on) also comes from {MIMICS}.")
    assert reason.index("A p of at most .05 here") > reason.index("in every row of Robust too")


@pytest.mark.parametrize("blank", ["", NAN])
def test_nothing_is_told_where_nothing_else_gives_it(blank):
    assert "A p of at most .05 here" not in effect(result(**UP, mimics=blank)).reason


def test_each_member_tells_what_mimics_it_before_the_rows_shown():
    first, second = result(**UP, mimics=MIMICS), result(**UP, indicator="talks", mimics="errors of another kind (20 %)")
    reason = effect(first, second, shown=[key(first)]).reason
    assert reason.count("A p of at most .05 here") == 2
    assert reason.index("errors of another kind") < reason.index("Shown, without deciding")
