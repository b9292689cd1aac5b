"""What the procedures give for the ten series, how long they take, and how often they reject a true null."""

import fcntl
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import procedures as peers
from series import Case, null_series, ten_series

from junctures.numbers import write_csv

HERE = Path(__file__).parent
RESULTS = HERE / "results.csv"
CACHE = HERE / "cache"
SAMPLES = CACHE / "pymc.csv"
KEY = ["part", "case", "procedure"]
COLUMNS = [*KEY, "juncture", "quantity", "value", "count"]
FIT = ("estimate", "lower", "upper", "p")
# Seconds are of the processor (nothing here runs in parallel), which other work on the machine does not lengthen.
REPEATS = 5  # runs of a fit, of which the median time is kept
LEVEL = 0.05
CELLS = {
    "annual": {"rho 0": 0.0, "rho .4": 0.4, "rho .6": 0.6, "rho .8": 0.8},
    "monthly": {"AR(1) .6": 0.6, "ARMA(.8, -.5)": "arma"},
}
COUNTS = {
    "annual": {
        peers.OURS: 10000,
        peers.HAC_DEFAULT: 10000,
        peers.HAC_CORRECTED: 10000,
        peers.GLSAR: 4000,
        peers.OLS_T: 10000,
        peers.AVERAGE: 500,
        peers.SARIMAX: 1000,
    },
    "monthly": {
        peers.OURS: 4000,
        peers.HAC_DEFAULT: 4000,
        peers.HAC_CORRECTED: 4000,
        peers.GLSAR: 2000,
        peers.OLS_T: 4000,
        peers.SARIMAX: 200,
    },
}
WITH_INTERVAL = 1000  # series of which ours gives bounds, the one costly part of a batch
PYMC_COUNT = 100


def load() -> pd.DataFrame:
    """Return the results so far, empty where there are none."""
    if not RESULTS.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(RESULTS, keep_default_na=False, na_values=[""], dtype={"juncture": str}).fillna({"juncture": ""})


def store(rows: Iterable[dict]) -> None:
    """Put rows into the results, in place of those of the same part, case and procedure; parts may run side by side."""
    new = pd.DataFrame(rows, columns=COLUMNS)
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = load()
        replaced = old.set_index(KEY).index.isin(new.set_index(KEY).index)
        table = pd.concat([old[~replaced], new]) if len(old) else new
        table["value"] = table["value"].astype(float)
        write_csv(table.sort_values(KEY, kind="stable"), RESULTS)


def measure_fits() -> None:
    """Store estimate, interval and p of each step of the ten series by every procedure, and the time of a fit."""
    series = ten_series()
    for name, fit in peers.FITS.items():
        for case in series:
            known = load()
            if len(known[(known.part == "fit") & (known.case == case.name) & (known.procedure == name)]):
                continue
            values, seconds = _timed(name, fit, case)
            store([*_fit_rows(case, name, values), _row("time", case.name, name, "", "milliseconds", 1000 * seconds)])
            print(f"{case.name}, {name}: {1000 * seconds:.1f} ms", flush=True)
    for case in series:
        store([_row("series", case.name, "points", "", "n", len(case.y))])
        if case.truth:
            rows = zip(case.layout.junctures, case.truth, strict=True)
            store(_row("fit", case.name, "truth", juncture, "estimate", value) for juncture, value in rows)


def measure_placebos() -> None:
    """Store CausalPy's placebo in time at the first step of each of the ten series."""
    peers.skip_timers()
    for case in ten_series():
        known = load()
        if len(known[(known.part == "placebo") & (known.case == case.name)]):
            continue
        found = peers.placebo_in_time(case.y, case.layout)
        first = case.layout.junctures[0]
        store(_row("placebo", case.name, peers.PLACEBO, first, key, value) for key, value in found.items())
        print(f"{case.name}, placebo in time: {found['seconds']:.0f} s", flush=True)


def measure_sizes() -> None:
    """Store the size of every procedure but the sampled ones, cell by cell."""
    # The cheap procedures first, in every cell.
    wanted = [(kind, name, cell) for kind, counts in COUNTS.items() for name in counts for cell in CELLS[kind]]
    for kind, name, cell in sorted(wanted, key=lambda item: item[1] == peers.SARIMAX):
        count, part, known = COUNTS[kind][name], f"size, {kind}", load()
        done = known[(known.part == part) & (known.case == cell) & (known.procedure == name)]
        if len(done) and done["count"].max() >= count:
            continue
        layout, Y = null_series(kind, CELLS[kind][cell], count)
        start = time.process_time()
        values = _many(name, Y, layout)
        each = (time.process_time() - start) / count
        junctures = ("average",) if name == peers.AVERAGE else layout.junctures
        store(_size_rows(part, cell, name, junctures, values, each))
        print(f"{kind}, {cell}, {name}: {count} series, {1000 * each:.2f} ms each", flush=True)


