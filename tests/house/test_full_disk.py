"""A disk that is full: one sentence says what had no room, nothing half stands under its own name, and a second try ends well.

The system's limit on the size of a file stands for the disk: it binds root too, and fails in the middle of a write.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lscb_data import publish
from lscb_data.board import Board
from lscb_data.contract import Contracts, load_contracts
from lscb_data.disk import digest
from lscb_data.indicator import load_indicators
from lscb_data.period import parse
from lscb_data.staging import land
from lscb_data.submission import receive, received
from lscb_data.warehouse import build, new_build

ROOT = Path(__file__).parents[2]
MARAC = ROOT / "raw/2014-15-Q1/marac/marac.xlsx"
NO_ROOM = "There is no room to write "
Lscb = Callable[..., str]


@pytest.fixture
def lscb(board: Board) -> Lscb:
    """`lscb` in a process of its own, in which no file may grow over so many bytes: what it says."""

    def run(*words: str, most: int | None = None, code: int = 0) -> str:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LSCB_"))}
        done = subprocess.run(
            [sys.executable, "-m", "lscb_data.cli", "--home", str(board.home), *words],
            env=environment | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=board.home, preexec_fn=limit if most else None, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def standing(folder: Path) -> dict[str, bytes]:
    """Every file in the folder and what it holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_receive(board: Board, lscb: Lscb) -> None:
    said = lscb("receive", str(MARAC), most=4000, code=1)
    copy = f"{board.raw}/quarantine/{digest(MARAC)[:16]}/marac.xlsx"
    assert said == f"{NO_ROOM}{copy}: File too large. Make room and do the same again.\n"
    assert standing(board.raw) == {}
    lscb("receive", str(MARAC))
    assert len(received(board)) == 1


def test_receive_where_there_is_room_for_the_file_and_not_for_its_receipt(
    board: Board, contracts: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("lscb_data.submission.write_whole", full)
        with pytest.raises(OSError, match="No space left"):
            receive(board, MARAC, contracts["marac__cases"], parse("2014-15 Q1"))
    assert standing(board.raw) == {}


@pytest.mark.long
def test_template(board: Board, lscb: Lscb) -> None:
    words = ("template", "marac__cases", "--period", "2014-15 Q1")
    before = standing(board.home)
    assert f"{NO_ROOM}a passing file in /" in lscb(*words, most=1000, code=1)
    lscb(*words)
    (made,) = set(standing(board.home)) - set(before)
    size = (board.home / made).stat().st_size
    (board.home / made).unlink()
    assert f"{NO_ROOM}{made}: " in lscb(
        *words, most=size - 100, code=1
    )  # its own time of making packs into a few bytes more or less
    assert standing(board.home) == before


@pytest.mark.long
def test_docs(board: Board, lscb: Lscb) -> None:
    pages = board.home / "docs/dictionary"
    assert f"{NO_ROOM}{pages}/" in lscb("docs", most=2000, code=1)
    half = standing(pages)
    assert half
    lscb("docs")
    whole = standing(pages)
    assert half.items() <= whole.items()
    assert f"{NO_ROOM}{pages}/" in lscb("docs", most=2000, code=1)
    assert standing(pages) == whole


@pytest.mark.parametrize(("most", "what"), [(4000, "staging/"), (200_000, "builds/")])
def test_load(board: Board, contracts: Contracts, most: int, what: str) -> None:
    """While a file is being judged, and while the warehouse is being built."""
    receive(board, MARAC, contracts["marac__cases"], parse("2014-15 Q1"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    read, write = os.pipe()
    if (process := os.fork()) == 0:
        said = "nothing"
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
            load(board)
        except Exception as error:  # noqa: BLE001 - told to the parent
            from lscb_data import disk

            said = disk.said(error) or repr(error)
        finally:
            os.write(write, said.encode())
            os._exit(0)
    os.waitpid(process, 0)
    sentence = os.read(read, 10_000).decode()
    assert sentence.startswith(NO_ROOM)
    assert what in sentence
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == (soft, hard)
    assert [path for path in standing(board.warehouse) if "duckdb" in path or ".part" in path] == []
    load(board)
    with duckdb.connect(publish.current(board), read_only=True) as connection:
        assert connection.execute("select sum(rows_accepted) > 0 from audit.submissions").fetchall() == [(True,)]


def load(board: Board) -> None:
    schemas = board.folders("schemas")
    contracts = load_contracts(schemas)
    path = new_build(board)
    path.parent.mkdir(parents=True, exist_ok=True)
    build(board, path, contracts, load_indicators(schemas), [land(board, contracts, one) for one in received(board)])
    publish.publish(board, path)
