"""The layout `months_across`: months in columns, blocks of lines down, areas stacked."""

from collections.abc import Iterable, Mapping

from lscb_data.codes import CodeList
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, above, accepted_name, no_heading, unread
from lscb_data.line import Line, is_line, label_column, read_lines
from lscb_data.month_columns import Months, find_months, headed_again, wrong_months
from lscb_data.period import Period
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.words import Heading, Words
from lscb_data.workbook import Grid, address


def months_across(grid: Grid, out: Rows, periods: tuple[Period, Period], board: str, codes: Mapping[str, CodeList]) -> None:
    """`periods`: the return's, whose months are to be there, and the days that there may be months of."""
    period, span = periods
    rows = list(grid.rows())
    months = find_months(rows, span)
    if not months:
        no_heading(out, [f"{m.start:%b-%y}" for m in period.months()])
        return
    if wrong_months(out, months, period, span):
        return
    words = Words(out.sheet, board, codes[out.sheet.areas] if out.sheet.areas else None)
    again = headed_again(out, months, rows, span)
    body = [row for row in rows if row[0] > months.last and row[0] not in again]
    label_at = label_column(body, months, words)
    for number, texts in rows:
        if number < months.last:
            out.notes += [(address(number, c), t) for c, t in texts.items() if number < months.first or c not in months.columns]
        if number <= months.last and is_line(number, texts, label_at, months, words):
            above(out, address(number, min(texts)))
    reading = read_lines(out, body, label_at, months, words)
    unread(out, reading.beside, any(set(months.columns) - set(line.texts) for line in reading.lines))
    for heading in reading.headings:
        if heading.alias:
            accepted_name(out, heading.alias, heading.cell, heading.means, [heading.title])
    _assemble(out, reading.lines, months, words)
    _idle_headings(out, reading.headings, reading.lines)
    _missing_lines(out)
    for row in out.rows:
        for column in out.sheet.columns:
            row.texts.setdefault(column.name, "")


def _assemble(out: Rows, lines: list[Line], months: Months, words: Words) -> None:
    """A row for each area and month, of the lines under it."""
    found: dict[tuple[str, int], Row] = {}
    for line in lines:
        column = words.line(line.block.means if line.block else None, line.label)
        if line.unknown:
            continue
        if not column:
            over = line.block or line.area
            out.remark(
                "line_unknown", Severity.BLOCKER,
                f"The line '{line.label}' is not one of this return's" + (f" under '{over.title}'" if over else "") + ".",
                "Put the line's name back as the template has it.", line.cell,
            )  # fmt: skip
            continue
        if fold(line.label) in map(fold, column.aliases):
            accepted_name(out, line.label, line.cell, column.name, column.printed)
        if out.sheet.areas and not line.area:
            continue
        for at, when in months.columns.items():
            blank = _blank_row(out.sheet, len(found) + 1, line.area, when, address(months.last, at))
            row = found.setdefault((line.area.means if line.area else "", at), blank)
            if column.name in row.cells:
                out.remark(
                    "line_doubled", Severity.BLOCKER, f"The line '{line.label}' stands twice in its block.",
                    "Leave one line of that name.", line.cell, column.name,
                )  # fmt: skip
                break
            row.texts[column.name] = line.texts.get(at, "")
            row.cells[column.name] = address(line.number, at)
    out.rows += found.values()


def _idle_headings(out: Rows, headings: Iterable[Heading], lines: list[Line]) -> None:
    """Words over lines that nobody knows, and headings over no line: each may have been another's."""
    for words in dict.fromkeys(line.unknown for line in lines if line.unknown):
        out.remark(
            "heading_unknown", Severity.BLOCKER,
            f"'{words.title}' is no heading or area of this return, but lines stand under it.",
            "Put the heading back as the template has it; begin a note with *.", words.cell,
        )  # fmt: skip
    nowhere = next((line for line in lines if out.sheet.areas and not line.area), None)
    if nowhere:
        out.remark(
            "area_missing", Severity.BLOCKER,
            f"The line '{nowhere.label}' stands under no area, so that nobody can tell whose it is.",
            "Put the area's name over its lines.", nowhere.cell,
        )  # fmt: skip
    over = {heading for line in lines for heading in (line.area, line.block)}
    for heading in headings:
        if heading not in over:
            out.remark(
                "heading_idle", Severity.BLOCKER, f"No line stands under '{heading.title}': it or its lines were moved.",
                "Put the lines under their own heading.", heading.cell,
            )  # fmt: skip


def _blank_row(sheet: Sheet, number: int, area: Heading | None, when: Period, month_cell: str) -> Row:
    texts, cells = {}, {}
    if by := sheet.keyed("period"):
        texts[by.name], cells[by.name] = str(when), month_cell
    if area and (by := sheet.keyed("area")):
        texts[by.name], cells[by.name] = area.means, area.cell
    return Row(number, texts, cells)


def _missing_lines(out: Rows) -> None:
    """Lines that the sheet, or one of its areas, has not at all."""
    by = out.sheet.keyed("area")
    areas = {(row.texts[by.name], row.cells[by.name]) if by else ("", None): row for row in out.rows}
    for (area, cell), row in areas.items():
        missing = [c for c in out.sheet.columns if c.printed and c.required and not c.key and c.name not in row.cells]
        if missing:
            said = f" for '{area}'" if area else ""
            out.remark(
                "line_missing", Severity.BLOCKER, "No line " + ", ".join(f"'{c.printed[0]}'" for c in missing) + said + ".",
                "Put the line back as the template has it.", cell,
            )  # fmt: skip
