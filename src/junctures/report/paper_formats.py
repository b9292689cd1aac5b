"""How the paper writes numbers: by the column they come from, or by a format that the sentence asks for."""

from collections.abc import Callable
from datetime import date

from junctures.report.judgement import VERDICTS
from junctures.report.wording import number, p_value

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SHARES = ("size", "positive", "share", "chance", "rate", "wrong", *VERDICTS)
COUNTS = ("n", "n_sets", "n_dates", "n_peers", "rank", "rank_absolute", "number", "rows", "draws", "studies")
P_VALUES = ("p", "p_holm", "p_bh", "p_joint", "smallest_p", "placebo_p", "placebo_p_absolute")
SIGNED = ("estimate", "median")


def minus(text: str) -> str:
    """Return a number's text with a true minus."""
    return text.replace("-", "−")


def count(value: float) -> str:
    """Return a whole number as text, with a comma at thousands; years, which come as text, stay."""
    return value if isinstance(value, str) else f"{int(value):,}"


def word(value: float) -> str:
    """Return a count as a word up to twelve, else in digits."""
    return WORDS[int(value)] if int(value) < len(WORDS) else count(int(value))


def percent(value: float) -> str:
    """Return a share as a whole number of per cent."""
    return f"{100 * float(value):.0f}"


def day(value: date) -> str:
    """Return a day as British readers write it."""
    return f"{value.day} {value:%B %Y}"


FORMATS: dict[str, Callable] = {
    "count": count,
    "word": word,
    "capital": lambda value: word(value).capitalize(),
    "percent": percent,
    "one": lambda value: minus(f"{float(value):.1f}"),
    "plain": lambda value: minus(f"{value:g}" if isinstance(value, float) else str(value)),
    "bare": lambda value: p_value(float(value)).removeprefix("p = "),
    "signed": lambda value: minus(number(float(value), signed=True)),
    "size": lambda value: number(abs(float(value))),
    "complement": lambda value: percent(1 - 2 * float(value)),
    "year": lambda value: str(value)[:4],
    "month": lambda value: f"{date.fromisoformat(value):%B %Y}",
    "day": day,
    "interval": lambda lower, upper: minus(f"{number(lower)} to {number(upper)}"),
}


def format_of(value: object, column: str, form: str = "", as_found: str = "") -> str:
    """Return a value as the paper writes it: as asked for, else as its column is written.

    `as_found` is the pattern of a number found in a text, which stays as it stands there. Raises LookupError for an
    unknown format.
    """
    if form:
        if form not in FORMATS:
            raise LookupError(f"no format is called '{form}'; use one of {', '.join(FORMATS)}")
        return FORMATS[form](value)
    if as_found:
        return minus(str(value))
    if column in P_VALUES:
        return p_value(float(value))
    if column in SIGNED:
        return minus(number(float(value), signed=True))
    if column in SHARES or column.startswith("power_"):
        return percent(value)
    if column in COUNTS or isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return minus(number(value))
    return minus(str(value)) if _is_number(value) else str(value)


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True
