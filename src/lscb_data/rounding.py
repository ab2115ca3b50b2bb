"""Half-up rounding in decimal arithmetic, as the DfE rounds every figure that it shows."""

import re
from decimal import Decimal
from fractions import Fraction

DECIMALS = r"[0-9]\.([0-9]+)"  # of a figure as printed; the DuckDB screen uses this same pattern


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """The value to so many decimal places, exact halves away from nought: 40.625 is 40.63."""
    exact = value if isinstance(value, Fraction) else Fraction(value)
    scaled = abs(exact) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(f"{whole if exact >= 0 else -whole}e-{places}")  # not scaleb: it rounds to 28 digits


def per(count: Decimal | int, base: Decimal | int, scale: int, places: int) -> Decimal | None:
    """`count` for each `scale` of `base` (100: a percentage, 10,000: a rate), half-up; None where the base is nought."""
    return half_up(Fraction(count) / Fraction(base) * scale, places) if base else None


def plainly(number: Decimal) -> str:
    """As people write it: no closing noughts."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def places_of(text: str) -> int:
    """How many decimal places a figure was printed with: `30.34` has 2, `15%` and `Eldest: 14 yrs. old` none."""
    found = re.search(DECIMALS, text)
    return len(found[1]) if found else 0
