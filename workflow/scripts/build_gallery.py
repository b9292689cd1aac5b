"""Write the gallery: the page of figures, tables and claims, and the data dictionary."""


def main(snakemake) -> None:
    from junctures.logs import job_log

    with job_log(snakemake.log[0], snakemake.input) as say:
        from pathlib import Path

        import pandas as pd
        import yaml

        from junctures.files import write_text
        from junctures.report.gallery import build_dictionary, build_gallery
        from junctures.report.inputs import load_inputs

        names = ("study", "claims", "verdicts", "effects", "designs", "sources")
        found = load_inputs({k: v if isinstance(v := snakemake.input[k], str) else list(v) for k in names})
        records = [load_inputs({"record": path})["record"] for path in snakemake.input.records]
        # A study in another folder need not say how it is cited.
        about = {path: yaml.safe_load(Path(path).read_text(encoding="utf-8")) for path in snakemake.input.about}
        code = Path(snakemake.input.tabulate).read_text(encoding="utf-8").strip()
        codebook = pd.read_csv(snakemake.input.codebook, dtype=str, keep_default_na=False)
        pages = {
            "index": build_gallery(**found, records=records, about=about.get("CITATION.cff", {}), code=code),
            "dictionary": build_dictionary(found["study"], codebook, found["sources"]),
        }
        say(f"{len(records)} figures, {len(found['verdicts'])} claims, {len(codebook)} columns in")
        for name, page in pages.items():
            write_text(page, snakemake.output[name])
            say(f"{snakemake.output[name]}: {len(page.encode())} bytes out")


if "snakemake" in globals():
    main(snakemake)  # noqa: F821
