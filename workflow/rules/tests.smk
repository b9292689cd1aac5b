# Tests: the primary procedure, the rows beside it, pools, leads and date ranks, and their union.
# Needs processed/series and the slices; all estimation happens here.
# Makes processed/results/{effects,specifications,designs,fitted,dates,dates_years,dates_ratios}, a file an indicator and the unions.

RESULTS = ["effects", "specifications", "designs", "fitted"]
DATE_RESULTS = ["dates", "dates_years", "dates_ratios"]
RANKED = [i for i in SERIES if STUDY["indicators"][i].get("date_rank")]
TESTED = SERIES + POOLS + LEADS


def members_of(pool):
    """Return every indicator that a pool or one of its rows rests on."""
    entry = STUDY["pools"][pool]
    found = list(entry["members"])
    for row in (entry.get("rows") or {}).values():
        found += [*(row.get("members") or []), *(row.get("add") or []), *(row.get("replace") or {}).values()]
    return list(dict.fromkeys(found))


def pool_series(wildcards):
    """Return the series of a pool's members."""
    return [f"processed/series/{member}.csv" for member in members_of(wildcards.pool)]


def lead_series(wildcards):
    """Return the series behind the outcome and the leaders of a lead test."""
    lead = STUDY["leads"][wildcards.lead]
    members = []
    for name in [lead["outcome"], lead["leader"], *lead["instead"]]:
        members += STUDY["pools"][name]["members"] if name in STUDY["pools"] else [name]
    return [f"processed/series/{member}.csv" for member in dict.fromkeys(members)]


rule test_indicator:
    message:
        "Testing {wildcards.indicator} at each juncture"
    input:
        series="processed/series/{indicator}.csv",
        slice="processed/meta/slices/indicator_{indicator}.json",
        code="processed/meta/code/test_indicator.txt",
    output:
        effects="processed/results/effects/{indicator}.csv",
        specifications="processed/results/specifications/{indicator}.csv",
        designs="processed/results/designs/{indicator}.csv",
        fitted="processed/results/fitted/{indicator}.csv",
        dates="processed/results/dates/{indicator}.csv",
        dates_years="processed/results/dates_years/{indicator}.csv",
        dates_ratios="processed/results/dates_ratios/{indicator}.csv",
    log:
        "logs/test_indicator/{indicator}.log",
    script:
        "../scripts/test_indicator.py"


rule test_pool:
    message:
        "Testing the pool {wildcards.pool} and ranking the dates against all others"
    input:
        series=pool_series,
        slice="processed/meta/slices/pool_{pool}.json",
        code="processed/meta/code/test_pool.txt",
    output:
        effects="processed/results/effects/{pool}.csv",
        specifications="processed/results/specifications/{pool}.csv",
        designs="processed/results/designs/{pool}.csv",
        fitted="processed/results/fitted/{pool}.csv",
        dates="processed/results/dates/{pool}.csv",
        dates_years="processed/results/dates_years/{pool}.csv",
        dates_ratios="processed/results/dates_ratios/{pool}.csv",
    log:
        "logs/test_pool/{pool}.log",
    script:
        "../scripts/test_pool.py"


rule test_leads:
    message:
        "Testing whether {wildcards.lead} holds: one index before another"
    input:
        series=lead_series,
        slice="processed/meta/slices/leads_{lead}.json",
        code="processed/meta/code/test_leads.txt",
    output:
        effects="processed/results/effects/{lead}.csv",
        specifications="processed/results/specifications/{lead}.csv",
    log:
        "logs/test_leads/{lead}.log",
    script:
        "../scripts/test_leads.py"


rule summarise_tests:
    message:
        "Joining all results and adjusting p-values over the families"
    input:
        effects=expand("processed/results/effects/{id}.csv", id=TESTED),
        specifications=expand("processed/results/specifications/{id}.csv", id=TESTED),
        designs=expand("processed/results/designs/{id}.csv", id=SERIES + POOLS),
        fitted=expand("processed/results/fitted/{id}.csv", id=SERIES + POOLS),
        dates=expand("processed/results/dates/{id}.csv", id=RANKED + POOLS),
        dates_years=expand("processed/results/dates_years/{id}.csv", id=RANKED + POOLS),
        dates_ratios=expand("processed/results/dates_ratios/{id}.csv", id=RANKED + POOLS),
        slice="processed/meta/slices/summary.json",
        claims="processed/meta/slices/claims.json",
        code="processed/meta/code/summarise_tests.txt",
    output:
        effects="processed/results/effects.csv",
        specifications="processed/results/specifications.csv",
        designs="processed/results/designs.csv",
        fitted="processed/results/fitted.csv",
        dates="processed/results/dates.csv",
        dates_years="processed/results/dates_years.csv",
        dates_ratios="processed/results/dates_ratios.csv",
    log:
        "logs/summarise_tests.log",
    script:
        "../scripts/summarise_tests.py"
