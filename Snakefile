"""The study from raw tables to judged claims: the check at the head, the rules of each stage, the named targets."""

import json
import os
from pathlib import Path

from junctures.study.check import check_library, check_study
from junctures.study.problems import StudyError
from snakemake.exceptions import WorkflowError

# Two jobs on two cores are faster with one thread of linear algebra each; the numbers do not hang on it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No rule, since rules that write small shared files would rerun all their dependants: see CONTRIBUTING.md, "Staleness".
if workflow.is_main_process:
    try:
        check_library(workflow.basedir)
        check_study(".", code=workflow.basedir)
    except StudyError as error:
        raise WorkflowError(str(error)) from None

STUDY = json.loads(Path("processed/meta/study.json").read_text(encoding="utf-8"))
SERIES = list(STUDY["indicators"])
POOLS = list(STUDY["pools"])
LEADS = list(STUDY["leads"])
SOURCES = sorted(path.parent.name for path in Path("raw").glob("*/SOURCE.yaml"))
# A study in another folder need have neither a notebook nor a page with parts that the build writes.
NOTEBOOKS = [name for name in ["01_findings"] if Path(f"notebooks/{name}.py").exists()]
PAGES = [path.name for path in Path().glob("README.md") if "<!-- begin: " in path.read_text(encoding="utf-8")]


wildcard_constraints:
    indicator="|".join(SERIES),
    pool="|".join(POOLS),
    lead="|".join(LEADS),


include: "workflow/rules/check.smk"
include: "workflow/rules/series.smk"
include: "workflow/rules/tests.smk"
include: "workflow/rules/calibration.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/notebooks.smk"
include: "workflow/rules/publish.smk"


rule all:
    default_target: True
    input:
        codebook="processed/meta/codebook.csv",
        claims="processed/results/claims.csv",
        simulated=[*rules.test_verdicts.output, *rules.test_curves.output],
        figures=rules.figures.input,
        tables=rules.tables.input,
        notebooks=expand("notebooks/{notebook}.ipynb", notebook=NOTEBOOKS),
        pages=["figures/index.html", *PAGES],
    message:
        "The study is built: README.md has the findings"
