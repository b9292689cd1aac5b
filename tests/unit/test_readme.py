"""The parts of README that the build writes, citations, and recipes of the hand-written pages; see also test_pages."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from junctures.report import citations, readme
from junctures.report.figures import FIGURES
from junctures.report.table_kinds import TABLES
from junctures.study.claims_file import load_claims
from junctures.study.config import load_config
from junctures.study.tables import read_sources

ROOT = Path(__file__).parents[2]
NAN = float("nan")


def claim(name, verdict, ledger="tested", **changes):
    base = {
        "claim": name, "juncture": "one", "dimension": "drills", "kind": "effect", "stated": "yes", "ledger": ledger,
        "verdict": verdict, "label": "", "evidence": f"processed/results/effects.csv: {name} primary one step",
        "reason": "", "p": 0.2, "statement": f"The {name} rise.",
    }  # fmt: skip
    return base | changes


CLAIMS = pd.DataFrame(
    [
        claim("drills", "cannot_tell"),
        claim("talks", "supported", label="small", p=0.0004),
        claim("whole", "ruled_out", dimension="overall", kind="mean_step"),
        claim("fact", "contradicted", ledger="checked", kind="first", p=NAN, stated="no"),
        claim("fact_two", "supported", ledger="checked", kind="first", p=NAN),
    ]
)
EFFECTS = pd.DataFrame(
    [
        {"indicator": name, "model": "primary", "vintage": "", "juncture": "one", "estimand": "step",
         "first_treated": "2012", "window_start": "2000", "coverage_flag": "no", "described": described,
         "sentence": f"{label} (2000 to 2021, n = 22), model primary: a step."}
        for name, described, label in [("drills", "rate ratio 1.50", "Joint drills"), ("talks", "", "Talks")]
    ]
)  # fmt: skip
DESIGNS = pd.DataFrame(
    [
        {"indicator": name, "model": "primary", "juncture": "one", "estimand": "step", "rho": rho, "frequency": "year",
         "n": 22, "jump_80_smallest": jump}
        for name, rho, jump in [("drills", 0.0, 9.0), ("drills", 0.4, 4.0), ("talks", 0.4, 20.0)]
    ]
)  # fmt: skip
FIGURE = {"id": "seen", "title": "What could be seen", "alt": "Three columns of\nintervals [95 %]."}


def test_part_between_markers_is_replaced_and_nothing_else():
    text = "top\n<!-- begin: summary -->\nold\n<!-- end: summary -->\nbottom\n"
    once = readme.update_readme(text, {"summary": "new"})
    assert once == "top\n<!-- begin: summary -->\nnew\n<!-- end: summary -->\nbottom\n"
    assert readme.update_readme(once, {"summary": "new"}) == once


@pytest.mark.parametrize(
    "text", ["", "<!-- begin: a -->", "<!-- end: a -->\n<!-- begin: a -->", "<!-- begin: a -->" * 2]
)
def test_missing_or_doubled_marker_is_told(text):
    with pytest.raises(ValueError, match=r"README\.md: the part 'a' needs"):
        readme.update_readme(text, {"a": "body"})


def test_ledgers_are_counted_apart():
    counts = readme.count_verdicts(CLAIMS)
    assert counts.loc["tested"].tolist() == [1, 0, 0, 1, 1, 0]
    assert counts.loc["checked"].tolist() == [1, 0, 1, 0, 0, 0]


def test_summary_says_counts_headline_blindness_and_shows_the_figure():
    text = readme.write_summary(CLAIMS, EFFECTS, DESIGNS, FIGURE)
    assert "| Claims tested by a model | 1 | 0 | 0 | 1 | 1 | 0 |" in text
    assert (
        "Of the 1 claims about cooperation as a whole that a model tests, none is supported, contradicted or mixed; "
        '1 is **ruled out**: "The whole rise".'
    ) in text
    assert '"Cannot tell" is not "no".' in text
    assert text.endswith('![Three columns of intervals (95 %).](figures/seen.svg "What could be seen")')


def test_blindness_is_that_of_the_sharpest_undecided_design_at_the_told_persistence():
    undecided = pd.concat([CLAIMS, pd.DataFrame([claim("talks", "cannot_tell")])])
    text = readme.unseen(undecided, EFFECTS, DESIGNS)
    # A jump of 4 smallest effects of a count is a rate ratio of (1 + 4 (sqrt(1.5) - 1))^2 = 3.61.
    assert "Joint drills, n = 22 years, a step from 2012 on of less than 4.0 smallest effects of interest" in text
    assert "(a rate ratio of 3.6)" in text
    # Of a count that declares 1.1: (1 + 4 (sqrt(1.1) - 1))^2 = 1.43.
    declared = readme.unseen(undecided, EFFECTS, DESIGNS, ratios={"drills": 1.1})
    assert "(a rate ratio of 1.4)" in declared


def test_blindness_names_a_series_and_beside_it_an_index():
    row = EFFECTS.iloc[1].to_dict() | {"indicator": "index", "model": "pool_index", "sentence": "All drills (2000 to x"}
    design = DESIGNS.iloc[2].to_dict() | {"indicator": "index", "model": "pool_index", "jump_80_smallest": 2.0}
    index = claim("index", "cannot_tell", evidence="processed/results/effects.csv: index pool_index one step")
    tables = [pd.concat([table, pd.DataFrame([new])], ignore_index=True)
              for table, new in ((CLAIMS, index), (EFFECTS, row), (DESIGNS, design))]  # fmt: skip
    text = readme.unseen(*tables, {"one": "the first juncture"})
    assert 'series, Joint drills, n = 22 years, a step at "the first juncture" of less than 4.0 ' in text
    assert 'index, All drills, n = 22 years, a step at "the first juncture" of less than 2.0 ' in text


def test_series_that_is_undecided_by_its_coverage_says_nothing_of_the_design():
    assert readme.unseen(CLAIMS, EFFECTS.assign(coverage_flag="yes"), DESIGNS) == ""


def test_juncture_is_told_by_its_label_where_labels_are_given():
    assert "| The first | The talks rise. |" in readme.write_findings(CLAIMS, {"one": "The first"})


def test_nothing_is_said_of_blindness_where_every_claim_is_decided():
    assert readme.unseen(CLAIMS[CLAIMS["verdict"] != "cannot_tell"], EFFECTS, DESIGNS) == ""


def test_findings_list_tested_claims_and_records_that_fail():
    text = readme.write_findings(CLAIMS)
    assert "| one | The talks rise. | supported (small) | p < 0.001 |" in text
    assert "| one | The fact rise. (implied) | contradicted |" in text
    assert "The fact_two rise." not in text
    assert "1 of the 3 that an interval can rule out are" in text
    assert "0.1 would be ruled out falsely." in text
    assert "by the rank of the dates" not in text


def test_claim_ruled_out_by_its_rank_is_counted_apart():
    text = readme.write_findings(CLAIMS.assign(kind=["effect", "effect", "date_rank", "first", "first"]))
    assert "0 of the 2 that an interval can rule out are" in text
    assert "1 more by the rank of the dates, which has no such error rate." in text


def test_column_of_blank_labels_read_as_missing_numbers_is_not_told():
    assert "nan" not in readme.write_findings(CLAIMS.assign(label=NAN))


def test_bars_inside_a_cell_do_not_break_the_table():
    assert readme.table(["a"], [["x|y"]]).splitlines()[-1] == "| x\\|y |"


def test_crosswalk_names_file_rule_function_inputs_and_licence():
    output = {
        "title": "Drills", "files": ["figures/drills.svg", "figures/drills.pdf"], "rule": "plot_drills",
        "function": "junctures.report.figures:drills", "licence": "CC-BY-4.0",
        "inputs": [
            "processed/results/claims.csv", *(f"processed/series/{i}.csv" for i in range(5)),
            *(f"raw/{i}/SOURCE.yaml" for i in range(4)), "raw/1/table.csv",
        ],
    }  # fmt: skip
    line = readme.write_crosswalk([output]).splitlines()[-1]
    assert line == (
        "| Drills | [svg](figures/drills.svg), [pdf](figures/drills.pdf) | `plot_drills` | "
        "`junctures.report.figures:drills` | `processed/results/claims.csv`, `processed/series/*`, "
        "`raw/*/SOURCE.yaml`, `raw/1/table.csv` | CC-BY-4.0 |"
    )


def test_every_figure_and_table_of_the_registries_has_its_line():
    study = load_config(ROOT / "config.yaml").model_dump(mode="json")
    records = [
        {"id": name, "title": figure.title, "rule": f"plot_{name}", "function": figure.function, "licence": "CC-BY-4.0"}
        for name, figure in FIGURES.items()
    ]
    figures = readme.figure_outputs(FIGURES, records, study)
    tables = readme.table_outputs(TABLES)
    lines = readme.write_crosswalk([*figures, *tables]).splitlines()
    assert len(lines) == 2 + len(FIGURES) + len(TABLES)
    panels = next(output for output in figures if output["rule"] == "plot_indicator_panels")
    assert panels["files"] == ["figures/indicator_panels.pdf"]
    assert figures[0]["files"] == [f"figures/{records[0]['id']}.{suffix}" for suffix in ("svg", "pdf", "png")]
    claims = next(output for output in tables if output["rule"] == "tabulate_claims")
    assert claims["function"] == "junctures.report.tables:build_claims"
    assert "processed/results/claims.csv" in claims["inputs"]


ABOUT = {
    "title": "A study", "version": "1.0.0", "date-released": "2026-11-24",
    "authors": [{"name": "The maintainers"}, {"family-names": "Doe", "given-names": "Jo"}],
}  # fmt: skip
OUTPUT = {"id": "what_happened", "title": "Drills & talks by year", "sources": [{"title": "Arms", "producer": "SIPRI"}]}


def test_citation_names_authors_year_output_study_version_and_sources():
    assert citations.cite_text(OUTPUT, ABOUT) == (
        "The maintainers and Doe, Jo (2026). Drills & talks by year [figure what_happened]. In: A study, "
        "version 1.0.0. Data: Arms (SIPRI)."
    )


def test_bibtex_keeps_a_group_whole_and_escapes_what_latex_reads():
    entry = citations.cite_bibtex(OUTPUT, ABOUT)
    assert entry.startswith("@misc{junctures_what_happened,\n  author = {{The maintainers} and Doe, Jo},")
    assert "title = {Drills \\& talks by year}" in entry
    assert "Figure what\\_happened of: A study" in entry
    assert entry.count("{") == entry.count("}")


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_first_screen_is_at_most_25_lines():
    head, found, _ = text_of("README.md").partition("\n## ")
    assert found
    assert len(head.strip().splitlines()) <= 25


def test_first_page_names_every_source_and_the_day_of_the_rules():
    page = text_of("README.md")
    assert all(f"`{path.parent.name}`" in page for path in (ROOT / "raw").glob("*/SOURCE.yaml"))
    assert f"on {yaml.safe_load(text_of('config.yaml'))['study']['rules_fixed']}" in page


def test_licence_page_repeats_each_sources_terms():
    rows = dict(re.findall(r"^\| (\w+) \| ([\w.-]+) \|", text_of("LICENSE-data.md"), flags=re.MULTILINE))
    rows.pop("source")
    stated = {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8"))["licence"]
              for path in (ROOT / "raw").glob("*/SOURCE.yaml")}  # fmt: skip
    assert rows == stated


def test_one_version_everywhere():
    version = yaml.safe_load(text_of("CITATION.cff"))["version"]
    assert yaml.safe_load(text_of("config.yaml"))["study"]["version"] == version
    assert f'version = "{version}"' in text_of("pyproject.toml")
    assert f"## {version} " in text_of("CHANGELOG.md")


def blocks(page):
    """Return the YAML blocks of a page."""
    return re.findall(r"```yaml\n(.*?)```", text_of(page), flags=re.DOTALL)


def test_lines_that_the_recipes_give_can_be_pasted(tmp_path):
    risk, source, hotline, juncture, claim_lines = blocks("CONTRIBUTING.md")
    config = text_of("config.yaml").replace("\nindicators:\n", f"\nindicators:\n{risk}{hotline}", 1)
    last = config.index("\n# Things that happened meanwhile")
    config = config[:last] + "\n" + juncture.rstrip() + config[last:]
    config = config.replace("window: {start: 2000, end: 2021}", "window: {start: 2000, end: 2025}", 1)
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(text_of("claims.yaml").rstrip() + "\n" + claim_lines, encoding="utf-8")
    study = load_config(tmp_path / "config.yaml")
    assert {"risk_russia", "hotline_calls"} <= set(study.indicators)
    assert study.junctures[-1].id == "invasion"
    assert load_claims(tmp_path / "claims.yaml", study)[-1]["id"] == "visits_step_ukraine"
    folder = tmp_path / "raw" / "hotline_calls"
    folder.mkdir(parents=True)
    (folder / "SOURCE.yaml").write_text(source, encoding="utf-8")
    (folder / "yearly.csv").write_text("year,calls\n2008,3\n", encoding="utf-8")
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "references.bib").write_text(text_of("paper/references.bib"), encoding="utf-8")
    assert read_sources(tmp_path)[1] == []


def test_crosswalk_ends_with_a_citation_to_copy():
    parts = readme.write_parts(CLAIMS, EFFECTS, DESIGNS, FIGURE | OUTPUT, [], ABOUT)
    assert citations.cite_text(OUTPUT, ABOUT) in parts["crosswalk"]
    assert parts["crosswalk"].endswith(citations.cite_bibtex(OUTPUT, ABOUT) + "\n```")
