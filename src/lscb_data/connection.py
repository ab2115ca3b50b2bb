"""Read-only ways into the build in force: for notebooks, for SQLAlchemy, for typed questions."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from lscb_data import limits, sealed_store
from lscb_data.board import Board, at
from lscb_data.finding import UserError, first_line
from lscb_data.publish import NAME, current
from lscb_data.screen import literal

if TYPE_CHECKING:
    import pandas
    import sqlalchemy


def connect(home: str | Path | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the build in force at this moment; later loads do not disturb it.

    Where the folder is sealed the build is attached as `lscb`: a cursor of the connection says `use lscb` first. Raises
    UserError where nothing was loaded yet, or what was loaded cannot be read.
    """
    return opened(current(_board(home)))


def frame(query: str, home: str | Path | None = None, **params: Any) -> "pandas.DataFrame":
    """The rows of a table (`published.indicators`) or a query, whose `$name` are the params, as a frame."""
    is_table = re.fullmatch(r"\s*\w+(\.\w+){1,2}\s*", query)
    with reading(current(_board(home))) as connection:
        return connection.execute(f"from {query}" if is_table else query, params or None).df()


def url(home: str | Path | None = None) -> str:
    """The address of the warehouse for SQLAlchemy: read-only, by its stable name; each connection sees the last load.

    Raises UserError where the warehouse is sealed: no address carries a key.
    """
    board = _board(home)
    if sealed_store.key_to(current(board)):
        raise UserError("The warehouse is sealed, and no address carries its key: use lscb_data.engine() in its place.")
    return f"duckdb:///{(board.warehouse / NAME).as_posix()}?access_mode=read_only&pool=null"


def engine(home: str | Path | None = None) -> "sqlalchemy.Engine":
    """The warehouse for SQLAlchemy, sealed or not: read-only; each connection sees the last load."""
    from duckdb_sqlalchemy import ConnectionWrapper
    from sqlalchemy import NullPool, create_engine

    board = _board(home)
    current(board)
    return create_engine("duckdb://", creator=lambda: ConnectionWrapper(connect(board.home)), poolclass=NullPool)


def opened(build: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to one build. Raises UserError where it is damaged or may not be read."""
    return _unhindered(build, lambda path: sealed_store.opened(path, build))


@contextmanager
def reading(build: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """`opened`, for the time of the block; UserError too where the damage shows only then."""
    with opened(build) as connection:
        try:
            yield connection
        except duckdb.Error as error:
            if sealed_store.is_damage(error):
                raise _damaged(build, error) from None
            strange = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
            if not strange or connection.execute("from duckdb_tables() where schema_name = 'audit'").fetchall():
                raise
            raise UserError(
                f"{build} is no warehouse that lscb built ({first_line(error)}). lscb load builds one from what was received."
            ) from None


def _unhindered(build: Path, opens: Callable[[Path], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """The build opened; where it was taken away since it was found, the one in force; and a copy of it where a program holds
    it open to write, which builds are not for: then only a user whom no permission binds could have. What such a program has
    not written down yet is not in the copy."""
    try:
        return opens(build)
    except duckdb.Error as error:
        if not sealed_store.is_damage(error):
            raise
        now = (build.parents[1] / NAME).resolve()
        if not build.exists() and now.exists():
            return _unhindered(now, opens)
        if "Could not set lock" not in str(error):
            raise _damaged(build, error) from None
    with TemporaryDirectory(prefix="lscb-") as scratch:
        return opens(Path(shutil.copyfile(build, Path(scratch) / build.name)))


def _damaged(build: Path, error: duckdb.Error) -> UserError:
    return UserError(
        f"The warehouse {build} cannot be read ({first_line(error)}). lscb load builds it anew from what was received."
    )


def _board(home: str | Path | None) -> Board:
    return at(Path(home) if home is not None else None)


@contextmanager
def questions(
    board: Board, memory: str = "2GB", seconds: float = 60, give_up: Callable[[str], None] | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for anybody: it reads the warehouse and the rows in its staging, no other file, and writes nothing.

    Raises UserError for a question that is faulty, or takes more than this much memory or time. What cannot be stopped is for
    `give_up`, which is told why and should end the process.
    """
    too_long = f"The question took more than {seconds:g} seconds and was stopped; see --seconds."
    build = current(board)
    with _unhindered(build, lambda path: sealed_store.attached(path, build)) as connection:
        try:
            most = _restricted(connection, board, memory)
            watched = limits.clock(seconds, connection.interrupt, give_up and (lambda: give_up(too_long)))
            with watched, limits.memory(most):
                yield connection
        except (duckdb.OutOfMemoryException, MemoryError):
            raise UserError(f"The question needs more memory than {memory}; see --memory.") from None
        except duckdb.Error as error:
            if "INTERRUPT Error" in str(error):  # of a result that is being fetched it is said within another error
                raise UserError(too_long) from None
            if sealed_store.is_damage(error):
                raise _damaged(current(board), error) from None
            raise UserError(str(error).strip()) from error


def _restricted(connection: duckdb.DuckDBPyConnection, board: Board, memory: str) -> int:
    """Let the connection do no more than a question needs; how many bytes of memory it has."""
    rows = [path for path in board.staging.glob("*.parquet") if path.is_file() and not path.is_symlink()]
    places = {str(folder / path.name) for path in rows for folder in (board.staging, board.staging.resolve())}
    settings = {
        "allowed_paths": f"[{', '.join(map(literal, sorted(places)))}]",
        "temp_directory": "''",
        "memory_limit": literal(memory),
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    for name, value in settings.items():
        connection.execute(f"set {name} = {value}")
    (most,) = connection.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchone() or (0,)
    return int(most)


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyConnection:
    """The connection, with the answer ready to be fetched. Raises UserError for anything but one question."""
    statements = connection.extract_statements(query)
    asked = [one for one in statements if one.type == duckdb.StatementType.SELECT]
    if len(asked) != 1 or statements[-1] is not asked[0] or not all(map(_is_of_pivot, statements[:-1])):
        raise UserError("Ask one question at a time: a SELECT (or FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, PIVOT).")
    for statement in statements:
        connection.execute(statement)
    return connection


def _is_of_pivot(statement: duckdb.Statement) -> bool:
    """Whether it is the passing type that PIVOT makes itself: nobody wrote it."""
    return statement.type == duckdb.StatementType.CREATE and not statement.query
