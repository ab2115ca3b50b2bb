"""Headings of another name: refused with the command that accepts them, accepted once, and reported each time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from lscb_data import cli
from lscb_data.board import Board
from lscb_data.contract import Contracts, load_contracts
from lscb_data.finding import UserError
from lscb_data.intake import check_records
from lscb_data.judgement import Judgement, judge_file
from lscb_data.period import Period, parse
from lscb_data.renamed import accept, advised, nearest
from lscb_data.staging import land
from lscb_data.submission import receive, received
from lscb_data.template import template

RAW = Path(__file__).parents[2] / "raw"
Q1, Q4 = parse("2014-15 Q1"), parse("2014-15 Q4")
Changed = Callable[..., Path]
AREA = "Cambridgeshire"


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A real workbook of 2014-15 with other texts in some cells of a sheet (None: blank)."""

    def change(file: str, sheet: str, **texts: str | None) -> Path:
        book = load_workbook(RAW / file)
        for cell, text in texts.items():
            book[sheet][cell] = text
        book.save(tmp_path / Path(file).name)
        return tmp_path / Path(file).name

    return change


def accepted(board: Board, *names: tuple[str, str, str]) -> Contracts:
    """The contracts, once each of these names was accepted for the return and column beside it."""
    for return_, printed, column in names:
        accept(board, load_contracts(board.folders("schemas")), return_, printed, column, "Said by telephone")
    return load_contracts(board.folders("schemas"))


def judged(contracts: Contracts, path: Path, return_: str, period: Period) -> Judgement:
    return judge_file(path, contracts[return_], contracts.codes, period, AREA)


def used(one: Judgement) -> list[tuple[str | None, str | None, str]]:
    return [(finding.sheet, finding.cell, finding.message) for finding in one.findings if finding.code == "alias_used"]


def test_a_renamed_heading_is_refused_until_it_is_accepted(board: Board, contracts: Contracts, changed: Changed) -> None:
    path = changed("2014-15-Q4/csc/child-protection.xlsx", "Categories", B3="Children", B2="Children")
    real = judged(contracts, RAW / "2014-15-Q4/csc/child-protection.xlsx", "csc__child_protection", Q4)
    header = next(f for f in judged(contracts, path, "csc__child_protection", Q4).findings if f.code == "column_missing")
    assert header.cell
    knowing = accepted(board, ("csc__child_protection", "Children", "categories.children"))
    one = judged(knowing, path, "csc__child_protection", Q4)
    assert (one.refused, one.accepted) == (False, real.accepted)
    assert [(sheet, message) for sheet, _, message in used(one)] == [
        ("Categories", "'Children' was read as 'Number of children', for which that name was accepted.")
    ]
    assert {row.values["children"] for sheet, rows in one.sheets if sheet.sheet == "categories" for row in rows} == {
        row.values["children"] for sheet, rows in real.sheets if sheet.sheet == "categories" for row in rows
    }


def test_the_templates_own_name_is_not_reported(board: Board) -> None:
    knowing = accepted(board, ("csc__child_protection", "Children", "categories.children"))
    assert used(judged(knowing, RAW / "2014-15-Q4/csc/child-protection.xlsx", "csc__child_protection", Q4)) == []


def test_a_renamed_line_that_is_broken_over_cells_is_reported_where_it_begins(board: Board, changed: Changed) -> None:
    path = changed("2014-15-Q1/marac/marac.xlsx", "MARAC", A6="cases talked about", A20="cases talked about")
    knowing = accepted(board, ("marac__cases", "Number of cases talked about", "cases"))
    one = judged(knowing, path, "marac__cases", Q1)
    assert (one.refused, one.accepted, [cell for _, cell, _ in used(one)]) == (False, 6, ["A5", "A19"])


def test_a_renamed_block_is_accepted_by_its_own_name(board: Board, contracts: Contracts, changed: Changed) -> None:
    path = changed("2014-15-Q1/constabulary/police-data.xlsx", "Dataset", A6="Children reported missing")
    assert judged(contracts, path, "constabulary__police_data", Q1).refused
    knowing = accepted(board, ("constabulary__police_data", "Children reported missing", "missing"))
    one = judged(knowing, path, "constabulary__police_data", Q1)
    assert (one.refused, [cell for _, cell, _ in used(one)]) == (False, ["A6"])


def test_a_renamed_line_of_a_matrix(board: Board, changed: Changed) -> None:
    path = changed("2014-15-Q1/ccg/health-dashboard.xlsx", "Dashboard")
    book = load_workbook(path)
    (line,) = [cell for row in book["Dashboard"] for cell in row if cell.value == "17a"]
    line.value = "Indicator 17 (a)"
    book.save(path)
    knowing = accepted(board, ("ccg__health_dashboard", "Indicator 17 (a)", "good_practice"))
    one = judged(knowing, path, "ccg__health_dashboard", Q1)
    assert (one.refused, [cell for _, cell, _ in used(one)]) == (False, [line.coordinate])


def test_a_name_accepted_changes_what_was_landed(board: Board, contracts: Contracts, changed: Changed) -> None:
    """It is part of the contract's hash: the refusal of the day before does not stand."""
    path = changed("2014-15-Q1/marac/marac.xlsx", "MARAC", A6="cases talked about", A20="cases talked about")
    receive(board, path, contracts["marac__cases"], Q1)
    assert land(board, contracts, received(board)[0]).refused
    knowing = accepted(board, ("marac__cases", "Number of cases talked about", "cases"))
    assert knowing.hashes["marac__cases"] != contracts.hashes["marac__cases"]
    assert not land(board, knowing, received(board)[0]).refused


