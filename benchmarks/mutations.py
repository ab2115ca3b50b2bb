"""Files altered as accidents and ill will alter them: bytes, zips, XML, CSV and the cells of workbooks; the same for a seed."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from openpyxl import load_workbook

Bytes = Callable[[bytes, Random], bytes]

TEXTS = [
    "", " ", "\u00a0", "=1+1", "=cmd|'/c calc'!A1", "@SUM(A1)", "+1", "-1", "-0", "--1", "1e309", "1e-400", "1E5", "NaN", "inf",
    "-Infinity", "9" * 18, "9" * 19, "9" * 400, "0." + "3" * 400, "1,000", "1.000,5", "1 000", "１２", "١٢", "½", "²", "12²",
    "0x10", "1_000", "50%", "-5%", "1e9%", "%", "<5", "<=5", "5-9", ">", "about", "31/02/2015", "00/00/0000", "01/01/0001",
    "31/12/9999", "32/13/2015", "2015-13-01", "29/02/1900", "2015-03-31T24:00:00", "2015-03-31T00:00:00+14:00", "1/1/1",
    "Apr-14", "April 20145", "Q5", "2014-15 Q9", "\U0001f4a9", "\u202eabc", "e\u0301" * 50, "\ufeff", "\ufffe", "\u2028",
    "'; drop table staging.submissions; --", '"', "'", "{board}", "{0}", "{", "%s", "%(x)s", "../../etc/passwd", "C:\\x", "\\",
    "<b>&amp;</b>", "]]>", "None", "null", "N/A", "#REF!", "#DIV/0!", "TRUE", "x\ny", "x\r\ny", "x\ty", "LSCB_KEY", "NEG",
    "A" * 32_767, "①", "WBRI", "Cambridgeshire", "Number of", "Total", "Q1", "0", "1", "0.5", "1000000",
]  # fmt: skip
ODD: list[Any] = [
    1e308, -1e308, 5e-324, 10**30, -1, 0.1 + 0.2, 2**63, True, None,
    datetime(9999, 12, 31), datetime(1900, 1, 1), time(3, 4),  # noqa: DTZ001 - as cells hold them
    timedelta(days=-3), "=A1", "=1/0", '=HYPERLINK("http://example.org","x")', "=WEBSERVICE(A1)",
]  # fmt: skip


# any file


def flipped(content: bytes, rng: Random) -> bytes:
    out = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        if out:
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def left_out(content: bytes, rng: Random) -> bytes:
    begin, end = _span(content, rng)
    return content[:begin] + content[end:]


def spliced(content: bytes, rng: Random) -> bytes:
    begin, end = _span(content, rng)
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[begin:end] + content[at:]


def zeroed(content: bytes, rng: Random) -> bytes:
    begin, end = _span(content, rng)
    return content[:begin] + bytes(end - begin) + content[end:]


def strewn(content: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.randbytes(rng.choice([1, 4, 300])) + content[at:]


def _span(content: bytes, rng: Random) -> tuple[int, int]:
    begin = rng.randrange(len(content) + 1)
    return begin, min(len(content), begin + rng.choice([1, 16, 512, 20_000]))


# XML


LEAF = re.compile(rb"<([A-Za-z][\w:.-]*)((?:\s[^<>]*)?)>([^<]*)</\1>")
TAG = re.compile(rb"<(/?)([A-Za-z][\w:.-]*)([^<>]*?)(/?)>")


def element(content: bytes, rng: Random) -> bytes:
    """One element altered, nested, repeated or left out."""
    leaves = list(LEAF.finditer(content))
    tags = list(TAG.finditer(content))
    if not tags:
        return strewn(content, rng)
    found = rng.choice(leaves or tags)
    name, whole = (found[1], found[0]) if leaves else (found[2], found[0])
    other = rng.choice(tags)[2]
    ways: list[Callable[[], bytes]] = [
        lambda: whole * rng.choice([2, 50, 3000]),
        lambda: b"",
        lambda: b"<%b>" % name * 3 + whole + b"</%b>" % name * 3,
        lambda: b"<%b>" % name * 5000,
        lambda: b"<%b/>" % name,
        lambda: whole.replace(name, other),
        lambda: whole.replace(name, name.swapcase()),
        lambda: whole.replace(name, b"x:" + name),
        lambda: b"<!-- " + whole + b" -->",
        lambda: b"<![CDATA[" + whole + b"]]>",
        lambda: b"<?php " + whole + b"?>",
        lambda: b'<!DOCTYPE a [<!ENTITY b "c">]>' + whole,
        lambda: whole + b"&b;",
        lambda: whole + b"&#0;",
        lambda: whole + b"&#xD800;",
        lambda: whole.replace(b">", b' xmlns="urn:x" xsi:nil="true">', 1),
        lambda: whole.replace(b">", b" a='%b'>" % (b"b" * 100_000), 1),
    ]
    return content[: found.start()] + rng.choice(ways)() + content[found.end() :]


def text(content: bytes, rng: Random) -> bytes:
    """The texts of some elements replaced by others that nobody should send."""
    for _ in range(rng.choice([1, 1, 5, 40])):
        if not (leaves := list(LEAF.finditer(content))):
            return element(content, rng)
        found, said = rng.choice(leaves), rng.choice(TEXTS)
        if rng.random() < 0.8:
            said = said.replace("&", "&amp;").replace("<", "&lt;")
        content = content[: found.start(3)] + said.encode() + content[found.end(3) :]
    return content


def branch(content: bytes, rng: Random) -> bytes:
    """All that one element holds repeated, moved or left out."""
    tags = [tag for tag in TAG.finditer(content) if not tag[1] and not tag[4]]
    if not tags:
        return strewn(content, rng)
    begins = rng.choice(tags)
    end = content.find(b"</%b>" % begins[2], begins.end())
    end = len(content) if end < 0 else end + len(begins[2]) + 3
    held = content[begins.start() : end]
    at = rng.choice(tags).start()
    return rng.choice(
        [
            content[:end] + held * rng.choice([1, 20]) + content[end:],
            content[: begins.start()] + content[end:],
            content[:at] + held + content[at:],
        ]
    )


def declared(content: bytes, rng: Random) -> bytes:
    """In another encoding than it says, or by another version."""
    encoding = rng.choice(["utf-16", "utf-16-le", "cp1252", "utf-32", "utf-7", "latin-1"])
    head = rng.choice(
        [b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="%b"?>' % encoding.encode(), b"\xef\xbb\xbf", b""]
    )
    content = re.sub(rb"^<\?xml[^>]*>", lambda _: head, content)
    return _encoded(content, encoding) if rng.random() < 0.5 else content


def _encoded(content: bytes, encoding: str) -> bytes:
    return content.decode("utf-8", "replace").encode(encoding, "replace")


# CSV


def quoted(content: bytes, rng: Random) -> bytes:
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    cells = lines[at].split(b",")
    place = rng.randrange(len(cells))
    cells[place] = rng.choice(
        [b'"%b', b'%b"', b'"%b"', b'"%b""', b'""%b', b"'%b'", b'"%b\n"', b'"%b,"', b'" %b" x', b'"""']
    ).replace(b"%b", cells[place])
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def encoded(content: bytes, rng: Random) -> bytes:
    return _encoded(
        content, rng.choice(["utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "utf-7", "cp037", "shift_jis"])
    )


def delimited(content: bytes, rng: Random) -> bytes:
    return content.replace(b",", rng.choice([b";", b"\t", b"|", b" ", b",,", b":", b"\0", b"\x1f"]))


def ended(content: bytes, rng: Random) -> bytes:
    return content.replace(
        b"\n", rng.choice([b"\r", b"\r\n", b"\n\n", b"\n\r", b"\x0b", b"\x85", b"\xe2\x80\xa8", b"", b",\n"])
    )


def stuffed(content: bytes, rng: Random) -> bytes:
    """Something put in that is far too long, or no text."""
    at = rng.choice([0, len(content), *(m.end() for m in re.finditer(rb"[,\n]", content[:50_000]))])
    what = rng.choice(
        [
            b"\0", b"\0" * 5000, b"\x1a", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"x" * 300_000,
            b"," * 100_000, b"\n" * 100_000, b'"' * 9999, b'"' + b"y" * 3_000_000, b",\n" * 50_000, b"\r" * 999, b'""' * 5000,
        ]
    )  # fmt: skip
    return content[:at] + what + content[at:]


def rows(content: bytes, rng: Random) -> bytes:
    """Rows left out, repeated, shuffled, made ragged or moved above the headings."""
    lines = content.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    ways: list[Callable[[], list[bytes]]] = [
        lambda: lines[:at] + lines[at + 1 :],
        lambda: lines[:at] + [lines[at]] * rng.choice([2, 3000]) + lines[at:],
        lambda: lines[1:],
        lambda: [lines[0], *lines],
        lambda: [*lines[:at], lines[other], *lines[at:]],
        lambda: rng.sample(lines, len(lines)),
        lambda: [*lines[:at], lines[at] + b"," * rng.choice([1, 30]), *lines[at + 1 :]],
        lambda: [*lines[:at], lines[at].rpartition(b",")[0], *lines[at + 1 :]],
        lambda: [b"title", b"", *lines],
        lambda: lines * rng.choice([2, 200]),
    ]
    return b"\n".join(rng.choice(ways)())


def cells(content: bytes, rng: Random) -> bytes:
    """Cells replaced by what nobody should send; now and then a whole column, or a heading."""
    table = [line.split(b",") for line in content.split(b"\n")]
    for _ in range(rng.choice([1, 1, 3, 30])):
        row = rng.choice(table[: rng.choice([1, len(table)])])
        said = rng.choice(TEXTS)
        row[rng.randrange(len(row))] = (f'"{said}"' if set(said) & set(',"\n') else said).encode()
    if rng.random() < 0.2:
        place, said = rng.randrange(len(table[0])), rng.choice(TEXTS).encode().replace(b",", b"")
        for row in table[1:]:
            if place < len(row):
                row[place] = said
    return b"\n".join(b",".join(row) for row in table)


# zips and workbooks


def member(content: bytes, rng: Random) -> bytes:
    """One part of the zip altered, left out, doubled, renamed, or made huge."""
    if not (parts := _parts(content)):
        return flipped(content, rng)
    name = rng.choice(sorted(parts))
    way = rng.choice(["altered", "altered", "altered", "text", "text", "absent", "renamed", "huge", "empty", "another"])
    if way == "altered":
        parts[name] = rng.choice([*BYTES, element, branch])(parts[name], rng)
    elif way == "text":
        parts[name] = text(parts[name], rng)
    elif way == "absent":
        del parts[name]
    elif way == "renamed":
        parts[rng.choice(["../" + name, name.upper(), "/" + name, name.replace("/", "\\"), "x", name + "\0"])] = parts.pop(name)
    elif way == "huge":
        parts[name] += rng.choice([b" ", b"<a/>", b"x"]) * 5_000_000
    elif way == "empty":
        parts[name] = b""
    else:
        parts[name] = parts[rng.choice(sorted(parts))]
    return _zip(parts)


def numbered(content: bytes, rng: Random) -> bytes:
    """A number in one part's XML (of a style, a text, a place, a count) made another."""
    parts = _parts(content)
    if not (names := sorted(name for name in parts if name.endswith(".xml") and re.search(rb'="\d+"', parts[name]))):
        return flipped(content, rng)
    name = rng.choice(names)
    found = rng.choice(list(re.finditer(rb'="(\d+)"', parts[name])))
    said = rng.choice([b"-1", b"0", b"99999999999", b"4294967296", b"1e9", b"", b"x", b"2147483648", b"65536"])
    parts[name] = parts[name][: found.start(1)] + said + parts[name][found.end(1) :]
    return _zip(parts)


def sheets(content: bytes, rng: Random) -> bytes:
    """Cells, headings, sheets and their names altered as a person with Excel could."""
    try:
        book = load_workbook(io.BytesIO(content))
    except Exception:  # noqa: BLE001 - altered before, so that it is none any more
        return member(content, rng)
    if not book.worksheets:
        return member(content, rng)
    for _ in range(rng.choice([1, 1, 2, 10])):
        page = rng.choice(book.worksheets)
        if page.max_row > 5000:  # openpyxl would go through every row, and every column
            continue
        last = (max(1, min(page.max_row, 2000)), max(1, min(page.max_column, 200)))
        way, row, column = rng.random(), rng.randint(1, last[0]), rng.randint(1, last[1])
        try:
            if way < 0.5:
                at = page.cell(rng.choice([row, min(row, 4)]), column)
                at.value = rng.choice(ODD + TEXTS)
                at.number_format = rng.choice(
                    ["General", "General", "0%", "dd/mm/yyyy", "@", '"x"0', "[h]:mm", "0.00E+00", ";;;"]
                )
            elif way < 0.58:
                page.title = rng.choice(
                    ["x", "Sheet1", "'", page.title.upper(), page.title + " ", "List 7", "Feedback", "é" * 31]
                )
            elif way < 0.66:
                rng.choice([page.insert_rows, page.delete_rows])(row, rng.choice([1, 1, 40]))
            elif way < 0.74:
                rng.choice([page.insert_cols, page.delete_cols])(column, rng.choice([1, 1, 9]))
            elif way < 0.8:
                page.merge_cells(
                    start_row=row, end_row=row + rng.randint(0, 9), start_column=column, end_column=column + rng.randint(0, 9)
                )
            elif way < 0.85:
                page.cell(rng.choice([70_000, 1_048_576]), rng.choice([1, 300, 16_384]), rng.choice(TEXTS))
            elif way < 0.9:
                page.sheet_state = rng.choice(["hidden", "veryHidden"])
            elif way < 0.95:
                book.copy_worksheet(page)
            elif len(book.worksheets) > 1:
                book.remove(page)
            else:
                page.move_range(f"A1:C{last[0]}", rows=rng.randint(0, 5), cols=rng.randint(0, 5))
        except Exception:  # noqa: BLE001, S112 - openpyxl will not have it
            continue
    out = io.BytesIO()
    try:
        book.save(out)
    except Exception:  # noqa: BLE001 - nor that
        return member(content, rng)
    return still(out.getvalue())


def still(content: bytes) -> bytes:
    """The workbook without the time when it was written: the same seed makes the same bytes."""
    parts = _parts(content)
    for name in parts:
        if name.startswith("docProps/"):
            parts[name] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2015-04-01T00:00:00Z", parts[name])
    return _zip(parts)


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return {one.filename: book.read(one) for one in book.infolist()}
    except Exception:  # noqa: BLE001 - altered before, so that it is none any more
        return {}


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, held in parts.items():
            book.writestr(zipfile.ZipInfo(name), held, zipfile.ZIP_DEFLATED)
    return out.getvalue()


BYTES: list[Bytes] = [flipped, cut, left_out, spliced, zeroed, strewn]
OF: dict[str, list[Bytes]] = {  # by the file's ending; what goes deeper more often
    ".csv": [*BYTES, quoted, quoted, encoded, delimited, ended, stuffed, rows, rows, cells, cells, cells],
    ".xml": [*BYTES, element, element, element, text, text, text, branch, branch, declared, stuffed],
    ".xlsx": [flipped, cut, zeroed, member, member, member, numbered, numbered, *[sheets] * 6],
    ".xls": BYTES,
}


def mutated(content: bytes, suffix: str, rng: Random) -> tuple[bytes, list[str]]:
    """The file with one to three of these done to it, and their names. Never the same bytes for lack of any."""
    done = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        way = rng.choice(OF[suffix])
        content = way(content, rng)
        done.append(way.__name__)
    return content, done
