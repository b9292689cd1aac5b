"""What judging a claim takes and gives: the evidence at hand, and a verdict with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

VERDICTS = {
    "supported": "supported",
    "mixed": "mixed",
    "contradicted": "contradicted",
    "ruled_out": "ruled out",
    "cannot_tell": "cannot tell",
    "untestable": "untestable",
}


@dataclass(frozen=True)
class Verdict:
    """One verdict: its word, the rows it rests on, and one plain sentence with its figures."""

    verdict: str
    reason: str
    evidence: str = ""
    label: str = ""
    p: float | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"'{self.verdict}' is no verdict; it must be one of {', '.join(VERDICTS)}")


@dataclass(frozen=True)
class Data:
    """The evidence: results of the tests, regular series, and raw tables without the article's own rows and cells.

    `placebo_outcomes` holds where an indicator or pool stands among its peers.
    """

    effects: pd.DataFrame
    specifications: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    all_series: Mapping[str, pd.DataFrame]
    placebo_outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)

    def table(self, name: str) -> pd.DataFrame:
        """Return a raw table (text cells, `_row` the line in the file) by its name source/table."""
        return self.tables[name]

    def series(self, indicator: str) -> pd.DataFrame:
        """Return the regular series of an indicator, as in processed/series."""
        return self.all_series[indicator]
