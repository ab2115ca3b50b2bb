"""Several at once in one folder: two who receive, two machines that load, readers while builds go; and a clock set back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from filelock import FileLock

from lscb_data import agreed, connection, decision, hold, publish, renamed, sealed_store, submission, warehouse
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.period import parse
from lscb_data.raw import receipt_of
from lscb_data.submission import receive, received
from lscb_data.workbook import read_grids

ROOT = Path(__file__).parents[2]

Q1 = parse("2014-15 Q1")
MARAC = "marac__cases"


# two who receive


def in_a_fork(act: Callable[[], Any]) -> int:
    """A process that does this and ends with 0, or with 1 where it raised."""
    if (child := os.fork()) == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return child


def test_two_files_of_one_name_received_at_once_are_both_kept_as_they_came(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = submission.raw.place

    def slowly(*given: Any) -> Path:
        found = place(*given)
        time.sleep(0.3)  # in which the other would find the same place free
        return found

    monkeypatch.setattr(submission.raw, "place", slowly)
    sent = {f"PK {number}".encode() for number in range(4)}
    children = []
    for number, content in enumerate(sorted(sent)):
        file = tmp_path / str(number) / "marac.xlsx"
        file.parent.mkdir()
        file.write_bytes(content)
        children.append(in_a_fork(lambda file=file: receive(board, file, contracts[MARAC], Q1)))
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    kept = received(board)
    assert {one.path.read_bytes() for one in kept} == sent
    assert not any(one.altered for one in kept)
    assert len({one.receipt.received_at for one in kept}) == 4, "so that it is known which came last"


def test_what_a_killed_receive_left_half_written_goes_with_the_next(board: Board, contracts: Contracts, tmp_path: Path) -> None:
    """It may be of children, and nobody would see it: its name begins with a dot."""
    dead = in_a_fork(lambda: None)
    os.waitpid(dead, 0)
    left = board.raw / "2014-15-Q2" / "csc" / f".list-7.csv.{dead}.part"
    going_on = left.with_name(f".another.yml.{os.getpid()}.part")
    left.parent.mkdir(parents=True)
    for path in (left, going_on):
        path.write_bytes(b"half")
    (tmp_path / "marac.xlsx").write_bytes(b"PK")
    kept, _ = receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    assert not left.exists()
    assert going_on.exists(), "who writes it is alive"
    left.write_bytes(b"half")
    submission.withdraw(board, kept.id, "by mistake")
    assert not left.exists(), "whatever is done next"


# two who decide


def decided_at_once(*acts: Callable[[], Any]) -> int:
    """How many of those who decide in the same moment are done; the others are told that they were not."""
    children = [in_a_fork(act) for act in acts]
    return [os.waitpid(child, 0)[1] for child in children].count(0)


def slowly(monkeypatch: pytest.MonkeyPatch, room: Any, function: str) -> None:
    """Let whoever does this do it late: after the other has looked at what there is."""
    work = getattr(room, function)

    def late(*given: Any) -> Any:
        time.sleep(0.5)
        return work(*given)

    monkeypatch.setattr(room, function, late)


def test_a_submission_is_withdrawn_once_though_two_withdraw_it_at_once(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "marac.xlsx").write_bytes(b"PK")
    kept, _ = receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    slowly(monkeypatch, submission, "keep")
    assert decided_at_once(*[lambda: submission.withdraw(board, kept.id, "by mistake")] * 2) == 1
    assert len(submission.decided(board)) == 1


def test_a_file_that_comes_again_while_it_is_withdrawn_is_not_taken_for_the_one_that_goes(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender would be told that it was received before, and it would not count."""
    (tmp_path / "marac.xlsx").write_bytes(b"PK")
    kept, _ = receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    slowly(monkeypatch, submission, "keep")
    withdrawing = in_a_fork(lambda: submission.withdraw(board, kept.id, "by mistake"))
    time.sleep(0.2)
    _, new = receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    assert os.waitpid(withdrawing, 0)[1] == 0
    assert new
    assert [bool(one.withdrawal) for one in received(board)] == [True, False]


