"""What people decide about a submission: kept beside it, and read back as it was said."""

from pathlib import Path

import pytest

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.decision import Answer, Correction, Withdrawal, keep
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.raw import DECISION
from lscb_data.submission import decided, receive, received, unusable, withdraw, without_receipt

Q1 = parse("2014-15 Q1")
SAID = {"decided_at": "2015-01-09T10:00:00+01:00", "decided_by": "an analyst", "reason": "agreed by telephone"}
OF_MARAC = {"return": "marac__cases", "period": "2014-15 Q1", "sheet": "MARAC", "cell": "B4"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "marac.xlsx"
    path.write_bytes(b"first")
    return path


def test_a_withdrawn_submission_stays_and_says_so(board: Board, contracts: Contracts, file: Path) -> None:
    kept, _ = receive(board, file, contracts["marac__cases"], Q1)
    gone = withdraw(board, kept.id, "sent for another council")
    (one,) = received(board)
    assert one == gone
    assert (one.withdrawal and one.withdrawal.reason, one.path.read_bytes()) == ("sent for another council", b"first")
    assert without_receipt(board) == []
    with pytest.raises(UserError, match=r"was withdrawn before, on .*: sent for another council"):
        withdraw(board, kept.id, "again")
    with pytest.raises(UserError, match=f"did you mean {kept.id}"):
        withdraw(board, kept.id[:-1], "mistyped")


def test_a_withdrawn_file_that_is_sent_again_is_a_new_submission(board: Board, contracts: Contracts, file: Path) -> None:
    first, _ = receive(board, file, contracts["marac__cases"], Q1)
    withdraw(board, first.id, "too early")
    again, new = receive(board, file, contracts["marac__cases"], Q1)
    assert new
    assert again.id != first.id
    assert [(one.id, bool(one.withdrawal)) for one in received(board)] == [(first.id, True), (again.id, False)]


@pytest.mark.parametrize(
    "said",
    [
        Withdrawal(**SAID, submission="marac__cases.2014-15-Q1.01234567"),
        Correction(**SAID, **OF_MARAC, was="1O", becomes="10", agreed_by="the MARAC coordinator"),
        Answer(**SAID, **OF_MARAC, code="out_of_bounds", value="-2"),
    ],
)
def test_a_decision_is_read_back_as_it_was_said(board: Board, said: Withdrawal | Correction | Answer) -> None:
    folder = board.raw / "2014-15-Q1/marac"
    folder.mkdir(parents=True)
    keep(folder, said)
    assert decided(board) == [said]
    with pytest.raises(UserError, match="is there already"):
        keep(folder, said)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "holds no `name: value`"),
        ("decision: acquittal", "acquittal"),
        ("decision: withdrawal\nsubmission: x", "decided_at: Field required"),
        ("decision: [", "is not YAML"),
    ],
)
def test_a_decision_that_cannot_be_read_is_listed(board: Board, content: str, why: str) -> None:
    path = board.raw / "2014-15-Q1/marac" / f"x{DECISION}"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    (listed,) = unusable(board)
    assert (board.home / listed.path, decided(board)) == (path, [])
    assert why in listed.why
