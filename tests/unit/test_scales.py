"""Declared scales from arrays whose answers are known in closed form."""

import numpy as np
import pytest

from junctures.inference.scales import (
    against_the_rest,
    from_controls,
    from_differences,
    from_exposure,
    residual_sd,
)


def test_scale_of_a_rate_is_half_over_the_root_of_the_median_exposure():
    assert from_exposure(np.array([100.0, 400.0, 900.0, np.nan])) == 0.5 / 20


def test_differences_are_taken_between_neighbours_before_the_juncture_only():
    y = np.array([0.0, 2.0, 0.0, np.nan, 50.0, 52.0, 90.0])
    time = np.arange(2005, 2012)
    # 2, -2 and 2: the gap parts 0 from 50, and 90 lies at the juncture
    assert from_differences(y, time, before=2011) == pytest.approx(np.std([2, -2, 2], ddof=1) / np.sqrt(2))


def test_two_differences_are_too_few_for_a_scale():
    with pytest.raises(ValueError, match="too few"):
        from_differences(np.array([1.0, 2.0, 3.0]), np.arange(3), before=9)


def test_differences_of_independent_values_give_their_sd():
    y = np.random.default_rng(1).normal(scale=3.0, size=20_000)
    assert from_differences(y, np.arange(len(y)), before=len(y)) == pytest.approx(3.0, rel=0.02)  # 3 Monte Carlo errors


def test_residual_sd_divides_by_the_degrees_of_freedom_and_skips_gaps():
    X = np.column_stack([np.ones(5), np.arange(5.0)])
    residual = np.array([1.0, -1.0, np.nan, -1.0, 1.0])  # orthogonal to both columns over the known points
    assert residual_sd(3 + 2 * np.arange(5.0) + residual, X) == pytest.approx(np.sqrt(4 / (4 - 2)))


def test_redundant_column_does_not_cost_a_degree_of_freedom():
    X = np.ones((4, 2))
    assert residual_sd(np.array([1.0, -1.0, 1.0, -1.0]), X) == pytest.approx(np.sqrt(4 / 3))


def test_scale_from_controls_is_the_median_over_them():
    X = np.ones((4, 1))
    shape = np.array([1.0, -1.0, 1.0, -1.0])
    controls = np.column_stack([shape, 5 * shape, 2 * shape])
    assert from_controls(controls, X) == pytest.approx(2 * np.sqrt(4 / 3))


def test_each_partner_is_taken_against_the_median_of_the_others():
    partners = np.array([[1.0, 2.0, 6.0], [1.0, 3.0, np.nan]])
    np.testing.assert_allclose(against_the_rest(partners), [[-3.0, -1.5, 4.5], [-2.0, 2.0, np.nan]])
