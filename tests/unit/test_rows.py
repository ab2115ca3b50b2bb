"""What a row may hold, cell by cell, and how a fault of it is said."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from lscb_data.cell import Rated, Reader
from lscb_data.codes import Code, CodeList
from lscb_data.contract import Contracts, Return
from lscb_data.figure import Figure, Status
from lscb_data.laid import Row
from lscb_data.period import parse
from lscb_data.rows import Judged, judge_row, row_model

CODES = {
    "areas": CodeList("areas", (Code("north", "North", ("Up North",)), Code("none", "Not known", (), "is no area"))),
    "ratings": CodeList("ratings", (Code("green", "Green"), Code("later", "Not yet reviewed", (), "", "not_supplied"))),
}


def judged(
    text: str,
    missing: dict[str, str] | None = None,
    rules: list[dict[str, Any]] | None = None,
    *others: dict[str, Any],
    **column: Any,
) -> Judged:
    """The judgement of a row of one column, `x`, printed 'X'."""
    if others:  # children's records, which supply no figures
        column.pop("measure", None)
    columns = [{"name": "x", "printed": ["X"], "description": "A column"} | column, *others]
    contract = Return.model_validate(
        {
            "return": "csc__x", "title": "X", "agency": "csc", "description": "X", "grain": "x",
            "kind": "records" if others else "measures",
            "frequency": "quarterly", "formats": ["xlsx"], "missing": missing or {},
            "sheets": [
                {"sheet": "s", "names": ["S"], "layout": "table", "description": "x", "columns": columns, "rules": rules or []}
            ],
        }
    )  # fmt: skip
    sheet = contract.sheets[0]
    texts = {column.name: text for column in sheet.columns}
    reader = Reader(contract, CODES, parse("2014-15 Q1"))
    return judge_row(row_model(sheet, reader), sheet, Row(7, texts, {c.name: f"{c.name.upper()}7" for c in sheet.columns}))


def said(row: Judged) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.severity)) for finding in row.findings]


COUNT = {"type": "count", "measure": "m"}


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("27", COUNT, "27"), ("1,234", COUNT, "1234"), ("0", COUNT, "0"), ("33.0", {"type": "decimal"}, "33"),
        ("12%", {"type": "percent"}, "12"), ("12", {"type": "percent"}, "12"), ("0%", {"type": "percent"}, "0"),
        ("0", {"type": "percent"}, "0"),
        ("0.4%", {"type": "percent"}, "0.4"), ("three", COUNT | {"words": {"three": 3}}, "3"),
        ("No Children", COUNT | {"words": {"no children": 0}}, "0"),
        ("nearly 30", COUNT | {"pattern": r"nearly (\d+)"}, "30"),
        ("Three children", COUNT | {"pattern": r"(.+?)(?: child(?:ren)?)?", "words": {"three": 3}}, "3"),
    ],
)  # fmt: skip
def test_figures_read_without_a_finding(text: str, column: dict[str, Any], value: str) -> None:
    row = judged(text, **column)
    assert row.values["x"] == Figure(text, value=Decimal(value))
    assert said(row) == []


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        ("#REF!", COUNT, "excel_error"), ("#FORMULA", COUNT, "formula_without_value"), ("Err:502", COUNT, "excel_error"),
        ("#N/A", {"type": "text"}, "excel_error"), ("#REF!", {"type": "date"}, "excel_error"),
        ("12%", COUNT, "not_a_whole_number"),
        ("12.5", COUNT, "not_a_whole_number"), ("1e5", COUNT, "not_a_whole_number"), ("١٢", COUNT, "not_a_whole_number"),
        ("12,34", {"type": "decimal"}, "not_a_number"), ("12%", {"type": "decimal"}, "not_a_number"),
        ("TRUE", COUNT, "not_a_whole_number"),
        ("1" * 16, COUNT, "not_a_whole_number"), ("Not held", COUNT, "not_a_whole_number"), ("-", COUNT, "not_a_whole_number"),
        ("2014-04-01", COUNT, "not_a_whole_number"), ("{x}", COUNT, "not_a_whole_number"),
        ("-1", COUNT | {"minimum": 0}, "out_of_bounds"),
        ("101%", {"type": "percent", "maximum": 100}, "out_of_bounds"),
        ("85%-101%", {"type": "percent", "maximum": 100}, "out_of_bounds"),
        ("101 or more", {"type": "percent", "maximum": 100}, "out_of_bounds"),
        ("fewer than -1", COUNT | {"minimum": 0}, "out_of_bounds"),
        ("about 30", COUNT | {"pattern": r"nearly (\d+)"}, "not_as_agreed"),
        ("nearly", COUNT | {"pattern": r"nearly ?(\d+)?"}, "not_a_whole_number"),
        ("", {"type": "count"}, "required"), ("", {"type": "text"}, "required"),
        ("", {"type": "month", "key": "period"}, "required"),
        ("31/02/2015", {"type": "date"}, "no_such_date"), ("2015-02-31", {"type": "date"}, "no_such_date"),
        ("01/01/0000", {"type": "date"}, "no_such_date"),
        ("03/15", {"type": "date"}, "not_a_date"), ("42094", {"type": "date"}, "not_a_date"),
        ("١/٢/٢٠١٥", {"type": "date"}, "not_a_date"),
        ("Aprl", {"type": "month", "key": "period"}, "not_a_month"),
        ("Jul", {"type": "month", "key": "period"}, "month_outside"),
        ("East", {"type": "code", "codes": "areas"}, "code_unknown"),
        ("NotCode", {"type": "text", "pattern": "([A-Z]+)"}, "not_as_agreed"),
    ],
)  # fmt: skip
def test_a_cell_that_sets_its_row_aside(text: str, column: dict[str, Any], code: str) -> None:
    row = judged(text, **column)
    assert said(row) == [(code, "error")]
    finding = row.findings[0]
    assert (finding.cell, finding.column, finding.row) == ("X7", "x", 7)
    assert finding.message.endswith(".")
    assert finding.fix
    assert not row.accepted
    assert row.values == {}


def test_what_cannot_be_read_in_a_column_of_words_is_asked_for_as_the_column_has_it() -> None:
    column = COUNT | {"pattern": "(?:nearly )?(.+)", "example": "nearly 30"}
    assert judged("a good many", **column).findings[0].fix == "Write it as 'nearly 30', or leave it blank and say why."


def quarter_four(contracts: Contracts, **texts: str) -> Judged:
    contract = contracts["csc__child_protection"]
    sheet = contract.sheets[-1].asked_in(parse("2016-17 Q4"), "Anyshire")
    model = row_model(sheet, Reader(contract, contracts.codes, parse("2016-17 Q4")))
    return judge_row(model, sheet, Row(1, {c.name: sheet.example[c.name] for c in sheet.columns} | texts, {}))


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("more_than_before", "nearly 40", 40), ("more_than_before", "about 25", 25), ("more_than_before", "Almost 7", 7),
        ("more_than_before", "30", 30), ("more_than_before", "-4", -4),
        ("transfer_families", "two", 2), ("transfer_families", "Five families", 5), ("transfer_families", "1 family", 1),
        ("transfer_families", "none", 0), ("transfer_families", "4", 4),
        ("over_two_years", "none", 0), ("over_two_years", "no child", 0), ("over_two_years", "three children", 3),
        ("over_two_years", "3", 3), ("over_two_years", "12 children", 12),
    ],
)  # fmt: skip
def test_another_years_answer_is_taken(contracts: Contracts, column: str, text: str, value: int) -> None:
    row = quarter_four(contracts, **{column: text})
    assert row.findings == ()
    assert (row.values[column].value, row.values[column].printed) == (value, text)


@pytest.mark.parametrize(("text", "low", "high"), [("more than 30", 30, None), ("under 30", None, 30), ("25 to 30", 25, 30)])
def test_another_years_bound_stays_a_bound(contracts: Contracts, text: str, low: int | None, high: int | None) -> None:
    figure = quarter_four(contracts, more_than_before=text).values["more_than_before"]
    assert (figure.value, figure.low, figure.high) == (None, low, high)


@pytest.mark.parametrize(
    ("text", "value"), [("14", 14), ("Eldest: 1 yr. old", 1), ("eldest 16 years old", 16), ("Eldest child: 9 yrs", 9)]
)
def test_the_eldest_childs_age_however_it_is_put(contracts: Contracts, text: str, value: int) -> None:
    contract = contracts["csc__child_protection"]
    model = row_model(contract.sheets[0], Reader(contract, contracts.codes, parse("2014-15 Q1")))
    row = judge_row(model, contract.sheets[0], Row(1, {"month": "Apr", "plans": "32", "eldest": text}, {}))
    assert row.findings == ()
    assert row.values["eldest"].value == value


@pytest.mark.parametrize(
    "text", ["Amber Level 1 - 86% Level 2: 84%", "Amber level 1 86%, level 2 = 84 %", "Amber L1 – 86% L2 – 84%"]
)
def test_training_by_level_however_it_is_put(contracts: Contracts, text: str) -> None:
    row = dashboard(contracts, text)
    assert row.findings == ()
    assert [(level, figure.value) for level, figure in row.values["training"].figures] == [("1", 86), ("2", 84)]


@pytest.mark.parametrize("text", ["Amber Level 1 – 86% Level 2 about 84%", "Amber 84% of staff, Level 3 – 92%"])
def test_a_percentage_that_no_level_takes_is_asked_about(contracts: Contracts, text: str) -> None:
    assert said(dashboard(contracts, text)) == [("figures_unread", "query")]


def dashboard(contracts: Contracts, training: str) -> Judged:
    contract = contracts["ccg__health_dashboard"]
    sheet = contract.sheets[0]
    model = row_model(sheet, Reader(contract, contracts.codes, parse("2014-15 Q1")))
    return judge_row(model, sheet, Row(1, sheet.example | {"training": training}, {}))


@pytest.mark.parametrize(("text", "code"), [("Persons", "all"), ("Females", "female"), ("M", "male")])
def test_a_populations_sex_as_it_is_published(contracts: Contracts, text: str, code: str) -> None:
    contract = contracts["ons__population"]
    model = row_model(contract.sheets[0], Reader(contract, contracts.codes, parse("2014-15")))
    texts = {column.name: contract.sheets[0].example.get(column.name, "") for column in contract.sheets[0].columns}
    texts |= {"sex": text, "reference_date": "2014-06-30"}
    row = judge_row(model, contract.sheets[0], Row(1, texts, {}))
    assert (row.accepted, row.values["sex"], [f.code for f in row.findings]) == (True, code, ["spelling_mapped"])


@pytest.mark.parametrize(
    ("text", "column", "code", "value"),
    [
        ("", COUNT, "not_supplied", Figure(status=Status.NOT_SUPPLIED)),
        ("", {"type": "text", "measure": "m"}, "not_supplied", None),
        ("-2", COUNT | {"minimum": 0, "outside": "query"}, "out_of_bounds", Figure("-2", value=Decimal(-2))),
        ("0.4063", {"type": "percent"}, "percent_or_share", Figure("0.4063", value=Decimal("0.4063"))),
        ("1", {"type": "percent"}, "percent_or_share", Figure("1", value=Decimal(1))),
        ("Up North", {"type": "code", "codes": "areas"}, "spelling_mapped", "north"),
        ("Not known", {"type": "code", "codes": "areas"}, "code_queried", "none"),
        ("Nоrth", {"type": "code", "codes": "areas"}, "lookalike_letters", "north"),
        (
            "Purple",
            {"type": "rating", "codes": "ratings"},
            "rating_unknown",
            Rated("not_rated", "Purple", "Purple", Status.REPORTED),
        ),
        ("", {"type": "rating", "codes": "ratings"}, "not_supplied", None),
    ],
)
def test_a_cell_that_is_kept_and_queried(text: str, column: dict[str, Any], code: str, value: Any) -> None:
    row = judged(text, **column)
    assert said(row) == [(code, "query")]
    assert row.accepted
    assert row.values["x"] == value


@pytest.mark.parametrize(
    ("text", "low", "high", "sign"),
    [
        ("5 or under", None, 5, "<="),
        ("Fewer than 5", None, 5, "<"),
        ("<5", None, 5, "<"),
        ("5+", 5, None, ">="),
        ("3-5", 3, 5, "range"),
    ],
)
def test_a_bound_is_neither_a_number_nor_a_nought(text: str, low: int | None, high: int | None, sign: str) -> None:
    row = judged(text, **COUNT, minimum=0)
    assert said(row) == []
    figure = row.values["x"]
    assert (figure.value, figure.low, figure.high, figure.qualifier, figure.printed) == (None, low, high, sign, text)


def test_a_symbol_means_what_the_contract_says_and_nothing_elsewhere() -> None:
    assert judged("c", {"c": "suppressed"}, **COUNT).values["x"] == Figure("c", status=Status.SUPPRESSED)
    assert judged("-9", {"-9": "suppressed"}, **COUNT).values["x"] == Figure("-9", status=Status.SUPPRESSED)
    assert said(judged("c", **COUNT)) == [("not_a_whole_number", "error")]


def test_a_blank_that_need_not_be_there_is_no_finding_and_no_nought() -> None:
    row = judged("", type="count", required=False)
    assert said(row) == []
    assert row.values["x"] == Figure(status=Status.NOT_SUPPLIED)


@pytest.mark.parametrize(
    ("text", "code", "rest", "status", "figures"),
    [
        ("Green", "green", "", Status.REPORTED, []), ("green: all done", "green", "all done", Status.REPORTED, []),
        ("Not yet reviewed", "later", "", Status.NOT_SUPPLIED, []),
        ("Green Level 1-92% Level 2-83%", "green", "Level 1-92% Level 2-83%", Status.REPORTED, [("1", "92"), ("2", "83")]),
    ],
)  # fmt: skip
def test_a_rating_with_its_text_and_its_figures(
    text: str, code: str, rest: str, status: Status, figures: list[tuple[str, str]]
) -> None:
    inside = {"measure": "t", "breakdown_type": "level", "pattern": r"Level (?P<breakdown>\d) ?[-–] ?(?P<value>\d+) ?%"}
    rated = judged(text, type="rating", codes="ratings", measure="m", figures=inside).values["x"]
    assert (rated.code, rated.text, rated.status) == (code, rest, status)
    assert [(level, figure.value) for level, figure in rated.figures] == [(level, Decimal(value)) for level, value in figures]


def test_a_rating_with_a_range_keeps_the_range() -> None:
    inside = {"measure": "t", "breakdown_type": "level", "pattern": r"Level (?P<breakdown>\d) (?P<value>\d+)%"}
    ((level, figure),) = judged("Green 85%-100%", type="rating", codes="ratings", figures=inside).values["x"].figures
    assert (level, figure.low, figure.high, figure.qualifier) == ("all", 85, 100, "range")


RULE = {
    "code": "x_small", "must": "x < 10", "message": "{x} is not small.", "fix": "Make it small.", "severity": "error",
        "breaks": {"x": "11"},
}  # fmt: skip


def test_a_rule_is_asked_only_of_a_row_that_could_be_read() -> None:
    assert said(judged("11", None, [RULE], **COUNT)) == [("x_small", "error")]
    assert judged("11", None, [RULE], **COUNT).findings[0].message == "11 is not small."
    assert said(judged("x", None, [RULE], **COUNT)) == [("not_a_whole_number", "error")]
    assert said(judged("5 or under", None, [RULE], **COUNT)) == []


def test_a_rule_may_compare_months() -> None:
    rule = RULE | {"must": "x >= '2014-05'", "message": "{x}"}
    assert said(judged("Apr", None, [rule], type="month", key="period")) == [("x_small", "error")]
    assert said(judged("May", None, [rule], type="month", key="period")) == []


@pytest.mark.parametrize("name", ["Jo Bloggs", "9434765919", "#Bloggs"])
def test_what_stands_in_a_sheet_with_identifiers_is_never_said_again(name: str) -> None:
    """Columns slip: a child's name or number may stand under any heading."""
    child = {"name": "child", "type": "identifier", "printed": ["Child"], "description": "Id", "identifier": True}
    for column in (
        COUNT | {"maximum": 9}, COUNT | {"pattern": "n(.)"}, {"type": "date"}, {"type": "month", "key": "period"},
        {"type": "code", "codes": "areas"}, {"type": "text", "pattern": "(x)"}, {"type": "rating", "codes": "ratings"},
    ):  # fmt: skip
        row = judged(name, None, [], child, **column)
        assert row.findings
        assert not any(name in finding.message + finding.fix for finding in row.findings)
    with pytest.raises(ValidationError, match="a message about children repeats no cell"):
        judged("11", None, [RULE], child, **COUNT)


@pytest.mark.parametrize(("period", "meant"), [("2014-15 Q1", "2014-15 Q1"), ("2014-15 Q4", "2014-15")])
def test_a_total_is_the_quarters_and_in_the_last_quarter_the_years(contracts: Contracts, period: str, meant: str) -> None:
    """A first quarter's total of 88 must never stand for the year."""
    contract = contracts["csc__child_protection"]
    sheet = next(one for one in contract.sheets if one.sheet == "subsequent_plans")
    model = row_model(sheet, Reader(contract, contracts.codes, parse(period)))
    texts = {"month": "TOTAL", "total": "88", "first": "68", "subsequent": "20", "percent": "22.73%"}
    found = judge_row(model, sheet, Row(1, texts, {}))
    assert str(found.values["month"]) == meant
    assert not found.findings
