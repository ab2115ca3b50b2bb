"""Limits of what is published: how far chance alone would leave a figure from what it is, at 95% and at 99.8%."""

from decimal import ROUND_HALF_UP, Decimal, getcontext
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2, norm

from lscb_data.board import shipped
from lscb_data.sql_files import read_table
from tests.spec.told import figure, indicator, months, parts, population, printed, submission, told

EVENTS = indicator("events")
RATE = indicator("events_per_10000", "rate", of="events", places=2)
PERCENT = indicator("again_percent", "percent", of="again", by="events", places=2)
SHARE = indicator("events_share_percent", "share", of="events", places=2, breakdown_types=["category"])
MEAN = indicator("events_mean", "mean", of="events", places=2)
ALL = [EVENTS, RATE, PERCENT, SHARE, MEAN]
NONE = (None, None, None, None)
SMALL_ABOVE = "Small numbers: fewer than 20 above the line, so chance alone can move it far."
SMALL_BELOW = "Small numbers: fewer than 20 below the line, so chance alone can move it far."


def limits(row: Any) -> tuple[Any, ...]:
    return row.lower_95, row.upper_95, row.lower_998, row.upper_998


def said(*numbers: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, numbers))


# The published vectors: PHEindicatormethods, as the definitions have them.


@pytest.mark.parametrize(
    ("count", "people", "lower", "upper"),
    [(5, 100, "1623.486", "11668.332"), (65, 100, "50163.187", "82849.139"), (222, 3215, "6026.575", "7875.729")],
)
def test_the_published_rates_per_100000(count: int, people: int, lower: str, upper: str) -> None:
    w = told(figure("events", "2014-15", count), indicators=ALL, populations=[population(people)])
    row = w.row("events_per_10000", "2014-15")
    assert (row.lower_95, row.upper_95) == (_half_up(Decimal(lower) / 10), _half_up(Decimal(upper) / 10))


def test_the_published_proportion() -> None:
    w = told(figure("again", "2014-15", 65), figure("events", "2014-15", 100), indicators=ALL)
    assert limits(w.row("again_percent", "2014-15"))[:2] == said("55.25", "73.64")  # 55.2544 to 73.6358


# What has limits, and what has none.


def test_a_count_has_limits_exact_below_ten_and_by_byar_from_ten() -> None:
    w = told(figure("events", "2014-04", 9), figure("events", "2014-05", 10), indicators=[EVENTS])
    assert limits(w.row("events", "2014-04")) == said("4.12", "17.08", "2.45", "22.66")
    assert limits(w.row("events", "2014-05")) == said("4.79", "18.39", "2.92", "24.19")


def test_nought_has_an_upper_limit() -> None:
    w = told(figure("events", "2014-04", 0), indicators=[EVENTS])
    assert limits(w.row("events", "2014-04")) == said("0", "3.69", "0", "6.91")


def test_none_and_all_of_them_stay_within_nought_and_a_hundred() -> None:
    w = told(
        figure("again", "2014-04", 0), figure("events", "2014-04", 47),
        figure("again", "2014-05", 47), figure("events", "2014-05", 47), indicators=ALL,
    )  # fmt: skip
    assert limits(w.row("again_percent", "2014-04"))[::2] == said("0", "0")
    assert limits(w.row("again_percent", "2014-05"))[1::2] == said("100", "100")


def test_a_share_is_a_proportion_of_its_table() -> None:
    w = told(parts("events", "2014-15", "category", neglect=65, other=35), indicators=ALL)
    assert limits(w.row("events_share_percent", "2014-15", "neglect"))[:2] == said("55.25", "73.64")


def test_the_limits_of_a_year_are_of_its_own_counts() -> None:
    w = told(months("events", "2014-04", *[100] + [0] * 11), months("again", "2014-04", *[65] + [0] * 11), indicators=ALL)
    assert limits(w.row("again_percent", "2014-15")) == limits(w.row("again_percent", "2014-04"))


def test_a_mean_an_age_and_a_statement_have_none() -> None:
    eldest = indicator("eldest", "largest", unit="years")
    stated = indicator("stated", "statement")
    w = told(
        months("events", "2014-04", 7, 8, 9), figure("eldest", "2014-04", 17, unit="years"), figure("stated", "2014-04", 7),
        indicators=[*ALL, eldest, stated],
    )  # fmt: skip
    for code, period in (("events_mean", "2014-15 Q1"), ("eldest", "2014-04"), ("stated", "2014-04")):
        row = w.row(code, period)
        assert row.value is not None
        assert limits(row) == NONE


