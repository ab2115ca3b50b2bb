"""An .xlsx workbook as the texts of its cells: each sheet read once, cell by cell, within bounds of memory and time.

What a sheet claims of its size is not believed, and no cell is made up between those that stand in the file.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lscb_data.figure import FORMULA_WITHOUT_VALUE
from lscb_data.sealed_file import reading

Cells = dict[tuple[int, int], str]

LARGEST = 200 * 2**20  # bytes of an unpacked workbook, and characters of its cells: a hundred times the largest honest return
MOST_CELLS = 5_000_000  # that hold something: a quarter of a million rows of children's records
MOST_TAGS = 30_000_000  # a part can be little but tags, each of which is made into an object
_CHUNK = 2**20


class TooLargeError(Exception):
    """The workbook holds more than can be read at once; says what."""


def read_sheets(path: Path, printed: Callable[[Any, str], str], rows: int | None = None) -> list[tuple[str, Cells]]:
    """Each sheet's name and texts, at most of so many rows: `printed` gives the text of a value and its number format.

    A formula whose value was not saved has FORMULA_WITHOUT_VALUE. Raises TooLargeError, and of a damaged workbook whatever
    its broken part makes openpyxl raise.
    """
    from openpyxl import load_workbook

    with reading(path) as file:
        with zipfile.ZipFile(file) as parts:
            refuse_large(parts)
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            room = _Room()
            return [(sheet.title, _texts(book, sheet, printed, room, rows)) for sheet in book.worksheets]
        finally:
            book.close()


def refuse_large(parts: zipfile.ZipFile) -> None:
    """Raises TooLargeError where the workbook would unpack to more than can be read at once."""
    if sum(part.file_size for part in parts.infolist()) > LARGEST:
        raise TooLargeError(f"unpacks to more than {LARGEST // 2**20} MB")
    tags = 0
    for part in parts.infolist():
        with parts.open(part) as content:
            while chunk := content.read(_CHUNK):
                tags += chunk.count(b"<")
    if tags > MOST_TAGS:
        raise TooLargeError(f"holds more than {MOST_TAGS // 10**6} million tags of XML")


class _Room:
    """What is left of the bounds, for all sheets together."""

    def __init__(self) -> None:
        self.cells, self.characters, self.looks = MOST_CELLS, LARGEST, 10 * MOST_CELLS

    def take(self, text: str) -> None:
        self.cells -= 1
        self.characters -= len(text)
        if self.cells < 0:
            raise TooLargeError(f"has more than {MOST_CELLS:,} cells that hold something")
        if self.characters < 0:
            raise TooLargeError(f"has more than {LARGEST // 2**20} million characters in its cells")

    def look(self, cells: int) -> None:
        self.looks -= cells
        if self.looks < 0:
            raise TooLargeError("has too many merged cells")


def _texts(book: Any, sheet: Any, printed: Callable[[Any, str], str], room: _Room, rows: int | None) -> Cells:
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            # A formula whose value is the empty text, such as =IF(B2="","",B2), is a blank and not a missing value.
            if cell["value"] is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
                cell["value"] = FORMULA_WITHOUT_VALUE
            return cell

    formats: dict[int, str] = {}
    known: dict[str, str] = {}  # the same words come again and again
    cells: Cells = {}
    with sheet._get_source() as source:
        parser = Parser(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, row in parser.parse():
            if rows and number > rows:
                break
            for cell in row:
                value, style = cell["value"], cell["style_id"]
                if value is None:
                    continue
                if style not in formats:
                    formats[style] = ReadOnlyCell(sheet, 1, 1, value, style_id=style).number_format or ""
                if (text := known.get(value) if isinstance(value, str) else None) is None:
                    text = printed(value, formats[style])
                    if isinstance(value, str):
                        known[value] = text
                if text:
                    room.take(text)
                    cells[cell["row"], cell["column"]] = text
    return _without_hidden(cells, parser.merged_cells, room)


def _without_hidden(cells: Cells, merged: Any, room: _Room) -> Cells:
    """The cells that can be seen: of merged ones the first."""
    for area in merged.mergeCell if merged else ():
        left, top, right, bottom = area.bounds
        size = (right - left + 1) * (bottom - top + 1)
        room.look(min(size, len(cells)))
        if size <= len(cells):
            within = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        else:
            within = [(row, column) for row, column in cells if top <= row <= bottom and left <= column <= right]
        for place in within:
            if place != (top, left):
                cells.pop(place, None)
    return cells
