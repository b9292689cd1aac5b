"""How figures are put into a plain sentence: numbers, p-values, rows and lists, the same in every reason."""

from collections.abc import Iterable, Mapping

SCALES = {
    "sqrt": "on the square-root scale",
    "log": "in logs",
    "arcsine_sqrt": "on the arcsine square-root scale",
    "level": "in points",
    "index": "declared scales",
}
ESTIMANDS = {
    "step": "step",
    "mean_step": "mean step a juncture",
    "ramp": "change of slope",
    "slope_change": "change of slope",
    "gap_1": "gap one year on",
    "gap_2": "gap two years on",
    "lead_before": "coefficient of the year before",
    "lead_after": "coefficient of the year after",
    "lead_same": "coefficient of the same year",
    "staged": "rise at every juncture",
    "date_rank": "rank of the dates",
}


SLOPES = ("ramp", "slope_change")


def number(value: float, signed: bool = False) -> str:
    """Return a number with two decimals, or with two significant digits when it is under .1."""
    digits = ".2f" if abs(value) >= 0.095 or value == 0 else ".2g"
    return f"{value:{'+' if signed else ''}{digits}}"


def p_value(p: float) -> str:
    """Return a p-value as text, with three decimals."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def listed(words: Iterable[str]) -> str:
    """Return words joined by commas and `and`."""
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


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
        parts.append(described)
    a_period = f" a {row['frequency']}" if row["estimand"] in SLOPES else ""
    return f"{number(row['estimate'], signed=True)}{scale}{a_period} ({'; '.join(parts)})"


def text(cell: object) -> str:
    """Return a cell as text; a column of blanks only is read as numbers that are missing."""
    return cell if isinstance(cell, str) else ""


def place(row: Mapping) -> str:
    """Return where an estimate sits: the juncture with its first treated period, or nothing for all junctures."""
    if row["juncture"] == "all":
        return ""
    return f" at {row['juncture']}" + (f" ({row['first_treated']})" if text(row.get("first_treated")) else "")


def models(row: Mapping) -> str:
    """Return the model's name in brackets where it is not the main one of an indicator or pool."""
    main = row["model"] in ("primary", "leads") or row["model"].startswith("pool_")
    return "" if main else f" in the model {row['model']}"


def name_of(row: Mapping) -> str:
    """Return the name of a row's series as people read it: what its sentence says before the window; else the id."""
    head, window, _ = row["sentence"].partition(f" ({row['window_start']} to ")
    vintage = f", vintage {row['vintage']}" if text(row.get("vintage")) else ""
    return head.removesuffix(vintage) if window else row["indicator"]


def phrase(row: Mapping, adjusted: float | None = None) -> str:
    """Return one row as a phrase: who, which estimand, where, its figures."""
    vintage = f", vintage {row['vintage']}" if text(row.get("vintage")) else ""
    return f"{name_of(row)}{vintage}: {ESTIMANDS[row['estimand']]}{place(row)}{models(row)} {figures(row, adjusted)}"


def brief(row: Mapping) -> str:
    """Return one row as a short phrase, for rows that are shown and decide nothing."""
    vintage = f", vintage {row['vintage']}" if text(row.get("vintage")) else ""
    head = f"{name_of(row)}{vintage}: {ESTIMANDS[row['estimand']]}{place(row)}{models(row)}"
    if row["p"] != row["p"] or row["estimand"] in ("staged", "date_rank"):
        return f"{head}: {figures(row)}"
    return f"{head} {number(row['estimate'], signed=True)} ({interval(row)}; {p_value(row['p'])})"


def interval(row: Mapping) -> str:
    """Return the ends of a 95 % interval as text."""
    return f"{number(row['lower'])} to {number(row['upper'])}"
