"""Indices pooled over indicators: equal weights on declared scales, only where all are observed."""

import numpy as np
import pandas as pd
import pytest

from junctures.inference.pool import build_index, pool_entry


def series(y, control=None, start=2000):
    frames = []
    for role, values in (("main", y), ("control", control)):
        if values is not None:
            periods = [str(start + i) for i in range(len(values))]
            frames.append(
                pd.DataFrame({"frequency": "year", "vintage": "", "role": role, "period": periods, "y": values})
            )
    return pd.concat(frames, ignore_index=True)


MEMBERS = {name: {"vintage": "", "declared_scale": {"value": s}} for name, s in (("a", 0.5), ("b", 2.0))}


def test_index_is_the_mean_of_members_on_their_declared_scales_where_all_are_observed():
    both = {"a": series([1.0, 2.0, 3.0]), "b": series([4.0, np.nan, 8.0])}
    index = build_index(both, MEMBERS, {"frequency": "year"})
    assert list(index["period"]) == ["2000", "2001", "2002"]
    assert index["y"][0] == pytest.approx((2 + 2) / 2) and index["y"][2] == pytest.approx((6 + 4) / 2)
    assert np.isnan(index["y"][1])


def test_index_against_controls_takes_the_difference_before_scaling():
    both = {"a": series([1.0, 2.0], [0.5, 0.5]), "b": series([4.0, 6.0], [2.0, 2.0])}
    index = build_index(both, MEMBERS, {"frequency": "year", "against_controls": True})
    assert list(index["y"]) == pytest.approx([(1 + 1) / 2, (3 + 2) / 2])


def test_yearly_scale_replaces_the_declared_one_in_a_yearly_index():
    members = {"a": {"vintage": "", "declared_scale": {"value": 0.5, "yearly": 0.25}}}
    index = build_index({"a": series([1.0, 2.0])}, members, {"frequency": "year"})
    assert list(index["y"]) == [4.0, 8.0]


def test_members_that_are_never_observed_together_are_told():
    with pytest.raises(ValueError, match="all are observed"):
        build_index({"a": series([1.0]), "b": series([2.0], start=2010)}, MEMBERS, {"frequency": "year"})


def test_residual_sd_of_a_pool_of_five_is_that_of_members_correlated_three_tenths():
    pool = {"id": "p", "label": "P", "members": list("abcde")}
    assert pool_entry(pool)["residual_unit"] == pytest.approx(np.sqrt((1 + 0.3 * 4) / 5))
