"""What a design can see, against brute force: effects added to the series and every one fitted anew."""

import numpy as np
import pytest

from junctures.inference import design, primary, simulate

TIME = np.delete(np.arange(2000, 2022), [4])
BUILT = design.build(TIME, steps=[2012, 2014, 2017])
CONTRASTS = {"pivot": np.eye(5)[2], "thaad": np.eye(5)[4]}
SMALLEST = {"pivot": 1.0, "thaad": 2.5}


def describe(**changes):
    settings = {"smallest": SMALLEST, "draws": 300, "rng": np.random.default_rng(1)} | changes
    return simulate.characteristics(TIME, BUILT.X, CONTRASTS, False, **settings)


def test_ar1_series_have_unit_variance_and_the_correlation_of_their_distance_in_time():
    time = np.array([0, 1, 2, 5, 6])
    Y = simulate.ar1(time, 0.8, 40_000, np.random.default_rng(2))
    expected = 0.8 ** np.abs(np.subtract.outer(time, time))
    # 40,000 draws: standard error of a covariance at most sqrt(2 / 40,000) = .007
    assert np.cov(Y.T) == pytest.approx(expected, abs=0.03)


def test_size_power_and_ruled_out_equal_those_of_series_with_the_effect_added():
    rows = describe()
    white = np.random.default_rng(1).standard_normal((300, len(TIME)))
    grid = primary.Grid(TIME)
    for rho in (0.0, 0.8):
        covariance = rho ** np.abs(np.subtract.outer(TIME, TIME))
        Y = white @ np.linalg.cholesky(covariance).T
        for name, contrast in CONTRASTS.items():
            (row,) = [row for row in rows if row["rho"] == rho and row["contrast"] == name]
            null = grid.fit_batch(Y, BUILT.X).summarise(contrast, interval=True)
            assert row["size"] == np.mean(null.p <= 0.05)
            assert row["ruled_out_share"] == np.mean(null.upper < SMALLEST[name])
            for effect in (1, 2, 3, 4):
                moved = grid.fit_batch(Y + effect * (BUILT.X @ contrast), BUILT.X).summarise(contrast)
                assert row[f"power_{effect}"] == np.mean((moved.p <= 0.05) & (moved.positive > 0.5))


def test_jump_80_is_found_in_four_of_five_samples():
    rows = describe()
    jumps = [row["jump_80"] for row in rows]
    for i, row in enumerate(describe(effects=jumps)):
        assert row[f"power_{jumps[i]}"] == pytest.approx(0.8, abs=1 / 300)


def test_standard_error_is_that_of_generalised_least_squares():
    rows = {(row["contrast"], row["rho"]): row for row in describe()}
    ols = np.sqrt(np.linalg.inv(BUILT.X.T @ BUILT.X)[2, 2])
    assert rows["pivot", 0.0]["se_sd"] == pytest.approx(ols)
    Y = simulate.ar1(TIME, 0.8, 20_000, np.random.default_rng(3))
    W = np.linalg.inv(0.8 ** np.abs(np.subtract.outer(TIME, TIME)))
    estimates = np.linalg.solve(BUILT.X.T @ W @ BUILT.X, BUILT.X.T @ W @ Y.T)
    assert rows["pivot", 0.8]["se_sd"] == pytest.approx(np.std(estimates[2]), rel=0.02)


def test_attainability_is_read_at_rho_of_four_tenths():
    rows = describe()
    for name in CONTRASTS:
        mine = {row["rho"]: row for row in rows if row["contrast"] == name}
        expected = "yes" if mine[0.4]["ruled_out_share"] >= 0.2 else "no"
        assert {row["ruled_out_attainable"] for row in mine.values()} == {expected}
    assert {row["ruled_out_attainable"] for row in rows} == {"yes", "no"}
    with pytest.raises(ValueError, match="lack"):
        describe(rhos=(0.0, 0.8))


def test_count_of_zeros_before_the_juncture_cannot_be_ruled_out():
    rows = describe(smallest={"pivot": float("nan"), "thaad": 2.5})
    assert {row["ruled_out_attainable"] for row in rows if row["contrast"] == "pivot"} == {"no"}


def test_same_generator_gives_the_same_rows_and_noise_changes_them():
    assert describe() == describe()
    few = {"smallest": SMALLEST, "draws": 50, "rhos": (0.4,)}
    noisy = simulate.characteristics(TIME, BUILT.X, CONTRASTS, True, rng=np.random.default_rng(1), **few)
    assert [row["jump_80"] for row in noisy] != [row["jump_80"] for row in describe(draws=50, rhos=(0.4,))]
