"""Are these dates special? The rank of the real dates among all admissible sets of three, calibrated by simulation.

Nothing is refitted: steps and trend are whitened through cross-products, the trend and the first break are projected
out, and each set's residual sum of squares is closed-form arithmetic, for many series at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from junctures.inference.alternatives import EXACT, cross_products, own_products, precision_weights, reml_rho_batch
from junctures.inference.simulate import ar1

TIE = 1e-10  # sums of squares that differ by less, relative to the real set's, are equal up to rounding
COLLINEAR = 1e-9  # share of a step's variation that must be left beside trend and earlier steps
BEST_SHARE = 0.05
LISTED = 20
RHO_QUANTILES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # where null ranks are simulated when many series are ranked
CHUNK = 128  # series a pass: the working arrays stay in the processor's cache


class Unrankable(ValueError):
    """Why dates cannot be ranked among all sets of three on a series."""


@dataclass(frozen=True)
class DateRank:
    """The rank of the real dates by residual sum of squares, with its p and what its pictures need.

    `rank`: 1 + number of sets with a strictly smaller sum; `ties`: other sets equal to it up to rounding; `n_sets`:
    number of admissible sets; `p`: (1 + number of simulated series without any step whose rank at the real dates is at
    most as large) / (draws + 1); `best`: the best sets as (dates, ratio); `sets` (n_sets, 3) and `ratios` (n_sets,):
    every set, and its sum of squares over that of the trend alone; `real_ratio`: that of the real dates; `rank_by_t`:
    rank by the smallest of the three signed t, which decides nothing; `year_share`: date -> share of the best 5 % of
    sets that hold it; `chance_share`: the same averaged over the simulated series; `rho`: the estimate that whitened
    the series.
    """

    rank: int
    ties: int
    n_sets: int
    p: float
    best: list[tuple[tuple[int, int, int], float]]
    sets: np.ndarray
    ratios: np.ndarray
    real_ratio: float
    rank_by_t: int
    year_share: dict[int, float]
    chance_share: dict[int, float]
    rho: float
    draws: int


def date_rank(
    y: np.ndarray,
    base: np.ndarray,
    time: np.ndarray,
    candidates: Sequence[int],
    real: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> DateRank:
    """Return the calibrated rank of the real dates among all admissible sets of three candidate dates.

    y (n,), base (n, k0) the columns of the model without steps, time (n,) whole positions, `candidates` first treated
    positions, `real` three of them. A set is admissible if its gaps are at least the smallest real gap and its first
    and last segments hold at least 10 % of the points, two at least. Whitening: AR(1) at the REML rho of the model
    without steps. Calibration: `draws` series of AR(1) errors at that rho (trend and seasons drop out), rho estimated
    anew in each. Raises Unrankable where the real dates are no admissible set or a set cannot be estimated.
    """
    y, base, time = np.asarray(y, float), np.asarray(base, float), np.asarray(time, int)
    dates, sets, place, scan = _prepare(base, time, candidates, real)
    if np.sum((y - scan.Q @ (scan.Q.T @ y)) ** 2) <= EXACT * np.sum(y**2):
        raise Unrankable(
            "date_rank: trend and seasons reproduce the series without residuals; no set of dates can then fit better "
            "than another; do not rank a series without variation."
        )
    rho = float(reml_rho_batch(y[None, :], base, time)[0])
    explained, total = scan.explained(y[None, :], np.array([rho]))
    explained, total = explained[:, 0], float(total[0])
    null = ar1(time, rho, draws, rng)
    null_rho = reml_rho_batch(null, base, time)
    ranks, chance = np.empty(draws, int), np.zeros(len(sets))
    for start in range(0, draws, CHUNK):
        part = slice(start, start + CHUNK)
        gained, whole = scan.explained(null[part], null_rho[part])
        ranks[part] = _rank(gained, whole, place)[0]
        chance += _among_best(gained).sum(axis=1)
    rank, ties = (int(counts[0]) for counts in _rank(explained[:, None], np.array([total]), place))
    ratios = 1 - explained / total
    order = np.argsort(ratios, kind="stable")[:LISTED]
    named = dates[sets]
    return DateRank(
        rank=rank,
        ties=ties,
        n_sets=len(sets),
        p=float((1 + np.sum(ranks <= rank)) / (draws + 1)),
        best=[(tuple(int(t) for t in named[i]), float(ratios[i])) for i in order],
        sets=named,
        ratios=ratios,
        real_ratio=float(ratios[place]),
        rank_by_t=_rank_by_t(scan, y, rho, place),
        year_share=_shares(named, _among_best(explained[:, None])[:, 0].astype(float)),
        chance_share=_shares(named, chance),
        rho=rho,
        draws=draws,
    )


def rank_p_values(
    Y: np.ndarray,
    base: np.ndarray,
    time: np.ndarray,
    candidates: Sequence[int],
    real: Sequence[int],
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the p (S,) of the date rank of many series Y (S, n), for studies of the procedure.

    As `date_rank`, but the null ranks are simulated, `draws` each, at a few quantiles of the series' own rho and p is
    interpolated between them, since a simulation for every series would take days.
    """
    Y, base, time = np.asarray(Y, float), np.asarray(base, float), np.asarray(time, int)
    _, _, place, scan = _prepare(base, time, candidates, real)
    rho = reml_rho_batch(Y, base, time)
    knots = np.unique(np.quantile(rho, RHO_QUANTILES))
    ranks = _ranks(scan, Y, rho, place)
    at_knots = np.empty((len(knots), len(Y)))
    for i, knot in enumerate(knots):
        null = ar1(time, float(knot), draws, rng)
        null_ranks = np.sort(_ranks(scan, null, reml_rho_batch(null, base, time), place))
        at_knots[i] = (1 + np.searchsorted(null_ranks, ranks, side="right")) / (draws + 1)
    after = np.clip(np.searchsorted(knots, rho), 1, max(len(knots) - 1, 1))
    if len(knots) == 1:
        return at_knots[0]
    share = np.clip((rho - knots[after - 1]) / (knots[after] - knots[after - 1]), 0, 1)
    each = np.arange(len(Y))
    return (1 - share) * at_knots[after - 1, each] + share * at_knots[after, each]