def test_what_the_supplier_worked_out_has_none() -> None:
    row = told(printed("again_percent", "2013-14", "15%"), indicators=ALL).row("again_percent", "2013-14")
    assert (row.value, limits(row)) == (15, NONE)


def test_a_range_a_blank_and_none_of_none_have_none() -> None:
    w = told(
        months("events", "2014-04", "5 or under", None, 0), months("again", "2014-04", 0, 0, 0), indicators=ALL,
    )  # fmt: skip
    for month in ("2014-04", "2014-05"):
        assert limits(w.row("events", month)) == NONE
        assert limits(w.row("again_percent", month)) == NONE
    assert limits(w.row("again_percent", "2014-06")) == NONE


def test_a_net_month_below_nought_and_more_than_all_have_none() -> None:
    w = told(figure("events", "2014-04", -2), figure("events", "2014-05", 6), figure("again", "2014-05", 7), indicators=ALL)
    assert limits(w.row("events", "2014-04")) == NONE
    assert limits(w.row("again_percent", "2014-05")) == NONE


# Limits tell no more than what is shown.


def test_what_is_hidden_has_no_limits() -> None:
    w = told(
        months("events", "2014-04", 3, 40, 30), months("again", "2014-04", 3, 3, 10),
        indicators=ALL, submissions=[submission(secret=True)], populations=[population(131150)],
    )  # fmt: skip
    hidden = [row for row in w.rows("from published.indicator_values") if row.status == "suppressed"]
    assert {row.indicator for row in hidden} >= {"events", "events_per_10000", "again_percent"}
    assert {limits(row) for row in hidden} == {NONE}


def test_limits_are_made_of_what_stands_in_the_same_row_and_of_nothing_else() -> None:
    """So whoever sees them sees no count that is not shown: the numbers above and below the line are shown beside them."""
    w = told(
        months("events", "2014-04", 3, 40, 30, 20), months("again", "2014-04", 3, 3, 10, 8),
        parts("events", "2014-15 Q1", "category", neglect=33, sexual=4, other=36),
        indicators=ALL, submissions=[submission(secret=True)], populations=[population(131150)],
    )  # fmt: skip
    rows = [row for row in w.rows("from published.indicator_values") if row.lower_95 is not None]
    assert len({row.indicator for row in rows}) == 4
    for row in rows:
        basis = {"events": "count", "events_per_10000": "rate"}.get(row.indicator, "proportion")
        assert row.numerator is not None
        assert (row.denominator is None) == (basis == "count")
        assert limits(row) == _expected(basis, int(row.numerator), int(row.denominator or 1))


# Small numbers are said in the row.


@pytest.mark.parametrize(
    ("again", "events", "note"),
    [(20, 40, None), (19, 40, SMALL_ABOVE), (0, 40, SMALL_ABOVE), (19, 20, SMALL_ABOVE), (19, 19, SMALL_BELOW)],
)
def test_fewer_than_twenty_are_few(again: int, events: int, note: str | None) -> None:
    w = told(figure("again", "2014-15", again), figure("events", "2014-15", events), indicators=ALL)
    assert w.row("again_percent", "2014-15").note == note


def test_a_rate_of_few_events_says_so_and_a_count_shows_it() -> None:
    w = told(figure("events", "2014-15", 19), indicators=ALL, populations=[population(131150)])
    assert w.row("events_per_10000", "2014-15").note == SMALL_ABOVE
    assert w.row("events", "2014-15").note is None


# Widely, against scipy.


SCALES = {"count": 1, "rate": 10_000, "proportion": 100}


