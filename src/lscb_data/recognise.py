"""Which return a file is, and for which period: by what stands in it, read as each contract would read it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lscb_data.about import about, is_own
from lscb_data.codes import CodeList
from lscb_data.contract import Contracts, Return
from lscb_data.finding import Finding, Severity, UserError
from lscb_data.laid import Rows
from lscb_data.layout import lay_out
from lscb_data.period import Period, month_named, parse, quarter_of, stated, year_named, year_of
from lscb_data.return_sheets import found_in
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.workbook import Grid, read_grids, tops

_ANOTHER = ("not_owed", "sheet_missing", "heading_missing", "column_missing")


@dataclass(frozen=True)
class Fit:
    """A return that a file may be, for one period (None: it does not say); `why_not` is empty where it is."""

    contract: Return
    period: Period | None
    why_not: tuple[Finding, ...] = ()

    @property
    def distance(self) -> tuple[int, int]:
        """How far the file is from the return: by sheets that are missing or another's, then by any fault."""
        return sum(one.code in _ANOTHER for one in self.why_not), len(self.why_not)

    def early(self, today: date) -> bool:
        """Whether the file would be the return, for a period that has not ended."""
        return not self.why_not and self.period is not None and self.period.end >= today

    def __str__(self) -> str:
        return f"{self.contract.return_} for {self.period}" if self.period else self.contract.return_


class UnrecognisedError(UserError):
    """Nobody can tell by its content which return the file is, or for which period; `nearest` says what it comes near to."""

    def __init__(self, said: str, nearest: tuple[Fit, ...] = ()) -> None:
        super().__init__(said)
        self.nearest = nearest


def recognise(
    path: Path,
    contracts: Contracts,
    today: date,
    area_name: str | None = None,
    return_: str | None = None,
    period: Period | None = None,
) -> tuple[Return, Period]:
    """The return and the period that the file is, among those that are said already; a template's own word is one of them.

    Raises UnrecognisedError, naming what it might be, where that is unclear or its period has not ended; UserError where what
    is said cannot be; UnreadableError for no workbook.
    """
    if period and period.end >= today:
        raise UserError(f"{period} has not ended: it ends on {_day(period.end)}. Send a return once its period is over.")
    if return_ and period:
        return contracts[return_], period
    if path.suffix.lower() == ".xml":
        return _census(path, contracts, today, return_, period)
    grids = tops(path)
    area_name = area_name or area_named(grids, contracts.codes)
    own = about(grids)
    if own.return_ in contracts.returns and return_ in (None, own.return_):
        return_, period = own.return_, period or own.period
    grids = [grid for grid in grids if not is_own(grid)]
    ending = path.suffix.lower().lstrip(".")
    known = [contracts[return_]] if return_ else list(contracts.returns.values())
    if not (asked := [contract for contract in known if ending in contract.formats]):
        taken = ", ".join(sorted({form for contract in known for form in contract.formats}))
        kind = UserError if return_ else UnrecognisedError
        raise kind(f"{path.name}: {return_ or 'a return'} is taken as {taken}, not {ending}.")
    tried = [fit for contract in asked for fit in _fits(path, grids, contract, contracts.codes, area_name, today, period)]
    early, fits = [fit for fit in tried if fit.early(today)], [fit for fit in tried if not (fit.why_not or fit.early(today))]
    if len(fits) == 1 and fits[0].period:
        return fits[0].contract, fits[0].period
    if not fits and early:
        ends = _day(early[0].period.end) if early[0].period else ""
        raise UnrecognisedError(
            f"{path.name} is {early[0]}, which has not ended: it ends on {ends}. If it is for another, add --period.",
            tuple(early),
        )
    if not fits:
        nearest = sorted(tried, key=lambda fit: fit.distance)[:3]
        raise UnrecognisedError(
            f"{path.name} is none of the returns{f' for {period}' if period else ''}. The nearest: "
            + " ".join(f"{fit}: {fit.why_not[0].message}" for fit in nearest)
            + " If it is one of them all the same, say so with --return and --period.",
            tuple(nearest),
        )
    if len(fits) == 1:
        raise UnrecognisedError(
            f"{path.name} is {fits[0].contract.return_} ({fits[0].contract.title}), but nothing in it"
            f" says clearly for which period: add --period, such as --period '{_forms(fits[0].contract)}'.",
            tuple(fits),
        )
    several = " or ".join(map(str, fits))
    raise UnrecognisedError(f"{path.name} could be {several}: say which with --return and --period.", tuple(fits))


