"""What the map of joint exercises must show, on a small invented study of three junctures."""

import numpy as np
import pandas as pd
import pytest

from junctures.report import figures_map, figures_map_labels, style
from junctures.report.figures import FIGURES
from junctures.report.figures_choice import mapped_indicators

ENTRY = {"label": "Drills", "dimension": "drills", "table": "joint_exercises/exercises", "vintages": None}
STUDY = {
    "study": {"window": {"start": "2000", "end": "2021"}, "version": "9.9"},
    "junctures": [
        {"id": "pivot", "label": "First turn", "date": "2012-01-05"},
        {"id": "ukraine", "label": "Second turn and more", "date": "2014-03-18"},
        {"id": "thaad", "label": "Third turn", "date": "2016-07-08"},
    ],
    "indicators": {"exercises": ENTRY},
}
SOURCES = {
    "joint_exercises": {"title": "Drills", "producer": "Nobody", "licence": "CC-BY-4.0", "citation": ["nobody_2000"]}
}
COLUMNS = ["event_id", "name", "series", "start_date", "domain", "outside_home_waters", "troops_total", "ships_total",
           "article_cells"]  # fmt: skip
EVENTS = [
    ("land", "Land Drill 2005 (Other Name)", "other", "2005-08-18", "ground", "no", "8000", "", ""),
    ("sea", "Sea Drill", "other", "2012-01-05", "naval", "yes", "500", "8", ""),
    ("pair", "Pair 2012 (II)", "other", "2012-04-01", "naval", "no", "", "2", ""),
    ("article", "Told Drill 2015", "other", "2015-05-01", "naval", "no", "", "30", "ships_total troops_china"),
    ("host", "Host Drill 2018", "russian_strategic", "2018-09-11", "mixed", "no", "300000", "", ""),
    ("cape", "Cape Drill 2019", "mosi", "2019-11-25", "naval", "yes", "", "4", ""),
    ("uncounted", "Left Out 2019", "other", "2019-12-01", "naval", "no", "", "50", ""),
]
SPOTS = [
    ("land", 2, "Urumqi", 43.8, 87.6), ("land", 1, "Chebarkul", 55.0, 60.4), ("sea", 1, "Gulf of Aden", 12.3, 45.5),
    ("pair", 1, "Gulf of Aden", 12.3, 45.5), ("article", 1, "Baltic", 54.8, 19.4), ("host", 1, "Tsugol", 51.1, 115.6),
    ("cape", 1, "off Cape Town", -34.0, 18.1), ("uncounted", 1, "Baltic", 54.8, 19.4),
]  # fmt: skip


def inputs():
    exercises = pd.DataFrame(EVENTS, columns=COLUMNS, dtype=str).assign(_row=range(2, 2 + len(EVENTS)))
    places = pd.DataFrame(SPOTS, columns=["event_id", "phase", "place", "latitude", "longitude"]).astype(str)
    years = {"2003": "", "2005": "2", "2012": "3 4", "2015": "5", "2018": "6", "2019": "7", "2021": ""}
    rows = [{"frequency": "year", "vintage": "", "period": year, "rows": cell} for year, cell in years.items()]
    rows.append({"frequency": "quarter", "vintage": "", "period": "2005Q3", "rows": "2"})
    return {
        "study": STUDY,
        "sources": SOURCES,
        "rows": {"exercises": pd.DataFrame(rows)},
        "tables": {"joint_exercises/exercises": exercises},
        "places": {"joint_exercises/places": places},
    }


def table():
    given = inputs()
    return figures_map.exercises_table(
        given["rows"]["exercises"], *given["tables"].values(), *given["places"].values(), ENTRY, STUDY
    ).set_index("label")


@pytest.fixture(scope="module")
def drawing():
    return FIGURES["exercises_map"].draw(**inputs())


def marks_of(axes, marker):
    """Return the marks of a shape in a map, one line of one point each."""
    return [line for line in axes.get_lines() if line.get_marker() == marker]


