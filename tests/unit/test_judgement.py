"""Whole files as suppliers send them: read right, or a finding with its place; never a traceback, never a silent nought."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from files import ole, xls
from openpyxl import load_workbook

from lscb_data import judgement
from lscb_data.batch import Breach, BrokenExpectation
from lscb_data.contract import Contracts
from lscb_data.figure import Figure, Status
from lscb_data.judgement import Judgement, judge_file
from lscb_data.period import parse

Judges = Callable[..., Judgement]
CSC, POLICE, MARAC, CCG, ONS = (
    "csc__child_protection", "constabulary__police_data", "marac__cases", "ccg__health_dashboard", "ons__population",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations has tests of its own and costs seconds."""
    monkeypatch.setattr(judgement, "judge", lambda *_: [])


@pytest.fixture
def judge(contracts: Contracts) -> Judges:
    def run(path: Path, return_: str = CSC, period: str = "2014-15 Q1") -> Judgement:
        found = judge_file(path, contracts[return_], contracts.codes, parse(period), "Cambridgeshire")
        assert found.received == found.accepted + found.rejected
        assert all(one.message and one.fix for one in found.findings)
        return found

    return run


def said(found: Judgement, *, but: tuple[str, ...] = ()) -> list[tuple[str, str, str | None, str | None]]:
    return [(f.code, str(f.severity), f.sheet, f.cell) for f in found.findings if f.code not in but]


def new_plans(*rows: list[Any], head: tuple[Any, ...] = (None, "Total New Plans", "Notes")) -> list[Any]:
    old = "Eldest: 14 yrs. old"
    return [["Plans"], [], head, *(rows or (["Apr", 27, old], ["May", 30, old], ["Jun", 41, old]))]


def csc(**changed: Any) -> dict[str, Any]:
    """A quarter's child protection return without a fault."""
    sheets = {
        "New plans": new_plans(),
        "Transfers in": [[None, "Total TF in"], ["Apr", 1], ["May", 0], ["Jun", 3]],
        "Subsequent plans": [
            [None, "Total Regs", "New Plans", "Re-regs", "% of Total"],
            ["Apr", 27, 20, 7, "25.93%"], ["May", 30, 24, 6, "20%"], ["Jun", 41, 41, 0, "0%"],
        ],
    }  # fmt: skip
    sheets |= {name.replace("_", " "): rows for name, rows in changed.items()}
    return {name: rows for name, rows in sheets.items() if rows is not None}


def value(found: Judgement, sheet: str, row: int, column: str) -> Any:
    rows = next(rows for one, rows in found.sheets if one.sheet == sheet)
    return rows[row].values[column]


