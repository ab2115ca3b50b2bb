"""Sheets of every shape: what rows they give, and what is said of a shape that is not the return's."""

from collections.abc import Sequence
from typing import Any

import pytest

from lscb_data.codes import Code, CodeList
from lscb_data.contract import Sheet
from lscb_data.finding import Finding, Severity
from lscb_data.layout import Rows, lay_out
from lscb_data.period import Period, parse
from lscb_data.workbook import Grid

Q1 = parse("2014-15 Q1")
AREAS = CodeList("areas", (Code("north", "North"), Code("south", "South", ("Southern area",))))
COUNT = {"type": "count", "description": "A figure", "measure": "m"}


def grid(*rows: Sequence[Any]) -> Grid:
    cells = {(r, c): str(v) for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v not in (None, "")}
    return Grid("Sheet", cells)


def laid(sheet: dict[str, Any], *rows: Sequence[Any], period: Period = Q1) -> Rows:
    whole = Sheet.model_validate({"sheet": "s", "names": ["S"], "description": "A sheet"} | sheet)
    return lay_out(grid(*rows), whole, period, "Anyshire", {"areas": AREAS})


def texts(out: Rows) -> list[dict[str, str]]:
    return [row.texts for row in out.rows]


def codes(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.cell) for finding in findings]


TABLE: dict[str, Any] = {
    "layout": "table",
    "columns": [
        {"name": "month", "type": "month", "key": "period", "printed": ["Month"], "description": "Month"},
        {"name": "plans", "printed": ["Plans", "New Plans"], **COUNT},
        {"name": "said", "type": "text", "printed": ["Said"], "required": False, "description": "Words"},
    ],
}
HEAD = ("Month", "New\u00a0plans", "Said")
ROW = {"month": "Apr", "plans": "27", "said": ""}


def test_table_under_title_rows_and_over_footnotes() -> None:
    out = laid(TABLE, ["Plans by month"], [], HEAD, ["Apr", 27], [], ["May", 30, "ok"], ["* provisional"], ["Source: us"])
    assert texts(out) == [ROW, {"month": "May", "plans": "30", "said": "ok"}]
    assert [row.number for row in out.rows] == [4, 6]
    assert out.rows[1].cells == {"month": "A6", "plans": "B6", "said": "C6"}
    assert out.notes == [("A1", "Plans by month"), ("A7", "* provisional"), ("A8", "Source: us")]
    assert out.findings == []


def test_columns_in_any_order_and_a_column_that_need_not_be_there() -> None:
    out = laid(TABLE, ["Plans", "Month"], [27, "Apr"])
    assert texts(out) == [ROW]
    assert out.rows[0].cells == {"month": "B2", "plans": "A2"}
    assert out.findings == []


def test_a_long_note_is_a_note_and_a_lone_month_is_a_row_without_its_figure() -> None:
    out = laid(TABLE, HEAD, ["Apr"], ["These figures were taken from the case management system in July."])
    assert texts(out) == [{"month": "Apr", "plans": "", "said": ""}]


def test_figures_whose_key_is_blank_are_a_row_and_never_a_note() -> None:
    out = laid(TABLE, HEAD, ["Apr", 27], [None, 32], [None, "*"])
    assert texts(out) == [ROW, {"month": "", "plans": "32", "said": ""}, {"month": "", "plans": "*", "said": ""}]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], [("heading_missing", None)]),
        ([["Something"], ["else", 1]], [("heading_missing", None)]),
        ([HEAD], [("no_rows", None)]),
        ([["Month", "Conferences"], ["Apr", 27]], [("column_missing", "A1")]),
        ([["Month", "Plans", "New plans"], ["Apr", 27, 28]], [("column_doubled", "C1")]),
        ([["Month", "Month", "Plans"], ["Apr", "Apr", 27]], [("column_doubled", "B1")]),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(rows: list[Sequence[Any]], expected: list[tuple[str, str | None]]) -> None:
    out = laid(TABLE, *rows)
    assert codes(out.findings) == expected
    assert out.findings[0].severity is Severity.BLOCKER
    assert out.rows == []


def test_an_unknown_column_is_one_query_however_many_rows_it_has() -> None:
    out = laid(TABLE, [*HEAD, "Team"], *([month, 27, None, "A"] for month in ("Apr", "May", "Jun")))
    assert codes(out.findings) == [("column_unknown", "D1")]
    assert len(out.rows) == 3


