"""The true answer to every measure, counted from the lives themselves by the definitions, and not by the warehouse's SQL.

Rows that are set aside, and plans said twice or overlapping another, are in no count: they were planted as errors.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from lscb_data.period import Period, quarter, year
from lscb_data.synth import NONE, Days, Enquiries, Flags, Plans, Texts, day
from lscb_data.synth_days import add_months, working_days

TWO_YEARS = 729  # days, that of cessation included
AGES = ("unborn", "under_1", "1_to_4", "5_to_9", "10_to_15", "16_and_over")
DURATIONS = ("3_months_or_less", "over_3_to_6_months", "over_6_months_to_1_year", "1_to_2_years", "2_years_and_over")
WAITS = ("0_to_10", "11_to_15", "16_to_20", "21_and_over")
COLUMNS = (
    "measure",
    "area_code",
    "period_type",
    "period",
    "period_start",
    "period_end",
    "breakdown_type",
    "breakdown",
    "value",
)


def truth(area: str, plans: Plans, enquiries: Enquiries, begins: date, until: date) -> pd.DataFrame:
    """Every measure of one council: wholes by month, quarter and year, breakdowns by quarter and year.

    `plans` and `enquiries`: those that count, sorted by child and start. A whole may be 0; a part that is not there is 0.
    """
    periods = list(_periods(begins, until))
    rows = [*_flows(plans, enquiries, periods), *_stocks(plans, periods)]
    found = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "area_code"])
    found.insert(1, "area_code", area)
    return found


def _periods(begins: date, until: date) -> Iterator[Period]:
    for first in range(begins.year, until.year):
        yield year(first)
        yield from (quarter(first, number) for number in range(1, 5))
        yield from year(first).months()


def _row(measure: str, period: Period, value: int, kind: str | None = None, part: str = "all") -> tuple[object, ...]:
    return measure, period.type, str(period), period.start, period.end, kind, part, value


def ages(born: Days, on: Days) -> Texts:
    """The band of a child's age in whole years on a day."""
    band = (born <= on).astype(np.int64)
    for years in (1, 5, 10, 16):
        band += add_months(born, 12 * years) <= on
    return np.array(AGES)[band]


def durations(started: Days, on: Days) -> Texts:
    """The band of how long a plan has lasted on a day, that of its end for one."""
    band = np.zeros(len(started), np.int64)
    band += on > add_months(started, 3)
    band += on > add_months(started, 6)
    band += on >= add_months(started, 12)
    return np.array(DURATIONS)[np.where(on - started + 1 > TWO_YEARS, 4, np.minimum(band, 3))]


def previous_ends(plans: Plans) -> Days:
    """The end of the child's plan before, NONE where it is the first that is held."""
    found = np.full(len(plans), NONE)
    same = plans.child[1:] == plans.child[:-1]
    found[1:][same] = plans.ended[:-1][same]
    return found


