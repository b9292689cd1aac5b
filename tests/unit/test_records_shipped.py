"""The shipped records checks: they run on the real tables, and nothing of the article's own decides."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from junctures.report.judgement import Data
from junctures.report.records import JUDGES
from junctures.study.config import load_config
from junctures.study.series import build_series, evidence, load_table

ROOT = Path(__file__).parents[2]
EFFECTS = pd.DataFrame(columns=["indicator", "vintage", "juncture", "model", "estimand"])
COUNTED = ("exercises", "military_visits", "defence_agreements", "arms_deliveries")  # series that a check reads
TABLES = {f"{path.parent.name}/{path.stem}": load_table(path) for path in sorted((ROOT / "raw").glob("*/*.csv"))}
CLAIMS = [c for c in yaml.safe_load((ROOT / "claims.yaml").read_text("utf-8"))["claims"] if c["kind"] in JUDGES]


@pytest.fixture(scope="module")
def series() -> dict[str, pd.DataFrame]:
    study, found = load_config(ROOT / "config.yaml"), {}
    for name in COUNTED:
        indicator = study.indicators[name]
        about = yaml.safe_load((ROOT / "raw" / indicator.table.split("/")[0] / "SOURCE.yaml").read_text("utf-8"))
        time, window = about["tables"][indicator.table.split("/")[1]]["time"], {"start": "2000", "end": "2021"}
        found[name] = build_series(indicator, TABLES[indicator.table], window, time=time)[0]
    return found


@pytest.fixture(scope="module")
def shipped(series) -> Data:
    return Data(EFFECTS, EFFECTS, {name: evidence(table) for name, table in TABLES.items()}, series)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim["id"] for claim in CLAIMS])
def test_shipped_check_gives_a_verdict_with_a_reason_and_names_its_rows(claim, shipped):
    found = JUDGES[claim["kind"]](claim["check"], claim, shipped)
    assert claim["check"]["kind"] == claim["kind"]
    assert found.reason.endswith(".") and "nan" not in found.reason.lower()
    assert bool(found.evidence) == (found.verdict != "untestable")


def without_the_article(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a raw table whose article rows are gone and whose article cells hold a placeholder (numbers: a blank)."""
    if "from_article" not in table:
        return table
    source, stem = name.split("/")
    about = yaml.safe_load((ROOT / "raw" / source / "SOURCE.yaml").read_text("utf-8"))["tables"][stem]["columns"]
    table = table[table["from_article"] != "yes"].copy()
    for label, cells in table["article_cells"].items() if "article_cells" in table else ():
        for cell in cells.split():
            table.loc[label, cell] = "" if about[cell]["type"] in ("integer", "number") else "placeholder"
    table.attrs["table"] = name
    return table


def test_no_shipped_verdict_changes_when_all_that_rests_on_the_article_is_gone(shipped):
    tables = {name: without_the_article(name, table) for name, table in TABLES.items()}
    keys = ["date", "country", "document"]
    left = tables["threat_documents/documents"][keys].apply(tuple, axis=1)
    codes = TABLES["threat_documents/codes"]
    tables["threat_documents/codes"] = codes[codes[keys].apply(tuple, axis=1).isin(set(left))]
    assert sum(map(len, tables.values())) < sum(map(len, TABLES.values()))
    bare = Data(EFFECTS, EFFECTS, {name: evidence(table) for name, table in tables.items()}, shipped.all_series)
    for claim in CLAIMS:
        judged = JUDGES[claim["kind"]]
        assert judged(claim["check"], claim, bare) == judged(claim["check"], claim, shipped), claim["id"]


def test_no_claim_is_named_in_the_code_that_judges():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src/junctures/report").glob("records*.py"))
    assert [claim["id"] for claim in CLAIMS if claim["id"] in code] == []


def test_estimate_that_a_rule_shows_stands_in_the_reason_and_decides_nothing(shipped):
    claim = next(c for c in CLAIMS for item in c["check"].get("shown", []) if "effect" in item)
    asked = next(item["effect"] for item in claim["check"]["shown"] if "effect" in item)
    row = {**asked, "vintage": "", "estimate": 2.0, "lower": 1.0, "upper": 3.0, "p": 0.001, "scale": "sqrt"}
    effects = pd.DataFrame([{**row, "described": "", "reason": ""}])
    judged = JUDGES[claim["kind"]]
    bare = judged(claim["check"], claim, shipped)
    found = judged(claim["check"], claim, Data(effects, effects, shipped.tables, shipped.all_series))
    assert found.verdict == bare.verdict and "not estimated" in bare.reason
    assert "95 % interval 1.00 to 3.00" in found.reason and "processed/results/effects.csv" in found.evidence
