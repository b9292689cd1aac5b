"""Write the regular series of each indicator of a job and the raw rows behind each period."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        import json
        from functools import lru_cache
        from pathlib import Path

        from junctures.numbers import write_csv
        from junctures.study.files import group_files
        from junctures.study.series import build_series, load_table

        load = lru_cache(maxsize=1)(load_table)  # neighbours in the config often share a table
        tables = group_files(snakemake.input.tables)
        files = (snakemake.input.slices, snakemake.output.series, snakemake.output.rows)
        for slice_path, series_path, rows_path in zip(*files, strict=True):
            part = json.loads(Path(slice_path).read_text(encoding="utf-8"))
            table = load(*tables[part["indicator"]["table"]])
            series, rows = build_series(part["indicator"], table, part["window"], time=part["time"])
            uses = f"{len(table)} raw rows in, {rows['n'].sum()} uses of a row, {len(series)} periods out"
            say(f"{part['indicator']['id']}: {uses}")
            for frequency, group in series[series["role"] == "main"].groupby("frequency"):
                span = f"{group['period'].min()} to {group['period'].max()}"
                say(f"{frequency}: {span}, {group['y'].notna().sum()} observed")
            write_csv(series, series_path)
            write_csv(rows, rows_path)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
