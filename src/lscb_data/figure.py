"""What a cell says once read: a number, a bound, a range, or a reason why there is no number."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Status(StrEnum):
    """Why a value is there or is not. A value that is not known is never a nought."""

    REPORTED = "reported"
    SUPPRESSED = "suppressed"
    NOT_SUPPLIED = "not_supplied"
    NOT_APPLICABLE = "not_applicable"
    UNRELIABLE = "unreliable"
    PROVISIONAL = "provisional"


@dataclass(frozen=True)
class Figure:
    """One figure as read: `value` where it is one number, `low` and `high` where it is a bound or a range."""

    printed: str | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    qualifier: str | None = None
    status: Status = Status.REPORTED

    @property
    def plain(self) -> bool:
        """A number as it stands, with nothing to be said about it."""
        return self.value is not None and self.qualifier is None and self.status is Status.REPORTED


# The DuckDB screen uses these same patterns: keep to what RE2 and Python read alike.
WHOLE = r"[+-]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})(\.0+)?"
NUMBER = r"[+-]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})(\.[0-9]{1,20})?"
PERCENT = NUMBER + r" ?%?"
PLACES = Decimal("0.0000000001")  # the screen's DECIMAL(28, 10)

EXCEL_ERROR = re.compile(r"#(N/A|REF|DIV/0|NAME|NULL|NUM|VALUE|GETTING_DATA|[A-Z]+[!?])[!?]?|Err:[0-9]{3}", re.I)
FORMULA_WITHOUT_VALUE = "#FORMULA"  # the reader's mark for a formula that was saved without its value

_BOUNDS = (
    (re.compile(r"(?:fewer than|less than|under|below|<)\s*(\S+)", re.I), "<"),
    (re.compile(r"(?:up to|at most|no more than|<=|≤)\s*(\S+)", re.I), "<="),
    (re.compile(r"(\S+)\s*(?:or|and) (?:under|fewer|less|below)", re.I), "<="),
    (re.compile(r"(?:more than|over|above|>)\s*(\S+)", re.I), ">"),
    (re.compile(r"(?:at least|>=|≥)\s*(\S+)", re.I), ">="),
    (re.compile(r"(\S+)\s*(?:or|and) (?:over|more|above)|(?<!\S)(\d+)\+", re.I), ">="),
)
_RANGE = re.compile(rf"(?P<low>{NUMBER}) ?%? ?(?:-|–|—|to) ?(?P<high>{NUMBER}) ?%?", re.I)


def number(text: str, pattern: str) -> Decimal | None:
    """The number that the text is, by one of the patterns above; None where it is not one."""
    if not re.fullmatch(pattern, text, re.ASCII):
        return None
    return Decimal(text.rstrip("% ").replace(",", "")).quantize(PLACES, ROUND_HALF_UP)


def qualified(text: str, pattern: str) -> Figure | None:
    """A bound (`5 or under`, `Fewer than 5`, `<5`) or a range (`85%-100%`); None where the text is neither."""
    if found := _RANGE.fullmatch(text):
        whole = WHOLE if pattern == WHOLE else NUMBER
        low, high = number(found["low"], whole), number(found["high"], whole)
        if low is not None and high is not None and low <= high:
            return Figure(text, low=low, high=high, qualifier="range")
        return None
    for form, sign in _BOUNDS:
        if found := form.fullmatch(text):
            limit = number(next(group for group in found.groups() if group), pattern)
            if limit is None:
                continue
            below = sign.startswith("<")
            return Figure(text, low=None if below else limit, high=limit if below else None, qualifier=sign)
    return None


def looks_like_figure(text: str) -> bool:
    """Whether a text could be a figure wherever it stands: a short one that begins with a number, a bound, or an error."""
    if EXCEL_ERROR.fullmatch(text) or text == FORMULA_WITHOUT_VALUE or qualified(text, PERCENT):
        return True
    return len(text) <= 20 and re.match(r"\W{0,3}\d", text, re.ASCII) is not None
