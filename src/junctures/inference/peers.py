"""Placebo in outcome: what the same procedure says of other units, and where the indicator stands among them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from junctures.inference import effects, sentences
from junctures.inference.cases import Case, untestable
from junctures.inference.rows import sign_of
from junctures.inference.variations import Variation
from junctures.study.periods import from_index

OWN = "main"
ROLES = ("partner", "peer")  # partners of a control are peers too
NOWHERE = {"rank": np.nan, "rank_absolute": np.nan, "placebo_p": np.nan, "placebo_p_absolute": np.nan}


def against_the_rest(partners: np.ndarray) -> np.ndarray:
    """Return each partner's series less the median of the other partners observed with it, (n, m)."""
    rest = [np.nanmedian(np.delete(partners, j, axis=1), axis=1) for j in range(partners.shape[1])]
    return partners - np.column_stack(rest)


def series_of(chosen: pd.DataFrame, case: Case, entry: Mapping, roles: tuple[str, ...] = ROLES) -> pd.DataFrame:
    """Return the series of an indicator's peers (n, m), a column a unit, at the points of a case.

    `chosen` holds one vintage of its regular series at one frequency. A unit that lacks a point is left out: all are
    tested on one design.
    """
    rows = chosen[chosen["role"].isin(roles) & ~chosen["unit"].isin(list(entry["peers"]["without"]))]
    wide = rows.pivot(index="period", columns="unit", values="y")
    return wide.reindex([from_index(t, case.frequency) for t in case.time]).dropna(axis=1)


def differences_of(chosen: pd.DataFrame, case: Case, entry: Mapping) -> pd.DataFrame:
    """Return each partner's series less the median of the other partners, (n, m) as `series_of`.

    It is for a partner what the difference to the control is for the indicator, which is in no median.
    """
    partners = series_of(chosen, case, entry, ("partner",))
    if partners.shape[1] < 2:
        return partners.iloc[:, :0]
    return pd.DataFrame(against_the_rest(partners.to_numpy(float)), partners.index, partners.columns)


def compare(
    main: Variation, others: pd.DataFrame, entry: Mapping, grids: effects.Grids, identity: Mapping, label: str
) -> list[dict]:
    """Return the rows of an indicator's steps, mean step and staged rise, each with its place, then those of its peers.

    `others` (n, m) holds the peers' series at the points of the case; each goes through the procedure of `main`, on the
    same design. `label` says in words what the peers are. Column `unit` is `main` or the peer's.
    """
    case = main.case
    own = sentences.finish(effects.estimate(main, grids), case, entry, identity)
    tested = {} if effects.reason_of(main) else _estimate_peers(main, others, grids)
    peers = {}
    for unit, rows in tested.items():
        # A ceiling speaks of the indicator's own values.
        words = {**entry, "label": f"{entry['label']}, {unit} as pseudo-outcome", "ceiling": None}
        peers[unit] = sentences.finish(rows, case, words, identity)
    placed = []
    for i, row in enumerate(own):
        standing = place([rows[i] for rows in peers.values()], row)
        placed.append({**row, "unit": OWN, "peers": label, **standing, "sentence": _sentence(row, standing, label)})
    return placed + [row | {"unit": unit} for unit, rows in peers.items() for row in rows]


def _estimate_peers(main: Variation, others: pd.DataFrame, grids: effects.Grids) -> dict[str, list[dict]]:
    each = {unit: replace(main, case=replace(main.case, y=others[unit].to_numpy(float))) for unit in others}
    reasons = {unit: untestable(variation.case) for unit, variation in each.items()}
    Y = np.array([variation.case.y for unit, variation in each.items() if not reasons[unit]])
    found = iter(effects.estimate_each(main, Y, grids) if len(Y) else ())
    return {
        unit: effects.missing(variation, reasons[unit]) if reasons[unit] else next(found)
        for unit, variation in each.items()
    }


def place(peers: list[Mapping], own: Mapping) -> dict:
    """Return where a row stands among the same row of its peers: ranks, how many peers there are, placebo p-values.

    Effects are compared by their p, which needs no common scale: `rank` is 1 + the number of peers with the sign of the
    row and a p at most its own, `rank_absolute` counts those of either sign. placebo_p = rank / (1 + peers), and
    likewise placebo_p_absolute: were the row one of its peers, drawn at random, the latter would be at most a in at
    most a of draws; the former is one-sided, in a direction that the row itself gives. Peers without an estimate do not
    count. A staged rise has one direction only. All are NaN for a row without p or without peers.
    """
    known = [row for row in peers if row["p"] == row["p"]]
    if not known or own["p"] != own["p"]:
        return NOWHERE | {"n_peers": len(known)}
    as_clear = [row for row in known if row["p"] <= own["p"]]
    staged = own["estimand"] == "staged"
    alike = as_clear if staged else [row for row in as_clear if sign_of(row) == sign_of(own)]
    ranks = {"rank": 1 + len(alike), "rank_absolute": np.nan if staged else 1 + len(as_clear)}
    p = {f"placebo_p{name[4:]}": rank / (1 + len(known)) for name, rank in ranks.items()}
    return ranks | p | {"n_peers": len(known)}


def _sentence(row: Mapping, standing: Mapping, label: str) -> str:
    if standing["rank"] != standing["rank"]:
        return row["sentence"]
    what = "a p as small" if row["estimand"] == "staged" else "an effect as clear in its direction"
    told = f"{standing['rank'] - 1} of {standing['n_peers']} {label} have {what}"
    return f"{row['sentence']} Taken as pseudo-outcomes, {told} (placebo p = {standing['placebo_p']:.3f})."
