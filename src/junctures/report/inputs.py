"""Reading what figures and tables are made from, by the names of the arguments that take it."""

import json
from collections.abc import Mapping
from pathlib import Path

TEXT_COLUMNS = {"rows": str, "unit": str, "exposure": float}


def load_inputs(paths: Mapping[str, str | list[str]]) -> dict:
    """Return argument -> what is read from its path or paths; a list of files becomes a dict by indicator, table or
    source.

    JSON and YAML become plain data, tables under raw/ text tables with `_row`, other tables frames as they were
    written.
    """
    return {
        argument: _read(path) if isinstance(path, str) else {_key(each): _read(each) for each in path}
        for argument, path in paths.items()
    }


def _read(path: str):
    from junctures.numbers import read_csv
    from junctures.study.series import load_table

    if path.endswith(".json"):
        return json.loads(Path(path).read_text(encoding="utf-8"))
    if path.endswith(".yaml"):
        import yaml

        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if path.startswith("raw/") or "/raw/" in path:
        return load_table(path)
    return read_csv(path, **TEXT_COLUMNS)


def _key(path: str) -> str:
    """Return the name under which one of several files is found: indicator, source/table, or source."""
    parts = Path(path)
    if parts.name == "SOURCE.yaml":
        return parts.parent.name
    if parts.parent.parent.name == "raw":
        return f"{parts.parent.name}/{parts.stem}"
    return parts.stem.removesuffix("_rows")
