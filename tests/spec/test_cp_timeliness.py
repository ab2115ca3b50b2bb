"""Initial conferences within 15 working days of the enquiry, assessments within 45 of the referral, in England's calendar."""

from datetime import date

import pytest

from lscb_data.working_days import working_days
from tests.spec.told_records import assessment, conference, counted, extract, in_census

YEAR = "2014-15"
NUMBER = dict(working_days())


@pytest.mark.parametrize(
    ("enquiry", "held", "days"),
    [
        ("2014-04-14", "2014-04-14", 0),
        ("2014-04-14", "2014-05-07", 14),  # Good Friday, Easter Monday and May Day 2014 are no working days
        ("2014-12-22", "2015-01-16", 16),  # nor are Christmas, Boxing Day and New Year's Day
        ("2015-03-30", "2015-04-07", 4),  # Easter 2015: 3 and 6 April
        ("2015-12-24", "2015-12-29", 1),  # Boxing Day 2015 was a Saturday, so Monday the 28th
        ("2014-08-22", "2014-08-26", 1),
        ("2014-06-13", "2014-06-16", 1),  # a Friday, a Monday
        ("2014-06-14", "2014-06-16", 1),  # a Saturday counts as the Friday before it
    ],
)
def test_working_days_between(enquiry: str, held: str, days: int) -> None:
    assert NUMBER[date.fromisoformat(held)] - NUMBER[date.fromisoformat(enquiry)] == days
    w = counted(conference("Ann", held, enquiry), extracts=[extract(period="2015-16 Q4")])
    assert [row.working_days for row in w.rows("from conformed.cp_conferences")] == [days]


@pytest.mark.parametrize("year", [2014, 2015])
def test_the_bank_holidays_of_england(year: int) -> None:
    off = {
        2014: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    }[year].split()
    weekdays = [day for day in NUMBER if day.year == year and day.weekday() < 5]
    found = [day for day in weekdays if NUMBER[day] == NUMBER[date.fromordinal(day.toordinal() - 1)]]
    assert [f"{day:%m-%d}" for day in found] == off


def test_within_15_working_days() -> None:
    w = counted(
        conference("on the 15th", "2014-06-23", "2014-06-02"),
        conference("on the 16th", "2014-06-24", "2014-06-02"),
        conference("before its enquiry", "2014-06-01", "2014-06-02"),
        conference("without an enquiry's day", "2014-06-20", None),
        conference("none was held", None, "2014-06-02"),
    )
    assert (w.count("icpc_held", YEAR), w.count("icpc_within_15_days", YEAR)) == (4, 1)
    assert w.parts("icpc_held", YEAR, "working_days") == {"11_to_15": 1, "16_to_20": 1, "not_known": 2}


@pytest.mark.parametrize(
    ("held", "band"),
    [
        ("2014-06-16", "0_to_10"),
        ("2014-06-17", "11_to_15"),
        ("2014-06-30", "16_to_20"),
        ("2014-07-01", "21_and_over"),
    ],
)
def test_bands(held: str, band: str) -> None:
    w = counted(conference("Ann", held, "2014-06-02"))
    assert w.parts("icpc_held", YEAR, "working_days") == {band: 1}


def test_a_conference_counts_in_the_month_in_which_it_is_held() -> None:
    w = counted(conference("Ann", "2014-07-01", "2014-06-20"))
    assert [w.count("icpc_held", period) for period in ("2014-06", "2014-07", YEAR)] == [0, 1, 1]


def test_brothers_and_sisters_of_one_conference_count_each() -> None:
    w = counted(*(conference(name, "2014-06-16", "2014-06-02") for name in ("Ann", "Ben", "Cat")))
    assert w.count("icpc_held", YEAR) == 3


def test_of_two_enquiries_before_one_conference_the_last_led_to_it() -> None:
    w = counted(conference("Ann", "2014-06-16", "2014-03-03"), conference("Ann", "2014-06-16", "2014-06-02"))
    assert (w.count("icpc_held", YEAR), w.count("icpc_within_15_days", YEAR)) == (1, 1)


def test_assessments_within_45_working_days() -> None:
    w = counted(
        in_census("Ann"),
        assessment("on the 45th", "2014-06-02", "2014-08-04"),
        assessment("on the 46th", "2014-06-02", "2014-08-05"),
        assessment("not yet done", "2014-06-02", None),
        assessment("before its referral", "2014-06-02", "2014-06-01"),
    )
    assert (w.count("assessments_completed", YEAR), w.count("assessments_within_45_days", YEAR)) == (3, 1)


def test_a_census_with_children_and_no_assessment_has_none() -> None:
    w = counted(in_census("Ann"))
    assert (w.count("assessments_completed", YEAR), w.count("icpc_held", YEAR)) == (0, 0)
