"""What a supplier said and what it says now: a changed figure is a restatement, listed with both cells, and no duplicate."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.spec.told import SUPPRESSED, Row, Told, figure, indicator, months, parts, submission, told

PLANS = indicator("plans")
Q2, Q3 = date(2014, 10, 20), date(2015, 1, 20)


def sent(name: str, period: str, **more: Any) -> Row:
    return submission(name, period=period, **more)


def restated(*figures: Row | list[Row], submissions: list[Row]) -> list[tuple[Any, ...]]:
    made = asked(*figures, submissions=submissions)
    rows = made.rows("from audit.observations_restated order by period_start, breakdown, submission_after")
    return [(one.why, one.change, one.period, one.value_before, one.value_after) for one in rows]


def asked(*figures: Row | list[Row], submissions: list[Row]) -> Told:
    return told(*figures, indicators=[PLANS], submissions=submissions)


def test_a_resubmission_lists_what_it_changed_and_what_it_adds() -> None:
    """June was left blank at first; April stands."""
    first = months("plans", "2014-04", 30, 31, None, submission_id="a")
    again = months("plans", "2014-04", 30, 33, 29, submission_id="b")
    receipts = [sent("a", "2014-15 Q1", standing="superseded"), sent("b", "2014-15 Q1")]
    assert restated(first, again, submissions=receipts) == [
        ("resubmission", "changed", "2014-05", 31, 33),
        ("resubmission", "changed", "2014-06", None, 29),
    ]


def test_a_restatement_names_both_submissions_and_both_cells() -> None:
    first = figure("plans", "2014-05", 31, submission_id="a", cell="a.xlsx!Plans!B5")
    again = figure("plans", "2014-05", 33, submission_id="b", cell="b.xlsx!Plans!B6")
    made = asked(first, again, submissions=[sent("a", "2014-15 Q1", standing="superseded"), sent("b", "2014-15 Q1")])
    (one,) = made.rows("from audit.observations_restated")
    assert (one.submission_before, one.submission_after) == ("a", "b")
    assert (one.cell_before, one.cell_after) == ("a.xlsx!Plans!B5", "b.xlsx!Plans!B6")
    assert (one.printed_before, one.printed_after, one.difference) == ("31", "33", Decimal(2))


def test_what_a_resubmission_has_no_cell_for_is_gone() -> None:
    """May's row was left out; that June stays blank takes nothing back."""
    first = months("plans", "2014-04", 30, 31, None, submission_id="a")
    again = figure("plans", "2014-04", 30, submission_id="b")
    third = figure("plans", "2014-04", 30, submission_id="c")
    receipts = [
        sent("a", "2014-15 Q1", standing="superseded"),
        sent("b", "2014-15 Q1", standing="superseded"),
        sent("c", "2014-15 Q1"),
    ]
    assert restated(first, again, third, submissions=receipts) == [("resubmission", "gone", "2014-05", 31, None)]
    (one,) = asked(first, again, third, submissions=receipts).rows("from audit.observations_restated")
    assert (one.submission_before, one.submission_after, one.cell_after) == ("a", "b", None)


def test_figures_of_other_periods_are_no_restatement() -> None:
    first = months("plans", "2014-04", 30, 31, 32, submission_id="a")
    then = months("plans", "2014-07", 40, 41, 42, submission_id="b")
    assert restated(first, then, submissions=[sent("a", "2014-15 Q1"), sent("b", "2014-15 Q2")]) == []


def cumulative(*, declared: str | None = "year") -> tuple[list[list[Row]], list[Row]]:
    """Q3's file repeats April to December: May was changed, and August was left blank."""
    second = months("plans", "2014-04", 30, 31, 32, 33, 34, 35, submission_id="a")
    third = months("plans", "2014-04", 30, 28, 32, 33, None, 35, 36, 37, 38, submission_id="b")
    receipts = [
        sent("a", "2014-15 Q2", received=Q2, cumulative=declared),
        sent("b", "2014-15 Q3", received=Q3, cumulative=declared),
    ]
    return [second, third], receipts


