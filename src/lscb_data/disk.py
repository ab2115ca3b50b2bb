"""A file on the disk is whole or not there; and what the system says of a disk that is full or closed, for a person."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EROFS
from hashlib import file_digest
from pathlib import Path

PART = ".part"  # how the name of a file ends that is not whole yet
FULL = {number: os.strerror(number) for number in (ENOSPC, EDQUOT, EFBIG)}
CLOSED = [os.strerror(number) for number in (EACCES, EROFS)]
_IN_WORDS = re.compile(rf'(?:"(?P<file>[^"\n]+)".*)?(?P<why>{"|".join([*FULL.values(), "database or disk is full"])})')
_CLOSED_IN_WORDS = re.compile(rf'Cannot open file "(?P<file>[^"\n]+)": (?P<why>{"|".join(CLOSED)})')


def said(error: BaseException | None, what: str | None = None) -> str | None:
    """One sentence where the error, or one that led to it, is that a disk is full, or that DuckDB finds a file closed to it.

    None for any other. DuckDB and SQLite say it in words only. `what` could not be written where the error does not name it;
    else a passing file.
    """
    what = what or f"a passing file in {tempfile.tempdir or 'the folder for those'}"
    while error:
        if isinstance(error, OSError) and error.errno in FULL:
            return _no_room(error.filename or what, FULL[error.errno])
        if found := _IN_WORDS.search(str(error)):
            return _no_room(found["file"] or what, found["why"])
        if found := _CLOSED_IN_WORDS.search(str(error)):
            return f"{found['why']}: {found['file']}"
        error = error.__cause__ or error.__context__
    return None


def _no_room(what: str, why: str) -> str:
    return f"There is no room to write {what}: {why}. Make room and do the same again."


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write under: at the end of the block, what is there takes the file's own name in one step.

    Where anything fails on the way, nothing of it stays. An OSError then names the file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if error.errno in FULL or not error.filename:  # a copy that has no room names what it copies from
            error.filename = str(path)
        if error.errno:  # others than the system say it in words of their own
            error.strerror = os.strerror(error.errno)
        raise
    finally:
        part.unlink(missing_ok=True)


def is_being_written(part: Path) -> bool:
    """Whether the process that `whole` gave this name to is alive, on this machine."""
    process = part.name.removesuffix(PART).rpartition(".")[2]
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:  # of another user
        return True
    return True


def write_whole(path: Path, content: bytes) -> None:
    """Write the file so that a reader sees all of it or nothing, whatever happens in between."""
    with whole(path) as part:
        part.write_bytes(content)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def link(path: Path, name: Path) -> None:
    """Another name for the file, so that it stays whoever takes it away; a copy on a disk that knows no such names."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)
