"""Every damage of every register is refused in three parts at its place, or gives the right numbers."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import REGISTERS, STUDIES, outcome, register, run_snakemake, sound

from junctures.study.check import check_study
from junctures.study.problems import StudyError

DAMAGES = [damage for name in REGISTERS for damage in register(name)]
# Two of each kind of file, and those where most could go wrong on the way through Snakemake.
END_TO_END = (
    "key_misspelt", "python_apply", "alias_bomb", "utf_16", "source_table_above", "key_above", "claims_empty",
    "member_of_no_indicator", "licence_missing", "checksum_wrong",
)  # fmt: skip


@pytest.fixture(scope="session")
def unharmed(tmp_path_factory):
    """Return study -> folder with a copy of its inputs that has passed a full check."""
    return {name: sound(name, tmp_path_factory.mktemp(name)) for name in STUDIES}


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.name for damage in DAMAGES])
def test_damage_ends_as_its_register_says(unharmed, tmp_path, damage):
    found = outcome(damage, unharmed[damage.study], tmp_path)
    assert found.right, f"{found.kind}: {found.told}"


def test_names_of_damages_are_their_own():
    names = [damage.name for damage in DAMAGES]
    assert sorted(set(names)) == sorted(names)


def test_all_problems_are_told_at_once(unharmed, tmp_path):
    chosen = {
        "key_misspelt": "config.yaml",
        "kinds_differ": "claims.yaml",
        "checksum_wrong": "raw/SHA256SUMS",
    }
    root = shutil.copytree(unharmed["seat_belts"], tmp_path / "study")
    for damage in DAMAGES:
        if damage.name in chosen:
            damage.harm(root)
    with pytest.raises(StudyError) as caught:
        check_study(root)
    assert {each.file for each in caught.value.problems} == set(chosen.values())


@pytest.fixture(scope="session")
def runs(unharmed, tmp_path_factory):
    """Return name -> what `snakemake` said of ten damaged studies, and the files that it changed."""
    chosen = [damage for damage in DAMAGES if damage.name in END_TO_END]
    with ThreadPoolExecutor(2) as pool:
        folders = [tmp_path_factory.mktemp(damage.name) for damage in chosen]
        roots = [unharmed[damage.study] for damage in chosen]
        return dict(zip([each.name for each in chosen], pool.map(run_snakemake, chosen, roots, folders), strict=True))


@pytest.mark.parametrize("name", END_TO_END)
def test_snakemake_refuses_with_exit_code_1_and_no_traceback(runs, name):
    told, changed = runs[name]
    assert told.code == 1
    assert "Why it matters:" in told.text and "What to do:" in told.text
    assert "Traceback" not in told.text
    assert changed == set()


def test_every_register_is_tried():
    files = {path.stem.removeprefix("damage_") for path in Path(__file__).parent.glob("damage_*.py")}
    assert files == {name for name in REGISTERS if register(name)}
