"""Where two versions of a table, picture, text or PDF first differ, exactly and within the tolerances."""

import base64
import io
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from junctures.report.compare import compare, compare_tables

TABLE = "id,juncture,estimate,n\nexercises,pivot,0.5,19\nexercises,thaad,-0.25,19\nsummits,pivot,2,20\n"
KEY = ("id", "juncture")


def png(pixels, **words):
    notes = PngImagePlugin.PngInfo()
    for name, text in words.items():
        notes.add_text(name, text)
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "png", pnginfo=notes)
    return buffer.getvalue()


def pdf(text, level=9):
    return b"%PDF-1.4\n1 0 obj\nstream\n" + zlib.compress(text.encode(), level) + b"\nendstream\nendobj\n"


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (40, 60, 3))


def test_altered_cell_is_told_with_line_key_column_and_both_values():
    found = compare_tables(TABLE, TABLE.replace("-0.25", "-0.26"), KEY)
    assert found.kind == "different"
    assert found.text == "line 3 (exercises, thaad), column estimate: '-0.26' where '-0.25' is expected"


def test_first_of_several_cells_is_told_with_their_number():
    found = compare_tables(TABLE, TABLE.replace("19", "18"), KEY)
    assert found.text.startswith("line 2 (exercises, pivot), column n: '18' where '19' is expected")
    assert found.text.endswith("2 cells in 2 rows differ")


def test_line_of_a_row_after_a_cell_with_line_breaks_is_that_of_the_file():
    before = 'id,text\na,"two\nlines"\nb,one\n'
    assert compare_tables(before, before.replace("one", "two"), ("id",)).text.startswith("line 4 (b), column text")


def test_missing_row_and_row_too_many_are_named():
    shorter = TABLE.replace("exercises,thaad,-0.25,19\n", "")
    missing = compare_tables(TABLE, shorter, KEY).text
    assert missing == "2 rows where 3 are expected; the first that is missing: line 3 (exercises, thaad)"
    assert "3 rows where 2 are expected; the first too many" not in missing
    assert compare_tables(shorter, TABLE, KEY).text.endswith("the first that is too many: line 3 (exercises, thaad)")
    assert compare_tables(TABLE, TABLE + "summits,pivot,2,20\n", KEY).text.endswith("some stand twice")


def test_other_header_is_told():
    assert "lacks the column n" in compare_tables(TABLE, TABLE.replace(",n\n", ",m\n")).text
    assert "in another order" in compare_tables("a,b\n1,2\n", "b,a\n1,2\n").text


def test_table_in_other_writing_is_alike():
    other = "\ufeff" + TABLE.replace("\n", "\r\n").replace("summits", '"summits"')
    assert compare(TABLE.encode(), other.encode(), "x.csv").kind == "alike"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("0.27620647", "0.27620648", "alike"),  # 4e-8 of its size
        ("0.27620647", "0.27620747", "different"),  # 4e-6
        ("1e-10", "5e-10", "alike"),  # both are nothing
        ("2014-03-18", "2014-03-19", "different"),  # no number
        ("yes", "no", "different"),
        ("", "0", "different"),
    ],
)
def test_tolerances_hold_for_numbers_and_only_where_not_exact(before, after, kind):
    tables = f"id,x\na,{before}\n".encode(), f"id,x\na,{after}\n".encode()
    assert compare(*tables, "x.csv", exact=False).kind == kind
    assert compare(*tables, "x.csv").kind == "different"


def test_altered_pixel_is_told_with_its_place_and_colours(picture):
    altered = picture.copy()
    altered[7, 11] = [1, 2, 3]
    found = compare(png(picture), png(altered), "x.png")
    colour = "".join(f"{level:02x}" for level in picture[7, 11])
    assert found.kind == "different"
    assert found.text.startswith("the pixel at column 11, row 7 (counted from 0 at the top left) is #010203ff")
    assert f"where #{colour}ff is expected; 1 of 2400 pixels differ" in found.text


