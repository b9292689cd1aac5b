"""Fixtures for tests of what is published: copies of a folder with outputs and their manifest."""

import shutil

import pytest
from published_study import git, make_published


@pytest.fixture(scope="session")
def published_once(tmp_path_factory):
    """Return a folder with raw tables, config, claims, some outputs and their manifest; never change it."""
    return make_published(tmp_path_factory.mktemp("published") / "study")


@pytest.fixture
def published(published_once, tmp_path):
    """Return a copy of such a folder, for one test alone."""
    return shutil.copytree(published_once, tmp_path / "study")


@pytest.fixture
def committed(published):
    """Return such a folder as a git repository with one commit."""
    git(published, "init", "--quiet")
    git(published, "add", "--all")
    git(published, "commit", "--quiet", "--message", "All")
    return published
