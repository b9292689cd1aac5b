"""The registry of tables: which function builds each, and from what; light, since every run of Snakemake reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

STUDY = {"study": "processed/meta/study.json"}
CLAIMS = {"claims": "processed/results/claims.csv"}


@dataclass(frozen=True)
class TableKind:
    """One table: the function `tables:name` under junctures.report that builds it, and its inputs as argument -> path.

    The pattern raw/{source}/SOURCE.yaml stands for the file of every source.
    """

    function: str
    inputs: Mapping[str, str]

    def build(self, **arguments):
        """Return the table that its function makes of its inputs."""
        from junctures.report import tables

        return getattr(tables, self.function.removeprefix("tables:"))(**arguments)


TABLES = {
    "findings": TableKind("tables:build_findings", CLAIMS | STUDY),
    "effects": TableKind("tables:build_effects", {"effects": "processed/results/effects.csv"} | STUDY),
    "designs": TableKind("tables:build_designs", {"designs": "processed/results/designs.csv"} | STUDY),
    "sources": TableKind("tables:build_sources", {"sources": "raw/{source}/SOURCE.yaml"} | STUDY),
    "claims": TableKind("tables:build_claims", CLAIMS | STUDY),
}
