# Paper: the article and its appendix, every number of which is read by name from the results.
# Needs processed/results, the figures with their records, the tables' records and the Typst source; last of all stages,
# since it takes whatever optional results the rules before it make.
# Makes paper/numbers.json, paper/paper.pdf and paper/appendix.pdf.

from junctures.report.paper_numbers import FILES

PAPER_FIGURES = ["what_happened", "what_the_design_could_see", "dates_chosen"]
# A study in another folder need have no paper.
PAPERS = [f"paper/{name}.pdf" for name in ["paper", "appendix"] if Path(f"paper/{name}.typ").exists()]
MADE = {str(path) for rule in workflow.rules for path in rule.output}


rule build_paper:
    input:
        source="paper/paper.typ",
        appendix="paper/appendix.typ",
        template="paper/template.typ",
        references="paper/references.bib",
        results=[file.path for file in FILES.values() if file.required or file.path in MADE],
        study="processed/meta/study.json",
        claims="processed/meta/slices/claims.json",
        about="CITATION.cff",
        texts=["claims.yaml", "CHANGELOG.md", *expand("raw/{source}/SOURCE.yaml", source=SOURCES)],
        sources=expand("raw/{source}/SOURCE.yaml", source=SOURCES),
        records=expand("figures/{figure}.json", figure=PAPER_FIGURES),
        pictures=expand("figures/{figure}.svg", figure=PAPER_FIGURES),
        code="processed/meta/code/build_paper.txt",
    output:
        numbers="paper/numbers.json",
        paper="paper/paper.pdf",
        appendix="paper/appendix.pdf",
    log:
        "logs/build_paper.log",
    group:
        "pages"
    message:
        "Checking the paper against the results and compiling it"
    script:
        "../scripts/build_paper.py"
