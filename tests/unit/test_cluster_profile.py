"""The profile for Slurm: it knows every group of the rules, and reruns for the same reasons as the default one."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ALONE = {"test_grid", "write_calibration", "verify"}  # by hand, each a job of minutes


def profile(name):
    return yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text(encoding="utf-8"))


def rules():
    """Return (text of the rule, its group or None) of every rule with a script."""
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for text in re.split(r"(?m)^ *rule\b", path.read_text(encoding="utf-8"))[1:]:
            if "script:" in text:
                group = re.search(r'group:\n\s+"(\w+)"', text)
                yield text, group and group[1]


def test_every_rule_with_a_script_has_a_group_that_the_profile_bundles():
    bundled = {each.partition("=")[0] for each in profile("slurm")["group-components"]}
    groups = {group for text, group in rules() if text.split(":")[0].strip() not in ALONE}
    assert groups == bundled == {"indicators", "pools", "pages"}


def test_both_profiles_rerun_for_the_same_reasons():
    shared = ("rerun-incomplete", "rerun-triggers", "show-failed-logs", "keep-going")
    assert [profile("slurm")[key] for key in shared] == [profile("default")[key] for key in shared]
