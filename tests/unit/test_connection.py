"""Ways into the warehouse: each reads, none writes, and a question from anybody sees nothing else."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lscb_data import connect, frame
from lscb_data.board import Board, at
from lscb_data.connection import ask, questions, url
from lscb_data.finding import UserError

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


@pytest.mark.parametrize(
    "query",
    [
        "from read_text('{home}/lscb.toml')",
        "from read_text('{home}/warehouse/staging/../../lscb.toml')",
        "from glob('{home}/*')",
        "copy published.indicators to '{home}/warehouse/staging/b.parquet'",
        "create table published.b as select 1",
        "select 1; drop table published.indicators",
        "attach '{home}/b.duckdb'",
        "set enable_external_access = true",
        "install httpfs",
        "select nonsense",
        "",
    ],
)
def test_a_question_reads_no_other_file_and_writes_nothing(small_board: Path, query: str) -> None:
    before = sorted(small_board.rglob("*"))
    with pytest.raises(UserError), questions(at(small_board)) as connection:
        ask(connection, query.format(home=small_board)).fetchall()
    assert sorted(small_board.rglob("*")) == before


def test_a_question_ends_after_its_time_and_keeps_within_its_memory(small_board: Path) -> None:
    endless = "with recursive t as (select 1 as i union all select i + 1 from t) select count(*) from t"
    with pytest.raises(UserError, match="more than 0"), questions(at(small_board), seconds=0.2) as connection:
        ask(connection, endless).fetchall()
    huge = "select string_agg(repeat('x', 1000)) from range(1000000)"
    with pytest.raises(UserError, match="more memory than 100MB"), questions(at(small_board), "100MB") as connection:
        ask(connection, huge).fetchall()
