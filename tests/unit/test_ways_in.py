"""All the ways into the warehouse beside each other: in one process, as in a notebook, with loads published in between; and
beside a shell in another process that would write."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, product
from pathlib import Path
from shutil import chown
from tempfile import TemporaryDirectory

import duckdb
import pytest

from lscb_data import connect, frame
from lscb_data.board import Board, init
from lscb_data.connection import ask, questions, url
from lscb_data.publish import NAME, current, publish

NOBODY = 65534
QUERY = "select number from published.numbers"
README = re.findall(r'create_engine\("(.+)"\)', (Path(__file__).parents[2] / "README.md").read_text("utf-8"))[0]
SHORTEST = "duckdb:///warehouse/lscb.duckdb?access_mode=read_only"
Way = Callable[[Board, ExitStack], Callable[[], int]]

_serial = count(1)


def published(board: Board, number: int) -> Path:
    """A build of one table that holds this number, published as a load would."""
    build = board.warehouse / "builds" / f"20150630T12{next(_serial):016}Z.duckdb"
    build.parent.mkdir(exist_ok=True)
    with duckdb.connect(build) as connection:
        connection.execute(f"create schema published; create table published.numbers as select {number} as number")
    publish(board, build)
    return build


def by_connect(board: Board, stack: ExitStack) -> Callable[[], int]:
    connection = stack.enter_context(connect(board.home))
    return lambda: connection.execute(QUERY).fetchall()[0][0]


def by_frame(board: Board, _: ExitStack) -> Callable[[], int]:
    held = frame("published.numbers", home=board.home)
    return lambda: held["number"][0]


def by_pandas_over_connect(board: Board, stack: ExitStack) -> Callable[[], int]:
    import pandas

    connection = stack.enter_context(connect(board.home))
    return lambda: pandas.read_sql(QUERY, connection)["number"][0]


def by_questions(board: Board, stack: ExitStack) -> Callable[[], int]:
    connection = stack.enter_context(questions(board))
    return lambda: ask(connection, QUERY).fetchall()[0][0]


def by_sqlalchemy(address: Callable[[Board], str]) -> Way:
    def way(board: Board, stack: ExitStack) -> Callable[[], int]:
        import pandas
        import sqlalchemy

        engine = sqlalchemy.create_engine(address(board))
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        return lambda: pandas.read_sql(sqlalchemy.text(QUERY), connection)["number"][0]

    return way


WAYS: dict[str, Way] = {
    "connect": by_connect,
    "frame": by_frame,
    "pandas over connect": by_pandas_over_connect,
    "lscb sql": by_questions,
    "url()": by_sqlalchemy(lambda board: url(board.home)),
    "README's address": by_sqlalchemy(lambda _: README),
    "the shortest address": by_sqlalchemy(lambda _: SHORTEST),
}


@pytest.mark.filterwarnings("ignore:pandas only supports SQLAlchemy")
@pytest.mark.parametrize("between", ["nothing", "a load"])
@pytest.mark.parametrize(("first", "second"), list(product(WAYS, WAYS)))
def test_ways_in_do_not_hinder_each_other(
    board: Board, monkeypatch: pytest.MonkeyPatch, first: str, second: str, between: str
) -> None:
    """What was open keeps its build; what is opened after a load sees the load."""
    monkeypatch.chdir(board.home)
    published(board, 1)
    with ExitStack() as stack:
        before = WAYS[first](board, stack)
        assert before() == 1
        new = 1
        if between == "a load":
            published(board, 2)
            new = 2
        after = WAYS[second](board, stack)
        assert (before(), after()) == (1, new)
        assert WAYS[first](board, stack)() == new


def test_an_engine_made_once_sees_every_load(board: Board) -> None:
    import pandas
    import sqlalchemy

    published(board, 0)
    engine = sqlalchemy.create_engine(url(board.home))
    for number in (1, 2, 3):
        published(board, number)
        assert pandas.read_sql(QUERY, engine)["number"].tolist() == [number]
        assert frame(QUERY, home=board.home)["number"].tolist() == [number]
    engine.dispose()


# beside a shell


held: list[duckdb.DuckDBPyConnection] = []


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    """A Board whose folder belongs to a user whom permissions bind, which they do not where the tests are run by root."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        board = Board(Path(folder) / "home")
        init(board, "A Board", "E10000003", "Cambridgeshire")
        published(board, 1)
        if os.getuid() == 0:
            for path in (board.home, *board.home.rglob("*")):
                if not path.is_symlink():
                    chown(path, NOBODY, NOBODY)
        yield board


