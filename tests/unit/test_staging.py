"""What a judged submission leaves behind: found again as long as it is whole, judged anew where it is not."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lscb_data import staging
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import Finding, Severity
from lscb_data.period import parse
from lscb_data.raw import receipt_of
from lscb_data.staging import land
from lscb_data.submission import Submission, receive, received

MARAC = Path(__file__).parents[2] / "raw" / "2014-15-Q1" / "marac" / "marac.xlsx"


@pytest.fixture
def submission(board: Board, contracts: Contracts) -> Submission:
    return receive(board, MARAC, contracts["marac__cases"], parse("2014-15 Q1"))[0]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is judged, in turn."""
    files: list[Path] = []
    judge_file = staging.judge_file

    def counted(path: Path, *rest: Any) -> Any:
        files.append(path)
        return judge_file(path, *rest)

    monkeypatch.setattr(staging, "judge_file", counted)
    return files


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damaged", "breaks"),
    [
        ("parquet", Path.unlink), ("parquet", _cut), ("parquet", _one_byte), ("parquet", lambda path: path.write_bytes(b"")),
        ("json", Path.unlink), ("json", _cut), ("json", lambda path: path.write_bytes(b"")),
        ("json", lambda path: path.write_bytes(b"[]")), ("json", lambda path: path.write_bytes(b'{"refused": false}')),
        ("json", lambda path: path.write_bytes(b"\xff\xfe")),
    ],
)  # fmt: skip
def test_what_was_landed_and_is_damaged_is_judged_anew(
    board: Board, contracts: Contracts, submission: Submission, judged: list[Path], damaged: str, breaks: Callable[[Path], None]
) -> None:
    first = land(board, contracts, submission)
    assert land(board, contracts, submission) == first
    assert len(judged) == 1
    (rows,) = first.rows.values()
    content = rows.read_bytes()
    breaks(next(board.staging.glob(f"*.{damaged}")))
    assert land(board, contracts, submission) == first
    assert rows.read_bytes() == content
    assert len(judged) == 2
    assert land(board, contracts, submission) == first
    assert len(judged) == 2


def test_new_submissions_are_landed_while_those_landed_before_are_held_against_what_they_were(
    board: Board, contracts: Contracts, judged: list[Path]
) -> None:
    marac = contracts["marac__cases"]
    first, second = (
        receive(board, MARAC.parents[2] / f"2014-15-{quarter}" / "marac" / "marac.xlsx", marac, parse(f"2014-15 {quarter}"))[0]
        for quarter in ("Q1", "Q2")
    )

    def all_landed() -> list[staging.Landed]:
        in_turn.clear()
        return staging.land_all(board, contracts, [first, second, third], landed_in_turn)

    def landed_in_turn(one: Submission, digest_of: staging.Digest) -> staging.Landed:
        in_turn.append(one)
        return land(board, contracts, one, digest_of=digest_of)

    in_turn: list[Submission] = []
    for one in (first, second):
        land(board, contracts, one)
    third = receive(board, MARAC.parents[2] / "2014-15-Q3" / "marac" / "marac.xlsx", marac, parse("2014-15 Q3"))[0]
    once = all_landed()
    assert [one.submission for one in once] == [first, second, third]
    assert in_turn == [third, first, second]
    assert judged == [first.path, second.path, third.path]

    _one_byte(once[1].rows["figures"])  # of what was landed, one file is damaged and one that was received is another
    third.path.write_bytes(third.path.read_bytes() + b" ")
    again = all_landed()
    assert again[:2] == once[:2]
    assert judged == [first.path, second.path, third.path, second.path]
    assert [one["code"] for one in again[2].findings if one["severity"] == "error"] == ["file_altered"]


def test_a_judgement_that_broke_off_is_not_kept(
    board: Board, contracts: Contracts, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_file = staging.judge_file
    broke = Finding("expectation_broken", Severity.BLOCKER, "It could not be judged as a whole.", "Try again.")

    def broken(*arguments: Any) -> Any:
        judgement = judge_file(*arguments)
        judgement.findings.append(broke)
        return judgement

    with monkeypatch.context() as patch:
        patch.setattr(staging, "judge_file", broken)
        assert land(board, contracts, submission).refused
    assert not land(board, contracts, submission).refused


def _altered(receipt: dict[str, Any], file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" ")


def _gone(receipt: dict[str, Any], file: Path) -> None:
    file.unlink()


def _folder(receipt: dict[str, Any], file: Path) -> None:
    file.unlink()
    file.mkdir()


def _dangling(receipt: dict[str, Any], file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def _of_no_contract(receipt: dict[str, Any], file: Path) -> None:
    receipt["return"] = "nobody__nothing"


def _of_a_month(receipt: dict[str, Any], file: Path) -> None:
    receipt["period"] = "2014-04"


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        (_altered, "file_altered"), (_gone, "file_missing"), (_folder, "file_missing"), (_dangling, "file_missing"),
        (_of_no_contract, "contract_missing"), (_of_a_month, "period_not_owed"),
    ],
)  # fmt: skip
def test_what_is_not_as_its_receipt_says_is_refused(
    board: Board, contracts: Contracts, submission: Submission, breaks: Callable[[dict[str, Any], Path], None], code: str
) -> None:
    receipt = yaml.safe_load(receipt_of(submission.path).read_text("utf-8"))
    breaks(receipt, submission.path)
    receipt_of(submission.path).write_text(yaml.safe_dump(receipt), "utf-8")
    (again,) = received(board)
    landed = land(board, contracts, again)
    assert landed.refused
    assert [(one["code"], one["severity"]) for one in landed.findings] == [(code, "blocker")]


@pytest.mark.parametrize(("breaks", "code"), [(_altered, "file_altered"), (_gone, "file_missing"), (_folder, "file_missing")])
def test_what_was_landed_stands_when_the_file_is_no_longer_as_received(
    board: Board, contracts: Contracts, submission: Submission, breaks: Callable[[dict[str, Any], Path], None], code: str
) -> None:
    """But only what this contract made of it, and only as long as it is whole."""
    before = land(board, contracts, submission)
    breaks({}, submission.path)
    after = land(board, contracts, submission)
    assert (after.refused, after.rows, after.accepted) == (False, before.rows, before.accepted)
    (more,) = (one for one in after.findings if one not in before.findings)
    assert (more["code"], more["severity"]) == (code, "error")
    assert more["message"].endswith(staging.STANDS)
    (rows,) = after.rows.values()
    _one_byte(rows)
    damaged = land(board, contracts, submission)
    assert (damaged.refused, damaged.rows) == (True, {})
    assert [(one["code"], one["severity"]) for one in damaged.findings] == [(code, "blocker")]


@pytest.mark.parametrize(("number", "words"), [(13, "Permission denied"), (5, "Input/output error"), (116, "Stale file")])
def test_a_file_that_cannot_be_read_is_refused_once_it_was_tried_enough(
    board: Board, contracts: Contracts, submission: Submission, number: int, words: str
) -> None:
    def fails(path: Path) -> str:  # nothing is closed to root
        raise OSError(number, os.strerror(number))

    with pytest.raises(OSError, match=words):
        land(board, contracts, submission, last_try=False, digest_of=fails)
    landed = land(board, contracts, submission, digest_of=fails)
    assert landed.refused
    (finding,) = landed.findings
    assert (finding["code"], finding["message"]) == ("file_unreadable", f"The file cannot be read: {os.strerror(number)}.")


def test_a_file_dated_ahead_is_taken_and_queried(
    board: Board, contracts: Contracts, submission: Submission, judged: list[Path]
) -> None:
    before = land(board, contracts, submission)
    receipt = yaml.safe_load(receipt_of(submission.path).read_text("utf-8"))
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    receipt_of(submission.path).write_text(yaml.safe_dump(receipt | {"received_at": tomorrow.isoformat()}), "utf-8")
    (ahead,) = received(board)
    landed = land(board, contracts, ahead)
    assert (landed.refused, landed.accepted) == (False, before.accepted)
    assert [one["code"] for one in landed.findings if one not in before.findings] == ["dated_ahead"]
    assert [one["severity"] for one in landed.findings if one["code"] == "dated_ahead"] == ["query"]
    assert len(judged) == 1  # the judgement is the file's, whatever the clock says
