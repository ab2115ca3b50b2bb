"""What is asked of a supplier, in its own workbook; and what it answers, kept for as long as the value stands."""

import csv
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from lscb_data import board, cli, publish, submission
from lscb_data.about import ANSWER, FEEDBACK, FINDING
from lscb_data.cell_notes import BEGINS
from lscb_data.contract import load_contracts
from lscb_data.judgement import judge_file
from lscb_data.period import parse
from lscb_data.pseudonym import write_key
from lscb_data.workbook import read_grids
from tests import loads
from tests.unit.files import xls

ROOT = Path(__file__).parents[2]
CONTRACTS = load_contracts([board.shipped("schemas")])
Q1 = parse("2014-15 Q1")
POLICE = "constabulary__police_data"
LIST_7 = "csc__annex_a_list_7"


def load(home: Path) -> board.Board:
    """A load without Prefect."""
    here = board.at(home)
    loads.load(here)
    return here


def asked(here: board.Board, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(publish.current(here), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def lscb(here: board.Board, *words: object, code: int = 0) -> None:
    assert cli.main(["--home", str(here.home), *map(str, words)]) == code


def month(december: int) -> Callable[[Worksheet], None]:
    def typed(page: Worksheet) -> None:
        place = next(cell for row in page for cell in row if cell.value == -2)
        place.value = december

    return typed


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Board that has the police's third quarter, in which December has a negative figure. Nobody changes it."""
    home = tmp_path_factory.mktemp("police")
    shutil.copy(ROOT / "lscb.toml", home)
    for folder in ("2014-15-Q3/constabulary", "2014-15/ons"):
        shutil.copytree(ROOT / "raw" / folder, home / "raw" / folder)
    load(home)
    return home


@pytest.fixture
def police(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> board.Board:
    """The same Board, to be changed."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(loaded, tmp_path / "home", symlinks=True)
    return board.at(tmp_path / "home")


NEGATIVE = "select finding_id, cell, message from audit.findings where code = 'out_of_bounds'"
OPEN = "select count(*) from audit.findings where answered_at is null and finding_id = ?"
NOTES = "select distinct note from published.indicator_values where contains(cell, ?) order by all"


# feedback


def test_the_suppliers_own_workbook_says_what_is_asked(police: board.Board, tmp_path: Path) -> None:
    lscb(police, "feedback", POLICE, "--period", "2014-15 Q3")
    ((name, cell, message),) = asked(police, NEGATIVE)
    book = load_workbook(tmp_path / "police-data-feedback.xlsx")
    assert book["Dataset"][cell].value == -2
    assert book["Dataset"][cell].comment.text.startswith(f"{BEGINS} {message}")
    texts = [[str(value or "") for value in row] for row in book[FEEDBACK].iter_rows(values_only=True)]
    (row,) = [row for row in texts if row[0] == name]
    assert row[1:4] == ["Dataset", cell, message]
    assert row[5] == "", "room for the answer"
    assert texts[0][0] == f"{FEEDBACK}: Police data, 2014-15 Q3" or "2014-15 Q3" in texts[0][0]
    assert {"What must be put right", "What must be explained", "How to answer"} <= {row[0] for row in texts}
    names = {row[0] for row in texts if re.fullmatch("f[0-9a-f]{11}", row[0])}
    assert names == {one for (one,) in asked(police, "select finding_id from audit.findings where submission is not null")}


def test_it_is_read_as_the_return_that_it_was(police: board.Board, tmp_path: Path) -> None:
    """A supplier corrects the cells where they are marked, and sends that back."""
    lscb(police, "feedback", POLICE)
    made, own = tmp_path / "police-data-feedback.xlsx", police.raw / "2014-15-Q3/constabulary/police-data.xlsx"
    judged = [
        judge_file(path, CONTRACTS[POLICE], CONTRACTS.codes, parse("2014-15 Q3"), "Cambridgeshire") for path in (own, made)
    ]
    assert judged[0].findings == judged[1].findings
    assert read_grids(made)[:-1] == read_grids(own)
    lscb(police, "receive", made)
    again = submission.received(police)[-1]
    assert (again.receipt.return_, again.receipt.period) == (POLICE, "2014-15 Q3")


def test_it_is_written_where_it_may_be_and_nowhere_else(
    police: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in (police.warehouse / "a.xlsx", police.raw / "2014-15-Q3/a.xlsx", tmp_path / "home/warehouse/../raw/a.xlsx"):
        lscb(police, "feedback", POLICE, "--out", out, code=1)
        assert "lies among what was received or built" in capsys.readouterr().err
        assert not out.exists()
    (tmp_path / "there.xlsx").write_text("mine")
    lscb(police, "feedback", POLICE, "--out", tmp_path / "there.xlsx", code=1)
    lscb(police, "feedback", POLICE, "--out", tmp_path / "a.csv", code=1)
    assert (tmp_path / "there.xlsx").read_text() == "mine"
    lscb(police, "feedback", "constabulary__police_dat", code=1)
    assert f"did you mean {POLICE}" in capsys.readouterr().err
    lscb(police, "feedback", "marac__cases", code=1)
    assert "Nothing stands of marac__cases" in capsys.readouterr().err


def test_nothing_is_asked_of_what_was_withdrawn_changed_or_not_loaded(
    police: board.Board, capsys: pytest.CaptureFixture[str]
) -> None:
    one = next(one for one in submission.received(police) if one.receipt.return_ == POLICE)
    kept = one.path.read_bytes()
    one.path.write_bytes(kept + b" ")
    lscb(police, "feedback", one.id, code=1)
    assert "not the file that was received" in capsys.readouterr().err
    one.path.write_bytes(kept)
    shutil.copy(ROOT / "raw/2014-15-Q1/marac/marac.xlsx", police.home / "marac.xlsx")
    lscb(police, "receive", police.home / "marac.xlsx", "--return", "marac__cases", "--period", "2014-15 Q1")
    lscb(police, "feedback", "marac__cases", code=1)
    assert "is not loaded yet: lscb load" in capsys.readouterr().err
    submission.withdraw(police, one.id, "by mistake")
    lscb(police, "feedback", one.id, code=1)
    assert "was withdrawn" in capsys.readouterr().err


# answers


def test_an_explanation_closes_the_query_and_goes_with_the_figure(
    police: board.Board, capsys: pytest.CaptureFixture[str]
) -> None:
    ((name, cell, message),) = asked(police, NEGATIVE)
    assert any(f"Query: {message}" in (note or "") for (note,) in asked(police, NOTES, f"!{cell}"))
    lscb(police, "answer", name[:8], "Outcomes were given to earlier months.", "--by", "the force")
    assert f"{name} is explained: {message}" in capsys.readouterr().out
    load(police.home)
    assert asked(police, OPEN, name) == [(0,)]
    said = f"Explained: Outcomes were given to earlier months. (Asked: {message})"
    notes = [note for (note,) in asked(police, NOTES, f"!{cell}")]
    assert any(said in note for note in notes if note)
    assert not [note for note in notes if note and f"Query: {message}" in note]
    lscb(police, "status", "--severity", "query")
    assert name not in capsys.readouterr().out
    (row,) = asked(police, "select answered_by, explanation from audit.findings where finding_id = ?", name)
    assert row == ("the force", "Outcomes were given to earlier months.")
    lscb(police, "answer", name, "Outcomes were given to earlier months.")
    assert "was explained so before" in capsys.readouterr().out
    assert len(list(police.raw.glob("*/*/*.decision.yml"))) == 1


@pytest.mark.long
def test_it_holds_for_the_same_value_and_not_for_another(police: board.Board, tmp_path: Path) -> None:
    ((name, cell, _),) = asked(police, NEGATIVE)
    lscb(police, "answer", name, "Outcomes were given to earlier months.")
    for number, value in enumerate((-2, -3, -2)):
        book = load_workbook(police.raw / "2014-15-Q3/constabulary/police-data.xlsx")
        book["Dataset"][cell] = value
        book.properties.title = f"version {number}"
        path = tmp_path / f"version {number}.xlsx"
        book.save(path)
        lscb(police, "receive", path, "--return", POLICE, "--period", "2014-15 Q3")
        load(police.home)
        last = submission.received(police)[-1].id
        found = asked(
            police, "select finding_id = ?, explanation is null from audit.findings where submission = ? and cell = ?"
            " and code = 'out_of_bounds'", name, last, cell,
        )  # fmt: skip
        assert found == [(value == -2, value != -2)], value


def test_answers_typed_into_the_workbook_are_received_back(
    police: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lscb(police, "feedback", POLICE)
    made = tmp_path / "police-data-feedback.xlsx"
    ((name, _, _),) = asked(police, NEGATIVE)
    answered = typed(made, {name: "Outcomes were given to earlier months."}, "=1+1")
    lscb(police, "answer", "--from", made, code=2)
    said = capsys.readouterr().out
    assert "1 of 2 answers kept" in said
    assert "begins as a formula does: begin it with a word" in said
    load(police.home)
    assert asked(police, OPEN, name) == [(0,)]
    assert asked(police, OPEN, answered) == [(1,)]
    lscb(police, "feedback", POLICE, "--out", tmp_path / "again.xlsx")
    texts = {cell for row in load_workbook(tmp_path / "again.xlsx")[FEEDBACK].iter_rows(values_only=True) for cell in row}
    assert name not in texts, "what was explained is not asked again"
    assert "1 query was explained before, and not asked again." in texts


def typed(path: Path, answers: dict[str, str], formula: str = "") -> str:
    """Type answers into a feedback workbook, and a text that begins as a formula beside another query: its name."""
    book = load_workbook(path)
    page = book[FEEDBACK]
    (head,) = [row for row in page.iter_rows() if [row[0].value, row[5].value] == [FINDING, ANSWER]]
    other = ""
    for row in page.iter_rows(min_row=head[0].row + 1):
        if row[0].value in answers:
            row[5].value = answers[row[0].value]
        elif formula and not other:
            other = row[0].value
            row[5].value, row[5].data_type = formula, "s"
    book.save(path)
    return other


def test_what_is_no_query_of_that_name_is_not_answered(
    police: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ((name, _, _),) = asked(police, NEGATIVE)
    for words, why in {
        ("f00000000000", "because"): "No finding is named f00000000000",
        ("' or 1=1 --", "because"): "is no name of a finding",
        ("f", "because"): "is no name of a finding",
        (name, " \n "): "is blank",
        (name, "=HYPERLINK(A1)"): "begins as a formula does",
        (name, "x" * 2001): "longer than 2,000",
        (name,): "Give a finding and its explanation",
        ("--from", police.raw / "2014-15-Q3/constabulary/police-data.xlsx"): f"has no sheet '{FEEDBACK}'",
    }.items():
        lscb(police, "answer", *words, code=1)
        assert why in capsys.readouterr().err
    assert not list(police.raw.glob("*/*/*.decision.yml"))


def test_a_name_that_was_altered_in_the_workbook_is_not_said_again(
    police: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lscb(police, "feedback", POLICE)
    made = tmp_path / "police-data-feedback.xlsx"
    ((name, _, _),) = asked(police, NEGATIVE)
    typed(made, {name: "They were given to earlier months."})
    book = load_workbook(made)
    (cell,) = [cell for row in book[FEEDBACK].iter_rows() for cell in row if cell.value == name]
    cell.value = "Child 40817"
    book.save(made)
    lscb(police, "answer", "--from", made, code=2)
    said = capsys.readouterr().out
    assert f"Not kept: {cell.coordinate}: It is not the name of a finding" in said
    assert "40817" not in said


def test_a_finding_of_the_warehouse_is_answered_too(police: board.Board) -> None:
    differs, *_ = asked(police, "select finding_id from audit.findings where code = 'printed_differs'")
    missing, *_ = asked(police, "select finding_id from audit.findings where code = 'return_missing'")
    for (name,), said in ((differs, "The force divides by its own estimate."), (missing, "There is none for that quarter.")):
        lscb(police, "answer", name, said)
    load(police.home)
    for (name,), said in ((differs, "The force divides by its own estimate."), (missing, "There is none for that quarter.")):
        assert asked(police, "select explanation from audit.findings where finding_id = ?", name) == [(said,)]


# other files than workbooks of today's Excel


HEADINGS = "area_code,area,age_range,sex,reference_date,census_base,population,published,source,licence"
ROW = "E10000003,Cambridgeshire,0-17,all,{},2011,131150,,{},OGL"


def received(home: Path, file: Path, return_: str, period: str) -> board.Board:
    here = board.at(home)
    submission.receive(here, file, CONTRACTS[return_], parse(period))
    return load(home)


def test_of_csv_the_same_cells_are_marked_as_text(board_: board.Board, make_csv: Callable[..., Path], tmp_path: Path) -> None:
    rows = [HEADINGS, ROW.format("31/02/2015", "=cmd|'/c calc'!A0"), ROW.format("30/06/2014", "ONS é")]
    here = received(board_.home, make_csv("\n".join(rows) + "\n"), "ons__population", "2014-15")
    lscb(here, "feedback", "ons__population", "--out", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    page = book["population"]
    assert [[str(cell.value or "") for cell in row] for row in page] == [row.split(",") for row in rows]
    assert {cell.data_type for row in page for cell in row if cell.value} == {"s"}
    assert "does not exist" in page["E2"].comment.text
    texts = list(book[FEEDBACK].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(texts) if row[0] == "What must be put right")
    assert texts[at + 2][1:3] == ("population", "E2")
    ((name,),) = asked(here, "select finding_id from audit.findings where severity = 'error'")
    lscb(here, "answer", name, "It is so.", code=1)


def test_an_error_cannot_be_explained_away(
    board_: board.Board, make_csv: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    here = received(board_.home, make_csv(f"{HEADINGS}\n{ROW.format('31/02/2015', 'ONS')}\n"), "ons__population", "2014-15")
    ((name,),) = asked(here, "select finding_id from audit.findings where severity = 'error'")
    lscb(here, "answer", name, "It is so.", code=1)
    assert f"{name} is an error: it cannot be explained, only put right. Correct the date." in capsys.readouterr().err


def test_of_an_old_workbook_the_same_cells_are_marked(board_: board.Board, tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(xls({"MARAC": [["MARAC"], ["", "Apr-14"], ["Cases", 7]]}))
    grid = read_grids(tmp_path / "old.xls")
    here, contract = board.at(board_.home), CONTRACTS["marac__cases"]
    submission.receive(here, tmp_path / "old.xls", contract, Q1)
    load(here.home)
    lscb(here, "feedback", contract.return_, "--out", tmp_path / "a.xlsx")
    assert read_grids(tmp_path / "a.xlsx")[:-1] == grid
    assert "It was refused" in " ".join(read_grids(tmp_path / "a.xlsx")[-1].cells.values())


def test_of_what_cannot_be_read_what_is_asked_is_said_alone(board_: board.Board, tmp_path: Path) -> None:
    (tmp_path / "marac.xlsx").write_bytes(b"PK\x03\x04 and no more")
    here = received(board_.home, tmp_path / "marac.xlsx", "marac__cases", "2014-15 Q1")
    lscb(here, "feedback", "marac__cases", "--out", tmp_path / "a.xlsx")
    (sheet,) = read_grids(tmp_path / "a.xlsx")
    assert sheet.name == FEEDBACK
    assert "damaged" in " ".join(sheet.cells.values())


def test_of_what_is_read_and_cannot_be_marked_what_is_asked_is_said_alone(board_: board.Board, tmp_path: Path) -> None:
    sent = tmp_path / "police.xlsx"
    with zipfile.ZipFile(next(ROOT.glob("raw/2014-15-Q2/constabulary/*.xlsx"))) as real, zipfile.ZipFile(sent, "w") as file:
        for name in real.namelist():
            file.writestr(name.replace("_rels/.rels", "/_rels/.rels"), real.read(name))  # as some programs have it
    here = received(board_.home, sent, POLICE, "2014-15 Q2")
    lscb(here, "feedback", POLICE, "--out", tmp_path / "a.xlsx")
    assert [sheet.name for sheet in read_grids(tmp_path / "a.xlsx")] == [FEEDBACK]


# children's records

MARK = "ZQXJ"


def keyed(here: board.Board, folder: Path) -> None:
    write_key(folder / "board.key", here.home)
    with (here.home / "lscb.toml").open("a") as settings:
        settings.write(f'key_file = "{folder / "board.key"}"\n')


@pytest.fixture
def board_(board: board.Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> board.Board:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LSCB_KEY", raising=False)
    return board


def children(path: Path, *changes: dict[str, str]) -> Path:
    """A list of plans, one row a change of the contract's own example."""
    (sheet,) = CONTRACTS[LIST_7].sheets
    good = {column.name: sheet.example.get(column.name, "") for column in sheet.columns}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([column.printed[0] for column in sheet.columns])
        for number, change in enumerate(changes):
            row = good | {"child": f"{MARK}{number:03}"} | change
            writer.writerow([row[column.name] for column in sheet.columns])
    return path


def test_of_children_nothing_is_said_that_names_one(
    board_: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyed(board_, tmp_path)
    same_day = {"started": "02/02/2015", "ended": "02/02/2015"}
    file = children(tmp_path / "list 7.csv", {}, same_day, {"started": f"{MARK} Jo Bloggs"}, {"ethnicity": f"{MARK}9"})
    here = received(board_.home, file, LIST_7, "2014-15 Q4")
    lscb(here, "feedback", LIST_7, code=1)
    assert "say with --out where it is to be written" in capsys.readouterr().err
    lscb(here, "feedback", LIST_7, "--out", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    notes = " ".join(cell.comment.text for page in book for row in page for cell in row if cell.comment)
    words = " ".join(str(value) for row in book[FEEDBACK].iter_rows(values_only=True) for value in row if value)
    assert notes
    assert MARK not in notes + words
    assert "Write no child's name or number into an answer." in words
    assert read_grids(tmp_path / "a.xlsx")[0].cells == read_grids(file)[0].cells
    values = [value for (value,) in asked(here, "select value from audit.findings where value is not null")]
    assert values
    assert all(re.fullmatch("[0-9a-f]{16}", value) for value in values), "sealed with the Board's key"


def test_an_answer_that_names_a_child_is_refused(
    board_: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keyed(board_, tmp_path)
    file = children(tmp_path / "list 7.csv", {"child": "007"}, {"started": "02/02/2015", "ended": "02/02/2015"})
    here = received(board_.home, file, LIST_7, "2014-15 Q4")
    ((name,), *_) = asked(here, "select finding_id from audit.findings where severity = 'query' and cell is not null")
    for said, why in {
        f"See {MARK.lower()}001, who moved": "holds what is a child's number in a file",
        "See 0f8fad5b-d9cd-4f11-a1b2-0123456789ab": "holds a child's pseudonym",
    }.items():
        lscb(here, "answer", name, said, code=1)
        told = capsys.readouterr()
        assert why in told.err
        assert MARK.lower() not in (told.err + told.out).lower()
    ((other,), *_) = asked(here, "select finding_id from audit.findings where severity = 'query' and submission is null")
    lscb(here, "answer", other, f"{MARK}001 was not counted", code=1)  # of the warehouse, or of totals
    assert "holds what is a child's number" in capsys.readouterr().err
    lscb(here, "answer", name, "The plan was begun and ended at one conference, as 007 plans were.")
    load(here.home)
    assert asked(here, OPEN, name) == [(0,)]


def test_an_answer_on_a_childs_row_holds_under_the_next_key(board_: board.Board, tmp_path: Path) -> None:
    keyed(board_, tmp_path)
    file = children(tmp_path / "list 7.csv", {}, {"started": "02/02/2015", "ended": "02/02/2015"})
    here = received(board_.home, file, LIST_7, "2014-15 Q4")
    one = (
        "select finding_id, explanation from audit.findings where severity = 'query' and cell is not null order by all limit 1"
    )
    ((name, _),) = asked(here, one)
    lscb(here, "answer", name, "Begun and ended at one conference.")
    write_key(tmp_path / "next.key", here.home)
    settings = here.home / "lscb.toml"
    settings.write_text(settings.read_text().replace("board.key", "next.key"))
    load(here.home)
    ((other, explanation),) = asked(here, one)
    assert other != name
    assert explanation == "Begun and ended at one conference."


def test_what_names_another_council_is_left_out(
    police: board.Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = publish.current(police)
    build.chmod(0o600)
    with duckdb.connect(build) as connection:
        connection.execute(
            "update audit.findings set message = 'E10000020, 2014-15: 7 plans' where code = 'printed_differs'"
            " and finding_id = (select min(finding_id) from audit.findings where code = 'printed_differs')"
        )
    lscb(police, "feedback", POLICE)
    assert "1 findings that name another council were left out." in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "police-data-feedback.xlsx") as parts:
        assert not [name for name in parts.namelist() if b"E10000020" in parts.read(name)]
