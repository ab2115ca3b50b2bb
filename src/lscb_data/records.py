"""Records of children, judged and kept in one pass.

Texts go in, from whatever door; typed rows with keyed pseudonyms come out. Nothing that was typed is written in between: the
database holds it in memory, and does not spill. The screen judges all rows at once; those that it stops go to pydantic.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from lscb_data.cell import Reader
from lscb_data.column import Column
from lscb_data.contract import Sheet
from lscb_data.figure import Figure
from lscb_data.finding import Finding, Severity
from lscb_data.held import UUID, arrow
from lscb_data.laid import Row
from lscb_data.pseudonym import BYTES, SEPARATOR, Key, pseudonyms
from lscb_data.rows import judge_row, row_model
from lscb_data.screen import literal, quote, screen_sql
from lscb_data.spelling import clean
from lscb_data.workbook import address

RECEIVED = "received rows"  # no sheet can have a name with a blank
AREA = "area_code"  # the column of a row's council, where a sheet has one
LISTED = 100  # findings of one kind in one column; the rest are counted
BATCH = 100_000
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

    def add(self, finding: Finding) -> None:
        kind = (finding.code, finding.sheet, finding.column)
        self.counts[kind] += 1
        if self.counts[kind] <= LISTED:
            self.listed.append(finding)

    def findings(self) -> Iterator[Finding]:
        yield from self.listed
        first = {(one.code, one.sheet, one.column): one for one in reversed(self.listed)}
        for kind, number in self.counts.items():
            if number > LISTED:
                more = f"{number:,} cells have this fault ({first[kind].message}); the first {LISTED} are listed."
                yield first[kind].at(message=more, cell=None, row=None)


@dataclass(frozen=True)
class Desk:
    """Where the rows of one sheet are judged."""

    connection: duckdb.DuckDBPyConnection
    sheet: Sheet
    reader: Reader
    key: Key
    own_area: str
    places: Mapping[str, int]  # of a table: the number of each column
    model: type[BaseModel]

    @property
    def columns(self) -> list[Column]:
        return self.sheet.columns

    @property
    def has_area(self) -> bool:
        return any(column.name == AREA for column in self.columns)


def desk(
    connection: duckdb.DuckDBPyConnection, sheet: Sheet, reader: Reader, key: Key, own_area: str, places: Mapping[str, int]
) -> Desk:
    sheet = sheet.model_copy(update={"columns": [column for column in sheet.columns if column.keep]})
    return Desk(connection, sheet, reader, key, own_area, places, row_model(sheet, reader))


def database() -> duckdb.DuckDBPyConnection:
    """One that is in memory only, and stays there: what does not fit is an error, not a file."""
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute("set temp_directory = ''")
    connection.execute("set streaming_buffer_size = '64MB'")  # it reads on while what it read is written
    return connection


def judged(here: Desk, tally: Tally, first: int | None = None) -> Iterator[pa.Table]:
    """What is in `received rows`, judged: batches of the rows to be kept, in their order, with `row` and `accepted`.

    `first`: the number of the first row, where they are not numbered themselves. Of a row set aside only its number is
    kept: anything may stand in its cells.
    """
    for batch in _screened(here):
        rows = batch.column("row")
        if first is not None:
            rows = pa.array(range(first, first + batch.num_rows), pa.int64())
            first += batch.num_rows
        yield _mended(here, batch, rows, tally)


def _screened(here: Desk) -> Iterator[pa.RecordBatch]:
    reader, sheet = here.reader, here.sheet
    screen = screen_sql(
        RECEIVED, sheet, reader.codes, reader.period, reader.contract.missing_folded, ["fault", "place"], "fault = ''"
    )
    chosen = ['"row"', "stopped", f"{_area_sql(here)} as area"]
    for column in here.columns:
        name = quote(column.name)
        chosen.append(f"date_trunc('month', {name})::date as {quote(column.birth.month)}" if column.birth else name)
        for called, on in column.birth.ages.items() if column.birth else ():
            chosen.append(f"{_age_sql(name, quote(on))} as {quote(called)}")
    listed = ", ".join(quote(column.name + "__text") for column in here.columns)
    chosen.append(f"case when stopped then [fault, place, {listed}] end as texts")
    # No join, no aggregate: only so does the database keep the order of the file, by which its rows are numbered.
    query = f"select {', '.join(chosen)} from ({screen})"  # noqa: S608 - names of a contract, quoted
    yield from here.connection.execute(query).to_arrow_reader(BATCH)


def _area_sql(here: Desk) -> str:
    """The council of a row: as it says, else the Board's own."""
    own = literal(here.own_area)
    return f"coalesce({AREA}, {own})" if here.has_area else own


def _mended(here: Desk, batch: pa.RecordBatch, rows: pa.Array, tally: Tally) -> pa.Table:
    """The batch with pseudonyms for identifiers, and what pydantic says of the rows that the screen stopped."""
    names = kept(here.sheet)
    held = {name: batch.column(name) if kind == UUID else batch.column(name).cast(kind) for name, kind in names.items()}
    areas, stopped = batch.column("area"), batch.column("stopped")
    accepted = pc.invert(stopped)
    if pc.any(stopped).as_py():
        at = pc.indices_nonzero(stopped)
        texts = batch.column("texts").take(at).to_pylist()
        found = [_judged(here, number, said, tally) for number, said in zip(rows.take(at).to_pylist(), texts, strict=True)]
        for name in names:
            values = pa.array([one.get(name) for one in found], held[name].type)
            held[name] = pc.replace_with_mask(held[name], stopped, values)
        accepted = pc.replace_with_mask(accepted, stopped, pa.array([bool(one) for one in found]))
        areas = pc.replace_with_mask(areas, stopped, pa.array([one.get("area", "") for one in found], pa.string()))
    for name in (name for name, kind in names.items() if kind == UUID):
        held[name] = _pseudonymised(here.key, areas, name, held[name])
    return pa.table({"row": rows, "accepted": accepted, **held})


def _pseudonymised(key: Key, areas: pa.Array, kind: str, identifiers: pa.Array) -> pa.Array:
    """Once for each identifier of the batch: a child's plans often stand together."""
    said = pc.binary_join_element_wise(areas, kind, identifiers, SEPARATOR).dictionary_encode()
    found = pa.array(pseudonyms(key, said.dictionary.to_pylist()), pa.binary(BYTES))
    return pa.ExtensionArray.from_storage(UUID, found.take(said.indices))


def _judged(here: Desk, number: int, texts: list[str], tally: Tally) -> dict[str, Any]:
    """What is to be kept of a row that was stopped; nothing where it is set aside."""
    fault, stands, *cells = texts
    said = {column.name: clean(text) for column, text in zip(here.columns, cells, strict=True)}
    found = (
        {column.name: stands for column in here.columns}
        if stands
        else {name: address(number, place) for name, place in here.places.items()}
    )
    if fault:
        tally.add(RAGGED.at(row=number, cell=f"A{number}", sheet=here.sheet.names[0]))
        return {}
    judged = judge_row(here.model, here.sheet, Row(number, said, found))
    for finding in judged.findings:
        tally.add(finding.at(sheet=here.sheet.names[0]))
    return _record(here, judged.values) if judged.accepted else {}


def _record(here: Desk, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a row, by name, with its council as `area`; identifiers are still to be replaced."""
    record: dict[str, Any] = {"area": values.get(AREA) or here.own_area}
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
