"""Small tables in, breaches out."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lscb_data import batch
from lscb_data.batch import MENDED_VERSION, NO_ROWS, Breach, BrokenExpectation, Expectation

ROW_COUNT, UNIQUE = "expect_table_row_count_to_be_between", "expect_column_values_to_be_unique"
REGEX, SUM = "expect_column_values_to_match_regex", "expect_column_sum_to_be_between"
LIKE, ONLY = "expect_column_values_to_match_like_pattern", "expect_column_distinct_values_to_be_in_set"
GX = {"condition_parser": "great_expectations"}

SOURCE = str(Path(__file__).parents[2] / "src")

Made = Callable[..., Path]


def judge(path: Path, expectations: list[Expectation]) -> list[Breach]:
    with duckdb.connect(path, read_only=True) as connection:
        return batch.judge(connection, expectations)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a database of the statements given."""

    def make(*statements: str, name: str = "submission.duckdb") -> Path:
        with duckdb.connect(tmp_path / name) as connection:
            for statement in statements:
                connection.execute(statement)
        return tmp_path / name

    return make


@pytest.fixture(scope="module", autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process of its own with an empty home, started first for it takes seconds to import."""
    path, here = tmp_path_factory.mktemp("data") / "submission.duckdb", tmp_path_factory.mktemp("here")
    with duckdb.connect(path) as connection:
        connection.execute(figures())
    code = f"""
import gc, logging
import duckdb
logging.basicConfig(level=logging.DEBUG, filename="log")
from lscb_data.batch import BrokenExpectation, Expectation, judge
for query in ["select row from figures", "select area::int from figures"]:
    try:
        with duckdb.connect({str(path)!r}, read_only=True) as connection:
            judge(connection, [Expectation("a", "figures", "no_rows", {{}}, query)])
    except BrokenExpectation:
        pass
gc.collect()
"""
    with subprocess.Popen(
        [sys.executable, "-B", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=here,
        env={"HOME": str(here), "TMPDIR": str(here), "PYTHONPATH": SOURCE},
    ) as process:
        yield process, here
        process.kill()


def figures(rows: int = 4) -> str:
    columns = "range as row, 'E0' || range as area, 3 as cases"
    return f"create table figures as select {columns} from range({rows})"


def asked(expect: str, query: str | None = None, /, code: str = "asked", **arguments: Any) -> Expectation:
    return Expectation(code, "figures", expect, arguments, query)


def test_nothing_expected_costs_nothing(tmp_path: Path) -> None:
    quick = "import duckdb, sys, lscb_data.batch as b; b.judge(duckdb.connect(), []); "
    loaded = subprocess.run(
        [sys.executable, "-c", quick + "print('great_expectations' in sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": SOURCE},
    )
    assert loaded.stdout == "False\n"


def test_what_is_met_is_no_breach(made: Made) -> None:
    met = [asked(ROW_COUNT, min_value=4), asked(NO_ROWS, "select row from figures where cases < 0")]
    assert judge(made(figures()), met) == []


def test_an_empty_table(made: Made) -> None:
    breaches = judge(
        made(figures(0)),
        [
            asked(ROW_COUNT, code="size", min_value=1),
            asked(UNIQUE, code="unique", column="area"),
            asked(REGEX, code="shape", column="area", regex="^E"),
            asked(SUM, code="total", column="cases", min_value=1),
            asked(NO_ROWS, "select row from figures", code="rows"),
        ],
    )
    seen = [(breach.code, breach.observed, breach.count) for breach in breaches]
    assert seen == [("size", "found 0", 1), ("total", "nothing to work a figure out from", 1)]


@pytest.mark.parametrize(
    ("expectation", "observed", "count"),
    [
        (asked(ROW_COUNT, min_value=5), "found 4", 1),
        (asked(UNIQUE, column="cases"), "4 of 4 values", 4),
        (asked(UNIQUE, column="cases", row_condition='col("row")<1', **GX), None, None),
        (asked(UNIQUE, column="cases", row_condition='col("row")<2', **GX), "2 of 2 values", 2),
        (asked(REGEX, column="area", regex="0[12]$"), "2 of 4 values", 2),
        (asked(REGEX, column="area", regex="0[12]$", mostly=0.5), None, None),
        (asked("expect_column_values_to_not_match_regex", column="area", regex="3"), "1 of 4 values", 1),
        (asked(LIKE, column="area", like_pattern="E01%"), "3 of 4 values", 3),
        (asked(SUM, column="cases", max_value=11), "found 12", 1),
        (asked("expect_column_mean_to_be_between", column="row", max_value=1), "found 1.5", 1),
        (asked(ONLY, column="area", value_set=["E01"]), "3 values", 3),
    ],
)
def test_what_is_seen(made: Made, expectation: Expectation, observed: str | None, count: int | None) -> None:
    breaches = judge(made(figures()), [expectation])
    seen = [(breach.observed, breach.count) for breach in breaches]
    assert seen == ([(observed, count)] if observed else [])


def test_gaps_are_not_counted_as_values(made: Made) -> None:
    path = made(figures(), "update figures set area = null where row > 1")
    assert judge(path, [asked(REGEX, column="area", regex="1")])[0].observed == "1 of 2 values"


@pytest.mark.parametrize("which", ["max", "min", "median"])
def test_a_value_of_a_column_is_not_told(made: Made, which: str) -> None:
    path = made("create table figures as select 4012345678 as nhs_number")
    breach = judge(path, [asked(f"expect_column_{which}_to_be_between", column="nhs_number", max_value=9)])[0]
    assert "4012345678" not in repr(breach)


def test_rows_come_back_as_the_query_gives_them(made: Made) -> None:
    query = "select row, cases / 2 as half, 1.5::decimal(4, 2) as rate from figures where row = 2"
    breach = judge(made(figures()), [asked(NO_ROWS, query)])[0]
    assert breach.rows == ({"row": 2, "half": 1.5, "rate": Decimal("1.50")},)
    assert (breach.table, breach.observed, breach.count) == ("figures", "1 rows", 1)


def test_many_rows_are_capped_and_counted(made: Made) -> None:
    breach = judge(made(figures(1000)), [asked(NO_ROWS, "select row from figures order by row")])[0]
    assert (breach.count, len(breach.rows), breach.rows[-1]) == (1000, 200, {"row": 199})


@pytest.mark.parametrize(
    "query",
    [
        "select row, {'a': 1} as struct from figures where row = 1",
        "select row, '{' from figures where row = 1",
        "select row from figures where row = 1 and area not in (':word', ':a:', 'a:b', '{batch}')",
        "select row, [1, 2, 3][:row] from figures where row::int = 1",
        r"select row from figures where row = 1 and area <> '\:x' and area like 'E%'",
        "select row from figures where row = 1 -- the second",
        "with one as (select * from figures where row = 1) select row from one order by row;\n",
    ],
)
def test_a_query_reaches_duckdb_as_it_stands(made: Made, query: str) -> None:
    breach = judge(made(figures()), [asked(NO_ROWS, query)])[0]
    assert (breach.count, breach.rows[0]["row"]) == (1, 1)


@pytest.mark.parametrize(
    ("expectation", "what"),
    [
        (asked("expect_miracles", column="area"), "there is no expectation expect_miracles"),
        (asked("ExpectColumnValuesToBeUnique", column="area"), "there is no expectation"),
        (asked(UNIQUE, colum="area"), "colum extra fields not permitted"),
        (asked(UNIQUE), "column field required"),
        (asked(UNIQUE, column="area", result_format="COMPLETE"), "result_format"),
        (asked(NO_ROWS), "needs a query"),
        (asked(UNIQUE, "select 1", column="area"), "needs a query"),
        (asked(UNIQUE, column="nowhere"), 'The column "nowhere" in BatchData does not exist'),
        (asked(SUM, column="area", max_value=1), "Binder Error: No function matches"),
        (asked(REGEX, column="area", regex="(?=E)"), "Invalid Input Error"),
        (asked("expect_column_values_to_be_dateutil_parseable", column="area"), "No provider found"),
        (asked(NO_ROWS, "selekt row"), "Parser Error"),
        (asked(NO_ROWS, "select nothing from figures"), 'Referenced column "nothing" not found'),
        (asked(NO_ROWS, "select row from elsewhere"), "Catalog Error: Table with name elsewhere"),
        (asked(NO_ROWS, "delete from figures"), "Parser Error"),
        (Expectation("asked", "elsewhere", ROW_COUNT, {"min_value": 1}), "there is no table elsewhere"),
    ],
)
def test_an_expectation_that_cannot_be_asked(made: Made, expectation: Expectation, what: str) -> None:
    path = made(figures())
    with pytest.raises(BrokenExpectation, match="asked") as broken:
        judge(path, [asked(ROW_COUNT, code="sound", max_value=1), expectation])
    assert broken.value.code == "asked"
    assert what in broken.value.what


def test_a_fault_does_not_quote_the_data(made: Made) -> None:
    path = made("create table figures as select 'Jane Doe' as child")
    with pytest.raises(BrokenExpectation, match="Conversion Error") as broken:
        judge(path, [asked(NO_ROWS, "select child::int as n from figures")])
    assert "Jane" not in str(broken.value)


def test_the_same_under_two_codes_is_two_breaches(made: Made) -> None:
    twice = [asked(ROW_COUNT, code=code, max_value=1) for code in ("first", "second")]
    assert [breach.code for breach in judge(made(figures()), twice)] == ["first", "second"]


def test_breaches_keep_the_order_of_the_contract_over_tables(made: Made) -> None:
    path = made(figures(), "create table areas as select 1 as area", "create view few as from areas")
    tables = ["figures", "areas", "few", "figures", "areas"]
    too_few = [Expectation(f"{n}", name, ROW_COUNT, {"min_value": 9 + n}) for n, name in enumerate(tables)]
    breaches = judge(path, too_few)
    assert [(breach.code, breach.table) for breach in breaches] == [(f"{n}", t) for n, t in enumerate(tables)]
    assert [breach.observed for breach in breaches] == [f"found {n}" for n in (4, 1, 1, 4, 1)]


@pytest.mark.parametrize("name", ["plain.duckdb", "a b $HOME %20.duckdb"])
def test_the_file_is_let_go(made: Made, name: str) -> None:
    path = made(figures(), name=name)
    before = path.read_bytes()
    assert judge(path, [asked(ROW_COUNT, max_value=1), asked(NO_ROWS, "select row from figures")])
    assert path.read_bytes() == before
    with pytest.raises(BrokenExpectation):
        judge(path, [asked(UNIQUE, column="nowhere")])
    with duckdb.connect(path) as connection:
        connection.execute("insert into figures values (9, 'E09', 1)")
    assert judge(path, [asked(ROW_COUNT, max_value=1)])[0].observed == "found 5"


def test_it_says_and_writes_nothing(alone: tuple[subprocess.Popen[str], Path]) -> None:
    process, here = alone
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert [each.name for each in here.iterdir()] == ["log"]
    log = (here / "log").read_text()
    assert "E00" not in log
    assert "great_expectations" not in log


def test_the_mends_are_for_the_version_in_use() -> None:
    import great_expectations

    again = "look again whether Great Expectations needs the mends in batch.py, then set MENDED_VERSION"
    assert great_expectations.__version__ == MENDED_VERSION, again


def test_the_mends_are_for_that_version_only(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    import great_expectations
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    path, expectations = made(figures()), [asked(ROW_COUNT, min_value=9)]
    judge(path, expectations)
    mended = engine._PERSISTED_CONNECTION_DIALECTS
    judge(path, expectations)
    assert mended == engine._PERSISTED_CONNECTION_DIALECTS
    monkeypatch.setattr(engine, "_PERSISTED_CONNECTION_DIALECTS", mended[:-1])
    monkeypatch.setattr(great_expectations, "__version__", "9.9.9")
    with pytest.raises(BrokenExpectation):  # unmended it still fails, and is never read as bad data
        judge(path, expectations)
