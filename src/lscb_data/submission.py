"""One file received for one period: kept as it came in `raw/`, with a receipt beside it that says what it is."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from getpass import getuser
from hashlib import file_digest
from pathlib import Path

import yaml
from pydantic import AwareDatetime, Field, field_validator

from lscb_data.board import Board
from lscb_data.contract import Return
from lscb_data.finding import UserError
from lscb_data.period import Period, parse
from lscb_data.promise import Strict, read_yaml

RECEIPT = ".receipt.yml"


class Receipt(Strict):
    """What was received, when, from whose hands, and for which return and period."""

    return_: str = Field(alias="return")
    period: str
    file: str
    sha256: str
    bytes: int
    received_at: AwareDatetime
    received_by: str
    note: str | None = None
    covers_from: date | None = Field(None, description="First day from which the file has every record, where said by hand")
    again: int | None = Field(None, description="How often these bytes had come before, where another file came in between")

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, period: str) -> str:
        parse(period)
        return period


@dataclass(frozen=True)
class Submission:
    """A received file with its receipt."""

    receipt: Receipt
    path: Path

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


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def received(board: Board) -> list[Submission]:
    """Every submission in `raw/`, oldest first."""
    found = []
    for path in sorted(board.raw.glob(f"*/*/*{RECEIPT}")):
        receipt = read_yaml(path, Receipt)
        found.append(Submission(receipt, path.with_name(receipt.file)))
    return sorted(found, key=lambda s: (s.receipt.received_at, s.id))


def without_receipt(board: Board) -> list[Path]:
    """Files in `raw/` that nobody has received: they are never loaded."""
    return [
        path
        for path in sorted(board.raw.glob("*/*/*"))
        if path.is_file() and not path.name.endswith(RECEIPT) and not path.with_name(path.name + RECEIPT).exists()
        and not path.name.startswith(".")
    ]  # fmt: skip


def receive(
    board: Board, file: Path, contract: Return, period: Period, note: str | None = None, covers_from: date | None = None
) -> tuple[Submission, bool]:
    """Keep the file in `raw/` with its receipt; the submission, and whether it is new.

    The same bytes twice are one submission, unless another file came in between: then they take that one's place.

    Raises UserError where the file is not there, its ending is not one of the return's, or the period is not one that the
    return is owed for.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}.")
    if file.suffix.lower().lstrip(".") not in contract.formats:
        raise UserError(f"{file.name}: {contract.title} is taken as {', '.join(contract.formats)}.")
    if not contract.expected_in(period):
        raise UserError(f"{contract.title} is a {contract.frequency} return; '{period}' is no period that it is owed for.")
    if covers_from and (contract.kind != "records" or covers_from > period.end):
        raise UserError(f"--covers-from is for a return of records, and a day no later than {period.end}.")
    sha256 = digest(file)
    before = [one for one in received(board) if (one.receipt.return_, one.period) == (contract.return_, period)]
    same = [one for one in before if one.receipt.sha256 == sha256]
    if same and same[-1] is before[-1]:
        return same[-1], False
    folder = board.raw / period.folder / contract.agency
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _safe(file.name)
    taken = target.with_name(target.name + RECEIPT).exists()
    if taken or not (target.exists() and target.samefile(file)):
        if taken or target.exists():
            target = target.with_stem(f"{target.stem}.{sha256[:8]}" + (f".{len(same)}" if same else ""))
        _copy(file, target)
    receipt = Receipt.model_validate(
        {
            "return": contract.return_,
            "period": str(period),
            "file": target.name,
            "sha256": sha256,
            "bytes": target.stat().st_size,
            "received_at": datetime.now(UTC),
            "received_by": os.environ.get("LSCB_RECEIVED_BY") or getuser(),
            "note": note,
            "covers_from": covers_from,
            "again": len(same) or None,
        }
    )
    fields = receipt.model_dump(by_alias=True, exclude_none=True)
    fields["received_at"] = receipt.received_at.isoformat()
    write_whole(target.with_name(target.name + RECEIPT), yaml.safe_dump(fields, sort_keys=False, allow_unicode=True).encode())
    return Submission(receipt, target), True


def write_whole(path: Path, content: bytes) -> None:
    """Write the file so that a reader sees all of it or nothing, whatever happens in between."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.copyfile(source, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)


def _safe(name: str) -> str:
    """The file's own name, without what a file system or a shell could take for something else."""
    return re.sub(r"[^\w .()&+,-]", "_", name).strip(". ") or "file"
