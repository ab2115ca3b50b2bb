"""From a file to grids of text with their addresses, read as they were printed, for xlsx, xls and csv."""

import csv
import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from lscb_data import xls_apart
from lscb_data.biff import NOT_SHOWN, Page, read_pages
from lscb_data.finding import Finding, Severity
from lscb_data.sealed_file import read_bytes, reading, size
from lscb_data.spelling import clean

_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of password-protected workbooks
MOST_BYTES = 2**20  # of a CSV file
MOST_ROWS = 500  # enough to see every heading; a return may have a million
MOST_COLUMNS = 1_000  # no return has as many; a broken file can have a million
_KINDS = {
    b"pk\x03\x04": "a workbook of today's Excel, or another zip archive",
    _OLE.lower(): "a workbook of an older Excel, or protected by a password",
    b"%pdf": "a PDF",
    b"\x1f\x8b": "compressed (gzip)",
    b"<?xml": "XML",
    b"<message": "XML",
    b"<html": "a web page",
    b"<!doctype": "a web page",
}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class UnreadableError(Exception):
    """The file cannot be read as a return at all; carries the finding that says why."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.finding = Finding(code, Severity.BLOCKER, message, fix)


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet that hold something: (row, column), both from 1, to cleaned text."""

    name: str
    cells: dict[tuple[int, int], str] = field(repr=False)

    def rows(self) -> Iterator[tuple[int, dict[int, str]]]:
        """Each row that holds something, from the top: its number, and its texts by column."""
        found: dict[int, dict[int, str]] = {}
        for (row, column), text in self.cells.items():
            found.setdefault(row, {})[column] = text
        for row in sorted(found):
            yield row, dict(sorted(found[row].items()))


def address(row: int, column: int) -> str:
    """The cell's name: row 7, column 5 is E7."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def tops(path: Path) -> list[Grid]:
    """The first rows and columns of every sheet: enough to see what the file is. Raises UnreadableError as `read_grids`."""
    grids = read_grids(path, top=True)
    return [
        Grid(one.name, {at: text for at, text in one.cells.items() if at[0] <= MOST_ROWS and at[1] <= MOST_COLUMNS})
        for one in grids
    ]


def read_grids(path: Path, top: bool = False) -> list[Grid]:
    """Every sheet of the file; with `top` no more need be read of it than `tops` gives.

    Raises UnreadableError with the finding for a file that is not what its name says.
    """
    head = refuse_other_kinds(path)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return [_read_csv(path, MOST_BYTES if top else None)]
    if suffix == ".xlsx" and head.startswith(b"PK"):
        return _read_xlsx(path, MOST_ROWS if top else None)
    if head.startswith(_OLE):
        if _ENCRYPTED in read_bytes(path):
            raise _protected()
        if suffix == ".xls":
            return _read_xls(path)
    raise _not_of_its_name(suffix, head)


def refuse_other_kinds(path: Path) -> bytes:
    """The file's first bytes. Raises UnreadableError for an empty file, and for one named .csv that begins as none does."""
    with reading(path) as file:
        head = file.read(64)
    if not head:
        raise UnreadableError("empty_file", "The file is empty (0 bytes).", "Send the file again.")
    if path.suffix.lower() == ".csv" and _kind(head):
        raise _not_of_its_name(".csv", head)
    return head


def _kind(head: bytes) -> str:
    """What begins so, where that is known and no text."""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for first, kind in _KINDS.items():
        if begins.startswith(first):
            return kind
    return ""


def _not_of_its_name(suffix: str, head: bytes) -> UnreadableError:
    kind = _kind(head) or "not of that kind"
    return UnreadableError(
        "not_csv" if suffix == ".csv" else "not_a_workbook",
        f"The file is named {suffix or 'without an ending'}, but its content is {kind}.",
        "Save the list alone as CSV UTF-8 and send that."
        if suffix == ".csv"
        else "Open it in Excel, save it as an .xlsx workbook, and send that.",
    )


def _protected() -> UnreadableError:
    return UnreadableError(
        "password_protected",
        "The workbook is protected by a password, so it cannot be read.",
        "Save it without the password (File, Info, Protect Workbook) and send it by the Board's secure route.",
    )


