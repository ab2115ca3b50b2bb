"""Higher, lower or similar: by the limits of the difference, never by the bare difference; and councils in a funnel."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from tests.spec.told import AREA, Row, Told, figure, indicator, months, population, submission, told

STARTS = indicator("starts")
PERCENT = indicator("again_percent", "percent", of="again", by="starts", places=2)
RATE = indicator("starts_per_10000", "rate", of="starts", places=2)
GOOD = indicator("again_percent", "percent", of="again", by="starts", places=2, polarity="higher is better")
ALL = [STARTS, PERCENT, RATE]
OTHER = "E10000020"
TWO = [("areas", AREA, "Cambridgeshire"), ("areas", OTHER, "Norfolk")]


def change(w: Told, code: str, period: str, against: str = "period before") -> Any:
    (row,) = (
        one for one in w.rows(f"from published.indicator_changes('{code}')") if (one.period, one.against) == (period, against)
    )
    return row


# Two periods of one series


def test_a_bare_difference_is_no_change() -> None:
    w = told(months("starts", "2014-04", 33, 26, 29, 32), months("again", "2014-04", 7, 6, 7, 13), indicators=ALL)
    row = change(w, "again_percent", "2014-07")
    assert (str(row.difference), row.change) == ("16.49", "similar")
    assert row.difference_lower_95 < 0 < row.difference_upper_95


def test_the_reports_third_quarter_was_lower_and_its_fourth_higher() -> None:
    w = told(
        months("starts", "2014-04", 33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73),
        months("again", "2014-04", 7, 6, 7, 13, 11, 1, 1, 6, 0, 12, 7, 11),
        indicators=ALL,
    )
    found = [change(w, "again_percent", f"2014-15 Q{number}").change for number in (2, 3, 4)]
    assert found == ["similar", "lower", "higher"]
    assert change(w, "starts", "2015-03").change == "higher"  # 43 and 73
    assert change(w, "starts", "2014-05").change == "similar"  # 33 and 26


@pytest.mark.parametrize(
    ("polarity", "judged"), [("neither", None), ("lower is better", "worse"), ("higher is better", "better")]
)
def test_what_is_better_is_said_only_where_the_indicator_says_it(polarity: str, judged: str | None) -> None:
    of = indicator("starts", polarity=polarity)
    w = told(months("starts", "2014-04", 20, 73, 70), indicators=[of])
    assert change(w, "starts", "2014-05").judged == judged
    assert change(w, "starts", "2014-06").judged is None  # similar


def test_the_same_month_of_the_year_before() -> None:
    w = told(months("starts", "2014-04", *[40] * 12, 80), indicators=[STARTS])
    assert change(w, "starts", "2015-04", "year before").period_before == "2014-04"
    assert change(w, "starts", "2015-04", "year before").change == "higher"


def test_what_is_hidden_or_not_known_is_not_compared() -> None:
    w = told(months("starts", "2014-04", 3, 40, None), indicators=[STARTS], submissions=[submission(secret=True)])
    for period in ("2014-05", "2014-06"):
        row = change(w, "starts", period)
        assert (row.change, row.difference, row.difference_lower_95) == (None, None, None)
        assert row.why_none == "One of the two is not known."


def test_rates_over_populations_of_two_census_bases_are_not_compared() -> None:
    w = told(
        figure("starts", "2013-14", 400), figure("starts", "2014-15", 461), indicators=ALL,
        populations=[population(129004, "2013-06-30"), population(130241, base=2021)],
    )  # fmt: skip
    row = change(w, "starts_per_10000", "2014-15")
    assert (row.change, row.why_none) == (None, "The two are over populations of other census bases.")


# Two areas


def beside(*figures: Row | list[Row], code: str = "again_percent", **more: Any) -> list[Any]:
    more.setdefault("indicators", ALL)
    w = told(*figures, areas=TWO, **more)
    return w.rows(f"from published.indicator_comparison('{code}', 'Cambridgeshire', '{OTHER}')")


def shares(one: tuple[int, int], other: tuple[int, int]) -> list[Row]:
    return [
        figure(name, "2014-15", count, area_code=area)
        for area, counts in ((AREA, one), (OTHER, other))
        for name, count in zip(("again", "starts"), counts, strict=True)
    ]


@pytest.mark.parametrize(
    ("one", "other", "compared", "judged"),
    [
        ((82, 461), (100, 500), "similar", None),
        ((82, 461), (200, 500), "lower", "worse"),
        ((200, 500), (82, 461), "higher", "better"),
        ((3, 10), (1, 10), "similar", None),
    ],
)
def test_two_councils(one: tuple[int, int], other: tuple[int, int], compared: str, judged: str | None) -> None:
    (row,) = beside(shares(one, other), indicators=[GOOD])
    assert (row.area, row.other_area_name, row.compared, row.judged) == ("Cambridgeshire", "Norfolk", compared, judged)


def test_intervals_that_overlap_do_not_make_two_figures_similar() -> None:
    w = told(shares((200, 1000), (240, 1000)), areas=TWO, indicators=ALL)
    low, high = w.row("again_percent", "2014-15", area_code=AREA), w.row("again_percent", "2014-15", area_code=OTHER)
    assert low.upper_95 > high.lower_95
    (row,) = beside(shares((200, 1000), (240, 1000)))
    assert row.compared == "lower"


def test_counts_of_two_councils_are_not_compared() -> None:
    (row,) = (one for one in beside(shares((1, 461), (1, 50)), code="starts") if one.period_type == "year")
    assert (row.compared, row.why_none) == (None, "Counts of two areas are not compared: ask for a rate.")


def test_rates_over_unlike_populations_are_not_compared() -> None:
    (row,) = beside(
        shares((1, 461), (1, 50)), code="starts_per_10000",
        populations=[population(131150), population(160000, base=2021, area=OTHER)],
    )  # fmt: skip
    assert (row.compared, row.why_none) == (None, "The two are over populations of another age, day or base.")


@settings(max_examples=15, deadline=None)
@given(st.tuples(st.integers(0, 60), st.integers(60, 300)), st.tuples(st.integers(0, 60), st.integers(60, 300)))
def test_the_limits_of_a_difference_are_newcombes(one: tuple[int, int], other: tuple[int, int]) -> None:
    (row,) = beside(shares(one, other))
    first, second = (binomtest(*counts).proportion_ci(method="wilson") for counts in (one, other))
    p, q = one[0] / one[1], other[0] / other[1]
    low = p - q - math.hypot(p - first.low, second.high - q)
    high = p - q + math.hypot(first.high - p, q - second.low)
    assert float(row.difference_lower_95) == pytest.approx(100 * low, abs=0.02)
    assert float(row.difference_upper_95) == pytest.approx(100 * high, abs=0.02)
    assert row.compared == ("higher" if row.difference_lower_95 > 0 else "lower" if row.difference_upper_95 < 0 else "similar")


# Funnels


def councils(shares: list[tuple[int, int]], *, code: str = "again_percent", **more: Any) -> list[Any]:
    names = [f"E06{number:06}" for number in range(len(shares))]
    figures = [
        figure(name, "2014-15", value, area_code=area)
        for area, counts in zip(names, shares, strict=True)
        for name, value in zip(("again", "starts"), counts, strict=True)
    ]
    more.setdefault("indicators", ALL)
    w = told(figures, areas=[("areas", name, name) for name in names], **more)
    return [row for row in w.rows("from published.indicator_funnels order by area_code") if row.indicator == code]


LIKE = [(20, 100)] * 9


def test_a_council_like_the_others_is_within_and_one_that_is_not_is_above() -> None:
    found = councils([*LIKE, (45, 100), (5, 100)], indicators=[GOOD])
    assert {(row.councils, row.pooled_value) for row in found} == {(11, found[0].pooled_value)}
    assert str(found[0].pooled_value) == "20.91"  # 230 of 1,100
    assert [row.standing for row in found] == ["within"] * 9 + ["above", "below"]
    assert [row.judged for row in found][-2:] == ["better", "worse"]
    assert [row.is_far_out for row in found][-2:] == [True, True]


def test_the_pooled_value_is_no_mean_of_percentages() -> None:
    assert str(councils([*LIKE, (900, 1000)])[0].pooled_value) == "56.84"  # 1,080 of 1,900; the mean is 27


def test_a_large_council_has_narrower_limits_than_a_small_one() -> None:
    found = councils([*LIKE, (400, 2000), (4, 20)])
    large, small = found[-2:]
    assert small.lower_95 < large.lower_95 < large.pooled_value < large.upper_95 < small.upper_95
    assert all(row.lower_998 < row.lower_95 and row.upper_95 < row.upper_998 for row in found)


def test_fewer_than_ten_councils_are_no_group() -> None:
    assert councils(LIKE) == []


def test_where_more_than_one_in_twenty_is_hidden_there_is_no_group() -> None:
    """Only the noughts and the large ones would be left of it."""
    hidden = [(3, 100)]
    assert councils([*LIKE, (20, 100), *hidden], submissions=[submission(secret=True)]) == []
    found = councils([(20, 100)] * 19 + hidden, submissions=[submission(secret=True)])
    assert {(row.councils, row.hidden) for row in found} == {(19, 1)}
    assert len(found) == 19


def test_nought_is_within_where_chance_makes_it_often() -> None:
    """Of 3 expected none come once in twenty times. Byar's limits of what is expected would call it far too few."""
    found = councils([(4, 100)] * 9 + [(0, 76)])
    assert found[-1].standing == "within"
    assert found[-1].lower_95 == 0


