"""Write one table of the registry as CSV, Markdown and LaTeX."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from junctures.report.inputs import load_inputs
        from junctures.report.table_formats import write_table
        from junctures.report.table_kinds import TABLES

        name = snakemake.params.table
        paths = {argument: snakemake.input[argument] for argument in TABLES[name].inputs}
        inputs = load_inputs({k: v if isinstance(v, str) else list(v) for k, v in paths.items()})
        table = TABLES[name].build(**inputs)
        say(f"{len(table.data)} rows in {len(table.parts)} parts out")
        write_table(table, name, csv=snakemake.output.csv, md=snakemake.output.md, tex=snakemake.output.tex)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
