"""What makes a row readable: names, smallest effect, everyday units, one plain sentence."""

from dataclasses import replace

import numpy as np
import pytest
from invented import entry, noise, row_of, yearly

from junctures.inference import effects, sentences, variations
from junctures.inference.variations import Variation

IDENTITY = {"indicator": "drills", "vintage": ""}
CASE = yearly(noise(22) + np.repeat([0.0, 2, 4, 5], [8, 4, 4, 6]))


def finished(case, model="primary", block=None, described=True, identity=IDENTITY, **changes):
    rows = effects.estimate(Variation(model, case, **changes), effects.Grids())
    told = sentences.everyday(case) if described else None
    return sentences.finish(rows, case, block or entry(), identity, told)


def counts(values, **changes):
    values = np.asarray(values, float)
    return yearly(np.sqrt(values), value=values, scale="sqrt", counts=True, unit=0.5, **changes)


def test_a_sentence_tells_who_what_where_and_how_sure():
    row = row_of(finished(CASE, identity=IDENTITY | {"vintage": "2022-03"}), "step", "one")
    p = "p < .001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    assert row["sentence"] == (
        "Joint drills, vintage 2022-03 (2000 to 2021, n = 22), model primary: a step of "
        f"{row['estimate']:+.3g} in points at one (2008) (95 % interval {row['lower']:.3g} to {row['upper']:.3g}, {p})."
    )
    assert (row["window_start"], row["window_end"], row["first_treated"]) == ("2000", "2021", "2008")
    assert row["ratio"] == row["estimate"] / row["smallest_effect"]


def test_a_mean_step_is_told_over_all_junctures_and_has_no_first_treated_period():
    row = row_of(finished(CASE), "mean_step")
    assert "a mean step a juncture of" in row["sentence"] and "over all junctures" in row["sentence"]
    assert row["first_treated"] == ""


def test_a_staged_rise_is_told_by_its_p_alone():
    row = row_of(finished(CASE), "staged")
    assert row["sentence"].endswith(f"a rise at every juncture above the trend has p = {row['p']:.3f}.")
    assert np.isnan(row["smallest_effect"])


def test_a_row_without_an_estimate_tells_the_reason():
    rows = finished(yearly(np.ones(22)))
    assert row_of(rows, "step", "two")["sentence"] == (
        "Joint drills (2000 to 2021, n = 22), model primary: no estimate of a step at two (2012) "
        "(untestable: no variation)."
    )
    assert all("untestable: no variation" in row["sentence"] and row["described"] == "" for row in rows)


def test_a_series_without_observations_is_told_as_such():
    rows = finished(yearly([]))
    assert "(no period, n = 0)" in row_of(rows, "step", "one")["sentence"]


def test_smallest_effect_of_a_count_is_that_of_its_mean_before_each_juncture():
    case = counts([2, 3, 1, 2] * 2 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9])
    rows = finished(case)
    for name, mean in (("one", 2), ("two", 3), ("three", 4.25)):
        expected = (np.sqrt(1.5) - 1) * np.sqrt(mean)
        assert row_of(rows, "step", name)["smallest_effect"] == pytest.approx(expected, rel=1e-12)
    assert row_of(rows, "mean_step")["smallest_effect"] == row_of(rows, "step", "one")["smallest_effect"]


def test_smallest_effect_of_a_moved_date_is_that_of_the_main_date():
    case = counts([2, 3, 1, 2] * 2 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9])
    later = next(row for row in variations.moved_dates(case, {}) if row.model == "two_later")
    rows = sentences.finish(effects.estimate(later, effects.Grids()), case, entry(), IDENTITY)
    row = row_of(rows, "step", "two")
    assert row["smallest_effect"] == pytest.approx((np.sqrt(1.5) - 1) * np.sqrt(3), rel=1e-12)
    assert row["first_treated"] == "2013"


def test_smallest_change_of_slope_is_a_third_of_a_scale_a_year():
    case = yearly(noise(22), unit=0.6, junctures=("one",), steps=(2008,))
    rows = effects.estimate_slope(Variation("slope", case), effects.Grids())
    (row,) = sentences.finish(rows, case, entry(), IDENTITY)
    assert row["smallest_effect"] == pytest.approx(0.2, rel=1e-12)
    months = replace(case, frequency="month", time=np.arange(24090, 24112), steps=(24100,))
    rows = effects.estimate_slope(Variation("slope", months), effects.Grids())
    assert sentences.finish(rows, months, entry(), IDENTITY)[0]["smallest_effect"] == pytest.approx(0.6 / 36, rel=1e-12)


