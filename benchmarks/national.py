"""The national load beside a bare DuckDB load of the same CSVs, in one run; an as-at query; the bytes of history.

`python -m benchmarks.national`: every figure on a line of its own.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb

from lscb_data.board import Board, init, shipped
from lscb_data.contract import load_contracts
from tests import national
from tests.loads import load

IMPORTS = "import duckdb, great_expectations, prefect, pydantic, lscb_data.warehouse"


def took(what: Callable[[], object]) -> float:
    begun = perf_counter()
    what()
    return perf_counter() - begun


def main() -> None:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = [national.write(folder / "sent", name) for name in national.FILES]
        bare = duckdb.connect(folder / "bare.duckdb")
        plain = took(
            lambda: [bare.execute(f"create table t{n} as from read_csv(?)", [str(path)]) for n, path in enumerate(paths)]
        )
        imports = took(lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True))
        board = Board(folder / "home")
        init(board, "Board", "E10000003", "Cambridgeshire")
        national.receive_all(board, load_contracts([shipped("schemas")]), paths)
        ours = took(lambda: load(board))
        print(f"bare load {plain:.2f} s, imports {imports:.2f} s, national load {ours:.2f} s")
        print(f"ratio to 3 x bare + imports: {ours / (3 * plain + imports):.2f} (bound 1)")
        with duckdb.connect(board.warehouse / "lscb.duckdb", read_only=True) as connection:
            query = "from published.indicator_values_as_at('2100-01-01') where indicator = 'cp_plans_open_per_10000'"
            times = sorted(took(lambda: connection.execute(query).fetchall()) for _ in range(9))
        print(f"as-at query, median of 9: {times[4] * 1000:.0f} ms (bound 200)")
        history = sum(path.stat().st_size for path in (board.raw / "published").glob("*"))
        print(f"history {history:,} bytes of {sum(path.stat().st_size for path in paths):,} received (bound 1.5 x)")


if __name__ == "__main__":
    main()
