"""`junctures new`: a whole study or nothing, only where one can be, with a command that works from anywhere."""

import os
import shlex

import pytest

import junctures
from junctures.inference.scales import LEAST_OBSERVED, declared_scale
from junctures.numbers import read_csv
from junctures.study import new
from junctures.study.check import REPOSITORY, check_study
from junctures.study.problems import StudyError
from junctures.study.series import build_series, load_table


def test_new_study_is_without_fault_and_its_data_are_the_shipped_example(tmp_path):
    root = new.write_study(tmp_path / "né w" / "стаdy")
    study = check_study(root, writing=False)
    table = read_csv(root / "raw/example/yearly.csv")
    example = junctures.load_example("nile")
    assert table["year"].tolist() == example.index.year.tolist() and table["flow"].tolist() == example.tolist()
    for text in ((root / "README.md").read_text("utf-8"), (root / "raw/example/SOURCE.yaml").read_text("utf-8")):
        assert "example" in text.lower()
    flow = study.indicators["flow"]
    window = study.study.window.model_dump()
    table = load_table(root / "raw/example/yearly.csv")
    series, _ = build_series(flow, table, window, time="year", partners_from=LEAST_OBSERVED)
    # Three digits are declared.
    assert float(f"{declared_scale(series, flow, study):.3g}") == flow.declared_scale.value


def test_command_is_one_that_a_shell_reads_back(tmp_path):
    root = tmp_path / "it's né w"
    words = shlex.split(new.build_command(root))
    assert words[1:] == ["--snakefile", str(REPOSITORY / "Snakefile"), "--directory", str(root)]
    assert words[0].endswith("snakemake")


def test_readme_holds_the_command_of_its_own_folder(tmp_path):
    root = new.write_study(tmp_path / "a study")
    assert new.build_command(root) in (root / "README.md").read_text(encoding="utf-8")
    assert "@" not in (root / "README.md").read_text(encoding="utf-8")


def test_empty_folder_is_filled_and_one_with_anything_in_it_is_left_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    assert (new.write_study(tmp_path / "empty") / "config.yaml").is_file()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(StudyError, match="not empty"):
        new.write_study(tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    with pytest.raises(StudyError, match="a file of this name"):
        new.write_study(tmp_path / "full" / "notes.txt")


@pytest.mark.parametrize("part", ["raw", "raw/source/deeper", "processed", "src/junctures", "workflow"])
def test_folder_inside_a_study_or_its_code_is_refused(tmp_path, part):
    (tmp_path / "config.yaml").write_text("study: 1\n")
    with pytest.raises(StudyError, match="lies in"):
        new.write_study(tmp_path / part / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_folder_beside_the_parts_of_a_study_is_no_part_of_it(tmp_path):
    (tmp_path / "config.yaml").write_text("study: 1\n")
    assert new.write_study(tmp_path / "studies" / "mine").is_dir()
    (tmp_path / "no_study").mkdir()
    assert new.write_study(tmp_path / "no_study" / "raw" / "mine").is_dir()


@pytest.mark.parametrize("step", ["write_checksums", "rename"])
def test_failure_midway_leaves_nothing_behind(tmp_path, monkeypatch, step):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((new, step) if step == "write_checksums" else (os, step)), fail)
    with pytest.raises(StudyError, match="No space left on device"):
        new.write_study(tmp_path / "study")
    assert list(tmp_path.iterdir()) == []
