"""Another key for the pseudonyms of children: all records are landed anew from `raw/`, and what the old key made is taken away.

Publishing is the one step that counts: until then the old key and the old warehouse stand, and from then on a load with the old
key is refused. A rekey that broke off is run again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lscb_data.board import SETTINGS, Board, naming
from lscb_data.contract import Contracts
from lscb_data.disk import write_whole
from lscb_data.finding import UserError
from lscb_data.pseudonym import key_in, made_with, read_key, refuse_open
from lscb_data.publish import NAME, check_key, holding, take_away
from lscb_data.staging import land
from lscb_data.submission import Submission, received, unusable

IN_FORCE = ("LSCB_KEY", "LSCB_KEY_FILE")  # in the environment, they go before lscb.toml


@dataclass(frozen=True)
class Anew:
    """What was landed under the new key, and came to the same under the old."""

    submissions: int = 0
    received: int = 0
    accepted: int = 0
    rejected: int = 0


def check(board: Board, key_file: Path) -> None:
    """Raises UserError where the key in this file can take no other's place: then nothing has changed."""
    new = key_in(key_file, board.home).fingerprint
    refuse_open(key_file)
    if not _by_environment():
        naming(board, "key_file", key_file)
    if is_in_force(board, key_file) and not _of_others(board, new):
        raise UserError(f"The key in {key_file} is in force already: nothing was changed. Make another with: lscb key FILE")


def is_in_force(board: Board, key_file: Path) -> bool:
    """Whether the key in this file is the one that a load would use. Raises UserError where there is none."""
    return read_key(board.home, board.settings.key_file).fingerprint == key_in(key_file, board.home).fingerprint


def is_published(board: Board, key_file: Path) -> bool:
    """Whether the warehouse that stands was made with the key in this file."""
    return made_with(Path(os.path.realpath(board.warehouse / NAME))) == key_in(key_file, board.home).fingerprint


@contextmanager
def using(key_file: Path) -> Iterator[None]:
    """Let the key in this file be the one in force, in this process."""
    before = {name: os.environ.pop(name) for name in IN_FORCE if name in os.environ}
    os.environ["LSCB_KEY_FILE"] = str(key_file.absolute())
    try:
        yield
    finally:
        del os.environ["LSCB_KEY_FILE"]
        os.environ.update(before)


def of_children(board: Board, contracts: Contracts) -> list[Submission]:
    """Every submission of children's records. Raises UserError where `raw/` is not as it was received."""
    every = received(board)
    wrong = [str(one) for one in unusable(board)]
    wrong += [f"{one.id} is missing or is not the file received" for one in every if not one.path.is_file() or one.altered]
    if wrong:
        raise UserError(f"The key was not changed, for raw/ is not as it was received: {'; '.join(wrong)}.")
    return [one for one in every if contracts.names_children(one.receipt.return_)]


def land_anew(board: Board, contracts: Contracts, key_file: Path, wait: float = 600) -> Anew:
    """Land all of children's records under the new key, beside what is landed, and say what they came to.

    Raises UserError where a raw file is not as it was received, the key in force is not the one that the warehouse was made
    with, or a submission is judged otherwise than under that: then the old key stands.
    """
    with holding(board, wait, lambda _: None):
        submissions = of_children(board, contracts)
        if submissions:
            check_key(board, read_key(board.home, board.settings.key_file).fingerprint)
        rows = (0, 0, 0)
        for one in submissions:
            old = land(board, contracts, one)
            with using(key_file):
                new = land(board, contracts, one)
            came = new.received, new.accepted, new.rejected
            if (new.refused, *came) != (old.refused, old.received, old.accepted, old.rejected):
                raise UserError(f"The key was not changed: {one.id} has other counts under the new one. Report it.")
            rows = rows[0] + came[0], rows[1] + came[1], rows[2] + came[2]
    return Anew(len(submissions), *rows)


def put_in_force(board: Board, key_file: Path) -> bool:
    """Name the file in lscb.toml. False where the environment names a key, which goes before: then whoever set it must.

    Raises UserError where that one line cannot be changed and nothing else.
    """
    if _by_environment():
        return False
    write_whole(board.home / SETTINGS, naming(board, "key_file", key_file).encode())
    return True


def clear(board: Board, key_file: Path, wait: float = 600) -> tuple[int, int]:
    """Take away what other keys made: how many files of staging, and how many builds.

    Raises UserError where one of them is in force or could not be taken away, BusyError where another load holds the warehouse.
    """
    new = key_in(key_file, board.home).fingerprint
    with holding(board, wait, lambda _: None):
        check_key(board, new)
        gone = _of_others(board, new)
        for path in gone:
            take_away(path)
    if left := [path for path in gone if path.exists()]:
        raise UserError(
            f"{len(left):,} files that the old key made could not be taken away, {left[0]} among them. "
            "See that nobody reads them and that you may delete them; then do the same again."
        )
    builds = sum(path.suffix == ".duckdb" for path in gone)
    return len(gone) - builds, builds


def _of_others(board: Board, new: str) -> list[Path]:
    """What other keys made, builds last: while one is left, the work is not done."""
    found = [*board.staging.glob("*"), *board.staging.glob(".*"), *board.warehouse.glob("builds/*")]
    return [path for path in found if made_with(path) not in (None, new)]


def _by_environment() -> bool:
    return any(os.environ.get(name) for name in IN_FORCE)