def test_a_return_without_a_fault(make_workbook: Any, judge: Judges) -> None:
    found = judge(make_workbook(csc()))
    assert said(found) == []
    assert (found.received, found.accepted, found.refused) == (9, 9, False)
    assert value(found, "transfers_in", 1, "transfers") == Figure("0", value=Decimal(0))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"Month,Plans\n", "not_a_workbook"), ("a.xlsx", b"", "empty_file"),
        ("a.xlsx", b"PK\x03\x04", "damaged_workbook"),
        ("a.xlsx", ole({"EncryptedPackage": b"x"}), "password_protected"), ("a.xls", ole({"Book": b"x"}), "old_workbook"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(tmp_path: Path, judge: Judges, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    found = judge(tmp_path / name)
    assert said(found) == [(code, "blocker", None, None)]
    assert (found.refused, found.received) == (True, 0)


def test_an_empty_workbook_and_another_return_in_its_place(make_workbook: Any, judge: Judges) -> None:
    assert {code for code, *_ in said(judge(make_workbook({"Sheet1": []})))} == {"sheet_missing"}
    marac = judge(make_workbook({"MARAC": [["x", "Apr"], ["y", 1]]}))
    assert [f.message for f in marac.findings][:1] == ["The sheet 'New plans' is missing; the workbook has sheet 'MARAC'."]
    renamed = judge(make_workbook({"MARAC": [["Ethnicity", "No. of Children"], ["Chinese", 2]]}), MARAC)
    assert said(renamed) == [("heading_missing", "blocker", "MARAC", None)]
    assert "another return" in renamed.findings[0].message


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Transfers_in": None}, [("sheet_missing", "blocker", "Transfers in", None)]),
        ({"Transfers_in": []}, [("heading_missing", "blocker", "Transfers in", None)]),
        ({"TRANSFERS__IN": csc()["Transfers in"]}, [("sheet_doubled", "blocker", "Transfers in", None)]),
        ({"Workings": [["x"]]}, [("sheet_unknown", "query", "Workings", None)]),
        ({"Sheet2": []}, []),
        ({"New_plans": new_plans(head=(None, "Total New Plans"))}, [("column_missing", "blocker", "New plans", "B3")]),
        ({"New_plans": new_plans(head=(None, "Plans", "Notes"))}, [("column_missing", "blocker", "New plans", "B3")]),
        ({"New_plans": new_plans(head=(None, "Total New Plans", "Notes", "Notes"))}, [("column_doubled", "blocker",
            "New plans", "D3")]),
        (
            {"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["April 2014", 2], ["Jun", 3]]},
            [("row_doubled", "blocker", "Transfers in", "A2"), ("row_doubled", "blocker", "Transfers in", "A3")],
        ),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jul", 3]]}, [("month_outside", "error",
            "Transfers in", "A4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Total", 3]]}, [("not_a_month", "error",
            "Transfers in", "A4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], [None, 3]]}, [("required", "error", "Transfers in",
            "A4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun"]]}, [("not_supplied", "query",
            "Transfers in", "B4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun", "#REF!"]]}, [("excel_error", "error",
            "Transfers in", "B4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun", "=1+2"]]}, [("formula_without_value",
            "error", "Transfers in", "B4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun", "none"]]}, [("not_a_whole_number", "error",
            "Transfers in", "B4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun", -1]]}, [("out_of_bounds", "error",
            "Transfers in", "B4")]),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", "1,234"], ["May", "\u00a02\u00a0"], ["Jun", "5 or under"]]}, []),
        ({"Transfers_in": [[None, "Total TF in"], ["Apr", 1], ["May", 2], ["Jun", 10**30]]}, [("not_a_whole_number", "error",
            "Transfers in", "B4")]),
    ],
)  # fmt: skip
def test_sheets_columns_months_and_cells(make_workbook: Any, judge: Judges, changed: Any, expected: Any) -> None:
    assert said(judge(make_workbook(csc(**changed)))) == expected


def test_a_row_set_aside_leaves_the_others(make_workbook: Any, judge: Judges) -> None:
    found = judge(make_workbook(csc(Transfers_in=[[None, "Total TF in"], ["Apr", "x"], ["May", 2], ["Jun", 3]])))
    assert (found.received, found.accepted, found.rejected, found.refused) == (9, 8, 1, False)


def test_of_a_refused_return_nothing_is_accepted(make_workbook: Any, judge: Judges) -> None:
    found = judge(make_workbook(csc(Transfers_in=None)))
    assert (found.received, found.accepted, found.rejected, found.refused) == (6, 0, 6, True)


def test_numbers_as_text_and_percentages_as_excel_holds_them(make_workbook: Any, judge: Judges) -> None:
    path = make_workbook(csc())
    book = load_workbook(path)
    page = book["Subsequent plans"]
    page["B2"], page["E2"], page["E3"] = "27", 7 / 27, 0.2
    page["E2"].number_format = page["E3"].number_format = "0.00%"
    book.save(path)
    found = judge(path)
    assert said(found) == []
    assert value(found, "subsequent_plans", 0, "total") == Figure("27", value=Decimal(27))
    assert value(found, "subsequent_plans", 0, "percent") == Figure("25.9259259259259%", value=Decimal("25.9259259259"))
    assert value(found, "subsequent_plans", 1, "percent") == Figure("20%", value=Decimal(20))


