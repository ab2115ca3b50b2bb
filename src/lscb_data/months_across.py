"""The layout `months_across`: months in columns, blocks of lines down, areas stacked."""

import re
from collections.abc import Iterator, Mapping

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Sheet
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, no_heading, unread
from lscb_data.period import Period, month_named
from lscb_data.spelling import fold
from lscb_data.workbook import Grid, address


def months_across(grid: Grid, out: Rows, period: Period, board: str, codes: Mapping[str, CodeList]) -> None:
    lines = list(grid.rows())
    months, last = _month_columns(lines, period)
    if not months:
        no_heading(out, [f"{m.start:%b-%y}" for m in period.months()])
        return
    if _months_wrong(out, months, period, last):
        return
    over = [(n, c, t) for n, texts in lines for c, t in texts.items() if n < last]
    out.notes += [(address(n, c), t) for n, c, t in over if n < last - 1 or c not in months]
    areas = codes[out.sheet.areas] if out.sheet.areas else None
    found: dict[tuple[str, str], Row] = {}
    area, block, taken = ("", ""), None, ""
    label_at = min(c for c in (1, min(months) - 1) if c > 0)
    pending: list[tuple[str, dict[int, tuple[str, str]], str]] = []  # label so far, figures by column, label's cell

    def settle() -> None:
        while pending:
            label, figures, cell = pending.pop()
            column = _line(out.sheet, block, label, board)
            if not column:
                out.remark(
                    "line_unknown", Severity.BLOCKER,
                    f"The line '{label}' is not one of this return's" + (f" under '{taken}'" if taken else "") + ".",
                    "Put the line's name back as the template has it.", cell,
                )  # fmt: skip
                continue
            for place, when in months.items():
                text, at = figures.get(place, ("", ""))
                row = found.setdefault((area[0], str(when)), _blank_row(out.sheet, len(found) + 1, area, when, last, place))
                if column.name in row.cells:
                    out.remark(
                        "line_doubled", Severity.BLOCKER, f"The line '{label}' stands twice in its block.",
                        "Leave one line of that name.", cell, column.name,
                    )  # fmt: skip
                    break
                row.texts[column.name] = text
                row.cells[column.name] = at

    stray: dict[int, list[int]] = {}

    def begin(number: int, texts: dict[int, str]) -> None:
        settle()
        figures = {place: (texts.get(place, ""), address(number, place)) for place in months}
        pending.append((texts[label_at], figures, address(number, label_at)))
        for place in set(texts) - set(months) - {label_at}:
            stray.setdefault(place, []).append(number)

    for number, texts in lines:
        if number <= last:
            continue
        joined = " ".join(texts.values())
        label = texts.get(label_at, "")
        if heading := _heading(out.sheet, joined):
            settle()
            block, taken = heading[0], heading[1]
            _broken_heading(out, heading[1], texts, address(number, min(texts)))
        elif areas and (known := areas.find(joined)):
            settle()
            area, block, taken = (joined, address(number, min(texts))), None, known.label
            _broken_heading(out, known.label, texts, area[1])
        elif label and _figures(texts, months):
            begin(number, texts)
        elif label and pending and _may_continue(out.sheet, block, f"{pending[-1][0]} {label}", board):
            pending[-1] = (f"{pending[-1][0]} {label}", *pending[-1][1:])
            _stray(out, texts, label_at, number)
        elif label and _line(out.sheet, block, label, board):  # a line whose months are blank, or marks
            begin(number, texts)
        elif fold(label) == fold(board):  # the Board's own name over its lines
            _stray(out, texts, label_at, number)
        elif label:
            settle()
            out.notes += [(address(number, c), t) for c, t in texts.items()]
        else:
            _stray(out, texts, label_at, number)
    settle()
    unread(out, stray)
    for row in found.values():
        for column in out.sheet.columns:
            row.texts.setdefault(column.name, "")
    out.rows += found.values()
    missing = [c for c in out.sheet.columns if c.printed and c.required and not any(c.name in r.cells for r in out.rows)]
    if missing and out.rows:
        out.remark(
            "line_missing", Severity.BLOCKER, "No line " + ", ".join(f"'{c.printed[0]}'" for c in missing) + ".",
            "Put the line back as the template has it.",
        )  # fmt: skip


