"""Write whether one index moves before another."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        from junctures.inference.indicator import Setting
        from junctures.inference.pool import lead_indices, test_leads
        from junctures.numbers import read_csv
        from junctures.results import log_results, write_results

        part = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        series = {Path(path).stem: read_csv(path) for path in snakemake.input.series}
        indices = lead_indices(part["lead"], part["pools"], part["indicators"], series)
        say(f"indices: {', '.join(f'{name} ({len(index)} periods)' for name, index in indices.items())}")
        results = test_leads(part["lead"], indices, Setting.from_slice(part))
        frames = results.frames()
        log_results(frames["effects"], say)
        write_results(frames, snakemake.output)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
