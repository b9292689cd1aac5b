"""The gallery built from the outputs at hand by the rule's own script."""

import contextlib
import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

from junctures.report.figures import figures_of

ROOT = Path(__file__).parents[2]
PAGES = ("index", "dictionary")


class Files(dict):
    """Named files as Snakemake gives them to a script."""

    __getattr__ = dict.__getitem__


def build_site(folder):
    """Return a folder laid out like the study, with the gallery anew and links to all that it shows."""
    for name in ("raw", "processed", "tables"):
        (folder / name).symlink_to(ROOT / name)
    figures = folder / "figures"
    figures.mkdir()
    for path in (ROOT / "figures").iterdir():
        if path.suffix != ".html":
            (figures / path.name).symlink_to(path)
    run_script(folder, {name: str(figures / f"{name}.html") for name in PAGES})
    return figures


def run_script(folder, outputs):
    """Run the rule's script on the study at hand."""
    study = json.loads((ROOT / "processed/meta/study.json").read_text(encoding="utf-8"))
    results = {name: f"processed/results/{name}.csv" for name in ("effects", "designs")}
    inputs = Files(
        study="processed/meta/study.json",
        claims="processed/meta/slices/claims.json",
        verdicts="processed/results/claims.csv",
        codebook="processed/meta/codebook.csv",
        sources=sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("raw/*/SOURCE.yaml")),
        about=["CITATION.cff"],
        records=[f"figures/{name}.json" for name in figures_of(study)],
        tabulate="processed/meta/code/tabulate.txt",
        **results,
    )
    place = ROOT / "workflow/scripts/build_gallery.py"
    spec = importlib.util.spec_from_file_location("build_gallery_script", place)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    with contextlib.chdir(ROOT):
        script.main(SimpleNamespace(input=inputs, output=Files(outputs), log=[str(folder / "log.txt")]))
