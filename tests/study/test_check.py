"""The check at the head of a run: what it reads, what it writes, and when it leaves things alone."""

import copy
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from small_study import REPOSITORY, edit, snapshot

from junctures.study import contract
from junctures.study.check import check_study, check_sums, left_over, write_checksums
from junctures.study.code_digest import digest_code, imported_names
from junctures.study.config import load_config
from junctures.study.problems import StudyError

META = "processed/meta/"
STUDIES = "slices/simulated_studies.json"
MODULES = {
    "src/junctures/__init__.py": '"""Package."""\n',
    "src/junctures/a.py": '"""A."""\nX = 1\n\n\ndef f(x):\n    """Return x."""\n    return x + X\n',
    "src/junctures/b.py": "from junctures import a\n\n\ndef g(x):\n    return a.f(x)\n",
    "src/junctures/inner/__init__.py": "",
    "src/junctures/inner/c.py": "def h():\n    from .. import b\n\n    return b\n",
    "src/junctures/alone.py": "Y = 2\n",
    "workflow/scripts/one.py": "def main():\n    from junctures.inner.c import h\n\n    h()\n",
    "workflow/scripts/two.py": "import helper\nimport junctures.alone\n",
    "workflow/scripts/helper.py": "Z = 3\n",
}


@pytest.fixture
def code(tmp_path_factory):
    """Return a folder with a small package and scripts that use parts of it."""
    folder = tmp_path_factory.mktemp("code")
    for name, text in MODULES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def add_records(root: Path) -> None:
    """Make the folder look as if Snakemake had built something in it."""
    records = root / ".snakemake" / "metadata"
    records.mkdir(parents=True)
    (records / "record").write_text("{}", encoding="utf-8")


def changed(root: Path, code: Path, harm) -> set[str]:
    """Return which files below processed/meta a change rewrites, adds or removes; the check's own state left out."""
    check_study(root, code=code)
    if not (root / ".snakemake").exists():
        add_records(root)
    before = snapshot(root / META)
    harm()
    check_study(root, code=code)
    after = snapshot(root / META)
    return {name for name in before | after if before.get(name) != after.get(name)} - {"check.json"}


def of_all(*kinds: str) -> set[str]:
    """Return the slices of some kinds of the small study."""
    ids = {"series": ("exercises", "summits", "rus_un_threat"), "pool": ("military",), "leads": ("threat_first",)}
    ids["indicator"] = ids["series"]
    return {f"slices/{kind}_{name}.json" for kind in kinds for name in ids[kind]}


def test_second_check_of_a_study_with_records_writes_nothing(small, code):
    assert changed(small, code, lambda: None) == set()


