# Calibration: size and power on many designs, with many series; a target of its own, `snakemake calibration`, and not in `all`.
# Needs the slice of the simulated studies (seed, draws, junctures, pools).
# Makes processed/grid/<part>.csv, docs/calibration.md and its figure; a run that was stopped goes on where it was.

GRID = [*[f"n_{n}" for n in (12, 16, 20, 24, 30, 40, 60)], "year", "quarter", "month", *POOLS]


rule test_grid:
    input:
        slice="processed/meta/slices/simulated_studies.json",
        code="processed/meta/code/test_grid.txt",
    output:
        rates="processed/grid/{part}.csv",
    log:
        "logs/test_grid/{part}.log",
    message:
        "Measuring size and power on the designs {wildcards.part}"
    script:
        "../scripts/test_grid.py"


rule write_calibration:
    input:
        rates=expand("processed/grid/{part}.csv", part=GRID),
        verdicts="processed/results/verdict_rates.csv",
        code="processed/meta/code/write_calibration.txt",
    output:
        page="docs/calibration.md",
        figure="docs/calibration.svg",
    log:
        "logs/write_calibration.log",
    message:
        "Writing docs/calibration.md"
    script:
        "../scripts/write_calibration.py"


rule calibration:
    input:
        page=rules.write_calibration.output,
    message:
        "The size and power of every design are in docs/calibration.md"