def _flows(plans: Plans, enquiries: Enquiries, periods: list[Period]) -> Iterator[tuple[object, ...]]:
    before, own = previous_ends(plans), ~plans.transfer_in
    held = before != NONE
    again = held | (plans.previous_plans > 0)
    within = held & (add_months(np.where(held, before, 0), 24) >= plans.started)
    in_year = held & (before >= _year_starts(plans.started))
    measures = {
        "cp_plans_started_with_transfers": own | plans.transfer_in, "cp_plans_started": own,
        "cp_transfers_in": plans.transfer_in,
        "cp_plans_started_first": own & ~again,
        "cp_reregistrations_with_transfers": again, "cp_reregistrations": again & own,
        "cp_reregistrations_within_24_months_with_transfers": within, "cp_reregistrations_within_24_months": within & own,
        "cp_reregistrations_in_year_with_transfers": in_year, "cp_reregistrations_in_year": in_year & own,
    }  # fmt: skip
    for name, which in measures.items():
        yield from _counted(name, plans.started[which], periods)
    parts = {
        "age": ages(plans.born, plans.started), "sex": plans.sex, "ethnicity": plans.ethnicity,
        "category_initial": plans.category_initial, "category_of_abuse": plans.category_latest,
    }  # fmt: skip
    yield from _broken_down("cp_plans_started_with_transfers", plans.started, parts, periods)
    closed = plans.take(plans.ended != NONE)
    yield from _counted("cp_plans_ended", closed.ended, periods)
    lasted = durations(closed.started, closed.ended)
    yield from _counted("cp_plans_ended_two_years", closed.ended[lasted == DURATIONS[-1]], periods)
    yield from _broken_down("cp_plans_ended", closed.ended, {"duration": lasted}, periods)

    met = enquiries.take(enquiries.conference != NONE)
    waited = working_days(met.started, met.conference)
    yield from _counted("icpc_held", met.conference, periods)
    yield from _counted("icpc_within_15_days", met.conference[waited <= 15], periods)
    bands = np.array(WAITS)[np.digitize(waited, [11, 16, 21])]
    yield from _broken_down("icpc_held", met.conference, {"working_days": bands}, periods)
    done = enquiries.take(enquiries.authorised != NONE)
    yield from _counted("assessments_completed", done.authorised, periods)
    took = working_days(done.referred, done.authorised)
    yield from _counted("assessments_within_45_days", done.authorised[took <= 45], periods)


def _year_starts(days: Days) -> Days:
    """1 April of each day's financial year."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    starts: Days = ((months - 3) // 12 * 12 + 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return starts


def _counted(measure: str, days: Days, periods: list[Period]) -> Iterator[tuple[object, ...]]:
    ordered = np.sort(days)
    for period in periods:
        first, after = np.searchsorted(ordered, [day(period.start), day(period.end + timedelta(1))])
        yield _row(measure, period, int(after - first))


def _broken_down(measure: str, days: Days, parts: dict[str, Texts], periods: list[Period]) -> Iterator[tuple[object, ...]]:
    for kind, of in parts.items():
        for part in np.unique(of).tolist():
            ordered = np.sort(days[of == part])
            for period in periods:
                if period.type != "month":
                    first, after = np.searchsorted(ordered, [day(period.start), day(period.end + timedelta(1))])
                    yield _row(measure, period, int(after - first), kind, part)


def reviewed_in_time(plans: Plans, on: int) -> Flags:
    """Whether on the day every review had been in time: the first within 3 months of the start, each later one within 6
    months of the one before; a review that is still to come is late only when its time has passed."""
    due, held = add_months(plans.started, 3), plans.started + plans.first_review
    in_time = (held <= due) | (on <= due)
    while ((held <= on) & in_time).any():
        due, following = add_months(held, 6), held + plans.later_reviews
        in_time &= (held > on) | (following <= due) | (on <= due)
        held = np.where(held <= on, following, held)
    found: Flags = in_time
    return found


def _stocks(plans: Plans, periods: list[Period]) -> Iterator[tuple[object, ...]]:
    ends = sorted({period.end for period in periods})
    for end in ends:
        on, of_day = day(end), [period for period in periods if period.end == end]
        here = plans.take((plans.started <= on) & (plans.ended > on))
        days = np.full(len(here), on)
        stays = durations(here.started, days)
        months_3 = add_months(here.started, 3) <= on
        values = {
            "cp_plans_open": len(here), "cp_plans_open_two_years": int((stays == DURATIONS[-1]).sum()),
            "cp_plans_open_three_months": int(months_3.sum()),
            "cp_plans_reviewed_in_time": int((months_3 & reviewed_in_time(here, on)).sum()),
        }  # fmt: skip
        yield from (_row(name, period, value) for name, value in values.items() for period in of_day)
        if not any(period.type == "quarter" for period in of_day):
            continue
        parts = {"age": ages(here.born, days), "sex": here.sex, "ethnicity": here.ethnicity,
                 "category_of_abuse": here.category_latest, "duration": stays}  # fmt: skip
        for kind, of in parts.items():
            for part, number in zip(*np.unique(of, return_counts=True), strict=True):
                for period in of_day:
                    if period.type != "month":
                        yield _row("cp_plans_open", period, int(number), kind, str(part))
