"""Write the verdict of every claim, with its reason and the rows that it rests on."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        import json
        from pathlib import Path

        from junctures.numbers import read_csv, write_csv
        from junctures.report.judgement import Data
        from junctures.report.verdicts import judge_claims
        from junctures.study.series import evidence, load_table

        claims = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        names = {f"{Path(path).parent.name}/{Path(path).stem}": path for path in snakemake.input.tables}
        data = Data(
            effects=read_csv(snakemake.input.effects),
            specifications=read_csv(snakemake.input.specifications),
            tables={name: evidence(load_table(path)) for name, path in names.items()},
            placebo_outcomes=read_csv(snakemake.input.placebo_outcomes),
            all_series={Path(path).stem: read_csv(path) for path in snakemake.input.series},
        )
        verdicts = judge_claims(claims, data)
        for row in verdicts.itertuples():
            say(f"{row.claim}: {row.verdict}. {row.reason}")
        say(verdicts.groupby(["ledger", "verdict"]).size().to_string())
        write_csv(verdicts, snakemake.output.claims)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