def test_rectangle_of_several_pixels_is_told(picture):
    altered = picture.copy()
    altered[[3, 30], [50, 20]] = 255 - altered[[3, 30], [50, 20]]
    text = compare(png(picture), png(altered), "x.png").text
    assert text.endswith("2 of 2400 pixels differ, within columns 20 to 50, rows 3 to 30")


def test_same_pixels_with_other_metadata_are_alike_and_the_metadata_named(picture):
    found = compare(png(picture, Licence="CC-BY-4.0"), png(picture, Licence="none"), "x.png")
    assert found.kind == "alike"
    assert "metadata (Licence)" in found.text


def test_picture_of_another_size_and_no_picture_are_different(picture):
    assert "59 x 40 pixels where 60 x 40" in compare(png(picture), png(picture[:, 1:]), "x.png").text
    assert compare(png(picture), b"no picture", "x.png").text == "the file is no readable picture"


def test_tolerance_of_pixels_is_a_few_levels_and_a_pixel_in_a_thousand():
    grey = np.full((100, 100, 3), 100)
    near, few, many = grey + 8, grey.copy(), grey.copy()
    few[0, :10] = 200
    many[0, :11] = 200
    kinds = [compare(png(grey), png(other), "x.png", exact=False).kind for other in (near, few, many)]
    assert kinds == ["alike", "alike", "different"]
    assert compare(png(grey), png(near), "x.png").kind == "different"


def test_line_of_a_text_is_told_around_the_first_difference():
    before = "<svg>\n" + "x" * 100 + "M 10.5 20" + "y" * 100 + "\n</svg>\n"
    found = compare(before.encode(), before.replace("10.5", "10.6").encode(), "x.svg")
    assert found.text.startswith("line 2: ' ... xxx")
    assert "M 10.6 20yyy" in found.text and "M 10.5 20yyy" in found.text
    assert len(found.text) < 300


def test_numbers_within_a_text_have_the_tolerance_and_words_do_not():
    before = b"M 10.500000 20 L 3 4"
    assert compare(before, b"M 10.500001 20 L 3 4", "x.svg", exact=False).kind == "alike"
    assert compare(before, b"M 10.500100 20 L 3 4", "x.svg", exact=False).kind == "different"
    assert compare(before, b"M 10.500001 20 C 3 4", "x.svg", exact=False).kind == "different"


def test_missing_lines_are_told():
    assert compare(b"a\nb\n", b"a\n", "x.md").text == "line 2: it has 1 lines where 2 are expected"


def test_pdf_is_compared_inside_its_streams_and_skipped_elsewhere():
    found = compare(pdf("1 0 0 rg\n10 20 m"), pdf("1 0 0 rg\n10 21 m"), "x.pdf")
    assert found.kind == "different"
    assert "'10 21 m' where '10 20 m' is expected" in found.text
    assert compare(pdf("1 0 0 rg"), pdf("1 0 0 rg", level=0), "x.pdf").kind == "alike"
    assert compare(pdf("1 0 0 rg"), pdf("0 1 0 rg"), "x.pdf", exact=False).kind == "skipped"


def test_picture_inside_a_notebook_is_compared_by_its_pixels(picture):
    def notebook(pixels, **words):
        text = base64.encodebytes(png(pixels, **words)).decode().replace("\n", "\\n")
        return f'{{\n "image/png": "{text}"\n}}\n'.encode()

    altered = picture.copy()
    altered[7, 11] = [1, 2, 3]
    found = compare(notebook(picture), notebook(altered), "x.ipynb")
    assert found.text.startswith("line 2, an embedded picture: the pixel at column 11, row 7")
    assert compare(notebook(picture), notebook(picture, Note="x"), "x.ipynb").kind == "alike"


def test_bytes_that_are_no_text_are_told_by_their_place():
    assert compare(b"\xff\x00\x01", b"\xff\x00\x02", "x.bin").text == "byte 3"
