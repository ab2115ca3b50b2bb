"""Files that no library here writes: OLE containers, old .xls workbooks, workbooks with some of their XML changed."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_NOT_AVAILABLE = 0x2A  # Excel's code for #N/A


def replace_in_workbook(path: Path, part: str, old: str, new: str) -> Path:
    """The same workbook with some XML of one part replaced."""
    with zipfile.ZipFile(path) as book:
        parts = {one: book.read(one) for one in book.namelist()}
    text = parts[part].decode()
    assert old in text, text[:2000]
    parts[part] = text.replace(old, new).encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE container (compound file, version 3) of these streams."""
    padded = {name: content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") for name, content in streams.items()}
    fat, data, starts = [_FAT, _END], b"", {}
    for name, content in padded.items():
        count, starts[name] = len(content) // 512, len(fat)
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
        data += content
    assert len(fat) <= 128, "one sector of addresses holds 64 kB"
    entries = [_entry("Root Entry", 5, _NONE, 1, _END, 0)]
    for number, (name, content) in enumerate(padded.items(), 1):
        following = number + 1 if number < len(padded) else _NONE
        entries.append(_entry(name, 2, following, _NONE, starts[name], len(content)))
    directory = b"".join(entries).ljust(512, b"\0")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<I", 0) + b"\xff" * 108 * 4
    table = struct.pack("<128I", *(fat + [_FREE] * (128 - len(fat))))
    return header + table + directory + data


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return head + struct.pack("<III", _NONE, right, child) + bytes(36) + struct.pack("<IQ", start, size)


def xls(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An old Excel workbook (BIFF8) of texts, numbers and, written as `#N/A`, errors; shares are shown as percentages."""
    pages = [_page(rows) for rows in sheets.values()]
    names = [name.encode("latin-1") for name in sheets]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(0x42, struct.pack("<H", 1200))
    head += b"".join(_record(0xE0, struct.pack("<HH", 0, form) + bytes(16)) for form in (0, 9))  # General, 0%
    length = len(head) + sum(4 + 8 + len(name) for name in names) + 4
    bounds = b""
    for name, page in zip(names, pages, strict=True):
        bounds += _record(0x85, struct.pack("<IBBBB", length, 0, 0, len(name), 0) + name)
        length += len(page)
    return ole({"Workbook": head + bounds + _record(0x0A, b"") + b"".join(pages)})


def _page(rows: Sequence[Sequence[object]]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    widest = max((len(row) for row in rows), default=0)
    out += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, widest, 0))
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            at = struct.pack("<HHH", number, place, 0)
            if value == "#N/A":
                out += _record(0x205, at + struct.pack("<BB", _NOT_AVAILABLE, 1))
            elif isinstance(value, int | float):
                at = struct.pack("<HHH", number, place, 0 < value < 1)
                out += _record(0x203, at + struct.pack("<d", value))
            elif value is not None:
                text = str(value).encode("utf-16-le")
                out += _record(0x204, at + struct.pack("<HB", len(text) // 2, 1) + text)
    return out + _record(0x0A, b"")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
