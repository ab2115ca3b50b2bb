"""A template filled in from its contract's own example loads without a finding; what it says stays text."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lscb_data.board import shipped
from lscb_data.contract import load_contracts
from lscb_data.finding import UserError
from lscb_data.judgement import ABOUT, LISTS, judge_file
from lscb_data.period import Period, month, parse, quarter
from lscb_data.template import Template, last_ended, template
from lscb_data.wording import month_words

CONTRACTS = load_contracts([shipped("schemas")])
BOARD = "Cambridgeshire"

# Where every row is filled from one example, its share cannot be the example's: five alike are a fifth each.
INSTEAD = {("csc__child_protection", "Categories", "percent"): "20%"}


def periods(name: str) -> list[Period]:
    """The periods whose sheets differ: the first and the last quarter of a year, or the year."""
    contract = CONTRACTS[name]
    year = parse(contract.since or "2014-15").start.year
    return [parse(f"{year}-{(year + 1) % 100:02}")] if contract.frequency == "annual" else [quarter(year, 1), quarter(year, 4)]


def typed(text: str) -> str | float:
    """The text as Excel would keep it once typed."""
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text) if "." in text else int(text)
    except ValueError:
        return text


def fill(made: Template, path: Path) -> None:
    for (title, cell), column in made.blanks.items():
        sheet = next(sheet for sheet in made.contract.sheets if title in sheet.names)
        example = INSTEAD.get((made.contract.return_, title, column.name)) or sheet.example.get(column.name, column.example)
        if example is not None:
            made.book[title][cell] = typed(example) if column.is_number else example
    made.book.save(path)


@pytest.mark.parametrize(("name", "period"), [(name, period) for name in CONTRACTS.returns for period in periods(name)])
def test_filled_in_from_the_example_it_has_no_finding(name: str, period: Period, tmp_path: Path) -> None:
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    fill(made, tmp_path / "filled.xlsx")
    judged = judge_file(tmp_path / "filled.xlsx", CONTRACTS[name], CONTRACTS.codes, period, BOARD)
    # What the Board's own list of areas asks about is asked of the template too.
    assert [f for f in judged.findings if f.code != "code_queried"] == []
    assert judged.accepted == judged.received > 0
    assert {sheet.sheet for sheet, _ in judged.sheets} == {sheet.sheet for sheet in CONTRACTS[name].sheets_for(period)}


def test_its_text_stays_text_and_its_lists_are_the_code_lists(tmp_path: Path) -> None:
    contract = CONTRACTS["marac__cases"].model_copy(update={"title": "=1+1", "description": "@SUM(A1)"})
    template(contract, parse("2014-15 Q1"), CONTRACTS.codes, "-2+3").book.save(tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    assert not [cell for page in book for row in page for cell in row if cell.data_type == "f"]
    assert book[ABOUT]["A1"].value == "=1+1"
    assert book[ABOUT]["A1"].quotePrefix
    assert book[LISTS].sheet_state == "hidden"


def test_codes_are_offered_and_numbers_are_asked_for(tmp_path: Path) -> None:
    made = template(CONTRACTS["ccg__health_dashboard"], parse("2014-15 Q1"), CONTRACTS.codes, BOARD)
    offered = made.book["Dashboard"].data_validations.dataValidation[0]
    assert (offered.type, offered.errorStyle) == ("list", "warning")
    sheet, cells = offered.formula1.rsplit("!", 1)
    first, last = cells.replace("$", "").split(":")
    labels = [cell.value for (cell,) in made.book[sheet.strip("'")][first:last]]
    assert labels == [code.label for code in CONTRACTS.codes["health_ratings"].codes]
    made = template(CONTRACTS["marac__cases"], parse("2014-15 Q1"), CONTRACTS.codes, BOARD)
    assert {rule.type for rule in made.book["MARAC"].data_validations.dataValidation} == {"whole"}


@pytest.mark.parametrize(
    ("example", "words"), [("Jul", "Dec"), ("July", "December"), ("Jul-14", "Dec-14"), ("July 2014", "December 2014"),
                           ("2014-07", "2014-12"), (None, "Dec-14")]
)  # fmt: skip
def test_months_are_written_in_the_form_of_the_example(example: str | None, words: str) -> None:
    assert month_words(example, month(2014, 12)) == words


def test_it_is_made_only_for_a_period_that_the_return_is_owed_for() -> None:
    with pytest.raises(UserError, match="'2014-15' is no period that it is owed for"):
        template(CONTRACTS["marac__cases"], parse("2014-15"), CONTRACTS.codes, BOARD)
    assert last_ended(CONTRACTS["marac__cases"], date(2014, 7, 1)) == parse("2014-15 Q1")
    assert last_ended(CONTRACTS["ons__population"], date(2015, 3, 31)) == parse("2013-14")
