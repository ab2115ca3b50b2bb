"""A blank workbook for a return and a period, made from the contract: well filled in, it has no finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from lscb_data.about import ABOUT, AREA, LISTS, PERIOD, RETURN
from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Return
from lscb_data.finding import UserError
from lscb_data.page import blank, cell_format, head, validate, widths, write
from lscb_data.period import Period, quarter_of, year_of
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.wording import checks, example, heading, kind, month_words, said, span
from lscb_data.workbook import address, letters

OPEN_ROWS = 500  # of a sheet that takes as many rows as there are
MOST_KEYED = 400  # more rows than this by month and code are left to be written


@dataclass
class Template:
    """The workbook, the sheets that it was made of, and by sheet and cell what is to be filled in (of open rows the first)."""

    book: Workbook
    contract: Return
    period: Period
    codes: Mapping[str, CodeList]
    area_name: str
    sheets: list[Sheet]
    blanks: dict[tuple[str, str], Column] = field(default_factory=dict)


def template(contract: Return, period: Period, codes: Mapping[str, CodeList], area_name: str) -> Template:
    """The blank workbook.

    Raises UserError for a period that the return is not owed for, and where a label holds the Board's area and none is given.
    """
    if not contract.expected_in(period):
        raise UserError(f"{contract.title} is a {contract.frequency} return; '{period}' is no period that it is owed for.")
    if "xml" in contract.formats:
        raise UserError(f"{contract.title} is written as XML by the council's own system: there is nothing to fill in.")
    if "xlsx" not in contract.formats:
        raise UserError(f"{contract.title} is taken as its publisher gives it, as CSV: there is nothing to fill in.")
    declared = contract.sheets_for(period)
    if not area_name and any("{board}" in sheet.model_dump_json() for sheet in declared):
        raise UserError(
            f"{contract.title} prints the name of the Board's area: ask in the Board's folder, or name the area with --area."
        )
    sheets = [_with_examples(sheet.asked_in(period, area_name), period, codes) for sheet in declared]
    used = {column.codes for sheet in sheets for column in sheet.columns} | {sheet.areas for sheet in sheets}
    codes = {name: codes[name] for name in codes if name in used}
    out = Template(Workbook(), contract, period, codes, area_name, sheets)
    out.book.remove(out.book.worksheets[0])
    for sheet in sheets:
        page = out.book.create_sheet(sheet.names[0])
        write(page, 1, 1, sheet.title or sheet.description).font = Font(bold=True, size=13)
        write(page, 2, 1, f"{area_name + ', ' if area_name else ''}{span(_covered(sheet, period))}")
        {"table": _table, "months_across": _months_across, "matrix": _matrix}[sheet.layout](page, sheet, out)
        widths(page)
    _about(out)
    _lists(out)
    return out


def _with_examples(sheet: Sheet, period: Period, codes: Mapping[str, CodeList]) -> Sheet:
    """The sheet with an example in each column that has one: its months the period's own, its codes on the Board's own list."""
    columns = [column for column in sheet.columns if column.keep]
    return sheet.model_copy(
        update={"columns": [c.model_copy(update={"example": _on_list(c, example(c, sheet, period), codes)}) for c in columns]}
    )


def _on_list(column: Column, text: str, codes: Mapping[str, CodeList]) -> str | None:
    """The text, or the first code of the list where it has no such one: a Board has areas and providers of its own."""
    known = codes[column.codes] if text and column.codes else None
    if not known or fold(text) in map(fold, column.total) or known.find(text) or known.begins(text):
        return text or None
    return known.codes[0].label


def _covered(sheet: Sheet, period: Period) -> Period:
    """The time that the sheet is to tell of: the whole year, where each of its figures is for the year or reckoned from it."""
    of = {column.of for column in sheet.columns if column.is_figure}
    return period if not of or of & {"row", "quarter", "quarter_end"} else year_of(period.start)


def last_ended(contract: Return, today: date) -> Period:
    """The period of the return's frequency that ended last before today."""
    of = quarter_of if contract.frequency == "quarterly" else year_of
    return of(of(today).start - timedelta(days=1))


def _table(page: Worksheet, sheet: Sheet, out: Template) -> None:
    at = {column.name: place for place, column in enumerate(sheet.columns, 1)}
    for column in sheet.columns:
        head(page, 4, at[column.name], heading(column))
    keyed = [c for c in sheet.columns if c.key and (c.type == "month" or c.codes)]
    rows = list(product(*(_keys(column, out) for column in keyed))) if keyed else []
    if not 0 < len(rows) <= MOST_KEYED:
        keyed, rows = [], [()]
    for number, keys in enumerate(rows, 5):
        for column, key in zip(keyed, keys, strict=True):
            write(page, number, at[column.name], key)
        for column in sheet.columns:
            if column not in keyed:
                _blank(page, number, at[column.name], column, out)
    last = 4 + (len(rows) if keyed else OPEN_ROWS)
    for column in sheet.columns:
        if column not in keyed:
            where = letters(at[column.name])
            for row in page.iter_rows(5, last, at[column.name], at[column.name]):
                row[0].number_format = cell_format(column)
            _validate(page, column, f"{where}5:{where}{last}", out)
    page.freeze_panes = "A5"


