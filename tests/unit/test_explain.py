"""Which period is meant where a figure is asked for by it."""

from datetime import date
from typing import Any

import pytest

from lscb_data.explain import explain
from lscb_data.finding import UserError
from tests.spec.told import figure, indicator, told

PLANS = [indicator("plans")]


def explained(asked: str, *periods: str) -> list[str]:
    """The kinds of period explained to one who asks so, where there are figures of these."""
    figures: list[dict[str, Any]] = []
    for kind, period in (one.split(" ", 1) for one in periods):
        figures.append(figure("plans", period, 20) | ({} if kind == "any" else MONTH))
    w = told(*figures, indicators=PLANS)
    return [one.value["period_type"] for one in explain(w.connection, "plans", asked).explained]


MONTH = {"period_type": "month", "period_end": date(2003, 4, 30)}


@pytest.mark.parametrize("asked", ["2003-04", "2003/04"])
def test_a_year_that_could_be_a_month_is_the_year(asked: str) -> None:
    assert explained(asked, "any 2003-04") == ["year"]


@pytest.mark.parametrize("asked", ["2003-04", "April 2003"])
def test_and_the_month_where_only_that_has_figures(asked: str) -> None:
    assert explained(asked, "month 2003-04") == ["month"]


def test_where_both_have_figures_the_ways_to_write_each_are_said_and_understood() -> None:
    both = ("any 2003-04", "month 2003-04")
    with pytest.raises(UserError, match="write 2003/04 for the year, April 2003 for the month"):
        explained("2003-04", *both)
    assert (explained("2003/04", *both), explained("April 2003", *both)) == (["year"], ["month"])


def test_a_kind_of_period_that_has_no_figures_is_none() -> None:
    with pytest.raises(UserError, match="no figure for 'April 2003'"):
        explained("April 2003", "any 2003-04")
