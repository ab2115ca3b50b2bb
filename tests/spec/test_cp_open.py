"""Children on a plan on a day: from when, until when, for how long, how old, and of which sex, ethnicity and category."""

import pytest

from tests.spec.told_records import counted, extract, in_census, plan, review

DAY = "2014-15"  # its last day is 31 March 2015


@pytest.mark.parametrize(
    ("started", "ended", "is_open"),
    [
        ("2015-03-31", None, 1),  # started on the day
        ("2014-06-01", "2015-03-31", 0),  # ended on the day
        ("2014-06-01", "2015-03-30", 0),
        ("2015-03-31", "2015-03-31", 0),
        ("2014-06-01", None, 1),
    ],
)
def test_open_on_the_day(started: str, ended: str | None, is_open: int) -> None:
    w = counted(plan("Ann", started, ended), plan("Ben", "2005-01-01", "2005-02-01"))
    assert [w.count("cp_plans_open", period) for period in ("2015-03", "2014-15 Q4", DAY)] == [is_open] * 3


def test_a_plan_that_ends_after_the_day_is_open_on_it() -> None:
    w = counted(plan("Ann", "2014-06-01", "2015-03-01"))
    assert [w.count("cp_plans_open", period) for period in ("2014-05", "2014-06", "2015-02", "2015-03")] == [0, 1, 1, 0]


def test_a_child_whose_plan_ends_as_the_next_starts_is_one_child() -> None:
    w = counted(plan("Ann", "2014-06-01", "2014-09-30"), plan("Ann", "2014-09-30", previous_plans=1))
    assert (w.count("cp_plans_open", "2014-09"), w.count("cp_plans_open", DAY)) == (1, 1)


def test_a_stock_is_known_from_the_first_day_covered_to_the_last() -> None:
    w = counted(plan("Ann", "2010-06-01"), extracts=[extract(covers="2014-04-30", period="2014-15 Q1")])
    assert [w.count("cp_plans_open", period) for period in ("2014-03", "2014-04", "2014-06", "2014-07")] == [None, 1, 1, None]


def test_an_open_plan_that_the_next_extract_no_longer_has_is_open_only_while_it_was_reported() -> None:
    w = counted(
        plan("Ann", "2014-04-01", submission_id="q1"),
        plan("Ben", "2014-08-01", submission_id="q2"),
        extracts=[extract("q1", "2014-04-01", "2014-15 Q1"), extract("q2", "2014-07-01", "2014-15 Q2")],
    )
    assert [w.count("cp_plans_open", period) for period in ("2014-06", "2014-07", "2014-09")] == [1, 0, 1]


# How long: on 31 March 2015, that day included.


@pytest.mark.parametrize(
    ("started", "band"),
    [
        ("2015-03-31", "3_months_or_less"),
        ("2014-12-31", "3_months_or_less"),  # three months to the day
        ("2014-12-30", "over_3_to_6_months"),
        ("2014-10-01", "over_3_to_6_months"),
        ("2014-09-30", "over_6_months_to_1_year"),  # six months after 30 September is 30 March
        ("2014-04-01", "over_6_months_to_1_year"),
        ("2014-03-31", "1_to_2_years"),  # a year to the day
        ("2013-04-02", "1_to_2_years"),  # 729 days, the last included
        ("2013-04-01", "2_years_and_over"),  # 730 days
    ],
)
def test_how_long_open(started: str, band: str) -> None:
    w = counted(plan("Ann", started))
    assert w.parts("cp_plans_open", DAY, "duration") == {band: 1}
    assert w.count("cp_plans_open_two_years", DAY) == (band == "2_years_and_over")


