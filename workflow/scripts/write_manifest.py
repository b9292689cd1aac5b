"""Write the digests of all that the study rests on and publishes; the log says what this machine has."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from pathlib import Path

        from junctures.report.manifest import build_manifest, describe_machine, write_manifest

        manifest = build_manifest(Path("."), Path(snakemake.input.lock))
        for line in describe_machine(manifest):
            say(line)
        say(f"{len(manifest['outputs'])} outputs, {len(manifest['raw'])} files of raw/, {len(manifest['code'])} stages")
        write_manifest(manifest, Path(snakemake.output.manifest))


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
