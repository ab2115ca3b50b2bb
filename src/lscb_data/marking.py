"""A workbook with some of its cells marked and a sheet added: nothing else of it is changed.

A mark is a conditional format that always holds, and a note: no cell, and no cell's own format, is touched.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from lscb_data import cell_notes
from lscb_data.markup import elements, placed, prefix, quoted, with_attributes, within, without
from lscb_data.package import Package

# What stands where below the root of a sheet, of a workbook and of its styles (ECMA-376, part 1).
_SHEET = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks
    printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags
    drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst
"""
_BOOK = """
    fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames
    calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr webPublishObjects
    extLst
"""
_STYLES = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLESHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_OPENS = re.compile(rb"""<(\w+:)?sheetData\b(?:"[^"]*"|'[^']*'|[^>"'])*?(/?)>""")
_OURS = '"The Board asks"="The Board asks"'  # always true, and told from every other condition


@dataclass(frozen=True)
class Mark:
    """What is said of a cell, and the place of its colour among those given."""

    cell: str
    said: str
    colour: int


@dataclass(frozen=True)
class Look:
    """The styles of the sheet that is added, by the numbers that the workbook gives them, and the colours of the marks."""

    styles: Mapping[str, int]
    colours: Sequence[int]


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: its name and its part."""

    name: str
    part: str


def sheets(package: Package) -> tuple[str, list[Sheet]]:
    """The part of the workbook itself, and its sheets in their order."""
    book = next(one.part for one in package.relations("") if one.type == "officeDocument")
    parts = {one.id: one.part for one in package.relations(book)}
    found = [one for one in elements(package.read(book)) if one.name == "sheet" and one.depth == 2]
    return book, [Sheet(one.attributes["name"], parts[_id(one.attributes)]) for one in found]


def style(package: Package, fonts: Sequence[str], fills: Sequence[str], border: str, cells: Mapping[str, str],
          colours: Sequence[str]) -> Look:  # fmt: skip
    """Add styles. Those of `cells`, by name, call what is given by its place: fonts {f0}, fills {b0} and the border {d0}."""
    book, _ = sheets(package)
    part = next((one.part for one in package.relations(book) if one.type == "styles"), None)
    if not part:
        part = package.add("xl/styles", ".xml", f'<styleSheet xmlns="{_MAIN}"/>'.encode(), _STYLESHEET)
        package.relate(book, "styles", part)
    xml = package.read(part)
    places: dict[str, int] = {}
    for name, letter, given in (("fonts", "f", fonts), ("fills", "b", fills), ("borders", "d", [border])):
        xml, first = _collected(xml, name, given)
        places |= {f"{letter}{number}": first + number for number in range(len(given))}
    xml, first = _collected(xml, "cellXfs", [one.format(**places) for one in cells.values()])
    xml, colour = _collected(xml, "dxfs", colours)
    package.changed[part] = xml
    return Look({name: first + n for n, name in enumerate(cells)}, [colour + n for n, _ in enumerate(colours)])


def _collected(xml: bytes, name: str, given: Sequence[str]) -> tuple[bytes, int]:
    """The styles with these added to the list of that name, and the number of the first of them."""
    x, found = prefix(xml), elements(xml)
    content = "".join(re.sub(r"<(/?)", rf"<\g<1>{x}", one) for one in given)
    there = next((one for one in found if one.depth == 1 and one.name == name), None)
    if not there:
        whole = f'<{x}{name} count="{len(given)}">{content}</{x}{name}>'
        return placed(xml, name, whole, _STYLES), 0
    known = sum(one.depth == 2 and there.start < one.start < there.end for one in found)
    xml = within(xml, there, content)
    again = next(one for one in elements(xml) if one.depth == 1 and one.name == name)
    return with_attributes(xml, again, count=str(known + len(given))), known


def mark(package: Package, marks: Mapping[str, Sequence[Mark]], look: Look) -> None:
    """Mark cells, by the name of their sheet, in the place of what was marked before."""
    for sheet in sheets(package)[1]:
        related = {one.type for one in package.relations(sheet.part)}
        if marks.get(sheet.name) or "comments" in related or "vmlDrawing" in related:
            _mark(package, sheet.part, marks.get(sheet.name, ()), look)


def _mark(package: Package, part: str, marks: Sequence[Mark], look: Look) -> None:
    outside, data = _parted(package.read(part))
    found = elements(outside)
    if found[0].name != "worksheet":
        return
    formats = [one for one in found if one.depth == 1 and one.name == "conditionalFormatting"]
    outside = without(outside, [one for one in formats if _OURS in unescape(outside[one.start : one.end].decode("latin-1"))])
    drawing = next((_id(one.attributes) for one in elements(outside) if one.depth == 1 and one.name == "legacyDrawing"), None)
    new = cell_notes.put(package, part, {one.cell: one.said for one in marks}, drawing)
    x = prefix(outside)
    if new:
        outside = placed(outside, "legacyDrawing", f'<{x}legacyDrawing xmlns:r="{_R}" r:id="{new}"/>', _SHEET)
    colours = sorted({one.colour for one in marks})
    outside = _after(outside, len(colours))
    for priority, colour in enumerate(colours, 1):
        cells = " ".join(one.cell for one in marks if one.colour == colour)
        rule = (
            f'<{x}cfRule type="expression" dxfId="{look.colours[colour]}" priority="{priority}">'
            f"<{x}formula>{_escaped(_OURS)}</{x}formula></{x}cfRule>"
        )
        one = f'<{x}conditionalFormatting sqref="{cells}">{rule}</{x}conditionalFormatting>'
        outside = placed(outside, "conditionalFormatting", one, _SHEET)
    package.changed[part] = _joined(outside, data)


def _after(outside: bytes, number: int) -> bytes:
    """The sheet with every rule of its own after so many others."""
    rules = [one for one in elements(outside) if one.name == "cfRule" and "priority" in one.attributes]
    for one in reversed(rules) if number else ():
        outside = with_attributes(outside, one, priority=str(int(one.attributes["priority"]) + number))
    return outside


def add_sheet(package: Package, name: str, content: bytes) -> None:
    """Add a sheet after all others, or in the place of one of that name, and let the workbook open on it."""
    book, there = sheets(package)
    for sheet in there:
        _leave(package, sheet.part)
    same = next((at for at, sheet in enumerate(there) if sheet.name == name), None)
    if same is not None:
        package.changed[there[same].part] = content
    else:
        part = package.add("xl/worksheets/sheetLscb", ".xml", content, _WORKSHEET)
        number = package.relate(book, "worksheet", part)
        xml = package.read(book)
        listed = [one for one in elements(xml) if one.depth == 2 and one.name == "sheet"]
        sheet_id = max((int(one.attributes["sheetId"]) for one in listed), default=0) + 1
        into = next(one for one in elements(xml) if one.depth == 1 and one.name == "sheets")
        one = f'<{prefix(xml)}sheet xmlns:r="{_R}" name={quoted(name)} sheetId="{sheet_id}" r:id="{number}"/>'
        package.changed[book] = within(xml, into, one)
    _open_on(package, book, len(there) if same is None else same)


def _open_on(package: Package, book: str, place: int) -> None:
    xml = package.read(book)
    view = next((one for one in elements(xml) if one.depth == 2 and one.name == "workbookView"), None)
    x = prefix(xml)
    package.changed[book] = (
        with_attributes(xml, view, activeTab=str(place))
        if view
        else placed(xml, "bookViews", f'<{x}bookViews><{x}workbookView activeTab="{place}"/></{x}bookViews>', _BOOK)
    )


def _leave(package: Package, part: str) -> None:
    """Let the sheet be not the one that is shown: of two, what is typed into one would be typed into both."""
    if b"tabSelected" in package.begins(part):
        outside, data = _parted(package.read(part))
        for view in reversed([one for one in elements(outside) if one.name == "sheetView" and "tabSelected" in one.attributes]):
            outside = with_attributes(outside, view, tabSelected=None)
        package.changed[part] = _joined(outside, data)


def _parted(xml: bytes) -> tuple[bytes, bytes]:
    """A sheet with no cells in it, and its cells, which may be millions."""
    opens = _OPENS.search(xml)
    if not opens:
        return xml, b""
    close = f"</{(opens[1] or b'').decode()}sheetData>".encode()
    end = opens.end() if opens[2] else xml.rindex(close) + len(close)
    return xml[: opens.start()] + b"<" + (opens[1] or b"") + b"sheetData/>" + xml[end:], xml[opens.start() : end]


def _joined(outside: bytes, data: bytes) -> bytes:
    opens = _OPENS.search(outside)
    return outside if not opens else b"".join((outside[: opens.start()], data, outside[opens.end() :]))


def _escaped(formula: str) -> str:
    return formula.replace("&", "&amp;").replace("<", "&lt;")


def _id(attributes: Mapping[str, str]) -> str:
    """The id of a relation, whatever stands before its name."""
    return next(value for name, value in attributes.items() if name.rpartition(":")[2] == "id" and ":" in name)
