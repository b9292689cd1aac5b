"""Write the specification curve of each effect that is claimed and of each pool, with its joint p under the null."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        import pandas as pd

        from junctures.inference.indicator import Setting
        from junctures.inference.simulated_studies import rows_by_key, specification_rows
        from junctures.numbers import read_csv, write_csv
        from junctures.results import CURVES

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = {Path(path).stem: read_csv(path) for path in snakemake.input.series}
        effects, setting = rows_by_key(read_csv(snakemake.input.effects)), Setting.from_slice(part)
        curves = pd.DataFrame(specification_rows(part, series, effects, setting, say), columns=CURVES)
        say(curves.to_string())
        write_csv(curves, snakemake.output.curves)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
