"""Read-only ways into the build in force: for notebooks, for SQLAlchemy, for typed questions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import duckdb

from lscb_data.board import Board, at
from lscb_data.finding import UserError
from lscb_data.publish import NAME, current
from lscb_data.screen import literal

if TYPE_CHECKING:
    import pandas

_ASKING = {
    duckdb.StatementType.SELECT,
    duckdb.StatementType.CREATE,
}  # PIVOT makes itself a passing type with CREATE


def connect(home: str | Path | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the build in force at this moment; later loads do not disturb it."""
    return duckdb.connect(current(_board(home)), read_only=True)


def frame(query: str, home: str | Path | None = None, **params: Any) -> "pandas.DataFrame":
    """The rows of a table (`published.indicators`) or a query, whose `$name` are the params, as a frame."""
    is_table = re.fullmatch(r"\s*\w+(\.\w+){1,2}\s*", query)
    with connect(home) as connection:
        return connection.execute(f"from {query}" if is_table else query, params or None).df()


def url(home: str | Path | None = None) -> str:
    """The address of the warehouse for SQLAlchemy: read-only, by its stable name."""
    board = _board(home)
    current(board)
    return f"duckdb:///{(board.warehouse / NAME).as_posix()}?access_mode=read_only"


def _board(home: str | Path | None) -> Board:
    return at(Path(home) if home is not None else None)


@contextmanager
def questions(board: Board, memory: str = "2GB", seconds: float = 60) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for anybody: it reads the warehouse and its staging, no other file, and writes nothing.

    Raises UserError for a question that is faulty, or takes more than this much memory or time.
    """
    path = current(board)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(path))} as lscb (read_only)")
        connection.execute("use lscb")
        settings = {
            "allowed_directories": f"[{literal(str(board.staging.resolve()))}]",
            "temp_directory": "''",
            "memory_limit": literal(memory),
            "enable_external_access": "false",
            "lock_configuration": "true",
        }
        for name, value in settings.items():
            connection.execute(f"set {name} = {value}")
        clock = Timer(seconds, connection.interrupt)
        clock.daemon = True
        clock.start()
        try:
            yield connection
        except duckdb.InterruptException:
            raise UserError(f"The question took more than {seconds:g} seconds and was stopped; see --seconds.") from None
        except duckdb.OutOfMemoryException:
            raise UserError(f"The question needs more memory than {memory}; see --memory.") from None
        except duckdb.Error as error:
            raise UserError(str(error).strip()) from error
        finally:
            clock.cancel()


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """The connection, with the answer ready to be fetched. Raises UserError for anything but one question."""
    statements = connection.extract_statements(query)
    asked = [one for one in statements if one.type == duckdb.StatementType.SELECT]
    if len(asked) != 1 or statements[-1].type not in _ASKING or not {one.type for one in statements} <= _ASKING:
        raise UserError("Ask one question at a time: a SELECT (or FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, PIVOT).")
    for statement in statements:
        connection.execute(statement)
    return connection
