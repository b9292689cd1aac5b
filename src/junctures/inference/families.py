"""Which p-values are adjusted together, and which rejections stand in every row that Robust asks for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from junctures.inference.rows import KEY, Beside, key_of, sign_of
from junctures.inference.simulate import OWN, WORDS

EXPLORATORY = "exploratory"
LEVEL = 0.05
MISLED = 0.1  # twice the level: a truth without a step that rejects more often could be what a rejection shows
ROBUST = re.compile(r"ols|reml|start_(later|earlier|\d{4})|end_\d{4}|without_(?P<year>\d{4})")


@dataclass(frozen=True)
class FamilyTest:
    """One p-value of a family: the family's name, the test's name, and the keys of its rows (order of `KEY`).

    A test of several rows enters its family with the largest p of them.
    """

    family: str
    name: str
    rows: tuple[tuple[str, ...], ...]


def declare_tests(claims: Iterable[Mapping], study: Mapping) -> tuple[FamilyTest, ...]:
    """Return every test of every family, from the claims' checks and the config's `families`.

    `study` is the config as plain dicts. Over pool_steps: one family a pool, its step at each juncture. Over
    effect_claims: one family, one test a claim of kind effect whose members are single indicators without a coverage
    flag. All other cells of an indicator's main model and vintage form the family `exploratory` (docs/method.md,
    "Families").
    """
    junctures = [juncture["id"] for juncture in study["junctures"]]
    tests: list[FamilyTest] = []
    for name, family in (study.get("families") or {}).items():
        if family["over"] == "pool_steps":
            tests += _pool_steps(name, study.get("pools") or {}, junctures)
        else:
            tests += _effect_claims(name, claims, study)
    taken = {row for test in tests for row in test.rows}
    cells = [cell for cell in _cells(study["indicators"], junctures) if cell not in taken]
    tests += [FamilyTest(EXPLORATORY, f"{cell[0]}_{cell[2]}", (cell,)) for cell in cells]
    return tuple(tests)


def _pool_steps(name: str, pools: Iterable[str], junctures: Iterable[str]) -> Iterator[FamilyTest]:
    for pool in pools:
        for juncture in junctures:
            yield FamilyTest(f"{name}_{pool}", f"{pool}_{juncture}", ((pool, "", juncture, f"pool_{pool}", "step"),))


def _effect_claims(name: str, claims: Iterable[Mapping], study: Mapping) -> Iterator[FamilyTest]:
    for claim in claims:
        check = claim.get("check") or {}
        if check.get("kind") != "effect":
            continue
        entries = [study["indicators"].get(member["indicator"]) for member in check["members"]]
        if all(entry is not None and not entry.get("coverage_flag") for entry in entries):
            yield FamilyTest(name, claim["id"], tuple(key_of(member) for member in check["members"]))


def _cells(indicators: Mapping[str, Mapping], junctures: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for name, entry in indicators.items():
        if entry.get("row_of"):
            continue
        vintage = str((entry.get("vintages") or {}).get("main", ""))
        yield from ((name, vintage, juncture, "primary", "step") for juncture in junctures)


def needed_rows(claims: Iterable[Mapping], tests: Iterable[FamilyTest]) -> list[tuple[str, ...]]:
    """Return the keys of the rows with an estimate on which claims tested by a model, and their families, rest."""
    found = [row for test in tests for row in test.rows]
    for claim in claims:
        check = claim["check"]
        if check["kind"] in ("effect", "mean_step"):
            found += [key_of(member) for member in check["members"]]
        elif check["kind"] == "leads":
            found += [key_of({**check, "juncture": "all", "estimand": f"lead_{when}"}) for when in ("before", "after")]
        else:
            base = {**check, "juncture": "all", "estimand": "mean_step"}
            found += [key_of(base), *(key_of({**base, "juncture": j, "estimand": "step"}) for j in check["junctures"])]
    return list(dict.fromkeys(found))


def add_families(effects: pd.DataFrame, tests: Iterable[FamilyTest]) -> pd.DataFrame:
    """Return effects with the columns family, p_holm and p_bh (NaN where a row is in no such family).

    A row's p_holm is its own p times its test's Holm factor: adjusted over raw of the test's p, the largest of its
    rows. Of a row in several tests the larger holds. A test without an estimate enters Holm as p = 1, so that a
    family's size does not hang on the data; the exploratory cells that have an estimate are adjusted by Benjamini and
    Hochberg (1995, Journal of the Royal Statistical Society B 57: 289-300).

    Raises ValueError when a test names a row that effects does not hold.
    """
    out = effects.reset_index(drop=True).assign(family="", p_holm=np.nan, p_bh=np.nan)
    places = {key_of(row): index for index, row in enumerate(out[list(KEY)].to_dict("records"))}
    families: dict[str, list[FamilyTest]] = {}
    for test in tests:
        families.setdefault(test.family, []).append(test)
    for family, members in families.items():
        rows = [[_place(places, key, test) for key in test.rows] for test in members]
        if family == EXPLORATORY:
            _adjust_cells(out, [row for each in rows for row in each])
        else:
            _adjust_tests(out, family, rows)
    return out


def _place(places: Mapping[tuple, int], key: tuple[str, ...], test: FamilyTest) -> int:
    if key not in places:
        raise ValueError(
            f"family {test.family}, test {test.name}: effects have no row {' '.join(filter(None, key))}. "
            "Its family cannot be adjusted without it. Mend the claim's check, or add the model to the config."
        )
    return places[key]


def _adjust_tests(out: pd.DataFrame, family: str, rows: list[list[int]]) -> None:
    p = out["p"].to_numpy(float)
    for row, adjusted in holm([[p[row] for row in each] for each in rows], rows):
        out.loc[row, "family"] = family
        out.loc[row, "p_holm"] = np.fmax(out.loc[row, "p_holm"], adjusted)


def holm(tests: Iterable[Iterable[float]], names: Iterable[Iterable]) -> list[tuple]:
    """Return (name, adjusted p) of every row of the tests of one family; `names` names the rows of each test.

    A test enters with the largest p of its rows, as 1 where one has no estimate; each row's p is multiplied by the
    test's factor, adjusted over raw.
    """
    tests = [np.array(list(each), float) for each in tests]
    raw = np.array([np.nan_to_num(each, nan=1.0).max() for each in tests])
    adjusted = adjust(raw, "holm")
    factors = np.divide(adjusted, raw, out=np.ones_like(raw), where=raw > 0)
    return [
        (name, min(1.0, p * factor) if p == p else p)
        for each, row_names, factor in zip(tests, names, factors, strict=True)
        for p, name in zip(each, row_names, strict=True)
    ]


def _adjust_cells(out: pd.DataFrame, rows: list[int]) -> None:
    out.loc[rows, "family"] = EXPLORATORY
    tested = [row for row in rows if not np.isnan(out.loc[row, "p"])]
    if tested:
        out.loc[tested, "p_bh"] = adjust(out.loc[tested, "p"].to_numpy(float), "fdr_bh")


def adjust(p: np.ndarray, method: str) -> np.ndarray:
    """Return p-values (m,) adjusted together by `holm` (Holm 1979) or `fdr_bh` (Benjamini and Hochberg 1995).

    The same to the last digit as statsmodels' multipletests, whose import takes longer than most of the jobs.
    """
    order, m = np.argsort(p), len(p)
    if method == "holm":
        ordered = np.maximum.accumulate(p[order] * np.arange(m, 0, -1))
    else:
        ordered = np.minimum.accumulate((p[order] / (np.arange(1, m + 1) / m))[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(ordered, 1.0)
    return adjusted


def robust_rows(row: Mapping, beside: Beside) -> list[tuple[str, Mapping]]:
    """Return the rows that Robust asks of an effect and that have an estimate, each after its bare name.

    OLS, REML, other starts and ends, each year left out (docs/method.md, "Rows"); those of a model other than the main
    one of an indicator or pool carry the model's name as a prefix.
    """
    prefix = "" if row["model"] == "primary" or row["model"].startswith("pool_") else f"{row['model']}_"
    found = []
    for other in beside.of(row):
        name = other["model"].removeprefix(prefix)
        if other["model"].startswith(prefix) and ROBUST.fullmatch(name) and other["estimate"] == other["estimate"]:
            found.append((name, other))
    return found


def fragile_rows(row: Mapping, beside: Beside, ask_p: bool = True) -> list[str]:
    """Return the names of the rows of Robust in which an effect fails.

    It fails where its sign differs and, if `ask_p`, where a year left out gives a p above .05, unadjusted.
    """
    sign, failed = sign_of(row), []
    for name, other in robust_rows(row, beside):
        left_out = ROBUST.fullmatch(name)["year"]
        if sign_of(other) != sign or (ask_p and left_out and not other["p"] <= LEVEL):
            failed.append(name)
    return failed


def is_robust(row: Mapping, beside: Beside) -> bool | None:
    """Return whether a rejection stands in every row of Robust; None where nothing is rejected or no row exists."""
    if not row["p"] <= LEVEL or row["estimate"] != row["estimate"] or not robust_rows(row, beside):
        return None
    return not fragile_rows(row, beside)


def add_robust(effects: pd.DataFrame, specifications: pd.DataFrame) -> pd.DataFrame:
    """Return effects with the column robust: yes or no for a rejection that has rows of Robust, blank for all else."""
    words = {None: "", True: "yes", False: "no"}
    beside = Beside(specifications.to_dict("records"))
    return effects.assign(robust=[words[is_robust(row, beside)] for row in effects.to_dict("records")])


def add_mimics(effects: pd.DataFrame, calibration: pd.DataFrame) -> pd.DataFrame:
    """Return effects with the column mimics: what else gives a rejection like a row's more than one time in ten.

    For rows with p at most .05: the truths without any step at a juncture under which series like this one are rejected
    in more than 10 per cent, with the rate, the highest first; blank for all else.
    """
    misled = calibration[(calibration["truth"] != OWN) & (calibration["rate"] > MISLED)]
    found: dict[tuple, list[tuple[float, str]]] = {}
    for row in misled.to_dict("records"):
        key = (row["id"], row["model"], row["juncture"], row["estimand"])
        found.setdefault(key, []).append((-row["rate"], f"{WORDS[row['truth']]} ({100 * row['rate']:.0f} %)"))
    texts = []
    for row in effects.to_dict("records"):
        mimics = found.get((row["indicator"], row["model"], row["juncture"], row["estimand"]), [])
        texts.append("; ".join(text for _, text in sorted(mimics)) if row["p"] <= LEVEL else "")
    return effects.assign(mimics=texts)


def add_attainable(effects: pd.DataFrame, designs: pd.DataFrame) -> pd.DataFrame:
    """Return effects with the column ruled_out_attainable: that of the same model and n in designs, or blank."""
    same = ["indicator", "model", "juncture", "estimand", "n"]
    known = {tuple(row[c] for c in same): row["ruled_out_attainable"] for row in designs.to_dict("records")}
    found = [known.get(tuple(row[c] for c in same), "") for row in effects.to_dict("records")]
    return effects.assign(ruled_out_attainable=["" if value != value else value for value in found])
