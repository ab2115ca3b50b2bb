"""The sheets that are added to a return's own: by a template what it is, and the lists of its cells; by feedback what is asked
of it. They hold no figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lscb_data.finding import Finding, Severity
from lscb_data.period import Period, parse
from lscb_data.spelling import fold
from lscb_data.workbook import Grid, address

ABOUT, LISTS = "About this return", "Lists for this return"
FEEDBACK, FINDING, ANSWER = "What the Board asks", "Finding", "Answer"  # its sheet, and the headings that answers are read by
RETURN, PERIOD, AREA = "Return", "Period", "The Board's area"


@dataclass(frozen=True)
class About:
    """What a template says of itself; nothing where the file is none, or the supplier took the sheet out."""

    return_: str = ""
    period: Period | None = None
    area: str = ""
    period_cell: str = ""


def is_own(grid: Grid) -> bool:
    """Whether the sheet is one that was added."""
    return fold(grid.name) in (fold(ABOUT), fold(LISTS), fold(FEEDBACK))


def about(grids: Sequence[Grid]) -> About:
    for grid in grids:
        if fold(grid.name) == fold(ABOUT):
            return _read(grid)
    return About()


def disputed(grids: Sequence[Grid], period: Period) -> list[Finding]:
    """The query to a supplier who fills in the template of one period for another."""
    said = about(grids)
    if not said.period or said.period == period:
        return []
    message = f"The template was made for {said.period}, but the return is for {period}."
    fix = "Say which period the figures are for."
    return [Finding("period_disputed", Severity.QUERY, message, fix, sheet=ABOUT, cell=said.period_cell)]


def _read(grid: Grid) -> About:
    said: dict[str, tuple[str, str]] = {}
    for row, texts in grid.rows():
        said.setdefault(fold(texts.get(1, "")), (texts.get(2, ""), address(row, 2)))  # the first: a column may be called Period
    (return_, _), (period, cell), (area, _) = (said.get(fold(name), ("", "")) for name in (RETURN, PERIOD, AREA))
    try:
        return About(return_, parse(period), area, cell)
    except ValueError:
        return About(return_, None, area)