def _ranks(scan: "_Scan", Y: np.ndarray, rho: np.ndarray, place: int) -> np.ndarray:
    """Return the rank (S,) of the set at `place` in each series of Y (S, n), whitened at its own rho (S,)."""
    ranks = np.empty(len(Y), int)
    for start in range(0, len(Y), CHUNK):
        part = slice(start, start + CHUNK)
        ranks[part] = _rank(*scan.explained(Y[part], rho[part]), place)[0]
    return ranks


def _prepare(base, time, candidates, real) -> tuple[np.ndarray, np.ndarray, int, "_Scan"]:
    """Return the distinct dates, the admissible sets, the real one's place among them and the scan over them."""
    dates = distinct_dates(time, candidates, real)
    sets = admissible_sets(time, dates, real)
    return dates, sets, _place_of(sets, dates, real), _Scan(base, time, dates, sets)


def distinct_dates(time: np.ndarray, candidates: Sequence[int], real: Sequence[int]) -> np.ndarray:
    """Return the candidate dates (C,) in order, one for each step column that the points of time (n,) can tell apart.

    Of candidates without a point between them the real date stays, else the first. Raises Unrankable if a real date is
    no candidate.
    """
    candidates = np.unique(np.asarray(candidates, int))
    if absent := [int(date) for date in real if date not in candidates]:
        raise Unrankable(
            f"date_rank: the real dates at positions {absent} are not among the candidate dates; a rank among sets "
            "that leave out the real one means nothing; add them to the candidates, or test dates on their grid."
        )
    kept: dict[int, int] = {}
    for date in candidates:
        first = int(np.searchsorted(time, date))
        if first not in kept or date in real:
            kept[first] = int(date)
    return np.array([kept[first] for first in sorted(kept)])


