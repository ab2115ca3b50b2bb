"""The small language of a contract's `must`: one SQL condition, judged alike in the database and on one row.

Comparisons, `and or not`, `+ - *`, `is null`, `in`, `between`, `coalesce`, and
`agrees_percent(printed, part, whole)`: the printed percentage is the part of the whole, half-up at its own places.
A condition that cannot be decided, because a value is missing, is not broken. Numbers go with numbers, text with text,
days with days or with a day in quotes; a day less a day is a number of days. `period_start` and `period_end` are the
first and the last day of the return's period.
"""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from lscb_data.rounding import half_up

Value = Any  # Fraction, str, date, bool or None, as SQL's own values
Meaning = Callable[[Mapping[str, Value], Mapping[str, int]], Value]  # of a row's values, and their decimals as printed

_COMPARE: dict[type[exp.Expr], Callable[[Value, Value], bool]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
}
_RECKON: dict[type[exp.Expr], Callable[[Value, Value], Value]] = {
    exp.Add: lambda a, b: a + b,
    exp.Sub: lambda a, b: a - b,
    exp.Mul: lambda a, b: a * b,
}
_TRUTHS: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Boolean, exp.Anonymous, *_COMPARE,
)  # fmt: skip
PERIOD_DAYS = ("period_start", "period_end")  # in a condition: the first and the last day of the return's period
MOST_PLACES = 6  # a percentage worked out by Excel has fifteen digits: agreement at six places is agreement
_OTHER = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.Neg, exp.Is, exp.In, exp.Between, exp.Coalesce,
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean,
)  # fmt: skip


@lru_cache(maxsize=1000)
def parse_rule(must: str) -> exp.Expr:
    """Raises ValueError where the text is not SQL."""
    try:
        return sqlglot.parse_one(must, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        said = error.errors if isinstance(error, sqlglot.errors.ParseError) else []
        why = said[0]["description"] if said else "it cannot be read"
        raise ValueError(f"'{must}' is not a condition: {why}") from None


def check_rule(must: str, columns: Mapping[str, str]) -> None:
    """Raises ValueError where the condition is not of the language, or names a column that the sheet has not."""
    tree = parse_rule(must)
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() != "agrees_percent" or len(node.expressions) != 3:
                raise ValueError(f"'{must}': there is no function {node.name}; there is agrees_percent(printed, part, whole)")
            if not all(isinstance(part, exp.Column) for part in node.expressions):
                raise ValueError(f"'{must}': agrees_percent takes three columns")
        elif type(node) not in _COMPARE and type(node) not in _RECKON and not isinstance(node, _OTHER):
            raise ValueError(f"'{must}': {type(node).__name__} is not part of the language of rules")
        if isinstance(node, exp.Column) and (node.name not in columns or node.table):
            raise ValueError(f"'{must}': there is no column {node.sql()}")
        if isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null | exp.Boolean):
            raise ValueError(f"'{must}': `is` goes with null, true and false")
        if isinstance(node, exp.In) and not node.expressions:
            raise ValueError(f"'{must}': `in` needs a list")
    try:
        kind = _kind(tree, columns)
    except ValueError as error:
        raise ValueError(f"'{must}': {error}") from None
    if kind != "truth":
        raise ValueError(f"'{must}' is not a condition: it gives a {kind}")


def _kind(node: exp.Expr, columns: Mapping[str, str]) -> str:
    """What the part of a condition gives: a number, text, a day, a truth, or nothing. ValueError where parts clash."""
    if isinstance(node, exp.Paren):
        return _kind(node.this, columns)
    if isinstance(node, exp.Column):
        type_ = columns[node.name]
        return "number" if type_ in ("count", "decimal", "percent") else "day" if type_ == "date" else "text"
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    if isinstance(node, exp.Null):
        return "nothing"
    if isinstance(node, exp.Boolean):
        return "truth"
    parts = [child for child in node.iter_expressions() if not isinstance(child, exp.Identifier)]
    kinds = [_kind(child, columns) for child in parts]
    said = {"day"} if _day_in_quotes(parts, kinds) else set(kinds) - {"nothing"}
    if isinstance(node, exp.Anonymous | exp.Neg) or type(node) in _RECKON:
        if type(node) is exp.Sub and said == {"day"}:
            return "number"
        wanted = {"number"}
    elif isinstance(node, exp.And | exp.Or | exp.Not):
        wanted = {"truth"}
    else:
        wanted = said if len(said) == 1 else set()
    if not said <= wanted:
        raise ValueError(f"'{node.sql()}' cannot be worked out from {' and '.join(sorted(said))}")
    return "truth" if isinstance(node, _TRUTHS) else (wanted & said or {"nothing"}).pop()


def _day_in_quotes(parts: list[exp.Expr], kinds: list[str]) -> bool:
    """Whether the parts are days and texts that are days, `2015-03-31`."""
    if set(kinds) - {"nothing"} != {"day", "text"}:
        return False
    texts = [part for part, kind in zip(parts, kinds, strict=True) if kind == "text"]
    try:
        return all(isinstance(part, exp.Literal) and len(part.this) == 10 and date.fromisoformat(part.this) for part in texts)
    except ValueError:
        return False


@lru_cache(maxsize=1000)
def columns_of(must: str) -> tuple[str, ...]:
    """The columns that the condition reads, in order."""
    read = dict.fromkeys(node.name for node in parse_rule(must).find_all(exp.Column))
    return tuple(name for name in read if name not in PERIOD_DAYS)