def test_a_cumulative_return_restates_what_it_changed_and_takes_nothing_back_by_a_blank() -> None:
    figures, receipts = cumulative()
    assert restated(*figures, submissions=receipts) == [
        ("cumulative return", "changed", "2014-05", 31, 28),
        ("cumulative return", "new", "2014-10", None, 36),
        ("cumulative return", "new", "2014-11", None, 37),
        ("cumulative return", "new", "2014-12", None, 38),
    ]


def test_the_figure_that_stands_is_the_restated_one_and_nobody_is_asked_which() -> None:
    figures, receipts = cumulative()
    made = asked(*figures, submissions=receipts)
    assert [made.value("plans", f"2014-{month:02}") for month in range(4, 13)] == [30, 28, 32, 33, 34, 35, 36, 37, 38]
    assert made.findings("said_twice") == []


def test_without_the_declaration_two_values_are_asked_about() -> None:
    figures, receipts = cumulative(declared=None)
    made = asked(*figures, submissions=receipts)
    assert made.findings("said_twice") == [
        "plans, 2014-05: given 2 times with different values; the one in this cell was taken."
    ]
    assert made.rows("from audit.observations_restated") == []


def test_the_later_word_stands_even_where_it_is_less_precise_or_hidden() -> None:
    first = [figure("plans", "2014-04", "30.5", submission_id="a"), figure("plans", "2014-05", 4, submission_id="a")]
    then = [figure("plans", "2014-04", 31, submission_id="b"), figure("plans", "2014-05", SUPPRESSED, submission_id="b")]
    made = asked(first, then, submissions=cumulative()[1])
    assert (made.value("plans", "2014-04"), made.status("plans", "2014-05")) == (31, "suppressed")


def test_a_quarter_sent_again_after_the_cumulative_one_has_the_last_word() -> None:
    figures, receipts = cumulative()
    late = months("plans", "2014-04", 30, 29, 32, submission_id="c")
    again = sent("c", "2014-15 Q1", received=date(2015, 2, 1), cumulative="year")
    made = asked(*figures, late, submissions=[*receipts, again])
    assert made.value("plans", "2014-05") == 29
    found = made.rows("select value_before, value_after from audit.observations_restated where period = '2014-05'")
    assert [(one.value_before, one.value_after) for one in found] == [(31, 28), (28, 29)]


def test_a_row_set_aside_in_the_later_file_does_not_take_the_place_of_a_good_one() -> None:
    first = figure("plans", "2014-04", 30, submission_id="a")
    then = figure("plans", "2014-04", None, submission_id="b", accepted=False, status="unreliable")
    made = asked(first, then, submissions=cumulative()[1])
    assert (made.value("plans", "2014-04"), made.rows("from audit.observations_restated")) == (30, [])


def test_the_next_year_of_a_cumulative_return_restates_nothing() -> None:
    first = months("plans", "2015-03", 30, submission_id="a")
    then = months("plans", "2015-04", 31, submission_id="b")
    receipts = [sent("a", "2014-15 Q4", cumulative="year"), sent("b", "2015-16 Q1", cumulative="year")]
    assert restated(first, then, submissions=receipts) == []


def test_two_years_releases_list_exactly_what_was_changed_and_what_is_new() -> None:
    """A release gives all years so far, by council: one council's figure of 2013-14 was revised, and 2014-15 is new."""

    def release(name: str, **years: tuple[int, int]) -> list[Row]:
        return [
            figure("plans", year.replace("_", "-").removeprefix("y"), value, area_code=area, submission_id=name)
            for year, values in years.items()
            for area, value in zip(("E10000003", "E10000020"), values, strict=True)
        ]

    first = release("a", y2012_13=(300, 500), y2013_14=(310, 510))
    then = release("b", y2012_13=(300, 500), y2013_14=(310, 512), y2014_15=(320, 520))
    receipts = [sent("a", "2013-14", cumulative="series"), sent("b", "2014-15", cumulative="series")]
    made = asked(first, then, submissions=receipts)
    rows = made.rows("from audit.observations_restated order by period, area_code")
    assert [(one.change, one.area_code, one.period, one.value_before, one.value_after) for one in rows] == [
        ("changed", "E10000020", "2013-14", 510, 512),
        ("new", "E10000003", "2014-15", None, 320),
        ("new", "E10000020", "2014-15", None, 520),
    ]
    assert made.findings("said_twice") == []


