"""How often the rules that judge the claims give each verdict on studies whose truth is known."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from junctures.inference.effects import ALL
from junctures.inference.families import FamilyTest, holm
from junctures.inference.replay import SIZES, Replayed
from junctures.report.judgement import ANY, VERDICTS
from junctures.report.model_checks import MODEL_CHECKS, find_row

COLUMNS = ("claim", "kind", "effect", "studies", *VERDICTS, "wrong", "error")


class SimulatedData:
    """One simulated study, as the checks of claims read the real one: rows by key, and rows beside them."""

    def __init__(self, replayed: Iterable[Replayed], study: int, size: int, templates, families):
        # What the real study cannot estimate, no study can.
        self.rows = {key: dict(row) for key, row in templates.items() if row["p"] != row["p"]}
        self._replayed, self._study, self._size = tuple(replayed), study, size
        for each in self._replayed:
            self.rows |= each.rows(study, size, templates)
        for tests in families.values():
            p = [[self.rows[key]["p"] for key in test.rows] for test in tests]
            for key, adjusted in holm(p, [test.rows for test in tests]):
                self.rows[key]["p_holm"] = np.fmax(self.rows[key].get("p_holm", np.nan), adjusted)

    @property
    def beside(self) -> "SimulatedData":
        """Return what finds the rows of Robust: itself, so that only those asked for are made."""
        return self

    def of(self, row: Mapping) -> list[dict]:
        """Return the rows that stand beside an effect (as `Beside.of`)."""
        key = (row["juncture"], row["estimand"])
        same = [each for each in self._replayed if each.unit.name[:2] == (row["indicator"], row["vintage"])]
        return [other for each in same for other in each.rows_beside(self._study, self._size, key)]


def verdict_rates(
    claims: Iterable[Mapping],
    replayed: Iterable[Replayed],
    templates: Mapping[tuple, Mapping],
    tests: Iterable[FamilyTest],
    studies: int,
) -> pd.DataFrame:
    """Return the share of each verdict, a row a claim tested by a model and size of the planted effects.

    `wrong` is the share of verdicts that are wrong: without an effect supported, mixed or contradicted; with effects,
    which are all rises, contradicted, and ruled out where the planted one is at least the smallest of interest; of a
    claimed fall then supported or mixed. `error` is its Monte-Carlo
    standard error. The claim `any` has the share of studies with at least one such verdict. Each study is judged by the
    functions that judge the real one.
    """
    claims = [claim for claim in claims if claim["check"]["kind"] in MODEL_CHECKS]
    replayed, families = list(replayed), _families(tests, replayed, templates)
    plain = {key: {**row, "p_holm": np.nan} for key, row in templates.items()}
    found: dict[tuple[str, int], Counter] = {}
    wrong: dict[tuple[str, int], list[bool]] = {}
    for size in SIZES:
        for study in range(studies):
            data = SimulatedData(replayed, study, size, plain, families)
            seen, missed = Counter(), []
            for claim in claims:
                verdict = MODEL_CHECKS[claim["check"]["kind"]](claim["check"], claim, data).verdict
                found.setdefault((claim["id"], size), Counter())[verdict] += 1
                seen[verdict] = 1
                missed.append(_is_wrong(verdict, claim, data, size, replayed))
                wrong.setdefault((claim["id"], size), []).append(missed[-1])
            found.setdefault((ANY, size), Counter()).update(seen)
            wrong.setdefault((ANY, size), []).append(any(missed))
    kinds = {claim["id"]: claim["check"]["kind"] for claim in claims} | {ANY: ""}
    rows = [_row(claim, kind, size, found, wrong, studies) for claim, kind in kinds.items() for size in SIZES]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _families(tests: Iterable[FamilyTest], replayed: Iterable[Replayed], templates) -> dict[str, list[FamilyTest]]:
    """Return the tests of each family whose rows are all replayed."""
    there = {key for key, row in templates.items() if row["p"] != row["p"]}
    for each in replayed:
        there |= set(each.rows(0, 0, templates))
    families: dict[str, list[FamilyTest]] = {}
    for test in tests:
        if set(test.rows) <= there:
            families.setdefault(test.family, []).append(test)
    return families


def _is_wrong(verdict: str, claim: Mapping, data: SimulatedData, size: int, replayed: Iterable[Replayed]) -> bool:
    if size == 0:
        return verdict in ("supported", "mixed", "contradicted")
    check = claim["check"]
    if check.get("sign") == "negative":
        return verdict in ("supported", "mixed")
    if verdict != "ruled_out":
        return verdict == "contradicted"
    if check["kind"] in ("leads", "date_rank"):
        return True
    member = check["members"][0] if "members" in check else {**check, "juncture": ALL, "estimand": "mean_step"}
    planted = next(
        each.unit.planted[member["estimand"]]
        for each in replayed
        if each.unit.name == (member["indicator"], member.get("vintage", ""), member["model"])
    )
    smallest = check["unit"] if check["kind"] == "staged" else find_row(data, member, claim)["smallest_effect"]
    return size * planted >= smallest


def _row(claim: str, kind: str, size: int, found, wrong, studies: int) -> dict:
    shares = {verdict: found[claim, size][verdict] / studies for verdict in VERDICTS}
    share = float(np.mean(wrong[claim, size]))
    error = float(np.sqrt(share * (1 - share) / studies))
    return {"claim": claim, "kind": kind, "effect": size, "studies": studies, **shares, "wrong": share, "error": error}
