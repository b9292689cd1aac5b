"""Fixtures for runs of Snakemake: one tiny study, built once, and copies of it."""

import shutil

import pytest
from study_run import add_code, build, make_data


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Return the folder of a tiny study with its code, built as a bare `snakemake` builds it; never change it."""
    folder = add_code(make_data(tmp_path_factory.mktemp("built") / "study"))
    build(folder)
    return folder


@pytest.fixture
def study(built, tmp_path):
    """Return a copy of the built study with its file times and Snakemake's records."""
    return shutil.copytree(built, tmp_path / "study")
