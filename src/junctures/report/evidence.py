"""What a claim's evidence names: files, and the rows of each that decide or are shown."""

from collections.abc import Iterator
from dataclasses import dataclass

RESULTS = "processed/results/"


@dataclass(frozen=True)
class Cited:
    """One part of an evidence text: a file of the study and the words that name its rows (none: the whole file)."""

    file: str
    words: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """The line numbers of the cited rows of a raw table."""
        return tuple(int(word) for word in self.words if word.isdecimal()) if self.file.startswith("raw/") else ()

    @property
    def row(self) -> dict[str, str]:
        """What names a row of the results: indicator, model, juncture, estimand, and vintage where there is one."""
        if not self.file.startswith(RESULTS) or len(self.words) not in (4, 5):
            return {}
        vintage = {"vintage": self.words[1]} if len(self.words) == 5 else {}
        model, juncture, estimand = self.words[-3:]
        return {"indicator": self.words[0], **vintage, "model": model, "juncture": juncture, "estimand": estimand}


def read_evidence(evidence: object) -> Iterator[Cited]:
    """Yield each part of the evidence in claims.csv, as `model_checks.cite` and the checks of records write it.

    Parts look like `processed/results/effects.csv: exercises primary pivot step` or `raw/unsc_votes/votes.csv: row 3`.
    """
    for part in evidence.split("; ") if isinstance(evidence, str) else ():
        file, _, words = part.strip().partition(": ")
        if file:
            yield Cited(file, tuple(words.split()))