def test_two_names_accepted_at_once_for_one_return_are_both_remembered(
    board: Board, contracts: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, renamed, "write_whole")
    names = ("Kids", "Youngsters")
    acts = [
        lambda name=name: renamed.accept(board, contracts, "csc__child_protection", name, "categories.children", "By telephone")
        for name in (*names, "Kids")
    ]
    assert decided_at_once(*acts) == 2, "the same name is accepted once"
    accepted = yaml.safe_load((board.home / "schemas/aliases/csc__child_protection.yml").read_text())["aliases"]
    assert sorted(one["printed"] for one in accepted) == sorted(names)


# a clock set back


class Clock(datetime):
    """A clock that somebody sets."""

    time = datetime(2015, 8, 1, 9, tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return cls.time


def test_a_file_received_after_the_clock_was_set_back_takes_the_earlier_ones_place(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By less than a day: two machines whose clocks differ do the same."""
    monkeypatch.setattr(submission, "datetime", Clock)
    file = tmp_path / "marac.xlsx"
    for content, when in ((b"PK first", 9), (b"PK second", 6), (b"PK third", 7)):
        monkeypatch.setattr(Clock, "time", datetime(2015, 8, 1, when, tzinfo=UTC))
        file.write_bytes(content)
        receive(board, file, contracts[MARAC], Q1)
    assert [one.path.read_bytes() for one in received(board)] == [b"PK first", b"PK second", b"PK third"]
    assert received(board)[-1].receipt.received_at - Clock(2015, 8, 1, 9, tzinfo=UTC) < timedelta(minutes=1)


def test_what_is_decided_after_the_clock_was_set_back_counts(
    board: Board, contracts: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last correction of a cell is the one that is used: by a clock set back it would seem the older one."""
    monkeypatch.setattr(decision, "datetime", Clock)
    receive(board, ROOT / "raw/2014-15-Q1/marac/marac.xlsx", contracts[MARAC], Q1)
    (one,) = received(board)
    (grid,) = [one for one in read_grids(one.path) if (4, 2) in one.cells]
    why = {"reason": "A slip", "agreed_by": "the coordinator"}
    for becomes, hour in (("11", 9), ("12", 6)):
        monkeypatch.setattr(Clock, "time", datetime(2015, 8, 1, hour, tzinfo=UTC))
        agreed.correct(board, contracts, MARAC, Q1, f"{grid.name}!B4", grid.cells[4, 2], becomes, **why)
    assert [one.becomes for one in submission.decided(board) if isinstance(one, decision.Correction)] == ["11", "12"]
    monkeypatch.setattr(Clock, "time", datetime(2015, 8, 1, 3, tzinfo=UTC))
    gone = submission.withdraw(board, one.id, "by mistake")
    assert gone.withdrawal
    assert gone.withdrawal.decided_at >= one.receipt.received_at, "it was not withdrawn before it had come"


def published(board: Board, monkeypatch: pytest.MonkeyPatch, when: datetime) -> Path:
    """A build, published at this time by the clock."""
    monkeypatch.setattr(warehouse, "datetime", Clock)
    monkeypatch.setattr(publish, "_write_down", lambda *_: None)  # this build has no figures to keep
    monkeypatch.setattr(Clock, "time", when)
    build = warehouse.new_build(board)
    build.parent.mkdir(parents=True, exist_ok=True)
    assert not build.exists(), "it would take the place of another"
    with duckdb.connect(build) as made:
        made.execute("create schema published; create table published.indicators as select 1 as a")
    publish.publish(board, build)
    assert publish.current(board) == build
    return build


def test_after_the_clock_was_set_back_the_newest_build_stands_and_the_oldest_go(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2015, 8, 1, 12, tzinfo=UTC)
    ahead = [published(board, monkeypatch, noon + timedelta(minutes=number)) for number in range(board.settings.keep_builds)]
    back = [published(board, monkeypatch, noon - timedelta(hours=1) + timedelta(minutes=number)) for number in range(3)]
    there = set((board.warehouse / "builds").glob("*.duckdb"))
    assert there == {*ahead[3:], *back}, "a reader that has just found one of the last finds it there"


def test_two_builds_begun_in_the_same_moment_are_two(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2015, 8, 1, 12, tzinfo=UTC)
    assert published(board, monkeypatch, moment) != published(board, monkeypatch, moment)


# readers


def test_a_reader_that_found_a_build_which_is_taken_away_before_it_is_opened_reads_the_next(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a change of key does, which keeps no build of the old one."""
    first, current = published(board, monkeypatch, datetime(2015, 8, 1, tzinfo=UTC)), publish.current

    def then_taken_away(here: Board) -> Path:
        found = current(here)
        if first.exists():
            published(board, monkeypatch, datetime(2015, 8, 2, tzinfo=UTC))
            first.unlink()
        return found

    monkeypatch.setattr(connection, "current", then_taken_away)
    with connection.connect(board.home) as reader:
        assert reader.execute("from published.indicators").fetchall() == [(1,)]


def test_a_reader_whose_build_is_taken_away_while_it_is_opened_reads_that(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, quiet = published(board, monkeypatch, datetime(2015, 8, 1, tzinfo=UTC)), sealed_store.quiet

    def then_taken_away(opened: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        build.unlink()
        return quiet(opened)

    monkeypatch.setattr(sealed_store, "quiet", then_taken_away)
    with connection.connect(board.home) as reader:
        assert reader.execute("from published.indicators").fetchall() == [(1,)]


# two machines on one share


HOLDS = """
import sys, time
from pathlib import Path
from lscb_data import board, hold, publish
hold.BEAT = 0.1
hold.gethostname = lambda: "alpha"
with publish.holding(board.Board(Path(sys.argv[1])), 0, print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def beta(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process as another machine, on a share whose locks do not reach from one to the other."""
    monkeypatch.setattr(hold, "gethostname", lambda: "beta")
    monkeypatch.setattr(hold, "FileLock", lambda path: FileLock(f"{path}.beta"))
    monkeypatch.setattr(hold, "QUIET", 1.5)
    monkeypatch.setattr(hold, "BEAT", 0.1)


@pytest.mark.long
@pytest.mark.usefixtures("beta")
def test_a_load_on_another_machine_is_waited_for_as_long_as_it_lives(board: Board) -> None:
    alpha = subprocess.Popen([sys.executable, "-c", HOLDS, str(board.home)], stdout=subprocess.PIPE, text=True)
    assert alpha.stdout
    assert alpha.stdout.readline() == "held\n"
    said: list[str] = []
    try:
        with pytest.raises(publish.BusyError, match="on alpha"), publish.holding(board, 3, said.append):
            pytest.fail("two machines held the warehouse at once")
    finally:
        alpha.send_signal(signal.SIGKILL)
        alpha.wait()
    assert len(said) == 1
    assert "on alpha" in said[0]
    begun = time.monotonic()
    with publish.holding(board, 30, said.append):  # what the killed load left gives no sign of life
        assert time.monotonic() - begun > 1
        assert "beta" in (board.warehouse / ".load.holder").read_text()
    assert not (board.warehouse / ".load.holder").exists()


def test_what_a_killed_load_of_this_machine_left_is_not_waited_for(board: Board) -> None:
    holder = board.warehouse / ".load.holder"
    holder.write_text(f'{{"user": "ann", "host": "{socket.gethostname()}", "process": 1, "since": "yesterday"}}')
    with publish.holding(board, 0, pytest.fail):
        assert "yesterday" not in holder.read_text()


def test_what_a_load_left_that_was_killed_before_it_said_who_it_is_is_not_waited_for_long(board: Board) -> None:
    holder = board.warehouse / ".load.holder"
    holder.touch()
    begun = time.monotonic()
    with publish.holding(board, 0, lambda _: None):
        assert 1 < time.monotonic() - begun < 10
        assert holder.read_text()


# what the receipts say


def test_a_receipt_that_is_dated_ahead_of_a_clock_that_was_set_back_says_so(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "marac.xlsx").write_bytes(b"PK")
    receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    (one,) = received(board)
    monkeypatch.setattr(submission, "datetime", Clock)
    (tmp_path / "marac.xlsx").write_bytes(b"PK other")
    with pytest.raises(submission.UserError, match=r"is dated .*or this machine's clock"):
        receive(board, tmp_path / "marac.xlsx", contracts[MARAC], Q1)
    assert yaml.safe_load(receipt_of(one.path).read_text())["received_at"] == one.receipt.received_at.isoformat()
