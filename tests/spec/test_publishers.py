"""What a publisher such as the DfE gives for a council: it serves where the Board has nothing, and never displaces its own."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.spec.told import Told, figure, indicator, months, printed, submission, told

STARTS, AGAIN = indicator("starts"), indicator("again")
PERCENT = indicator("again_percent", "percent", "again", "starts", places=1)
DFE = submission("dfe", period="2023-24", received=date(2024, 11, 1)) | {"is_publishers": True, "return": "dfe__plans"}


def both(*figures: Any) -> Told:
    return told(*figures, indicators=[STARTS, AGAIN, PERCENT], submissions=[submission(), DFE])


def dfe(value: int, period: str = "2014-15", measure: str = "starts") -> dict[str, Any]:
    return figure(measure, period, value, submission_id="dfe", **{"return": "dfe__plans"})


def test_the_boards_own_stands_though_the_publishers_came_later() -> None:
    """461 of the Board's return; the DfE says 486 nine years on."""
    w = both(figure("starts", "2014-15", 461), dfe(486))
    assert w.value("starts", "2014-15") == 461
    assert w.row("starts", "2014-15").submission_id == "return"


def test_that_the_two_differ_is_asked() -> None:
    (said,) = both(figure("starts", "2014-15", 461), dfe(486)).findings("said_twice")
    assert said == "starts, 2014-15: given 2 times with different values; the one in this cell was taken."


def test_that_the_two_agree_is_not() -> None:
    assert both(figure("starts", "2014-15", 461), dfe(461)).findings("said_twice") == []


def test_rounded_counts_differ_where_no_one_count_is_rounded_to_both() -> None:
    """England's 43,190 and 43,140 differ; 43,140 beside 43,142 does not."""
    other = submission("other", period="2023-24", received=date(2024, 11, 1)) | {"is_publishers": True, "return": "dfe__other"}
    said = []
    for low in (43185, 43135):
        rounded = {"value": None, "low": low, "high": low + 10, "qualifier": "rounded"}
        figures = [dfe(43190) | rounded, figure("starts", "2014-15", 43142, submission_id="other", **{"return": "dfe__other"})]
        said += [told(*figures, indicators=[STARTS], submissions=[DFE, other]).findings("said_twice")]
    assert [len(one) for one in said] == [1, 0]


def test_a_printed_rate_outside_what_its_rounded_counts_give_is_asked_about() -> None:
    """6,010 of d5 is 6,005 to 6,015; of them 66.7% would be 9,000, not 8,000."""
    figures = [
        dfe(8000) | {"value": None, "low": 7995, "high": 8005, "qualifier": "rounded"},
        dfe(6010, measure="again") | {"value": None, "low": 6005, "high": 6015, "qualifier": "rounded"},
    ]
    for percent, differs in (("75.1", 0), ("66.7", 1)):
        theirs = printed("again_percent", "2014-15", percent, submission_id="dfe") | {"return": "dfe__plans"}
        w = both(*figures, theirs)
        assert (w.value("again_percent", "2014-15"), len(w.findings("printed_differs"))) == (Decimal(percent), differs)


def test_a_year_that_the_board_has_in_months_is_the_sum_of_those() -> None:
    w = both(months("starts", "2014-04", *[10] * 12), dfe(486))
    assert w.value("starts", "2014-15") == 120


def test_where_the_board_has_nothing_the_publishers_serves() -> None:
    w = both(figure("starts", "2014-15", 461), dfe(450, "2013-14"))
    assert w.value("starts", "2013-14") == 450
    assert w.row("starts", "2013-14").submission_id == "dfe"


def test_the_boards_count_is_not_divided_by_the_publishers_nor_the_other_way_round() -> None:
    """The Board left its own 82 blank: the DfE's 83 is of the DfE's 486, not of the Board's 461."""
    w = both(figure("starts", "2014-15", 461), figure("again", "2014-15", None), dfe(486), dfe(83, measure="again"))
    row = w.row("again_percent", "2014-15")
    assert (row.numerator, row.denominator, row.value, row.status) == (None, None, None, "not_supplied")
    assert w.value("again", "2014-15") == 83


def test_nor_are_the_two_added_up() -> None:
    every = indicator("every", of="starts again")
    figures = [figure("starts", "2014-15", 461), dfe(83, measure="again")]
    w = told(*figures, indicators=[STARTS, AGAIN, every], submissions=[submission(), DFE])
    assert (w.value("every", "2014-15"), w.status("every", "2014-15")) == (None, "not_supplied")


def test_the_publishers_percentage_stands_beside_no_figure_of_the_boards_as_if_it_were_its_own() -> None:
    theirs = printed("again_percent", "2014-15", "17.1", submission_id="dfe") | {"return": "dfe__plans"}
    w = both(figure("starts", "2014-15", 461), figure("again", "2014-15", 82), dfe(486), dfe(83, measure="again"), theirs)
    assert w.row("again_percent", "2014-15").value == Decimal("17.8")
