"""The registry of figures: which function draws each, its title, the question it answers, and what it is drawn from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from junctures.report import figures_design, figures_happened

STUDY = "processed/meta/study.json"
EFFECTS = "processed/results/effects.csv"
CLAIMS = "processed/results/claims.csv"
SERIES = "processed/series/{indicator}.csv"
FITTED = "processed/results/fitted/{indicator}.csv"
SOURCES = "raw/{source}/SOURCE.yaml"


@dataclass(frozen=True)
class Figure:
    """One figure: its function, its words, its inputs (argument -> path, or pattern of paths), and whether it is a set."""

    function: Callable
    title: str
    question: str
    inputs: Mapping[str, str]
    pages: bool = False


FIGURES = {
    "what_the_design_could_see": Figure(
        figures_design.what_the_design_could_see,
        "Steps at the three junctures, against what each design could see",
        "What could the design see, and what did it see?",
        {"study": STUDY, "sources": SOURCES, "effects": EFFECTS, "designs": "processed/results/designs.csv", "claims": CLAIMS},
    ),
    "what_happened": Figure(
        figures_happened.what_happened,
        "Military cooperation and perceived threat by year",
        "What happened at the three junctures?",
        {"study": STUDY, "sources": SOURCES, "series": SERIES, "fitted": FITTED, "effects": EFFECTS, "claims": CLAIMS},
    ),
    "indicator_panels": Figure(
        figures_happened.indicator_panels,
        "Every indicator with its fit and counterfactuals",
        "What does each series look like?",
        {"study": STUDY, "sources": SOURCES, "series": SERIES, "fitted": FITTED, "effects": EFFECTS, "claims": CLAIMS},
        pages=True,
    ),
}
