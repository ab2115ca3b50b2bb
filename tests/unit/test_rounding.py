"""Half-up, exactly, everywhere."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb_data.rounding import half_up, per, places_of

WIDE = Context(prec=200)
DECIMALS = st.decimals(-(10**30), 10**30, allow_nan=False, allow_infinity=False, places=8)


@given(DECIMALS, st.integers(0, 8))
def test_it_is_what_decimal_calls_half_up(value: Decimal, places: int) -> None:
    assert half_up(value, places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)


@given(st.fractions(), st.integers(0, 12))
def test_it_is_never_further_than_half_a_place_away(value: Fraction, places: int) -> None:
    rounded = half_up(value, places)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**places)
    assert half_up(-value, places) == rounded.copy_negate()
    assert -rounded.as_tuple().exponent == places


@pytest.mark.parametrize(
    ("count", "base", "scale", "places", "shown"),
    [
        (13, 32, 100, 2, "40.63"), (82, 461, 100, 2, "17.79"), (83, 486, 100, 1, "17.1"), (387, 131150, 10000, 1, "29.5"),
        (1, 8, 100, 0, "13"), (-1, 8, 100, 0, "-13"), (0, 5, 100, 1, "0.0"),
    ],
)  # fmt: skip
def test_the_figures_of_the_definitions(count: int, base: int, scale: int, places: int, shown: str) -> None:
    assert str(per(count, base, scale, places)) == shown


def test_of_nothing_there_is_no_share() -> None:
    assert per(0, 0, 100, 1) is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("30.34", 2),
        ("15%", 0),
        ("33.0", 1),
        ("40.63 %", 2),
        ("Eldest: 14 yrs. old", 0),
        ("about 18.5%", 1),
        ("", 0),
        ("1,234", 0),
    ],
)
def test_places_as_printed(text: str, places: int) -> None:
    assert places_of(text) == places