def test_copy_without_records_gets_new_times_and_no_new_content(small, code):
    check_study(small, code=code)
    for path in (small / META).rglob("*.*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    before = snapshot(small / META)
    check_study(small, code=code)
    after = snapshot(small / META)
    assert {name: state[0] for name, state in before.items()} == {name: state[0] for name, state in after.items()}
    newer = {name for name in before if after[name][1] > before[name][1]}
    assert newer == set(before) - {"check.json"}
    assert any(name.startswith("code/") for name in newer)


def test_records_folder_that_is_empty_counts_as_no_records(small, code):
    check_study(small, code=code)
    (small / ".snakemake" / "metadata").mkdir(parents=True)
    path = small / META / "slices/claims.json"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    check_study(small, code=code)
    assert path.stat().st_mtime > 1_000_000_000


def test_label_changes_what_shows_it_and_no_series(small, code):
    files = changed(small, code, lambda: edit(small / "config.yaml", "label: Summits", "label: Meetings"))
    assert files == {"slices/indicator_summits.json", "study.json"}


def test_filter_changes_the_series_and_tests_of_its_indicator_only(small, code):
    old, new = "where: {country: RUS}", "where: {country: CHN}"
    files = changed(small, code, lambda: edit(small / "config.yaml", old, new))
    expected = {"slices/series_rus_un_threat.json", "slices/indicator_rus_un_threat.json", "study.json"}
    assert files == expected | of_all("leads") | {STUDIES}


def test_moved_juncture_changes_every_test_at_a_juncture_and_no_series(small, code):
    files = changed(small, code, lambda: edit(small / "config.yaml", "date: 2012-01-05", "date: 2011-01-05"))
    expected = {"slices/summary.json", STUDIES, "study.json"}
    assert files == expected | of_all("indicator", "pool")


def test_seed_changes_every_test_and_neither_series_nor_figures(small, code):
    files = changed(small, code, lambda: edit(small / "config.yaml", "seed: 1\n", "seed: 2\n"))
    assert files == {STUDIES, "study.json"} | of_all("indicator", "pool", "leads")


def test_number_of_simulated_studies_changes_these_only(small, code):
    files = changed(small, code, lambda: edit(small / "config.yaml", "studies: 4", "studies: 5"))
    assert files == {STUDIES, "study.json"}


def test_number_of_draws_behind_a_rate_changes_every_test_and_no_simulated_study(small, code):
    files = changed(small, code, lambda: edit(small / "config.yaml", "calibration: 20", "calibration: 21"))
    assert files == {"study.json"} | of_all("indicator", "pool", "leads")


def test_rule_of_a_claim_changes_claims_and_simulated_studies(small, code):
    files = changed(small, code, lambda: edit(small / "claims.yaml", "sign: positive", "sign: negative"))
    assert files == {"slices/claims.json", "slices/summary.json", STUDIES}


def test_row_that_a_claim_shows_is_no_part_of_simulated_studies(small, code):
    old = "      sign: positive\n"
    shown = "      shown: [{indicator: exercises, model: annual, estimand: step, juncture: pivot}]\n"
    files = changed(small, code, lambda: edit(small / "claims.yaml", old, old + shown))
    assert "slices/claims.json" in files and STUDIES not in files


def test_claim_changes_the_claims_only(small, code):
    files = changed(small, code, lambda: edit(small / "claims.yaml", "Exercises step up.", "Exercises rise."))
    assert files == {"slices/claims.json"}


def test_comment_in_the_config_changes_nothing(small, code):
    assert changed(small, code, lambda: edit(small / "config.yaml", "junctures:", "# Dates.\njunctures:")) == set()


def test_removed_indicator_takes_its_slices_away_and_its_outputs_are_told(small, code):
    check_study(small, code=code)
    for name in ("series/rus_un_threat.csv", "series/summits_rows.csv", "results/effects/threat_first.csv"):
        path = small / "processed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n", encoding="utf-8")
    text = (small / "config.yaml").read_text(encoding="utf-8")
    start, end = text.index("  rus_un_threat:"), text.index("pools:")
    text = text[:start] + text[end:]
    (small / "config.yaml").write_text(text[: text.index("leads:")], encoding="utf-8")
    told = []
    check_study(small, code=code, notify=told.append)
    assert not list((small / META).glob("slices/*threat*"))
    assert len(told) == 2
    assert "processed/results/effects/threat_first.csv" in told[1] and "processed/series/rus_un_threat.csv" in told[0]
    assert (small / "processed/series/rus_un_threat.csv").exists()


