"""What the pages tell: numbers are those of the results, the config and the code; links and anchors lead somewhere."""

import re
from pathlib import Path

import pytest

from junctures.inference import cases, date_rows, design, families, pool, simulate
from junctures.numbers import read_csv
from junctures.report import compare
from junctures.study.claims_file import load_claims
from junctures.study.config import load_config

ROOT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "docs", "raw", "src", "studies", "tables")
TEMPLATE = ROOT / "benchmarks/comparison/page.md"  # becomes docs/comparison.md, from where its links are seen
PAGES = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
PAGES.remove(TEMPLATE)
NOTEBOOKS = [*(ROOT / "notebooks").glob("*.py")]
WORDS = {"eighteen": 18, "nineteen": 19, "twenty": 20}
CONFIG = load_config(ROOT / "config.yaml")
STUDY = CONFIG.model_dump(mode="json")


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


CLAIMS = load_claims(ROOT / "claims.yaml", CONFIG)
SOURCES = [path.parent.name for path in ROOT.glob("raw/*/SOURCE.yaml")]
USED = [source for source in SOURCES if f"{source}/" in text_of("config.yaml") + text_of("claims.yaml")]


def results(name, **where):
    """Return the rows of a table of results whose columns have these values."""
    table = read_csv(ROOT / f"processed/results/{name}.csv")
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table), f"{name}.csv has no row with {where}"
    return table


def minutes():
    """Return the minutes of set-up with build, and of the build alone, as measured."""
    commands = ("`make`", "`snakemake --forceall`")
    measured = [re.search(rf"\| {command} \| ([\d.]+) \|", text_of("docs/benchmarks.md")) for command in commands]
    return [float(found.group(1)) / 60 for found in measured]


def years():
    """Return the lengths of the shortest and longest yearly series that a claim may rest on."""
    lengths = results("effects", model="primary", frequency="year", estimand="step")["n"]
    return [lengths.min(), lengths.max()]


def ranges():
    """Return over how many declared scales the leader and the outcome of the lead test range, each with its window."""
    told = []
    lead = next(iter(STUDY["leads"].values()))
    for name in (lead["leader"], lead["outcome"]):
        entry = STUDY["pools"][name]
        members = pool.with_vintages(STUDY["indicators"], entry["members"])
        series = {member: read_csv(ROOT / f"processed/series/{member}.csv", unit=str) for member in members}
        index = pool.build_index(series, members, entry)["y"]
        told += [index.max() - index.min(), entry["window"]["start"], entry["window"]["end"]]
    return told


def estimators():
    """Return p of the pool's mean step: by the procedure, OLS, REML, Newey-West (.001 at least), another end."""
    cell = {"indicator": "military", "estimand": "mean_step", "juncture": "all"}
    other = STUDY["rows"]["other_end"]
    models = ("ols", "reml", "ols_hac", f"end_{other}")
    rows = [results("effects", model="pool_military", **cell)]
    rows += [results("specifications", model=model, **cell) for model in models]
    main, ols, reml, hac, early = (row["p"].iloc[0] for row in rows)
    return [main, ols, reml, max(hac, 0.001), other, early]


def lead():
    return next(iter(STUDY["leads"].values()))["smallest_coefficient"]


def upper_lead():
    return results("effects", model="leads", estimand="lead_before")["upper"].iloc[0]


