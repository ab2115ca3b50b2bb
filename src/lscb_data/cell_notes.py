"""Notes on cells, as Excel keeps them: the words in one part of the package, the boxes they are shown in in another."""

import re
from collections.abc import Iterable, Mapping

from lscb_data.markup import Element, ascii_of, elements, placed, prefix, text, within
from lscb_data.package import Package
from lscb_data.workbook import column_number

AUTHOR = "The Board's feedback"
BEGINS = "The Board asks:"  # of every note of ours, and of what is added to a note that was there
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_BOX = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = re.compile(rb"<((?:\w+:)?)shape\b(?:(?!</\1shape>).)*</\1shape>\s*", re.S)  # whatever stands before the name
_IDS = 1024  # to a block of shapes


def put(package: Package, sheet: str, notes: Mapping[str, str], drawing: str | None) -> str | None:
    """Put notes on cells of the sheet, after the words of its own; what was put before goes. `drawing` is the id by which the
    sheet refers to its boxes; given back is the one by which it is to, where it had none."""
    related = package.relations(sheet)
    words = next((one.part for one in related if one.type == "comments"), None)
    boxes = next((one.part for one in related if one.id == drawing), None)
    if words:
        xml, kept, gone = _without_ours(package.read(words))
        if boxes and gone:
            package.changed[boxes] = _without_boxes(package.read(boxes), gone)
        package.changed[words] = _added(xml, notes)
        notes = {cell: said for cell, said in notes.items() if cell not in kept}
    elif notes:
        empty = f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode()
        package.relate(sheet, "comments", package.add("xl/comments", ".xml", _added(empty, notes), _COMMENTS))
    if not notes:
        return None
    if boxes:
        package.changed[boxes] = _with_boxes(package.read(boxes), notes)
        return None
    part = package.add("xl/drawings/vmlDrawing", ".vml", _with_boxes(_no_boxes(package, len(notes)), notes), _DRAWING)
    return package.relate(sheet, "vmlDrawing", part)


def _added(xml: bytes, notes: Mapping[str, str]) -> bytes:
    """The words with those of the notes: in a cell's own note where it has one."""
    if not notes:
        return xml
    x = prefix(xml)
    found = elements(xml)
    authors = [one for one in found if one.name == "author"]
    ours = next((at for at, one in enumerate(authors) if xml[one.inside : one.close] == ascii_of(text(AUTHOR))), len(authors))
    theirs = {one.attributes["ref"]: one for one in found if one.name == "comment"}
    for comment in sorted((theirs[cell] for cell in notes if cell in theirs), key=lambda one: one.start, reverse=True):
        xml = _appended(xml, comment, found, _run(x, "\n" + notes[comment.attributes["ref"]]))
    new = "".join(
        f'<{x}comment ref="{cell}" authorId="{ours}"><{x}text>{_run(x, said)}</{x}text></{x}comment>'
        for cell, said in notes.items()
        if cell not in theirs
    )
    xml = _beneath(xml, "commentList", new)
    return xml if ours < len(authors) else _beneath(xml, "authors", f"<{x}author>{text(AUTHOR)}</{x}author>")


def _beneath(xml: bytes, name: str, content: str) -> bytes:
    there = next((one for one in elements(xml) if one.depth == 1 and one.name == name), None)
    x = prefix(xml)
    return (
        within(xml, there, content)
        if there
        else placed(xml, name, f"<{x}{name}>{content}</{x}{name}>", "authors commentList extLst")
    )


def _run(x: str, said: str) -> str:
    return f'<{x}r><{x}t xml:space="preserve">{text(said)}</{x}t></{x}r>'


def _appended(xml: bytes, comment: Element, found: Iterable[Element], run: str) -> bytes:
    """The XML with the run after the words of a note that was there."""
    inside = [one for one in found if comment.start < one.start < comment.close]
    words = next(one for one in inside if one.name == "text")
    direct = [one for one in inside if one.depth == words.depth + 1]
    plain = next((one for one in direct if one.name == "t"), None)  # which has no runs beside it
    if plain:
        x = prefix(xml)
        whole = ascii_of(f"<{x}r>") + xml[plain.start : plain.end] + ascii_of(f"</{x}r>{run}")
        return xml[: plain.start] + whole + xml[plain.end :]
    last = max((one.end for one in direct if one.name == "r"), default=words.inside)
    return within(xml, words, run) if words.is_empty else xml[:last] + ascii_of(run) + xml[last:]


