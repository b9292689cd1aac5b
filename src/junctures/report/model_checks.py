"""Claims tested by a model: from rows of the results to a verdict (docs/method.md, "From evidence to verdict")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from junctures.inference.families import LEVEL, fragile_rows, is_robust
from junctures.inference.rows import key_of, sign_of
from junctures.report.judgement import VERDICTS, Data, Verdict
from junctures.report.wording import (
    ESTIMANDS,
    brief,
    capital,
    figures,
    interval,
    listed,
    name_of,
    number,
    p_value,
    phrase,
    place,
    row_name,
    standing,
    text,
)

SIGNS = {"positive": 1, "negative": -1}
DATE_RANK_RULED_OUT = 0.5  # a rank this ordinary speaks against special dates


@dataclass(frozen=True)
class Judged:
    """One member of a claim: its row, the p that decides, its verdict and label, and the rows of Robust it fails in."""

    row: Mapping
    p: float
    verdict: str
    label: str = ""
    fragile: tuple[str, ...] = ()


def find_row(data: Data, member: Mapping, claim: Mapping, instead: Mapping | None = None) -> dict:
    """Return the row that a member names, from effects or else from specifications, with its file under `file`.

    `instead` names the row to take where there is none: that of a model without an estimate, which says the reason.
    Raises ValueError when no row is found.
    """
    key = key_of(member)
    if key in data.rows:
        return data.rows[key]
    if instead is not None:
        return find_row(data, instead, claim)
    raise ValueError(
        f"claim {claim['id']}: neither effects nor specifications have a row {' '.join(filter(None, key))}. "
        "Its verdict rests on that row. Mend the claim's check, or add the model to the config."
    )


def cite(rows: Iterable[Mapping]) -> str:
    """Return the evidence text of result rows: file, then what names each row."""
    texts = [f"{row['file']}: {' '.join(filter(None, (row[c] for c in EVIDENCE_ORDER)))}" for row in rows]
    return "; ".join(dict.fromkeys(texts))


EVIDENCE_ORDER = ("indicator", "vintage", "model", "juncture", "estimand")


def decide(row: Mapping, sign: int, p: float, robust: bool) -> tuple[str, str]:
    """Return verdict and label of one estimate; the rules are asked in the order of docs/method.md.

    `sign` is the claimed direction, `p` the one that decides, `robust` whether every row of Robust agrees.
    """
    if row["p"] != row["p"]:
        return "untestable", ""
    far_end = row["upper"] if sign > 0 else -row["lower"]
    small = far_end < row["smallest_effect"]
    if p <= LEVEL and robust:
        found = sign_of(row) * sign
        if found < 0:
            return "contradicted", ""
        if found > 0:
            return "supported", "small" if small else ""
    return ("ruled_out", "") if small else ("cannot_tell", "")


def combine(verdicts: Iterable[str]) -> str:
    """Return the verdict of a claim with several members, each judged by itself."""
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    if "supported" in found and found & {"contradicted", "ruled_out"}:
        return "mixed"
    return "cannot_tell"


def judge_effect(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict of a step or slope at a juncture, each member by its p after Holm in the claim's family.

    `check`: members (keys of result rows), sign (positive or negative), shown (further keys), nothing_on (a part of the
    claim that no table bears on). A coverage-flagged indicator is at most cannot_tell and is in no family.
    """
    return _judge_members(check, claim, data, check["members"], adjusted=True)


