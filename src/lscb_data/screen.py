"""The contract's row rules as one query over all rows at once. A row that it lets through is surely valid and its typed
values are pydantic's own; a row that it stops goes to pydantic, which alone says whether anything is wrong, and what."""

from collections.abc import Container, Iterable, Mapping

from lscb_data import rule
from lscb_data.cell import PATTERNS, SPOILT
from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.figure import WHOLE
from lscb_data.period import Period, month_named, year_of
from lscb_data.rounding import DECIMALS
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold, has_lookalikes

TYPES = {
    "count": "bigint", "decimal": "decimal(28, 10)", "percent": "decimal(28, 10)", "month": "varchar", "year": "varchar",
    "date": "date", "code": "varchar", "text": "varchar", "identifier": "varchar", "rating": "varchar",
}  # fmt: skip
QUICK = "decimal(18, 8)"  # DuckDB reads text as one eighty times as fast as as decimal(28, 10)
FEW = 50  # texts that are compared one after another as quickly as they are hashed
LARGEST = 999_999_999  # fits in it, and two such numbers can be multiplied; larger and longer ones go to pydantic


def screen_sql(
    table: str,
    sheet: Sheet,
    codes: Mapping[str, CodeList],
    period: Period,
    missing: Iterable[str] = (),
    beside: Iterable[str] = (),
    also: str = "true",
    read: Container[str] = (),
) -> str:
    """A query of the sheet's rows, typed, with `stopped`: true where pydantic must look.

    `table` has the columns `row` and, as text ('' where blank), those of the sheet; the texts come out beside the values, as
    `<column>__text`. `missing`: the contract's symbols for a value that is not there. `beside`: other columns of the table
    to be passed on; `also`: what else of the table must be so; `read`: columns that the table has typed already. Of a row that
    is stopped the values say nothing.
    """
    typed, sure = ['"row"', *beside, f"{also} as sure"], ["sure"]
    for column in sheet.columns:
        name = quote(column.name)
        if column.name in read:
            typed += [name, *([quote(column.name + "__places")] if column.is_number else [])]
            continue
        value, ok = _column(column, codes, period, missing)
        typed += [f"{name} as {quote(column.name + '__text')}", f"{value} as {name}"]
        if column.is_number:
            typed.append(f"length(regexp_extract({name}, {literal(DECIMALS)}, 1)) as {quote(column.name + '__places')}")
        sure.append(f"coalesce({ok}, false)")
    # Each value is worked out once, below, and what is said of it above: the database would work it out twice.
    typed_rows = f"select {', '.join(typed)} from {quote(table)}"  # noqa: S608 - quoted, as all names here
    rules = [f"coalesce({rule.to_sql(one.must)}, true)" for one in sheet.rules]
    return f"select * exclude (sure), not ({' and '.join([*sure, *rules])}) as stopped from ({typed_rows})"  # noqa: S608


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(column: Column, codes: Mapping[str, CodeList], period: Period, missing: Iterable[str]) -> tuple[str, str]:
    """The column's typed value, of its text, and the condition, on text and value, under which nothing can be wrong."""
    name, text = quote(column.name), quote(column.name + "__text")
    blank = "false" if column.required or column.is_figure else f"{text} = ''"
    there = f"({blank} or {name} is not null)"
    if column.type in PATTERNS:
        value, ok = _number(column, missing)
        return value, f"({blank} or ({ok}))"
    if column.type in ("code", "month", "year"):
        sure = (
            codes[column.codes].sure
            if column.codes
            else _months(period)
            if column.type == "month"
            else _years(period, column.begins)
        )
        sure = {said: code for said, code in sure.items() if not has_lookalikes(said)}
        if column.total:
            sure = {k: v for k, v in sure.items() if fold(k) not in {fold(word) for word in column.total}}
        return _looked_up(f"lower({name})", sure), there
    if column.type == "date":
        # Of ten letters there is only one way to read either form; what has fewer is looked at more closely.
        shorter = f"regexp_full_match({name}, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}')"
        day = f"case when length({name}) = 10 or {shorter} then {name} end"
        known = f"{name} >= date '1000-01-01'"  # years that no return has go to pydantic
        return f"try_strptime({day}, ['%d/%m/%Y', '%Y-%m-%d'])::date", f"({blank} or {known})"
    if column.type == "rating":
        return name, "false"
    no_error = f"not starts_with({text}, '#') and not starts_with(lower({text}), 'err:')"
    matches = f" and regexp_full_match({text}, {literal(column.pattern)})" if column.pattern else ""
    if column.type == "identifier":
        # Few identifiers could be what Excel made of one; only those are looked at letter by letter.
        could_be = f"regexp_matches({text}, '[-/+]') or length({text}) > 15 or ends_with(lower({text}), 'e')"
        matches += f" and not case when {could_be} then regexp_full_match(lower({text}), {literal(SPOILT)}) else false end"
    return f"nullif({name}, '')", f"({blank} or ({text} <> ''{matches} and {no_error}))"


