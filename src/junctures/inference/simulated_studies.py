"""The study on simulated series: its claims' rows replayed, and the specification curves of its effects."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from junctures.inference.curve import curve_rows, specification_curves
from junctures.inference.effects import ALL, Grids
from junctures.inference.families import EXPLORATORY, FamilyTest, declare_tests, needed_rows
from junctures.inference.indicator import Setting
from junctures.inference.replay import Replayed, Unit, make_units, replay, simulated_at
from junctures.inference.rows import key_of
from junctures.inference.simulate import own_errors

SIGNS = {"positive": 1, "negative": -1}
Say = Callable[[str], None]


def rows_by_key(effects: pd.DataFrame) -> dict[tuple[str, ...], dict]:
    """Return the rows of effects by their keys, each with its file under `file`."""
    return {key_of(row): {**row, "file": "processed/results/effects.csv"} for row in effects.to_dict("records")}


def family_tests(part: Mapping) -> list[FamilyTest]:
    """Return the tests of the families on which claims rest."""
    return [test for test in declare_tests(part["claims"], part) if test.family != EXPLORATORY]


def replay_claims(part: Mapping, series: Mapping, effects: Mapping, setting: Setting, say: Say) -> list[Replayed]:
    """Return every series on which a claim tested by a model rests, replayed in simulated studies.

    `part` is the slice `simulated_studies`, `effects` (of `rows_by_key`) holds the real rows, whose persistence the
    errors have. Each step is told to `say`.
    """
    studies, grids, done = setting.simulations["studies"], Grids(), []
    units = make_units(needed_rows(part["claims"], family_tests(part)), part, series, setting)
    for number, unit in enumerate(units, 1):
        at, draw = _errors_of(unit, effects, setting), _generator(unit, setting, "studies")
        done.append(replay(unit, at, studies, draw, grids))
        say(f"{number} of {len(units)}: {' '.join(filter(None, unit.name))}, {studies} studies")
    return done


def specification_rows(
    part: Mapping, series: Mapping, effects: Mapping, setting: Setting, say: Say
) -> Iterator[tuple[dict, list[dict]]]:
    """Yield the curve of each effect or mean step on which a claim rests, and of each pool's, with its rows.

    Arguments as for `replay_claims`. A row's errors under the null are those of its main model, without any effect.
    """
    draws, signs = setting.simulations["curve"], _claimed_signs(part["claims"])
    pools = [
        (name, "", juncture, f"pool_{name}", estimand)
        for name in part["pools"]
        for juncture, estimand in _pool_keys(part)
    ]
    for unit in make_units([*signs, *pools], part, series, setting):
        at, draw = _errors_of(unit, effects, setting), _generator(unit, setting, "curve")
        null = unit.sd * own_errors(at, draws, draw("null"))
        for sign in sorted({signs.get(_key(unit, *key), 1) for key in unit.keys}):
            keys = [key for key in sorted(unit.keys) if signs.get(_key(unit, *key), 1) == sign]
            curves = specification_curves(unit, curve_rows(unit, setting), keys, sign, null, Grids())
            for key, curve in curves.items():
                names = dict(
                    zip(("indicator", "vintage", "juncture", "model", "estimand"), _key(unit, *key), strict=True)
                )
                values = {name: value for name, value in vars(curve).items() if name != "estimates"}
                points = [{**names, "row": row, "estimate": estimate} for row, estimate in curve.estimates]
                yield {**names, "sign": sign, "rows": len(points), **values}, points
        say(f"{' '.join(filter(None, unit.name))}: {draws} null series")


def _pool_keys(part: Mapping) -> list[tuple[str, str]]:
    return [*((juncture["id"], "step") for juncture in part["junctures"]), (ALL, "mean_step")]


def _claimed_signs(claims) -> dict[tuple[str, ...], int]:
    """Return the claimed sign of every row on which a claim of an effect or mean step rests."""
    checks = [claim["check"] for claim in claims if claim["check"]["kind"] in ("effect", "mean_step")]
    return {key_of(member): SIGNS[check["sign"]] for check in checks for member in check["members"]}


def _key(unit: Unit, juncture: str, estimand: str) -> tuple[str, ...]:
    name, vintage, model = unit.name
    return (name, vintage, juncture, model, estimand)


def _errors_of(unit: Unit, effects: Mapping, setting: Setting):
    """Return how a unit's errors are simulated: with the persistence that its main model found."""
    real = next(effects[key] for key in (_key(unit, *key) for key in sorted(unit.keys)) if key in effects)
    return simulated_at(unit, real["rho"], real["noise_share"], setting.rows["concurrent_step"])


def _generator(unit: Unit, setting: Setting, purpose: str):
    # Vintages of one indicator share their draws, as they share their events.
    return lambda name: setting.generator(unit.name[0], purpose, name)
