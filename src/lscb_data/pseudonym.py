"""A child's pseudonym: the same in every return of one council, and to be had only with the Board's key.

HMAC-SHA256 of council, kind of identifier and identifier; its first 16 bytes, written as a UUID.
"""

import hmac
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from lscb_data.finding import UserError

LEAST = 32  # characters of a key
_MADE_WITH = re.compile(r"\.key-([0-9a-f]{12})\.")
PSEUDONYM = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")  # as it is written
BYTES = 16  # of a pseudonym
SEPARATOR = "|"
_HOW = "Make one with: lscb key FILE; then name it in lscb.toml as key_file, or in the environment as LSCB_KEY_FILE."


@dataclass(frozen=True)
class Key:
    """The Board's key. It is never shown; `fingerprint` tells one key from another and gives nothing of it away."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return hmac.new(self.secret, b"fingerprint", sha256).hexdigest()[:12]

    def seal(self, text: str) -> str:
        """What can be compared with another text's seal, and not read."""
        return hmac.new(self.secret, f"sealed{SEPARATOR}{text}".encode(), sha256).hexdigest()[:16]


def pseudonyms(key: Key, kind: str, areas: Sequence[str], of_areas: Iterable[int], identifiers: Iterable[bytes]) -> list[bytes]:
    """The pseudonyms of identifiers of this kind, each of the council whose place in `areas` stands beside it.

    Both hashes of an HMAC begin with the key: what they are after it is worked out once, for hmac itself takes twice as long.
    """
    block = (key.secret if len(key.secret) <= 64 else sha256(key.secret).digest()).ljust(64, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    begun = []
    for area in areas:
        begun.append(inner.copy())
        begun[-1].update(f"{area}{SEPARATOR}{kind}{SEPARATOR}".encode())
    found = []
    for at, identifier in zip(of_areas, identifiers, strict=True):
        first, second = begun[at].copy(), outer.copy()
        first.update(identifier)
        second.update(first.digest())
        found.append(second.digest()[:BYTES])
    return found


def said_in_names(fingerprint: str) -> str:
    """What stands in the name of every file that holds pseudonyms made with this key."""
    return f".key-{fingerprint}"


def made_with(path: Path) -> str | None:
    """The fingerprint of the key that this file's pseudonyms were made with, by its name; None where it holds none."""
    found = _MADE_WITH.search(path.name)
    return found and found[1]


def read_key(home: Path, key_file: Path | None) -> Key:
    """The key in LSCB_KEY, in the file that LSCB_KEY_FILE names, or in the one of the Board's settings.

    Raises UserError where there is none, it is too short, or its file lies in the Board's folder or in a repository.
    """
    if text := os.environ.get("LSCB_KEY"):
        return _key(text, "LSCB_KEY")
    path = key_path(home, key_file)
    if path is None:
        raise UserError(f"Records of children need the Board's key, and there is none. {_HOW}")
    return key_in(path, home)


def key_path(home: Path, key_file: Path | None) -> Path | None:
    """The file of the key in force: the one that LSCB_KEY_FILE names, or the settings do; None where LSCB_KEY holds the key."""
    if os.environ.get("LSCB_KEY"):
        return None
    named = os.environ.get("LSCB_KEY_FILE")
    path = Path(named) if named else key_file
    return path and home / path


def key_in(path: Path, home: Path, how: str = _HOW) -> Key:
    """The key in this file. Raises UserError as `read_key` does; `how` says where to name another."""
    check_place(path, home)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UserError(f"The key file {path} cannot be read ({why}). {how}") from None
    return _key(text, str(path), how)


def is_open(path: Path) -> bool:
    """Whether others than its owner can read the file, where a system says so."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def refuse_open(path: Path) -> None:
    """Raises UserError where others can read the key in this file."""
    if is_open(path):
        raise UserError(f"The key file {path} is open to others. Close it first: chmod 600 {path}")


def _key(text: str, where: str, how: str = _HOW) -> Key:
    if len(text.strip()) < LEAST:
        raise UserError(f"The key in {where} is shorter than {LEAST} characters. {how}")
    return Key(text.strip().encode())


def check_place(path: Path, home: Path) -> None:
    """Raises UserError where a key file would lie beside what it protects."""
    place, beside = (Path(os.path.realpath(one)) for one in (path, home))  # which, unlike the path's own, never raises
    if place.is_relative_to(beside):
        raise UserError(f"The key file {path} lies in the Board's folder, beside what it protects: keep it elsewhere.")
    if any((folder / ".git").exists() for folder in place.parents):
        raise UserError(f"The key file {path} lies in a repository: keep it elsewhere.")


def write_key(path: Path, home: Path) -> Key:
    """A new key, in a new file that only its owner can read. Raises UserError where the file is there already."""
    check_place(path, home)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(token_hex(32) + "\n")
    except FileExistsError:
        raise UserError(f"{path} is there already: a key that was used must not be lost.") from None
    return key_in(path, home)