def test_a_part_that_a_resubmission_calls_otherwise() -> None:
    first = parts("plans", "2014-15", "category_of_abuse", NEG=10, EMO=20)
    first = [one | {"submission_id": "a"} for one in first]
    then = [one | {"submission_id": "b"} for one in parts("plans", "2014-15", "category_of_abuse", NEG=12, EMO=20, SAB=7)]
    receipts = [sent("a", "2014-15 Q4", standing="superseded"), sent("b", "2014-15 Q4")]
    assert restated(first, then, submissions=receipts) == [
        ("resubmission", "changed", "2014-15", 10, 12),
        ("resubmission", "new", "2014-15", None, 7),
    ]


def test_what_was_withdrawn_is_listed_with_what_stands_now() -> None:
    first = months("plans", "2014-04", 30, 31, submission_id="a")
    mistake = months("plans", "2014-04", 30, 99, 98, submission_id="b")
    receipts = [sent("a", "2014-15 Q1"), sent("b", "2014-15 Q1", standing="withdrawn")]
    assert restated(first, mistake, submissions=receipts) == [
        ("withdrawal", "changed", "2014-05", 99, 31),
        ("withdrawal", "gone", "2014-06", 98, None),
    ]


def test_what_was_taken_the_place_of_does_not_stand_again_for_what_was_withdrawn() -> None:
    """June was in the first file only, and the second took its place."""
    first = months("plans", "2014-04", 30, 31, 32, submission_id="a")
    second = months("plans", "2014-04", 30, 31, submission_id="b")
    mistake = figure("plans", "2014-06", 33, submission_id="c")
    receipts = [
        sent("a", "2014-15 Q1", standing="superseded"),
        sent("b", "2014-15 Q1"),
        sent("c", "2014-15 Q1", standing="withdrawn"),
    ]
    assert restated(first, second, mistake, submissions=receipts) == [
        ("resubmission", "gone", "2014-06", 32, None),
        ("withdrawal", "gone", "2014-06", 33, None),
    ]


def test_a_correction_is_listed_from_what_is_printed_to_what_it_is_read_as() -> None:
    agreed = "Corrected from '13' to '3': a slip (agreed by the unit)."
    one = figure("plans", "2014-04", 3, submission_id="a") | {"printed": "13", "corrected": agreed}
    made = asked(one, submissions=[sent("a", "2014-15 Q1")])
    (row,) = made.rows("from audit.observations_restated")
    assert (row.why, row.value_before, row.value_after, row.cell_before == row.cell_after) == ("correction", 13, 3, True)
    assert agreed in made.row("plans", "2014-04").note


def test_a_small_number_that_is_not_public_is_shown_in_no_list_and_no_note() -> None:
    agreed = "Corrected from '4' to '3': a slip (agreed by the unit)."
    first = [figure("plans", "2014-04", 4, submission_id="a"), figure("plans", "2014-07", 40, submission_id="a")]
    then = [
        figure("plans", "2014-04", 3, submission_id="b") | {"printed": "4", "corrected": agreed},
        figure("plans", "2014-07", 41, submission_id="b"),
        figure("plans", "2014-05", 42, submission_id="b"),
    ]
    receipts = [sent("a", "2014-15 Q1", standing="superseded", secret=True), sent("b", "2014-15 Q1", secret=True)]
    made = asked(first, then, submissions=receipts)
    april = made.rows("from audit.observations_restated where period = '2014-04'")
    assert {(one.value_before, one.value_after, one.difference, one.printed_before, one.status_after) for one in april} == {
        (None, None, None, None, "suppressed")
    }
    assert [one.value_after for one in made.rows("from audit.observations_restated where period = '2014-07'")] == [41]
    notes = [one.note or "" for one in made.rows("from published.indicator_values")]
    assert not [note for note in notes if "'4'" in note or "'3'" in note]
    assert any("Corrected by agreement: see audit.corrections." in note for note in notes)
