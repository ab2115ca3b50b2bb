"""What is asked of records: do they agree with the totals, with themselves, and with what was received?"""

import re

from tests.spec.told import AREA, figure, sql
from tests.spec.told_records import Counted, child, conference, counted, extract, plan

EXTRACT, TOTALS = extract(), extract("totals")


def checked(*rows: object, **more: object) -> Counted:
    return counted(*rows, **{"extracts": [EXTRACT, TOTALS], **more})  # type: ignore[arg-type]


def total(measure: str, period: str, value: int) -> dict[str, object]:
    return figure(measure, period, value, submission_id="totals")


def test_records_that_agree_with_the_total_are_not_asked_about() -> None:
    w = checked(plan("Ann", "2014-05-10"), totals=[total("cp_plans_started", "2014-05", 1)])
    assert w.findings("records_differ") == []


def test_a_difference_is_asked_with_the_plans_that_could_be_why() -> None:
    w = checked(
        plan("Ann", "2014-05-10"),
        plan("Ben", "2014-05-30"),
        plan("Cat", "2014-05-12", transfer_in="Y"),
        plan("Dan", "2014-04-05"),
        plan("Dan", "2014-05-15"),
        totals=[total("cp_plans_started", "2014-05", 4)],
    )
    names = {name: str(child(name)) for name in ("Ben", "Cat", "Dan")}
    assert w.findings("records_differ") == [
        f"cp plans started, {AREA}, 2014-05: the records give 2, the total supplied is 4. It could be for: "
        f"1 a transfer-in ({names['Cat']} from 12/05/2014); "
        f"1 set aside as overlapping ({names['Dan']} from 15/05/2014); "
        f"1 started within two days of the month's edge ({names['Ben']} from 30/05/2014)."
    ]


def test_where_no_plan_could_be_why_that_is_said() -> None:
    w = checked(plan("Ann", "2014-05-10"), totals=[total("cp_plans_started", "2014-05", 2)])
    assert w.findings("records_differ") == [
        f"cp plans started, {AREA}, 2014-05: the records give 1, the total supplied is 2. No plan was found that could be why."
    ]


def test_many_plans_are_counted_and_ten_are_named() -> None:
    w = checked(
        *(plan(f"child {n}", "2014-05-31") for n in range(12)),
        totals=[total("cp_plans_open", "2014-05-31", 9)],
    )
    (message,) = w.findings("records_differ")
    assert "the records give 12, the total supplied is 9. It could be for: 12 started within two days" in message
    assert (message.count(" from "), message.count(" …")) == (10, 1)


def test_overlapping_plans_are_errors_by_the_dfes_numbers() -> None:
    w = checked(
        plan("Ann", "2014-04-01", "2014-06-01"),
        plan("Ann", "2014-05-01", "2014-07-01"),
        plan("Ben", "2014-04-01"),
        plan("Ben", "2014-05-01"),
    )
    found = w.rows("from checks.plans_overlapping order by code")
    assert [(row.code, row.severity) for row in found] == [("dfe_8935", "error"), ("dfe_8940", "error")]
    assert found[0].message == (
        "1 open plans start before the same child's earlier plan has ended (DfE rule 8935, more than one open plan): rows 4. "
        "They are in no count."
    )
    assert "rows 2." in found[1].message


def test_a_plan_said_twice_is_an_error_and_every_row_is_accounted_for() -> None:
    w = checked(plan("Ann", "2014-04-01"), plan("Ann", "2014-04-01"), plan("Ann", "2014-04-01"))
    assert w.findings("plans_doubled") == [
        "2 rows say again a plan of the same child and start: rows 2, 3. The first row of each is counted."
    ]
    assert w.findings("plans_unaccounted") == []


def test_older_versions_are_accounted_for() -> None:
    w = checked(
        plan("Ann", "2014-04-01", submission_id="q1"),
        plan("Ann", "2014-04-01", submission_id="q1"),
        plan("Ann", "2014-04-01", "2014-08-01", submission_id="q2"),
        plan("Ann", "2014-08-01", submission_id="q2"),
        plan("Ann", "2014-08-01", submission_id="q2"),
        extracts=[extract("q1", "2014-01-01", "2014-15 Q1"), extract("q2", "2014-04-01", "2014-15 Q2")],
    )
    assert w.findings("plans_unaccounted") == []
    assert sum(row.rows_sent for row in w.rows("from conformed.cp_plans")) == 5


def test_a_row_that_is_no_plan_is_found_out() -> None:
    w = checked(plan("Ann", "2014-04-01"))
    w.connection.execute("delete from conformed.cp_plans")
    query = next(table.query for table in sql() if table.full_name == "checks.plans_unaccounted")
    (row,) = w.rows(query)
    assert (row.severity, row.message) == (
        "blocker", "1 rows of plans were accepted, and 0 are plans, older versions of them or said twice.",
    )  # fmt: skip


