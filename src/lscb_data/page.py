"""The cells of a template: text that stays text, headings, and cells to fill in with what Excel asks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lscb_data.about import LISTS
from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.workbook import letters

_HEAD, _INPUT = PatternFill("solid", fgColor="DDE6EE"), PatternFill("solid", fgColor="FFFBE6")
_SIDE = Side("thin", color="BBBBBB")
_THIN = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FORMATS = {"percent": "0.00%", "date": "dd/mm/yyyy", "count": "0", "decimal": "General"}


def write(page: Worksheet, row: int, place: int, text: str) -> Cell:
    """The text as text, whatever it begins with: nothing of a contract or a list becomes a formula."""
    cell = page.cell(row, place)
    assert isinstance(cell, Cell)  # noqa: S101 - a template merges no cells
    cell.value = text
    cell.data_type, cell.number_format = "s", "@"
    if text.startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True
    return cell


def head(page: Worksheet, row: int, place: int, text: str) -> None:
    """A heading."""
    cell = write(page, row, place, text)
    cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _THIN
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def widths(page: Worksheet) -> None:
    """Each column as wide as what stands in it from the headings down."""
    for number, cells in enumerate(page.iter_cols(min_row=4), 1):
        longest = max((len(str(cell.value)) for cell in cells if cell.value), default=0)
        page.column_dimensions[letters(number)].width = min(max(longest + 2, 12), 60)


def blank(page: Worksheet, row: int, place: int, column: Column) -> None:
    """A cell to be filled in."""
    cell = page.cell(row, place)
    cell.fill, cell.border, cell.number_format = _INPUT, _THIN, cell_format(column)
    cell.alignment = Alignment(wrap_text=column.type in ("text", "rating"), vertical="top")


def cell_format(column: Column) -> str:
    """How Excel is to take what is typed: a number, a percentage, a date, or text just as it stands."""
    return "@" if column.pattern or column.words else _FORMATS.get(column.type, "@")


def validate(page: Worksheet, column: Column, cells: str, title: str, codes: Mapping[str, CodeList]) -> None:
    """What Excel shows and asks at these cells. It only warns: `5 or under` is an honest answer."""
    asked: dict[str, Any] = {"type": None}
    if column.codes:
        names = list(codes)
        where, last = letters(names.index(column.codes) + 1), len(codes[column.codes].codes) + 1
        asked = {"type": "list", "formula1": f"'{LISTS}'!${where}$2:${where}${last}"}
    elif column.is_number and not (column.pattern or column.words):
        scale = 100 if column.type == "percent" else 1
        low, high = (None if bound is None else bound / scale for bound in (column.minimum, column.maximum))
        least, most = (
            (Decimal(-(10**15)) if low is None else low),
            (Decimal(10**15) if high is None else high),
        )
        asked = {"type": "whole" if column.type == "count" else "decimal", "operator": "between"}
        asked |= {"formula1": f"{least:f}", "formula2": f"{most:f}"}
    rule = DataValidation(
        **asked,
        sqref=cells,
        allow_blank=True,
        errorStyle="warning",
        showErrorMessage=column.type != "rating",
        errorTitle="Not as agreed",
        error=_prompt(column)[:255],
        showInputMessage=True,
        promptTitle=title[:32],
        prompt=_prompt(column)[:255],
    )
    page.add_data_validation(rule)


def _prompt(column: Column) -> str:
    return column.description + (f" (for example {column.example})" if column.example else "")
