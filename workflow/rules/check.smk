# Check: what the tables are, written out for readers.
# Needs raw/*/SOURCE.yaml; the check itself is a function at the Snakefile's head.
# Makes processed/meta/codebook.csv.


rule build_codebook:
    message:
        "Writing the codebook from the columns that each SOURCE.yaml declares"
    input:
        sources=expand("raw/{source}/SOURCE.yaml", source=sorted(glob_wildcards("raw/{source}/SOURCE.yaml").source)),
        code="processed/meta/code/build_codebook.txt",
    output:
        codebook="processed/meta/codebook.csv",
    log:
        "logs/build_codebook.log",
    script:
        "../scripts/build_codebook.py"