def test_huge_figures_break_no_rule_in_the_database(make_workbook: Any, judge: Judges) -> None:
    huge = 999_999_999_999_999
    rows = [csc()["Subsequent plans"][0], ["Apr", huge, huge, huge, "99.5%"], ["May", 30, 24, 6, "20%"], ["Jun", 1, 1, 0, "0%"]]
    found = judge(make_workbook(csc(Subsequent_plans=rows)))
    assert {code for code, *_ in said(found)} == {"parts_add_up", "percent_agrees"}
    assert value(found, "subsequent_plans", 0, "total") == Figure(str(huge), value=Decimal(huge))


def test_merged_headings_hidden_sheets_rows_and_columns_and_blank_formatted_rows(make_workbook: Any, judge: Judges) -> None:
    path = make_workbook(csc(Lists=[["Apr"]]))
    book = load_workbook(path)
    book["Lists"].sheet_state = "hidden"
    book["Transfers in"].sheet_state = "hidden"
    book["New plans"].merge_cells("A1:C2")
    book["New plans"].row_dimensions[5].hidden = book["New plans"].column_dimensions["B"].hidden = True
    book["Subsequent plans"]["XFD1048576"] = "x"
    book.save(path)
    found = judge(path)
    assert said(found) == [
        ("unread_cell", "query", "Subsequent plans", "XFD1048576"), ("sheet_unknown", "query", "Lists", None),
    ]  # fmt: skip
    assert found.accepted == 9
    assert value(found, "new_plans", 1, "plans") == Figure("30", value=Decimal(30))


def test_an_old_workbook_is_read_as_a_new_one(tmp_path: Path, judge: Judges) -> None:
    sheets = csc()
    sheets["Transfers in"][2] = ["May", "#N/A"]
    sheets["Subsequent plans"][2][4] = 0.2
    (tmp_path / "a.xls").write_bytes(xls(sheets))
    found = judge(tmp_path / "a.xls")
    assert said(found) == [("excel_error", "error", "Transfers in", "B3")]
    assert value(found, "subsequent_plans", 1, "percent") == Figure("20%", value=Decimal(20))


def test_a_file_without_one_figure_is_refused_and_says_so_once(make_workbook: Any, judge: Judges) -> None:
    """It would take the place of the last good one."""
    blank = csc(
        New_plans=new_plans(["Apr"], ["May"], ["Jun"]), Transfers_in=[[None, "Total TF in"], ["Apr"], ["May"], ["Jun"]],
        Subsequent_plans=[csc()["Subsequent plans"][0], ["Apr"], ["May"], ["Jun"]],
    )  # fmt: skip
    found = judge(make_workbook(blank))
    assert said(found) == [("nothing_filled_in", "blocker", None, None)]
    assert (found.received, found.accepted, found.rejected) == (9, 0, 9)
    assert found.findings[0].message == "Nothing was filled in: every cell that is asked for is blank."
    blank["Transfers in"][1] = ["Apr", 0]
    assert not judge(make_workbook(blank)).refused


def test_a_blank_matrix_and_blank_months_across_are_refused(make_workbook: Any, judge: Judges) -> None:
    blank = [[line[0]] for line in CASES]
    found = judge(make_workbook({"MARAC": [*MONTHS, ["Cambridgeshire Central"], *blank]}), MARAC)
    assert said(found) == [("nothing_filled_in", "blocker", None, None)]
    rows = [["No.", "Indicator", "CPFT", "HHCT"], *([line, "x"] for line in ("17a", "17b", "17c", "17d"))]
    assert said(judge(make_workbook({"Dashboard": rows}), CCG)) == [("nothing_filled_in", "blocker", None, None)]


def test_a_sheet_left_blank_beside_others_is_asked_for(make_workbook: Any, judge: Judges) -> None:
    found = judge(make_workbook(csc(Transfers_in=[[None, "Total TF in"], ["Apr"], ["May"], ["Jun"]])))
    assert said(found) == [("not_supplied", "query", "Transfers in", f"B{row}") for row in (2, 3, 4)]
    assert not found.refused


