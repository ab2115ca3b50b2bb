"""The warehouse, built anew from staging by the SQL of `sql/`: one file a table, its path its name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from lscb_data import disclosure, disk, ledger, sources
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import UserError, first_line
from lscb_data.indicator import Indicator
from lscb_data.pseudonym import said_in_names
from lscb_data.screen import literal, quote
from lscb_data.seal import in_names
from lscb_data.sealed_store import changing
from lscb_data.sources import FINDING, FINDING_ID
from lscb_data.sql_files import SCHEMAS, Table, tables
from lscb_data.staging import Landed


def build(
    board: Board,
    path: Path,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
    """Build a whole warehouse into a new file. Where that fails, nothing of it stays.

    Raises UserError, naming the file, for SQL that does not run.
    """
    path.unlink(missing_ok=True)
    try:
        _build(board, path, contracts, indicators, landed)
    except BaseException:
        for left in (path, path.with_name(f"{path.name}.wal")):
            left.unlink(missing_ok=True)
        raise


def _build(
    board: Board,
    path: Path,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
    built = tables(board.folders("sql"))
    with changing(path) as connection:  # in no transaction: of a table not yet committed DuckDB plans as of an empty one
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        sources.stage(connection, board, contracts, indicators, landed)
        create(connection, built)
        ledger.unstage(connection)
        connection.execute("checkpoint")


def create(connection: duckdb.DuckDBPyConnection, built: list[Table]) -> None:
    """Make the tables over staging: audit last, which looks at all of them, and then what is asked for with an argument."""
    for table in built:
        if table.schema != "audit" and not table.asked_with:
            _create(connection, table)
    if checks := [table for table in built if table.schema == "checks"]:
        _check_findings(connection, checks)
    for table in built:
        if table.schema == "audit":
            _create(connection, table)
    for table in built:
        if table.asked_with:
            connection.execute(f"create macro {table.full_name}({table.asked_with}) as table {table.query}")
            connection.execute(f"comment on macro table {table.full_name} is {literal(table.comment)}")


def _create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    if disclosure.TABLE in table.reads and table.schema == "marts":
        disclosure.fill(connection)
    try:
        connection.execute(f"create {table.kind} {table.full_name} as {table.query}")
    except (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException) as error:
        raise UserError(f"{table.file}: {first_line(error)}") from None
    except duckdb.IOException as error:
        if disk.said(error):
            raise
        raise UserError(f"{table.file}: {first_line(error)}") from error
    except duckdb.Error as error:  # whose words can hold what stood in a cell
        kind = type(error).__name__
        raise UserError(f"{table.file}: fails on what it reads ({kind}); run it in a DuckDB shell to see where") from None
    connection.execute(f"comment on {table.kind} {table.full_name} is {literal(table.comment)}")
    names = [row[0] for row in connection.execute(f"describe {table.full_name}").fetchall()]
    for name in names:
        if said := table.columns.get(name):
            connection.execute(f"comment on column {table.full_name}.{quote(name)} is {literal(said)}")
    if table.schema == "published" and (silent := set(names) - set(table.columns)):
        raise UserError(f"{table.file}: say in its header what {', '.join(sorted(silent))} means")
    if table.schema == "published" and (absent := set(table.columns) - set(names)):
        raise UserError(f"{table.file}: its header describes {', '.join(sorted(absent))}, which it does not have")
    if table.schema == "checks" and not set(FINDING) <= set(names):
        raise UserError(f"{table.file}: a check gives the columns {', '.join(FINDING)}")


def _check_findings(connection: duckdb.DuckDBPyConnection, checks: list[Table]) -> None:
    """All that the checks of the warehouse found, as one table for audit."""
    columns = ", ".join(quote(name) for name in FINDING)
    parts = [f"select {columns} from {check.full_name}" for check in checks]  # noqa: S608 - names of our own files
    nothing = "select " + ", ".join(f"null::varchar as {quote(name)}" for name in FINDING) + " where false"
    found = " union all ".join([nothing, *parts])
    connection.execute(
        f"create table checks.findings as select *, {FINDING_ID} as finding_id"  # noqa: S608
        f" from (select *, null::varchar as value from ({found}))"
    )


def new_build(board: Board, fingerprint: str | None = None) -> Path:
    """The name of the next build's file: when it was begun, in UTC, and the key of its pseudonyms where it has any."""
    of_key, begun = said_in_names(fingerprint) if fingerprint else "", datetime.now(UTC)
    of_key += in_names(board.seal)
    while (path := board.warehouse / "builds" / f"{begun:%Y%m%dT%H%M%S%f}Z{of_key}.duckdb").exists():
        begun += timedelta(microseconds=1)  # a clock that was set back
    return path
