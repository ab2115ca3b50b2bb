"""The contract's row rules as one query over all rows at once. A row that it lets through is surely valid and its typed
values are pydantic's own; a row that it stops goes to pydantic, which alone says whether anything is wrong, and what."""

from collections.abc import Iterable, Mapping

from lscb_data import rule
from lscb_data.cell import PATTERNS
from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.contract import Sheet
from lscb_data.period import Period, month_named, year_of
from lscb_data.rounding import DECIMALS
from lscb_data.spelling import fold, has_lookalikes

TYPES = {
    "count": "bigint", "decimal": "decimal(28, 10)", "percent": "decimal(28, 10)", "month": "varchar",
    "date": "date", "code": "varchar", "text": "varchar", "identifier": "varchar", "rating": "varchar",
}  # fmt: skip
QUICK = "decimal(18, 8)"  # DuckDB reads text as one eighty times as fast as as decimal(28, 10)
LARGEST = 999_999_999  # fits in it, and two such numbers can be multiplied; larger and longer ones go to pydantic


def screen_sql(table: str, sheet: Sheet, codes: Mapping[str, CodeList], period: Period, missing: Iterable[str] = ()) -> str:
    """A query of the sheet's rows, typed, with `stopped`: true where pydantic must look.

    `table` has the columns `row` and, as text ('' where blank), those of the sheet. `missing`: the contract's symbols
    for a value that is not there.
    """
    typed, sure = [], []
    for column in sheet.columns:
        value, ok = _column(column, codes, period, missing)
        name = quote(column.name)
        typed.append(f"{value} as {name}")
        if column.is_number:
            places = f"length(regexp_extract({name}, {literal(DECIMALS)}, 1))"
            typed.append(f"{places} as {quote(column.name + '__places')}")
        sure.append(f"coalesce({ok}, false)")
    typed_rows = f'select "row", {", ".join(typed)}, {" and ".join(sure)} as sure from {quote(table)}'  # noqa: S608
    rules = "".join(f" and coalesce({rule.to_sql(one.must)}, true)" for one in sheet.rules)
    return f"select * exclude (sure), not (sure{rules}) as stopped from ({typed_rows})"  # noqa: S608


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(column: Column, codes: Mapping[str, CodeList], period: Period, missing: Iterable[str]) -> tuple[str, str]:
    """The column's typed value, and the condition under which nothing can be wrong with its text."""
    name = quote(column.name)
    blank = "false" if column.required or column.is_figure else f"{name} = ''"
    if column.type in PATTERNS:
        inner = f"regexp_extract({name}, {literal(f'^(?:{column.pattern})$')}, 1)" if column.pattern else name
        value = f"try_cast(replace(rtrim({inner}, '% '), ',', '') as {QUICK})"
        bounds = [f"{value} >= {column.minimum}"] if column.minimum is not None else []
        bounds += [f"{value} <= {column.maximum}"] if column.maximum is not None else []
        said = ", ".join(literal(text) for text in sorted({*missing, *column.words}))
        bounds += [f"lower({text}) not in ({said})" for text in dict.fromkeys((name, inner)) if said]
        if column.type == "percent":  # 0.4 without a sign may be 40%
            bounds += [f"(suffix({inner}, '%') or abs({value}) > 1 or {value} = 0)"]
        bounds += [f"length(regexp_extract({inner}, {literal(DECIMALS)}, 1)) <= 8", f"abs({value}) <= {LARGEST}"]
        ok = " and ".join([f"regexp_full_match({inner}, {literal(PATTERNS[column.type])})", *bounds])
        value = f"case when {ok} then {value} end"
        return f"try_cast({value} as {TYPES[column.type]})", f"({blank} or {value} is not null)"
    if column.type in ("code", "month"):
        sure = codes[column.codes].sure if column.codes else _months(period)
        sure = {text: code for text, code in sure.items() if not has_lookalikes(text)}
        if column.total:
            sure = {k: v for k, v in sure.items() if fold(k) not in {fold(word) for word in column.total}}
        cases = " ".join(f"when {literal(text)} then {literal(code)}" for text, code in sure.items())
        value = f"case lower({name}) {cases} end"
        return value, f"({blank} or {value} is not null)"
    if column.type == "date":
        uk = f"regexp_full_match({name}, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}')"
        iso = f"regexp_full_match({name}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        when_uk, when_iso = (f"try_strptime({name}, '{form}')" for form in ("%d/%m/%Y", "%Y-%m-%d"))
        value = f"case when {uk} then {when_uk} when {iso} then {when_iso} end::date"
        value = f"case when {value} >= date '0001-01-01' then {value} end"  # what Python calls a date
        return value, f"({blank} or {value} is not null)"
    if column.type == "rating":
        return name, "false"
    no_error = f"not starts_with({name}, '#') and not starts_with(lower({name}), 'err:')"
    matches = f" and regexp_full_match({name}, {literal(column.pattern)})" if column.pattern else ""
    return f"nullif({name}, '')", f"({blank} or ({name} <> ''{matches} and {no_error}))"


def _months(period: Period) -> dict[str, str]:
    forms = ("%b", "%B", "%b-%y", "%B %Y", "%Y-%m")
    texts = {m.start.strftime(form).lower(): m for m in period.months() for form in forms}
    year = year_of(period.start)
    return {text: str(m) for text, m in texts.items() if month_named(text, period) == m and year.contains(m)}