def admissible_sets(time: np.ndarray, dates: np.ndarray, real: Sequence[int]) -> np.ndarray:
    """Return the admissible sets (n_sets, 3) as indices into dates (C,), in lexicographic order.

    Gaps are at least the smallest gap of the real dates; the first and the last segment hold a tenth of the points of
    time (n,), two at least.
    """
    gap = int(np.min(np.diff(real), initial=np.iinfo(int).max))
    if len(real) != 3 or gap < 1:
        raise Unrankable(
            f"date_rank: the real dates {[int(date) for date in real]} are not three in rising order; sets of dates "
            "are ranked as sets of three; give three different positions, the earliest first."
        )
    least = max(2, -(-len(time) // 10))
    before = np.searchsorted(time, dates)
    usable = np.flatnonzero((before >= least) & (len(time) - before >= least))
    sets = [
        (i, j, k)
        for i in usable
        for j in usable[dates[usable] >= dates[i] + gap]
        for k in usable[dates[usable] >= dates[j] + gap]
    ]
    return np.array(sets, int).reshape(-1, 3)


def _place_of(sets: np.ndarray, dates: np.ndarray, real: Sequence[int]) -> int:
    found = np.flatnonzero(np.all(dates[sets] == np.asarray(real), axis=1))
    if len(found) != 1:
        raise Unrankable(
            f"date_rank: the real dates {[int(date) for date in real]} leave too few points in the first or last "
            "segment (a tenth of the points, two at least), or no point between two of them; they cannot be ranked "
            "among sets that keep to that rule; widen the window or do not rank this series."
        )
    return int(found[0])


class _Scan:
    """The sums of squares that every admissible set explains beside the trend, for many series with a rho each."""

    def __init__(self, base: np.ndarray, time: np.ndarray, dates: np.ndarray, sets: np.ndarray):
        self.gaps = np.diff(time)
        self.sets = sets
        Q, _ = np.linalg.qr(base)
        steps = (time[:, None] >= dates).astype(float)
        self.Q, self.steps, self.sizes = Q, steps - Q @ (Q.T @ steps), np.sum(steps, axis=0)
        self.df = len(time) - base.shape[1] - 3
        self.QQ = cross_products(self.gaps, Q, Q)
        self.QS = cross_products(self.gaps, Q, self.steps)
        self.SS = cross_products(self.gaps, self.steps, self.steps)
        # Sets are in lexicographic order: those that share their first two dates are one block of rows.
        pairs, self.begins = np.unique(sets[:, :2], axis=0, return_index=True)
        self.pairs = [(int(i), int(j)) for i, j in pairs]
        self.ends = [*self.begins[1:], len(sets)]
        self._check_rank()

    def _check_rank(self) -> None:
        G = self.products(np.zeros((1, len(self.Q))), np.zeros(1))[0][:, :, 0]
        scale = self.sizes
        left = np.linalg.eigvalsh(_three(G, self.sets) / np.sqrt(_three(np.outer(scale, scale), self.sets)))[:, 0]
        if self.df < 1 or np.any(left < COLLINEAR):
            raise Unrankable(
                "date_rank: some admissible set of dates cannot be told from trend and seasons on these points; its "
                "rank would be rounding noise; use fewer base columns, candidates further apart or a longer series."
            )

    def products(self, Y: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return whitened cross-products, cleared of base, for S series with a rho (S,) each.

        Steps with steps (C, C, S), steps with the series Y (S, n), (C, S), and each series with itself (S,).
        """
        weights = precision_weights(self.gaps, rho)
        E = (Y - (Y @ self.Q) @ self.Q.T).T
        QQ, QS, SS = (np.tensordot(weights, terms, axes=1) for terms in (self.QQ, self.QS, self.SS))
        QE = np.einsum("sj,jks->sk", weights, cross_products(self.gaps, self.Q, E))
        SE = np.einsum("sj,jcs->sc", weights, cross_products(self.gaps, self.steps, E))
        EE = np.einsum("sj,js->s", weights, own_products(self.gaps, E))
        lift = np.linalg.solve(QQ, QS).transpose(0, 2, 1)
        G = SS - lift @ QS
        g = SE - np.einsum("sck,sk->sc", lift, QE)
        total = EE - np.einsum("sk,sk->s", QE, np.linalg.solve(QQ, QE[:, :, None])[:, :, 0])
        return np.ascontiguousarray(G.transpose(1, 2, 0)), np.ascontiguousarray(g.T), total

    def explained(self, Y: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what each set explains (n_sets, S) of each series in Y (S, n), and the sum beside base alone (S,).

        Steps are taken in turn, each cleared of the earlier ones (Gram-Schmidt on cross-products), so that a set's sum
        of squares is a sum of three squares.
        """
        G, g, total = self.products(Y, rho)
        found = np.empty((len(self.sets), len(rho)))
        current = -1
        for (i, j), begin, end in zip(self.pairs, self.begins, self.ends, strict=True):
            if i != current:
                current, ratio = i, G[i] / G[i, i]
                own = np.einsum("ccs->cs", G) - ratio * G[i]
                shared = g - ratio * g[i]
                first = g[i] ** 2 / G[i, i]
            k = slice(self.sets[begin, 2], self.sets[end - 1, 2] + 1)
            beside = G[j, k] - ratio[j] * G[i, k]
            share = beside / own[j]
            remainder = shared[k] - share * shared[j]
            found[begin:end] = remainder**2 / (own[k] - share * beside) + (first + shared[j] ** 2 / own[j])
        return found, total


def _three(G: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """Return the block (n_sets, 3, 3) of G (C, C) of each set."""
    return G[sets[:, :, None], sets[:, None, :]]


def _rank(explained: np.ndarray, total: np.ndarray, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rank (S,) of the set at `place` in each series and the number of other sets tied with it."""
    margin = TIE * (total - explained[place])
    difference = explained - explained[place]
    return 1 + np.sum(difference > margin, axis=0), np.sum(np.abs(difference) <= margin, axis=0) - 1


def _among_best(explained: np.ndarray) -> np.ndarray:
    """Return whether each set is among the best 5 % (rounded up) of each series, (n_sets, S)."""
    number = ceil(BEST_SHARE * len(explained))
    by_series = np.ascontiguousarray(explained.T)
    threshold = np.partition(by_series, len(explained) - number, axis=1)[:, -number]
    return explained >= threshold


def _shares(named: np.ndarray, weight: np.ndarray) -> dict[int, float]:
    """Return date -> share of the weight (n_sets,) that lies on sets holding the date."""
    total = weight.sum()
    return {int(date): float(weight[(named == date).any(axis=1)].sum() / total) for date in np.unique(named)}


def _rank_by_t(scan: _Scan, y: np.ndarray, rho: float, place: int) -> int:
    """Return the rank of the real dates by the smallest signed t of a set's three steps, largest first."""
    G, g, total = scan.products(y[None, :], np.array([rho]))
    inverse = np.linalg.inv(_three(G[:, :, 0], scan.sets))
    score = g[:, 0][scan.sets]
    coef = np.einsum("tab,tb->ta", inverse, score)
    variance = (total[0] - np.sum(coef * score, axis=1)) / scan.df
    smallest = np.min(coef / np.sqrt(np.einsum("taa->ta", inverse) * variance[:, None]), axis=1)
    return int(1 + np.sum(smallest > smallest[place] + TIE * abs(smallest[place])))