def test_populations_of_two_bases_are_no_group() -> None:
    areas = [f"E06{number:06}" for number in range(10)]
    same = [population(30000, area=area) for area in areas]
    assert len(councils([(1, 90)] * 10, code="starts_per_10000", populations=same)) == 10
    mixed = [*same[:9], population(30000, base=2021, area=areas[9])]
    assert councils([(1, 90)] * 10, code="starts_per_10000", populations=mixed) == []


def test_regions_are_no_councils() -> None:
    shared = (("again", 20), ("starts", 100))
    figures = [figure(name, "2014-15", count, area_code=f"E12{n:06}") for n in range(10) for name, count in shared]
    w = told(figures, areas=[("areas", f"E12{n:06}", f"Region {n}") for n in range(10)], indicators=ALL)
    assert w.rows("from published.indicator_funnels") == []


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 900)), min_size=10, max_size=30))
def test_who_is_outside_has_limits_that_leave_the_pooled_value_out(shares: list[tuple[int, int]]) -> None:
    found = councils(shares)
    assert len(found) == (len(shares) if sum(above for above, _ in shares) else 0)
    pooled = sum(above for above, _ in shares) / sum(below for _, below in shares)
    for (above, below), row in zip(shares, found, strict=False):
        ends = binomtest(above, below).proportion_ci(method="wilson")
        if min(abs(100 * ends.low - 100 * pooled), abs(100 * ends.high - 100 * pooled)) > 0.02:  # not on the line
            assert row.standing == ("above" if pooled < ends.low else "below" if pooled > ends.high else "within")
            drawn = 100 * above / below
            assert (row.lower_95 <= drawn <= row.upper_95) == (row.standing == "within")


def test_limits_of_a_rate_are_the_poisson_distributions() -> None:
    """A count that chance makes less than once in forty times is outside; drawn and judged alike."""
    areas = [f"E06{number:06}" for number in range(40)]
    counts = [*range(38), 2, 1]
    people = [population(10000, area=area) for area in areas]
    figures = [(0, count) for count in counts]
    found = councils(figures, code="starts_per_10000", populations=people)
    expected = sum(counts) / 40
    for count, row in zip(counts, found, strict=True):
        few, many = poisson.cdf(count, expected) < 0.025, poisson.sf(count - 1, expected) < 0.025
        assert row.standing == ("below" if few else "above" if many else "within"), count
        assert (row.lower_95 <= count <= row.upper_95) == (row.standing == "within")
