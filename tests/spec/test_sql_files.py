"""The files of `sql/`: one table each, its path its name, readable from the first line to the last."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from lscb_data.board import shipped
from lscb_data.finding import UserError
from lscb_data.sql_files import SCHEMAS, Table, read_table, tables

FILES = sorted(path for schema in SCHEMAS for path in shipped("sql").glob(f"{schema}/*.sql"))
# A table reads its own layer or the one below; the checks whatever they check; audit everything.
MAY_READ = {
    "conformed": {"staging", "conformed"},
    "marts": {"conformed", "marts"},
    "published": {"marts", "published"},
    "checks": {"staging", "conformed", "marts"},
    "audit": set(SCHEMAS),
}
STRAIGHT_THROUGH = {
    "published.indicators": {"conformed.indicators"},  # the dictionary: nothing is to be worked out of it
    "published.indicator_comparators": {"conformed.groups"},  # as they are declared
    "published.indicator_values_as_at": {"audit.figure_versions", "audit.indicator_versions"},  # what was published before
    **{f"published.indicator_{name}_as_at": {"audit.remark_versions"} for name in ("signals", "funnels", "targets")},
}
DIALECTS = ("postgres",)
NOT_CARRIED: dict[str, str] = {}  # table: why sqlglot cannot carry it to another engine
# Tables of millions of rows: the same whatever the build, in whatever order; to sort them takes longer than all else.
IN_ANY_ORDER = {"conformed.children", "conformed.cp_plans", "marts.cp_starts"}


def every_file(test):  # type: ignore[no-untyped-def]
    return pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")(test)


def tree(path: Path) -> exp.Query:
    (found,) = sqlglot.parse(path.read_text("utf-8"), read="duckdb")
    assert isinstance(found, exp.Query)
    return found


@every_file
def test_it_is_one_select_and_its_first_line_says_what_a_row_is(path: Path) -> None:
    assert read_table(path).comment.startswith("One row per ")
    assert path.read_text("utf-8").splitlines()[0].endswith((".", ":", "?"))


@every_file
def test_its_last_columns_are_named(path: Path) -> None:
    query = tree(path)
    selects = [query] if isinstance(query, exp.Select) else [query.this, query.expression]
    assert not [column for select in selects for column in select.selects if column.is_star]


@every_file
def test_its_rows_have_an_order_so_that_two_builds_are_alike(path: Path) -> None:
    assert bool(tree(path).args.get("order")) != (f"{path.parent.name}.{path.stem}" in IN_ANY_ORDER)


@every_file
def test_it_reads_its_own_layer_or_the_one_below(path: Path) -> None:
    table = read_table(path)
    reads = table.reads - STRAIGHT_THROUGH.get(table.full_name, set())
    assert {name.split(".")[0] for name in reads} <= MAY_READ[table.schema]
    assert table.full_name not in reads


@every_file
@pytest.mark.parametrize("dialect", DIALECTS)
def test_sqlglot_can_carry_it_to_another_engine(path: Path, dialect: str) -> None:
    if f"{path.parent.name}.{path.stem}" in NOT_CARRIED:
        pytest.skip(NOT_CARRIED[f"{path.parent.name}.{path.stem}"])
    text = path.read_text("utf-8")
    (carried,) = sqlglot.transpile(text, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)
    sqlglot.parse_one(carried, read=dialect)


@every_file
def test_it_has_no_shorthand_that_one_engine_only_knows(path: Path) -> None:
    text = path.read_text("utf-8").lower()
    assert not [word for word in ("group by all", "order by all", "by name", "exclude (") if word in text]


def test_each_table_is_built_after_those_it_reads() -> None:
    built: set[str] = set()
    names = {f"{path.parent.name}.{path.stem}" for path in FILES}
    for table in tables([shipped("sql")]):
        assert table.reads & names <= built, table.full_name
        built.add(table.full_name)
    assert built == names


def test_the_checks_all_find_in_the_same_columns() -> None:
    heads = {tuple(column.alias_or_name for column in tree(path).selects) for path in FILES if path.parent.name == "checks"}
    assert len(heads) == 1


def test_every_published_column_is_described() -> None:
    for path in FILES:
        if path.parent.name == "published":
            described = set(read_table(path).columns)
            assert {column.alias_or_name for column in tree(path).selects} == described


def test_a_boards_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "conformed" / "providers.sql"
    own.parent.mkdir()
    own.write_text("-- One row per provider.\nselect 'CCS' as provider, 'Trust' as title\n")
    (found,) = [table for table in tables([shipped("sql"), tmp_path]) if table.full_name == "conformed.providers"]
    assert isinstance(found, Table)
    assert found.comment == "One row per provider."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1 as one\n", "the first line is"),
        ("-- Some rows.\nselect 1 as one\n", "the first line is"),
        ("-- One row per thing.\nselect 1 as one; select 2 as two\n", "more or less than one SELECT"),
        ("-- One row per thing.\ndrop table raw\n", "more or less than one SELECT"),
        ("-- One row per thing.\nselect from where\n", "is not SQL"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "thing.sql"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        read_table(path)