def in_period(must: str, start: date, end: date) -> str:
    """The condition for one period: its days in the place of the words for them."""
    days = dict(zip(PERIOD_DAYS, (start, end), strict=True))

    def day(node: exp.Expr) -> exp.Expr:
        known = isinstance(node, exp.Column) and node.name in days
        return exp.Literal.string(days[node.name].isoformat()) if known else node

    return parse_rule(must).copy().transform(day).sql("duckdb") if set(PERIOD_DAYS) & _words(must) else must


def _words(must: str) -> set[str]:
    return {node.name for node in parse_rule(must).find_all(exp.Column)}


def holds(must: str, values: Mapping[str, Value], places: Mapping[str, int]) -> bool | None:
    """Whether the row keeps the rule; None where a missing value leaves it open. `places`: decimals as printed."""
    found = _condition(must)(values, places)
    return None if found is None else bool(found)


@lru_cache(maxsize=1000)
def _condition(must: str) -> Meaning:
    return _meaning(parse_rule(must))


def _meaning(node: exp.Expr) -> Meaning:
    """What the part of a condition is worth on a row: looked through once, and not for every row again."""
    match node:
        case exp.Paren():
            return _meaning(node.this)
        case exp.Column():
            name = node.name
            return lambda values, places: values[name]
        case exp.Literal():
            said = node.this if node.is_string else Fraction(node.this)
            return lambda values, places: said
        case exp.Boolean():
            truth = bool(node.this)
            return lambda values, places: truth
        case exp.Null():
            return lambda values, places: None
        case exp.Anonymous():
            return _agreement(node.expressions[0].name, *map(_meaning, node.expressions))
        case exp.In():
            return _worked_out(_any_equal, node.this, *node.expressions)
        case exp.Between():
            return _worked_out(_between, node.args["low"], node.this, node.args["high"])
        case exp.Coalesce():
            return _worked_out(
                lambda *given: next((one for one in given if one is not None), None), node.this, *node.expressions
            )
        case exp.And() | exp.Or():
            deciding = isinstance(node, exp.Or)
            return _worked_out(lambda *sides: _together(deciding, sides), node.left, node.right, alike=False)
        case exp.Is():
            return _worked_out(lambda one, other: one is other, node.this, node.expression, alike=False)
        case exp.Not():
            return _worked_out(lambda one: None if one is None else not one, node.this)
        case exp.Neg():
            return _worked_out(lambda one: None if one is None else -one, node.this)
    if type(node) is exp.Sub:
        return _worked_out(_less, node.this, node.expression)
    act = _COMPARE.get(type(node)) or _RECKON[type(node)]
    return _worked_out(lambda one, other: None if one is None or other is None else act(one, other), node.this, node.expression)


def _worked_out(act: Callable[..., Value], *parts: exp.Expr, alike: bool = True) -> Meaning:
    meanings = [_meaning(part) for part in parts]
    if alike:
        return lambda values, places: act(*_alike(*[meaning(values, places) for meaning in meanings]))
    return lambda values, places: act(*[meaning(values, places) for meaning in meanings])


def _first(*given: Value) -> Value:
    return next((one for one in given if one is not None), None)


def _together(deciding: bool, sides: tuple[Value, ...]) -> bool | None:
    """`or`, where true decides, and `and`, where false does."""
    if deciding in sides:
        return deciding
    return None if None in sides else not deciding


def _between(low: Value, middle: Value, high: Value) -> bool | None:
    bounds = [None if None in (low, middle) else low <= middle, None if None in (middle, high) else middle <= high]
    return False if False in bounds else (None if None in bounds else True)


def _less(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    return Fraction((one - other).days) if isinstance(one, date) else one - other


def _agreement(name: str, printed: Meaning, part: Meaning, whole: Meaning) -> Meaning:
    def agrees(values: Mapping[str, Value], places: Mapping[str, int]) -> bool | None:
        said, over, under = (one(values, places) for one in (printed, part, whole))
        if None in (said, over, under) or under <= 0 or over < 0:
            return None
        shown = min(places.get(name, 0), MOST_PLACES)
        return half_up(Fraction(over) * 100 / Fraction(under), shown) == half_up(said, MOST_PLACES)

    return agrees


def _alike(*values: Value) -> tuple[Value, ...]:
    """The values, texts that stand beside days as days."""
    if any(isinstance(one, date) for one in values):
        return tuple(date.fromisoformat(one) if isinstance(one, str) else one for one in values)
    return values


def _any_equal(value: Value, *items: Value) -> bool | None:
    if value is None:
        return None
    return True if value in items else (None if None in items else False)


def to_sql(must: str) -> str:
    """The condition as DuckDB reads it, over typed columns and their `<column>__places`."""

    def spell(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous):
            return node
        printed, part, whole = (item.sql("duckdb", identify=True) for item in node.expressions)
        ten = f'(10 ** least("{node.expressions[0].name}__places", {MOST_PLACES}))::bigint'
        # In ten-thousand-millionths, for a part and a whole may be decimals too.
        part, whole = (f"({one}::decimal(28, 10) * 10000000000)::hugeint" for one in (part, whole))
        return sqlglot.parse_one(
            f"case when {whole} > 0 and {part} >= 0 then round({printed}, {MOST_PLACES}) * {ten}"
            f" = ({part} * 200 * {ten} + {whole}) // (2 * {whole}) end",
            read="duckdb",
        )

    return parse_rule(must).copy().transform(spell).sql("duckdb", identify=True)
