"""From a published figure back to the cells it was made of, step by step; and from a cell on to every figure that it feeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from lscb_data.explain import Explained, explain, rows
from lscb_data.finding import UserError
from lscb_data.rounding import plainly

MOST_ROWS = 50  # of a file of records that are named one by one; the rest is counted
_STARTED = {  # which of the plans that started a measure counts, as marts.cp_started does
    "cp_plans_started_with_transfers": "true",
    "cp_plans_started": "not transfer_in",
    "cp_transfers_in": "transfer_in",
    "cp_plans_started_first": "not transfer_in and not is_subsequent",
    "cp_reregistrations_with_transfers": "is_subsequent",
    "cp_reregistrations": "is_subsequent and not transfer_in",
    "cp_reregistrations_within_24_months_with_transfers": "is_within_24_months",
    "cp_reregistrations_within_24_months": "is_within_24_months and not transfer_in",
    "cp_reregistrations_in_year_with_transfers": "is_in_year",
    "cp_reregistrations_in_year": "is_in_year and not transfer_in",
}
_PARTS = {
    "age": "age",
    "sex": "coalesce(sex::varchar, 'U')",
    "ethnicity": "coalesce(ethnicity::varchar, 'not_known')",
    "category_initial": "coalesce(category_initial::varchar, 'not_known')",
    "category_of_abuse": "coalesce(category_latest::varchar, 'not_known')",
}
_LOOKED_AT = {  # which other plans the counting looked at, by what the measure's name begins with
    "cp_plans_open": "started <= $end and open_until > $end",
    "cp_plans_over_two_years": "started <= $end and open_until > $end",
    "cp_plans_ended": "ended between $start and $end",
}


@dataclass(frozen=True)
class Step:
    """One step on the way: how far from the figure, what it is, where it stands, what it says there, and a remark."""

    depth: int
    what: str
    where: str
    said: str = ""
    remark: str = ""


def back(
    connection: duckdb.DuckDBPyConnection, code: str, period: str, area: str | None = None, breakdown: str | None = None
) -> list[Step]:
    """The steps behind each figure of this indicator and period: its versions, its definition, the measures that were added
    up, their cells with what is printed there, and what was found, corrected and answered about each.

    Raises UserError, saying what there is, where there is no such figure.
    """
    found = explain(connection, code, period, area, breakdown)
    return [step for one in found.explained for step in _behind(connection, found.indicator, one)]


def onward(connection: duckdb.DuckDBPyConnection, cell: str) -> list[Step]:
    """The steps from one cell (`file!sheet!A1`) to every published figure that it feeds.

    Raises UserError where no figure is made of such a cell.
    """
    fed = rows(
        connection,
        """
        select distinct l.*, v.unit, v.status, v.area, v.period_start
        from audit.lineage as l
        inner join published.indicator_values as v
            on v.indicator = l.indicator and v.area_code = l.area_code and v.provider is not distinct from l.provider
            and v.period_type = l.period_type and v.period = l.period
            and v.breakdown_type is not distinct from l.breakdown_type and v.breakdown = l.breakdown
        where l.cell = $cell or ends_with(l.cell, '/' || $cell)
        order by l.cell, l.indicator, l.area_code, v.period_start, l.period, l.breakdown
        """,
        cell=cell,
    )
    if not fed:
        raise UserError(
            f"No published figure is made of a cell '{cell}'. Name it as lscb explain does: "
            "2014-15-Q1/marac/marac.xlsx!MARAC!B5."
        )
    return [*_cells(connection, fed), *(Step(1, "figure", _name(one), _value(one)) for one in fed)]


def _cells(connection: duckdb.DuckDBPyConnection, fed: list[dict[str, Any]]) -> Iterator[Step]:
    for cell, printed, submission in dict.fromkeys((one["cell"], one["printed"], one["submission_id"]) for one in fed):
        yield Step(0, "cell", cell, _quoted(printed))
        yield from _submission(connection, submission)


def _behind(connection: duckdb.DuckDBPyConnection, indicator: dict[str, Any], one: Explained) -> Iterator[Step]:
    value = one.value
    yield Step(0, "figure", _name(value), _value(value), value["note"] or "")
    yield from _versions(connection, value)
    yield Step(1, "definition", indicator["indicator"], indicator["definition"], indicator["source"])
    if one.population:
        people = one.population
        yield Step(1, "population", people["cell"], f"{people['population']:,}", people["source"])
    for part in ("numerator", "denominator"):
        measures = indicator[part] or []
        said = plainly(value[part]) if len(measures) == 1 and value[part] is not None else ""
        yield from (Step(1, part, f"marts.measures: {measure}, {value['period']}", said) for measure in measures)
    found = {finding["cell"]: finding for finding in one.findings}
    last = None
    for cell in one.cells:
        if cell["submission_id"] != last:
            last = cell["submission_id"]
            yield from _submission(connection, last)
        yield Step(2, "cell", cell["cell"], _quoted(cell["printed"]), str(cell["of_what"] or ""))
        if cell["printed"] is not None:
            agreed = "select distinct corrected from conformed.observations where cell = $cell and corrected is not null"
            yield from (
                Step(3, "correction", cell["cell"], made["corrected"]) for made in rows(connection, agreed, cell=cell["cell"])
            )
        if finding := found.get(cell["cell"]):
            yield Step(3, str(finding["severity"]), finding["code"], finding["message"], finding["fix"])
        if value["status"] != "suppressed":
            yield from _records(connection, value, indicator, cell)


def _versions(connection: duckdb.DuckDBPyConnection, value: dict[str, Any]) -> Iterator[Step]:
    """How the figure was published before, the latest first."""
    known = rows(
        connection,
        """
        from audit.figure_versions
        where indicator = $indicator and area_code is not distinct from $area_code and provider is not distinct from $provider
            and period_type = $period_type and period = $period
            and breakdown_type is not distinct from $breakdown_type and breakdown = $breakdown
        order by known_from desc
        """,
        **{name: value[name] for name in ("indicator", "area_code", "provider", "period_type", "period")},
        **{name: value[name] for name in ("breakdown_type", "breakdown")},
    )
    for one in known:
        until = f" until {one['known_until']:%Y-%m-%d %H:%M}" if one["known_until"] else ""
        said = _value(one) if one["is_published"] else "not published"
        yield Step(1, "known", f"from {one['known_from']:%Y-%m-%d %H:%M}{until} UTC", said)


def _submission(connection: duckdb.DuckDBPyConnection, submission: str | None) -> Iterator[Step]:
    for one in rows(connection, "from audit.submissions where submission_id = $id", id=submission):
        came = f"received {one['received_at']:%Y-%m-%d} by {one['received_by']}; {one['standing']}"
        yield Step(
            1, "submission", one["submission_id"], came, f"contract {one['contract_sha256'][:12]}, file {one['sha256'][:12]}"
        )


def _records(
    connection: duckdb.DuckDBPyConnection, value: dict[str, Any], indicator: dict[str, Any], cell: dict[str, Any]
) -> Iterator[Step]:
    """The rows of a file of plans that were counted, or that the counting looked at. They are named by their number alone, and
    of a sum together: a part of it may be a small count that is hidden."""
    if cell["of_what"] != "plans":
        return
    given = {"area_code": value["area_code"], "submission": cell["submission_id"]}
    of_file = "area_code = $area_code and submission_id = $submission"
    for measures in (indicator["numerator"] or [], indicator["denominator"] or []):
        where = f"{cell['cell']}: {' + '.join(measures)}"
        if measures and set(measures) <= set(_STARTED):
            counted = " or ".join(f"({_STARTED[measure]})" for measure in measures)
            dates = {"start": value["period_start"], "end": value["period_end"]}
            asked = f"from marts.cp_starts where {of_file} and started between $start and $end"
            if part := _PARTS.get(value["breakdown_type"]):
                asked, dates = f"{asked} and {part} = $breakdown", dates | {"breakdown": value["breakdown"]}
            for condition, said in ((counted, "counted"), (f"({counted}) is null", "that may be: it cannot be known")):
                found = rows(connection, f"select row {asked} and ({condition}) order by row", **given, **dates)
                if found or condition == counted:
                    yield Step(3, "rows", where, f"{len(found):,} plans {said}", _numbered(found))
        elif condition := next((one for begins, one in _LOOKED_AT.items() if measures and measures[0].startswith(begins)), ""):
            dates = {name: value[f"period_{name}"] for name in ("start", "end") if f"${name}" in condition}
            asked = f"select row from conformed.cp_plans where is_counted and {of_file} and {condition} order by row"  # noqa: S608
            found = rows(connection, asked, **given, **dates)
            yield Step(3, "rows", where, f"{len(found):,} plans looked at", _numbered(found))


def _numbered(found: list[dict[str, Any]]) -> str:
    named = ", ".join(str(one["row"]) for one in found[:MOST_ROWS])
    more = f" and {len(found) - MOST_ROWS:,} more" if len(found) > MOST_ROWS else ""
    return f"rows {named}{more}" if found else ""


def _name(value: dict[str, Any]) -> str:
    parts = (value["indicator"], value["area"], value["provider"], value["period"], value["breakdown_type"])
    named = [str(part) for part in parts if part]
    return ", ".join(named + ([value["breakdown"]] if value["breakdown"] != "all" else []))


def _value(value: dict[str, Any]) -> str:
    return f"{plainly(value['value'])} {value.get('unit') or ''}".strip() if value["value"] is not None else value["status"]


def _quoted(printed: Any) -> str:
    return "" if printed is None else f"'{printed}'"
