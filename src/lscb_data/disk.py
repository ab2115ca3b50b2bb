"""A file on the disk is whole or not there; and what the system says of a disk that is full or closed, for a person."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write under: at the end of the block, what is there takes the file's own name in one step.

    Where anything fails on the way, nothing of it stays. An OSError then names the file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write the file so that a reader sees all of it or nothing, whatever happens in between."""
    with whole(path) as part:
        part.write_bytes(content)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
