"""Every number in the tables of docs/comparison.md is the rounded one of benchmarks/comparison/results.csv."""

import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "comparison.md"
RESULTS = ROOT / "benchmarks" / "comparison" / "results.csv"
NUMBER = re.compile(r"<?−?\d*\.?\d+")
FIT = ("estimate", "lower", "upper", "p")
SIZE = ("size", "error", "count")
# By heading: part of the results, the quantities in the order in which a cell shows them, the number of columns with
# names, and whether rows are procedures and columns series (else the other way round).
TABLES = {
    "Estimate, 95 % interval and p": ("fit", FIT, 2, False),
    "Milliseconds of one fit, and the placebo in time": ("time", ("milliseconds",), 2, False),
    "Size, annual": ("size, annual", SIZE, 1, True),
    "Size, monthly": ("size, monthly", SIZE, 1, True),
    "Median width of the 95 % interval": ("size, {}", ("width",), 1, True),
}
# Columns with a part, a procedure and a quantity of their own.
OTHERS = {
    "truth": ("fit", "truth", "estimate"),
    "n": ("series", "points", "n"),
    "P(outside)": ("placebo", "CausalPy, PlaceboInTime", "outside"),
    "folds": ("placebo", "CausalPy, PlaceboInTime", "folds"),
    "placebo, seconds": ("placebo", "CausalPy, PlaceboInTime", "seconds"),
}


def read_tables():
    """Return {heading: (header, rows)} of the page."""
    tables, heading = {}, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            tables.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {name: (lines[0], lines[2:]) for name, lines in tables.items()}


def read_results():
    """Return {(part, case, procedure, juncture, quantity): value}, each with its count under the quantity `count`."""
    table = pd.read_csv(RESULTS, dtype={"juncture": str}).fillna({"juncture": ""})
    values = {}
    for row in table.itertuples(index=False):
        values[row.part, row.case, row.procedure, row.juncture, row.quantity] = row.value
        values[row.part, row.case, row.procedure, "", "count"] = row.count
    return values


def expected(heading, column, row, results):
    """Return the keys of the results that a cell must show, in order."""
    part, quantities, _, transposed = TABLES[heading]
    case, procedure = (column, row[0]) if transposed else (row[0], column)
    if "{}" in part:
        kind, case = column.split(", ", 1)
        part = part.format(kind)
    if column in OTHERS:
        part, procedure, quantity = OTHERS[column]
        quantities = (quantity,)
    return [
        key
        for quantity in quantities
        for key in results
        if key[:3] == (part, case, procedure) and key[4] == quantity and (part != "fit" or key[3] == row[1])
    ]


def cells():
    """Return (heading, column, row, text) of every cell that holds a result."""
    for heading, (header, rows) in read_tables().items():
        for row in rows:
            for column, text in list(zip(header, row, strict=True))[TABLES[heading][2] :]:
                yield heading, column, row, text


def agrees(text, value):
    """Return whether a number as shown is the value to its last shown place; <.001 is a p below .001."""
    if text.startswith("<"):
        return 0 <= value < float(text[1:])
    places = len(text.split(".")[1]) if "." in text else 0
    # A p of .9962 is shown as 1, as everywhere in the study.
    slack = 0.005 if text == "1" and value <= 1 else 0.5000001 * 10**-places
    return abs(float(text.replace("−", "-")) - value) <= slack


def test_page_has_every_table_and_no_other():
    assert set(read_tables()) == set(TABLES)


@pytest.mark.parametrize("heading", TABLES)
def test_every_number_of_a_table_is_in_the_results(heading):
    results, wrong = read_results(), []
    for found, column, row, text in cells():
        if found == heading:
            keys, shown = expected(heading, column, row, results), NUMBER.findall(text)
            if len(shown) != len(keys) or not all(agrees(a, results[key]) for a, key in zip(shown, keys, strict=True)):
                wrong.append((row[:2], column, text, [results[key] for key in keys]))
    assert wrong == []


def test_every_estimate_and_every_size_is_shown():
    results = read_results()
    shown = {key for heading, column, row, _ in cells() for key in expected(heading, column, row, results)}
    asked = {
        key
        for key in results
        # The text says that sklearn's estimates are those of OLS, and no table repeats them.
        if (key[0] in ("fit", "placebo") and key[4] in (*FIT, "outside") and key[2] != "CausalPy, sklearn")
        or (key[0].startswith("size") and key[4] in ("size", "error"))
    }
    assert asked
    assert asked - shown == set()


def test_rounding_is_judged_by_the_last_place_shown():
    assert agrees("4.4", 4.44) and agrees("−0.15", -0.1549) and agrees("12", 12.4)
    assert agrees("<.001", 0.0009) and agrees("1", 0.997)
    assert not agrees("4.4", 4.46) and not agrees("0.15", -0.15) and not agrees("12", 12.6)
    assert not agrees("<.001", 0.002) and not agrees("1", 0.98)


def test_page_is_short_and_names_versions():
    text = PAGE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    for package in ("statsmodels", "causalpy", "pymc"):
        assert re.search(rf"{package} \d+\.\d+", text), package