def test_a_finding_calls_a_line_by_the_boards_area(tmp_path: Path, judge: Judges) -> None:
    book = load_workbook(Path(__file__).parents[2] / "raw/2014-15-Q1/constabulary/police-data.xlsx")
    book["Dataset"]["C7"] = None
    book.save(tmp_path / "a.xlsx")
    (found,) = [f for f in judge(tmp_path / "a.xlsx", POLICE).findings if f.code == "not_supplied"]
    assert (found.cell, found.message) == ("C7", "'Cambridgeshire' was not supplied.")


def test_what_is_said_of_the_period(make_workbook: Any, judge: Judges) -> None:
    rows = new_plans()
    rows[0] = ["Plans started, July to September 2014"]
    assert said(judge(make_workbook(csc(New_plans=rows)))) == [("period_disputed", "query", "New plans", "A1")]


LONG = "area_code,area,age_range,sex,reference_date,census_base,population,published,source,licence\n"
ROW = "E10000003,Cambridgeshire,0-17,all,2014-06-30,2011,131150,,ONS,OGL\n"


def test_records_as_csv(make_csv: Any, judge: Judges) -> None:
    found = judge(make_csv(LONG + ROW), ONS, "2014-15")
    assert said(found) == []
    assert value(found, "population", 0, "population") == Figure("131150", value=Decimal(131150))
    assert value(found, "population", 0, "published") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_as_it_comes(make_csv: Any, judge: Judges, encoding: str, mark: str) -> None:
    content = (LONG + ROW.replace("ONS", "Õns")).replace(",", mark)
    found = judge(make_csv(content, encoding), ONS, "2014-15")
    assert said(found) == []
    assert value(found, "population", 0, "source") == "Õns"


def test_a_column_that_need_not_be_there_is_not_there(make_csv: Any, judge: Judges) -> None:
    found = judge(make_csv(LONG.replace(",published", "") + ROW.replace(",,", ",")), ONS, "2014-15")
    assert said(found) == []
    assert value(found, "population", 0, "published") is None


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW.replace("2014-06-30", "31/02/2015"), [("no_such_date", "error", "population", "E2")]),
        (ROW.replace("2014-06-30", "30/06/2014"), []),
        (ROW.replace("131150", '"131,150"'), []),
        (ROW.replace("131150", "131150\u00a0"), []),
        (ROW.replace("131150", "131 150"), [("not_a_whole_number", "error", "population", "G2")]),
        (ROW.replace("131150", "١٣١١٥٠"), [("not_a_whole_number", "error", "population", "G2")]),
        (ROW.replace("131150", ""), [("required", "error", "population", "G2")]),
        (ROW.replace("131150", "0"), [("out_of_bounds", "error", "population", "G2")]),
        (ROW.replace("\n", ",extra\n"), [("unread_cell", "query", "population", "K2")]),
        ("E10000003,Cambridgeshire\n", [(code, "error", "population", f"{c}2") for c in "CDEFGIJ" for code in ["required"]]),
        (ROW.replace("Cambridgeshire", '"Cambridge\nshire"'), []),
        (ROW.replace("Cambridgeshire", "#REF!"), [("excel_error", "error", "population", "B2")]),
    ],
)
def test_records_row_by_row(make_csv: Any, judge: Judges, row: str, expected: Any) -> None:
    found = judge(make_csv(LONG + row), ONS, "2014-15")
    assert said(found) == expected
    assert found.accepted == (not any(severity == "error" for _, severity, *_ in expected))


def test_31_02_2015_is_said_as_it_stands(make_csv: Any, judge: Judges) -> None:
    found = judge(make_csv(LONG + ROW.replace("2014-06-30", "31/02/2015")), ONS, "2014-15")
    assert found.findings[0].message == "'31/02/2015' is a day that does not exist."


MONTHS = [[None, "Apr-14", "May-14", "Jun-14"]]
CASES = [
    ["Number of cases discussed", 23, 20, 21], ["Number of repeat cases", 8, 5, 6], ["Number of children in household", 18,
        9, 7],
    ["Number of referrals from police", 19, 15, 16], ["Number of referrals from other agencies", 4, 5, 5],
]  # fmt: skip


