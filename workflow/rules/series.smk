# Series: events and yearly tables made into one regular series an indicator, with the rows behind every period.
# Needs the indicators' raw tables and their slices of the config; a job takes study.indicators_per_job of them.
# Makes processed/series/<indicator>.csv and <indicator>_rows.csv.


def files_of(batch):
    """Return the files of the raw tables that the indicators of a job are made of, each once."""
    tables = dict.fromkeys(STUDY["indicators"][indicator]["table"] for indicator in batch)
    return [file for table in tables for file in table_files(".", table)]


for first, batch in BATCHES.items():

    rule:
        name:
            f"build_series_{first}"
        input:
            tables=files_of(batch),
            slices=expand("processed/meta/slices/series_{indicator}.json", indicator=batch),
            code="processed/meta/code/build_series.txt",
        output:
            series=expand("processed/series/{indicator}.csv", indicator=batch),
            rows=expand("processed/series/{indicator}_rows.csv", indicator=batch),
        log:
            f"logs/build_series/{first}.log",
        group:
            "indicators"
        message:
            f"Building the series of {' '.join(batch)} from the raw rows"
        script:
            "../scripts/build_series.py"
