"""What a config, a claim or a table says is never run, never leads out of the study, and is shown as it is written."""

import ast
import re
import shutil
import subprocess
import sys
import time
import tokenize
from pathlib import Path

import pytest
from harness import edit, snapshot, sound
from hostile import REPOSITORY

from junctures.study.check import check_study, write_checksums
from junctures.study.problems import StudyError
from junctures.study.yaml_file import read_yaml

CODE = [*sorted((REPOSITORY / "src").rglob("*.py")), *sorted((REPOSITORY / "workflow").rglob("*.py"))]
RULES = [REPOSITORY / "Snakefile", *sorted((REPOSITORY / "workflow/rules").glob("*.smk"))]
RUNNING = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"}


def refused(root: Path) -> StudyError:
    """Return the error of a check, after which nothing may have changed; each problem must have its three parts."""
    before = snapshot(root)
    with pytest.raises(StudyError) as caught:
        check_study(root, notify=lambda text: None)
    assert snapshot(root) == before
    assert all(each.what and each.why and each.remedy for each in caught.value.problems)
    return caught.value


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory):
    """Return the folder of a sound copy of the seat-belt study; never change it."""
    return sound("seat_belts", tmp_path_factory.mktemp("seat_belts"))


@pytest.fixture
def study(unharmed, tmp_path):
    """Return a copy of the seat-belt study, which has room beside it."""
    return shutil.copytree(unharmed, tmp_path / "study")


def test_bandit_finds_nothing():
    places = [str(REPOSITORY / each) for each in ("src", "workflow")]
    run = subprocess.run([sys.executable, "-m", "bandit", "--quiet", "-r", *places], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_every_exception_to_bandit_names_its_test_and_gives_a_reason():
    found = []
    for path in CODE:
        with path.open("rb") as file:
            comments = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        found += [(path.name, comment) for comment in comments if "nosec" in comment]
    assert found
    assert [each for each in found if not re.match(r"# nosec B\d{3} # \w+( \S+){2,}", each[1])] == []


def test_code_neither_runs_text_nor_loads_objects():
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.name}, line {getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name.split(".")[0] for alias in node.names} | {getattr(node, "module", None) or ""}
                assert not names & UNSAFE, place
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in RUNNING, place
                assert called not in ("os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "pd.read_pickle"), place
                assert not called.startswith("subprocess.getoutput"), place
                assert "shell" not in {keyword.arg for keyword in node.keywords}, place
                if called.startswith("subprocess."):
                    assert isinstance(node.args[0], ast.List | ast.Name), f"{place}: a command is a list of arguments"


def test_rules_run_no_shell():
    for path in RULES:
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(
            r"^\s*(shell|run|wrapper|cwl)\s*:|\bshell\(|\bos\.(system|popen)|subprocess|\beval\(", text, re.M
        )
    scripts = {
        name for path in RULES for name in re.findall(r'script:\s*"\.\./scripts/([^"]+)"', path.read_text("utf-8"))
    }
    assert scripts == {path.name for path in (REPOSITORY / "workflow/scripts").glob("*.py")}


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
)
ATTACKS = {
    "object": ("a: !!python/object/apply:os.system ['touch /tmp/here']\n", "a tag stands here"),
    "binary": ("a: !!binary aGk=\n", "a tag stands here"),
    "own tag": ("a: !include /etc/passwd\n", "a tag stands here"),
    "laughs": (LAUGHS, "repeat more than 100000 entries"),
    "circle": ("a: &a [*a]\n", "more than 30 deep"),
    "merge": ("x: &x {a: 1}\ny:\n  <<: *x\n", "a merge key"),
    "brackets": ("a: " + "[" * 10_000 + "]" * 10_000, "exceeded maximum nesting depth|more than 30 deep"),
    "braces": ("{a: " * 10_000 + "1" + "}" * 10_000, "exceeded maximum nesting depth|more than 30 deep"),
    "hyphens": ("- " * 10_000 + "a", "more than 30 deep|nesting depth"),
    "long value": (f"a: '{'x' * 5_000_000}'\n", "a text of 5000000 characters"),
    "long key": (f"? {'x' * 5_000_000}\n: 1\n", "no text of at most 200 characters"),
    "surrogate": ('a: "\\ud800"\n', "not valid YAML"),
    "zero byte": ("a: \0\n", r"the character U\+0000"),
    "two documents": ("a: 1\n---\nb: 2\n", "not valid YAML"),
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("file", ["config.yaml", "claims.yaml", "raw/road_casualties/SOURCE.yaml"])
def test_hostile_yaml_is_refused_at_once(study, file, name):
    text, what = ATTACKS[name]
    (study / file).write_text(text, encoding="utf-8")
    write_checksums(study)
    started = time.process_time()
    problems = refused(study).problems
    # The machine's own time: other programs may take theirs. The slowest needs .4 s.
    assert time.process_time() - started < 5
    assert any(each.file == file and re.search(what, each.what) for each in problems), problems


def test_entry_that_yaml_would_merge_is_refused(study):
    edit(study / "config.yaml", "  seed: 19830131", "  <<: {seed: 19830131}")
    assert any("merge key" in each.what for each in refused(study).problems)


def test_folder_in_place_of_a_file_is_told(tmp_path):
    (tmp_path / "config.yaml").mkdir()
    assert "no readable file" in read_yaml(tmp_path / "config.yaml", "config.yaml")[2][0].what


PATHS = ["../{0}", "{0}/../{0}", "/etc/passwd", "road_casualties/../../secret", "raw/road_casualties/monthly", "~/x",
         "road_casualties\\\\monthly", "road_casualties/monthly.csv", "road_casualties/monthly\\n", "C:/x", "./{0}",
         "road_casualties/{indicator}", "$(id)/monthly"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_path_in_place_of_a_table_is_refused(study, path):
    text = (study / "config.yaml").read_text(encoding="utf-8")
    named = path.replace("{0}", "road_casualties/monthly")
    (study / "config.yaml").write_text(text.replace("table: road_casualties/monthly", f'table: "{named}"', 1), "utf-8")
    assert any(each.column.endswith(".table") for each in refused(study).problems)


@pytest.mark.parametrize("name", ["../monthly", "/etc/passwd", "a{b}", "a b", ".hidden"])
def test_table_of_a_source_is_named_like_an_id(study, name):
    edit(study / "raw/road_casualties/SOURCE.yaml", "  monthly:\n", f'  "{name}":\n')
    write_checksums(study)
    assert any("is no id" in each.what for each in refused(study).problems)


@pytest.mark.parametrize("linked_part", ["raw", "raw/road_casualties", "raw/road_casualties/monthly.csv", "config.yaml",
                                         "claims.yaml", "paper", "paper/references.bib"])  # fmt: skip
def test_link_that_leads_out_of_the_study_is_refused(study, linked_part):
    outside = study.parent / "outside"
    (study / linked_part).rename(outside)
    (study / linked_part).symlink_to(outside)
    problems = refused(study).problems
    assert [each.file for each in problems] == [linked_part]
    assert "leads out" in problems[0].what


def test_link_within_the_study_and_link_to_nowhere(study):
    table = study / "raw/road_casualties/monthly.csv"
    table.rename(study / "kept.csv")
    table.symlink_to("../../kept.csv")
    check_study(study, notify=lambda text: None)
    (study / "kept.csv").unlink()
    assert "leads out" in refused(study).problems[0].what
