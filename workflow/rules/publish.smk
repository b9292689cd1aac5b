# Publish: the first page, with what was found and where every output comes from.
# Needs the verdicts, effects, designs, and the record beside each figure.
# Makes the parts of README.md between its markers; the rest of the page is by hand.

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
    message:
        "Writing the findings and the crosswalk into README.md"
    script:
        "../scripts/write_readme.py"
