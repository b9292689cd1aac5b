"""Claims checked against records: what each part's rows say, and the verdict that they make together.

`check` in claims.yaml is the rule as data: a kind, its parts (each of a form of `records_parts` or `records_tests`),
parts that no column could decide (`missing`), and what is shown beside them. The code knows no claim and no answer.
"""

from collections.abc import Callable, Mapping

from junctures.report import records_parts, records_rounds, records_tests
from junctures.report.judgement import Data, Verdict
from junctures.report.records_ordering import judge_ordering
from junctures.report.records_parts import DISPUTED, FAILS, HOLDS, MISSING, MIXED, OPEN, Finding
from junctures.report.records_quantities import Sources
from junctures.report.records_shown import show
from junctures.report.records_where import misuse, need
from junctures.report.wording import capital

Judge = Callable[[Mapping, Mapping, Data], Verdict]

WORDS = {
    HOLDS: "holds",
    FAILS: "fails",
    MIXED: "partly holds",
    DISPUTED: "disputed",
    OPEN: "left open",
    MISSING: "beyond the tables",
}


def judge_first(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on something being the first of its sort."""
    return _judge_parts(check, data, "first", ("first",))


def judge_regular(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on something being held every year, or in rounds so many days apart."""
    return _judge_parts(check, data, "every_year", ("every_year", "rounds"))


def judge_extreme(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on something being the largest, the most or the first named so far or in a span of years."""
    return _judge_parts(check, data, "record", ("record", "compare", "rows"))


def judge_share(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on a share of a whole."""
    return _judge_parts(check, data, "compare", ("compare",))


def judge_trend(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on numbers of two times: compared as they are, by ranks, or as rates."""
    return _judge_parts(check, data, "compare", ("compare", "ranks", "rates"))


def judge_recorded(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict on things being recorded as stated, part by part."""
    return _judge_parts(check, data, "rows", ("rows", "either", "between", "cases", "compare"))


def _judge_parts(check: Mapping, data: Data, default: str, allowed: tuple[str, ...]) -> Verdict:
    need(check, f"check of kind {check['kind']}", ["kind"], ["parts", "missing", "shown"])
    findings: list[tuple[Mapping, Finding]] = []
    for part in check.get("parts", []):
        need(part, f"part of a check of kind {check['kind']}", ["id", "text"], part)
        form = part.get("form", default)
        if form not in allowed:
            raise misuse(
                f"claims.yaml: a check of kind {check['kind']} has a part of form '{form}'",
                f"A part of this kind has one of the forms {', '.join(allowed)}.",
            )
        findings.append((part, FORMS[form](part, data)))
    missing = list(check.get("missing", []))
    if not findings and not missing:
        raise misuse(
            f"claims.yaml: a check of kind {check['kind']} has no parts", "Give it parts, or say what is missing."
        )
    verdict = combine([(f.outcome, part.get("main", False)) for part, f in findings], bool(missing))
    sources = Sources()
    for _, finding in findings:
        sources.merge(finding.sources)
    shown = [show(item, data, sources) for item in check.get("shown", [])]
    tested = [finding.p for _, finding in findings if finding.p is not None]
    return Verdict(verdict, _reason(findings, missing, shown), sources.text(), p=max(tested) if tested else None)


def combine(outcomes: list[tuple[str, bool]], missing: bool = False) -> str:
    """Return the verdict word of parts, each an outcome and whether the rule calls it main (method.md, section 7).

    Nothing bears on a main part, or on any: cannot_tell, and untestable when no column could (`missing` parts alone).
    """
    if not outcomes:
        return "untestable" if missing else "cannot_tell"
    heard = [outcome for outcome, _ in outcomes if outcome != OPEN]
    if not heard or any(main and outcome == OPEN for outcome, main in outcomes):
        return "cannot_tell"
    if all(outcome == HOLDS for outcome in heard):
        return "supported"
    if all(outcome == FAILS for outcome in heard):
        return "contradicted"
    return "mixed"


def _reason(findings: list[tuple[Mapping, Finding]], missing: list[str], shown: list[str]) -> str:
    groups: dict[str, list[str]] = {}
    for part, finding in findings:
        words = f"{part['text']} ({finding.words})" if finding.words else part["text"]
        groups.setdefault(finding.outcome, []).append(words)
    if missing:
        groups[MISSING] = missing
    told = [f"{WORDS[outcome]}: {'; '.join(groups[outcome])}" for outcome in WORDS if outcome in groups]
    told += [f"shown beside it: {'; '.join(shown)}"] if shown else []
    return ". ".join(capital(each) for each in told) + "."


FORMS = records_parts.FORMS | {
    "every_year": records_rounds.every_year_form,
    "rounds": records_rounds.rounds_form,
    "ranks": records_tests.ranks_form,
    "rates": records_tests.rates_form,
}
JUDGES: dict[str, Judge] = {
    "first": judge_first,
    "regular": judge_regular,
    "extreme": judge_extreme,
    "share": judge_share,
    "trend": judge_trend,
    "recorded": judge_recorded,
    "ordering": judge_ordering,
}
