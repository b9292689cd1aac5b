"""The registry of figures: which function draws each, its title, the question it answers, and what it is drawn from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from junctures.report.figures_choice import (
    all_indicators,
    arms_indicators,
    counted_indicators,
    curve_indicators,
    mapped_indicators,
    panel_indicators,
    ranked_indicators,
)
from junctures.study.files import table_files

STUDY = "processed/meta/study.json"
EFFECTS = "processed/results/effects.csv"
DESIGNS = "processed/results/designs.csv"
CLAIMS = "processed/results/claims.csv"
SPECIFICATIONS = "processed/results/specifications.csv"
CURVES = "processed/results/curves.csv"
CURVE_ROWS = "processed/results/curve_rows.csv"
CALIBRATION = "processed/results/calibration.csv"
VERDICT_RATES = "processed/results/verdict_rates.csv"
DATES = "processed/results/dates.csv"
DATES_YEARS = "processed/results/dates_years.csv"
DATES_RATIOS = "processed/results/dates_ratios.csv"
SERIES = "processed/series/{indicator}.csv"
ROWS = "processed/series/{indicator}_rows.csv"
FITTED = "processed/results/fitted.csv"
TABLES = "raw/{table}"
PLACES = "raw/{source}/places"
SOURCES = "raw/{source}/SOURCE.yaml"
STEPS = ("effect", "mean_step", "staged")
RECORDS = ("first", "regular", "extreme", "share", "trend", "recorded", "ordering")


@dataclass(frozen=True)
class Figure:
    """One figure: the function `module:name` under junctures.report, its words, and its inputs.

    `inputs` is argument -> path; a pattern with {indicator}, {table} or {source} stands for one path for each of
    `indicators`, for each of their raw tables or sources. A set (`pages`) is one PDF of all pages and an SVG a page.
    The figure bears on the claims whose check is of one of `kinds` and rests on what it shows (`bearing.bears_on`).
    """

    function: str
    title: str
    question: str
    inputs: Mapping[str, str]
    indicators: Callable[[Mapping], list[str]] = all_indicators
    pages: bool = False
    kinds: tuple[str, ...] = ()

    def draw(self, **arguments):
        """Return the drawing that the figure's function makes of its inputs."""
        from junctures.report import (
            figures_arms,
            figures_curve,
            figures_dates,
            figures_design,
            figures_happened,
            figures_map,
            figures_power,
            figures_timeline,
        )

        modules = (
            figures_arms,
            figures_curve,
            figures_dates,
            figures_design,
            figures_happened,
            figures_map,
            figures_power,
            figures_timeline,
        )
        module, name = self.function.split(":")
        return getattr({each.__name__.rpartition(".")[2]: each for each in modules}[module], name)(**arguments)

    def input_paths(self, study: Mapping) -> dict[str, str | list[str]]:
        """Return argument -> path, or list of paths for a pattern, with which the study draws this figure."""
        names = self.indicators(study)
        tables = list(dict.fromkeys(study["indicators"][name]["table"] for name in names))
        sources = list(dict.fromkeys(table.split("/")[0] for table in tables))
        filled = {"{indicator}": ("indicator", names), "{table}": ("table", tables), "{source}": ("source", sources)}
        paths: dict[str, str | list[str]] = {}
        for argument, path in self.inputs.items():
            kind = next((kind for kind in filled if kind in path), None)
            key, values = filled.get(kind, ("", []))
            found = [path.format(**{key: value}) for value in values]
            if path in (TABLES, PLACES):
                found = [file for each in found for file in table_files(".", each.removeprefix("raw/"))]
            paths[argument] = found if kind else path
        return paths

    def output_paths(self, name: str, study: Mapping) -> dict[str, str | list[str]]:
        """Return suffix -> path under figures/ of all that is written for this figure; a set has a list of SVGs."""
        paths: dict[str, str | list[str]] = {
            suffix: f"figures/{name}.{suffix}" for suffix in ("svg", "pdf", "png", "json")
        }
        if self.pages:
            del paths["png"]
            paths["svg"] = [f"figures/{name}/{indicator}.svg" for indicator in self.indicators(study)]
        return paths