def _not_a_workbook(error: BaseException) -> UnreadableError:
    return UnreadableError(
        "damaged_workbook",
        f"The workbook is damaged and cannot be opened ({type(error).__name__}).",
        "Open it in Excel, let Excel repair it, save it again, and send that.",
    )


def _read_xlsx(path: Path, rows: int | None) -> list[Grid]:
    from lscb_data.xlsx import TooLargeError, read_sheets

    try:
        return [Grid(name, cells) for name, cells in read_sheets(path, _shown, rows)]
    except TooLargeError as error:
        raise UnreadableError(
            "too_large", f"The workbook {error}.",
            "Send the figures only, without pictures and empty formatted rows, or as CSV.",
        ) from None  # fmt: skip
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken part makes it raise
        raise _not_a_workbook(error) from None


def _shown(value: Any, number_format: str) -> str:
    return as_printed(value, percent="%" in NOT_SHOWN.sub("", number_format))


def _read_xls(path: Path) -> list[Grid]:
    data = read_bytes(path)
    try:
        pages = read_pages(data)
    except (ValueError, IndexError, struct.error) as error:
        raise UnreadableError(
            "old_workbook",
            f"The .xls workbook is damaged, or older than Excel 97 ({error}).",
            "Open it in Excel, save it as an .xlsx workbook, and send that.",
        ) from None
    try:
        tables = xls_apart.tables(data)
    except xls_apart.ProtectedError:
        raise _protected() from None
    except xls_apart.XlsError as error:
        raise _not_a_workbook(error) from None
    grids = []
    for name, table in tables.items():
        page = pages.get(name, Page())
        cells = {
            (row, column): text
            for row, values in enumerate(table, 1)
            for column, value in enumerate(values, 1)
            if value != "" and (text := as_printed(value, percent=(row, column) in page.percents))
        }
        grids.append(Grid(name, cells | page.errors))
    return grids


def _read_csv(path: Path, most: int | None = None) -> Grid:
    with reading(path) as file:
        data = file.read(-1 if most is None else most)
    if most and len(data) == most:
        data = data[: data.rfind(b"\n") + 1] or data
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = ""
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            break
    if not text or "\0" in text:
        raise UnreadableError("not_text", "The CSV file holds binary data.", "Save it as CSV UTF-8 and send that.")
    table: list[list[str]] = []
    try:
        # strict: a quotation mark that nobody closes would swallow the rows after it in silence.
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True):
            table.append(row)  # its length says where a fault is
    except csv.Error as error:
        if most and len(data) < size(path) and table:
            return _grid(path, table)  # its last record goes on
        raise UnreadableError(
            "not_csv", f"The file is not CSV after row {len(table)}: {error}.", "Save it as CSV UTF-8 and send that."
        ) from None
    return _grid(path, table)


def _grid(path: Path, table: list[list[str]]) -> Grid:
    return Grid(
        path.stem,
        {(r, c): text for r, row in enumerate(table, 1) for c, cell in enumerate(row, 1) if (text := clean(cell))},
    )


def delimiter(text: str) -> str:
    """The mark that parts the most of the first rows, one after another, into as many cells each."""

    def rows_alike(mark: str) -> tuple[int, int]:
        widths: list[int] = []
        with suppress(csv.Error):
            widths += (len(row) for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 50))
        runs = [(len(list(run)), width) for width, run in groupby(widths) if width > 1]
        return max(runs, default=(0, 0))

    return max(",;\t", key=rows_alike)


def as_printed(value: Any, percent: bool = False) -> str:
    """A cell's value as a person reads it in the workbook: 33, 40.63, 12%, 2015-02-03, text as it stands."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case int() | float():
            # Fifteen digits are what Excel keeps; more are the noise of binary fractions.
            exact = Decimal(value) * (100 if percent else 1)
            shown = f"{_FIFTEEN.create_decimal(exact) + 0:f}" if exact.is_finite() else str(value)
            shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
            return f"{shown}%" if percent else shown
        case _:
            return clean(str(value))
