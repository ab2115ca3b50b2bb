"""What every layout gives, a sheet's rows, and what the layouts share."""

from dataclasses import dataclass, field

from lscb_data.contract import Sheet
from lscb_data.finding import Finding, Severity
from lscb_data.workbook import address, letters


@dataclass(frozen=True)
class Row:
    """One row as received: its number, and its texts and cells by the contract's column names."""

    number: int
    texts: dict[str, str]
    cells: dict[str, str]


@dataclass
class Rows:
    """What a sheet's layout gives: rows, the texts around them, and what is wrong with the shape."""

    sheet: Sheet
    rows: list[Row] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # of a table: the column that each stands in
    notes: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def remark(
        self, code: str, severity: Severity, message: str, fix: str, cell: str | None = None, column: str | None = None
    ) -> None:
        self.findings.append(Finding(code, severity, message, fix, cell=cell, column=column))


def no_heading(out: Rows, wanted: list[str]) -> None:
    out.remark(
        "heading_missing", Severity.BLOCKER,
        f"No row of the sheet has this return's headings ({', '.join(wanted)}): it is another return, or they were renamed.",
        "Send the sheet that this return asks for, with the template's headings.",
    )  # fmt: skip


def lookalikes(out: Rows, text: str, cell: str) -> None:
    out.remark(
        "lookalike_letters", Severity.QUERY,
        f"'{text}' has letters of another alphabet that look Latin; it was read as if they were Latin.",
        "Type it again on an English keyboard.", cell,
    )  # fmt: skip


def unread(out: Rows, cells: dict[int, list[int]]) -> None:
    """Say, once a column, that something stands there under no heading. `cells`: the rows by column."""
    for column, rows in sorted(cells.items()):
        more = f" (and in {len(rows) - 1} more cells of column {letters(column)})" if len(rows) > 1 else ""
        out.remark(
            "unread_cell", Severity.QUERY,
            f"There is something here{more} that stands under no heading of this return; it was not read.",
            "Say what it is, or take it out.", address(rows[0], column),
        )  # fmt: skip
