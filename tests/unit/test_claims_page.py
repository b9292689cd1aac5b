"""docs/claims.md against the code that reads a check and against the shipped claims."""

import ast
import re
from pathlib import Path

import yaml

from junctures.report import records, records_ordering, records_parts, records_quantities, records_shown, records_where
from junctures.report.verdicts import CHECKS
from junctures.study.claims_file import Claim, Quote

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
TOLD = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))))
CHECK_PARTS = {
    "check",
    "member",
    "part",
    "pair",
    "place",
    "way",
    "case",
    "off",
    "relation",
    "item",
    "block",
    "condition",
}
VOCABULARY = [
    CHECKS, records.FORMS, records_parts.RELATIONS, records_quantities.TAKES, records_quantities.YEARLY_TAKES,
    records_shown.SHOWN, records_parts.COMMON, records_parts.ROWS, records_quantities.ROWS_KEYS,
    records_quantities.ROWS_OPTIONAL, records_quantities.YEARLY_KEYS, records_quantities.YEARLY_OPTIONAL,
    records_ordering.REQUIRED, *records_where.CONDITIONS, Claim.model_fields, Quote.model_fields,
]  # fmt: skip


def words(node):
    """Return the string constants below a syntax node."""
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def keys_read(path):
    """Return every key that a module asks of a block of a check: through `need`, by subscript, get or `in`."""
    keys = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need":
            keys |= {key for argument in node.args[2:] for key in words(argument)}
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in CHECK_PARTS:
            keys |= words(node.slice)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get":
            keys |= words(node.args[0]) if getattr(node.func.value, "id", "") in CHECK_PARTS else set()
        elif isinstance(node, ast.Compare) and getattr(node.comparators[0], "id", "") in CHECK_PARTS:
            keys |= words(node.left)
    return keys


def test_every_key_that_a_check_can_have_is_on_the_page():
    report = ROOT / "src" / "junctures" / "report"
    read = {key for path in (*report.glob("records*.py"), report / "model_checks.py") for key in keys_read(path)}
    assert {"members", "nothing_on", "unit", "off_if_both", "missing_mixed", "same", "pick"} <= read
    known = read | {str(key) for each in VOCABULARY for key in each}
    assert sorted(known - TOLD) == []


def test_examples_are_the_shipped_checks_and_show_every_kind():
    shipped = {
        claim["id"]: claim["check"] for claim in yaml.safe_load((ROOT / "claims.yaml").read_text("utf-8"))["claims"]
    }
    examples = {name: check for block in BLOCKS for name, check in yaml.safe_load(block).items()}
    assert {name: shipped[name] for name in examples} == examples
    assert {check["kind"] for check in examples.values()} == set(CHECKS)
