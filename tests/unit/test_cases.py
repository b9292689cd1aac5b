"""One series as the tests see it: its smallest effect, its scale at a frequency."""

from pathlib import Path

import numpy as np
import pytest

from junctures.inference.cases import Case, scale_at
from junctures.inference.scales import from_exposure
from junctures.study.config import load_config
from junctures.study.series import build_series, load_table

ROOT = Path(__file__).parents[2]


def case(y, **changes):
    time = np.arange(2000, 2000 + len(y))
    nothing = np.full(len(y), np.nan)
    fields = {"value": np.asarray(y, float), "exposure": nothing, "junctures": ("a",), "steps": (2004,), "noise": False}
    return Case(frequency="year", scale="sqrt", time=time, y=np.sqrt(y), unit=0.5, **(fields | changes))


def test_smallest_effect_of_a_count_is_a_rate_ratio_of_one_and_a_half_on_the_mean_before():
    counts = case([4, 4, 4, 4, 9, 9], counts=True)
    assert counts.smallest_effect(2004) == pytest.approx(np.sqrt(1.5 * 4) - np.sqrt(4), rel=1e-12)


def test_smallest_effect_of_a_rate_uses_value_over_exposure():
    rates = case([4, 4, 4, 4], counts=True, exposure=np.full(4, 100.0))
    assert rates.smallest_effect(2004) == pytest.approx(np.sqrt(0.06) - np.sqrt(0.04), rel=1e-12)


def test_a_count_that_is_zero_before_the_juncture_has_no_smallest_effect():
    assert np.isnan(case([0, 0, 0, 0, 2, 3], counts=True).smallest_effect(2004))


def test_smallest_effect_of_all_else_is_one_declared_scale():
    assert case([1.0, 2.0, 3.0]).smallest_effect(2002) == 0.5


def test_yearly_scale_of_a_rate_is_that_of_its_yearly_exposure():
    study = load_config(ROOT / "config.yaml")
    for indicator in study.indicators.values():
        if indicator.declared_scale.derivation != "exposure" or "year" not in indicator.also:
            assert indicator.declared_scale.yearly is None
            continue
        table = load_table(ROOT / "raw" / f"{indicator.table}.csv")
        series, _ = build_series(indicator, table, study.study.window.model_dump(mode="json"), time="month")
        yearly = series[(series["frequency"] == "year") & (series["role"] == "main")]
        assert float(f"{from_exposure(yearly['exposure'].to_numpy(float)):.3g}") == indicator.declared_scale.yearly
        assert scale_at(indicator.model_dump(mode="json"), "year") == indicator.declared_scale.yearly
