"""Plans started, and those that are a child's second or subsequent: whose, how long ago, and of how many."""

from typing import Any

import pytest

from tests.spec.told_records import Counted, counted, extract, plan

EVER, WITHIN, IN_YEAR = (
    "cp_reregistrations", "cp_reregistrations_within_24_months", "cp_reregistrations_in_year",
)  # fmt: skip


def again(earlier_ended: str, started: str, **more: Any) -> Counted:
    """A child whose plan ended on the one day and who starts another on the other."""
    return counted(plan("Ann", "2008-01-07", earlier_ended), plan("Ann", started, previous_plans=1, **more))


def test_each_plan_started_is_counted_so_that_a_child_can_count_twice() -> None:
    w = counted(
        plan("Ann", "2014-04-01", "2014-04-20"),
        plan("Ann", "2014-06-30", previous_plans=1),
        plan("Ben", "2014-07-01"),
        plan("Cat", "2014-03-31"),
    )
    assert [w.count("cp_plans_started", p) for p in ("2014-04", "2014-05", "2014-06", "2014-15 Q1")] == [1, 0, 1, 2]
    assert w.count("cp_plans_started", "2014-15") == 3


def test_a_transfer_in_is_a_start_to_the_dfe_and_none_of_the_boards_new_plans() -> None:
    w = counted(
        plan("Ann", "2014-05-01"),
        plan("Ben", "2014-05-02", transfer_in="Y"),
        plan("Cat", "2014-05-03", transfer_in="Y", previous_plans=1),
    )
    assert w.count("cp_plans_started_with_transfers", "2014-05") == 3
    assert (w.count("cp_plans_started", "2014-05"), w.count("cp_transfers_in", "2014-05")) == (1, 2)
    assert (w.count("cp_reregistrations_with_transfers", "2014-05"), w.count(EVER, "2014-05")) == (1, 0)


def test_where_nobody_says_which_plans_are_transfers_only_the_dfes_count_is_known() -> None:
    w = counted(plan("Ann", "2014-05-01", transfer_in=None), plan("Ben", "2014-06-01"))
    assert w.count("cp_plans_started_with_transfers", "2014-05") == 1
    for measure in ("cp_plans_started", "cp_transfers_in", "cp_plans_started_first", EVER):
        assert w.count(measure, "2014-05") is None
        assert w.count(measure, "2014-15") is None
    assert w.count("cp_plans_started", "2014-06") == 1


def test_an_earlier_plan_however_long_ago_makes_it_a_second() -> None:
    w = again("2008-02-07", "2014-05-01")
    assert (w.count(EVER, "2014-05"), w.count("cp_plans_started_first", "2014-05")) == (1, 0)
    assert (w.count(WITHIN, "2014-05"), w.count(IN_YEAR, "2014-05")) == (0, 0)


def test_a_plan_that_starts_on_the_day_the_earlier_one_ends_is_a_second() -> None:
    w = again("2014-05-01", "2014-05-01")
    assert (w.count(EVER, "2014-05"), w.count(WITHIN, "2014-05"), w.count(IN_YEAR, "2014-05")) == (1, 1, 1)


def test_a_brothers_plan_is_not_the_childs_own() -> None:
    w = counted(plan("Ann", "2010-01-01", "2010-02-01"), plan("Ann's brother", "2014-05-01"))
    assert w.count(EVER, "2014-05") == 0


def test_a_plan_in_another_council_is_no_earlier_plan_here() -> None:
    w = counted(plan("Ann", "2010-01-01", "2010-02-01", area="E10000020"), plan("Ann", "2014-05-01"))
    assert (w.count(EVER, "2014-05"), w.count("cp_plans_started", "2014-05")) == (0, 1)


def test_an_unborn_child_who_gets_a_new_number_at_birth_is_known_by_what_is_declared() -> None:
    before = plan("Unborn baby of Ann", "2014-02-01", "2014-04-10", born="2014-04-09")
    w = counted(before, plan("Ann's baby", "2014-05-01", born="2014-04-09"))
    assert w.count(EVER, "2014-05") == 0
    w = counted(before, plan("Ann's baby", "2014-05-01", born="2014-04-09", previous_plans=1))
    assert w.count(EVER, "2014-05") == 1


def test_what_is_declared_knows_of_plans_older_than_the_extract() -> None:
    w = counted(plan("Ann", "2014-05-01", previous_plans=2), extracts=[extract(covers="2014-04-01")])
    assert (w.count(EVER, "2014-05"), w.count("cp_plans_started_first", "2014-05")) == (1, 0)
    assert w.count(WITHIN, "2014-05") == (0, 1)  # of the older plans nobody says when they ended


def test_what_is_declared_does_not_take_away_what_is_held() -> None:
    w = counted(plan("Ann", "2012-06-01", "2012-07-01"), plan("Ann", "2014-05-01", previous_plans=0))
    assert (w.count(EVER, "2014-05"), w.count(WITHIN, "2014-05")) == (1, 1)


def test_where_nothing_is_held_or_declared_it_may_be_a_first_or_a_second() -> None:
    w = counted(plan("Ann", "2014-05-01", previous_plans=None), plan("Ben", "2014-05-01"))
    assert w.count(EVER, "2014-05") == (0, 1)
    assert w.count("cp_plans_started_first", "2014-05") == (1, 2)


