"""Where two versions of a published file first differ: a cell of a table, a pixel of a picture, a line of a text.

On the reference platform every byte must be the same; elsewhere numbers and pixels may differ by the tolerances here.
"""

import base64
import csv
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

RELATIVE, ABSOLUTE = 1e-6, 1e-9  # of numbers; eight digits are written, and platforms disagree in the last ones only
LEVELS, SHARE = 8, 0.001  # a pixel may differ by 8 of 255 levels, and one pixel in a thousand by more (edges of glyphs)
AROUND = 40  # characters of context on each side
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
EMBEDDED = re.compile(r'"image/png": "([A-Za-z0-9+/=\\n]+)"')
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
TOLERANCES = (
    f"numbers may differ by {RELATIVE:g} of their size or by {ABSOLUTE:g}; a pixel by {LEVELS} of 255 levels, and "
    f"{SHARE:.1%} of the pixels by more; PDF files are not compared (the SVG beside each figure is)"
)


@dataclass(frozen=True)
class Comparison:
    """What was found: `kind` is same (every byte), alike (the content, or within the tolerances), different, or
    skipped; `text` says where the two first differ, or what was left out."""

    kind: str
    text: str = ""


def compare(expected: bytes, given: bytes, name: str, key: Sequence[str] = (), exact: bool = True) -> Comparison:
    """Return how a file compares with what is expected; its name's ending says what it holds.

    `key` names the columns that tell the rows of a table apart. Without `exact` the tolerances hold.
    """
    if expected == given:
        return Comparison("same")
    suffix = Path(name).suffix.lower()
    if suffix == ".png":
        return compare_pictures(expected, given, exact)
    if suffix == ".pdf":
        if not exact:
            return Comparison("skipped", "a PDF, whose bytes differ between platforms")
        return _compare_lines(_pdf_lines(expected), _pdf_lines(given), exact=True)
    try:
        texts = [data.decode("utf-8-sig") for data in (expected, given)]
    except UnicodeDecodeError:
        place = next((i for i, pair in enumerate(zip(expected, given, strict=False)) if pair[0] != pair[1]), None)
        return Comparison("different", f"byte {(min(len(expected), len(given)) if place is None else place) + 1}")
    if suffix == ".csv":
        return compare_tables(*texts, key, exact)
    return _compare_lines(*(text.splitlines() for text in texts), exact)


def close(expected: str, given: str) -> bool:
    """Return whether two texts are equal, or both are numbers that agree within the tolerances."""
    if expected == given:
        return True
    if not (NUMBER.fullmatch(expected) and NUMBER.fullmatch(given)):
        return False
    first, second = float(expected), float(given)
    return abs(first - second) <= max(ABSOLUTE, RELATIVE * max(abs(first), abs(second)))


