"""Months, quarters and financial years (April to March) as a Board writes them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

PeriodType = Literal["month", "quarter", "year", "date"]

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = r"(?:" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + r"|sept)"
_YEAR = r"(?:20[0-9][0-9]|[0-9][0-9])"


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days that a figure is for; `str()` is how it is published: `2014-15 Q1`, `2014-04`."""

    start: date
    end: date
    type: PeriodType

    def __str__(self) -> str:
        match self.type:
            case "date":
                return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{year_of(self.start)} Q{(self.start.month - 4) % 12 // 3 + 1}"
            case "year":
                first = self.start.year
                return f"{first}-{(first + 1) % 100:02}"

    @property
    def folder(self) -> str:
        """The name of this period's folder in `raw/`."""
        return str(self).replace(" ", "-")

    def overlaps(self, other: "Period") -> bool:
        return self.start <= other.end and other.start <= self.end

    def contains(self, other: "Period") -> bool:
        return self.start <= other.start and other.end <= self.end

    def months(self) -> list["Period"]:
        """The months that this period is made of, first to last."""
        return list(_months(self.start, self.end))


def _months(start: date, end: date) -> Iterator[Period]:
    first = start.replace(day=1)
    while first <= end:
        found = month(first.year, first.month)
        yield found
        first = found.end + timedelta(days=1)


def month(year: int, number: int) -> Period:
    following = date(year + number // 12, number % 12 + 1, 1)
    return Period(date(year, number, 1), following - timedelta(days=1), "month")


def day(when: date) -> Period:
    return Period(when, when, "date")


def year(first: int) -> Period:
    """The financial year that begins on 1 April of `first`."""
    return Period(date(first, 4, 1), date(first + 1, 3, 31), "year")


def quarter(first: int, number: int) -> Period:
    """Quarter 1 to 4 (April–June … January–March) of the financial year beginning in `first`."""
    months = year(first).months()[number * 3 - 3 : number * 3]
    return Period(months[0].start, months[-1].end, "quarter")


def year_of(when: date) -> Period:
    return year(when.year if when.month > 3 else when.year - 1)


def quarter_of(when: date) -> Period:
    return quarter(year_of(when).start.year, (when.month - 4) % 12 // 3 + 1)


def parse(text: str) -> Period:
    """The period written as `2014-15`, `2014-15 Q1` (or `2014-15-Q1`), `2014-04` or `2015-03-31`.

    What could be a year or a month, as `2010-11` could, is the year. Raises ValueError, saying the forms, for
    anything else.
    """
    text = text.strip()
    if found := re.fullmatch(r"(20\d\d)[-/](\d\d)(?:[ -]?Q([1-4]))?", text, re.ASCII):
        first, second = int(found[1]), int(found[2])
        if second == (first + 1) % 100:
            return quarter(first, int(found[3])) if found[3] else year(first)
        if not found[3] and 1 <= second <= 12:
            return month(first, second)
    if re.fullmatch(r"20\d\d-\d\d-\d\d", text, re.ASCII):
        with suppress(ValueError):
            return day(date.fromisoformat(text))
    raise ValueError(f"'{text}' is not a period: write 2014-15, 2014-15 Q1, 2014-04 or 2015-03-31")


def moment(text: str) -> datetime:
    """The moment, in UTC, that a day ends (2015-07-31, 31/07/2015) or that is named (2015-07-31 12:00).

    Raises ValueError, saying the forms, for anything else.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            found = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - in UTC, as all in audit
            return datetime.combine(min(found, datetime(9000, 1, 1)), time.max)  # noqa: DTZ001 - no day is too late to be asked
    with suppress(ValueError):
        named = datetime.fromisoformat(text.strip())
        return named.astimezone(UTC).replace(tzinfo=None) if named.tzinfo else named
    raise ValueError(f"'{text}' is no day and no moment: write 2015-07-31, 31/07/2015 or '2015-07-31 12:00'")


def month_named(text: str, within: Period) -> Period | None:
    """The month a supplier wrote as `Apr`, `April`, `Apr-14`, `April 2014` or an ISO date.

    A bare name is the month of that name inside `within`, or, failing that, inside its financial year.
    None where the text names no month.
    """
    text = text.strip().rstrip(".").lower()
    if re.fullmatch(r"20\d\d-\d\d(-01)?( 00:00:00)?", text, re.ASCII):
        return month(int(text[:4]), int(text[5:7])) if 1 <= int(text[5:7]) <= 12 else None
    found = re.fullmatch(rf"({_MONTH})\b[\s./'’–-]*({_YEAR})?", text)
    if not found:
        return None
    number = _number(found[1])
    if found[2]:
        return month(_full_year(found[2]), number)
    same = [m for m in within.months() if m.start.month == number]
    return (same or [m for m in year_of(within.start).months() if m.start.month == number])[0]


def year_named(text: str, begins: bool = False) -> Period | None:
    """The financial year written as the year that it ends in, or begins in: 2024 is 2023-24, or 2024-25. None where the text is
    no such year."""
    return year(int(text) - (not begins)) if re.fullmatch(r"20[0-9][0-9]", text.strip(), re.ASCII) else None


def month_of_year(name: str, of: Period) -> Period:
    """The month of this name, in full and small letters, in the financial year that the period begins in."""
    return next(one for one in year_of(of.start).months() if MONTHS[one.start.month - 1] == name)


def stated(text: str) -> list[Period]:
    """The periods that a heading or a note names: `April – June 2014`, `June 2015`, `1 April 2014 – 31 March 2015`."""
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.lower())
    text = re.sub(r"\b(20\d\d)[-/](\d\d?)\b(?![-/])", r"\1", text)
    first = rf"(?:[0-9]{{1,2}}\s+)?\b({_MONTH})\b\s*(20[0-9][0-9])?"
    last = rf"(?:[0-9]{{1,2}}\s+)?\b({_MONTH})\b\s*(20[0-9][0-9])"
    found: list[Period] = []
    for span in re.finditer(rf"{first}\s*(?:–|-|to|until)\s*{last}|{last}", text):
        if span[5]:
            found.append(month(int(span[6]), _number(span[5])))
        else:
            end = month(int(span[4]), _number(span[3]))
            begin = month(int(span[2] or span[4]), _number(span[1]))
            if begin <= end:
                found.append(Period(begin.start, end.end, "date"))
    return found


def _number(name: str) -> int:
    return next(number for number, full in enumerate(MONTHS, 1) if full.startswith(name[:3]))


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
