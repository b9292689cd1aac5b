"""How figures are put into a plain sentence: numbers, p-values, rows and lists, the same in every reason."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

SCALES = {
    "sqrt": "on the square-root scale",
    "log": "in logs",
    "arcsine_sqrt": "on the arcsine square-root scale",
    "level": "in points",
    "index": "declared scales",
    "ratio": "as a rate ratio",
}
ESTIMANDS = {
    "step": "step",
    "mean_step": "mean step a juncture",
    "ramp": "change of slope",
    "slope_change": "change of slope",
    "gap_1": "gap one year on",
    "gap_2": "gap two years on",
    "gap_total": "cumulative gap",
    "lead_before": "coefficient of the year before",
    "lead_after": "coefficient of the year after",
    "lead_same": "coefficient of the same year",
    "staged": "rise at every juncture",
    "date_rank": "the junctures' dates",
}
SLOPES = ("ramp", "slope_change")
RATE_RATIO = 1.5  # the smallest effect of interest of a count that declares no other (docs/method.md, "Outcomes")
ROWS = {"ols": "OLS", "reml": "REML", "start_later": "starting later", "start_earlier": "starting earlier"}


def number(value: float, signed: bool = False) -> str:
    """Return a number with two decimals, or with two significant digits when it is under .1."""
    digits = ".2f" if abs(value) >= 0.095 or value == 0 else ".2g"
    return f"{value:{'+' if signed else ''}{digits}}"


def p_value(p: float) -> str:
    """Return a p-value as text, with three decimals."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words joined by commas and, before the last one, `and` or `or`."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def capital(text: str) -> str:
    """Return text with a capital first letter, its other letters as they are."""
    return text[:1].upper() + text[1:]


def figures(row: Mapping, adjusted: float | None = None) -> str:
    """Return an estimate with its interval, p and size in everyday units; `adjusted` is the p after Holm."""
    if row["p"] != row["p"]:
        return f"no estimate ({row['reason']})"
    if row["estimand"] == "staged":
        return p_value(row["p"])
    if row["estimand"] == "date_rank":
        return f"{row['reason']}, {p_value(row['p'])}"
    scale = "" if row["estimand"].startswith("lead") else f" {SCALES[row['scale']]}"
    parts = [f"95 % interval {interval(row)}", p_value(row["p"])]
    if adjusted is not None:
        parts[-1] += f", after Holm {adjusted:.3f}" if adjusted >= 0.001 else ", after Holm < 0.001"
    if described := text(row.get("described")):
        parts.append(f"{described} by quasi-Poisson" if described.startswith("rate ratio") else described)
    a_period = f" a {row['frequency']}" if row["estimand"] in SLOPES else ""
    return f"{number(row['estimate'], signed=True)}{scale}{a_period} ({'; '.join(parts)})"


def text(cell: object) -> str:
    """Return a cell as text; a column of blanks only is read as numbers that are missing."""
    return cell if isinstance(cell, str) else ""


def place(row: Mapping) -> str:
    """Return where an estimate sits: its first treated period (else its juncture), or nothing for all junctures."""
    if row["juncture"] == "all":
        return ""
    start = text(row.get("first_treated"))
    return f" from {start} on" if start else f" at {row['juncture']}"


def models(row: Mapping) -> str:
    """Return the model's name in brackets where it is not the main one of an indicator or pool."""
    main = row["model"] in ("primary", "leads") or row["model"].startswith("pool_")
    return "" if main else f" (model {row['model']})"


def row_name(name: str) -> str:
    """Return the name of a row of Robust as people read it."""
    years = re.sub(r"^(end|start)_(?=\d)", lambda found: f"{found[1]}ing in ", name)
    return ROWS.get(name, years.replace("_", " "))


def name_of(row: Mapping) -> str:
    """Return the name of a row's series as people read it: what its sentence says before the window; else the id."""
    head, window, _ = row["sentence"].partition(f" ({row['window_start']} to ")
    vintage = f", vintage {row['vintage']}" if text(row.get("vintage")) else ""
    return head.removesuffix(vintage) if window else row["indicator"]


def phrase(rows: Iterable[Mapping], tell: Callable[[Mapping], str] = figures) -> str:
    """Return rows as one phrase: who, which estimand, where, and the figures that `tell` makes of a row.

    Neighbours that differ only in their vintage share their head.
    """
    parts = []
    for head, group in groupby(rows, key=_head):
        each = [(f"vintage {row['vintage']} " if text(row.get("vintage")) else "") + tell(row) for row in group]
        parts.append(f"{head}: {'; '.join(each)}")
    return "; ".join(parts)


def _head(row: Mapping) -> str:
    return f"{name_of(row)}, {ESTIMANDS[row['estimand']]}{place(row)}{models(row)}"


def brief(row: Mapping) -> str:
    """Return the figures of a row that is shown and decides nothing: estimate, interval, p."""
    if row["p"] != row["p"] or row["estimand"] in ("staged", "date_rank"):
        return figures(row)
    # A ratio has no sign: it is above or below 1.
    return f"{number(row['estimate'], signed=row.get('scale') != 'ratio')} ({interval(row)}; {p_value(row['p'])})"


def standing(row: Mapping) -> str:
    """Return where a row stands among its peers, the same procedure on other units."""
    if row["rank"] != row["rank"]:
        return f"no place among its peers ({row['reason'] or 'none has an estimate'})"
    clear = "a p as small" if row["estimand"] == "staged" else "an effect as clear in its direction"
    which = f"{row['rank'] - 1:.0f} of {row['n_peers']:.0f} {row['peers']}"
    return f"{which} have {clear}, placebo {p_value(row['placebo_p'])}"


def interval(row: Mapping) -> str:
    """Return the ends of a 95 % interval as text."""
    return f"{number(row['lower'])} to {number(row['upper'])}"
