"""The study from raw tables to judged claims: the check at the head, the rules of each stage, the named targets."""

import yaml
from junctures.study.check import check_study
from junctures.study.problems import StudyError
from snakemake.exceptions import WorkflowError

# No rule, since rules that write small shared files would rerun all their dependants: see CONTRIBUTING.md, "Staleness".
if workflow.is_main_process:
    try:
        check_study(".")
    except StudyError as error:
        raise WorkflowError(str(error)) from None

with open("config.yaml", encoding="utf-8") as handle:
    STUDY = yaml.safe_load(handle)

SERIES = list(STUDY["indicators"])
POOLS = list(STUDY.get("pools") or {})
LEADS = list(STUDY.get("leads") or {})


wildcard_constraints:
    indicator="|".join(SERIES),
    pool="|".join(POOLS),
    lead="|".join(LEADS),


include: "workflow/rules/check.smk"
include: "workflow/rules/series.smk"
include: "workflow/rules/tests.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/notebooks.smk"
include: "workflow/rules/publish.smk"


rule all:
    default_target: True
    message:
        "The study is built: README.md has the findings"
    input:
        "processed/meta/codebook.csv",
        "processed/results/claims.csv",
        rules.figures.input,
        rules.tables.input,
        "notebooks/01_findings.ipynb",
        "README.md",
