"""Tables on small invented results: what they count, how they are ordered, how each format writes them."""

import re

import numpy as np
import pandas as pd
import pytest

from junctures.report.table_formats import (
    Part,
    Table,
    escape_latex,
    escape_markdown,
    numeric,
    to_latex,
    to_markdown,
    write_table,
)
from junctures.report.table_kinds import TABLES
from junctures.report.tables import (
    build_claims,
    build_designs,
    build_effects,
    build_findings,
    build_sources,
    ordered_claims,
)

STUDY = {
    "junctures": [{"id": "first", "label": "First date"}, {"id": "second", "label": "Second date"}],
    "pools": {"all_of_it": {"label": "Everything"}},
    "indicators": {
        "ships": {"label": "Ships & boats", "table": "harbour/log"},
        "words": {"label": "Words", "table": "speeches/terms"},
    },
    "leads": {"words_lead": {"label": "Words before ships"}},
}


def claim(name, ledger, juncture, verdict, **more):
    blank = {"label": "", "p": np.nan, "reason": "reason", "evidence": "rows 2 3", "rule": "rule", "kind": "effect"}
    return {
        "claim": name,
        "ledger": ledger,
        "juncture": juncture,
        "verdict": verdict,
        "dimension": "none",
        "stated": True,
        "statement": f"statement {name}",
        **blank,
        **more,
    }


CLAIMS = pd.DataFrame(
    [
        claim("a", "tested", "all", "cannot_tell", p=0.2),
        claim("b", "tested", "second", "supported", label="small", p=0.0001),
        claim("c", "checked", "none", "contradicted", stated=False),
        claim("d", "tested", "first", "cannot_tell", p=0.5),
        claim("e", "checked", "first", "untestable"),
    ]
)


def test_findings_count_each_ledger_apart_and_never_add_them_up():
    table = build_findings(CLAIMS, STUDY)
    assert list(table.data["ledger"]) == ["tested", "checked"]
    counts = table.data.set_index("ledger")
    assert counts.loc["tested"].to_dict() == {
        "claims": 3, "supported": 1, "mixed": 0, "contradicted": 0, "ruled_out": 0, "cannot_tell": 2, "untestable": 0,
    }  # fmt: skip
    assert counts.loc["checked", ["contradicted", "untestable", "claims"]].tolist() == [1, 1, 2]
    assert (counts.drop(columns="claims").sum(axis=1) == counts["claims"]).all()
    tested = table.parts[1].cells
    assert list(tested["Statement"]) == ["statement d", "statement b", "statement a"]
    assert list(tested["Verdict"]) == ["cannot tell", "supported (small)", "cannot tell"]


def test_claims_stand_by_ledger_and_juncture_with_the_deciding_p():
    table = build_claims(CLAIMS, STUDY)
    assert [part.heading for part in table.parts] == [
        "Tested by a model: First date",
        "Tested by a model: Second date",
        "Tested by a model: Both junctures",
        "Checked against records: First date",
        "Checked against records: Background",
    ]
    assert [p for part in table.parts for p in part.cells["p"]] == ["0.500", "< 0.001", "0.200", "", ""]
    assert table.parts[-1].cells["Statement"].tolist() == ["[statement c]"]
    assert list(table.data["claim"]) == ["d", "b", "a", "e", "c"]
    assert sorted(table.data["claim"]) == sorted(CLAIMS["claim"])


def test_a_claim_on_an_unknown_juncture_is_kept_at_the_end():
    extra = pd.concat([pd.DataFrame([claim("x", "tested", "elsewhere", "mixed")]), CLAIMS], ignore_index=True)
    assert ordered_claims(extra, ["first", "second", "all", "none"])["claim"].iloc[-1] == "x"
    assert "x" in set(build_claims(extra, STUDY).data["claim"])


