"""Months, quarters and years of a Board: April to March."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb_data.period import Period, day, month, month_named, parse, quarter, quarter_of, stated, year, year_of

Q1, Q4 = quarter(2014, 1), quarter(2014, 4)

PERIODS = st.one_of(
    st.builds(month, st.integers(2012, 2098), st.integers(1, 12)),
    st.builds(quarter, st.integers(2000, 2098), st.integers(1, 4)),
    st.builds(year, st.integers(2000, 2098)),
    st.builds(day, st.dates(date(2000, 1, 1), date(2099, 12, 31))),
)


@given(PERIODS)
def test_what_is_published_is_read_again(period: Period) -> None:
    assert parse(str(period)) == period
    assert parse(period.folder) == period


@pytest.mark.parametrize(("first", "second"), [(2000, 1), (2010, 11), (2011, 12)])
def test_what_could_be_a_year_or_a_month_is_the_year(first: int, second: int) -> None:
    assert str(month(first, second)) == str(year(first))
    assert parse(f"{first}-{second:02}") == year(first)


@pytest.mark.parametrize(
    "text", ["", "2014", "2014-16", "2014-13", "2014-04-31", "2014-15 Q5", "2014-04 Q1", "2014-١٥", "1999-00", "April 2014"]
)
def test_what_is_no_period_is_said_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period: write 2014-15, 2014-15 Q1"):
        parse(text)


def test_quarters_stand_in_their_financial_year() -> None:
    assert (Q1.start, Q1.end) == (date(2014, 4, 1), date(2014, 6, 30))
    assert (Q4.start, Q4.end) == (date(2015, 1, 1), date(2015, 3, 31))
    assert quarter_of(date(2015, 1, 1)) == Q4
    assert year_of(date(2015, 3, 31)) == year(2014)
    assert year_of(date(2015, 4, 1)) == year(2015)
    assert [str(m) for m in Q4.months()] == ["2015-01", "2015-02", "2015-03"]


@given(st.dates(date(2000, 4, 1), date(2098, 12, 31)))
def test_a_day_is_in_its_quarter_and_the_quarter_in_its_year(when: date) -> None:
    assert quarter_of(when).contains(day(when))
    assert year_of(when).contains(quarter_of(when))


def test_february_of_a_leap_year_has_its_day() -> None:
    assert month(2016, 2).end == date(2016, 2, 29)
    assert month(2015, 12).end == date(2015, 12, 31)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Apr", "2014-04"), ("april", "2014-04"), ("Apr.", "2014-04"), ("Apr-14", "2014-04"), ("Apr 2014", "2014-04"),
        ("April '14", "2014-04"), ("2014-04-01", "2014-04"), ("2014-04-01 00:00:00", "2014-04"), ("Sept", "2014-09"),
        ("Jan", "2015-01"), ("Apr-15", "2015-04"), ("2014-13", None), ("2014-04-15", None), ("Aprl", None), ("14", None),
        ("", None), ("Apr-١٤", None), ("Total", None), ("Maybe", None),
    ],
)  # fmt: skip
def test_a_month_as_suppliers_write_it(text: str, found: str | None) -> None:
    """A bare name is of the period; failing that, of its year."""
    named = month_named(text, Q1)
    assert (str(named) if named else None) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("April – June 2014-5", [(date(2014, 4, 1), date(2014, 6, 30))]),
        ("1st April 2014 – 31st March 2015", [(date(2014, 4, 1), date(2015, 3, 31))]),
        (
            "up to June 2015 rather than March 2015",
            [(date(2015, 6, 1), date(2015, 6, 30)), (date(2015, 3, 1), date(2015, 3, 31))],
        ),
        ("dismay 2015", []),
        ("Number of plans", []),
    ],
)
def test_periods_that_a_heading_names(text: str, found: list[tuple[date, date]]) -> None:
    assert [(p.start, p.end) for p in stated(text)] == found