def test_figures_under_no_heading_are_one_query_a_column() -> None:
    out = laid(TABLE, HEAD, ["Apr", 27, None, 5], ["May", 27, None, 6], ["Jun", 27], [None, None, None, None, "x"])
    assert codes(out.findings) == [("unread_cell", "D2"), ("unread_cell", "E5")]
    assert "in 1 more cells of column D" in out.findings[0].message
    assert len(out.rows) == 3


def test_a_stray_cell_at_the_end_of_the_sheet() -> None:
    whole = Sheet.model_validate({"sheet": "s", "names": ["S"], "description": "A sheet"} | TABLE)
    cells = grid(HEAD, ["Apr", 27]).cells | {(1_048_576, 16_384): "x"}
    assert codes(lay_out(Grid("S", cells), whole, Q1, "", {}).findings) == [("unread_cell", "XFD1048576")]


def test_headings_in_letters_of_another_alphabet() -> None:
    out = laid(TABLE, ["Моnth", "Plans"], ["Apr", 27])
    assert codes(out.findings) == [("lookalike_letters", "A1")]
    assert texts(out) == [ROW]


def test_a_heading_that_does_not_stand_over_its_figures() -> None:
    broken = {
        "layout": "table",
        "columns": [TABLE["columns"][0], {"name": "plans", "printed": ["Total plans"], "at": "B", **COUNT}],
    }
    out = laid(broken, ["Month", None, "Total", "pl", "ans"], ["Apr", 27])
    assert texts(out) == [{"month": "Apr", "plans": "27"}]
    assert codes(out.findings) == [("heading_broken", "A1")]


def test_columns_and_rules_of_other_periods_are_left_out() -> None:
    column = {"name": "new", "printed": ["New"], "since": "2015-16", **COUNT}
    rule = {
        "code": "r", "must": "new <= plans", "message": "{new} {plans}", "fix": "f", "severity": "query",
            "breaks": {"new": "9"},
    }  # fmt: skip
    sheet = TABLE | {"columns": [*TABLE["columns"], column], "rules": [rule]}
    assert laid(sheet, HEAD, ["Apr", 27]).sheet.rules == []
    later = laid(sheet, [*HEAD, "New"], ["Apr", 27, None, 5], period=parse("2015-16 Q1"))
    assert [one.code for one in later.sheet.rules] == ["r"]
    assert later.rows[0].texts["new"] == "5"


# months across

ACROSS: dict[str, Any] = {
    "layout": "months_across",
    "blocks": {"missing": ["Missing children"], "offences": ["Offences *"]},
    "columns": [
        {"name": "month", "type": "month", "key": "period", "description": "Month"},
        {"name": "missing", "block": "missing", "printed": ["{board}"], **COUNT},
        {"name": "theft", "block": "offences", "printed": ["Theft, all kinds"], **COUNT},
        {"name": "other", "block": "offences", "printed": ["Other"], **COUNT},
    ],
}
MONTHS = (None, "Apr-14", "May-14", "Jun-14")
MISSING = (["Missing children"], ["Anyshire", 27, 30, 41])
OFFENCES = (["Offences *"], ["Theft, all kinds", 1, 2, 3], ["Other", 4, 5, 6])


def test_months_across_blocks_down() -> None:
    out = laid(ACROSS, ["A title"], MONTHS, *MISSING, *OFFENCES, ["* A footnote"])
    assert texts(out) == [
        {"month": "2014-04", "missing": "27", "theft": "1", "other": "4"},
        {"month": "2014-05", "missing": "30", "theft": "2", "other": "5"},
        {"month": "2014-06", "missing": "41", "theft": "3", "other": "6"},
    ]
    assert out.rows[2].cells == {"month": "D2", "missing": "D4", "theft": "D6", "other": "D7"}
    assert out.findings == []
    assert out.notes == [("A1", "A title"), ("A8", "* A footnote")]


def test_months_broken_over_two_rows_and_labels_over_several() -> None:
    out = laid(
        ACROSS, [None, "Apr-", "May-", "Jun-"], [None, 14, 14, 14], *MISSING, ["Offences *"], ["Theft,", 1, 2, 3], ["all"],
            [], ["kinds"],
        ["Other", 4, 5, 6],
    )  # fmt: skip
    assert [row.texts["theft"] for row in out.rows] == ["1", "2", "3"]
    assert out.findings == []


