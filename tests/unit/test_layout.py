"""Sheets of every shape: what rows they give, and what is said of a shape that is not the return's."""

from collections.abc import Sequence
from typing import Any

import pytest

from lscb_data.codes import Code, CodeList
from lscb_data.finding import Finding, Severity
from lscb_data.layout import Rows, lay_out
from lscb_data.period import Period, parse
from lscb_data.sheet import Sheet
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


# A table as its supplier draws it: no heading over the months, and the other heading broken, beside its figures.
DRAWN: dict[str, Any] = {
    "layout": "table",
    "columns": [
        {"name": "month", "type": "month", "key": "period", "printed": [""], "total": ["TOTAL"], "description": "Month"},
        {"name": "plans", "printed": ["Total plans"], **COUNT},
    ],
}


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([[None, None, "Total", "pl", "ans"], ["Apr", 27]], ("A2", "B2")),
        ([[None, None, None, "Total", "pl", "ans"], [None, "Apr", 27]], ("B2", "C2")),  # a column inserted at A
        ([[None, None, None, "Total", "pl", "ans"], ["Apr", None, 27]], ("A2", "C2")),  # one inserted in the middle
        ([[None, "Total", None, "pl", "ans"], ["Apr", None, None, 27]], ("A2", "D2")),  # and one inside the heading
        ([[None, "Total", "plans"], ["Apr", 27]], ("A2", "B2")),
        ([["Total", "plans"], ["27", "Apr"]], ("B2", "A2")),
        ([[None, None, "Total", "plans"], ["TOTAL", 27, None, None, "from the system"]], ("A2", "B2")),
        ([["Month", None, "Total", "plans"], ["Apr", 27]], ("A2", "B2")),
    ],
)
def test_figures_are_read_from_where_they_stand_and_not_from_a_letter(rows: Any, places: tuple[str, str]) -> None:
    out = laid(DRAWN, *rows)
    assert [(row.texts["plans"], row.cells["month"], row.cells["plans"]) for row in out.rows] == [("27", *places)]
    assert {f.severity for f in out.findings} == {Severity.QUERY}
    assert "heading_broken" in {f.code for f in out.findings}


def test_a_column_without_a_heading_may_be_given_one() -> None:
    out = laid(DRAWN, ["x"], ["Month", "Total plans"], ["Apr", 27])
    assert (texts(out), out.findings) == ([{"month": "Apr", "plans": "27"}], [])


def test_a_column_under_a_heading_that_nobody_knows_is_told_by_its_values() -> None:
    out = laid(DRAWN, ["Period", "Total plans"], ["Apr", 27])
    assert (texts(out), codes(out.findings)) == ([{"month": "Apr", "plans": "27"}], [("heading_unknown", "A1")])
    assert out.findings[0].severity is Severity.QUERY


def test_a_broken_heading_without_figures_is_a_column_of_blanks() -> None:
    out = laid(DRAWN, [None, None, "Total", "plans"], ["Apr"], ["May"])
    assert [(row.texts["plans"], row.cells["plans"]) for row in out.rows] == [("", "C2"), ("", "C3")]


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ([[None, None, "Total", "plans"], ["Apr", 27, None, 28]], "C1"),  # which of them?
        ([[None, None, "Total", "plans"], ["Apr", "n/k"]], "C1"),
        ([[None, "Total plans"], ["Apr", 27, "Apr"]], "B1"),
        ([[None, "Total plans"], ["April to June", 27]], "B1"),
        ([[None, "Total plans"], [None, 27]], "B1"),
    ],
)
def test_a_column_that_cannot_be_told_from_another_is_refused(rows: Any, cell: str) -> None:
    out = laid(DRAWN, *rows)
    assert [(f.code, f.severity, f.cell) for f in out.findings if f.code != "heading_broken"] == [
        ("column_unplaced", Severity.BLOCKER, cell)
    ]
    assert out.rows == []


