"""Law 5: marked children stand in every column of every door, faults included; nothing that is written has a mark."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import duckdb
import pyarrow.parquet as pq
import pytest

from lscb_data.board import Board, shipped
from lscb_data.contract import load_contracts
from lscb_data.period import parse
from lscb_data.submission import receive

MARK = "ZQXJ"  # in every identifier and in every faulty cell
PERIOD = parse("2014-15 Q1")
CONTRACTS = load_contracts([shipped("schemas")])


def marked(return_: str) -> list[list[str]]:
    """A list of children: each with a marked number, and for each column one whose cell there is marked, too."""
    (sheet,) = CONTRACTS[return_].sheets
    good = {column.name: sheet.example.get(column.name, f"{MARK} {column.name}") for column in sheet.columns}
    rows = [good | {"child": f"{MARK}{number:03}"} for number in range(5)]
    for number, column in enumerate(sheet.columns):
        for text in (f"{MARK} Jo Bloggs", f"={MARK}+1", f"{MARK}\u00a0", f"#{MARK}!"):
            rows.append(good | {"child": f"{MARK}{100 + number}", column.name: text})
    return [[column.printed[0] for column in sheet.columns], *([row[column.name] for column in sheet.columns] for row in rows)]


@pytest.fixture
def home(board: Board, tmp_path: Path) -> Path:
    for name in ("csc__annex_a_list_7", "csc__annex_a_list_5"):
        rows, file = marked(name), tmp_path / f"{name}.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(rows)
        receive(board, file, CONTRACTS[name], PERIOD)
    ragged = tmp_path / "ragged.csv"
    rows = marked("csc__annex_a_list_7")
    ragged.write_text("\n".join(",".join(row) for row in rows) + f"\n{MARK}1,{MARK}\n", "cp1252")
    receive(board, ragged, CONTRACTS["csc__annex_a_list_7"], parse("2014-15 Q2"))
    broken = tmp_path / "broken.csv"
    broken.write_text(f'{",".join(rows[0])}\n"{MARK}', "utf-8")
    receive(board, broken, CONTRACTS["csc__annex_a_list_7"], parse("2014-15 Q3"))
    return board.home


def written(folders: list[Path], home: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_relative_to(home / "raw"):
                try:
                    yield path, path.read_bytes()
                except OSError:  # it went while we looked
                    continue


def texts(path: Path) -> str:
    """All that a compressed file says."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict())
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        return " ".join(str(connection.execute(f'from "{schema}"."{name}"').fetchall()) for schema, name in names)


def test_nothing_that_is_written_names_a_child(home: Path, tmp_path: Path) -> None:
    scratch, prefect = tmp_path / "scratch", tmp_path / "prefect"
    scratch.mkdir()
    environment = os.environ | {
        "LSCB_KEY": "k" * 32,
        "TMPDIR": str(scratch),
        "PREFECT_HOME": str(prefect),
        "HOME": str(tmp_path),
    }
    seen: set[Path] = set()
    done = Event()

    def watch() -> None:  # what is gone by the end counts as well
        while not done.wait(0.02):
            seen.update(path for path, content in written([home, scratch, prefect], home) if MARK.encode() in content)

    watcher = Thread(target=watch)
    watcher.start()
    command = [sys.executable, "-m", "lscb_data.cli", "--home", str(home)]
    try:
        ran = subprocess.run([*command, "load"], env=environment, capture_output=True, text=True, check=False)
    finally:
        done.set()
        watcher.join()
    assert ran.returncode == 3, ran.stderr  # the broken file is refused
    checked = subprocess.run(
        [*command, "check", str(next((home / "raw").rglob("csc__annex_a_list_7.csv"))), "--return", "csc__annex_a_list_7",
         "--period", str(PERIOD), "--format", "json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    status = subprocess.run([*command, "status"], env=environment, capture_output=True, text=True, check=False)
    for said in (ran, checked, status):
        assert MARK not in said.stdout + said.stderr
    assert seen == set()
    assert [path for path, content in written([home, scratch, prefect], home) if MARK.encode() in content] == []
    held = [path for path in [*home.rglob("*.parquet"), *home.rglob("*.duckdb")] if not path.is_symlink()]
    assert {path.suffix for path in held} == {".parquet", ".duckdb"}
    assert [path for path in held if MARK in texts(path)] == []
    kept = pq.read_table(next(home.rglob("*list_7.2014-15-Q1*.plans.parquet")))
    assert kept.num_rows == kept.column("accepted").to_pylist().count(True) + kept.column("accepted").to_pylist().count(False)
    assert kept.column("child").null_count < kept.num_rows, "some were accepted, so that there was something to hide"