@pytest.mark.parametrize(
    ("started", "ended", "band"),
    [
        ("2014-10-10", "2014-10-10", "3_months_or_less"),
        ("2014-10-10", "2015-01-10", "3_months_or_less"),
        ("2014-10-10", "2015-01-11", "over_3_to_6_months"),
        ("2014-08-10", "2015-02-10", "over_3_to_6_months"),
        ("2014-08-10", "2015-02-11", "over_6_months_to_1_year"),
        ("2014-01-10", "2015-01-09", "over_6_months_to_1_year"),
        ("2014-01-10", "2015-01-10", "1_to_2_years"),
        ("2013-01-10", "2015-01-08", "1_to_2_years"),  # 729 days, the day of cessation included
        ("2013-01-10", "2015-01-09", "2_years_and_over"),  # 730 days
    ],
)
def test_how_long_plans_that_ended_had_lasted(started: str, ended: str, band: str) -> None:
    w = counted(plan("Ann", started, ended))
    assert w.parts("cp_plans_ended", DAY, "duration") == {band: 1}
    assert (w.count("cp_plans_ended", DAY), w.count("cp_plans_ended_two_years", DAY)) == (1, band == "2_years_and_over")


def test_a_plan_ends_in_the_month_of_its_last_day() -> None:
    w = counted(plan("Ann", "2014-04-01", "2014-06-30"), plan("Ben", "2014-04-01", "2014-07-01"), plan("Cat", "2014-04-01"))
    assert [w.count("cp_plans_ended", period) for period in ("2014-06", "2014-07", "2014-15 Q1", DAY)] == [1, 1, 1, 2]


# Who: on the day, and on the day on which a plan started.


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("2015-04-20", "unborn"),
        ("2015-03-31", "under_1"),
        ("2014-04-01", "under_1"),
        ("2014-03-31", "1_to_4"),  # one year old on the day
        ("2010-04-01", "1_to_4"),
        ("2010-03-31", "5_to_9"),
        ("2005-04-01", "5_to_9"),
        ("2005-03-31", "10_to_15"),
        ("1999-04-01", "10_to_15"),
        ("1999-03-31", "16_and_over"),
        (None, "not_known"),
    ],
)
def test_how_old(born: str | None, age: str) -> None:
    w = counted(plan("Ann", "2015-03-31", born=born))
    assert w.parts("cp_plans_open", DAY, "age") == {age: 1}
    assert w.parts("cp_plans_started_with_transfers", DAY, "age") == {age: 1}


def test_a_child_grows_older_on_a_plan() -> None:
    w = counted(plan("Ann", "2014-04-01", born="2014-06-15"))
    ages = [w.parts("cp_plans_open", period, "age") for period in ("2014-15 Q1", "2014-15 Q2")]
    assert ages == [{"under_1": 1}, {"under_1": 1}]
    assert w.parts("cp_plans_started_with_transfers", "2014-15 Q1", "age") == {"unborn": 1}
    w = counted(plan("Ann", "2013-06-01", born="2013-08-15"))
    ages = [w.parts("cp_plans_open", f"{period}", "age") for period in ("2013-14 Q1", "2013-14 Q2", "2014-15 Q1", "2014-15 Q2")]
    assert ages == [{"unborn": 1}, {"under_1": 1}, {"under_1": 1}, {"1_to_4": 1}]


def test_an_unborn_child_is_a_child_on_a_plan() -> None:
    w = counted(plan("Ann's baby", "2015-03-01", born="2015-04-20", sex="U"))
    assert (w.count("cp_plans_open", DAY), w.parts("cp_plans_open", DAY, "sex")) == (1, {"U": 1})


def test_two_missings_of_ethnicity_are_two_and_a_blank_is_a_third() -> None:
    said = ("NOBT", "REFU", "BOTH", "CHNE", None)
    w = counted(*(plan(f"child {code}", "2015-03-01", ethnicity=code) for code in said))
    assert w.parts("cp_plans_open", DAY, "ethnicity") == {"NOBT": 1, "REFU": 1, "BOTH": 1, "CHNE": 1, "not_known": 1}


