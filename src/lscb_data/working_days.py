"""Working days of England: every day but Saturdays, Sundays and bank holidays."""

from datetime import date
from functools import cache

FIRST, LAST = date(2000, 1, 1), date(2049, 12, 31)


@cache
def working_days() -> tuple[tuple[date, int], ...]:
    """Each day from 2000 to 2049 with the working days up to and including it, counted from the first.

    So the working days from one day to a later one are the difference of their numbers.
    """
    from holidays import country_holidays  # a third of a second, which only a load needs

    bank_holidays = set(country_holidays("GB", subdiv="ENG", years=range(FIRST.year, LAST.year + 1)))
    days, number = [], 0
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(ordinal)
        number += day.weekday() < 5 and day not in bank_holidays
        days.append((day, number))
    return tuple(days)
