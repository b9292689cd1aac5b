"""What the gallery says of each claim: the article's words, the rule, the verdict, the reason, and the rows behind."""

from collections.abc import Iterable, Mapping

import pandas as pd

from junctures.report.gallery_outputs import link
from junctures.report.gallery_rows import Rows, Shelf, rows_behind
from junctures.report.style import VERDICT_MARKERS
from junctures.report.tables import LEDGERS, juncture_labels, ordered_claims, verdict_text
from junctures.report.wording import p_value, text
from junctures.study.files import table_name

# the shapes that the figures draw, as characters
SHAPES = {
    ("o", True): "●",
    ("o", False): "○",
    ("s", True): "■",
    ("^", False): "△",
    ("D", False): "◇",
    ("x", True): "×",
}
WHOLE = "overall"  # the dimension of claims on cooperation as a whole, which config.yaml does not list


def sign_of(verdict: str) -> str:
    """Return the character of a verdict's marker in the figures."""
    return SHAPES[VERDICT_MARKERS[verdict]]


def claim_groups(
    verdicts: pd.DataFrame, claims: Iterable[Mapping], study: Mapping, shelf: Shelf, shown_in: Mapping[str, list]
) -> list[dict]:
    """Return the ledgers, each with its junctures in the study's order, each with its claims.

    `verdicts` is processed/results/claims.csv, `claims` claims.yaml as plain data; `shown_in` maps a claim's id to the
    figures and tables that bear on it.
    """
    words = {claim["id"]: claim for claim in claims}
    junctures = juncture_labels(study)
    groups = []
    for ledger, heading in LEDGERS.items():
        rows = ordered_claims(verdicts[verdicts["ledger"] == ledger], junctures)
        blocks = [
            {
                "id": name,
                "label": junctures.get(name, name),
                "claims": [
                    claim_entry(row, words[row["claim"]], study, shelf, shown_in.get(row["claim"], []))
                    for row in block.to_dict("records")
                ],
            }
            for name, block in rows.groupby("juncture", sort=False)
        ]
        groups.append({"id": ledger, "heading": heading, "n": len(rows), "junctures": blocks})
    return groups


def claim_entry(row: Mapping, claim: Mapping, study: Mapping, shelf: Shelf, shown_in: list) -> dict:
    """Return what the gallery shows of one claim: its row of claims.csv beside its entry in claims.yaml."""
    p = row["p"]
    return {
        "id": row["claim"],
        **{key: row[key] for key in ("juncture", "dimension", "ledger", "verdict", "statement", "rule", "reason")},
        "word": verdict_text(row),
        "sign": sign_of(row["verdict"]),
        "p": p_value(p) if isinstance(p, float) and p == p else "",
        "implied": row["stated"] != "yes" and "(our extension)" not in row["statement"],
        "labels": [juncture_labels(study).get(row["juncture"], row["juncture"]), dimension(row["dimension"], study)],
        "section": claim["section"],
        "quotes": claim["quotes"],
        "note": text(claim.get("note")),
        "rows": [_shown(rows, shelf) for rows in rows_behind(row["evidence"], claim["check"], shelf)],
        "shown_in": shown_in,
    }


def dimension(name: str, study: Mapping) -> str:
    """Return a dimension as people read it."""
    return study["dimensions"].get(name, "Cooperation as a whole" if name == WHOLE else name)


def _shown(rows: Rows, shelf: Shelf) -> dict:
    raw = rows.file.startswith("raw/")
    return {
        "file": rows.file,
        "href": link(rows.file),
        "dictionary": table_name(rows.file).replace("/", "-") if raw else "",
        "heads": rows.heads,
        "rows": rows.cells,
        "numeric": rows.numeric,
    }


def facets(verdicts: pd.DataFrame, study: Mapping, words: Mapping[str, str]) -> list[dict]:
    """Return what claims can be filtered by: juncture, dimension, ledger and verdict, each with the values that occur.

    `words` maps a verdict to its words.
    """
    known = {
        "juncture": juncture_labels(study),
        "dimension": {name: dimension(name, study) for name in (*study["dimensions"], WHOLE)},
        "ledger": LEDGERS,
        "verdict": words,
    }
    return [
        {
            "name": name,
            "label": name.capitalize(),
            "values": [(value, label) for value, label in labels.items() if value in set(verdicts[name])],
        }
        for name, labels in known.items()
    ]
