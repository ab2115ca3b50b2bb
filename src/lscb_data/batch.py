"""Judge a submission as a batch, inside DuckDB: its size, its totals, what must be unique or complete.

Great Expectations judges. It is imported only when there is something to judge, or time for it: it costs seconds.
No value of a column is kept: only counts, totals and the rows that a contract's own query selects.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

NO_ROWS = "no_rows"
MOST_ROWS = 200
MENDED_VERSION = "1.24.1"  # of great_expectations; at another, look again whether it needs the mends

_NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
# A largest value or a median is one row's value; these figures are nobody's.
_TELLABLE = ("row_count", "column_count", "unique_value_count", "proportion", "sum", "mean", "stdev")


@dataclass(frozen=True)
class Expectation:
    """One line of a contract's `batch`: what a table of the submission must be like as a whole."""

    code: str
    table: str
    expect: str
    arguments: Mapping[str, Any]
    query: str | None = None


@dataclass(frozen=True)
class Breach:
    """An expectation not met: what was seen, and how many rows or values offend (a total is one value)."""

    code: str
    table: str
    observed: str
    rows: tuple[Mapping[str, Any], ...]
    count: int


class BrokenExpectation(Exception):  # noqa: N818  (it says what it is)
    """An expectation that cannot be asked: the contract is at fault, not the data."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


def prepare() -> None:
    """Import Great Expectations and teach it DuckDB: seconds, the first time, to be had while something else is awaited."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    log = logging.getLogger("great_expectations")
    log.handlers, log.propagate = [logging.NullHandler()], False  # its errors quote values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _mend()


def judge(connection: DuckDBPyConnection, expectations: Sequence[Expectation]) -> list[Breach]:
    """The expectations that the submission in this database does not meet, in the contract's order."""
    if not expectations:
        return []
    prepare()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked = [_ask(place, each) for place, each in enumerate(expectations)]
        source = _source(connection, _views(connection, expectations))
        results: dict[int, Any] = {}
        for table in {each.table for each in expectations}:
            of_table = [ask for ask, each in zip(asked, expectations, strict=True) if each.table == table]
            results |= _results(source, table, of_table)
        judged = [_breach(connection, n, each, results[n]) for n, each in enumerate(expectations)]
    return [breach for breach in judged if breach]


def _ask(place: int, expectation: Expectation) -> Any:
    """An expectation in the terms of Great Expectations, marked with its place in the contract."""
    from great_expectations import expectations as known

    name, arguments = expectation.expect.title().replace("_", ""), dict(expectation.arguments)
    if (expectation.expect == NO_ROWS) != (expectation.query is not None):
        raise BrokenExpectation(expectation.code, f"`{NO_ROWS}` needs a query, and nothing else has one")
    if expectation.query is not None:  # in a view; unless it sees `{batch}`, a warning is printed
        name = "UnexpectedRowsExpectation"
        arguments["unexpected_rows_query"] = f"from {NO_ROWS}_{place} /* {{batch}} */"
    elif not (expectation.expect.startswith("expect_") and hasattr(known, name)):
        raise BrokenExpectation(expectation.code, f"there is no expectation {expectation.expect}")
    try:
        return getattr(known, name)(**arguments, meta={"place": place}, result_format=_NO_VALUES)
    except Exception as fault:
        raise BrokenExpectation(expectation.code, " ".join(str(fault).split())) from fault


def _views(connection: DuckDBPyConnection, expectations: Sequence[Expectation]) -> list[str]:
    """The statements that name each query by its place, lest its braces and colons be read on the way."""
    tables = {table for (table,) in connection.execute("show tables").fetchall()}
    views = []
    for place, each in enumerate(expectations):
        if each.table not in tables:
            raise BrokenExpectation(each.code, f"there is no table {each.table}")
        if each.query is not None:
            views.append(f"create temp view {NO_ROWS}_{place} as {each.query}")
            try:
                connection.execute(views[-1])
            except duckdb.Error as fault:
                raise BrokenExpectation(each.code, _fault(str(fault))) from None
    return views


