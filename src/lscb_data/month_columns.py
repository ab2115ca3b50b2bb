"""Which month each column of a `months_across` sheet holds."""

import re
from dataclasses import dataclass

from lscb_data.finding import Severity
from lscb_data.laid import Rows, SheetRow
from lscb_data.period import Period, month_named
from lscb_data.workbook import address

_YEAR = re.compile(r"(20)?[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Months:
    """The month of each column, and the rows of the heading, which may be broken over two."""

    columns: dict[int, Period]
    rows: tuple[SheetRow, ...]

    @property
    def first(self) -> int:
        return self.rows[0][0]

    @property
    def last(self) -> int:
        return self.rows[-1][0]


def find_months(lines: list[SheetRow], period: Period) -> Months | None:
    """The row that names the most months, the first of them; None where no row names any."""
    best: Months | None = None
    for index, (number, texts) in enumerate(lines):
        over = lines[index - 1] if index and lines[index - 1][0] == number - 1 else None
        under = lines[index + 1] if index + 1 < len(lines) and lines[index + 1][0] == number + 1 else None
        for years in (under, over, None):
            # Under a heading a line with its label is no row of years, and over it years may be merged cells.
            parts = _years(years, texts, carried=years is over) if years else {}
            if years and not parts:
                continue
            months = {c: when for c, text in texts.items() if (when := month_named(f"{text} {parts.get(c, '')}", period))}
            if len(months) > (len(best.columns) if best else 0):
                best = Months(months, tuple(sorted(filter(None, (years, (number, texts))))))
    return best


def _years(line: SheetRow, texts: dict[int, str], carried: bool) -> dict[int, str]:
    """The years that a row has for the columns of the row beside it; none where it holds anything else."""
    years: dict[int, str] = line[1]
    found: dict[int, str] = {}
    if not carried:
        found = {column: text for column, text in years.items() if column in texts}
        beside = min(years.keys() - found.keys(), default=max(texts) + 1)  # a note, and no name of a line
        return found if beside > max(texts) and all(_YEAR.fullmatch(text) for text in found.values()) else {}
    for column in texts:
        before = [c for c in years if c <= column]
        if before and re.fullmatch(r"20[0-9]{2}", years[max(before)], re.ASCII):
            found[column] = years[max(before)]
    return found


def wrong_months(out: Rows, months: Months, period: Period, span: Period) -> bool:
    """Whether the columns are not the period's months, each once, and of others only those of the span; with the findings."""
    seen: dict[Period, int] = {}
    for column, when in months.columns.items():
        if when in seen:
            out.remark(
                "month_doubled", Severity.BLOCKER, f"The month {when.start:%B %Y} stands in two columns.",
                "Leave one column for each month.", address(months.last, column),
            )  # fmt: skip
        elif not span.contains(when):
            out.remark(
                "month_outside", Severity.BLOCKER, f"The month {when.start:%B %Y} is not part of {span}.",
                "Send the months of the return's own period.", address(months.last, column),
            )  # fmt: skip
        seen[when] = column
    if absent := [m for m in period.months() if m not in seen]:
        out.remark(
            "month_missing", Severity.BLOCKER, "No column for " + ", ".join(f"{m.start:%B %Y}" for m in absent) + ".",
            "Put the month's column back, blank where there is nothing to give.", address(months.last, min(months.columns)),
        )  # fmt: skip
    return any(f.severity is Severity.BLOCKER for f in out.findings)


def headed_again(out: Rows, months: Months, lines: list[SheetRow], period: Period) -> set[int]:
    """The rows under the heading that name the months once more; in other columns than before they would swap figures."""
    named = next(n for n, (_, texts) in enumerate(months.rows) if _names_months(texts, months, period))
    found: set[int] = set()
    for index, (number, texts) in enumerate(lines):
        if number <= months.last or not _names_months(texts, months, period):
            continue
        rows = lines[index - named : index - named + len(months.rows)]
        same = [t for _, t in rows] == [t for _, t in months.rows]
        found |= {n for n, _ in rows} if same else {number}
        out.remark(
            "heading_repeated", Severity.QUERY if same else Severity.BLOCKER,
            "The months stand here again" + ("." if same else ", and not over the same columns as before."),
            "Leave one row of months, and one table under it.", address(number, min(texts)),
        )  # fmt: skip
    return found


def _names_months(texts: dict[int, str], months: Months, period: Period) -> bool:
    return any(month_named(text, period) for column, text in texts.items() if column in months.columns)
