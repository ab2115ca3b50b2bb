"""The sheet that says to a supplier what must be put right and what must be explained, with room for the answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from lscb_data.about import ANSWER, FINDING
from lscb_data.finding import Severity
from lscb_data.marking import Look
from lscb_data.markup import ascii_of, quoted, text
from lscb_data.workbook import address, letters

_HEADINGS = (FINDING, "Sheet", "Cell", "What is wrong or asked", "What to do", ANSWER)
_WIDTHS = (14, 18, 9, 52, 40, 44)
_LINE, _HIGHEST = 15, 405  # points: of a line, and of a row of Excel's
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

FONTS = (
    '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>',
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>',
    '<font><b/><sz val="15"/><name val="Calibri"/><family val="2"/></font>',
    '<font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="Calibri"/><family val="2"/></font>',
)
FILLS = tuple(
    f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill></fill>'
    for colour in ("DDE6EE", "FFFBE6")
)
BORDER = "<border>" + "".join(
    f'<{side} style="thin"><color rgb="FFBBBBBB"/></{side}>' for side in ("left", "right", "top", "bottom")
) + "<diagonal/></border>"  # fmt: skip
COLOURS = tuple(f'<dxf><fill><patternFill><bgColor rgb="FF{one}"/></patternFill></fill></dxf>' for one in ("F8B9A9", "FFE699"))


def _style(font: int, rest: str, wrapped: bool = True) -> str:
    """A style of text that stays text when it is typed over: no formula comes of it."""
    alignment = f'<alignment vertical="top" wrapText="{int(wrapped)}"/><protection locked="0"/>'
    applied = "".join(
        f' apply{one}="1"' for one in ("NumberFormat", "Font", "Fill", "Border", "Alignment", "Protection")
    )  # fmt: skip
    return f'<xf numFmtId="49" fontId="{{f{font}}}" {rest} xfId="0" quotePrefix="1"{applied}>{alignment}</xf>'


STYLES = {
    "title": _style(2, 'fillId="0" borderId="0"', False),
    "line": _style(0, 'fillId="0" borderId="0"'),
    "part": _style(1, 'fillId="0" borderId="0"', False),
    "heading": _style(1, 'fillId="{b0}" borderId="{d0}"'),
    "cell": _style(0, 'fillId="0" borderId="{d0}"'),
    "link": _style(3, 'fillId="0" borderId="{d0}"'),
    "answer": _style(0, 'fillId="{b1}" borderId="{d0}"'),
}


@dataclass(frozen=True)
class Question:
    """One finding as it is put to the supplier."""

    finding_id: str
    severity: str
    sheet: str | None
    cell: str | None
    message: str
    fix: str

    @property
    def is_query(self) -> bool:
        return self.severity == Severity.QUERY


def sheet(title: str, introduction: Sequence[str], asked: Sequence[Question], links: Mapping[int, str], look: Look) -> bytes:
    """The sheet's XML. `links` leads from a question, by its place in `asked`, to its cell."""
    data, merged, leads = [], [], []
    for number, (cells, at) in enumerate(_rows(title, introduction, asked), 1):
        link = links.get(at) if at is not None else None
        if link:
            cells[2] = (cells[2][0], "link")
            leads.append(f'<hyperlink ref="C{number}" location={quoted(link)} display={quoted(cells[2][0])}/>')
        widths = [sum(_WIDTHS)] if len(cells) == 1 else _WIDTHS
        if len(cells) == 1:
            merged.append(f'<mergeCell ref="A{number}:{letters(len(_WIDTHS))}{number}"/>')
        lines = [len(wrap(said, int(width * 1.1))) for (said, _), width in zip(cells, widths, strict=False)]
        height = 21 if cells and cells[0][1] == "title" else _LINE * max([1 if at is None else 2, *lines])
        written = "".join(_cell(number, place, said, look.styles[style]) for place, (said, style) in enumerate(cells, 1))
        data.append(f'<row r="{number}" ht="{min(height, _HIGHEST)}" customHeight="1">{written}</row>')
    columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(_WIDTHS, 1))
    return ascii_of(
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(data)}</sheetData>'
        f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>'
        + (f"<hyperlinks>{''.join(leads)}</hyperlinks>" if leads else "")
        + '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _cell(row: int, place: int, said: str, style: int) -> str:
    where = f'<c r="{address(row, place)}" s="{style}"'
    return f'{where} t="inlineStr"><is><t xml:space="preserve">{text(said)}</t></is></c>' if said else f"{where}/>"


_Row = tuple[list[tuple[str, str]], int | None]


def _rows(title: str, introduction: Sequence[str], asked: Sequence[Question]) -> Iterator[_Row]:
    """Each row: its cells as text and style, and the place of the question that it puts."""
    yield [(title, "title")], None
    for before, line in zip(["", *introduction], introduction, strict=False):
        yield [(line, "line" if before else "part")] if line else [], None
    for part, queries in (("What must be put right", False), ("What must be explained", True)):
        yield [], None
        yield [(part, "part")], None
        chosen = [(at, one) for at, one in enumerate(asked) if one.is_query is queries]
        if not chosen:
            yield [("Nothing.", "line")], None
            continue
        yield [(heading, "heading") for heading in (_HEADINGS if queries else _HEADINGS[:-1])], None
        for at, one in chosen:
            said = (one.finding_id, one.sheet or "", one.cell or "", one.message, one.fix)
            yield [*((cell, "cell") for cell in said), *([("", "answer")] if queries else [])], at
