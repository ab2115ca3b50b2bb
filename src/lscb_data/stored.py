"""What a Board keeps on its disk, checked without the warehouse: evidence, staging, and what is left over."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from time import time

import duckdb

from lscb_data.board import Board
from lscb_data.quarantine import Held, held
from lscb_data.seal import key_of
from lscb_data.sealed_file import digest, read_bytes, size
from lscb_data.sealed_store import rows_of, unlock
from lscb_data.staging import OUTCOME
from lscb_data.submission import Submission, received, unusable, without_receipt
from lscb_data.verification import Check

ABANDONED = 3600  # seconds after which what is half written is no longer being written
_STAGED = re.compile(r"(?P<of>.+?)(\.key-[0-9a-f]{12})?(\.seal-[0-9a-f]{12})?\.[0-9a-f]{16}(\.\w+)?\.(json|parquet)")


# raw


def of_raw(board: Board) -> Iterator[Check]:
    """The evidence in `raw/`: every receipt, every file, and what has none."""
    every, (aside, spoilt) = received(board), held(board)
    faulty = [*unusable(board), *spoilt]
    yield Check(
        "receipts", "Every receipt can be read, and is the only one of its submission.", len(every) + len(aside) + len(faulty),
        tuple(map(str, faulty)), "Put back the receipt as it was written, from a backup.", 1,
    )  # fmt: skip
    yield Check(
        "files", "Every file received is there, and is the one received, by its hash and its size.", len(every) + len(aside),
        (
            *(f"raw/{one.place} {why}" for one in every if (why := _altered(one))),
            *(f"{one.place} is not the file received" for one in aside if not _is_as_it_came(one)),
        ),
        "Put back the file as it was received, from a backup; receive a new version as a new submission.", 1,
    )  # fmt: skip
    alone = [path.relative_to(board.home).as_posix() for path in without_receipt(board)]
    alone += [path.relative_to(board.home).as_posix() for path in _misplaced(board)]
    yield Check(
        "no_receipt", "Every file in raw/ has its receipt.", len(every) + len(alone),
        tuple(f"{path} has no receipt, and is never loaded" for path in alone),
        "Receive it with lscb receive, or take it out of raw/.", 1,
    )  # fmt: skip


def _altered(one: Submission) -> str:
    try:
        if not one.path.is_file():
            return "is not there"
        if size(one.path) != one.receipt.bytes:
            return "is not the file received: it has another size"
        return "is not the file received: its hash differs" if one.altered else ""
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _is_as_it_came(one: Held) -> bool:
    """Whether a file in quarantine is the one that was put there."""
    try:
        return digest(one.path) == one.notice.sha256
    except OSError:
        return False


def _misplaced(board: Board) -> list[Path]:
    """Files that stand in raw/ or one of its periods and not in an agency's folder; not what tells a person what is there."""
    found = [*board.raw.glob("[!.]*"), *(path for path in board.raw.glob("*/[!.]*") if path.parent != board.ledger)]
    return sorted(path for path in found if path.is_file() and path.suffix not in (".md", ".yml"))


# the folders of the warehouse


def of_folders(board: Board, build: Path) -> Iterator[Check]:
    """Staging and the builds beside the one in force: whole, and of something that was received."""
    known = {one.id for one in received(board)}
    staged = [path for path in board.staging.glob("[!.]*") if path.is_file()]
    of = {path: found["of"] if (found := _STAGED.fullmatch(path.name)) else "" for path in staged}
    yield Check(
        "staging_orphans", "Every file of staging belongs to a submission that was received.", len(staged),
        tuple(f"warehouse/staging/{path.name} belongs to none" for path in sorted(staged) if of[path] not in known),
        "Take it away: nothing reads it.", 2,
    )  # fmt: skip
    outcomes = [path for path in sorted(staged) if path.suffix == ".json"]
    counted = {path: _counted_anew(path) for path in outcomes}
    yield Check(
        "staging", "Every file of staging is as it was written, and has as many rows as were received and accepted.",
        len(outcomes), tuple(f"warehouse/staging/{path.name}: {why}" for path, why in counted.items() if why),
        "lscb load judges it anew from the file received.", 1,
    )  # fmt: skip
    builds = sorted(board.warehouse.glob("builds/*.duckdb"))
    newer = [path for path in builds if path.name > build.name and _is_abandoned(path)]
    left = [path for folder in (board.raw, board.warehouse) for path in folder.rglob(".*.part") if _is_abandoned(path)]
    left += [path for path in board.warehouse.glob("builds/*") if path not in builds and _is_abandoned(path)]
    named = [path.relative_to(board.home).as_posix() for path in newer]
    yield Check(
        "leftovers", "Nothing half written, and no build that was never published, is left over.", len(builds),
        (*(f"{path} was never published" for path in named), *(f"{_from(board, path)} is left over" for path in left)),
        "A load takes away what was half written; take away the rest by hand. Nothing reads it.", 4,
    )  # fmt: skip


def _from(board: Board, path: Path) -> str:
    return path.relative_to(board.home).as_posix()


def _is_abandoned(path: Path) -> bool:
    try:
        return time() - path.stat().st_mtime > ABANDONED
    except FileNotFoundError:
        return False


def _counted_anew(outcome: Path) -> str:
    """What is wrong with a judgement or its rows; nothing where they are as they were written and the counts agree."""
    try:
        said = json.loads(read_bytes(outcome))
        if not set(said) >= OUTCOME:
            return ""  # of an earlier version, which no load reads
        kept = {} if said["refused"] else said["rows_sha256"]
        files = {sheet: outcome.with_name(f"{outcome.stem}.{sheet}.parquet") for sheet in kept}
        if gone := [path.name for path in files.values() if not path.is_file()]:
            return f"{', '.join(gone)} is not there"
        if altered := [files[sheet].name for sheet in kept if digest(files[sheet]) != kept[sheet]]:
            return f"{', '.join(altered)} is not as it was written"
        if said["received"] != said["accepted"] + said["rejected"]:
            return f"{said['received']:,} rows were received, {said['accepted']:,} accepted and {said['rejected']:,} rejected"
        with duckdb.connect(config={"temp_directory": ""}) as connection:
            unlock(connection, key_of(outcome))
            held = rows_in(connection, [rows_of(path) for path in files.values()])
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as error:
        return f"cannot be read ({type(error).__name__})"
    has = held.get(said["submission_id"], (0, 0))
    if kept and has != (said["received"], said["accepted"]):
        return f"has {has[0]:,} rows of {said['received']:,} received, {has[1]:,} of {said['accepted']:,} accepted"
    return ""


def rows_in(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, tuple[int, int]]:
    """How many rows of the file each submission has in these tables, and how many of them were accepted."""
    found: dict[str, tuple[int, int]] = {}
    for table in tables:
        one_a_row = f"select distinct submission_id, sheet, row, accepted from {table}"  # noqa: S608 - our own files
        query = f"select submission_id, count(*), count(*) filter (accepted) from ({one_a_row}) group by all"  # noqa: S608
        for name, rows, accepted in connection.execute(query).fetchall():
            before = found.get(name, (0, 0))
            found[name] = before[0] + rows, before[1] + accepted
    return found