@pytest.mark.parametrize(
    ("ended", "started", "is_within"),
    [
        ("2012-05-01", "2014-05-01", 1),  # to the day
        ("2012-04-30", "2014-05-01", 0),
        ("2012-05-02", "2014-05-01", 1),
        ("2012-02-29", "2014-02-28", 1),  # 24 months after 29 February is 28 February
        ("2012-02-29", "2014-03-01", 0),
        ("2010-02-28", "2012-02-28", 1),
        ("2010-02-28", "2012-02-29", 0),  # a day later than 28 February
    ],
)
def test_24_months_or_less(ended: str, started: str, is_within: int) -> None:
    w = again(ended, started)
    assert (w.count(WITHIN, started[:7]), w.count(EVER, started[:7])) == (is_within, 1)


def test_within_24_months_is_known_where_the_records_reach_back_24_months() -> None:
    declared = plan("Ann", "2014-05-01", previous_plans=1)
    assert counted(declared, extracts=[extract(covers="2012-05-01")]).count(WITHIN, "2014-05") == 0
    assert counted(declared, extracts=[extract(covers="2012-05-02")]).count(WITHIN, "2014-05") == (0, 1)


def test_in_the_year_means_that_the_earlier_plan_ended_since_the_first_of_april() -> None:
    assert again("2014-04-01", "2015-03-31").count(IN_YEAR, "2015-03") == 1
    assert again("2014-03-31", "2015-03-31").count(IN_YEAR, "2015-03") == 0
    assert again("2014-03-31", "2014-04-01").count(IN_YEAR, "2014-04") == 0


def test_a_plan_that_overlaps_an_earlier_one_is_an_error_and_no_second_plan() -> None:
    w = counted(
        plan("Ann", "2014-04-01", "2014-06-01"),
        plan("Ann", "2014-05-31", "2014-09-01", previous_plans=1),  # overlaps, and is left out
        plan("Ann", "2014-08-01", previous_plans=1),  # overlaps only what is left out
    )
    assert w.count("cp_plans_started", "2014-15") == 2
    assert (w.count(EVER, "2014-05"), w.count(EVER, "2014-08")) == (0, 1)
    rows = w.rows("from conformed.cp_plans order by started")
    assert [(row.plan_number, row.why_not) for row in rows] == [(1, None), (None, "overlapping"), (2, None)]
    assert w.count("cp_plans_open", "2014-07") == 0


def test_a_second_open_plan_overlaps_the_first() -> None:
    w = counted(plan("Ann", "2014-04-01"), plan("Ann", "2014-05-01"))
    assert (w.count("cp_plans_open", "2014-05"), w.count("cp_plans_started", "2014-15 Q1")) == (1, 1)


def test_a_plan_that_stands_twice_in_one_extract_is_one_plan_and_the_first_row_holds() -> None:
    w = counted(plan("Ann", "2014-04-01", "2014-05-01"), plan("Ann", "2014-04-01"), plan("Ann", "2014-06-01", previous_plans=1))
    assert (w.count("cp_plans_started", "2014-04"), w.count(EVER, "2014-06"), w.count("cp_plans_open", "2014-05")) == (1, 1, 0)
    assert [row.why_not for row in w.rows("from conformed.cp_plans order by row")] == [None, "doubled", None]


def test_the_next_extract_says_how_a_plan_ended() -> None:
    quarters = [extract("q1", "2014-01-01", "2014-15 Q1"), extract("q2", "2014-04-01", "2014-15 Q2")]
    w = counted(
        plan("Ann", "2014-04-01", submission_id="q1"),
        plan("Ann", "2014-04-01", "2014-07-31", submission_id="q2"),
        extracts=quarters,
    )
    assert [w.count("cp_plans_open", p) for p in ("2014-04", "2014-06", "2014-07", "2014-15 Q2")] == [1, 1, 0, 0]
    assert (w.count("cp_plans_started", "2014-15 Q1"), w.count("cp_plans_ended", "2014-07")) == (1, 1)


def test_a_superseded_extract_says_nothing() -> None:
    w = counted(
        plan("Ann", "2014-04-01", submission_id="first"),
        plan("Ben", "2014-04-01", submission_id="second"),
        extracts=[extract("first", standing="superseded"), extract("second")],
    )
    assert w.count("cp_plans_started", "2014-04") == 1


def test_what_is_not_covered_is_not_known_and_never_nought() -> None:
    w = counted(plan("Ann", "2014-05-01"), extracts=[extract(covers="2014-04-02", period="2014-15 Q1")])
    assert [w.count("cp_plans_started", p) for p in ("2014-03", "2014-04", "2014-05", "2014-06", "2014-07")] == [
        None, None, 1, 0, None,
    ]  # fmt: skip
    assert (w.count("cp_plans_started", "2014-15 Q1"), w.count("cp_plans_started", "2014-15")) == (None, None)
    assert w.count("cp_plans_open", "2014-04") == 0


def test_two_extracts_cover_a_year_between_them_but_for_a_gap() -> None:
    rows = [plan("Ann", "2014-05-01", submission_id="a"), plan("Ben", "2015-02-01", submission_id="b")]
    touching = [extract("a", "2014-04-01", "2014-15 Q2"), extract("b", "2014-10-01")]
    assert counted(*rows, extracts=touching).count("cp_plans_started", "2014-15") == 2
    apart = [extract("a", "2014-04-01", "2014-15 Q2"), extract("b", "2014-10-02")]
    assert counted(*rows, extracts=apart).count("cp_plans_started", "2014-15") is None


def test_of_a_council_that_is_not_in_the_extract_nothing_is_known() -> None:
    assert counted(plan("Ann", "2014-05-01")).count("cp_plans_started", "2014-05", area="E10000020") is None


def test_a_row_without_a_council_is_the_boards_own() -> None:
    w = counted(plan("Ann", "2014-05-01") | {"area_code": None})
    assert w.count("cp_plans_started", "2014-05") == 1
