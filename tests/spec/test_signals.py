"""XmR charts: what a series does that chance alone would seldom make it do, and why some series have no limits."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb_data.indicator import Indicator
from lscb_data.rounding import half_up
from lscb_data.target import Rebased
from tests.spec.told import Told, figure, indicator, months, parts, submission, told

NEW_PLANS = (33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73)  # the Board's report, April 2014 to March 2015
STARTS = indicator("starts", breakdown_types=["category"])
CALM = (20, 22, 19, 21, 20, 23, 18, 21)


def series(w: Told, kind: str = "month", breakdown: str = "all", rebased_at: str | None = None) -> Any:
    """The one series of this kind of period, breakdown and base."""
    (found,) = (
        row
        for row in w.rows("from published.indicator_series")
        if (row.period_type, row.breakdown, row.rebased_at) == (kind, breakdown, rebased_at)
    )
    return found


def signals(*values: Any, of: Indicator = STARTS, kind: str = "month") -> list[tuple[str, str, str, str]]:
    w = told(months("starts", "2014-04", *values), indicators=[of])
    found = w.rows("from published.indicator_signals")
    return [(row.signal, row.since, row.period, row.direction) for row in found if row.period_type == kind]


def test_the_reports_twelve_months_of_new_plans() -> None:
    w = told(months("starts", "2014-04", *NEW_PLANS), indicators=[STARTS])
    row = series(w)
    assert (row.centre, row.lower_limit, row.upper_limit) == (Decimal("38.42"), Decimal("22.46"), Decimal("54.38"))
    assert (row.moving_range, row.ranges_screened, row.values_known, row.why_none) == (6, 1, 12, None)
    (signal,) = w.rows("from published.indicator_signals")
    assert (signal.signal, signal.period, signal.value, signal.direction) == ("outside", "2015-03", 73, "higher")
    assert (signal.says, signal.judged) == ("Above the upper limit of 54.38.", None)


def test_a_value_outside_puts_no_others_on_a_side() -> None:
    """April to October stand under 38.42, seven in a row, because March is in it: without March August is above the mean."""
    assert sum(value < Decimal("38.42") for value in NEW_PLANS[:7]) == 7
    assert [signal for signal, *_ in signals(*NEW_PLANS)] == ["outside"]


def test_what_chance_would_make_is_no_signal_and_on_the_limit_is_within() -> None:
    assert signals(*CALM) == []
    assert signals(*[20] * 9) == []  # both limits are 20


def test_below_the_lower_limit() -> None:
    assert signals(*CALM, 2) == [("outside", "2014-12", "2014-12", "lower")]


def test_seven_on_one_side_are_a_signal_and_six_are_not() -> None:
    down, up = (20, 14, 20, 14, 20, 14, 20), (24, 30, 24, 30, 24, 30, 24)
    assert signals(*down, *up) == [
        ("seven on one side", "2014-04", "2014-10", "lower"),
        ("seven on one side", "2014-11", "2015-05", "higher"),
    ]
    assert signals(*down[:6], *up[:6]) == []


def test_a_longer_run_is_one_signal() -> None:
    found = signals(20, 14, 20, 14, 20, 14, 20, 14, 24, 30, 24, 30, 24, 30, 24, 30)
    assert found == [
        ("seven on one side", "2014-04", "2014-11", "lower"),
        ("seven on one side", "2014-12", "2015-07", "higher"),
    ]


def test_seven_rising_are_a_signal_and_six_are_not() -> None:
    rising = ("seven rising or falling", "2014-05", "2014-11", "higher")
    assert rising in signals(30, 10, 13, 17, 20, 23, 26, 30, 12)
    assert [one for one in signals(30, 10, 13, 17, 20, 23, 26, 12, 30) if one[0] == rising[0]] == []
    assert [one for one in signals(30, 10, 13, 17, 17, 23, 26, 30, 12) if one[0] == rising[0]] == []  # level is no rise


def test_two_of_three_in_the_outer_third() -> None:
    w = told(months("starts", "2014-04", *[20, 24] * 5, 33, 32, 24), indicators=[STARTS])
    row = series(w)
    assert row.centre + 2 * (row.upper_limit - row.centre) / 3 < 32 < 33 < row.upper_limit
    (signal,) = w.rows("from published.indicator_signals")
    assert (signal.signal, signal.since, signal.period) == ("two of three in the outer third", "2015-01", "2015-03")
    assert signals(*[20, 24] * 5, 33, 24, 24, 33, 24) == []


def test_polarity_says_what_is_better_and_only_where_the_indicator_has_one() -> None:
    for polarity, judged in (("lower is better", "worse"), ("higher is better", "better"), ("neither", None)):
        of = indicator("starts", polarity=polarity)
        (row,) = told(months("starts", "2014-04", *NEW_PLANS), indicators=[of]).rows("from published.indicator_signals")
        assert row.judged == judged


# No limits, and why.


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((*CALM[:7],), "It has fewer than 8 values."),
        ((*CALM, None, 20), "There is a gap in it: a period between has no value."),
        ((*CALM, "5 or under", 20), "A value of it is a range and not one number."),
        ((*CALM, None), None),  # not supplied yet
        ((0,) * 9, None),
    ],
)
def test_a_series_without_limits_says_why(values: tuple[Any, ...], why: str | None) -> None:
    w = told(months("starts", "2014-04", *values), indicators=[STARTS])
    row = series(w)
    assert (row.why_none, row.centre is None) == (why, why is not None)
    assert w.rows("from published.indicator_signals where period_type = 'month'") == []


def test_a_month_that_nobody_mentions_is_a_gap() -> None:
    w = told(months("starts", "2014-04", *CALM), months("starts", "2015-01", *CALM), indicators=[STARTS])
    assert series(w).why_none == "There is a gap in it: a period between has no value."


def test_a_hidden_value_cannot_be_had_from_the_mean_of_its_series() -> None:
    w = told(months("starts", "2014-04", *CALM, 3, 20, 30), indicators=[STARTS], submissions=[submission(secret=True)])
    row = series(w)
    assert (row.centre, row.lower_limit, row.why_none) == (None, None, "A value of it is hidden.")


def test_quarters_have_their_own_limits() -> None:
    w = told(months("starts", "2014-04", *[20, 22, 19] * 8), indicators=[STARTS])
    row = series(w, "quarter")
    assert (row.values_known, row.centre, row.upper_limit) == (8, 61, 61)


def test_each_part_has_its_own_series_and_means_and_statements_have_none() -> None:
    w = told(
        *(parts("starts", f"2014-{month:02}", "category", neglect=20 + month % 3, other=9) for month in range(4, 13)),
        months("starts", "2014-04", *CALM),
        figure("stated", "2014-04", 7),
        indicators=[STARTS, indicator("stated", "statement"), indicator("starts_mean", "mean", of="starts", places=2)],
    )
    assert series(w, breakdown="neglect").centre == 21
    assert {row.indicator for row in w.rows("from published.indicator_series")} == {"starts"}


# Limits are reckoned anew only where a person so decided.


def rebased(at: str, until: str | None = None, **more: Any) -> Rebased:
    return Rebased.model_validate(
        {"from": at, "until": until, "decided_on": date(2015, 5, 1), "decided_by": "QEG", "reason": "A new front door."} | more
    )


HIGHER = tuple(value + 20 for value in CALM)


def told_rebased(*decided: Rebased, values: tuple[int, ...] = CALM + HIGHER) -> Told:
    return told(months("starts", "2014-04", *values), indicators=[indicator("starts", rebased=list(decided))])


def test_without_a_decision_limits_stay_as_they_are_whatever_the_series_does() -> None:
    assert series(told_rebased()).centre == Decimal("30.5")


def test_a_decision_begins_a_new_base_and_is_named_beside_it() -> None:
    w = told_rebased(rebased("2014-12"))
    before, after = series(w), series(w, rebased_at="2014-12")
    assert (before.centre, after.centre) == (Decimal("20.5"), Decimal("40.5"))
    assert (before.last_day, after.first_day) == (date(2014, 11, 30), date(2014, 12, 1))
    assert (before.rebased_why, after.rebased_why) == (None, "QEG, 2015-05-01: A new front door.")
    assert w.rows("from published.indicator_signals") == []


def test_a_decision_of_another_area_is_not_of_this_one() -> None:
    assert series(told_rebased(rebased("2014-12", area="E10000020"))).centre == Decimal("30.5")


def test_what_an_area_decided_goes_before_what_was_decided_of_all() -> None:
    w = told_rebased(rebased("2014-12"), rebased("2014-12", area="E10000003", reason="Ours."))
    assert series(w, rebased_at="2014-12").rebased_why.endswith("Ours.")


def test_with_until_later_values_are_held_against_the_base() -> None:
    w = told_rebased(rebased("2014-04", "2014-11"))
    assert series(w, rebased_at="2014-04").centre == Decimal("20.5")
    outside = w.rows("from published.indicator_signals where signal = 'outside'")
    assert [row.period for row in outside] == [f"2014-{month}" for month in (12,)] + [f"2015-0{month}" for month in range(1, 8)]


@pytest.mark.parametrize("fault", [{"from": "2014-15"}, {"from": "last winter"}, {"decided_by": None}])
def test_a_decision_names_a_month_or_quarter_and_who_decided(fault: dict[str, Any]) -> None:
    said = {"from": "2014-12", "decided_on": "2015-05-01", "decided_by": "QEG", "reason": "So."} | fault
    with pytest.raises(ValueError, match=r"from|no month|Input should"):
        Rebased.model_validate(said)


# Widely, against the rule as it is written.


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=8, max_size=30))
def test_limits_are_those_of_the_rule(values: list[int]) -> None:
    row = series(told(months("starts", "2014-04", *values), indicators=[STARTS]))
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    mean = Fraction(sum(ranges), len(ranges))
    kept = [one for one in ranges if one < Fraction("3.267") * mean] or ranges
    centre, reach = Fraction(sum(values), len(values)), Fraction("2.66") * Fraction(sum(kept), len(kept))
    assert row.centre == half_up(centre, 2)
    assert (row.lower_limit, row.upper_limit) == (half_up(centre - reach, 2), half_up(centre + reach, 2))
    assert row.ranges_screened == len(ranges) - len(kept)
