"""A template, for whatever year, says what it is, and filled in from its contract's own example it loads without a finding."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lscb_data.about import ABOUT, LISTS
from lscb_data.board import shipped
from lscb_data.contract import load_contracts
from lscb_data.finding import UserError
from lscb_data.intake import check_records
from lscb_data.judgement import Judgement, judge_file
from lscb_data.period import Period, month, parse, quarter, year
from lscb_data.recognise import area_named, recognise
from lscb_data.template import Template, last_ended, template
from lscb_data.wording import month_words
from lscb_data.workbook import read_grids

CONTRACTS = load_contracts([shipped("schemas")])
BOARD = "Cambridgeshire"

# Where every row is filled from one example, its share cannot be the example's: five alike are a fifth each.
INSTEAD = {("csc__child_protection", "Categories", "percent"): "20%"}


# The second MARAC area has no name yet: its figures are taken, and its name is asked for whenever it is used.
ASKED = {"marac__cases": "code_queried"}

LATER = date(2030, 4, 1)  # when every period here has ended


def periods(name: str) -> list[Period]:
    """Every kind of period that the return is owed for, of its first year and of a later one."""
    years = (int((CONTRACTS[name].since or "2014-15")[:4]), 2026)
    if CONTRACTS[name].frequency == "annual":
        return [year(first) for first in years]
    return [quarter(first, number) for first in years for number in (1, 2, 3, 4)]


FILLED_IN = [
    name for name, one in CONTRACTS.returns.items() if "xlsx" in one.formats
]  # not what a system or a publisher writes
LAST = pytest.mark.parametrize(("name", "period"), [(name, periods(name)[-1]) for name in FILLED_IN])
EVERY = pytest.mark.parametrize(  # the last of each at every change, and all in the long run
    ("name", "period"),
    [
        pytest.param(name, period, marks=() if period == periods(name)[-1] else pytest.mark.long)
        for name in FILLED_IN
        for period in periods(name)
    ],
)


def typed(text: str) -> str | float:
    """The text as Excel would keep it once typed."""
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text) if "." in text else int(text)
    except ValueError:
        return text


def fill(made: Template, path: Path) -> Path:
    for (title, cell), column in made.blanks.items():
        sheet = next(sheet for sheet in made.sheets if title in sheet.names)
        example = INSTEAD.get((made.contract.return_, title, column.name)) or sheet.example.get(column.name, column.example)
        if example is not None:
            made.book[title][cell] = typed(example) if column.is_number else example
    made.book.save(path)
    return path


def judge(path: Path, made: Template) -> Judgement:
    judged_by = check_records if made.contract.names_children else judge_file
    return judged_by(path, made.contract, CONTRACTS.codes, made.period, BOARD)


@EVERY
def test_filled_in_from_the_example_it_is_recognised_and_has_no_finding(name: str, period: Period, tmp_path: Path) -> None:
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    path = fill(made, tmp_path / "filled.xlsx")
    assert recognise(path, CONTRACTS, LATER) == (CONTRACTS[name], period)
    judged = judge(path, made)
    assert [f for f in judged.findings if f.code != ASKED.get(name)] == []
    assert judged.accepted == judged.received > 0
    if not made.contract.names_children:  # of which nothing is held
        assert {sheet.sheet for sheet, _ in judged.sheets} == {sheet.sheet for sheet in CONTRACTS[name].sheets_for(period)}


@EVERY
def test_it_is_recognised_by_its_titles_alone(name: str, period: Period, tmp_path: Path) -> None:
    """A supplier may take out the sheet that says what the return is."""
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    fill(made, tmp_path / "filled.xlsx")
    del made.book[ABOUT]
    made.book.save(tmp_path / "filled.xlsx")
    assert recognise(tmp_path / "filled.xlsx", CONTRACTS, LATER, BOARD) == (CONTRACTS[name], period)


@EVERY
def test_untouched_it_is_refused_for_what_it_is(name: str, period: Period, tmp_path: Path) -> None:
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    made.book.save(tmp_path / "blank.xlsx")
    assert recognise(tmp_path / "blank.xlsx", CONTRACTS, LATER) == (CONTRACTS[name], period)
    judged = judge(tmp_path / "blank.xlsx", made)
    assert judged.refused
    assert judged.accepted == 0
    assert [f.code for f in judged.findings if f.code != ASKED.get(name)] in (["nothing_filled_in"], ["no_rows"])
    assert all(f.message and f.fix for f in judged.findings)


@LAST
def test_one_figure_is_something(name: str, period: Period, tmp_path: Path) -> None:
    """The sheets that are left blank are asked for; what came is kept."""
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    (title, cell), column = next((place, column) for place, column in made.blanks.items() if column.is_figure or column.codes)
    made.book[title][cell] = 0 if column.is_number else "Green"
    made.book.save(tmp_path / "a.xlsx")
    codes = {f.code for f in judge(tmp_path / "a.xlsx", made).findings}
    assert "nothing_filled_in" not in codes
    if made.contract.kind == "measures":
        assert "not_supplied" in codes


@LAST
def test_it_names_no_year_but_its_own_and_those_beside_it(name: str, period: Period) -> None:
    made = template(CONTRACTS[name], period, CONTRACTS.codes, BOARD)
    texts = [str(cell.value) for page in made.book for row in page.iter_rows() for cell in row if cell.value is not None]
    texts += [f"{rule.prompt} {rule.promptTitle}" for page in made.book for rule in page.data_validations.dataValidation]
    said = " ".join(text for text in texts if not re.search(r"census|1961|2011", text))  # a census is of its own year
    said = re.sub(r"\d\d/\d\d/20\d\d", "", said)  # and so is the day in a child's example
    assert {int(found) for found in re.findall(r"\b20\d\d\b", said)} <= {2025, 2026, 2027}
    assert set(re.findall(r"\b[A-Z][a-z]{2}-(\d\d)\b", said)) <= {"26", "27"}
    assert not re.search("[{}]", said)


def test_the_labels_of_a_later_year_are_its_own(tmp_path: Path) -> None:
    contract = CONTRACTS["csc__child_protection"]
    made = template(contract, parse("2016-17 Q4"), CONTRACTS.codes, BOARD)
    labels = [cell.value for (cell,) in made.book["Figures in text"]["A5:A40"] if cell.value]
    assert "Children on a plan at 31 March 2017" in labels
    assert "Plans started during the year, April 2016 to March 2017" in labels
    assert "Plans started in 2015-16" in labels
    assert "Decrease in children on a plan, March 2016 to 31 March 2017" in labels
    assert not [label for label in labels if "July 2013" in label]


def test_a_sheet_of_the_years_figures_says_that_it_is_for_the_year() -> None:
    made = template(CONTRACTS["csc__child_protection"], parse("2016-17 Q4"), CONTRACTS.codes, BOARD)
    said = {page.title: page["A2"].value for page in made.book.worksheets[:6]}
    assert said["New plans"] == "Cambridgeshire, 1 January 2017 to 31 March 2017"
    assert said["Categories"] == said["Figures in text"] == "Cambridgeshire, 1 April 2016 to 31 March 2017"


def test_a_label_of_another_year_is_not_read_as_this_years(tmp_path: Path) -> None:
    made = template(CONTRACTS["csc__child_protection"], parse("2016-17 Q4"), CONTRACTS.codes, BOARD)
    page = made.book["Figures in text"]
    (place,) = [cell for (cell,) in page["A5:A40"] if cell.value == "Children on a plan at 31 March 2017"]
    place.value = "Children on a plan at 31 March 2016"
    path = fill(made, tmp_path / "a.xlsx")
    judged = judge(path, made)
    assert judged.refused
    assert "Children on a plan at 31 March 2016" in " ".join(f.message for f in judged.findings)
    with pytest.raises(UserError, match="Children on a plan at 31 March 2016"):
        recognise(path, CONTRACTS, LATER)


def test_what_was_filled_in_for_another_period_is_not_taken_for_its_own(tmp_path: Path) -> None:
    made = template(CONTRACTS["ccg__health_dashboard"], parse("2014-15 Q2"), CONTRACTS.codes, BOARD)
    path = fill(made, tmp_path / "a.xlsx")
    judged = judge_file(path, made.contract, CONTRACTS.codes, parse("2014-15 Q3"), BOARD)
    disputed = [f for f in judged.findings if f.code == "period_disputed"]
    assert (ABOUT, "B4") in [(f.sheet, f.cell) for f in disputed]


def test_it_says_whose_it_is_where_the_area_is_on_no_list(tmp_path: Path) -> None:
    made = template(CONTRACTS["constabulary__police_data"], parse("2026-27 Q2"), CONTRACTS.codes, "Leeds")
    path = fill(made, tmp_path / "a.xlsx")
    assert area_named(read_grids(path), CONTRACTS.codes) == "Leeds"
    assert recognise(path, CONTRACTS, LATER) == (made.contract, made.period)


def test_a_return_that_prints_the_boards_area_needs_to_know_it() -> None:
    with pytest.raises(UserError, match="prints the name of the Board's area: ask"):
        template(CONTRACTS["constabulary__police_data"], parse("2026-27 Q2"), CONTRACTS.codes, "")


def test_saved_as_csv_it_is_what_it_was(tmp_path: Path) -> None:
    made = template(CONTRACTS["ons__population"], parse("2026-27"), CONTRACTS.codes, BOARD)
    book = load_workbook(fill(made, tmp_path / "a.xlsx"))
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([cell.value for cell in row] for row in book.worksheets[0].iter_rows())
    assert recognise(tmp_path / "a.csv", CONTRACTS, LATER) == (made.contract, made.period)
    assert judge(tmp_path / "a.csv", made).findings == []


def test_its_examples_of_months_are_its_own() -> None:
    marac = CONTRACTS["marac__cases"]
    made = template(marac, parse("2016-17 Q3"), CONTRACTS.codes, BOARD)
    about = {row[0].value: row[3].value for row in made.book[ABOUT].iter_rows(max_col=4)}
    assert about["Month"] == "Oct-16"


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


def test_a_census_has_no_template() -> None:
    with pytest.raises(UserError, match="is written as XML by the council's own system"):
        template(CONTRACTS["csc__cin_census"], year(2014), CONTRACTS.codes, BOARD)
