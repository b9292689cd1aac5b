# Verify: digests of all that is published, and a rebuild elsewhere that says whether the folder holds what the code makes.
# Needs every output, raw/, the values and the digests of the code; included last, since it looks at all other rules' outputs.
# Makes processed/meta/manifest.json; the rule verify writes a log only and leaves every output as it is.

from junctures.study.check import raw_files

RAW_FILES = ["raw/SHA256SUMS", *(f"raw/{name}" for name, _ in raw_files(Path(".")))]
# As seen from the study: an absolute path would make a folder that was moved write its manifest anew.
LOCK = os.path.relpath(f"{workflow.basedir}/requirements.lock")
CODE_DIGESTS = sorted(path.as_posix() for path in Path("processed/meta/code").glob("*.txt"))


rule outputs:
    input:
        codebook="processed/meta/codebook.csv",
        # Those that others rest on too: Snakemake makes a vanished output anew only where it is asked for.
        series=expand(rules.build_series.output, indicator=SERIES),
        tests=expand(rules.test_indicator.output, indicator=SERIES),
        pools=expand(rules.test_pool.output, pool=POOLS),
        leads=expand(rules.test_leads.output, lead=LEADS),
        summaries=rules.summarise_tests.output,
        claims="processed/results/claims.csv",
        simulated=[*rules.test_verdicts.output, *rules.test_curves.output],
        figures=rules.figures.input,
        tables=rules.tables.input,
        notebooks=expand("notebooks/{notebook}.ipynb", notebook=NOTEBOOKS),
        papers=PAPERS,
        gallery=rules.build_gallery.output,
    message:
        "All that is published is made"


rule write_manifest:
    input:
        outputs=rules.outputs.input,
        raw=RAW_FILES,
        study="processed/meta/study.json",
        claims="processed/meta/slices/claims.json",
        lock=LOCK,
        code="processed/meta/code/write_manifest.txt",
        stages=CODE_DIGESTS,
    output:
        manifest="processed/meta/manifest.json",
    log:
        "logs/write_manifest.log",
    message:
        "Writing the digests of all that is published"
    script:
        "../scripts/write_manifest.py"


rule verify:
    input:
        code="processed/meta/code/verify.txt",
    log:
        "logs/verify.log",
    # As many as there are; Snakemake scales it down to --cores.
    threads: os.cpu_count() or 1
    params:
        code=workflow.basedir,
    message:
        "Building the study anew in another folder and comparing every output"
    script:
        "../scripts/verify.py"
