"""Records of children, judged and kept in one pass.

Texts go in, from whatever door; typed rows with keyed pseudonyms come out. Nothing that was typed is written in between: the
database holds it in memory, and does not spill. It reads each different text once and judges all rows of a batch at once; those
that it stops go to pydantic.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from lscb_data.cell import Reader
from lscb_data.column import Column
from lscb_data.figure import Figure
from lscb_data.finding import Finding, Severity
from lscb_data.held import UUID, arrow
from lscb_data.laid import Row
from lscb_data.pseudonym import BYTES, Key, pseudonyms
from lscb_data.rows import Judged, about, judge_from_memory
from lscb_data.screen import quote, screen_sql
from lscb_data.sheet import Sheet
from lscb_data.spelling import clean
from lscb_data.workbook import letters

RECEIVED = "received rows"  # no sheet can have a name with a blank
AREA = "area_code"  # the column of a row's council, where a sheet has one
LISTED = 100  # findings of one kind in one column; the rest are counted
MOST_TEXTS = 100_000  # of one column, whose readings are remembered
MEMORY = "1500MB"
RAGGED = Finding(
    "row_ragged", Severity.ERROR,
    "The row has more or fewer cells than there are headings, so that it is not clear which is which.",
    "Put the row right: a cell may hold the mark that parts cells, without quotation marks around it.",
)  # fmt: skip


def kept(sheet: Sheet) -> dict[str, pa.DataType]:
    """What is kept of a sheet's rows, by name and kind: pseudonyms for identifiers, months and ages for a date of birth."""
    names: dict[str, pa.DataType] = {}
    for column in sheet.columns:
        if not column.keep:
            continue
        if column.birth:
            names |= {column.birth.month: pa.date32()} | dict.fromkeys(column.birth.ages, pa.int32())
        else:
            names[column.name] = UUID if column.is_identifier else arrow(column)
    return names


def age(born: date | None, on: date | None) -> int | None:
    """Whole years on the day; -1 for a child who is not born yet. Born on 29 February: a year older on 1 March."""
    if born is None or on is None:
        return None
    return -1 if on < born else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _age_sql(born: str, on: str) -> str:
    days = [f"(month({one}) * 100 + day({one}))" for one in (on, born)]
    return (
        f"case when {on} < {born} then -1"
        f" else year({on}) - year({born}) - case when {days[0]} < {days[1]} then 1 else 0 end end::integer"
    )


@dataclass
class Tally:
    """Findings, the first of each kind as they are, the rest counted."""

    listed: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)

    def add(self, finding: Finding, sheet: str) -> None:
        kind = (finding.code, sheet, finding.column)
        self.counts[kind] += 1
        if self.counts[kind] <= LISTED:
            self.listed.append(finding.at(sheet=sheet))

    def findings(self) -> Iterator[Finding]:
        yield from self.listed
        first = {(one.code, one.sheet, one.column): one for one in reversed(self.listed)}
        for kind, number in self.counts.items():
            if number > LISTED:
                more = f"{number:,} cells have this fault ({first[kind].message}); the first {LISTED} are listed."
                yield first[kind].at(message=more, cell=None, row=None, value=None)


@dataclass(frozen=True)
class Desk:
    """Where the rows of one sheet are judged."""

    connection: duckdb.DuckDBPyConnection
    sheet: Sheet
    reader: Reader
    key: Key
    own_area: str
    places: Mapping[str, str]  # of a table: the letters of each column
    judge: Callable[[Row], Judged]
    texts: dict[str, dict[str, tuple[Any, ...]]]  # of each column, what each text was read as

    @property
    def columns(self) -> list[Column]:
        return self.sheet.columns

    @property
    def has_area(self) -> bool:
        return any(column.name == AREA for column in self.columns)

    @property
    def read_once(self) -> list[Column]:
        """The columns in which a text comes again and again."""
        return [column for column in self.columns if not column.is_identifier]


def desk(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, reader: Reader, key: Key, own_area: str, places: Mapping[str, int]
) -> Desk:
    sheet = sheet.model_copy(update={"columns": [column for column in sheet.columns if column.keep]})
    texts: dict[str, dict[str, tuple[Any, ...]]] = {column.name: {} for column in sheet.columns}
    called = {name: letters(place) for name, place in places.items()}
    return Desk(connection, sheet, reader, key, own_area, called, judge_from_memory(sheet, reader), texts)


