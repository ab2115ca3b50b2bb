"""What every layout gives, a sheet's rows, and what the layouts share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.figure import looks_like_figure
from lscb_data.finding import Finding, Severity
from lscb_data.period import Period, month_named, year_named
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.workbook import address, letters

SheetRow = tuple[int, dict[int, str]]  # a row of the sheet as it stands: its number, and its texts by column


@dataclass(frozen=True)
class Row:
    """One row as received: its number, and its texts and cells by the contract's column names."""

    number: int
    texts: dict[str, str]
    cells: dict[str, str]


@dataclass(frozen=True)
class Unread:
    """A cell that stands under no heading of the return, where it may have been moved to."""

    row: int
    column: int
    figure: bool = False  # it looks like a figure of the return's: one is lost, where the return lacks one
    lost: bool = False  # it looks like a name or a row of the return's, and is lost
    quiet: bool = False  # it stands among words, and nothing is to be said of it unless it is lost


@dataclass
class Rows:
    """What a sheet's layout gives: rows, the texts around them, and what is wrong with the shape."""

    sheet: Sheet
    hushed: bool = False  # nothing that stands in the sheet may be said again
    rows: list[Row] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # of a table: the column that each stands in
    header: int = 0  # of a table: the row of its headings
    notes: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def remark(
        self, code: str, severity: Severity, message: str, fix: str, cell: str | None = None, column: str | None = None
    ) -> None:
        self.findings.append(Finding(code, severity, message, fix, cell=cell, column=column))

    def quoted(self, *texts: str) -> str:
        """The texts as a finding may say them again: among the headings of a sheet of children, a child may stand too."""
        return "(not shown)" if self.hushed or self.sheet.names_children else ", ".join(f"'{text}'" for text in texts)


@dataclass(frozen=True)
class Values:
    """How a column's values look: what tells a column that has no heading, and a figure that was moved from its own."""

    period: Period
    codes: Mapping[str, CodeList]

    def fits(self, column: Column, text: str) -> bool:
        """Whether the text looks like a value of this column; of free text nothing can be said."""
        if column.total and fold(text) in {fold(word) for word in column.total}:
            return True
        match column.type:
            case "month":
                return month_named(text, self.period) is not None
            case "year":
                return year_named(text, column.begins) is not None
            case "code":
                return self.codes[column.codes or ""].find(text) is not None
            case "rating":
                return self.codes[column.codes or ""].begins(text) is not None
            case "date":
                return re.match(r"\d+[-/.]\d", text) is not None
            case "text" | "identifier":
                return bool(column.pattern) and re.fullmatch(column.pattern or "", text, re.ASCII) is not None
            case _:
                found = re.fullmatch(column.pattern, text, re.ASCII) if column.pattern else None
                said = {text, found[1] or "" if found else ""}
                badly = bool(column.pattern) and len(text) <= 30 and re.search(r"\d", text) is not None and not is_note(text)
                return badly or any(looks_like_figure(one) or one.lower() in column.words for one in said)

    def meant(self, column: Column, text: str) -> str:
        """What the text says in this column, so that two ways to write a month, an area or a provider are one."""
        if column.type == "month":
            return str(month_named(text, self.period) or fold(text))
        code = self.codes[column.codes].find(text) if column.codes and column.key != "breakdown" else None
        return code.code if code else fold(text)

    def figure(self, columns: Iterable[Column], text: str) -> bool:
        """Whether the text looks like a figure of one of these columns."""
        return any(self.fits(column, text) for column in columns if column.is_number)


def is_note(text: str) -> bool:
    """Whether words among rows or lines are a footnote."""
    return text.startswith(("*", "Note", "Source")) or len(text) > 60


def no_heading(out: Rows, wanted: list[str]) -> None:
    out.remark(
        "heading_missing", Severity.BLOCKER,
        f"No row of the sheet has this return's headings ({', '.join(wanted)}): it is another return, or they were renamed.",
        "Send the sheet that this return asks for, with the template's headings.",
    )  # fmt: skip


def accepted_name(out: Rows, text: str, cell: str, name: str, printed: Sequence[str]) -> None:
    """Say that a name was read because it was accepted once: nothing is taken for another in silence."""
    known = next(filter(None, printed), name.replace("_", " "))
    out.remark(
        "alias_used", Severity.QUERY, f"{out.quoted(text)} was read as '{known}', for which that name was accepted.",
        "Name it as the template does.", cell, name,
    )  # fmt: skip


def lookalikes(out: Rows, text: str, cell: str) -> None:
    out.remark(
        "lookalike_letters", Severity.QUERY,
        f"{out.quoted(text)} has letters of another alphabet that look Latin; it was read as if they were Latin.",
        "Type it again on an English keyboard.", cell,
    )  # fmt: skip


def above(out: Rows, cell: str) -> None:
    out.remark(
        "row_misplaced", Severity.BLOCKER,
        "A row with figures stands over the sheet's headings, where it belongs to none of them.",
        "Put it under the headings.", cell,
    )  # fmt: skip


def unread(out: Rows, cells: Iterable[Unread], lacking: bool) -> None:
    """Say, once a column, that something stands there under no heading, and refuse the sheet where a figure would be lost.

    `lacking`: whether the sheet lacks a figure anywhere under its headings.
    """
    columns: dict[tuple[int, bool], list[int]] = {}
    for one in cells:
        lost = one.lost or (one.figure and lacking)
        if lost or not one.quiet:
            columns.setdefault((one.column, lost), []).append(one.row)
    for (column, lost), rows in sorted(columns.items()):
        more = f" (and in {len(rows) - 1} more cells of column {letters(column)})" if len(rows) > 1 else ""
        if lost:
            out.remark(
                "cell_misplaced", Severity.BLOCKER,
                f"What looks like one of the return's own figures or names stands here{more}, away from its heading or its"
                " line, so that it could not be read.",
                "Put it where the template has it, or take it out; give a column of your own a heading.",
                address(rows[0], column),
            )  # fmt: skip
        else:
            out.remark(
                "unread_cell", Severity.QUERY,
                f"There is something here{more} that stands under no heading of this return; it was not read.",
                "Say what it is, or take it out.", address(rows[0], column),
            )  # fmt: skip
