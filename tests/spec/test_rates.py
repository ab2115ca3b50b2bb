"""Rates per 10,000: which population, named; and without one no rate."""

from typing import Any

from tests.spec.told import figure, indicator, months, population, printed, told

OPEN = indicator("open", "stock")
RATE = indicator("open_per_10000", "rate", of="open", places=2)
EVENTS = [indicator("events"), indicator("events_per_10000", "rate", of="events", places=1)]


def test_a_rate_has_the_population_of_the_middle_of_the_financial_years_first_calendar_year() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        figure("open", "2014-12-31", 350),
        indicators=[OPEN, RATE],
        populations=[population(131150), population(131900, "2015-06-30"), population(129004, "2013-06-30")],
    )
    for period in ("2015-03-31", "2014-15 Q4", "2014-15"):
        row = w.row("open_per_10000", period)
        assert (str(row.value), row.denominator) == ("29.51", 131150)
        assert row.population_id == "E10000003:0-17:all:2014-06-30:base-2011"
    assert w.row("open_per_10000", "2014-15 Q3").denominator == 131150


def test_the_base_first_used_is_kept_when_a_later_census_restates_it() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        indicators=[RATE],
        populations=[population(130241, base=2021), population(131150, base=2011)],
    )
    assert w.row("open_per_10000", "2015-03-31").denominator == 131150


def test_without_a_population_there_is_no_rate_and_a_finding() -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[RATE], populations=[population(131150, "2013-06-30")])
    row = w.row("open_per_10000", "2015-03-31")
    assert (row.value, row.status, row.population_id, row.numerator) == (None, "not_supplied", None, 387)
    assert row.note == "There is no population to divide by: residents aged 0 to 17."
    assert w.findings("population_missing") == [
        "There is no population aged 0 to 17 of Cambridgeshire for 30/06/2014 to divide by: no open_per_10000."
    ]


def test_the_population_of_another_area_is_not_borrowed() -> None:
    w = told(figure("open", "2015-03-31", 40, area_code="E06000031"), indicators=[RATE], populations=[population(131150)])
    assert w.value("open_per_10000", "2015-03-31") is None


def test_the_rate_of_a_quarter_is_of_its_events_not_the_sum_of_rounded_months() -> None:
    w = told(months("events", "2014-04", 89, 139, 160), indicators=EVENTS, populations=[population(131150)])
    assert [str(w.value("events_per_10000", p)) for p in ("2014-04", "2014-05", "2014-06", "2014-15 Q1")] == [
        "6.80",
        "10.60",
        "12.20",
        "29.60",
    ]


def test_a_rate_leads_to_its_population_cell() -> None:
    w = told(figure("open", "2015-03-31", 387), indicators=[RATE], populations=[population(131150)])
    said = {row.of_what: row.printed for row in w.rows("from audit.lineage where period = '2014-15'")}
    assert said == {"open": "387", "population": "131150"}


WOMEN = {"population": {"ages": "16+", "sex": "female", "census_base": 2011}, "unit": "per 10,000 women"}
CASES = [indicator("cases"), indicator("cases_per_10000", "rate", of="cases", places=1, **WOMEN)]
ENTRANTS = [
    indicator("entrants"),
    indicator(
        "entrants_per_1000", "rate", of="entrants", places=2, per=1000, population={"ages": "10-17"}, unit="per 1,000 children"
    ),
]  # fmt: skip


def aged(ages: str, people: int, sex: str = "all", **more: Any) -> dict[str, Any]:
    return population(people, **more) | {"age_range": ages, "sex": sex}


def test_a_rate_is_of_the_people_that_it_declares() -> None:
    """260 of 267,000 women is 9.7378 for each 10,000: shown as 9.7, whatever else there is."""
    others = [population(131150), aged("16+", 262000, "male"), aged("16+", 529000), aged("16+", 268000, "female", base=2021)]
    w = told(figure("cases", "2014-15", 260), indicators=CASES, populations=[*others, aged("16+", 267000, "female")])
    row = w.row("cases_per_10000", "2014-15")
    assert (str(row.value), row.denominator) == ("9.70", 267000)
    assert row.population_id == "E10000003:16+:female:2014-06-30:base-2011"


