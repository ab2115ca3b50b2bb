"""One file received for one period: kept as it came in `raw/`, with a receipt beside it that says what it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import Field, field_validator

from lscb_data import raw
from lscb_data.board import Board
from lscb_data.contract import Return
from lscb_data.decision import Correction, Decision, Withdrawal, decisions, keep, moment
from lscb_data.disk import whole, write_whole
from lscb_data.finding import UserError
from lscb_data.hold import holding, user
from lscb_data.period import Period, parse
from lscb_data.promise import Moment, Name, Strict, read_evidence
from lscb_data.pseudonym import Key
from lscb_data.raw import RECEIPT, Unusable, receipt_of
from lscb_data.sealed_file import copy as copied
from lscb_data.sealed_file import digest, size

SKEW = timedelta(days=1)  # what clocks may differ by
WAIT = 60.0  # seconds for another file that is being received


class Receipt(Strict):
    """What was received, when, from whose hands, and for which return and period."""

    return_: Name = Field(alias="return")
    period: str
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int
    received_at: Moment
    received_by: str
    note: str | None = None
    covers_from: date | None = Field(None, description="First day from which the file has every record, where said by hand")
    again: int | None = Field(
        None, ge=1, description="How often these bytes had come before, where another file came in between"
    )

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, period: str) -> str:
        parse(period)
        return period

    @field_validator("file")
    @classmethod
    def _stands_beside(cls, file: str) -> str:
        if file in ("", ".", "..") or set("/\\\0") & set(file):
            raise ValueError(f"'{file}' is no name of a file beside the receipt")
        return file


@dataclass(frozen=True)
class Submission:
    """A received file with its receipt, its withdrawal where it was sent by mistake, and what was agreed of its cells."""

    receipt: Receipt
    path: Path
    withdrawal: Withdrawal | None = None
    corrections: tuple[Correction, ...] = ()  # of its return and period, oldest first

    @property
    def id(self) -> str:
        again = f".{self.receipt.again}" if self.receipt.again else ""
        return f"{self.receipt.return_}.{self.period.folder}.{self.receipt.sha256[:8]}{again}"

    @property
    def period(self) -> Period:
        return parse(self.receipt.period)

    @property
    def place(self) -> str:
        """Where the file stands in `raw/`: `2014-15-Q1/marac/marac.xlsx`."""
        return "/".join(self.path.parts[-3:])

    @property
    def altered(self) -> bool:
        """Whether the file is no longer the one that was received."""
        return not self.path.is_file() or digest(self.path) != self.receipt.sha256

    @property
    def dated_ahead(self) -> bool:
        """Whether the receipt's date is still to come: what is received now would seem older."""
        return self.receipt.received_at > datetime.now(UTC) + SKEW


def received(board: Board) -> list[Submission]:
    """Every submission in `raw/`, oldest first."""
    return sorted(_sorted_out(board)[0], key=lambda s: (s.receipt.received_at, s.id))


def unusable(board: Board) -> list[Unusable]:
    """What stands in `raw/` that `received` had to leave out, each with why: it stops no other submission."""
    return _sorted_out(board)[1]


def decided(board: Board) -> list[Decision]:
    """Every decision in `raw/`, oldest first."""
    return decisions(raw.entries(board.raw)[0], board.home)[0]


def without_receipt(board: Board) -> list[Path]:
    """Files in `raw/` that nobody has received: they are never loaded."""
    return raw.files(raw.entries(board.raw)[0])


def _sorted_out(board: Board) -> tuple[list[Submission], list[Unusable]]:
    entries, faulty = raw.entries(board.raw)
    found: dict[str, Submission] = {}
    for path in entries:
        if path.name.endswith(RECEIPT):
            why = ""
            try:
                one = _submission(path)
                if (first := found.setdefault(one.id, one)) is not one:
                    why = f"is the same submission as {first.place}"
            except UserError as error:
                why = str(error)
            if why:
                faulty.append(Unusable(path.relative_to(board.home), why))
    made, unread = decisions(entries, board.home)
    agreed: dict[tuple[str, str], list[Correction]] = {}
    for said in made:
        if isinstance(said, Correction):
            agreed.setdefault((said.return_, said.period), []).append(said)
        if isinstance(said, Withdrawal) and said.submission in found:
            found[said.submission] = replace(found[said.submission], withdrawal=said)
    found = {
        name: replace(one, corrections=tuple(agreed.get((one.receipt.return_, str(one.period)), ())))
        for name, one in found.items()
    }
    return list(found.values()), faulty + unread


def _submission(path: Path) -> Submission:
    receipt = read_evidence(path, Receipt)
    if path.name != receipt.file + RECEIPT:
        raise UserError(f"is the receipt of {receipt.file}, and does not stand beside it by its name")
    return Submission(receipt, path.with_name(receipt.file))


