# Tables: one rule a table of the registry, from processed/results and the sources' records.
# Needs processed/results and processed/meta/study.json; no statistics are computed here.
# Makes tables/<table>.{csv,md,tex}.

from junctures.report.tables import TABLES

SOURCES = sorted(glob_wildcards("raw/{source}/SOURCE.yaml").source)


def table_inputs(table):
    """Return argument -> path, or list of paths for the pattern of all sources, of one table's inputs."""
    paths = TABLES[table].inputs
    return {name: expand(path, source=SOURCES) if "{source}" in path else path for name, path in paths.items()}


for table in TABLES:

    rule:
        name:
            f"tabulate_{table}"
        message:
            f"Writing the table {table}"
        input:
            **table_inputs(table),
            code="processed/meta/code/tabulate.txt",
        output:
            csv=f"tables/{table}.csv",
            md=f"tables/{table}.md",
            tex=f"tables/{table}.tex",
        log:
            f"logs/tabulate/{table}.log",
        params:
            table=table,
        script:
            "../scripts/tabulate.py"


rule tables:
    message:
        "All tables are written"
    input:
        expand("tables/{table}.{suffix}", table=list(TABLES), suffix=["csv", "md", "tex"]),
