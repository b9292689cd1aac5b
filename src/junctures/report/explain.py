"""The way of one number: from raw rows over a series and its effects to verdicts, and of a claim back to its rows.

Everything is read from what a build wrote; nothing is estimated here.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import yaml

from junctures.inference.indicator import main_vintage
from junctures.numbers import read_csv
from junctures.report.bearing import bears_on, series_of, words_of
from junctures.report.evidence import read_evidence
from junctures.report.figures import FIGURES
from junctures.report.inputs import TEXT_COLUMNS
from junctures.report.manifest import CLAIMS, CODE, CONFIG, MANIFEST, check_digests, read_manifest
from junctures.report.table_kinds import TABLES
from junctures.report.verdicts import CHECKS, ledger_of
from junctures.study.problems import StudyError, nearest

RESULTS = ("effects", "specifications", "claims")
BESIDE = ("ramps", "quadratic", "control_alone")  # models whose rows stand beside the main ones and decide nothing


class NothingToExplain(Exception):
    """A name that the study does not have, or results that are not there; the message says what to do."""


def explain(root: str | Path, name: str, period: str | None = None) -> dict:
    """Return the way of an indicator, pool, lead or claim as plain data, from what the last build wrote.

    With `period` (of an indicator; a year stands for all its quarters or months) also the raw rows behind it, as they
    stand in the file. Raises NothingToExplain where the study is not built or has no such name or period.
    """
    root = Path(root)
    try:
        study = json.loads((root / CONFIG).read_text(encoding="utf-8"))
        claims = json.loads((root / CLAIMS).read_text(encoding="utf-8"))
        results = {each: read_csv(root / f"processed/results/{each}.csv") for each in RESULTS}
    except (OSError, ValueError) as error:
        what = f"{root / 'processed'} lacks results ({getattr(error, 'filename', None) or error})"
        raise NothingToExplain(f"{what}, so there is nothing to explain. Build the study first: `snakemake`.") from None
    found = next((claim for claim in claims if claim["id"] == name), None)
    if found is not None:
        if period is not None:
            raise NothingToExplain(f"'{name}' is a claim, which has no periods. Give --period with an indicator.")
        return _claim(root, found, study, results)
    if name in study["indicators"]:
        return _indicator(root, name, study, claims, results, period)
    if name in study["pools"] or name in study["leads"]:
        if period is not None:
            raise NothingToExplain(f"'{name}' has no raw rows of its own. Give --period with one of its members.")
        return _index(name, study, claims, results, root)
    known = [*study["indicators"], *study["pools"], *study["leads"], *(claim["id"] for claim in claims)]
    raise NothingToExplain(f"The study has no indicator, pool or claim '{name}'. {nearest(name, known)}")


def is_current(root: str | Path, code: str | Path) -> tuple[bool | None, list[str]]:
    """Return whether raw tables, config, claims, code and processed/ are those of the last whole build (None: it cannot
    be told), and what differs."""
    try:
        manifest = read_manifest(Path(root))
        problems = check_digests(Path(root), manifest, Path(code))
    except StudyError as error:
        return False, [f"{each.file}: {each.what}" for each in error.problems]
    except (OSError, ValueError):
        return None, [f"{MANIFEST} is missing or unreadable: the last build did not run to its end"]
    # A figure that was changed by hand leaves the way of a number as it is.
    read = [each for each in problems if not each.file.startswith(("figures/", "tables/", "notebooks/", "paper/"))]
    return not read, [f"{each.file}{f', {each.column}' if each.column else ''}: {each.what}" for each in read]


def _indicator(root: Path, name: str, study: Mapping, claims: list, results: Mapping, period: str | None) -> dict:
    entry = study["indicators"][name]
    source, _, table = entry["table"].partition("/")
    try:
        series = read_csv(root / f"processed/series/{name}.csv", **TEXT_COLUMNS)
        behind = read_csv(root / f"processed/series/{name}_rows.csv", **TEXT_COLUMNS)
        about = yaml.safe_load((root / f"raw/{source}/SOURCE.yaml").read_text(encoding="utf-8"))
    except OSError as error:
        raise NothingToExplain(f"{error.filename} is missing. Restore it from git, or run `snakemake`.") from None
    points = _points(series, behind, entry)
    told = {
        "kind": "indicator",
        **{key: entry[key] for key in ("id", "label", "dimension", "table", "where", "measure", "frequency", "scale")},
        "unit": entry["declared_scale"],
        "window": study["study"]["window"],
        "source": {key: about.get(key) for key in ("title", "producer", "licence", "limitations")}
        | {"row": about["tables"][table]["unit"]},
        "vintage": main_vintage(entry),
        "points": points,
        "outside": entry["coverage_flag"] or ("no verdict rests on it" if entry["exploratory"] else ""),
    }
    told |= _uses(root, name, study, claims, results)
    if period is not None:
        told["period"] = period
        told["rows"] = _raw_rows(root, entry, series, behind, period)
    return told


def _points(series: pd.DataFrame, behind: pd.DataFrame, entry: Mapping) -> list[dict]:
    """Return the points of the main series at its declared frequency, each with the lines of the file behind it."""
    main, vintage = series[series["role"] == "main"], main_vintage(entry)
    chosen = main[(main["frequency"] == entry["frequency"]) & (main["vintage"].astype(str) == vintage)]
    rows = behind[(behind["frequency"] == entry["frequency"]) & (behind["vintage"].astype(str) == vintage)]
    lines = dict(zip(rows["period"], rows["rows"], strict=True))
    return [
        {"period": point["period"], **{key: _number(point[key]) for key in ("value", "exposure", "y")}}
        | {"lines": [int(line) for line in lines.get(point["period"], "").split()]}
        for point in chosen.to_dict("records")
    ]


def _raw_rows(root: Path, entry: Mapping, series: pd.DataFrame, behind: pd.DataFrame, period: str) -> list[dict]:
    """Return each wanted period with its value and the text of its raw rows, the header of the file first."""
    # A year stands for all its quarters and months where the series has no yearly form of its own.
    points = [each for each in _points(series, behind, entry) if each["period"].startswith(period)]
    if not points:
        has = series[series["frequency"] == entry["frequency"]]["period"]
        raise NothingToExplain(f"The series has no period '{period}'. It runs from {has.min()} to {has.max()}.")
    texts = dict(raw_lines(root / f"raw/{entry['table']}.csv"))
    return [
        {**point, "header": texts[1], "texts": [{"line": line, "text": texts[line]} for line in point["lines"]]}
        for point in points
    ]


def raw_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line on which each row of a CSV file starts, and the row as it stands in the file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = file.read().splitlines(keepends=True)
    reader, start = csv.reader(lines), 0
    for _ in reader:
        yield start + 1, "".join(lines[start : reader.line_num]).rstrip("\r\n")
        start = reader.line_num


def _index(name: str, study: Mapping, claims: list, results: Mapping, root: Path) -> dict:
    """Return the way of a pool's index, or of one index before another."""
    is_pool = name in study["pools"]
    entry = study["pools" if is_pool else "leads"][name]
    members = entry["members"] if is_pool else [entry["leader"], entry["outcome"]]
    about = {"kind": "pool" if is_pool else "lead", "id": name, "label": entry["label"], "members": members}
    return about | {"window": entry["window"]} | _uses(root, name, study, claims, results)


