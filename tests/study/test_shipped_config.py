"""The shipped config: what it shows readers beside its values holds, and it stays short."""

import re
from pathlib import Path

from junctures.study.config import load_config
from junctures.study.periods import first_treated

CONFIG = Path(__file__).parents[2] / "config.yaml"
SHOWN = re.compile(r"- id: (\w+) +# first treated: (\d{4}), (\d{4}Q\d), (\d{4}-\d{2})")


def test_first_treated_periods_shown_beside_the_junctures_follow_from_their_dates():
    study = load_config(CONFIG)
    shown = {name: periods for name, *periods in SHOWN.findall(CONFIG.read_text(encoding="utf-8"))}
    assert shown == {
        juncture.id: [first_treated(juncture.date, frequency) for frequency in ("year", "quarter", "month")]
        for juncture in study.junctures
    }


def test_config_can_be_read_in_one_sitting():
    assert len(CONFIG.read_text(encoding="utf-8").splitlines()) < 300
