"""From a grid to a return's rows, by the layout its contract names.

Whatever the sheet's shape, what comes out is a table of texts, each with its cell.
"""

from collections.abc import Mapping

from lscb_data.codes import CodeList
from lscb_data.contract import Sheet
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, Values
from lscb_data.matrix import matrix
from lscb_data.months_across import months_across
from lscb_data.period import Period
from lscb_data.table import table
from lscb_data.workbook import Grid

__all__ = ["Row", "Rows", "lay_out"]


def lay_out(grid: Grid, sheet: Sheet, period: Period, board: str, codes: Mapping[str, CodeList], hushed: bool = False) -> Rows:
    """The sheet's rows. `board` is the Board's own area as its suppliers name it; `hushed`: the findings quote no heading."""
    sheet = sheet.asked_in(period, board)
    out = Rows(sheet, hushed)
    match sheet.layout:
        case "table":
            table(grid, out, Values(period, codes))
        case "months_across":
            months_across(grid, out, period, board, codes)
        case "matrix":
            matrix(grid, out, Values(period, codes))
    if not out.rows and not any(f.severity is Severity.BLOCKER for f in out.findings):
        message = "The sheet has no rows of figures."
        out.remark("no_rows", Severity.BLOCKER, message, "Send the sheet filled in.")
    return out
