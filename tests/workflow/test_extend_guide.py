"""The guide to extending: a study built from the page's own blocks, with its four walks taken one after another."""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from study_run import REPOSITORY, add_code, build, edit

from junctures.numbers import read_csv
from junctures.study.check import write_checksums

PAGE = (REPOSITORY / "docs/extend.md").read_text(encoding="utf-8")
# A file's name, where in it the lines go (nothing: they are the file), and the block.
BLOCK = re.compile(r"^`([^`\n]+)`(, at its end|, after the line `([^`\n]+)`)?:\n\n```\w+\n(.*?)^```", re.M | re.S)
WALKS = ("An indicator", "A juncture", "A claim", "A figure")
FIGURE = "values_by_period"
# The guide leaves the draws at their defaults; here no number is looked at that hangs on them.
DRAWS = "  simulations: {power: 20, date_rank: 19, breaks: 19, calibration: 20, studies: 4, curve: 19}\n"


def section(title):
    """Return the text of a section of the page."""
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", PAGE, re.M | re.S)
    assert found, f"docs/extend.md has no section {title!r}"
    return found.group(1)


def follow(text, root):
    """Do what each block of a text says, in a folder, and return how many there were."""
    steps = BLOCK.findall(text)
    assert len(steps) == text.count("```") / 2, "a block is not headed by the file that it goes into"
    for name, where, line, lines in steps:
        path = root / name
        if not where:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(lines, encoding="utf-8")
        elif line:
            text = path.read_text(encoding="utf-8")
            found = re.findall(rf"^{re.escape(line)}$", text, re.M)
            assert len(found) == 1, f"{name} holds the line {line!r} {len(found)} times"
            before, after = re.split(rf"^{re.escape(line)}\n", text, flags=re.M)
            path.write_text(f"{before}{line}\n{lines}{after}", encoding="utf-8")
        else:
            path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    return len(steps)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Return the folder of the guide's study after all walks, built to its verdicts and its new figure."""
    root = tmp_path_factory.mktemp("guide") / "study"
    follow(section("The smallest study"), root)
    edit(root, "config.yaml", "  seed: 1\n", "  seed: 1\n" + DRAWS)
    write_checksums(root)
    add_code(root)
    assert [follow(section(walk), root) for walk in WALKS] == [1, 1, 1, 2]
    build(root, "processed/results/claims.csv", f"figures/{FIGURE}.svg")
    return root


def results(root, name):
    return read_csv(root / f"processed/results/{name}.csv")


def test_added_indicator_has_a_series_with_its_rows_and_is_tested(walked):
    series = read_csv(walked / "processed/series/cases.csv")
    rows = read_csv(walked / "processed/series/cases_rows.csv", rows=str)
    raw = (walked / "raw/my_source/yearly.csv").read_text(encoding="utf-8").splitlines()
    for value, line in zip(series["value"], rows["rows"], strict=True):
        assert int(raw[int(line) - 1].split(",")[2]) == value
    assert {"outcome", "cases"} == set(results(walked, "effects")["indicator"])


def test_added_juncture_is_tested_in_every_series_from_the_year_that_the_page_says(walked):
    steps = results(walked, "effects").query("model == 'primary' and estimand == 'step'")
    treated = {(row["indicator"], row["juncture"]): row["first_treated"] for _, row in steps.iterrows()}
    assert treated == {(i, j): y for i in ("outcome", "cases") for j, y in (("crisis", "2005"), ("reform", "2010"))}
    assert f"treated from {treated['cases', 'crisis']} on" in section("A juncture")
    assert steps["estimate"].notna().all()


def test_added_claim_is_judged_in_one_family_with_the_claim_that_was_there(walked):
    claims = results(walked, "claims")
    assert list(claims["claim"]) == ["cases_rise", "outcome_rises"]
    assert set(claims["ledger"]) == {"tested"}
    family = results(walked, "effects").query("family == 'effects'")
    assert {(row["indicator"], row["juncture"]) for _, row in family.iterrows()} == {
        ("cases", "crisis"), ("outcome", "reform")
    }  # fmt: skip
    # Holm: the smaller p of two counts twice, the larger one at least as much.
    small, large = sorted(family["p"])
    assert sorted(family["p_holm"]) == pytest.approx([min(1, 2 * small), max(min(1, 2 * small), large)], rel=1e-6)


def test_added_figure_has_its_files_words_and_a_panel_for_each_series(walked):
    record = json.loads((walked / f"figures/{FIGURE}.json").read_text(encoding="utf-8"))
    assert record["rule"] == f"plot_{FIGURE}" and record["alt"].startswith("2 panels")
    assert all((walked / f"figures/{FIGURE}.{suffix}").stat().st_size > 1000 for suffix in ("svg", "pdf", "png"))
    groups = ElementTree.parse(walked / f"figures/{FIGURE}.svg").iter("{http://www.w3.org/2000/svg}g")
    assert sum(group.get("id", "").startswith("axes_") for group in groups) == 2


def test_page_walks_through_all_four():
    assert re.findall(r"^### (.*)$", PAGE, re.M) == list(WALKS)
