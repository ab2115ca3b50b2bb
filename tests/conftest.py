"""What every test may use: the shipped contracts, a Board's folder, and small workbooks."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from lscb_data.board import Board, init, shipped
from lscb_data.contract import Contracts, load_contracts

Rows = Sequence[Sequence[Any]]
MakesWorkbook = Callable[..., Path]
MakesCsv = Callable[..., Path]


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    """The contracts and code lists that ship with the software."""
    return load_contracts([shipped("schemas")])


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A Board's new folder, with its lscb.toml and nothing received."""
    for name in ("LSCB_HOME", "LSCB_NAME", "LSCB_AREA", "LSCB_AREA_NAME"):
        monkeypatch.delenv(name, raising=False)
    board = Board(tmp_path / "home")
    init(board, "Cambridgeshire Safeguarding Children Board", "E10000003", "Cambridgeshire")
    return board


@pytest.fixture
def make_workbook(tmp_path: Path) -> MakesWorkbook:
    """Makes a workbook of sheets, each given as rows (None: a blank cell) from A1 down."""

    def make(sheets: Mapping[str, Rows], name: str = "return.xlsx") -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for number, row in enumerate(rows, 1):
                for place, value in enumerate(row, 1):
                    if value is not None:
                        page.cell(number, place, value)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def make_csv(tmp_path: Path) -> MakesCsv:
    """Makes a CSV file of text in an encoding, or of bytes as they are."""

    def make(content: str | bytes, encoding: str = "utf-8", name: str = "population.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make
