"""What is to be said beside a figure before anybody acts on it: its limits, its chart, whether it changed, and its target."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import duckdb

from lscb_data.rounding import plainly

Remark = tuple[str, str]  # a name, and a sentence or two

_PLACE = " and ".join(
    f"{name} is not distinct from ${name}" for name in ("area_code", "breakdown_type", "breakdown", "period_type")
)
_SERIES = f"{_PLACE} and provider is not distinct from $provider"


def limits(value: Mapping[str, Any]) -> str | None:
    """The limits that a published value has: `25.52 to 57.74 (99.8%: 19.14 to 66.42)`. None where it has none."""
    if value.get("lower_998") is None:  # in a build of before there were any
        return None
    low, high, lowest, highest = (plainly(value[name]) for name in ("lower_95", "upper_95", "lower_998", "upper_998"))
    return f"{low} to {high} (99.8%: {lowest} to {highest})"


def remarks(connection: duckdb.DuckDBPyConnection, value: Mapping[str, Any]) -> Iterator[Remark]:
    """What the warehouse has to say of one row of published.indicator_values; nothing where it was built before it could."""
    with suppress(duckdb.CatalogException):
        yield from _changes(connection, value)
        yield from _chart(connection, value)
        yield from _said(connection, value, "published.indicator_{}", {})


def remarks_then(connection: duckdb.DuckDBPyConnection, value: Mapping[str, Any], as_at: datetime) -> Iterator[Remark]:
    """The signals, the standing among councils and the targets that readers saw beside the value at this moment, in UTC."""
    with suppress(duckdb.CatalogException):
        yield from _said(connection, value, "published.indicator_{}_as_at($as_at)", {"as_at": as_at})


def _of_series(value: Mapping[str, Any]) -> dict[str, Any]:
    names = ("area_code", "provider", "breakdown_type", "breakdown", "period_type")
    return {"code": value["indicator"]} | {name: value[name] for name in names}


def _changes(connection: duckdb.DuckDBPyConnection, value: Mapping[str, Any]) -> Iterator[Remark]:
    for against, before, was, change, judged, why in connection.execute(
        "select against, period_before, value_before, change, judged, why_none from published.indicator_changes($code)"  # noqa: S608 - our own names
        f" where period = $period and {_SERIES} order by against",
        _of_series(value) | {"period": value["period"]},
    ).fetchall():
        answer = f"; {change}, by the limits of the difference" if change else f". {why}"
        yield against.capitalize(), f"{before}: {plainly(was) if was is not None else 'not known'}{answer}" + _judged(judged)


def _said(
    connection: duckdb.DuckDBPyConnection, value: Mapping[str, Any], table: str, asked: Mapping[str, Any]
) -> Iterator[Remark]:
    """Signals, councils and targets, of the tables that are named so."""
    of_value = {**_of_series(value), "period": value["period"], **asked}
    for says, judged in connection.execute(
        f"select says, judged from {table.format('signals')} where indicator = $code and {_SERIES}"  # noqa: S608 - the same
        " and period_end >= $day and since <= $period order by period_end, signal",
        of_value | {"day": value["period_end"]},
    ).fetchall():
        yield "Signal", says.rstrip(".") + _judged(judged)
    for standing, far, pooled, councils, hidden, judged in connection.execute(
        "select standing, is_far_out, pooled_value, councils, hidden, judged"  # noqa: S608 - the same
        f" from {table.format('funnels')} where indicator = $code and period = $period and $provider is null and {_PLACE}",
        of_value,
    ).fetchall():
        wider = ", by the 99.8% limits too" if far else ""
        others = f" ({hidden} more hidden)" if hidden else ""
        said = f"{standing} what chance leaves of {plainly(pooled)} for all {councils}{others} together, in {value['period']}"
        yield "Councils", said + wider + _judged(judged)
    for says, set_by, source, rule, colour, reason in connection.execute(
        f"select says, set_by, source, rule, colour, reason from {table.format('targets')} where indicator = $code"  # noqa: S608 - the same
        " and area_code = $area_code and provider is not distinct from $provider and period_type = $period_type"
        " and period = $period and $breakdown_type is null order by set_by, says",
        {name: said for name, said in of_value.items() if name != "breakdown"},
    ).fetchall():
        yield "Target", f"{says} {set_by} ({source})." + (f" {rule}." if rule else "")
        yield "Colour", f"{colour}. {reason}" if colour else reason


def _chart(connection: duckdb.DuckDBPyConnection, value: Mapping[str, Any]) -> Iterator[Remark]:
    for low, centre, high, why, rebased_at, rebased_why in connection.execute(
        "select lower_limit, centre, upper_limit, why_none, rebased_at, rebased_why from published.indicator_series"  # noqa: S608 - the same
        f" where indicator = $code and {_SERIES} and $day between first_day and last_day",
        _of_series(value) | {"day": value["period_start"]},
    ).fetchall():
        text = why or f"mean {plainly(centre)}, limits {plainly(low)} to {plainly(high)}"
        yield "Chart", text + (f"; reckoned anew from {rebased_at} ({rebased_why})" if rebased_at else "")


def _judged(judged: str | None) -> str:
    return f"; {judged}" if judged else ""
