"""config.yaml as a checked, frozen study; every problem is told at once, each with its line."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import get_args

from pydantic import BaseModel, ValidationError

from junctures.study import periods
from junctures.study.names import WHY_KEY, WHY_NAME, check_key, check_names
from junctures.study.problems import Problem, StudyError, nearest
from junctures.study.schema import FREQUENCIES, ID, Juncture, Study
from junctures.study.yaml_file import dotted, line_of, read_yaml

NAME = "config.yaml"
LISTS = ("junctures", "concurrent_events")
NAMED = ("indicators", "pools", "leads", "families")  # sections of blocks whose key is their id


def load_config(path: str | Path) -> Study:
    """Return the study that a config file declares.

    Raises StudyError with every problem: unknown and missing keys, values of a wrong kind, names that do not exist,
    dates that cannot be. Nothing in the file is evaluated as code. Tables are checked by `check.check_study`.
    """
    study, problems = read_config(path)
    if problems:
        raise StudyError(problems)
    return study


def read_config(path: str | Path) -> tuple[Study | None, list[Problem]]:
    """Return the study (None where it has problems of its own form) and all problems of the config."""
    content, lines, problems = read_yaml(Path(path), NAME)
    if content is None and problems:
        return None, problems
    checker = _Checker(lines, problems)
    if not isinstance(content, dict):
        checker.add((), "the file holds no keys", WHY_NAME, "Begin with 'study:', as in the README's example.")
        return None, checker.problems
    parts = checker.parts(content)
    check_names(checker.add, content, parts)
    if checker.problems:
        return None, checker.problems
    return Study(**parts), []


class _Checker:
    """Collects problems with the line of the entry they are about."""

    def __init__(self, lines: dict[tuple, int], problems: list[Problem]) -> None:
        self.lines, self.problems = lines, list(problems)

    def add(self, path: Iterable, what: str, why: str, remedy: str) -> None:
        path = tuple(path)
        self.problems.append(Problem(NAME, line_of(self.lines, path), dotted(path), what, why, remedy))

    def parts(self, content: Mapping) -> dict:
        """Return the valid blocks of every section; what is wrong with the others is noted."""
        fields = Study.model_fields
        for key in content:
            if key not in fields:
                self.add((key,), f"the key '{key}' is unknown", WHY_KEY, nearest(key, fields))
        for key in fields:
            if fields[key].is_required() and not content.get(key):
                why = f"'{key}' holds {fields[key].description}; {WHY_NAME}"
                self.add((key,), f"the section '{key}' is missing or empty", why, f"Add '{key}:' to {NAME}.")
        return {key: self._section(key, content[key]) for key in fields if content.get(key) is not None}

    def _section(self, key: str, content: object):
        model = _model_in(Study.model_fields[key].annotation)
        if key in LISTS:
            if not isinstance(content, list):
                self.add((key,), f"'{key}' is no list", WHY_NAME, f"Write each entry of '{key}' after a hyphen.")
                return ()
            entries = (self._block(model, entry, (key, i)) for i, entry in enumerate(content))
            return tuple(entry for entry in entries if entry is not None)
        if model is None or key in NAMED:
            return self._named(key, model, content)
        return self._block(model, content, (key,))

    def _named(self, key: str, model: type[BaseModel] | None, content: object) -> dict:
        if not isinstance(content, dict):
            self.add((key,), f"'{key}' holds no named entries", WHY_NAME, f"Write 'name: ...' below '{key}'.")
            return {}
        entries = {}
        for name, entry in content.items():
            check_key(self.add, name, (key, name))
            if model is None:
                if not isinstance(entry, str) or not entry:
                    self.add((key, name), "the label is no text", WHY_NAME, "Write a label in words.")
                entries[name] = str(entry)
                continue
            if isinstance(entry, dict) and "id" in model.model_fields:
                if "id" in entry:
                    remedy = "Remove it: the entry's key is its id."
                    self.add((key, name, "id"), "the key 'id' is unknown", WHY_KEY, remedy)
                entry = {**entry, "id": name if ID.match(name) else "unnamed"}
            block = self._block(model, entry, (key, name))
            if block is not None:
                entries[name] = block
        return entries

    def _block(self, model: type[BaseModel], content: object, path: tuple):
        if not isinstance(content, dict):
            keys = ", ".join(name for name, field in model.model_fields.items() if field.is_required() and name != "id")
            self.add(path, "a block of keys is needed here", WHY_NAME, f"Write at least the keys {keys}.")
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                self._from_pydantic(model, each, path)
            return None

    def _from_pydantic(self, model: type[BaseModel], error: Mapping, path: tuple) -> None:
        context = error.get("ctx", {})
        location = tuple(part for part in error["loc"] if part != "[key]")
        place = path + location + tuple(context.get("at", ()))
        owner, description = _describe(model, location)
        why = f"'{location[-1] if location else path[-1]}' is {description}" if description else WHY_NAME
        if error["type"] == "extra_forbidden":
            valid = [name for name in owner.model_fields if name != "id" or owner in (Juncture,)] if owner else []
            self.add(place, f"the key '{location[-1]}' is unknown", WHY_KEY, nearest(location[-1], valid))
        elif error["type"] == "missing":
            self.add(place, f"the key '{location[-1]}' is missing", why, f"Add '{location[-1]}' to this block.")
        elif error["type"] == "plain":
            self.add(place, context["what"], why, context["remedy"])
        elif error["type"] == "literal_error":
            words = [str(word).strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
            self.add(place, f"'{error['input']}' is no valid value", why, nearest(error["input"], words))
        else:
            message = error["msg"].removeprefix("Input ").removeprefix("String ").removeprefix("Tuple ")
            self.add(place, f"'{error['input']}' cannot stand here", why, f"The value {message}.")


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the block that an annotation (Block, Block | None, tuple or dict of blocks) is about, or None."""
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)


def _describe(model: type[BaseModel], location: tuple) -> tuple[type[BaseModel] | None, str]:
    """Return the block in which a location lies and the description of its last field."""
    owner, description = model, ""
    for i, part in enumerate(location):
        field = owner.model_fields.get(part) if owner and isinstance(part, str) else None
        if field is None:
            continue
        description = field.description or ""
        inner = _model_in(field.annotation)
        if inner is not None and i < len(location) - 1:
            owner = inner
    return owner, description


def study_values(study: Study) -> dict:
    """Return every value that the study uses, as plain data, with what each date becomes at each frequency.

    `first_treated` holds, for the main date and each alternative of every juncture, the first treated period by year,
    quarter and month; under an indicator with an observed month, that of its years.
    """
    values = study.model_dump(mode="json")
    for juncture, plain in zip(study.junctures, values["junctures"], strict=True):
        dates = (juncture.date, *juncture.alternatives)
        plain["first_treated"] = {date.isoformat(): _treated(date, FREQUENCIES) for date in dates}
    for name, indicator in study.indicators.items():
        used = (indicator.frequency, *indicator.also)
        values["indicators"][name]["first_treated"] = {
            juncture.id: _treated(juncture.date, used, indicator.observed_month) for juncture in study.junctures
        }
    return values


def _treated(date: dt.date, frequencies: Iterable[str], observed_month: int | None = None) -> dict[str, str]:
    months = {"year": observed_month}
    return {each: periods.first_treated(date, each, months.get(each)) for each in frequencies}
