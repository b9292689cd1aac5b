"""docs/method.md against the code that it describes."""

import re
from pathlib import Path

from junctures.inference import cases, primary
from junctures.study import schema

PAGE = (Path(__file__).parents[2] / "docs" / "method.md").read_text(encoding="utf-8")
KEYS = PAGE[PAGE.index("## The keys of config.yaml") : PAGE.index("## What may not be claimed")]


def test_every_key_of_the_config_is_described():
    parts = [part for part in vars(schema).values() if isinstance(part, type) and issubclass(part, schema.Part)]
    named = {key for part in parts for key in part.model_fields if part is not schema.Study}
    missing = sorted(key for key in named if not re.search(rf"`[^`]*\b{key}\b[^`]*`", KEYS))
    assert not missing
    assert [block for block in schema.Study.model_fields if f"**{block}**" not in KEYS] == []


def test_grid_prior_and_thresholds_are_those_of_the_code():
    low, high = (f"{end:g}".replace("0.", ".") for end in primary.RHO_RANGE)
    assert f"atanh({low}) to atanh({high})" in PAGE
    assert f"{primary.RHO_POINTS[False]} for AR(1), {primary.RHO_POINTS[True]} with noise" in PAGE
    assert f"c in {', '.join(f'{c:g}'.replace('0.', '.') for c in primary.NOISE_SHARES)}, a sixth each" in PAGE
    assert primary.PRIOR_POWER == -3 / 4 and "the prior (1 - rho^2)^(-3/4)" in PAGE
    assert f"fewer than {cases.NOISE_FROM} observed points" in PAGE
    assert f"a rate ratio of {cases.RATE_RATIO:g} for counts" in PAGE
