"""Compare the primary procedure with statsmodels and CausalPy; write docs/comparison.md from what was measured.

python benchmarks/comparison/compare.py [fits|sizes|pymc|pymc_too|page ...]: some parts, or all. What is measured
already, in results.csv or in cache/, is kept; delete either to measure anew.
"""

import sys
from functools import partial

import measure
import page
import procedures

PARTS = {
    "fits": (measure.measure_fits, measure.measure_placebos),
    "sizes": (measure.measure_sizes,),
    "pymc": (measure.sample_pymc,),
    "pymc_too": (partial(measure.sample_pymc, backwards=True),),
    "page": (measure.collect, page.write),
}


def main(chosen: list[str]) -> None:
    """Run the chosen parts, all when none is chosen; raises SystemExit for an unknown one."""
    if unknown := [part for part in chosen if part not in PARTS]:
        raise SystemExit(f"compare: no part '{unknown[0]}', so nothing was run; choose from {', '.join(PARTS)}")
    procedures.quieten()
    for part in chosen or PARTS:
        for run in PARTS[part]:
            run()


if __name__ == "__main__":
    main(sys.argv[1:])
