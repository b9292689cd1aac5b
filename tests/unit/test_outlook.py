"""What `junctures check` tells: from dates alone, and nothing that comes after the first juncture moves it."""

import numpy as np
import pytest

from junctures.inference.cases import Case
from junctures.inference.prospects import blind
from junctures.report.outlook import foresee, tell
from junctures.study.check import REPOSITORY, check_study, write_checksums
from junctures.study.new import write_study

DRAWS = 100


@pytest.fixture
def root(tmp_path):
    return write_study(tmp_path / "study")


def outlook(root):
    return foresee(root, check_study(root, writing=False), DRAWS)


def test_dates_points_and_families_of_the_new_study(root):
    found = outlook(root)
    (row,) = found["designs"]
    # The window is 1879 to 1918, and the juncture begins in 1899.
    assert (row["first_treated"], row["points_before"], row["points_after"], row["n"]) == ("1899", 20, 20, 40)
    assert found["junctures"][0]["begins"] == {"year": "1899"}
    assert found["claims"] == {"tested": {"effect": 1}, "checked": {"share": 1}}
    assert found["families"] == {"effects": {"tests": 1, "of": "claim"}}
    # Not a count: the smallest effect of interest is one declared scale, so that both jumps are the same.
    assert row["jump_80"] == pytest.approx(row["jump_80_smallest"], rel=1e-12)


def test_nothing_is_written(root):
    before = sorted(path.relative_to(root) for path in root.rglob("*"))
    outlook(root)
    assert sorted(path.relative_to(root) for path in root.rglob("*")) == before


def test_no_value_after_the_first_juncture_is_used(root):
    config = (root / "config.yaml").read_text(encoding="utf-8")
    count = config.replace("columns: [flow]", "columns: [flow], counts: true").replace("scale: log", "scale: sqrt")
    count = count.replace("{value: 0.107, derivation: differences}", "{value: 0.5, derivation: count}")
    count = count.replace("  - id: dam", "  - id: dam", 1).replace(
        "dimensions:", "  - {id: later, label: Later, date: 1909}\ndimensions:", 1
    )
    (root / "config.yaml").write_text(count, encoding="utf-8")
    before = outlook(root)
    table = root / "raw/example/yearly.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    changed = [
        line if not "1899" <= line[:4] <= "1970" else f"{line[:4]},{100 + 7 * i}" for i, line in enumerate(lines)
    ]
    table.write_text("\n".join(changed) + "\n", encoding="utf-8")
    write_checksums(root)
    assert outlook(root) == before
    # The mean before it, which makes the smallest effect of a count, is used, and it alone.
    doubled = [f"{line[:4]},{2 * int(line[5:])}" if "1879" <= line[:4] < "1899" else line for line in lines]
    table.write_text("\n".join(doubled) + "\n", encoding="utf-8")
    write_checksums(root)
    for old, new in zip(before["designs"], outlook(root)["designs"], strict=True):
        assert new["jump_80"] == old["jump_80"]
        # A smallest effect goes with the root of the mean.
        assert new["jump_80_smallest"] == pytest.approx(old["jump_80_smallest"] / 2**0.5, rel=1e-12)


def test_blind_case_of_zeros_before_the_juncture_has_no_smallest_effect():
    y = np.array([0.0, 0, 0, 4, 9])
    nothing = np.full(5, np.nan)
    case = Case("year", "sqrt", np.arange(5), y**0.5, y, nothing, ("a",), (3,), False, 0.5, counts=True)
    assert np.isnan(blind(case).smallest_effect(3))


def test_design_that_cannot_be_tested_tells_the_reason(root):
    path = root / "config.yaml"
    text = path.read_text("utf-8").replace("{start: 1879, end: 1918}", "{start: 1895, end: 1903}")
    path.write_text(text.replace("false_step: 1889", "false_step: 1897"), "utf-8")
    found = outlook(root)
    assert found["designs"][0]["reason"] and found["designs"][0]["jump_80"] is None
    assert "cannot be tested" in "\n".join(tell(found))


def test_text_tells_each_juncture_series_and_claim_of_the_shipped_studies():
    for name in ("seat_belts", "boston_homicide"):
        found = outlook(REPOSITORY / "studies" / name)
        text = "\n".join(tell(found))
        for word in (*found["indicators"], *(each["date"] for each in found["junctures"])):
            assert word in text
        assert all(line == line.rstrip() for line in text.splitlines())
    assert "1996-06" in text and "1 claim tested by a model: effect 1" in text
