"""The folder `raw/`, period by agency: what stands in it, and where a file that comes is kept."""

import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from lscb_data.disk import PART, is_being_written
from lscb_data.sealed_file import digest

RECEIPT = ".receipt.yml"
DECISION = ".decision.yml"
QUARANTINE = "quarantine"  # a folder beside the periods: what no contract knows, by hash


@dataclass(frozen=True)
class Unusable:
    """What stands where a receipt or a folder should, and cannot be used: nothing of it is loaded."""

    path: Path  # from the Board's folder on
    why: str

    def __str__(self) -> str:
        return f"{self.path.as_posix()}: {self.why}"


def receipt_of(file: Path) -> Path:
    return file.with_name(file.name + RECEIPT)


def entries(raw: Path) -> tuple[list[Path], list[Unusable]]:
    """All that stands in the agencies' folders; and the folders that cannot be looked into, lest what is in them should
    count as not sent."""
    found, faulty, aside = [raw] if os.path.lexists(raw) else [], [], raw / QUARANTINE
    for _ in range(3):  # raw/, its periods, their agencies
        within: list[Path] = []
        for folder in found:
            if _is_file(folder) and folder != raw:
                continue
            try:
                with os.scandir(folder) as seen:
                    within += sorted(Path(one) for one in seen if not one.name.startswith(".") and Path(one) != aside)
            except OSError as error:
                why = "leads nowhere" if folder.is_symlink() else f"cannot be read: {error.strerror}"
                faulty.append(Unusable(folder.relative_to(raw.parent), why))
        found = within
    return found, faulty


def files(found: list[Path]) -> list[Path]:
    """Those that are files without a receipt beside them, and no decision."""
    known = set(found)
    return [
        path
        for path in found
        if not path.name.endswith((RECEIPT, DECISION)) and receipt_of(path) not in known and not os.path.isdir(path)  # noqa: PTH112
    ]


def clear(raw: Path) -> None:
    """Take away what was left half written by processes that are dead: nobody would see it."""
    for left in raw.glob(f"*/*/.*{PART}"):
        if not is_being_written(left):
            left.unlink(missing_ok=True)


def place(folder: Path, name: str, sha256: str) -> Path:
    """Where to keep a file in the folder: by its own name, or with its hash in it where another file has that name.

    The same bytes without a receipt are what a receive left that was killed, or what was laid there by hand: they stay.
    """
    own = folder / safe(name)
    others = (own.with_stem(f"{own.stem}.{sha256[:8]}{f'.{number}' if number else ''}") for number in count())
    found = own
    while os.path.lexists(receipt_of(found)) or not _may_be(found, sha256):
        found = next(others)
    return found


def _may_be(path: Path, sha256: str) -> bool:
    return not os.path.lexists(path) or (path.is_file() and digest(path) == sha256)


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - which, unlike the path's own, never raises


def safe(name: str) -> str:
    """The file's own name, without what a file system or a shell could take for something else."""
    return re.sub(r"[^\w .()&+,-]", "_", name).strip(". ") or "file"
