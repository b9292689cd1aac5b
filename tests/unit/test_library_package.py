"""The library as a package: its examples run, its names and data are declared, and no job of a study hangs on it."""

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import junctures
from junctures.numbers import read_csv
from junctures.study.code_digest import Modules

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "junctures"
MODULES = sorted(path.stem for path in (PACKAGE / "library").glob("*.py") if path.stem != "__init__")
FLOW = junctures.load_example("nile")
MONTHS = junctures.load_example("kilometres")


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_print_what_they_say(module):
    found = doctest.testmod(importlib.import_module(f"junctures.library.{module}"))
    assert found.failed == 0


def test_examples_in_the_page_print_what_it_says():
    found = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, encoding="utf-8")
    assert found.failed == 0 and found.attempted > 20


def test_every_public_function_has_an_example_and_a_heading_in_the_page():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    functions = [name for name in junctures.__all__ if name.islower()]
    assert len(functions) == 8
    for name in functions:
        assert f"\n## {name}\n" in page and f"junctures.{name}(" in page, name
        assert ">>> " in getattr(junctures, name).__doc__, name


def test_stub_and_library_have_the_public_names():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    stated = [alias.asname for node in stub.body for alias in node.names]
    library = importlib.import_module("junctures.library")
    assert stated == junctures.__all__ == library.__all__ == [name for name in dir(junctures) if name in stated]
    assert (PACKAGE / "py.typed").exists()
    with pytest.raises(AttributeError, match="its public names are"):
        junctures.nothing  # noqa: B018


def test_importing_the_package_imports_no_library():
    code = "import sys, junctures; print([m for m in ('junctures.library', 'numpy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_job_of_a_study_hangs_on_the_library():
    scripts = ROOT / "workflow" / "scripts"
    modules = Modules(PACKAGE, scripts)
    used = {name for script in scripts.glob("*.py") for name in modules.used_by(script)}
    assert "junctures" in used and not [name for name in used if name.startswith("junctures.library")]


def test_library_imports_no_pictures_before_one_is_drawn():
    code = "import sys, junctures; junctures.fit; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_shipped_examples_are_the_numbers_of_study_and_reference():
    raw = pd.read_csv(ROOT / "tests" / "reference" / "data" / "nile.csv")
    assert list(FLOW) == list(raw["flow"]) and list(FLOW.index.year) == list(raw["time"])
    belts = pd.read_csv(ROOT / "tests" / "reference" / "data" / "seatbelts_design.csv")
    assert list(junctures.load_example("van_drivers_killed")) == list(belts["VanKilled"])
    assert list(MONTHS) == list(belts["kms"]) and str(MONTHS.index[0]) == "1969-01"
    for name, indicator in (("joint_exercises", "exercises"), ("military_meetings",) * 2, ("defence_agreements",) * 2):
        table = read_csv(ROOT / "processed" / "series" / f"{indicator}.csv")
        chosen = (table["frequency"] == "year") & table["period"].between("2003", "2021")
        expected = table.loc[chosen & (table["role"] == "main"), "value"]
        assert list(junctures.load_example(name)) == list(expected) and len(expected) == 19


def test_every_shipped_table_is_named_with_its_source():
    page = (PACKAGE / "examples" / "README.md").read_text(encoding="utf-8")
    for path in (PACKAGE / "examples").glob("*.csv"):
        columns = path.read_text(encoding="utf-8").partition("\n")[0].replace(",", ", ")
        assert f"| {path.name} | {columns} |" in page
