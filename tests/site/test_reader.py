"""What a reader does with the gallery in a browser: search, filter, open, copy, download, link, print."""

import csv

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import ROOT

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CLAIMS = list(csv.DictReader((ROOT / "processed/results/claims.csv").open(encoding="utf-8")))
# Two claims of each juncture and ledger, two rows of each table: the rest repeats them, and axe takes a minute for it.
THIN = """() => {
  const beyond = (all) => [...all].slice(2).forEach((each) => each.remove());
  document.querySelectorAll('.juncture').forEach((block) => beyond(block.querySelectorAll('.claim')));
  document.querySelectorAll('tbody').forEach((body) => { if (!body.closest('.counts')) beyond(body.rows); });
  document.querySelectorAll('.pages, .files, details ul').forEach((list) => beyond(list.children));
}"""
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
FROM_RAW = next(claim for claim in CLAIMS if claim["evidence"].startswith("raw/") and ": row " in claim["evidence"])


def shown(page, selector=".claim"):
    """Return the ids of the entries that a reader sees."""
    return page.evaluate(
        "(s) => [...document.querySelectorAll(s)].filter((e) => e.getClientRects().length).map((e) => e.id)", selector
    )


def expected(**facets):
    return {f"claim-{row['claim']}" for row in CLAIMS if all(row[name] == value for name, value in facets.items())}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "dictionary"])
def test_no_rule_of_wcag_is_broken_when_unfolded(opened, name, scheme):
    page = opened(name, color_scheme=scheme)
    page.evaluate(THIN)
    page.evaluate(OPEN_ALL)
    found = Axe().run(page, options=WCAG | {"resultTypes": ["violations"]}).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == []


