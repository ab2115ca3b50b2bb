"""A Board's own SQL: what is wrong with a file of it is said in one sentence that names the file."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lscb_data import warehouse
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.summary import summarise

Write = Callable[[str, str], Path]


@pytest.fixture
def write(board: Board) -> Write:
    """Writes a file of the Board's own SQL."""

    def written(name: str, query: str) -> Path:
        path = board.home / "sql" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"-- One row per child.\n{query}\n", "utf-8")
        return path

    return written


Said = Callable[[], str]


@pytest.fixture
def build(board: Board, contracts: Contracts) -> Callable[[], Path]:
    """Builds a warehouse of nothing that was received, with the Board's own SQL on top of ours."""

    def built() -> Path:
        path = board.home / "build.duckdb"
        warehouse.build(board, path, contracts, {}, [])
        return path

    return built


@pytest.fixture
def said(board: Board, build: Callable[[], Path]) -> Said:
    """The one sentence that a build which fails says; nothing of the build is left."""

    def sentence() -> str:
        with pytest.raises(UserError) as error:
            build()
        assert "\n" not in str(error.value)
        assert error.value.exit_code == 1
        assert list(board.home.glob("build*")) == []
        return str(error.value)

    return sentence


def test_own_sql_stands_on_top_of_ours(write: Write, build: Callable[[], Path]) -> None:
    write("marts/own.sql", "select area_code from conformed.areas where area = 'Nowhere'")
    with duckdb.connect(build(), read_only=True) as connection:
        assert connection.execute("from marts.own").fetchall() == []


def test_tables_that_read_each_other_in_a_circle_are_named(write: Write, said: Said) -> None:
    write("marts/apples.sql", "select * from marts.pears")
    write("marts/pears.sql", "select * from marts.plums")
    write("marts/plums.sql", "select * from marts.apples")
    sentence = said()
    for name in ("apples", "pears", "plums"):
        assert f"sql/marts/{name}.sql" in sentence
    assert "in a circle" in sentence


def test_a_table_that_reads_itself_is_named(write: Write, said: Said) -> None:
    write("marts/apples.sql", "select * from marts.apples")
    assert "sql/marts/apples.sql reads itself" in said()


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("marts/own.sql", "select from from where", "is not SQL (line 2"),
        ("marts/own.sql", "select 'unclosed", "is not SQL"),
        ("marts/own.sql", "select 1; select 2", "holds more or less than one SELECT"),
        ("marts/own.sql", "select " + "(" * 2000 + "1" + ")" * 2000, "is not SQL"),
        ("marts/own.sql", "select * from nowhere.children", "Catalog Error: Table with name"),
        ("marts/own.sql", "select nothing from conformed.areas", "Binder Error"),
        ("marts/own.sql", "select * from read_csv('nowhere.csv')", "No files found"),
        ("marts/own.sql", "select 'Ann Example'::int as age from range(1)", "fails on what it reads (ConversionException)"),
        ("marts/own.sql", "select error('Ann Example')", "fails on what it reads (InvalidInputException)"),
        ("checks/own.sql", "select 'x' as code", "a check gives the columns return, period, submission"),
        ("reports/own.sql", "select 1 as one", "stands in no schema: conformed, marts, published, checks or audit"),
        ("own.sql", "select 1 as one", "stands in no schema"),
        ("marts/own table.sql", "select 1 as one", "name it in small letters"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_its_name(write: Write, said: Said, name: str, query: str, words: str) -> None:
    write(name, query)
    sentence = said()
    assert words in sentence
    assert f"sql/{name}" in sentence
    assert "Ann Example" not in sentence


def test_a_file_that_is_not_text_is_said_by_its_name(write: Write, said: Said) -> None:
    write("marts/own.sql", "select 1 as one").write_bytes(b"-- One row per caf\xe9.\nselect 1 as one")
    assert "sql/marts/own.sql: is not UTF-8 text" in said()


def test_a_file_that_cannot_be_read_is_said_by_its_name(write: Write, said: Said) -> None:
    write("marts/own.sql", "").unlink()
    (write("marts/other.sql", "").parent / "own.sql").symlink_to("nowhere")
    write("marts/other.sql", "select 1 as one")
    assert "sql/marts/own.sql: No such file or directory" in said()


def test_what_dashboards_rely_on_stays_where_own_sql_takes_its_place(write: Write, said: Said) -> None:
    path = write("published/indicators.sql", "select 'a' as indicator")
    path.write_text("-- One row per indicator.\n-- indicator: its code\nselect 'a' as indicator\n", "utf-8")
    assert "sql/published/indicators.sql: lacks the columns " in said()
    path.write_text("-- One row per indicator.\n-- indicator, title: its code\nselect 'a' as indicator\n", "utf-8")
    assert "sql/published/indicators.sql: " in said()


def test_what_a_load_asks_of_the_warehouse_and_own_sql_took_away_is_said(
    board: Board, write: Write, build: Callable[[], Path]
) -> None:
    write("audit/findings.sql", "select 1 as one")
    with pytest.raises(UserError, match=r"own SQL .*Referenced column"):
        summarise(board, build())
