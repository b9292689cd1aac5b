"""Every damage of every register is refused in three parts at its place, or gives the right numbers."""

import pytest
from harness import REGISTERS, STUDIES, outcome, register, sound

DAMAGES = [damage for name in REGISTERS for damage in register(name)]


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