def read_rows(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header of a CSV and, for each row, the line that it begins in and its cells by column."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header, rows, start = next(reader, []), [], reader.line_num + 1
    for row in reader:
        cells = [*row, *[""] * (len(header) - len(row))]
        named = dict(zip(header, cells, strict=False))
        rows.append((start, named | {f"column {i + 1}": cells[i] for i in range(len(header), len(cells))}))
        start = reader.line_num + 1
    return header, rows


def compare_tables(expected: str, given: str, key: Sequence[str] = (), exact: bool = True) -> Comparison:
    """Return the first differing cell of two tables with its row's key and line, column, and both values."""
    (header, rows), (other_header, other_rows) = read_rows(expected), read_rows(given)
    if header != other_header:
        return Comparison("different", _headers(header, other_header))
    key = [column for column in key if column in header]
    if len(rows) != len(other_rows):
        return Comparison("different", _lengths(rows, other_rows, key))
    apart = [_differing(row, other, exact) for (_, row), (_, other) in zip(rows, other_rows, strict=True)]
    first = next((i for i, columns in enumerate(apart) if columns), None)
    if first is None:
        words = "every cell is the same; only the writing (line ends, quotation marks) differs"
        return Comparison("alike", words if exact else "every cell is the same within the tolerances")
    (_, row), (line, other), column = rows[first], other_rows[first], apart[first][0]
    text = f"line {line}{_name(row, key)}, column {column}: {other[column]!r} where {row[column]!r} is expected"
    cells, lines = sum(map(len, apart)), sum(map(bool, apart))
    return Comparison("different", text + (f"; {cells} cells in {lines} rows differ" if cells > 1 else ""))


def _differing(row: dict[str, str], other: dict[str, str], exact: bool) -> list[str]:
    columns = [*row, *(column for column in other if column not in row)]
    return [c for c in columns if row.get(c) != other.get(c) and (exact or not close(row.get(c, ""), other.get(c, "")))]


def _name(row: dict[str, str], key: Sequence[str]) -> str:
    return f" ({', '.join(row[column] for column in key if row[column])})" if key else ""


def _headers(header: list[str], other: list[str]) -> str:
    missing = [column for column in header if column not in other]
    extra = [column for column in other if column not in header]
    parts = [f"lacks the column {', '.join(missing)}"] if missing else []
    parts += [f"has the column {', '.join(extra)}, which is not expected"] if extra else []
    return "the header " + (" and ".join(parts) if parts else "has its columns in another order")


def _lengths(rows: list, others: list, key: Sequence[str]) -> str:
    """Return how many rows there are, and the first that is missing or too many."""
    names = key or list((rows or others)[0][1])
    known, found = ([tuple(row.get(c, "") for c in names) for _, row in table] for table in (rows, others))
    for there, lines, others_there, words in (
        (known, rows, set(found), "missing"),
        (found, others, set(known), "too many"),
    ):
        for name, (line, _) in zip(there, lines, strict=True):
            if name not in others_there:
                told = f"; the first that is {words}: line {line} ({', '.join(filter(None, name))})"
                return f"{len(others)} rows where {len(rows)} are expected{told}"
    return f"{len(others)} rows where {len(rows)} are expected; some stand twice"


def compare_pictures(expected: bytes, given: bytes, exact: bool = True) -> Comparison:
    """Return the first differing pixel of two PNG pictures, how many differ, and the rectangle that holds them."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        pictures = [Image.open(io.BytesIO(data)) for data in (expected, given)]
        first, second = (np.asarray(picture.convert("RGBA")).astype(np.int16) for picture in pictures)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return Comparison("different", "the file is no readable picture")
    if first.shape != second.shape:
        sizes = [f"{array.shape[1]} x {array.shape[0]}" for array in (second, first)]
        return Comparison("different", f"the picture has {sizes[0]} pixels where {sizes[1]} are expected")
    apart = np.abs(first - second).max(axis=2)
    rows, columns = np.nonzero(apart if exact else apart > LEVELS)
    if not exact and len(rows) <= SHARE * apart.size:
        return Comparison("alike", f"{len(rows)} of {apart.size} pixels differ by more than {LEVELS} of 255 levels")
    if not len(rows):
        words = [picture.info for picture in pictures]
        names = [name for name in words[0] | words[1] if words[0].get(name) != words[1].get(name)]
        what = f"the metadata ({', '.join(map(str, names))})" if names else "how it is compressed"
        return Comparison("alike", f"every pixel is the same; only {what} differs")
    y, x = rows[0], columns[0]
    colours = ["#" + "".join(f"{level:02x}" for level in array[y, x]) for array in (second, first)]
    text = f"the pixel at column {x}, row {y} (counted from 0 at the top left) is {colours[0]} where {colours[1]} is"
    text += f" expected; {len(rows)} of {apart.size} pixels differ"
    within = f", within columns {columns.min()} to {columns.max()}, rows {rows.min()} to {rows.max()}"
    return Comparison("different", text + (within if len(rows) > 1 else ""))


def _pdf_lines(data: bytes) -> list[str]:
    """Return a PDF's lines with its compressed streams unpacked."""

    def unpack(match: re.Match) -> bytes:
        try:
            return b"stream\n" + zlib.decompress(match[1]) + b"\nendstream"
        except zlib.error:
            return match[0]

    return STREAM.sub(unpack, data).decode("latin-1").splitlines()


def _compare_lines(expected: list[str], given: list[str], exact: bool) -> Comparison:
    """Return the first differing line of two texts, both versions cut around the first differing character."""
    for number, (line, other) in enumerate(zip(expected, given, strict=False), 1):
        if line == other or (not exact and _lines_close(line, other)):
            continue
        if pictures := _embedded(line, other):
            found = compare_pictures(*pictures, exact)
            if found.kind == "alike":
                continue
            return Comparison("different", f"line {number}, an embedded picture: {found.text}")
        return Comparison("different", f"line {number}: {_excerpts(line, other)}")
    if len(expected) != len(given):
        line = min(len(expected), len(given)) + 1
        return Comparison("different", f"line {line}: it has {len(given)} lines where {len(expected)} are expected")
    return Comparison("alike", "only line ends differ" if exact else "the same within the tolerances")


def _lines_close(line: str, other: str) -> bool:
    if NUMBER.split(line) != NUMBER.split(other):
        return False
    return all(close(*pair) for pair in zip(NUMBER.findall(line), NUMBER.findall(other), strict=True))


def _embedded(line: str, other: str) -> tuple[bytes, bytes] | None:
    """Return the two pictures that lines of notebooks hold, or None where they hold none."""
    found = EMBEDDED.search(line), EMBEDDED.search(other)
    if not all(found):
        return None
    return tuple(base64.b64decode(json.loads(f'"{match[1]}"')) for match in found)


def _excerpts(line: str, other: str) -> str:
    place = next((i for i, pair in enumerate(zip(line, other, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(line), len(other)) if place is None else place
    return f"{' ... '.join(_cut(other, place))!r} where {' ... '.join(_cut(line, place))!r} is expected"


def _cut(line: str, place: int) -> Iterator[str]:
    start, end = max(0, place - AROUND), place + AROUND
    if start:
        yield ""
    yield line[start:end]
    if end < len(line):
        yield ""
