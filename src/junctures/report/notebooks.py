"""Notebooks: from a percent script to an executed notebook whose bytes are the same in every run."""

from pathlib import Path

from junctures.files import write_text

TIMEOUT = 300  # seconds that a single cell may take before the run is given up


def run_notebook(source: Path, target: Path, timeout: int = TIMEOUT) -> int:
    """Execute a percent script in its own folder, write the notebook, and return its number of cells.

    Cells are numbered instead of named at random, no time is recorded and the language version is left out. Raises
    nbclient's CellExecutionError, with the cell's text and traceback, when a cell fails; nothing is written then.
    """
    import jupytext
    import nbformat
    from nbclient import NotebookClient

    notebook = number_cells(jupytext.read(source, fmt="py:percent"))
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    folder = {"metadata": {"path": str(source.resolve().parent)}}
    client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", record_timing=False, resources=folder)
    client.execute()
    text = nbformat.writes(clean(notebook), version=4, indent=1)
    write_text(text.rstrip("\n") + "\n", target)
    return len(notebook.cells)


def number_cells(notebook):
    """Return the notebook with ids cell-001, cell-002 and so on, and without what jupytext notes for itself."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:03d}"
        cell["metadata"] = {}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def clean(notebook):
    """Return the notebook without execution times and language version, which differ between runs and machines."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook
