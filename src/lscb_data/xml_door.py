"""From an XML file to streams of text rows: by the paths that a contract declares, knowing no element's name itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lscb_data.spelling import clean
from lscb_data.workbook import UnreadableError
from lscb_data.xml_feed import DEEPEST, LONGEST, fed, parser_of_text, place, refusal, refuse_long, too_long

_LARGEST_RECORD = 10 * 2**20  # bytes: its rows wait in memory for its end, as a row may need what stands after it
_PEEK = 2**20  # bytes: what a file says of itself stands at its beginning
LIKE = 0.9  # of two names, where 1 is the same


@dataclass(frozen=True)
class XmlRows:
    """What a contract's sheet says of its rows in XML."""

    name: str
    rows: str  # the path of a row's element below the record; "." is the record itself
    columns: Mapping[str, str]  # name to path from the row's element: "a", ".", "../b", "../../c/d"; "/e/f" from the root


@dataclass(eq=False, slots=True)
class _Step:
    """An element on the way to something declared."""

    path: str
    below: dict[str, "_Step"] = field(default_factory=dict)
    keeps_for: list[int] = field(default_factory=list)  # depths of the elements that its text is kept for
    is_text: bool = False  # and so is all that stands inside it
    is_kept_for: bool = False  # texts are kept for this element
    sheets: list["_Sheet"] = field(default_factory=list)  # those it is a row of


_ELSEWHERE, _WITHIN = _Step(""), _Step("", is_text=True)  # not declared; not declared, but inside a text that is


@dataclass(eq=False)
class _Sheet:
    name: str
    columns: tuple[str, ...]
    sources: list[tuple[int, str]] = field(default_factory=list)  # a column's element: read from which depth, path
    rows: list[list[str]] = field(default_factory=list)  # those complete and not yet given out
    given: int = 0


