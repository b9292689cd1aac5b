"""How tables are harmed: lines, cells and bytes of a CSV, and the same table as a workbook or a Stata file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd

BELTS = "raw/road_casualties/monthly.csv"
Harm = Callable[[Path], None]


def lines(change: Callable[[list[str]], list[str]], file: str = BELTS) -> Harm:
    """Return what changes the lines of a table, which are told without their ends."""

    def harm(root: Path) -> None:
        path = root / file
        path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")

    return harm


def cell(line: int, old: str, new: str, file: str = BELTS) -> Harm:
    """Return what changes the first place where a text stands in a line of a table."""

    def change(held: list[str]) -> list[str]:
        assert old in held[line - 1], f"{old!r} does not stand in line {line} of {file}"
        return [*held[: line - 1], held[line - 1].replace(old, new, 1), *held[line:]]

    return lines(change, file)


def data(change: Callable[[bytes], bytes], file: str = BELTS) -> Harm:
    """Return what changes the bytes of a table."""

    def harm(root: Path) -> None:
        (root / file).write_bytes(change((root / file).read_bytes()))

    return harm


def frame(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Harm:
    """Return what changes the table of the seat belts as a frame of text."""

    def harm(root: Path) -> None:
        change(pd.read_csv(root / BELTS, dtype=str)).to_csv(root / BELTS, index=False, lineterminator="\n")

    return harm


def all_of(*harms: Harm) -> Harm:
    """Return what does several harms in their order."""

    def harm(root: Path) -> None:
        for each in harms:
            each(root)

    return harm


def as_excel(change: Callable | None = None, suffix: str = ".xlsx", keep: bool = False) -> Harm:
    """Return what saves the table of the seat belts as a workbook, with months as dates, after `change(book, sheet)`.

    `keep` leaves the CSV beside it.
    """

    def harm(root: Path) -> None:
        table = pd.read_csv(root / BELTS, dtype={"month": str})
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(list(table.columns))
        for row in table.itertuples(index=False):
            sheet.append([pd.Timestamp(row.month + "-01").to_pydatetime(), *row[1:]])
            sheet.cell(sheet.max_row, 1).number_format = "mmm-yy"
        if change is not None:
            change(book, sheet)
        book.save((root / BELTS).with_suffix(suffix))
        if not keep:
            (root / BELTS).unlink()

    return harm


def as_stata(change: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table, **options) -> Harm:
    """Return what saves the table of the seat belts as a Stata file, with months as Stata has them (%tm)."""

    def harm(root: Path) -> None:
        table = pd.read_csv(root / BELTS, parse_dates=["month"])
        options.setdefault("convert_dates", {"month": "tm"})
        change(table).to_stata((root / BELTS).with_suffix(".dta"), write_index=False, **options)
        (root / BELTS).unlink()

    return harm


def link_out(root: Path) -> None:
    """Put a link to a file outside the study in the table's place."""
    target = Path(pd.__file__)
    (root / BELTS).unlink()
    (root / BELTS).symlink_to(target)


def as_folder(root: Path) -> None:
    """Put a folder in the table's place."""
    (root / BELTS).unlink()
    (root / BELTS).mkdir()


def beside(name: str, text: str = "x\n") -> Harm:
    """Return what puts a file beside the table."""
    return partial(_write, name=name, text=text)


def _write(root: Path, name: str, text: str) -> None:
    (root / BELTS).with_name(name).write_text(text, encoding="utf-8")


def vintage(change: Callable[[list[str]], list[str]], name: str = "transfers.2027-03.csv") -> Harm:
    """Return what adds a vintage of the deliveries in a file of its own: the rows of 2026-03, and then `change`."""

    def harm(root: Path) -> None:
        held = (root / "raw/sipri_transfers/transfers.csv").read_text(encoding="utf-8").splitlines()
        rows = [each.replace(",2026-03,", ",2027-03,") for each in held if ",2026-03," in each]
        text = "\n".join(change([held[0], *rows])) + "\n"
        (root / "raw/sipri_transfers" / name).write_text(text, encoding="utf-8")

    return harm
