# Claims: each statement of the article judged by its declared rule.
# Needs processed/results, processed/series, the raw tables that claims are checked against, and the slice of claims.yaml.
# Makes processed/results/claims.csv.


rule judge_claims:
    message:
        "Judging every claim of claims.yaml by its rule"
    input:
        effects="processed/results/effects.csv",
        specifications="processed/results/specifications.csv",
        series=expand("processed/series/{indicator}.csv", indicator=SERIES),
        tables=sorted(glob_wildcards("raw/{table}.csv").table and expand("raw/{table}.csv", table=glob_wildcards("raw/{table}.csv").table)),
        slice="processed/meta/slices/claims.json",
        code="processed/meta/code/judge_claims.txt",
    output:
        claims="processed/results/claims.csv",
    log:
        "logs/judge_claims.log",
    script:
        "../scripts/judge_claims.py"