def test_the_category_at_the_start_and_the_latest_are_two_questions() -> None:
    w = counted(plan("Ann", "2015-03-01", category_initial="NEG", category_latest="MUL"))
    assert w.parts("cp_plans_started_with_transfers", DAY, "category_initial") == {"NEG": 1}
    assert w.parts("cp_plans_started_with_transfers", DAY, "category_of_abuse") == {"MUL": 1}
    assert w.parts("cp_plans_open", DAY, "category_of_abuse") == {"MUL": 1}
    assert w.count("cp_reregistrations", DAY) == 0  # more than one category is not more than one plan


def test_a_part_that_a_council_has_at_any_time_is_a_true_nought_at_another() -> None:
    w = counted(plan("Ann", "2014-05-01", "2014-05-20", ethnicity="CHNE"), plan("Ben", "2014-05-01"))
    assert w.count("cp_plans_started_with_transfers", "2014-15 Q2", "CHNE") == 0
    assert w.count("cp_plans_started_with_transfers", "2014-15 Q2", "BOTH") is None


# Reviews: the first within three months of the start, each later one within six months of the one before.


def reviewed(started: str, *days: str, covers: str = "2004-04-01", ended: str | None = None) -> tuple[object, object]:
    w = counted(
        plan("Ann", started, ended),
        in_census("Ann"),
        review("Ann", started, *days),
        extracts=[extract(), extract("census", covers=covers, period="2014-15")],
    )
    return w.count("cp_plans_reviewed_in_time", DAY), w.count("cp_plans_open_three_months", DAY)


@pytest.mark.parametrize(
    ("started", "days", "in_time"),
    [
        ("2014-12-31", ["2015-03-31"], (1, 1)),  # three months to the day, reviewed on the last
        ("2015-01-01", [], (0, 0)),  # not yet on it for three months
        ("2014-12-31", [], (0, 1)),
        ("2014-06-01", ["2014-09-01", "2015-03-01"], (1, 1)),  # both on their last days
        ("2014-06-01", ["2014-09-02", "2015-03-01"], (0, 1)),  # the first a day late
        ("2014-06-01", ["2014-08-31", "2015-03-01"], (0, 1)),  # six months after 31 August is 28 February
        ("2014-06-01", ["2014-09-01"], (0, 1)),  # the second is overdue
        ("2014-06-01", ["2014-08-20", "2014-08-25", "2015-02-25"], (1, 1)),
        ("2013-06-01", ["2013-09-02", "2014-03-01", "2014-09-01", "2015-03-01"], (0, 1)),  # once late is late
    ],
)
def test_reviews_in_time(started: str, days: list[str], in_time: tuple[int, int]) -> None:
    assert reviewed(started, *days) == in_time


def test_a_child_whose_plan_has_ended_is_not_asked_about() -> None:
    assert reviewed("2014-06-01", "2014-09-01", ended="2015-03-01") == (0, 0)


def test_where_the_first_reviews_are_older_than_the_records_it_may_be_so() -> None:
    assert reviewed("2013-06-01", "2014-09-01", "2015-03-01", covers="2014-04-01") == ((0, 1), 1)
    assert reviewed("2013-06-01", "2014-05-01", "2015-03-01", covers="2014-04-01") == (0, 1)  # ten months between


def test_without_reviews_nothing_is_said_of_them() -> None:
    assert counted(plan("Ann", "2014-06-01")).count("cp_plans_reviewed_in_time", DAY) is None


def test_a_list_of_one_council_takes_the_place_of_that_council_in_a_list_of_several() -> None:
    """What the later list of the council no longer has is gone there, and nowhere else."""
    w = counted(
        plan("Ann", "2014-05-01"),
        plan("Bea", "2014-05-01", area="E10000020"),
        plan("Cat", "2014-05-01", area="E10000020"),
        plan("Bea", "2014-05-01", area="E10000020", submission_id="again"),
        extracts=[extract(areas_superseded=["E10000020"]), extract("again")],
    )
    assert w.count("cp_plans_open", "2015-03") == 1
    assert w.count("cp_plans_open", "2015-03", area="E10000020") == 1