def test_a_base_that_is_declared_is_no_other() -> None:
    others = [aged("16+", 267000, "female", base=2001), aged("16+", 268000, "female", base=2021)]
    w = told(figure("cases", "2014-15", 260), indicators=CASES, populations=others)
    row = w.row("cases_per_10000", "2014-15")
    assert (row.value, row.status, row.population_id) == (None, "not_supplied", None)
    assert row.note == "There is no population to divide by: residents aged 16 and over, female (2011 base)."
    assert w.findings("population_missing") == [
        "There is no population aged 16 and over, female (2011 base) of Cambridgeshire for 30/06/2014 to divide by: no "
        "cases_per_10000."
    ]


def test_a_rate_is_per_as_many_as_it_declares_with_its_limits() -> None:
    """58 of 55,000 is 1.0545 for each 1,000; Byar's limits of 58 are 44.04 and 74.98."""
    w = told(figure("entrants", "2014-15", 58), indicators=ENTRANTS, populations=[aged("10-17", 55000), population(131150)])
    row = w.row("entrants_per_1000", "2014-15")
    assert [str(one) for one in (row.value, row.lower_95, row.upper_95)] == ["1.05", "0.80", "1.36"]


def test_the_same_counts_per_1000_and_per_10000_have_limits_of_their_own() -> None:
    tenth = indicator("entrants_per_10000", "rate", of="entrants", places=2, population={"ages": "10-17"})
    w = told(figure("entrants", "2014-15", 58), indicators=[*ENTRANTS, tenth], populations=[aged("10-17", 55000)])
    row = w.row("entrants_per_10000", "2014-15")
    assert [str(one) for one in (row.value, row.lower_95, row.upper_95)] == ["10.55", "8.01", "13.63"]
    assert str(w.row("entrants_per_1000", "2014-15").lower_95) == "0.80"


def test_a_declared_rate_is_had_on_its_other_bases_and_its_changes_in_its_own_scale() -> None:
    people = [aged("10-17", 55000), aged("10-17", 54000, base=2021), aged("10-17", 56000, day="2015-06-30")]
    years = [figure("entrants", "2014-15", 58), figure("entrants", "2015-16", 30)]
    w = told(*years, indicators=ENTRANTS, populations=people)
    rows = w.rows("from published.indicator_values_on('latest') where indicator = 'entrants_per_1000' and period = '2014-15'")
    assert [(str(row.value), row.denominator) for row in rows] == [("1.07", 54000)]
    (change,) = w.rows("from published.indicator_changes('entrants_per_1000') where against = 'period before'")
    assert (change.change, str(change.difference)) == ("lower", "-0.51")
    assert -1 < change.difference_lower_95 < change.difference < change.difference_upper_95 < 0


def test_rates_of_two_peoples_are_not_held_to_one_population() -> None:
    """10.5 of children and 2.2 of women: two populations, as they should be; each is recomputed and agrees."""
    child = indicator("cases_per_10000", "rate", of="cases", places=1)
    woman = indicator("referrals_per_10000", "rate", of="referrals", places=1, **WOMEN)
    w = told(
        figure("cases", "2014-15", 138),
        printed("cases_per_10000", "2014-15", "10.5"),
        figure("referrals", "2014-15", 58),
        printed("referrals_per_10000", "2014-15", "2.2"),
        indicators=[child, woman, indicator("cases"), indicator("referrals")],
        populations=[population(131150), aged("16+", 267000, "female")],
    )
    assert {row.indicator: row.rates for row in w.rows("from marts.populations_implied")} == {
        "cases_per_10000": 1,
        "referrals_per_10000": 1,
    }
    assert w.findings("populations_disjoint") == w.findings("printed_differs") == []


def test_a_printed_rate_of_women_is_explained_by_the_population_that_gives_it() -> None:
    """260 of 529,000 people, men among them, is 4.9; of 267,000 women it is 9.7."""
    w = told(
        figure("cases", "2014-15", 260),
        printed("cases_per_10000", "2014-15", "4.9"),
        indicators=CASES,
        populations=[aged("16+", 529000), aged("16+", 267000, "female")],
    )
    assert w.findings("printed_differs") == [
        "Cases per 10000, 2014-15: printed 4.9, but 260 per 267,000 women is 9.7 for each 10,000. "
        "A population of 525,253 to 536,082 would give the printed rate."
    ]
    assert [row.explanation for row in w.rows("from marts.printed_explained")] == ["another population"]