@contextmanager
def elsewhere(task: Callable[[], object]) -> Iterator[str]:
    """What the task gives or raises in a process of its own, which permissions bind and which lives as long as the block."""
    read, write = os.pipe()
    if (process := os.fork()) == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = str(task())
        except duckdb.Error as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        time.sleep(60)
        os._exit(0)
    try:
        yield os.read(read, 10_000).decode()
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(read)
        os.close(write)


def shell(path: Path, read_only: bool) -> Callable[[], object]:
    """What a DuckDB shell does with a file, and that it stays."""

    def task() -> object:
        held.append(duckdb.connect(path, read_only=read_only))
        return held[-1].execute(QUERY).fetchall()

    return task


def test_a_shell_that_would_write_cannot_open_a_build_and_hinders_nobody(shared: Board) -> None:
    name = shared.warehouse / NAME
    with elsewhere(shell(name, read_only=True)) as said:
        assert said == "[(1,)]"  # it may read there
    with elsewhere(shell(name, read_only=False)) as said:
        assert re.match("IOException.*Permission denied", said)
        with duckdb.connect(name, read_only=True) as reader:
            assert reader.execute(QUERY).fetchall() == [(1,)]
    assert list(shared.warehouse.rglob("*.wal")) == []


def test_a_reader_reads_where_a_shell_that_no_permission_binds_holds_the_build(shared: Board) -> None:
    name, build = shared.warehouse / NAME, current(shared)
    build.chmod(0o644)  # for root every file is
    with elsewhere(shell(name, read_only=False)) as said:
        assert said == "[(1,)]"
        with pytest.raises(duckdb.IOException, match="Could not set lock"):
            duckdb.connect(name, read_only=True)
        for way in ("connect", "frame", "lscb sql"):
            with ExitStack() as stack:
                assert WAYS[way](shared, stack)() == 1
        published(shared, 2)
        with duckdb.connect(name, read_only=True) as reader:  # the next load frees all others
            assert reader.execute(QUERY).fetchall() == [(2,)]


def test_what_a_shell_left_beside_old_builds_goes_with_them(shared: Board) -> None:
    left = current(shared)
    wal = left.with_name(left.name + ".wal")
    wal.write_bytes(b"")
    published(shared, 2)
    assert not wal.exists()
    for number in range(shared.settings.keep_builds):
        published(shared, number)
    assert not left.exists()
    assert len(list(left.parent.iterdir())) == shared.settings.keep_builds


def test_a_build_is_read_only_and_for_no_more_eyes_than_before(shared: Board) -> None:
    assert current(shared).stat().st_mode & 0o777 == 0o444
    before = os.umask(0o077)
    try:
        assert published(shared, 2).stat().st_mode & 0o777 == 0o400
    finally:
        os.umask(before)


def test_a_file_system_that_knows_no_permissions_or_lets_nothing_go_hinders_no_load(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    first, unlink = published(board, 0), Path.unlink
    with monkeypatch.context() as patch:
        patch.setattr(Path, "chmod", refuse)
        for number in range(1, board.settings.keep_builds):
            published(board, number)
        patch.setattr(Path, "unlink", lambda path, **given: refuse() if path == first else unlink(path, **given))
        published(board, 7)
        assert first.exists()
        assert frame("published.numbers", home=board.home)["number"].tolist() == [7]
    published(board, 8)
    assert not first.exists()
