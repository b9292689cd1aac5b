"""The claims: what a well-formed entry is, and that every fault is told at its line."""

from pathlib import Path

import pytest
from small_study import CLAIMS, CONFIG, REPOSITORY

from junctures.study.claims_file import load_claims
from junctures.study.config import load_config
from junctures.study.problems import StudyError


def read(tmp_path: Path, text: str) -> list[dict]:
    """Return the claims of a text, held against the small study."""
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
    return load_claims(tmp_path / "claims.yaml", load_config(tmp_path / "config.yaml"))


def test_claims_come_in_order_with_dates_as_text(tmp_path):
    claims = read(tmp_path, CLAIMS)
    assert [claim["id"] for claim in claims] == ["exercises_pivot", "first_2003"]
    assert claims[1]["check"]["window"] == {"start": "2003-01-01"}
    assert claims[0]["quotes"] == [{"place": "3.2 paragraph 1", "text": "words"}]


def test_shipped_claims_are_well_formed():
    study = load_config(REPOSITORY / "config.yaml")
    claims = load_claims(REPOSITORY / "claims.yaml", study)
    assert len(claims) == 93
    assert all(claim["check"]["kind"] == claim["kind"] for claim in claims)


FAULTS = [
    ("  - id: first_2003", "  - id: exercises_pivot", 17, "given twice"),
    ("  - id: first_2003", "  - id: First 2003", 17, "no id"),
    ("juncture: none", "juncture: nine", 20, "no juncture 'nine'"),
    ("juncture: none", "juncture: thaad", 20, "no juncture 'thaad'"),
    ("kind: first\n", "kind: frist\n", 22, "'frist'"),
    ("stated: true\n    juncture: none", "stated: maybe\n    juncture: none", 19, "'maybe'"),
    ("dimension: exercises\n    kind: first", "dimension: exercise\n    kind: first", 21, "no dimension 'exercise'"),
    ('    rule: "the year of the first row is 2003"\n', "", 17, "'rule' is missing"),
    ('    statement: "The first exercise is in 2003."\n', "", 17, "'statement' is missing"),
    ("kind: first, table", "kind: share, table", 28, "'share'"),
    ("{indicator: exercises,", "{indicator: exercise,", 16, "'exercise'"),
    ("      sign: positive\n", "      sing: positive\n", 15, "'sing' is unknown"),
    ("      sign: positive\n", "", 13, "'sign' is missing"),
    ("model: primary, estimand", "modle: primary, estimand", 16, "'modle' is unknown"),
    ("model: primary, estimand", "among_peers: true, model: primary, estimand", 16, "'among_peers' is unknown"),
    ("    check: {kind: first", "    chek: {kind: first", 28, "'chek' is unknown"),
    ("    check: {kind: first", "    notes: x\n    check: {kind: first", 28, "'notes' is unknown"),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), FAULTS, ids=[each[3] for each in FAULTS])
def test_fault_is_told_at_its_line(tmp_path, old, new, line, what):
    assert CLAIMS.count(old) == 1
    with pytest.raises(StudyError) as caught:
        read(tmp_path, CLAIMS.replace(old, new))
    told = [each for each in caught.value.problems if what in each.what]
    assert [each.line for each in told] == [line], str(caught.value)
    assert told[0].why and told[0].remedy


def test_quote_without_its_place_is_told(tmp_path):
    text = CLAIMS.replace('{place: "3.2 paragraph 1", text: "words"}', '{text: "words"}', 1)
    with pytest.raises(StudyError, match="'place' is missing"):
        read(tmp_path, text)


def test_file_without_claims_is_told(tmp_path):
    with pytest.raises(StudyError, match="no list 'claims'"):
        read(tmp_path, "claim: []\n")