def _number(column: Column, missing: Iterable[str]) -> tuple[str, str]:
    name, text = quote(column.name), quote(column.name + "__text")
    if column.type == "count" and not column.pattern:
        quick = f"when regexp_full_match({name}, '[0-9]{{1,9}}') then {name}"  # as nearly all are written
        other = f"when regexp_full_match({name}, {literal(WHOLE)}) then replace({name}, ',', '')"
        value = f"try_cast(case {quick} {other} end as bigint)"
        inner, sure = text, [f"abs({name}) <= {LARGEST}", f"length(regexp_extract({text}, {literal(DECIMALS)}, 1)) <= 8"]
    else:
        take = f"regexp_extract({{}}, {literal(f'^(?:{column.pattern})$')}, 1)" if column.pattern else "{}"
        inner = take.format(text)
        plain = (
            f"case when regexp_full_match({take.format(name)}, {literal(PATTERNS[column.type])}) then {take.format(name)} end"
        )
        value = f"try_cast(replace(rtrim({plain}, '% '), ',', '') as {QUICK})"
        value = f"try_cast({value} as {TYPES[column.type]})"
        sure = [f"length(regexp_extract({inner}, {literal(DECIMALS)}, 1)) <= 8", f"abs({name}) <= {LARGEST}"]
    sure += [f"{name} >= {column.minimum}"] if column.minimum is not None else []
    sure += [f"{name} <= {column.maximum}"] if column.maximum is not None else []
    said = ", ".join(literal(word) for word in sorted({*missing, *column.words}))
    sure += [f"lower({one}) not in ({said})" for one in dict.fromkeys((text, inner)) if said]
    if column.type == "percent":  # 0.4 without a sign may be 40%
        sure += [f"(suffix({inner}, '%') or abs({name}) > 1 or {name} = 0)"]
    return value, " and ".join([f"{name} is not null", *sure])


def _looked_up(text: str, sure: Mapping[str, str]) -> str:
    """The code of a text: by comparison, or by a hash of the texts where there are many."""
    if len(sure) <= FEW:
        cases = " ".join(f"when {literal(said)} then {literal(code)}" for said, code in sure.items())
        return f"case {text} {cases} end" if sure else "null::varchar"
    known, meant = (", ".join(map(literal, one)) for one in (sure, sure.values()))
    return f"[{meant}][enum_code(try_cast({text} as enum ({known})))::integer + 1]"


def _years(period: Period, begins: bool) -> dict[str, str]:
    years = {year_of(month.start) for month in period.months()}
    return {str((one.start if begins else one.end).year): str(one) for one in years if period.contains(one)}


def _months(period: Period) -> dict[str, str]:
    forms = ("%b", "%B", "%b-%y", "%B %Y", "%Y-%m")
    texts = {m.start.strftime(form).lower(): m for m in period.months() for form in forms}
    year = year_of(period.start)
    return {text: str(m) for text, m in texts.items() if month_named(text, period) == m and year.contains(m)}
