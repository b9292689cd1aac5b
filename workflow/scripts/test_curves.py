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
        from junctures.results import CURVE_ROWS, CURVES

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = {Path(path).stem: read_csv(path) for path in snakemake.input.series}
        effects, setting = rows_by_key(read_csv(snakemake.input.effects)), Setting.from_slice(part)
        found = list(specification_rows(part, series, effects, setting, say))
        curves = pd.DataFrame([curve for curve, _ in found], columns=CURVES)
        say(curves.to_string())
        write_csv(curves, snakemake.output.curves)
        points = [point for _, each in found for point in each]
        write_csv(pd.DataFrame(points, columns=CURVE_ROWS), snakemake.output.rows)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