def sample_pymc(backwards: bool = False) -> None:
    """Add to the cache what CausalPy with PyMC gives for annual series without steps, one of each cell in turn.

    A second process that goes `backwards` through the cells shares the work.
    """
    peers.skip_timers()
    SAMPLES.parent.mkdir(exist_ok=True)
    cells = list(reversed(CELLS["annual"]) if backwards else CELLS["annual"])
    series = {cell: null_series("annual", CELLS["annual"][cell], PYMC_COUNT) for cell in cells}
    for index in range(PYMC_COUNT):
        for cell, (layout, Y) in series.items():
            if SAMPLES.exists() and (cell, index) in set(pd.read_csv(SAMPLES).set_index(["cell", "index"]).index):
                continue
            start = time.process_time()
            rows = peers.fit_causalpy_pymc(Y[index], layout, index + 1)
            seconds = time.process_time() - start
            table = pd.DataFrame(rows).add_prefix("value_").assign(cell=cell, index=index, seconds=seconds)
            table.to_csv(SAMPLES, mode="a", header=not SAMPLES.exists(), index=False)
        print(f"PyMC: {index + 1} of {PYMC_COUNT} series a cell", flush=True)


def collect() -> None:
    """Summarise the cache of sampled series into the results; without a cache these keep what they hold."""
    if not SAMPLES.exists():
        return
    junctures = null_series("annual", 0.0, 1)[0].junctures
    table = pd.read_csv(SAMPLES)
    # A series that two processes did at the same time counts once.
    table = table.drop_duplicates(table.columns.drop("seconds"))
    for cell, rows in table.groupby("cell"):
        values = rows[[f"value_{i}" for i in range(6)]].to_numpy(float).reshape(-1, len(junctures), 6)
        store(_size_rows("size, annual", cell, peers.CAUSALPY_PYMC, junctures, values, rows["seconds"].median()))


def _timed(name: str, fit: Callable, case: Case) -> tuple[np.ndarray, float]:
    """Return what a fit gives and its seconds: the median of REPEATS after a first one; a sampler runs once."""
    times = []
    if name != peers.CAUSALPY_PYMC or "pymc" not in sys.modules:
        # A first run, so that no import is counted.
        fit(case.y, case.layout)
    for _ in range(1 if name == peers.CAUSALPY_PYMC else REPEATS):
        start = time.process_time()
        values = fit(case.y, case.layout)
        times.append(time.process_time() - start)
    return values, float(np.median(times))


def _fit_rows(case: Case, name: str, values: np.ndarray) -> list[dict]:
    quantities = list(FIT)
    if name == peers.SARIMAX:
        quantities.append("converged")
    if name == peers.CAUSALPY_PYMC:
        quantities += ["rhat", "divergences"]
    return [
        _row("fit", case.name, name, juncture, quantity, value)
        for juncture, row in zip(case.layout.junctures, values, strict=True)
        for quantity, value in zip(quantities, row, strict=True)
        if np.isfinite(value)
    ]


def _many(name: str, Y: np.ndarray, layout) -> np.ndarray:
    """Return (N, m, 4 or more) of a procedure for series Y (N, n)."""
    if name == peers.OURS:
        return peers.fit_many_ours(Y, layout, WITH_INTERVAL)
    fits = peers.FITS | {peers.OLS_T: peers.fit_ols_t, peers.AVERAGE: peers.average_effect}
    return np.array([fits[name](y, layout) for y in Y])


def _size_rows(part: str, cell: str, name: str, junctures, values: np.ndarray, seconds: float) -> list[dict]:
    """Return rejection rates in per cent with the Monte-Carlo error of the largest, the median width, and more."""
    count = len(values)
    # A p that is missing rejects nothing.
    shares = np.mean(values[:, :, 3] <= LEVEL, axis=0)
    rows = [_row(part, cell, name, j, "size", 100 * s, count) for j, s in zip(junctures, shares, strict=True)]
    error = 100 * np.max(np.sqrt(shares * (1 - shares) / count))
    width = np.nanmedian(values[:, :, 2] - values[:, :, 1])
    more = {"error": error, "width": width, "milliseconds": 1000 * seconds}
    if name == peers.SARIMAX:
        more["converged"] = 100 * np.mean(values[:, 0, 4])
    if name == peers.CAUSALPY_PYMC:
        more["largest_rhat"] = np.max(values[:, :, 4])
        more["median_rhat"] = np.median(values[:, :, 4])
        more["divergences"] = np.sum(values[:, 0, 5])
    return rows + [_row(part, cell, name, "", quantity, value, count) for quantity, value in more.items()]


def _row(part, case, procedure, juncture, quantity, value, count=1) -> dict:
    return dict(zip(COLUMNS, (part, case, procedure, juncture, quantity, float(value), count), strict=True))