def _census(path: Path, contracts: Contracts, today: date, return_: str | None, period: Period | None) -> tuple[Return, Period]:
    """The return that an XML file is, by its root, and the period that ends on the day it names."""
    from lscb_data.xml_door import peek

    known = [one for one in contracts.returns.values() if one.record and return_ in (None, one.return_)]
    found = peek(path, [one.period_at for one in known if one.period_at])
    fits = [one for one in known if one.record and one.record.partition("/")[0] == found[""]]
    if len(fits) != 1:
        said = " or ".join(one.return_ for one in fits) or "none of the returns that are taken as XML"
        near = tuple(Fit(one, None) for one in fits)
        raise UnrecognisedError(f"{path.name} is {said}: say which with --return and --period.", near)
    if not period:
        of = quarter_of if fits[0].frequency == "quarterly" else year_of
        try:
            day = date.fromisoformat(found.get(fits[0].period_at or "", ""))
        except ValueError:
            raise UnrecognisedError(
                f"{path.name} is {fits[0].return_}, but names no day that its period ends on: add --period.",
                (Fit(fits[0], None),),
            ) from None
        period = of(day)
        if period.end != day or period.end >= today:
            raise UnrecognisedError(
                f"{path.name} is {fits[0].return_} to {_day(day)}, which ends no period so far: add --period.",
                (Fit(fits[0], None),),
            )
    return fits[0], period


def area_named(grids: list[Grid], codes: Mapping[str, CodeList]) -> str:
    """Whose return it is: the area that a template names, or the one on the list of areas that has a cell to itself."""
    texts = {fold(text) for grid in grids for text in grid.cells.values()}
    labels = [code.label for code in codes["areas"].codes] if "areas" in codes else []
    return about(grids).area or next((label for label in labels if fold(label) in texts), "")


def _fits(
    path: Path,
    grids: list[Grid],
    contract: Return,
    codes: Mapping[str, CodeList],
    area_name: str,
    today: date,
    period: Period | None,
) -> Iterator[Fit]:
    """The periods that fit, on the best evidence there is; failing any, the likeliest and why not."""
    tried: list[Fit] = []
    for periods in [[period]] if period else _evidence(path, grids, contract):
        found = [Fit(contract, one, tuple(_faults(path, grids, contract, one, codes, area_name))) for one in periods]
        if fitting := [fit for fit in found if not (fit.why_not or fit.early(today))]:
            yield from fitting
            return
        tried += found
    if not period and not any(fit.early(today) for fit in tried):
        shapes = [tuple(_faults(path, grids, contract, one, codes, area_name)) for one in _any_year(contract)]
        tried += [Fit(contract, None, min(shapes, key=len))]
    yield min(tried, key=lambda fit: fit.distance)


def _evidence(path: Path, grids: list[Grid], contract: Return) -> Iterator[list[Period]]:
    """The periods that the file speaks of, the surest evidence first. Sheets beside the return's own are heard where those say
    nothing."""
    if last := _last_year(path, grids, contract):
        yield [last]
        return
    names = {fold(name) for sheet in contract.sheets for name in sheet.names}
    own = [grid for grid in grids if path.suffix.lower() == ".csv" or fold(grid.name) in names]
    said = list(_spoken_of(own, contract))
    yield from said if any(said) else _spoken_of([grid for grid in grids if grid not in own], contract)


