"""How numbers are written: eight digits, whole files, text that stays text."""

import pandas as pd

from junctures.numbers import format_number, read_csv, write_csv


def test_numbers_have_eight_significant_digits_and_tiny_ones_are_zero():
    assert [format_number(x) for x in (1 / 3, 123456789.123, -1e-13, float("nan"))] == [
        "0.33333333",
        "1.2345679e+08",
        "0",
        "",
    ]


def test_a_table_comes_back_with_periods_and_vintages_as_text(tmp_path):
    table = pd.DataFrame({"period": ["2012"], "vintage": [""], "value": [0.5], "n": [3], "reason": [""]})
    write_csv(table, tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv").to_dict("records") == table.to_dict("records")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