def _uses(root: Path, name: str, study: Mapping, claims: list, results: Mapping) -> dict:
    """Return the effects of a series, the claims that rest on it, and the figures and tables that show it."""
    effects = results["effects"][results["effects"]["indicator"] == name]
    shown = effects[~effects["model"].isin(BESIDE) & ~effects["estimand"].astype(str).str.startswith("gap")]
    beside = int((results["specifications"]["indicator"] == name).sum())
    return {
        "effects": [{key: _plain(cell) for key, cell in row.items()} for row in shown.to_dict("records")],
        "further": {"effects": len(effects) - len(shown), "specifications": beside},
        "claims": list(_claims_on(name, study, claims, results["claims"])),
        "shown_in": list(_shown_in(root, name, study)),
    }


def _claims_on(name: str, study: Mapping, claims: Iterable[Mapping], verdicts: pd.DataFrame) -> Iterator[dict]:
    """Yield the claims that rest on a series: by its rows, over an index, by its raw table, or only showing it."""
    table = (study["indicators"].get(name) or {}).get("table")
    judged = {row["claim"]: row for row in verdicts.to_dict("records")}
    for claim in claims:
        decides = {key: value for key, value in claim["check"].items() if key != "shown"}
        words, beside = set(words_of(decides)), set(words_of(claim["check"].get("shown", ())))
        over = [
            each for each in (*study["pools"], *study["leads"]) if each in words and name in series_of([each], study)
        ]
        how = (
            "by its rows" if name in words
            else f"through {' and '.join(over)}" if over
            else "by its raw table" if table in words
            else "shown beside" if name in beside
            else None
        )  # fmt: skip
        if how and claim["id"] in judged:
            row = judged[claim["id"]]
            yield {"id": claim["id"], "how": how, "verdict": row["verdict"], "statement": claim["statement"]}