def read_xml(path: Path, record: str, sheets: Sequence[XmlRows], batch: int = 50_000) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Batches of each sheet's rows, in the file's order: `row` (from 1), `place` (its line), and a text for each column.

    A text is '' where its element is absent or empty. The texts of an element that stands several times are joined
    with ";", which no date, code or number allows. A fault may be met after batches were given: they count only once
    all were. Raises UnreadableError for a file that is not whole, safe XML with at least one record, and ValueError
    for paths that cannot be read in one pass.
    """
    root, laid = _laid_out(record, sheets)
    rows = {name for sheet in sheets for name in f"{record}/{sheet.rows}".strip("/.").split("/")}
    return _batches(path, _Reading(root, "/" + record.strip("/"), rows), laid, batch)


def peek(path: Path, paths: Sequence[str]) -> dict[str, str]:
    """The texts of these elements ("/a/b"), '' where there is none, and under "" the name of the root element.

    Reads until all are found, at most the first megabyte. Raises UnreadableError as `read_xml` does.
    """
    root = _Step("", is_kept_for=True)
    for one in paths:
        _keep(_step(root, one), 0)
    reading = _Reading(root)
    for read in fed(path, reading.parser, reading.parts):
        found = reading.kept[0]
        if reading.root and (read >= _PEEK or all(one in found for one in paths)):
            break
    return {"": reading.root} | {one: clean(reading.kept[0].get(one, "")) for one in paths}


def _laid_out(record: str, sheets: Sequence[XmlRows]) -> tuple[_Step, list[_Sheet]]:
    """The tree of everything declared, from the document down, and the sheets that wait for rows."""
    root = _Step("", is_kept_for=True)
    record = _step(root, record).path
    laid = []
    for sheet in sheets:
        row = _step(root, f"{record}/{sheet.rows}".removesuffix("/."))
        one = _Sheet(sheet.name, tuple(sheet.columns))
        for relative in sheet.columns.values():
            depth, path = _from_root(row.path, relative)
            if depth < record.count("/") and f"{path}/".startswith(f"{record}/"):
                raise ValueError(f"{relative}: of which record? Write it from the row's element.")
            one.sources.append((depth, _keep(_step(root, path), depth)))
            ancestor = root
            for name in path.split("/")[1 : depth + 1]:
                ancestor = ancestor.below[name]
            ancestor.is_kept_for = True
        row.is_kept_for = True
        row.sheets.append(one)
        laid.append(one)
    _refuse_text_in_text(root)
    return root, laid


def _step(root: _Step, path: str) -> _Step:
    step = root
    for name in path.removeprefix("/").split("/"):
        if name in ("", ".", ".."):
            raise ValueError(f"{path}: the path must name each element, and go up only at its beginning.")
        step = step.below.setdefault(name, _Step(f"{step.path}/{name}"))
    return step


def _keep(step: _Step, depth: int) -> str:
    step.is_text = True
    if depth not in step.keeps_for:
        step.keeps_for.append(depth)
    return step.path


def _from_root(row: str, relative: str) -> tuple[int, str]:
    """How deep the element stands that a path is read from, and the path from the root."""
    if relative.startswith("/"):
        return 0, relative
    names, steps = row.split("/"), relative.split("/")
    while steps and steps[0] in (".", ".."):
        if steps.pop(0) == "..":
            names.pop()
    if not names:
        raise ValueError(f"{relative}: goes up beyond the root element.")
    return len(names) - 1, "/".join([*names, *steps])


def _refuse_text_in_text(step: _Step) -> None:
    if step.is_text and step.below:
        raise ValueError(f"{step.path}: is read as a text, so nothing inside it can be read apart.")
    for below in step.below.values():
        _refuse_text_in_text(below)


class _Reading:
    """A file as far as it is read: what stands open in the declared tree, and the texts kept for it."""

    def __init__(self, document: _Step, record: str = "", rows: Set[str] = frozenset()) -> None:
        self.record = record
        self.rows = rows  # names of the elements that hold rows
        self.parts: list[str] = []  # of the text that is being read
        self.parser = parser_of_text(self.parts)
        self.kept: list[dict[str, str]] = [{} for _ in range(DEEPEST + 1)]  # by the depth they are kept for: path to text
        self.root = ""
        self.records = 0
        self.record_began: int | None = None  # at which byte, while a record stands open
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._handlers(document, record)

    def _handlers(self, document: _Step, record: str) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        # Local names, not attributes: these two run for every element of a file.
        parser, parts, kept, standing = self.parser, self.parts, self.kept, [document]
        record_depth = record.count("/")
        waiting: list[tuple[_Sheet, str, list[dict[str, str]]]] = []
        elsewhere: set[str] = set()

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
            step = above.below.get(name) or (_WITHIN if above.is_text else _ELSEWHERE)
            if step is _ELSEWHERE and name not in elsewhere and len(standing) > 1 and standing[1] is not _ELSEWHERE:
                self._refuse_lost_rows(name)
                elsewhere.add(name)
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
            if step is _WITHIN:
                return
            if step.keeps_for:
                text = parts[0] if len(parts) == 1 else "".join(parts)
                for depth in step.keeps_for:
                    if self.records and depth < record_depth:
                        raise refusal("xml_out_of_order", f"has its {step.path.strip('/')} after the first {record}", parser)
                    before = kept[depth].get(step.path)
                    if not before or before.isspace():
                        kept[depth][step.path] = text
                    elif text and not text.isspace():
                        kept[depth][step.path] = text = f"{before};{text}"
                if len(text) > LONGEST:
                    raise too_long(parser)
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

    def _refuse_lost_rows(self, name: str) -> None:
        """Raises UnreadableError for an element that seems to hold rows, and stands where none are read or is misspelt."""
        for meant in get_close_matches(name, self.rows, 1, LIKE):
            raise refusal(
                "xml_row_elsewhere", f"has an element that is named {meant}, or nearly so, where none is read", self.parser,
                f"Put it where the DfE's guide has {meant}, spelt so: its rows would be lost.",
            )  # fmt: skip


def _batches(path: Path, reading: _Reading, sheets: list[_Sheet], batch: int) -> Iterator[tuple[str, pa.RecordBatch]]:
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


def _batch(sheet: _Sheet, size: int) -> pa.RecordBatch:
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
