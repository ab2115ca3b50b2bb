"""A backup's form: one tar, packed, whose first member lists all the others with size and hash; read as if from an enemy.

Only plain files with plain names are taken from it, each just as the list has it, and nothing else is written.
"""

import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal

import pyarrow as pa
from pydantic import AwareDatetime, Field

from lscb_data.finding import UserError
from lscb_data.promise import Strict

LIST = "manifest.json"
SUFFIXES: Mapping[str, Literal["zstd", "gzip"]] = {".tar.zst": "zstd", ".tar.gz": "gzip"}
FOLDERS = ("raw", "schemas", "sql", "warehouse")  # of what a backup holds, beside the settings
LONGEST = 64 * 1024  # bytes of what a tar may say of one member
MOST = 256 * 1024 * 1024  # bytes of the list
PART = 1024 * 1024  # bytes read at a time


class Kept(Strict):
    """One file of the backup."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(Strict):
    """What is in the backup: when it was made and of which Board, each file, and what was not as its receipt says."""

    lscb_backup: Literal[1] = 1
    board: str
    made_at: AwareDatetime
    software: str
    home: str = Field(description="Where the Board's folder was, as the warehouse names it")
    build: str | None = Field(None, pattern=r"^[\w.-]+\.duckdb$", description="The build in force, where it was asked for")
    altered: list[str] = []
    unusable: list[str] = []
    files: dict[str, Kept]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())


class HostileError(UserError):
    """An archive that is no backup, is damaged, or was made to do harm."""


def packing(path: Path) -> Literal["zstd", "gzip"]:
    """How the file is packed, by its name. Raises UserError for another."""
    found = [how for suffix, how in SUFFIXES.items() if path.name.lower().endswith(suffix)]
    if not found:
        raise UserError(f"{path}: a backup's name ends in {' or '.join(SUFFIXES)}.")
    return found[0]


# written


@contextmanager
def written(path: Path, how: Literal["zstd", "gzip"]) -> Iterator[tarfile.TarFile]:
    """A tar to add members to, packed into the file as they come."""
    with pa.CompressedOutputStream(str(path), how) as packed, tarfile.open(fileobj=packed, mode="w|", bufsize=PART) as tar:
        yield tar


def add(tar: tarfile.TarFile, name: str, kept: Kept, content: IO[bytes]) -> None:
    """Raises UserError where the content is not as it was listed: it was changed meanwhile."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = kept.bytes, 0o600
    hashed = _Hashed(content)
    try:
        tar.addfile(member, hashed)
    except OSError as error:
        if "unexpected end of data" in str(error):
            raise _changed(name) from None
        raise
    if hashed.digest != kept.sha256 or content.read(1):
        raise _changed(name)


def add_list(tar: tarfile.TarFile, manifest: Manifest) -> None:
    content = manifest.model_dump_json(indent=1).encode()
    member = tarfile.TarInfo(LIST)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, BytesIO(content))


def _changed(name: str) -> UserError:
    return UserError(f"{name} was changed while it was backed up: do it again.")


class _Hashed:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._hash = content, sha256()

    def read(self, size: int = -1) -> bytes:
        read = self._content.read(size)
        self._hash.update(read)
        return read

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


# read


class _Plain(tarfile.TarInfo):
    """A member that is a file or a long name of one, of a size that cannot fill the memory."""

    def _proc_member(self, tar: tarfile.TarFile) -> Any:
        if self.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            if self.size > LONGEST:
                raise HostileError("It says more of one member than any backup does.")
        elif self.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            raise HostileError("It holds something other than plain files.")
        return super()._proc_member(tar)  # type: ignore[misc]  # the method that tarfile gives to be taken the place of


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Manifest, Iterator[tuple[str, Iterator[bytes]]]]]:
    """What the backup lists, and each of its files as it comes: its name, and its bytes a part at a time.

    Raises HostileError for whatever is not as a backup is; where nothing was raised all that is listed was there, once.
    """
    with path.open("rb") as file:
        how: Literal["zstd", "gzip"] = "gzip" if file.read(2) == b"\x1f\x8b" else "zstd"
    with pa.CompressedInputStream(pa.OSFile(str(path)), how) as packed:
        with _damage():
            tar = tarfile.open(fileobj=packed, mode="r|", bufsize=PART, tarinfo=_Plain)  # noqa: SIM115
        with tar:
            manifest = _listed(tar)
            yield manifest, _members(tar, manifest)


@contextmanager
def _damage() -> Iterator[None]:
    """Whatever an archive can make its readers raise, said in one sentence; not what befalls the disk."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise HostileError("It is no backup, or it is damaged.") from None
    except (tarfile.TarError, EOFError, ValueError, ArithmeticError, RecursionError, MemoryError, pa.ArrowException) as error:
        raise HostileError(f"It is no backup, or it is damaged ({type(error).__name__}).") from None


def _listed(tar: tarfile.TarFile) -> Manifest:
    with _damage():
        first = tar.next()
        content = tar.extractfile(first) if first and first.name == LIST and first.size <= MOST else None
        if content is None:
            raise HostileError("It is no backup: it does not begin with a list of what is in it.")
        manifest = Manifest.model_validate_json(content.read())
    if wrong := [name for name in manifest.files if not plain(name)]:
        raise HostileError(f"It would write where a backup does not: {wrong[0]!r}.")
    folded = {name.casefold() for name in manifest.files}
    inside = {parent.as_posix().casefold() for name in manifest.files for parent in PurePosixPath(name).parents}
    if len(folded) != len(manifest.files) or folded & inside:
        raise HostileError("It has two files for one place.")
    return manifest


def _members(tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[str, Iterator[bytes]]]:
    waiting = dict(manifest.files)
    while True:
        with _damage():
            member = tar.next()
            content = tar.extractfile(member) if member else None
        if member is None:
            break
        kept = waiting.pop(member.name, None)
        if kept is None or content is None or member.size != kept.bytes:
            raise HostileError(f"It holds {member.name!r}, which is not as its list says.")
        yield member.name, _as_listed(member.name, kept, content)
    if waiting:
        raise HostileError(f"It breaks off: {len(waiting):,} files are missing, {next(iter(waiting))!r} among them.")


def _as_listed(name: str, kept: Kept, content: IO[bytes]) -> Iterator[bytes]:
    hashed = sha256()
    while True:
        with _damage():
            part = content.read(PART)
        if not part:
            break
        hashed.update(part)
        yield part
    if hashed.hexdigest() != kept.sha256:
        raise HostileError(f"{name!r} is not as it was when it was backed up: its hash differs.")


def plain(name: str) -> bool:
    """Whether the name is one that a backup gives: below the Board's folder, in a place that it has, by a plain path."""
    parts = name.split("/")
    in_its_place = parts[0] in FOLDERS if len(parts) > 1 else name == "lscb.toml"
    return in_its_place and not any(part in ("", ".", "..") or re.search(r"[\x00-\x1f\\:]", part) for part in parts)
