"""What a run of a percent script must leave: a notebook of the same bytes, or nothing when a cell fails."""

import ast
import json
import re
from pathlib import Path

import jupytext
import pytest
from jupytext.config import load_jupytext_config
from nbclient.exceptions import CellExecutionError

from junctures.report.notebooks import run_notebook

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
FORMAT = re.compile(r"[-+,]*\.\d[f%g]")  # how a computed number is written
SCRIPT = """# %% [markdown]
# # A title

# %%
from pathlib import Path

print(Path("beside.txt").read_text())

# %%
6 * 7
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    source = folder / "one.py"
    source.write_text(SCRIPT, encoding="utf-8")
    (folder / "beside.txt").write_text("found", encoding="utf-8")
    for name in ("first", "second"):
        run_notebook(source, folder / f"{name}.ipynb")
    return folder


def test_two_runs_give_the_same_bytes(runs):
    assert (runs / "first.ipynb").read_bytes() == (runs / "second.ipynb").read_bytes()


def test_cells_are_executed_in_the_folder_of_the_script(runs):
    cells = json.loads((runs / "first.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code"]
    assert cells[1]["outputs"][0]["text"] == ["found\n"]
    assert cells[2]["outputs"][0]["data"]["text/plain"] == ["42"]


def test_nothing_of_time_or_machine_is_kept(runs):
    notebook = json.loads((runs / "first.ipynb").read_text(encoding="utf-8"))
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-001", "cell-002", "cell-003"]
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert notebook["metadata"]["language_info"] == {"name": "python"}


def test_a_failing_cell_is_raised_and_nothing_is_written(tmp_path):
    source = tmp_path / "broken.py"
    source.write_text("# %%\nraise ValueError('the table is missing')\n", encoding="utf-8")
    with pytest.raises(CellExecutionError, match="the table is missing"):
        run_notebook(source, tmp_path / "broken.ipynb")
    assert not (tmp_path / "broken.ipynb").exists()


@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_lab_pairs_a_script_with_its_notebook_and_saves_it_as_it_was(source):
    config = load_jupytext_config(str(source))
    assert config.default_formats(str(source)) == "ipynb,py:percent"
    notebook = jupytext.read(source, fmt="py:percent", config=config)
    # What a run on another machine adds, and a script must not hold.
    notebook.metadata["language_info"] = {"name": "python", "version": "3.99"}
    notebook.cells[0].metadata["trusted"] = True
    assert jupytext.writes(notebook, fmt="py:percent", config=config) == source.read_text(encoding="utf-8")


def test_notebook_types_no_digit_of_a_result_by_hand():
    """In the notebook on the data, sentences hold only digits that are computed, but for the level of an interval."""
    cells = jupytext.read(ROOT / "notebooks/03_data.py", fmt="py:percent").cells
    typed = []
    for node in ast.walk(ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "show_picture"):
            texts = [
                part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str
            ]
            typed += [text for text in texts if re.search(r"\d", text.replace("95 % interval", ""))]
    assert [text for text in typed if not FORMAT.fullmatch(text)] == []
