"""Percentages: pooled, rounded half-up, and never made of what is not there."""

import pytest

from tests.spec.told import figure, indicator, months, parts, told

STARTS = indicator("starts")
AGAIN = indicator("again")
PERCENT = indicator("again_percent", "percent", of="again", by="starts", places=2)
MEAN = indicator("starts_mean", "mean", of="starts", places=2)
SHARE = indicator("starts_share_percent", "share", of="starts", places=2, breakdown_types=["category"])
ALL = [STARTS, AGAIN, PERCENT]


def test_a_percentage_is_pooled_not_averaged() -> None:
    w = told(
        months("starts", "2014-04", 33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73),
        months("again", "2014-04", 7, 6, 7, 13, 11, 1, 1, 6, 0, 12, 7, 11),
        indicators=ALL,
    )
    row = w.row("again_percent", "2014-15")
    assert (row.numerator, row.denominator, str(row.value)) == (82, 461, "17.79")  # the mean of the months is 18.23
    assert str(w.value("again_percent", "2014-15 Q2")) == "25.77"


@pytest.mark.parametrize(
    ("count", "of", "places", "shown"),
    [
        (13, 32, 2, "40.63"),  # 40.625
        (1, 8, 1, "12.50"),
        (1, 8, 0, "13.00"),  # 12.5
        (1, 16, 1, "6.30"),  # 6.25
        (3, 16, 1, "18.80"),  # 18.75
        (1, 3, 2, "33.33"),
        (2, 3, 2, "66.67"),
        (1, 400, 1, "0.30"),  # 0.25
        (0, 47, 2, "0.00"),
        (-1, 8, 0, "-13.00"),  # -12.5: away from nought, as the DfE rounds
    ],
)
def test_halves_are_rounded_up(count: int, of: int, places: int, shown: str) -> None:
    percent = indicator("again_percent", "percent", of="again", by="starts", places=places)
    w = told(figure("again", "2014-07", count), figure("starts", "2014-07", of), indicators=[percent])
    assert str(w.value("again_percent", "2014-07")) == shown


def test_none_of_none_is_no_percentage() -> None:
    w = told(months("starts", "2014-04", 0, 2, 3), months("again", "2014-04", 0, 1, 1), indicators=ALL)
    row = w.row("again_percent", "2014-04")
    assert (row.value, row.status) == (None, "not_applicable")
    assert (row.numerator, row.denominator) == (0, 0)
    assert w.value("again_percent", "2014-15 Q1") == 40


def test_without_what_it_is_of_a_percentage_is_not_supplied() -> None:
    row = told(figure("again", "2014-04", 7), indicators=ALL).row("again_percent", "2014-04")
    assert (row.value, row.status, row.note) == (None, "not_supplied", "What it is to be divided by was not supplied.")


def test_a_month_missing_below_the_line_is_missing_for_the_quarter() -> None:
    w = told(months("starts", "2014-04", 10, 10), months("again", "2014-04", 1, 2, 3), indicators=ALL)
    assert (w.value("again_percent", "2014-15 Q1"), w.status("again_percent", "2014-15 Q1")) == (None, "not_supplied")


def test_parts_that_are_no_indicator_of_their_own_are_pooled_all_the_same() -> None:
    w = told(months("starts", "2014-04", 10, 20, 30), months("again", "2014-04", 1, 2, 3), indicators=[PERCENT])
    assert w.value("again_percent", "2014-15 Q1") == 10


def test_a_part_of_a_stock_is_the_last_days() -> None:
    w = told(
        months("open", "2014-04", 10, 20, 40),
        months("long", "2014-04", 1, 2, 10),
        indicators=[indicator("open", "stock"), indicator("long_percent", "percent", of="long", by="open")],
    )
    assert (w.value("long_percent", "2014-15 Q1"), w.row("long_percent", "2014-15 Q1").denominator) == (25, 40)


def test_a_bounded_count_gives_a_percentage_between_bounds() -> None:
    row = told(figure("again", "2014-04", "1-5"), figure("starts", "2014-04", 40), indicators=ALL).row(
        "again_percent", "2014-04"
    )
    assert (row.value, row.qualifier, row.note) == (None, "range", "Between 2.5 and 12.5.")


def test_a_bound_below_the_line_gives_bounds_too() -> None:
    row = told(figure("again", "2014-04", 10), figure("starts", "2014-04", "20-40"), indicators=ALL).row(
        "again_percent", "2014-04"
    )
    assert (row.value, row.qualifier, row.note) == (None, "range", "Between 25 and 50.")


def test_a_share_is_of_what_its_own_table_gives() -> None:
    w = told(
        parts("starts", "2014-15", "category", neglect=306, emotional=124, sexual=18, physical=36),
        figure("starts", "2014-15", 461),
        indicators=[indicator("starts", breakdown_types=["category"]), SHARE],
    )
    row = w.row("starts_share_percent", "2014-15", "neglect")
    assert (row.numerator, row.denominator, str(row.value)) == (306, 484, "63.22")
    assert w.rows("from published.indicator_values where indicator = 'starts_share_percent' and breakdown = 'all'") == []


def test_a_share_of_a_table_with_a_blank_is_not_supplied() -> None:
    w = told(parts("starts", "2014-15", "category", neglect=306, emotional=None), indicators=[SHARE])
    assert (w.value("starts_share_percent", "2014-15", "neglect"), w.status("starts_share_percent", "2014-15", "neglect")) == (
        None,
        "not_supplied",
    )


def test_the_mean_of_the_months_is_of_all_of_them() -> None:
    w = told(months("starts", "2014-04", *[38] * 11, 43), indicators=[MEAN])
    assert str(w.value("starts_mean", "2014-15")) == "38.42"
    assert {row.period_type for row in w.rows("from published.indicator_values")} == {"quarter", "year"}
    assert told(months("starts", "2014-04", 1, 2), indicators=[MEAN]).status("starts_mean", "2014-15 Q1") == "not_supplied"
