"""The registry of tables: which function builds each, and from what; light, since every run of Snakemake reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

STUDY = {"study": "processed/meta/study.json"}
CLAIMS = {"claims": "processed/results/claims.csv"}


@dataclass(frozen=True)
class TableKind:
    """One table: the function `tables:name` under junctures.report that builds it, and its inputs as argument -> path.

    The pattern raw/{source}/SOURCE.yaml stands for the file of every source. `question` is what the table answers,
    `ledgers` whose claims it bears on, `model` what estimated its numbers.
    """

    function: str
    inputs: Mapping[str, str]
    question: str
    ledgers: tuple[str, ...] = ()
    model: str = "none"

    def build(self, **arguments):
        """Return the table that its function makes of its inputs."""
        from junctures.report import tables

        return getattr(tables, self.function.removeprefix("tables:"))(**arguments)


MODELS = "the main model of each series: trend and one step a juncture, AR(1) errors marginalised"
TABLES = {
    "findings": TableKind(
        "tables:build_findings", CLAIMS | STUDY, "How many claims have which verdict?", ("tested", "checked")
    ),
    "effects": TableKind(
        "tables:build_effects",
        {"effects": "processed/results/effects.csv"} | STUDY,
        "How large is the step of each series at each juncture?",
        ("tested",),
        MODELS,
    ),
    "designs": TableKind(
        "tables:build_designs",
        {"designs": "processed/results/designs.csv"} | STUDY,
        "How large must a step be for each design to see it?",
        ("tested",),
        f"{MODELS}, on simulated series",
    ),
    "sources": TableKind(
        "tables:build_sources", {"sources": "raw/{source}/SOURCE.yaml"} | STUDY, "Where do the data come from?"
    ),
    "claims": TableKind(
        "tables:build_claims", CLAIMS | STUDY, "What does the article assert, and what follows?", ("tested", "checked")
    ),
}
