"""What came and no contract knows: kept in `raw/quarantine/`, by its hash, with a receipt that says what it is nearest to."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, Field

from lscb_data.board import Board
from lscb_data.disk import write_whole
from lscb_data.finding import UserError
from lscb_data.promise import Name, Strict, in_yaml, read_yaml
from lscb_data.raw import QUARANTINE, RECEIPT, Unusable, receipt_of, safe
from lscb_data.sealed_file import digest, size
from lscb_data.submission import copy, received, receiver

MOST = 5  # reasons that are kept for one return


class Near(Strict):
    """A return that the file is near to, and why it is not that return."""

    return_: Name = Field(alias="return")
    period: str | None = None
    why_not: tuple[str, ...] = ()


class Notice(Strict):
    """What was received, when, from whose hands, and why it is no return."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int
    received_at: AwareDatetime
    received_by: str
    note: str | None = None
    why: str
    nearest: tuple[Near, ...] = ()


@dataclass(frozen=True)
class Held:
    """A file in quarantine, with its receipt."""

    notice: Notice
    path: Path

    @property
    def place(self) -> str:
        """Where it stands, from the Board's folder on."""
        return Path(*self.path.parts[-4:]).as_posix()


@contextmanager
def taken(board: Board, file: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the file in quarantine, made before anything else looks at it, and its hash. It goes at the end of the
    block, unless it was put in quarantine for good.

    Raises UserError where there is no such file, or it is changed meanwhile.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}.")
    sha256 = digest(file)
    path = board.raw / QUARANTINE / sha256[:16] / safe(file.name)
    if path.exists() and path.samefile(file):  # it is being taken out of quarantine
        yield path, sha256
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or digest(path) != sha256:
        copy(file, path, sha256, board.seal)
    try:
        yield path, sha256
    finally:
        if not receipt_of(path).exists():
            path.unlink(missing_ok=True)
            for folder in (path.parent, path.parent.parent):
                with suppress(OSError):  # something else is in it
                    folder.rmdir()


def put(path: Path, sha256: str, why: str, nearest: tuple[Near, ...], note: str | None = None) -> tuple[Held, bool]:
    """Let what was taken stay in quarantine: with its receipt, and whether it is new. The same bytes twice are one."""
    if before := next(iter(_held(path.parent)[0]), None):
        return before, False
    notice = Notice(
        file=path.name,
        sha256=sha256,
        bytes=size(path),
        received_at=datetime.now(UTC),
        received_by=receiver(),
        note=note,
        why=why,
        nearest=tuple(one.model_copy(update={"why_not": one.why_not[:MOST]}) for one in nearest),
    )
    write_whole(receipt_of(path), in_yaml(notice))
    return Held(notice, path), True


def held(board: Board) -> tuple[list[Held], list[Unusable]]:
    """What is in quarantine and was never received as a return, oldest first; and what stands there and cannot be used.

    What was received from there leaves its file and its receipt behind.
    """
    folder = board.raw / QUARANTINE
    named = {one.receipt.sha256 for one in received(board)}
    found: list[Held] = []
    faulty: list[Unusable] = []
    for within in sorted(one for one in folder.glob("*") if one.is_dir()):
        if any(sha256.startswith(within.name) for sha256 in named):
            continue
        waiting, why_not = _held(within)
        found += waiting
        faulty += [Unusable(path.relative_to(board.home), why) for path, why in why_not]
    return sorted(found, key=lambda one: (one.notice.received_at, one.path)), faulty


def _held(folder: Path) -> tuple[list[Held], list[tuple[Path, str]]]:
    found: list[Held] = []
    faulty: list[tuple[Path, str]] = []
    visible = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    receipts = {path for path in visible if path.name.endswith(RECEIPT)}
    for path in visible:
        if path not in receipts and receipt_of(path) not in receipts:
            faulty.append((path, "has no receipt: receive it again"))
        if path not in receipts:
            continue
        file = path.with_name(path.name.removesuffix(RECEIPT))
        try:
            notice = read_yaml(path, Notice)
            if notice.file != file.name or not file.is_file():
                raise UserError(f"is the receipt of {notice.file}, which does not stand beside it")
            found.append(Held(notice, file))
        except (UserError, OSError) as error:
            faulty.append((path, str(error).removeprefix(f"{path.name}: ")))
    return found, faulty