def _without_ours(xml: bytes) -> tuple[bytes, set[str], set[str]]:
    """The words without what was put there before: with the cells whose notes stay, and those whose notes are gone."""
    found, begins = elements(xml), ascii_of(text(BEGINS))
    stay, gone = set[str](), set[str]()
    parts: list[tuple[int, int, bytes]] = []  # from, to, and what stands there from now on
    for comment in (one for one in found if one.name == "comment"):
        runs = [one for one in found if one.name == "t" and comment.start < one.start < comment.close]
        words = [xml[run.inside : run.close] for run in runs]
        first = next((at for at, said in enumerate(words) if begins in said), None)
        if first == 0 and words[0].lstrip().startswith(begins):
            gone.add(comment.attributes["ref"])
            parts.append((comment.start, comment.end, b""))
            continue
        stay.add(comment.attributes["ref"])
        for run, said in list(zip(runs, words, strict=True))[len(runs) if first is None else first :]:
            parts.append((run.inside, run.close, said[: said.find(begins)].rstrip() if begins in said else b""))
    for start, end, left in sorted(parts, reverse=True):
        xml = xml[:start] + left + xml[end:]
    return xml, stay, gone


def _no_boxes(package: Package, number: int) -> bytes:
    """A part with no boxes yet, and a range of numbers that no other has."""
    names = [name for name in (*package.source.namelist(), *package.changed) if name.endswith(".vml")]
    taken = [int(one) for name in dict.fromkeys(names) for one in re.findall(rb"[0-9]+", _blocks(package.read(name)))]
    first = max(taken, default=0) + 1
    blocks = ",".join(str(block) for block in range(first, first + number // _IDS + 1))
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in _SPACES.items())
    layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
    return f"<xml {spaces}>{layout}</xml>".encode()


def _blocks(xml: bytes) -> bytes:
    return b" ".join(re.findall(rb"""<(?:\w+:)?idmap\b[^>]*\bdata\s*=\s*["']([0-9, ]*)["']""", xml))


def _with_boxes(xml: bytes, notes: Iterable[str]) -> bytes:
    """The boxes, which are no strict XML, with one for each of these cells."""
    first = min((int(one) for one in re.findall(rb"[0-9]+", _blocks(xml))), default=1) * _IDS
    taken = max((int(one) for one in re.findall(rb'id\s*=\s*"_x0000_s([0-9]+)"', xml)), default=first)
    missing = "".join(
        f' xmlns:{name}="{space}"' for name, space in _SPACES.items() if f"xmlns:{name}=".encode() not in xml
    )  # fmt: skip
    box = "" if b'id="_x0000_t202"' in xml else _BOX.replace("<v:shapetype", f"<v:shapetype{missing}", 1)
    shapes = "".join(_shape(cell, number, missing) for number, cell in enumerate(notes, taken + 1))
    end = xml.rindex(b"</xml>")
    return xml[:end] + ascii_of(box + shapes) + xml[end:]


def _shape(cell: str, number: int, missing: str) -> str:
    row, column = _place(cell)
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 5}, 30, {max(row - 1, 0) + 7}, 5"
    return (
        f'<v:shape{missing} id="_x0000_s{number}" type="#_x0000_t202"'
        ' style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:100pt;z-index:1;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _without_boxes(xml: bytes, cells: Iterable[str]) -> bytes:
    places = {_place(cell) for cell in cells}

    def left(shape: re.Match[bytes]) -> bytes:
        found = [re.search(rb"<(?:\w+:)?" + name + rb">\s*([0-9]+)\s*<", shape[0]) for name in (b"Row", b"Column")]
        is_note = b'ObjectType="Note"' in shape[0]
        gone = is_note and all(found) and tuple(int(one[1]) for one in found if one) in places
        return b"" if gone else shape[0]

    return _SHAPE.sub(left, xml)


def _place(cell: str) -> tuple[int, int]:
    """Row and column from 0."""
    found = re.fullmatch(r"([A-Z]{1,3})([1-9][0-9]*)", cell)
    assert found, cell  # noqa: S101 - only cells of the sheet are marked
    return int(found[2]) - 1, column_number(found[1]) - 1
