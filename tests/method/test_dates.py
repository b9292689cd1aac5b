"""The rank of the real dates: against refits one by one, under the null, and on planted steps."""

import itertools

import numpy as np
import pytest

from junctures.inference.alternatives import reml_rho_batch
from junctures.inference.dates import admissible_sets, date_rank, distinct_dates
from junctures.inference.simulate import ar1

YEARS = np.arange(2000, 2022)
REAL = (2012, 2014, 2017)


def trend(time):
    return np.column_stack([np.ones(len(time)), (time - time.mean()) / 10])


def fitted(y, X):
    coef, *_ = np.linalg.lstsq(X, y, rcond=None)
    residual = y - X @ coef
    return float(residual @ residual), coef


def refit_every_set(y, base, time, candidates, real):
    """Return sets with the RSS ratio and smallest t of each, by whitening with a Cholesky factor and refitting."""
    rho = float(reml_rho_batch(y[None], base, time)[0])
    V = rho ** np.abs(np.subtract.outer(time, time)).astype(float)
    whitener = np.linalg.inv(np.linalg.cholesky(V))
    alone, _ = fitted(whitener @ y, whitener @ base)
    gap, n = min(np.diff(real)), len(time)
    found = {}
    for dates in itertools.combinations(candidates, 3):
        before, after = np.sum(time < dates[0]), np.sum(time >= dates[2])
        if min(np.diff(dates)) < gap or min(before, after) < max(2, 0.1 * n):
            continue
        X = whitener @ np.column_stack([base, *(time >= date for date in dates)])
        rss, coef = fitted(whitener @ y, X)
        errors = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * rss / (n - X.shape[1]))
        found[tuple(int(d) for d in dates)] = (rss / alone, float(np.min((coef / errors)[-3:])))
    return found


def monthly():
    time = np.delete(np.arange(12 * 2004, 12 * 2012), [5, 30, 31, 32])
    angle = 2 * np.pi * time / 12
    base = np.column_stack([trend(time), np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])
    real = (12 * 2006 + 3, 12 * 2008, 12 * 2009 + 6)
    return time, base, np.arange(12 * 2004, 12 * 2012, 3), real


@pytest.mark.parametrize("kind", ["annual", "monthly with gaps"])
def test_ranks_and_ratios_equal_those_of_refitting_every_set(kind):
    time, base, candidates, real = (YEARS, trend(YEARS), YEARS, REAL) if kind == "annual" else monthly()
    y = ar1(time, 0.5, 1, np.random.default_rng(4))[0] + 0.7 * (time >= real[1]) + 5.0
    expected = refit_every_set(y, base, time, distinct_dates(time, candidates, real), real)
    found = date_rank(y, base, time, candidates, real, draws=9, rng=np.random.default_rng(1))
    assert [tuple(int(d) for d in s) for s in found.sets] == list(expected)
    ratios = np.array([ratio for ratio, _ in expected.values()])
    np.testing.assert_allclose(found.ratios, ratios, rtol=1e-9)
    assert found.n_sets == len(expected)
    assert found.real_ratio == pytest.approx(expected[real][0], rel=1e-9)
    assert found.rank == 1 + np.sum(ratios < expected[real][0] - 1e-12)
    assert found.rank_by_t == 1 + sum(t > expected[real][1] + 1e-9 for _, t in expected.values())
    assert found.best[0][0] == min(expected, key=lambda dates: expected[dates][0])
    best = sorted(expected, key=lambda dates: expected[dates][0])[: int(np.ceil(0.05 * len(expected)))]
    for date, share in found.year_share.items():
        assert share == pytest.approx(np.mean([date in dates for dates in best]))


def test_p_is_the_share_of_simulated_series_that_rank_as_well():
    # Six years apart there are few sets, so that simulated ranks often equal the real one.
    real = (2005, 2011, 2017)
    draws, y = 100, ar1(YEARS, 0.4, 1, np.random.default_rng(8))[0]
    found = date_rank(y, trend(YEARS), YEARS, YEARS, real, draws=draws, rng=np.random.default_rng(5))
    simulated = ar1(YEARS, found.rho, draws, np.random.default_rng(5))
    ranks, chance = [], dict.fromkeys(found.chance_share, 0.0)
    for series in simulated:
        sets = refit_every_set(series, trend(YEARS), YEARS, YEARS, real)
        ranks.append(1 + sum(ratio < sets[real][0] - 1e-12 for ratio, _ in sets.values()))
        best = sorted(sets, key=lambda dates: sets[dates][0])[: int(np.ceil(0.05 * len(sets)))]
        for date in chance:
            chance[date] += np.mean([date in dates for dates in best]) / draws
    assert found.rank in ranks
    assert found.p == (1 + sum(rank <= found.rank for rank in ranks)) / (draws + 1)
    assert found.chance_share == pytest.approx(chance, abs=1e-12)


