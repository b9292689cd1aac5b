"""Write the union of all results, with adjusted p-values, Robust, and whether `ruled_out` is attainable."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        import json
        from pathlib import Path

        from junctures.inference.families import add_attainable, add_families, add_mimics, add_robust, declare_tests
        from junctures.numbers import write_csv
        from junctures.results import COLUMNS, join_results

        summary = json.loads(Path(snakemake.input.slice).read_text(encoding="utf-8"))
        frames = {name: join_results(snakemake.input[name], name) for name in COLUMNS}
        effects = add_families(frames["effects"], declare_tests(summary["claims"], summary))
        effects = add_robust(effects, frames["specifications"])
        frames["effects"] = add_mimics(add_attainable(effects, frames["designs"]), frames["calibration"])
        for name, frame in frames.items():
            say(f"{name}: {len(frame)} rows from {len(snakemake.input[name])} files")
            write_csv(frame, snakemake.output[name])


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
