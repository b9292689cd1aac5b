"""The staged rise: an intersection-union test of the steps."""

import numpy as np
import pytest

from junctures.inference.staged import staged_p


def test_p_is_the_largest_one_sided_p_of_the_steps():
    assert staged_p([0.99, 0.7, 0.999]) == pytest.approx(0.3, abs=1e-15)


def test_one_certain_fall_makes_a_staged_rise_impossible():
    assert staged_p([1.0, 1.0, 0.0]) == 1.0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_step_without_an_estimate_leaves_no_p_wherever_it_stands(place):
    positive = [0.9, 0.9, 0.9]
    positive[place] = float("nan")
    assert np.isnan(staged_p(positive))
