"""What an auditor signs: everything about a Board's store that can be checked is, with counts; nothing of it is changed."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import duckdb

from lscb_data import laws
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.disk import digest, link
from lscb_data.finding import UserError, first_line
from lscb_data.pseudonym import is_open, key_path, made_with, read_key
from lscb_data.publish import NAME, current
from lscb_data.rebuilt import built_anew, differing, scratch_of
from lscb_data.screen import literal, quote
from lscb_data.sealed_store import attach, key_to
from lscb_data.sealing import of_seal
from lscb_data.stored import of_folders, of_raw, rows_in
from lscb_data.submission import received
from lscb_data.verification import Check, Verification

LOAD = "lscb load builds it anew from what was received."


def verify(board: Board, contracts: Contracts, from_raw: bool = False) -> Verification:
    """Everything checked. With `from_raw` the warehouse is built anew from the files received alone, staging left aside.

    Loads may go on meanwhile. Raises UserError where the warehouse cannot be built anew at all, BusyError where another
    verification is at work.
    """
    at, evidence = datetime.now(UTC), evidence_sha256(board)
    name, sha256, checks = None, None, list(of_raw(board))
    if os.path.lexists(board.warehouse / NAME):
        with scratch_of(board) as scratch:
            build = current(board)
            checks += [*of_folders(board, build), *_of_keys(board, contracts, build), *of_seal(board), _closed(board, build)]
            link(build, kept := scratch / "built.duckdb")  # which a load that goes on meanwhile may take away
            name, sha256 = build.name, digest(kept)
            checks += _of_build(board, contracts, kept, scratch, from_raw)
    software, source = version("lscb-data"), "raw" if from_raw else "staging"
    return Verification(board.settings.name, at, software, evidence, name, sha256, source if name else None, tuple(checks))


def evidence_sha256(board: Board) -> str:
    """One hash over all that says what was received, decided and published: of the lines `sha256  path` of every receipt and
    decision (which are YAML), and of every file of `published`.

    Anybody can reckon it: cd raw && find * '(' -name '*.yml' -o -path 'published/*.parquet' ')' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    """
    found = [*board.raw.rglob("*.yml"), *board.ledger.rglob("*.parquet")]
    files = {path.relative_to(board.raw).as_posix(): path for path in found if path.is_file()}
    lines = (f"{digest(files[name])}  {name}\n" for name in sorted(files, key=os.fsencode))
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


# the build in force


def _of_build(board: Board, contracts: Contracts, build: Path, scratch: Path, from_raw: bool) -> Iterator[Check]:
    with duckdb.connect() as connection:
        try:
            attach(connection, build, "lscb", key=key_to(build))
            connection.execute(f"use lscb; set temp_directory = {literal(str(scratch))}")
            loaded = connection.execute(
                'select submission_id, "return", contract_sha256, rows_received, rows_accepted, standing'
                " from staging.submissions order by submission_id"
            ).fetchall()
            yield Check("build", "The warehouse can be read.", len(loaded))
            yield _held(board, {one[0] for one in loaded})
            yield _promised(contracts, {one[1]: one[2] for one in loaded})
            yield _counted(connection, {one[0]: one[3:5] for one in loaded if one[5] != "refused"})
            for law, among, broken in laws.asked(connection):
                wrong = (f"{broken:,} of {among:,} break it",) if broken else ()
                yield Check(law.name, law.asks, among, wrong, laws.REBUILD, law.number)
            yield _unnamed(connection, contracts)
        except duckdb.Error as error:
            yield Check("build", "The warehouse can be read.", 1, (first_line(error),), LOAD, 2)
            return
        ids = {one[0] for one in loaded}
    submissions = [one for one in received(board) if one.id in ids]
    try:
        tables, found = differing(build, built_anew(board, contracts, submissions, scratch, from_raw), scratch)
        differ = [f"{table} {how}" for table, how in found.items()]
    except UserError as error:
        tables, differ = 0, [f"It cannot be built anew: {error}"]
    yield Check(
        "rebuilt", f"Built anew from {'the files received' if from_raw else 'staging'}, every table has the same rows.", tables,
        tuple(differ), "Contracts, SQL or software changed since, or the warehouse did: lscb load, then verify again.", 2,
    )  # fmt: skip


def _of_keys(board: Board, contracts: Contracts, build: Path) -> Iterator[Check]:
    """Law 5: of a Board that has children's records."""
    made = made_with(build)
    if not made:
        return
    kept = [path for path in (*board.staging.glob("[!.]*"), *board.warehouse.glob("builds/[!.]*")) if made_with(path)]
    yield Check(
        "one_key", "All pseudonyms that are kept were made with the key of the warehouse in force.", len(kept),
        tuple(f"{path.name} was made with another" for path in sorted(kept) if made_with(path) != made),
        "lscb rekey, run again, takes away what another key made.", 5,
    )  # fmt: skip
    wrong = []
    try:
        if read_key(board.home, board.settings.key_file).fingerprint != made:
            wrong.append("the key in force is another than the one that the warehouse was made with")
        if (path := key_path(board.home, board.settings.key_file)) and is_open(path):
            wrong.append(f"{path} is open to others: chmod 600 {path}")
    except UserError as error:
        wrong.append(str(error))
    yield Check(
        "key", "The key of pseudonyms is at hand, and lies where only its owner can read it, outside the folder.", 1,
        tuple(wrong), "Put the right key into lscb.toml or the environment, in a file that is closed to others.", 5,
    )  # fmt: skip