def database() -> duckdb.DuckDBPyConnection:
    """One that is in memory only, and stays there: what does not fit is an error, not a file."""
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute("set temp_directory = ''")
    return connection


@dataclass(frozen=True)
class Screened:
    """A batch of texts, what they were read as, and of every row whether pydantic must look at it."""

    desk: Desk
    received: pa.RecordBatch
    values: Mapping[str, pa.Array]

    @property
    def stopped(self) -> pa.Array:
        return self.values["stopped"]


def screened(here: Desk, received: pa.RecordBatch) -> Screened:
    """The batch as the database reads it.

    It has the columns `row`, `fault` (of the row's shape), `place` and one for each column that is kept, as texts or as
    different texts and where they stand.
    """
    values: dict[str, pa.Array] = {}
    sure = pc.equal(received.column("fault"), "")
    for column in here.read_once:
        read, is_sure = _read(here, column, received.column(column.name))
        values |= read
        sure = sure if is_sure is None else pc.and_(sure, is_sure)
    values |= {one.name: pc.utf8_trim_whitespace(received.column(one.name)) for one in here.columns if one.is_identifier}
    found = _screen(here, pa.table({"row": received.column("row"), **values, "sure rows": sure}))
    worked_out = dict(zip(found.column_names, (one.combine_chunks() for one in found.columns), strict=True))
    return Screened(here, received, values | worked_out)


def judged(batch: Screened, tally: Tally) -> pa.Table:
    """What is to be kept of the batch: its rows in their order, with `row` and `accepted`.

    Identifiers become pseudonyms; of the rows that the screen stopped pydantic has the word. Of a row set aside only its
    number is kept: anything may stand in its cells.
    """
    here, stopped, names = batch.desk, batch.stopped, kept(batch.desk.sheet)
    held, accepted = {name: batch.values[name] for name in names}, pc.invert(stopped)
    if pc.any(stopped).as_py():
        found = _found(here, batch.received.filter(stopped), tally)
        for name in names:
            values = held[name].dictionary_decode() if pa.types.is_dictionary(held[name].type) else held[name]
            held[name] = pc.replace_with_mask(values, stopped, pa.array([one.get(name) for one in found], values.type))
        accepted = pc.replace_with_mask(accepted, stopped, pa.array([bool(one) for one in found]))
    areas = held[AREA] if here.has_area else pa.nulls(len(stopped), pa.string())
    for name, kind in names.items():
        held[name] = _pseudonymised(here, areas, name, held[name]) if kind == UUID else held[name].cast(kind)
    return pa.table({"row": batch.received.column("row"), "accepted": accepted, **held})


def areas_of(rows: pa.Table, own_area: str) -> set[str]:
    """The councils that the rows accepted are of: the Board's own where a row says none."""
    of = rows.filter(rows.column("accepted"))
    said = of.column(AREA) if AREA in of.column_names else pa.nulls(of.num_rows, pa.string())
    return {area or own_area for area in pc.unique(said).to_pylist()}


def _read(here: Desk, column: Column, texts: pa.Array) -> tuple[dict[str, pa.Array], pa.Array | None]:
    """The column's values, and of which rows they are sure; None where they are of all."""
    texts = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    known, different = here.texts[column.name], [text.strip() for text in texts.dictionary.to_pylist()]
    if len(known) > MOST_TEXTS:
        known.clear()
    if new := sorted(set(different) - set(known)):
        known |= _texts_read(here, column, new)
    read = [known[text] for text in different]
    kinds = {column.name: arrow(column)} | ({column.name + "__places": pa.int64()} if column.is_number else {})
    values = {}
    for place, (name, kind) in enumerate(kinds.items(), 1):
        of_texts = pa.array([one[place] for one in read], kind)
        values[name] = _repeated(of_texts, texts.indices) if kind == pa.string() else of_texts.take(texts.indices)
    if all(one[0] for one in read):
        return values, None
    return values, pa.array([one[0] for one in read], pa.bool_()).take(texts.indices)


def _repeated(of_texts: pa.Array, indices: pa.Array) -> pa.DictionaryArray:
    """Texts that come again and again, each held once."""
    different = of_texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(different.indices.take(indices), different.dictionary)