def test_left_over_figure_is_told_and_registered_ones_are_not(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    registry = folder / "src/junctures/report/figures.py"
    registry.parent.mkdir(parents=True)
    registry.write_text('FIGURES = {"timeline": 1, "panels": 2}\n', encoding="utf-8")
    for name in ("timeline.svg", "panels/summits.svg", "panels/gone.svg", "index.html", "old.svg"):
        path = small / "figures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    told = list(left_over(small, load_config(small / "config.yaml"), folder))
    assert len(told) == 2
    assert "figures/old.svg" in told[0] and "figures/panels/gone.svg" in told[1]


def test_studies_that_lie_within_the_folder_are_no_part_of_it(small, code):
    told = []
    check_study(small, code=code)
    before = snapshot(small)
    within = {"config.yaml": "study: 1\n", "raw/a/b.csv": "x\n", "processed/series/gone.csv": "x\n", "claims.yaml": ""}
    for name, text in within.items():
        path = small / "studies/other" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    check_study(small, code=code, notify=told.append)
    assert told == []
    after = {name: each for name, each in snapshot(small).items() if not name.startswith("studies/")}
    # In a folder without Snakemake's records slices get the time of the check, whatever has changed.
    assert {name: content for name, (content, _) in after.items()} == {name: each[0] for name, each in before.items()}


def test_checking_alone_writes_nothing(small, code):
    before = snapshot(small)
    check_study(small, writing=False, code=code)
    assert snapshot(small) == before


def test_tables_are_read_in_full_only_when_they_changed(small, code, monkeypatch):
    calls = []
    whole = contract.check_tables
    monkeypatch.setattr(contract, "check_tables", lambda *arguments: calls.append(1) or whole(*arguments))
    check_study(small, code=code)
    check_study(small, code=code)
    edit(small / "config.yaml", "seed: 1\n", "seed: 2\n")
    check_study(small, code=code)
    assert len(calls) == 1
    edit(small / "raw/un_general_debate/term_counts.csv", "1996,CHN,1613,", "1996,CHN,1614,")
    write_checksums(small)
    check_study(small, code=code)
    assert len(calls) == 2
    (small / META / "check.json").write_text("not json", encoding="utf-8")
    check_study(small, code=code)
    assert len(calls) == 3


def test_table_that_fails_is_read_again_at_the_next_check(small, code):
    check_study(small, code=code)
    edit(small / "raw/un_general_debate/term_counts.csv", "1996,CHN,1613,", "1996,CHN,-5,")
    write_checksums(small)
    for _ in range(2):
        with pytest.raises(StudyError, match="'-5' is outside"):
            check_study(small, code=code)


def test_usual_path_imports_no_heavy_package(small, code):
    check_study(small, code=code)
    program = f"""
        import sys
        from junctures.study.check import check_study
        check_study({str(small)!r}, code={str(code)!r})
        print([name for name in ("pandas", "numpy", "pandera", "matplotlib") if name in sys.modules])
    """
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() == "[]"


def test_study_json_holds_what_each_date_becomes(small, code):
    check_study(small, code=code)
    values = json.loads((small / META / "study.json").read_text(encoding="utf-8"))
    assert values["junctures"][1]["first_treated"]["2014-02-01"] == {
        "year": "2014",
        "quarter": "2014Q1",
        "month": "2014-02",
    }


def test_every_slice_can_be_read_back(small, code):
    check_study(small, code=code)
    slices = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (small / META).glob("slices/*.json")}
    assert slices["series_summits"]["time"] == "date"
    assert set(slices["pool_military"]["indicators"]) == {"exercises", "summits"}
    assert set(slices["leads_threat_first"]["indicators"]) == {"exercises", "summits", "rus_un_threat"}
    assert [claim["id"] for claim in slices["claims"]] == ["exercises_pivot", "first_2003"]
    assert slices["summary"]["families"] == {"pools": {"over": "pool_steps"}}
    studies = slices["simulated_studies"]
    assert [claim["id"] for claim in studies["claims"]] == ["exercises_pivot"]
    assert set(studies["indicators"]) == {"exercises", "summits", "rus_un_threat"}


def test_checksums_tell_a_new_file_a_changed_file_and_a_vanished_one(small):
    assert check_sums(small)[1] == []
    (small / "raw/leader_summits/more.csv").write_text("a\n", encoding="utf-8")
    edit(small / "raw/un_general_debate/term_counts.csv", "1996,CHN,1613,", "1996,CHN,1614,")
    (small / "raw/joint_exercises/places.csv").unlink()
    told = [each.what for each in check_sums(small)[1]]
    assert len(told) == 3
    assert any("has vanished" in each for each in told) and any("does not hold this file" in each for each in told)
    assert write_checksums(small) == 8
    assert check_sums(small)[1] == []


def test_shipped_checksums_are_right():
    sums, problems = check_sums(REPOSITORY)
    assert problems == []
    assert len(sums) > 40


def test_claim_that_names_what_no_table_holds_is_told_at_its_line(small, code):
    path = small / "claims.yaml"
    old = "window: {start: 2003-01-01}"
    edit(path, old, "time: start_dat, where: {category: cor, any: [{minr: no}]}, expect: {nam: x}")
    with pytest.raises(StudyError) as caught:
        check_study(small, code=code)
    told = {each.column.removeprefix("claims[2].check."): each.remedy for each in caught.value.problems}
    assert told == {
        "time": "Did you mean 'start_date'?",
        "where.category": "Did you mean 'core'?",
        "where.any[1].minr": "Did you mean 'minor'?",
        "expect.nam": "Did you mean 'name'?",
    }
    assert {each.line for each in caught.value.problems} == {28}


def paths_in(node, path=()):
    """Yield the path of keys to every place in nested data."""
    yield path
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, each in pairs:
        yield from paths_in(each, (*path, key))


