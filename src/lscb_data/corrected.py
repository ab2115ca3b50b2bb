"""Cells read as it was agreed that they are to be read: for as long as they hold what was agreed to be wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lscb_data.contract import Return
from lscb_data.decision import Correction
from lscb_data.finding import Finding, Severity
from lscb_data.spelling import clean, fold
from lscb_data.workbook import Grid, column_number

Outcome = Literal["in_use", "met", "disputed", "ended", "replaced"]
GO = "Where it is to go, decide it once more with --until and a day that is over."


@dataclass
class Corrected:
    """A file's sheets as they are to be read, what became of each correction, and those in use by sheet and cell."""

    grids: list[Grid]
    outcomes: list[Outcome] = field(default_factory=list)
    in_use: dict[tuple[str, str], Correction] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def corrected(grids: list[Grid], corrections: Sequence[Correction], contract: Return, today: date) -> Corrected:
    """The sheets with each correction made that is in force, and a query on each that is not.

    A correction is for the cell's own text: where a later file holds another, nobody has agreed what it is to be read as.
    """
    out = Corrected([Grid(grid.name, dict(grid.cells)) for grid in grids])
    last = {_cell(one, contract): number for number, one in enumerate(corrections)}
    for number, one in enumerate(corrections):
        if last[_cell(one, contract)] != number:
            out.outcomes.append("replaced")
            continue
        grid = sheet_called(out.grids, one.sheet, contract)
        there = grid.cells.get(place(one.cell)) or "" if grid else None
        outcome = _outcome(one, there, today)
        out.outcomes.append(outcome)
        if grid and outcome == "in_use":
            out.in_use[grid.name, one.cell] = one
            _put(grid.cells, place(one.cell), clean(one.becomes))
        out.findings += _asked(one, outcome, there, grid.name if grid else one.sheet)
    return out


def place(cell: str) -> tuple[int, int]:
    """The row and the column of a cell's name: E7 is row 7, column 5."""
    letters, number = re.split(r"(?<=[A-Z])(?=[0-9])", cell)
    return int(number), column_number(letters)


def sheet_called(grids: Sequence[Grid], name: str, contract: Return) -> Grid | None:
    """The sheet of this name, or of another name that the contract knows it by; of a CSV file the only one."""
    if "csv" in contract.formats and len(grids) == 1:
        return grids[0]
    names = _names(name, contract)
    return next((grid for grid in grids if fold(grid.name) in names), None)


def sentence(one: Correction) -> str:
    """What is said wherever the corrected figure goes."""
    return f"Corrected from '{one.was}' to '{one.becomes}': {one.reason.rstrip('.')} (agreed by {one.agreed_by})."


def _names(name: str, contract: Return) -> set[str]:
    known = [{fold(one) for one in sheet.names} for sheet in contract.sheets]
    return {fold(name)}.union(*(names for names in known if fold(name) in names))


def _cell(one: Correction, contract: Return) -> tuple[str, str]:
    return ("" if len(contract.sheets) == 1 else min(_names(one.sheet, contract))), one.cell


def _put(cells: dict[tuple[int, int], str], at: tuple[int, int], text: str) -> None:
    if text:
        cells[at] = text
    else:
        cells.pop(at, None)


def _outcome(one: Correction, there: str | None, today: date) -> Outcome:
    if one.until and one.until < today:
        return "ended"
    if there == clean(one.was):
        return "in_use"
    return "met" if there == clean(one.becomes) else "disputed"


def _asked(one: Correction, outcome: Outcome, there: str | None, sheet: str) -> list[Finding]:
    said = f"by the correction of {one.decided_at:%d %B %Y} '{one.was}' is read as '{one.becomes}'"
    match outcome:
        case "met":
            message, fix = f"The cell holds '{there}', and {said}: the correction is not needed any more.", GO
        case "disputed":
            now = "The sheet is not there" if there is None else f"The cell holds '{there[:40]}'"
            message = f"{now}, but {said}: it was not corrected."
            fix = f"Say which is right. {GO}"
        case "ended" if there == clean(one.was):
            message = f"The cell holds '{there}' still, and {said} until {one.until:%d %B %Y}: it is corrected no longer."
            fix = "Ask the supplier to send the right value, or agree on a later day."
        case _:
            return []
    return [Finding(f"correction_{outcome}", Severity.QUERY, message, fix, sheet=sheet, cell=one.cell)]


def of_row(in_use: Mapping[tuple[str, str], Correction], sheet: str, cells: Sequence[str | None]) -> list[Correction]:
    """The corrections in use among these cells of a sheet."""
    return [in_use[sheet, cell] for cell in dict.fromkeys(cells) if cell and (sheet, cell) in in_use]