def test_the_fix_names_the_command_with_the_nearest_column(board: Board, contracts: Contracts, changed: Changed) -> None:
    path = changed("2014-15-Q1/marac/marac.xlsx", "MARAC", A6="cases talked about", A20="cases talked about")
    fixes = [f.fix for f in advised(judged(contracts, path, "marac__cases", Q1), path, AREA) if f.code == "line_unknown"]
    assert any(fix.endswith("lscb accept marac__cases 'Number of cases talked about' marac.cases") for fix in fixes)


def test_the_fix_for_a_heading_that_is_missing(contracts: Contracts, make_csv: Any) -> None:
    path = make_csv(
        "area_code,area,age_range,sex,reference_date,census_base,residents_population\n"
        "E10000003,Cambridgeshire,0-17,all,2014-06-30,2011,131150\n"
    )
    found = advised(judged(contracts, path, "ons__population", parse("2014-15")), path, AREA)
    (missing,) = (finding for finding in found if finding.code == "column_missing")
    assert missing.fix.endswith(
        "If it is 'population' under another name, accept it once: lscb accept ons__population residents_population "
        "population.population"
    )


def test_of_children_no_heading_is_said_again(board: Board, contracts: Contracts, make_csv: Any) -> None:
    """A list without its headings has a child's number in the place of one."""
    names = [column.printed[0] for column in contracts["csc__annex_a_list_7"].sheets[0].columns if column.printed]
    other = ["Start of the Child Protection Plan" if name == "Child Protection Plan Start Date" else name for name in names]
    path = make_csv(",".join(f'"{name}"' for name in other) + "\n" + "," * (len(names) - 1), name="list-7.csv")
    contract = contracts["csc__annex_a_list_7"]
    found = advised(check_records(path, contract, contracts.codes, Q4, AREA), path, AREA)
    (missing,) = (finding for finding in found if finding.code == "column_missing")
    assert "lscb accept csc__annex_a_list_7 HEADING plans.started" in missing.fix
    assert "Start of the" not in missing.fix
    knowing = accepted(board, ("csc__annex_a_list_7", "Start of the Child Protection Plan", "started"))
    again = check_records(path, knowing["csc__annex_a_list_7"], knowing.codes, Q4, AREA)
    (said,) = (finding for finding in again.findings if finding.code == "alias_used")
    assert said.message.startswith("(not shown) was read as 'Child Protection Plan Start Date'")


@pytest.mark.parametrize(
    ("return_", "printed", "column", "says"),
    [
        ("csc__child_protection", "Children", "children", "say categories.children or ethnicity.children"),
        (
            "csc__child_protection",
            "Children",
            "categories.childs",
            "has no column 'categories.childs'; it has categories.category, categories.children",
        ),
        ("csc__child_protection", "Re-Regs", "subsequent_plans.first", "'Re-Regs' is read as 'subsequent' already"),
        ("csc__child_protection", "New plans", "subsequent_plans.first", "'New plans' is read as 'first' already"),
        ("csc__child_protection", "{month}", "subsequent_plans.first", "is no name that can be accepted"),
        ("csc__child_protection", " ", "subsequent_plans.first", "is no name that can be accepted"),
        ("csc__cin_census", "CPPstart", "plans.started", "it has none that stands under a heading"),
    ],
)
def test_what_is_not_accepted(board: Board, contracts: Contracts, return_: str, printed: str, column: str, says: str) -> None:
    with pytest.raises(UserError, match=says.replace("{", r"\{")):
        accept(board, contracts, return_, printed, column, "because")
    assert not (board.home / "schemas").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("return: marac__cases\naliases: []\nodd: 1", "odd: Extra inputs"),
        ("aliases: [", "is not YAML"),
    ],
)
def test_a_file_of_names_that_cannot_be_read_is_said(board: Board, content: str, says: str) -> None:
    path = board.home / "schemas" / "aliases" / "marac__cases.yml"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(UserError, match=says):
        load_contracts(board.folders("schemas"))


def test_a_name_of_what_the_contract_no_longer_has_is_said(board: Board) -> None:
    accepted(board, ("marac__cases", "Number of cases talked about", "cases"))
    path = board.home / "schemas" / "aliases" / "marac__cases.yml"
    path.write_text(path.read_text().replace("column: cases", "column: meetings"))
    with pytest.raises(UserError, match="was accepted for meetings, which marac does not have"):
        load_contracts(board.folders("schemas"))
    path.rename(path.with_name("marac__meetings.yml"))
    with pytest.raises(UserError, match="there is no return of that name"):
        load_contracts(board.folders("schemas"))


def test_a_template_prints_the_contracts_own_name(board: Board) -> None:
    knowing = accepted(board, ("marac__cases", "Number of cases talked about", "cases"))
    book = template(knowing["marac__cases"], Q1, knowing.codes, AREA).book
    texts = [cell.value for row in book["MARAC"] for cell in row]
    assert "Number of cases discussed" in texts
    assert "Number of cases talked about" not in texts


def test_the_command_remembers_who_accepted_it_and_why(board: Board, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["accept", "marac__cases", "Cases talked about", "cases", "--reason", "Said by telephone"]
    assert cli.main(["--home", str(board.home), *words]) == 0
    assert "'Cases talked about' is read as marac.cases from now on" in capsys.readouterr().out
    kept = (board.home / "schemas" / "aliases" / "marac__cases.yml").read_text()
    for said in ("printed: Cases talked about", "column: cases", "accepted_at: ", "accepted_by: ", "reason: Said by telephone"):
        assert said in kept


def test_the_nearest_name_is_like_it_or_there_is_none() -> None:
    names = {"cases": ["Number of cases discussed"], "repeats": ["Number of repeat cases"]}
    assert nearest("No. of repeat cases", names) == "repeats"
    assert nearest("Xyz", names) is None
