"""Reading what figures and tables are made from, by the names of the arguments that take it."""

import json
from collections.abc import Mapping
from pathlib import Path

from junctures.study.files import group_files

TEXT_COLUMNS = {"rows": str, "unit": str, "exposure": float}


def load_inputs(paths: Mapping[str, str | list[str]]) -> dict:
    """Return argument -> what is read from its path or paths; a list of files becomes a dict by indicator, table or
    source.

    JSON and YAML become plain data, tables under raw/ text tables with `_row`, other tables frames as they were
    written.
    """
    return {argument: _read(path) if isinstance(path, str) else _read_all(path) for argument, path in paths.items()}


def _read_all(paths: list[str]) -> dict:
    tables = [path for path in paths if _is_table(path)]
    found = {_key(path): _read(path) for path in paths if path not in tables}
    return found | {name: _read(*files) for name, files in group_files(tables).items()}


def _is_table(path: str) -> bool:
    return Path(path).parent.parent.name == "raw" and not path.endswith(".yaml")


def _read(path: str, *vintages: str):
    from junctures.numbers import read_csv
    from junctures.study.series import load_table

    if path.endswith(".json"):
        return json.loads(Path(path).read_text(encoding="utf-8"))
    if path.endswith(".yaml"):
        import yaml

        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if _is_table(path):
        return load_table(path, *vintages)
    return read_csv(path, **TEXT_COLUMNS)


def _key(path: str) -> str:
    """Return the name under which one of several files is found: indicator or source."""
    parts = Path(path)
    if parts.name == "SOURCE.yaml":
        return parts.parent.name
    return parts.stem.removesuffix("_rows")