def _source(connection: DuckDBPyConnection, views: list[str]) -> Any:
    """The open database as Great Expectations sees it; nothing is written beside it."""
    import great_expectations
    from duckdb_sqlalchemy import ConnectionWrapper
    from great_expectations.data_context.types import base

    def connect() -> ConnectionWrapper:
        cursor = connection.cursor()
        for view in views:  # a cursor sees no temporary view but its own
            cursor.execute(view)
        return ConnectionWrapper(cursor)

    config = base.DataContextConfig(  # the one get_context would make has a folder in /tmp
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    context: Any = great_expectations.get_context(config, mode="ephemeral")  # its stub leaves `kwargs` out
    how = {
        "creator": connect,  # an address would have the `$` of a path read
        "isolation_level": "AUTOCOMMIT",  # in one transaction, an error would break all that follows
        "pool_reset_on_return": None,  # nothing to roll back, and by then the file is let go
    }
    return context.data_sources.add_sql("batch", connection_string="duckdb://", kwargs=how)


def _results(source: Any, table: str, asked: list[Any]) -> dict[int, Any]:
    """The result of each expectation of a table, by its place: one validation, no value fetched."""
    from great_expectations import ExpectationSuite

    asset = source.add_table_asset(table, table_name=table)
    batch = asset.add_batch_definition_whole_table(table).get_batch()
    outcome = batch.validate(ExpectationSuite(name=table, expectations=asked), result_format=_NO_VALUES)
    return {result.expectation_config.meta["place"]: result for result in outcome.results}


def _breach(connection: DuckDBPyConnection, place: int, asked: Expectation, result: Any) -> Breach | None:
    """The breach that a result tells of, if any."""
    raised = result.exception_info
    for fault in [raised] if "raised_exception" in raised else raised.values():
        if fault["raised_exception"]:
            raise BrokenExpectation(asked.code, _fault(str(fault["exception_message"])))
    if result.success:
        return None
    seen, rows = result.result, []
    if asked.query is not None:
        count, observed = seen["observed_value"], f"{seen['observed_value']} rows"
        found = connection.execute(f"from {NO_ROWS}_{place}")
        columns = [column[0] for column in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchmany(MOST_ROWS)]
    elif "unexpected_count" in seen:
        count, present = seen["unexpected_count"], seen.get("element_count", 0) - seen.get("missing_count", 0)
        observed = f"{count} of {present} values" if present else f"{count} values"
    else:
        count, observed = 1, _figure(asked.expect, seen.get("observed_value"))
    return Breach(asked.code, asked.table, observed, tuple(rows), count)


def _figure(expect: str, value: object) -> str:
    if value is None:
        return "nothing to work a figure out from"
    if isinstance(value, int | float) and any(word in expect for word in _TELLABLE):
        return f"found {value:.10g}" if isinstance(value, float) else f"found {value}"
    return "not as expected"


def _fault(message: str) -> str:
    """What went wrong: quoted where it is about names and grammar, else its kind, for it may quote data."""
    quotable = r"(Binder|Catalog|Parser) Error: .*|The column .* does not exist|No provider found.*"
    found = re.search(quotable + r"|^[^\n':]* not supported .*", message)
    found = found or re.search(r"\b([A-Z]\w+ )+Error(?=:)", message)
    return found[0] if found else "it failed while being worked out"


class _Dialect(StrEnum):
    DUCKDB = "duckdb"


def _mend() -> None:
    """Teach the known version of Great Expectations DuckDB; leave any other version as it is."""
    import duckdb_sqlalchemy
    import great_expectations
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    if great_expectations.__version__ != MENDED_VERSION:
        return
    # It closes its connection before it reads a result, and DuckDB's result goes with it: keep it open.
    kept_open: tuple[Any, ...] = engine._PERSISTED_CONNECTION_DIALECTS
    if _Dialect.DUCKDB not in kept_open:
        engine._PERSISTED_CONNECTION_DIALECTS = (*kept_open, _Dialect.DUCKDB)
    # It has no regex for DuckDB. It has Dremio's, the same `regexp_matches`, and knows Dremio by this name.
    duckdb_sqlalchemy.Dialect.DremioDialect = True  # type: ignore[attr-defined]  # it is ours to add
