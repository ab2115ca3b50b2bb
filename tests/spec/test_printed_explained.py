"""What would give a printed figure that its parts do not give: only what gives it to its own places is named."""

import pytest

from tests.spec.told import figure, indicator, months, population, printed, told

STARTS = indicator("starts")
AGAIN = indicator("again")
PERCENT = indicator("again_percent", "percent", of="again", by="starts", places=2)
RATE = indicator("open_per_10000", "rate", of="open", places=2)


def named(said: str, again: int = 82, starts: int = 461) -> dict[str, str]:
    w = told(
        figure("again", "2014-15", again),
        figure("starts", "2014-15", starts),
        printed("again_percent", "2014-15", said),
        indicators=[STARTS, AGAIN, PERCENT],
    )
    return {row.explanation: row.said for row in w.rows("from marts.printed_explained")}


@pytest.mark.parametrize(
    ("said", "explanation", "words"),
    [
        ("1.78%", "a factor of 10", "the figure divided by 10"),
        ("17.97%", "digits exchanged", "the digits 7 and 9 exchanged"),
        ("71.79%", "digits exchanged", "the digits 1 and 7 exchanged"),
        ("17.7%", "rounding", "places cut off instead of rounded"),
    ],
)
def test_one_thing_gives_it(said: str, explanation: str, words: str) -> None:
    assert named(said) == {explanation: words}


def test_nothing_gives_it() -> None:
    assert named("19.3%") == {}


def test_a_half_rounded_to_the_even_digit_is_a_difference() -> None:
    assert named("40.62%", 13, 32) == {"rounding": "a half rounded to the even digit, or cut off"}
    assert named("40.63%", 13, 32) == {}


def test_another_base_of_the_population() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        printed("open_per_10000", "2015-03-31", "29.71"),
        indicators=[RATE],
        populations=[population(131150), population(130241, base=2021)],
    )
    (row,) = w.rows("from checks.printed_differs")
    assert row.fix == (
        "Say what the printed figure was worked out from, or correct it. It is 0.2 more than ours; this would give it: the "
        "population of E10000003 aged 0-17 of 30/06/2014 on the 2021 base (130,241)."
    )


def test_a_month_left_out_of_a_total() -> None:
    w = told(months("starts", "2014-04", 33, 26, 29), figure("starts", "2014-15 Q1", 62), indicators=[STARTS])
    (row,) = w.rows("from marts.printed_explained")
    assert (row.explanation, row.said) == ("a part left out", "the month 2014-05 (26) left out")


def test_a_mean_of_months_percentages() -> None:
    w = told(
        months("again", "2014-04", 5, 1, 1),
        months("starts", "2014-04", 10, 20, 40),
        printed("again_percent", "2014-15 Q1", "19.17%"),
        indicators=[STARTS, AGAIN, PERCENT],
    )
    assert [row.explanation for row in w.rows("from marts.printed_explained")] == ["a mean of months"]


def test_counts_of_a_region_are_in_tens_and_give_no_difference_by_that() -> None:
    region = {"area_code": "E12000001"}
    told_of = [("areas", "E12000001", "North East")]
    for said, differs in (("90.8%", False), ("92.5%", True)):
        w = told(
            figure("again", "2014-15", 4860, **region),
            figure("starts", "2014-15", 5358, **region) | {"value": 5360},
            printed("again_percent", "2014-15", said, **region),
            indicators=[STARTS, AGAIN, PERCENT],
            areas=told_of,
        )
        assert (w.findings("printed_differs") != []) is differs
