"""What no contract knows is kept all the same, and is never taken for a return until a person says which it is."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from lscb_data import cli, quarantine, raw, recognise, warehouse
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.indicator import load_indicators
from lscb_data.period import parse
from lscb_data.staging import land
from lscb_data.status import standings
from lscb_data.submission import received, unusable, withdraw, without_receipt
from lscb_data.summary import summarise

RAW = Path(__file__).parents[2] / "raw"
MARAC = RAW / "2014-15-Q1" / "marac" / "marac.xlsx"
Q1 = ("--return", "marac__cases", "--period", "2014-15 Q1")


@pytest.fixture
def lscb(board: Board, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: object, code: int = 0) -> str:
        assert cli.main(["--home", str(board.home), *map(str, words)]) == code
        said = capsys.readouterr()
        return said.out + said.err

    return run


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """A return with a line of another name than any contract's."""
    book = load_workbook(MARAC)
    book["MARAC"]["A5"] = "Cases talked about"
    book["MARAC"]["A6"] = None
    book.save(tmp_path / "meetings.xlsx")
    return tmp_path / "meetings.xlsx"


def test_what_is_not_recognised_is_kept_with_what_it_is_nearest_to(board: Board, lscb: Any, renamed: Path) -> None:
    said = lscb("receive", renamed, "--note", "by e-mail", code=1)
    ((held,), faulty) = quarantine.held(board)
    assert f"It is kept in quarantine ({held.place})" in said
    assert (held.path.read_bytes(), held.path.name, faulty) == (renamed.read_bytes(), "meetings.xlsx", [])
    assert held.path.parent.name == held.notice.sha256[:16]
    assert held.notice.note == "by e-mail"
    assert held.notice.nearest[0].return_ == "marac__cases"
    assert (held.notice.nearest[0].period, "Cases talked about" in held.notice.nearest[0].why_not[0]) == ("2014-15 Q1", True)


def test_what_is_in_quarantine_is_no_return_and_no_period(board: Board, lscb: Any, renamed: Path, contracts: Contracts) -> None:
    lscb("receive", renamed, code=1)
    assert (received(board), unusable(board), without_receipt(board)) == ([], [], [])
    assert raw.entries(board.raw) == ([], [])
    assert standings(board, contracts, datetime.now(UTC).date()) == []
    said = lscb("status")
    assert f"In quarantine since {datetime.now(UTC):%d %B %Y}: raw/quarantine/" in said
    assert "meetings.xlsx is none of the returns" in said


def test_the_same_bytes_are_in_quarantine_once(board: Board, lscb: Any, renamed: Path, tmp_path: Path) -> None:
    lscb("receive", renamed, code=1)
    other = tmp_path / "again.xlsx"
    other.write_bytes(renamed.read_bytes())
    assert "has been kept since" in lscb("receive", other, code=1)
    assert len(quarantine.held(board)[0]) == 1
    assert len(list((board.raw / "quarantine").glob("*/*"))) == 2  # the file and its receipt


@pytest.mark.parametrize("from_there", [True, False])
def test_what_is_named_leaves_quarantine_and_its_evidence_stays(
    board: Board, lscb: Any, renamed: Path, from_there: bool
) -> None:
    lscb("receive", renamed, code=1)
    ((held,), _) = quarantine.held(board)
    lscb("receive", held.path if from_there else renamed, *Q1)
    (one,) = received(board)
    assert (one.place, one.path.read_bytes()) == ("2014-15-Q1/marac/meetings.xlsx", renamed.read_bytes())
    assert quarantine.held(board) == ([], [])
    assert held.path.is_file()
    assert raw.receipt_of(held.path).is_file()
    withdraw(board, one.id, "it was another board's")
    assert quarantine.held(board) == ([], [])  # what was decided about it stands with the submission


def test_bytes_that_were_received_by_name_are_known_again(board: Board, lscb: Any, renamed: Path) -> None:
    lscb("receive", renamed, *Q1)
    assert "was received before" in lscb("receive", renamed)
    assert not (board.raw / "quarantine").exists()


@pytest.mark.parametrize("content", [b"nonsense", b"%PDF-1.4"])
def test_what_cannot_be_read_is_kept_too(board: Board, lscb: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert "but its content is" in lscb("receive", tmp_path / "a.xlsx", code=1)
    assert [one.path.read_bytes() for one in quarantine.held(board)[0]] == [content]


def test_a_file_is_copied_before_anything_looks_at_it(
    board: Board, lscb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that its sender saves once more while it is being recognised: what was looked at is what is kept."""
    file, first, look = tmp_path / "marac.xlsx", MARAC.read_bytes(), recognise.recognise
    file.write_bytes(first)

    def changed_meanwhile(path: Path, *more: Any) -> Any:
        file.write_bytes(b"changed")
        return look(path, *more)

    monkeypatch.setattr(recognise, "recognise", changed_meanwhile)
    lscb("receive", file)
    (one,) = received(board)
    assert one.path.read_bytes() == first
    assert not (board.raw / "quarantine").exists()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "words", "kept"), [("y\n", [], 1), ("n\n", [], 0), ("", ["--yes"], 1)])
def test_at_a_terminal_what_was_recognised_is_confirmed(
    board: Board, monkeypatch: pytest.MonkeyPatch, answer: str, words: list[str], kept: int
) -> None:
    screen = _Terminal()
    monkeypatch.setattr(sys, "stdin", _Terminal(answer))
    monkeypatch.setattr(sys, "stdout", screen)
    assert cli.main(["--home", str(board.home), "receive", str(MARAC), *words]) == 1 - kept
    assert ("Received as MARAC cases by area (marac__cases) for 2014-15 Q1? [Y/n]" in screen.getvalue()) == (not words)
    assert len(received(board)) == kept
    assert not (board.raw / "quarantine").exists()


def test_a_receipt_that_cannot_be_used_is_listed(board: Board, lscb: Any, renamed: Path) -> None:
    lscb("receive", renamed, code=1)
    ((held,), _) = quarantine.held(board)
    raw.receipt_of(held.path).write_text("why: [")
    found, (faulty,) = quarantine.held(board)
    assert (found, faulty.path.name, "is not YAML" in faulty.why) == ([], "meetings.xlsx.receipt.yml", True)
    raw.receipt_of(held.path).unlink()
    assert [one.why for one in quarantine.held(board)[1]] == ["has no receipt: receive it again"]
    assert "Never loaded: raw/quarantine/" in lscb("status")


def test_a_census_that_names_no_period_waits_for_it(board: Board, lscb: Any, tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text("<Message><Children/></Message>")
    lscb("receive", tmp_path / "census.xml", code=1)
    ((held,), _) = quarantine.held(board)
    assert [one.return_ for one in held.notice.nearest] == ["csc__cin_census"]
    lscb("receive", held.path, "--period", "2014-15")
    assert [(one.receipt.return_, one.period) for one in received(board)] == [("csc__cin_census", parse("2014-15"))]


def test_a_load_says_that_a_file_waits_in_quarantine(board: Board, lscb: Any, renamed: Path, contracts: Contracts) -> None:
    lscb("receive", renamed, code=1)
    lscb("receive", MARAC)
    build = board.warehouse / "a.duckdb"
    landed = [land(board, contracts, one) for one in received(board)]
    warehouse.build(board, build, contracts, load_indicators(board.folders("schemas")), landed)
    steps = summarise(board, build).next_steps
    assert "1 file in quarantine, to be received by name: lscb status" in steps
    lscb("receive", renamed, *Q1)
    assert not [step for step in summarise(board, build).next_steps if "quarantine" in step]
