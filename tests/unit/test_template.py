"""A template filled in from its contract's own example loads without a finding; what it says stays text."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from lscb_data.board import shipped
from lscb_data.contract import Column, Contracts, Sheet, load_contracts
from lscb_data.judgement import LISTS, judge_file
from lscb_data.period import Period, month, parse, quarter
from lscb_data.template import Template, template
from lscb_data.wording import month_words

CONTRACTS = load_contracts([shipped("schemas")])
BOARD = "Cambridgeshire"

# Where every row is filled from one example, shares of a whole cannot be the example's: five alike are a fifth each.
INSTEAD = {("csc__child_protection", "Categories", "percent"): "20%"}


def periods(name: str) -> list[Period]:
    """The periods whose sheets differ: the first and the last quarter of a year, or the year."""
    contract = CONTRACTS[name]
    year = parse(contract.since or "2014-15").start.year
    return [parse(f"{year}-{(year + 1) % 100:02}")] if contract.frequency == "annual" else [quarter(year, 1), quarter(year, 4)]


def typed(text: str) -> object:
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
