"""The authority on what a row may hold: pydantic models made from the contract, and the rules of a row against itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model

from lscb_data import rule
from lscb_data.cell import Rated, Reader, Reading, read_cell
from lscb_data.column import Column
from lscb_data.figure import Figure
from lscb_data.finding import Finding, Severity
from lscb_data.laid import Row
from lscb_data.period import Period
from lscb_data.rounding import places_of
from lscb_data.sheet import Rule, Sheet

REMEMBERED = 100_000  # texts of a column, or sets of values of a rule


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


@dataclass(frozen=True)
class Said:
    """What cells of a row say: the values of those that could be read, what is to be asked of them, and what is wrong."""

    values: dict[str, Any]
    remarks: tuple[Finding, ...]
    faults: tuple[Finding, ...]


def row_model(sheet: Sheet, reader: Reader, column: Column | None = None) -> type[BaseModel]:
    """The pydantic model of the sheet's rows, or of one column of them: texts in; figures, codes, dates and periods out."""
    reader = replace(reader, hushed=sheet.names_children)
    fields: dict[str, Any] = {
        one.name: (Annotated[Any, BeforeValidator(partial(read_cell, one, reader))], ...)
        for one in ([column] if column else sheet.columns)
    }
    model: type[BaseModel] = create_model(
        sheet.sheet, __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields
    )
    return model


def judge_row(model: type[BaseModel], sheet: Sheet, row: Row) -> Judged:
    """The row's values and every finding on it: cells first, and then, where all could be read, its rules."""
    said = _said(model, sheet, row.texts)
    broken = () if said.faults else (_broken(sheet, one, said.values) for one in sheet.rules)
    return _judged(sheet, row, [said], broken)


def judge_from_memory(sheet: Sheet, reader: Reader) -> Callable[[Row], Judged]:
    """Judges a row as `judge_row` does, and remembers: of a column each different text is read once, of a rule each different
    set of the values that it reads. Among millions of rows there are few of either."""
    cells = [(column.name, _reading_from_memory(sheet, reader, column)) for column in sheet.columns]
    rules = [(rule.columns_of(one.must), _breaking_from_memory(sheet, one)) for one in sheet.rules]

    def judge(row: Row) -> Judged:
        said = [read(row.texts[name]) for name, read in cells]
        if any(one.faults for one in said):
            return _judged(sheet, row, said, ())
        values = {name: value for one in said for name, value in one.values.items()}
        return _judged(sheet, row, said, (broken(*(values[name] for name in names)) for names, broken in rules))

    return judge


def _reading_from_memory(sheet: Sheet, reader: Reader, column: Column) -> Callable[[str], Said]:
    model = row_model(sheet, reader, column)
    return lru_cache(REMEMBERED)(lambda text: _said(model, sheet, {column.name: text}))


def _breaking_from_memory(sheet: Sheet, one: Rule) -> Callable[..., Finding | None]:
    names = rule.columns_of(one.must)
    return lru_cache(REMEMBERED)(lambda *values: _broken(sheet, one, dict(zip(names, values, strict=True))))


def _said(model: type[BaseModel], sheet: Sheet, texts: Mapping[str, str]) -> Said:
    reading, faults = Reading(), list[Finding]()
    try:
        model.model_validate(texts, context=reading)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            column = str(fault["loc"][0])
            fix = str(fault.get("ctx", {}).get("fix", "Correct the cell."))
            message = fault["msg"].removesuffix(".") + "."
            code = sheet.column(column).rule or fault["type"]
            faults.append(Finding(code, Severity.ERROR, message, fix, column=column))
    return Said(reading.values, tuple(reading.remarks), tuple(faults))


def _broken(sheet: Sheet, one: Rule, values: Mapping[str, Any]) -> Finding | None:
    """What is said where the values break the rule."""
    names = rule.columns_of(one.must)
    plain = {name: _plain(values[name]) for name in names}
    places = {name: places_of(values[name].printed or "") for name in names if isinstance(values[name], Figure)}
    if rule.holds(one.must, plain, places) is not False:
        return None
    shown = {name: _shown(values[name]) for name in names}
    return Finding(one.code, one.severity, one.message.format(**shown), one.fix, column=names[-1])


def _judged(sheet: Sheet, row: Row, said: list[Said], broken: Iterable[Finding | None]) -> Judged:
    values = {name: value for one in said for name, value in one.values.items()}
    remarks = [finding for one in said for finding in one.remarks]
    faults = [finding for one in said for finding in one.faults]
    found = [*remarks, *faults, *(finding for finding in broken if finding)]
    return Judged(row, values, _placed(found, sheet, row))


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


def _shown(value: Any) -> str:
    if isinstance(value, Figure):
        return value.printed or "nothing"
    return "nothing" if value is None else value.code if isinstance(value, Rated) else str(value)