def _closed(board: Board, build: Path) -> Check:
    """Law 3: nobody can open the build to write, and lock every reader out."""
    wrong = []
    if build.parent != (board.warehouse / "builds").resolve():
        wrong.append(f"warehouse/{NAME} leads out of warehouse/builds")
    if build.stat().st_mode & 0o222:
        wrong.append(f"warehouse/builds/{build.name} is not read-only")
    wrong += [f"{path.name} was written by a program that opened it" for path in build.parent.glob(f"{build.name}.wal")]
    return Check("read_only", "The warehouse is a build that nobody writes to.", 1, tuple(wrong), LOAD, 3)


def _held(board: Board, loaded: set[str]) -> Check:
    here = {one.id for one in received(board)}
    later = f"; {len(here - loaded):,} came since and are not loaded yet." if here - loaded else "."
    lost = tuple(f"{name} was loaded, and is no longer in raw/" for name in sorted(loaded - here))
    return Check(
        "held", f"Every submission loaded is in raw/{later}", len(loaded), lost,
        "Put its file and its receipt back, from a backup.", 1,
    )  # fmt: skip


def _promised(contracts: Contracts, used: dict[str, str]) -> Check:
    other = sorted(name for name, sha256 in used.items() if sha256 and contracts.hashes.get(name) != sha256)
    return Check(
        "contracts", "Every submission was judged by the contract that is in force.", len(used),
        tuple(f"the contract of {name} was changed since" for name in other), "lscb load judges by it.",
    )  # fmt: skip


def _counted(connection: duckdb.DuckDBPyConnection, said: dict[str, tuple[int, int]]) -> Check:
    """Law 1: each submission has as many rows in the warehouse's views of staging as its counts say."""
    views = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'staging' and database_name = 'lscb'"
        " and view_name <> 'figures' order by all"
    ).fetchall()
    readable, wrong = list[str](), list[str]()
    for (view,) in views:
        try:
            connection.execute(f"select count(submission_id) from staging.{quote(view)}")  # noqa: S608 - our own names
            readable.append(f"staging.{quote(view)}")
        except duckdb.Error as error:
            wrong.append(f"staging.{view} cannot be read: {first_line(error)}")
    if not wrong:
        has = rows_in(connection, readable)
        found = {name: (has.get(name, (0, 0)), counts) for name, counts in said.items()}
        wrong += [
            f"{name} has {rows:,} rows of {received:,} received, {kept:,} of {accepted:,} accepted"
            for name, ((rows, kept), (received, accepted)) in found.items()
            if (rows, kept) != (received, accepted)
        ]
    return Check(
        "rows", "The warehouse reads as many rows of each submission as were received and accepted.",
        sum(received for received, _ in said.values()), tuple(wrong), LOAD, 1,
    )  # fmt: skip


def _unnamed(connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> Check:
    identifiers = {
        column.name
        for contract in contracts.returns.values()
        for sheet in contract.sheets
        for column in sheet.columns
        if column.is_identifier
    }
    columns, clear = laws.unnamed(connection, frozenset(identifiers))
    return Check(
        "unnamed", "Children are pseudonyms in every column that names one, and in published not even that.", columns,
        tuple(f"{name} is no pseudonym, or one that is published" for name in clear), laws.REBUILD, 5,
    )  # fmt: skip