def test_rows_in_other_units_have_no_smallest_effect():
    case = counts([2, 3, 1, 2] * 2 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9])
    (other,) = variations.rescaled(case)
    rows = sentences.finish(effects.estimate(other, effects.Grids()), case, entry(), IDENTITY)
    rows += finished(case, "quasi_poisson", estimator="quasi_poisson", described=False)
    assert all(np.isnan(row["smallest_effect"]) and row["described"] == "" for row in rows)
    assert "a rate ratio of" in row_of(rows, "step", "two", "quasi_poisson")["sentence"]


def test_a_false_step_is_told_with_its_year_and_held_against_the_mean_before_it():
    values = np.concatenate([[1, 2, 3, 2], np.tile([6.0, 4, 5, 5], 3), [7, 9, 8, 8, 9, 10]])
    case = counts(values, steps=(2014, 2016, 2018))
    rows = effects.estimate(variations.false_step(case, 2004), effects.Grids())
    row = row_of(sentences.finish(rows, case, entry(), IDENTITY), "step")
    assert row["first_treated"] == "2004" and row["window_end"] == "2013"
    assert " in 2004, which is no juncture " in row["sentence"]
    assert row["smallest_effect"] == pytest.approx((np.sqrt(1.5) - 1) * np.sqrt(2), rel=1e-12)


def test_counts_are_described_by_their_rate_ratio_and_huge_ones_as_over_a_hundred():
    case = counts([2, 3, 1, 2] * 2 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9])
    ratios = effects.estimate(Variation("q", case, estimator="quasi_poisson"), effects.Grids())
    for estimand, name in (("step", "two"), ("mean_step", "all")):
        expected = f"rate ratio {row_of(ratios, estimand, name)['estimate']:.2f}"
        assert row_of(finished(case), estimand, name)["described"] == expected
    rare = counts(np.concatenate([[0, 0, 1, 0, 0, 0, 0, 0], np.tile([90.0, 80, 110, 95], 4)[:14]]))
    row = row_of(finished(rare), "step", "one")
    assert row["described"] == "rate ratio over 100" and "rate ratio over 100" in row["sentence"]


def test_a_segment_without_events_is_described_by_nothing():
    case = counts([0] * 8 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9])
    rows = finished(case)
    assert row_of(rows, "step", "one")["described"] == ""
    assert row_of(rows, "step", "two")["described"].startswith("rate ratio")


def test_logs_are_described_in_per_cent():
    row = row_of(finished(replace(CASE, scale="log")), "step", "two")
    assert row["described"] == f"{100 * (np.exp(row['estimate']) - 1):+.0f} per cent"
    case = replace(CASE, scale="log", junctures=("one",), steps=(2008,))
    rows = effects.estimate_slope(Variation("slope", case), effects.Grids())
    (slope,) = sentences.finish(rows, case, entry(), IDENTITY)
    assert slope["described"] == f"{100 * (np.exp(slope['estimate']) - 1):+.0f} per cent a year"


def test_shares_are_described_in_points_from_the_counterfactual_at_the_juncture():
    share = np.concatenate([np.full(8, 0.2), np.full(14, 0.5)]) + 0.01 * noise(22)
    case = yearly(np.arcsin(np.sqrt(share)), scale="arcsine_sqrt", junctures=("one",), steps=(2008,))
    row = row_of(finished(case), "step", "one")
    raw = effects.estimate(Variation("primary", case), effects.Grids())
    before = row_of(raw, "step", "one")["before"]
    change = 100 * (np.sin(before + row["estimate"]) ** 2 - np.sin(before) ** 2)
    assert 25 < change < 35
    assert row["described"] == f"{change:+.0f} percentage points"
    turned = row_of(finished(replace(case, y=-case.y, reverse=True)), "step", "one")
    assert turned["described"] == row["described"]
    assert (
        row_of(finished(case, "control_difference", entry(control={"label": "others"})), "step", "one")["described"]
        == ""
    )


