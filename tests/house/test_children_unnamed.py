"""Law 5: marked children stand in every column of every door, faults included; nothing that is written has a mark."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import duckdb
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from lscb_data import records
from lscb_data.board import Board, shipped
from lscb_data.cli import main
from lscb_data.contract import Contracts, load_contracts
from lscb_data.period import parse
from lscb_data.pseudonym import write_key
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


CHILD = """<Child id="{mark}A"><!-- {mark} --><ChildIdentifiers><LAchildID>{child}</LAchildID><UPN>{mark}U</UPN>
<PersonBirthDate>{born}</PersonBirthDate><GenderCurrent>{sex}</GenderCurrent></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>{ethnicity}</Ethnicity></ChildCharacteristics><{mark}>{mark} elsewhere</{mark}>
<CINdetails><CINreferralDate>{referred}</CINreferralDate><ChildProtectionPlans><CPPstartDate>{started}</CPPstartDate>
<InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>
<NumberOfPreviousCPP>{previous}</NumberOfPreviousCPP><Reviews><CPPreviewDate>{reviewed}</CPPreviewDate></Reviews>
</ChildProtectionPlans></CINdetails></Child>"""
GOOD = {
    "mark": MARK, "child": f"{MARK}1", "born": "2009-05-17", "sex": "2", "ethnicity": "WBRI", "referred": "2014-04-20",
    "started": "2014-05-20", "category": "NEG", "previous": "0", "reviewed": "2014-07-20",
}  # fmt: skip


def census(path: Path) -> None:
    """Children with a marked number; of each but the first another element is marked, too."""
    children = [GOOD, *(GOOD | {name: f"{MARK} Jo Bloggs"} for name in GOOD if name != "mark")]
    head = "<Message><Header><CollectionDetails><ReferenceDate>2015-03-31</ReferenceDate></CollectionDetails>"
    head += "<Source><LEA>873</LEA></Source></Header><Children>"
    path.write_text(head + "".join(CHILD.format(**one) for one in children) + "</Children></Message>", "utf-8")


def workbook(path: Path) -> None:
    """Lists 5 and 7 with marks in titles, beside the columns, on a sheet of notes and in the file's properties."""
    book = Workbook()
    book.properties.creator = book.properties.title = f"{MARK} Jo Bloggs"
    book.active.title = "Notes"
    book.active.append([f"{MARK} Jo Bloggs"])
    for sheet, name in (("List 7", "csc__annex_a_list_7"), ("List 5", "csc__annex_a_list_5")):
        page = book.create_sheet(sheet)
        page.append([f"{sheet} of {MARK}"])
        heading, *rows = marked(name)
        page.append([*heading, "Anything else"])
        for row in rows:
            page.append([*row, f"{MARK} else"])
        book.create_sheet(f"{MARK} of {sheet}").append([f"{MARK} Jo Bloggs"])
        page["B3"].comment = Comment(f"{MARK} said so", f"{MARK}")
    book.save(path)


@pytest.fixture
def home(board: Board, tmp_path: Path) -> Path:
    workbook(tmp_path / "annex a.xlsx")
    for name, period in (("csc__annex_a_list_7", "2014-15 Q4"), ("csc__annex_a_list_5", "2014-15 Q4")):
        receive(board, tmp_path / "annex a.xlsx", CONTRACTS[name], parse(period))
    census(tmp_path / "census.xml")
    receive(board, tmp_path / "census.xml", CONTRACTS["csc__cin_census"], parse("2014-15"))
    whole = (tmp_path / "census.xml").read_bytes()
    (tmp_path / "cut.xml").write_bytes(whole[: whole.rindex(MARK.encode()) + 3])
    receive(board, tmp_path / "cut.xml", CONTRACTS["csc__cin_census"], parse("2015-16"))
    (tmp_path / "cut.xlsx").write_bytes((tmp_path / "annex a.xlsx").read_bytes()[:9000])
    receive(board, tmp_path / "cut.xlsx", CONTRACTS["csc__annex_a_list_7"], parse("2015-16 Q1"))
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


