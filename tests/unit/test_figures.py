"""What the figures must show, on a small invented study: three junctures, six indicators, one pool."""

import numpy as np
import pandas as pd
import pytest
from invented_results import all_results
from matplotlib.colors import to_hex

from junctures.report import figures_arms, figures_axes, figures_design, figures_happened, figures_timeline, style
from junctures.report.figures import FIGURES, figures_of
from junctures.study.periods import span

STEPS = {"pivot": 2012, "ukraine": 2014, "thaad": 2017}
COUNT = {"kind": "count", "columns": []}


def entry(label, dimension, table, measure, frequency="year", scale="sqrt", **more):
    scales = {"value": 0.5, "derivation": "count"}
    whole = {"label": label, "dimension": dimension, "table": table, "measure": measure, "frequency": frequency}
    return whole | {"also": [], "scale": scale, "declared_scale": scales, "observed_month": None} | more


STUDY = {
    "study": {"window": {"start": "2000", "end": "2021"}, "version": "9.9", "simulations": {"date_rank": 19}},
    "junctures": [
        {"id": "pivot", "label": "First turn", "date": "2012-01-05", "alternatives": []},
        {"id": "ukraine", "label": "Second turn and more", "date": "2014-03-18", "alternatives": []},
        {"id": "thaad", "label": "Third turn", "date": "2016-07-08", "alternatives": []},
    ],
    "concurrent_events": [
        {"id": "crisis", "label": "Crisis", "start": "2008-09", "end": "2009-12", "shaded": True},
        {"id": "other", "label": "Other", "start": "2012-05", "end": "2012-05", "shaded": False},
    ],
    "dimensions": {"drills": "Drills", "arms": "Arms"},
    "indicators": {
        "level": entry("Level", "arms", "alone/levels", {"kind": "value", "columns": ["v"]}, scale="level"),
        "drills": entry("Drills", "drills", "events/drills", COUNT),
        "wide": entry("Wide drills", "drills", "events/drills", COUNT, row_of="drills"),
        "talks": entry("Talks", "drills", "events/talks", COUNT, frequency="quarter"),
        "flagged": entry("Flagged", "arms", "events/flagged", COUNT, coverage_flag="Begins late.", observed_month=11),
        "words": entry("Words", "arms", "alone/words", {"kind": "rate", "per": ["tokens"]}, "month"),
    },
    "pools": {"all": {"label": "All of it", "frequency": "year", "members": ["drills", "level"],
                      "window": {"start": "2000", "end": "2021"}}},
    "leads": {},
}  # fmt: skip
COLUMN = {"unit": "points"}
SOURCES = {
    name: {"title": f"Source {name}", "producer": "Nobody", "licence": "LicenseRef-Own", "citation": [name],
           "tables": {t: {"time": "date", "columns": {"v": COLUMN}}
                      for t in ("levels", "words", "drills", "talks", "flagged")}}
    for name in ("alone", "events")
}  # fmt: skip
WINDOW = {"year": ("2000", "2021"), "quarter": ("2000Q1", "2021Q4"), "month": ("2000-01", "2021-12")}


def series_of(name):
    frequency = STUDY["indicators"][name]["frequency"]
    periods = span(*WINDOW[frequency])
    raw = np.arange(len(periods)) % 4 + 1.0
    fixed = {"frequency": frequency, "vintage": "", "role": "main", "unit": "main"}
    return pd.DataFrame({"period": periods, "value": raw, "exposure": np.nan, "y": raw}).assign(**fixed)