def words_in(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_no_text_overlaps_or_is_cut_and_no_line_is_too_thin(drawing):
    assert style.find_overlaps(drawing.figure) == []
    assert drawing.figure.get_size_inches()[0] <= style.WIDTH + 1e-9
    lines = [line for axes in drawing.figure.axes for line in axes.get_lines() if line.get_linestyle() != "None"]
    assert all(line.get_linewidth() >= style.THIN for line in lines)


def test_same_input_gives_the_same_bytes(drawing, tmp_path):
    for folder, each in (("one", drawing), ("two", FIGURES["exercises_map"].draw(**inputs()))):
        style.save(each, tmp_path / folder / "exercises_map", "Map", {})
    for suffix in ("svg", "pdf", "png"):
        one, two = (tmp_path / folder / f"exercises_map.{suffix}" for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_study_without_the_table_of_exercises_draws_no_map():
    assert mapped_indicators(STUDY) == ["exercises"]
    for indicators in ({"talks": ENTRY}, {"exercises": ENTRY | {"table": "other/drills"}}):
        study = STUDY | {"indicators": indicators}
        assert mapped_indicators(study) == []
        assert FIGURES["exercises_map"].indicators(study) == []


def test_places_are_an_input_beside_the_exercises():
    paths = FIGURES["exercises_map"].input_paths(STUDY)
    assert paths["places"] == ["raw/joint_exercises/places.csv"]
    assert paths["tables"] == ["raw/joint_exercises/exercises.csv"]
    assert paths["rows"] == ["processed/series/exercises_rows.csv"]


def test_only_counted_rows_are_shown_and_each_once():
    labels = ["Land Drill 2005", "Sea Drill, 2012", "Pair 2012 (II)", "Told Drill 2015", "Host Drill 2018",
              "Cape Drill 2019"]  # fmt: skip
    assert list(table().index) == labels


def test_exercise_on_the_day_of_a_juncture_belongs_after_it():
    assert table()["phase"].to_dict()["Sea Drill, 2012"] == 1
    assert list(table()["phase"]) == [0, 1, 1, 2, 3, 3]


def test_size_is_ships_at_sea_and_troops_elsewhere():
    sizes = table()[["unit", "size"]]
    assert tuple(sizes.loc["Sea Drill, 2012"]) == ("ships", 8.0)
    assert tuple(sizes.loc["Land Drill 2005"]) == ("troops", 8000.0)


def test_host_claims_and_cells_of_the_article_are_no_known_size():
    assert np.isnan(table().loc["Host Drill 2018", "size"])
    assert np.isnan(table().loc["Told Drill 2015", "size"])


def test_first_place_is_that_of_the_source_not_of_the_file():
    assert [place for _, _, place in table().loc["Land Drill 2005", "spots"]] == ["Chebarkul", "Urumqi"]


def test_area_is_in_proportion_to_the_size(drawing):
    eight, two = sorted((line.get_markersize() for line in marks_of(drawing.figure.axes[1], "o")), reverse=True)
    assert (eight / two) ** 2 == pytest.approx(8 / 2)


def test_unknown_size_is_hollow_and_known_is_filled(drawing):
    (told,) = marks_of(drawing.figure.axes[2], "o")
    (host,) = marks_of(drawing.figure.axes[3], "s")
    assert told.get_markerfacecolor() == host.get_markerfacecolor() == "white"
    (land,) = marks_of(drawing.figure.axes[0], "s")
    assert land.get_markerfacecolor() == style.VERMILION


def test_only_what_lay_beyond_home_waters_has_a_dark_edge(drawing):
    distant = {label for label, far in table()["distant"].items() if far}
    assert distant == {"Sea Drill, 2012", "Cape Drill 2019"}
    edges = [
        line.get_markeredgecolor()
        for axes in drawing.figure.axes[:4]
        for marker in "os"
        for line in marks_of(axes, marker)
    ]
    assert edges.count(style.BLACK) == 2
    (cape,) = marks_of(drawing.figure.axes[3], "o")
    assert (cape.get_markeredgecolor(), cape.get_markeredgewidth()) == (style.BLACK, figures_map.RIM)
    assert "beyond home waters" in words_in(drawing.figure.axes[4])


def test_two_exercises_at_one_place_stand_side_by_side(drawing):
    (x1, y1), (x2, y2) = (line.get_xydata()[0] for line in marks_of(drawing.figure.axes[1], "o"))
    reach = sum(line.get_markersize() for line in marks_of(drawing.figure.axes[1], "o")) / 2 * style.MM_PER_POINT
    assert np.hypot(x2 - x1, y2 - y1) >= reach


def test_place_off_the_map_is_named_at_the_frame_with_an_arrow(drawing):
    axes = drawing.figure.axes[3]
    assert "Cape Drill 2019: off Cape Town" in words_in(axes)
    (mark,) = marks_of(axes, "o")
    x, y = mark.get_xydata()[0]
    assert 0 < x < figures_map.MAP / 4 and 0 < y < 10  # Africa's tip lies to the south-west
    (arrow,) = [text for text in axes.texts if not text.get_text()]
    assert arrow.xy[0] < x and arrow.xy[1] < y
    assert "off the map: Cape Drill 2019" in drawing.caption


def test_heads_tell_the_span_and_the_counts_of_each_phase(drawing):
    assert words_in(drawing.figure.axes[0])[:3] == [
        "Before First turn",
        "2003-01-01 to 2012-01-04, 9.0 years",  # from the first counted year, not the window's
        "1 exercise, 0 beyond home waters, size known of 1",
    ]
    assert "2016-07-08 to 2021-12-31, 5.5 years" in words_in(drawing.figure.axes[3])
    assert "After First turn (2012-01-05 to 2014-03-17): 2 exercises, 1 beyond home waters" in drawing.alt
    assert "control" in drawing.caption and "Nobody; CC-BY-4.0" in drawing.caption
    assert drawing.n == "1 to 2 exercises a map"


def test_phase_without_an_exercise_is_an_empty_map():
    given = inputs()
    rows = given["rows"]["exercises"]
    given["rows"] = {"exercises": rows.assign(rows=rows["rows"].where(rows["period"] != "2015", ""))}
    axes = FIGURES["exercises_map"].draw(**given).figure.axes[2]
    assert "0 exercises, 0 beyond home waters, size known of 0" in words_in(axes)
    assert not marks_of(axes, "o")


def test_exercise_without_a_place_is_counted_and_told():
    given = inputs()
    places = given["places"]["joint_exercises/places"]
    given["places"] = {"joint_exercises/places": places[places["event_id"] != "host"]}
    changed = FIGURES["exercises_map"].draw(**given)
    assert "1 without a place are counted, not drawn" in changed.caption
    assert "2 exercises, 1 beyond home waters, size known of 1" in words_in(changed.figure.axes[3])


def test_discs_are_moved_until_they_no_longer_overlap_and_no_others_are():
    centres = [np.array(point, dtype=float) for point in ((0, 0), (0, 0), (50, 0))]
    moved = figures_map_labels.set_apart(centres, [2.0, 1.0, 1.0])
    assert np.hypot(*(moved[1] - moved[0])) >= 3
    assert (moved[0] + moved[1]).tolist() == pytest.approx([0, 0])
    assert moved[2].tolist() == [50, 0]


def marks_at(*points):
    return [
        {"at": np.array(point, dtype=float), "side": 2.0, "points": [], "off": False, "label": f"Label {number}"}
        for number, point in enumerate(points)
    ]


@style.themed
def test_label_that_fits_nowhere_is_left_out_and_told():
    figure = style.new_figure(60 * style.MM, 30 * style.MM)
    axes = style.place(figure, 0, 0, 60, 30)
    axes.set_xlim(0, 60)
    axes.set_ylim(0, 30)
    axes.axis("off")
    ring = [(30 + 3.2 * np.cos(angle), 15 + 3.2 * np.sin(angle)) for angle in np.radians(range(0, 360, 45))]
    left_out = figures_map_labels.write_labels(axes, marks_at((30, 15), *ring), (60, 30))
    assert "Label 0" in left_out and "Label 1" not in left_out
    assert set(words_in(axes)) == {f"Label {number}" for number in range(9)} - set(left_out)
    assert style.find_overlaps(figure) == []


@pytest.mark.parametrize(
    ("most", "expected"), [(25.0, [2, 20]), (10_000.0, [1000, 10_000]), (4.0, [1, 2]), (1.0, [1]), (np.nan, [])]
)
def test_key_has_two_round_sizes_that_are_drawn(most, expected):
    assert figures_map.key_sizes(most) == expected
