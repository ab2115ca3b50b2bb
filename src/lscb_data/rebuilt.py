"""Law 2: a warehouse built anew from what is kept, and held table by table against the one in force."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from filelock import FileLock, Timeout

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.disk import link
from lscb_data.finding import first_line
from lscb_data.indicator import load_indicators
from lscb_data.pseudonym import read_key
from lscb_data.publish import BusyError, check_key
from lscb_data.screen import literal, quote
from lscb_data.sealed_store import attach, key_to
from lscb_data.sql_files import SCHEMAS
from lscb_data.staging import land
from lscb_data.submission import Submission
from lscb_data.warehouse import build

LOCK, PREFIX = ".verify.lock", ".verify-"


@dataclass(frozen=True)
class Beside(Board):
    """The same Board, with a passing warehouse in a folder of its own."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder


@contextmanager
def scratch_of(board: Board) -> Iterator[Path]:
    """A folder beside the Board's own warehouse for a passing one. Raises BusyError where another is at work in one."""
    try:
        with FileLock(board.warehouse / LOCK).acquire(timeout=0):
            _clear(board)
            with TemporaryDirectory(prefix=PREFIX, dir=board.warehouse) as scratch:
                yield Path(scratch)
    except Timeout:
        raise BusyError("Another verification is at work here. Try again when it is done.") from None


def clear_killed(board: Board) -> None:
    """Take away what a killed verification left of its passing warehouse, which may hold what an old key made."""
    with suppress(Timeout), FileLock(board.warehouse / LOCK).acquire(timeout=0):
        _clear(board)


def _clear(board: Board) -> None:
    for left in board.warehouse.glob(f"{PREFIX}*"):
        shutil.rmtree(left)


def built_anew(board: Board, contracts: Contracts, submissions: list[Submission], scratch: Path, from_raw: bool) -> Path:
    """A warehouse of these submissions in the scratch folder, from what staging holds of them; or from their files alone.

    What staging does not hold, or not as it was written, is judged anew; nothing of the Board's own staging is touched. The
    scratch folder stands on the same disk. Raises UserError as a load does.
    """
    beside = Beside(board.home, scratch)
    beside.staging.mkdir(parents=True)
    if not from_raw and board.staging.is_dir():
        for path in board.staging.glob("[!.]*"):
            link(path, beside.staging / path.name)  # a judgement made anew takes the link's place, not its file's
    if any(contracts.names_children(one.receipt.return_) for one in submissions):
        check_key(board, read_key(board.home, board.settings.key_file).fingerprint)
    landed = [land(beside, contracts, one) for one in submissions]
    path = scratch / "anew.duckdb"
    build(beside, path, contracts, load_indicators(board.folders("schemas")), landed)
    return path


def differing(built: Path, anew: Path, scratch: Path) -> tuple[int, dict[str, str]]:
    """How many tables were compared, and of those that differ in what.

    Rows are compared whole and whatever their order: by two sums over them first, and where these differ one by one.
    """
    with duckdb.connect() as connection:
        connection.execute(f"set temp_directory = {literal(str(scratch))}")
        for name, path in (("built", built), ("anew", anew)):
            attach(connection, path, name, key=key_to(path))
        there, again = (_tables(connection, name) for name in ("built", "anew"))
        found = dict.fromkeys(there.keys() - again.keys(), "is not made any more")
        found |= dict.fromkeys(again.keys() - there.keys(), "is not there")
        for table in sorted(there.keys() & again.keys()):
            if there[table] != again[table]:
                found[table] = "has other columns"
            elif said := _rows(connection, table, there[table]):
                found[table] = said  # of staging it is what the warehouse reads there
    return len(there.keys() | again.keys()), dict(sorted(found.items()))


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table compared, by its name; what is listed by the database as numbers, by what it stands for."""
    schemas = ", ".join(map(literal, SCHEMAS))
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, if(starts_with(data_type, 'ENUM'), 'ENUM', data_type)"  # noqa: S608
        f" from duckdb_columns() where database_name = {literal(database)} and schema_name in ({schemas})"
        " and table_name <> 'build'"  # which says when it was built
        " order by 1, column_index"
    ).fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


def _rows(connection: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]) -> str:
    """How many of the table's rows differ; nothing where none does."""
    said = ", ".join(f"{quote(name)}::varchar" if kind == "ENUM" else quote(name) for name, kind in columns)
    sums = f"select count(*), sum(hash({said})::hugeint), sum(hash('also', {said})::hugeint)"
    try:
        one, other = (connection.execute(f"{sums} from {name}.{table}").fetchone() for name in ("built", "anew"))
    except duckdb.Error as error:
        return f"cannot be read: {first_line(error)}"
    if one == other:
        return ""
    rows = {name: f"(select {said} from {name}.{table})" for name in ("built", "anew")}  # noqa: S608
    (only,), (lacking,) = (
        connection.execute(f"select count(*) from ({a} except all {b})").fetchall()[0]  # noqa: S608
        for a, b in ((rows["built"], rows["anew"]), (rows["anew"], rows["built"]))
    )
    return f"{only:,} rows are not in the one built anew, {lacking:,} of that are not in it"
