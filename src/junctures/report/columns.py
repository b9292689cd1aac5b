"""What every column of a published table holds, and which columns tell its rows apart: the codebook of results."""

from pathlib import Path

import yaml

# Column -> (type, meaning), as in every file that has it; types are those of a Table Schema.
COLUMNS = {
    "best_1": ("string", "Best set of three dates, by residual sum of squares."),
    "best_2": ("string", "Second best set of three dates."),
    "best_3": ("string", "Third best set of three dates."),
    "best_4": ("string", "Fourth best set of three dates."),
    "best_5": ("string", "Fifth best set of three dates."),
    "blank": ("string", "What a blank cell of the column means; blank where none may be."),
    "cannot_tell": ("integer", "Number of claims with this verdict."),
    "chance": ("number", "The same share averaged over series that were simulated without any step."),
    "citation": ("string", "What a user must cite, as keys of paper/references.bib or in full."),
    "claim": ("string", "Id of the claim in claims.yaml."),
    "claims": ("integer", "Number of claims."),
    "column": ("string", "Name of the column."),
    "columns": ("integer", "Number of columns of the table."),
    "contradicted": ("integer", "Number of claims with this verdict."),
    "control": ("string", "Whether the model has a control series: yes or no."),
    "correlation": ("number", "Largest absolute correlation of the juncture's column of the design with another's."),
    "count": ("integer", "Number of date sets in the bin."),
    "coverage_flag": ("string", "Whether the table's coverage forbids a verdict: yes or no."),
    "date_accessed": ("string", "When the source was read."),
    "described": ("string", "The estimate in everyday units, such as a rate ratio."),
    "dimension": ("string", "Dimension of cooperation that the claim is about, an id of config.yaml."),
    "end": ("string", "Last date that the table covers."),
    "estimand": (
        "string",
        "What is estimated: a step, mean step, ramp, change of slope, gap, staged rise, date rank or lead.",
    ),
    "estimate": ("number", "The estimate on the tested scale."),
    "evidence": ("string", "The rows of files that the verdict rests on."),
    "exposure": ("number", "What the value is divided by, where the measure is a rate or a share."),
    "family": ("string", "Family of tests over which p_holm is adjusted; blank where the row is in none."),
    "first_treated": ("string", "First period of which at least half lies on or after the juncture."),
    "frequency": ("string", "year, quarter or month."),
    "id": ("string", "Id of the indicator or pool."),
    "indicator": ("string", "Id of the indicator or pool; in the table of sources, whether one uses the table."),
    "jump_80": ("number", "Effect that is found in 80 % of samples, in residual standard deviations."),
    "jump_80_smallest": ("number", "The same in smallest effects of interest."),
    "juncture": ("string", "Id of the juncture; 'all' for all together, 'none' where there is none."),
    "kind": ("string", "Kind of the claim's check; of a fitted line: fit or counterfactual."),
    "label": ("string", "What people call it; of a claim, a mark beside its verdict."),
    "ledger": ("string", "tested (by a model) or checked (against records)."),
    "licence": ("string", "Terms of use."),
    "licence_note": ("string", "More on the terms of use."),
    "lower": ("number", "Lower end: of the 95 % interval, or of the bin."),
    "lower_raw": ("number", "Lower end of the 95 % interval on the indicator's own scale."),
    "meaning": ("string", "What the column says."),
    "mixed": ("integer", "Number of claims with this verdict."),
    "model": ("string", "Model: primary, annual, pool_<id> or the name of an accompanying row (docs/method.md)."),
    "n": ("integer", "Number of observations; in the rows behind a series, of raw rows used."),
    "n_sets": ("integer", "Number of admissible sets of dates."),
    "noise_share": ("number", "Posterior mean of the share of white noise in the errors."),
    "p": ("number", "Two-sided p-value; of a claim the largest of its members', of dates that of their rank."),
    "p_bh": ("number", "p adjusted by Benjamini and Hochberg within the exploratory cells."),
    "p_holm": ("number", "p adjusted by Holm within the row's family."),
    "period": ("string", "Period as 2012, 2012Q1 or 2012-01."),
    "points_after": ("integer", "Number of observations from the juncture on."),
    "points_before": ("integer", "Number of observations before the juncture."),
    "positive": ("number", "Posterior probability that the effect is above 0."),
    "power_1": ("number", "Share of samples that find a true effect of 1 residual standard deviation."),
    "power_2": ("number", "Share of samples that find a true effect of 2 residual standard deviations."),
    "power_3": ("number", "Share of samples that find a true effect of 3 residual standard deviations."),
    "power_4": ("number", "Share of samples that find a true effect of 4 residual standard deviations."),
    "producer": ("string", "Who produced the data."),
    "range": ("string", "Lowest and highest value that can be right."),
    "rank": ("integer", "Rank of the real dates by residual sum of squares among all admissible sets."),
    "rank_by_t": ("integer", "Rank by the smallest of the three signed t; decides nothing."),
    "ratio": ("number", "The estimate in smallest effects of interest."),
    "real_ratio": ("number", "Residual sum of squares at the real dates over that of the trend alone."),
    "reason": ("string", "Why there is no estimate; of a claim, why its verdict is what it is."),
    "reference": ("string", "The column of a table that holds the value."),
    "rho": ("number", "Persistence of the errors: posterior mean, or the value that a design is simulated at."),
    "robust": ("string", "Whether a rejection stands in every row that Robust asks for: yes or no."),
    "role": ("string", "Role of the series: main, control or partner."),
    "rows": ("string", "Line numbers in the raw table of the rows behind the value."),
    "rule": ("string", "The rule that decides, in words."),
    "ruled_out": ("integer", "Number of claims with this verdict."),
    "ruled_out_attainable": ("string", "Whether the design can rule out the smallest effect: yes or no."),
    "scale": ("string", "Scale on which the indicator is tested: sqrt, log, arcsine_sqrt or level."),
    "se_sd": ("number", "Standard error with the persistence known, in residual standard deviations."),
    "sentence": ("string", "The row in one plain sentence."),
    "share": ("number", "Share of the best 5 % of date sets that hold the period."),
    "size": ("number", "Share of samples without an effect that reject at 5 %."),
    "smallest_effect": ("number", "Smallest effect of interest on the tested scale."),
    "source": ("string", "Id of the source, its folder in raw/."),
    "start": ("string", "First date that the table covers."),
    "stated": ("string", "Whether the article states the claim (yes) or implies it (no)."),
    "statement": ("string", "The claim in one sentence."),
    "supported": ("integer", "Number of claims with this verdict."),
    "table": ("string", "Name of the raw table, or source/table."),
    "title": ("string", "What the source's tables hold."),
    "type": ("string", "Type of the column's values."),
    "unit": ("string", "What is counted or measured; of a series, the unit (partner) that it belongs to."),
    "untestable": ("integer", "Number of claims with this verdict."),
    "upper": ("number", "Upper end: of the 95 % interval, or of the bin."),
    "upper_raw": ("number", "Upper end of the 95 % interval on the indicator's own scale."),
    "value": ("number", "The value, before any scale; of a fitted line, on the tested scale."),
    "value_raw": ("number", "The value of a fitted line on the indicator's own scale."),
    "values": ("string", "Allowed values, each with its meaning."),
    "verdict": ("string", "supported, contradicted, ruled_out, mixed, cannot_tell or untestable."),
    "vintage": ("string", "Version of the source, where it has several."),
    "window_end": ("string", "Last period of the estimation."),
    "window_start": ("string", "First period of the estimation."),
    "y": ("number", "The value on the tested scale."),
}
_ESTIMATE = ("indicator", "vintage", "juncture", "model", "estimand")
# The name of a file or of the folder of its parts -> the columns that tell its rows apart.
KEYS = {
    "effects": _ESTIMATE,
    "specifications": _ESTIMATE,
    "designs": ("indicator", "model", "frequency", "juncture", "estimand", "rho"),
    "fitted": ("indicator", "vintage", "model", "juncture", "kind", "period"),
    "dates": ("id",),
    "dates_years": ("id", "period"),
    "dates_ratios": ("id", "lower"),
    "claims": ("claim",),
    "findings": ("ledger",),
    "sources": ("source", "table"),
    "codebook": ("source", "table", "column"),
    "series": ("frequency", "vintage", "role", "unit", "period"),
    "rows": ("frequency", "vintage", "table", "period"),
}


def key_columns(root: Path, name: str) -> tuple[str, ...]:
    """Return the columns that tell the rows of a published or raw table apart; none where that is not known.

    `name` is the table's path in the study's folder `root`; a raw table's key stands in its SOURCE.yaml.
    """
    path = Path(name)
    if path.parts[0] == "raw":
        try:
            tables = yaml.safe_load((root / path.parent / "SOURCE.yaml").read_text(encoding="utf-8"))["tables"]
            return tuple(tables[path.stem]["key"])
        except (OSError, KeyError, TypeError, yaml.YAMLError):
            return ()
    if path.parent.name == "series":
        return KEYS["rows" if path.stem.endswith("_rows") else "series"]
    return KEYS.get(path.stem if path.stem in KEYS else path.parent.name, ())
