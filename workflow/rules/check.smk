# Check: what the tables are, written out for readers.
# Needs raw/*/SOURCE.yaml; the check itself is a function at the Snakefile's head.
# Makes processed/meta/codebook.csv.

from junctures.study.files import raw_tables, table_files, vintage_of


rule build_codebook:
    input:
        sources=expand("raw/{source}/SOURCE.yaml", source=SOURCES),
        vintages=[path for path in raw_tables(".") if vintage_of(path)],
        code="processed/meta/code/build_codebook.txt",
    output:
        codebook="processed/meta/codebook.csv",
    log:
        "logs/build_codebook.log",
    group:
        "pages"
    message:
        "Writing the codebook from the columns that each SOURCE.yaml declares"
    script:
        "../scripts/build_codebook.py"
