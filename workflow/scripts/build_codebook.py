"""Write the codebook: one row a column of every raw table."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        import pandas as pd

        from junctures.numbers import write_csv
        from junctures.study.tables import build_codebook

        codebook = pd.DataFrame(build_codebook("."))
        say(f"{len(snakemake.input.sources)} sources, {len(codebook)} columns described")
        write_csv(codebook, snakemake.output.codebook)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
