"""A received file: kept as it came, once, with a receipt that says what it is."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lscb_data import hold
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.raw import RECEIPT
from lscb_data.submission import Submission, receive, received, unusable, without_receipt

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


# what cannot be used is listed by itself, and the rest is there


def _receipt_of(submission: Submission) -> Path:
    return submission.path.with_name(submission.path.name + RECEIPT)


def _with(**changed: object) -> Callable[[Path], None]:
    def write(receipt: Path) -> None:
        fields = yaml.safe_load(receipt.read_text("utf-8")) | changed
        receipt.write_text(yaml.safe_dump(fields), "utf-8")

    return write


def _as_folder(receipt: Path) -> None:
    receipt.unlink()
    receipt.mkdir()


def _as_pipe(receipt: Path) -> None:
    receipt.unlink()
    os.mkfifo(receipt)


def _leading_nowhere(receipt: Path) -> None:
    receipt.unlink()
    receipt.symlink_to("nowhere")


def _of_another_file(receipt: Path) -> None:
    receipt.rename(receipt.with_name("other.xlsx" + RECEIPT))


@pytest.mark.parametrize(
    ("breaks", "why"),
    [
        (lambda receipt: receipt.write_bytes(b""), "holds no `name: value`"),
        (lambda receipt: receipt.write_bytes(b"return: [marac"), "is not YAML"),
        (lambda receipt: receipt.write_bytes(b"[" * 10_000), "is not YAML"),
        (lambda receipt: receipt.write_bytes(b"received_at: 2015-02-30\n"), "is not YAML"),
        (lambda receipt: receipt.write_bytes(b"note: caf\xe9\n"), "is not UTF-8 text"),
        (lambda receipt: receipt.write_bytes(b"return: marac__cases\n"), "period: Field required"),
        (_with(**{"return": "../../elsewhere"}), "return: "),
        (_with(period="the spring"), "period: 'the spring' is not a period"),
        (_with(file="../../../elsewhere/marac.xlsx"), "file: '../../../elsewhere/marac.xlsx' is no name of a file"),
        (_with(file="/etc/passwd"), "file: '/etc/passwd' is no name of a file"),
        (_with(file="a\\b.xlsx"), "is no name of a file"),
        (_with(file=".."), "file: '..' is no name of a file"),
        (_with(file="other.xlsx"), "is the receipt of other.xlsx"),
        (_of_another_file, "is the receipt of marac (final).xlsx"),
        (_with(sha256="../../elsewhere"), "sha256: "),
        (_with(received_at="2015-08-01T09:00:00"), "received_at: Input should have timezone info"),
        (_with(received_at="0001-01-01T00:00:00+14:00"), "received_at: "),
        (_as_folder, "is no file"),
        (_as_pipe, "is no file"),
        (_leading_nowhere, "is no file"),
    ],
)  # fmt: skip
def test_a_receipt_that_cannot_be_used_is_listed_by_itself(
    board: Board, contracts: Contracts, file: Path, breaks: Callable[[Path], None], why: str
) -> None:
    good, _ = receive(board, file, contracts["marac__cases"], Q2)
    bad, _ = receive(board, file, contracts["marac__cases"], Q1)
    breaks(_receipt_of(bad))
    assert received(board) == [good]
    (listed,) = unusable(board)
    assert board.home / listed.path.parent == bad.path.parent
    assert why in listed.why
    assert "\n" not in listed.why


def test_one_submission_with_two_receipts_is_counted_once(board: Board, contracts: Contracts, file: Path) -> None:
    first, _ = receive(board, file, contracts["marac__cases"], Q1)
    copy = first.path.with_name("a copy.xlsx")
    shutil.copy(first.path, copy)
    shutil.copy(_receipt_of(first), copy.with_name(copy.name + RECEIPT))
    _with(file=copy.name)(copy.with_name(copy.name + RECEIPT))
    assert len(received(board)) == 1
    (listed,) = unusable(board)
    assert "is the same submission as" in listed.why


def test_a_folder_that_cannot_be_looked_into_is_listed(board: Board, contracts: Contracts, file: Path) -> None:
    good, _ = receive(board, file, contracts["marac__cases"], Q1)
    (board.raw / "2014-15-Q2").symlink_to("an unmounted share")
    (board.raw / "README.md").write_text("Not a folder, and none is expected here.")
    assert received(board) == [good]
    assert [(one.path.name, one.why) for one in unusable(board)] == [("2014-15-Q2", "leads nowhere")]


def test_a_folder_that_is_closed_to_us_is_listed(
    board: Board, contracts: Contracts, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, _ = receive(board, file, contracts["marac__cases"], Q1)
    closed = board.raw / "2014-15-Q2"
    closed.mkdir()
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # to root nothing is closed
    assert received(board) == [good]
    assert [(board.home / one.path, one.why) for one in unusable(board)] == [(closed, "cannot be read: Permission denied")]


def test_without_the_folder_nothing_was_received(board: Board) -> None:
    board.raw.rmdir()
    assert (received(board), unusable(board), without_receipt(board)) == ([], [], [])
    board.raw.write_text("a file")
    assert [one.why for one in unusable(board)] == ["cannot be read: Not a directory"]


def test_nothing_takes_the_place_of_a_file_that_is_dated_ahead(board: Board, contracts: Contracts, file: Path) -> None:
    first, _ = receive(board, file, contracts["marac__cases"], Q1)
    _with(received_at="2999-01-01T00:00:00+00:00")(_receipt_of(first))
    file.write_bytes(b"second")
    with pytest.raises(UserError, match=r"marac \(final\).xlsx.receipt.yml is dated 2999-01-01, .* Put its date right first"):
        receive(board, file, contracts["marac__cases"], Q1)
    assert len(received(board)) == 1
    receive(board, file, contracts["marac__cases"], Q2)


# a receive that fails or is killed


def test_a_copy_without_its_receipt_is_taken_up_by_the_next_try(board: Board, contracts: Contracts, file: Path) -> None:
    target = board.raw / "2014-15-Q1" / "marac" / file.name
    target.parent.mkdir(parents=True)
    shutil.copy(file, target)  # a receive was killed between the two
    submission, new = receive(board, file, contracts["marac__cases"], Q1)
    assert new
    assert submission.path == target
    assert without_receipt(board) == []


def test_a_user_without_a_name_can_receive(
    board: Board, contracts: Contracts, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(hold, "getuser", nameless)
    kept, _ = receive(board, file, contracts["marac__cases"], Q1)
    assert kept.receipt.received_by == f"user {os.getuid()}"
