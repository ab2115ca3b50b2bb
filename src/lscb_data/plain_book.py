"""A new workbook of texts as they stand, for what came as CSV or as an old workbook, or as nothing that could be marked."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

from lscb_data.csv_lines import lines
from lscb_data.markup import ascii_of, quoted, text
from lscb_data.package import TYPES, made
from lscb_data.workbook import delimiter, letters, read_grids

MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 1_048_576, 16_384, 32_767  # that Excel has room for
_HEAD = 50  # lines by which the mark between cells is told
_NS = "http://schemas.openxmlformats.org/"
_MAIN, _R = f"{_NS}spreadsheetml/2006/main", f"{_NS}officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STYLES = (  # cells are text, whatever they begin with
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
Rows = Iterable[tuple[int, Iterable[tuple[int, str]]]]


class NoRoomError(Exception):
    """The texts do not fit on a sheet of Excel's."""


def of_csv(path: Path) -> BytesIO:
    """The file's records as a sheet of its name. Raises NoRoomError, csv.Error or UnreadableError where they are none."""
    return _book({path.stem: _records(path)})


def of_grids(path: Path) -> BytesIO:
    """The sheets of an old workbook. Raises UnreadableError where it cannot be read."""
    return _book({grid.name: ((row, texts.items()) for row, texts in grid.rows()) for grid in read_grids(path)})


def of_nothing() -> BytesIO:
    """A workbook without a sheet, to which one is to be added."""
    return _book({})


def sheet_name(name: str) -> str:
    """The name as Excel takes it."""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31].strip("'") or "Sheet"


def _records(path: Path) -> Rows:
    read = lines(path)
    first = list(islice(read, _HEAD))
    for number, record in enumerate(csv.reader(chain(first, read), delimiter=delimiter("".join(first)), strict=True), 1):
        yield number, ((place, cell) for place, cell in enumerate(record, 1) if cell)


def _book(sheets: Mapping[str, Rows]) -> BytesIO:
    names = {f"xl/worksheets/sheet{number}.xml": (name, rows) for number, (name, rows) in enumerate(sheets.items(), 1)}
    types = {f"/{part}": f"{_TYPE}worksheet+xml" for part in names}
    types |= {"/xl/workbook.xml": f"{_TYPE}sheet.main+xml", "/xl/styles.xml": f"{_TYPE}styles+xml"}
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in types.items())
    listed = "".join(
        f'<sheet name={quoted(sheet_name(name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _) in enumerate(names.values(), 1)
    )
    related = {f"rId{number}": ("worksheet", part) for number, part in enumerate(names, 1)}
    related[f"rId{len(names) + 1}"] = ("styles", "xl/styles.xml")
    parts: dict[str, Iterable[bytes]] = {
        TYPES: [
            f'<Types xmlns="{_NS}package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'.encode()
        ],
        "_rels/.rels": [_relations({"rId1": ("officeDocument", "xl/workbook.xml")})],
        "xl/workbook.xml": [f'<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><sheets>{listed}</sheets></workbook>'.encode()],
        "xl/_rels/workbook.xml.rels": [_relations(related)],
        "xl/styles.xml": [_STYLES.encode()],
    }
    out = BytesIO()
    made(out, parts | {part: _sheet(rows) for part, (_, rows) in names.items()})
    out.seek(0)
    return out


def _relations(of: Mapping[str, tuple[str, str]]) -> bytes:
    found = "".join(f'<Relationship Id="{n}" Type="{_R}/{kind}" Target="/{part}"/>' for n, (kind, part) in of.items())
    return f'<Relationships xmlns="{_NS}package/2006/relationships">{found}</Relationships>'.encode()


def _sheet(rows: Rows) -> Iterator[bytes]:
    column = cache(letters)
    yield f'<worksheet xmlns="{_MAIN}"><sheetFormatPr baseColWidth="16" defaultRowHeight="15"/><sheetData>'.encode()
    for number, cells in rows:
        found = "".join(
            f'<c r="{column(place)}{number}" s="1" t="inlineStr"><is><t xml:space="preserve">'
            f"{text(said if len(said) <= MOST_TEXT else said[: MOST_TEXT - 1] + '…')}</t></is></c>"
            for place, said in cells
            if place <= MOST_COLUMNS
        )
        if number > MOST_ROWS:
            raise NoRoomError
        yield ascii_of(f'<row r="{number}">{found}</row>')
    yield b"</sheetData></worksheet>"