def effect(indicator, juncture, estimand="step", model="primary", **more):
    row = {
        "indicator": indicator, "vintage": "", "juncture": juncture, "model": model, "estimand": estimand,
        "frequency": "year", "scale": "sqrt", "window_start": "2000", "window_end": "2021", "n": 22,
        "first_treated": "2012", "estimate": 0.5, "lower": -0.25, "upper": 1.25, "p": 0.04, "p_holm": np.nan,
        "p_bh": np.nan, "reason": "",
    }  # fmt: skip
    return row | more


EFFECTS = pd.DataFrame(
    [
        effect("words", "first", estimate=np.nan, p=np.nan, reason="fewer than 12 points"),
        effect("ships", "first", p_holm=0.12),
        effect("ships", "second", p_bh=0.06),
        effect("ships", "all", "mean_step"),
        effect("ships", "first", model="annual", estimate=9.0),
        effect("ships", "first", vintage="2024-03", estimate=0.75),
        effect("all_of_it", "first", model="pool_all_of_it", scale="index"),
        effect("all_of_it", "all", "staged", "pool_all_of_it", estimate=np.nan, p=0.3),
        effect("all_of_it", "all", "staged", "quadratic", estimate=np.nan, p=0.4),
        effect("all_of_it", "all", "date_rank", "pool_all_of_it", estimate=3, p=0.01, reason="rank 3 of 100 sets"),
        effect("words_lead", "all", "lead_before", "leads"),
        effect("words_lead", "all", "lead_after", "leads", estimate=-0.5),
    ]
)


def test_effects_show_a_series_a_row_and_a_juncture_a_column_pools_first():
    table = build_effects(EFFECTS, STUDY)
    steps, staged, leads = (part.cells for part in table.parts)
    assert list(steps["Series"]) == ["Pool: Everything", "Ships & boats", "Ships & boats, vintage 2024-03", "Words"]
    ships = steps.iloc[1]
    assert ships["First date"] == "0.50 [-0.25, 1.25]; p 0.040, Holm 0.120"
    assert ships["Second date"] == "0.50 [-0.25, 1.25]; p 0.040, BH 0.060"
    assert ships["Mean step"] == "0.50 [-0.25, 1.25]; p 0.040"
    assert steps.iloc[2]["First date"].startswith("0.75 ")
    assert steps.iloc[3]["First date"] == "none: fewer than 12 points"
    assert staged.iloc[0].tolist() == ["Pool: Everything", "0.300", "0.400", "rank 3 of 100 sets", "0.010"]
    assert leads.iloc[0]["Year after"].startswith("-0.50 ")
    assert "annual" not in set(table.data["model"])  # the rows beside the main model stay in effects.csv
    assert len(table.data) == len(EFFECTS) - 1


def test_designs_show_power_at_the_typical_autocorrelation_and_size_at_all():
    shared = {"indicator": "ships", "model": "primary", "frequency": "year", "n": 22, "juncture": "first"}
    shared |= {"estimand": "step", "se_sd": 0.95, "reason": "", "jump_80_smallest": 8.0, "ruled_out_attainable": "no"}
    rows = [
        shared | {"rho": rho, "size": size, **{f"power_{k}": power + k / 100 for k in range(1, 5)}}
        for rho, size, power in ((0.8, 0.061, 0.7), (0.0, 0.044, 0.5), (0.4, 0.058, 0.6))
    ]
    rows.append({**shared, "indicator": "words", "rho": np.nan, "se_sd": np.nan, "reason": "fewer than 12 points"})
    rows.append(rows[2] | {"model": "slope", "estimand": "slope_change"})
    table = build_designs(pd.DataFrame(rows), STUDY)
    cells = table.parts[0].cells.fillna("")
    assert len(cells) == 3
    assert list(cells["Effect"]) == ["First date", "First date, slope", "First date"]
    assert cells.iloc[0][["Size", "Power", "Jump", "Ruled out"]].tolist() == [
        "4 / 6 / 6",
        "61 / 62 / 63 / 64",
        "8.00",
        "no",
    ]
    assert cells.iloc[2]["Note"] == "fewer than 12 points" and cells.iloc[2]["Power"] == ""


