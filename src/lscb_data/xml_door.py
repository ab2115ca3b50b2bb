"""From an XML file to streams of text rows: by the paths that a contract declares, knowing no element's name itself."""

from collections.abc import Callable, Iterator, Sequence, Set
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lscb_data.finding import Finding, Severity
from lscb_data.spelling import clean
from lscb_data.workbook import UnreadableError
from lscb_data.xml_feed import DEEPEST, LONGEST, fed, parser_of_text, place, refusal, refuse_long, too_long
from lscb_data.xml_paths import ELSEWHERE, WITHIN, SheetRows, Step, XmlRows, keep, laid_out, step_to

LONGEST_READ = 250  # characters of a text that is read: one may be said again in each of a record's rows
_LARGEST_RECORD = 10 * 2**20  # bytes: its rows wait in memory for its end, as a row may need what stands after it
_PEEK = 2**20  # bytes: what a file says of itself stands at its beginning
LIKE = 0.9  # of two names, where 1 is the same


def read_xml(
    path: Path,
    record: str,
    sheets: Sequence[XmlRows],
    batch: int = 50_000,
    *,
    left_alone: Sequence[str] = (),
    remarks: list[Finding] | None = None,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Batches of each sheet's rows, in the file's order: `row` (from 1), `place` (its line), and a text for each column.

    A text is '' where its element is absent or empty. The texts of an element that stands several times are joined, whatever
    its name, with ";", which no date, code or number allows. A fault may be met after batches were given: they count only once
    all were. Then `remarks` has a query for what stands in the records and is neither read nor `left_alone`, and for
    a sheet that no row came for. Raises UnreadableError for a file that is not whole, safe XML with at least one record,
    and ValueError for paths that cannot be read in one pass.
    """
    root, laid = laid_out(record, sheets, left_alone)
    rows = {name for sheet in sheets for name in f"{record}/{sheet.rows}".strip("/.").split("/")}
    return _batches(path, _Reading(root, "/" + record.strip("/"), rows), laid, batch, [] if remarks is None else remarks)


def peek(path: Path, paths: Sequence[str]) -> dict[str, str]:
    """The texts of these elements ("/a/b"), '' where there is none, and under "" the name of the root element.

    Reads until all are found, at most the first megabyte. Raises UnreadableError as `read_xml` does.
    """
    root = Step("", is_kept_for=True)
    for one in paths:
        keep(step_to(root, one), 0)
    reading = _Reading(root)
    for read in fed(path, reading.parser, reading.parts):
        found = reading.kept[0]
        if reading.root and (read >= _PEEK or all(one in found for one in paths)):
            break
    return {"": reading.root} | {one: clean(reading.kept[0].get(one, "")) for one in paths}


class _Reading:
    """A file as far as it is read: what stands open in the declared tree, and the texts kept for it."""

    def __init__(self, document: Step, record: str = "", rows: Set[str] = frozenset()) -> None:
        self.record = record
        self.rows = rows  # names of the elements that hold rows
        self.looked_at: set[tuple[str, str]] = set()  # names of elements that nobody declared, and what they stand in
        self.parts: list[str] = []  # of the text that is being read
        self.parser = parser_of_text(self.parts)
        self.kept: list[dict[str, str]] = [{} for _ in range(DEEPEST + 1)]  # by the depth they are kept for: path to text
        self.root = ""
        self.records = 0
        self.record_began: int | None = None  # at which byte, while a record stands open
        self.unknown: dict[str, tuple[int, str]] = {}  # elements that nobody declared, by what they stand in: how many, where
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._handlers(document, record)

    def _handlers(self, document: Step, record: str) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        # Local names, not attributes: these two run for every element of a file.
        parser, parts, kept, standing = self.parser, self.parts, self.kept, [document]
        record_depth = record.count("/")
        waiting: list[tuple[SheetRows, str, list[dict[str, str]]]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            above = standing[-1]
            if parts and not above.is_text:
                if len(parts) > 1:
                    refuse_long(parser, parts)
                parts.clear()
            if attributes and max(map(len, attributes.values())) > LONGEST:
                raise too_long(parser)
            if ":" in name:
                name = name.rpartition(":")[2]
            step = above.below.get(name) or (WITHIN if above.is_text else ELSEWHERE)
            if step is ELSEWHERE and len(standing) > 1 and standing[1] is not ELSEWHERE:
                self._unread(name, above, len(standing) > record_depth)
            depth = len(standing)
            standing.append(step)
            if depth > DEEPEST:
                raise refusal("xml_too_deep", f"has more than {DEEPEST} elements inside one another", parser)
            if step.is_kept_for:
                kept[depth] = {}
                for sheet in step.sheets:
                    waiting.append((sheet, place(parser), [kept[up] for up, _ in sheet.sources]))
            if depth == record_depth and step.path == record:
                self.records += 1
                self.record_began = parser.CurrentByteIndex
            if depth == 1:
                self.root = name

        def end(_: str) -> None:
            step = standing.pop()
            if step is WITHIN:
                return
            if step.keeps_for:
                text = parts[0] if len(parts) == 1 else "".join(parts)
                for depth in step.keeps_for:
                    if self.records and depth < record_depth:
                        raise refusal("xml_out_of_order", f"has its {step.path.strip('/')} after the first {record}", parser)
                    before = kept[depth].get(step.read_as)
                    if not before or before.isspace():
                        kept[depth][step.read_as] = text
                    elif text and not text.isspace():
                        kept[depth][step.read_as] = text = f"{before};{text}"
                if len(text) > LONGEST_READ:
                    said = f"has a {step.path.strip('/')} longer than {LONGEST_READ} characters"
                    raise refusal("xml_too_long", said, parser, "Put it right where it is kept, and export the file again.")
            if parts:
                if len(parts) > 1:
                    refuse_long(parser, parts)
                parts.clear()
            if self.records and len(standing) == record_depth and step.path == record:
                for sheet, where, texts in waiting:
                    found = zip(texts, sheet.sources, strict=True)
                    sheet.rows.append([where, *[held.get(path, "") for held, (_, path) in found]])
                waiting.clear()
                self.record_began = None

        return start, end

    def _unread(self, name: str, above: Step, in_record: bool) -> None:
        """Counts an element that nobody declared; raises UnreadableError for one that seems to be misspelt or to stand where
        it is not read, for what it holds would be lost."""
        if above is not ELSEWHERE and in_record:
            number, first = self.unknown.get(above.path, (0, ""))
            self.unknown[above.path] = number + 1, first or place(self.parser)
        if (name, above.path) in self.looked_at:
            return
        self.looked_at.add((name, above.path))
        below = (one for one, step in above.below.items() if not step.left_alone)
        read = {one.lower(): one for one in [*self.rows, *below]}
        for like in get_close_matches(name.lower(), read, 1, LIKE):
            raise refusal(
                "xml_row_elsewhere", f"has an element that is named {read[like]}, or nearly so, where none is read",
                self.parser,
                f"Put it where the DfE's guide has {read[like]}, spelt so: what it holds would be lost.",
            )  # fmt: skip

    def remarks(self, sheets: list[SheetRows]) -> Iterator[Finding]:
        """What is to be asked about once the whole file was read."""
        for path, (number, first) in self.unknown.items():
            yield Finding(
                "xml_element_unknown", Severity.QUERY,
                f"What stands here inside {path.strip('/')} is no element of this return"
                f"{f' (and so are {number - 1:,} more)' if number > 1 else ''}; it was not read.",
                "Spell it as the DfE's guide does, take it out, or agree with the Board what it holds.", cell=first,
            )  # fmt: skip
        empty = [sheet.path for sheet in sheets if not sheet.given]
        for path in empty:
            if not any(path.startswith(f"{other}/") for other in empty):
                yield Finding(
                    "xml_rows_none", Severity.QUERY, f"The XML file has no {path.strip('/')} at all.",
                    "If there was none in the whole period, say so; else export the file again with them.",
                )  # fmt: skip


def _batches(
    path: Path, reading: _Reading, sheets: list[SheetRows], batch: int, remarks: list[Finding]
) -> Iterator[tuple[str, pa.RecordBatch]]:
    record = reading.record
    for read in fed(path, reading.parser, reading.parts):
        if reading.record_began is not None and read - reading.record_began > _LARGEST_RECORD:
            raise refusal("xml_too_large", f"has a record larger than {_LARGEST_RECORD // 2**20} MB", reading.parser)
        for sheet in sheets:
            while len(sheet.rows) >= batch:
                yield sheet.name, _batch(sheet, batch)
    if not reading.records:
        first = record.strip("/").partition("/")[0]
        other = "" if reading.root == first else f"; its first tag is not <{first}>"
        raise UnreadableError(
            "xml_no_records",
            f"The XML file has no {record.strip('/')}{other}.",
            "Check that the file is of this return and year, and that the export was not empty.",
        )
    for sheet in sheets:
        if sheet.rows:
            yield sheet.name, _batch(sheet, batch)
    remarks += reading.remarks(sheets)


def _batch(sheet: SheetRows, size: int) -> pa.RecordBatch:
    rows = sheet.rows[:size]
    del sheet.rows[:size]
    places, *texts = (pa.array(column, pa.string()) for column in zip(*rows, strict=True))
    numbers = pa.array(range(sheet.given + 1, sheet.given + 1 + len(rows)), pa.int64())
    sheet.given += len(rows)
    return pa.RecordBatch.from_arrays([numbers, places, *map(_cleaned, texts)], names=["row", "place", *sheet.columns])


def _cleaned(texts: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(texts, "[^!-~]")).as_py():  # no blank of any kind: nothing to clean
        return texts
    different = texts.dictionary_encode()
    return pa.array(map(clean, different.dictionary.to_pylist()), pa.string()).take(different.indices)