def test_figures_right_below_the_months_are_not_their_years() -> None:
    one = ACROSS | {"blocks": {}, "columns": [ACROSS["columns"][0], {"name": "all", "printed": ["All"], **COUNT}]}
    out = laid(one, (None, "Apr", "May", "Jun"), ["All", 14, 15, 16])
    assert [(row.texts["month"], row.texts["all"]) for row in out.rows] == [
        ("2014-04", "14"),
        ("2014-05", "15"),
        ("2014-06", "16"),
    ]
    assert out.findings == []


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ((None, "Apr", "Apr", "May", "Jun"), [("month_doubled", "C1")]),
        ((None, "Apr", "April 2014", "May", "Jun"), [("month_doubled", "C1")]),
        ((None, "Apr", "May"), [("month_missing", "B1")]),
        ((None, "Apr", "May", "Jun", "Jul"), [("month_outside", "E1")]),
        ((None, "Apr-15", "May-15", "Jun-15"), [("month_outside", "B1")] + [("month_outside", c) for c in ("C1",
            "D1")] + [("month_missing", "B1")]),
        ((None, "One", "Two", "Three"), [("heading_missing", None)]),
    ],
)  # fmt: skip
def test_months_that_are_not_the_periods_are_refused(months: Sequence[Any], expected: list[tuple[str, str | None]]) -> None:
    out = laid(ACROSS, months, *MISSING, *OFFENCES)
    assert codes(out.findings) == expected
    assert out.rows == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((*MISSING, *OFFENCES, ["Other", 7, 8, 9]), [("line_doubled", "A7")]),
        ((*MISSING, OFFENCES[0], OFFENCES[2]), [("line_missing", None)]),
        ((*MISSING, *OFFENCES, ["Robbery", 7, 8, 9]), [("line_unknown", "A7")]),
        ((*MISSING, *OFFENCES, [None, 7, 8, 9]), [("stray_mark", "B7"), ("stray_mark", "C7"), ("stray_mark", "D7")]),
        ((*MISSING, *OFFENCES[:2], ["Other", 4, 5, 6, 15]), [("unread_cell", "E6")]),
        ((["Missing", "chil", "dren"], *MISSING[1:], *OFFENCES), [("heading_broken", "A2")]),
        ((*MISSING, *OFFENCES[:2], ["Other", None, "•"]), []),
        ((*MISSING, *OFFENCES[:2], ["Other"]), []),
    ],
)
def test_lines_of_months_across(rows: Sequence[Sequence[Any]], expected: list[tuple[str, str | None]]) -> None:
    assert codes(laid(ACROSS, MONTHS, *rows).findings) == expected


def test_a_line_whose_months_are_blank_is_not_a_missing_line() -> None:
    out = laid(ACROSS, MONTHS, *MISSING, *OFFENCES[:2], ["Other"])
    assert [row.texts["other"] for row in out.rows] == ["", "", ""]
    assert out.rows[0].cells["other"] == "B6"


def test_errors_in_the_figures_are_figures() -> None:
    out = laid(ACROSS, MONTHS, *MISSING, *OFFENCES[:2], ["Other", "#REF!", "#FORMULA", "5 or under"])
    assert [row.texts["other"] for row in out.rows] == ["#REF!", "#FORMULA", "5 or under"]


STACKED = {
    "layout": "months_across",
    "areas": "areas",
    "columns": [
        {"name": "area", "type": "code", "codes": "areas", "key": "area", "description": "Area"},
        ACROSS["columns"][0],
        {"name": "cases", "printed": ["Cases"], **COUNT},
    ],
}


def test_areas_one_under_the_other() -> None:
    out = laid(STACKED, MONTHS, ["North"], ["Cases", 1, 2, 3], ["South", "ern ar", "ea"], ["Cases", 4, 5])
    assert [(row.texts["area"], row.texts["month"], row.texts["cases"]) for row in out.rows] == [
        ("North", "2014-04", "1"), ("North", "2014-05", "2"), ("North", "2014-06", "3"),
        ("South ern ar ea", "2014-04", "4"), ("South ern ar ea", "2014-05", "5"), ("South ern ar ea", "2014-06", ""),
    ]  # fmt: skip
    assert codes(out.findings) == [("heading_broken", "A4")]


