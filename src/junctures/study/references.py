"""What the config says of the tables: every table, column and value that it names must exist."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from junctures.study.forms import Form
from junctures.study.problems import Problem, nearest
from junctures.study.schema import FREQUENCIES, Indicator, Study
from junctures.study.tables import NUMERIC, REFERENCES, Column, Source, Table, citation_keys, table_of

FINENESS = {"year": 0, "month": 2, "date": 2}  # the finest frequency, by its place in FREQUENCIES, that a type can date
WHY_TABLE = "the series would have nothing to be made of"
WHY_FILTER = "the filter would silently leave out every row"


def check_references(
    root: Path, study: Study, sources: Mapping[str, Source], lines: dict[tuple, int]
) -> list[Problem]:
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
    finest = FINENESS[table.columns[table.time].type]
    for frequency in (indicator.frequency, *indicator.also):
        if FREQUENCIES.index(frequency) > finest:
            what = f"'{indicator.table}' is dated by {table.columns[table.time].type}, too coarsely for a {frequency}"
            form.add((*path, "frequency"), what, "its rows cannot be put into periods", "Use frequency: year.")


def _column(form: Form, name: str, table: Table, path: tuple) -> Column | None:
    if name not in table.columns:
        what = f"there is no column '{name}' in the table"
        form.add(path, what, WHY_TABLE, nearest(name, table.columns))
    return table.columns.get(name)


def _check_where(form: Form, where: Mapping, table: Table, path: tuple) -> None:
    for name, condition in where.items():
        if name == "any":
            for i, each in enumerate(condition):
                _check_where(form, each, table, (*path, "any", i))
        elif name == "row_sum":
            for column in condition["columns"]:
                _column(form, column, table, (*path, "row_sum"))
        elif isinstance(condition, dict):
            _column(form, name, table, (*path, name))
        else:
            values = condition if isinstance(condition, tuple) else (condition,)
            _check_values(form, name, values, table, (*path, name))


def _check_values(form: Form, name: str, values: Iterable[str], table: Table, path: tuple) -> None:
    spec = _column(form, name, table, path)
    if spec is None or not spec.values:
        return
    for value in values:
        if value not in spec.values and not (value == "" and spec.blank is not None):
            form.add(path, f"'{value}' is no value of the column '{name}'", WHY_FILTER, nearest(value, spec.values))
