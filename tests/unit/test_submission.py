"""A received file: kept as it came, once, with a receipt that says what it is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.submission import RECEIPT, receive, received, without_receipt

Q1, Q2 = parse("2014-15 Q1"), parse("2014-15 Q2")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "marac (final).xlsx"
    path.write_bytes(b"first")
    return path


def test_a_file_is_kept_as_it_came_with_its_receipt(board: Board, contracts: Contracts, file: Path) -> None:
    submission, new = receive(board, file, contracts["marac__cases"], Q1, "by hand")
    assert new
    assert submission.path == board.raw / "2014-15-Q1" / "marac" / "marac (final).xlsx"
    assert submission.path.read_bytes() == b"first"
    receipt = yaml.safe_load(submission.path.with_name(submission.path.name + RECEIPT).read_text())
    assert (receipt["return"], receipt["period"], receipt["bytes"], receipt["note"]) == (
        "marac__cases",
        "2014-15 Q1",
        5,
        "by hand",
    )
    assert received(board) == [submission]
    assert submission.id == f"marac__cases.2014-15-Q1.{receipt['sha256'][:8]}"
    assert not submission.altered


def test_the_same_bytes_twice_are_one_and_for_another_period_two(board: Board, contracts: Contracts, file: Path) -> None:
    first, _ = receive(board, file, contracts["marac__cases"], Q1)
    again, new = receive(board, file, contracts["marac__cases"], Q1)
    assert (again, new) == (first, False)
    _, new = receive(board, file, contracts["marac__cases"], Q2)
    assert new
    assert len(received(board)) == 2


def test_a_correction_of_the_same_name_leaves_the_first_as_it_was(board: Board, contracts: Contracts, file: Path) -> None:
    first, _ = receive(board, file, contracts["marac__cases"], Q1)
    file.write_bytes(b"second")
    second, new = receive(board, file, contracts["marac__cases"], Q1)
    assert new
    assert (first.path.read_bytes(), second.path.read_bytes()) == (b"first", b"second")
    assert second.path.name == f"marac (final).{second.receipt.sha256[:8]}.xlsx"


def test_a_file_laid_into_raw_by_hand_is_received_where_it_stands(board: Board, contracts: Contracts) -> None:
    path = board.raw / "2014-15-Q1" / "marac" / "marac.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"first")
    assert without_receipt(board) == [path]
    submission, _ = receive(board, path, contracts["marac__cases"], Q1)
    assert submission.path == path
    assert without_receipt(board) == []


def test_a_file_that_was_changed_or_is_gone_is_altered(board: Board, contracts: Contracts, file: Path) -> None:
    submission, _ = receive(board, file, contracts["marac__cases"], Q1)
    submission.path.write_bytes(b"other")
    assert submission.altered
    submission.path.unlink()
    assert submission.altered


@pytest.mark.parametrize(
    ("name", "period", "said"),
    [
        ("none.xlsx", Q1, "There is no file"), ("a.csv", Q1, "is taken as xlsx, xls"),
        ("a.xlsx", parse("2014-15"), "is a quarterly return"),
        ("a.xlsx", parse("2013-14 Q4"), "no period that it is owed for"),
    ],
)  # fmt: skip
def test_what_is_not_received(board: Board, contracts: Contracts, tmp_path: Path, name: str, period: Any, said: str) -> None:
    for made in ("a.csv", "a.xlsx"):
        (tmp_path / made).write_bytes(b"x")
    with pytest.raises(UserError, match=said):
        receive(board, tmp_path / name, contracts["marac__cases"], period)
    assert list(board.raw.rglob("*")) == []


@pytest.mark.parametrize("name", ["a;rm -rf $HOME.xlsx", "a\nb.xlsx", "’quoted’.xlsx", " .xlsx"])
def test_names_that_a_shell_could_take_for_something_else(
    board: Board, contracts: Contracts, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    submission, _ = receive(board, tmp_path / name, contracts["marac__cases"], Q1)
    assert not set(submission.path.name) & set(";$\n’/")
    assert received(board) == [submission]


def test_a_receipt_that_is_none_is_said_by_its_name(board: Board, contracts: Contracts, file: Path) -> None:
    submission, _ = receive(board, file, contracts["marac__cases"], Q1)
    path = submission.path.with_name(submission.path.name + RECEIPT)
    path.write_text("return: marac__cases\n")
    with pytest.raises(UserError, match=r"marac \(final\).xlsx.receipt.yml: period: Field required"):
        received(board)


def test_bytes_sent_again_after_another_file_take_its_place(board: Board, contracts: Contracts, file: Path) -> None:
    """The right file, then a wrong one, then the right one again: the last holds, and nothing kept is overwritten."""
    period, contract = parse("2014-15 Q1"), contracts["marac__cases"]
    right, wrong = b"PK right", b"PK wrong"
    sent = []
    for content in (right, wrong, right, right):
        file.write_bytes(content)
        sent.append(receive(board, file, contract, period))
    assert [new for _, new in sent] == [True, True, True, False]
    kept = received(board)
    assert [one.path.read_bytes() for one in kept] == [right, wrong, right]
    assert len({one.id for one in kept}) == 3
    assert not any(one.altered for one in kept)
    again, new = receive(board, kept[1].path, contract, period)  # sent from where it is kept
    assert new
    assert again.path != kept[1].path
    assert [one.altered for one in received(board)] == [False] * 4


def test_a_receipt_for_no_period_is_said_by_its_name(board: Board, contracts: Contracts, file: Path) -> None:
    one, _ = receive(board, file, contracts["marac__cases"], parse("2014-15 Q1"))
    receipt = one.path.with_name(one.path.name + RECEIPT)
    receipt.write_text(receipt.read_text("utf-8").replace("2014-15 Q1", "the spring"), "utf-8")
    with pytest.raises(UserError, match="the spring"):
        received(board)
