"""What a load came to, in a person's words: what was owed and what came, what to do next, and the headline figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from lscb_data.board import Board
from lscb_data.connection import reading
from lscb_data.finding import Severity, UserError, first_line
from lscb_data.period import Period, parse
from lscb_data.quarantine import held
from lscb_data.staging import LOST
from lscb_data.submission import received, unusable, without_receipt

HEADLINES = (
    ("cp_plans_open",),
    ("cp_reregistration_percent",),
    ("marac_repeat_percent", "violent_or_sexual_offences_under_18"),  # the first that has a figure
)


class LawError(UserError):
    """Rows received are not rows accepted and rejected: a fault of this software. The load goes no further."""

    exit_code = 70


@dataclass(frozen=True)
class Owed:
    """A return that is owed for a period. `days_overdue` is None where it came, or no day to reckon from was given."""

    return_: str
    title: str
    agency: str
    period: str
    due: date
    days_overdue: int | None

    def __str__(self) -> str:
        late = f", {self.days_overdue:,} days overdue" if self.days_overdue else ""
        return f"{self.title}, {self.period} ({self.agency}; due {self.due}{late})"


@dataclass(frozen=True)
class Came:
    """A submission that counts: `blocker` says why it was refused, and is None where it stands."""

    submission: str
    title: str
    agency: str
    period: str
    file: str
    blocker: str | None

    def __str__(self) -> str:
        return f"{self.title}, {self.period} ({self.agency})"


@dataclass(frozen=True)
class Headline:
    """One figure of the latest year that has it; where it is a count with a rate, the rate and the population that made it."""

    indicator: str
    title: str
    period: str
    unit: str
    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    rate: Decimal | None
    population: int | None

    def __str__(self) -> str:
        if self.unit == "percent":
            parts = self.numerator is not None and self.denominator is not None
            of = f" ({_plain(self.numerator)} of {_plain(self.denominator)})" if parts else ""
            return f"{self.title}, {self.period}: {_plain(self.value)}%{of}"
        rate = f" ({_plain(self.rate)} per 10,000 of {self.population:,})" if self.rate is not None and self.population else ""
        return f"{self.title}, {self.period}: {_plain(self.value)}{rate}"


@dataclass(frozen=True)
class Summary:
    """What stands after a load. `refused` leaves out what a later submission has put right; `missing` what is not due yet."""

    expected: tuple[Owed, ...]
    received: tuple[Owed, ...]
    accepted: tuple[Came, ...]
    refused: tuple[Came, ...]
    missing: tuple[Owed, ...]
    rows_received: int
    rows_accepted: int
    rows_rejected: int
    findings: dict[str, int]
    headlines: tuple[Headline, ...]
    next_steps: tuple[str, ...]
    unusable: tuple[str, ...] = ()  # what stands in raw/ where a receipt should, and why nothing of it was loaded
    lost: tuple[str, ...] = ()  # files that are no longer as received, of which what was landed before stands


def summarise(
    board: Board, build: Path, period: str | None = None, agency: str | None = None, today: date | None = None
) -> Summary:
    """What the build holds, of one agency or period only where they are given. With `today`, what is overdue by it.

    Raises LawError where the rows of any submission do not add up.
    """
    within = parse(period) if period else None
    with reading(build) as connection:
        every = _rows(connection, "from staging.submissions order by received_at, submission_id")
        _law(every)
        chosen = [row for row in _latest(every) if chosen_by(row["agency"], row["period"], within, agency)]
        have = {(row["return"], row["period"]) for row in every if row["standing"] != "withdrawn"}
        owed = [
            _owed(row, None if (row["return"], row["period"]) in have else today)
            for row in _rows(connection, "from staging.expected order by period_start, period_end desc, agency")
            if chosen_by(row["agency"], row["period"], within, agency)
        ]
        found = [one for one in _findings(connection, every) if chosen_by(*_whose(one), within, agency)]
        headlines = tuple(_headlines(connection, board.settings.area))
    why = {one["submission"]: one["message"] for one in reversed(found) if one["severity"] == Severity.BLOCKER}
    came = [_came(row, why) for row in chosen]
    missing = tuple(o for o in owed if (o.return_, o.period) not in have and (o.days_overdue is None or o.days_overdue > 0))
    refused = tuple(one for one in came if one.blocker is not None)
    findings = {str(severity): 0 for severity in Severity} | Counter(one["severity"] for one in found)
    aside, spoilt = held(board)
    faulty = tuple(map(str, [*unusable(board), *spoilt]))
    lost = tuple(
        f"raw/{row['file']}: {one['message']} {one['fix']}"
        for one in found
        for row in every
        if one["code"] in LOST and one["severity"] == Severity.ERROR and row["submission_id"] == one["submission"]
    )
    waiting = {one.id for one in received(board)} - {row["submission_id"] for row in every}
    return Summary(
        expected=tuple(owed),
        received=tuple(o for o in owed if (o.return_, o.period) in have),
        accepted=tuple(one for one in came if one.blocker is None),
        refused=refused,
        missing=missing,
        rows_received=sum(row["rows_received"] for row in chosen),
        rows_accepted=sum(row["rows_accepted"] for row in chosen),
        rows_rejected=sum(row["rows_rejected"] for row in chosen),
        findings=findings,
        headlines=headlines,
        next_steps=(
            *(f"Ask {one.agency} for the {one.title} of {one.period} again: {one.blocker}" for one in refused),
            *(f"Put right {one}" for one in lost),
            *(f"Put right or take away {one}" for one in faulty),
            *_asks(missing),
            *_counted(findings["error"], "error", "errors", "to put right: lscb status"),
            *_counted(findings["query"], "query", "queries", "to put right or explain: lscb status"),
            *_counted(len(waiting), "file", "files", "received and not loaded yet: lscb load"),
            *_counted(
                len(without_receipt(board)), "file", "files", "in raw/ without a receipt, never loaded: lscb receive FILE"
            ),
            *_counted(len(aside), "file", "files", "in quarantine, to be received by name: lscb status"),
        ),
        unusable=faulty,
        lost=lost,
    )


def listed_findings(
    build: Path, period: str | None = None, agency: str | None = None, most: int = 200
) -> tuple[list[dict[str, Any]], int]:
    """The findings that count, gravest first and no more than `most`, and how many there are of them."""
    within = parse(period) if period else None
    with reading(build) as connection:
        every = _rows(connection, "from staging.submissions order by received_at, submission_id")
        found = [one for one in _findings(connection, every) if chosen_by(*_whose(one), within, agency)]
    return found[:most], len(found)


def chosen_by(of_agency: str, of_period: str, within: Period | None, agency: str | None) -> bool:
    """Whether what is of this agency and period is among those asked for; a year's period takes in its quarters."""
    return (agency is None or of_agency == agency) and (within is None or within.contains(parse(of_period)))


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: Iterable[Any] = ()) -> list[dict[str, Any]]:
    try:
        answer = connection.execute(query, list(values))
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        why = first_line(error)
        raise UserError(f"A file of the Board's own SQL took the place of one that the summary needs ({why}).") from None
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _law(submissions: list[dict[str, Any]]) -> None:
    for row in submissions:
        if row["rows_received"] != row["rows_accepted"] + row["rows_rejected"]:
            raise LawError(
                f"{row['submission_id']}: {row['rows_received']} rows received, {row['rows_accepted']} accepted and "
                f"{row['rows_rejected']} rejected do not add up. Nothing was published; report it."
            )


