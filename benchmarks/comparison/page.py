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
SIZED = [*FITTED, peers.OLS_T, peers.AVERAGE]
PLACEBO_COLUMNS = {"P(outside)": "outside", "folds": "folds", "placebo, seconds": "seconds"}
PACKAGES = ("statsmodels", "causalpy", "pymc", "pytensor", "scikit-learn", "numpy", "scipy", "pandas")
NONE = "–"
MONTHLY_AR1 = "AR(1) .6"
NOT_CONVERGED = "†"
UNCONVERGED = f"{NOT_CONVERGED} SARIMAX's optimiser reports no convergence."


def write() -> None:
    """Write the page from results.csv; what has not been measured is shown as a dash."""
    results = load()
    text = (HERE / "page.md").read_text(encoding="utf-8")
    tables = {
        "versions": versions(),
        "steps": steps_table(results),
        "series": series_table(results),
        "size_annual": size_table(results, "annual"),
        "size_monthly": size_table(results, "monthly"),
        "width": width_table(results),
    }
    text = text.format(**tables, **facts(results))
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {len(text.splitlines())} lines", flush=True)


def versions() -> str:
    """Return the names and versions of what was compared."""
    named = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{named}; Python {platform.python_version()}"


def steps_table(results: pd.DataFrame) -> str:
    """Return the table of estimates, intervals and p, a row for each step."""
    rows = []
    for case in ten_series():
        for juncture in case.layout.junctures:
            cells = [_fit(_values(results, "fit", case.name, name, juncture)) for name in FITTED]
            truth = _values(results, "fit", case.name, "truth", juncture)
            rows.append([case.name, juncture, _number(truth["estimate"]) if truth else NONE, *cells])
    table = _table(["series", "step", "truth", *FITTED], rows)
    return f"{table}\n\n{UNCONVERGED}" if NOT_CONVERGED in table else table


def series_table(results: pd.DataFrame) -> str:
    """Return the table of the series: points, milliseconds of a fit by each procedure, CausalPy's placebo in time."""
    names = [*FITTED, peers.CAUSALPY_OLS]
    rows = []
    for case in ten_series():
        points = _values(results, "series", case.name, "points", "")
        cells = [_values(results, "time", case.name, name, "") for name in names]
        times = [_number(cell["milliseconds"]) if cell else NONE for cell in cells]
        found = _values(results, "placebo", case.name, peers.PLACEBO, case.layout.junctures[0])
        placebo = [_number(found[key]) if key in found else NONE for key in PLACEBO_COLUMNS.values()]
        rows.append([case.name, case.about, _number(points["n"]) if points else NONE, *times, *placebo])
    return _table(["series", "what", "n", *names, *PLACEBO_COLUMNS], rows)


def size_table(results: pd.DataFrame, kind: str) -> str:
    """Return the table of rejection rates with their Monte-Carlo error and the number of series."""
    names = [name for name in SIZED if any(_size(results, f"size, {kind}", cell, name) != NONE for cell in CELLS[kind])]
    rows = [[name, *(_size(results, f"size, {kind}", cell, name) for cell in CELLS[kind])] for name in names]
    return _table(["procedure", *CELLS[kind]], rows)


def width_table(results: pd.DataFrame) -> str:
    """Return the table of median widths of the intervals, in sd of the series."""
    rows = []
    for name in SIZED[:-1]:
        row = [name]
        for kind, cells in CELLS.items():
            found = [_values(results, f"size, {kind}", cell, name, "") for cell in cells]
            row += [_number(values["width"]) if "width" in values else NONE for values in found]
        rows.append(row)
    return _table(["procedure", *(f"{kind}, {cell}" for kind, cells in CELLS.items() for cell in cells)], rows)


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
    named = {"ours": peers.OURS, "glsar": peers.GLSAR, "sarimax": peers.SARIMAX, "ols": peers.OLS_T}
    named |= {"corrected": peers.HAC_CORRECTED, "default": peers.HAC_DEFAULT}
    ranges = {
        f"size_{key}": f"{_range(results, 'annual', name)} and {_range(results, 'monthly', name)}"
        for key, name in named.items()
    }
    monthly = {f"monthly_{key}": _range(results, "monthly", name, MONTHLY_AR1) for key, name in named.items()}
    annual_first = next(iter(CELLS["annual"]))
    batch, one = (
        _values(results, "size, annual", annual_first, name, "")["milliseconds"]
        for name in (peers.OURS, peers.HAC_DEFAULT)
    )
    return (
        {
            "ols_gap": "none at all" if gap == 0 else f"{gap:.0e}",
            "rhat": f"{rhats.max():.3f}",
            "divergences": f"{pymc[pymc.quantity == 'divergences']['value'].sum():.0f}",
            "converged": f"{sizes.min():.0f} to {sizes.max():.0f}" if len(sizes) else NONE,
            "count": str(peers.CHAINS * peers.DRAWS),
            "folds": str(peers.FOLDS),
            "placebo_draws": f"{peers.CHAINS} chains of {peers.PLACEBO_DRAWS} draws for that model",
            "draws": f"{peers.CHAINS} chains of {peers.DRAWS} draws after {peers.TUNE}",
            "narrower": _narrower(results, "annual", annual_first, peers.OLS_T),
            "narrower_glsar": _narrower(results, "monthly", MONTHLY_AR1, peers.GLSAR),
            "narrower_sarimax": _narrower(results, "monthly", MONTHLY_AR1, peers.SARIMAX),
            "batch": f"{batch:.2f}",
            "one": f"{one:.2f}",
        }
        | ranges
        | monthly
    )


def _range(results: pd.DataFrame, kind: str, procedure: str, case: str | None = None) -> str:
    chosen = results[
        (results.part == f"size, {kind}") & (results.procedure == procedure) & (results.quantity == "size")
    ]
    if case:
        chosen = chosen[chosen.case == case]
    return f"{chosen.value.min():.1f}–{chosen.value.max():.1f}"


def _narrower(results: pd.DataFrame, kind: str, case: str, procedure: str) -> str:
    """Return by how many per cent a procedure's intervals are narrower than ours in one cell."""
    other, ours = (
        _values(results, f"size, {kind}", case, name, "").get("width", np.nan) for name in (procedure, peers.OURS)
    )
    return NONE if np.isnan(other) else f"{100 * (1 - other / ours):.0f}"


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


def _fit(values: dict[str, float]) -> str:
    if any(key not in values for key in FIT):
        return NONE
    mark = NOT_CONVERGED if values.get("converged") == 0 else ""
    estimate, lower, upper = (_number(values[key]) for key in FIT[:3])
    return f"{estimate} [{lower}, {upper}] {probability(values['p'])}{mark}"


def _number(value: float) -> str:
    """Return a number with three significant digits but no exponent, a whole one without decimals."""
    if value == round(value):
        return f"{value:.0f}".replace("-", "−")
    places = 2 - int(np.floor(np.log10(abs(value))))
    return f"{value:.{min(max(places, 0), 4)}f}".replace("-", "−")


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
