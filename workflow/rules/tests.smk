# Tests: the primary procedure, the rows beside it, pools, leads and date ranks, and their union.
# Needs processed/series and the slices; all estimation happens here.
# Makes processed/results/{effects,specifications,designs,fitted,dates,dates_years,dates_ratios,placebo_dates,breaks,
# placebo_outcomes,calibration}, a file a job, by its first indicator, and the unions; verdict_rates and curves of the claims tested by a model.

from junctures.study.slices import lead_members, pool_members

INDICATORS = STUDY["indicators"]
PEERED = [first for first, batch in BATCHES.items() if any(INDICATORS[name]["peers"] for name in batch)]
RANKED = [first for first, batch in BATCHES.items() if any(INDICATORS[name]["date_rank"] for name in batch)]
TESTED = [*BATCHES, *POOLS, *LEADS]
CLAIMED = json.loads(Path("processed/meta/slices/simulated_studies.json").read_text(encoding="utf-8"))["indicators"]


rule test_indicator:
    input:
        series=lambda wildcards: expand("processed/series/{id}.csv", id=BATCHES[wildcards.indicator]),
        slices=lambda wildcards: expand("processed/meta/slices/indicator_{id}.json", id=BATCHES[wildcards.indicator]),
        code="processed/meta/code/test_indicator.txt",
    output:
        effects="processed/results/effects/{indicator}.csv",
        specifications="processed/results/specifications/{indicator}.csv",
        designs="processed/results/designs/{indicator}.csv",
        fitted="processed/results/fitted/{indicator}.csv",
        dates="processed/results/dates/{indicator}.csv",
        dates_years="processed/results/dates_years/{indicator}.csv",
        dates_ratios="processed/results/dates_ratios/{indicator}.csv",
        placebo_dates="processed/results/placebo_dates/{indicator}.csv",
        breaks="processed/results/breaks/{indicator}.csv",
        calibration="processed/results/calibration/{indicator}.csv",
        placebo_outcomes="processed/results/placebo_outcomes/{indicator}.csv",
    log:
        "logs/test_indicator/{indicator}.log",
    group:
        "indicators"
    message:
        "Testing {wildcards.indicator} at each juncture, with all that one job takes"
    script:
        "../scripts/test_indicator.py"


rule test_pool:
    input:
        series=lambda wildcards: expand("processed/series/{id}.csv", id=pool_members(STUDY["pools"][wildcards.pool])),
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
        placebo_dates="processed/results/placebo_dates/{pool}.csv",
        breaks="processed/results/breaks/{pool}.csv",
        calibration="processed/results/calibration/{pool}.csv",
        placebo_outcomes="processed/results/placebo_outcomes/{pool}.csv",
    log:
        "logs/test_pool/{pool}.log",
    group:
        "pools"
    message:
        "Testing the pool {wildcards.pool} and ranking the dates against all others"
    script:
        "../scripts/test_pool.py"


rule test_leads:
    input:
        series=lambda wildcards: expand(
            "processed/series/{id}.csv", id=lead_members(STUDY["leads"][wildcards.lead], STUDY["pools"])
        ),
        slice="processed/meta/slices/leads_{lead}.json",
        code="processed/meta/code/test_leads.txt",
    output:
        effects="processed/results/effects/{lead}.csv",
        specifications="processed/results/specifications/{lead}.csv",
    log:
        "logs/test_leads/{lead}.log",
    group:
        "pools"
    message:
        "Testing whether {wildcards.lead} holds: one index before another"
    script:
        "../scripts/test_leads.py"


rule summarise_tests:
    input:
        effects=expand("processed/results/effects/{id}.csv", id=TESTED),
        specifications=expand("processed/results/specifications/{id}.csv", id=TESTED),
        designs=expand("processed/results/designs/{id}.csv", id=[*BATCHES, *POOLS]),
        fitted=expand("processed/results/fitted/{id}.csv", id=[*BATCHES, *POOLS]),
        dates=expand("processed/results/dates/{id}.csv", id=RANKED + POOLS),
        dates_years=expand("processed/results/dates_years/{id}.csv", id=RANKED + POOLS),
        dates_ratios=expand("processed/results/dates_ratios/{id}.csv", id=RANKED + POOLS),
        placebo_dates=expand("processed/results/placebo_dates/{id}.csv", id=[*BATCHES, *POOLS]),
        breaks=expand("processed/results/breaks/{id}.csv", id=[*BATCHES, *POOLS]),
        calibration=expand("processed/results/calibration/{id}.csv", id=[*BATCHES, *POOLS]),
        placebo_outcomes=expand("processed/results/placebo_outcomes/{id}.csv", id=PEERED + POOLS),
        slice="processed/meta/slices/summary.json",
        code="processed/meta/code/summarise_tests.txt",
    output:
        effects="processed/results/effects.csv",
        specifications="processed/results/specifications.csv",
        designs="processed/results/designs.csv",
        fitted="processed/results/fitted.csv",
        dates="processed/results/dates.csv",
        dates_years="processed/results/dates_years.csv",
        dates_ratios="processed/results/dates_ratios.csv",
        placebo_dates="processed/results/placebo_dates.csv",
        breaks="processed/results/breaks.csv",
        calibration="processed/results/calibration.csv",
        placebo_outcomes="processed/results/placebo_outcomes.csv",
    log:
        "logs/summarise_tests.log",
    group:
        "pages"
    message:
        "Joining all results and adjusting p-values over the families"
    script:
        "../scripts/summarise_tests.py"


rule test_verdicts:
    input:
        series=expand("processed/series/{id}.csv", id=CLAIMED),
        effects="processed/results/effects.csv",
        slice="processed/meta/slices/simulated_studies.json",
        code="processed/meta/code/test_verdicts.txt",
    output:
        rates="processed/results/verdict_rates.csv",
    log:
        "logs/test_verdicts.log",
    group:
        "pages"
    message:
        "Judging simulated studies, with and without effects, by the rules of the claims"
    script:
        "../scripts/test_verdicts.py"


rule test_curves:
    input:
        series=expand("processed/series/{id}.csv", id=CLAIMED),
        effects="processed/results/effects.csv",
        slice="processed/meta/slices/simulated_studies.json",
        code="processed/meta/code/test_curves.txt",
    output:
        curves="processed/results/curves.csv",
        rows="processed/results/curve_rows.csv",
    log:
        "logs/test_curves.log",
    group:
        "pages"
    message:
        "Drawing up the specification curve of each effect, and of series without one"
    script:
        "../scripts/test_curves.py"
