"""A CSV file of records, as large as it may be: read whole by the database where it is plain, record by record where it is not.

Plain is UTF-8, one delimiter, as many cells in every record as there are headings, and no blank record: the database then reads
it many times as fast. Anything else is read by Python's csv module, with the same texts in the end.
"""

import codecs
import csv
import mmap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from lscb_data.codes import CodeList
from lscb_data.contract import Sheet
from lscb_data.finding import Finding, Severity
from lscb_data.layout import lay_out
from lscb_data.period import Period
from lscb_data.screen import literal, quote
from lscb_data.spelling import clean
from lscb_data.workbook import Grid, UnreadableError, delimiter

Text = TypeVar("Text", str, bytes)

HEADINGS = ("heading_missing", "column_missing", "column_doubled", "column_unknown", "lookalike_letters", "heading_broken")
HEAD = 50  # records among which the headings stand
WIDEST = 1_000  # cells of a record
LONGEST = 2**20  # bytes of a line
BATCH = 50_000


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose headings were found: where each column stands, and what its text is parted by."""

    path: Path
    sheet: Sheet
    places: dict[str, int]
    header: int
    width: int
    mark: str
    is_plain: bool
    findings: tuple[Finding, ...]

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.sheet.columns if column.keep]


def open_csv(path: Path, sheet: Sheet, period: Period, board: str, codes: Mapping[str, CodeList]) -> CsvFile | list[Finding]:
    """The file by its headings, or the findings for which it cannot be read.

    Raises UnreadableError for what is no text.
    """
    text = "".join(line for line, _ in zip(_lines(path), range(HEAD), strict=False))
    mark = delimiter(text)
    head = [record for _, record in zip(range(HEAD), _records(iter(text.splitlines(keepends=True)), mark), strict=False)]
    cells = {(r, c): t for r, row in enumerate(head, 1) for c, cell in enumerate(row[:WIDEST], 1) if (t := clean(cell))}
    laid = lay_out(Grid(path.stem, cells), sheet, period, board, codes)
    findings = [finding for finding in laid.findings if finding.code in HEADINGS]
    if not laid.header or any(finding.severity is Severity.BLOCKER for finding in findings):
        return findings or laid.findings
    width = len(head[laid.header - 1])
    if width > WIDEST:
        return [_not_csv(f"The file has more than {WIDEST:,} headings.")]
    one_line = laid.header == 1 and not any(end in cell for cell in head[0] for end in "\r\n")
    is_plain = one_line and _is_plain(path, mark * (width - 1))
    return CsvFile(path, laid.sheet, laid.places, laid.header, width, mark, is_plain, tuple(findings))


def plain_sql(file: CsvFile) -> str:
    """A query of the file's texts, in its order, for the database: the columns that are kept, trimmed."""
    names = {f"c{number}": "varchar" for number in range(1, file.width + 1)}
    spec = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in names.items())
    kept = ", ".join(
        f"trim(coalesce(c{file.places[name]}, '')) as {quote(name)}" if name in file.places else f"'' as {quote(name)}"
        for name in file.columns
    )
    read = (
        f"read_csv({literal(str(file.path))}, header = false, skip = {file.header}, delim = {literal(file.mark)},"
        f" quote = '\"', escape = '\"', auto_detect = false, strict_mode = true, null_padding = false,"
        f" max_line_size = {LONGEST}, columns = {{{spec}}})"
    )
    return f"select 0::bigint as \"row\", '' as fault, '' as place, {kept} from {read}"  # noqa: S608 - quoted by the functions above


def batches(file: CsvFile) -> Iterator[pa.RecordBatch]:
    """The file's records as batches of texts, each with its number and with what is wrong with its shape.

    Raises UnreadableError where the file stops being CSV.
    """
    names, places = file.columns, [file.places.get(name, 0) - 1 for name in file.columns]
    numbers: list[int] = []
    faults: list[str] = []
    kept: list[list[str]] = []

    def batch() -> pa.RecordBatch:
        texts = zip(*kept, strict=True) if kept else [[] for _ in names]
        held = {"row": pa.array(numbers, pa.int64()), "fault": pa.array(faults, pa.string())}
        held["place"] = pa.array([""] * len(numbers), pa.string())
        held |= {name: pa.array(column, pa.string()) for name, column in zip(names, texts, strict=True)}
        return pa.RecordBatch.from_pydict(held)

    for number, record in enumerate(_records(_lines(file.path), file.mark), 1):
        if number <= file.header or not any(record):
            continue
        cells = len(record)
        while cells > file.width and not record[cells - 1].strip():
            cells -= 1
        numbers.append(number)
        faults.append("" if cells == file.width else "ragged")
        kept.append([record[place].strip() if 0 <= place < cells else "" for place in places])
        if len(numbers) == BATCH:
            yield batch()
            numbers, faults, kept = [], [], []
    if numbers:
        yield batch()


def _records(lines: Iterator[str], mark: str) -> Iterator[list[str]]:
    number = 0
    try:
        for record in csv.reader(lines, delimiter=mark, strict=True):
            number += 1
            yield record
    except csv.Error as error:
        raise UnreadableError(
            "not_csv", f"The file is not CSV after record {number} ({error}).",
            "Look for a quotation mark that nobody closes; save it as CSV UTF-8 and send that.",
        ) from None  # fmt: skip


def _lines(path: Path) -> Iterator[str]:
    """The file's lines as text. UTF-8 where a line is, else Windows-1252: some files have both."""
    with path.open("rb") as file:
        mark = file.read(4)
        file.seek(0)
        if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            with codecs.open(str(path), encoding="utf-16") as wide:
                yield from _whole(wide.readline)
            return
        file.seek(3 if mark.startswith(codecs.BOM_UTF8) else 0)
        for line in _whole(file.readline):
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError:
                yield line.decode("cp1252", errors="replace")


def _whole(read: Callable[[int], Text]) -> Iterator[Text]:
    while line := read(LONGEST + 1):
        if len(line) > LONGEST:
            raise _unreadable(f"A line of the file is longer than {LONGEST:,} characters.")
        if ("\0" if isinstance(line, str) else b"\0") in line:
            raise UnreadableError("not_text", "The CSV file holds binary data (NUL).", "Save it as CSV UTF-8 and send that.")
        yield line


def _is_plain(path: Path, marks: str) -> bool:
    """Whether none of its lines is blank, but for the marks between its cells. What it cannot tell, the database will."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        odd = (b"\0", b"\n\n", b"\n\r\n", b"\r\r", b'\n""', b"\n" + marks.encode(), codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        return all(data.find(one) < 0 for one in odd)


def _not_csv(message: str) -> Finding:
    return Finding("not_csv", Severity.BLOCKER, message, "Save the list alone as CSV UTF-8 and send that.")


def _unreadable(message: str) -> UnreadableError:
    finding = _not_csv(message)
    return UnreadableError(finding.code, finding.message, finding.fix)
