"""The studies under studies/ built by the shipped code, and the published answers found in what they build."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.stats import t as student
from study_run import REPOSITORY, build

from junctures.inference.scales import LEAST_OBSERVED, declared_scale
from junctures.numbers import read_csv
from junctures.report.judgement import VERDICTS
from junctures.study.config import load_config
from junctures.study.series import build_series, load_table

STUDIES = REPOSITORY / "studies"
NAMES = sorted(path.name for path in STUDIES.iterdir() if path.is_dir())
# One study to its last figure and table, the other to its verdicts: drawing is the same code, and half of the time.
TARGETS = {"boston_homicide": [], "seat_belts": ["processed/results/claims.csv"]}
CASES = {
    case["id"]: case
    for case in json.loads((REPOSITORY / "tests/reference/answers.json").read_text(encoding="utf-8"))["cases"]
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return name -> folder of a copy of each study, its source alone, after its build; both are built at once."""
    folder = tmp_path_factory.mktemp("studies")
    outputs = shutil.ignore_patterns("processed", "figures", "tables", "logs", ".snakemake")
    for name in NAMES:
        shutil.copytree(STUDIES / name, folder / name, ignore=outputs)
    with ThreadPoolExecutor() as pool:
        told = {name: pool.submit(build, folder / name, *TARGETS[name], code=REPOSITORY) for name in NAMES}
    assert all("Left over" not in each.result().text for each in told.values())
    return {name: folder / name for name in NAMES}


def results(folder, name):
    return read_csv(folder / f"processed/results/{name}.csv")


def row(folder, indicator, model, table="effects"):
    found = results(folder, table).query("indicator == @indicator and model == @model and estimand == 'step'")
    assert len(found) == 1
    return found.iloc[0]


def verdicts(folder):
    return dict(results(folder, "claims")[["claim", "verdict"]].itertuples(index=False))


def youth_homicides(folder):
    series = read_csv(folder / "processed/series/youth_homicides.csv").query("role == 'main'")
    return series["period"].tolist(), series["value"].to_numpy(float)


def test_law_coefficient_is_that_of_the_published_poisson_model(built):
    case = CASES["seatbelts_vankilled_poisson_nb"]
    expected, tolerance = case["expected"]["poisson"], case["tol_rel"]
    found = row(built["seat_belts"], "van_drivers", "quasi_poisson", "specifications")
    law = expected["coef"]["law"]
    # On the log scale, where R states it; the same only if trend, two Fourier pairs and the exposure are the same.
    assert np.log(found["estimate"]) == pytest.approx(law, rel=tolerance)
    # R's error is Poisson's; ours has the Pearson dispersion, which R states too, and t.
    dispersion = expected["pearson_chi2"] / expected["df_residual"]
    reach = student.ppf(0.975, expected["df_residual"]) * expected["se"]["law"] * np.sqrt(dispersion)
    assert np.log([found["lower"], found["upper"]]) == pytest.approx([law - reach, law + reach], rel=tolerance)


def test_law_is_judged_by_the_primary_step_beside_it(built):
    folder = built["seat_belts"]
    step = row(folder, "van_drivers", "primary")
    assert (step["first_treated"], step["n"], step["described"]) == ("1983-02", 192, "rate ratio 0.78")
    assert step["lower"] < 0 < step["upper"]
    # A tenth more or fewer, as the config declares, on the root of the mean rate before the law; 8 digits are written.
    series = read_csv(folder / "processed/series/van_drivers.csv").query("period < '1983-02'")
    smallest = (1.1**0.5 - 1) * (series["value"] / series["exposure"]).mean() ** 0.5
    assert step["smallest_effect"] == pytest.approx(smallest, rel=1e-7)
    assert verdicts(folder)["van_drivers_fall"] == "cannot_tell"


def test_published_fall_of_car_drivers_lies_within_the_interval_of_a_supported_step(built):
    step = row(built["seat_belts"], "car_drivers", "primary")
    low, high = np.expm1([step["lower"], step["upper"]])
    # Published as whole per cent, -23: anything from -22.5 to -23.5.
    assert low < -0.225 and -0.235 < high < 0
    assert verdicts(built["seat_belts"])["car_drivers_fall"] == "supported"


def test_rear_seat_passengers_show_no_fall(built):
    step = row(built["seat_belts"], "rear_passengers", "primary")
    assert np.expm1(step["lower"]) < 0.03 < np.expm1(step["upper"])  # the published rise of 3 per cent
    assert verdicts(built["seat_belts"])["rear_passengers_rise"] == "cannot_tell"


