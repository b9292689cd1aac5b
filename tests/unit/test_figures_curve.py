"""What the panels of the specification curves must show."""

import numpy as np
import pandas as pd
import pytest
from invented_results import curve_rows, curves, specifications
from test_figures import SOURCES, STUDY, claim_rows, draw, effect_rows, words_in

from junctures.report import figures_curve, style
from junctures.report.figure_files import record_of, write_figure
from junctures.report.figures import FIGURES, figures_of


def points(name="drills", juncture="pivot"):
    curve = curves().query("indicator == @name and juncture == @juncture").iloc[0].to_dict()
    return figures_curve.points_of(curve, STUDY, curve_rows(), effect_rows(), specifications())


def panels(**changes):
    return draw("specification_curve", **changes).figure.axes[:-1]


def test_claims_come_first_in_their_order_then_each_pool_by_juncture():
    groups = figures_curve.panels_shown(STUDY, curves(), claim_rows())
    shown = [[(curve["indicator"], curve["juncture"]) for curve in group] for group in groups]
    assert shown[0] == [("drills", "pivot"), ("drills", "ukraine"), ("flagged", "thaad")]
    assert shown[1] == [("all", "pivot"), ("all", "ukraine"), ("all", "thaad")]


def test_main_vintage_is_drawn_and_the_others_are_told():
    vintages = {"column": "v", "main": "2022", "others": ["2024"]}
    entry = STUDY["indicators"]["drills"] | {"vintages": vintages}
    study = STUDY | {"indicators": STUDY["indicators"] | {"drills": entry}}
    own = curves().query("indicator == 'drills' and juncture == 'pivot'")
    both = pd.concat([own.assign(vintage="2024", median=0.4), own.assign(vintage="2022")])
    [[curve]] = figures_curve.panels_shown(study, both, claim_rows())
    assert curve["vintage"] == "2022"
    assert [other["vintage"] for other in curve["others"]] == ["2024"]
    effects = pd.concat([effect_rows().assign(vintage=vintage) for vintage in ("2022", "2024")])
    told = {"curves": both, "effects": effects, "study": study}
    rows = curve_rows().assign(vintage="2022")
    drawing = draw("specification_curve", **told, curve_rows=rows, specifications=specifications())
    assert "vintage 2022 is drawn; 2024: 88 % of 8 rise, median +0.80" in drawing.caption


@pytest.mark.parametrize(
    ("row", "model", "family"),
    [
        ("primary", "primary", "main"),
        ("without_2005", "primary", "year"),
        ("slope_without_2005", "slope", "year"),
        ("reml", "primary", "estimator"),
        ("ar1_pure", "primary", "estimator"),
        ("start_earlier", "primary", "window"),
        ("slope_end_2016", "slope", "window"),
        ("pivot_earlier", "primary", "date"),
        ("alternative_2014_02_22", "primary", "date"),
        ("pivot_2011", "primary", "date"),
        ("pivot_2011", "pivot_2011", "main"),
        ("transition_12", "primary", "transition"),
        ("step_2009", "primary", "form"),
        ("variance_ratio", "primary", "form"),
    ],
)
def test_every_row_has_its_family(row, model, family):
    study = STUDY | {"rows": {"recoded": {"pivot_2011": {"juncture": "pivot", "first_treated": 2011}}}}
    assert figures_curve.family_of(row, model, study) == family


def test_row_of_no_family_is_refused():
    with pytest.raises(ValueError, match="'spline' of model primary is of no family"):
        figures_curve.family_of("spline", "primary", STUDY)


def test_rows_are_sorted_by_estimate_in_declared_scales():
    # s is .5, so that the main step of 1 is 2 s; the rows are those of the invented curve.
    assert list(points()["estimate"]) == pytest.approx([-0.2, 0.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6])
    assert list(points("all")["estimate"]) == pytest.approx([-0.1, 0.2, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3])


def test_interval_is_that_of_the_row_of_the_same_name_and_missing_without_one():
    table = points().set_index("row")
    assert table.loc["ols", ["lower", "upper"]].tolist() == pytest.approx([1.2, 2.4])
    assert table.loc["primary", ["lower", "upper"]].tolist() == pytest.approx([1.2, 2.8])  # of effects.csv
    assert np.isnan(table.loc["transition_1", "lower"])


def test_main_row_is_marked_once_a_panel_and_zero_has_a_line():
    for axes in panels():
        marked = [line for line in axes.get_lines() if line.get_markerfacecolor() == "white"]
        assert [list(line.get_xdata()) for line in marked] == [[4]]
        assert any(list(line.get_ydata()) == [0, 0] for line in axes.get_lines())


def test_panels_of_one_group_share_an_axis_that_holds_every_estimate():
    limits = [axes.get_ylim() for axes in panels()]
    assert len(limits) == 6
    assert len(set(limits[:3])) == len(set(limits[3:])) == 1
    assert limits[0][0] < -0.2 and limits[0][1] > 2.8
    assert limits[0] != limits[3]


def test_head_tells_share_median_and_joint_p():
    words = words_in(draw("specification_curve").figure)
    assert words.count("88 % of 8 rise, median +1.90, p .040") == 3  # in declared scales of the counts
    assert words.count("88 % of 8 rise, median +0.95, p .040") == 3  # of the index


def test_claimed_fall_is_told_as_one():
    drawing = draw("specification_curve", curves=curves().assign(sign=-1))
    assert "88 % of 8 fall" in drawing.alt


def test_families_differ_by_marker_not_by_colour_alone():
    markers = [family.marker for family in figures_curve.FAMILIES.values()]
    sizes = {family.size for family in figures_curve.FAMILIES.values() if family.marker == "o"}
    assert len(set(markers)) == len(markers)
    assert max(sizes) < 2  # the main row is a circle too, large and hollow


def test_study_without_pools_and_claimed_effects_has_no_such_figure():
    bare = STUDY | {"pools": {}, "families": {}}
    assert "specification_curve" not in figures_of(bare)
    assert "specification_curve" in figures_of(bare | {"families": {"effects": {"over": "effect_claims"}}})


def test_no_curve_at_all_is_told():
    none = {"curves": curves().iloc[:0], "curve_rows": curve_rows().iloc[:0]}
    assert draw("specification_curve", **none).alt.startswith("An empty figure")


@pytest.mark.parametrize("name", ["specification_curve", "size_and_power"])
def test_files_drawn_twice_are_the_same_bytes(name, tmp_path):
    for folder in ("one", "two"):
        drawing = draw(name)
        (tmp_path / folder).mkdir()
        write_figure(name, drawing, record_of(name, drawing, STUDY, SOURCES), tmp_path / folder)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert {path.suffix for path in (tmp_path / "one").iterdir()} == {".svg", ".pdf", ".png", ".json"}


@pytest.mark.parametrize("name", ["specification_curve", "size_and_power"])
def test_words_name_n_model_and_sources_with_their_licence(name):
    drawing = draw(name)
    assert "22" in drawing.n and "AR(1)" in drawing.model
    assert "Source events (Nobody; terms of Own)" in drawing.caption
    assert FIGURES[name].title and drawing.figure.get_size_inches()[0] == pytest.approx(style.WIDTH)
