"""Measure how fast the procedures are, against what else there is, in one run: python benchmarks/speed.py

Run it on an idle machine. Each figure is the median of five runs; how work grows is the slope of log seconds on log
size over four sizes.
"""

import os
import platform
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from page import write_part

from junctures.inference import alternatives, breaks, dates, design, primary
from junctures.inference.placebo_dates import hac_scan

RUNS = 5
YEARS = np.arange(2000, 2022)
MONTHS = np.arange(24000, 24264)


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median of the seconds that some work takes, after one run that warms up."""
    work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def exponent(work: Callable[[int], Callable[[], object]], sizes: tuple[int, ...]) -> float:
    """Return the slope of log seconds on log size; `work` prepares what is timed at a size."""
    taken = [seconds(work(size), 3) for size in sizes]
    return float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])


def annual(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return series (count, 22) and the design of three steps."""
    rng = np.random.default_rng(1)
    return rng.standard_normal((count, len(YEARS))), design.build(YEARS, steps=[2012, 2014, 2017]).X


def monthly(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return series (count, 264) and the design of three steps with seasons."""
    rng = np.random.default_rng(2)
    return rng.standard_normal((count, len(MONTHS))), design.build(MONTHS, steps=[24144, 24171, 24198], season=12).X


def fit_many(Y: np.ndarray, X: np.ndarray, time: np.ndarray, noise: bool) -> Callable[[], object]:
    """Return the work of fitting every series and testing one step."""
    grid, contrast = primary.Grid(time, noise), np.eye(X.shape[1])[2]
    return lambda: grid.fit_batch(Y, X).summarise(contrast)


def one_answer(y: np.ndarray, X: np.ndarray, time: np.ndarray, noise: bool, steps: int = 1) -> Callable[[], object]:
    """Return the work of one answer from nothing: grid, fit, estimate, interval and p of one step or more."""

    def work():
        posterior = primary.Grid(time, noise).fit(y, X)
        return [posterior.summarise(row) for row in np.eye(X.shape[1])[2 : 2 + steps]]

    return work


def scan(series: int, n: int) -> Callable[[], object]:
    """Return the work of a placebo scan: a Newey-West t of a step at every date beside a trend, for many series."""
    t = np.arange(n)
    Y = np.random.default_rng(3).standard_normal((series, n))
    base = design.build(t, steps=[]).X
    return lambda: hac_scan(Y, base, t[3:-3], t)


def statsmodels_scan(n: int) -> Callable[[], object]:
    """Return the same for one series, by a loop over dates with statsmodels."""
    from statsmodels.regression.linear_model import OLS

    t = np.arange(n)
    y = np.random.default_rng(3).standard_normal((2000, n))[0]
    options = {"maxlags": int(4 * (n / 100) ** (2 / 9)), "use_correction": True}

    def work():
        designs = (design.build(t, steps=[int(date)]).X for date in t[3:-3])
        return [OLS(y, X).fit(cov_type="HAC", cov_kwds=options, use_t=True).tvalues[2] for X in designs]

    return work


def reml(count: int, n: int = 60) -> Callable[[], object]:
    """Return the work of REML AR(1) fits of a step beside a trend."""
    t = np.arange(n)
    Y = np.random.default_rng(4).standard_normal((count, n))
    X = design.build(t, steps=[n // 2]).X
    return lambda: alternatives.reml_coefficients(Y, X, t)


def partitions(n: int) -> Callable[[], object]:
    """Return the work of optimal partitions with intercept and trend, up to five breaks."""
    t = np.arange(n)
    y = np.random.default_rng(5).standard_normal(n) + (t > n // 2)
    X = np.column_stack([np.ones(n), t])
    return lambda: breaks.bai_perron(y, X, 5)


def ranked(draws: int) -> Callable[[], object]:
    """Return the work of a calibrated date rank of a monthly series of 240 points, candidates at quarter starts."""
    t = np.arange(24024, 24264)
    y = np.random.default_rng(6).standard_normal(240)
    base, real = design.build(t, steps=[], season=12).X, [24144, 24171, 24198]
    candidates = np.union1d(t[t % 3 == 0], real)
    return lambda: dates.date_rank(y, base, t, candidates, real, draws, np.random.default_rng(7))


def rows() -> list[tuple[str, str, str, str]]:
    """Return work, seconds, goal and what it is held against, measured now."""
    fast, slow = seconds(scan(2000, 240)), seconds(statsmodels_scan(240), 3)
    few, single = seconds(reml(10_000)), seconds(lambda: alternatives.reml_ar1(*_one_reml()))
    largest = _largest_difference()
    three = seconds(one_answer(annual(1)[0][0], annual(1)[1], YEARS, False, 3))
    return [
        ("10,000 primary fits, n = 22", _s(seconds(fit_many(*annual(10_000), YEARS, False))), "1", "nobody has it"),
        ("1,000 primary fits with noise, n = 264", _s(seconds(fit_many(*monthly(1_000), MONTHS, True))), "3", ""),
        (
            "one primary answer, annual: one step",
            _s(seconds(one_answer(annual(1)[0][0], annual(1)[1], YEARS, False))),
            ".005",
            f"three steps at once {_s(three)}; CausalPy's PiecewiseITS 5 s ([comparison](comparison.md))",
        ),
        (
            "one primary answer, monthly: one step",
            _s(seconds(one_answer(monthly(1)[0][0], monthly(1)[1], MONTHS, True))),
            ".06",
            "",
        ),
        (
            "10,000 REML AR(1) fits, n = 60",
            _s(few),
            "1",
            f"one fit at a time {10_000 * single / few:,.0f} times as long; nlme 44 s",
        ),
        (
            "placebo scan, 2,000 series of 240 points",
            _s(fast),
            "",
            f"a statsmodels loop {2000 * slow / fast:,.0f} times as long; t equal to {largest:.0e}",
        ),
        ("optimal partitions, n = 1,000, up to 5 breaks", _s(seconds(partitions(1000))), ".15", "strucchange 8.4 s"),
        ("optimal partitions, n = 2,000", _s(seconds(partitions(2000))), "", "strucchange 42.6 s"),
        ("date rank of a monthly series, 1,999 draws", _s(seconds(ranked(1999), 1)), "10", "refitting every set: days"),
    ]


def _one_reml():
    t = np.arange(60)
    return np.random.default_rng(4).standard_normal(60), design.build(t, steps=[30]).X, t


def _largest_difference() -> float:
    """Return the largest difference of the scan's t from statsmodels', on the first series."""
    t = np.arange(240)
    Y = np.random.default_rng(3).standard_normal((2000, 240))[:1]
    ours = hac_scan(Y, design.build(t, steps=[]).X, t[3:-3], t)[1][0]
    return float(np.max(np.abs(ours - np.array(statsmodels_scan(240)()))))


def growth() -> list[tuple[str, str, str]]:
    """Return work, what grows with its four sizes, and the exponent."""
    return [
        ("primary fits", "series 1,000 to 8,000", _power(lambda n: fit_many(*annual(n), YEARS, False), 1000)),
        ("primary fits with noise", "points 60 to 480", _power(_points, 60)),
        ("placebo scan", "points 60 to 480 (dates with them)", _power(lambda n: scan(500, n), 60)),
        ("REML", "series 1,000 to 8,000", _power(reml, 1000)),
        ("optimal partitions", "points 250 to 2,000", _power(partitions, 250)),
        ("date rank", "draws 250 to 2,000", _power(ranked, 250)),
    ]


def _points(n: int) -> Callable[[], object]:
    t = np.arange(n)
    Y = np.random.default_rng(8).standard_normal((200, n))
    return fit_many(Y, design.build(t, steps=[n // 2], season=12).X, t, True)


def _power(work: Callable[[int], Callable[[], object]], first: int) -> str:
    return f"{exponent(work, tuple(first * 2**i for i in range(4))):.1f}"


def _s(value: float) -> str:
    return f"{value:.2g}"


def main() -> None:
    """Write the part `procedures` of docs/benchmarks.md."""
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, numpy {np.__version__}"
    lines = [
        f"By `python benchmarks/speed.py` in one run, medians of five ({machine}). Ratios are of this run; the",
        "seconds of R's packages and of CausalPy were measured before, on two cores too.",
        "",
        "| work | seconds | to stay under | held against |",
        "| --- | --- | --- | --- |",
        *("| " + " | ".join(row) + " |" for row in rows()),
        "",
        "| work | what grows | seconds grow with the power |",
        "| --- | --- | --- |",
        *("| " + " | ".join(row) + " |" for row in growth()),
    ]
    write_part("procedures", "\n".join(lines))


if __name__ == "__main__":
    main()
