"""A Board's folder in one file, and back: all evidence and what the Board has of its own, and the warehouse where asked."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from lscb_data.archive import HostileError, Kept, Manifest, add, add_list, packing, unpacked, written
from lscb_data.board import SETTINGS, Board
from lscb_data.disk import digest, whole
from lscb_data.finding import UserError
from lscb_data.publish import current, publish
from lscb_data.raw import RECEIPT, receipt_of
from lscb_data.screen import literal, quote
from lscb_data.sealed_store import changing
from lscb_data.submission import received, unusable

OWN = ("schemas", "sql")
OF_OWN = {".yml", ".csv", ".sql", ".md"}  # what stands in these


@dataclass(frozen=True)
class Backed:
    """What is in a backup, and what of the Board's folder is not as it was received or was left out."""

    manifest: Manifest
    submissions: int
    left_out: tuple[str, ...] = ()


def backup(board: Board, file: Path, with_warehouse: bool = False) -> Backed:
    """Everything of the Board's in one new file, that only its owner can read. Loads and receipts may go on meanwhile.

    A file in `raw/` is taken only with its receipt, which is written after it: so what is taken is whole. The key is never
    taken. Raises UserError where the file is there already, or would lie in `raw/` or `warehouse/`.
    """
    how, name, software = packing(file), board.settings.name, version("lscb-data")
    if os.path.lexists(file):
        raise UserError(f"{file} is there already: name another.")
    if any(file.absolute().resolve().is_relative_to(folder.resolve()) for folder in (board.raw, board.warehouse)):
        raise UserError(f"{file} would lie in what is backed up, and on its disk: name a place elsewhere.")
    made_at, build = datetime.now(UTC), current(board) if with_warehouse else None
    with ExitStack() as held:
        if build:
            held.enter_context(build.open("rb"))  # lest a load take it away meanwhile
        found, left_out = _evidence(board)
        found |= _own(board) | (_warehouse(board, build) if build else {})
        every = received(board)
        with _unchanged():
            files = {path: Kept(sha256=digest(at), bytes=at.stat().st_size) for path, at in sorted(found.items())}
        manifest = Manifest(
            board=name, made_at=made_at, software=software, home=str(board.home), files=files,
            build=build.name if build else None,
            altered=sorted(f"raw/{one.place}" for one in every if one.altered),
            unusable=sorted(one.path.as_posix() for one in unusable(board)),
        )  # fmt: skip
        with whole(file) as part, _unchanged():
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with written(part, how) as tar:
                add_list(tar, manifest)
                for path, kept in files.items():
                    with found[path].open("rb") as content:
                        add(tar, path, kept, content)
    return Backed(manifest, len(every), tuple(left_out))


@contextmanager
def _unchanged() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{error.filename} was taken away while it was backed up: do it again.") from None


def _evidence(board: Board) -> tuple[dict[str, Path], list[str]]:
    """All of `raw/` by its name in the backup; and what of it is left out: half written, or not received."""
    found, left_out = dict[str, Path](), list[str]()
    for path in _files(board.raw):
        name = path.relative_to(board.home).as_posix()
        in_an_agency = len(path.relative_to(board.raw).parts) == 3
        if path.name.startswith("."):
            continue  # half written, or a system's own
        if in_an_agency and path.suffix != ".yml" and not receipt_of(path).is_file():
            left_out.append(name)
        else:
            found[name] = path
    for name in [name for name in found if name.endswith(RECEIPT)]:  # listed before their file was, or since
        file = found[name].with_name(found[name].name.removesuffix(RECEIPT))
        if file.is_file():
            found[file.relative_to(board.home).as_posix()] = file
    return found, [name for name in left_out if name not in found]


def _own(board: Board) -> dict[str, Path]:
    folders = [folder for kind in OWN for folder in board.folders(kind)[1:]]
    own = [path for folder in folders for path in _files(folder) if path.suffix in OF_OWN]
    return {path.relative_to(board.home).as_posix(): path for path in (board.home / SETTINGS, *own)}


def _files(folder: Path) -> Iterator[Path]:
    seen = set[Path]()
    for place, folders, names in os.walk(folder, followlinks=True):
        if (real := Path(place).resolve()) in seen:
            folders.clear()  # a link in a circle
            continue
        seen.add(real)
        yield from (path for path in (Path(place) / name for name in sorted(names)) if path.is_file())


def _warehouse(board: Board, build: Path) -> dict[str, Path]:
    """The build and all of staging, which is never rewritten."""
    staged = [path for path in board.staging.glob("[!.]*") if path.is_file()]
    return {path.relative_to(board.home).as_posix(): path for path in (board.warehouse / "builds" / build.name, *staged)}


def restore(file: Path, home: Path) -> Backed:
    """The Board's folder as it was backed up, in an empty folder or a new one: verified whole, then there in one step.

    Raises UserError, and leaves nothing, where the folder is not empty, the disk has no room, or the backup is not one, is
    damaged, or is not as its receipts say (but for what was not when it was made).
    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UserError(f"{home} is not empty: a backup is restored into an empty folder, or a new one.")
    if home.is_mount() or home == Path.cwd():
        raise UserError(f"{home} cannot be replaced in one step: name a new folder inside it.")
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix=f".{home.name}.", dir=home.parent) as scratch, unpacked(file) as (manifest, members):
            if manifest.bytes > shutil.disk_usage(scratch).free:
                raise UserError(f"{home.parent} has no room for {manifest.bytes:,} bytes. Make room and do the same again.")
            board = Board(Path(scratch) / "whole")
            for folder in (board.raw, board.warehouse):
                folder.mkdir(parents=True)
            for name, parts in members:
                _write(board.home / name, parts)
            backed = _verified(board, manifest)
            board.home.replace(home)
    except HostileError as error:
        raise HostileError(f"{file}: {error} Nothing was restored.") from None
    if manifest.build:
        _put_in_force(Board(home), manifest)
    return backed


def _write(path: Path, parts: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def _verified(board: Board, manifest: Manifest) -> Backed:
    """What was restored, every file as its receipt says. Raises HostileError where it is not, and was when it was backed up."""
    if not (board.home / SETTINGS).is_file():
        raise HostileError(f"It has no {SETTINGS}.")
    every = received(board)
    wrong = {f"raw/{one.place}" for one in every if one.altered} - set(manifest.altered)
    wrong |= {one.path.as_posix() for one in unusable(board)} - set(manifest.unusable)
    if wrong:
        raise HostileError(f"{len(wrong):,} files are not as their receipts say, {min(wrong)!r} among them.")
    return Backed(manifest, len(every))


def _put_in_force(board: Board, manifest: Manifest) -> None:
    """The build in force again; what it reads of staging is named anew where the folder is another."""
    build = board.warehouse / "builds" / str(manifest.build)
    before, now = (literal(f"{home}/warehouse/staging/")[:-1] for home in (manifest.home, board.home))
    try:
        with changing(build) as connection:
            connection.execute(f"set allowed_directories = [{literal(str(board.staging))}]")
            connection.execute("set enable_external_access = false")
            views = connection.execute(
                "select sql, comment, view_name from duckdb_views() where schema_name = 'staging'"
            ).fetchall()
            for sql, comment, name in (view for view in views if before in view[0] and before != now):
                connection.execute(sql.replace(before, now).replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
                if comment:
                    connection.execute(f"comment on view staging.{quote(name)} is {literal(comment)}")
    except duckdb.Error:
        raise HostileError("All was restored but the warehouse, which is not one: lscb load builds it anew.") from None
    publish(board, build)
