"""Tests of critical junctures in short time series: from sourced tables to judged claims.

The public names (docs/api.md) are those of `junctures.library`, which is imported when the first of them is used.
"""

from importlib import import_module

__all__ = [
    "Breaks",
    "DateRanking",
    "Effect",
    "Fit",
    "Judgement",
    "Plan",
    "SpecificationCurve",
    "find_breaks",
    "fit",
    "judge",
    "load_example",
    "plan",
    "pool",
    "rank_dates",
    "specifications",
]


def __getattr__(name: str) -> object:
    """Return a public name; an import statement here would make every job of a study hang on the library's code."""
    if name in __all__:
        return getattr(import_module("junctures.library"), name)
    raise AttributeError(f"module 'junctures' has no attribute '{name}'; its public names are {', '.join(__all__)}")


def __dir__() -> list[str]:
    """Return the module's own names and the public ones."""
    return sorted({*globals(), *__all__})
