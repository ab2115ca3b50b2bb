"""A sealed file: what it holds in numbered parts, each encrypted by AES-256-GCM with its number and whether it is the last.

So a part that was changed, cut off, moved or put in from another file is refused, and any part can be read without the others.
Each file has a salt, and by it a key, of its own: no two parts anywhere are encrypted under the same key and number. A file
that is not sealed is read as it stands.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from shutil import copyfileobj
from typing import IO, Any, BinaryIO, cast

from lscb_data import disk
from lscb_data.pseudonym import Key
from lscb_data.seal import derived, key_of, other

MAGIC = b"LSCBSEAL"
PART, TAG = 2**20, 16  # bytes of what is held in a part, and of what its encryption adds
_SALT, _FINGERPRINT = 16, 12
HEAD = len(MAGIC) + _FINGERPRINT + _SALT


class BrokenError(OSError):
    """A sealed file that is not as it was sealed."""

    def __init__(self, path: Path) -> None:
        super().__init__(None, "It is not as it was sealed: it was changed, cut short or put together anew", str(path))


def is_sealed(path: Path) -> bool:
    """Whether nothing can be read of the file without a key: sealed here, or Parquet or a database that DuckDB sealed."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    of_duckdb = head[8:12] == b"DUCK" and bool(head[20] & 1) if len(head) > 20 else False
    return head.startswith((MAGIC, b"PARE")) or of_duckdb


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """What the file holds, to be read from any place in it; decrypted as it is read, and never written down.

    Raises UserError where it is sealed with a key that is not at hand, and BrokenError where it is not as it was sealed.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            file.seek(0)
            yield file
            return
        with io.BufferedReader(_Reading(file, path), 2**16) as held:
            yield cast(BinaryIO, held)


def read_bytes(path: Path) -> bytes:
    with reading(path) as file:
        return file.read()


def size(path: Path) -> int:
    """How many bytes the file holds."""
    with reading(path) as file:
        return file.seek(0, io.SEEK_END)


def digest(path: Path) -> str:
    """SHA-256 of what the file holds; nothing, which is no file's, where it is not as it was sealed."""
    found = sha256()
    try:
        with reading(path) as file:
            while chunk := file.read(PART):
                found.update(chunk)
    except BrokenError:
        return ""
    return found.hexdigest()


@contextmanager
def writing(path: Path, key: Key | None) -> Iterator[IO[bytes]]:
    """A new file to write into: sealed where there is a key. Where the block fails it has no end, and is unreadable."""
    with path.open("wb") as file:
        if key is None:
            yield file
            return
        held = _Writing(file, key)
        yield cast(IO[bytes], held)
        held.finish()


def copy(source: Path, target: Path, key: Key | None) -> None:
    """A new file that holds what the source does, sealed where there is a key."""
    with reading(source) as held, writing(target, key) as file:
        copyfileobj(held, file, PART)


def write_whole(path: Path, content: bytes) -> None:
    """Write the file so that a reader sees all of it or nothing, sealed where its folder is."""
    key = key_of(path)
    with disk.whole(path) as part, writing(part, key) as file:
        file.write(content)


class _Parts:
    """The cipher of one file: its parts by number."""

    def __init__(self, key: Key, head: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher, self._head = AESGCM(derived(key, "file", head[-_SALT:])), head

    def sealed(self, number: int, is_last: bool, held: bytes) -> bytes:
        return self._cipher.encrypt(_nonce(number, is_last), held, self._head)

    def opened(self, number: int, is_last: bool, part: bytes) -> bytes:
        return self._cipher.decrypt(_nonce(number, is_last), part, self._head)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class _Writing(io.RawIOBase):
    """Gathers a part at a time; the last is known to be that only in the end."""

    def __init__(self, file: BinaryIO | IO[bytes], key: Key) -> None:
        head = MAGIC + key.fingerprint.encode() + token_bytes(_SALT)
        self._file, self._parts, self._number, self._waiting = file, _Parts(key, head), 0, bytearray()
        file.write(head)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._waiting += (given := memoryview(content).cast("B"))
        while len(self._waiting) > PART:
            self._put(bytes(self._waiting[:PART]), is_last=False)
            del self._waiting[:PART]
        return len(given)

    def finish(self) -> None:
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, held: bytes, *, is_last: bool) -> None:
        self._file.write(self._parts.sealed(self._number, is_last, held))
        self._number += 1


class _Reading(io.RawIOBase):
    """What a sealed file holds. Its last part is opened first: it says that nothing is cut off."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        file.seek(0)
        head, key = file.read(HEAD), key_of(path)
        made, bytes_of_parts = head[len(MAGIC) : -_SALT].decode("ascii", "replace"), file.seek(0, io.SEEK_END) - HEAD
        if bytes_of_parts < TAG:
            raise BrokenError(path)
        if key is None or key.fingerprint != made:
            raise other(str(path), made, key)
        self._file, self._path, self._parts, self._at = file, path, _Parts(key, head), 0
        self._last = (bytes_of_parts - 1) // (PART + TAG)
        self._size = bytes_of_parts - (self._last + 1) * TAG
        self._open: tuple[int, bytes] = (-1, b"")
        self._part(self._last)

    def _part(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._open[0] != number:
            self._file.seek(HEAD + number * (PART + TAG))
            try:
                held = self._parts.opened(number, number == self._last, self._file.read(PART + TAG))
            except (InvalidTag, ValueError, OverflowError):
                raise BrokenError(self._path) from None
            self._open = (number, held)
        return self._open[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError("before the beginning of the file")
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def readinto(self, room: Any) -> int:
        if self._at >= self._size:
            return 0
        number, begins = divmod(self._at, PART)
        held = self._part(number)[begins : begins + len(room)]
        room[: len(held)] = held
        self._at += len(held)
        return len(held)
