"""What config and claims say of the tables: every table, column and value that they name must exist."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from junctures.study.forms import Form
from junctures.study.problems import Problem, nearest
from junctures.study.schema import FREQUENCIES, Indicator, Study
from junctures.study.tables import NUMERIC, REFERENCES, Column, Source, Table, citation_keys, table_of

FINENESS = {"year": 0, "month": 2, "date": 2}  # the finest frequency, by its place in FREQUENCIES, that a type can date
WHY_TABLE = "the series would have nothing to be made of"
WHY_CLAIM = "the claim could not be judged by its rule"
WHY_FILTER = "the filter would silently leave out every row"


def check_references(root: Path, study: Study, sources: Mapping[str, Source], lines: dict[tuple, int]) -> list[Problem]:
    """Return what the config names that raw/ or the references do not hold.

    `lines` gives the line of every entry of the config, as `read_config` returns it.
    """
    form = Form("config.yaml", lines)
    article = study.study.article
    keys = citation_keys(root)
    if article is not None and article not in keys:
        what = f"'{article}' is no key of {REFERENCES}"
        form.add(("study", "article"), what, "the article could not be cited", nearest(article, keys))
    for name, indicator in study.indicators.items():
        _check_indicator(form, indicator, sources, ("indicators", name))
    return form.problems


def check_claim_data(claims: list[dict], sources: Mapping[str, Source], lines: dict[tuple, int]) -> list[Problem]:
    """Return what the checks of claims.yaml name that raw/ does not hold; `lines` as `read_claims` returns them.

    The claims must be all that the file holds, in its order.
    """
    form = Form("claims.yaml", lines)
    for i, claim in enumerate(claims):
        _check_data(form, claim["check"], sources, None, ("claims", i, "check"))
    return form.problems


def _check_data(form: Form, node: object, sources: Mapping[str, Source], table: Table | None, path: tuple) -> None:
    """Check a block of a check and those in it; a block without a table speaks of that of the block around it."""
    if isinstance(node, list):
        for i, each in enumerate(node):
            _check_data(form, each, sources, table, (*path, i))
        return
    if not isinstance(node, dict):
        return
    for key in ("table", "codes"):
        name = node.get(key)
        if isinstance(name, str) and table_of(sources, name) is None:
            known = [f"{source}/{each}" for source, held in sources.items() for each in held.tables]
            form.add((*path, key), f"there is no table '{name}'", WHY_CLAIM, nearest(name, known))
    if isinstance(node.get("table"), str) or "indicator" in node:
        table = table_of(sources, str(node.get("table", "")))
    if table is not None:
        for key in ("time", "label", "column", "columns", "key"):
            names = node.get(key, [])
            for name in [names] if isinstance(names, str) else names if isinstance(names, list) else ():
                if isinstance(name, str):
                    _column(form, name, table, (*path, key), WHY_CLAIM)
        if isinstance(node.get("where"), dict):
            _check_where(form, node["where"], table, (*path, "where"))
        for name in node["expect"] if isinstance(node.get("expect"), dict) else ():
            _column(form, name, table, (*path, "expect", name), WHY_CLAIM)
    for key, each in node.items():
        if key not in ("where", "expect"):
            _check_data(form, each, sources, table, (*path, key))


def _check_indicator(form: Form, indicator: Indicator, sources: Mapping[str, Source], path: tuple) -> None:
    folder = indicator.table.split("/")[0]
    table = table_of(sources, indicator.table)
    if folder not in sources:
        what = f"there is no source 'raw/{folder}' with a sound SOURCE.yaml"
        form.add((*path, "table"), what, WHY_TABLE, nearest(folder, sources))
        return
    if table is None:
        known = [f"{folder}/{each}" for each in sources[folder].tables]
        form.add((*path, "table"), f"there is no table '{indicator.table}'", WHY_TABLE, nearest(indicator.table, known))
        return
    _check_time(form, indicator, table, path)
    measure = indicator.measure
    for key in ("columns", "per"):
        for i, column in enumerate(getattr(measure, key)):
            spec = _column(form, column, table, (*path, "measure", key, i))
            if spec is not None and measure.kind != "distinct" and spec.type not in NUMERIC:
                what = f"the column '{column}' holds no numbers (type {spec.type})"
                form.add((*path, "measure", key), what, f"a {measure.kind} is made of numbers", "Name another column.")
    _check_where(form, indicator.where, table, (*path, "where"))
    if measure.whole is not None:
        _check_where(form, measure.whole, table, (*path, "measure", "whole"))
    if measure.by is not None:
        _check_values(form, measure.by, measure.of, table, (*path, "measure", "by"))
    if indicator.vintages is not None:
        vintages = (indicator.vintages.main, *indicator.vintages.others)
        _check_values(form, indicator.vintages.column, vintages, table, (*path, "vintages"))
    if indicator.peers is not None:
        _check_values(form, indicator.peers.over, indicator.peers.without, table, (*path, "peers"))
    if indicator.control is not None:
        if indicator.control.replace is not None:
            _check_where(form, indicator.control.replace, table, (*path, "control", "replace"))
        if indicator.control.median_over is not None:
            _column(form, indicator.control.median_over, table, (*path, "control", "median_over"))


def _check_time(form: Form, indicator: Indicator, table: Table, path: tuple) -> None:
    if table.time is None:
        why = "its rows cannot be put into periods"
        form.add((*path, "table"), f"'{indicator.table}' has no time column", why, "Name 'time' in its SOURCE.yaml.")
        return
    dated = table.columns.get(table.time)
    if dated is None or dated.type not in FINENESS:
        return  # what SOURCE.yaml says of it is told there
    finest = FINENESS[dated.type]
    for frequency in (indicator.frequency, *indicator.also):
        if FREQUENCIES.index(frequency) > finest:
            what = f"'{indicator.table}' is dated by {dated.type}, too coarsely for a {frequency}"
            form.add((*path, "frequency"), what, "its rows cannot be put into periods", "Use frequency: year.")


def _column(form: Form, name: str, table: Table, path: tuple, why: str = WHY_TABLE) -> Column | None:
    if name not in table.columns:
        what = f"there is no column '{name}' in the table"
        form.add(path, what, why, nearest(name, table.columns))
    return table.columns.get(name)


def _check_where(form: Form, where: object, table: Table, path: tuple) -> None:
    if not isinstance(where, Mapping):
        form.add(path, "a filter is given that is no mapping", WHY_FILTER, "Write {column: value}.")
        return
    for name, condition in where.items():
        place = (*path, name)
        if name in ("any", "none"):
            if not isinstance(condition, list | tuple):
                form.add(place, f"'{name}' needs a list of filters", WHY_FILTER, "Write [{column: value}].")
                continue
            for i, each in enumerate(condition):
                _check_where(form, each, table, (*place, i))
        elif name == "row_sum":
            columns = condition.get("columns") if isinstance(condition, Mapping) else None
            if not isinstance(columns, list | tuple):
                form.add(place, "'row_sum' names no columns", WHY_FILTER, "Write {columns: [a, b], min: 95, max: 105}.")
                continue
            for column in columns:
                _column(form, str(column), table, place)
        elif isinstance(condition, Mapping):
            _column(form, name, table, place)
        else:
            values = condition if isinstance(condition, list | tuple) else (condition,)
            _check_values(form, name, values, table, place)


def _check_values(form: Form, name: str, values: Iterable, table: Table, path: tuple) -> None:
    spec = _column(form, name, table, path)
    valid = spec.values or (("0", "1") if spec.type == "boolean" else ()) if spec is not None else ()
    if not valid:
        return
    for value in values:
        if isinstance(value, bool):
            what = f"YAML reads this word as {str(value).lower()}, not as text"
            form.add(path, what, WHY_FILTER, 'Put it in quotation marks ("yes", "no").')
        elif str(value) not in valid and not (value == "" and spec.blank is not None):
            form.add(path, f"'{value}' is no value of the column '{name}'", WHY_FILTER, nearest(value, valid))