@pytest.fixture(scope="module")
def reckon() -> Any:
    """The limits that the SQL makes of pairs: basis, numerator, denominator."""
    connection = duckdb.connect()
    for schema in ("conformed", "marts"):
        connection.execute(f"create schema {schema}")
    for name in ("poisson_limits", "confidence_levels"):
        made = read_table(shipped("sql") / "conformed" / f"{name}.sql").query
        connection.execute(f"create table conformed.{name} as {made}")
    intervals = read_table(shipped("sql") / "marts" / "intervals.sql").query
    connection.execute("create table marts.rates_on_bases (numerator decimal(38, 4), population bigint, scale bigint)")

    def reckoned(pairs: list[tuple[str, int, int]]) -> dict[tuple[str, int, int], tuple[Decimal, ...]]:
        connection.execute(
            "create or replace table marts.indicator_figures"
            " (interval_basis varchar, numerator decimal(38, 4), denominator decimal(38, 4), scale bigint)"
        )
        connection.executemany(
            "insert into marts.indicator_figures values (?, ?, ?, ?)", [(*pair, SCALES[pair[0]]) for pair in pairs]
        )
        rows = connection.execute(intervals).fetchall()
        return {(basis, int(above), int(below)): tuple(found) for basis, above, below, _, *found, _ in rows}

    return reckoned


PAIRS = st.one_of(
    st.tuples(st.just("count"), st.integers(0, 20_000), st.just(1)),
    st.tuples(st.just("rate"), st.integers(0, 20_000), st.integers(1, 12_000_000)),
    st.tuples(st.integers(1, 200_000), st.floats(0, 1)).map(lambda one: ("proportion", int(one[0] * one[1]), one[0])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PAIRS, min_size=20, max_size=60))
def test_limits_are_those_of_scipy(reckon: Any, pairs: list[tuple[str, int, int]]) -> None:
    found = reckon(pairs)
    assert set(found) == set(pairs)
    for pair, made in found.items():
        assert [float(one) for one in made] == pytest.approx([float(one) for one in _expected(*pair)], abs=0.0101)


def test_small_counts_are_exact_and_byar_is_near_the_exact(reckon: Any) -> None:
    found = reckon([("count", count, 1) for count in range(2000)])
    for (_, count, _), made in found.items():
        exact = [
            chi2.ppf(1 - side if upper else side, 2 * (count + upper)) / 2 if count + upper else 0
            for side in (0.025, 0.001)
            for upper in (False, True)
        ]
        near = 0.0051 if count < 10 else 0.07  # the most that Byar's method is off: at 10 events, 99.8%
        assert [float(one) for one in made] == pytest.approx(exact, abs=near)


def test_the_limits_hold_what_they_are_of_and_the_wider_hold_the_narrower(reckon: Any) -> None:
    found = reckon([("count", count, 1) for count in range(50)] + [("proportion", n, 49) for n in range(50)])
    for (basis, above, below), (lower, upper, lower_998, upper_998) in found.items():
        value = above if basis == "count" else Decimal(100 * above) / below
        assert lower_998 <= lower <= value <= upper <= upper_998


def test_the_forty_numbers_are_those_of_the_chi_squared_distribution() -> None:
    connection = duckdb.connect()
    rows = connection.execute(read_table(shipped("sql") / "conformed/poisson_limits.sql").query).fetchall()
    assert [row[0] for row in rows] == list(range(10))
    for count, *found in rows:
        exact = [_poisson(count, side, upper) for side in (0.025, 0.001) for upper in (False, True)]
        assert [float(one) for one in found] == pytest.approx(exact, abs=1e-9)


def _half_up(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _poisson(count: int, side: float, upper: bool) -> float:
    if upper:
        return float(chi2.ppf(1 - side, 2 * count + 2) / 2)
    return float(chi2.ppf(side, 2 * count) / 2) if count else 0.0


def _byar(count: int, side: float, upper: bool) -> Decimal:
    """In decimals, by a third power: not as the SQL does it."""
    getcontext().prec = 40
    events, z = Decimal(count + upper), Decimal(float(norm.ppf(1 - side)))
    return events * (1 - 1 / (9 * events) + (z if upper else -z) / (3 * events.sqrt())) ** 3


def _expected(basis: str, above: int, below: int) -> tuple[Decimal, ...]:
    found = []
    for side in (0.025, 0.001):
        if basis == "proportion":
            ends = binomtest(above, below).proportion_ci(1 - 2 * side, method="wilson")
            found += [100 * Decimal(float(ends.low)), 100 * Decimal(float(ends.high))]
        else:
            scale = 10000 if basis == "rate" else 1
            by = _poisson if above < 10 else _byar
            found += [Decimal(by(above, side, upper)) * scale / below for upper in (False, True)]
    return tuple(map(_half_up, found))
