"""Rows of results: what names one, its sign, and the rows that stand beside it."""

from collections.abc import Iterable, Mapping

import numpy as np

KEY = ("indicator", "vintage", "juncture", "model", "estimand")


def key_of(row: Mapping) -> tuple[str, ...]:
    """Return what names a row: indicator, vintage (blank where none), juncture, model, estimand."""
    return tuple(str(row.get(column) or "") for column in KEY)


def sign_of(row: Mapping) -> int:
    """Return the sign of an estimate: of P(b > 0) - 1/2 where there is a posterior; 0 where there is no estimate."""
    positive = row["positive"]
    value = row["estimate"] if positive != positive else positive - 0.5
    return 0 if value != value else int(np.sign(value))


class Beside:
    """The accompanying rows, found by what they stand beside: indicator, vintage, juncture and estimand."""

    def __init__(self, rows: Iterable[Mapping]):
        self._rows: dict[tuple, list[Mapping]] = {}
        for row in rows:
            self._rows.setdefault(self._place(row), []).append(row)

    def of(self, row: Mapping) -> list[Mapping]:
        """Return the rows that stand beside an effect, of whatever model."""
        return self._rows.get(self._place(row), [])

    @staticmethod
    def _place(row: Mapping) -> tuple[str, ...]:
        return tuple(str(row.get(column) or "") for column in ("indicator", "vintage", "juncture", "estimand"))
