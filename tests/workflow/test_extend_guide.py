"""The guide to extending: a study built from the page's own blocks, with its four walks taken one after another."""

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pandas as pd
import pytest
from study_run import REPOSITORY, add_code, build, edit

from junctures.numbers import read_csv
from junctures.study.check import check_study, write_checksums
from junctures.study.problems import StudyError
from junctures.study.series import build_series, load_table

PAGE = (REPOSITORY / "docs/extend.md").read_text(encoding="utf-8")
# A file's name, where in it the lines go (nothing: they are the file), and the block.
BLOCK = re.compile(r"^`([^`\n]+)`(, at its end|, after the line `([^`\n]+)`)?:\n\n```\w+\n(.*?)^```", re.M | re.S)
WALKS = ("An indicator", "A juncture", "A claim", "A figure")
FIGURE = "values_by_period"
SERIES = ("outcome", "released")
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


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return two folders: the guide's study with its table from Excel and releases, before and after a vintage."""
    before = tmp_path_factory.mktemp("released") / "study"
    follow(section("The smallest study"), before)
    table = before / "raw/my_source/yearly.csv"
    pd.read_csv(table).to_excel(table.with_suffix(".xlsx"), index=False)
    table.unlink()
    steps, further = section("A vintage").split("A further vintage")
    assert follow(steps, before) == 3
    write_checksums(before)
    check_study(before, code=REPOSITORY)
    after = shutil.copytree(before, before.with_name("after"))
    assert follow(further, after) == 2
    write_checksums(after)
    build(after, "processed/meta/codebook.csv", *(f"processed/series/{n}.csv" for n in SERIES), code=REPOSITORY)
    return before, after


def test_added_vintage_adds_its_own_rows_from_its_own_file(released):
    before, after = released
    part = json.loads((before / "processed/meta/slices/series_released.json").read_text(encoding="utf-8"))
    table = load_table(before / "raw/releases/yearly.csv")
    old, behind = build_series(part["indicator"], table, part["window"], time=part["time"])
    series, rows = (
        read_csv(after / "processed/series/released.csv"),
        read_csv(after / "processed/series/released_rows.csv", rows=str),
    )
    assert list(series["vintage"]) == ["2022-03"] * 5 + ["2023-03"] * 5  # the window ends in 2021
    assert list(series["value"][:5]) == list(old["value"]) and list(series["value"][5:]) == [5.1, 5.3, 5.0, 5.6, 5.9]
    assert list(rows["table"]) == ["releases/yearly"] * 5 + ["releases/yearly.2023-03"] * 5
    assert list(rows["rows"]) == ["2", "3", "4", "5", "6"] * 2 and list(behind["rows"]) == list(rows["rows"][:5])


def test_series_from_excel_is_that_of_the_page(released):
    series = read_csv(released[1] / "processed/series/outcome.csv")
    rows = read_csv(released[1] / "processed/series/outcome_rows.csv", rows=str)
    page = [line.split(",") for line in re.findall(r"^20\d\d,[\d.]+,\d+$", section("The smallest study"), re.M)]
    assert list(series["period"]) == [year for year, _, _ in page]
    assert list(series["value"]) == [float(value) for _, value, _ in page]
    assert list(rows["rows"]) == [str(line) for line in range(2, 24)]


def test_vintage_of_another_release_in_its_file_is_refused(released, tmp_path):
    root = shutil.copytree(released[1], tmp_path / "study")
    edit(root, "raw/releases/yearly.2023-03.csv", "2023-03,2019", "2022-03,2019")
    write_checksums(root)
    with pytest.raises(StudyError, match=r"yearly\.2023-03\.csv, line 4, release: a row of the vintage '2022-03'"):
        check_study(root, code=REPOSITORY)
