"""Invented results of simulations and curves, for the small study of test_figures."""

import pandas as pd

from junctures.inference.simulate import OWN, TRUTHS

JUNCTURES = ("pivot", "ukraine", "thaad")
ROWS = {"ols": 0.9, "reml": 1.1, "without_2005": 0.8, "end_2019": 1.3, "pivot_later": 0.2, "transition_1": 1.2,
        "quadratic": -0.1}  # fmt: skip
ESTIMATES = [("drills", "ukraine", "primary"), ("drills", "pivot", "primary"), ("flagged", "thaad", "primary")]
ESTIMATES += [("all", juncture, "pool_all") for juncture in JUNCTURES]
DESIGNS = [("all", "pool_all", "year", 22), ("drills", "primary", "year", 22), ("level", "primary", "year", 22),
           ("flagged", "primary", "year", 22), ("talks", "primary", "quarter", 88),
           ("words", "primary", "month", 264)]  # fmt: skip
SIZES = {"pivot": 0.04, "ukraine": 0.07, "thaad": 0.05, "all": 0.03}
KINDS = ("effect", "mean_step", "staged", "date_rank", "leads")


def key_of(name, juncture, model):
    return {"indicator": name, "vintage": "", "juncture": juncture, "model": model, "estimand": "step"}


def curves():
    told = {"sign": 1, "rows": 8, "share": 0.875, "median": 0.95, "p_joint": 0.04, "draws": 19}
    return pd.DataFrame([key_of(*estimate) | told for estimate in ESTIMATES])


def curve_rows():
    """Return the main row at 1 and the rows beside it for each curve."""
    return pd.DataFrame(
        [
            key_of(*estimate) | {"row": row, "estimate": value}
            for estimate in ESTIMATES
            for row, value in {estimate[2]: 1.0, **ROWS}.items()
        ]
    )


def specifications():
    """Return intervals of .3 to each side for every row but the one with a transition left out."""
    return pd.DataFrame(
        [
            key_of(name, juncture, row) | {"lower": value - 0.3, "upper": value + 0.3}
            for name, juncture, _ in ESTIMATES
            for row, value in ROWS.items()
            if row != "transition_1"
        ]
    )


def calibration():
    """Return rates of each design: sizes by juncture, three times as large under another truth, power by effect."""
    rows = []
    for name, model, frequency, n in DESIGNS:
        fixed = {"id": name, "model": model, "frequency": frequency, "n": n, "draws": 500, "error": 0.01}
        for juncture, size in SIZES.items():
            own = fixed | {"juncture": juncture, "estimand": "mean_step" if juncture == "all" else "step"}
            for truth in TRUTHS:
                rows.append(own | {"truth": truth, "effect": 0, "rate": size * (1 if truth == OWN else 3)})
            rows += [own | {"truth": OWN, "effect": e, "rate": 0.2 * e + size} for e in (1, 2, 3, 4)]
    return pd.DataFrame(rows)


def verdict_rates():
    """Return two claims a kind, and the row over all claims."""
    rows = [
        {"claim": f"{kind}_{number}", "kind": kind, "effect": effect, "studies": 50, "supported": 0.2 * effect,
         "cannot_tell": 0.9 - 0.2 * effect, "wrong": 0.01 * number}
        for kind in KINDS for number in (1, 2) for effect in range(5)
    ]  # fmt: skip
    fixed = {"claim": "any", "kind": "", "studies": 50, "supported": 1.0, "cannot_tell": 1.0, "wrong": 0.1}
    whole = [fixed | {"effect": effect} for effect in range(5)]
    return pd.DataFrame(rows + whole)


def all_results():
    makers = (curves, curve_rows, specifications, calibration, verdict_rates)
    return {maker.__name__: maker() for maker in makers}