FIGURES = {
    "what_the_design_could_see": Figure(
        "figures_design:what_the_design_could_see",
        "Steps at the junctures, against what each design could see",
        "What could the design see, and what did it see?",
        {"study": STUDY, "sources": SOURCES, "effects": EFFECTS, "designs": DESIGNS, "claims": CLAIMS},
        kinds=STEPS,
    ),
    "what_happened": Figure(
        "figures_happened:what_happened",
        "Observations, fits and counterfactuals by year",
        "What happened at the junctures?",
        {"study": STUDY, "sources": SOURCES, "series": SERIES, "fitted": FITTED, "effects": EFFECTS, "claims": CLAIMS},
        panel_indicators,
        kinds=(*STEPS, "leads"),
    ),
    "dates_chosen": Figure(
        "figures_dates:dates_chosen",
        "The article's dates among all admissible sets of dates",
        "Would the data have chosen these dates?",
        {"study": STUDY, "sources": SOURCES, "dates": DATES, "dates_years": DATES_YEARS, "dates_ratios": DATES_RATIOS},
        ranked_indicators,
        kinds=("staged", "date_rank"),
    ),
    "timeline": Figure(
        "figures_timeline:timeline",
        "Events of cooperation by kind and date",
        "When did what happen?",
        {"study": STUDY, "sources": SOURCES, "rows": ROWS, "tables": TABLES},
        counted_indicators,
        kinds=RECORDS,
    ),
    "exercises_map": Figure(
        "figures_map:exercises_map",
        "Joint exercises before, between and after the junctures",
        "Where did the armed forces exercise, and how large were the exercises?",
        {"study": STUDY, "sources": SOURCES, "rows": ROWS, "tables": TABLES, "places": PLACES},
        mapped_indicators,
        kinds=RECORDS,
    ),
    "deliveries_and_orders": Figure(
        "figures_arms:deliveries_and_orders",
        "Russian arms for China: deliveries, orders, and which orders the deliveries came from",
        "When were the arms ordered that were delivered?",
        {"study": STUDY, "sources": SOURCES, "series": SERIES, "tables": TABLES},
        arms_indicators,
        kinds=(*STEPS, *RECORDS),
    ),
    "specification_curve": Figure(
        "figures_curve:specification_curve",
        "Every defensible way of fitting each effect that is claimed",
        "Do other defensible choices give the same answer?",
        {
            "study": STUDY,
            "sources": SOURCES,
            "curves": CURVES,
            "curve_rows": CURVE_ROWS,
            "effects": EFFECTS,
            "specifications": SPECIFICATIONS,
            "claims": CLAIMS,
        },
        curve_indicators,
        kinds=("effect", "mean_step"),
    ),
    "size_and_power": Figure(
        "figures_power:size_and_power",
        "Size and power of each design, and of the rules of the claims",
        "How often would the procedure be wrong, and how often blind?",
        {"study": STUDY, "sources": SOURCES, "calibration": CALIBRATION, "verdict_rates": VERDICT_RATES},
        kinds=(*STEPS, "date_rank", "leads"),
    ),
    "indicator_panels": Figure(
        "figures_happened:indicator_panels",
        "Every indicator with its fit and counterfactuals",
        "What does each series look like?",
        {"study": STUDY, "sources": SOURCES, "series": SERIES, "fitted": FITTED, "effects": EFFECTS, "claims": CLAIMS},
        pages=True,
        kinds=STEPS,
    ),
}


def figures_of(study: Mapping) -> list[str]:
    """Return the ids of the figures that a study can draw: those whose indicators it has."""
    return [name for name, figure in FIGURES.items() if figure.indicators(study)]