REST = (["Apr", 27], ["May", 30])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HEAD, ["Apr", None, None, 27], ["May", 30]], [("cell_misplaced", "D2")]),  # a row's figures beside their heading
        (
            [HEAD, [None, None, None, "Apr", 27], ["May", 30]],
            [("cell_misplaced", "D2"), ("cell_misplaced", "E2")],
        ),  # a row beside the table
        ([HEAD, ["Apr"], ["May", 30], [None, None, None, None, 27]], [("cell_misplaced", "E4")]),  # one figure moved
        ([["Apr", 27], HEAD, ["May", 30]], [("row_misplaced", "A1")]),  # a row over the headings
        ([HEAD, ["Apr"], ["May", 27], [None, 30]], [("row_misplaced", "A2"), ("row_misplaced", "B4")]),  # a column moved down
        ([HEAD, *REST, ["Plans", "Month"], [41, "Jun"]], [("heading_repeated", "A4")]),  # a second table, its columns swapped
        ([HEAD, *REST, [], [None, "Month", "Plans"], [None, "Jun", 41]], [("heading_repeated", "B5")]),
    ],
)
def test_figures_that_would_be_lost_refuse_the_sheet(rows: Any, expected: list[tuple[str, str]]) -> None:
    out = laid(TABLE, *rows)
    assert [(f.code, f.cell) for f in out.findings if f.severity is Severity.BLOCKER] == expected


def test_headings_that_stand_again_over_the_same_columns_are_no_row() -> None:
    out = laid(TABLE, HEAD, *REST, HEAD, ["Jun", 41])
    assert [row.texts["month"] for row in out.rows] == ["Apr", "May", "Jun"]
    assert [(f.code, f.cell, f.severity) for f in out.findings] == [("heading_repeated", "A4", Severity.QUERY)]


def test_a_total_that_has_its_own_heading_takes_nothing_from_a_blank() -> None:
    out = laid(TABLE, [*HEAD, "Total"], ["Apr", None, None, 27], ["May", 30, None, 57])
    assert [(f.code, f.severity) for f in out.findings] == [("column_unknown", Severity.QUERY)]


def test_a_figure_that_need_not_be_there_and_was_renamed() -> None:
    sheet = TABLE | {"columns": [*TABLE["columns"], {"name": "ended", "printed": ["Ended"], "required": False, **COUNT}]}
    assert codes(laid(sheet, HEAD, ["Apr", 27]).findings) == []
    renamed = laid(sheet, [*HEAD, "Closed"], ["Apr", 27, None, 5])
    assert [(f.code, f.cell, f.severity) for f in renamed.findings] == [("column_unknown", "D1", Severity.BLOCKER)]
    broken = laid(TABLE, ["Month", "No. of", "Plans"], ["Apr", 27])
    assert [(f.code, f.cell, f.severity) for f in broken.findings] == [("column_unknown", "B1", Severity.BLOCKER)]
    bare = laid(sheet, HEAD, ["Apr", 27, None, 5])
    assert [(f.code, f.cell, f.severity) for f in bare.findings] == [("cell_misplaced", "D2", Severity.BLOCKER)]


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


