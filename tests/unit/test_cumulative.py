"""A file that repeats the year's earlier months: read whole, and what is changed in it restates what was given before."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from lscb_data import warehouse
from lscb_data.board import Board
from lscb_data.contract import Contracts, Return
from lscb_data.indicator import load_indicators
from lscb_data.judgement import Judgement, judge_file
from lscb_data.period import Period, parse
from lscb_data.promise import read_yaml
from lscb_data.recognise import recognise
from lscb_data.staging import land
from lscb_data.submission import receive, received

ROOT = Path(__file__).parents[2]
CSC = "csc__child_protection"
Q1, Q2, Q3 = parse("2014-15 Q1"), parse("2014-15 Q2"), parse("2014-15 Q3")
SIX = {"Apr": 33, "May": 26, "Jun": 29, "Jul": 32, "Aug": 37, "Sep": 28}
Makes = Callable[..., Path]


def quarter(number: int) -> Path:
    return ROOT / f"raw/2014-15-Q{number}/csc/child-protection.xlsx"


@pytest.fixture
def third(tmp_path: Path) -> Makes:
    """The real third quarter's workbook with months over its own three, by name and number of new plans."""

    def make(**earlier: int) -> Path:
        book = load_workbook(quarter(3))
        page = book["New plans"]
        row = next(cell.row for cell in page["A"] if str(cell.value).startswith("Oct"))
        page.insert_rows(row, len(earlier))
        for number, (month, plans) in enumerate(earlier.items(), row):
            page.cell(number, 1, month)
            page.cell(number, 2, plans)
            page.cell(number, 3, "Eldest: 14 yrs. old")
        book.save(tmp_path / "child-protection.xlsx")
        return tmp_path / "child-protection.xlsx"

    return make


def judged(contracts: Contracts, path: Path, period: Period = Q3) -> Judgement:
    return judge_file(path, contracts[CSC], contracts.codes, period, "Cambridgeshire")


def test_earlier_months_of_the_year_are_read_beside_the_quarters_own(contracts: Contracts, third: Makes) -> None:
    one = judged(contracts, third(**SIX))
    assert (one.refused, one.rejected, one.accepted) == (False, 0, judged(contracts, quarter(3)).accepted + 6)


def test_it_is_recognised_as_its_last_quarters(contracts: Contracts, third: Makes) -> None:
    assert recognise(third(**SIX), contracts, date(2026, 1, 1), "Cambridgeshire") == (contracts[CSC], Q3)


def test_a_month_that_is_still_to_come_is_no_part_of_it(contracts: Contracts, third: Makes) -> None:
    one = judged(contracts, third(Jan=30))
    assert [finding.message for finding in one.findings if finding.code == "month_outside"] == [
        "January 2015 is not part of 2014-04-01 to 2014-12-31."
    ]


def test_earlier_months_alone_are_another_quarters(contracts: Contracts) -> None:
    one = judged(contracts, quarter(2))
    assert one.refused
    assert {finding.message for finding in one.findings if finding.code == "month_missing"} == {
        "No row for October 2014, November 2014, December 2014."
    }


def test_a_total_of_nine_months_is_set_aside(contracts: Contracts, tmp_path: Path) -> None:
    """It is neither a quarter's nor the year's, and would be taken for one of them."""
    book = load_workbook(quarter(3))
    page = book["Subsequent plans"]
    page.append(["TOTAL", 340, 280, 60, "17.65%"])
    book.save(tmp_path / "a.xlsx")
    one = judged(contracts, tmp_path / "a.xlsx")
    assert (one.refused, one.rejected) == (False, 1)
    (finding,) = (finding for finding in one.findings if finding.code == "total_of_months")
    assert finding.message.startswith("a total of 2014-04-01 to 2014-12-31 is neither a quarter's nor a year's")


def test_months_across_may_repeat_the_earlier_ones_too(contracts: Contracts, tmp_path: Path) -> None:
    own = (ROOT / "schemas/returns/constabulary__police_data.yml").read_text("utf-8")
    own = own.replace("frequency: quarterly\n", "frequency: quarterly\ncumulative: year\n")
    (tmp_path / "a.yml").write_text(own.replace("max_value: 3}", "max_value: 12}"))
    police = read_yaml(tmp_path / "a.yml", Return)
    book = load_workbook(ROOT / "raw/2014-15-Q3/constabulary/police-data.xlsx")
    page = book["Dataset"]
    wide = page.max_column
    for row in range(1, page.max_row + 1):
        if isinstance(page.cell(row, 2).value, int):
            page.cell(row, wide + 1, 7)
    page.cell(4, wide + 1, "Sep-14")
    for row in range(1, page.max_row + 1):
        if "." in str(page.cell(row, 2).value):
            page.cell(row, wide + 1, "0.5")
    book.save(tmp_path / "police-data.xlsx")
    one = judge_file(tmp_path / "police-data.xlsx", police, contracts.codes, Q3, "Cambridgeshire")
    assert [finding.message for finding in one.findings if finding.severity == "blocker"] == []
    assert sorted({str(row.values["month"]) for _, rows in one.sheets for row in rows}) == [
        "2014-09", "2014-10", "2014-11", "2014-12",
    ]  # fmt: skip


def test_changed_months_are_listed_as_restatements_and_stand(board: Board, contracts: Contracts, third: Makes) -> None:
    """Q3's workbook repeats April to September, with May now 28 where Q1 had 26."""
    for number, period in ((1, Q1), (2, Q2)):
        receive(board, quarter(number), contracts[CSC], period)
    receive(board, third(**SIX | {"May": 28}), contracts[CSC], Q3)
    path = board.warehouse / "a.duckdb"
    landed = [land(board, contracts, one) for one in received(board)]
    warehouse.build(board, path, contracts, load_indicators(board.folders("schemas")), landed)
    with duckdb.connect(path, read_only=True) as connection:
        changed = connection.execute(
            """select measure, period, value_before, value_after, why, cell_before, cell_after
            from audit.observations_restated where change = 'changed' and measure = 'cp_plans_started'"""
        ).fetchall()
        new = connection.execute(
            "select distinct period from audit.observations_restated where change = 'new' order by all"
        ).fetchall()
        published = connection.execute(
            "select value from published.indicator_values where indicator = 'cp_plans_started' and period = '2014-05'"
        ).fetchall()
    assert changed == [
        (
            "cp_plans_started", "2014-05", 26, 28, "cumulative return",
            "2014-15-Q1/csc/child-protection.xlsx!New plans!B5", "2014-15-Q3/csc/child-protection.xlsx!New plans!B5",
        )
    ]  # fmt: skip
    assert new == [(f"2014-{month:02}",) for month in range(7, 13)]
    assert published == [(28,)]
