"""Damages of config.yaml: wrong types, misspelt keys, dates, windows, names that do not exist."""

from harness import Damage, Refusal, edit

DAMAGES = [
    Damage(
        "misspelt_key", "misspelt key", "seat_belts", lambda root: edit(root / "config.yaml", "  seed:", "  sead:"),
        Refusal("config.yaml", 8, "'sead' is unknown", "'seed'"),
    ),
]  # fmt: skip
