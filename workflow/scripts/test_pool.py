"""Write every test of one pool: effects, specifications, design, fitted line, date rank and own dates of its index."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        from junctures.inference.indicator import Setting
        from junctures.inference.pool import test_pool
        from junctures.numbers import read_csv
        from junctures.results import log_results, write_results

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = {Path(path).stem: read_csv(path) for path in snakemake.input.series}
        say(f"members and those of its rows: {', '.join(series)}")
        results = test_pool(part["pool"], series, part["indicators"], Setting.from_slice(part))
        frames = results.frames()
        log_results(frames["effects"], say)
        write_results(frames, snakemake.output)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
