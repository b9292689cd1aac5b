"""Write every test of each indicator of a job: effects, designs, lines, date rank if asked for, own dates."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        from junctures.inference.effects import Grids
        from junctures.inference.indicator import Results, Setting, test_indicator
        from junctures.numbers import read_csv
        from junctures.results import log_results, write_results

        grids, results = Grids(), Results()  # one for all: series of the same periods differ in y alone
        for path, slice_path in zip(snakemake.input.series, snakemake.input.slices, strict=True):
            part = json.loads(Path(slice_path).read_text(encoding="utf-8"))
            series = read_csv(path)
            say(f"{part['indicator']['id']}: {len(series)} rows of series in")
            results.add(test_indicator(series, part["indicator"], Setting.from_slice(part), part["window"], grids))
        frames = results.frames()
        log_results(frames["effects"], say)
        write_results(frames, snakemake.output)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
