"""The gallery at hand, and a browser that opens it from the disk."""

from pathlib import Path

import pytest
from built_site import build_site

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


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
