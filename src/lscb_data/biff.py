"""What python-calamine leaves out of an old .xls workbook: cells that hold an error, and numbers printed as percentages.

It reads the first as blanks (python-calamine#105) and the second as shares. Here the file's own records are read,
Excel 97 and later ([MS-XLS], [MS-CFB]).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^]]*]|_.|\*.')  # what of a number format is words, colours and spaces

_BEGIN, _END, _SHEET, _FORMAT, _STYLE = 0x809, 0x0A, 0x85, 0x41E, 0xE0
_FORMULA, _NUMBER, _SHORT, _SHORTS, _TRUTH = 0x06, 0x203, 0x27E, 0xBD, 0x205
_DIMENSIONS, _CELLS = 0x200, frozenset({_FORMULA, _NUMBER, _SHORT, _SHORTS, _TRUTH, 0x204, 0xFD, 0xD6, 0x201, 0xBE})
_ROWS, _COLUMNS = 65_536, 256  # that Excel 97 has
_SECTORS = 0xFFFFFFFA  # from here on: the marks of no sector


@dataclass
class Page:
    """One sheet: its errors, and its percentages, by (row, column) from 1."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)


def read_pages(data: bytes) -> dict[str, Page]:
    """Every sheet by its name. Raises ValueError, struct.error or IndexError where the file is not of that kind."""
    stream = _workbook(data)
    formats, styles, starts = {9, 10}, [], list[tuple[str, int]]()
    for kind, body in _records(stream, 0):
        if kind == _FORMAT:
            number, length, wide = struct.unpack_from("<HHB", body)
            text = body[5 : 5 + length * (1 + (wide & 1))].decode("utf-16-le" if wide & 1 else "latin-1")
            if "%" in NOT_SHOWN.sub("", text):
                formats.add(number)
            else:
                formats.discard(number)
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _SHEET:
            start, length, wide = struct.unpack_from("<I2xBB", body)
            name = body[8 : 8 + length * (1 + (wide & 1))].decode("utf-16-le" if wide & 1 else "latin-1")
            starts.append((name, start))
    percents = {number for number, form in enumerate(styles) if form in formats}
    return {name: _page(stream, start, percents) for name, start in starts}


def _page(stream: bytes, start: int, percents: set[int]) -> Page:
    page = Page()
    for kind, body in _records(stream, start):
        if kind not in (_FORMULA, _NUMBER, _SHORT, _SHORTS, _TRUTH):
            continue
        row, column, style = struct.unpack_from("<HHH", body)
        place = (row + 1, column + 1)
        if kind == _SHORTS:
            for number in range((len(body) - 6) // 6):
                if struct.unpack_from("<H", body, 4 + 6 * number)[0] in percents:
                    page.percents.add((row + 1, column + 1 + number))
        elif kind == _TRUTH:
            if body[7]:
                page.errors[place] = ERRORS.get(body[6], "#N/A")
        elif kind == _FORMULA and body[12:14] == b"\xff\xff":
            if body[6] == 2:
                page.errors[place] = ERRORS.get(body[8], "#N/A")
        elif style in percents:
            page.percents.add(place)
    return page


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records from a beginning to its end, those of charts inside it left out."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        _refuse_far(kind, stream[place + 4 : place + 4 + length])
        if depth == 1 and kind != _BEGIN:
            yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length
        if depth == 0:
            return
    raise ValueError("the workbook's records end too early")


def _refuse_far(kind: int, body: bytes) -> None:
    """Raises ValueError for a cell where Excel 97 has none: python-calamine makes room for all up to it, and ends the process
    where there is not enough."""
    rows, columns = 0, 0
    if kind == _DIMENSIONS:
        first, rows, left, columns = struct.unpack_from("<IIHH", body)
        if first > rows or left > columns:
            raise ValueError("a sheet ends before it begins")
    elif kind in _CELLS:
        columns = struct.unpack_from("<2xH", body)[0] + 1
    if rows > _ROWS or columns > _COLUMNS:
        raise ValueError("it has cells beyond column IV or row 65,536")


def _workbook(data: bytes) -> bytes:
    """The stream `Workbook` of the container."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    directory, smallest = struct.unpack_from("<I4xI", data, 48)
    more = struct.unpack_from("<I", data, 68)[0]
    addresses = list(struct.unpack_from("<109I", data, 76))
    while more < _SECTORS:
        *found, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        addresses += found
        if len(addresses) > len(data) // size + 109 + size:
            raise ValueError("the container's addresses go round")
    table = [
        one
        for sector in addresses
        if sector < _SECTORS
        for one in struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    ]
    entries = _chain(data, size, table, directory)
    for at in range(0, len(entries), 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        if kind == 2 and entries[at : at + max(length - 2, 0)].decode("utf-16-le") == "Workbook":
            start, bytes_ = struct.unpack_from("<II", entries, at + 116)
            if bytes_ < smallest:
                raise ValueError("the workbook's stream is among the small ones")
            return _chain(data, size, table, start)[:bytes_]
    raise ValueError("no workbook of Excel 97 or later")


def _chain(data: bytes, size: int, table: list[int], sector: int) -> bytes:
    parts: list[bytes] = []
    while sector < _SECTORS:
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
        if len(parts) > len(table):
            raise ValueError("the container's sectors go round")
    return b"".join(parts)
