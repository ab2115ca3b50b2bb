"""Months and working days by numpy, for what the generator draws and counts: worked out apart from the warehouse's own."""

from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 2000, 2049
EARLIEST, LATEST = -1320, 1320  # months since January 1970
# Days that were moved, or given once: jubilees, a wedding, a funeral, a coronation, an anniversary.
MOVED = {date(2020, 5, 4): date(2020, 5, 8), date(2012, 5, 28): date(2012, 6, 4), date(2022, 5, 30): date(2022, 6, 2),
         date(2002, 5, 27): date(2002, 6, 4)}  # fmt: skip
ONCE = (date(2002, 6, 3), date(2011, 4, 29), date(2012, 6, 5), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8))


@cache
def _calendar() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """From 1860: of each day its month and its day of the month, of each month its first day. numpy's own turning of days
    into months is ten times as slow as to look them up."""
    months = np.arange(EARLIEST, LATEST, dtype=np.int64)
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    lengths = np.diff(firsts)
    month = np.repeat(months[:-1], lengths)
    return month, np.arange(len(month)) + firsts[0] - np.repeat(firsts[:-1], lengths), firsts


def add_months(days: NDArray[np.int64], months: int) -> NDArray[np.int64]:
    """The same day of the month so many months later; the month's last where it has no such day."""
    month, of_month, firsts = _calendar()
    at = days - firsts[0]
    later = month[at] + (months - EARLIEST)
    added: NDArray[np.int64] = firsts[later] + np.minimum(of_month[at], firsts[later + 1] - firsts[later] - 1)
    return added


def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian reckoning of Meeus."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays() -> NDArray[np.datetime64]:
    """England's bank holidays from 2000 to 2049."""
    found = set(ONCE)
    for year in range(FIRST, LAST + 1):
        found |= {easter(year) - timedelta(2), easter(year) + timedelta(1), _monday(year, 5, 1)}
        found |= {_monday(year, 5, 25), _monday(year, 8, 25), _weekday(date(year, 1, 1))}
        christmas = _weekday(date(year, 12, 25))
        boxing = _weekday(date(year, 12, 26))
        found |= {christmas, boxing if boxing != christmas else boxing + timedelta(1)}
    return np.array(sorted({MOVED.get(one, one) for one in found}), "datetime64[D]")


def _monday(year: int, month: int, from_day: int) -> date:
    first = date(year, month, from_day)
    return first + timedelta(-first.weekday() % 7)


def _weekday(day: date) -> date:
    return day + timedelta(7 - day.weekday() if day.weekday() > 4 else 0)


def working_days(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Working days after `start`, up to and including `end`."""
    first, last = (start + 1).astype("datetime64[D]"), (end + 1).astype("datetime64[D]")
    return np.busday_count(first, last, holidays=bank_holidays()).astype(np.int64)


def working_days_before(days: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """The working day so many working days before the day."""
    at = np.busday_offset(days.astype("datetime64[D]"), -number, roll="forward", holidays=bank_holidays())
    return at.astype(np.int64)


def working_days_after(days: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """The working day so many working days after the day."""
    at = np.busday_offset(days.astype("datetime64[D]"), number, roll="backward", holidays=bank_holidays())
    return at.astype(np.int64)
