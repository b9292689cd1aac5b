"""What the paper's source says: named numbers, sentences that rest on results, quotations, digits typed by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CALL = re.compile(r'\bn\("(?P<name>[^"]+)"(?:, form: "(?P<form>[a-z]+)")?\)')
RESTS = re.compile(r'#rests\("(?P<claims>[^"]+)", "(?P<verdict>[a-z_]+)"\)\[')
GIVEN = re.compile(r'#given\("(?P<condition>[^"]+)"\)\[')
OPTIONAL = re.compile(r'#optional\("(?P<file>[a-z_]+)"\)\[')
SAID = re.compile(r'#said\("(?P<claim>[a-z0-9_]+)", "(?P<words>[^"]+)"\)')
NAMED = re.compile(r'#named\("(?P<name>[^"]+)"\)')
COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?\*/", re.DOTALL)

# The forms in which a digit may stand in the source, each with the reason why it is no number typed by hand.
ALLOWED = {
    "the name of a number, or its format": CALL,
    "a condition, which the build evaluates": GIVEN,
    "the claims under a sentence, which the build compares": RESTS,
    "the file of an optional part": OPTIONAL,
    "the authors' words, which the build compares with claims.yaml": SAID,
    "a name such as Su-35, which the build looks up in the claims": NAMED,
    "a citation or label, whose key may hold a year": re.compile(r"@[A-Za-z][\w:-]*|<[A-Za-z][\w:-]*>"),
}
# Counts in words are results too. One, two and three stay free: they count parts of an argument, not of the data.
WORDS = re.compile(
    r"\b(four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|hundred|thousand)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence that rests on something: its text and line, and the claims with their verdict or the condition."""

    text: str
    line: int
    claims: tuple[str, ...] = ()
    verdict: str = ""
    condition: str = ""


def without_comments(source: str) -> str:
    """Return the source with comments blanked; line numbers stay."""
    return COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), source)


def without_optional(source: str, absent: set[str]) -> str:
    """Return the source without the parts that rest on a file that is absent; line numbers stay."""
    for found in reversed(list(OPTIONAL.finditer(source))):
        if found["file"] in absent:
            end = _closing(source, found.end())
            blank = re.sub(r"[^\n]", " ", source[found.start() : end + 1])
            source = source[: found.start()] + blank + source[end + 1 :]
    return source


def numbers_used(source: str) -> list[tuple[str, str, int]]:
    """Return (name, format or "", line) of each named number, in order of appearance."""
    return [(found["name"], found["form"] or "", _line(source, found.start())) for found in CALL.finditer(source)]


def sentences_resting(source: str) -> list[Sentence]:
    """Return the sentences that rest on verdicts or on conditions, in order of appearance."""
    rests = [
        Sentence(text, line, claims=tuple(found["claims"].split()), verdict=found["verdict"])
        for found, text, line in _wrapped(source, RESTS)
    ]
    given = [Sentence(text, line, condition=found["condition"]) for found, text, line in _wrapped(source, GIVEN)]
    return sorted([*rests, *given], key=lambda sentence: sentence.line)


def quotations(source: str) -> list[tuple[str, str, int]]:
    """Return (claim, words, line) of each quotation from the article."""
    return [(found["claim"], found["words"], _line(source, found.start())) for found in SAID.finditer(source)]


def names_used(source: str) -> list[tuple[str, int]]:
    """Return (name, line) of each name that may hold a digit."""
    return [(found["name"], _line(source, found.start())) for found in NAMED.finditer(source)]


def numbers_typed(source: str) -> list[tuple[str, int]]:
    """Return (what was typed, line) of every digit or count in words outside the allowed forms."""
    text = without_comments(source)
    for form in ALLOWED.values():
        text = form.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    found = [*re.finditer(r"\S*\d\S*", text), *WORDS.finditer(text)]
    return [(each.group(), _line(text, each.start())) for each in sorted(found, key=lambda each: each.start())]


def _wrapped(source: str, form: re.Pattern) -> Iterator[tuple[re.Match, str, int]]:
    for found in form.finditer(source):
        text = source[found.end() : _closing(source, found.end())]
        yield found, " ".join(text.split()), _line(source, found.start())


def _closing(source: str, start: int) -> int:
    """Return where the bracket closes that was opened before `start`; the end of the source where none does."""
    depth = 1
    for place in range(start, len(source)):
        depth += {"[": 1, "]": -1}.get(source[place], 0)
        if depth == 0:
            return place
    return len(source)


def _line(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1
