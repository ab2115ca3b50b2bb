"""An existing folder is sealed: from the setting on all that is written, then what stood there plain, and what was made of it.

Nothing is lost on the way: a sealed copy takes its file's place only once it holds the same bytes, and the old warehouse stands
until the sealed one is published. Where it breaks off, run it again.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lscb_data.board import SETTINGS, Board, naming
from lscb_data.disk import whole, write_whole
from lscb_data.finding import UserError
from lscb_data.pseudonym import Key, key_in, read_key, refuse_open
from lscb_data.publish import holding, take_away
from lscb_data.seal import HOW, IN_FORCE, sealed_with
from lscb_data.sealed_file import copy, digest, is_sealed
from lscb_data.submission import held, received, unusable
from lscb_data.verification import Check


def check(board: Board, seal_file: Path) -> None:
    """Raises UserError where the folder cannot be sealed with the key in this file: then nothing has changed."""
    key, before = key_in(seal_file, board.home, HOW), board.seal
    refuse_open(seal_file)
    if before and before.fingerprint != key.fingerprint:
        raise UserError(f"The key of the seal is another already ({before.fingerprint}): nothing was changed.")
    if _is_of_pseudonyms(board, key):
        raise UserError(f"{seal_file} holds the key of pseudonyms, which lscb rekey changes: make another with lscb key FILE.")
    wrong = [str(one) for one in unusable(board)]
    wrong += [f"{one.id} is missing or is not the file received" for one in received(board) if one.altered]
    if wrong:
        raise UserError(f"Nothing was sealed, for raw/ is not as it was received: {'; '.join(wrong)}.")
    if not os.environ.get(IN_FORCE):
        naming(board, "seal_file", seal_file)


def _is_of_pseudonyms(board: Board, key: Key) -> bool:
    try:
        return read_key(board.home, board.settings.key_file).secret == key.secret
    except UserError:  # there is none
        return False


def put_in_force(board: Board, seal_file: Path) -> None:
    """Name the file in lscb.toml, unless the environment names it: from here on all that is written is sealed."""
    if not os.environ.get(IN_FORCE):
        write_whole(board.home / SETTINGS, naming(board, "seal_file", seal_file).encode())


def seal_raw(board: Board) -> int:
    """Seal every file that came and stands plain, one by one; how many there were. Their receipts hold as they are.

    Raises UserError where a sealed copy is not as the file, BusyError where others are being received for a minute on end.
    """
    key, number = board.seal, 0
    with held(board):
        for path in came(board):
            if is_sealed(path):
                continue
            with whole(path) as part:
                copy(path, part, key)
                shutil.copymode(path, part)
                if digest(part) != digest(path):
                    raise UserError(f"{path} was changed while it was sealed. Do the same again.")
            number += 1
    return number


def came(board: Board) -> Iterator[Path]:
    """Every file that an agency sent, in quarantine too; not what was written about it, nor what was published."""
    yield from (path for path in sorted(board.raw.glob("*/*/[!.]*")) if path.is_file() and path.suffix != ".yml")


def clear(board: Board, wait: float = 600) -> tuple[int, int]:
    """Take away what was made before of the plain files: how many files of staging, and how many builds.

    Raises UserError where one of them could not be taken away, BusyError where another load holds the warehouse.
    """
    with holding(board, wait, lambda _: None):
        gone = plain(board)
        for path in gone:
            take_away(path)
    if left := [path for path in gone if path.exists()]:
        raise UserError(f"{len(left):,} plain files could not be taken away, {left[0]} among them. Do the same again.")
    builds = sum(path.suffix == ".duckdb" for path in gone)
    return len(gone) - builds, builds


def forget_runs(board: Board, wait: float = 600) -> None:
    """Take away Prefect's own records of earlier loads: findings stand in them in words."""
    with holding(board, wait, lambda _: None):
        shutil.rmtree(board.warehouse / ".prefect", ignore_errors=True)


def plain(board: Board) -> list[Path]:
    """What stands in staging and among the builds and is not sealed, builds last: while one is left, the work is not done."""
    found = [*board.staging.glob("*"), *board.staging.glob(".*"), *board.warehouse.glob("builds/*")]
    return [path for path in found if path.is_file() and not sealed_with(path)]


def of_seal(board: Board) -> Iterator[Check]:
    """Of a sealed folder: whether anything of it stands plain."""
    if not board.seal:
        return
    every = [*came(board), *board.staging.glob("[!.]*"), *board.warehouse.glob("builds/*.duckdb")]
    bare = [path.relative_to(board.home).as_posix() for path in every if path.is_file() and not is_sealed(path)]
    yield Check(
        "sealed", "Every file that came, all of staging and every build can be read only with the key of the seal.", len(every),
        tuple(f"{name} stands plain" for name in sorted(bare)), "lscb seal FILE, run again, seals it or takes it away.", 5,
    )  # fmt: skip
