"""The files of results: their columns in order, how they are written, joined and told in a log."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from junctures.numbers import read_csv, write_csv

_NAMES = ["indicator", "vintage", "juncture", "model", "estimand", "frequency", "scale", "window_start", "window_end"]
_ROW = [
    *_NAMES, "n", "first_treated", "estimate", "lower", "upper", "p", "positive", "rho", "noise_share",
    "smallest_effect", "ratio", "control", "coverage_flag", "described", "reason", "sentence",
]  # fmt: skip
COLUMNS = {
    "effects": _ROW,
    "specifications": _ROW,
    "designs": [
        "indicator", "model", "frequency", "n", "juncture", "estimand", "se_sd", "correlation", "rho", "size",
        "power_1", "power_2", "power_3", "power_4", "jump_80", "smallest_effect", "jump_80_smallest",
        "ruled_out_attainable", "points_before", "points_after", "reason",
    ],
    "fitted": [
        "indicator", "vintage", "model", "juncture", "kind", "period", "value", "lower", "upper",
        "value_raw", "lower_raw", "upper_raw",
    ],
    "dates": [
        "id", "rank", "n_sets", "p", "rank_by_t", "real_ratio", "best_1", "best_2", "best_3", "best_4", "best_5",
    ],
    "dates_years": ["id", "period", "share", "chance"],
    "dates_ratios": ["id", "lower", "upper", "count"],
    "calibration": [
        "id", "model", "frequency", "n", "rho", "noise_share", "truth", "effect", "juncture", "estimand", "draws",
        "rate", "error",
    ],
    "placebo_dates": [
        "indicator", "model", "juncture", "frequency", "n", "first_treated", "t", "n_dates", "smallest_p", "p",
        "reason", "sentence",
    ],
    "breaks": [
        "indicator", "model", "frequency", "n", "shortest", "number", "sup_f", "p", "rho", "break", "period",
        "first_period", "last_period", "holds", "chance", "reason", "sentence",
    ],
    "placebo_outcomes": [
        "indicator", "model", "unit", "juncture", "estimand", "frequency", "scale", "window_start", "window_end", "n",
        "first_treated", "estimate", "lower", "upper", "p", "positive", "peers", "n_peers", "rank", "placebo_p",
        "rank_absolute", "placebo_p_absolute", "reason", "sentence",
    ],
}  # fmt: skip

CURVES = [
    "indicator", "vintage", "juncture", "model", "estimand", "sign", "rows", "share", "median", "p_share", "p_median",
    "p_joint", "draws",
]  # fmt: skip

CURVE_ROWS = ["indicator", "vintage", "juncture", "model", "estimand", "row", "estimate"]


def write_results(frames: Mapping[str, pd.DataFrame], paths: Mapping[str, str]) -> None:
    """Write each table of results to its path, with the declared columns in their order."""
    for name, path in paths.items():
        write_csv(frames[name].reindex(columns=COLUMNS[name]), path)


def join_results(paths: Iterable[str], name: str) -> pd.DataFrame:
    """Return the union of result files in the order of their paths."""
    frames = [read_csv(path) for path in paths]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS[name])


def log_results(effects: pd.DataFrame, say: Callable[[str], None]) -> None:
    """Say every row of effects as its sentence."""
    for line in effects.get("sentence", ()):
        say(line)
