"""The gallery's pages as they are written: whole, sound, small, the same each time, and true to what they are from."""

import csv
import json
from collections import Counter
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from built_site import PAGES, ROOT, run_script

from junctures.report import gallery, gallery_outputs, gallery_rows
from junctures.report.bearing import bears_on
from junctures.report.evidence import read_evidence
from junctures.report.figures import FIGURES, figures_of
from junctures.report.table_kinds import TABLES
from junctures.report.verdicts import CHECKS, MODEL_CHECKS
from junctures.study.code_digest import Modules

STUDY = json.loads((ROOT / "processed/meta/study.json").read_text(encoding="utf-8"))
CLAIMS = json.loads((ROOT / "processed/meta/slices/claims.json").read_text(encoding="utf-8"))
VOID = {"meta", "link", "img", "input", "br"}
MEGABYTE = 1_000_000


class Page(HTMLParser):
    """A page's elements, each as its name and attributes, and its text; elements that are never closed are told."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.open, self.unclosed = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unclosed.append((tag, self.getpos()))

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    @cached_property
    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    @cached_property
    def words(self):
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def pages(site):
    """Return each page as it was read."""
    return {name: Page((site / f"{name}.html").read_text(encoding="utf-8")) for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound_html(pages, name):
    page = pages[name]
    assert (page.unclosed, page.open) == ([], [])
    assert [each for each, times in Counter(page.ids).items() if times > 1] == []
    assert page.all("html") == [{"lang": "en-GB"}] and len(page.all("h1")) == len(page.all("main")) == 1
    assert all(image["alt"].strip() and image["width"] and image["height"] for image in page.all("img"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) > 0
    named = {label["for"] for label in page.all("label")}
    assert {each["id"] for tag in ("input", "select") for each in page.all(tag)} <= named
    for _, attrs in page.elements:
        for name in ("aria-labelledby", "data-from"):
            assert set(attrs.get(name, "").split()) <= set(page.ids)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere_and_nothing_is_fetched_from_elsewhere(pages, site, name):
    page = pages[name]
    assert not page.all("link") and not page.all("iframe") and not any("src" in each for each in page.all("script"))
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    assert "url(" not in text and "@import" not in text and "fetch(" not in text
    for target in {each["href"] for each in page.all("a")} | {each["src"] for each in page.all("img")}:
        if target.startswith(("https://", "http://")):
            assert target not in {each["src"] for each in page.all("img")}
            continue
        path, _, fragment = target.partition("#")
        assert not path or (site / unquote(path)).is_file(), target
        if fragment:
            assert fragment in pages[path.removesuffix(".html") or name].ids, target


@pytest.mark.parametrize("name", PAGES)
def test_page_is_under_one_megabyte(site, name):
    assert (site / f"{name}.html").stat().st_size < MEGABYTE


def test_script_is_short():
    assert len((gallery.ASSETS / "page.js").read_text(encoding="utf-8").splitlines()) < 300


def test_every_output_and_claim_has_its_anchor_and_words(pages):
    page = pages["index"]
    wanted = {f"figure-{name}" for name in figures_of(STUDY)} | {f"table-{name}" for name in TABLES}
    wanted |= {f"claim-{claim['id']}" for claim in CLAIMS}
    assert wanted <= set(page.ids)
    for claim in CLAIMS:
        for words in (claim["statement"], claim["rule"], *(quote["text"] for quote in claim["quotes"])):
            assert " ".join(words.split()) in page.words
    for row in csv.DictReader((ROOT / "processed/results/claims.csv").open(encoding="utf-8")):
        assert " ".join(row["reason"].split()) in page.words
    for name in figures_of(STUDY):
        record = json.loads((ROOT / f"figures/{name}.json").read_text(encoding="utf-8"))
        assert all(" ".join(record[key].split()) in page.words for key in ("question", "caption", "title", "function"))


def test_dictionary_has_every_column(pages):
    rows = list(csv.DictReader((ROOT / "processed/meta/codebook.csv").open(encoding="utf-8")))
    assert {f"table-{row['source']}-{row['table']}" for row in rows} <= set(pages["dictionary"].ids)
    assert all(" ".join(row["meaning"].split()) in pages["dictionary"].words for row in rows)


def test_pages_are_the_same_each_time(site, tmp_path):
    run_script(tmp_path, {name: str(tmp_path / f"{name}.html") for name in PAGES})
    for name in PAGES:
        assert (tmp_path / f"{name}.html").read_bytes() == (site / f"{name}.html").read_bytes()


def test_words_of_the_data_cannot_become_code():
    said = gallery.linked('<img src=x onerror="1"> https://a.example/<b>"')
    assert "<img" not in said and "<b>" not in said and said.count("<a ") == 1


def test_address_inside_a_cell_becomes_a_link_named_after_its_host():
    said = gallery.linked("Someone: https://a.example/b?c=1, read")
    assert said == 'Someone: <a href="https://a.example/b?c=1" rel="noreferrer">a.example</a>, read'


def test_evidence_is_read_as_it_is_written():
    text = "raw/a/b.csv: rows 2 3; raw/a/c.csv: no row; processed/results/effects.csv: x 2024 primary one step"
    rows, none, result = read_evidence(text)
    assert (rows.lines, none.lines, result.lines) == ((2, 3), (), ())
    assert result.row == {
        "indicator": "x", "vintage": "2024", "model": "primary", "juncture": "one", "estimand": "step",
    }  # fmt: skip
    assert rows.row == {} and list(read_evidence(float("nan"))) == []
    (whole,) = read_evidence("processed/series/x.csv")
    assert whole.file == "processed/series/x.csv" and not whole.words


def test_wide_raw_table_shows_what_the_check_reads_and_narrow_ones_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wide = [f"c{i}" for i in range(9)]
    (tmp_path / "raw/s").mkdir(parents=True)
    head = ["id", *wide, "source"]
    (tmp_path / "raw/s/wide.csv").write_text(
        f"{','.join(head)}\na,{','.join('123456789')},https://a.example\nb{',' * 10}\n"
    )
    (tmp_path / "raw/s/narrow.csv").write_text("id,x\na,1\n")
    columns = {name: {"type": "string"} for name in head} | {"source": {"type": "url_or_citation"}}
    tables = {
        "wide": {"key": ["id"], "columns": columns},
        "narrow": {"key": ["id"], "columns": {"id": {"type": "string"}, "x": {"type": "string"}}},
    }
    shelf = gallery_rows.Shelf({"s": {"tables": tables}})
    check = {"kind": "first", "parts": [{"where": {"c3": "4"}, "label": "c5"}]}
    one, two = gallery_rows.rows_behind("raw/s/wide.csv: row 2; raw/s/narrow.csv: row 2", check, shelf)
    assert one.heads == ("Line", "id", "c3", "c5", "source") and one.cells == (
        ("2", "a", "4", "6", "https://a.example"),
    )
    assert two.heads == ("Line", "id", "x") and two.cells == (("2", "a", "1"),)


@pytest.mark.parametrize(("cell", "text"), [(3.0, "3"), (0.123456, "0.1235"), (float("nan"), ""), ("2012", "2012")])
def test_numbers_of_results_are_shown_with_four_digits(cell, text):
    assert gallery_rows._cell(cell) == text


def test_figure_bears_on_claims_of_its_kinds_that_rest_on_what_it_shows():
    study = {
        "indicators": {"one": {"table": "s/t"}, "two": {"table": "s/u"}},
        "pools": {"both": {"members": ["one", "two"]}},
        "leads": {"led": {"outcome": "both", "leader": "two"}},
    }
    step = {"check": {"kind": "effect", "members": [{"indicator": "both"}]}}
    fact = {"check": {"kind": "first", "parts": [{"table": "s/t"}]}}
    lead = {"check": {"kind": "leads", "indicator": "led"}}
    assert bears_on(step, study, ["one"], ["effect"]) and not bears_on(step, study, ["one"], ["first"])
    assert bears_on(fact, study, ["one"], ["first"]) and not bears_on(fact, study, ["two"], ["first"])
    assert bears_on(lead, study, ["one"], ["leads"])


def test_registries_name_kinds_and_ledgers_that_exist():
    for name, figure in FIGURES.items():
        assert figure.kinds and set(figure.kinds) <= CHECKS.keys(), f"give {name} its kinds in report/figures.py"
        assert any(bears_on(claim, STUDY, figure.indicators(STUDY), figure.kinds) for claim in CLAIMS), name
    for kind in TABLES.values():
        assert kind.question.endswith("?") and set(kind.ledgers) <= {"tested", "checked"}
    assert CHECKS.keys() - MODEL_CHECKS.keys() <= {kind for each in FIGURES.values() for kind in each.kinds}


def test_picture_without_a_size_is_refused(tmp_path):
    (tmp_path / "a.svg").write_text("<svg></svg>")
    with pytest.raises(ValueError, match="no width and height"):
        gallery_outputs.picture(str(tmp_path / "a.svg"))


def test_edited_template_changes_the_digest_of_what_uses_it(tmp_path):
    package, scripts = tmp_path / "src/junctures", tmp_path / "scripts"
    (package / "page").mkdir(parents=True)
    scripts.mkdir()
    for path in (package / "__init__.py", package / "page.py"):
        path.write_text("x = 1\n")
    (scripts / "build.py").write_text("from junctures import page\n")
    (package / "page/page.html").write_text("one")
    before = Modules(package, scripts)
    digests = before.digests(scripts)
    assert Modules(package, scripts, before.cache).digests(scripts) == digests
    (package / "page/page.html").write_text("two")
    assert Modules(package, scripts, before.cache).digests(scripts) != digests


def test_article_is_told_from_the_citation_file_where_it_is_named():
    paper = {"type": "article", "title": "T", "year": 2022, "authors": [{"family-names": "A"}, {"name": "B"}]}
    assert gallery.article_of({"title": "A study"}) == ""
    assert gallery.article_of({"references": [{"type": "book"}, paper]}) == "A and B (2022), “T”"