SOURCES = {
    "harbour": {
        "title": "Harbour log", "producer": "Port", "licence": "CC-BY-4.0", "licence_note": "with attribution",
        "citation": ["port_2020", "port_2021"], "date_accessed": "2026-11-24",
        "tables": {
            "log": {"unit": "one row a ship", "coverage": ["2000", "2021"], "columns": {"date": {}, "ship": {}}},
            "crews": {"unit": "one row a crew", "columns": {"crew": {}}},
        },
    },
}  # fmt: skip


def test_sources_give_a_row_a_table_with_terms_and_what_is_used():
    table = build_sources(SOURCES, STUDY)
    assert table.data[["table", "start", "end", "columns", "indicator"]].values.tolist() == [
        ["log", "2000", "2021", 2, "yes"],
        ["crews", "", "", 1, "no"],
    ]
    cells = table.parts[0].cells.iloc[0]
    assert cells["Tables"] == "log (2000 to 2021)\ncrews"
    assert cells["Licence"] == "CC-BY-4.0: with attribution" and cells["Cite"] == "port_2020, port_2021"


NASTY = "50 % of a_b & c | {d} <e> ~f ^g \\h #1 $2 *i*"


@pytest.fixture
def small():
    cells = pd.DataFrame({"Name": [NASTY, "plain"], "Value": ["-1.50", "2,000"]})
    return Table(
        "Small table", "A caption.", pd.DataFrame({"x": [1 / 3, 1e-15]}), [Part("One", cells), Part("", cells)]
    )


def test_markdown_has_as_many_cells_in_every_line(small):
    text = to_markdown(small)
    grids = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(grids) == 2
    for grid in grids:
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in grid.splitlines()} == {3}
    assert "# Small table" in text and "A caption." in text and "## One" in text
    assert "| --- | ---: |" in text


def test_markdown_escapes_what_it_would_read_as_markup():
    assert escape_markdown("a|b*c<d\ne\\f") == "a\\|b\\*c&lt;d<br>e\\\\f"


def test_latex_is_balanced_and_every_special_character_is_escaped(small):
    text = to_latex(small, "small")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    bare = re.sub(r"\\[\\{}%&$#_]", "", body)
    assert bare.count("{") == bare.count("}")
    assert "%" not in bare and "#" not in bare and "_" not in bare and "^" not in bare
    assert body.count(r"\begin{longtable}") == body.count(r"\end{longtable}") == 2
    assert body.count(r"\caption") == 1 and r"\label{tab:small}" in body
    rows = [line for line in body.splitlines() if line.endswith(r"\\") and "plain" in line]
    assert rows == [r"plain & 2,000 \\"] * 2


def test_latex_sets_a_minus_as_a_minus_and_leaves_hyphens():
    assert escape_latex("-1.5 [-2, 3]; CHN-RUS 2012-01") == "$-$1.5 [$-$2, 3]; CHN-RUS 2012-01"


def test_column_of_numbers_is_told_from_text():
    assert numeric(pd.Series(["1.5", "-2", "< 0.001", ""]))
    assert not numeric(pd.Series(["2012Q1", "1"])) and not numeric(pd.Series(["", ""]))


def test_three_files_are_written_and_the_csv_holds_numbers(small, tmp_path):
    paths = {suffix: tmp_path / "tables" / f"small.{suffix}" for suffix in ("csv", "md", "tex")}
    write_table(small, "small", **paths)
    assert paths["csv"].read_text() == "x\n0.33333333\n0\n"
    assert paths["md"].read_bytes() == to_markdown(small).encode()
    assert b"\r" not in paths["tex"].read_bytes()


def test_registry_names_inputs_that_the_builders_take():
    inputs = {"study": STUDY, "claims": CLAIMS, "effects": EFFECTS, "sources": SOURCES}
    for name in ("findings", "effects", "sources", "claims"):
        table = TABLES[name].build(**{argument: inputs[argument] for argument in TABLES[name].inputs})
        assert table.title and table.caption and len(table.data)
    assert list(TABLES) == ["findings", "effects", "designs", "sources", "claims"]
