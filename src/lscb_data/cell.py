"""How one cell is read, by its column, and the words in which its faults are said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Return
from lscb_data.figure import (
    EXCEL_ERROR,
    FORMULA_WITHOUT_VALUE,
    NUMBER,
    PERCENT,
    WHOLE,
    Figure,
    Status,
    number,
    qualified,
)
from lscb_data.finding import Finding, Severity
from lscb_data.period import Period, month_named, year_named, year_of
from lscb_data.spelling import fold, has_lookalikes

PATTERNS = {"count": WHOLE, "decimal": NUMBER, "percent": PERCENT}
# What Excel makes of an identifier that looks like something else, in small letters: a day, a truth, a number cut short.
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
SPOILT = (
    r"true|false|[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}([ t].*)?"
    r"|(0?[1-9]|[12][0-9]|3[01])/(0?[1-9]|1[0-2])/([0-9]{2}|[0-9]{4})"
    rf"|([0-9]{{1,2}}-)?{_MONTH}-([0-9]{{2}}|[0-9]{{4}})|[0-9]{{1,2}}-{_MONTH}"
    r"|[0-9](\.[0-9]+)?e[+-][0-9]{1,3}|[1-9][0-9]{14}0+"
)
_DATES = {
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?": "%Y-%m-%d",
    r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}": "%d/%m/%Y",
}


@dataclass(frozen=True)
class Rated:
    """A rating with the text around it and the figures inside it: `Amber Level 1 – 86%`."""

    code: str
    printed: str
    text: str
    status: Status
    figures: tuple[tuple[str, Figure], ...] = ()


@dataclass(frozen=True)
class Reader:
    """What reading a cell needs to know beside its column."""

    contract: Return
    codes: Mapping[str, CodeList]
    period: Period
    hushed: bool = False  # nothing that was typed may be said again: a child's name may stand in any column


@dataclass(frozen=True)
class Reading:
    """What has been read of one row: the values of the cells that could be, and what is to be asked of them."""

    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Finding] = field(default_factory=list)


def read_cell(column: Column, reader: Reader, text: str, info: ValidationInfo) -> Any:
    """What the text says in this column; it and what is to be asked about it are added to the validation's context, a Reading.

    Raises pydantic's error for what is wrong.
    """
    reading: Reading = info.context if info.context is not None else Reading()

    def remark(code: str, message: str, fix: str) -> None:
        reading.remarks.append(Finding(code, Severity.QUERY, message, fix, column=column.name))

    again = "Recalculate the workbook, save it and send it again, or type the value."
    if text == FORMULA_WITHOUT_VALUE:
        raise _fault("formula_without_value", "the formula was saved without its value", again)
    if EXCEL_ERROR.fullmatch(text):
        said = "an error of Excel" if reader.hushed else f"Excel's error {text}"
        raise _fault("excel_error", f"the cell holds {said}, not a value", again)
    read: Callable[..., Any] = _READ[column.type]
    reading.values[column.name] = read(column, reader, text, remark)
    return reading.values[column.name]


Remark = Callable[[str, str, str], None]


def _number(column: Column, reader: Reader, text: str, remark: Remark) -> Figure | None:
    if not text:
        _check_blank(column, remark)
        return Figure(None, status=Status.NOT_SUPPLIED)
    if status := reader.contract.missing_folded.get(text.casefold()):
        return Figure(text, status=status)
    if text.casefold() in reader.contract.nought_folded:
        return Figure(text, low=Decimal(0), high=Decimal("0.5").scaleb(-column.places), qualifier="range")
    if text.lower() in column.words:
        return Figure(text, value=column.words[text.lower()])
    inner = text
    if column.pattern:
        found = re.fullmatch(column.pattern, text, re.ASCII)
        if not found:
            said = f"{_quoted(text, reader)} is not written as agreed"
            raise _fault("not_as_agreed", said, _as_example(column))
        inner = found[1] or ""
        if inner.lower() in column.words:
            return Figure(text, value=column.words[inner.lower()])
    pattern = PATTERNS[column.type]
    value = number(inner, pattern)
    if value is not None:
        _bounds(column, value, value, text, remark, reader.hushed)
        if column.type == "percent" and not inner.endswith("%") and 0 < abs(value) <= 1:
            remark(
                "percent_or_share",
                f"{_called(column)} is {text} without a % sign; it was read as {text}%.",
                "Write the percentage with its sign: 40% or 0.4%.",
            )
        return Figure(text, value=value)
    if figure := qualified(inner, pattern):
        _bounds(column, figure.low, figure.high, text, remark, reader.hushed)
        return replace(figure, printed=text)
    kind = {"count": "whole number", "decimal": "number", "percent": "percentage"}[column.type]
    raise _fault(
        "not_a_number" if column.type != "count" else "not_a_whole_number",
        f"{_quoted(text, reader)} is not a {kind}",
        f"{_as_example(column)[:-1]}, or leave it blank and say why."
        if column.pattern
        else "Give a number; if it is not known, leave the cell blank and say why.",
    )


def _bounds(column: Column, least: Decimal | None, most: Decimal | None, text: str, remark: Remark, hushed: bool) -> None:
    """`least` and `most`: the value twice, or the two ends of a range."""
    low, high = column.minimum, column.maximum
    below = low is not None and any(end is not None and end < low for end in (least, most))
    above = high is not None and any(end is not None and end > high for end in (least, most))
    if not (below or above):
        return
    said = "" if hushed else f"{text}, "
    message = f"{_called(column)} is {said}{f'below {low}' if below else f'above {high}'}"
    fix = "Correct it, or explain how it comes about."
    if column.outside is Severity.QUERY:
        remark("out_of_bounds", message + "; it was kept as it is.", fix)
    else:
        raise _fault("out_of_bounds", message, fix)


def _code(column: Column, reader: Reader, text: str, remark: Remark) -> str | None:
    if not text:
        _check_blank(column, remark)
        return None
    if column.total and fold(text) in {fold(word) for word in column.total}:
        return "all"
    codes = reader.codes[column.codes or ""]
    found = codes.find(text)
    if not found:
        known = ", ".join(c.label for c in codes.codes[:12]) + (", …" if len(codes.codes) > 12 else "")
        raise _fault("code_unknown", f"{_quoted(text, reader)} is not on the list {codes.name}", f"Use one of: {known}.")
    if has_lookalikes(text):
        said = f"{_quoted(text, reader)} has letters of another alphabet that look Latin."
        remark("lookalike_letters", said, "Type it again.")
    if found.query:
        remark("code_queried", f"{_quoted(text, reader)}: {found.query}", "Use a code of the list, or say what is meant.")
    elif fold(text) not in {fold(known) for known in (found.code, found.label, *found.others)}:
        remark(
            "spelling_mapped",
            f"{_quoted(text, reader)} was read as {found.code}, {found.label}.",
            f"Write {found.code} or '{found.label}', or say that it means something else.",
        )
    return found.code


def _month(column: Column, reader: Reader, text: str, remark: Remark) -> Period | None:
    if not text:
        _check_blank(column, remark)
        return None
    if column.total and fold(text) in {fold(word) for word in column.total}:
        # A total in the last quarter is the year's, in another the quarter's. Where it is not, ours will differ and ask.
        year = year_of(reader.period.start)
        if reader.period.end != year.end and reader.period.type == "date":
            said = f"a total of {reader.period} is neither a quarter's nor a year's"
            raise _fault("total_of_months", said, "Leave the total out until the year has ended.")
        return year if reader.period.end == year.end else reader.period
    found = month_named(text, reader.period)
    if not found:
        raise _fault("not_a_month", f"{_quoted(text, reader)} is not a month", "Write the month as Apr-14 or April 2014.")
    if not reader.period.contains(found):
        raise _fault(
            "month_outside", f"{found.start:%B %Y} is not part of {reader.period}", "Send the months of the return's period."
        )
    return found


def _year(column: Column, reader: Reader, text: str, remark: Remark) -> Period | None:
    if not text:
        _check_blank(column, remark)
        return None
    found = year_named(text, column.begins)
    if not found:
        raise _fault("not_a_year", f"{_quoted(text, reader)} is not a year", _as_example(column))
    if not reader.period.contains(found):
        raise _fault("year_outside", f"{found} is not part of {reader.period}", "Send the years of the return's series.")
    return found


def _date(column: Column, reader: Reader, text: str, remark: Remark) -> date | None:
    if not text:
        _check_blank(column, remark)
        return None
    for form, how in _DATES.items():
        if re.fullmatch(form, text, re.ASCII):
            try:
                return datetime.strptime(text.split(" ")[0], how).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                raise _fault(
                    "no_such_date", f"{_quoted(text, reader)} is a day that does not exist", "Correct the date."
                ) from None
    raise _fault("not_a_date", f"{_quoted(text, reader)} is not a date", "Write dates as 31/03/2015 or 2015-03-31.")


def _text(column: Column, reader: Reader, text: str, remark: Remark) -> str | None:
    if not text:
        _check_blank(column, remark)
        return None
    if column.pattern and not re.fullmatch(column.pattern, text, re.ASCII):
        raise _fault("not_as_agreed", f"{_quoted(text, reader)} is not written as agreed", _as_example(column))
    return text


def _identifier(column: Column, reader: Reader, text: str, remark: Remark) -> str | None:
    if re.fullmatch(SPOILT, text.lower(), re.ASCII):
        raise _fault(
            "identifier_spoilt",
            f"{_quoted(text, reader)} is a date, a truth or a number cut short, as Excel makes of an identifier",
            "Make the column text before the identifiers are put into it, and export the list again.",
        )
    return _text(column, reader, text, remark)


def _rating(column: Column, reader: Reader, text: str, remark: Remark) -> Rated | None:
    if not text:
        _check_blank(column, remark)
        return None
    found = reader.codes[column.codes or ""].begins(text)
    if not found:
        said = "the text" if reader.hushed else f"'{text[:60]}'"
        remark("rating_unknown", f"{said} begins with no rating that is known; it was kept.", "Begin with the rating.")
        return Rated("not_rated", text, text, Status.REPORTED)
    code, rest = found
    figures: list[tuple[str, Figure]] = []
    if column.figures and rest:
        figures = [
            (m["breakdown"], Figure(m[0], value=number(m["value"], PERCENT))) for m in re.finditer(column.figures.pattern, rest)
        ]
        head = re.match(r"[\d.]+ ?%? ?[-–] ?[\d.]+ ?%?", rest)
        if not figures and head and (span := qualified(head[0], PERCENT)):
            figures = [("all", span)]
        if not figures:
            remark("no_figures", f"{_called(column)} gives no figures that can be read.", "Give the percentage by level.")
        elif left := re.search(r"[0-9.]+ ?%", _without(rest, figures)):
            remark(
                "figures_unread",
                f"{_called(column)} gives {'a figure' if reader.hushed else left[0]} that belongs to nothing; it was not read.",
                _as_example(column),
            )
    return Rated(code.code, code.label, rest, Status(code.status) if code.status else Status.REPORTED, tuple(figures))


def _without(text: str, figures: list[tuple[str, Figure]]) -> str:
    for _, figure in figures:
        text = text.replace(figure.printed or "", " ", 1)
    return text


_READ: dict[str, Callable[..., Any]] = {
    "count": _number, "decimal": _number, "percent": _number, "code": _code, "month": _month, "year": _year,
    "date": _date, "text": _text, "identifier": _identifier, "rating": _rating,
}  # fmt: skip


def _check_blank(column: Column, remark: Remark) -> None:
    """A figure that is not there is asked for; a key or a fact that is not there sets its row aside."""
    if column.required and (column.is_figure or column.type == "rating"):
        remark("not_supplied", f"{_called(column)} was not supplied.", "Supply it, or say why there is none.")
    elif column.required:
        raise _fault("required", f"{_called(column)} is blank", "Fill it in.")


def _fault(code: str, message: str, fix: str) -> PydanticCustomError:
    # Braces would be read as pydantic's own placeholders.
    return PydanticCustomError(code, message.replace("{", "(").replace("}", ")"), {"fix": fix})


def _called(column: Column) -> str:
    return f"'{column.printed[0]}'" if column.printed and column.printed[0] else column.name.replace("_", " ")


def _quoted(text: str, reader: Reader) -> str:
    return "the value" if reader.hushed else f"'{text[:40]}'"


def _as_example(column: Column) -> str:
    return f"Write it as '{column.example}'." if column.example else "Write it as the template shows."
