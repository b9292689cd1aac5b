"""The parts of docs/benchmarks.md, each written by one script between markers of its own."""

from pathlib import Path

from junctures.report.readme import update_readme

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def write_part(name: str, text: str) -> None:
    """Write one part of the page and print it; the others stay as they are."""
    PAGE.write_text(update_readme(PAGE.read_text(encoding="utf-8"), {name: text}), encoding="utf-8")
    print(text)