def _latest(submissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that count: what stands, and the last one of its return and period where that was refused."""
    last = {(row["return"], row["period"]): row["submission_id"] for row in submissions if row["standing"] != "withdrawn"}
    return [
        row
        for row in submissions
        if row["standing"] == "accepted"
        or (row["standing"] == "refused" and last[row["return"], row["period"]] == row["submission_id"])
    ]


def _findings(connection: duckdb.DuckDBPyConnection, submissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every finding that is open, but those of submissions that no longer count, gravest first."""
    counts = [row["submission_id"] for row in _latest(submissions)]
    return _rows(
        connection,
        'select finding_id, severity, "return", period, submission, file, sheet, cell, code, message, fix from audit.findings '
        "where answered_at is null and (submission is null or list_contains($1, submission)) "
        "order by list_position($2, severity), period, \"return\", submission, sheet, cell, code, message",
        (counts, [str(severity) for severity in Severity]),
    )  # fmt: skip


def _whose(finding: dict[str, Any]) -> tuple[str, str]:
    return str(finding["return"]).partition("__")[0], finding["period"]


def _came(row: dict[str, Any], why: dict[str, str]) -> Came:
    blocker = None if row["standing"] == "accepted" else why.get(row["submission_id"], "")
    return Came(row["submission_id"], row["title"], row["agency"], row["period"], row["file"], blocker)


def _owed(row: dict[str, Any], today: date | None) -> Owed:
    overdue = None if today is None else max((today - row["due"]).days, 0)
    return Owed(row["return"], row["title"], row["agency"], row["period"], row["due"], overdue)


def _headlines(connection: duckdb.DuckDBPyConnection, area: str) -> Iterable[Headline]:
    """The headline figures that there are, each of the latest year that has it, for the Board's whole area."""
    for codes in HEADLINES:
        for code in codes:
            rows = _rows(connection, _LATEST_YEAR, (code, area))
            if rows:
                yield Headline(**rows[0])
                break


_LATEST_YEAR = """
    select
        v.indicator, i.title, v.period, v.unit, v.value, v.numerator, v.denominator,
        r.value as rate, r.denominator::bigint as population
    from published.indicator_values as v
    inner join staging.indicators as i on v.indicator = i.code
    left join published.indicator_values as r
        on r.indicator = v.indicator || '_per_10000' and r.period = v.period and r.area_code = v.area_code
        and r.provider is null and r.breakdown = 'all'
    where
        v.indicator = $1 and v.area_code = $2 and v.period_type = 'year' and v.provider is null and v.breakdown = 'all'
        and v.value is not null
    order by v.period_start desc
    limit 1
"""


def _asks(missing: Iterable[Owed]) -> Iterable[str]:
    """One sentence for each return that is missing, with the periods that it is missing for."""
    ordered = sorted(missing, key=lambda o: (o.agency, o.title, o.due))
    for (agency, title), group in groupby(ordered, key=lambda o: (o.agency, o.title)):
        periods = [f"{o.period} (due {o.due})" for o in group]
        said = " and ".join(filter(None, (", ".join(periods[:-1]), periods[-1])))
        yield f"Ask {agency} for the {title} of {said}"


def _counted(number: int, one: str, more: str, rest: str) -> list[str]:
    return [f"{number:,} {one if number == 1 else more} {rest}"] if number else []


def _plain(number: Decimal | None) -> str:
    """`1,234`, `40.63`: no zeros after the point that say nothing."""
    return "" if number is None else f"{number:,f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:,f}"