@pytest.mark.parametrize("name", ["index", "dictionary"])
def test_page_is_never_wider_than_the_window(opened, name):
    page = opened(name)
    page.evaluate(OPEN_ALL)
    # 320 is 1280 at a zoom of 400 per cent, as WCAG 1.4.10 counts it.
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        # Each table scrolls in its own box; nothing else may stick out, not even where it is cut.
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *:not(.scroll *):not(.vh):not(.skip)')].filter((each) =>
                 each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 200))"""
        )
        assert wide == []


def test_summary_stands_on_the_first_screen(opened):
    page = opened()
    last = page.locator("#summary > *").last.bounding_box()
    assert last["y"] + last["height"] <= 900


def test_pictures_are_drawn_also_those_that_wait_until_they_are_near(opened):
    page = opened()
    page.locator("img[loading=lazy]").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img[loading=lazy]').naturalWidth > 0")
    sizes = page.evaluate("[...document.querySelectorAll('img:not([loading])')].map((image) => image.naturalWidth)")
    assert len(sizes) > 3 and min(sizes) > 0


def test_search_leaves_what_holds_every_word_and_says_how_much(opened):
    page = opened()
    words = "Vladivostok Yellow"
    page.get_by_label("Search figures").fill(words)
    left = shown(page)
    assert 0 < len(left) < len(CLAIMS)
    texts = page.evaluate("(ids) => ids.map((id) => document.getElementById(id).textContent.toLowerCase())", left)
    assert all("vladivostok" in text and "yellow" in text for text in texts)
    told = page.get_by_role("status").first.text_content()
    assert f"{len(left)} of {len(CLAIMS)} claims" in told
    page.get_by_label("Search figures").fill("no such word anywhere")
    assert shown(page) == [] and shown(page, ".output") == []
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function(f"document.querySelectorAll('.claim:not([hidden])').length == {len(CLAIMS)}")


def test_each_filter_leaves_the_claims_of_every_value(opened):
    page = opened()
    for facet in ("juncture", "dimension", "ledger", "verdict"):
        field = page.get_by_label(facet.capitalize(), exact=True)
        values = field.locator("option").evaluate_all("(all) => all.map((each) => each.value)")
        assert set(values) == {""} | {row[facet] for row in CLAIMS}
        for value in values[1:]:
            field.select_option(value)
            assert set(shown(page)) == expected(**{facet: value})
        field.select_option("")


def test_filters_add_up_and_leave_the_figures_that_bear_on_what_is_left(opened):
    page = opened()
    page.get_by_label("Ledger", exact=True).select_option("tested")
    page.get_by_label("Juncture", exact=True).select_option("all")
    left = expected(ledger="tested", juncture="all")
    assert set(shown(page)) == left
    bearing = page.evaluate("[...document.querySelectorAll('.output')].map((e) => [e.id, e.dataset.claims.split(' ')])")
    fitting = {name for name, bears in bearing if left & {f"claim-{each}" for each in bears}}
    assert set(shown(page, ".output")) == fitting and 0 < len(fitting) < len(bearing)


def test_claim_unfolds_to_the_words_the_rule_and_the_row_of_the_file(opened):
    page = opened()
    file, _, words = FROM_RAW["evidence"].partition(": row ")
    claim = page.locator(f"#claim-{FROM_RAW['claim']}")
    table = claim.get_by_role("table")
    assert not table.is_visible()
    claim.locator("summary").click()
    assert claim.get_by_text(FROM_RAW["rule"]).is_visible()
    assert claim.locator("blockquote").first.is_visible()
    heads = table.locator("thead th").all_text_contents()
    cells = table.locator("tbody tr").first.locator("th, td").all_text_contents()
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    record = next(csv.DictReader([lines[0], lines[int(words) - 1]]))
    found = dict(zip(heads, cells, strict=True))
    assert found.pop("Line") == words
    plain = {head: cell for head, cell in found.items() if "http" not in record[head]}
    assert plain == {head: record[head] for head in plain} and len(plain) > 2
    assert claim.get_by_role("link", name=file, exact=True).get_attribute("href") == f"../{file}"


def test_citation_is_copied_as_text_and_as_bibtex(opened):
    page = opened()
    figure = page.locator(".output").first
    figure.get_by_text("Cite", exact=True).click()
    title = figure.locator(".title").text_content()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=\"paste\"></textarea>')")
    for form, selector in (("text", "p.cite"), ("BibTeX", "pre.cite")):
        figure.get_by_role("button", name=f"as {form}").click()
        page.wait_for_function("document.getElementById('said').textContent == 'Copied.'")
        page.locator("#paste").fill("")
        page.keyboard.press("Control+V")
        pasted = page.locator("#paste").input_value()
        assert title in pasted and pasted.startswith("@misc{junctures_") == (form == "BibTeX")
        assert pasted == figure.locator(selector).text_content()


def test_every_format_of_a_figure_and_a_table_is_to_be_had(opened, site):
    page = opened()
    saved = []
    page.on("download", lambda download: saved.append(download))
    for kind in ("figure", "table"):
        links = page.locator(f"[id^={kind}-].output").first.locator(".downloads a")
        targets = links.evaluate_all("(all) => all.map((each) => each.href)")
        formats = ["svg", "pdf", "png", "json"] if kind == "figure" else ["csv", "md", "tex"]
        assert [target.rpartition(".")[2] for target in targets] == formats
        assert links.evaluate_all("(all) => all.every((each) => each.hasAttribute('download'))")
        # One that the browser shows and one that it saves; each way back loads the page anew, which takes a second.
        for i in range(2) if kind == "figure" else range(1):
            target = targets[i]
            links.nth(i).click()
            # On a server the attribute saves the file; from the disk the browser shows what it can and saves the rest.
            for _ in range(200):
                if saved or page.url == target:
                    break
                page.wait_for_timeout(50)
            if saved:
                folder, name = (site if kind == "figure" else ROOT / "tables"), target.rpartition("/")[2]
                assert saved.pop().path().read_bytes() == (folder / name).read_bytes()
            else:
                assert page.url == target
                page.go_back()


def test_link_to_a_claim_opens_it_and_brings_it_into_view(opened):
    name = f"claim-{CLAIMS[-1]['claim']}"
    page = opened(anchor=f"#{name}")
    box = page.locator(f"#{name}").bounding_box()
    assert -1 <= box["y"] < 450
    assert page.locator(f"#{name} dd").first.is_visible()
    assert page.evaluate("document.activeElement.id") == name
    other = next(row for row in CLAIMS if row["verdict"] != "contradicted")
    page.get_by_label("Verdict", exact=True).select_option("contradicted")
    assert not page.locator(f"#claim-{other['claim']}").is_visible()
    page.evaluate(f"location.hash = '#claim-{other['claim']}'")
    page.locator(f"#claim-{other['claim']} dd").first.wait_for()
    assert page.get_by_label("Verdict", exact=True).input_value() == ""


@pytest.mark.parametrize("anchor", ["#figure-timeline", "#table-effects"])
def test_link_to_a_figure_or_table_brings_it_into_view(opened, anchor):
    page = opened(anchor=anchor)
    assert -1 <= page.locator(anchor).bounding_box()["y"] < 450


@pytest.mark.parametrize("script", [True, False])
def test_print_shows_every_claim_unfolded(opened, script):
    page = opened(java_script_enabled=script)
    page.emulate_media(media="print")
    rules = page.locator(".claim dl")
    assert rules.count() == len(CLAIMS)
    heights = rules.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)")
    assert min(heights) > 20
    assert not page.locator("#tools").is_visible()
    rows = page.locator(".claim table").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)")
    assert len(rows) > 10 and min(rows) > 20


def test_without_script_everything_is_there_and_nothing_is_dead(opened):
    page = opened(java_script_enabled=False)
    assert len(page.locator(".claim").all()) == len(CLAIMS)
    assert not page.locator("#tools").is_visible()
    assert page.get_by_role("button", name="Copy").count() == 0
    claim = page.locator(f"#claim-{FROM_RAW['claim']}")
    claim.locator("summary").click()
    assert claim.get_by_role("table").is_visible()


def test_keyboard_reaches_the_content_and_unfolds_a_claim(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    claim = page.locator(f"#claim-{FROM_RAW['claim']}")
    claim.locator("summary").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    assert claim.locator("table").is_visible()
    assert outline == "solid"
    page.get_by_role("button", name="Unfold all claims").press("Enter")
    assert page.locator(".claim details:not([open])").count() == 0
