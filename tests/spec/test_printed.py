"""The supplier's own figure: beside ours, alone where ours cannot be worked out, and questioned where they differ."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from lscb_data.staging import standing
from tests.spec.told import figure, indicator, months, parts, population, printed, submission, told

STARTS = indicator("starts", breakdown_types=["category"])
AGAIN = indicator("again")
PERCENT = indicator("again_percent", "percent", of="again", by="starts", places=2)
RATE = indicator("open_per_10000", "rate", of="open", places=2)
BOTH = [figure("again", "2014-15", 82), figure("starts", "2014-15", 461)]


def test_printed_beside_ours() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        printed("open_per_10000", "2015-03-31", "30.34"),
        indicators=[RATE],
        populations=[population(131150)],
    )
    for period in ("2015-03-31", "2015-03", "2014-15 Q4", "2014-15"):
        row = w.row("open_per_10000", period)
        assert (str(row.value), float(row.as_printed)) == ("29.51", 30.34)


def test_a_printed_rate_names_the_populations_that_would_explain_it() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        printed("open_per_10000", "2015-03-31", "30.34"),
        indicators=[RATE],
        populations=[population(131150)],
    )
    assert w.findings("printed_differs") == [
        "Open per 10000, 2015-03-31: printed 30.34, but 387 per 131,150 children is 29.51 for each 10,000. "
        "A population of 127,534 to 127,575 would give the printed rate."
    ]


def test_printed_alone() -> None:
    w = told(printed("again_percent", "2013-14", "15%"), indicators=[PERCENT])
    row = w.row("again_percent", "2013-14")
    assert (row.value, row.as_printed, row.status, row.numerator) == (15, 15, "reported", None)
    assert row.note == "As the supplier worked it out; the counts behind it were not supplied."
    assert row.cell == "return.xlsx!Sheet!A1"


def test_printed_alone_leads_to_the_printed_cell_though_the_count_is_known() -> None:
    w = told(figure("open", "2015-03-31", 387), printed("open_per_10000", "2015-03-31", "30.34"), indicators=[RATE])
    row = w.row("open_per_10000", "2015-03-31")
    assert (str(row.value), row.cell, row.population_id) == ("30.34", "return.xlsx!Sheet!A2", None)
    assert row.note == "There is no population to divide by: residents aged 0 to 17. As the supplier worked it out."


def test_a_figure_that_agrees_at_its_own_places_gives_no_finding() -> None:
    for said in ("18%", "17.8%", "17.79%"):
        w = told(*BOTH, printed("again_percent", "2014-15", said), indicators=[STARTS, AGAIN, PERCENT])
        assert w.findings("printed_differs") == []
        assert str(w.value("again_percent", "2014-15")) == "17.79"


def test_a_figure_that_does_not_agree_gives_one() -> None:
    for said in ("17%", "17.7%", "17.78%"):
        w = told(*BOTH, printed("again_percent", "2014-15", said), indicators=[STARTS, AGAIN, PERCENT])
        assert w.findings("printed_differs") == [
            f"Again percent, 2014-15: printed {said.rstrip('%')}, but 82 of 461 is 17.79%."
        ]


def test_a_total_that_is_not_the_sum() -> None:
    w = told(months("starts", "2014-04", 33, 26, 29), figure("starts", "2014-15 Q1", 89), indicators=[STARTS])
    row = w.row("starts", "2014-15 Q1")
    assert (row.value, row.as_printed) == (88, 89)
    assert w.findings("printed_differs") == ["Starts, 2014-15 Q1: printed 89, but its parts add up to 88."]


def test_parts_that_do_not_make_the_whole() -> None:
    w = told(
        parts("starts", "2014-15", "category", neglect=306, emotional=124, sexual=18, physical=36),
        figure("starts", "2014-15", 461),
        indicators=[STARTS],
    )
    assert w.findings("parts_differ") == ["Starts, 2014-15: the 4 parts by category add up to 484, the whole is 461."]
    assert w.value("starts", "2014-15") == 461


def test_parts_with_a_blank_among_them_are_not_added_up() -> None:
    w = told(
        parts("starts", "2014-15", "category", neglect=306, emotional=None),
        figure("starts", "2014-15", 461),
        indicators=[STARTS],
    )
    assert w.findings("parts_differ") == []


def test_a_rate_printed_for_the_day_and_for_the_year_is_one_figure() -> None:
    w = told(
        figure("open", "2015-03-31", 387),
        printed("open_per_10000", "2015-03-31", "30.34"),
        printed("open_per_10000", "2014-15", "30.3"),
        indicators=[RATE],
        populations=[population(131150)],
    )
    assert float(w.row("open_per_10000", "2014-15").as_printed) == 30.3
    assert float(w.row("open_per_10000", "2014-15 Q4").as_printed) == 30.34


def test_the_same_figure_in_two_tables_is_one_figure() -> None:
    w = told(months("starts", "2014-04", 33), months("starts", "2014-04", 33, sheet="Other"), indicators=[STARTS])
    assert (w.value("starts", "2014-04"), w.findings("said_twice")) == (33, [])


def test_two_tables_that_disagree_are_asked() -> None:
    w = told(months("starts", "2014-04", 33), months("starts", "2014-04", 34, sheet="Other"), indicators=[STARTS])
    assert w.findings("said_twice") == ["starts, 2014-04: given 2 times with different values; the one in this cell was taken."]


def test_two_spellings_of_one_code_in_one_table_are_added() -> None:
    white = {"breakdown_type": "category", "breakdown": "WBRI", "sheet": "Ethnicity"}
    w = told(
        figure("starts", "2014-15", 336, label="White, British", **white),
        figure("starts", "2014-15", 1, label="WBRI - British", **white),
        indicators=[STARTS],
    )
    row = w.row("starts", "2014-15", "WBRI")
    assert (row.value, row.cell) == (337, "return.xlsx!Ethnicity!A1; return.xlsx!Ethnicity!A2")
    assert w.findings("said_twice") == []


def test_a_superseded_return_leaves_no_trace_in_what_is_published() -> None:
    w = told(
        months("starts", "2014-04", 90, 90, 90, submission_id="first"),
        months("starts", "2014-04", 33, 26, submission_id="second"),
        indicators=[STARTS],
        submissions=[submission("first", standing="superseded"), submission("second")],
    )
    assert w.value("starts", "2014-04") == 33
    assert w.row("starts", "2014-15 Q1").note == "2 of 3 months were supplied."
    assert not [row for row in w.rows("from published.indicator_values") if "first" in row.submission_id]
    assert {row.standing for row in w.rows("from conformed.observations")} == {"superseded", "accepted"}


def landed(name: str, areas: str = "", refused: bool = False, withdrawal: str | None = None) -> Any:
    receipt = SimpleNamespace(return_="csc__plans", period="2014-15 Q1")
    of = SimpleNamespace(id=name, receipt=receipt, withdrawal=withdrawal)
    return SimpleNamespace(submission=of, refused=refused, areas=frozenset(areas))


def test_a_refused_return_leaves_the_former_one_standing() -> None:
    worth, passed = standing([landed("first"), landed("second"), landed("third", refused=True)])
    assert worth == {"first": "superseded", "second": "accepted", "third": "refused"}
    assert passed == {}


def test_where_a_return_is_withdrawn_the_former_one_stands_again() -> None:
    worth, _ = standing([landed("first"), landed("second", withdrawal="sent by mistake")])
    assert worth == {"first": "accepted", "second": "withdrawn"}
    worth, _ = standing([landed("first", withdrawal="of another council"), landed("second")])
    assert worth == {"first": "withdrawn", "second": "accepted"}


def test_a_list_of_children_goes_before_an_earlier_one_for_its_own_councils_only() -> None:
    worth, passed = standing([landed("A and B", "AB"), landed("C", "C"), landed("B again", "B")])
    assert worth == {"A and B": "accepted", "C": "accepted", "B again": "accepted"}
    assert passed == {"A and B": {"B"}}
    worth, passed = standing([landed("A and B", "AB"), landed("B again", "B"), landed("A again", "A")])
    assert worth == {"A and B": "superseded", "B again": "accepted", "A again": "accepted"}
    assert passed == {}


def test_a_later_return_that_restates_a_month_holds_and_is_asked() -> None:
    w = told(
        months("starts", "2014-06", 29, submission_id="q1"),
        months("starts", "2014-06", 30, submission_id="q2"),
        indicators=[STARTS],
        submissions=[
            submission("q1", period="2014-15 Q1", received=date(2014, 7, 20)),
            submission("q2", period="2014-15 Q2", received=date(2014, 10, 20)),
        ],
    )
    assert (w.value("starts", "2014-06"), len(w.findings("said_twice"))) == (30, 1)


def test_rows_set_aside_are_not_counted() -> None:
    w = told(months("starts", "2014-04", 33, 26), figure("starts", "2014-06", 999, accepted=False), indicators=[STARTS])
    assert (w.value("starts", "2014-06"), w.status("starts", "2014-06")) == (None, "unreliable")
    assert w.row("starts", "2014-15 Q1").note == "2 of 3 months were given as figures."


def test_what_was_asked_about_a_cell_goes_with_its_figure() -> None:
    asked = {
        "submission": "return",
        "sheet": "Sheet",
        "cell": "A1",
        "severity": "query",
        "message": "Is it -2?",
        "code": "bounds",
    }
    w = told(months("starts", "2014-04", -2, 1, 1), indicators=[STARTS], queries=[asked])
    assert w.row("starts", "2014-04").note == "Query: Is it -2?"
    assert w.row("starts", "2014-15 Q1").note == "Query: Is it -2?"
    assert w.row("starts", "2014-05").note is None


def test_words_stay_words() -> None:
    w = told(
        figure("rating", "2014-15 Q1", "Green", unit="rating"), indicators=[indicator("rating", "statement", unit="rating")]
    )
    row = w.row("rating", "2014-15 Q1")
    assert (row.value, row.qualifier, row.status) == (None, "Green", "reported")


def test_a_total_printed_for_the_quarter_is_no_mean_share_or_percentage() -> None:
    w = told(
        months("starts", "2014-04", 33, 26, 29),
        figure("starts", "2014-15 Q1", 88),
        months("again", "2014-04", 7, 6, 7),
        figure("again", "2014-15 Q1", 20),
        indicators=[STARTS, AGAIN, PERCENT, indicator("starts_mean", "mean", of="starts", places=2)],
    )
    assert w.row("starts", "2014-15 Q1").as_printed == 88
    for code in ("starts_mean", "again_percent"):
        assert w.row(code, "2014-15 Q1").as_printed is None
    assert w.findings("printed_differs") == []