def test_no_child_is_named_where_a_row_stands_among_the_headings() -> None:
    child = {"name": "child", "type": "identifier", "printed": ["Child"], "identifier": True, "description": "Child"}
    plans = {"layout": "table", "columns": [child, {"name": "age", "printed": ["Age"], "type": "count", "description": "Age"}]}
    out = laid(plans, ["Child", "Age", "Zoë Аarden", "Age 7"], ["Ann", 7])
    assert "column_unknown" in {f.code for f in out.findings}
    missing = laid(plans, ["Child", None, "Zoë Aarden", 7], ["Ann", 7])
    assert [f.code for f in missing.findings] == ["column_missing"]
    assert not [f for f in (*out.findings, *missing.findings) if "Zoë" in f.message]


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
        ((*MISSING, *OFFENCES, [None, 7, 8, 9]), [("line_unlabelled", "B7")]),
        ((*MISSING, *OFFENCES, [None, None, "5 or under"]), [("line_unlabelled", "C7")]),
        ((*MISSING, *OFFENCES, [None, "n/k", "Not held", "n/k"]), [("line_unlabelled", "B7")]),
        ((*MISSING, *OFFENCES, [None, "•", ".", "*"]), [("stray_mark", "B7"), ("stray_mark", "C7"), ("stray_mark", "D7")]),
        ((*MISSING, *OFFENCES, [None, "Figures are provisional"]), [("stray_mark", "B7")]),
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


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((MONTHS, ["Missing children", 27, 30, 41], ["Anyshire"], *OFFENCES), [("figures_in_heading", "B2")]),
        ((MONTHS, *MISSING, OFFENCES[0], ["Theft, all kinds", None, 1, 2, 3], OFFENCES[2]), [("cell_misplaced", "E5")]),
        ((MONTHS, *MISSING, [*OFFENCES[0], None, None, None, None, "Offences *"], *OFFENCES[1:]), [("cell_misplaced", "F4")]),
        ((MONTHS, [*MISSING[0], None, None, None, "Other"], [*MISSING[1], "x", 4, 5, 6], *OFFENCES[:2]), [("cell_misplaced",
            "E2"), ("line_missing", None)]),
        ((["Other", 4, 5, 6], MONTHS, *MISSING, *OFFENCES), [("row_misplaced", "A1")]),
        (([None, 4, 5, 6], MONTHS, *MISSING, *OFFENCES), [("row_misplaced", "B1")]),
        ((MONTHS, *MISSING, (None, "Jul-14", "Aug-14", "Sep-14"), *OFFENCES), [("heading_repeated", "B4")]),
        ((MONTHS, *MISSING, (None, "Jun-14", "May-14", "Apr-14"), *OFFENCES), [("heading_repeated", "B4")]),
        ((MONTHS, *MISSING, ["Crimes *"], *OFFENCES[1:]), [("heading_unknown", "A4"), ("line_missing", None)]),
        ((MONTHS, *MISSING, ["Offences * of theft"], *OFFENCES[1:]), [("heading_unknown", "A4"), ("line_missing", None)]),
        ((MONTHS, *MISSING, ["Offences *", "recorded"], *OFFENCES[1:]), [("line_unknown", "A4"), ("line_unknown", "A5"),
            ("line_unknown", "A6"), ("line_missing", None)]),
        (([None, 2013, 2013, 2013], (None, "Apr", "May", "Jun"), *MISSING, *OFFENCES), [("month_outside", "B2"),
            ("month_outside", "C2"), ("month_outside", "D2"), ("month_missing", "B2")]),
    ],
)  # fmt: skip
def test_months_across_whose_figures_would_be_lost_or_swapped(rows: Any, expected: list[tuple[str, str | None]]) -> None:
    out = laid(ACROSS, *rows)
    assert [(f.code, f.cell) for f in out.findings if f.severity is Severity.BLOCKER] == expected


@pytest.mark.parametrize(
    "rows",
    [
        [(None, *MONTHS), *([None, *row] for row in (*MISSING, *OFFENCES))],
        [(None, *MONTHS), *([number, *row] for number, row in enumerate((*MISSING, *OFFENCES)))],
        [(*MONTHS[1:], None), *([*row[1:], *[None] * (5 - len(row)), row[0]] for row in (*MISSING, *OFFENCES))],
        [MONTHS, *MISSING, MONTHS, *OFFENCES],
        [(None, "Apr", "May", "Jun"), [None, 2014, 2014, 2014], *MISSING, [None, "Apr", "May", "Jun"], [None, 2014, 2014, 2014],
            *OFFENCES],
        [(None, 2014), (None, "Apr", "May", "Jun"), *MISSING, *OFFENCES],
        [MONTHS, *MISSING, [*OFFENCES[0], None, None, None, None, "a note"], *OFFENCES[1:]],
        [(*MONTHS, "Total"), *MISSING, OFFENCES[0], ["Theft, all kinds", 1, 2, 3, 6], OFFENCES[2]],
        [MONTHS, *MISSING, ["* as at July"], *OFFENCES],
        [MONTHS, *MISSING, OFFENCES[0], ["Theft,", 1, 2, 3], ["* all thefts"], ["all kinds"], OFFENCES[2]],
        [(None, "Apr-", "May-", "Jun-"), [None, 14, 14, 14, "-"], *MISSING, *OFFENCES],
        [(None, "Jun-14", "Apr-14", "May-14"), ["Missing children"], ["Anyshire", 41, 27, 30], OFFENCES[0],
            ["Theft, all kinds", 3, 1, 2], ["Other", 6, 4, 5]],
    ],
)  # fmt: skip
def test_months_across_that_moved_and_are_read_as_they_were(rows: Any) -> None:
    out = laid(ACROSS, *rows)
    assert sorted(tuple(row.texts.values()) for row in out.rows) == [
        ("2014-04", "27", "1", "4"), ("2014-05", "30", "2", "5"), ("2014-06", "41", "3", "6"),
    ]  # fmt: skip
    assert {f.severity for f in out.findings} <= {Severity.QUERY}


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
    assert codes(out.findings) == [("heading_unknown", "A4")]
    first = laid(STACKED, MONTHS, ["East"], ["Cases", 4, 5, 6])
    assert codes(first.findings)[:1] == [("heading_unknown", "A2")]