def test_declared_and_held_numbers_of_previous_plans_are_compared() -> None:
    w = checked(
        plan("Ann", "2014-04-01", "2014-05-01", previous_plans=2),
        plan("Ann", "2014-06-01", previous_plans=0),
        plan("Ben", "2014-04-01", previous_plans=0),
        plan("Cat", "2014-04-01", previous_plans=None),
    )
    assert w.findings("previous_plans_differ") == [
        "Of 1 plans more previous plans are declared than are held, of 1 fewer. The first can be plans older than the records; "
        "the second cannot."
    ]


def test_a_plan_starts_at_its_conference() -> None:
    w = checked(
        plan("Ann", "2014-06-16"),
        plan("Ben", "2014-06-17"),
        plan("Cat", "2014-06-16", transfer_in="Y"),
        conference("Ann", "2014-06-16", "2014-06-02"),
        conference("Ben", "2014-06-16", "2014-06-02"),
    )
    assert w.findings("plans_without_conference") == [
        "1 of 2 plans started on a day on which no initial conference for the child is recorded (DfE rule 2885)."
    ]
    assert w.findings("dfe_2883") == []


def test_more_plans_than_conferences() -> None:
    w = checked(plan("Ann", "2014-06-16"), plan("Ben", "2014-06-16"), conference("Ann", "2014-06-16", "2014-06-02"))
    assert w.findings("dfe_2883") == [
        f"{AREA}, 2014-15: 2 plans started, and only 1 initial conferences were held (DfE rule 2883)."
    ]


def test_without_conferences_no_plan_is_asked_about_one() -> None:
    w = checked(plan("Ann", "2014-06-16"))
    assert w.findings("plans_without_conference") + w.findings("dfe_2883") == []


# An unborn child's number, and the number given at birth


def unborn(name: str, started: str = "2014-05-10", ended: str | None = None, **more: object) -> dict[str, object]:
    return plan(name, started, ended, born="2014-07-20", **more)


def named(w: Counted) -> set[frozenset[str]]:
    """The pairs of children asked about: by name, found by their pseudonyms."""
    names = {str(child(name)): name for name in ("Unborn of Ann", "Ben", "Cat")}
    said = " ".join(w.findings("plans_of_unborn"))
    pairs = re.findall(r"(\S{36}) and (\S{36})", said)
    return {frozenset(names[one] for one in pair) for pair in pairs}


ASKED = {frozenset({"Unborn of Ann", "Ben"})}


def test_the_same_plan_in_a_later_list_under_another_number_is_asked_about_and_not_joined() -> None:
    """In the list of September Ben has the plan that the list of June gave the unborn child."""
    june, september = extract("june", period="2014-15 Q1"), extract("september", period="2014-15 Q2")
    w = checked(
        unborn("Unborn of Ann", submission_id="june"),
        unborn("Ben", submission_id="september"),
        extracts=[june, september],
    )
    assert named(w) == ASKED
    assert w.count("cp_plans_started_with_transfers", "2014-05") == 2


def test_a_plan_that_goes_on_under_the_number_given_at_birth_is_asked_about_and_not_joined() -> None:
    for began in ("2014-07-21", "2014-07-22"):
        w = checked(unborn("Unborn of Ann", ended="2014-07-21"), unborn("Ben", began))
        assert named(w) == ASKED
        assert w.count("cp_reregistrations", "2014-07") == 0
    assert named(checked(unborn("Unborn of Ann", ended="2014-07-21"), unborn("Ben", "2014-07-23"))) == set()


def test_the_same_plan_twice_in_one_list_of_which_one_has_ended_is_asked_about() -> None:
    assert named(checked(unborn("Unborn of Ann", ended="2014-07-21"), unborn("Ben"))) == ASKED


def test_twins_whose_plans_run_together_are_two_children_and_nobody_is_asked() -> None:
    w = checked(unborn("Ben"), unborn("Cat"))
    assert w.findings("plans_of_unborn") == []
    assert w.count("cp_plans_open", "2014-05") == 2


def test_children_of_other_councils_months_of_birth_or_born_already_are_not_asked_about() -> None:
    ended = unborn("Unborn of Ann", ended="2014-07-21")
    assert named(checked(ended, unborn("Ben", "2014-07-21", area="E10000020"))) == set()
    assert named(checked(ended, plan("Ben", "2014-07-21", born="2014-08-01"))) == set()
    born = [plan(name, "2014-05-10", end, born="2014-05-01") for name, end in (("Ben", None), ("Cat", "2014-06-01"))]
    assert named(checked(*born)) == set()
