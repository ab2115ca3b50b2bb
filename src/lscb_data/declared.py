"""What was declared, as tables of `staging`: indicators with what was set for them, groups, code lists and working days."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from lscb_data.contract import Contracts
from lscb_data.groups import Groups
from lscb_data.indicator import Indicator
from lscb_data.working_days import working_days

INDICATORS = {
    "code": pa.string(), "topic": pa.string(), "title": pa.string(), "kind": pa.string(), "unit": pa.string(),
    "numerator": pa.list_(pa.string()), "denominator": pa.list_(pa.string()),
    "parts": pa.list_(pa.list_(pa.string())), "part_of": pa.list_(pa.string()), "left_out": pa.list_(pa.string()),
    "places": pa.int32(), "per": pa.int64(),
    **dict.fromkeys(("age_range", "sex", "people"), pa.string()), "census_base": pa.int64(),
    "definition": pa.string(), "source": pa.string(), "polarity": pa.string(), "breakdown_types": pa.list_(pa.string()),
    "caveats": pa.string(),
}  # fmt: skip
GROUPS = {
    **dict.fromkeys(("group_set", "title", "source", "licence", "group_code", "area_code", "member_code"), pa.string()),
    "member_rank": pa.int32(), "closeness": pa.string(), "since": pa.date32(), "until": pa.date32(),
}  # fmt: skip
BOUND = pa.decimal128(18, 4)
TARGETS = {
    **dict.fromkeys(("target", "indicator", "area_code", "says", "set_by", "source", "rule"), pa.string()),
    "valid_from": pa.date32(), "valid_until": pa.date32(),
}  # fmt: skip
BANDS = {
    "target": pa.string(), "place": pa.int32(), "colour": pa.string(), "words": pa.string(),
    **dict.fromkeys(("at_least", "above", "at_most", "below"), BOUND),
}  # fmt: skip
REBASED = {
    **dict.fromkeys(("indicator", "area_code", "period"), pa.string()), "based_from": pa.date32(), "based_until": pa.date32(),
    "decided_on": pa.date32(), "decided_by": pa.string(), "reason": pa.string(),
}  # fmt: skip
CODES = {
    **dict.fromkeys(("list", "code", "label"), pa.string()),
    **dict.fromkeys(("valid_from", "valid_until"), pa.date32()), "became": pa.list_(pa.string()),
    "former": pa.list_(pa.string()), "former_until": pa.list_(pa.date32()),
}  # fmt: skip


def fill(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: list[dict[str, Any]],
    columns: Mapping[str, Any],
    select: str = "*",
    chosen: str = "",
) -> None:
    """`staging.<name>`: these rows."""
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))
    connection.register("filling", table)
    connection.execute(f"create table staging.{name} as select {select} from filling {chosen}")  # noqa: S608 - our own names
    connection.unregister("filling")


def fill_indicators(connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, tuple[str, Indicator]]) -> None:
    """`staging.indicators`, and what was set for them: `targets` with their `bands`, and what is `rebased`."""
    declared = [one for _, one in indicators.values()]
    held = [one.model_dump() | {"topic": topic} | _of_whom(one) for topic, one in indicators.values()]
    fill(connection, "indicators", held, INDICATORS)
    targets = [
        one.model_dump(include={"says", "set_by", "source"})
        | {"target": f"{of.code}:{at}", "indicator": of.code, "area_code": one.area, "rule": one.rule}
        | {"valid_from": one.from_, "valid_until": one.until, "bands": one.bands}
        for of in declared
        for at, one in enumerate(of.targets, 1)
    ]
    bands = [
        band.model_dump() | {"target": target["target"], "place": place, "words": band.words}
        for target in targets
        for place, band in enumerate(target["bands"], 1)
    ]
    fill(connection, "targets", [{name: one[name] for name in TARGETS} for one in targets], TARGETS)
    fill(connection, "bands", bands, BANDS)
    rebased = [
        one.model_dump(include={"decided_on", "decided_by", "reason"})
        | {"indicator": of.code, "area_code": one.area, "period": one.from_}
        | {"based_from": one.begins.start, "based_until": one.ends and one.ends.end}
        for of in declared
        for one in of.rebased
    ]
    fill(connection, "rebased", rebased, REBASED)


def _of_whom(one: Indicator) -> dict[str, Any]:
    """The population of a rate; nothing of what is no rate."""
    if one.kind != "rate":
        return {"per": None}
    return one.population.model_dump(include={"sex", "census_base"}) | {
        "age_range": one.population.ages,
        "people": f"residents {one.population.words}",
    }


def fill_groups(connection: duckdb.DuckDBPyConnection, groups: Iterable[Groups]) -> None:
    """`staging.groups`: each member of each group."""
    rows = [
        {
            "group_set": one.set, "title": one.title, "since": one.since, "until": one.until, "source": one.source,
            "licence": one.licence, "group_code": member.group, "area_code": member.area, "member_code": member.member,
            "member_rank": member.rank, "closeness": member.closeness,
        }
        for one in groups
        for member in one.members
    ]  # fmt: skip
    fill(connection, "groups", rows, GROUPS)


def fill_codes(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> None:
    """`staging.codes`: each code of each list, with its days and what became of it."""
    codes = [
        {"list": name, "code": code.code, "label": code.label}
        | {"valid_from": code.since, "valid_until": code.until, "became": list(code.became)}
        | {"former": [former for former, _ in code.former], "former_until": [day for _, day in code.former]}
        for name, codes in contracts.codes.items()
        for code in codes.codes
    ]
    fill(connection, "codes", codes, CODES)


def fill_calendar(connection: duckdb.DuckDBPyConnection) -> None:
    """`staging.working_days`: each day with the number of England's working days up to it."""
    days, numbers = zip(*working_days(), strict=True)
    calendar = pa.table({"day": pa.array(days, pa.date32()), "working_day_number": pa.array(numbers, pa.int64())})
    connection.register("filling", calendar)
    connection.execute("create table staging.working_days as from filling")
    connection.unregister("filling")
