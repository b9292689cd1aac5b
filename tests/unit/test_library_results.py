"""What the library's numbers, verdicts and pictures must do, whatever the series."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import junctures

FLOW = junctures.load_example("nile").astype(float)
DATES = {"pivot": "2012-01-05", "ukraine": "2014-03-18", "thaad": "2016-07-08"}


def nile(**changes):
    return junctures.fit(junctures.load_example("nile"), {"dam": 1899}, **changes)


def test_a_period_treats_from_its_first_day_and_a_date_by_the_half_rule():
    flow = junctures.load_example("nile")
    forms = [1899, "1899", "1899-01-01", dt.date(1899, 1, 1), pd.Timestamp("1899-03-01"), pd.Period("1899-05", "M"),
             np.datetime64("1899-01-01"), pd.Period("1899", "Y"), "1898-09-01"]  # fmt: skip
    for date in forms:
        assert junctures.fit(flow, {"dam": date}).reading.case.steps == (1899,), date
    assert junctures.fit(flow, {"dam": "1899-09-01"}).reading.case.steps == (1900,)


def test_junctures_are_taken_in_order_of_date():
    flow = junctures.load_example("nile")
    assert junctures.fit(flow, {"late": 1930, "early": 1899}).junctures == ("early", "late")


def test_white_noise_joins_the_errors_from_sixty_points():
    flow = junctures.load_example("nile")
    assert junctures.fit(flow.iloc[:60], {"dam": 1899}).reading.case.noise
    assert not junctures.fit(flow.iloc[:59], {"dam": 1899}).reading.case.noise


def test_order_of_the_series_and_missing_values_do_not_move_points_in_time():
    flow = junctures.load_example("nile").astype(float)
    flow.loc["1900":"1902"] = np.nan
    shuffled = flow.dropna().sample(frac=1, random_state=1)
    expected = junctures.fit(flow, {"dam": 1899}).to_frame()
    pd.testing.assert_frame_equal(junctures.fit(shuffled, {"dam": 1899}).to_frame(), expected)
    assert expected["n"].iloc[0] == 97


def test_earlier_points_serve_the_row_with_an_earlier_start_only():
    cut = nile(start=1881)
    whole = junctures.fit(junctures.load_example("nile").loc["1881":], {"dam": 1899})
    pd.testing.assert_frame_equal(cut.to_frame(), whole.to_frame())
    rows = [junctures.specifications(found).to_frame().set_index(["model", "estimand"]) for found in (cut, whole)]
    assert rows[0].loc[("start_earlier", "step"), "n"] == 95
    assert np.isnan(rows[1].loc[("start_earlier", "step"), "estimate"])


def test_holm_is_over_several_steps_and_not_of_a_single_one():
    assert np.isnan(nile().effect("dam").p_holm)
    two = junctures.fit(junctures.load_example("nile"), {"dam": 1899, "other": 1930})
    p = sorted(two.effect(name).p for name in two.junctures)
    assert sorted(two.effect(name).p_holm for name in two.junctures) == pytest.approx([2 * p[0], max(2 * p[0], p[1])])


def test_what_cannot_be_estimated_has_the_reason_and_no_number():
    short = junctures.fit(junctures.load_example("nile").loc["1893":"1903"], {"dam": 1899})
    assert short.to_frame()["estimate"].isna().all()
    assert "fewer than 12 points" in short.summary()
    assert "fewer than 12 points" in short.plan().summary()
    assert junctures.specifications(short).curve.empty
    constant = junctures.fit(junctures.load_example("nile") * 0, {"dam": 1899})
    judged = junctures.judge(constant.effect("dam"), sign="positive", robust=False)
    assert judged.verdict == "untestable" and "no variation" in judged.reason
    assert np.isnan(constant.reading.case.unit)


def test_curve_counts_rows_with_the_sign_of_the_main_one():
    found = nile()
    curve = junctures.specifications(found)
    told = curve.curve.set_index(["juncture", "estimand"]).loc[("dam", "step")]
    rows = curve.to_frame().query("juncture == 'dam' and estimand == 'step' and model != 'ols_hac'")
    every = np.append(rows["estimate"].dropna().to_numpy(), found.effect("dam").estimate)
    assert told["rows"] == len(every)
    assert told["same_sign"] == np.mean(every < 0)
    assert told["median"] == pytest.approx(np.median(every))
    assert np.isnan(told["p_joint"])
    assert curve.is_robust(found.effect("dam")) is True and curve.fails_in(found.effect("dam")) == []


def test_chance_seldom_agrees_with_a_true_fall_and_always_with_the_opposite():
    found = junctures.fit(FLOW.loc["1880":"1920"], {"dam": 1899})
    fall, again, rise = (
        junctures.specifications(found, sign=sign, draws=100).curve.set_index("estimand").loc["step", "p_joint"]
        for sign in ("negative", "negative", "positive")
    )
    assert fall == again and fall <= 0.05 and rise >= 0.5


def test_rate_ratios_are_shown_and_stay_out_of_the_curve():
    deaths = junctures.load_example("van_drivers_killed")
    belts = junctures.fit(deaths, {"law": "1983-01-31"}, counts=True, exposure=junctures.load_example("kilometres"))
    curve = junctures.specifications(belts)
    ratio = curve.to_frame().query("model == 'quasi_poisson' and estimand == 'step'").iloc[0]
    assert 0 < ratio["estimate"] < 1
    assert curve.curve.set_index("estimand").loc["step", "highest"] < 0


def judge_nile(**changes):
    asked = {"sign": "negative", "robust": True} | changes
    return junctures.judge(nile().effect("dam"), **asked)


def test_verdicts_follow_the_rules_in_their_order():
    assert judge_nile().verdict == "supported"
    assert judge_nile(sign="positive").verdict == "contradicted"
    assert judge_nile(smallest_effect=1000).label == "small"
    assert judge_nile(robust=False).verdict == "cannot tell"
    assert judge_nile(robust=False, smallest_effect=1000).verdict == "ruled out"
    assert judge_nile(p=0.06).verdict == "cannot tell"
    assert judge_nile().to_frame().loc[0, "verdict"] == "supported"


def test_plan_finds_larger_effects_more_often_and_keeps_its_size():
    rows = junctures.plan("year", 2000, 2021, DATES, rho=(0.4,), draws=400, seed=1).to_frame()
    power = rows[["power_1", "power_2", "power_3", "power_4"]].to_numpy()
    assert (np.diff(power, axis=1) > 0).all()
    # Binomial error of 400 draws at 5 per cent, three sd.
    assert (np.abs(rows["size"] - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)).all()
    again = junctures.plan("year", 2000, 2021, DATES, rho=(0.4,), draws=400, seed=1).to_frame()
    pd.testing.assert_frame_equal(rows, again)


def test_a_larger_smallest_effect_is_ruled_out_more_often():
    small, large = (
        junctures.plan("year", 2000, 2021, {"one": 2012}, smallest_effect=effect, draws=200).to_frame()[
            "ruled_out_share"
        ]
        for effect in (1.0, 3.0)
    )
    assert (large > small).all()


def test_break_of_the_nile_lies_where_the_dam_was_begun():
    flow = junctures.load_example("nile")
    found = junctures.find_breaks(flow, {"Aswan dam": 1899}, draws=199)
    row = found.to_frame().iloc[0]
    assert (found.number, row["period"], row["holds"]) == (1, "1899", "Aswan dam")
    year, y = flow.index.year.to_numpy() - 1920.0, flow.to_numpy(float)
    rss = []
    for segments in ([year < 1000], [year < -21, year >= -21]):
        parts = [(np.column_stack([np.ones(part.sum()), year[part]]), y[part]) for part in segments]
        rss.append(sum(float(np.linalg.lstsq(X, z)[1][0]) for X, z in parts))
    # Refits lose some digits against the recursion; ten are left.
    assert found.sup_f == pytest.approx((rss[0] - rss[1]) / (rss[1] / 96), rel=1e-9)
    again = junctures.find_breaks(flow, {"Aswan dam": 1899}, draws=199)
    assert again == found and again.p <= 0.05
    assert junctures.find_breaks(flow, draws=199, seed=1).sup_f == found.sup_f


def test_breaks_without_known_dates_speak_of_none():
    found = junctures.find_breaks(junctures.load_example("nile"), draws=100)
    assert "1899" in found.summary() and "juncture" not in found.summary()


def test_breaks_that_cannot_be_tested_say_why():
    short = junctures.find_breaks(junctures.load_example("nile").iloc[:8])
    assert short.reason == "fewer than 12 points" and np.isnan(short.p) and short.to_frame().empty
    assert "fewer than 12 points" in short.summary()


def test_plan_that_cannot_be_tested_says_why():
    planned = junctures.plan("year", 2012, 2021, {"one": 2014})
    assert "fewer than 12 points" in planned.summary()


def draw(result):
    from matplotlib.figure import Figure

    axes = Figure(figsize=(5, 3)).subplots()
    assert result.plot(ax=axes) is axes
    return axes


def test_fit_is_drawn_with_points_unjoined_and_the_line_broken_at_the_step():
    axes = draw(nile())
    points = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) == 100]
    assert len(points) == 1 and points[0].get_linestyle() == "None"
    solid = [line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) > 2]
    assert sorted(len(line.get_xdata()) for line in solid) == [28, 72]
    assert any(text.get_text() == "dam" for text in axes.texts)


def test_counterfactual_is_dashed_and_ends_at_the_next_juncture():
    two = junctures.fit(junctures.load_example("nile"), {"dam": 1899, "other": 1930})
    dashed = [line for line in draw(two).lines if line.get_linestyle() == "--"]
    assert [(min(x), max(x)) for x in (line.get_xdata() for line in dashed)] == [(1899, 1929), (1930, 1970)]


def test_every_result_draws_itself_into_given_axes():
    found = nile()
    curve = junctures.specifications(found)
    assert len(draw(curve).get_yticks()) > 10
    assert len(draw(found.plan(draws=100)).get_legend().get_texts()) == 2
    assert (
        draw(junctures.judge(found.effect("dam"), sign="negative", robust=curve))
        .get_title("left")
        .startswith("Supported")
    )
    breaks = draw(junctures.find_breaks(FLOW, draws=100))
    assert sorted(len(line.get_xdata()) for line in breaks.lines) == [2, 28, 72, 100]
    three = junctures.fit(junctures.load_example("joint_exercises"), DATES, counts=True)
    assert "rank" in draw(junctures.rank_dates(three, draws=100)).get_title("left")
    short = junctures.fit(FLOW.loc["1893":"1903"], {"dam": 1899})
    assert len(draw(short).lines) and draw(short.plan(draws=100)).get_title("left") == "nothing could be tested"


def test_plot_makes_axes_of_its_own_without_changing_the_callers_settings():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    before = dict(mpl.rcParams)
    axes = nile().plot()
    assert axes.figure.number in plt.get_fignums()
    plt.close(axes.figure)
    assert dict(mpl.rcParams) == before
