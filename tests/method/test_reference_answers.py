"""Every estimator beside the primary one against answers computed with R, within each case's own tolerance."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from junctures.inference import alternatives

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((REFERENCE / "answers.json").read_text())["cases"]}


def load(case_id):
    case = CASES[case_id]
    return case["expected"], pd.read_csv(REFERENCE / "data" / case["data"]), case["tol_rel"]


def design(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


def values(named):
    return np.array(list(named.values()), float)


def agree(found, named, tolerance, what):
    np.testing.assert_allclose(found, values(named), rtol=tolerance, err_msg=what)


def test_ols_equals_nist_certified_longley():
    expected, data, tolerance = load("nist_longley_ols")
    fit = alternatives.ols(data.y.to_numpy(float), design(*(data[f"x{i}"] for i in range(1, 7))))
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    agree(fit.se, expected["se"], tolerance, "standard errors")
    assert fit.sigma == pytest.approx(expected["residual_sd"], rel=tolerance)
    certified = {item["what"]: item["value"] for item in CASES["nist_longley_ols"]["published"]}
    agree(fit.coef, certified["NIST certified coefficients"], tolerance, "certified coefficients")


def test_hac_equals_newey_west_with_its_small_sample_factor():
    expected, data, tolerance = load("greene_investment_nw")
    data = data.dropna(subset=["RealInt"])
    y, X = data.RealInv.to_numpy(float), design(data.RealGNP, data.RealInt)
    fit = alternatives.ols_hac(y, X, lag=4)
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    agree(fit.se, expected["se_nw_lag4_adjust"], tolerance, "Newey-West errors")
    agree(alternatives.ols(y, X).se, expected["se_ols"], tolerance, "OLS errors")


def test_hac_equals_newey_west_on_a_segmented_design():
    expected, data, tolerance = load("sim_its_n60")
    fit = alternatives.ols_hac(data.y.to_numpy(float), design(data.t, data.step, data.ramp), lag=3)
    agree(fit.coef, expected["its_ols_coef"], tolerance, "coefficients")
    agree(fit.se, expected["nw3_adjust"], tolerance, "Newey-West errors")


def nile():
    expected, data, tolerance = load("nile_gls_ar1_reml")
    year = data.time.to_numpy(int)
    step = (year >= 1899).astype(float)
    t, ramp = year - 1870.0, np.where(year >= 1899, year - 1899.0, 0.0)
    designs = {"step_only": design(step), "full": design(t, step, ramp)}
    return expected, data.flow.to_numpy(float), year, designs, tolerance


@pytest.mark.parametrize("model", ["step_only", "full"])
def test_reml_equals_nlme_on_the_nile(model):
    expected, y, year, designs, tolerance = nile()
    expected = expected[model]
    fit = alternatives.reml_ar1(y, designs[model], year)
    assert fit.rho == pytest.approx(expected["phi"], rel=tolerance)
    assert fit.sigma == pytest.approx(expected["sigma"], rel=tolerance)
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    agree(fit.se, expected["se"], tolerance, "standard errors")
    agree(fit.coef / fit.se, expected["t"], tolerance, "t")
    agree(fit.df, expected["satterthwaite_df_handcoded"], tolerance, "Satterthwaite df")


def test_reml_equals_nlme_near_a_unit_root():
    expected, data, tolerance = load("hartnagel_gls_ar2_ml")
    data = data.dropna(subset=["fconvict", "tfr", "partic", "degrees", "mconvict"])
    X = design(data.tfr, data.partic, data.degrees, data.mconvict)
    fit = alternatives.reml_ar1(data.fconvict.to_numpy(float), X, data.year.to_numpy(int))
    expected = expected["ar1_reml"]
    assert fit.rho == pytest.approx(expected["phi"], rel=tolerance)
    assert fit.sigma == pytest.approx(expected["sigma"], rel=tolerance)
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    agree(fit.se, expected["se"], tolerance, "standard errors")


def test_reml_equals_nlme_on_a_segmented_design():
    expected, data, tolerance = load("sim_its_n60")
    fit = alternatives.reml_ar1(data.y.to_numpy(float), design(data.t, data.step, data.ramp), data.t.to_numpy(int))
    expected = expected["gls_reml"]
    assert fit.rho == pytest.approx(expected["phi"], rel=tolerance)
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    agree(fit.se, expected["se"], tolerance, "standard errors")


def test_poisson_with_exposure_and_seasons_equals_glm():
    expected, data, tolerance = load("seatbelts_vankilled_poisson_nb")
    X = design(data.t, data.law, data.sin1, data.sin2, data.cos1, data.cos2)
    fit = alternatives.quasi_poisson(data.VanKilled.to_numpy(float), X, data.kms.to_numpy(float))
    expected = expected["poisson"]
    agree(fit.coef, expected["coef"], tolerance, "coefficients")
    dispersion = expected["pearson_chi2"] / expected["df_residual"]
    assert fit.dispersion == pytest.approx(dispersion, rel=tolerance)
    agree(fit.se / np.sqrt(dispersion), expected["se"], tolerance, "errors before scaling")


def test_quasi_poisson_scales_errors_by_the_dispersion_of_short_counts():
    expected, data, tolerance = load("short_counts_n20")
    fit = alternatives.quasi_poisson(data.y.to_numpy(float), design(data.t, data.step), data.expo.to_numpy(float))
    agree(fit.coef, expected["poisson"]["coef"], tolerance, "coefficients")
    assert fit.dispersion == pytest.approx(expected["quasi_dispersion"], rel=tolerance)
    scaled = {name: se * np.sqrt(expected["quasi_dispersion"]) for name, se in expected["poisson"]["se"].items()}
    agree(fit.se, scaled, tolerance, "scaled errors")
    assert np.all(fit.df == expected["poisson"]["df_residual"])


@pytest.mark.parametrize(("method", "name"), [("holm", "holm"), ("fdr_bh", "BH")])
def test_adjusted_p_values_equal_p_adjust(method, name):
    expected, data, tolerance = load("p_adjust_12")
    adjusted = multipletests(data.p.to_numpy(float), method=method)[1]
    np.testing.assert_allclose(adjusted, expected[name], rtol=tolerance)
