"""A file is recognised by what stands in it: its sheets, its headings, its months and the periods that it names."""

from datetime import date
from pathlib import Path
from typing import Any

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
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize("path", sorted(RAW.glob("2014-15-Q?/*/*.xlsx")), ids=lambda p: "-".join(p.parts[-3:-1]))
def test_the_real_returns_say_what_they_are(path: Path) -> None:
    contract, period = recognise(path, CONTRACTS, TODAY)
    assert (contract.agency, period.folder) == (path.parent.name, path.parent.parent.name)


def test_a_blank_template_is_recognised_for_another_year(tmp_path: Path) -> None:
    made = template(CONTRACTS["csc__child_protection"], parse("2021-22 Q3"), CONTRACTS.codes, "Leeds")
    for (sheet, cell), column in made.blanks.items():
        if column.type == "count":
            made.book[sheet][cell] = 1
    made.book.save(tmp_path / "a.xlsx")
    assert recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY)[1] == parse("2021-22 Q3")


def bare(*, months: tuple[str, ...] = ("Jul", "Aug", "Sep"), title: str = "Plans", **others: list[list[Any]]) -> dict[str, Any]:
    """A quarter's child protection return that writes its months without a year."""
    return {
        "New plans": [[title], [], [None, "Total New Plans", "Notes"], *([m, 32, "Eldest: 14 yrs. old"] for m in months)],
        "Transfers in": [[None, "Total TF in"], *([m, 1] for m in months)],
        "Subsequent plans": [
            [None, "Total Regs", "New Plans", "Re-regs", "% of Total"],
            *([m, 32, 19, 13, "40.63%"] for m in months),
        ],
    } | {name.replace("_", " "): rows for name, rows in others.items()}  # fmt: skip


def test_a_month_over_a_count_is_no_year_to_come(make_workbook: Any) -> None:
    """`Jul` over `32` is no July 2032, nor `Jul` over `15` July 2015; and a year that has not been yet is no period."""
    beside = {"Workings": [["Jul", "Aug"], [32, 15]]}
    path = make_workbook(bare(title="Plans, July to September 2014", **beside))
    assert recognise(path, CONTRACTS, TODAY)[1] == parse("2014-15 Q2")
    with pytest.raises(UserError, match="nothing in it says clearly for which period"):
        recognise(make_workbook(bare(**beside)), CONTRACTS, TODAY)
    to_come = {"Workings": [["Jul-", "Aug"], [32, 2032]]}
    with pytest.raises(UserError, match=r"b\.xlsx is csc__child_protection for 2032-33 Q2, which has not ended"):
        recognise(make_workbook(bare(**to_come), "b.xlsx"), CONTRACTS, TODAY)


def test_the_returns_own_sheets_are_believed_before_what_stands_beside(make_workbook: Any) -> None:
    """A workbook may keep last year's figures on a sheet of its own."""
    beside = {"Last_year": [["Jul-15", "Aug-15", "Sep-15"]]}
    path = make_workbook(bare(title="Plans, July to September 2016", **beside))
    assert recognise(path, CONTRACTS, TODAY)[1] == parse("2016-17 Q2")
    cover = make_workbook(bare(Cover=[["Return for 1 July 2016 to 30 September 2016"]]), "cover.xlsx")
    assert recognise(cover, CONTRACTS, TODAY)[1] == parse("2016-17 Q2")


def test_a_title_that_names_another_quarter_is_not_passed_over_for_less(make_workbook: Any) -> None:
    """Months of July under a title of April to June: a person says which is right, and no note beside."""
    path = make_workbook(bare(title="Plans, April to June 2015", Notes=[["July 2016 saw many"]]))
    with pytest.raises(UserError, match="nothing in it says clearly for which period: add --period"):
        recognise(path, CONTRACTS, TODAY)


@pytest.mark.parametrize(("today", "ended"), [("2015-03-31", False), ("2015-04-01", True)])
def test_a_period_is_over_the_day_after_its_last(today: str, ended: bool) -> None:
    path, period = RAW / "2014-15-Q4" / "marac" / "marac.xlsx", parse("2014-15 Q4")
    for said in ({}, {"period": period}, {"return_": "marac__cases", "period": period}):
        if ended:
            assert recognise(path, CONTRACTS, date.fromisoformat(today), **said)[1] == period
        else:
            with pytest.raises(UserError, match=r"2014-15 Q4.* has not ended: it ends on 31 March 2015"):
                recognise(path, CONTRACTS, date.fromisoformat(today), **said)


