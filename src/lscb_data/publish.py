"""The new warehouse takes the old one's place in one step; readers of the old one keep it until they are done."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import duckdb

from lscb_data import hold, ledger
from lscb_data.board import Board
from lscb_data.finding import UserError
from lscb_data.hold import BusyError as BusyError
from lscb_data.pseudonym import made_with
from lscb_data.sealed_store import opened

NAME = "lscb.duckdb"  # the stable name, for people and tools


def current(board: Board) -> Path:
    """The file of the build in force. Raises UserError where nothing was loaded yet."""
    link = board.warehouse / NAME
    if not link.exists():
        board.settings  # noqa: B018 - says so where the folder is no Board's
        raise UserError(f"There is no warehouse in {board.warehouse} yet: run lscb load.")
    return link.resolve()


def check_key(board: Board, fingerprint: str) -> None:
    """Raises UserError where the warehouse that stands was made with another key: every child would be another."""
    made = made_with(Path(os.path.realpath(board.warehouse / NAME)))
    if made not in (None, fingerprint):
        raise UserError(
            f"The warehouse was made with another key ({made}) than the one in force ({fingerprint}): every child would have "
            "another pseudonym. Put the right key into lscb.toml or the environment. To change it: lscb rekey FILE; where that "
            "broke off, run it again."
        )


def publish(board: Board, build: Path) -> Path:
    """Let the stable name stand for this build, in one step, and take away builds that are older than those kept.

    Returns the stable name's path. The step is one rename: a reader opens the build before or this one, whole. From then on
    nobody writes into the build: a shell that tried would lock out every reader.
    """
    with suppress(OSError):  # a file system that knows no permissions
        build.chmod(build.stat().st_mode & ~0o222)
    link = board.warehouse / NAME
    before = link.resolve()
    part = board.warehouse / f".{NAME}.{os.getpid()}.part"
    part.unlink(missing_ok=True)
    part.symlink_to(build.relative_to(board.warehouse))
    part.replace(link)
    _write_down(board, build)
    for log in (*build.parent.glob("*.wal"), link.with_name(f"{NAME}.wal")):  # of shells that wrote all the same
        take_away(log)
    # Named as later than this one they are of a time when the clock was ahead: older all the same.
    builds = sorted(build.parent.glob("*.duckdb"), key=lambda one: (one.name <= build.name, one.name))
    for old in builds[: -board.settings.keep_builds]:
        if old not in (build, before):  # which readers may just have found
            take_away(old)
    return link


def write_down(board: Board) -> None:
    """Write into the ledger what a load published that was killed before it had done so. Only while the warehouse is held."""
    if (board.warehouse / NAME).exists():
        with suppress(duckdb.Error):  # a build that is damaged, or of a time before the ledger: there is nothing to be had
            _write_down(board, current(board))


def _write_down(board: Board, build: Path) -> None:
    with opened(build) as connection, suppress(duckdb.CatalogException):  # no history
        ledger.keep(connection, board.ledger)


def take_away(path: Path) -> None:
    """Remove a build, or leave it to the next load where it is being read."""
    with suppress(OSError):  # where a file that is being read cannot go, the next load takes it away
        try:
            path.unlink(missing_ok=True)
        except PermissionError:  # where a read-only file cannot go
            path.chmod(0o600)
            path.unlink()


def holding(board: Board, wait: float, say: Callable[[str], None]) -> AbstractContextManager[None]:
    """Hold the Board's warehouse for one load. Waits so many seconds for another load, saying who holds it.

    Raises BusyError where it is still held after that.
    """
    return hold.holding(board.warehouse, "load", "Another load holds the warehouse", wait, say)
