"""Random edits of a config and of tables, always the same: refused in three parts, or used as they are written."""

import csv
import datetime as dt
import io
import json
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from harness import LONGEST, _limit, series_of, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junctures.study.check import check_study, write_checksums
from junctures.study.problems import StudyError
from junctures.study.yaml_file import LOADER

CONFIG = """\
study:
  {id: calls, title: "Calls", window: {start: 2000, end: 2015}, seed: 1, version: "1",
   simulations: {power: 20, date_rank: 19}, rules_fixed: 2026-01-01}
junctures:
  - {id: law, label: Law, date: 2007-03-01, alternatives: [2006-06, 2008]}
  - {id: ban, label: Ban, date: 2011-09-30}
concurrent_events:
  - {id: crisis, label: Crisis, start: 2008-09, end: 2009-12, shaded: true}
dimensions: {calls: Calls, visits: Visits}
indicators:
  calls:
    {label: Calls, dimension: calls, table: calls/yearly, measure: {kind: value, columns: [calls], counts: true},
     frequency: year, earliest: 2000, latest: 2015, scale: sqrt, declared_scale: {value: .5, derivation: count}}
  visits:
    {label: Visits, dimension: visits, table: visits/dated, where: {kind: state, any: [{rank: "1"}, {rank: [2, 3]}]},
     measure: {kind: count}, frequency: year, also: [quarter], earliest: 2000, scale: sqrt,
     declared_scale: {value: .5, derivation: count}, smallest_ratio: 1.4}
  total:
    {label: Minutes, dimension: calls, table: calls/yearly, measure: {kind: value, columns: [minutes], divide_by: 60},
     frequency: year, earliest: 2001, scale: level, declared_scale: {value: 2.5, derivation: differences}}
pools:
  both: {label: Both, frequency: year, window: {start: 2000, end: 2015}, members: [calls, visits],
         rows: {early: {members: [calls]}, swapped: {replace: {calls: total}}}}
leads:
  first: {label: First, outcome: calls, leader: both, instead: [visits], window: {start: 2000, end: 2015}}
rows: {other_end: 2014, false_step: 2004, recoded: {later: {juncture: law, first_treated: 2009}}}
families: {pools: {over: pool_steps}}
"""
CLAIMS = "claims: []\n"
CALLS = """\
id: calls
title: Calls
producer: This test
method: Made up.
licence: CC0-1.0
citation: [This test]
tables:
  yearly:
    unit: one row per year
    key: [year]
    time: year
    coverage: ['2000', '2015']
    columns:
      year: {type: year, meaning: Year., range: [2000, 2015]}
      calls: {type: integer, unit: calls, meaning: Number of calls., range: [0, 1000], blank: unknown}
      minutes: {type: number, unit: minutes, meaning: Minutes of all calls., range: [-1000000, 1000000], blank: unknown}
      note: {type: string, meaning: A note., blank: none}
limitations: [Made up.]
date_accessed: '2026-01-01'
"""
VISITS = """\
id: visits
title: Visits
producer: This test
method: Made up.
licence: CC0-1.0
citation: [This test]
tables:
  dated:
    unit: one row per visit
    key: [id]
    time: date
    coverage: ['2000-01-01', '2015-12-31']
    columns:
      id: {type: integer, unit: visits, meaning: Running number., range: [1, 1000]}
      date: {type: date, precision: day, meaning: Day of the visit.}
      kind: {type: category, meaning: Kind of visit., values: {state: of state, working: to work}}
      rank: {type: integer, unit: ranks, meaning: Rank., range: [1, 5]}
limitations: [Made up.]
date_accessed: '2026-01-01'
"""
ODD = (None, True, False, 0, -1, 1.5, 1e308, 10**30, "", " ", "no", "~", "é", "1:30", "2012", "2012-13", "2012-02-30")
ODD += (
    "0000",
    "0001",
    "9999",
    "9999-12",
    "9999-12-31",
    "٢٠١٢",
    "2012Q5",
    "2010Q3",
    "law\n",
    "calls",
    "../calls",
    "both",
)
ODD += ("{x}", "calls/../yearly", "a" * 300, "\U0001f600", "year", "month", "quarter", "log", "value", "sum")
ODD += (dt.date(2012, 1, 5), dt.datetime(2012, 1, 5, 3), float("nan"), float("inf"), [], {}, [[]], {"a": 1}, ["calls"])
KEYS = (
    "id",
    "kind",
    "where",
    "any",
    "row_sum",
    "holds",
    "columns",
    "vintages",
    "control",
    "x",
    "",
    "None",
    "1",
    "where ",
)
CELLS = ("", " ", "0", "-0", "-5", "1e3", "1,5", "1 000", "NA", "nan", "inf", "٣", "007", "999", "12.5", "2007", "1999")
CELLS += ('"', "a,b", "a\nb", "\ufeff", "state", "State", "2008-05-05", "05/05/2008", "43956", "2008-02-30", "é", "yes")
BYTES = (b"\xff", b"\x00", b'"', b",", b"\n", b"\r", b"\r\n", b";", b"\t", b"\xef\xbb\xbf", b"9", b" ", b"\xc3", b"-")
FIXED = settings(
    derandomize=True, database=None, deadline=None, max_examples=130, suppress_health_check=list(HealthCheck)
)
NUMBERS = st.integers(0, 10_000)
KINDS = ["delete", "replace", "duplicate", "swap", "nest", "rename", "add", "copy"]
EDITS = st.lists(st.tuples(st.sampled_from(KINDS), NUMBERS, NUMBERS), min_size=1, max_size=4)
HARM_KINDS = ["cell", "row_out", "row_twice", "rows_swap", "column_out", "column_twice", "columns_swap"]
HARM_KINDS += ["byte", "bytes_out", "shift", "cell", "cell"]
HARMS = st.lists(st.tuples(st.sampled_from(HARM_KINDS), NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return a folder with a sound small study."""
    folder = tmp_path_factory.mktemp("fuzz")
    texts = {
        "config.yaml": CONFIG,
        "claims.yaml": CLAIMS,
        "raw/calls/SOURCE.yaml": CALLS,
        "raw/visits/SOURCE.yaml": VISITS,
    }
    for name, text in (texts | tables()).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8"))
    write_checksums(folder)
    check_study(folder, notify=lambda text: None)
    return folder


def tables() -> dict[str, str]:
    """Return the two tables by their paths: a value a year, and dated events."""
    yearly = [["year", "calls", "minutes", "note"]]
    yearly += [[2000 + i, (7 * i) % 11 + 1, f"{(13 * i) % 17}.5", "a, b" if i == 3 else ""] for i in range(16)]
    visits = [["id", "date", "kind", "rank"]]
    visits += [
        [
            i + 1,
            f"{2000 + i * 5 // 12}-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
            "working" if i % 3 == 0 else "state",
            i % 5 + 1,
        ]
        for i in range(37)
    ]
    return {f"raw/{name}.csv": joined(rows) for name, rows in (("calls/yearly", yearly), ("visits/dated", visits))}


def joined(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def tried(study: Path, folder: Path, name: str, content: bytes):
    """Return the copy's checked study after a file of it was replaced, or None where it is refused as it should be.

    Anything but StudyError fails the test, as do a hang, a problem without its three parts, and writing on a refusal.
    """
    root = shutil.copytree(study, folder / "study")
    (root / name).write_bytes(content)
    write_checksums(root)
    before = snapshot(root)
    try:
        with _limit(LONGEST):
            found = check_study(root, notify=lambda text: None)
    except StudyError as error:
        assert snapshot(root) == before
        assert_told(error)
        return None
    return found


def assert_told(error: StudyError) -> None:
    for each in error.problems:
        assert each.file and each.what and each.why and each.remedy and each.line >= 0, each
        assert len(str(each)) < 25_000 and "Traceback" not in str(each), each


def places(node: object) -> list[tuple]:
    """Return (parent, key) of every entry of a tree, parents first."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [place for key in keys for place in ((node, key), *places(node[key]))]


def edited(tree: dict, edits: list[tuple]) -> dict:
    """Return a copy of a tree after structural edits, each a kind and two numbers that choose place and content."""
    tree = deepcopy(tree)
    for kind, a, b in edits:
        found = places(tree)
        if not found:
            return tree
        parent, key = found[a % len(found)]
        other, place = found[b % len(found)]
        odd = deepcopy(ODD[b % len(ODD)])
        if kind == "delete":
            del parent[key]
        elif kind == "replace":
            parent[key] = odd
        elif kind == "duplicate" and isinstance(parent, list):
            parent.insert(key, deepcopy(parent[key]))
        elif kind == "duplicate":
            parent[f"{key}_2"] = deepcopy(parent[key])
        elif kind in ("swap", "copy"):
            one, two = deepcopy(parent[key]), deepcopy(other[place])
            parent[key] = two
            if kind == "swap":
                other[place] = one
        elif kind == "nest":
            parent[key] = {KEYS[b % len(KEYS)]: parent[key]} if b % 2 else [parent[key]]
        elif kind == "rename" and isinstance(parent, dict):
            parent[KEYS[b % len(KEYS)]] = parent.pop(key)
        elif kind == "add" and isinstance(parent, dict):
            parent[KEYS[b % len(KEYS)]] = odd
    return tree


def assert_held(written: object, held: object, place: str = "") -> None:
    """Fail unless the checked study holds a written entry; an empty one leaves its key as if it were not there."""
    if isinstance(written, dict) and not isinstance(held, dict):
        raise AssertionError(f"{place}: {written!r} became {held!r}")
    if isinstance(written, dict):
        for key, value in written.items():
            if value is not None:
                assert_held(value, held[key], f"{place}.{key}")
    elif isinstance(written, list):
        assert len(written) == len(held), f"{place}: {written!r} became {held!r}"
        for i, (one, two) in enumerate(zip(written, held, strict=True)):
            assert_held(one, two, f"{place}[{i}]")
    elif isinstance(written, bool) or isinstance(held, bool):
        assert written is held, f"{place}: {written!r} became {held!r}"
    else:
        text = written.isoformat() if isinstance(written, dt.date) else str(written)
        # A date may be written as a year or month, of which the first day is meant.
        whole = text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
        assert written == held or str(held) in (text, whole), f"{place}: {written!r} became {held!r}"


@FIXED
@given(EDITS)
def test_edited_config_is_refused_or_used_as_it_is_written(study, tmp_path_factory, edits):
    tree = edited(yaml.safe_load(CONFIG), edits)
    text = yaml.dump(tree, Dumper=Plain, allow_unicode=True, sort_keys=False)
    folder = tmp_path_factory.mktemp("config")
    if tried(study, folder, "config.yaml", text.encode("utf-8")) is not None:
        held = json.loads((folder / "study/processed/meta/study.json").read_text(encoding="utf-8"))
        assert_held(tree, held)
    shutil.rmtree(folder)


class Plain(yaml.SafeDumper):
    """Writes every entry out, since aliases are refused."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@FIXED
@given(st.lists(st.tuples(NUMBERS, st.sampled_from(BYTES), st.integers(0, 3)), min_size=1, max_size=4))
def test_config_with_harmed_bytes_is_refused_or_used(study, tmp_path_factory, harms):
    content = CONFIG.encode("utf-8")
    for at, inserted, out in harms:
        at %= len(content)
        content = content[:at] + inserted + content[at + out :]
    folder = tmp_path_factory.mktemp("config")
    if tried(study, folder, "config.yaml", content) is not None:
        held = json.loads((folder / "study/processed/meta/study.json").read_text(encoding="utf-8"))
        assert_held(yaml.load(content.decode("utf-8"), Loader=LOADER), held)
    shutil.rmtree(folder)


def harmed(rows: list[list], harms: list[tuple]) -> bytes:
    """Return a table as bytes after edits of cells, rows, columns or bytes, each a kind and three numbers."""
    rows, late = deepcopy(rows), []
    for kind, a, b, c in harms:
        r, s = a % len(rows), b % len(rows)
        width = len(rows[r])
        i, j = b % max(width, 1), c % max(width, 1)
        if kind == "cell" and width:
            rows[r][i] = CELLS[c % len(CELLS)]
        elif kind == "row_out" and len(rows) > 1:
            del rows[r]
        elif kind == "row_twice":
            rows.insert(s, list(rows[r]))
        elif kind == "rows_swap":
            rows[r], rows[s] = rows[s], rows[r]
        elif kind == "column_out":
            rows = [row[:i] + row[i + 1 :] for row in rows]
        elif kind == "column_twice":
            rows = [[*row, row[i] if i < len(row) else ""] for row in rows]
        elif kind == "columns_swap":
            for row in rows:
                if max(i, j) < len(row):
                    row[i], row[j] = row[j], row[i]
        elif kind == "shift":
            rows[r] = [CELLS[c % len(CELLS)], *rows[r]][: width + b % 2]
        else:
            late.append((kind, a, b, c))
    content = joined(rows).encode("utf-8")
    for kind, a, b, c in late:
        at = a % len(content) if content else 0
        content = content[:at] + (BYTES[c % len(BYTES)] if kind == "byte" else b"") + content[at + b % 3 :]
    return content


def expected(content: bytes, study, name: str) -> dict[str, float | None]:
    """Return period -> value of an indicator by year, made from the CSV by itself; None where nothing is known."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    first, last = (2001 if name == "total" else 2000), 2015
    if name == "visits":
        counted = [row for row in rows if row["kind"] == "state" and row["rank"] in ("1", "2", "3")]
        return {str(y): float(sum(row["date"][:4] == str(y) for row in counted)) for y in range(first, last + 1)}
    column, divisor = {"calls": ("calls", 1), "total": ("minutes", 60)}[name]
    cells = {row["year"]: row[column] for row in rows}
    found = {str(year): cells.get(str(year), "") for year in range(first, last + 1)}
    return {year: float(cell) / divisor if cell else None for year, cell in found.items()}


def assert_series(root: Path, study, content: bytes, names: tuple[str, ...]) -> None:
    """Fail unless each series has the expected values; a job may still refuse it, in three parts."""
    for name in names:
        try:
            series = series_of(root, name)
        except StudyError as error:
            assert_told(error)
            continue
        main = series[(series["role"] == "main") & (series["frequency"] == "year")]
        made = dict(zip(main["period"], main["value"], strict=True))
        for year, value in expected(content, study, name).items():
            got = made.pop(year, float("nan"))
            # 1e-9: the product may add in another order and round its values as method.md says.
            assert got != got if value is None else abs(got - value) <= 1e-9 * max(1, abs(value)), (name, year, got)
        assert all(value != value for value in made.values()), made


@pytest.mark.parametrize(("table", "names"), [("calls/yearly", ("calls", "total")), ("visits/dated", ("visits",))])
def test_harmed_table_is_refused_or_gives_the_right_series(study, tmp_path_factory, table, names):
    path = f"raw/{table}.csv"
    rows = list(csv.reader(io.StringIO(tables()[path])))

    @FIXED
    @given(HARMS)
    def try_all(harms):
        content = harmed(rows, harms)
        folder = tmp_path_factory.mktemp("table")
        found = tried(study, folder, path, content)
        if found is not None:
            assert_series(folder / "study", found, content, names)
        shutil.rmtree(folder)

    try_all()
