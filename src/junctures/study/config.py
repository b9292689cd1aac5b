"""config.yaml as a checked, frozen study; every problem is told at once, each with its line."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel

from junctures.study import periods
from junctures.study.forms import WHY_KEY, WHY_NAME, Form, model_in
from junctures.study.names import check_key, check_names
from junctures.study.problems import Problem, StudyError, nearest
from junctures.study.schema import FREQUENCIES, ID, Study
from junctures.study.yaml_file import read_yaml

NAME = "config.yaml"
LISTS = ("junctures", "concurrent_events")
NAMED = ("indicators", "pools", "leads", "families")  # sections of blocks whose key is their id


def load_config(path: str | Path) -> Study:
    """Return the study that a config file declares.

    Raises StudyError with every problem: unknown and missing keys, values of a wrong kind, names that do not exist,
    dates that cannot be. Nothing in the file is evaluated as code. Tables are checked by `check.check_study`.
    """
    study, problems, _ = read_config(path)
    if problems:
        raise StudyError(problems)
    return study


def read_config(path: str | Path) -> tuple[Study | None, list[Problem], dict[tuple, int]]:
    """Return the study (None where the config has problems), all problems, and the line of every entry."""
    content, lines, problems = read_yaml(Path(path), NAME)
    if content is None and problems:
        return None, problems, lines
    checker = _Sections(NAME, lines, problems)
    if not isinstance(content, dict):
        checker.add((), "the file holds no keys", WHY_NAME, "Begin with 'study:', as in the README's example.")
        return None, checker.problems, lines
    parts = checker.parts(content)
    check_names(checker.add, content, parts)
    if checker.problems:
        return None, checker.problems, lines
    return Study(**parts), [], lines


class _Sections(Form):
    """The sections of the config."""

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
        model = model_in(Study.model_fields[key].annotation)
        if key in LISTS:
            if not isinstance(content, list):
                self.add((key,), f"'{key}' is no list", WHY_NAME, f"Write each entry of '{key}' after a hyphen.")
                return ()
            entries = (self.block(model, entry, (key, i)) for i, entry in enumerate(content))
            return tuple(entry for entry in entries if entry is not None)
        if model is None or key in NAMED:
            return self._named(key, model, content)
        return self.block(model, content, (key,))

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
            if isinstance(entry, dict) and getattr(model, "keyed", False):
                if "id" in entry:
                    remedy = "Remove it: the entry's key is its id."
                    self.add((key, name, "id"), "the key 'id' is unknown", WHY_KEY, remedy)
                entry = {**entry, "id": name if ID.match(name) else "unnamed"}
            block = self.block(model, entry, (key, name))
            if block is not None:
                entries[name] = block
        return entries


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