def fitted_of(name):
    """Return a flat fit at 2 with a step of 1, 1 and -1, and each counterfactual without its own step."""
    frequency = STUDY["indicators"][name]["frequency"]
    periods = span(*WINDOW[frequency])
    edges = figures_axes.boundaries(STUDY, STUDY["indicators"][name], frequency)
    x = np.array(figures_axes.positions(periods))
    after = {key: x > edge for key, edge in edges.items()}
    sizes = {"pivot": 1.0, "ukraine": 1.0, "thaad": -1.0}
    fit = 2 + sum(size * after[key] for key, size in sizes.items())
    parts = [pd.DataFrame({"period": periods, "juncture": "", "kind": "fit", "value_raw": fit})]
    for key, following in zip(sizes, [*list(sizes)[1:], None], strict=True):
        own = after[key] & ~after[following] if following else after[key]
        part = {"period": np.array(periods)[own], "value_raw": fit[own] - sizes[key]}
        parts.append(pd.DataFrame(part).assign(juncture=key, kind="counterfactual"))
    table = pd.concat(parts, ignore_index=True).assign(indicator=name, vintage="", model="primary")
    return table.assign(lower_raw=table["value_raw"] - 0.5, upper_raw=table["value_raw"] + 0.5)


def effect_rows():
    sizes = {"pivot": 1.0, "ukraine": 1.0, "thaad": -1.0}
    names = {**{name: "primary" for name in STUDY["indicators"]}, "all": "pool_all"}
    rows = [
        {"indicator": name, "vintage": "", "juncture": key, "model": model, "estimand": "step", "n": 22,
         "window_start": "2000", "window_end": "2021", "estimate": size, "lower": size - 0.4, "upper": size + 0.4,
         "smallest_effect": 0.5, "p": 0.2, "p_holm": np.nan, "p_bh": 0.31, "reason": "",
         "frequency": "year", "coverage_flag": "no"}
        for name, model in names.items() for key, size in sizes.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    claimed = (table["indicator"] == "drills") & (table["juncture"] != "thaad")
    table.loc[claimed, "p_holm"] = 0.012
    return table


def design_rows():
    keys = effect_rows()[["indicator", "model", "juncture", "estimand"]]
    return pd.concat([keys.assign(rho=rho, jump_80_smallest=2 + rho) for rho in (0.0, 0.4, 0.8)], ignore_index=True)


def claim_rows():
    base = "processed/results/effects.csv: drills primary"
    rows = [("c1", "supported", f"{base} pivot step"), ("c2", "contradicted", f"{base} ukraine step")]
    return pd.DataFrame([{"claim": c, "kind": "effect", "verdict": v, "evidence": e} for c, v, e in rows])


def events_raw():
    rows = [("2", "2005-08-18", "Big drill (first)", "first large one"), ("3", "2012", "Undated drill", ""),
            ("4", "2012-04-22", "Small drill", ""), ("5", "2013-01-01", "Not counted", "first of all")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["_row", "date", "name", "first_of_kind"])
    return table.assign(_row=table["_row"].astype(int))


def event_rows():
    fixed = {"frequency": "year", "vintage": "", "table": "events/drills"}
    return pd.DataFrame([{"period": "2005", "rows": "2", "n": 1}, {"period": "2012", "rows": "3 4", "n": 2}]).assign(
        **fixed
    )


def all_inputs(study=STUDY):
    names = list(study["indicators"])
    candidates = [str(year) for year in range(2003, 2020)]
    edges = np.linspace(0.5, 1, 11)
    return {
        "study": study, "sources": SOURCES, "effects": effect_rows(), "designs": design_rows(), "claims": claim_rows(),
        "series": {name: series_of(name) for name in names}, "fitted": pd.concat(map(fitted_of, names)),
        "rows": {name: event_rows() for name in ("drills", "talks", "flagged")},
        "tables": {f"events/{name}": events_raw() for name in ("drills", "talks", "flagged")},
        "dates": pd.DataFrame([{"id": "all", "rank": 3, "n_sets": 455, "p": 0.04, "real_ratio": 0.6}]),
        "dates_years": pd.DataFrame({"id": "all", "period": candidates, "share": 0.3, "chance": 0.18}),
        "dates_ratios": pd.DataFrame({"id": "all", "lower": edges[:-1], "upper": edges[1:], "count": range(10)}),
        **all_results(),
    }  # fmt: skip


def draw(name, **changes):
    inputs = all_inputs() | changes
    return FIGURES[name].draw(**{argument: inputs[argument] for argument in FIGURES[name].inputs})


def figures_in(drawing):
    return [drawing.figure] if drawing.figure else [figure for figure, _ in drawing.pages.values()]


def lines_of(axes, colour):
    return [line for line in axes.get_lines() if to_hex(line.get_color()).upper() == colour and len(line.get_xdata())]


def words_in(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("name", figures_of(STUDY))
def test_no_text_overlaps_or_is_cut_and_no_line_is_too_thin(name):
    drawing = draw(name)
    for figure in figures_in(drawing):
        assert style.find_overlaps(figure) == []
        assert figure.get_size_inches()[0] <= style.WIDTH + 1e-9
        for axes in figure.axes:
            assert all(
                line.get_linewidth() >= style.THIN for line in axes.get_lines() if line.get_linestyle() != "None"
            )
    assert drawing.alt
    assert "control" in drawing.caption


def test_figure_of_absent_indicators_is_not_drawn():
    assert set(figures_of(STUDY)) == set(FIGURES) - {"deliveries_and_orders", "exercises_map"}


def test_inputs_of_a_figure_are_written_out_for_its_own_indicators():
    paths = FIGURES["timeline"].input_paths(STUDY)
    assert paths["rows"] == [f"processed/series/{name}_rows.csv" for name in ("drills", "talks", "flagged")]
    assert paths["tables"] == ["raw/events/drills.csv", "raw/events/talks.csv", "raw/events/flagged.csv"]
    assert paths["sources"] == ["raw/events/SOURCE.yaml"]
    assert paths["study"] == "processed/meta/study.json"


def test_only_the_panels_are_a_set_of_pages():
    sets = {name for name in figures_of(STUDY) if isinstance(FIGURES[name].output_paths(name, STUDY)["svg"], list)}
    assert sets == {"indicator_panels"}


def panel(name, **changes):
    drawing = draw("indicator_panels", **changes)
    return drawing.pages[name][0].axes[0]


def test_counterfactual_gap_at_juncture_equals_step():
    axes = panel("level")
    fit = {x: y for line in lines_of(axes, style.BLUE) for x, y in line.get_xydata()}
    stubs = [line for line in lines_of(axes, style.VERMILION)]
    gaps = [fit[line.get_xdata()[0]] - line.get_ydata()[0] for line in stubs]
    assert gaps == pytest.approx([1.0, 1.0, -1.0])


def test_counterfactual_ends_before_the_next_juncture():
    stubs = [line.get_xdata() for line in lines_of(panel("level"), style.VERMILION)]
    assert [(x[0], x[-1]) for x in stubs] == [(2012, 2013), (2014, 2016), (2017, 2021)]


def test_fit_is_broken_at_each_juncture():
    pieces = [line.get_xdata() for line in lines_of(panel("level"), style.BLUE)]
    assert [(x[0], x[-1]) for x in pieces] == [(2000, 2011), (2012, 2013), (2014, 2016), (2017, 2021)]


def observations(axes):
    return next(line for line in axes.get_lines() if line.get_marker() == "o" and len(line.get_xdata()) > 3)


def test_observations_are_dots_at_the_ticks_and_never_joined():
    dots = observations(panel("level"))
    assert dots.get_linestyle() == "None"
    assert list(dots.get_xdata()) == list(range(2000, 2022))


def test_unobserved_periods_have_no_dot():
    series = series_of("level")
    series.loc[series["period"] == "2007", ["value", "y"]] = np.nan
    dots = observations(panel("level", series=all_inputs()["series"] | {"level": series}))
    assert 2007 not in list(dots.get_xdata())


def test_coverage_flagged_observations_are_hollow():
    assert observations(panel("flagged")).get_markerfacecolor() == "white"
    assert observations(panel("level")).get_markerfacecolor() == style.INK


def test_counts_begin_at_zero():
    assert panel("drills").get_ylim()[0] == 0


def test_only_a_supported_step_is_bold():
    texts = [text for text in panel("drills").texts if text.get_text().startswith(("+1.00", "−1.00"))]
    assert [text.get_weight() for text in texts] == ["bold", "normal", "normal"]


def test_juncture_line_stands_where_the_first_treated_period_begins():
    edges = figures_axes.boundaries(STUDY, STUDY["indicators"]["level"], "year")
    assert edges == {"pivot": 2011.5, "ukraine": 2013.5, "thaad": 2016.5}  # 2016-07-08: under half of 2016 is left
    november = figures_axes.boundaries(STUDY, STUDY["indicators"]["flagged"], "year")
    assert november["thaad"] == 2015.5  # observed in November 2016, after the day


def test_quarters_and_months_lie_around_the_tick_of_their_year():
    assert figures_axes.position("2014") == 2014
    assert np.mean(figures_axes.positions(span("2014Q1", "2014Q4"))) == pytest.approx(2014)
    assert np.mean(figures_axes.positions(span("2014-01", "2014-12"))) == pytest.approx(2014)
    assert figures_axes.boundary("2014-07") == figures_axes.boundary("2014Q3") == 2014


def test_cell_of_a_claim_shows_holm_and_the_word_and_other_cells_neither():
    rows = figures_design.rows_shown(STUDY, effect_rows())
    table = figures_design.cells(STUDY, rows, effect_rows(), design_rows(), claim_rows())
    assert (table["drills", "pivot"]["p"], table["drills", "pivot"]["verdict"]) == (0.012, "supported")
    assert (table["drills", "thaad"]["p"], table["drills", "thaad"]["verdict"]) == (0.31, "")
    words = words_in(draw("what_the_design_could_see").figure)
    assert words.count("contradicted") == 2  # once in its cell, once in the key
    assert words.count(".012") == 2


def recoded():
    """Return effects with a step of another model at the third juncture, and a claim that rests on it."""
    more = effect_rows().query("indicator == 'level' and juncture == 'thaad'")
    more = more.assign(model="thaad_2016", estimate=0.25, p_holm=0.5)
    claims = claim_rows().assign(evidence="processed/results/effects.csv: level thaad_2016 thaad step")
    return pd.concat([effect_rows(), more], ignore_index=True), claims.iloc[1:]


def test_cell_shows_the_step_that_its_claim_is_about():
    effects, claims = recoded()
    rows = figures_design.rows_shown(STUDY, effects)
    table = figures_design.cells(STUDY, rows, effects, design_rows(), claims)
    cell = table["level", "thaad"]
    assert (cell["estimate"], cell["p"], cell["model"]) == (0.5, 0.5, "thaad_2016")
    assert cell["jump"] == 2.4  # of the primary model: the recoded one has the same points
    drawing = draw("what_the_design_could_see", effects=effects, claims=claims)
    assert "contradicted†" in words_in(drawing.figure)
    assert "Level at Third turn (model thaad_2016)" in drawing.caption


def test_claim_on_a_flagged_series_shows_its_own_p():
    effects = effect_rows().assign(p=0.0201)
    claims = claim_rows().assign(evidence="processed/results/effects.csv: flagged primary pivot step")
    rows = figures_design.rows_shown(STUDY, effects)
    cell = figures_design.cells(STUDY, rows, effects, design_rows(), claims)["flagged", "pivot"]
    assert (cell["claim"], cell["p"]) == (True, 0.0201)


def test_claims_are_read_with_and_without_a_vintage():
    texts = ["processed/results/effects.csv: arms 2022-03 primary thaad step", "raw/events/drills.csv: rows 2 4"]
    claims = pd.DataFrame([{"kind": "effect", "verdict": "mixed", "evidence": "; ".join(texts)}])
    assert list(figures_axes.claim_cells(claims)) == [("arms", "primary", "thaad")]


def test_steps_and_jumps_are_in_smallest_effects_at_the_stated_autocorrelation():
    rows = figures_design.rows_shown(STUDY, effect_rows())
    cell = figures_design.cells(STUDY, rows, effect_rows(), design_rows(), claim_rows())["drills", "pivot"]
    assert (cell["estimate"], cell["lower"], cell["upper"], cell["jump"]) == pytest.approx((2.0, 1.2, 2.8, 2.4))


def test_pools_come_first_then_frequencies_in_the_order_of_dimensions():
    rows = figures_design.rows_shown(STUDY, effect_rows())
    assert [row.name for row in rows] == ["all", "drills", "level", "flagged", "talks", "words"]


def test_a_step_beyond_the_axis_is_told_beside_its_arrow():
    effects = effect_rows()
    effects.loc[effects["indicator"] == "level", "smallest_effect"] = 0.1
    assert "+10.0" in words_in(draw("what_the_design_could_see", effects=effects).figure)


def test_a_count_of_zero_before_the_juncture_is_told_as_such():
    effects = effect_rows()
    effects.loc[effects["indicator"] == "drills", "smallest_effect"] = np.nan
    assert words_in(draw("what_the_design_could_see", effects=effects).figure).count("none before") == 3


def test_rank_of_the_dates_is_written_with_its_calibrated_p():
    words = words_in(draw("dates_chosen").figure)
    assert "the article's dates: rank 3 of 455, calibrated p .040" in words


def test_timeline_holds_the_counted_rows_and_no_other():
    table = figures_timeline.events_table(STUDY, SOURCES, all_inputs()["rows"], all_inputs()["tables"])
    drills = table[table["indicator"] == "drills"]
    assert list(drills["date"]) == ["2005-08-18", "2012", "2012-04-22"]
    assert list(drills["precision"]) == ["day", "year", "day"]
    assert list(drills["label"]) == ["Big drill", "", ""]


def test_stacked_events_keep_their_distance_on_each_level():
    assert figures_timeline.stack([0.0, 0.1, 0.5, 1.0, 1.05], 0.5) == [0, 1, 0, 0, 1]


def test_labels_are_moved_no_more_than_they_must():
    assert figures_timeline.spread([1.0, 5.0], 1.0) == [1.0, 5.0]
    moved = figures_timeline.spread([1.0, 1.2, 1.4, 9.0], 1.0)
    assert np.diff(moved) == pytest.approx([1.0, 1.0, 6.8])
    assert np.mean(moved[:3]) == pytest.approx(1.2)


def test_shares_by_order_year_take_one_vintage_and_the_traced_deliveries():
    rows = [("v1", "2014", "2016", "30", "CHN"), ("v1", "2015", "2019", "50", "CHN"),
            ("v1", "2014", "2019", "20", "CHN"), ("v1", "2014", "2020", "99", "CHN"),
            ("v2", "2014", "2016", "99", "CHN"), ("v1", "2014", "2016", "99", "IND")]  # fmt: skip
    orders = pd.DataFrame(rows, columns=["vintage", "order_year", "delivery_year", "tiv_million", "recipient"])
    shares = figures_arms.shares_by_order_year(orders, {"recipient": "CHN"}, "v1")
    assert shares.to_dict() == pytest.approx({2014: 0.5, 2015: 0.5})


def test_six_panels_are_the_pool_that_is_led_and_the_first_that_leads():
    leads = {"one": {"outcome": "all", "leader": "fear"}}
    study = STUDY | {"pools": STUDY["pools"] | {"fear": {"members": ["words", "level"]}}, "leads": leads}
    yearly = study["indicators"] | {"words": study["indicators"]["words"] | {"also": ["year"]}}
    assert figures_happened.panel_indicators(study | {"indicators": yearly}) == ["drills", "level", "words"]
    # Panels are by year: one of a series that has no years would be an empty frame.
    assert figures_happened.panel_indicators(study) == ["drills", "level"]
