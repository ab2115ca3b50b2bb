"""A file of children's records, from its door to what is kept of it: one Parquet file a sheet."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lscb_data import csv_door
from lscb_data.beside import ahead, behind
from lscb_data.cell import Reader
from lscb_data.codes import CodeList
from lscb_data.contract import Return
from lscb_data.finding import Finding, Severity
from lscb_data.held import HEAD, UUID
from lscb_data.judgement import TABLE, Judgement, judge_batches
from lscb_data.period import Period
from lscb_data.pseudonym import Key
from lscb_data.records import Desk, Screened, Tally, areas_of, database, desk, judged, kept, screened
from lscb_data.return_sheets import lay_out_sheets
from lscb_data.screen import quote
from lscb_data.sealed_store import Writer, quiet, rows_of, unlock
from lscb_data.sheet import Sheet
from lscb_data.workbook import UnreadableError, read_grids

ROWS = 50_000  # to a batch of a workbook's rows
NOTHING = Finding("no_rows", Severity.BLOCKER, "The file has no records.", "Send it filled in; if there are none, say so.")
Door: TypeAlias = tuple[Sheet, pa.RecordBatch, Mapping[str, int]]


@dataclass(frozen=True)
class Intake:
    """What the file is read by, and where what is kept of it goes: `area` is the code and the name of the Board's own."""

    path: Path
    contract: Return
    codes: Mapping[str, CodeList]
    period: Period
    area: tuple[str, str]
    key: Key
    into: Callable[[str], Path]
    submission: str = ""
    seal: Key | None = None  # of what is kept


def judge_records(intake: Intake) -> Judgement:
    """Everything that the contract says of the file, and its rows kept in one Parquet file a sheet, where `into` says.

    Every row received is kept, of those set aside no more than the number; of a refused file nothing is. Never raises for
    what a supplier can send.
    """
    try:
        return _judge(intake, plainly=True)
    except pa.ArrowInvalid:
        return _judge(intake, plainly=False)  # not as plain as it looked: the other door says where, and why


def check_records(
    path: Path, contract: Return, codes: Mapping[str, CodeList], period: Period, area_name: str, is_sealed: bool = False
) -> Judgement:
    """What would be said of the file, and nothing kept: its pseudonyms are made with a key that is thrown away, and what is
    written on the way is sealed with it where the Board's folder is sealed."""
    with TemporaryDirectory(prefix="lscb-") as scratch:
        key = Key(token_bytes(32))
        into, seal = (lambda sheet: Path(scratch) / f"{sheet}.parquet"), key if is_sealed else None
        out = judge_records(Intake(path, contract, codes, period, ("", area_name), key, into, seal=seal))
        out.findings = [finding.at(value=None) for finding in out.findings]  # sealed with that key: good for nothing
        return out


def identifiers(path: Path, contract: Return, codes: Mapping[str, CodeList], period: Period, area_name: str) -> set[str]:
    """Every identifier of a child in the file: to be held in memory, and never said."""
    intake = Intake(path, contract, codes, period, ("", area_name), Key(token_bytes(32)), Path)
    found: set[str] = set()
    for plainly in (True, False):
        with suppress(pa.ArrowInvalid, UnreadableError):
            for sheet, batch, _ in _doors(intake, Judgement(contract, period), plainly):
                for column in sheet.columns:
                    if column.is_identifier and column.keep:
                        found |= set(pc.unique(batch.column(column.name)).to_pylist())
            break
    return found - {"", None}


def schema(sheet: Sheet) -> pa.Schema:
    """The columns of what is kept of a sheet."""
    return pa.schema([*HEAD.items(), *kept(sheet).items()])


def _judge(intake: Intake, plainly: bool) -> Judgement:
    out, tally, writers = Judgement(intake.contract, intake.period), Tally(), dict[str, pq.ParquetWriter | Writer]()
    with database() as connection, ExitStack() as open_files, behind() as do:
        try:
            for batch in ahead(_screened(intake, connection, ahead(_doors(intake, out, plainly)))):
                sheet, rows = batch.desk.sheet, judged(batch, tally)
                out.rows_received += rows.num_rows
                out.rows_accepted += pc.sum(rows.column("accepted")).as_py() or 0
                out.areas |= areas_of(rows, intake.area[0])
                if sheet.sheet not in writers:
                    writers[sheet.sheet] = open_files.enter_context(_writer(intake, sheet))
                do(writers[sheet.sheet].write_table, _stamped(rows, intake.submission, sheet))
        except UnreadableError as error:
            out.findings.append(error.finding)
        for sheet in intake.contract.sheets_for(intake.period):  # one that no row came for is kept empty
            if sheet.sheet not in writers:
                writers[sheet.sheet] = open_files.enter_context(_writer(intake, sheet))
    out.findings += tally.findings()
    if not out.refused and not out.rows_received:
        out.findings.append(NOTHING)
    if not out.refused:
        _judge_whole(intake, out, list(writers))
    if out.refused:
        for sheet_name in writers:
            intake.into(sheet_name).unlink(missing_ok=True)
    return out


def _screened(intake: Intake, connection: duckdb.DuckDBPyConnection, doors: Iterator[Door]) -> Iterator[Screened]:
    reader, desks = Reader(intake.contract, intake.codes, intake.period), dict[str, Desk]()
    for sheet, received, places in doors:
        if sheet.sheet not in desks:
            desks[sheet.sheet] = desk(connection, sheet, reader, intake.key, intake.area[0], places)
        yield screened(desks[sheet.sheet], received)


