"""Readers, loads beside each other, and loads that are killed: laws 1 to 4."""

import os
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from lscb_data import board, contract, publish, submission
from tests.loads import load

ROOT = Path(__file__).parents[2]
FIGURES = "select count(*), sum(value) from published.indicator_values"


@pytest.fixture
def home(tmp_path: Path) -> board.Board:
    """A Board with one quarter of police data and of MARAC, loaded once."""
    shutil.copy(ROOT / "lscb.toml", tmp_path)
    for agency in ("constabulary", "marac"):
        shutil.copytree(ROOT / "raw/2014-15-Q1" / agency, tmp_path / "raw/2014-15-Q1" / agency)
    here = board.at(tmp_path)
    load(here)
    return here


def figures(here: board.Board) -> tuple[int, Decimal]:
    with duckdb.connect(publish.current(here), read_only=True) as connection:
        return connection.execute(FIGURES).fetchall()[0]


@pytest.mark.long
def test_a_reader_keeps_its_build_while_loads_go_on(home: board.Board) -> None:
    with duckdb.connect(publish.current(home), read_only=True) as reader:
        before = reader.execute(FIGURES).fetchone()
        for _ in range(home.settings.keep_builds + 1):
            load(home)
        assert reader.execute(FIGURES).fetchone() == before
    assert figures(home) == before
    assert len(list((home.warehouse / "builds").glob("*.duckdb"))) == home.settings.keep_builds


def test_a_second_load_says_who_holds_the_warehouse(home: board.Board) -> None:
    said: list[str] = []
    with publish.holding(home, 0, print), pytest.raises(publish.BusyError, match=f"process {os.getpid()}"):  # noqa: SIM117
        with publish.holding(home, 0.2, said.append):
            pytest.fail("two loads held the warehouse at once")
    assert "waiting" in said[0]


def test_a_second_load_waits_and_then_goes_on(home: board.Board) -> None:
    holds = f"""
from pathlib import Path; import time
from lscb_data import board, publish
with publish.holding(board.at(Path({str(home.home)!r})), 0, print):
    print("held", flush=True); time.sleep(1.5)
"""
    other = subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with publish.holding(home, 30, lambda _: None):
        assert other.wait(10) == 0


@pytest.mark.long
@pytest.mark.parametrize("moment", range(4))
def test_a_killed_load_leaves_the_last_good_warehouse(home: board.Board, moment: int) -> None:
    before = figures(home)
    shutil.rmtree(home.staging)  # so that everything is judged again
    pid = os.fork()
    if pid == 0:
        try:
            load(home)
        finally:
            os._exit(0)
    time.sleep(0.05 + moment * 0.4)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert figures(home) == before
    load(home)
    assert figures(home) == before


def standing(here: board.Board) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What each return's submission is worth, and what was found on files that are not as received."""
    with duckdb.connect(publish.current(here), read_only=True) as connection:
        worth = dict(connection.execute('select "return", standing from audit.submissions').fetchall())
        found = connection.execute(
            "select code, severity from audit.findings where code like 'file\\_%' escape '\\'"
        ).fetchall()
    return worth, found


def test_a_file_altered_after_it_was_landed_is_said_and_its_figures_stand(home: board.Board) -> None:
    """Somebody opened it in Excel and saved it: what was landed is of the bytes that were received."""
    before, file = figures(home), home.raw / "2014-15-Q1/marac/marac.xlsx"
    received = file.read_bytes()
    file.write_bytes(received + b" ")
    load(home)
    assert figures(home) == before
    assert standing(home) == (
        {"marac__cases": "accepted", "constabulary__police_data": "accepted"},
        [("file_altered", "error")],
    )
    file.write_bytes(received)
    load(home)
    assert standing(home)[1] == []


def test_an_altered_file_of_which_nothing_is_landed_is_refused_and_the_rest_is_loaded(home: board.Board) -> None:
    file = home.raw / "2014-15-Q1/marac/marac.xlsx"
    file.write_bytes(file.read_bytes() + b" ")
    shutil.rmtree(home.staging)
    load(home)
    assert standing(home) == (
        {"marac__cases": "refused", "constabulary__police_data": "accepted"},
        [("file_altered", "blocker")],
    )


def test_a_refused_submission_leaves_the_last_good_one(home: board.Board, tmp_path: Path) -> None:
    before = figures(home)
    broken = tmp_path / "marac.xlsx"
    broken.write_bytes(b"not a workbook")
    contracts = contract.load_contracts(home.folders("schemas"))
    period = submission.received(home)[0].period
    _, new = submission.receive(home, broken, contracts["marac__cases"], period)
    assert new
    load(home)
    assert figures(home) == before


def test_the_figures_of_a_withdrawn_submission_step_back(home: board.Board, tmp_path: Path) -> None:
    before = figures(home)
    other = tmp_path / "sent by mistake.xlsx"
    workbook = openpyxl.load_workbook(ROOT / "raw/2014-15-Q1/marac/marac.xlsx")
    workbook["MARAC"]["B5"] = 17
    workbook.save(other)
    contracts = contract.load_contracts(home.folders("schemas"))
    period = submission.received(home)[0].period
    second, _ = submission.receive(home, other, contracts["marac__cases"], period)
    load(home)
    assert figures(home) != before
    submission.withdraw(home, second.id, "it is a draft")
    load(home)
    assert figures(home) == before
    with duckdb.connect(publish.current(home), read_only=True) as connection:
        said = "select standing, withdrawn_for from audit.submissions where submission_id = ?"
        assert connection.execute(said, [second.id]).fetchone() == ("withdrawn", "it is a draft")
    assert second.path.exists()


def test_what_was_published_outlives_the_warehouse(home: board.Board) -> None:
    """Also where a load was killed after its build took its place and before that was written into the ledger."""
    kept = {path.name: path.read_bytes() for path in home.ledger.iterdir()}
    assert kept
    shutil.rmtree(home.ledger)
    publish.write_down(home)
    assert {path.name: path.read_bytes() for path in home.ledger.iterdir()} == kept
    shutil.rmtree(home.warehouse)
    load(home)
    with duckdb.connect(publish.current(home), read_only=True) as connection:
        moments = connection.execute("select distinct known_from from audit.figure_versions").fetchall()
        changes = connection.execute("select count(*) from audit.restatements").fetchone()
    assert ([f"{moment:%Y%m%dT%H%M%S%fZ}.figures.parquet" for (moment,) in moments], changes) == (
        [name for name in kept if "figures" in name],
        (0,),
    )


def test_what_was_published_is_had_as_at_any_day_by_every_client(home: board.Board) -> None:
    from sqlalchemy import create_engine, text

    from lscb_data import connection

    asked = "select count(*), sum(value) from published.indicator_values_as_at(current_date)"
    now = figures(home)
    assert tuple(connection.frame(asked, home.home).astype(str).iloc[0]) == tuple(map(str, now))
    with create_engine(connection.url(home.home)).connect() as sqlalchemy:
        assert tuple(sqlalchemy.execute(text(asked)).one()) == now
    with connection.questions(home) as asking:
        assert connection.ask(asking, asked).fetchone() == now
    with duckdb.connect() as shell:
        shell.execute(f"attach '{publish.current(home)}' as board (read_only); use board")
        assert shell.execute(asked).fetchone() == now