def _shown_in(root: Path, name: str, study: Mapping) -> Iterator[dict]:
    """Yield the figures and tables of the folder that show a series."""
    chosen = series_of([name], study)
    for figure, kind in FIGURES.items():
        page = root / f"figures/{figure}/{name}.svg"
        path = page if kind.pages else root / f"figures/{figure}.svg"
        if chosen <= set(kind.indicators(study)) and path.is_file():
            yield {"file": path.relative_to(root).as_posix(), "title": kind.title}
    for table, kind in TABLES.items():
        path = root / f"tables/{table}.csv"
        if path.is_file() and name in set(read_csv(path).get("indicator", ())):
            yield {"file": f"tables/{table}.md", "title": kind.question}


def _claim(root: Path, claim: Mapping, study: Mapping, results: Mapping) -> dict:
    verdicts = results["claims"]
    found = verdicts[verdicts["claim"] == claim["id"]]
    if found.empty:
        raise NothingToExplain(f"The claim '{claim['id']}' has no verdict yet. Build the study first: `snakemake`.")
    row, judge = found.iloc[0].to_dict(), CHECKS[claim["check"]["kind"]]
    digest = root / CODE / "judge_claims.txt"
    return {
        "kind": "claim",
        **{key: claim[key] for key in ("id", "section", "stated", "statement", "quotes", "rule", "note", "check")},
        "juncture": claim["juncture"],
        "ledger": ledger_of(claim["check"]["kind"]),
        "evidence": [_cited(root, part, results) for part in read_evidence(row["evidence"])],
        **{key: _plain(row[key]) for key in ("verdict", "label", "reason", "p")},
        "judged_by": f"{judge.__module__}.{judge.__name__}",
        "code": digest.read_text(encoding="utf-8").strip() if digest.is_file() else "",
        "shown_in": list(_bearing(root, claim, study)),
    }


def _bearing(root: Path, claim: Mapping, study: Mapping) -> Iterator[dict]:
    """Yield the figures and tables of the folder that bear on a claim."""
    for name, figure in FIGURES.items():
        shown = bears_on(claim, study, figure.indicators(study), figure.kinds)
        path = f"figures/{name}.{'pdf' if figure.pages else 'svg'}"
        if shown and (root / path).is_file():
            yield {"file": path, "title": figure.title}
    for name, table in TABLES.items():
        if ledger_of(claim["check"]["kind"]) in table.ledgers and (root / f"tables/{name}.md").is_file():
            yield {"file": f"tables/{name}.md", "title": table.question}


def _cited(root: Path, part, results: Mapping) -> dict:
    """Return a part of the evidence: its file, and each row that it names with its place and content."""
    rows: list[dict] = []
    if part.lines:
        texts = dict(raw_lines(root / part.file)) if (root / part.file).is_file() else {}
        rows = [{"line": line, "text": texts.get(line, "")} for line in part.lines]
    elif part.row:
        table = results[Path(part.file).stem]
        for column, value in part.row.items():
            table = table[table[column].astype(str) == value]
        rows = [{key: _plain(cell) for key, cell in row.items()} for row in table.to_dict("records")]
    header = next(raw_lines(root / part.file))[1] if part.lines and (root / part.file).is_file() else ""
    return {"file": part.file, "key": " ".join(part.words), "header": header, "rows": rows}


def _number(cell: object) -> float | None:
    """Return a cell of a column that may be blank throughout, and then is text, as a number or None."""
    return None if cell == "" or cell != cell else float(cell)


def _plain(cell: object) -> object:
    """Return a cell as JSON holds it: a missing number as None."""
    if isinstance(cell, str) or cell is None:
        return cell
    if cell != cell:
        return None
    return cell.item() if hasattr(cell, "item") else cell