def test_size_is_near_five_per_cent_without_steps():
    rejected = []
    for rho, count in ((0.0, 120), (0.5, 120), (0.8, 120)):
        series = ar1(YEARS, rho, count, np.random.default_rng(int(100 * rho)))
        for i, y in enumerate(series):
            found = date_rank(y, trend(YEARS), YEARS, YEARS, REAL, draws=99, rng=np.random.default_rng(i))
            rejected.append(found.p <= 0.05)
    # 360 series: a true 5 per cent lies within 1.7 and 9.2 in 999 of 1000 samples.
    assert 0.017 <= np.mean(rejected) <= 0.092


def test_planted_steps_are_found_and_their_dates_named():
    found = []
    for i, y in enumerate(ar1(YEARS, 0.3, 40, np.random.default_rng(12))):
        y = y + sum(4.0 * (date <= YEARS) for date in REAL)
        found.append(date_rank(y, trend(YEARS), YEARS, YEARS, REAL, draws=99, rng=np.random.default_rng(i)))
    assert np.mean([rank.p <= 0.05 for rank in found]) >= 0.8
    share = {date: np.mean([rank.year_share[date] for rank in found]) for date in found[0].year_share}
    assert set(sorted(share, key=share.get)[-3:]) == set(REAL)


def test_rank_ignores_sign_trend_and_units():
    y = ar1(YEARS, 0.4, 1, np.random.default_rng(3))[0]
    one = date_rank(y, trend(YEARS), YEARS, YEARS, REAL, draws=50, rng=np.random.default_rng(1))
    changed = -1e4 * y + 300.0 * YEARS - 7e5
    other = date_rank(changed, trend(YEARS), YEARS, YEARS, REAL, draws=50, rng=np.random.default_rng(1))
    assert (one.rank, one.p) == (other.rank, other.p)
    np.testing.assert_allclose(one.ratios, other.ratios, rtol=1e-7)


def test_first_and_last_segments_hold_a_tenth_of_the_points():
    for n, least in ((19, 2), (20, 2), (21, 3), (22, 3), (40, 4)):
        time = np.arange(n)
        sets = admissible_sets(time, time, (n // 2 - 2, n // 2, n // 2 + 2))
        assert sets[:, 0].min() == least
        assert n - sets[:, 2].max() == least


def test_dates_without_a_point_between_them_are_one_date():
    time = np.array([0, 1, 2, 6, 7, 8, 9])
    assert distinct_dates(time, range(10), (2, 5, 8)).tolist() == [0, 1, 2, 5, 7, 8, 9]
    assert distinct_dates(time, range(10), (2, 7, 9)).tolist() == [0, 1, 2, 3, 7, 8, 9]


@pytest.mark.parametrize(
    ("candidates", "real", "message"),
    [
        (YEARS[::2], REAL, "not among the candidate dates"),
        (YEARS, (2012, 2014), "not three in rising order"),
        (YEARS, (2014, 2012, 2017), "not three in rising order"),
        (YEARS, (2012, 2014, 2020), "too few points"),
        (YEARS, (2001, 2014, 2017), "too few points"),
    ],
)
def test_real_dates_that_cannot_be_ranked_are_refused(candidates, real, message):
    with pytest.raises(ValueError, match=message):
        date_rank(np.sin(YEARS), trend(YEARS), YEARS, candidates, real, draws=9, rng=np.random.default_rng(1))


def test_steps_that_the_base_already_holds_are_refused():
    base = np.column_stack([trend(YEARS), YEARS >= 2012])
    with pytest.raises(ValueError, match="cannot be told from trend"):
        date_rank(np.sin(YEARS), base, YEARS, YEARS, REAL, draws=9, rng=np.random.default_rng(1))


def test_a_series_without_variation_around_its_trend_is_refused():
    with pytest.raises(ValueError, match="without residuals"):
        date_rank(3.0 * YEARS, trend(YEARS), YEARS, YEARS, REAL, draws=9, rng=np.random.default_rng(1))
