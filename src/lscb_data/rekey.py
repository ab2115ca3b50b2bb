"""Another key for the pseudonyms of children: all records are landed anew from `raw/`, and what the old key made is taken away.

The new key is in force only once the warehouse that it made is published: until then the old key and the old warehouse stand,
and a rekey that broke off is run again.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lscb_data.board import SETTINGS, Board
from lscb_data.contract import Contracts
from lscb_data.disk import write_whole
from lscb_data.finding import UserError
from lscb_data.pseudonym import key_in, read_key
from lscb_data.publish import current, holding, take_away
from lscb_data.staging import land, of_other_keys
from lscb_data.submission import Submission, received, unusable

IN_FORCE = ("LSCB_KEY", "LSCB_KEY_FILE")  # in the environment, they go before lscb.toml


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
    """Every submission of children's records."""
    returns = contracts.returns
    return [one for one in received(board) if one.receipt.return_ in returns and returns[one.receipt.return_].names_children]


def check_raw(board: Board) -> None:
    """Raises UserError where `raw/` is not as it was received."""
    wrong = [str(one) for one in unusable(board)]
    wrong += [
        f"{one.id} is missing or is not the file received" for one in received(board) if not one.path.is_file() or one.altered
    ]
    if wrong:
        raise UserError(f"The key was not changed, for raw/ is not as it was received: {'; '.join(wrong)}.")


def land_anew(board: Board, contracts: Contracts, key_file: Path) -> tuple[int, int]:
    """Land all of children's records under the new key, beside what is landed: how many submissions, and rows.

    Raises UserError where the new key cannot be used, a raw file is not as it was received, or a submission is judged
    otherwise than under the old key: then nothing has changed.
    """
    key_in(key_file, board.home)
    check_raw(board)
    submissions, rows = of_children(board, contracts), 0
    for one in submissions:
        old = land(board, contracts, one)
        with using(key_file):
            new = land(board, contracts, one)
        counts = [(each.refused, each.received, each.accepted, each.rejected) for each in (old, new)]
        if counts[0] != counts[1]:
            raise UserError(f"The key was not changed: {one.id} has other counts under the new one. Report it.")
        rows += new.received
    return len(submissions), rows


def is_in_force(board: Board, key_file: Path) -> bool:
    """Whether the key in this file is the one that a load would use. Raises UserError where there is none."""
    return read_key(board.home, board.settings.key_file).fingerprint == key_in(key_file, board.home).fingerprint


def put_in_force(board: Board, key_file: Path) -> bool:
    """Name the file in lscb.toml. False where the environment names a key, which goes before: then whoever set it must.

    Raises UserError for a path that TOML cannot hold plainly.
    """
    if any(name in os.environ for name in IN_FORCE):
        return False
    said = key_file.absolute().as_posix()
    if set('"\\\n') & set(said):
        raise UserError('The path of a key file cannot hold " or \\ or a new line.')
    path, line = board.home / SETTINGS, f'key_file = "{said}"'
    text = path.read_text("utf-8")
    changed, times = re.subn(r"(?m)^[ \t]*key_file[ \t]*=.*$", lambda _: line, text)
    write_whole(path, (changed if times else f"{text.rstrip()}\n{line}\n").encode())
    return True


def clear(board: Board, contracts: Contracts, key_file: Path, wait: float = 600) -> int:
    """Take away what other keys made: in staging, and every build but the one in force. How many files that were.

    Raises BusyError where another load holds the warehouse.
    """
    key = key_in(key_file, board.home)
    with holding(board, wait, lambda _: None):
        build = current(board)
        gone = [path for one in of_children(board, contracts) for path in of_other_keys(board, contracts, one, key)]
        gone += [path for path in build.parent.glob("*.duckdb") if path != build]
        for path in gone:
            take_away(path)
    return len(gone)
