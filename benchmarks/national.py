"""The national load beside a bare DuckDB load of the same CSVs, in one run, and beside a bare copy of the tables that it makes;
the same limits by pandas and statsmodels; an as-at query; the bytes of history.

`make bench-national`: every figure on a line of its own, each step in a process of its own.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb

from benchmarks.records import Took, python, run
from lscb_data.board import Board, init, shipped
from lscb_data.contract import Return, load_contracts
from lscb_data.indicator import load_indicators
from lscb_data.sealed_store import STORAGE
from tests import national

IMPORTS = "import duckdb, great_expectations, prefect, pydantic, lscb_data.warehouse"
BARE = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    for n, path in enumerate(sys.argv[2:]):
        connection.execute(f"create table t{n} as from read_csv(?)", [path])
"""
LOAD = f"""
{IMPORTS}, sys, pathlib
from lscb_data.board import at
from tests.loads import load
load(at(pathlib.Path(sys.argv[1])))
"""
COPY = f"""
import duckdb, sys
with duckdb.connect(sys.argv[2], config={{"storage_compatibility_version": "{STORAGE}"}}) as connection:
    connection.execute(f"attach '{{sys.argv[1]}}' as built (read_only)")
    tables = connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'built'").fetchall()
    for n, (schema, table) in enumerate(tables):
        connection.execute(f"create table t{{n}} as from built.{{schema}}.{{table}}")
"""  # noqa: S608 - names of our own tables
PEERS = Path(__file__).with_name("peers")
PERCENT = {
    "code": "cp_reregistration_with_transfers_percent",
    "of": ["cp_reregistrations_with_transfers", "cp_plans_started_with_transfers"],
}
# Ours have two places, and the value as many as its publisher prints: the peer's are compared as they are.
COMPARED = """
with theirs as (
    select measure as indicator, new_la_code as area_code, time_period - 1 || '-' || right(time_period::varchar, 2) as period,
        * exclude (measure, new_la_code, time_period)
    from read_parquet(?)
),
ours as (
    from published.indicator_values where period_type = 'year' and breakdown_type is null and lower_95 is not null
)
select count(*), count(ours.indicator), count(*) filter (
    abs(ours.value - theirs.value) > 0.050001
    or greatest(
        abs(ours.lower_95 - theirs.lower_95), abs(ours.upper_95 - theirs.upper_95),
        abs(ours.lower_998 - theirs.lower_998), abs(ours.upper_998 - theirs.upper_998)
    ) > 0.005001
)
from theirs left join ours using (indicator, area_code, period)
"""


def took(what: Callable[[], object]) -> float:
    begun = perf_counter()
    what()
    return perf_counter() - begun


def asked_of_the_peer(contracts: Iterable[Return], paths: list[Path]) -> dict[str, Any]:
    """What the peer works out: the counts of whole councils in each file, by the contracts, and which of them have a rate."""
    declared = [one for _, one in load_indicators([shipped("schemas")]).values()]
    files = {}
    for sheet in (sheet for contract in contracts if contract.publisher for sheet in contract.sheets):
        figures = [c for c in sheet.columns if c.type == "count" and c.measure and c.of in ("row", "row_end")]
        columns = {c.printed[0]: c.measure for c in figures if not c.breakdown_type}
        by_council = any(c.key == "area" and "new_la_code" in c.printed for c in sheet.columns)
        files |= {path.name: columns for path in paths if path.stem in sheet.names and by_council}
    files = dict(sorted(files.items()))  # as they are received: of two counts of one thing the later stands
    rates = [one.numerator[0] for one in declared if one.kind == "rate" and one.code == f"{one.numerator[0]}_per_10000"]
    return {
        "files": files,
        "people": next(p.name for p in paths if p.name.startswith("ons")),
        "rates": rates,
        "percent": PERCENT,
    }


def said(one: Took) -> str:
    return f"{one.work}: {one.seconds:.2f} s by the clock, {one.processor:.2f} s of the processor, {one.memory:,.0f} MB"


def main() -> None:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = [national.write(folder / "sent", name) for name in national.FILES]
        contracts = load_contracts([shipped("schemas")])
        board = Board(folder / "home")
        init(board, "Board", "E10000003", "Cambridgeshire")
        national.receive_all(board, contracts, paths)
        bare = run("bare load of the same CSVs", 0, python(BARE, folder / "bare.duckdb", *paths))
        imports = run("the libraries' imports", 0, python(IMPORTS))
        warehouse = board.warehouse / "lscb.duckdb"
        ours = run("national load, imports included", 0, python(LOAD, board.home))
        copied = run("its finished tables copied, nothing worked out", 0, python(COPY, warehouse, folder / "copied.duckdb"))
        for one in (bare, imports, ours, copied):
            print(said(one))
        for clock in ("seconds", "processor"):
            bound = 3 * getattr(bare, clock) + getattr(imports, clock)
            print(f"ratio to 3 x bare + imports, {clock}: {getattr(ours, clock) / bound:.2f} (bound 1)")
        asked, answers = asked_of_the_peer(contracts.returns.values(), paths), folder / "answers.parquet"
        command = [PEERS / ".venv/bin/python", PEERS / "pandas_statsmodels.py", folder / "sent", json.dumps(asked), answers]
        print(said(run("the same limits by pandas and statsmodels", 0, [str(one) for one in command])))
        with duckdb.connect(warehouse, read_only=True) as connection:
            theirs, compared, differ = connection.execute(COMPARED, [str(answers)]).fetchone() or (0, 0, 0)
            print(
                f"of its {theirs:,} figures {compared:,} have limits here (counts of a year's children none), {differ:,} differ"
            )
            for what in ("values", "signals", "funnels", "targets"):
                query = f"from published.indicator_{what}_as_at('2100-01-01') where indicator = 'cp_plans_open_per_10000'"
                times = sorted(took(lambda query=query: connection.execute(query).fetchall()) for _ in range(9))
                print(f"{what} as at a day, median of 9: {times[4] * 1000:.0f} ms (bound 200)")
        history = sum(path.stat().st_size for path in (board.raw / "published").glob("*"))
        print(f"history {history:,} bytes of {sum(path.stat().st_size for path in paths):,} received (bound 1.5 x)")
        if differ or not compared:
            sys.exit("The peer's limits are not ours.")


if __name__ == "__main__":
    main()