def test_an_area_that_nobody_knows_is_not_the_one_before() -> None:
    out = laid(STACKED, MONTHS, ["North"], ["Cases", 1, 2, 3], ["East"], ["Cases", 4, 5, 6])
    assert codes(out.findings) == [("line_doubled", "A5")]
    first = laid(STACKED, MONTHS, ["East"], ["Cases", 4, 5, 6])
    assert [row.texts["area"] for row in first.rows] == ["", "", ""]  # refused as a row: the area is blank


# matrix

MATRIX: dict[str, Any] = {
    "layout": "matrix",
    "columns": [
        {"name": "area", "type": "code", "codes": "areas", "key": "area", "description": "Area"},
        {"name": "plans", "printed": ["1a"], **COUNT},
        {"name": "visits", "printed": ["1b"], **COUNT},
    ],
}
AREAS_ACROSS = ("No.", "What", "North", "Southern area")


def test_matrix_of_areas() -> None:
    out = laid(MATRIX, ["Title"], AREAS_ACROSS, ["1a", "Plans", 1, 2], ["1b", "Visits", 3], ["A note"])
    assert texts(out) == [{"area": "North", "plans": "1", "visits": "3"}, {"area": "Southern area", "plans": "2", "visits": ""}]
    assert out.rows[1].cells == {"area": "D2", "plans": "D3", "visits": "D4"}
    assert out.notes == [("A1", "Title"), ("A5", "A note")]
    assert out.findings == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((["No.", "What", "West"], ["1a", "Plans", 1]), [("heading_missing", None)]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2]), [("line_missing", None)]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2], ["1b", "x", 3, 4], ["1a", "Plans", 1, 2]), [("line_doubled", "A4")]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2], ["1b", "x", 3, 4], ["1c", "y", 3, 4]), [("line_unknown", "A4")]),
        (((*AREAS_ACROSS, "West"), ["1a", "Plans", 1, 2, 3], ["1b", "x", 3, 4, 5]), [("column_unknown", "E1"),
        ("unread_cell", "E2")]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2, 3], ["1b", "x", 3, 4]), [("unread_cell", "E2")]),
        (((None, "What", "West", "North"), ["1a", "Plans", 1, 2], ["1b", "x", 3, 4]), [("unread_cell", "C2")]),
        (((None, "West", "North"), ["1a", 1, 2], ["1b", 3, 4]), [("unread_cell", "B2")]),
    ],
)  # fmt: skip
def test_a_matrix_that_is_not_the_returns(rows: Sequence[Sequence[Any]], expected: list[tuple[str, str | None]]) -> None:
    assert codes(laid(MATRIX, *rows).findings) == expected


SENTENCES: dict[str, Any] = {
    "layout": "matrix",
    "columns": [
        {"name": "open", "printed": ["Children on a plan"], "across": "Figure", **COUNT},
        {
            "name": "share",
            "type": "percent",
            "printed": ["Children on a plan"],
            "across": "%",
            "measure": "m",
            "description": "x",
        },
        {"name": "visits", "printed": ["Visits"], "across": "Figure", **COUNT},
    ],
}


def test_matrix_of_headings_is_one_row() -> None:
    out = laid(SENTENCES, ["Section", "What", "Figure", "%"], ["2.1", "Children on a plan", 387, "18%"], ["2.2", "Visits", 5])
    assert texts(out) == [{"open": "387", "share": "18%", "visits": "5"}]
    assert out.rows[0].cells == {"open": "C2", "share": "D2", "visits": "C3"}
    assert out.findings == []


def test_a_heading_that_stands_twice_leaves_it_open_which_figure_holds() -> None:
    out = laid(SENTENCES, ["What", "Figure", "Figure", "%"], ["Children on a plan", 387, 388, "18%"], ["Visits", 5, 6])
    assert codes(out.findings) == [("column_doubled", "D1")]
    assert out.rows == []


def test_a_figure_under_a_heading_that_its_line_does_not_have() -> None:
    out = laid(SENTENCES, ["What", "Figure", "%"], ["Children on a plan", 387, "18%"], ["Visits", 5, "20%"])
    assert codes(out.findings) == [("unread_cell", "C3")]