def test_sums_on_the_root_scale_are_described_by_the_difference_of_means_at_the_juncture():
    root = np.repeat([10.0, 20.0], [8, 14]) + 0.1 * noise(22)
    case = yearly(root, value=root**2, scale="sqrt", junctures=("one",), steps=(2008,))
    row = row_of(finished(case), "step", "one")
    before = row_of(effects.estimate(Variation("primary", case), effects.Grids()), "step", "one")["before"]
    change = (before + row["estimate"]) ** 2 - before**2
    assert 250 < change < 350
    assert row["described"] == row_of(finished(case), "mean_step")["described"] == f"difference of means {change:+.0f}"
    assert row_of(finished(case, "control_difference", entry(control={"label": "c"})), "step", "one")["described"] == ""


def test_a_score_with_a_ceiling_warns_how_many_periods_before_and_after_are_at_its_maximum():
    score = np.array([5, 6, 7, 6, 5, 6, 7, 8, 8.3, 8, 8.3, 8.3, 8.3, 8.3, 8.3, 8, 8.3, 8.3, 8.3, 8.3, 8.3, 8])
    case, block = yearly(score), entry(ceiling=9)
    rows = finished(case, block=block) + finished(case, "quadratic", block, described=False, trend=2)

    def told(name, estimand="step", model="primary"):
        return row_of(rows, estimand, name, model)["described"]

    end = " at its maximum 8.3 of at most 9"
    assert told("one") == told("one", model="quadratic")
    assert told("one") == f"saturation: 0 per cent of periods before and 75 after{end}"
    assert told("three") == f"saturation: 75 per cent of periods before and 83 after{end}"
    assert told("all", "mean_step") == f"saturation: 0 per cent of periods before and 79 after{end}"
    assert told("all", "staged") == ""
    assert told("one") in row_of(rows, "step", "one", "primary")["sentence"]


def test_a_controls_rows_name_the_control_and_do_not_tell_the_indicators_maximum():
    block = entry(ceiling=9, control={"label": "other partners"})
    for model, words in (("control_alone", "the control by itself"), ("control_difference", "less its control")):
        row = row_of(finished(CASE, model, block), "step", "one")
        assert f"model {model} ({words}, other partners)" in row["sentence"]
        assert row["described"] == "" and row["control"] == "yes"


def test_a_cumulative_gap_tells_over_how_many_periods_and_has_no_smallest_effect():
    for scale, words in (("level", "in points"), ("log", "in logs")):
        row = row_of(finished(replace(CASE, scale=scale), cumulative=True), "gap_total", "three")
        assert f"a cumulative gap to the counterfactual of {row['estimate']:+.3g} {words} at three" in row["sentence"]
        assert row["described"] == "added up over 6 years" and row["described"] in row["sentence"]
        assert np.isnan(row["smallest_effect"]) and np.isnan(row["ratio"])
        assert "periods" not in row
    constant = row_of(finished(yearly(np.ones(22)), cumulative=True), "gap_total", "one")
    assert constant["described"] == "" and "no estimate of a cumulative gap" in constant["sentence"]


def test_rows_of_robust_of_a_difference_name_the_control():
    block = entry(ceiling=9, control={"label": "other partners"})
    row = row_of(finished(CASE, "control_difference_ols", block, estimator="ols"), "step", "one")
    assert "model control_difference_ols (less its control, other partners)" in row["sentence"]
    assert row["described"] == ""


def test_flags_are_told_in_words():
    plain, flagged = (row_of(finished(CASE, block=b), "step", "one") for b in (entry(), entry(coverage_flag="cut")))
    assert (plain["control"], plain["coverage_flag"], flagged["coverage_flag"]) == ("no", "no", "yes")


def test_a_note_beside_an_estimate_is_in_its_sentence():
    row = effects.tidy(Variation("reml", CASE), ("one", "step"), effects.EMPTY | {"n": 22})
    row |= {"estimate": 1.0, "lower": 0.5, "upper": 1.5, "p": 0.01, "reason": "rho above .98"}
    (told,) = sentences.finish([row], CASE, entry(), IDENTITY)
    assert told["sentence"].endswith("(95 % interval 0.5 to 1.5, p = 0.010, rho above .98).")


def test_smallest_effect_of_a_count_is_the_ratio_that_its_indicator_declares():
    case = replace(counts([2, 3, 1, 2] * 2 + [4, 6, 5, 5] + [8, 7, 9, 8] + [9, 10, 8, 9, 11, 9]), smallest_ratio=1.1)
    expected = (np.sqrt(1.1) - 1) * np.sqrt(2)
    assert row_of(finished(case), "step", "one")["smallest_effect"] == pytest.approx(expected, rel=1e-12)
