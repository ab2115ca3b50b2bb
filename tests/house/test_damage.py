"""A warehouse, rows or a folder that are damaged or closed: a reader is given the right figures or one clear sentence.

A load mends what can be mended from `raw/`.
"""

import ctypes
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lscb_data import connection, disk, publish
from lscb_data.board import Board, at
from lscb_data.contract import load_contracts
from lscb_data.finding import UserError
from lscb_data.indicator import load_indicators
from lscb_data.period import parse
from lscb_data.staging import land
from lscb_data.submission import receive, received
from lscb_data.summary import listed_findings
from lscb_data.warehouse import build, new_build

ROOT = Path(__file__).parents[2]
Q1 = parse("2014-15 Q1")
FIGURES = "select count(*), sum(hash(v)) from published.indicator_values as v"


def load(board: Board) -> None:
    schemas = board.folders("schemas")
    contracts, path = load_contracts(schemas), new_build(board)
    path.parent.mkdir(parents=True, exist_ok=True)
    build(board, path, contracts, load_indicators(schemas), [land(board, contracts, one) for one in received(board)])
    publish.publish(board, path)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """A Board with a return of MARAC, loaded once; a test that changes it puts it back."""
    home = tmp_path_factory.mktemp("loaded")
    shutil.copy(ROOT / "lscb.toml", home)
    board = at(home)
    contracts = load_contracts(board.folders("schemas"))
    receive(board, ROOT / "raw/2014-15-Q1/marac/marac.xlsx", contracts["marac__cases"], Q1)
    load(board)
    return board


def by_connect(board: Board) -> Any:
    with connection.connect(board.home) as reader:
        return reader.execute(FIGURES).fetchall()


def by_question(board: Board) -> Any:
    with connection.questions(board) as reader:
        return connection.ask(reader, FIGURES).fetchall()


def by_status(board: Board) -> Any:
    listed_findings(publish.current(board))
    return by_connect(board)


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def empty(content: bytearray, chance: random.Random) -> None:
    content.clear()


def overwrite(content: bytearray, chance: random.Random) -> None:
    many = len(content) // 5  # of a smaller part nobody may ask
    at = chance.randrange(len(content) - many)
    content[at : at + many] = bytes(many)


def spoil(content: bytearray, chance: random.Random) -> None:
    for _ in range(500):
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)


def spoil_the_head(content: bytearray, chance: random.Random) -> None:
    for _ in range(5):
        content[chance.randrange(12_288)] ^= 0xFF


@pytest.mark.parametrize("damage", [cut, empty, overwrite, spoil, spoil_the_head])
def test_a_damaged_warehouse_gives_the_right_figures_or_says_so(
    loaded: Board, damage: Callable[[bytearray, random.Random], None]
) -> None:
    path, right, said = publish.current(loaded), by_connect(loaded), 0
    good, chance = path.read_bytes(), random.Random(damage.__name__)  # noqa: S311
    path.chmod(0o644)
    try:
        for _ in range(4):
            content = bytearray(good)
            damage(content, chance)
            path.write_bytes(content)
            for read in (by_connect, by_question, by_status):
                try:
                    assert read(loaded) == right
                except UserError as error:
                    said += 1
                    assert "cannot be read" in str(error)  # noqa: PT017
                    assert str(error).endswith("lscb load builds it anew from what was received.")  # noqa: PT017
                    assert "\n" not in str(error)  # noqa: PT017
    finally:
        path.write_bytes(good)
    assert said, "it was damaged at all"


def test_a_warehouse_that_was_cut_short_anywhere_is_not_opened(loaded: Board) -> None:
    path = publish.current(loaded)
    good = path.read_bytes()
    path.chmod(0o644)
    try:
        for part in range(20):
            path.write_bytes(good[: len(good) * part // 20])
            with pytest.raises(UserError, match="cannot be read"):
                connection.connect(loaded.home)
    finally:
        path.write_bytes(good)


def test_a_load_mends_a_damaged_warehouse_and_damaged_rows(loaded: Board) -> None:
    right = by_connect(loaded)
    publish.current(loaded).chmod(0o644)
    publish.current(loaded).write_bytes(b"")
    for path in loaded.staging.glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-10])
    load(loaded)
    assert by_connect(loaded) == right


# a folder that is closed to who works in it

FILE_OR_NOT, ONLY_READ = 0b110, 0x20080522  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; the version of the call


def bound() -> None:
    """Let permissions bind this process, though it may be root's."""
    system, head, held = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(ONLY_READ, 0), (ctypes.c_uint32 * 6)()
    system.capget(head, held)
    held[0] &= ~FILE_OR_NOT
    system.capset(head, held)


def said_by(act: Callable[[], Any]) -> str:
    """What a process that permissions bind says of it: what it raised, as the command line would, or `done`."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        said = "done"
        try:
            bound()
            act()
        except OSError as error:
            said = disk.said(error) or f"{error.strerror}: {error.filename}"
        except Exception as error:  # noqa: BLE001 - told to the parent
            said = disk.said(error) or repr(error)
        finally:
            os.write(write, said.encode())
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as told:
        return told.read()


@pytest.fixture
def closed() -> Iterator[Callable[[Path], None]]:
    """Closes a folder to writing, with all that is in it; opened again after the test."""
    folders: list[Path] = []

    def close(folder: Path) -> None:
        found = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        folders.extend(found)
        for one in found:
            one.chmod(0o555)

    yield close
    for folder in folders:
        folder.chmod(0o755)


def test_readers_need_no_folder_that_they_may_write_into(loaded: Board, closed: Callable[[Path], None]) -> None:
    right = by_connect(loaded)

    def reads() -> None:
        assert [by_connect(loaded), by_question(loaded), by_status(loaded)] == [right] * 3

    closed(loaded.home)
    assert said_by(reads) == "done"


def test_a_receive_into_a_closed_folder_keeps_nothing_and_says_so(loaded: Board, closed: Callable[[Path], None]) -> None:
    contracts = load_contracts(loaded.folders("schemas"))
    before = sorted(loaded.raw.rglob("*"))
    closed(loaded.raw)
    sent = ROOT / "raw/2014-15-Q2/marac/marac.xlsx"
    said = said_by(lambda: receive(loaded, sent, contracts["marac__cases"], parse("2014-15 Q2")))
    assert said == f"Permission denied: {loaded.raw}/2014-15-Q2"
    assert sorted(loaded.raw.rglob("*")) == before


@pytest.mark.parametrize("folder", ["builds", "staging"])
def test_a_load_into_a_closed_folder_leaves_the_last_good_warehouse_and_says_so(
    loaded: Board, closed: Callable[[Path], None], folder: str
) -> None:
    right, place = by_connect(loaded), loaded.warehouse / folder
    if folder == "staging":
        for path in place.iterdir():
            path.unlink()
    before = sorted(loaded.warehouse.rglob("*"))
    closed(place)
    said = said_by(lambda: load(loaded))
    assert said.startswith(f"Permission denied: {place}/")
    assert said.count("\n") == 0
    assert sorted(loaded.warehouse.rglob("*")) == before
    assert by_connect(loaded) == right
    place.chmod(0o755)
    load(loaded)
    assert by_connect(loaded) == right
