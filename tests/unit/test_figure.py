"""What a text says as a figure: a number, a bound, a range, or nothing at all."""

from decimal import Decimal

import pytest

from lscb_data.figure import EXCEL_ERROR, NUMBER, PERCENT, WHOLE, number, qualified


@pytest.mark.parametrize(
    ("text", "pattern", "value"),
    [
        ("0", WHOLE, "0"), ("1,234", WHOLE, "1234"), ("12.0", WHOLE, "12"), ("-2", WHOLE, "-2"), ("+5", WHOLE, "5"),
        ("999999999999999", WHOLE, "999999999999999"), ("1,234,567.5", NUMBER, "1234567.5"), ("12%", PERCENT, "12"),
        ("12 %", PERCENT, "12"), ("40.63%", PERCENT, "40.63"), ("0.00000000005", NUMBER, "0.0000000001"),
    ],
)  # fmt: skip
def test_numbers(text: str, pattern: str, value: str) -> None:
    assert number(text, pattern) == Decimal(value)


@pytest.mark.parametrize("pattern", [WHOLE, NUMBER, PERCENT])
@pytest.mark.parametrize(
    "text",
    [
        "", "-", ".", "1e5", "١٢", "12,5", "1,23", "1234,567", "1 234", "5 or under", "12%%", "£12", "0x10", "nan", "inf",
            "1_000",
        "1000000000000000", "--1", "1.", ".5", "12\n", "²",
    ],
)  # fmt: skip
def test_no_numbers(text: str, pattern: str) -> None:
    assert number(text, pattern) is None


@pytest.mark.parametrize(
    ("text", "low", "high", "sign"),
    [
        ("5 or under", None, "5", "<="), ("5 or fewer", None, "5", "<="), ("Fewer than 5", None, "5", "<"),
        ("<5", None, "5", "<"),
        ("< 5", None, "5", "<"), ("<=5", None, "5", "<="), ("≤5", None, "5", "<="), ("up to 5", None, "5", "<="),
        ("5 or more", "5", None, ">="), ("5+", "5", None, ">="), (">=5", "5", None, ">="), (">5", "5", None, ">"),
        ("at least 5", "5", None, ">="), ("85%-100%", "85", "100", "range"), ("85% – 100%", "85", "100", "range"),
        ("85 to 100", "85", "100", "range"),
    ],
)  # fmt: skip
def test_bounds_and_ranges(text: str, low: str | None, high: str | None, sign: str) -> None:
    figure = qualified(text, PERCENT)
    assert figure is not None
    assert (figure.low, figure.high) == (low and Decimal(low), high and Decimal(high))
    assert (figure.qualifier, figure.value, figure.printed) == (sign, None, text)
    assert not figure.plain


@pytest.mark.parametrize(
    "text", ["100%-85%", "under a year", "5 or so", "2014-13", "<", "١٢ or under", "5.5 or under", "1.5-2.5"]
)
def test_neither_bound_nor_range(text: str) -> None:
    assert qualified(text, WHOLE) is None


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#BLOCKED!", "#ref!", "Err:502"])
def test_errors_of_spreadsheets(text: str) -> None:
    assert EXCEL_ERROR.fullmatch(text)


@pytest.mark.parametrize("text", ["#1", "N/A", "#", "# of plans", "REF!"])
def test_what_is_no_error(text: str) -> None:
    assert not EXCEL_ERROR.fullmatch(text)
