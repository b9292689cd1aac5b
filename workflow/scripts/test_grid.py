"""Write the size and power of the procedure on the designs of one part of the grid."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        import pandas as pd

        from junctures.inference.grid import part_rows
        from junctures.inference.indicator import Setting
        from junctures.numbers import write_csv

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        rows = pd.DataFrame(part_rows(snakemake.wildcards.part, part, Setting.from_slice(part), say))
        write_csv(rows, snakemake.output.rates)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
