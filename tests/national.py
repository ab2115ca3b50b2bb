"""The DfE's real files, some years of them or all, as a Board receives them."""

import csv
import gzip
import io
from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.recognise import recognise
from lscb_data.submission import receive

DATA = Path(__file__).parent / "data" / "dfe"
FILES = sorted(path.name.removesuffix(".gz") for path in DATA.glob("*.csv.gz"))
Rows = list[dict[str, str]]
Changes = Callable[[Rows], None]


def named(*beginnings: str) -> list[str]:
    """The files whose names begin so, or with `ons`: d1, d3."""
    return [name for name in FILES if name.partition("_")[0] in beginnings or name.partition("_")[0] in ("ons",)]


def rows_of(name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(gzip.decompress((DATA / f"{name}.gz").read_bytes()).decode("utf-8-sig"))))


def write(folder: Path, name: str, years: Collection[int] = (), changes: Changes | None = None) -> Path:
    """The file with the rows of these financial years, by the year they end in (none: all), and with its changes."""
    before = 1 if name.startswith("ons") else 0  # its years are those of the populations, which come before
    rows = [row for row in rows_of(name) if not years or int(row["time_period"]) + before in years]
    if changes:
        changes(rows)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return folder / name


def receive_all(board: Board, contracts: Contracts, paths: Iterable[Path]) -> None:
    """Each received as what it is recognised to be."""
    for path in paths:
        contract, period = recognise(path, contracts, date(2026, 1, 1), board.settings.area_name)
        receive(board, path, contract, period)
