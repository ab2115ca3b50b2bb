"""From months to quarters and years: events are summed, stocks are the last day's, and nothing is made of a part."""

from decimal import Decimal

from tests.spec.told import SUPPRESSED, figure, indicator, months, submission, told

STARTS = indicator("starts")
OPEN = indicator("open", "stock")
ELDEST = indicator("eldest", "largest", unit="years")
YEAR = (33, 26, 29, 32, 37, 28, 23, 47, 47, 43, 43, 73)


def test_events_are_summed_to_the_quarter_and_the_year() -> None:
    w = told(months("starts", "2014-04", *YEAR), indicators=[STARTS])
    assert [w.value("starts", f"2014-15 Q{n}") for n in (1, 2, 3, 4)] == [88, 97, 117, 159]
    assert w.value("starts", "2014-15") == 461
    assert w.row("starts", "2014-15").cell.count("; ") == 11


def test_a_missing_month_makes_the_quarter_and_the_year_not_supplied_never_a_partial_sum() -> None:
    w = told(months("starts", "2014-04", *YEAR[:11]), indicators=[STARTS])
    for period, said in (("2014-15 Q4", "2 of 3 months were supplied."), ("2014-15", "11 of 12 months were supplied.")):
        row = w.row("starts", period)
        assert (row.value, row.numerator, row.status, row.note) == (None, None, "not_supplied", said)
        assert row.qualifier is None


def test_a_blank_month_is_a_missing_month() -> None:
    w = told(months("starts", "2014-04", 33, None, 29), indicators=[STARTS])
    assert w.status("starts", "2014-05") == "not_supplied"
    assert (w.value("starts", "2014-15 Q1"), w.status("starts", "2014-15 Q1")) == (None, "not_supplied")


def test_a_true_nought_is_a_nought() -> None:
    w = told(months("starts", "2014-04", 0, 0, 0), indicators=[STARTS])
    assert (w.value("starts", "2014-05"), w.status("starts", "2014-05")) == (0, "reported")
    assert (w.value("starts", "2014-15 Q1"), w.status("starts", "2014-15 Q1")) == (0, "reported")


def test_a_month_below_nought_is_kept_and_summed() -> None:
    w = told(months("starts", "2014-10", 3, 5, -2), indicators=[STARTS])
    assert w.value("starts", "2014-12") == -2
    assert w.value("starts", "2014-15 Q3") == 6


def test_quarterly_figures_make_the_year() -> None:
    quarters = [figure("starts", f"2014-15 Q{n}", value) for n, value in enumerate((88, 97, 117, 159), 1)]
    assert told(*quarters, indicators=[STARTS]).value("starts", "2014-15") == 461
    partly = told(*quarters[:2], indicators=[STARTS])
    assert partly.row("starts", "2014-15").note == "6 of 12 months were supplied."


def test_a_quarter_given_whole_mends_its_missing_month_in_the_year() -> None:
    w = told(months("starts", "2014-04", *YEAR[:11]), figure("starts", "2014-15 Q4", 159), indicators=[STARTS])
    assert (w.value("starts", "2014-15 Q4"), w.value("starts", "2014-15")) == (159, 461)
    assert w.row("starts", "2014-15 Q4").note == "The supplier's own figure. 2 of 3 months were supplied."


def test_a_total_printed_for_a_quarter_beside_its_months_is_not_added_to_them() -> None:
    totals = [figure("starts", f"2014-15 Q{n}", value) for n, value in enumerate((88, 97, 117), 1)]
    w = told(months("starts", "2014-04", *YEAR), *totals, indicators=[STARTS])
    assert w.value("starts", "2014-15") == 461  # not 763
    assert (w.value("starts", "2014-15 Q1"), w.row("starts", "2014-15 Q1").as_printed) == (88, 88)


def test_a_figure_for_the_year_alone_stands_for_the_year_alone() -> None:
    w = told(figure("starts", "2014-15", 461), indicators=[STARTS])
    assert w.value("starts", "2014-15") == 461
    assert [row.period for row in w.rows("from published.indicator_values")] == ["2014-15"]


def test_a_partial_year_says_how_much_there_is() -> None:
    w = told(months("starts", "2015-04", 1, 2, 3), indicators=[STARTS], submissions=[submission(period="2015-16 Q1")])
    assert w.value("starts", "2015-16 Q1") == 6
    assert w.row("starts", "2015-16").note == "3 of 12 months were supplied."


def test_last_years_months_stand_beside_this_years_total_for_them() -> None:
    w = told(
        months("starts", "2013-04", *YEAR, submission_id="last"),
        figure("starts", "2013-14", 460),
        indicators=[STARTS],
        submissions=[submission("last", period="2013-14 Q4"), submission()],
    )
    row = w.row("starts", "2013-14")
    assert (row.value, row.as_printed) == (461, 460)
    assert w.findings("printed_differs") == ["Starts, 2013-14: printed 460, but its parts add up to 461."]


def test_a_stock_is_the_last_days_and_never_summed() -> None:
    w = told(months("open", "2015-01", 350, 360, 387), indicators=[OPEN])
    assert [w.value("open", period) for period in ("2015-01", "2014-15 Q4", "2014-15")] == [350, 387, 387]


