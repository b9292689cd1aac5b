"""The parts of README.md that the build writes, between markers: summary, findings, crosswalk."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from junctures.report.citations import cite_bibtex, cite_text
from junctures.report.evidence import read_evidence
from junctures.report.judgement import VERDICTS
from junctures.report.table_formats import escape_markdown
from junctures.report.wording import RATE_RATIO, capital, listed, name_of, p_value, place, text

LEDGERS = {"tested": "claims tested by a model", "checked": "claims checked against records"}
FALSE_RULED_OUT = 0.025  # the share of true smallest effects whose 95 % interval lies wholly below them
TABLE_LICENCE = "CC-BY-4.0; data under each source's terms"
POOL = "pool_"
RHO = 0.4  # the persistence at which the jump that a design could see is told


def update_readme(page: str, parts: Mapping[str, str]) -> str:
    """Return README's text with each part between its markers replaced.

    Raises ValueError when a part has not exactly one pair of markers `<!-- begin: NAME -->`, `<!-- end: NAME -->`.
    """
    for name, body in parts.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
            raise ValueError(
                f"README.md: the part '{name}' needs one line '{begin}' and, below it, one line '{end}'. The build "
                "writes what was found between them. Put both lines back, each once."
            )
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n{body.strip()}\n{end}{rest.partition(end)[2]}"
    return page


def write_parts(
    claims: pd.DataFrame,
    effects: pd.DataFrame,
    designs: pd.DataFrame,
    figure: Mapping,
    outputs: Iterable[Mapping],
    about: Mapping | None = None,
    junctures: Mapping[str, str] | None = None,
    ratios: Mapping[str, float] | None = None,
) -> dict[str, str]:
    """Return the body of every part of README: its arguments are those of the functions for each part.

    With `about`, CITATION.cff as a dict, the crosswalk ends with how to cite one of its outputs. `junctures` maps ids
    to the labels that people read (`tables.juncture_labels`); without it ids and first treated periods stand in.
    `ratios` maps indicators to the smallest rate ratio of interest that they declare.
    """
    crosswalk = write_crosswalk(outputs)
    if about is not None:
        crosswalk += f"\n\nTo cite one output, here the first figure: {escape_markdown(cite_text(figure, about))}"
        crosswalk += f"\n\n```bibtex\n{cite_bibtex(figure, about)}\n```"
    return {
        "summary": write_summary(claims, effects, designs, figure, junctures, ratios),
        "findings": write_findings(claims, junctures),
        "crosswalk": crosswalk,
    }


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; bars inside cells are escaped where they are not yet."""
    lines = [list(header)]
    lines += [["---"] * len(lines[0])] + [[re.sub(r"(?<!\\)\|", r"\|", str(cell)) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def count_verdicts(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the number of claims by ledger (rows) and verdict (columns), in their order; never a sum over ledgers."""
    counts = pd.crosstab(claims["ledger"], claims["verdict"])
    return counts.reindex(index=list(LEDGERS), columns=list(VERDICTS), fill_value=0)


def write_summary(
    claims: pd.DataFrame,
    effects: pd.DataFrame,
    designs: pd.DataFrame,
    figure: Mapping,
    junctures: Mapping[str, str] | None = None,
    ratios: Mapping[str, float] | None = None,
) -> str:
    """Return the counts of both ledgers, the headline, what the design could not see, and the figure that shows it.

    `figure` is the record of that figure: id, title, alt.
    """
    counts = count_verdicts(claims)
    rows = [[capital(words), *counts.loc[ledger]] for ledger, words in LEDGERS.items()]
    blind = unseen(claims, effects, designs, junctures, ratios)
    limits = '"Cannot tell" is not "no".'
    return "\n".join(
        [
            table(["", *VERDICTS.values()], rows),
            "",
            f"{headline(claims)} {escape_markdown(blind)} {limits}".replace("  ", " "),
            "",
            _picture(figure),
        ]
    )


def _picture(figure: Mapping) -> str:
    """Return a figure as a Markdown image; brackets and quotes in its words would end them."""
    alt = escape_markdown(" ".join(figure["alt"].split())).replace("[", "(").replace("]", ")")
    title = escape_markdown(figure["title"].replace('"', "'"))
    return f'![{alt}](figures/{figure["id"]}.svg "{title}")'


def headline(claims: pd.DataFrame) -> str:
    """Return what the models say of the claims about the whole, in one sentence."""
    whole = claims[(claims["ledger"] == "tested") & (claims["dimension"] == "overall")]
    if whole.empty:
        return ""
    none, parts = [], []
    for verdict in ("supported", "contradicted", "mixed", "ruled_out"):
        statements = whole.loc[whole["verdict"] == verdict, "statement"]
        told = (
            listed(f'"{escape_markdown(statement.rstrip("."))}"' for statement in statements) if len(statements) else ""
        )
        if told:
            parts.append(f"{_number_is(len(statements))} **{VERDICTS[verdict]}**: {told}")
        else:
            none.append(VERDICTS[verdict])
    if none:
        parts.insert(0, f"none is {listed(none, 'or')}")
    if rest := int(whole["verdict"].isin(["cannot_tell", "untestable"]).sum()):
        parts.append(f"{rest} **cannot be told**")
    return f"Of the {len(whole)} claims about cooperation as a whole that a model tests, {'; '.join(parts)}."


def _number_is(n: int) -> str:
    return f"{n} {'is' if n == 1 else 'are'}"


def unseen(
    claims: pd.DataFrame,
    effects: pd.DataFrame,
    designs: pd.DataFrame,
    junctures: Mapping[str, str] | None = None,
    ratios: Mapping[str, float] | None = None,
) -> str:
    """Return the jump that is missed one time in five even by the sharpest design of an undecided step.

    That of a single series, by name, and that of an index; nothing where every claim is decided. A series with a
    coverage flag is left out, since it is undecided whatever its design.
    """
    undecided = claims[(claims["kind"] == "effect") & (claims["verdict"] == "cannot_tell")]
    cited = [part.row for evidence in undecided["evidence"] for part in read_evidence(evidence) if part.row]
    cells = {(row["indicator"], row["model"], row["juncture"]) for row in cited}
    seen = designs[(designs["estimand"] == "step") & (designs["rho"] == RHO) & designs["jump_80_smallest"].notna()]
    seen = seen[[(r.indicator, r.model, r.juncture) in cells for r in seen.itertuples()]]
    seen = seen[~seen["indicator"].isin(set(effects.loc[effects["coverage_flag"] == "yes", "indicator"]))]
    pooled = seen["model"].astype(str).str.startswith(POOL)
    told = [
        f"even in the sharpest undecided {kind}, {_sharpest(rows, effects, junctures or {}, ratios or {})}"
        for kind, rows in (("series", seen[~pooled]), ("index", seen[pooled]))
        if len(rows)
    ]
    if not told:
        return ""
    return f"The designs could not see much: {', and '.join(told)} would be missed more than one time in five."


def _sharpest(seen: pd.DataFrame, effects: pd.DataFrame, junctures: Mapping, ratios: Mapping) -> str:
    """Return the design with the smallest jump seen with 80 % power: its series, n, date, and that jump."""
    best = seen.loc[seen["jump_80_smallest"].idxmin()]
    key = ("indicator", "model", "juncture", "estimand")
    same = [all(row[column] == best[column] for column in key) for row in effects.to_dict("records")]
    found = effects[same].iloc[0].to_dict()
    where = f' at "{junctures[best["juncture"]]}"' if best["juncture"] in junctures else place(found)
    ratio = ""
    if text(found["described"]).startswith("rate ratio"):
        # The smallest effect of a count over the square root of its mean (docs/method.md, "Outcomes").
        unit = ratios.get(best["indicator"], RATE_RATIO) ** 0.5 - 1
        ratio = f" (a rate ratio of {(1 + best['jump_80_smallest'] * unit) ** 2:.1f})"
    return (
        f"{name_of(found)}, n = {best['n']} {best['frequency']}s, a step{where} of less than "
        f"{best['jump_80_smallest']:.1f} smallest effects of interest{ratio}"
    )


def write_findings(claims: pd.DataFrame, junctures: Mapping[str, str] | None = None) -> str:
    """Return the claims that a model tests with their verdicts, and those of the records that do not simply hold."""
    tested = claims[claims["ledger"] == "tested"]
    checked = claims[claims["ledger"] == "checked"]
    by_interval = tested[tested["kind"] != "date_rank"]
    ruled_out = int((by_interval["verdict"] == "ruled_out").sum())
    by_rank = int((tested["verdict"] == "ruled_out").sum()) - ruled_out
    notable = checked[checked["verdict"].isin(["contradicted", "mixed"])]
    held = int((checked["verdict"] == "supported").sum())
    return "\n".join(
        [
            f"Tested by a model ({len(tested)}); every reason with its figures is in `processed/results/claims.csv`. "
            "Implied: the article implies it without saying it. p is the largest of the claim's members, after Holm "
            "where the claim is in a family.",
            "",
            _claims_table(tested, junctures or {}, with_p=True),
            "",
            f'"Ruled out" is not corrected for the number of claims: {ruled_out} of the {len(by_interval)} that an '
            "interval can rule out are, and were all true effects just as large as the smallest of interest, "
            f"{FALSE_RULED_OUT * len(by_interval):.1f} would be ruled out falsely."
            + (f" {by_rank} more by the rank of the dates, which has no such error rate." if by_rank else ""),
            "",
            f"Checked against records ({len(checked)}): {held} are supported. Those that are contradicted or mixed:",
            "",
            _claims_table(notable, junctures or {}, with_p=False),
        ]
    )


def _claims_table(claims: pd.DataFrame, junctures: Mapping[str, str], with_p: bool) -> str:
    header = ["juncture", "claim", "verdict", *(["p"] if with_p else [])]
    rows = []
    for claim in claims.to_dict("records"):
        word = VERDICTS[claim["verdict"]] + (f" ({label})" if (label := text(claim["label"])) else "")
        implied = "" if claim["stated"] == "yes" or "(our extension)" in claim["statement"] else " (implied)"
        p = [p_value(claim["p"]) if claim["p"] == claim["p"] else ""] if with_p else []
        where = escape_markdown(junctures.get(claim["juncture"], claim["juncture"]))
        rows.append([where, escape_markdown(claim["statement"]) + implied, word, *p])
    return table(header, rows)


def write_crosswalk(outputs: Iterable[Mapping]) -> str:
    """Return where every figure and table comes from: file, rule, function, inputs, licence.

    Each output has title, files, rule, function, inputs (lists of paths) and licence.
    """
    rows = [
        [
            output["title"],
            ", ".join(f"[{file.rsplit('.', 1)[-1]}]({file})" for file in output["files"]),
            f"`{output['rule']}`",
            f"`{output['function']}`",
            _inputs(output["inputs"]),
            escape_markdown(output["licence"]),
        ]
        for output in outputs
    ]
    return table(["output", "files", "rule", "function", "inputs", "licence"], rows)


def figure_outputs(registry: Mapping, records: Iterable[Mapping], study: Mapping) -> list[dict]:
    """Return the crosswalk's entries of figures, from the registry of figures and the record (.json) beside each.

    `study` is the config as plain dicts, which says what a figure's patterns of paths stand for.
    """
    outputs = []
    for record in records:
        figure = registry[record["id"]]
        files = _flat(figure.output_paths(record["id"], study).values())
        shown = [file for file in files if not file.endswith(".json")]
        outputs.append(
            {
                "title": record["title"],
                "files": shown if len(shown) <= 3 else [file for file in shown if file.endswith(".pdf")],
                "rule": record["rule"],
                "function": record["function"],
                "inputs": _flat(figure.input_paths(study).values()),
                "licence": record["licence"],
            }
        )
    return outputs


def table_outputs(registry: Mapping) -> list[dict]:
    """Return the crosswalk's entries of tables, from the registry of tables."""
    return [
        {
            "title": f"Table of {name.replace('_', ' ')}",
            "files": [f"tables/{name}.{suffix}" for suffix in ("md", "csv", "tex")],
            "rule": f"tabulate_{name}",
            "function": f"junctures.report.{kind.function}",
            "inputs": list(kind.inputs.values()),
            "licence": TABLE_LICENCE,
        }
        for name, kind in registry.items()
    ]


def _flat(paths: Iterable[str | list[str]]) -> list[str]:
    return [path for each in paths for path in ([each] if isinstance(each, str) else each)]


def _inputs(paths: Iterable[str]) -> str:
    """Return input paths as text; more than three in one folder, or of one record in many, are told as a pattern."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        groups.setdefault(f"raw/*/{name}" if name == "SOURCE.yaml" else f"{folder}/*", []).append(path)
    told = [path for pattern, inside in groups.items() for path in (inside if len(inside) <= 3 else [pattern])]
    return ", ".join(f"`{path}`" for path in told)
