# Tables: one rule a table of the registry, from processed/results and the sources' records.
# Needs processed/results and processed/meta/study.json; no statistics are computed here.
# Makes tables/<table>.{csv,md,tex}.

from junctures.report.table_kinds import TABLES

for table in TABLES:

    rule:
        name:
            f"tabulate_{table}"
        input:
            **{
                name: expand(path, source=SOURCES) if "{source}" in path else path
                for name, path in TABLES[table].inputs.items()
            },
            code="processed/meta/code/tabulate.txt",
        output:
            csv=f"tables/{table}.csv",
            md=f"tables/{table}.md",
            tex=f"tables/{table}.tex",
        log:
            f"logs/tabulate/{table}.log",
        group:
            "pages"
        params:
            table=table,
        message:
            f"Writing the table {table}"
        script:
            "../scripts/tabulate.py"


rule tables:
    input:
        tables=expand("tables/{table}.{suffix}", table=list(TABLES), suffix=["csv", "md", "tex"]),
    message:
        "All tables are written"
