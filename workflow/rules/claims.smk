# Claims: each statement of the article judged by its declared rule.
# Needs processed/results, processed/series, the raw tables that claims are checked against, and the slice of claims.yaml.
# Makes processed/results/claims.csv.

RAW_TABLES = raw_tables(".")


rule judge_claims:
    input:
        effects="processed/results/effects.csv",
        specifications="processed/results/specifications.csv",
        placebo_outcomes="processed/results/placebo_outcomes.csv",
        series=expand("processed/series/{indicator}.csv", indicator=SERIES),
        tables=RAW_TABLES,
        slice="processed/meta/slices/claims.json",
        code="processed/meta/code/judge_claims.txt",
    output:
        claims="processed/results/claims.csv",
    log:
        "logs/judge_claims.log",
    group:
        "pages"
    message:
        "Judging every claim of claims.yaml by its rule"
    script:
        "../scripts/judge_claims.py"
