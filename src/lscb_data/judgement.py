"""A submission judged by its contract: read, laid out, screened in the database, the stopped rows by pydantic, and the
whole of it by Great Expectations. Nothing here touches the warehouse: `lscb check` runs it on any file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lscb_data import period as periods
from lscb_data.batch import BrokenExpectation, Expectation, judge
from lscb_data.cell import Rated, Reader
from lscb_data.codes import CodeList
from lscb_data.contract import Return
from lscb_data.corrected import Outcome, corrected
from lscb_data.decision import Correction
from lscb_data.figure import Figure, Status
from lscb_data.finding import Finding, Severity
from lscb_data.held import arrow
from lscb_data.layout import Row, Rows
from lscb_data.period import Period
from lscb_data.return_sheets import lay_out_sheets
from lscb_data.rows import Judged, judge_row, row_model
from lscb_data.screen import quote, screen_sql
from lscb_data.sheet import Sheet
from lscb_data.workbook import UnreadableError, read_grids

TABLE = {"accepted": "{}", "received": "{}__received"}  # what the judge of the whole sees of a sheet


@dataclass
class Judgement:
    """What became of a submission. Rows received = accepted + rejected; of a refused submission every row is rejected."""

    contract: Return
    period: Period
    findings: list[Finding] = field(default_factory=list)
    sheets: list[tuple[Sheet, list[Judged]]] = field(default_factory=list)  # of children's records none are held
    rows_received: int = 0
    rows_accepted: int = 0
    areas: set[str] = field(default_factory=set)  # of children's records, the councils that there are any of
    corrections: list[Outcome] = field(default_factory=list)  # what became of each
    corrected: dict[tuple[str, str], Correction] = field(default_factory=dict)  # by sheet and cell, those in use

    @property
    def refused(self) -> bool:
        return any(f.severity is Severity.BLOCKER for f in self.findings)

    @property
    def received(self) -> int:
        return self.rows_received

    @property
    def accepted(self) -> int:
        return 0 if self.refused else self.rows_accepted

    @property
    def rejected(self) -> int:
        return self.received - self.accepted


def judge_file(
    path: Path,
    contract: Return,
    codes: Mapping[str, CodeList],
    period: Period,
    area_name: str,
    corrections: Sequence[Correction] = (),
    today: date = date.min,
) -> Judgement:
    """Everything that the contract says of the file, its cells read as `corrections` have it on this day. Never raises for what
    a supplier can send.

    Not for records of children, whose identifiers it would write down: see `intake`.
    """
    assert not contract.names_children, contract.return_  # noqa: S101 - a fault of this software, never to be passed over
    out = Judgement(contract, period)
    try:
        grids = read_grids(path)
    except UnreadableError as error:
        out.findings.append(error.finding)
        return out
    read = corrected(grids, corrections, contract, today)
    out.corrections, out.corrected = read.outcomes, read.in_use
    out.findings += read.findings
    laid, found = lay_out_sheets(read.grids, path, contract, period, codes, area_name)
    out.findings += found
    reader = Reader(contract, codes, contract.spans(period))
    with duckdb.connect(config={"temp_directory": ""}) as connection:  # in memory: nothing of it is written down
        for rows in laid:
            judged = _judge_rows(connection, rows, reader)
            out.sheets.append((rows.sheet, judged))
            out.rows_received += len(judged)
            out.rows_accepted += sum(row.accepted for row in judged)
            out.findings += [f.at(sheet=rows.sheet.names[0]) for row in judged for f in row.findings]
            if not any(one.batch for one in contract.sheets):
                continue  # nobody looks at the whole
            sheet = next(s for s in contract.sheets if s.sheet == rows.sheet.sheet)
            _keep(connection, sheet, TABLE["received"].format(sheet.sheet), judged)
            _keep(connection, sheet, TABLE["accepted"].format(sheet.sheet), [row for row in judged if row.accepted])
        if out.sheets and not out.refused and not any(map(_filled_in, out.sheets)):
            _nothing_filled_in(out)
        if not out.refused:
            cells = {(s.sheet, row.row.number): row.row.cells for s, rows in out.sheets for row in rows}
            judge_batches(connection, [sheet for sheet, _ in out.sheets], cells, out)
    # A cell that several rows read (an area's name over its months) is one finding.
    out.findings = list({(f.code, f.sheet, f.cell, f.cell or f.message): f for f in reversed(out.findings)}.values())[::-1]
    return out


def _filled_in(laid: tuple[Sheet, list[Judged]]) -> bool:
    """Whether anything stands in the sheet beside the keys, which a template has beforehand."""
    sheet, rows = laid
    asked = [column.name for column in sheet.columns if not column.key] or [column.name for column in sheet.columns]
    return any(row.row.texts.get(name) for row in rows for name in asked)


def _nothing_filled_in(out: Judgement) -> None:
    """A file that says nothing would take the place of one that does. A sheet left blank beside others is asked for instead:
    an agency may well have one part of its return and not another."""
    blank = Finding(
        "nothing_filled_in",
        Severity.BLOCKER,
        "Nothing was filled in: every cell that is asked for is blank.",
        "Fill in the cells and send it again; 0 means none. If there is nothing to give, tell the Board why instead.",
    )
    out.findings = [blank, *(finding for finding in out.findings if finding.code != "not_supplied")]


def _judge_rows(connection: duckdb.DuckDBPyConnection, rows: Rows, reader: Reader) -> list[Judged]:
    """The screen over all rows at once; pydantic for those it stops."""
    if not rows.rows:
        return []
    names = [column.name for column in rows.sheet.columns]
    texts = pa.table(
        {"row": [row.number for row in rows.rows], **{n: [row.texts.get(n, "") for row in rows.rows] for n in names}}
    )
    received = "received rows"  # no sheet can have a name with a blank
    connection.register(received, texts)
    # Python values, not a frame: a frame would turn decimals into binary fractions.
    query = screen_sql(received, rows.sheet, reader.codes, reader.period, reader.contract.symbols)
    screened = connection.sql(query)
    try:
        typed = {record[0]: dict(zip(screened.columns, record, strict=True)) for record in screened.fetchall()}
    except duckdb.OutOfRangeException:  # a rule multiplies what is too large: pydantic's numbers have no end
        typed = {}
    connection.unregister(received)
    model = row_model(rows.sheet, reader)
    return [
        _passed(row, typed[row.number], rows.sheet)
        if row.number in typed and not typed[row.number]["stopped"]
        else judge_row(model, rows.sheet, row)
        for row in rows.rows
    ]


def _passed(row: Row, typed: Mapping[str, Any], sheet: Sheet) -> Judged:
    """A row that the screen let through: its values as pydantic would give them."""
    values: dict[str, Any] = {}
    for column in sheet.columns:
        value, text = typed[column.name], row.texts[column.name]
        if not text:
            values[column.name] = Figure(status=Status.NOT_SUPPLIED) if column.is_number else None
        elif column.is_number:
            values[column.name] = Figure(text, value=Decimal(value))
        elif column.type == "month":
            values[column.name] = periods.month(*map(int, value.split("-")))
        elif column.type == "year":
            values[column.name] = periods.parse(value)
        else:
            values[column.name] = value
    return Judged(row, values, ())


def _keep(connection: duckdb.DuckDBPyConnection, sheet: Sheet, name: str, rows: list[Judged]) -> None:
    """The rows as a typed table for the judge of the whole; what could not be read is NULL."""
    kinds = {column.name: arrow(column) for column in sheet.columns}
    table = pa.table(
        {"row": pa.array([row.row.number for row in rows], pa.int64())}
        | {name: pa.array([_stored(row.values.get(name), kind) for row in rows], kind) for name, kind in kinds.items()}
    )
    connection.register("judged rows", table)
    connection.execute(f'create table {quote(name)} as from "judged rows"')
    connection.unregister("judged rows")


def _stored(value: Any, kind: pa.DataType) -> Any:
    match value:
        case Figure():
            return int(value.value) if kind == pa.int64() and value.value is not None else value.value
        case Rated():
            return value.code
        case Period():
            return str(value)
    return value


def judge_batches(
    connection: duckdb.DuckDBPyConnection,
    sheets: list[Sheet],
    cells: Mapping[tuple[str, int], Mapping[str, str]],
    out: Judgement,
) -> None:
    """What the judge of the whole says of the tables in this database; `cells` are those of a sheet's row, by column."""
    declared = {(TABLE[batch.of].format(sheet.sheet), batch.code): (sheet, batch) for sheet in sheets for batch in sheet.batch}
    expectations = [
        Expectation(code, table, batch.expect, batch.arguments, batch.query) for (table, code), (_, batch) in declared.items()
    ]
    try:
        breaches = judge(connection, expectations)
    except BrokenExpectation as error:
        out.findings.append(
            Finding(
                "expectation_broken",
                Severity.BLOCKER,
                f"The sheets could not be judged as a whole ({error}).",
                "Look for a figure that is far too large; failing that, the contract is at fault.",
            )
        )
        return
    for breach in breaches:
        sheet, batch = declared[breach.table, breach.code]
        for row in breach.rows or ({},):
            number, column = row.get("row"), str(row.get("column") or batch.arguments.get("column") or "") or None
            shown = {key: _trim(value) for key, value in row.items()} | {"observed": breach.observed.removeprefix("found ")}
            message = batch.message.format_map(_Said(shown))
            cell = cells.get((sheet.sheet, number), {}).get(column or "") if number else None
            where = {"sheet": sheet.names[0], "cell": cell, "column": column, "row": number}
            out.findings.append(Finding(batch.code, batch.severity, message, batch.fix).at(**where))


class _Said(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"({key})"


def _trim(value: Any) -> Any:
    shown = str(value)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