def test_mean_of_youth_homicides_breaks_where_published(built):
    case = CASES["boston_homicide"]
    expected, tolerance = case["expected"]["default"]["supF"], case["tol_rel"]
    periods, y = youth_homicides(built["boston_homicide"])
    n = len(y)
    # 15 per cent at each end stay out, as in strucchange; F is not divided by the number of coefficients.
    first = int(0.15 * n)
    split = {
        k: np.sum((y[:k] - y[:k].mean()) ** 2) + np.sum((y[k:] - y[k:].mean()) ** 2)
        for k in range(first, n - first + 1)
    }
    whole = np.sum((y - y.mean()) ** 2)
    F = {k: (whole - rest) / (rest / (n - 2)) for k, rest in split.items()}
    last_of_old = max(F, key=F.get)
    assert last_of_old == case["expected"]["default"]["argmax_breakpoint"] and periods[last_of_old - 1] == "1996-07"
    assert F[last_of_old] == pytest.approx(expected["stat"], rel=tolerance)


def test_step_at_the_declared_date_agrees_with_the_published_fall(built):
    folder = built["boston_homicide"]
    step = row(folder, "youth_homicides", "primary")
    assert step["first_treated"] == "1996-06" and step["upper"] < 0 and step["robust"] == "yes"
    ratio = row(folder, "youth_homicides", "quasi_poisson", "specifications")
    assert ratio["lower"] < 1 - 0.63 < ratio["upper"]  # Braga et al. (2001); 1 - .60 of Piehl et al. lies within too
    assert ratio["lower"] < 1 - 0.60 < ratio["upper"]
    assert set(verdicts(folder).values()) == {"supported"}
    _, y = youth_homicides(folder)
    # Published from 1991 on, where the data set begins in 1992: no more can be asked than agreement to a point.
    assert 1 - y[53:].mean() / y[:53].mean() == pytest.approx(0.63, abs=0.01)


def test_whole_build_makes_what_can_be_drawn_and_nothing_empty(built):
    folder = built["boston_homicide"]
    drawn = {path.stem for path in (folder / "figures").glob("*.svg")}
    # No series by year, no counted events, not three dates: no panels by year, no timeline, no rank of dates.
    assert drawn == {"what_the_design_could_see", "specification_curve", "size_and_power"}
    assert [path.name for path in (folder / "figures/indicator_panels").iterdir()] == ["youth_homicides.svg"]
    assert "Operation Ceasefire" in (folder / "tables/claims.md").read_text(encoding="utf-8")
    assert (folder / "README.md").read_bytes() == (STUDIES / "boston_homicide/README.md").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_page_of_a_study_tells_every_verdict_with_its_interval(built, name):
    page = (built[name] / "README.md").read_text(encoding="utf-8").splitlines()
    for claim in results(built[name], "claims").to_dict("records"):
        told = next(line for line in page if claim["statement"] in line)
        assert told.endswith(f"| {VERDICTS[claim['verdict']]} |")
        if claim["ledger"] == "tested":
            interval = claim["reason"].split("(")[1].split(";")[0]
            assert interval in told


@pytest.mark.parametrize("name", NAMES)
def test_declared_scales_are_what_their_derivations_give(name):
    study = load_config(STUDIES / name / "config.yaml")
    window = study.study.window.model_dump()
    for indicator in study.indicators.values():
        table = load_table(STUDIES / name / f"raw/{indicator.table}.csv")
        series, _ = build_series(indicator, table, window, time="month", partners_from=LEAST_OBSERVED)
        assert float(f"{declared_scale(series, indicator, study):.3g}") == indicator.declared_scale.value


TABLES = {
    "seat_belts": {"van_drivers_killed": "VanKilled", "car_drivers_ksi": "drivers", "front_passengers_ksi": "front",
                   "rear_passengers_ksi": "rear", "kms": "kms", "law": "law"},
    "boston_homicide": {"youth": "homicides", "adult": "ahomicides25"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "table", "reference"),
    [
        ("seat_belts", "road_casualties/monthly", "seatbelts_design"),
        ("boston_homicide", "homicides/monthly", "bostonhomicide"),
    ],
)
def test_shipped_tables_are_the_reference_data(name, table, reference):
    shipped = read_csv(STUDIES / name / f"raw/{table}.csv", month=str)
    if "victims" in shipped:
        shipped = shipped.pivot(index="month", columns="victims", values="homicides").reset_index()
    published = read_csv(REPOSITORY / f"tests/reference/data/{reference}.csv")
    for ours, theirs in TABLES[name].items():
        assert shipped[ours].tolist() == published[theirs].tolist()


def test_gallery_of_a_study_without_citation_file_has_its_claims_and_no_citation(built):
    root = built["boston_homicide"]
    page = (root / "figures/index.html").read_text(encoding="utf-8")
    assert not (root / "CITATION.cff").exists()
    assert all(f'id="claim-{claim}"' in page for claim in verdicts(root))
    assert "BibTeX" not in page.partition("<script>")[0] and 'id="source-homicides"' in (
        root / "figures/dictionary.html"
    ).read_text(encoding="utf-8")
