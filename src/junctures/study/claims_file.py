"""claims.yaml as checked entries: what the article asserts, by which rule each is judged, and the same rule as data."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from junctures.study.forms import WHY_KEY, WHY_NAME, Form
from junctures.study.problems import Problem, StudyError, nearest
from junctures.study.schema import Id, Part, Study, Text, Texts, as_tuple
from junctures.study.yaml_file import read_yaml

NAME = "claims.yaml"
ModelKind = Literal["effect", "mean_step", "staged", "date_rank", "leads"]
RecordKind = Literal["first", "regular", "extreme", "share", "trend", "recorded", "ordering"]
ESTIMANDS = (
    "step", "mean_step", "ramp", "slope_change", "gap_1", "gap_2", "gap_total", "lead_before", "lead_after",
    "lead_same", "staged", "date_rank",
)  # fmt: skip
WHY_CHECK = "the rule is judged from this data, never from its words"


class Quote(Part):
    """The article's own words."""

    place: str = Field(min_length=1, description="the section and paragraph where the words stand")
    text: str = Field(min_length=1, description="the words, verbatim; [...] marks an omission")


class Claim(Part):
    """One statement of the article and the rule that judges it."""

    id: Id = Field(description="the short name of the claim, in results for ever")
    section: Text = Field(min_length=1, description="the section where the article says it")
    stated: bool = Field(description="true, or false where the article implies it or the study extends it")
    juncture: str = Field(description="the juncture that the claim is about, or all, or none")
    dimension: str = Field(description="the dimension of cooperation, or overall")
    kind: Literal[ModelKind, RecordKind] = Field(description="what kind of rule judges it")
    quotes: Annotated[tuple[Quote, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, description="the article's words that the claim rests on"
    )
    statement: str = Field(min_length=1, description="what is tested, in the study's words")
    data: str = Field(min_length=1, description="the table, indicator or pool that bears on it")
    rule: str = Field(min_length=1, description="what decides it, in words")
    check: dict = Field(description="the same rule as data; its keys depend on the kind")
    note: str | None = Field(None, description="how the rule is read where its words allow two readings")


class Row(Part):
    """What names one row of the results."""

    indicator: Id = Field(description="the indicator, pool or lead")
    model: Id = Field(description="the model of the row")
    estimand: Id = Field(description="what is estimated")
    juncture: Id = Field(description="the juncture, or all")
    vintage: Text = Field("", description="the vintage, where the source has several")


class ShownRow(Row):
    """What names one row that is shown, or its place among the same row of other units."""

    among_peers: bool = Field(False, description="that the row's place among its peers is told in place of its figures")


class ModelCheck(Part):
    """What every check of a model may hold."""

    kind: ModelKind = Field(description="what kind of rule judges the claim")
    shown: Annotated[tuple[ShownRow, ...], BeforeValidator(as_tuple)] = Field(
        (), description="further rows that the reason tells; they decide nothing"
    )
    nothing_on: str | None = Field(None, description="a part of the statement that no table bears on")


class MembersCheck(ModelCheck):
    """The check of an effect or a mean step: rows that decide, each by itself and then together."""

    sign: Literal["positive", "negative"] = Field(description="the claimed direction")
    members: Annotated[tuple[Row, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, description="the rows that decide"
    )


class SeriesCheck(ModelCheck):
    """The check of one series by one model: whether one index moves before another."""

    indicator: Id = Field(description="the indicator, pool or lead whose rows decide")
    model: Id = Field(description="the model of those rows")
    vintage: Text = Field("", description="the vintage, where the source has several")


class StagedCheck(SeriesCheck):
    """The check of a rise at each juncture in turn."""

    junctures: Texts = Field(min_length=1, description="the junctures whose steps belong to the test")
    unit: float = Field(gt=0, description="one declared scale of the series")


class DateRankCheck(SeriesCheck):
    """The check of the dates against all others."""

    sign: Literal["positive", "negative"] = Field(description="the claimed direction")
    junctures: Texts = Field(min_length=1, description="the junctures whose steps belong to the test")


MODEL_CHECKS = {
    "effect": MembersCheck,
    "mean_step": MembersCheck,
    "staged": StagedCheck,
    "date_rank": DateRankCheck,
    "leads": SeriesCheck,
}


def load_claims(path: str | Path, study: Study | None = None) -> list[dict]:
    """Return the claims in their order, as plain data with dates as text.

    `study` gives the junctures and dimensions that a claim may name. Raises StudyError with every problem.
    """
    claims, problems, _ = read_claims(path, study)
    if problems:
        raise StudyError(problems)
    return claims


def read_claims(path: str | Path, study: Study | None = None) -> tuple[list[dict], list[Problem], dict[tuple, int]]:
    """Return the well-formed claims, all problems of the file, and the line of every entry."""
    content, lines, problems = read_yaml(Path(path), NAME)
    form = Form(NAME, lines, problems)
    if content is None and problems:
        return [], problems, lines
    if not isinstance(content, dict) or not isinstance(content.get("claims"), list):
        form.add((), "the file holds no list 'claims'", WHY_NAME, "Begin with 'claims:', each claim after a hyphen.")
        return [], form.problems, lines
    for key in sorted(set(content) - {"claims"}):
        form.add((key,), f"the key '{key}' is unknown", WHY_KEY, nearest(key, ["claims"]))
    claims, seen = [], {}
    for i, entry in enumerate(content["claims"]):
        path_of = ("claims", i)
        claim = form.block(Claim, entry, path_of)
        name = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(name, str) and seen.setdefault(name, i) != i:
            why = "the verdict of one would stand for the other"
            form.add((*path_of, "id"), f"the id '{name}' is given twice", why, "Give each claim an id of its own.")
        if claim is not None:
            _check_claim(form, claim, path_of, study)
            claims.append(_plain(claim.model_dump(mode="python")))
    return claims, form.problems, lines


def _check_claim(form: Form, claim: Claim, path: tuple, study: Study | None) -> None:
    kind = claim.check.get("kind")
    if kind != claim.kind:
        what = f"the check's kind is '{kind}', the claim's '{claim.kind}'"
        remedy = f"Write kind: {claim.kind} in the check, or correct the claim."
        form.add((*path, "check", "kind"), what, WHY_CHECK, remedy)
    elif kind in MODEL_CHECKS:
        form.block(MODEL_CHECKS[kind], claim.check, (*path, "check"))
    if study is None:
        return
    junctures = [juncture.id for juncture in study.junctures]
    _check_one(form, claim.juncture, [*junctures, "all", "none"], "juncture", (*path, "juncture"))
    _check_one(form, claim.dimension, [*study.dimensions, "overall"], "dimension", (*path, "dimension"))
    known = [*study.indicators, *study.pools, *study.leads]
    rows = [((*path, "check"), claim.check)] if kind in MODEL_CHECKS else []
    for key in ("members", "shown"):
        listed = claim.check.get(key) if kind in MODEL_CHECKS else None
        rows += [((*path, "check", key, i), row) for i, row in enumerate(listed if isinstance(listed, list) else ())]
    for place, row in rows:
        if not isinstance(row, dict):
            continue
        if "indicator" in row:
            _check_one(form, row["indicator"], known, "indicator or pool", (*place, "indicator"))
        if "juncture" in row:
            _check_one(form, row["juncture"], [*junctures, "all"], "juncture", (*place, "juncture"))
        if "estimand" in row:
            _check_one(form, row["estimand"], ESTIMANDS, "estimand", (*place, "estimand"))
        named = row.get("junctures")
        for i, juncture in enumerate(named if isinstance(named, list) else ()):
            _check_one(form, juncture, junctures, "juncture", (*place, "junctures", i))


def _check_one(form: Form, name: object, valid: Iterable[str], kind: str, path: tuple) -> None:
    valid = list(valid)
    if name not in valid:
        form.add(path, f"there is no {kind} '{name}'", "the claim could not be judged", nearest(name, valid))


def _plain(value: object) -> object:
    """Return nested data with dates as text and tuples as lists, as JSON holds it."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value
