"""From a grid to a return's rows, by the layout its contract names.

Whatever the sheet's shape, what comes out is a table of texts, each with its cell.
"""

from collections.abc import Mapping

from lscb_data.codes import CodeList
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, Values
from lscb_data.matrix import matrix
from lscb_data.months_across import months_across
from lscb_data.period import Period, month_named, year_named
from lscb_data.sheet import Sheet
from lscb_data.table import table
from lscb_data.workbook import Grid

__all__ = ["Row", "Rows", "lay_out"]


def lay_out(
    grid: Grid,
    sheet: Sheet,
    period: Period,
    board: str,
    codes: Mapping[str, CodeList],
    hushed: bool = False,
    span: Period | None = None,
) -> Rows:
    """The sheet's rows. `board` is the Board's own area as its suppliers name it; `hushed`: the findings quote no heading;
    `span`: the days that it may have months of, where it may have more than the period's.
    """
    sheet = sheet.asked_in(period, board)
    out = Rows(sheet, hushed)
    match sheet.layout:
        case "table":
            table(grid, out, Values(span or period, codes))
            if span and span != period:
                _own_months(out, period, span)
        case "months_across":
            months_across(grid, out, (period, span or period), board, codes)
        case "matrix":
            matrix(grid, out, Values(period, codes))
    if not out.rows and not any(f.severity is Severity.BLOCKER for f in out.findings):
        message = "The sheet has no rows of figures."
        out.remark("no_rows", Severity.BLOCKER, message, "Send the sheet filled in.")
    return out


def _own_months(out: Rows, period: Period, span: Period) -> None:
    """A file that may repeat earlier months has its own all the same: else it is another period's."""
    by = out.sheet.keyed("period")
    if not by or any(finding.severity is Severity.BLOCKER for finding in out.findings):
        return
    if by.type == "year":
        if period not in {year_named(row.texts.get(by.name, ""), by.begins) for row in out.rows}:
            out.remark(
                "year_missing", Severity.BLOCKER, f"No row for {period}.",
                "Receive it for the last year that it has.",
            )  # fmt: skip
        return
    there = {month_named(row.texts.get(by.name, ""), span) for row in out.rows}
    if absent := [month for month in period.months() if month not in there]:
        out.remark(
            "month_missing", Severity.BLOCKER, "No row for " + ", ".join(f"{one.start:%B %Y}" for one in absent) + ".",
            "Put the month's row back, blank where there is nothing to give.",
        )  # fmt: skip
