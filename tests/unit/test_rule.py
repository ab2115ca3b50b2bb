"""The language of rules: what it takes, and that the database and one row's judge work it out alike."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb_data.rounding import places_of
from lscb_data.rule import check_rule, columns_of, holds, to_sql
from lscb_data.screen import LARGEST

COLUMNS = {
    "a": "count", "b": "count", "c": "decimal", "p": "percent", "d": "date", "e": "date", "t": "text", "m": "month",
}  # fmt: skip
TYPES = {"count": "bigint", "decimal": "decimal(28, 10)", "percent": "decimal(28, 10)", "date": "date"}


@pytest.mark.parametrize(
    "must",
    [
        "a + b = c", "a <= b and not (a > 3 or b is null)", "d <= e", "d >= '2015-03-31'", "d - e <= 729", "t in ('x', 'y')",
        "coalesce(a, 0) > 1", "a between 1 and b", "m <> '2014-04'", "agrees_percent(p, a, b)", "-a < 0", "a * 2.5 <> c",
        "a in (1, null)", "(a = 1) is true", "d between e and '2015-03-31'",
    ],
)  # fmt: skip
def test_the_language(must: str) -> None:
    check_rule(must, COLUMNS)


@pytest.mark.parametrize(
    ("must", "said"),
    [
        ("a =", "is not a condition"), ("", "is not a condition"), ("a", "it gives a number"), ("null", "it gives a nothing"),
        ("a + b", "it gives a number"), ("x = 1", "no column x"), ("s.a = 1", "no column s.a"), ("a = 'x'", "number and text"),
        ("d = '31/03/2015'", "day and text"),
        ("d = '20150331'", "day and text"), ("d = a", "day and number"), ("d + 1 > e", "day and number"),
        ("a and b", "number"),
        ("t + t = 'xx'", "text"), ("a / b = 1", "Div is not part"), ("length(t) = 1", "not part of the language"),
        ("mine(a) = 1", "there is no function mine"), ("agrees_percent(p, a)", "there is no function agrees_percent"),
        ("agrees_percent(p, a, 5)", "takes three columns"), ("agrees_percent(t, a, b)", "text"), ("a is b", "`is` goes with"),
        ("a in (select 1)", "`in` needs a list"), ("a = 1; drop table x", "not part"), ("a < b < c", "truth"),
        ("exists (select 1)", "not part"), ("a = (select 1)", "not part"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_is_said_when_the_contract_is_read(must: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", "\\(").replace(".", "\\.")):
        check_rule(must, COLUMNS)


def row(**given: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS) | given


@pytest.mark.parametrize(
    ("must", "values", "kept"),
    [
        ("a + b = c", {"a": 1, "b": 2, "c": 3}, True),
        ("a + b = c", {"a": 1, "b": 2, "c": 4}, False),
        ("a + b = c", {"a": 1, "b": None, "c": 4}, None),
        ("a > 1 or b > 1", {"a": 2, "b": None}, True),
        ("a > 1 and b > 1", {"a": 1, "b": None}, False),
        ("d <= e", {"d": date(2015, 3, 31), "e": date(2015, 3, 31)}, True),
        ("d - e <= 729", {"d": date(2015, 3, 31), "e": date(2013, 3, 31)}, False),
        ("d <= '2015-03-31'", {"d": date(2015, 4, 1)}, False),
        ("m = '2014-04'", {"m": "2014-04"}, True),
        ("agrees_percent(p, a, b)", {"p": Fraction("40.63"), "a": 13, "b": 32}, True),
        ("agrees_percent(p, a, b)", {"p": Fraction("40.62"), "a": 13, "b": 32}, False),
        ("agrees_percent(p, a, b)", {"p": Fraction(0), "a": 0, "b": 0}, None),
    ],
)
def test_what_a_row_keeps(must: str, values: dict[str, Any], kept: bool | None) -> None:
    """None: a missing value leaves it open."""
    whole = {name: Fraction(value) if isinstance(value, int) else value for name, value in values.items()}
    assert holds(must, row(**whole), {"p": 2}) is kept


def test_a_percentage_that_excel_worked_out_agrees() -> None:
    printed = Fraction("17.7874186551")  # =82/461 shown as a percentage, as it is stored
    assert holds("agrees_percent(p, a, b)", row(p=printed, a=Fraction(82), b=Fraction(461)), {"p": 13})
    assert holds("agrees_percent(p, a, b)", row(p=Fraction("17.788"), a=Fraction(82), b=Fraction(461)), {"p": 3}) is False


def test_columns_in_the_order_that_they_are_read() -> None:
    assert columns_of("b + a = b") == ("b", "a")


COUNTS = st.none() | st.integers(-3, 40) | st.sampled_from([LARGEST, -LARGEST])
PRINTED = (
    st.none() | st.decimals(0, 100, places=2) | st.decimals(-5, 105, places=8) | st.sampled_from(["40.63", "50", "33.3333333"])
)
DAYS = st.none() | st.dates(date(2015, 3, 29), date(2015, 4, 2))
NUMBERS = st.sampled_from(["a", "b", "c", "p", "3", "0.5", "a + b", "a - c", "b * 2", "a * b", "-a", "coalesce(a, 1)", "d - e"])
COMPARED = st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS)
SIMPLE = COMPARED | st.sampled_from(
    [
        "d <= e", "d = '2015-04-01'", "d between '2015-03-31' and e", "a between b and 30", "a in (1, 2, b)",
        "a not in (1, null)",
        "a is null", "c is not null", "t = 'x'", "t in ('x', 'y')", "m < '2014-05'", "agrees_percent(p, a, b)",
        "agrees_percent(p, c, b)", "coalesce(d, e) < '2015-04-01'", "coalesce(d, '2015-04-01') - e < 2", "true", "(a = 1) is not true",  # noqa: E501
    ]
)  # fmt: skip
RULES = st.recursive(
    SIMPLE,
    lambda one: (
        st.builds("({}) and ({})".format, one, one)
        | st.builds("({}) or ({})".format, one, one)
        | st.builds("not ({})".format, one)
    ),
    max_leaves=4,
)
ROWS = st.fixed_dictionaries(
    {
        "a": COUNTS, "b": COUNTS, "c": PRINTED, "p": PRINTED, "d": DAYS, "e": DAYS, "t": st.sampled_from([None, "x", "z"]),
        "m": st.sampled_from([None, "2014-04", "2014-05"]),
    }
)  # fmt: skip
SHOP = duckdb.connect()


@settings(max_examples=300, deadline=None)
@given(RULES, ROWS)
def test_the_database_and_the_judge_of_one_row_agree(must: str, texts: dict[str, Any]) -> None:
    """Numbers that the screen lets through can be multiplied; larger ones go to the other judge."""
    check_rule(must, COLUMNS)
    quoted = {name: "null" if value is None else repr(str(value)) for name, value in texts.items()}
    typed = ", ".join(f"{text}::{TYPES.get(COLUMNS[name], 'varchar')} as {name}" for name, text in quoted.items())
    places = {name: places_of(str(texts[name] or "")) for name in ("c", "p")}
    typed += "".join(f", {count} as {name}__places" for name, count in places.items())
    found = SHOP.sql(f"select coalesce({to_sql(must)}, true) from (select {typed})").fetchone()
    values = {
        name: Fraction(Decimal(value)) if COLUMNS[name] in ("count", "decimal", "percent") and value is not None else value
        for name, value in texts.items()
    }
    assert found == (holds(must, values, places) is not False,)
