"""Build the study anew in a folder of its own and say whether every published output here is what that gives."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0]) as say:
        from pathlib import Path

        from junctures.report.manifest import is_reference
        from junctures.report.rebuild import verify_rebuilt

        def tell(line: str) -> None:
            say(line)
            print(line, flush=True)

        same = verify_rebuilt(Path("."), Path(snakemake.params.code), snakemake.threads, is_reference(), tell)
    if not same:
        # Outside the log: what differs stands there, and a traceback would hide it.
        raise SystemExit(1)


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
