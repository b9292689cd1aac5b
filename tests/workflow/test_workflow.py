"""The rules as they are written: logs that hold exceptions, lint, layout, names; and which library runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from study_run import REPOSITORY, edit, snakemake

RULE_FILES = sorted((REPOSITORY / "workflow/rules").glob("*.smk"))
# Rules whose names hold those of what they make, each with its script.
GENERATED = {
    "plot_": "plot_figure",
    "tabulate_": "tabulate",
    "build_series_": "build_series",
}
SECTIONS = ("input", "output", "log", "params", "message", "script", "name")


def rules():
    """Return file:rule -> section -> its lines, from the layout that snakefmt gives."""
    found = {}
    for path in [REPOSITORY / "Snakefile", *RULE_FILES]:
        section = lines = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if head := re.fullmatch(r"( *)rule( \w+)?:", line):
                indent = len(head[1]) + 4
                lines = found.setdefault(f"{path.name}:{(head[2] or ' generated').strip()}", {})
            elif lines is not None and line and not line.startswith(" " * indent):
                lines = None
            elif lines is not None and (head := re.fullmatch(rf" {{{indent}}}(\w+):", line)):
                section = lines.setdefault(head[1], [])
            elif lines is not None and line.startswith(" " * (indent + 4)) and section is not None:
                section.append(line[indent + 4 :])
    return found


RULES = rules()
WITH_SCRIPT = {name: parts for name, parts in RULES.items() if "script" in parts}


def test_every_script_has_its_rule():
    used = {Path(parts["script"][0].strip('"')).stem for parts in WITH_SCRIPT.values()}
    assert used == {path.stem for path in (REPOSITORY / "workflow/scripts").glob("*.py")}


@pytest.mark.parametrize("name", RULES)
def test_rule_has_a_message_and_named_files(name):
    parts = RULES[name]
    assert re.fullmatch(r'f?"[A-Z].+[^.]"', parts["message"][0])
    for section in {"input", "output"} & parts.keys():
        assert parts[section]
        assert all(re.match(r"\w+=|\*\*|[ )}\]]", line) for line in parts[section]), parts[section]


@pytest.mark.parametrize("name", WITH_SCRIPT)
def test_rule_with_a_script_has_its_name_a_log_and_a_digest_of_its_code(name):
    parts = WITH_SCRIPT[name]
    rule = name.split(":")[1]
    if "name" in parts:
        rule = next(script for prefix, script in GENERATED.items() if parts["name"][0].startswith(f'f"{prefix}'))
    assert parts["script"] == [f'"../scripts/{rule}.py"']
    assert re.fullmatch(rf'f?"logs/{rule}(/\{{\w+\}})?\.log",', parts["log"][0])
    assert f'code="processed/meta/code/{rule}.txt",' in parts["input"]
    # A rule without output runs whenever it is asked for, as a question must.
    assert parts.get("output") or rule == "verify"


def test_no_rule_runs_what_snakemake_cannot_follow():
    for path in [REPOSITORY / "Snakefile", *RULE_FILES]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^ *(run|shell|notebook|checkpoint \w+):|\bancient\(|\bdirectory\(", text, re.MULTILINE)


def test_lint_asks_for_nothing_but_another_way_to_install(built):
    told = snakemake(built, "--lint")
    assert "Lints for rule" in told.text, told.text
    titles = set(re.findall(r"^ +\* (.+):$", told.text, re.MULTILINE))
    assert titles == {"Specify a conda environment or container for each rule."}


def test_rules_are_laid_out_by_snakefmt():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow/rules"]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_failing_jobs_write_their_exceptions_into_their_logs(study):
    edit(study, "workflow/scripts/build_codebook.py", "import write_csv", "import write_cvs as write_csv")
    edit(study, "workflow/scripts/tabulate.py", ".build(**inputs)", ".build(**inputs, more=1)")
    told = snakemake(study, "--keep-going", "processed/meta/codebook.csv", "tables/sources.csv")
    assert told.code != 0
    expected = {
        "build_codebook.log": "ImportError: cannot import name 'write_cvs'",
        "tabulate/sources.log": "TypeError: build_sources() got an unexpected keyword argument 'more'",
    }
    for name, words in expected.items():
        log = (study / "logs" / name).read_text(encoding="utf-8")
        assert "Traceback" in log and words in log
        assert words in told.text


def test_library_of_another_folder_is_told(built, tmp_path):
    for name in ("workflow", "Snakefile"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    told = snakemake(built, "--dry-run", "--snakefile", str(tmp_path / "Snakefile"))
    assert told.code != 0
    assert "this Python takes the library from" in told.text and "What to do:" in told.text
    assert "Traceback" not in told.text
