"""A figure that a return prints and a publisher, too: listed with what sets them apart, and neither displaces the other."""

from types import SimpleNamespace
from typing import Any

from tests.spec.told import figure, indicator, population, printed, submission, told

OPEN = [indicator("open", "stock"), indicator("open_per_10000", "rate", of="open", places=2)]
SENT = [
    submission("csc"),
    submission("dfe", period="2023-24") | {"agency": "dfe", "return": "dfe__plans", "is_publishers": True},
]
BASES = [population(131150), population(130241, base=2021)]
DAY = "2015-03-31"


def theirs(code: str, value: str, period: str = DAY) -> dict[str, Any]:
    make = printed if code.endswith(("_per_10000", "_percent")) else figure
    return make(code, period, value, submission_id="dfe", **{"return": "dfe__plans"})


def ours(code: str, value: str, period: str = DAY) -> dict[str, Any]:
    return (printed if code.endswith(("_per_10000", "_percent")) else figure)(code, period, value, submission_id="csc")


def beside(*figures: Any, indicators: Any = OPEN) -> tuple[dict[str, SimpleNamespace], Any]:
    w = told(*figures, indicators=indicators, populations=BASES, submissions=SENT)
    return {row.agency: row for row in w.rows("from marts.publishers_beside where of_what like '%_per_%'")}, w


def test_the_same_count_over_two_bases_is_two_rates_and_both_stand() -> None:
    """387 of 130,241 is 29.71: the publisher's 29.7. Of 131,150 it is 29.51, and of 127,534 to 127,575 the 30.34 printed."""
    found, w = beside(
        ours("open", "387"), ours("open_per_10000", "30.34"), theirs("open", "387"), theirs("open_per_10000", "29.7")
    )
    assert found["The Board"].explained == (
        "Both count 387. The Board divides by the 131,150 of 30/06/2014 on the 2011 base; dfe divides by 130,085 to 130,522, "
        "such as the 130,241 of 30/06/2014 on the 2021 base."
    )
    assert found["csc"].explained == (
        "Both count 387. csc divides by 127,534 to 127,575, which no population that is known is; dfe divides by 130,085 to "
        "130,522, such as the 130,241 of 30/06/2014 on the 2021 base."
    )
    assert w.findings("publisher_differs") == ["Open per 10000, 2015-03-31: printed 30.34, where dfe prints 29.7."]
    row = w.row("open_per_10000", DAY)
    assert (str(row.value), float(row.as_printed)) == ("29.51", 30.34)


def test_what_agrees_at_the_fewer_places_is_listed_and_not_asked_about() -> None:
    found, w = beside(ours("open", "387"), ours("open_per_10000", "29.65"), theirs("open_per_10000", "29.7"))
    assert (found["csc"].differs, found["csc"].explained) == (False, None)
    assert w.findings("publisher_differs") == []


def test_another_count_is_said() -> None:
    found, w = beside(
        ours("open", "390"), ours("open_per_10000", "29.7"), theirs("open", "387"), theirs("open_per_10000", "29.5")
    )
    assert found["csc"].explained.startswith("csc counts 390, dfe 387. csc divides by 131,093 to 131,534, such as the 131,150")
    assert w.findings("publisher_differs") == ["Open per 10000, 2015-03-31: printed 29.7, where dfe prints 29.5."]
    assert len(w.findings("said_twice")) == 1  # the counts


def test_a_figure_of_another_period_is_said_to_be_that() -> None:
    """The publisher's 42.1 is March 2014's, and set here against March 2015."""
    before = theirs("open_per_10000", "42.1", "2014-03-31")
    found, _ = beside(ours("open_per_10000", "42.1"), theirs("open_per_10000", "42.9"), before)
    assert found["csc"].explained == "dfe gives it for 2014-03-31."


def test_what_is_provisional_is_said_to_be() -> None:
    found, _ = beside(ours("open_per_10000", "30.1") | {"status": "provisional"}, theirs("open_per_10000", "29.7"))
    assert found["csc"].explained == "csc's is provisional, dfe's reported."


def test_a_count_within_a_publishers_rounded_one_does_not_differ() -> None:
    around = theirs("open", "390") | {"value": None, "low": 385, "high": 395, "qualifier": "rounded"}
    for count, asked in (("387", []), ("397", ["Open, 2015-03-31: printed 397, where dfe prints 385 to 395."])):
        w = told(ours("open", count), around, indicators=OPEN, populations=BASES, submissions=SENT)
        assert w.findings("publisher_differs") == asked


def test_two_publishers_are_not_held_against_each_other_here() -> None:
    found, w = beside(theirs("open", "387"), theirs("open_per_10000", "29.7"))
    assert found == {}
    assert w.findings("publisher_differs") == []
