"""Rates on the base first used, on the latest or on a named one; a population that was restated moves nothing in silence."""

from decimal import Decimal
from typing import Any

import pytest

from lscb_data.explain import explain
from lscb_data.finding import UserError
from tests.spec.told import BY_COUNCIL, SUPPRESSED, figure, indicator, population, submission, told

OPEN, RATE = indicator("open", "stock"), indicator("open_per_10000", "rate", of="open", places=2)
FIRST, LATER = population(131150), population(130241, base=2021)


def on(base: str, *populations: Any, count: Any = 387) -> Any:
    w = told(figure("open", "2015-03-31", count), indicators=[OPEN, RATE], populations=populations)
    query = f"from published.indicator_values_on('{base}') where indicator = 'open_per_10000' and period = '2015-03-31'"
    (row,) = w.rows(query)
    return row


def test_a_rate_is_had_on_each_base_with_its_population_and_its_limits() -> None:
    """387 of 131,150 is 29.51; of 130,241 it is 29.71."""
    first, latest, named = (on(base, FIRST, LATER) for base in ("first", "latest", "2021"))
    assert (first.value, first.denominator) == (Decimal("29.51"), 131150)
    assert (latest.value, latest.denominator) == (Decimal("29.71"), 130241) == (named.value, named.denominator)
    assert latest.population_id.endswith("base-2021")
    assert latest.note.endswith("On the 2021 base; as published, on the 2011 base, 29.51.")
    assert first.lower_95 < latest.lower_95 < latest.value < latest.upper_95


def test_the_limits_are_those_of_the_count_over_that_population() -> None:
    alone = on("first", population(130241))
    moved = on("latest", FIRST, LATER)
    names = ("value", "lower_95", "upper_95", "lower_998", "upper_998")
    assert [getattr(moved, name) for name in names] == [getattr(alone, name) for name in names]


def test_a_base_that_there_is_no_population_on_is_said_and_gives_no_rate() -> None:
    row = on("2021", FIRST)
    assert (row.value, row.denominator, row.status, row.population_id) == (None, None, "not_supplied", None)
    assert row.note.endswith("There is no population on the 2021 base.")


def test_the_latest_base_of_one_is_that_one() -> None:
    assert on("latest", FIRST).value == Decimal("29.51")


def test_halves_are_rounded_up_on_every_base() -> None:
    """1,005 of 200,000 is 50.25; of 80,000 it is 125.625, shown as 125.63."""
    assert on("2021", population(200000), population(80000, base=2021), count=1005).value == Decimal("125.63")


def test_what_is_hidden_stays_hidden_on_every_base() -> None:
    row = on("latest", FIRST, LATER, count=SUPPRESSED)
    assert (row.value, row.lower_95, row.status) == (None, None, "suppressed")


def test_counts_are_the_same_on_every_base() -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], populations=[FIRST, LATER])
    rows = w.rows("from published.indicator_values_on('latest') where indicator = 'open' and period = '2015-03-31'")
    assert [row.value for row in rows] == [387]
    every = w.rows("select count(*) as n from published.indicator_values")[0].n
    assert w.rows("select count(*) as n from published.indicator_values_on('latest')")[0].n == every


def test_a_later_base_is_listed_as_a_restatement_with_the_rates_that_stand_on_the_first() -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], populations=[FIRST, LATER])
    (row,) = w.rows("from audit.populations_restated")
    assert (row.why, row.population_before, row.population, row.difference) == ("another census base", 131150, 130241, -909)
    divided = w.rows("select count(*) as n from published.indicator_values where population_id is not null")[0].n
    assert row.rates == divided > 0


def test_a_population_given_otherwise_by_a_later_file_is_listed_with_both_cells() -> None:
    again = population(131200) | {"submission_id": "ons2", "cell": "ons2.csv!population!B2"}
    receipts = [submission(), submission("ons2", period="2014-15") | {"return": "ons__population"}]
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], populations=[FIRST, again], submissions=receipts)
    (row,) = w.rows("from audit.populations_restated")
    assert (row.why, row.difference) == ("resubmission", 50)
    assert (row.cell_before, row.cell) == (FIRST["cell"], "ons2.csv!population!B2")


def test_a_release_that_restates_a_councils_estimate_is_listed_with_the_base_that_its_contract_declares() -> None:
    def release(name: str, people: int) -> dict[str, Any]:
        return dict.fromkeys(BY_COUNCIL.names) | {
            "submission_id": name, "cell": f"{name}.csv!estimates!A2", "row": 2, "accepted": True, "year": "2014-15",
            "council": "E10000003", "council_name": "Cambridgeshire", "ages": "0-17", "sex": "all", "population": people,
            "census_base": 2021, "source": "ONS", "licence": "OGL",
        }  # fmt: skip

    named = {"return": "ons__population_by_council"}
    receipts = [
        submission(),
        submission("one", period="2023-24") | named | {"standing": "superseded"},
        submission("two", period="2024-25") | named,
    ]
    estimates = [release("one", 130241), release("two", 130300)]
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], by_council=estimates, submissions=receipts)
    (row,) = w.rows("from audit.populations_restated")
    assert (row.population_id, row.why, row.population_before, row.population) == (
        "E10000003:0-17:all:2014-06-30:base-2021", "resubmission", 130241, 130300,
    )  # fmt: skip
    assert w.row("open_per_10000", "2015-03-31").denominator == 130300


def test_explain_says_a_rate_on_the_base_that_is_asked_for_with_its_population() -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], populations=[FIRST, LATER])
    (one,) = explain(w.connection, "open_per_10000", "2015-03-31", base="latest").explained
    assert (one.value["value"], one.population and one.population["population"]) == (Decimal("29.71"), 130241)


@pytest.mark.parametrize("base", ["newest", "21", "2021'; drop table x"])
def test_what_is_no_base_is_said(base: str) -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[OPEN, RATE], populations=[FIRST])
    with pytest.raises(UserError, match="A base is first, latest or the year of a census"):
        explain(w.connection, "open_per_10000", base=base)