@pytest.mark.parametrize("name", ["config.yaml", "claims.yaml", "raw/un_general_debate/SOURCE.yaml"])
@pytest.mark.parametrize("junk", [None, 5, "x", True, [], {"a": [1]}], ids=str)
def test_any_value_anywhere_is_told_or_taken_and_never_a_traceback(small, code, name, junk):
    check_study(small, code=code)
    whole = yaml.safe_load((small / name).read_text(encoding="utf-8"))
    places = list(paths_in(whole))
    # Every place would take minutes (a changed SOURCE.yaml has all tables read anew): each junk begins at another one.
    for path in places[len(str(junk)) % 3 :: 40 if name.startswith("raw") else 6]:
        harmed = copy.deepcopy(whole) if path else junk
        node = harmed
        for key in path[:-1]:
            node = node[key]
        if path:
            node[path[-1]] = junk
        (small / name).write_text(yaml.safe_dump(harmed), encoding="utf-8")
        write_checksums(small)
        try:
            check_study(small, code=code, writing=False)
        except StudyError as error:
            assert all(each.what and each.why and each.remedy for each in error.problems)


def digests(root: Path) -> dict[str, str]:
    """Return the digest of each script's code."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (root / META / "code").glob("*.txt")}


EDITS = [
    ("src/junctures/a.py", "X = 1", "X = 1  # a reason", set()),
    ("src/junctures/a.py", '"""Return x."""', '"""Return x and more."""', set()),
    ("src/junctures/a.py", "return x + X", "return (\n        x + X\n    )", set()),
    ("src/junctures/a.py", "X = 1", "X = 2", {"one"}),
    ("src/junctures/inner/c.py", "return b", "return None", {"one"}),
    ("src/junctures/alone.py", "Y = 2", "Y = 3", {"two"}),
    ("src/junctures/__init__.py", '"""Package."""\n', '"""Package."""\nV = 1\n', {"one", "two"}),
    ("workflow/scripts/helper.py", "Z = 3", "Z = 4", {"two", "helper"}),
    ("workflow/scripts/one.py", "    h()", "    return h()", {"one"}),
]


@pytest.mark.parametrize(("name", "old", "new", "stages"), EDITS, ids=[f"{e[0].split('/')[-1]}_{e[2]}" for e in EDITS])
def test_code_edit_changes_just_the_scripts_that_use_it(small, code, name, old, new, stages):
    check_study(small, code=code)
    before = digests(small)
    assert set(before) == {"one", "two", "helper", "rules"}
    edit(code / name, old, new)
    check_study(small, code=code)
    after = digests(small)
    assert {stage for stage in before if before[stage] != after[stage]} == stages


def test_module_that_appears_under_an_imported_name_counts(small, code):
    edit(code / "workflow/scripts/two.py", "import helper", "import later")
    check_study(small, code=code)
    before = digests(small)
    (code / "workflow/scripts/later.py").write_text("Q = 1\n", encoding="utf-8")
    check_study(small, code=code)
    assert digests(small)["two"] != before["two"]


def test_code_that_is_no_python_is_told_before_anything_is_written(small, code):
    edit(code / "src/junctures/a.py", "X = 1", "X = (1")
    before = snapshot(small)
    with pytest.raises(StudyError) as caught:
        check_study(small, code=code)
    assert [(each.file, each.line) for each in caught.value.problems] == [("src/junctures/a.py", 2)]
    assert snapshot(small) == before


def test_notebook_has_a_digest_of_the_code_it_uses(small, code):
    path = small / "notebooks" / "01_findings.py"
    path.parent.mkdir()
    path.write_text("# %%\nfrom junctures.a import f\n", encoding="utf-8")
    check_study(small, code=code)
    before = digests(small)
    edit(code / "src/junctures/a.py", "X = 1", "X = 2")
    check_study(small, code=code)
    assert before["notebook_01_findings"] != digests(small)["notebook_01_findings"]


def test_digest_is_one_for_every_version_of_python():
    source = (
        'def f(x: int = 1, *, y="a"):\n    """Doc."""\n    return f"{x:>{y}} and {x!r}{y}", [None, 1.5, b"b", ...]\n'
    )
    # Computed alike by Python 3.11.7, 3.12.1 and 3.13.0.
    assert digest_code(source) == DIGEST
    assert digest_code(source.replace("Doc.", "Other words.")) == DIGEST
    assert digest_code(source.replace("None", "True")) != DIGEST


def test_imports_are_found_in_functions_and_relative_to_the_module():
    source = "from . import x\n\n\ndef f():\n    import a.b\n    from ..c import d\n"
    assert imported_names(source, "junctures.study.check") >= {"junctures.study.x", "a.b", "junctures.c.d"}


DIGEST = "bf0d1a3fa778217abb8ccc2f3c96aa9012a5e0a6f274f068c4139dad632973bd"
