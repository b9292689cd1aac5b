"""The staged rise: all junctures lift the series in turn, as an intersection-union test."""

from collections.abc import Iterable

import numpy as np


def staged_p(positive: Iterable[float] | Iterable[np.ndarray]) -> float | np.ndarray:
    """Return the p-value of a rise at every juncture: the largest one-sided p-value of the steps.

    `positive` holds P(b > 0) of each step, floats or arrays (N,) of many series; NaN where one of them is. The union of
    the nulls is rejected only if each is (Berger 1982, Technometrics 24: 295-300), so the size is at most that of one
    test.
    """
    return np.max([1.0 - probability for probability in positive], axis=0)[()]
