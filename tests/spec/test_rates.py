"""Rates per 10,000: which population, named; and without one no rate."""

from tests.spec.told import figure, indicator, months, population, told

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
    assert row.note == "There is no population to divide by."
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
