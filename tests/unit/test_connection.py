"""Ways into the warehouse: each reads, none writes, and a question from anybody sees nothing else."""

import os
import resource
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lscb_data import connect, frame
from lscb_data.board import Board, at
from lscb_data.cli import main
from lscb_data.connection import ask, questions, url
from lscb_data.finding import UserError
from lscb_data.publish import current
from lscb_data.sealed_store import changing

QUESTION = "select value from published.indicator_values where period = $period"


def test_a_table_or_a_query_is_a_frame(small_board: Path) -> None:
    assert frame("published.indicators", home=small_board)["indicator"].nunique() == 2
    assert frame(QUESTION, home=small_board, period="2014-07")["value"].tolist() == [40.63]


def test_the_home_is_that_of_the_environment(small_board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSCB_HOME", str(small_board))
    with connect() as connection:
        assert connection.execute(QUESTION, {"period": "2014-07"}).fetchone() == (Decimal("40.63"),)


def test_a_connection_writes_nothing(small_board: Path) -> None:
    with connect(small_board) as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("drop table published.indicators")


def test_no_bar_of_progress_is_drawn_among_the_answers(small_board: Path) -> None:
    asked = "select current_setting('enable_progress_bar')"
    with connect(small_board) as connection, questions(at(small_board)) as other:
        assert [one.execute(asked).fetchone() for one in (connection, other)] == [(False,), (False,)]
    with changing(current(at(small_board))) as connection:
        assert connection.execute(asked).fetchone() == (False,)


def test_a_build_is_for_duckdb_1_4_and_later(board: Board) -> None:
    with changing(board.warehouse / "a.duckdb") as connection:
        kept_as = "select tags['storage_version'] from duckdb_databases() where not internal"
        assert connection.execute(kept_as).fetchall() == [("v1.4.0+",)]


def test_without_a_warehouse_it_says_what_to_do(board: Board, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run lscb load"):
        connect(board.home)
    with pytest.raises(UserError, match="is no Board's folder"):
        connect(tmp_path)


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import lscb_data; print(set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"duckdb", "pandas", "pydantic", "lscb_data.connection"} & set(eval(done.stdout))  # noqa: S307


def test_sqlalchemy_reads_it_through_pandas_and_reflects_it(small_board: Path) -> None:
    import pandas
    import sqlalchemy

    engine = sqlalchemy.create_engine(url(small_board))
    with engine.connect() as connection:
        asked = sqlalchemy.text("select value from published.indicator_values where period = :period")
        assert pandas.read_sql(asked, connection, params={"period": "2014-07"})["value"].tolist() == [40.63]
    inspector = sqlalchemy.inspect(engine)
    assert sorted(inspector.get_table_names(schema="published")) == ["indicator_values", "indicators"]
    columns = {column["name"]: column for column in inspector.get_columns("indicators", schema="published")}
    assert str(columns["title"]["type"]) == "VARCHAR"
    with engine.connect() as connection, pytest.raises(sqlalchemy.exc.DBAPIError, match="read-only"):
        connection.execute(sqlalchemy.text("drop table published.indicators"))
    engine.dispose()


@pytest.mark.parametrize(
    "query",
    [
        "from published.indicators",
        "from staging.a",
        "describe published.indicators",
        "pivot (select period, value from published.indicator_values) on period using sum(value)",
    ],
)
def test_a_question_reads_the_warehouse_and_its_staging(small_board: Path, query: str) -> None:
    with questions(at(small_board)) as connection:
        assert ask(connection, query).fetchall()


# attacks: a question from anybody reads the warehouse, and nothing else in any way

OTHER_FILES = [
    "from read_text('{file}')", "from read_blob('{file}')", "from read_csv('{file}')", "from sniff_csv('{file}')",
    "from read_json('{file}')",
    "from read_ndjson_objects('{file}')", "from read_parquet('{file}')", "from parquet_schema('{file}')",
    "from '{file}'", "from read_duckdb('{file}')", "from glob('{file}')", "from query('from read_text(''{file}'')')",
    "with t as (from read_text('{file}')) from t", "select (select content from read_text('{file}'))",
    "import database '{folder}'", "from read_xlsx('{file}')", "from sqlite_scan('{file}', 't')",
]  # fmt: skip
NO_QUESTION = [
    "", "select nonsense", "select 1; select 2", "select 1; drop table published.indicators", "explain select 1", "begin",
    "attach '{home}/b.duckdb'", "attach ':memory:' as b", "detach lscb", "use memory", "checkpoint", "call pragma_version()",
    "copy published.indicators to '{home}/warehouse/staging/b.parquet'", "copy published.indicators from '{home}/lscb.toml'",
    "export database '{home}/warehouse/staging/b'", "select 1; export database '{home}/b'",
    "create table published.b as select 1", "create table memory.main.b as select 1; from memory.main.b",
    "create macro memory.main.f() as 1; select 1", "create view memory.main.b as select 1; select 1",
    "create type memory.main.b as enum ('a'); select 1",
    "create secret (type http); select 1", "create temp table b as select 1",
    "insert into published.indicators select * from published.indicators", "delete from published.indicators",
    "update published.indicators set title = ''",
    "drop table published.indicators", "alter table published.indicators drop title",
    "comment on table published.indicators is ''", "prepare p as select 1", "execute p", "deallocate p", "vacuum", "analyze",
    "set enable_external_access = true", "set memory_limit = '1TB'", "reset memory_limit", "set variable a = 1",
    "pragma memory_limit = '1TB'", "pragma enable_profiling", "pragma enable_logging", "select 1; set threads = 9",
    "set lock_configuration = false", "set allowed_directories = ['/']", "set temp_directory = '{home}'",
    "install httpfs", "load httpfs", "load '{home}/b.duckdb_extension'", "install b from '{home}'", "update extensions",
    "from read_csv('http://127.0.0.1:9/a.csv')",
    "from 's3://a/b.parquet'", "from duckdb_secrets()", "from which_secret('s3://a', 's3')",
    "select getenv('HOME')", "from small_board", "from query", "from python_map_function()", "select nextval('b')",
    "select 1 into b", "merge into published.indicators using (select 1 as b) on true when matched then delete",
]  # fmt: skip


@pytest.fixture(scope="module")
def other_files(small_board: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that are no part of the warehouse, and other ways to them."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "schema.sql").write_text("select 'SECRET'")
    (outside / "secret").write_text("SECRET")
    staging = small_board / "warehouse" / "staging"
    (staging / "judgement.json").write_text('{"a": "SECRET"}')
    (staging / "led out.parquet").symlink_to(outside / "secret")
    (staging / "out").symlink_to(outside)
    return {
        "of the system": Path("/etc/passwd"), "the Board's settings": small_board / "lscb.toml", "outside": outside / "secret",
        "up": staging / ".." / ".." / "lscb.toml", "beside": staging / "judgement.json", "every one": staging / "*",
        "led": staging / "led out.parquet", "through a folder": staging / "out" / "secret",
        "up through a folder": staging / "out" / ".." / "secret",
    }  # fmt: skip


@pytest.mark.parametrize("query", OTHER_FILES)
def test_a_question_reads_no_other_file(small_board: Path, other_files: dict[str, Path], query: str) -> None:
    for said, file in other_files.items():
        with pytest.raises(UserError) as refused, questions(at(small_board)) as connection:
            pytest.fail(f"{said}: {ask(connection, query.format(file=file, folder=file.parent)).fetchall()}")
        assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("query", NO_QUESTION)
def test_a_question_writes_nothing_sets_nothing_and_is_one(small_board: Path, query: str) -> None:
    before = sorted(small_board.rglob("*"))
    with pytest.raises(UserError), questions(at(small_board)) as connection:
        ask(connection, query.format(home=small_board)).fetchall()
    assert sorted(small_board.rglob("*")) == before


def test_a_value_is_no_part_of_a_question(small_board: Path) -> None:
    """What `frame` and `explain` are given is compared, whatever it says."""
    hostile = "2014-07' or true; drop table published.indicators; --"
    assert frame(QUESTION, home=small_board, period=hostile).empty
    for words in (
        ["cp_plans_open' or true --"],
        ["cp_reregistration_percent", hostile],
        ["cp_reregistration_percent", "--area", hostile],
    ):
        assert main(["--home", str(small_board), "explain", *words]) == 1


@pytest.mark.parametrize("name", ["a 'quoted' Board", "a; drop table x", "böard", "a [b] * ?"])
def test_a_boards_folder_may_have_any_name_and_be_led_to(small_board: Path, tmp_path: Path, name: str) -> None:
    """Its name stands in the SQL that attaches the warehouse and lets its staging be read."""
    (tmp_path / name).symlink_to(small_board)
    with questions(at(tmp_path / name)) as connection:
        assert ask(connection, "from staging.a").fetchall() == [(1,)]


# limits: each question in a process of its own, as `lscb sql` is

ENDLESS = {
    "with recursive t as (select 1 as i union all select i + 1 from t) select count(*) from t": "seconds",
    "select * from range(1000000) a, range(1000000) b, range(1000000) c": "seconds",
    "select levenshtein(repeat('a', 400000), repeat('b', 400000))": "seconds",  # which hears no interruption
    "select * from range(100000000) a join range(100000000) b on a.range + 1 = b.range order by random()": "memory",
    "select length(repeat('x', 3000000000))": "memory",  # which the database does not count
}


def test_a_question_that_is_stopped_while_it_is_fetched_took_too_long(small_board: Path) -> None:
    said = "Attempting to execute an unsuccessful or closed pending query result\nError: INTERRUPT Error: Interrupted!"
    with pytest.raises(UserError, match="took more than 2 seconds"), questions(at(small_board), seconds=2):
        raise duckdb.InvalidInputException(said)


@pytest.mark.long
@pytest.mark.parametrize(("query", "of"), ENDLESS.items())
def test_a_question_ends_within_its_time_and_its_memory(small_board: Path, query: str, of: str) -> None:
    seconds = "2" if of == "seconds" else "60"
    words = ["sql", query, "--csv", "--memory", "300MB", "--seconds", seconds]
    begun = time.monotonic()
    asked = subprocess.Popen(
        [sys.executable, "-m", "lscb_data.cli", "--home", str(small_board), *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert asked.stderr
    said = asked.stderr.read().decode()
    _, status, used = os.wait4(asked.pid, 0)
    asked.returncode = os.waitstatus_to_exitcode(status)
    assert (asked.returncode, said.count("\n")) == (1, 1), said
    assert ("more than 2 seconds" if of == "seconds" else "more memory than 300MB") in said
    assert time.monotonic() - begun < 60
    assert used.ru_maxrss < 1_000_000, "kB"


def test_the_limits_are_of_the_question_and_not_of_who_asks(small_board: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(UserError, match="more memory"), questions(at(small_board), "100MB") as connection:
        ask(connection, "select length(repeat('x', 3000000000))").fetchall()
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    with pytest.raises(UserError, match="Memory must have a number"), questions(at(small_board), "plenty"):
        pytest.fail("that is no amount of memory")
