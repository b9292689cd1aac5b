# Notebooks: percent scripts executed as a reader would, byte for byte the same in every run.
# Needs raw/, processed/ and the figures; a notebook estimates nothing that is cited.
# Makes notebooks/<notebook>.ipynb.

# A study in another folder need have no notebook.
NOTEBOOKS = [name for name in ["01_findings", "02_design", "03_data"] if Path(f"notebooks/{name}.py").exists()]


rule run_notebook:
    input:
        source="notebooks/{notebook}.py",
        study="processed/meta/study.json",
        claims="processed/results/claims.csv",
        effects="processed/results/effects.csv",
        designs="processed/results/designs.csv",
        dates="processed/results/dates.csv",
        calibration="processed/results/calibration.csv",
        placebo_outcomes="processed/results/placebo_outcomes.csv",
        series=expand("processed/series/{indicator}.csv", indicator=SERIES),
        rows=expand("processed/series/{indicator}_rows.csv", indicator=SERIES),
        raw=RAW_TABLES,
        sources=expand("raw/{source}/SOURCE.yaml", source=SOURCES),
        figures=rules.figures.input,
        code="processed/meta/code/run_notebook.txt",
        notebook_code="processed/meta/code/notebook_{notebook}.txt",
    output:
        notebook="notebooks/{notebook}.ipynb",
    log:
        "logs/run_notebook/{notebook}.log",
    group:
        "pages"
    message:
        "Executing the notebook {wildcards.notebook}"
    script:
        "../scripts/run_notebook.py"
