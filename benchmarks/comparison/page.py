"""docs/comparison.md, written from results.csv."""

import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import procedures as peers
from measure import CELLS, FIT, load
from series import ten_series

from junctures.report.style import probability

PAGE = Path(__file__).parents[2] / "docs" / "comparison.md"
HERE = Path(__file__).parent
FITTED = [peers.OURS, peers.HAC_DEFAULT, peers.HAC_CORRECTED, peers.GLSAR, peers.SARIMAX, peers.CAUSALPY_PYMC]
PACKAGES = ("statsmodels", "causalpy", "pymc", "pytensor", "scikit-learn", "numpy", "scipy", "pandas")
NONE = "–"
NOT_CONVERGED = "†"


def write() -> None:
    """Write the page from results.csv; what has not been measured is shown as a dash."""
    results = load()
    text = (HERE / "page.md").read_text(encoding="utf-8")
    tables = {
        "versions": versions(),
        "steps": steps_table(results),
        "p": p_table(results),
        "times": times_table(results),
        "size_annual": size_table(results, "annual"),
        "size_monthly": size_table(results, "monthly"),
        "width": width_table(results),
        "placebo": placebo_table(results),
        "placebo_size": placebo_size_table(results),
    } | facts(results)
    PAGE.write_text(text.format(**tables), encoding="utf-8")
    print(f"{PAGE.name}: {len(PAGE.read_text(encoding='utf-8').splitlines())} lines", flush=True)


def versions() -> str:
    """Return the names and versions of what was compared."""
    named = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{named}; Python {platform.python_version()}"


def steps_table(results: pd.DataFrame) -> str:
    """Return the table of estimates and intervals, a row for each step."""
    rows = []
    for case, juncture in _steps():
        cells = [_interval(_values(results, "fit", case, name, juncture)) for name in FITTED]
        truth = _values(results, "fit", case, "truth", juncture)
        rows.append([case, juncture, _number(truth["estimate"]) if truth else NONE, *cells])
    return _table(["series", "step", "truth", *FITTED], rows)


def p_table(results: pd.DataFrame) -> str:
    """Return the table of p-values, a row for each step."""
    rows = []
    for case, juncture in _steps():
        cells = [_values(results, "fit", case, name, juncture) for name in FITTED]
        rows.append([case, juncture, *(probability(cell["p"]) if "p" in cell else NONE for cell in cells)])
    return _table(["series", "step", *FITTED], rows)


def times_table(results: pd.DataFrame) -> str:
    """Return the table of the times of one fit in milliseconds."""
    names = [*FITTED, peers.CAUSALPY_OLS]
    rows = []
    for case in ten_series():
        points = _values(results, "series", case.name, "points", "")
        cells = [_values(results, "time", case.name, name, "") for name in names]
        times = [_number(cell["milliseconds"]) if cell else NONE for cell in cells]
        rows.append([case.name, case.about, f"{points['n']:.0f}" if points else NONE, *times])
    return _table(["series", "what", "n", *names], rows)


def size_table(results: pd.DataFrame, kind: str) -> str:
    """Return the table of rejection rates with their Monte-Carlo error and the number of series."""
    names = [*FITTED, peers.AVERAGE] if kind == "annual" else FITTED[:-1]
    rows = [[name, *(_size(results, f"size, {kind}", cell, name) for cell in CELLS[kind])] for name in names]
    return _table(["procedure", *CELLS[kind]], rows)


def width_table(results: pd.DataFrame) -> str:
    """Return the table of median widths of the intervals, in sd of the series."""
    rows = []
    for name in FITTED:
        row = [name]
        for kind, cells in CELLS.items():
            found = [_values(results, f"size, {kind}", cell, name, "") for cell in cells]
            row += [_number(values["width"]) if "width" in values else NONE for values in found]
        rows.append(row)
    return _table(["procedure", *(f"{kind}, {cell}" for kind, cells in CELLS.items() for cell in cells)], rows)