def receive(
    board: Board, file: Path, contract: Return, period: Period, note: str | None = None, covers_from: date | None = None
) -> tuple[Submission, bool]:
    """Keep the file in `raw/` with its receipt; the submission, and whether it is new.

    The same bytes twice are one submission, unless another file came in between, or they were withdrawn: then they are received
    anew, and take the place of what stands.

    Raises UserError where the file is not there, its ending is not one of the return's, or the period is not one that the
    return is owed for; BusyError where others are being received for a minute on end.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}.")
    if file.suffix.lower().lstrip(".") not in contract.formats:
        raise UserError(f"{file.name}: {contract.title} is taken as {', '.join(contract.formats)}.")
    if not contract.expected_in(period):
        raise UserError(f"{contract.title} is a {contract.frequency} return; '{period}' is no period that it is owed for.")
    if covers_from and (contract.kind != "records" or covers_from > period.end):
        raise UserError(f"--covers-from is for a return of records, and a day no later than {period.end}.")
    board.seal  # noqa: B018 - nothing is taken where its key is not at hand
    with held(board):
        return _received(board, file, contract, period, note, covers_from)


@contextmanager
def held(board: Board) -> Iterator[None]:
    """Hold `raw/`: whatever comes, or is decided about what came, waits its turn, and sees what was done before it.

    What was left half written by one that was killed is taken away first.

    Raises BusyError where it is held by others for a minute on end.
    """
    with holding(board.warehouse, "receive", "Another file is being received, or decided about", WAIT, lambda _: None):
        raw.clear(board.raw)
        yield


def _received(
    board: Board, file: Path, contract: Return, period: Period, note: str | None, covers_from: date | None
) -> tuple[Submission, bool]:
    sha256 = digest(file)
    before = [one for one in received(board) if (one.receipt.return_, one.period) == (contract.return_, period)]
    same = [one for one in before if one.receipt.sha256 == sha256]
    if same and same[-1] is before[-1] and not same[-1].withdrawal:
        return same[-1], False
    if before and before[-1].dated_ahead:
        last = before[-1].receipt
        raise UserError(
            f"{last.file}{RECEIPT} is dated {last.received_at:%Y-%m-%d}, which is still to come: nothing could take its place. "
            "Put its date right first, or this machine's clock."
        )
    now = datetime.now(UTC)
    if before:  # clocks differ, and what came last stands: to the second, as the warehouse knows it
        now = max(now, before[-1].receipt.received_at + timedelta(seconds=1))
    folder = board.raw / period.folder / contract.agency
    folder.mkdir(parents=True, exist_ok=True)
    target = raw.place(folder, file.name, sha256)
    receipt = Receipt.model_validate(
        {
            "return": contract.return_,
            "period": str(period),
            "file": target.name,
            "sha256": sha256,
            "bytes": size(file),
            "received_at": now,
            "received_by": receiver(),
            "note": note,
            "covers_from": covers_from,
            "again": len(same) or None,
        }
    )
    fields = receipt.model_dump(by_alias=True, exclude_none=True)
    fields["received_at"] = receipt.received_at.isoformat()
    is_there = target.exists()
    if not is_there:
        copy(file, target, sha256, board.seal)
    try:
        write_whole(receipt_of(target), yaml.safe_dump(fields, sort_keys=False, allow_unicode=True).encode())
    except BaseException:
        if not is_there:
            target.unlink()
        raise
    return Submission(receipt, target, corrections=before[-1].corrections if before else ()), True


def received_before(board: Board, sha256: str, return_: str | None, period: Period | None) -> Submission | None:
    """The submission, among those that are said, that these bytes are already and that is the last of its return and period."""
    last = {(one.receipt.return_, one.period): one for one in received(board)}
    same = [
        one
        for (name, when), one in last.items()
        if one.receipt.sha256 == sha256 and not one.withdrawal and return_ in (None, name) and period in (None, when)
    ]
    return same[-1] if same else None


def withdraw(board: Board, submission_id: str, reason: str) -> Submission:
    """Let the submission, sent by mistake, count no longer: it stays in `raw/`, and the next load steps back.

    Raises UserError, naming what there is, for one that was never received, and for one that was withdrawn before; BusyError
    where others are being received for a minute on end.
    """
    with held(board):
        return _withdrawn(board, submission_id, reason)


def _withdrawn(board: Board, submission_id: str, reason: str) -> Submission:
    every = {one.id: one for one in received(board)}
    if submission_id not in every:
        like = get_close_matches(submission_id, every, n=3, cutoff=0.5)
        raise UserError(
            f"No submission is named '{submission_id}'"
            + (f"; did you mean {' or '.join(like)}?" if like else ".")
            + " audit.submissions names them."
        )
    one = every[submission_id]
    if one.withdrawal:
        raise UserError(f"{one.id} was withdrawn before, on {one.withdrawal.decided_at:%d %B %Y}: {one.withdrawal.reason}")
    when = max(moment(one.path.parent), one.receipt.received_at)
    said = Withdrawal(decided_at=when, decided_by=user(), reason=reason, submission=one.id)
    keep(one.path.parent, said)
    return replace(one, withdrawal=said)


def receiver() -> str:
    """From whose hands what comes here comes."""
    return os.environ.get("LSCB_RECEIVED_BY") or user()


def copy(source: Path, target: Path, sha256: str, seal: Key | None) -> None:
    """Copy the file, whole, sealed where there is a key. Raises UserError where what was copied has another hash."""
    with whole(target) as part:
        copied(source, part, seal)
        if digest(part) != sha256:
            raise UserError(f"{source.name} was changed while it was received: receive it again.")