def test_a_stock_for_a_day_stands_for_the_periods_that_the_day_closes() -> None:
    w = told(figure("open", "2015-03-31", 387), figure("open", "2015-02-11", 360), indicators=[OPEN])
    assert [w.value("open", period) for period in ("2015-03-31", "2015-03", "2014-15 Q4", "2014-15")] == [387] * 4
    assert (w.status("open", "2015-02"), w.value("open", "2015-02")) == ("not_supplied", None)


def test_a_stock_without_its_last_day_is_not_supplied() -> None:
    w = told(months("open", "2015-01", 350, 360), indicators=[OPEN])
    row = w.row("open", "2014-15 Q4")
    assert (row.value, row.status, row.note) == (None, "not_supplied", "The figure for the last day was not supplied.")


def test_the_last_day_of_february_in_a_leap_year() -> None:
    w = told(figure("open", "2016-02-29", 400), figure("open", "2015-02-28", 390), indicators=[OPEN])
    assert (w.value("open", "2016-02"), w.value("open", "2015-02")) == (400, 390)


def test_the_eldest_of_the_months_is_the_eldest_of_the_quarter() -> None:
    w = told(months("eldest", "2014-04", 10, 14, 13, unit="years"), indicators=[ELDEST])
    assert (w.value("eldest", "2014-15 Q1"), w.row("eldest", "2014-15 Q1").numerator) == (14, None)


def test_a_bounded_month_makes_a_range_never_an_undercount() -> None:
    w = told(months("starts", "2014-04", 20, "5 or under", 30), indicators=[STARTS])
    row = w.row("starts", "2014-15 Q1")
    assert (row.value, row.numerator, row.qualifier, row.status) == (None, None, "range", "reported")
    assert row.note == "Between 50 and 55."
    assert (w.row("starts", "2014-05").qualifier, w.row("starts", "2014-05").note) == ("<=", "At most 5.")


def test_a_month_bounded_below_leaves_the_quarter_open_above() -> None:
    row = told(months("starts", "2014-04", 20, "more than 5", 30), indicators=[STARTS]).row("starts", "2014-15 Q1")
    assert (row.value, row.qualifier, row.note) == (None, ">=", "At least 55.")


def test_a_month_that_the_supplier_hides_hides_the_quarter() -> None:
    row = told(months("starts", "2014-04", 20, SUPPRESSED, 30), indicators=[STARTS]).row("starts", "2014-15 Q1")
    assert (row.value, row.status, row.note) == (None, "suppressed", "2 of 3 months were given as figures.")


def test_the_suppliers_exact_total_is_better_than_a_range() -> None:
    w = told(months("starts", "2014-04", 20, "5 or under", 30), figure("starts", "2014-15 Q1", 53), indicators=[STARTS])
    assert (w.value("starts", "2014-15 Q1"), w.status("starts", "2014-15 Q1")) == (53, "reported")


def test_a_provisional_month_makes_a_provisional_quarter() -> None:
    w = told(months("starts", "2014-04", 1, 2), figure("starts", "2014-06", 3, status="provisional"), indicators=[STARTS])
    assert (w.value("starts", "2014-15 Q1"), w.status("starts", "2014-15 Q1")) == (6, "provisional")


def test_a_statement_stands_for_its_own_period_and_for_no_other() -> None:
    w = told(months("said", "2015-01", 1, 2, 20), indicators=[indicator("said", "statement")])
    assert [row.period for row in w.rows("from published.indicator_values order by period")] == [
        "2015-01",
        "2015-02",
        "2015-03",
    ]


def test_two_measures_added_need_both() -> None:
    both = indicator("with_transfers", of="starts transfers")
    w = told(months("starts", "2014-04", 33, 26, 29), months("transfers", "2014-04", 10, 3), indicators=[both])
    assert w.value("with_transfers", "2014-04") == 43
    assert (w.value("with_transfers", "2014-06"), w.status("with_transfers", "2014-06")) == (None, "not_supplied")
    assert w.status("with_transfers", "2014-15 Q1") == "not_supplied"


def test_two_councils_are_two_figures() -> None:
    w = told(
        months("starts", "2014-04", 33, 26, 29),
        months("starts", "2014-04", 1, 2, 3, area_code="E06000031"),
        indicators=[STARTS],
    )
    assert w.value("starts", "2014-15 Q1", area="Cambridgeshire") == 88
    assert w.value("starts", "2014-15 Q1", area="E06000031") == 6


def test_two_providers_are_two_figures() -> None:
    w = told(
        months("starts", "2014-04", 1, 2, 3, provider="CCS"),
        months("starts", "2014-04", 4, 5, provider="CPFT"),
        indicators=[STARTS],
    )
    assert w.value("starts", "2014-15 Q1", provider="CCS") == 6
    assert w.status("starts", "2014-15 Q1", provider="CPFT") == "not_supplied"


def test_an_area_inside_the_board_has_its_own_figures() -> None:
    w = told(
        figure("starts", "2014-04", 7, area_code="central"),
        indicators=[STARTS],
        areas=[("areas", "E10000003", "Cambridgeshire"), ("marac_areas", "central", "Central")],
    )
    assert w.row("starts", "2014-04").area == "Central"
    assert w.rows("from conformed.areas where kind = 'inside the Board'")[0].area_code == "central"


def test_figures_are_decimals() -> None:
    assert isinstance(told(figure("starts", "2014-04", 7), indicators=[STARTS]).value("starts", "2014-04"), Decimal)
