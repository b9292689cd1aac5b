"""What every column of a published table holds, and which columns tell its rows apart: the codebook of results."""

from pathlib import Path

import yaml

# Column -> (type, meaning), as in every file that has it; `file.column` where one file means something else by it. The
# types are those of a Table Schema.
COLUMNS = {
    "best_1": ("string", "Best set of three dates, by residual sum of squares."),
    "best_2": ("string", "Second best set of three dates."),
    "best_3": ("string", "Third best set of three dates."),
    "best_4": ("string", "Fourth best set of three dates."),
    "best_5": ("string", "Fifth best set of three dates."),
    "blank": ("string", "What a blank cell of the column means; blank where none may be."),
    "break": ("integer", "Running number of the break; blank where there is none."),
    "cannot_tell": ("integer", "Number of claims with this verdict."),
    "chance": ("number", "What chance alone gives: the mean over simulated series, or the share of dates at random."),
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
    "draws": ("integer", "Number of simulated series."),
    "effect": ("number", "Size of the planted effect, in residual sd (of slopes and leads, in smallest effects)."),
    "end": ("string", "Last date that the table covers."),
    "error": ("number", "Monte-Carlo standard error of the share."),
    "estimand": (
        "string",
        "What is estimated: a step, mean step, ramp, change of slope, gap, staged rise, date rank or lead.",
    ),
    "estimate": ("number", "The estimate on the tested scale."),
    "evidence": ("string", "The rows of files that the verdict rests on."),
    "exposure": ("number", "What the value is divided by, where the measure is a rate or a share."),
    "family": ("string", "Family of tests over which p_holm is adjusted; blank where the row is in none."),
    "first_period": ("string", "First period of the break's 95 % interval."),
    "first_treated": ("string", "First period of which at least half lies on or after the juncture."),
    "frequency": ("string", "year, quarter or month."),
    "holds": ("string", "Junctures within the break's interval."),
    "id": ("string", "Id of the indicator or pool."),
    "indicator": ("string", "Id of the indicator or pool; in the table of sources, whether one uses the table."),
    "jump_80": ("number", "Effect that is found in 80 % of samples, in residual standard deviations."),
    "jump_80_smallest": ("number", "The same in smallest effects of interest."),
    "juncture": ("string", "Id of the juncture; 'all' for all together, 'none' where there is none."),
    "kind": ("string", "Kind of the claim's check; of a fitted line: fit or counterfactual."),
    "label": ("string", "What people call it; of a claim, a mark beside its verdict."),
    "last_period": ("string", "Last period of the break's 95 % interval."),
    "ledger": ("string", "tested (by a model) or checked (against records)."),
    "licence": ("string", "Terms of use."),
    "licence_note": ("string", "More on the terms of use."),
    "lower": ("number", "Lower end: of the 95 % interval, or of the bin."),
    "lower_raw": ("number", "Lower end of the 95 % interval on the indicator's own scale."),
    "meaning": ("string", "What the column says."),
    "median": ("number", "Median of the estimates of all rows of the curve."),
    "mimics": (
        "string",
        "Truths without a step at a juncture that give such a p in more than 10 % of simulated series.",
    ),
    "mixed": ("integer", "Number of claims with this verdict."),
    "model": ("string", "Model: primary, annual, pool_<id> or the name of an accompanying row (docs/method.md)."),
    "n": ("integer", "Number of observations; in the rows behind a series, of raw rows used."),
    "n_dates": ("integer", "Number of other dates that the step was moved to."),
    "n_peers": ("integer", "Number of other units compared with."),
    "n_sets": ("integer", "Number of admissible sets of dates."),
    "noise_share": ("number", "Posterior mean of the share of white noise in the errors."),
    "number": ("integer", "Number of breaks that BIC chooses."),
    "p": ("number", "Two-sided p-value; of a claim the largest of its members', of dates that of their rank."),
    "p_bh": ("number", "p adjusted by Benjamini and Hochberg within the exploratory cells."),
    "p_holm": ("number", "p adjusted by Holm within the row's family."),
    "p_joint": ("number", "Share of null series whose smaller of p_share and p_median is as small."),
    "p_median": ("number", "Share of null series whose median lies as far in the claimed direction."),
    "p_share": ("number", "Share of null series whose rows agree as much."),
    "peers": ("string", "Kind of the other units that the indicator is compared with."),
    "period": ("string", "Period as 2012, 2012Q1 or 2012-01."),
    "placebo_p": ("number", "rank over 1 + the number of peers."),
    "placebo_p_absolute": ("number", "rank_absolute over 1 + the number of peers."),
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
    "rank_absolute": (
        "integer",
        "1 + the number of peers with an effect of either sign and a p at most the indicator's.",
    ),
    "rank_by_t": ("integer", "Rank by the smallest of the three signed t; decides nothing."),
    "rate": ("number", "Share of simulated series with p at most .05."),
    "ratio": ("number", "The estimate in smallest effects of interest."),
    "real_ratio": ("number", "Residual sum of squares at the real dates over that of the trend alone."),
    "reason": ("string", "Why there is no estimate; of a claim, why its verdict is what it is."),
    "reference": ("string", "The column of a table that holds the value."),
    "rho": ("number", "Persistence of the errors: posterior mean, or the value that a design is simulated at."),
    "robust": ("string", "Whether a rejection stands in every row that Robust asks for: yes or no."),
    "role": ("string", "Role of the series: main, control or partner."),
    "row": ("string", "Name of an accompanying row; the main model first."),
    "rows": ("string", "Line numbers in the raw table of the rows behind the value."),
    "rule": ("string", "The rule that decides, in words."),
    "ruled_out": ("integer", "Number of claims with this verdict."),
    "ruled_out_attainable": ("string", "Whether the design can rule out the smallest effect: yes or no."),
    "scale": ("string", "Scale on which the indicator is tested: sqrt, log, arcsine_sqrt or level."),
    "se_sd": ("number", "Standard error with the persistence known, in residual standard deviations."),
    "sentence": ("string", "The row in one plain sentence."),
    "share": ("number", "Share of the best 5 % of date sets that hold the period."),
    "shortest": ("integer", "Points in the shortest segment that a break may leave."),
    "sign": ("integer", "The claimed sign: 1 or -1."),
    "size": ("number", "Share of samples without an effect that reject at 5 %."),
    "smallest_effect": ("number", "Smallest effect of interest on the tested scale."),
    "smallest_p": ("number", "The smallest p that the number of dates allows."),
    "source": ("string", "Id of the source, its folder in raw/."),
    "start": ("string", "First date that the table covers."),
    "stated": ("string", "Whether the article states the claim (yes) or implies it (no)."),
    "statement": ("string", "The claim in one sentence."),
    "studies": ("integer", "Number of simulated studies."),
    "sup_f": ("number", "Largest F statistic of a break over all admissible dates."),
    "supported": ("integer", "Number of claims with this verdict."),
    "t": ("number", "Absolute t of the step at the juncture."),
    "table": (
        "string",
        "Name of the raw table, or source/table (source/table.vintage where a vintage has its own file).",
    ),
    "title": ("string", "What the source's tables hold."),
    "truth": ("string", "What the series were simulated from (docs/method.md)."),
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
    "wrong": ("number", "Share of verdicts that are wrong, the planted effect being known."),
    "y": ("number", "The value on the tested scale."),
    "curves.rows": ("integer", "Number of rows of the curve."),
    "curves.share": ("number", "Share of the rows with the claimed sign."),
    "placebo_outcomes.rank": ("integer", "1 + the number of peers with an effect of its sign and a p at most its own."),
    "placebo_outcomes.unit": ("string", "The unit in the indicator's place; main for the indicator itself."),
    "verdict_rates.cannot_tell": ("number", "Share of simulated studies with this verdict."),
    "verdict_rates.contradicted": ("number", "Share of simulated studies with this verdict."),
    "verdict_rates.mixed": ("number", "Share of simulated studies with this verdict."),
    "verdict_rates.ruled_out": ("number", "Share of simulated studies with this verdict."),
    "verdict_rates.supported": ("number", "Share of simulated studies with this verdict."),
    "verdict_rates.untestable": ("number", "Share of simulated studies with this verdict."),
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
    "placebo_dates": ("indicator", "model", "juncture"),
    "breaks": ("indicator", "model", "break"),
    "placebo_outcomes": ("indicator", "model", "unit", "juncture", "estimand"),
    "calibration": ("id", "model", "truth", "effect", "juncture", "estimand"),
    "curves": _ESTIMATE,
    "curve_rows": (*_ESTIMATE, "row"),
    "verdict_rates": ("claim", "effect"),
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
            return tuple(tables[path.name.partition(".")[0]]["key"])
        except (OSError, KeyError, TypeError, yaml.YAMLError):
            return ()
    return KEYS.get(_kind(path), ())


def describe_column(name: str, column: str) -> tuple[str, str]:
    """Return type and meaning of a column of a published table; ("any", "") where nobody described it."""
    return COLUMNS.get(f"{_kind(Path(name))}.{column}") or COLUMNS.get(column, ("any", ""))


def _kind(path: Path) -> str:
    """Return under which name a published table is known: its own, or that of the folder of which it is a part."""
    if path.parent.name == "series":
        return "rows" if path.stem.endswith("_rows") else "series"
    return path.stem if path.stem in KEYS else path.parent.name
