"""A warehouse told a handful of figures, to ask what it publishes: the SQL of `sql/` over a staging made up in the test."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa

from lscb_data import declared, ledger, sources, warehouse
from lscb_data.board import shipped
from lscb_data.contract import load_contracts
from lscb_data.decision import Answer
from lscb_data.figure import PERCENT, WHOLE, number, qualified
from lscb_data.figures import FIGURES
from lscb_data.groups import Groups
from lscb_data.indicator import Indicator
from lscb_data.period import parse
from lscb_data.rounding import places_of
from lscb_data.sql_files import read_table
from lscb_data.staging import record_schema

AREA = "E10000003"
KINDS = {
    "varchar": pa.string(), "bigint": pa.int64(), "integer": pa.int32(), "boolean": pa.bool_(), "date": pa.date32(),
    "uuid": pa.uuid(),
}  # fmt: skip
RECORDS = {  # staging's views of children's records, and their columns
    view: {name: KINDS[kind] for name, kind in columns.items()}
    for contract in load_contracts([shipped("schemas")]).returns.values()
    if contract.names_children
    for view, _, columns in sources.views(contract)
}
BY_COUNCIL = record_schema(load_contracts([shipped("schemas")])["ons__population_by_council"].sheets[0])
DAYS = read_table(shipped("sql") / "conformed" / "days.sql")
SUPPRESSED = object()  # the supplier's own letter for what it hides
Row = dict[str, Any]

POPULATION = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("submission_id", "cell", "area_code", "area", "age_range", "sex")),
        *(pa.field(name, pa.string()) for name in ("source", "licence")),
        *(pa.field(name, pa.date32()) for name in ("reference_date", "published")),
        *(pa.field(name, pa.int64()) for name in ("census_base", "population", "row")),
        pa.field("accepted", pa.bool_()),
    ]
)


TOLD = {
    "figures": {field.name: field.type for field in FIGURES},
    "submissions": sources.SUBMISSIONS,
    "ons__population": {field.name: field.type for field in POPULATION},
    "ons__population_by_council": {field.name: field.type for field in BY_COUNCIL},
    "corrections": sources.CORRECTIONS,
    "expected": sources.EXPECTED,
    "codes": declared.CODES,
    "board": dict.fromkeys(("name", "area_code", "area"), pa.string()),
}
OF_RECORDS = re.compile(r"(conformed|marts)[.](cp_.*|assessments|children|record_files|records_coverage)")


def indicator(code: str, kind: str = "flow", of: str = "", by: str = "", places: int = 0, **more: Any) -> Indicator:
    """An indicator of this kind; `of` names the measures above the line and `by` those below it."""
    more.setdefault("unit", {"percent": "percent", "share": "percent", "rate": "per 10,000 children"}.get(kind, "plans"))
    return Indicator(
        code=code,
        title=code.replace("_", " ").capitalize(),
        kind=kind,
        numerator=of.split() or [code],
        denominator=by.split(),
        places=places,
        definition="As the test says.",
        source="The test",
        **more,
    )


def figure(measure: str, period: str, value: Any, **more: Any) -> Row:
    """One cell of a return: a number, words such as `5 or under`, SUPPRESSED, or None for a blank."""
    when = parse(period)
    row: Row = dict.fromkeys(FIGURES.names) | {
        "submission_id": "return",
        "return": "csc__plans",
        "sheet": "Sheet",
        "accepted": True,
        "area_code": AREA,
        "measure": measure,
        "period_type": when.type,
        "period": period,
        "period_start": when.start,
        "period_end": when.end,
        "breakdown": "all",
        "unit": "plans",
        "status": "reported",
    }
    return row | _read(value) | more


def _read(value: Any) -> Row:
    if value is None:
        return {"status": "not_supplied"}
    if value is SUPPRESSED:
        return {"status": "suppressed", "printed": "c"}
    text = str(value)
    plain, bound = number(text, PERCENT), qualified(text, WHOLE)
    if plain is None and bound is None:
        return {"qualifier": text, "printed": text}
    read: Row = {"printed": text, "value": plain, "places": places_of(text)}
    return read | ({"low": bound.low, "high": bound.high, "qualifier": bound.qualifier} if bound else {})


def printed(code: str, period: str, value: Any, **more: Any) -> Row:
    """A figure that the supplier worked out itself, of this indicator."""
    return figure("", period, value) | {"measure": None, "prints": code} | more


def months(measure: str, first: str, *values: Any, **more: Any) -> list[Row]:
    """One figure a month, from the first month on."""
    year, month = int(first[:4]), int(first[5:])
    names = [f"{year + (month + n - 1) // 12}-{(month + n - 1) % 12 + 1:02}" for n in range(len(values))]
    return [figure(measure, name, value, **more) for name, value in zip(names, values, strict=True)]


def parts(measure: str, period: str, kind: str, **values: Any) -> list[Row]:
    """One figure for each part of a breakdown of this kind."""
    return [figure(measure, period, value, breakdown_type=kind, breakdown=name) for name, value in values.items()]


def submission(
    name: str = "return",
    *,
    period: str = "2014-15 Q4",
    standing: str = "accepted",
    secret: bool = False,
    received: date = date(2015, 4, 20),
    areas_superseded: Iterable[str] = (),
    cumulative: str | None = None,
) -> Row:
    """A receipt. What it says is public, unless it is secret."""
    when = parse(period)
    return dict.fromkeys(sources.SUBMISSIONS) | {
        "submission_id": name,
        "return": "csc__plans",
        "agency": "csc",
        "title": "Plans",
        "period": period,
        "period_start": when.start,
        "period_end": when.end,
        "file": f"{name}.xlsx",
        "standing": standing,
        "received_at": datetime(received.year, received.month, received.day, tzinfo=UTC),
        "rows_received": 1,
        "rows_accepted": 1,
        "rows_rejected": 0,
        "covers_from": when.start,
        "public": None if secret else "Published",
        "cumulative": cumulative,
        "areas_superseded": list(areas_superseded),
    }


def population(people: int, day: str = "2014-06-30", base: int = 2011, area: str = AREA) -> Row:
    """An estimate of the residents aged 0 to 17."""
    return {
        "submission_id": "ons",
        "cell": f"ons.csv!population!{area}{day}{base}",
        "row": 1,
        "accepted": True,
        "area_code": area,
        "area": area,
        "age_range": "0-17",
        "sex": "all",
        "reference_date": date.fromisoformat(day),
        "census_base": base,
        "population": people,
        "published": None,
        "source": "ONS",
        "licence": "OGL",
    }


@cache
def calendar() -> tuple[pa.Table, pa.Table]:
    """`conformed.days` and `staging.working_days`: the same whatever is told, worked out once."""
    with duckdb.connect() as connection:
        connection.execute("create schema staging")
        declared.fill_calendar(connection)
        return connection.sql(DAYS.query).to_arrow_table(), connection.sql("from staging.working_days").to_arrow_table()


@cache
def sql() -> list[warehouse.Table]:
    """Every table, in the order in which they can be built; those of days have the days worked out already."""
    every = warehouse.tables([shipped("sql")])
    return [replace(table, query="from every_day") if table == DAYS else table for table in every]


@cache
def empty() -> dict[str, str]:
    """What creates each table that holds nothing, by its name: far quicker than to fill it with no rows."""
    connection = duckdb.connect()
    for schema in warehouse.SCHEMAS:
        connection.execute(f"create schema {schema}")
    for name, columns in TOLD.items():
        declared.fill(connection, name, [], columns)
    for view, columns in RECORDS.items():
        declared.fill(connection, view, [], columns)
    sources.fill_findings(connection, ())
    sources.fill_answers(connection, ())
    declared.fill_indicators(connection, {})
    declared.fill_groups(connection, ())
    declared.fill_calendar(connection)
    sources.name_codes(connection)
    ledger.stage(connection, {})
    connection.register("every_day", calendar()[0])
    warehouse.create(connection, [replace(table, kind="table") for table in sql()])
    made = connection.execute("select schema_name || '.' || table_name, sql from duckdb_tables()").fetchall()
    return {
        name: re.sub(r"ENUM\(.*?\)", "VARCHAR", how).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS") for name, how in made
    }


@cache
def needed(asked: frozenset[str]) -> list[warehouse.Table]:
    """The tables that it takes to build these: all checks where their findings are among them."""
    found = set(asked)
    for table in sql()[::-1] * 2:  # each is read by later ones; twice, since the findings of the checks stand before them
        if table.full_name in found or (table.schema == "checks" and any(name.startswith("checks.") for name in found)):
            found |= {table.full_name, *table.reads}
    return [table for table in sql() if table.full_name in found]


def told(
    *figures: Row | list[Row],
    indicators: Iterable[Indicator],
    populations: Iterable[Row] = (),
    by_council: Iterable[Row] = (),
    submissions: Iterable[Row] = (),
    queries: Iterable[Row] = (),
    corrections: Iterable[Row] = (),
    answers: Iterable[Answer] = (),
    areas: Iterable[tuple[str, str, str]] = (("areas", AREA, "Cambridgeshire"),),
    records: Mapping[str, list[Row]] | None = None,
    known: Mapping[str, list[Path]] | None = None,
    groups: Iterable[Groups] = (),
) -> "Told":
    """The warehouse that these figures and records make. Each figure has a cell of its own."""
    receipts = [*(submissions or [submission()]), submission("ons", period="2014-15")]
    connection = duckdb.connect(config={"threads": 1})  # quicker for a handful of rows
    for schema in warehouse.SCHEMAS:
        connection.execute(f"create schema {schema}")
    told = {
        "figures": list(_rows(figures)),
        "submissions": [one | {"arrival": arrival} for arrival, one in enumerate(receipts, 1)],
        "ons__population": list(populations),
        "ons__population_by_council": list(by_council),
        "corrections": list(corrections),
        "codes": [dict(zip(("list", "code", "label"), one, strict=True)) for one in areas],
        "board": [{"name": "Board", "area_code": AREA, "area": "Cambridgeshire"}],
        **(records or {}),
    }
    for name, rows in told.items():
        if rows:
            declared.fill(connection, name, rows, TOLD.get(name) or RECORDS[name])
    for given, fill in ((queries, sources.fill_findings), (answers, sources.fill_answers), (groups, declared.fill_groups)):
        if given := list(given):
            fill(connection, given)
    declared.fill_indicators(connection, {one.code: ("topic", one) for one in indicators})
    if known:
        ledger.stage(connection, known)
    else:
        connection.execute("create table staging.build as select now()::timestamp as built_at")
    days, working_days = calendar()
    connection.register("every_day", days)
    connection.register("every_working_day", working_days)
    connection.execute("create table staging.working_days as from every_working_day")
    connection.execute("".join(how for name, how in empty().items() if name.startswith("staging.")))
    sources.name_codes(connection)
    return Told(connection, with_records=bool(records))


def _rows(figures: Iterable[Row | list[Row]]) -> Iterator[Row]:
    flat = (row for one in figures for row in (one if isinstance(one, list) else [one]))
    for at, row in enumerate(flat, 1):
        file = f"{row['submission_id']}.xlsx"
        yield row | {"row": row["row"] or at, "file": file, "cell": row["cell"] or f"{file}!{row['sheet']}!A{at}"}


class Told:
    """What was made of the figures: each table when it is first asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, with_records: bool = True) -> None:
        self._connection, self._with_records = connection, with_records
        self._made: set[str] = set()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The warehouse with all of its tables."""
        self._make(sql())
        return self._connection

    def _make(self, tables: list[warehouse.Table]) -> None:
        tables = [table for table in tables if table.full_name not in self._made]
        self._made |= {table.full_name for table in tables}
        if not self._with_records:
            empties = [table for table in tables if OF_RECORDS.fullmatch(table.full_name)]
            self._connection.execute("".join(empty()[table.full_name] for table in empties))
            tables = [table for table in tables if table not in empties]
        warehouse.create(self._connection, tables)

    def rows(self, query: str) -> list[SimpleNamespace]:
        self._make(needed(frozenset(re.findall(r"\b[a-z]+\.[a-z_]+", query))))
        answer = self._connection.execute(query)
        names = [column[0] for column in answer.description or []]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in answer.fetchall()]

    def row(self, code: str, period: str, breakdown: str = "all", **where: str) -> SimpleNamespace:
        """The one published row of this indicator and period. There is exactly one."""
        asked = {"indicator": code, "period": period, "breakdown": breakdown} | where
        found = [
            row for row in self.rows("from published.indicator_values") if all(getattr(row, k) == v for k, v in asked.items())
        ]
        assert len(found) == 1, f"{len(found)} rows of {asked}"
        return found[0]

    def value(self, code: str, period: str, breakdown: str = "all", **where: str) -> Decimal | None:
        return self.row(code, period, breakdown, **where).value

    def status(self, code: str, period: str, breakdown: str = "all", **where: str) -> str:
        return self.row(code, period, breakdown, **where).status

    def findings(self, code: str) -> list[str]:
        """What the check of this name says, or the checks that give this code."""
        own = next((f"({table.query})" for table in sql() if table.full_name == f"checks.{code}"), "checks.findings")
        found = self.rows(f"select message from {own} where code = '{code}' order by message")
        return [row.message for row in found]