def test_months_across(make_workbook: Any, judge: Judges) -> None:
    found = judge(make_workbook({"MARAC": [*MONTHS, ["Cambridgeshire Central"], *CASES]}), MARAC)
    assert said(found) == []
    assert found.accepted == 3


def test_one_area_under_two_names_is_doubled(make_workbook: Any, judge: Judges) -> None:
    twice = [*MONTHS, ["Cambridgeshire Central"], *CASES, ["Cambridgeshiree Central"], *CASES]
    found = judge(make_workbook({"MARAC": twice}), MARAC)
    assert found.refused
    assert [code for code, *_ in said(found, but=("spelling_mapped",))] == ["row_doubled"] * 2


def test_a_blank_column_is_not_supplied_and_never_nought(make_workbook: Any, judge: Judges) -> None:
    rows = [[*line[:3], None] for line in CASES]
    found = judge(make_workbook({"MARAC": [*MONTHS, ["Cambridgeshire Central"], *rows]}), MARAC)
    assert said(found) == [("not_supplied", "query", "MARAC", f"D{row}") for row in range(3, 8)]
    assert value(found, "marac", 2, "cases") == Figure(status=Status.NOT_SUPPLIED)


def test_matrix(make_workbook: Any, judge: Judges) -> None:
    rows = [
        ["No.", "Indicator", "CPFT", "HHCT"], ["17a", "x", "Green", "Red late"], ["17b", "x", "NA", "Green"],
        ["17c", "x", "Amber 85%-100%", "Amber Level 1-92%"], ["17d", "x", "Received", "Not yet reviewed"],
    ]  # fmt: skip
    found = judge(make_workbook({"Dashboard": rows}), CCG)
    assert said(found) == []
    assert value(found, "dashboard", 0, "training").figures[0][1].qualifier == "range"
    rows[0][3] = "CPFT"
    assert {code for code, *_ in said(judge(make_workbook({"Dashboard": rows}), CCG))} == {"row_doubled"}


def test_a_batch_that_cannot_be_worked_out_refuses_and_does_not_raise(
    make_workbook: Any, judge: Judges, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(*_: Any) -> list[Breach]:
        raise BrokenExpectation("share_agrees", "Out of Range Error")

    monkeypatch.setattr(judgement, "judge", overflow)
    found = judge(make_workbook(csc()))
    assert said(found) == [("expectation_broken", "blocker", None, None)]


def test_a_breach_stands_at_the_cell_that_it_names(make_workbook: Any, judge: Judges, monkeypatch: pytest.MonkeyPatch) -> None:
    breach = Breach(
        "months_complete", "new_plans__received", "found 2", ({"row": 5, "column": "plans", "whole": Decimal("84.000")},), 1
    )
    monkeypatch.setattr(judgement, "judge", lambda *_: [breach])
    found = judge(make_workbook(csc()))
    assert said(found) == [("months_complete", "blocker", "New plans", "B5")]
    assert "has 2 months" in found.findings[0].message


def test_ten_thousand_rows_are_screened_and_kept(make_csv: Any, judge: Judges) -> None:
    rows = "".join(ROW.replace("131150", str(number)) for number in range(1, 10_001))
    found = judge(make_csv(LONG + rows), ONS, "2014-15")
    assert (found.received, found.accepted, said(found)) == (10_000, 10_000, [])


def test_of_a_row_set_aside_it_is_still_known_for_when_and_for_what_it_is(make_workbook: Any, judge: Judges) -> None:
    old = "Eldest: 14 yrs. old"
    found = judge(make_workbook(csc(New_plans=new_plans(["Apr", "2x", old], ["May", 30, old], ["Jun", 41, old]))))
    assert said(found) == [("not_a_whole_number", "error", "New plans", "B4")]
    assert (found.refused, found.received, found.accepted) == (False, 9, 8)
    first = found.sheets[0][1][0]
    assert (str(first.values["month"]), first.accepted, "plans" in first.values) == ("2014-04", False, False)
