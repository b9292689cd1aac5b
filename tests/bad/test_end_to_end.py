"""Ten damages met as a user meets them: by running `snakemake` on the damaged study, and reading what it prints."""

import shutil
import sys
from pathlib import Path

import pytest
from harness import STUDIES, register, snapshot

from junctures.study.check import write_checksums

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

from study_run import REPOSITORY, snakemake

INPUTS = ("config.yaml", "claims.yaml", "paper", "raw")
TRIED = {
    "config": ("key_misspelt", "date_not_in_calendar", "window_reversed", "draws_enormous"),
    "yaml": ("seed_twice", "label_no", "python_apply", "alias_bomb", "tab_for_indent", "nul"),
}
DAMAGES = [damage for name, names in TRIED.items() for damage in register(name) if damage.name in names]


def test_ten_damages_are_tried():
    assert len(DAMAGES) == 10
    assert {damage.study for damage in DAMAGES} == {"seat_belts"}


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.name for damage in DAMAGES])
def test_run_stops_at_the_head_with_the_problem_and_writes_nothing(tmp_path, damage):
    origin = STUDIES["seat_belts"]
    for name in INPUTS:
        copy = shutil.copytree if (origin / name).is_dir() else shutil.copy2
        copy(origin / name, tmp_path / name)
    damage.harm(tmp_path)
    write_checksums(tmp_path)
    before = snapshot(tmp_path)
    told = snakemake(tmp_path, code=REPOSITORY)
    assert told.code == 1
    assert damage.refused.what in told.text and damage.refused.remedy in told.text
    assert "Why it matters:" in told.text and "What to do:" in told.text
    assert "Traceback" not in told.text
    after = {name: state for name, state in snapshot(tmp_path).items() if not name.startswith(".snakemake/")}
    assert after == before
