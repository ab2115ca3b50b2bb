"""The sheets of a return: found in its workbook, and laid out by their own layouts."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from lscb_data import period as periods
from lscb_data.about import disputed, is_own
from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Return
from lscb_data.finding import Finding, Severity
from lscb_data.layout import Rows, lay_out
from lscb_data.period import Period
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.workbook import Grid


def found_in(grids: list[Grid], path: Path, sheet: Sheet) -> list[Grid]:
    """The grids of the file that have the sheet's name; of a CSV file the one that there is."""
    names = {fold(name) for name in sheet.names}
    return grids[:1] if path.suffix.lower() == ".csv" else [grid for grid in grids if fold(grid.name) in names]


def lay_out_sheets(
    grids: list[Grid], path: Path, contract: Return, period: Period, codes: Mapping[str, CodeList], area_name: str
) -> tuple[list[Rows], list[Finding]]:
    """The contract's sheets for the period as they are found in the workbook, and what is wrong with its sheets."""
    laid, known, findings = [], set(), list[Finding]()
    for sheet in contract.sheets_for(period):
        found = found_in(grids, path, sheet)
        known |= {g.name for g in found}
        if len(found) != 1:
            if found or sheet.required:
                said = "doubled" if found else "missing"
                there = ", ".join(f"sheet {_called(grid, number, contract)}" for number, grid in enumerate(grids, 1))
                message = f"The sheet '{sheet.names[0]}' is {said}; the workbook has {there or 'none'}."
                fix = "Send the workbook with each of the template's sheets once."
                findings.append(Finding(f"sheet_{said}", Severity.BLOCKER, message, fix, sheet=sheet.names[0]))
            continue
        span = contract.spans(period)
        rows = lay_out(found[0], sheet, period, area_name, dict(codes), span=span)
        rows.sheet = rows.sheet.model_copy(update={"names": [found[0].name, *sheet.names]})
        if sheet.stated_period:
            _stated_period(rows, span)
        _doubled_rows(rows, span, codes)
        findings += [f.at(sheet=found[0].name) for f in rows.findings]
        laid.append(rows)
    findings += disputed(grids, period)
    others = re.compile(contract.other_sheets or "(?!)", re.I)
    for number, grid in enumerate(grids, 1):
        if grid.cells and grid.name not in known and not is_own(grid) and not others.fullmatch(grid.name.strip()):
            called = _called(grid, number, contract)
            message = f"The sheet {called} is not part of this return; it was not read."
            fix = "Take it out, or agree with the Board what it holds."
            findings.append(Finding("sheet_unknown", Severity.QUERY, message, fix, sheet=called.strip("'")))
    return laid, findings


def _called(grid: Grid, number: int, contract: Return) -> str:
    """A sheet as a finding may call it: in a workbook of children's records one may have a child's name."""
    if contract.names_children and fold(grid.name) not in {fold(name) for one in contract.sheets for name in one.names}:
        return f"number {number}"
    return f"'{grid.name[:40]}'"


def _stated_period(rows: Rows, period: Period) -> None:
    """Titles and notes that name a period which has nothing of the return's own."""
    for cell, text in rows.notes:
        other = [p for p in periods.stated(text) if not p.overlaps(period)]
        if other:
            rows.remark(
                "period_disputed", Severity.QUERY,
                f"The sheet's own words name {', '.join(_said(p) for p in other)}, but the return is for {period}.",
                "Say which period the figures are for.", cell,
            )  # fmt: skip


def _said(period: Period) -> str:
    if period.type == "month":
        return f"{period.start:%B %Y}"
    return f"{period.start:%B %Y} to {period.end:%B %Y}"


def _doubled_rows(rows: Rows, period: Period, codes: Mapping[str, CodeList]) -> None:
    """Rows of one key: it cannot be said which of them holds.

    A month, an area or a provider is one however it is written; a breakdown's rows may be parts of one code.
    """
    columns = [c for c in rows.sheet.columns if c.key]
    if not columns:
        return

    def key_of(column: Column, texts: Mapping[str, str]) -> str:
        text = next(filter(None, (texts.get(name) for name in (column.name, *column.otherwise))), "")
        if column.type == "month" and (month := periods.month_named(text, period)):
            return str(month)
        if column.codes and column.key != "breakdown" and (code := codes[column.codes].find(text)):
            return code.code
        return fold(text)

    keys = [c.name for c in columns]
    said = [tuple(key_of(c, row.texts) for c in columns) for row in rows.rows]
    counts = Counter(said)
    for key, row in zip(said, rows.rows, strict=True):
        if counts[key] > 1 and any(key):
            rows.remark(
                "row_doubled", Severity.BLOCKER,
                f"{counts[key]} rows are for '{' '.join(row.texts[k] for k in keys)}'.",
                "Leave one row for each.", row.cells.get(keys[0]), keys[0],
            )  # fmt: skip
