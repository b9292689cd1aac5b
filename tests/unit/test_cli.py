"""The command line: files and numbers that someone received, the folder, a commit, and what it refuses."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image
from published_study import EFFECTS, REPOSITORY, git

from junctures.cli import main
from junctures.report.manifest import MANIFEST, digest_file
from junctures.report.verify import rounds_to, verify_number

CLAIMS = "processed/results/claims.csv"


@pytest.fixture
def run(published, capsys):
    """Return a function that runs `junctures verify` on the folder and gives its exit code and what it said."""

    def verify(*arguments):
        code = main(["verify", *map(str, arguments), "--study", str(published)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return verify


def altered(path, old, new, target):
    text = path.read_bytes().decode("utf-8")
    assert old in text
    target.write_bytes(text.replace(old, new, 1).encode())
    return target


def test_received_figure_is_found_by_its_content_whatever_its_name(run, published, tmp_path):
    received = shutil.copy(published / "figures/timeline.png", tmp_path / "Figure 4 (final).png")
    code, said = run(received)
    assert code == 0
    assert said.startswith("yes") and "it is figures/timeline.png, every byte" in said


def test_received_figure_with_an_altered_pixel_is_found(run, published, tmp_path):
    pixels = np.asarray(Image.open(published / "figures/timeline.png").convert("RGBA")).copy()
    pixels[40, 50] = [1, 2, 3, 255]
    received = tmp_path / "timeline.png"
    Image.fromarray(pixels).save(received)
    code, said = run(received)
    assert code == 1
    assert said.startswith("NO") and "it is not figures/timeline.png. First difference: the pixel at column 50" in said


def test_received_figure_saved_again_has_the_same_pixels(run, published, tmp_path):
    received = tmp_path / "timeline.png"
    Image.open(published / "figures/timeline.png").save(received)
    code, said = run(received)
    assert code == 0
    assert "every pixel is the same; only the metadata" in said


def test_received_table_with_an_altered_cell_is_found_with_its_row(run, published, tmp_path):
    received = altered(published / EFFECTS, "0.27620647", "0.37620647", tmp_path / "effects.csv")
    code, said = run(received)
    assert code == 1
    place = "line 2 (exercises, pivot, primary, step), column estimate"
    assert f"First difference: {place}: '0.37620647' where '0.27620647' is expected" in said


def test_received_raw_table_with_an_altered_row_is_found(run, published, tmp_path):
    table = published / "raw/joint_exercises/exercises.csv"
    code, said = run(altered(table, ",core,", ",patrol,", tmp_path / "exercises.csv"))
    assert code == 1
    assert "it is not raw/joint_exercises/exercises.csv. First difference: line 2 (" in said
    assert "column category: 'patrol' where 'core' is expected" in said


def test_file_of_a_name_that_several_have_is_compared_with_the_one_of_its_columns(run, published, tmp_path):
    received = altered(published / "processed/series/exercises.csv", "2003Q1", "2003Q5", tmp_path / "exercises.csv")
    code, said = run(received)
    assert code == 1
    assert "it is not processed/series/exercises.csv. First difference: line 2 (quarter" in said


def test_file_of_another_name_and_content_needs_to_be_told_what_it_should_be(run, published, tmp_path):
    received = altered(published / EFFECTS, "0.27620647", "0.37620647", tmp_path / "Table 2.csv")
    code, said = run(received)
    assert code == 2
    assert said.startswith("unknown") and "Say with --as" in said
    code, said = run(received, "--as", EFFECTS)
    assert code == 1
    assert "column estimate" in said
    code, said = run(received, "--as", "effects.csv")
    assert code == 2
    assert "holds no 'effects.csv'" in said


def test_file_is_not_compared_with_one_that_was_itself_changed(run, published, tmp_path):
    received = altered(published / EFFECTS, "0.27620647", "0.37620647", tmp_path / "effects.csv")
    altered(published / EFFECTS, "0.27620647", "0.47620647", published / EFFECTS)
    code, said = run(received)
    assert code == 2
    assert "is here itself not the file" in said and "Restore it" in said


def test_tolerance_is_used_where_asked_for(run, published, tmp_path):
    received = altered(published / EFFECTS, "0.27620647", "0.27620648", tmp_path / "effects.csv")
    assert run(received)[0] == 1
    code, said = run(received, "--tolerant")
    assert code == 0
    assert "every cell is the same within the tolerances" in said


def test_several_files_are_told_one_by_one(run, published, tmp_path):
    received = altered(published / "tables/findings.md", "verdicts", "guesses", tmp_path / "findings.md")
    code, said = run(published / EFFECTS, received, tmp_path / "nothing.csv")
    assert code == 1
    assert [line.split()[0] for line in said.splitlines()] == ["yes", "NO", "unknown"]


@pytest.mark.parametrize(
    ("number", "where", "more", "code", "words"),
    [
        ("0.276", "effects:exercises:pivot:primary:step", (), 0, "0.276 is estimate (0.27620647) of"),
        ("0.28", "effects:step:primary:pivot:exercises", (), 0, "estimate (0.27620647)"),
        ("\u22120.20", "effects:exercises:pivot:primary:step", (), 0, "-0.20 is lower (-0.20495742)"),
        ("0.277", "effects:exercises:pivot:primary:step", (), 1, "There: n 76, estimate 0.27620647"),
        ("0.782", "effects:exercises:pivot:primary:step", ("--column", "lower"), 1, "There: lower -0.20495742"),
        ("2012", "effects:exercises:pivot:primary:step", (), 1, "0.276"),  # a period is no number
        ("0.276", "effects:exercises:primary:step", (), 2, "3 rows of processed/results/effects.csv fit"),
        ("0.276", "effects:drills:pivot", (), 2, "no row of processed/results/effects.csv fits"),
        ("0.276", "results:exercises", (), 2, "Begin with one of: claims, effects"),
        ("a third", "effects:exercises:pivot:primary:step", (), 2, "'a third' is no number"),
        ("0.276", "effects:exercises:pivot:primary:step", ("--column", "mean"), 2, "has no column 'mean'"),
    ],
)
def test_number_is_looked_for_in_its_row_as_rounded_as_it_is_written(run, number, where, more, code, words):
    found, said = run("--number", number, "--where", where, *more)
    assert found == code, said
    assert words in said


@pytest.mark.parametrize(
    ("cell", "text", "right"),
    [
        ("0.125", "0.13", True),  # halfway: either
        ("0.125", "0.12", True),
        ("0.1251", "0.12", False),
        ("1234.5", "1.2e3", True),
        ("1284.5", "1.2e3", False),
        ("-0.5", "0.5", False),
        ("19", "19", True),
        ("0.27620647", "0.27620647", True),
    ],
)
def test_rounding(cell, text, right):
    assert rounds_to(cell, text) is right


def test_folder_is_verified_without_arguments(run, published):
    code, said = run()
    assert code == 0 and said.startswith("yes")
    (published / "tables/findings.md").unlink()
    code, said = run()
    assert code == 1
    assert said.startswith("NO") and "tables/findings.md: the file has vanished" in said


def test_commit_with_the_same_results_has_no_changes(committed, capsys):
    # The last digit of a number is within the tolerance, and the parts of an indicator stand in the union.
    altered(committed / EFFECTS, "0.27620647", "0.27620648", committed / EFFECTS)
    assert main(["verify", "--against", "HEAD", "--study", str(committed)]) == 0
    assert "No result and no verdict differs" in capsys.readouterr().out


def test_results_and_verdicts_that_differ_from_a_commit_are_listed_verdicts_first(committed, capsys):
    path = committed / EFFECTS
    altered(path, "0.27620647", "0.3", path)
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    gone, new = rows[3], rows[4].replace("exercises,", "drills,", 1)
    path.write_text("".join([*rows[:3], *rows[4:], new]), encoding="utf-8")
    claims = committed / CLAIMS
    altered(claims, "contradicted", "supported", claims)
    shutil.copy(path, committed / "processed/results/more.csv")
    assert main(["verify", "--against", "HEAD", "--study", str(committed)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{CLAIMS}: first_bilateral_drill_2003: verdict contradicted -> supported"
    key = " ".join(cell for cell in gone.split(",")[:5] if cell)
    assert lines[1:] == [
        f"{EFFECTS}: {key} is gone",
        f"{EFFECTS}: {' '.join(cell for cell in new.split(',')[:5] if cell)} is new",
        f"{EFFECTS}: exercises pivot primary step: estimate 0.27620647 -> 0.3",
        "processed/results/more.csv: the file is new",
    ]


def test_rows_without_a_known_key_are_told_apart_by_their_words(committed, capsys):
    path = committed / "processed/results/other.csv"
    path.write_text("name,x\na,1\na,2\nb,3\n")
    git(committed, "add", "--all")
    git(committed, "commit", "--quiet", "--message", "Other")
    path.write_text("name,x\na,1\na,5\nb,3\n")
    assert main(["verify", "--against", "HEAD", "--study", str(committed)]) == 1
    assert capsys.readouterr().out == "processed/results/other.csv: a row 2: x 2 -> 5\n"
    assert main(["verify", "--against", "HEAD~1", "--study", str(committed)]) == 1
    assert capsys.readouterr().out == "processed/results/other.csv: the file is new\n"


def test_what_cannot_be_asked_is_told_with_what_to_do(run, published, capsys):
    assert run("--number", "1")[0] == 2
    assert run("--as", EFFECTS)[0] == 2
    code, said = run("--against", "HEAD")  # the folder is no checkout of its own
    assert code == 2
    assert "The commit 'HEAD' cannot be read" in said
    (published / "config.yaml").write_text("study: 1\n")
    code, said = run()
    assert code == 2 and "What to do:" in said
    (published / MANIFEST).unlink()
    code, said = run()
    assert code == 2 and "Run `snakemake`" in said


def test_number_of_the_page_for_editors_is_in_the_shipped_results():
    page = (REPOSITORY / "docs/verify.md").read_text(encoding="utf-8")
    number, where = re.search(r"--number (\S+) --where ([\w:]+)", page).groups()
    manifest = {"outputs": {EFFECTS: digest_file(REPOSITORY / EFFECTS)}}
    assert verify_number(REPOSITORY, manifest, number, where).right


def test_console_script_is_the_same_function():
    assert 'junctures = "junctures.cli:main"' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")


def test_tool_alone_prints_its_commands_and_what_exit_codes_mean(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(f"junctures {command} " in said for command in ("new", "check", "explain", "verify", "archive"))
    assert "Exit code: 0" in said


@pytest.mark.parametrize("command", ["new", "check", "explain", "verify", "archive"])
def test_help_of_each_command_shows_examples_and_exit_codes(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"\n  junctures {command}" in said and "Exit code: 0" in said


def test_exit_codes_mean_the_same_over_all_commands(tmp_path, capsys):
    study = tmp_path / "study"
    assert main(["new", str(study)]) == 0
    assert str(study) in capsys.readouterr().out
    assert main(["new", str(study)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert main(["check", str(study), "--draws", "100"]) == 0
    (study / "raw/example/yearly.csv").write_text("year,flow\n1900,x\n", encoding="utf-8")
    assert main(["check", str(study)]) == 1
    assert "What to do:" in capsys.readouterr().err
    assert main(["check", str(tmp_path)]) == 2
    assert main(["check", str(study), "--draws", "5"]) == 2
    assert main(["explain", "flow", "--study", str(study)]) == 2
    assert "Build the study first" in capsys.readouterr().err
