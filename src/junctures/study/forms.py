"""Blocks of a YAML file read into strict models; every fault becomes a problem in plain words with its line."""

import datetime as dt
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import get_args

from pydantic import BaseModel, ValidationError

from junctures.study.problems import Problem, nearest
from junctures.study.yaml_file import dotted, line_of

WHY_KEY = "an unknown key would silently change nothing, and the study would not be the one you describe"
WHY_NAME = "without it the study cannot be built as declared"


class Form:
    """Collects problems with the line of the entry they are about."""

    def __init__(self, name: str, lines: dict[tuple, int], problems: Iterable[Problem] = ()) -> None:
        self.name, self.lines, self.problems = name, lines, list(problems)

    def add(self, path: Iterable, what: str, why: str, remedy: str) -> None:
        """Note a problem of the entry at a path of keys."""
        path = tuple(path)
        self.problems.append(Problem(self.name, line_of(self.lines, path), dotted(path), what, why, remedy))

    def block(self, model: type[BaseModel], content: object, path: tuple):
        """Return a block as its model, or None where it has faults, which are noted."""
        if not isinstance(content, dict):
            keyed = getattr(model, "keyed", False)
            needed = [name for name, field in model.model_fields.items() if field.is_required()]
            keys = ", ".join(name for name in needed if not (keyed and name == "id")) or next(iter(model.model_fields))
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
            keyed = getattr(owner, "keyed", False)
            valid = [name for name in owner.model_fields if not (keyed and name == "id")]
            comma = str(location[-1]).isdigit() and "Write a decimal point, not a comma."
            self.add(place, f"the key '{location[-1]}' is unknown", WHY_KEY, comma or nearest(location[-1], valid))
        elif error["type"] == "missing":
            self.add(place, f"the key '{location[-1]}' is missing", why, f"Add '{location[-1]}' to this block.")
        elif error["type"] == "plain":
            self.add(place, context["what"], why, context["remedy"])
        elif error["type"] == "literal_error":
            words = [str(word).strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
            self.add(place, f"'{_shorten(error['input'])}' is no valid value", why, nearest(error["input"], words))
        elif error["type"] == "string_type" and isinstance(error["input"], bool | int | float | dt.date):
            what = f"YAML reads this as {_shorten(error['input'])}, not as text"
            self.add(place, what, why, "Put it in quotation marks.")
        else:
            message = error["msg"].removeprefix("Input ").removeprefix("String ").removeprefix("Tuple ")
            self.add(place, f"'{_shorten(error['input'])}' cannot stand here", why, f"The value {message}.")


def model_in(annotation: object) -> type[BaseModel] | None:
    """Return the block that an annotation (Block, Block | None, tuple or dict of blocks) is about, or None."""
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for each in get_args(annotation) if (found := model_in(each))), None)


def _shorten(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _describe(model: type[BaseModel], location: tuple) -> tuple[type[BaseModel], str]:
    """Return the block in which a location lies and the description of its last field."""
    owner, description = model, ""
    for i, part in enumerate(location):
        field = owner.model_fields.get(part) if isinstance(part, str) else None
        if field is None:
            continue
        description = field.description or ""
        inner = model_in(field.annotation)
        if inner is not None and i < len(location) - 1:
            owner = inner
    return owner, description
