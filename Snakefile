"""The study from raw tables to judged claims: the check at the head, the rules of each stage, the named targets."""

import json
import os
import sys
from pathlib import Path

from junctures.study.check import check_library, check_study, warn
from junctures.study.problems import StudyError
from junctures.study.turns import asks_only, join_turn, take_turn
from snakemake.exceptions import WorkflowError

# Two jobs on two cores are faster with one thread of linear algebra each; the numbers do not hang on it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No rule, since rules that write small shared files would rerun all their dependants: see CONTRIBUTING.md, "Staleness".
if workflow.is_main_process:
    try:
        check_library(workflow.basedir)
        with take_turn(".", asks_only(sys.argv[1:]), warn) as writing:
            check_study(".", writing=writing, code=workflow.basedir)
    except StudyError as error:
        raise WorkflowError(str(error)) from None
else:
    join_turn(".")

STUDY = json.loads(Path("processed/meta/study.json").read_text(encoding="utf-8"))
SERIES = list(STUDY["indicators"])
POOLS = list(STUDY["pools"])
LEADS = list(STUDY["leads"])
NONE = "(?!)"  # fits no name, where an empty expression would fit every one
SOURCES = sorted(path.parent.name for path in Path("raw").glob("*/SOURCE.yaml"))


wildcard_constraints:
    indicator="|".join(SERIES) or NONE,
    pool="|".join(POOLS) or NONE,
    lead="|".join(LEADS) or NONE,


include: "workflow/rules/check.smk"
include: "workflow/rules/series.smk"
include: "workflow/rules/tests.smk"
include: "workflow/rules/calibration.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/notebooks.smk"
include: "workflow/rules/publish.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/verify.smk"


rule all:
    default_target: True
    input:
        outputs=rules.outputs.input,
        pages=PAGES,
        manifest=rules.write_manifest.output,
    message:
        "The study is built: README.md has the findings"
