"""The cells of an old .xls workbook by sheet, read by a process of its own: some damage makes python-calamine's Rust end it.

Run by `tables`, as a program: bytes in, what was pickled out.
"""

import pickle
import subprocess
import sys
from io import BytesIO
from typing import Any

PROTECTED = 3  # the exit code, of a workbook with a password


class XlsError(Exception):
    """The workbook cannot be read."""


class ProtectedError(Exception):
    """The workbook has a password."""


def tables(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet by its name. Raises XlsError or ProtectedError where they cannot be read."""
    done = subprocess.run([sys.executable, "-I", __file__], input=data, capture_output=True)  # noqa: S603 - this file itself
    if done.returncode == PROTECTED:
        raise ProtectedError
    if done.returncode:
        raise XlsError
    found: dict[str, list[list[Any]]] = pickle.loads(done.stdout)  # noqa: S301 - what this file pickled
    return found


def _tables(data: bytes) -> dict[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except PasswordError:
        sys.exit(PROTECTED)


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(_tables(sys.stdin.buffer.read())))
