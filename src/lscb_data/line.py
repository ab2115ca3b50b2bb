"""The lines of a `months_across` sheet as they stand: what is over them, their names, which may be broken, what is beside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lscb_data.figure import looks_like_figure
from lscb_data.finding import Severity
from lscb_data.laid import Rows, SheetRow, Unread, is_note
from lscb_data.month_columns import Months
from lscb_data.spelling import fold
from lscb_data.words import Heading, Words, spoken
from lscb_data.workbook import address


@dataclass(frozen=True)
class Line:
    """A line: its name and where, the row that its figures stand in, and what is over it, of which nobody knows `unknown`."""

    label: str
    cell: str
    number: int
    texts: dict[int, str]
    area: Heading | None
    block: Heading | None
    unknown: Heading | None


@dataclass
class Reading:
    """The lines of a sheet, the headings over them, and the cells beside them."""

    lines: list[Line] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    beside: list[Unread] = field(default_factory=list)


def label_column(body: list[SheetRow], months: Months, words: Words) -> int:
    """The column that names the lines: the one with the most words that the contract knows."""
    counts: dict[int, int] = {}
    for _, texts in body:
        for column in set(texts) - set(months.columns):
            counts[column] = counts.get(column, 0) + words.known(texts[column])
    return max(counts, key=lambda column: (counts[column], -column), default=1)


def read_lines(out: Rows, body: list[SheetRow], label_at: int, months: Months, words: Words) -> Reading:
    """The sheet's lines from the top, with a remark on what stands among them and is none."""
    reading = Reading()
    area: Heading | None = None
    block: Heading | None = None
    unknown: Heading | None = None
    open_line = False  # whether the rows below may go on with the last line's name
    for number, texts in body:
        label, figures, means = texts.get(label_at, ""), _has_figures(texts, months), block.means if block else None
        in_months = [c for c in texts if c in months.columns]
        beside = list(_beside(number, texts, label_at, months, words))
        heading = None if label and figures and words.line(means, label) else _heading(texts, label_at, number, words)
        if heading:
            said, is_area, left = heading
            area, block, unknown = (said, None, None) if is_area else (area, said, None)
            open_line = False
            reading.headings.append(said)
            _more_in_heading(out, said, {c: t for c, t in texts.items() if c >= label_at}, left, number, months)
            beside = [replace(one, quiet=True) for one in beside if one.column in left or one.column < label_at]
        elif label and open_line and not figures and words.begins_line(means, f"{reading.lines[-1].label} {label}"):
            reading.lines[-1] = replace(reading.lines[-1], label=f"{reading.lines[-1].label} {label}")
            _stray(out, texts, in_months, number)
        elif label and (figures or words.begins_line(means, label)):  # or a line whose months are blank, or marks
            reading.lines.append(Line(label, address(number, label_at), number, texts, area, block, unknown))
            open_line = True
        elif label and fold(label) != fold(words.board):
            out.notes += [(address(number, c), t) for c, t in texts.items()]
            beside = [replace(one, quiet=True) for one in beside]
            open_line = open_line and is_note(label)
            if not is_note(label) and (out.sheet.blocks or out.sheet.areas):
                unknown = Heading("", label, address(number, label_at))
        else:  # no name, or the Board's own over its lines
            _unlabelled(out, texts, in_months, number, months)
        reading.beside += beside
    return reading


def _heading(texts: dict[int, str], label_at: int, number: int, words: Words) -> tuple[Heading, bool, list[int]] | None:
    """The heading that the row is, whether it is an area's, and the places of the cells that have no part in it."""
    said = {c: t for c, t in texts.items() if c >= label_at}
    for known in (words.block, words.area):
        if found := spoken(said, known):
            return replace(found[0], cell=address(number, min(said))), known == words.area, found[1]
    return None


def _beside(number: int, texts: dict[int, str], label_at: int, months: Months, words: Words) -> Iterator[Unread]:
    """The cells that are neither a line's name nor under a month; a column of the supplier's own has its own heading."""
    headed = {column for _, heads in months.rows for column in heads}
    for column, text in texts.items():
        if column != label_at and column not in months.columns:
            yield Unread(number, column, column not in headed and looks_like_figure(text), words.known(text))


def _has_figures(texts: dict[int, str], months: Months) -> bool:
    """Whether the row has figures: something in a month's column with a digit or a word, not a stray mark."""
    there = (text for column, text in texts.items() if column in months.columns)
    return any(re.search(r"\d|[A-Za-z]{2}", text) or text.startswith("#") for text in there)


def is_line(number: int, texts: dict[int, str], label_at: int, months: Months, words: Words) -> bool:
    """Whether a row over the months, or among them, has a line's figures with a name, or without any; a year is no figure."""
    heading = number >= months.first
    figures = {c for c, t in texts.items() if looks_like_figure(t) and not re.fullmatch(r"20\d\d([-/]\d\d)?", t, re.ASCII)}
    figures -= set(months.columns) if heading else set()
    named = any(words.known(text) for column, text in texts.items() if column not in figures)
    unnamed = label_at not in texts and bool(figures & set(months.columns))
    return bool(figures) and (named or unnamed)


def _more_in_heading(out: Rows, heading: Heading, said: dict[int, str], left: list[int], number: int, months: Months) -> None:
    """What stands beside a heading: figures where the heading is whole, and stray marks where it is broken."""
    figures = [c for c in left if c in months.columns and looks_like_figure(said[c])]
    broken_over_months = any(c in months.columns and c not in left for c in said)
    if len(figures) > 1 or (figures and not broken_over_months):
        out.remark(
            "figures_in_heading", Severity.BLOCKER,
            f"Figures stand beside the heading '{heading.title}', where they belong to no line.",
            "Put them beside their line's name.", address(number, figures[0]),
        )  # fmt: skip
    elif len(said) > 1:
        out.remark(
            "heading_broken", Severity.QUERY,
            f"The heading '{heading.title}' is broken over cells or has stray marks beside it: {' | '.join(said.values())}.",
            "Write the heading in one cell.", heading.cell,
        )  # fmt: skip


def _unlabelled(out: Rows, texts: dict[int, str], places: list[int], number: int, months: Months) -> None:
    """A row without a line's name. Its figures would be each month's, and no month's row could be accepted without them."""
    whole = len(places) == len(months.columns) and _has_figures(texts, months)
    if whole or any(looks_like_figure(texts[c]) for c in places):
        out.remark(
            "line_unlabelled", Severity.BLOCKER,
            "Figures stand here beside no line's name, so that nobody can tell what they are.",
            "Put the line's name back as the template has it, or take the figures out.", address(number, places[0]),
        )  # fmt: skip
    else:
        _stray(out, texts, places, number)


def _stray(out: Rows, texts: dict[int, str], places: list[int], number: int) -> None:
    for column in places:
        out.remark(
            "stray_mark", Severity.QUERY,
            f"A stray mark, '{texts[column][:20]}', stands where there is no figure; it was not read.",
            "Take it out.", address(number, column),
        )  # fmt: skip
