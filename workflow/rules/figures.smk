# Figures: one rule a figure of the registry, from processed/ and, for dated events, the raw rows.
# Needs processed/results, processed/series, the study's values; no statistics are computed here.
# Makes figures/<figure>.{svg,pdf,png} and <figure>.json, the sidecar with caption, alt text, sources and licence.

from junctures.report.figures import FIGURES, figures_of

for figure in figures_of(STUDY):

    rule:
        name:
            f"plot_{figure}"
        input:
            **FIGURES[figure].input_paths(STUDY),
            code="processed/meta/code/plot_figure.txt",
        output:
            **FIGURES[figure].output_paths(figure, STUDY),
        log:
            f"logs/plot_figure/{figure}.log",
        group:
            "pages"
        params:
            figure=figure,
        message:
            f"Drawing the figure {figure}"
        script:
            "../scripts/plot_figure.py"


rule figures:
    input:
        figures=[list(FIGURES[figure].output_paths(figure, STUDY).values()) for figure in figures_of(STUDY)],
    message:
        "All figures are drawn"