def _keys(column: Column, out: Template) -> list[str]:
    """The keys that stand in this column beforehand: months, or codes that raise no question."""
    if column.type == "month":
        return [month_words(column.example, month) for month in out.period.months()]
    codes = out.codes[column.codes or ""].codes
    by_code = column.example in {one.code for one in codes}
    return [one.code if by_code else one.label for one in codes if not one.query]


def _months_across(page: Worksheet, sheet: Sheet, out: Template) -> None:
    by = sheet.keyed("period")
    months = out.period.months()
    for place, month in enumerate(months, 2):
        head(page, 4, place, month_words(by.example if by else None, month))
    row = 6  # under a free row: numbers right below months would be read as their years
    for area in out.codes[sheet.areas].codes if sheet.areas else [None]:
        if area:
            write(page, row, 1, area.label).font = Font(bold=True, size=12)
            row += 1
        for block in (None, *sheet.blocks):
            lines = [c for c in sheet.columns if c.block == block and not c.key]
            if block and lines:
                write(page, row, 1, sheet.blocks[block][0]).font = Font(bold=True)
                row += 1
            for column in lines:
                write(page, row, 1, heading(column))
                for place, _ in enumerate(months, 2):
                    _blank(page, row, place, column, out)
                _validate(page, column, f"B{row}:{address(row, len(months) + 1)}", out)
                row += 1
        row += 1
    page.freeze_panes = "B5"


def _matrix(page: Worksheet, sheet: Sheet, out: Template) -> None:
    by = next((c for c in sheet.columns if c.key in ("provider", "area")), None)
    across = _keys(by, out) if by else list(dict.fromkeys(c.across or "" for c in sheet.columns))
    for place, text in enumerate(("Line", "What it is", *across), 1):
        head(page, 4, place, text)
    lines: dict[str, list[Column]] = {}
    for column in sheet.columns:
        if column is not by:
            lines.setdefault(heading(column), []).append(column)
    for row, (label, columns) in enumerate(lines.items(), 5):
        write(page, row, 1, label)
        write(page, row, 2, columns[0].description).alignment = Alignment(wrap_text=True, vertical="top")
        for column in columns:
            for place, text in enumerate(across, 3):
                if by or column.across == text:
                    _blank(page, row, place, column, out)
                    _validate(page, column, address(row, place), out)
    page.freeze_panes = "C5"


def _blank(page: Worksheet, row: int, place: int, column: Column, out: Template) -> None:
    blank(page, row, place, column)
    out.blanks[page.title, address(row, place)] = column


def _validate(page: Worksheet, column: Column, cells: str, out: Template) -> None:
    validate(page, column, cells, heading(column), out.codes)


def _about(out: Template) -> None:
    """The sheet that says how to fill in the others."""
    contract, page = out.contract, out.book.create_sheet(ABOUT)
    lines: list[tuple[str, ...]] = [
        (contract.title,),
        (contract.description,),
        (RETURN, contract.return_),
        (PERIOD, str(out.period), span(out.period)),
        *([(AREA, out.area_name)] if out.area_name else []),
        (),
        (f"Send it within {contract.due.days} days of the period's end, as {', '.join(contract.formats)}.",),
        ("Fill in the yellow cells. 0 means none; leave blank what is not known, and say why.",),
        ("Keep sheets, headings, lines and months as they are. Another row that you have nothing for may be taken out.",),
    ]
    for sheet in out.sheets:
        lines += [
            (),
            (f"Sheet '{sheet.names[0]}': {sheet.description}",),
            ("Column or line", "What it is", "Kind", "Example"),
        ]
        lines += [(heading(c), c.description, kind(c), c.example or "") for c in sheet.columns]
        lines += [("Checked", said(one.message, sheet), one.fix) for one in checks(sheet)]
    for row, texts in enumerate(lines, 1):
        for place, text in enumerate(texts, 1):
            write(page, row, place, text).alignment = Alignment(wrap_text=place > 1, vertical="top")
    for letter, width in zip("ABCD", (44, 70, 40, 30), strict=True):
        page.column_dimensions[letter].width = width
    page["A1"].font = Font(bold=True, size=13)


def _lists(out: Template) -> None:
    page = out.book.create_sheet(LISTS)
    page.sheet_state = "hidden"
    for place, (name, codes) in enumerate(out.codes.items(), 1):
        for row, text in enumerate((name, *(code.label for code in codes.codes)), 1):
            write(page, row, place, text)