def _last_year(path: Path, grids: list[Grid], contract: Return) -> Period | None:
    """The last year in the column of years that the return has, wherever in the file it stands; None where there is none."""
    years = [column for sheet in contract.sheets for column in sheet.columns if column.type == "year"]
    headings = {fold(text): column.begins for column in years for text in column.spellings}
    headed = [
        (grid.name, *at, headings[fold(text)]) for grid in grids for at, text in grid.cells.items() if fold(text) in headings
    ]
    if not headings or not headed:
        return None
    below = {
        year
        for grid in (read_grids(path) if path.suffix.lower() == ".csv" else grids)
        for (row, column), text in grid.cells.items()
        for name, head, place, begins in headed
        if (name, place) == (grid.name, column) and row > head and (year := year_named(text, begins))
    }
    return max(below, default=None)


def _spoken_of(grids: list[Grid], contract: Return) -> Iterator[list[Period]]:
    """Months with their years; a heading or note that names just the period; and where none does, a longer or shorter time."""
    of = quarter_of if contract.frequency == "quarterly" else year_of
    spans = [span for grid in grids for text in grid.cells.values() for span in stated(text)]
    around = sorted({of(month.start) for span in spans for month in span.months()})
    exact = [one for one in around if any((one.start, one.end) == (s.start, s.end) for s in spans)]
    yield sorted({of(month.start) for month in _dated_months(grids)})
    yield exact or around


def _dated_months(grids: list[Grid]) -> Iterator[Period]:
    """Months that stand in a cell with their year: `Apr-14`, or `Apr-` over `14`, or `Apr` over `2014`. `Apr` over `14` may be
    a month over its count."""
    somewhere = year_of(parse("2000-04").start)
    for grid in grids:
        for (row, column), text in grid.cells.items():
            below = grid.cells.get((row + 1, column), "")
            joined = f"{text} {below}" if re.fullmatch(r"20\d\d" if text[-1].isalnum() else r"(20)?\d\d", below) else text
            if len(text) <= 20 and re.search(r"\d", joined) and (month := month_named(joined, somewhere)):
                yield month


def _any_year(contract: Return) -> list[Period]:
    """A period of each kind, to see whether a file that gives no year has the return's shape."""
    year = year_of(parse(contract.since).start if contract.since else parse("2014-04").start)
    if contract.frequency == "annual":
        return [year]
    return sorted({quarter_of(month.start) for month in year.months()})


def _faults(
    path: Path,
    grids: list[Grid],
    contract: Return,
    period: Period,
    codes: Mapping[str, CodeList],
    area_name: str,
) -> Iterator[Finding]:
    """Why the file is not this return for this period."""
    if not contract.expected_in(period):
        yield _fault("not_owed", f"It is not owed for {period}.")
        return
    for sheet in contract.sheets_for(period):
        found = found_in(grids, path, sheet)
        if not found:
            if sheet.required:
                yield _fault("sheet_missing", f"The sheet '{sheet.names[0]}' is missing.")
            continue
        span = contract.spans(period)
        laid = lay_out(found[0], sheet, period, area_name, dict(codes), hushed=True, span=span)  # it may be a list of children
        # A blank sheet is the return all the same: to be refused as what it is.
        yield from (one for one in laid.findings if one.severity is Severity.BLOCKER and one.code != "no_rows")
        yield from _other_months(laid, sheet, span)


def _fault(code: str, message: str) -> Finding:
    return Finding(code, Severity.BLOCKER, message, "")


def _other_months(laid: Rows, sheet: Sheet, period: Period) -> Iterator[Finding]:
    by = sheet.keyed("period")
    if by and by.type == "year":
        return
    months = [month for row in laid.rows if by and (month := month_named(row.texts.get(by.name, ""), period))]
    for month in dict.fromkeys(months):
        if not period.contains(month):
            yield _fault(
                "month_outside",
                f"{month.start:%B %Y} on the sheet '{sheet.names[0]}' is not part of {period}.",
            )


def _day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def _forms(contract: Return) -> str:
    return "2014-15" if contract.frequency == "annual" else "2014-15 Q1"
