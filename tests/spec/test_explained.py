"""A query that was explained: the explanation goes with the figure for as long as its value stands, and with no other."""

from datetime import UTC, datetime

import pytest

from lscb_data.decision import Answer
from tests.spec.told import indicator, months, told

STARTS = indicator("starts", breakdown_types=["category"])
ASKED = {
    "return": "csc__plans",
    "period": "2014-15 Q4",
    "submission": "return",
    "sheet": "Sheet",
    "cell": "A1",
    "column": "starts",
    "severity": "query",
    "message": "Is it -2?",
    "code": "bounds",
    "value": "-2",
}


def said(explanation: str, **other: str) -> Answer:
    """An answer to what was asked of A1, or to what differs from it in this."""
    of = {name: ASKED[name] for name in ("return", "period", "code", "sheet", "cell", "column", "value")} | other
    return Answer(decided_at=datetime(2015, 5, 1, tzinfo=UTC), decided_by="the force", reason=explanation, **of)


def test_an_explanation_stays_with_the_figure_in_the_place_of_the_query() -> None:
    w = told(
        months("starts", "2014-04", -2, 1, 1),
        indicators=[STARTS],
        queries=[ASKED, ASKED | {"code": "another", "message": "Another rule?"}],
        answers=[said("Two were given to March.")],
    )
    explained = "Explained: Two were given to March. (Asked: Is it -2?) Query: Another rule?"
    assert w.row("starts", "2014-04").note == explained, "the other rule on the same cell is still asked"
    assert w.row("starts", "2014-15 Q1").note == explained
    found = {one.code: (one.explanation, one.answered_by) for one in w.rows("from audit.findings") if one.cell == "A1"}
    assert found == {"bounds": ("Two were given to March.", "the force"), "another": (None, None)}


@pytest.mark.parametrize("other", [{"value": "-3"}, {"cell": "A2"}, {"period": "2014-15 Q3"}, {"code": "another"}])
def test_an_explanation_of_something_else_leaves_the_query_open(other: dict[str, str]) -> None:
    answers = [said("Two were given to March.", **other)]
    w = told(months("starts", "2014-04", -2, 1, 1), indicators=[STARTS], queries=[ASKED], answers=answers)
    assert w.row("starts", "2014-04").note == "Query: Is it -2?"


def test_the_last_explanation_counts() -> None:
    later = said("Three were.").model_copy(update={"decided_at": datetime(2015, 5, 2, tzinfo=UTC)})
    w = told(
        months("starts", "2014-04", -2), indicators=[STARTS], queries=[ASKED], answers=[later, said("Two were given to March.")]
    )
    assert w.row("starts", "2014-04").note.startswith("Explained: Three were. (Asked")
