# Publish: the first page, with what was found and where every output comes from, and the gallery to read and cite from.
# Needs the verdicts, effects, designs, figures with their records, tables; for the gallery also the rows behind claims.
# Makes the parts of README.md between its markers, figures/index.html and figures/dictionary.html.

# A study in another folder need have no page with parts that the build writes.
PAGES = [path.name for path in Path().glob("README.md") if "<!-- begin: " in path.read_text(encoding="utf-8")]


rule write_readme:
    input:
        claims="processed/results/claims.csv",
        effects="processed/results/effects.csv",
        designs="processed/results/designs.csv",
        study="processed/meta/study.json",
        about="CITATION.cff",
        records=expand("figures/{figure}.json", figure=figures_of(STUDY)),
        tables=rules.tables.input,
        code="processed/meta/code/write_readme.txt",
    output:
        readme=update("README.md"),
    log:
        "logs/write_readme.log",
    group:
        "pages"
    message:
        "Writing the findings and the crosswalk into README.md"
    script:
        "../scripts/write_readme.py"


rule build_gallery:
    input:
        study="processed/meta/study.json",
        claims="processed/meta/slices/claims.json",
        verdicts="processed/results/claims.csv",
        effects="processed/results/effects.csv",
        specifications="processed/results/specifications.csv",
        designs="processed/results/designs.csv",
        codebook="processed/meta/codebook.csv",
        series=expand("processed/series/{indicator}.csv", indicator=SERIES),
        raw=RAW_TABLES,
        sources=expand("raw/{source}/SOURCE.yaml", source=SOURCES),
        about=[path.name for path in Path().glob("CITATION.cff")],
        records=expand("figures/{figure}.json", figure=figures_of(STUDY)),
        figures=rules.figures.input,
        tables=rules.tables.input,
        tabulate="processed/meta/code/tabulate.txt",
        code="processed/meta/code/build_gallery.txt",
    output:
        index="figures/index.html",
        dictionary="figures/dictionary.html",
    log:
        "logs/build_gallery.log",
    group:
        "pages"
    message:
        "Writing the gallery of figures, tables and claims, and the data dictionary"
    script:
        "../scripts/build_gallery.py"