def judge_mean_step(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict of a mean step a juncture, by its own unadjusted p; `check` as for an effect."""
    return _judge_members(check, claim, data, check["members"], adjusted=False)


def _judge_members(check: Mapping, claim: Mapping, data: Data, keys: Iterable[Mapping], adjusted: bool) -> Verdict:
    sign = SIGNS[check["sign"]]
    members = [_judge_member(find_row(data, key, claim), sign, claim, data, adjusted) for key in keys]
    verdict = combine(member.verdict for member in members)
    flagged = any(member.row["coverage_flag"] == "yes" for member in members)
    capped = flagged and verdict not in ("cannot_tell", "untestable")
    label = "small" if verdict == "supported" and all(member.label == "small" for member in members) else ""
    sentences = _tell(members, sign, adjusted and not flagged)
    if flagged:
        numbers = f"; by the numbers alone it would be {VERDICTS[verdict]}" if capped else ""
        sentences.append(
            f"Its table does not cover all years alike, so that no verdict beyond cannot tell may rest on it{numbers}."
        )
    known = [member.p for member in members if member.p == member.p]
    return Verdict(
        verdict="cannot_tell" if capped else verdict,
        label="" if capped else label,
        reason=" ".join([*sentences, *_shown(check, claim, data, [member.row for member in members])]),
        evidence=cite(member.row for member in members),
        p=max(known) if known else None,
    )


def _judge_member(row: dict, sign: int, claim: Mapping, data: Data, adjusted: bool) -> Judged:
    p = row["p"]
    if adjusted and p == p and row["coverage_flag"] != "yes":
        p = row["p_holm"]
        if p != p:
            raise ValueError(
                f"claim {claim['id']}: the row {' '.join(filter(None, key_of(row)))} has no p after Holm. A claim of "
                "kind effect is judged within its family. Check `families` in config.yaml and the claim's members."
            )
    robust = bool(is_robust(row, data.beside))
    verdict, label = decide(row, sign, p, robust)
    fragile = () if robust else tuple(fragile_rows(row, data.beside)) if row["p"] <= LEVEL else ()
    return Judged(row, p, verdict, label, fragile)


def _tell(members: Iterable[Judged], sign: int, adjusted: bool) -> list[str]:
    """Return a sentence a member, or one for all where the same rule decided each."""
    rows = [member.row | {"adjusted": member.p if adjusted else None} for member in members]
    whys = [_why(member, sign) for member in members]
    if len(rows) > 1 and len(set(whys)) == 1:
        return [f"{capital(phrase(rows, _decisive))}. Each: {whys[0]}."]
    return [f"{capital(phrase([row], _decisive))}; {why}." for row, why in zip(rows, whys, strict=True)]


def explain(member: Judged, sign: int, adjusted: bool) -> str:
    """Return one sentence with a member's figures and the rule that decided it; `adjusted` says that its p is."""
    return _tell([member], sign, adjusted)[0]


def _decisive(row: Mapping) -> str:
    return figures(row, row["adjusted"])


def _why(member: Judged, sign: int) -> str:
    """Return in words which rule decided a member."""
    row, smallest = member.row, number(member.row["smallest_effect"])
    if member.verdict == "untestable":
        return "so nothing can be tested"
    if member.verdict == "contradicted":
        return "the opposite of what is claimed, in every row of Robust too"
    if member.verdict == "supported":
        small = f", though the whole interval lies below the smallest effect of interest, {smallest}"
        return f"as claimed, in every row of Robust too{small if member.label else ''}"
    fails = f"it does not stand in the rows {listed(_readable(member.fragile))}" if member.fragile else ""
    if member.verdict == "ruled_out":
        direction = "" if sign > 0 else " fall"
        ruled = f"the whole interval lies below the smallest{direction} effect of interest, {smallest}"
        return f"{fails}, and {ruled}" if fails and member.p <= LEVEL else ruled
    if fails and member.p <= LEVEL:
        return fails
    if member.row["p"] <= LEVEL < member.p:
        return "not distinguishable from zero once the other tests of its family are allowed for"
    if member.p <= LEVEL:
        return "no row of Robust exists to confirm it"
    if row["smallest_effect"] != row["smallest_effect"]:
        return "the interval holds zero, and a count of zero before the juncture gives no smallest effect of interest"
    return f"the interval holds zero and effects beyond the smallest of interest, {smallest}"


def _readable(names: Iterable[str]) -> list[str]:
    """Return names of Robust rows as words, at most five of them."""
    names = list(names)
    words = [row_name(name) for name in names[:5]]
    return words if len(names) <= 5 else [*words, f"{len(names) - 5} more"]


def _shown(check: Mapping, claim: Mapping, data: Data, decisive: Iterable[Mapping]) -> list[str]:
    """Return the sentences about what else gives the decisive rows, about rows shown, and what nothing bears on."""
    keys = check.get("shown", ())
    rows = [find_row(data, key, claim) for key in keys if not key.get("among_peers")]
    placed = [_find_place(data, key, claim) for key in keys if key.get("among_peers")]
    sentences = [
        f"A p of at most .05 here ({ESTIMANDS[row['estimand']]}{place(row)}) also comes from {row['mimics']}."
        for row in decisive
        if text(row.get("mimics"))
    ]
    if rows:
        sentences.append(f"Shown, without deciding: {phrase(rows, brief)}.")
    if placed:
        sentences.append(f"Other units taken as pseudo-outcomes, without deciding: {phrase(placed, standing)}.")
    if check.get("nothing_on"):
        sentences.append(f"No table here bears on {check['nothing_on']}.")
    return sentences


def _find_place(data: Data, key: Mapping, claim: Mapping) -> dict:
    """Return the row of placebo_outcomes that says where the row of a key stands among its peers."""
    found = data.placebo_outcomes
    for column, value in {**{name: key[name] for name in EVIDENCE_ORDER if name != "vintage"}, "unit": "main"}.items():
        found = found[found[column] == value] if len(found) else found
    if not len(found):
        named = " ".join(key[column] for column in EVIDENCE_ORDER if key.get(column))
        raise ValueError(
            f"claim {claim['id']}: placebo_outcomes have no row {named}. Its place among other units is to be shown. "
            "Give the indicator `peers` in the config, or take the row out of the check."
        )
    return found.iloc[0].to_dict()


def judge_staged(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return the verdict of a rise at each juncture in turn, above the trend.

    `check`: indicator, model, vintage, junctures, unit (one declared scale of the series, which `ruled out` is held
    against), shown. Supported: the staged p, that with a quadratic trend and the date rank's p each at most .05, and
    the three steps keep their sign in the rows of Robust. Contradicted and ruled out rest on the mean step.
    """
    base = _base(check) | {"estimand": "mean_step"}
    curved = base | {"model": "quadratic"}
    mean = find_row(data, base, claim)
    staged, rank = (find_row(data, base | {"estimand": e}, claim, instead=base) for e in ("staged", "date_rank"))
    quadratic = find_row(data, curved | {"estimand": "staged"}, claim, instead=curved)
    steps = [find_row(data, base | {"juncture": j, "estimand": "step"}, claim) for j in check["junctures"]]
    turned = {place(s): fragile_rows(s, data.beside, ask_p=False) for s in steps}
    verdict = _decide_staged(staged, rank, quadratic, mean, steps, any(turned.values()), check["unit"], data)
    label = capital(name_of(staged))
    figures_told = _staged_sentence(label, staged, quadratic, rank, steps, mean)
    decisive = [staged, rank, mean, *steps]
    told = [figures_told, _staged_why(verdict, turned, check["unit"])]
    reason = " ".join([*told, *_shown(check, claim, data, decisive)])
    return Verdict(verdict, reason, cite([staged, quadratic, rank, mean, *steps]), p=_known(staged["p"]))


def _base(check: Mapping) -> dict:
    """Return the key of the rows over all junctures that a check names."""
    vintage = check.get("vintage", "")
    return {"indicator": check["indicator"], "vintage": vintage, "juncture": "all", "model": check["model"]}


def _decide_staged(staged, rank, quadratic, mean, steps, turned: bool, unit: float, data: Data) -> str:
    if mean["p"] != mean["p"]:
        return "untestable"
    if sign_of(mean) < 0 and mean["p"] <= LEVEL and is_robust(mean, data.beside):
        return "contradicted"
    if all(row["p"] <= LEVEL for row in (staged, rank, quadratic)) and not turned:
        return "supported"
    if mean["upper"] < unit and any(step["upper"] < unit for step in steps):
        return "ruled_out"
    return "cannot_tell"


def _staged_sentence(label: str, staged: Mapping, quadratic: Mapping, rank: Mapping, steps, mean: Mapping) -> str:
    if mean["p"] != mean["p"]:
        return f"{label}: no estimate ({staged['reason']})."
    each = listed(_step_figures(step) for step in steps)
    return (
        f"{label}: steps {each}; a rise at every juncture has {p_value(staged['p'])}, with a quadratic trend "
        f"{figures(quadratic)}; the junctures' dates have {figures(rank)}; mean step {figures(mean)}."
    )


def _step_figures(step: Mapping) -> str:
    return f"{number(step['estimate'], signed=True)} ({interval(step)}){place(step)}"


def _staged_why(verdict: str, turned: Mapping[str, list[str]], unit: float) -> str:
    changed = [f"the step{where} in the rows {listed(_readable(rows))}" for where, rows in turned.items() if rows]
    signs = f"A step changes its sign: {'; '.join(changed)}." if changed else ""
    words = {
        "untestable": "Nothing can be tested.",
        "contradicted": "The mean step is the opposite of what is claimed, in every row of Robust too.",
        "supported": "All three tests hold and no step changes its sign in the rows of Robust.",
        "ruled_out": "The whole interval of the mean step, and that of at least one step, lies below one declared "
        f"scale{'' if unit == 1 else f', {unit:g}'}.",
        "cannot_tell": "Not every test of a staged rise holds, and the intervals do not exclude one.",
    }
    return " ".join(filter(None, (words[verdict], signs if verdict == "cannot_tell" else "")))


def judge_date_rank(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return whether a series changes at its juncture dates more than at other sets of dates, by the calibrated rank.

    `check`: indicator, model, vintage, junctures, sign, shown. The rank is blind to sign: supported asks that no step
    of the opposite sign has a p of at most .05.
    """
    base = _base(check)
    rank = find_row(data, base | {"estimand": "date_rank"}, claim)
    steps = [find_row(data, base | {"juncture": j, "estimand": "step"}, claim) for j in check["junctures"]]
    sign = SIGNS[check["sign"]]
    opposite = [f"the step{place(s)}" for s in steps if s["p"] <= LEVEL and sign_of(s) == -sign]
    against = f"; {listed(opposite)} {'goes' if len(opposite) == 1 else 'go'} the other way" if opposite else ""
    if rank["p"] != rank["p"]:
        verdict, why = "untestable", "nothing can be tested"
    elif rank["p"] <= LEVEL and not opposite:
        verdict, why = "supported", "few series with a trend and no step rank these dates as high"
    elif rank["p"] >= DATE_RANK_RULED_OUT:
        verdict, why = "ruled_out", "at least half of all series with a trend and no step rank these dates as high"
    else:
        verdict, why = "cannot_tell", f"series with a trend and no step may well rank these dates as high{against}"
        why = f"the rank is rare without a change, but it is blind to direction{against}" if rank["p"] <= LEVEL else why
    sentence = f"{capital(name_of(rank))}: the junctures' dates have {figures(rank)}; {why}."
    return Verdict(
        verdict, " ".join([sentence, *_shown(check, claim, data, [rank])]), cite([rank, *steps]), p=_known(rank["p"])
    )


def judge_leads(check: Mapping, claim: Mapping, data: Data) -> Verdict:
    """Return whether one series moves before another, by the leader's values of the year before and the year after.

    `check`: indicator (the id of the lead test), model, shown.
    """
    base = _base(check)
    before = find_row(data, base | {"estimand": "lead_before"}, claim)
    after = find_row(data, base | {"estimand": "lead_after"}, claim)
    leads, follows, reversed_ = _holds(before, 1, data), _holds(after, 1, data), _holds(before, -1, data)
    if before["p"] != before["p"] or after["p"] != after["p"]:
        verdict, why = "untestable", "nothing can be tested"
    elif reversed_:
        verdict, why = "contradicted", "a higher leader is followed by a lower outcome, in every row of Robust too"
    elif follows and not leads:
        verdict, why = "contradicted", "the outcome moves first, in every row of Robust too"
    elif leads and not follows:
        verdict, why = "supported", "the leader moves first, in every row of Robust too"
    elif before["upper"] < before["smallest_effect"]:
        verdict, why = (
            "ruled_out",
            "the whole interval of the year before lies below the smallest coefficient of interest",
        )
        why += f", {number(before['smallest_effect'])} declared scales of the outcome for each one of the leader"
    else:
        verdict, why = "cannot_tell", _leads_undecided(before, after, leads and follows, data)
    sentence = (
        f"{capital(name_of(before))}: coefficient of the year before {figures(before)}, "
        f"of the year after {figures(after)}; {why}."
    )
    return Verdict(
        verdict, " ".join([sentence, *_shown(check, claim, data, ())]), cite([before, after]), p=_known(before["p"])
    )


def _holds(row: Mapping, sign: int, data: Data) -> bool:
    return bool(row["p"] <= LEVEL and sign_of(row) == sign and is_robust(row, data.beside))


def _leads_undecided(before: Mapping, after: Mapping, both: bool, data: Data) -> str:
    if both:
        return "both years go with the outcome, so that neither comes first"
    for row, name in ((before, "before"), (after, "after")):
        if row["p"] <= LEVEL and (failed := fragile_rows(row, data.beside)):
            return f"the coefficient of the year {name} does not stand in the rows {listed(_readable(failed))}"
    return "the interval of the year before holds zero and coefficients beyond the smallest of interest"


def _known(p: float) -> float | None:
    return None if p != p else p


Judge = Callable[[Mapping, Mapping, Data], Verdict]
MODEL_CHECKS: dict[str, Judge] = {
    "effect": judge_effect,
    "mean_step": judge_mean_step,
    "staged": judge_staged,
    "date_rank": judge_date_rank,
    "leads": judge_leads,
}
