"""What judging a claim takes and gives: the evidence at hand, and a verdict with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from junctures.inference.rows import Beside, key_of

VERDICTS = {
    "supported": "supported",
    "mixed": "mixed",
    "contradicted": "contradicted",
    "ruled_out": "ruled out",
    "cannot_tell": "cannot tell",
    "untestable": "untestable",
}
ANY = "any"  # the row of simulated verdicts over all claims: the share of studies with at least one


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

    @cached_property
    def rows(self) -> Mapping[tuple[str, ...], dict]:
        """Return every row of results by its key, with its file under `file`; of effects before specifications."""
        found = {}
        for name, table in (("specifications", self.specifications), ("effects", self.effects)):
            file = {"file": f"processed/results/{name}.csv"}
            # The first of equal keys stands, as a reader of the file would find it.
            found |= {key_of(row): row | file for row in reversed(table.to_dict("records"))}
        return found

    @cached_property
    def beside(self) -> Beside:
        """Return the accompanying rows by what they stand beside."""
        return Beside(self.specifications.to_dict("records"))

    def table(self, name: str) -> pd.DataFrame:
        """Return a raw table (text cells, `_row` the line in the file) by its name source/table."""
        return self.tables[name]

    def series(self, indicator: str) -> pd.DataFrame:
        """Return the regular series of an indicator, as in processed/series."""
        return self.all_series[indicator]