def test_lines_under_no_area_and_an_area_over_no_line() -> None:
    out = laid(STACKED, MONTHS, ["Cases", 4, 5, 6], ["North"], ["Cases", 1, 2, 3])
    assert [(f.code, f.cell, f.severity) for f in out.findings] == [("area_missing", "A2", Severity.BLOCKER)]
    idle = laid(STACKED, MONTHS, ["Southern area"], ["North"], ["Cases", 1, 2, 3])
    assert [(f.code, f.cell, f.severity) for f in idle.findings] == [("heading_idle", "A2", Severity.BLOCKER)]


def test_an_area_that_lacks_a_line_of_the_others() -> None:
    sheet = STACKED | {"columns": [*STACKED["columns"], {"name": "repeats", "printed": ["Repeats"], **COUNT}]}
    north = (["North"], ["Cases", 1, 2, 3], ["Repeats", 0, 1, 1])
    out = laid(sheet, MONTHS, *north, ["Southern area"], ["Cases", 4, 5, 6])
    assert [(f.code, f.cell, f.severity) for f in out.findings] == [("line_missing", "A5", Severity.BLOCKER)]
    assert "No line 'Repeats' for 'Southern area'" in out.findings[0].message


def test_a_line_whose_name_is_broken_and_whose_months_are_blank() -> None:
    sheet = STACKED | {"columns": [*STACKED["columns"][:2], {"name": "cases", "printed": ["Number of cases"], **COUNT}]}
    out = laid(sheet, MONTHS, ["North"], ["Number of"], ["cases"], ["Southern area"], ["Number of", 1, 2], ["cases"])
    assert [(row.texts["area"], row.texts["cases"]) for row in out.rows] == [("North", "")] * 3 + [
        ("Southern area", text) for text in ("1", "2", "")
    ]
    assert out.findings == []


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
        ("cell_misplaced", "E2")]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2, 3], ["1b", "x", 3, 4]), [("cell_misplaced", "E2")]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2, "late"], ["1b", "x", 3, 4]), [("unread_cell", "E2")]),
        (((None, "What", "West", "North"), ["1a", "Plans", 1, 2], ["1b", "x", 3, 4]), [("cell_misplaced", "C2")]),
        (((None, "West", "North"), ["1a", 1, 2], ["1b", 3, 4]), [("cell_misplaced", "B2")]),
        ((["1b", "x", 3, 4], AREAS_ACROSS, ["1a", "Plans", 1, 2]), [("row_misplaced", "A1"), ("line_missing", None)]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2], ["1b", "x", 3, 4], [None, None, "•"]), [("unread_cell", "C4")]),
        ((AREAS_ACROSS, ["1a", "1b", 1, 2]), [("line_disputed", "A2"), ("line_missing", None)]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2, None, "1b", 3, 4]), [*(("cell_misplaced", cell) for cell in ("F2", "G2", "H2")),
            ("line_missing", None)]),
        ((AREAS_ACROSS, ["1a", "Plans", 1, 2], ["1b", "x", 3, 4], AREAS_ACROSS, ["1a", "Plans", 5]), [("line_unknown", "A4"),
            ("line_doubled", "A5")]),
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
    moved = laid(SENTENCES, ["What", "Figure", "%"], ["Children on a plan", 387, "18%"], ["Visits", None, 5])
    assert [(f.code, f.cell, f.severity) for f in moved.findings] == [("cell_misplaced", "C3", Severity.BLOCKER)]
