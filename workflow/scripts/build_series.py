"""Write the regular series of one indicator and the raw rows behind each period."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        import json
        from pathlib import Path

        from junctures.numbers import write_csv
        from junctures.study.series import build_series, load_table

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        table = load_table(snakemake.input.table)
        series, rows = build_series(part["indicator"], table, part["window"], time=part["time"])
        say(f"{len(table)} raw rows in, {rows['n'].sum()} uses of a row, {len(series)} periods out")
        for frequency, group in series[series["role"] == "main"].groupby("frequency"):
            say(f"{frequency}: {group['period'].min()} to {group['period'].max()}, {group['y'].notna().sum()} observed")
        write_csv(series, snakemake.output.series)
        write_csv(rows, snakemake.output.rows)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
