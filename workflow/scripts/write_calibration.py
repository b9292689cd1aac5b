"""Write docs/calibration.md and its figure from the parts of the grid."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import pandas as pd

        from junctures.numbers import read_csv
        from junctures.report.calibration_page import write_page

        rates = pd.concat([read_csv(path) for path in snakemake.input.rates], ignore_index=True)
        verdicts = read_csv(snakemake.input.verdicts)
        write_page(rates, verdicts, snakemake.output.page, snakemake.output.figure)
        say(f"{len(rates)} rates")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