# Page, the words around its numbers, and what they must be, to the digits that are told. A pattern holds wherever it
# is found, and must be found.
NUMBER = r"(\d*\.?\d+)"
FACTS = [
    ("README.md", r"Here (\d+) of their statements are", lambda: [len(CLAIMS)]),
    ("README.md", r"against (\d+) sourced data sets", lambda: [len(USED)]),
    ("README.md", r"The (\d+) folders of `raw/`", lambda: [len(SOURCES)]),
    ("README.md", r"about (\d+) minutes(?: on 2 cores| there), the build alone about (\d+)", minutes),
    ("raw/README.md", r"^(\w+) sources, one folder each", lambda: [len(SOURCES)]),
    ("docs/method.md", r"yearly series are (\d+) to (\d+) points long", years),
    ("docs/method.md", r"\*\*Enough points\*\*: (\d+) in all", lambda: [design.FEWEST_POINTS]),
    ("docs/method.md", r"From (\d+) points on they are AR\(1\) plus", lambda: [cases.NOISE_FROM]),
    ("docs/method.md", rf"members correlated {NUMBER}[.);]", lambda: [pool.CORRELATION]),
    (
        "docs/method.md",
        rf"at persistence {NUMBER}, at least (\d+) % of series without",
        lambda: [simulate.ATTAINABLE_RHO, 100 * simulate.ATTAINABLE_SHARE],
    ),
    ("docs/method.md", r"such a row in more than (\d+) %", lambda: [100 * families.MISLED]),
    ("docs/method.md", r"A segment holds (\d+) % of the points", lambda: [100 * date_rows.TRIMMING]),
    ("docs/method.md", rf"of a count, where it is not {NUMBER} \|", lambda: [cases.RATE_RATIO]),
    (
        "docs/method.md",
        rf"p at most {NUMBER}(?:, robust|, and no step| and no step|, unadjusted)",
        lambda: [families.LEVEL],
    ),
    (
        "docs/verify.md",
        r"may differ by (1e-\d+) of their size or by (1e-\d+), in tables as in texts; a pixel by (\d+) of 255 levels",
        lambda: [compare.RELATIVE, compare.ABSOLUTE, compare.LEVELS],
    ),
    ("docs/calibration.md", r"with ([\d,]+) series a cell", lambda: [STUDY["study"]["simulations"]["grid"]]),
    ("docs/calibration.md", r"^(\d+) simulated studies", lambda: [STUDY["study"]["simulations"]["studies"]]),
    ("docs/claims.md", rf"with p at most {NUMBER}\b", lambda: [families.LEVEL]),
    ("docs/api.md", rf"p of at most {NUMBER}\b", lambda: [families.LEVEL]),
    ("docs/api.md", rf"rate ratio of {NUMBER} on the mean", lambda: [cases.RATE_RATIO]),
    ("docs/method.md", rf"smallest coefficient of the lead test, {NUMBER},", lambda: [lead()]),
    ("docs/method.md", rf"A coefficient of {NUMBER} over the leader", lambda: [lead()]),
    ("docs/method.md", rf"its upper end, {NUMBER},", lambda: [upper_lead()]),
    (
        "docs/method.md",
        rf"ranges over {NUMBER} of its\s+declared scales from (\d+) to (\d+), the index of military cooperation over "
        rf"{NUMBER} from (\d+) to (\d+)",
        ranges,
    ),
    (
        "docs/method.md",
        rf"mean step of the military pool, p {NUMBER} by the procedure above, has p {NUMBER} by OLS, {NUMBER} by REML "
        rf"and under {NUMBER} with Newey-West errors; with a window that ends in (\d+) it has {NUMBER}",
        estimators,
    ),
]


@pytest.mark.parametrize(("page", "pattern", "expected"), FACTS, ids=lambda part: part if isinstance(part, str) else "")
def test_numbers_of_the_pages_are_those_of_results_config_and_code(page, pattern, expected):
    found = [match.groups() for match in re.finditer(pattern, text_of(page), re.MULTILINE)]
    assert found, f"{page} has no {pattern!r}: mend the pattern, or take it out with the sentence"
    values = [float(value) for value in expected()]
    for told in found:
        for text, value in zip(told, values, strict=True):
            number = str(WORDS.get(text.lower(), text.replace(",", "")))
            # Half a unit of the last digit that is told, and a little for numbers that lie on the edge.
            unit = float(number) if "e-" in number else 10.0 ** -len(number.partition(".")[2])
            assert float(number) == pytest.approx(value, rel=0, abs=0.5001 * unit), told


def links(text):
    """Return the targets of the links and pictures of a page outside its code."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)", re.sub(r"`[^`\n]*`", "", text))


def anchors(text):
    """Return the anchors that GitHub gives a page's headings: lower case, hyphens for spaces, no other marks."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ +(.*?) *$", text, re.MULTILINE)
    words = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in words]


def dead_links(path):
    """Return the links of a page that lead to no file, or to no heading of a page."""
    dead = []
    for target in links(path.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = (path.parent / name) if name else path
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            dead.append(target)
    return dead


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings_of_the_repository(path):
    assert dead_links(path) == []


def test_dead_link_and_dead_anchor_are_found_and_code_is_no_link(tmp_path):
    (tmp_path / "other.md").write_text("# One, two: `three`\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#one-two-three) [c](#here) [d](gone.md) [e](other.md#four) [f](#there)\n"
        "`[g](gone.md)` [h](https://example.org/gone)\n```\n# There\n[i](gone.md)\n```\n",
        encoding="utf-8",
    )
    assert dead_links(page) == ["gone.md", "other.md#four", "#there"]


def sources_named(node):
    """Yield the source of every table and indicator that a check names."""
    if isinstance(node, dict):
        for key, each in node.items():
            if key in ("table", "codes") and isinstance(each, str):
                yield each.split("/")[0]
            elif key == "indicator" and each in STUDY["indicators"]:
                yield STUDY["indicators"][each]["table"].split("/")[0]
            else:
                yield from sources_named(each)
    elif isinstance(node, list):
        for each in node:
            yield from sources_named(each)


@pytest.mark.parametrize("source", SOURCES)
def test_update_guide_says_what_rests_on_each_source(source):
    row = next(line for line in text_of("docs/data.md").splitlines() if line.startswith(f"| `{source}` |"))
    told = row.split("|")[3]
    made = {name for name, entry in STUDY["indicators"].items() if entry["table"].startswith(f"{source}/")}
    assert set(re.findall("`([a-z0-9_]+)`", told)) - {"published_counts"} == made
    pools = {name for name, pool in STUDY["pools"].items() if made & set(pool["members"])}
    assert {name for name in STUDY["pools"] if re.search(rf"pools? .*\b{name}\b", told)} == pools
    count = sum(source in set(sources_named(claim["check"])) for claim in CLAIMS)
    said = re.search(r"(\d+) claims?\b", told)
    assert (int(said[1]) if said else 0) == count
