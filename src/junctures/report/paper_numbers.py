"""Named numbers: from `effects/military/pool_military/pivot/step/p` to the cell, its row and the text of the paper."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from junctures.report.judgement import VERDICTS
from junctures.report.paper_formats import FORMATS, WORDS, format_of


@dataclass(frozen=True)
class Source:
    """A file of named numbers: its path, the columns of a row's key, and whether a study may do without it."""

    path: str
    key: tuple[str, ...]
    required: bool = True


EFFECT = ("juncture", "estimand")
ESTIMATE = ("indicator", "model", *EFFECT)
# A name begins with one of these; the parts after it are the row's key in this order, then the column.
FILES = {
    "effects": Source("processed/results/effects.csv", ESTIMATE),
    "specifications": Source("processed/results/specifications.csv", ESTIMATE),
    "designs": Source("processed/results/designs.csv", (*ESTIMATE, "rho")),
    "dates": Source("processed/results/dates.csv", ("id",)),
    "claims": Source("processed/results/claims.csv", ("claim",)),
    "codebook": Source("processed/meta/codebook.csv", ("source", "table", "column")),
    # The results below come from rules of their own; a paper without them leaves out the parts that rest on them.
    "calibration": Source("processed/results/calibration.csv", ("id", "model", "truth", "effect", *EFFECT), False),
    "verdict_rates": Source("processed/results/verdict_rates.csv", ("claim", "effect"), False),
    "curves": Source("processed/results/curves.csv", ESTIMATE, False),
    "placebo_dates": Source("processed/results/placebo_dates.csv", ("indicator", "model", "juncture"), False),
    "breaks": Source("processed/results/breaks.csv", ("indicator", "model", "break"), False),
    "placebo_outcomes": Source(
        "processed/results/placebo_outcomes.csv", ("indicator", "model", "unit", *EFFECT), required=False
    ),
}
# A name that begins with one of these speaks of all rows with given values: count/claims/verdict=supported|mixed.
OVER_ROWS = {
    "count": len,
    "distinct": lambda column: int(column.nunique()),
    "least": lambda column: float(column.min()),
    "most": lambda column: float(column.max()),
}
# Constants of the rules, by the module that holds them: the paper cites the code's own values.
RULES = {
    "level": ("junctures.inference.families", "LEVEL"),
    "tail": ("junctures.inference.primary", "TAIL"),
    "prior_power": ("junctures.inference.primary", "PRIOR_POWER"),
    "rho_points": ("junctures.inference.primary", "RHO_POINTS"),
    "noise_from": ("junctures.inference.cases", "NOISE_FROM"),
    "rate_ratio": ("junctures.inference.cases", "RATE_RATIO"),
    "fewest_points": ("junctures.inference.design", "FEWEST_POINTS"),
    "date_rank_ruled_out": ("junctures.report.model_checks", "DATE_RANK_RULED_OUT"),
    "best_share": ("junctures.inference.dates", "BEST_SHARE"),
    "correlation": ("junctures.inference.pool", "CORRELATION"),
    "typical_rho": ("junctures.report.tables", "TYPICAL_RHO"),
}


OTHERS = ("rules", "study", "text")


@dataclass(frozen=True)
class Number:
    """One named number: its text, the value, and the file, row and column that it was read from."""

    name: str
    text: str
    value: str
    file: str
    row: str
    column: str


