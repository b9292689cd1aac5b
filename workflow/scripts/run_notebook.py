"""Execute one notebook from its percent script, and write it so that every run gives the same bytes."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from pathlib import Path

        from junctures.report.notebooks import run_notebook

        cells = run_notebook(Path(snakemake.input.source), Path(snakemake.output.notebook))
        say(f"{snakemake.output.notebook}: {cells} cells executed")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
