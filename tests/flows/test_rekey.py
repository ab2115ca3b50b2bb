"""Another key: every child has another pseudonym, no row is lost, and nothing that the old key made is left behind."""

from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest

from lscb_data import rekey
from lscb_data.board import SETTINGS, Board, at
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.pseudonym import write_key
from lscb_data.publish import current
from lscb_data.submission import receive

pytestmark = pytest.mark.usefixtures("prefect")

PLANS = """Child Unique ID,Gender,Ethnicity,Date of Birth,Child Protection Plan Start Date,Initial Category of Abuse,\
Latest Category of Abuse,Child Protection Plan End Date,Number of Previous Child Protection Plans
C1,F,WBRI,17/05/2009,02/02/2014,NEG,EMO,30/05/2014,0
C2,M,WBRI,17/05/2010,02/03/2014,NEG,NEG,,1
C3,M,WBRI,17/05/2010,31/02/2014,NEG,NEG,,1
"""


@pytest.fixture
def home(board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A Board with plans that were loaded under its first key."""
    for name in rekey.IN_FORCE:
        monkeypatch.delenv(name, raising=False)
    write_key(tmp_path / "first.key", board.home)
    write_key(tmp_path / "second.key", board.home)
    with (board.home / SETTINGS).open("a") as settings:
        settings.write(f'key_file = "{tmp_path}/first.key"\n')
    path = tmp_path / "list 7.csv"
    path.write_text(PLANS)
    receive(board, path, contracts["csc__annex_a_list_7"], parse("2014-15 Q1"))
    load(board)
    return at(board.home)


def load(board: Board) -> None:
    from flows.load import run

    run(board.home)


def children(board: Board) -> dict[int, UUID | None]:
    with duckdb.connect(current(board), read_only=True) as connection:
        return dict(connection.execute("select row, child from staging.csc__annex_a_list_7 order by row").fetchall())


def left(board: Board) -> set[str]:
    return {path.name for path in board.warehouse.rglob("*") if path.suffix in (".parquet", ".json", ".duckdb", ".part")}


def evidence(board: Board) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in board.raw.rglob("*") if path.is_file()}


def test_every_pseudonym_is_another_and_nothing_of_the_old_key_is_left(
    home: Board, contracts: Contracts, tmp_path: Path
) -> None:
    from flows.load import run

    before, files, raw = children(home), left(home), evidence(home)
    second = tmp_path / "second.key"
    assert not rekey.is_in_force(home, second)
    assert rekey.land_anew(home, contracts, second) == (1, 3)
    with rekey.using(second):
        run(home.home)
    assert rekey.put_in_force(home, second)
    assert rekey.clear(home, contracts, second) == 3  # the rows, what was said of them, and the build
    after = children(home)
    assert [row for row, child in after.items() if child] == [row for row, child in before.items() if child] == [2, 3]
    assert not {child for child in before.values() if child} & set(after.values())
    assert not {name for name in left(home) if name != "lscb.duckdb"} & files
    assert evidence(home) == raw
    again = at(home.home)
    assert rekey.is_in_force(again, second)
    load(again)  # as everyone does from now on
    assert children(again) == after


def test_where_it_breaks_off_the_old_key_and_its_warehouse_stand_and_it_can_be_run_again(
    home: Board, contracts: Contracts, tmp_path: Path
) -> None:
    before, build = children(home), current(home)
    rekey.land_anew(home, contracts, tmp_path / "second.key")  # and here the machine went
    assert (children(home), current(home), rekey.is_in_force(home, tmp_path / "second.key")) == (before, build, False)
    assert rekey.land_anew(home, contracts, tmp_path / "second.key") == (1, 3)


def test_a_file_that_is_not_as_it_was_received_stops_it(home: Board, contracts: Contracts, tmp_path: Path) -> None:
    (path,) = (home.raw / parse("2014-15 Q1").folder).rglob("*.csv")
    path.chmod(0o600)
    path.write_text(PLANS + "C4,F,WBRI,17/05/2009,02/02/2014,NEG,EMO,,0\n")
    before = left(home)
    with pytest.raises(UserError, match="not the file received"):
        rekey.land_anew(home, contracts, tmp_path / "second.key")
    assert left(home) == before


def test_submissions_judged_otherwise_stop_it(
    home: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rekey.land

    def lossy(*given: Any) -> Any:
        landed = real(*given)
        return landed if rekey.is_in_force(home, tmp_path / "first.key") else type(landed)(**(vars(landed) | {"received": 2}))

    monkeypatch.setattr(rekey, "land", lossy)
    with pytest.raises(UserError, match="other counts"):
        rekey.land_anew(home, contracts, tmp_path / "second.key")


def test_a_key_in_the_environment_is_for_whoever_set_it_to_change(
    home: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LSCB_KEY", "a key for tests, of enough letters")
    settings = (home.home / SETTINGS).read_text()
    assert not rekey.put_in_force(home, tmp_path / "second.key")
    assert (home.home / SETTINGS).read_text() == settings