@dataclass
class Results:
    """What names are looked up in: frames by name of file, the study's values, and texts by path."""

    frames: Mapping[str, pd.DataFrame]
    study: Mapping
    texts: Mapping[str, str] = field(default_factory=dict)
    _seen: dict = field(default_factory=dict)
    _indexed: dict = field(default_factory=dict)

    @property
    def absent(self) -> set[str]:
        """Return the names of the optional files that this study does not have."""
        return {name for name, source in FILES.items() if not source.required and name not in self.frames}

    def number(self, name: str, form: str = "") -> Number:
        """Return a named number; raise LookupError, with what is wrong, where the name leads to no single cell."""
        if (name, form) not in self._seen:
            self._seen[name, form] = self._look_up(name, form)
        return self._seen[name, form]

    def value(self, name: str) -> float:
        """Return the value behind a name as a number, for conditions; a literal stands for itself."""
        try:
            return float(name)
        except ValueError:
            return float(self.number(name).value)

    def _look_up(self, name: str, form: str) -> Number:
        head, _, rest = name.partition("/")
        if head == "rules":
            return self._constant(name, rest, form)
        if head == "study":
            return self._setting(name, rest.split("/"), form)
        if head == "text":
            return self._told(name, rest, form)
        if head in OVER_ROWS:
            return self._over_rows(name, head, rest.split("/"), form)
        if head not in FILES:
            raise LookupError(f"no file is called '{head}'; use one of {', '.join([*FILES, *OVER_ROWS, *OTHERS])}")
        return self._cell(name, head, rest, form)

    def _cell(self, name: str, file: str, rest: str, form: str) -> Number:
        """Return a cell of a file; `column: pattern` takes the number that <> stands for in a text."""
        source = FILES[file]
        address, _, pattern = rest.partition(": ")
        *key, column = address.split("/")
        if len(key) != len(source.key):
            raise LookupError(f"{file} needs {' / '.join(source.key)} and a column, {len(key) + 1} parts are given")
        number, row = self._row(file, key)
        if column == "interval":
            value, text = "", FORMATS["interval"](row["lower"], row["upper"])
        elif column not in row:
            raise LookupError(f"{file} has no column '{column}'; it has {', '.join(map(str, row))}")
        else:
            value = found_in(str(row[column]), pattern) if pattern else row[column]
            if value != value or value == "":
                raise LookupError(f"the cell is blank ({row.get('reason') or 'no reason is given'})")
            text = VERDICTS.get(value, value) if column == "verdict" else format_of(value, column, form, pattern)
        told = " ".join(key)
        return Number(name, text, str(value), source.path, f"line {number + 2}: {told}", column)

    def _row(self, file: str, key: list[str]) -> tuple[int, dict]:
        """Return the place and cells of the one row of a key; `indicator@vintage` names a vintage."""
        first, _, vintage = key[0].partition("@")
        places = self._places(file).get((first, *key[1:]), [])
        frame = self._frame(file)
        if vintage:
            places = [place for place in places if frame["vintage"].iloc[place] == vintage]
        if len(places) != 1:
            raise LookupError(f"{len(places)} rows have {' / '.join(FILES[file].key)} {' / '.join(key)}")
        return places[0], frame.iloc[places[0]].to_dict()

    def _places(self, file: str) -> dict[tuple[str, ...], list[int]]:
        """Return key -> places of the rows that have it, made once a file."""
        if file not in self._indexed:
            frame = self._frame(file)
            if missing := [column for column in FILES[file].key if column not in frame]:
                raise LookupError(f"{FILES[file].path} has no column {', '.join(missing)}; it has {', '.join(frame)}")
            columns = [frame[column] for column in FILES[file].key]
            told = [[f"{each:g}" if isinstance(each, float) else str(each) for each in column] for column in columns]
            places: dict[tuple[str, ...], list[int]] = {}
            for place, key in enumerate(zip(*told, strict=True)):
                places.setdefault(key, []).append(place)
            self._indexed[file] = places
        return self._indexed[file]

    def _frame(self, file: str) -> pd.DataFrame:
        if file not in self.frames:
            raise LookupError(f"{FILES[file].path} is not there")
        return self.frames[file]

    def _over_rows(self, name: str, head: str, parts: list[str], form: str) -> Number:
        """Return what holds over the rows of a file with given values: their number, or a column's values in brief."""
        file, *conditions = parts
        if file not in FILES:
            raise LookupError(f"no file is called '{file}'; use one of {', '.join(FILES)}")
        frame = self._frame(file)
        column = conditions.pop() if head != "count" else ""
        for key in [*(condition.partition("=")[0] for condition in conditions), *([column] if column else [])]:
            if key not in frame:
                raise LookupError(f"{file} has no column '{key}'; it has {', '.join(frame.columns)}")
        found = _where(frame, conditions)
        if found.empty and head in ("least", "most"):
            raise LookupError(f"no row of {file} has {', '.join(conditions)}")
        value = OVER_ROWS[head](found[column] if column else found)
        text = format_of(value, column if head in ("least", "most") else "n", form)
        told = ", ".join(conditions) or "all rows"
        return Number(
            name, text, str(value), FILES[file].path, told, f"{head} {column}" if column else "number of rows"
        )

    def _told(self, name: str, rest: str, form: str) -> Number:
        """Return the number that <> stands for in a text that the study ships: a source's record, the change log."""
        path, _, pattern = rest.partition(": ")
        if path not in self.texts:
            raise LookupError(f"no text is called '{path}'; use one of {', '.join(self.texts)}")
        value = found_in(self.texts[path], pattern)
        return Number(name, format_of(value, "", form, pattern), value, path, pattern, "")

    def _setting(self, name: str, path: list[str], form: str) -> Number:
        """Return a value of processed/meta/study.json; a list is stepped into by id."""
        value = self.study
        for part in path:
            if isinstance(value, list):
                value = {each["id"] if isinstance(each, Mapping) else str(i): each for i, each in enumerate(value)}
            if not isinstance(value, Mapping) or part not in value:
                raise LookupError(f"the study has no value '{part}' there; it has {', '.join(value)}")
            else:
                value = value[part]
        if isinstance(value, list):
            value = len(value)
        if isinstance(value, Mapping):
            raise LookupError(f"this is no value but a group of {', '.join(value)}")
        text = FORMATS["day"](date.fromisoformat(value)) if _is_day(value) and not form else format_of(value, "", form)
        return Number(name, text, str(value), "processed/meta/study.json", "/".join(path[:-1]), path[-1])

    def _constant(self, name: str, rest: str, form: str) -> Number:
        """Return a constant of the rules from the code that uses it; `rho_points/True` steps into a table."""
        head, *steps = rest.split("/")
        if head not in RULES:
            raise LookupError(f"no rule is called '{head}'; use one of {', '.join(RULES)}")
        module, constant = RULES[head]
        value = constant_of(module, constant)
        for step in steps:
            value = {str(key): each for key, each in value.items()}[step]
        path = f"src/{module.replace('.', '/')}.py"
        return Number(name, format_of(value, "", form), str(value), path, constant, steps[0] if steps else "")


