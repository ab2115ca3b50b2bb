"""Half-up rounding in decimal arithmetic, as the DfE rounds every figure that it shows."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """The value to so many decimal places, exact halves away from nought: 40.625 is 40.63."""
    exact = value if isinstance(value, Fraction) else Fraction(value)
    scaled = abs(exact) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def per(count: Decimal | int, base: Decimal | int, scale: int, places: int) -> Decimal | None:
    """`count` for each `scale` of `base` (100: a percentage, 10,000: a rate), half-up; None where the base is nought."""
    return half_up(Fraction(count) / Fraction(base) * scale, places) if base else None


def places_of(text: str) -> int:
    """How many decimal places a figure was printed with: `30.34` has 2, `15%` none."""
    return len(text.rstrip("% ").partition(".")[2])


