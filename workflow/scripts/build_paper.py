"""Check the paper against the results, write its numbers and compile it and its appendix."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from pathlib import Path

        import yaml

        from junctures.report.inputs import load_inputs
        from junctures.report.paper import about_entry, build, figure_entry, read_results
        from junctures.report.paper_numbers import FILES
        from junctures.report.paper_tables import paper_tables

        given = snakemake.input
        read = load_inputs(
            {
                "study": given.study,
                "claims": given.claims,
                "sources": list(given.sources),
                "records": list(given.records),
            }
        )
        names = {source.path: name for name, source in FILES.items()}
        results = read_results({names[path]: path for path in given.results}, read["study"], given.texts)
        about = yaml.safe_load(Path(given.about).read_text(encoding="utf-8"))
        extra = {
            "about": about_entry(about, read["study"]),
            "released": str(about["date-released"]),
            "figures": {name: figure_entry(record) for name, record in read["records"].items()},
            "tables": paper_tables(results, read["sources"]),
        }
        data = build(Path(given.source).parent, results, read["claims"], extra)
        say(f"{len(data['numbers'])} numbers named, {len(data['said'])} quotations, absent: {data['absent']}")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
