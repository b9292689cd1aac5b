"""The gallery built from the outputs at hand by the rule's own script, and a browser that opens it from the disk."""

import contextlib
import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from junctures.report.figures import figures_of

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
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


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the folder of the gallery's pages."""
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Return how to start the browser of the system: nothing of it is downloaded."""
    if not CHROMIUM.exists():
        pytest.skip(
            f"no browser at {CHROMIUM}; install Debian's package chromium to test the gallery as readers see it"
        )
    return browser_type_launch_args | {"executable_path": str(CHROMIUM), "args": list(QUIET)}


@pytest.fixture
def opened(browser, site):
    """Return a function that opens a page and gives it back; at the end nothing was said, and nothing was fetched."""
    said, asked, contexts = [], [], []

    def open_page(name="index", anchor="", width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: said.append(f"{request.failure}: {request.url}"))
        page.goto(f"{(site / name).as_uri()}.html{anchor}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A link that saves a file is given up as a visit of a page.
    assert [line for line in said if not line.startswith("net::ERR_ABORTED")] == []
    assert [url for url in asked if url.startswith(("http", "ws"))] == []
