"""Unknown breaks: against strucchange, sandwich and mbreaks within each case's tolerance, refits and ruptures."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import ruptures
from scipy.stats import f as f_distribution

from junctures.inference import break_tests, breaks
from junctures.inference.simulate import ar1

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((REFERENCE / "answers.json").read_text())["cases"]}
NEGLIGIBLE = 1e-12  # what R prints of a p-value below it is its own rounding
COVARIANCES = {
    "HC0": break_tests.white,
    "F_HC": break_tests.white,
    "NW4": break_tests.newey_west(4, prewhiten=False),
    "kernHAC": break_tests.kernel_hac(),
}


def load(case_id):
    """Return the series and the columns of a case."""
    data = pd.read_csv(REFERENCE / "data" / CASES[case_id]["data"])
    one = np.ones(len(data))
    if case_id == "germanm1_ltw":
        quarters = [(data.season == name).astype(float) for name in ("Q2", "Q3", "Q4")]
        return data.dm.to_numpy(float), np.column_stack([one, data.loc[:, "dy2":"R1"].to_numpy(float), *quarters])
    outcome, *others = {
        "nile.csv": ("flow",), "nhtemp.csv": ("temp",), "durab.csv": ("y", "lag"),
        "bostonhomicide.csv": ("homicides",), "sim_its_n60.csv": ("y", "t"),
    }[CASES[case_id]["data"]]  # fmt: skip
    return data[outcome].to_numpy(float), np.column_stack([one, *(data[name] for name in others)])


def scans():
    """Yield case, block and window of every set of F statistics."""
    windows = {"from50_to85": (0.5, 0.85), "durab_hansen": (0.1, None), "germanm1_ltw": (0.1, None)}
    for case_id in (
        "nile_meanshift", "nile_supF_robust", "nhtemp_fstats", "durab_hansen", "germanm1_ltw", "boston_homicide",
        "sim_its_n60",
    ):  # fmt: skip
        for name, block in CASES[case_id]["expected"].items():
            if isinstance(block, dict) and "supF" in block:
                yield pytest.param(
                    case_id, name, windows.get(name, windows.get(case_id, (0.15, None))), id=f"{case_id}-{name}"
                )


@pytest.mark.parametrize(("case_id", "name", "window"), list(scans()))
def test_statistics_of_one_break_equal_those_of_strucchange(case_id, name, window):
    y, X = load(case_id)
    expected, tolerance = CASES[case_id]["expected"][name], CASES[case_id]["tol_rel"]
    if name in COVARIANCES:
        found = break_tests.sup_wald(y, X, COVARIANCES[name], *window)
    else:
        found = breaks.sup_f(y, X, *window)
    assert found.sup == pytest.approx(expected["supF"]["stat"], rel=tolerance)
    assert found.ave == pytest.approx(expected["aveF"]["stat"], rel=tolerance)
    assert found.exp == pytest.approx(expected["expF"]["stat"], rel=tolerance)
    assert (found.at, len(found.points)) == (expected["argmax_breakpoint"], expected["n_F"])
    if "Fstats" in expected:
        np.testing.assert_allclose(found.stats, expected["Fstats"], rtol=tolerance)


def test_chow_test_at_a_known_date_is_one_of_the_statistics():
    y, X = load("nile_meanshift")
    expected, found = CASES["nile_meanshift"]["expected"]["chow_1898"], breaks.sup_f(y, X)
    at = found.stats[found.points == 28].item()
    assert at == pytest.approx(expected["F"], rel=CASES["nile_meanshift"]["tol_rel"])
    assert f_distribution.sf(at, 1, 98) == pytest.approx(expected["p"], abs=NEGLIGIBLE)


PARTITIONED = ["nile_meanshift", "durab_hansen", "germanm1_ltw", "boston_homicide", "sim_its_n60"]


@pytest.mark.parametrize("case_id", PARTITIONED)
def test_partitions_and_intervals_equal_those_of_strucchange(case_id):
    y, X = load(case_id)
    expected, tolerance = CASES[case_id]["expected"]["bp"], CASES[case_id]["tol_rel"]
    found = breaks.bai_perron(y, X, 5)
    assert (found.shortest, found.n, found.k) == (expected["h_obs"], expected["nobs"], expected["nreg"])
    for name in ("RSS", "BIC", "LWZ"):
        np.testing.assert_allclose(getattr(found, name.lower()), [*expected[name].values()], rtol=tolerance)
    assert [list(points) for points in found.breaks[1:]] == [*expected["breakpoints_by_m"].values()]
    assert found.number == expected["n_breaks_BIC"]
    assert list(found.breaks[found.number]) == expected["breakpoints_BIC"]
    for m in (1, 2):
        if (ends := expected.get(f"confint95_m{m}")) is not None:
            assert breaks.bai_intervals(y, X, found.breaks[m]).tolist() == ends


def test_bai_and_perrons_tests_equal_those_of_mbreaks():
    y, X = load("nile_mbreaks")
    expected, tolerance = CASES["nile_mbreaks"]["expected"], CASES["nile_mbreaks"]["tol_rel"]
    found = break_tests.sup_f_family(y, X)
    np.testing.assert_allclose(found.sup_f, expected["tests"]["supF"], rtol=tolerance)
    np.testing.assert_allclose(found.sequential, expected["tests"]["seq_supF"], rtol=tolerance)
    assert found.ud_max == pytest.approx(expected["tests"]["UDmax"], rel=tolerance)
    one = expected["one_break"]
    assert found.partitions.breaks[1] == (one["dates"],)
    assert found.partitions.rss[1] == pytest.approx(one["SSR"], rel=tolerance)
    np.testing.assert_allclose(break_tests.segment_errors(y, X, (28,)).ravel(), one["se"], rtol=tolerance)
    ends = [break_tests.robust_intervals(y, X, (28,), level)[0] for level in (0.95, 0.9)]
    assert np.concatenate(ends).tolist() == one["CI_lower95_upper95_lower90_upper90"][0]


def rss_of(y, X):
    coef, *_ = np.linalg.lstsq(X, y, rcond=None)
    return float(np.sum((y - X @ coef) ** 2))


def test_partitions_equal_those_of_refitting_every_one():
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(24), np.arange(24.0)])
    y = rng.standard_normal(24) + 2 * (np.arange(24) >= 11)
    found = breaks.bai_perron(y, X, 3, 4)
    assert len(found.breaks) == 4
    for m in range(4):
        totals = {}
        for points in itertools.combinations(range(4, 21), m):
            edges = (0, *points, 24)
            if min(np.diff(edges)) >= 4:
                totals[points] = sum(rss_of(y[a:b], X[a:b]) for a, b in itertools.pairwise(edges))
        best = min(totals, key=totals.get)
        assert found.breaks[m] == best
        assert found.rss[m] == pytest.approx(totals[best], rel=1e-10)


def test_sums_of_squares_keep_their_digits_on_a_hard_series():
    # A far level, a trend counted from year 0, and columns alike to 1e-5: cross-products would keep none of it.
    rng, t = np.random.default_rng(4), np.arange(1900.0, 2020.0)
    X = np.column_stack([np.ones(120), t, 1e-5 * rng.standard_normal(120) + np.sin(t), np.sin(t)])
    y = 1e7 + 30 * t + rng.standard_normal(120)
    found = breaks.bai_perron(y, X, 3, 8)
    for m in range(4):
        edges = (0, *found.breaks[m], 120)
        # Columns are orthogonalised first, or the refit itself would lose the digits.
        Q, _ = np.linalg.qr(X)
        e = y - Q @ (Q.T @ y)
        total = sum(rss_of(e[a:b], Q[a:b]) for a, b in itertools.pairwise(edges))
        assert found.rss[m] == pytest.approx(total, rel=1e-7)


def test_a_column_that_a_segment_cannot_tell_counts_for_nothing_there():
    rng = np.random.default_rng(5)
    late = (np.arange(30) >= 20).astype(float)
    X = np.column_stack([np.ones(30), late * rng.standard_normal(30)])
    y = rng.standard_normal(30) + 3 * (np.arange(30) >= 10)
    found = breaks.bai_perron(y, X, 1, 6)
    ((point,),) = found.breaks[1:]
    assert found.rss[1] == pytest.approx(rss_of(y[:point], X[:point]) + rss_of(y[point:], X[point:]), rel=1e-10)


@pytest.mark.parametrize(("model", "columns"), [("l2", 1), ("linear", 2)])
def test_dates_equal_those_of_ruptures(model, columns):
    rng, t = np.random.default_rng(6), np.arange(80.0)
    X = np.column_stack([np.ones(80), t])[:, :columns]
    y = rng.standard_normal(80) + 3.0 * (t >= 25) - 4.0 * (t >= 52)
    signal = y if model == "l2" else np.column_stack([y, X])
    for m in (1, 2, 3):
        dynamic = ruptures.Dynp(model=model, min_size=12, jump=1).fit(signal)
        assert list(breaks.bai_perron(y, X, 3, 12).breaks[m]) == dynamic.predict(m)[:-1]


@pytest.mark.parametrize(
    ("n", "window", "ends"),
    [
        (99, (0.15, None), (14, 85)),
        (100, (0.29, None), (28, 72)),  # .29 * 100 lies a rounding error below 29, for strucchange too
        (60, (0.5, 0.85), (30, 51)),
        (100, (20, None), (20, 80)),
        (100, (20, 60), (20, 60)),
        (100, (0.01, None), (3, 97)),
    ],
)
def test_windows_are_rounded_and_moved_as_strucchange_does(n, window, ends):
    points = breaks.admissible_points(n, 2, *window)
    assert (points[0], points[-1]) == ends


def test_the_number_of_breaks_is_cut_as_strucchange_does():
    y, X = np.random.default_rng(7).standard_normal(100), np.ones((100, 1))
    assert len(breaks.bai_perron(y, X, 9, 15).breaks) == 1 + 5
    assert len(breaks.bai_perron(y, X, 9, 0.2).breaks) == 1 + 3
    assert breaks.bai_perron(y, X, 1, None).shortest == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda y, X: breaks.bai_perron(y, X, 2, 60), "at least 60 of 100 points"),
        (lambda y, X: breaks.bai_perron(y, X, 2, 1), "more points than coefficients"),
        (lambda y, X: breaks.sup_f(y, X, 70, 60), "no breakpoint lies between observations 70 and 60"),
        (lambda y, X: breaks.sup_f(np.where(y > 2, np.nan, y), X), "not finite"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_the_remedy(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(8).standard_normal(100), np.ones((100, 1)))


def refitted_sup_f(y, X, points):
    n, k = X.shape
    whole = rss_of(y, X)
    apart = np.array([rss_of(y[:p], X[:p]) + rss_of(y[p:], X[p:]) for p in points])
    return ((whole - apart) / (apart / (n - 2 * k))).max()


@pytest.mark.parametrize("season", [False, True])
def test_the_bootstrap_p_is_the_share_of_refitted_simulated_series(season):
    time = np.delete(np.arange(8000, 8048), [7, 30, 31])
    X = np.column_stack([np.ones(45), time - 8020.0])
    angle = np.pi / 2 * time
    constant = np.column_stack([np.cos(angle), np.sin(angle)]) if season else None
    y = ar1(time, 0.5, 1, np.random.default_rng(9))[0] + 1.2 * (time >= 8025) + (np.cos(angle) if season else 0)
    scan, p, rho = breaks.sup_f_bootstrap(y, X, time, 60, np.random.default_rng(10), 7, constant)
    null = ar1(time, rho, 60, np.random.default_rng(10))
    expected = [refitted_sup_f(breaks.without(z, X, constant), X, scan.points) for z in (y, *null)]
    assert scan.sup == pytest.approx(expected[0], rel=1e-9)
    assert 1 / 61 < p < 1 and p == (1 + np.sum(np.array(expected[1:]) >= expected[0])) / 61


def test_a_season_is_taken_out_as_in_the_whole_model():
    time = np.arange(40)
    X, angle = np.column_stack([np.ones(40), time]), np.pi / 2 * time
    season = np.column_stack([np.cos(angle), np.sin(angle)])
    y = 3 + 0.1 * time + 2 * season[:, 0] - season[:, 1]
    np.testing.assert_allclose(breaks.without(y, X, season), 3 + 0.1 * time, atol=1e-12)


def test_an_autocorrelated_series_without_a_break_is_rejected_at_its_level():
    # 120 series at rho .6, and 5 % of 120 are 6 (standard deviation 2.4); the asymptotic test rejects in over half
    # (11.72: Andrews 2003, table I, two coefficients, trimming .15).
    time, rng = np.arange(30), np.random.default_rng(11)
    X = np.column_stack([np.ones(30), time])
    found = [breaks.sup_f_bootstrap(y, X, time, 59, rng) for y in ar1(time, 0.6, 120, rng)]
    assert np.sum([p <= 0.05 for _, p, _ in found]) <= 14
    assert np.sum([scan.sup > 11.72 for scan, _, _ in found]) > 60


def test_intervals_are_not_given_where_their_limit_does_not_hold_them():
    y = np.r_[np.zeros(12), np.random.default_rng(12).standard_normal(12) + 9]
    ((low, at, high),) = breaks.bai_intervals(y, np.ones((24, 1)), (12,))
    assert at == 12 and np.isnan([low, high]).all()


def test_intervals_under_the_covariance_of_independent_errors_are_the_plain_ones():
    y, X = load("durab_hansen")

    def independent(Z, residuals):
        return np.mean(residuals**2) * np.linalg.inv(Z.T @ Z)

    plain = breaks.bai_intervals(y, X, (221, 530))
    assert breaks.bai_intervals(y, X, (221, 530), covariance=independent).tolist() == plain.tolist()
    robust = breaks.bai_intervals(y, X, (221, 530), covariance=break_tests.kernel_hac())
    assert robust.tolist() != plain.tolist() and np.isfinite(robust).all()


def test_the_limit_distribution_of_equal_regimes_is_yaos():
    # Symmetric regimes: the 97.5 % quantile of Yao (1987), Annals of Statistics 15: 1321-1328, is 11.0 to one decimal.
    low, high = breaks.limit_quantiles(0.95, 1.0, 1.0)
    assert low == pytest.approx(-high, rel=1e-8)
    assert high == pytest.approx(11.0, abs=0.05)


def test_the_automatic_lag_of_newey_west_is_used_when_none_is_given():
    y, X = load("boston_homicide")
    residuals = y - y.mean()
    lags = [break_tests.newey_west(lag, prewhiten=False)(X, residuals).item() for lag in range(9)]
    u, m = residuals, int(4 * (77 / 100) ** (2 / 9))
    gamma = [np.sum(u[j:] * u[: 77 - j]) / 77 for j in range(m + 1)]
    s0, s1 = gamma[0] + 2 * sum(gamma[1:]), 2 * sum(j * gamma[j] for j in range(1, m + 1))
    lag = int(1.1447 * ((s1 / s0) ** 2 * 77) ** (1 / 3))
    found = break_tests.newey_west(prewhiten=False)(X, residuals).item()
    assert lag > 0 and found == pytest.approx(lags[lag], rel=1e-12) and found != pytest.approx(lags[0], rel=1e-3)
