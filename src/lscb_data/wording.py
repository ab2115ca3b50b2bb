"""How a contract's parts are called where people read them: templates, the dictionary, the command line."""

from lscb_data.column import Column
from lscb_data.period import MONTHS, Period, month_named
from lscb_data.sheet import Batch, Rule, Sheet


def span(period: Period) -> str:
    """The period in full: `1 April 2014 to 30 June 2014`."""
    first, last = period.start, period.end
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def heading(column: Column) -> str:
    """What stands over a column or before a line: as printed, or the column's own name where nothing is."""
    printed = column.printed[0] if column.printed else ""
    return printed or column.name.replace("_", " ").capitalize()


def example(column: Column, sheet: Sheet, period: Period | None = None) -> str:
    """What a cell of the column may hold; a month is one of the period's, where there is one."""
    text = column.example or sheet.example.get(column.name, "")
    return month_words(text, period.months()[0]) if period and column.type == "month" else text


def month_words(example: str | None, month: Period) -> str:
    """The month in the form of the example: Jul, July, Jul-14, July 2014 or 2014-07."""
    known = month_named(example or "", month)
    for form in ("%b", "%B", "%B %Y", "%Y-%m"):
        if known and _month(form, known) == example:
            return _month(form, month)
    return _month("%b-%y", month)


def _month(form: str, month: Period) -> str:
    name = MONTHS[month.start.month - 1].capitalize()
    return month.start.strftime(form.replace("%B", name).replace("%b", name[:3]))


def kind(column: Column) -> str:
    """The column's type, bounds and whether it may be blank, in words."""
    bounds = [f"at least {column.minimum}"] if column.minimum is not None else []
    bounds += [f"at most {column.maximum}"] if column.maximum is not None else []
    names = {
        "count": "whole number",
        "decimal": "number",
        "percent": "percentage",
        "code": f"one of {column.codes}",
    }
    parts = [names.get(column.type, column.type), *bounds, *([] if column.required else ["may be blank"])]
    return ", ".join(parts)


def checks(sheet: Sheet) -> list[Rule | Batch]:
    """What is checked beside each cell: a row against itself, and the whole."""
    return [*sheet.rules, *sheet.batch]


def said(message: str, sheet: Sheet) -> str:
    """A rule's message with the columns' own headings where a finding would have their values."""
    for column in sheet.columns:
        message = message.replace("{" + column.name + "}", f"[{heading(column)}]")
    return message.replace("{observed}", "[found]").replace("{", "[").replace("}", "]")
