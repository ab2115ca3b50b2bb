"""The lines of a text file that a spreadsheet or another system wrote, within bounds of memory."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from lscb_data.sealed_file import reading
from lscb_data.workbook import UnreadableError

Text = TypeVar("Text", str, bytes)

LONGEST = 2**20  # bytes of a line
ALONE = "Save the list alone as CSV UTF-8 and send that."


def lines(path: Path) -> Iterator[str]:
    """The lines, whichever way they end. UTF-8 where a line is, else Windows-1252: some files have both.

    Raises UnreadableError for a line that is no text or has no end.
    """
    with reading(path) as file:
        mark = file.read(4)
        file.seek(3 if mark.startswith(codecs.BOM_UTF8) else 0)
        if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            with io.TextIOWrapper(file, "utf-16", errors="replace", newline="") as wide:
                yield from _whole(iter(lambda: wide.readline(LONGEST + 1), ""))
            return
        for line in _whole(_split(file)):
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError:
                yield line.decode("cp1252", errors="replace")


def _split(file: BinaryIO) -> Iterator[bytes]:
    """The lines, which a line feed, a carriage return or both may end; of one that is too long, enough to show it."""
    rest = b""
    while len(rest) <= LONGEST and (chunk := file.read(LONGEST)):
        *whole, rest = (rest + chunk).splitlines(keepends=True)
        if rest.endswith(b"\n"):  # a carriage return may be the half of an end
            whole, rest = [*whole, rest], b""
        yield from whole
    if rest:
        yield rest


def _whole(found: Iterator[Text]) -> Iterator[Text]:
    for number, line in enumerate(found, 1):
        if len(line) > LONGEST:
            raise UnreadableError("not_csv", f"Line {number:,} of the file is longer than {LONGEST:,} characters.", ALONE)
        if ("\0" if isinstance(line, str) else b"\0") in line:
            said = f"Line {number:,} of the CSV file holds binary data (NUL)."
            raise UnreadableError("not_text", said, "Save it as CSV UTF-8 and send that.")
        yield line