def written(folders: list[Path], home: Path, before: dict[Path, tuple[int, int]]) -> Iterator[tuple[Path, bytes]]:
    """The files and what is in them; of those looked at `before` only what was written since, or may have been."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_relative_to(home / "raw"):
                try:
                    stands, now = (path.stat().st_mtime_ns, path.stat().st_size), time.time_ns()
                    if before.get(path) == stands:
                        continue
                    content = path.read_bytes()
                except OSError:  # it went while we looked
                    continue
                if now - stands[0] > 10**8:  # else it may be written again, and show the same time
                    before[path] = stands
                yield path, content


def texts(path: Path) -> str:
    """All that a compressed file says."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict())
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        return " ".join(str(connection.execute(f'from "{schema}"."{name}"').fetchall()) for schema, name in names)


def answers(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """All of the warehouse, figures and their cells, a template, and questions that fail on what they read."""
    with duckdb.connect(home / "warehouse" / "lscb.duckdb", read_only=True) as connection:
        names = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    questions = [["sql", "--csv", f'from "{schema}"."{name}"'] for schema, name in names]
    questions += [["sql", "select child::varchar::integer from staging.csc__annex_a_list_7"]]
    questions += [["sql", f"from read_csv('{path}')"] for path in home.rglob("*.csv")]
    questions += [["explain", "cp_plans_open"], ["explain", "cp_plans_started", "2014-05"], ["status", "--severity", "error"]]
    questions += [["template", "csc__annex_a_list_7", "--out", str(tmp_path / "blank.xlsx")]]
    for question in questions:
        main(["--home", str(home), *question])
    said = capsys.readouterr()
    assert len(said.out) > 10_000
    return said.out, said.err


def test_nothing_that_is_written_names_a_child(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scratch, prefect = tmp_path / "scratch", tmp_path / "prefect"
    scratch.mkdir()
    for name in ("first", "second"):
        write_key(tmp_path / f"{name}.key", home)
    environment = {name: value for name, value in os.environ.items() if name != "LSCB_KEY"} | {
        "LSCB_KEY_FILE": str(tmp_path / "first.key"),
        "TMPDIR": str(scratch),
        "PREFECT_HOME": str(prefect),
        "HOME": str(tmp_path),
    }
    seen: set[Path] = set()
    before: dict[Path, tuple[int, int]] = {}
    done = Event()

    def watch() -> None:  # what is gone by the end counts as well
        while not done.wait(0.02):
            found = written([home, scratch, prefect], home, before)
            seen.update(path for path, content in found if MARK.encode() in content)

    watcher = Thread(target=watch)
    watcher.start()
    command = [sys.executable, "-m", "lscb_data.cli", "--home", str(home)]
    try:
        ran = subprocess.run([*command, "load"], env=environment, capture_output=True, text=True, check=False)
        rekeyed = subprocess.run(
            [*command, "rekey", str(tmp_path / "second.key")], env=environment, capture_output=True, text=True, check=False
        )
    finally:
        done.set()
        watcher.join()
    assert ran.returncode == 3, ran.stderr  # the broken files are refused
    checked = subprocess.run(
        [*command, "check", str(next((home / "raw").rglob("csc__annex_a_list_7.csv"))), "--return", "csc__annex_a_list_7",
         "--period", str(PERIOD), "--format", "json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    status = subprocess.run([*command, "status"], env=environment, capture_output=True, text=True, check=False)
    recognised = [
        subprocess.run(
            [*command, "receive", str(tmp_path / name)], env=environment, capture_output=True, text=True, check=False
        )
        for name in ("annex a.xlsx", "cut.xml", "cut.xlsx", "broken.csv")
    ]
    assert "the same under both keys" in rekeyed.stdout, rekeyed.stderr
    for said in (ran, rekeyed, checked, status, *recognised):
        assert MARK not in said.stdout + said.stderr
    assert MARK not in "".join(answers(home, tmp_path, capsys))
    assert MARK.encode() not in (tmp_path / "blank.xlsx").read_bytes()
    assert seen == set()
    assert [path for path, content in written([home, scratch, prefect], home, {}) if MARK.encode() in content] == []
    held = [path for path in [*home.rglob("*.parquet"), *home.rglob("*.duckdb")] if not path.is_symlink()]
    assert {path.suffix for path in held} == {".parquet", ".duckdb"}
    assert [path for path in held if MARK in texts(path)] == []
    for door in (
        "*list_7.2014-15-Q1*.plans",
        "*list_7.2014-15-Q4*.plans",
        "*list_5.2014-15-Q4*.enquiries",
        "*census.2014-15.*.plans",
    ):
        kept = pq.read_table(next(home.rglob(f"{door}.parquet")))
        assert kept.column("child").null_count < kept.num_rows, "some were accepted, so that there was something to hide"
        assert False in kept.column("accepted").to_pylist()


def refusable(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Files that no return takes, with marks in whatever they are known or refused by: return, period, file."""
    headings, *rows = marked("csc__annex_a_list_7")
    few = [[cell for heading, cell in zip(headings, row, strict=True) if "Date" not in heading] for row in rows]
    swapped = [[f"{MARK} {heading}" if "Start" in heading else heading for heading in headings], *rows]
    twice = [[*headings, headings[-1]], *([*row, MARK] for row in rows)]
    tables = {
        "headings are children": rows,
        "columns are missing": [[heading for heading in headings if "Date" not in heading], *few],
        "a heading is a child": swapped,
        "a heading twice": twice,
        "nothing but names": [[f"{MARK} Jo Bloggs"], [f"{MARK} Ann Example", f"{MARK} 17/05/2009"]],
    }
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows(table)
        yield "csc__annex_a_list_7", str(PERIOD), path
        for sheet in ("List 7", f"{MARK} Jo Bloggs")[: 2 if name == "headings are children" else 1]:
            book = Workbook()
            book.active.title = sheet
            for row in table:
                book.active.append(row)
            path = folder / f"{name} on {sheet[:6].strip().replace(MARK, 'another')}.xlsx"
            book.save(path)
            yield "csc__annex_a_list_7", str(PERIOD), path
    workbook(folder / "sheets beside.xlsx")
    yield "csc__annex_a_list_7", "2014-15 Q4", folder / "sheets beside.xlsx"
    census(folder / "whole.xml")
    whole = (folder / "whole.xml").read_text("utf-8")
    faulty = {
        "another root": whole.replace("Message>", f"{MARK}>"),
        "not closed": whole.replace("</LAchildID>", f"</{MARK}>", 1),
        "an entity": f'<!DOCTYPE Message [<!ENTITY {MARK} "{MARK}">]>' + whole.replace("<UPN>", f"<UPN>&{MARK};", 1),
        "an entity unknown": whole.replace("<UPN>", f"<UPN>&{MARK};", 1),
        "an attribute twice": whole.replace("<Child id=", f'<Child id="{MARK}" id=', 1),
        "a council unknown": whole.replace("<LEA>873", f"<LEA>{MARK}"),
        "a day unknown": whole.replace("2015-03-31", MARK),
        "a name nearly known": whole.replace("ChildProtectionPlans>", f"ChildProtectionPlans{MARK}>"),
        "no child": whole.replace("Child>", f"{MARK}>").replace("<Child ", f"<{MARK} "),
    }
    for name, text in faulty.items():
        (folder / f"{name}.xml").write_text(text, "utf-8")
        yield "csc__cin_census", "2014-15", folder / f"{name}.xml"
    for cut in (3, 5, 8):
        (folder / f"cut {cut}.xml").write_text(whole[: len(whole) * cut // 10], "utf-8")
        yield "csc__cin_census", "2014-15", folder / f"cut {cut}.xml"


@pytest.mark.long
def test_no_file_that_is_refused_is_quoted(board: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, folder = ["--home", str(board.home)], tmp_path / "sent"
    folder.mkdir()
    refused, told = 0, list[str]()
    for return_, period, path in refusable(folder):
        for asked in (["check", str(path)], ["check", str(path), "--return", return_, "--period", period, "--format", "json"],
                      ["receive", str(path)]):  # fmt: skip
            refused += main([*home, *asked]) in (1, 3)
            said = capsys.readouterr()
            assert said.out + said.err
            if MARK in said.out + said.err:
                told.append(f"{asked[0]} {path.name}")
    assert told == []
    assert refused > 40


@pytest.mark.parametrize("return_", ["csc__annex_a_list_7", "csc__annex_a_list_5"])
def test_no_day_of_a_childs_row_is_said_again(
    contracts: Contracts, board: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str], return_: str
) -> None:
    """Where two columns changed places a date of birth stands among a plan's own days. Here each row breaks one rule."""
    (sheet,) = contracts[return_].sheets
    days = [column.name for column in sheet.columns if column.type == "date"]
    path = tmp_path / "list.csv"
    rows = [sheet.example | rule.breaks for rule in sheet.rules]
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(
            [[c.printed[0] for c in sheet.columns], *([row.get(c.name, "") for c in sheet.columns] for row in rows)]
        )
    asked = ["check", str(path), "--return", return_, "--period", str(PERIOD), "--format", "json"]
    main(["--home", str(board.home), *asked])
    said = capsys.readouterr().out
    assert {rule.code for rule in sheet.rules} <= set(re.findall(r'"code": "(\w+)"', said))
    for row in rows:
        for day in filter(None, (row.get(name) for name in days)):
            assert day not in said
            assert "-".join(reversed(day.split("/"))) not in said


def test_what_finds_no_room_in_memory_is_an_error_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with records.database() as connection:
        connection.execute("set memory_limit = '20MB'")
        connection.execute("set threads = 1")
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(f"from (select '{MARK}' || range as child from range(5000000)) order by child").arrow()
        assert connection.execute("select current_setting('temp_directory')").fetchone() == ("",)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow.parquet as pq
from lscb_data.board import at
from lscb_data.contract import Contracts, load_contracts
from lscb_data.staging import land
from lscb_data.submission import received
real, opened, writes = pq.ParquetWriter.write_table, pq.ParquetWriter.__init__, []
def plain(writer, *said, **more):  # so that what is written can be seen
    opened(writer, *said, **more | {"compression": "none"})
def killed(writer, table, *said, **more):
    real(writer, table, *said, **more)
    writes.append(table.num_rows)
    if len(writes) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
pq.ParquetWriter.write_table, pq.ParquetWriter.__init__ = killed, plain
board = at(Path(sys.argv[1]))
land(board, load_contracts(board.folders("schemas")), received(board)[0])
"""


def test_a_landing_that_is_killed_leaves_no_child_behind(board: Board, tmp_path: Path) -> None:
    headings, good, *_ = marked("csc__annex_a_list_7")
    file, scratch = tmp_path / "list 7.csv", tmp_path / "scratch"
    scratch.mkdir()
    at = headings.index("Child Unique ID")
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([headings, *([*good[:at], f"{MARK}{n}", *good[at + 1 :]] for n in range(200_000))])
    receive(board, file, CONTRACTS["csc__annex_a_list_7"], PERIOD)
    environment = os.environ | {"LSCB_KEY": "k" * 32, "TMPDIR": str(scratch)}
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(board.home)], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    left = dict(written([board.home, scratch], board.home, {}))
    (part,) = (content for path, content in left.items() if path.suffix == ".part")
    assert b"WBRI" in part, "its rows can be seen"
    assert [path for path, content in left.items() if MARK.encode() in content] == []
