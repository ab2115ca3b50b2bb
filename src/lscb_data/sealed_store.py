"""Sealed databases and sealed Parquet: what DuckDB must be told so that nothing it writes or spills is read without the key.

The keys are those of the Board's folder (`seal`); in a build stands only the name of the one that opens staging.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType

import duckdb
import pyarrow as pa

from lscb_data.pseudonym import Key
from lscb_data.screen import literal
from lscb_data.seal import in_words, key_of, other, sealed_with
from lscb_data.sealed_file import is_sealed

NAME = "board"  # of staging's key, as views say it
_BY_IT = f"{{footer_key: '{NAME}'}}"
STORAGE = "v1.4.0"  # the DuckDB that a plain build is for, as a sealed one is: texts are written a third sooner than for 1.0
_END = None


@cache
def _openssl() -> str:
    """The extension that has DuckDB encrypt by OpenSSL: without it nothing sealed is written."""
    import duckdb_extension_httpfs

    return str(next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension")))


def unlock(connection: duckdb.DuckDBPyConnection, key: Key | None) -> None:
    """Let the connection read and write sealed Parquet, and seal what it spills."""
    if key:
        connection.execute(f"load {literal(_openssl())}")
        connection.execute("set temp_file_encryption = true")
        connection.execute(f"pragma add_parquet_key('{NAME}', {literal(in_words(key, 'staging'))})")


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, key: Key | None, read_only: bool = True) -> None:
    """Attach the database of this file under the name: sealed with the key, or plain."""
    said = (["read_only"] if read_only else []) + ([f"encryption_key {literal(in_words(key, 'warehouse'))}"] if key else [])
    unlock(connection, key)
    connection.execute(f"attach {literal(str(path))} as {name}" + (f" ({', '.join(said)})" if said else ""))


def is_damage(error: duckdb.Error) -> bool:
    """Whether DuckDB says that a file cannot be read as it is: it finds another sum, or what the key does not open."""
    return isinstance(error, duckdb.IOException) or any(
        said in str(error) for said in ("AES tag", "encryption key", "without a key")
    )


def key_to(path: Path, home: Path | None = None) -> Key | None:
    """What opens this database; None where it is plain. Raises UserError where its key is not at hand."""
    try:
        if not is_sealed(path):
            return None
    except OSError:  # which DuckDB says in words of its own
        return None
    key = key_of(home or path)
    if key is None:
        raise other(str(path), sealed_with(path) or "that it was made with", key)
    return key


def opened(path: Path, home: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the database of this file; where that is a copy, of the Board's folder `home`."""
    if not key_to(path, home):
        # Under `duckdb:` a process may hold the file beside SQLAlchemy, which opens it by its name, otherwise configured.
        return _whole(quiet(duckdb.connect(f"duckdb:{path}", read_only=True)), path)
    return attached(path, home)


def attached(path: Path, home: Path | None = None) -> duckdb.DuckDBPyConnection:
    """The same, to nothing but this database, attached as `lscb`; sealed, it cannot spill."""
    connection, key = quiet(duckdb.connect()), key_to(path, home)
    attach(connection, path, "lscb", key=key)
    if key:
        connection.execute("set temp_directory = ''")
    return _whole(connection.execute("use lscb"), path)


def _whole(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """The connection, where the file is as long as it says: of one cut short DuckDB complains when it comes to the end."""
    said = "select total_blocks * block_size from pragma_database_size() where database_name = current_database()"
    (least,) = connection.execute(said).fetchone() or (0,)
    with suppress(FileNotFoundError):  # taken away since: what is open stays
        if path.stat().st_size < least:
            connection.close()
            raise duckdb.IOException("its end is missing")
    return connection


def quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection, without the bar that DuckDB draws on standard output, among the answers, of what takes two seconds."""
    return connection.execute("set enable_progress_bar = false")


@contextmanager
def changing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes the database of this file: sealed where its folder is."""
    key = key_to(path) if path.exists() else key_of(path)
    if not key:
        with quiet(duckdb.connect(path, config={"storage_compatibility_version": STORAGE})) as connection:
            yield connection
        return
    with quiet(duckdb.connect(config={"temp_directory": f"{path}.tmp"})) as connection:
        attach(connection, path, "lscb", key=key, read_only=False)
        connection.execute("use lscb")
        yield connection


# Parquet


def rows_of(path: Path) -> str:
    """The rows of the file, as what SQL selects from."""
    return f"read_parquet({literal(str(path))}{f', encryption_config = {_BY_IT}' if is_sealed(path) else ''})"


def held(paths: Sequence[Path], key: Key | None) -> str:
    """The rows of all of these files, as what goes on after a select.

    DuckDB 1.5.5 breaks where it reads several sealed files as one by name: each is read by itself.
    """
    if key:
        return " ".join(f"union all by name from {rows_of(path)}" for path in paths)
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"union all by name from read_parquet([{listed}], union_by_name = true)" if paths else ""


class Writer:
    """A sealed Parquet file, written as its rows come. What goes wrong is raised by the next write, or at the end."""

    def __init__(self, path: Path, schema: pa.Schema, key: Key) -> None:
        self._path, self._schema, self._key = path, schema, key
        self._coming: Queue[pa.RecordBatch | None] = Queue(4)
        self._wrong: list[BaseException] = []
        self._thread = Thread(target=self._write, daemon=True)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._coming.put(_END)
        self._thread.join()
        if self._wrong and not error:
            raise self._wrong[0]

    def write_table(self, rows: pa.Table) -> None:
        if self._wrong:
            raise self._wrong[0]
        for batch in rows.cast(self._schema).to_batches():
            self._coming.put(batch)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        while (batch := self._coming.get()) is not _END:
            yield batch

    def _write(self) -> None:
        coming = self._batches()
        try:
            with duckdb.connect(config={"temp_directory": ""}) as connection:
                unlock(connection, self._key)
                connection.register("coming", pa.RecordBatchReader.from_batches(self._schema, coming))
                connection.execute(
                    f"copy (from coming) to {literal(str(self._path))}"
                    f" (format parquet, compression zstd, use_tmp_file false, encryption_config {_BY_IT})"
                )
        except BaseException as error:  # noqa: BLE001 - raised where the rows come from
            self._wrong.append(error)
            for _ in coming:  # whoever gives must not wait for ever
                pass