def _blank_row(sheet: Sheet, number: int, area: tuple[str, str], when: Period, header: int, place: int) -> Row:
    texts, cells = {}, {}
    if by := sheet.keyed("period"):
        texts[by.name], cells[by.name] = str(when), address(header, place)
    if by := sheet.keyed("area"):
        texts[by.name], cells[by.name] = area
    return Row(number, texts, cells)


def _month_columns(lines: list[tuple[int, dict[int, str]]], period: Period) -> tuple[dict[int, Period], int]:
    """Which month each column holds, and the last row of the header; the header may be broken over two rows."""
    best: tuple[dict[int, Period], int] = ({}, 0)
    for index, (number, texts) in enumerate(lines):
        below = lines[index + 1][1] if index + 1 < len(lines) and lines[index + 1][0] == number + 1 else {}
        for joined, last in ((below, number + 1), ({}, number)):
            months = {}
            if set(joined) - set(texts):
                continue  # a line with its label: its figures are no years
            for column, text in texts.items():
                part = joined.get(column, "")
                if joined and not re.fullmatch(r"(20)?[0-9]{2}", part):
                    continue
                if when := month_named(f"{text} {part}".strip(), period):
                    months[column] = when
            if len(months) > len(best[0]):
                best = (months, last)
    return best


def _months_wrong(out: Rows, months: dict[int, Period], period: Period, header: int) -> bool:
    seen: dict[Period, int] = {}
    for column, when in months.items():
        if when in seen:
            out.remark(
                "month_doubled", Severity.BLOCKER, f"The month {when.start:%B %Y} stands in two columns.",
                "Leave one column for each month.", address(header, column),
            )  # fmt: skip
        elif not period.contains(when):
            out.remark(
                "month_outside", Severity.BLOCKER, f"The month {when.start:%B %Y} is not part of {period}.",
                "Send the months of the return's own period.", address(header, column),
            )  # fmt: skip
        seen[when] = column
    if absent := [m for m in period.months() if m not in seen]:
        out.remark(
            "month_missing", Severity.BLOCKER, "No column for " + ", ".join(f"{m.start:%B %Y}" for m in absent) + ".",
            "Put the month's column back, blank where there is nothing to give.", address(header, min(months)),
        )  # fmt: skip
    return any(f.severity is Severity.BLOCKER for f in out.findings)


def _figures(texts: dict[int, str], months: dict[int, Period]) -> bool:
    """Whether the row has figures: something in a month's column with a digit or a word, not a stray mark."""
    return any(re.search(r"\d|[A-Za-z]{2}", text) or text.startswith("#") for c, text in texts.items() if c in months)


def _heading(sheet: Sheet, joined: str) -> tuple[str, str] | None:
    """The block whose heading the row's words, joined over its cells, begin with."""
    said = fold(joined)
    for block, spellings in sheet.blocks.items():
        for spelling in sorted(spellings, key=len, reverse=True):
            if said.startswith(fold(spelling)):
                return block, spellings[0]
    return None


def _labels(sheet: Sheet, block: str | None, board: str) -> Iterator[tuple[str, Column]]:
    for column in sheet.columns:
        if column.block == block:
            for printed in column.printed:
                yield fold(printed.replace("{board}", board)), column


def _line(sheet: Sheet, block: str | None, label: str, board: str) -> Column | None:
    return next((column for text, column in _labels(sheet, block, board) if text == fold(label)), None)


def _may_continue(sheet: Sheet, block: str | None, label: str, board: str) -> bool:
    return any(text.startswith(fold(label)) for text, _ in _labels(sheet, block, board))


def _broken_heading(out: Rows, meant: str, texts: dict[int, str], cell: str) -> None:
    if len(texts) > 1:
        out.remark(
            "heading_broken", Severity.QUERY,
            f"The heading '{meant}' is broken over cells or has stray marks beside it: {' | '.join(texts.values())}.",
            "Write the heading in one cell.", cell,
        )  # fmt: skip


def _stray(out: Rows, texts: dict[int, str], label_at: int, number: int) -> None:
    for column, text in texts.items():
        if column != label_at:
            out.remark(
                "stray_mark", Severity.QUERY, f"A stray mark, '{text[:20]}', stands where there is no figure; it was not read.",
                "Take it out.", address(number, column),
            )  # fmt: skip
