"""Fixtures for the tests of a study's check."""

import pytest
from small_study import make_small_study


@pytest.fixture
def small(tmp_path):
    """Return the folder of a small study, unharmed."""
    return make_small_study(tmp_path)
