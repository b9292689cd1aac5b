# Series: events and yearly tables made into one regular series an indicator, with the rows behind every period.
# Needs the indicator's raw table and its slice of the config.
# Makes processed/series/<indicator>.csv and <indicator>_rows.csv.


rule build_series:
    input:
        table=lambda wildcards: table_files(".", STUDY["indicators"][wildcards.indicator]["table"]),
        slice="processed/meta/slices/series_{indicator}.json",
        code="processed/meta/code/build_series.txt",
    output:
        series="processed/series/{indicator}.csv",
        rows="processed/series/{indicator}_rows.csv",
    log:
        "logs/build_series/{indicator}.log",
    message:
        "Building the series of {wildcards.indicator} from its raw rows"
    script:
        "../scripts/build_series.py"
