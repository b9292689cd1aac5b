"""Write every test of one indicator: effects, specifications, designs, lines, date rank if asked for, own dates."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        from junctures.inference.indicator import Setting, test_indicator
        from junctures.numbers import read_csv
        from junctures.results import log_results, write_results

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = read_csv(snakemake.input.series)
        say(f"{len(series)} rows of series in")
        results = test_indicator(series, part["indicator"], Setting.from_slice(part), part["window"])
        frames = results.frames()
        log_results(frames["effects"], say)
        write_results(frames, snakemake.output)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