def test_a_template_of_a_period_to_come_is_said_to_be_early(tmp_path: Path) -> None:
    made = template(CONTRACTS["marac__cases"], parse("2026-27 Q4"), CONTRACTS.codes, "Cambridgeshire")
    made.book.save(tmp_path / "a.xlsx")
    with pytest.raises(UserError, match=r"a\.xlsx is marac__cases for 2026-27 Q4, which has not ended: .* 31 March 2027"):
        recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY)


def test_what_a_template_says_of_itself_settles_it(tmp_path: Path) -> None:
    """Two returns of one shape, and months without a year."""
    twin = CONTRACTS["csc__child_protection"].model_copy(update={"return_": "csc__twin"})
    both = type(CONTRACTS)({**CONTRACTS.returns, "csc__twin": twin}, CONTRACTS.codes, CONTRACTS.hashes)
    template(twin, parse("2016-17 Q2"), CONTRACTS.codes, "Cambridgeshire").book.save(tmp_path / "a.xlsx")
    assert recognise(tmp_path / "a.xlsx", both, TODAY) == (twin, parse("2016-17 Q2"))
    assert recognise(tmp_path / "a.xlsx", both, TODAY, return_="csc__child_protection")[0].return_ == "csc__child_protection"


def test_a_template_filled_in_for_other_months_is_not_what_it_says(tmp_path: Path) -> None:
    made = template(CONTRACTS["marac__cases"], parse("2014-15 Q1"), CONTRACTS.codes, "Cambridgeshire")
    for cell, month in zip("BCD", ("Jul-14", "Aug-14", "Sep-14"), strict=True):
        made.book["MARAC"][f"{cell}4"] = month
    made.book.save(tmp_path / "a.xlsx")
    with pytest.raises(UserError, match=r"none of the returns for 2014-15 Q1\. The nearest: marac__cases .* July 2014"):
        recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY)
    assert recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY, period=parse("2014-15 Q2"))[1] == parse("2014-15 Q2")


def test_where_the_period_is_not_said_it_is_asked_for(tmp_path: Path) -> None:
    path = RAW / "2014-15" / "ons" / "population.csv"
    with pytest.raises(UserError, match=r"is ons__population .* nothing in it says clearly for which period: add --period"):
        recognise(path, CONTRACTS, TODAY)
    assert recognise(path, CONTRACTS, TODAY, period=parse("2014-15")) == (CONTRACTS["ons__population"], parse("2014-15"))


def test_what_is_said_is_taken_and_not_looked_for() -> None:
    said = recognise(RAW / "none.xlsx", CONTRACTS, TODAY, return_="marac__cases", period=parse("2014-15 Q1"))
    assert said == (CONTRACTS["marac__cases"], parse("2014-15 Q1"))


def test_the_nearest_returns_are_named_with_why_it_is_not_them(tmp_path: Path) -> None:
    book = load_workbook(RAW / "2014-15-Q1" / "marac" / "marac.xlsx")
    book["MARAC"]["A5"] = "Cases talked about"
    book["MARAC"]["A6"] = None
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(UserError, match=r"none of the returns\. The nearest: marac__cases for 2014-15 Q1: .*Cases talked"):
        recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY)


def test_a_return_of_another_period_is_not_the_one_said() -> None:
    with pytest.raises(UserError, match=r"none of the returns for 2014-15 Q2\. The nearest: marac__cases .*April 2014"):
        recognise(RAW / "2014-15-Q1" / "marac" / "marac.xlsx", CONTRACTS, TODAY, period=parse("2014-15 Q2"))


def test_a_file_that_could_be_two_is_not_guessed_at(tmp_path: Path) -> None:
    twin = CONTRACTS["marac__cases"].model_copy(update={"return_": "marac__twin"})
    both = type(CONTRACTS)({**CONTRACTS.returns, "marac__twin": twin}, CONTRACTS.codes, CONTRACTS.hashes)
    with pytest.raises(UserError, match="could be marac__cases for 2014-15 Q1 or marac__twin for 2014-15 Q1"):
        recognise(RAW / "2014-15-Q1" / "marac" / "marac.xlsx", both, TODAY)


def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(UserError, match="none of the returns"):
        recognise(tmp_path / "empty.xlsx", CONTRACTS, TODAY)
    (tmp_path / "a.csv").write_text("cases\n1\n")
    with pytest.raises(UserError, match="marac__cases is taken as xls, xlsx, not csv"):
        recognise(tmp_path / "a.csv", CONTRACTS, TODAY, return_="marac__cases")
    (tmp_path / "a.xlsx").write_bytes(b"%PDF")
    with pytest.raises(UnreadableError):
        recognise(tmp_path / "a.xlsx", CONTRACTS, TODAY)
