"""The authority on what a row may hold: pydantic models made from the contract, and the rules of a row against itself."""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model

from lscb_data import rule
from lscb_data.cell import Rated, Reader, Reading, read_cell
from lscb_data.column import Column
from lscb_data.contract import Sheet
from lscb_data.figure import Figure
from lscb_data.finding import Finding, Severity
from lscb_data.laid import Row
from lscb_data.period import Period
from lscb_data.rounding import places_of


@dataclass(frozen=True)
class Judged:
    """One row as judged: what was received, what it says, and whether it is accepted or set aside.

    Of a row set aside `values` has the cells that could be read: whose figures are now unknown, and when.
    """

    row: Row
    values: dict[str, Any]
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        return not any(f.severity is not Severity.QUERY for f in self.findings)


def row_model(sheet: Sheet, reader: Reader) -> type[BaseModel]:
    """The pydantic model of the sheet's rows: texts in; figures, codes, dates and periods out."""
    reader = replace(reader, hushed=sheet.names_children)
    fields: dict[str, Any] = {
        column.name: (Annotated[Any, BeforeValidator(partial(read_cell, column, reader))], ...) for column in sheet.columns
    }
    model: type[BaseModel] = create_model(
        sheet.sheet, __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields
    )
    return model


def judge_row(model: type[BaseModel], sheet: Sheet, row: Row) -> Judged:
    """The row's values and every finding on it: cells first, and then, where all could be read, its rules."""
    reading = Reading()
    values, remarks = reading.values, reading.remarks
    try:
        model.model_validate(row.texts, context=reading)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            column = str(fault["loc"][0])
            fix = str(fault.get("ctx", {}).get("fix", "Correct the cell."))
            message = fault["msg"].removesuffix(".") + "."
            code = sheet.column(column).rule or fault["type"]
            remarks.append(Finding(code, Severity.ERROR, message, fix, column=column))
        return Judged(row, values, _placed(remarks, sheet, row))
    plain = {name: _plain(value) for name, value in values.items()}
    places = {name: places_of(value.printed or "") for name, value in values.items() if isinstance(value, Figure)}
    for one in sheet.rules:
        if rule.holds(one.must, plain, places) is False:
            shown = {name: _shown(values[name], sheet.column(name)) for name in rule.columns_of(one.must)}
            remarks.append(
                Finding(one.code, one.severity, one.message.format(**shown), one.fix, column=rule.columns_of(one.must)[-1])
            )
    return Judged(row, values, _placed(remarks, sheet, row))


def _placed(remarks: list[Finding], sheet: Sheet, row: Row) -> tuple[Finding, ...]:
    return tuple(
        f.at(
            cell=f.cell or row.cells.get(f.column or ""),
            row=row.number,
            value=None if sheet.names_children else about(f, sheet, row),
        )
        for f in remarks
    )


def about(finding: Finding, sheet: Sheet, row: Row) -> str:
    """What was typed that the finding is about: in its cell, or in each that its rule reads."""
    names = next((rule.columns_of(one.must) for one in sheet.rules if one.code == finding.code), (finding.column or "",))
    return " | ".join(row.texts.get(name, "") for name in names)


def _plain(value: Any) -> Any:
    if isinstance(value, Figure):
        return Fraction(value.value) if value.value is not None else None
    if isinstance(value, Period):
        return str(value)
    return value.code if isinstance(value, Rated) else value


def _shown(value: Any, column: Column) -> str:
    if column.is_identifier or column.birth:
        return "(not shown)"
    if isinstance(value, Figure):
        return value.printed or "nothing"
    return "nothing" if value is None else value.code if isinstance(value, Rated) else str(value)