def constant_of(module: str, name: str) -> object:
    """Return a constant as a module's source states it; read, not imported, since the code behind it is heavy."""
    path = Path(__file__).parents[1].joinpath(*module.split(".")[1:]).with_suffix(".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return ast.literal_eval(node.value)
    raise LookupError(f"{path.name} states no constant {name}")


def _where(frame: pd.DataFrame, conditions: list[str]) -> pd.DataFrame:
    """Return the rows that meet every `column=value`; | separates values, a final * stands for any ending."""
    for condition in conditions:
        column, _, values = condition.partition("=")
        told = frame[column].astype(str)
        kept = [told.str.startswith(each[:-1]) if each.endswith("*") else told == each for each in values.split("|")]
        frame = frame[pd.concat(kept, axis=1).any(axis=1)]
    return frame


def _is_day(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None


def found_in(text: str, pattern: str) -> str:
    """Return the number, day or count in words that <> stands for in a text; * stands for any other.

    Line breaks count as blanks. Raises LookupError where the pattern does not occur, or not everywhere alike.
    """
    number = r"\d{4}-\d{2}-\d{2}|[-+]?\.?\d[\d,]*(?:\.\d+)?|" + "|".join(sorted(WORDS, key=len, reverse=True))
    parts = [re.escape(part).replace(r"\*", f"(?:{number})") for part in pattern.split("<>")]
    found = set(re.findall(f"({number})".join(parts), " ".join(text.split())))
    if len(found) != 1:
        how = "does not occur" if not found else f"occurs with {', '.join(sorted(found))}"
        raise LookupError(f"'{pattern}' {how} in the text that begins: {text[:120]}")
    return found.pop()
