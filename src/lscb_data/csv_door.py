"""A CSV file of records, as large as it may be: read by Arrow where it is plain, record by record where it is not.

Plain is UTF-8, one delimiter, no blank record and no quotation mark inside a cell: Arrow then reads it many times as fast.
Anything else is read by Python's csv module, with the same texts in the end.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.csv_lines import ALONE, LONGEST, lines
from lscb_data.finding import Finding, Severity
from lscb_data.layout import lay_out
from lscb_data.period import Period
from lscb_data.sealed_file import reading
from lscb_data.sheet import Sheet
from lscb_data.spelling import clean
from lscb_data.workbook import MOST_COLUMNS, Grid, UnreadableError, delimiter, refuse_other_kinds

HEADINGS = (
    "heading_missing",
    "column_missing",
    "column_doubled",
    "column_unknown",
    "lookalike_letters",
    "heading_broken",
    "alias_used",
)
HEAD = 50  # records among which the headings stand
BATCH = 50_000
BLOCK = 2**24  # bytes


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
    refuse_other_kinds(path)
    first = list(islice(lines(path), HEAD))
    if len(first) < HEAD and not any(map(clean, first)):
        raise UnreadableError("empty_file", "The file is blank: it has neither headings nor rows.", "Send it filled in.")
    mark = delimiter("".join(first))
    head = list(islice(_records(iter(first), mark), HEAD))
    cells = {(r, c): t for r, row in enumerate(head, 1) for c, cell in enumerate(row[:MOST_COLUMNS], 1) if (t := clean(cell))}
    laid = lay_out(Grid(path.stem, cells), sheet, period, board, codes)
    findings = [finding for finding in laid.findings if finding.code in HEADINGS]
    if not laid.header or any(finding.severity is Severity.BLOCKER for finding in findings):
        return findings or laid.findings
    width = len(head[laid.header - 1])
    if width > MOST_COLUMNS:
        return [Finding("not_csv", Severity.BLOCKER, f"The file has more than {MOST_COLUMNS:,} headings.", ALONE)]
    one_line = laid.header == 1 and not any(end in cell for cell in head[0] for end in "\r\n")
    is_plain = one_line and _is_plain(path, mark, width)
    return CsvFile(path, laid.sheet, laid.places, laid.header, width, mark, is_plain, tuple(findings))


def plain_batches(file: CsvFile) -> Iterator[pa.RecordBatch]:
    """What `batches` gives, of a plain file, with each column as its different texts and where they stand.

    Raises pyarrow.ArrowInvalid where the file is not as plain as it looked: its words can hold what stood in a cell.
    """
    numbers = {file.places[name]: name for name in file.columns if name in file.places}
    names = [f"c{number}" for number in range(1, file.width + 1)]
    ragged: list[int] = []

    def of_another_width(record: pa_csv.InvalidRow) -> str:
        if record.actual_columns > record.expected_columns:  # those over may all be blank
            return "error"
        ragged.append(record.number)
        return "skip"

    options = (
        pa_csv.ReadOptions(use_threads=False, block_size=BLOCK, skip_rows=file.header, column_names=names),
        pa_csv.ParseOptions(delimiter=file.mark, newlines_in_values=True, invalid_row_handler=of_another_width),
        pa_csv.ConvertOptions(
            include_columns=[f"c{number}" for number in numbers],
            column_types={f"c{number}": _kind(file.sheet.column(name)) for number, name in numbers.items()},
        ),
    )
    number = file.header + 1
    with reading(file.path) as content, pa_csv.open_csv(content, *options) as read:
        for batch in read:
            late = sum(one < number + batch.num_rows + at for at, one in enumerate(ragged))
            here, ragged[:late] = ragged[:late], []
            rows = np.setdiff1d(np.arange(number, number + batch.num_rows + late), here, assume_unique=True)
            number += batch.num_rows + late
            given = dict(zip(numbers.values(), batch.columns, strict=True))
            yield _batch(rows, "", [given.get(name) for name in file.columns], file.columns)
            if here:
                yield _batch(here, "ragged", [None] * len(file.columns), file.columns)
    if ragged:
        yield _batch(ragged, "ragged", [None] * len(file.columns), file.columns)


def _kind(column: Column) -> pa.DataType:
    """An identifier is another on nearly every row; other texts come again and again."""
    return pa.string() if column.is_identifier else pa.dictionary(pa.int32(), pa.string())


def _batch(numbers: Any, faults: list[str] | str, columns: list[pa.Array | None], names: list[str]) -> pa.RecordBatch:
    """Texts by column, blank where there is no column; `faults` of each record, or of all of them."""
    blank = pa.repeat("", len(numbers))
    said = pa.repeat(faults, len(numbers)) if isinstance(faults, str) else pa.array(faults, pa.string())
    held = [pa.array(numbers, pa.int64()), said, blank]
    return pa.RecordBatch.from_arrays(
        [*held, *(blank if column is None else column for column in columns)], names=["row", "fault", "place", *names]
    )


def batches(file: CsvFile) -> Iterator[pa.RecordBatch]:
    """The file's records as batches of texts, each with its number and with what is wrong with its shape.

    Raises UnreadableError where the file stops being CSV.
    """
    names, places = file.columns, [file.places.get(name, 0) - 1 for name in file.columns]
    numbers: list[int] = []
    faults: list[str] = []
    kept: list[list[str]] = []
    room = BLOCK  # characters that the batch may still hold

    def batch() -> pa.RecordBatch:
        return _batch(numbers, faults, [pa.array(column, pa.string()) for column in zip(*kept, strict=True)], names)

    for number, record in enumerate(_records(lines(file.path), file.mark), 1):
        if number <= file.header or not any(record):
            continue
        cells = len(record)
        while cells > file.width and not record[cells - 1].strip():
            cells -= 1
        numbers.append(number)
        faults.append("" if cells == file.width else "ragged")
        kept.append([record[place].strip() if 0 <= place < cells else "" for place in places])
        room -= sum(map(len, kept[-1]))
        if len(numbers) == BATCH or room < 0:
            yield batch()
            numbers, faults, kept, room = [], [], [], BLOCK
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


def _is_plain(path: Path, mark: str, width: int) -> bool:
    """Whether none of its records is blank, and quotation marks stand at the edges of cells only."""
    edges = np.frombuffer(f"{mark}\r\n".encode(), np.uint8)
    rest = b""
    with reading(path) as file:
        file.seek(3 if file.read(3) == codecs.BOM_UTF8 else 0)
        while block := file.read(BLOCK):
            lines, end, rest = (rest + block).rpartition(b"\n")
            if len(rest) > LONGEST or b"\0" in block or not _is_plain_text(lines + end, edges, width):
                return False
    return _is_plain_text(rest + b"\n" if rest else b"", edges, width)


def _is_utf_8(text: bytes) -> bool:
    """Arrow asks so of the cells that it reads, but cannot say of a ragged record that it is not."""
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False


def _is_plain_text(lines: bytes, edges: NDArray[np.uint8], width: int) -> bool:
    if not lines:
        return True
    if not _is_utf_8(lines):
        return False
    held = np.frombuffer(lines, np.uint8)
    first = np.append(0, np.flatnonzero(held[:-1] == ord("\n")) + 1)  # of each line
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):  # it ends a line, or stands in a cell
        return False
    blank = first  # so far: a line of nothing but marks
    for cell in range(width):
        if np.isin(held[blank + cell], edges[1:]).any():
            return False
        blank = blank[held[blank + cell] == edges[0]]
    if len(blank):
        return False
    if b'"' not in lines:
        return True
    marks = np.flatnonzero(held == ord('"'))
    opens, closes = marks[::2], marks[1::2]
    if len(opens) > len(closes):
        return False
    edges_before = np.isin(held[opens - 1], edges) | (opens == 0)
    quoted = first[held[first] == ord('"')]  # the line may be blank
    return bool((edges_before & np.isin(held[closes + 1], edges)).all() and not (held[quoted + 1] == ord('"')).any())