def placebo_table(results: pd.DataFrame) -> str:
    """Return the table of CausalPy's placebo in time at the first step of each series."""
    rows = []
    for case in ten_series():
        juncture = case.layout.junctures[0]
        found = _values(results, "placebo", case.name, peers.PLACEBO, juncture)
        if not found:
            rows.append([case.name, juncture, NONE, NONE, NONE])
            continue
        outside = f"{found['outside']:.2f}" if "outside" in found else NONE
        rows.append([case.name, juncture, outside, f"{found['folds']:.0f}", f"{found['seconds']:.0f}"])
    return _table(["series", "step", "P(outside)", "folds", "seconds"], rows)


def placebo_size_table(results: pd.DataFrame) -> str:
    """Return the table of how often the placebo in time supports an effect that is not there."""
    found = results[results.part == "size, placebo"]
    cells = list(dict.fromkeys(found.case))
    return _table(
        ["procedure", *cells], [[peers.PLACEBO, *(_size(results, "size, placebo", c, peers.PLACEBO) for c in cells)]]
    )


def facts(results: pd.DataFrame) -> dict[str, str]:
    """Return the numbers that the text names."""
    fits = results[(results.part == "fit") & (results.quantity == "estimate")].set_index(
        ["case", "juncture", "procedure"]
    )
    wide = fits["value"].unstack("procedure")
    gap = np.max(np.abs(wide[peers.CAUSALPY_OLS] / wide[peers.HAC_DEFAULT] - 1))
    pymc = results[results.procedure == peers.CAUSALPY_PYMC]
    rhats = pymc[pymc.quantity.isin(["rhat", "largest_rhat"])]["value"]
    converged = results[(results.procedure == peers.SARIMAX) & (results.quantity == "converged")]
    sizes = converged[converged.part.str.startswith("size")]["value"]
    return {
        "ols_gap": f"{gap:.0e}",
        "rhat": f"{rhats.max():.3f}",
        "divergences": f"{pymc[pymc.quantity == 'divergences']['value'].sum():.0f}",
        "converged": f"{sizes.min():.0f} to {sizes.max():.0f}",
        "draws": f"{peers.CHAINS} chains of {peers.DRAWS} draws after {peers.TUNE}",
    }


def _steps() -> list[tuple[str, str]]:
    return [(case.name, juncture) for case in ten_series() for juncture in case.layout.junctures]


def _values(results: pd.DataFrame, part: str, case: str, procedure: str, juncture: str) -> dict[str, float]:
    chosen = results[(results.part == part) & (results.case == case) & (results.procedure == procedure)]
    chosen = chosen[chosen.juncture == juncture]
    return dict(zip(chosen.quantity, chosen.value, strict=True))


def _size(results: pd.DataFrame, part: str, case: str, procedure: str) -> str:
    """Return sizes in the order of the steps, the largest Monte-Carlo error, and in brackets the number of series."""
    chosen = results[(results.part == part) & (results.case == case) & (results.procedure == procedure)]
    if chosen.empty:
        return NONE
    sizes = " / ".join(f"{value:.1f}" for value in chosen[chosen.quantity == "size"].value)
    error = chosen[chosen.quantity == "error"].value.iloc[0]
    return f"{sizes} ± {error:.1f} ({chosen['count'].iloc[0]})"


def _interval(values: dict[str, float]) -> str:
    if any(key not in values for key in FIT[:3]):
        return NONE
    mark = NOT_CONVERGED if values.get("converged") == 0 else ""
    estimate, lower, upper = (_number(values[key]) for key in FIT[:3])
    return f"{estimate} [{lower}, {upper}]{mark}"


def _number(value: float) -> str:
    """Return a number with three significant digits but no exponent."""
    if abs(value) >= 1000:
        return f"{value:.0f}"
    text = f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.4f}"
    return text.replace("-", "−")


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