def _writer(intake: Intake, sheet: Sheet) -> pq.ParquetWriter | Writer:
    """Of what is kept of the sheet. What is another on every row has nothing that could be held but once."""
    columns = schema(sheet)
    if intake.seal:
        return Writer(intake.into(sheet.sheet), columns, intake.seal)
    again = [field.name for field in columns if field.type not in (UUID, HEAD["row"])]
    packed = {field.name: "none" if field.type == UUID else "zstd" for field in columns}
    return pq.ParquetWriter(intake.into(sheet.sheet), columns, use_dictionary=again, compression=packed)


def _stamped(rows: pa.Table, submission: str, sheet: Sheet) -> pa.Table:
    for place, (name, said) in enumerate({"submission_id": submission, "sheet": sheet.sheet}.items()):
        rows = rows.add_column(place, name, pa.repeat(said, rows.num_rows))
    return rows


def _judge_whole(intake: Intake, out: Judgement, sheets: list[str]) -> None:
    """What Great Expectations says of the rows kept: no clear identifier is among them any more."""
    spills = TemporaryDirectory(prefix="lscb-")
    with spills as scratch, quiet(duckdb.connect(config={"temp_directory": scratch})) as connection:
        unlock(connection, intake.seal)
        for name in sheets:
            held = f"from {rows_of(intake.into(name))}"
            connection.execute(f"create view {quote(TABLE['received'].format(name))} as {held}")
            connection.execute(f"create view {quote(TABLE['accepted'].format(name))} as {held} where accepted")
        judge_batches(connection, [one for one in intake.contract.sheets_for(intake.period) if one.sheet in sheets], {}, out)


# doors


def _doors(intake: Intake, out: Judgement, plainly: bool) -> Iterator[Door]:
    """Each sheet's texts as they come, with the places of its columns."""
    declared = intake.contract.sheets_for(intake.period)
    suffix, sheets = intake.path.suffix.lower(), [sheet.asked_in(intake.period, intake.area[1]) for sheet in declared]
    if suffix == ".xml":
        yield from _xml(intake, sheets, out)
    elif suffix == ".csv":
        yield from _csv(intake, sheets[0], out, plainly)
    else:
        yield from _workbook(intake, out)


def _xml(intake: Intake, sheets: list[Sheet], out: Judgement) -> Iterator[Door]:
    from lscb_data.xml_door import peek, read_xml
    from lscb_data.xml_paths import XmlRows

    contract = intake.contract
    if contract.period_at:
        out.findings += _other_period(
            contract.period_at, peek(intake.path, [contract.period_at])[contract.period_at], intake.period
        )
    by_name = {sheet.sheet: sheet for sheet in sheets}
    asked = []
    for one in sheets:
        read_from = {column.name: column.printed for column in one.columns if column.keep and column.printed}
        first, others = ({name: paths[0] for name, paths in read_from.items()}, {n: p[1:] for n, p in read_from.items()})
        asked.append(XmlRows(one.sheet, one.rows or ".", first, others))
    read = read_xml(intake.path, contract.record or "", asked, left_alone=contract.other_elements, remarks=out.findings)
    for name, batch in read:
        yield by_name[name], batch.append_column("fault", pa.repeat("", batch.num_rows)), {}


def _other_period(where: str, said: str, period: Period) -> Iterator[Finding]:
    """What is wrong with the day that the file says its period ends on."""
    path, fix = where.strip("/"), "Send the file of this period, or receive it again for the period that it is of."
    try:
        day = date.fromisoformat(said)
    except ValueError:
        yield Finding("period_disputed", Severity.QUERY, f"The file's {path} is no day.", "Say which period it is of.")
        return
    if day != period.end:
        severity = Severity.QUERY if period.start <= day <= period.end else Severity.BLOCKER
        message = f"The file's {path} is {day}, but the return is for {period}, which ends on {period.end}."
        yield Finding("period_disputed", severity, message, fix)


def _csv(intake: Intake, sheet: Sheet, out: Judgement, plainly: bool) -> Iterator[Door]:
    file = csv_door.open_csv(intake.path, sheet, intake.period, intake.area[1], intake.codes)
    if isinstance(file, list):
        out.findings += [one.at(sheet=intake.path.stem) for one in file]
        return
    out.findings += [one.at(sheet=intake.path.stem) for one in file.findings]
    sheet = sheet.model_copy(update={"names": [intake.path.stem, *sheet.names]})
    read = csv_door.plain_batches if plainly and file.is_plain else csv_door.batches
    for batch in read(file):
        yield sheet, batch, file.places


def _workbook(intake: Intake, out: Judgement) -> Iterator[Door]:
    grids = read_grids(intake.path)
    sheets, found = lay_out_sheets(grids, intake.path, intake.contract, intake.period, intake.codes, intake.area[1])
    out.findings += found
    for laid in sheets:
        names = [column.name for column in laid.sheet.columns if column.keep]
        places = {name: place for name, place in laid.places.items() if name in names}
        for at in range(0, len(laid.rows), ROWS):
            rows = laid.rows[at : at + ROWS]
            texts = {name: pa.array([row.texts.get(name, "") for row in rows], pa.string()) for name in names}
            numbers, blank = pa.array([row.number for row in rows], pa.int64()), pa.repeat("", len(rows))
            yield laid.sheet, pa.record_batch({"row": numbers, "fault": blank, "place": blank, **texts}), places
