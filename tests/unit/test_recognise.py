"""A file is recognised by what stands in it: its sheets, its headings, its months and the periods that it names."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from lscb_data.board import shipped
from lscb_data.contract import load_contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.recognise import recognise
from lscb_data.template import template
from lscb_data.workbook import UnreadableError

CONTRACTS = load_contracts([shipped("schemas")])
RAW = Path(__file__).parents[2] / "raw"


@pytest.mark.parametrize("path", sorted(RAW.glob("2014-15-Q?/*/*.xlsx")), ids=lambda p: "-".join(p.parts[-3:-1]))
def test_the_real_returns_say_what_they_are(path: Path) -> None:
    contract, period = recognise(path, CONTRACTS)
    assert (contract.agency, period.folder) == (path.parent.name, path.parent.parent.name)


def test_a_blank_template_is_recognised_for_another_year(tmp_path: Path) -> None:
    made = template(CONTRACTS["csc__child_protection"], parse("2021-22 Q3"), CONTRACTS.codes, "Leeds")
    for (sheet, cell), column in made.blanks.items():
        if column.type == "count":
            made.book[sheet][cell] = 1
    made.book.save(tmp_path / "a.xlsx")
    assert recognise(tmp_path / "a.xlsx", CONTRACTS)[1] == parse("2021-22 Q3")


def test_where_the_period_is_not_said_it_is_asked_for(tmp_path: Path) -> None:
    path = RAW / "2014-15" / "ons" / "population.csv"
    with pytest.raises(UserError, match=r"is ons__population .* nothing in it says for which period: add --period"):
        recognise(path, CONTRACTS)
    assert recognise(path, CONTRACTS, period=parse("2014-15")) == (CONTRACTS["ons__population"], parse("2014-15"))


def test_what_is_said_is_taken_and_not_looked_for() -> None:
    said = recognise(RAW / "none.xlsx", CONTRACTS, return_="marac__cases", period=parse("2014-15 Q1"))
    assert said == (CONTRACTS["marac__cases"], parse("2014-15 Q1"))


def test_the_nearest_returns_are_named_with_why_it_is_not_them(tmp_path: Path) -> None:
    book = load_workbook(RAW / "2014-15-Q1" / "marac" / "marac.xlsx")
    book["MARAC"]["A5"] = "Cases talked about"
    book["MARAC"]["A6"] = None
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UserError, match=r"none of the returns\. The nearest: marac__cases for 2014-15 Q1: .*Cases talked"):
        recognise(tmp_path / "a.xlsx", CONTRACTS)


def test_a_return_of_another_period_is_not_the_one_said() -> None:
    with pytest.raises(UserError, match=r"none of the returns for 2014-15 Q2\. The nearest: marac__cases .*April 2014"):
        recognise(RAW / "2014-15-Q1" / "marac" / "marac.xlsx", CONTRACTS, period=parse("2014-15 Q2"))


def test_a_file_that_could_be_two_is_not_guessed_at(tmp_path: Path) -> None:
    twin = CONTRACTS["marac__cases"].model_copy(update={"return_": "marac__twin"})
    both = type(CONTRACTS)({**CONTRACTS.returns, "marac__twin": twin}, CONTRACTS.codes, CONTRACTS.hashes)
    with pytest.raises(UserError, match="could be marac__cases for 2014-15 Q1 or marac__twin for 2014-15 Q1"):
        recognise(RAW / "2014-15-Q1" / "marac" / "marac.xlsx", both)


def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(UserError, match="none of the returns"):
        recognise(tmp_path / "empty.xlsx", CONTRACTS)
    (tmp_path / "a.csv").write_text("cases\n1\n")
    with pytest.raises(UserError, match="marac__cases is taken as xls, xlsx, not csv"):
        recognise(tmp_path / "a.csv", CONTRACTS, return_="marac__cases")
    (tmp_path / "a.xlsx").write_bytes(b"%PDF")
    with pytest.raises(UnreadableError):
        recognise(tmp_path / "a.xlsx", CONTRACTS)