def _texts_read(here: Desk, column: Column, texts: list[str]) -> dict[str, tuple[Any, ...]]:
    """Of each text whether what it is read as is sure, that value, and of a number its decimal places."""
    reader, alone = here.reader, here.sheet.model_copy(update={"columns": [column], "rules": []})
    here.connection.register(RECEIVED, pa.table({"row": range(len(texts)), column.name: texts}))
    screen = screen_sql(RECEIVED, alone, reader.codes, reader.period, reader.contract.symbols)
    names = [column.name, *([column.name + "__places"] if column.is_number else [])]
    read = here.connection.execute(
        f'select not stopped, {", ".join(map(quote, names))} from ({screen}) order by "row"'  # noqa: S608
    ).fetchall()
    return dict(zip(texts, read, strict=True))


def _screen(here: Desk, columns: pa.Table) -> pa.Table:
    """Of every row whether it is stopped, and what is worked out of a date of birth."""
    reader, sheet = here.reader, here.sheet
    here.connection.register(RECEIVED, columns)
    read = {column.name for column in here.read_once}
    screen = screen_sql(RECEIVED, sheet, reader.codes, reader.period, reader.contract.symbols, also='"sure rows"', read=read)
    chosen = ["stopped"]
    for column in here.columns:
        name = quote(column.name)
        if column.birth:
            chosen.append(f"date_trunc('month', {name})::date as {quote(column.birth.month)}")
        for called, on in column.birth.ages.items() if column.birth else ():
            chosen.append(f"{_age_sql(name, quote(on))} as {quote(called)}")
    # No join, no aggregate: only so does the database keep the order of the rows.
    query = f"select {', '.join(chosen)} from ({screen})"  # noqa: S608 - names of a contract, quoted
    return here.connection.execute(query).to_arrow_table()


def _pseudonymised(here: Desk, areas: pa.Array, kind: str, identifiers: pa.Array) -> pa.Array:
    """Each as its council's, which is the Board's own where none is said."""
    areas = areas if pa.types.is_dictionary(areas.type) else areas.dictionary_encode()
    known, said = [*areas.dictionary.to_pylist(), here.own_area], pc.fill_null(identifiers, "")
    of_areas = pc.fill_null(areas.indices, len(known) - 1).to_pylist()
    found = pseudonyms(here.key, kind, known, of_areas, said.cast(pa.binary()).to_pylist())
    held = pa.Array.from_buffers(pa.binary(BYTES), len(said), [None, pa.py_buffer(b"".join(found))])
    return pa.ExtensionArray.from_storage(UUID, pc.if_else(pc.not_equal(said, ""), held, None))


def _found(here: Desk, received: pa.RecordBatch, tally: Tally) -> list[dict[str, Any]]:
    """What is to be kept of each of these rows by pydantic's word."""
    texts = (received.column(name).to_pylist() for name in ("row", "fault", "place", *(one.name for one in here.columns)))
    return [_judged(here, *said, tally=tally) for said in zip(*texts, strict=True)]


def _judged(here: Desk, number: int, fault: str, stands: str, *cells: str, tally: Tally) -> dict[str, Any]:
    """What is to be kept of a row that was stopped; nothing where it is set aside."""
    said = {column.name: clean(text) for column, text in zip(here.columns, cells, strict=True)}
    found = (
        {column.name: stands for column in here.columns}
        if stands
        else {name: f"{place}{number}" for name, place in here.places.items()}
    )
    if fault:
        tally.add(RAGGED.at(row=number, cell=f"A{number}"), here.sheet.names[0])
        return {}
    row = Row(number, said, found)
    judged = here.judge(row)
    for finding in judged.findings:
        tally.add(finding.at(value=here.key.seal(about(finding, here.sheet, row))), here.sheet.names[0])
    return _record(here, judged.values) if judged.accepted else {}


def _record(here: Desk, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a row, by name; identifiers are still to be replaced."""
    record: dict[str, Any] = {}
    for column in here.columns:
        value = values[column.name]
        if column.birth:
            record[column.birth.month] = value and value.replace(day=1)
            record |= {called: age(value, values[on]) for called, on in column.birth.ages.items()}
        else:
            record[column.name] = _plain(value)
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, Figure):
        return int(value.value) if value.value is not None and value.value == value.value.to_integral_value() else value.value
    return value if value is None or isinstance(value, str | date | Decimal) else str(value)
