"""What every saved figure must have, and what the check for overlapping text must find."""

import math
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from PIL import Image

from junctures.report import style

SVG = "{http://www.w3.org/2000/svg}"
META = {"version": "1.0", "licence": "CC-BY-4.0", "sources": "one, two", "rule": "plot_dots", "code": "abc"}


@style.themed
def dots(*texts, **looks):
    """Return a drawing of three dots with texts given as (x, y, words) in axes coordinates."""
    figure = style.new_figure(style.WIDTH, 50 * style.MM)
    axes = style.place(figure, 15, 5, 160, 35)
    axes.plot([1, 2, 3], [1, 3, 2], "o")
    for x, y, words in texts:
        axes.text(x, y, words, transform=axes.transAxes, **looks)
    return style.Drawing(figure, 'Three dots, & a "sign" <', "Dots; no model.")


def test_saved_files_are_the_same_bytes_in_two_runs(tmp_path):
    for folder in ("one", "two"):
        style.save(dots(), tmp_path / folder / "dots", "Dots", META)
    for suffix in ("svg", "pdf", "png"):
        first, second = (tmp_path / folder / f"dots.{suffix}" for folder in ("one", "two"))
        assert first.read_bytes() == second.read_bytes(), suffix


def test_svg_tells_screen_readers_what_it_shows(tmp_path):
    style.save(dots(), tmp_path / "dots", "Dots & more", META)
    root = ET.parse(tmp_path / "dots.svg").getroot()
    title, description = root[0], root[1]
    assert root.get("role") == "img"
    assert (title.tag, title.text) == (f"{SVG}title", "Dots & more")
    assert (description.tag, description.text) == (f"{SVG}desc", 'Three dots, & a "sign" <')
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]


def test_svg_names_sources_and_licence_but_no_date(tmp_path):
    style.save(dots(), tmp_path / "dots", "Dots", META)
    text = (tmp_path / "dots.svg").read_text(encoding="utf-8")
    assert "one, two" in text
    assert "CC-BY-4.0" in text
    assert "dc:date" not in text


def test_text_without_svg_is_refused():
    with pytest.raises(ValueError, match="no <svg>"):
        style.accessible("<html></html>", "dots", "Dots", "Three dots")


def test_pdf_embeds_its_font_and_bears_no_date(tmp_path):
    style.save(dots(), tmp_path / "dots", "Dots", META)
    content = (tmp_path / "dots.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"DejaVuSans" in content
    assert b"CreationDate" not in content


def test_png_has_the_width_of_a_page_and_names_no_software(tmp_path):
    style.save(dots(), tmp_path / "dots", "Dots", META)
    with Image.open(tmp_path / "dots.png") as image:
        assert abs(image.width - 183 / 25.4 * style.PNG_DPI) < 1  # a pixel is rounded off
        assert "Software" not in image.info
        assert image.info["Description"] == 'Three dots, & a "sign" <'


def test_set_of_pages_is_one_pdf_and_one_svg_a_page(tmp_path):
    pages = {name: (dots().figure, f"Dots of {name}") for name in ("first", "second")}
    paths = style.save(style.Drawing(None, "Two pages", "Dots", pages), tmp_path / "set", "Set", META)
    expected = ["set.pdf", "set/first.svg", "set/second.svg"]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == expected
    assert (tmp_path / "set.pdf").read_bytes().count(b"/Type /Page ") == 2
    assert "Dots of second" in (tmp_path / "set/second.svg").read_text(encoding="utf-8")


def test_theme_gives_the_caller_his_settings_back():
    before = dict(mpl.rcParams)
    with style.theme():
        assert mpl.rcParams["font.sans-serif"][0] == style.FONT
        assert mpl.rcParams["pdf.fonttype"] == 42
    assert dict(mpl.rcParams) == before


def test_texts_apart_are_no_overlap():
    assert style.find_overlaps(dots((0.1, 0.5, "left"), (0.8, 0.5, "right")).figure) == []


def test_overlapping_texts_are_found():
    drawing = dots((0.5, 0.5, "one word"), (0.51, 0.5, "another"))
    assert style.find_overlaps(drawing.figure) == [("one word", "another")]


def test_text_that_leaves_the_figure_is_found():
    assert style.find_overlaps(dots((0.99, 0.5, "far too long to end")).figure) == [("far too long to end", "cut")]


def test_slanted_labels_side_by_side_are_no_overlap_though_their_boxes_are():
    looks = {"rotation": 50, "rotation_mode": "anchor", "fontsize": 6}
    apart = 4 / 160  # 4 mm of the 160 mm of the axes; at 50 degrees the lines of type are 3 mm apart
    drawing = dots((0.3, 0.1, "a long label"), (0.3 + apart, 0.1, "another long label"), **looks)
    assert style.find_overlaps(drawing.figure) == []
    drawing = dots((0.3, 0.1, "a long label"), (0.3 + apart / 4, 0.1, "another long label"), **looks)
    assert style.find_overlaps(drawing.figure) == [("a long label", "another long label")]


def test_labels_of_ticks_outside_the_view_are_not_judged():
    drawing = dots()
    axes = drawing.figure.axes[0]
    axes.set_xticks([1, 2, 2.0001, 3], ["1", "2", "behind 2", "3"])
    assert style.find_overlaps(drawing.figure) == [("2", "behind 2")]
    axes.set_xlim(2.5, 3.5)
    assert style.find_overlaps(drawing.figure) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4211, "+0.42"), (-0.4211, "−0.42"), (0.001, "0.00"), (-0.001, "0.00"), (-10.0, "−10.00"), (math.nan, "")],
)
def test_signed_numbers_have_a_true_minus_and_no_signed_zero(value, text):
    assert style.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00004, "<.001"), (0.0234, ".023"), (0.0996, ".10"), (0.0994, ".099"), (0.43, ".43"), (0.999, "1"), (1.0, "1")],
)
def test_probabilities_are_never_written_as_zero(value, text):
    assert style.probability(value) == text


def test_verdicts_differ_by_marker_not_by_colour_alone():
    assert len(set(style.VERDICT_MARKERS.values())) == len(style.VERDICT_MARKERS)
