"""From claims and evidence to verdicts: the registry of check kinds, and the table of judged claims."""

from collections.abc import Iterable, Mapping

import pandas as pd

from junctures.report import records
from junctures.report.judgement import Data
from junctures.report.model_checks import MODEL_CHECKS, Judge

CHECKS: dict[str, Judge] = MODEL_CHECKS | records.JUDGES
COLUMNS = (
    "claim", "juncture", "dimension", "kind", "stated", "ledger", "verdict", "label", "rule", "evidence", "reason", "p",
    "statement",
)  # fmt: skip


def ledger_of(kind: str) -> str:
    """Return which ledger a kind of claim belongs to: `tested` by a model or `checked` against records."""
    return "tested" if kind in MODEL_CHECKS else "checked"


def judge_claims(claims: Iterable[Mapping], data: Data) -> pd.DataFrame:
    """Return one row a claim, in their order, with its verdict, evidence, reason and deciding p (NaN where none).

    `data.effects` holds the families' adjusted p (`inference.families.add_families`). Raises ValueError when a claim
    has no check or one of a kind that is not in the registry.
    """
    return pd.DataFrame([_judge(claim, data) for claim in claims], columns=list(COLUMNS))


def _judge(claim: Mapping, data: Data) -> dict:
    check = claim.get("check")
    if not check or check.get("kind") not in CHECKS:
        what = f"a check of kind '{check['kind']}'" if check and check.get("kind") else "no check with a kind"
        raise ValueError(
            f"claims.yaml, claim {claim['id']}: it has {what}. Without a known check nothing decides it. "
            f"Give its check one of the kinds {', '.join(CHECKS)}."
        )
    verdict = CHECKS[check["kind"]](check, claim, data)
    return {
        "claim": claim["id"],
        "juncture": claim["juncture"],
        "dimension": claim["dimension"],
        "kind": claim["kind"],
        "stated": "yes" if claim["stated"] else "no",
        "ledger": ledger_of(check["kind"]),
        "verdict": verdict.verdict,
        "label": verdict.label,
        "rule": claim["rule"],
        "evidence": verdict.evidence,
        "reason": verdict.reason,
        "p": float("nan") if verdict.p is None else verdict.p,
        "statement": claim["statement"],
    }
