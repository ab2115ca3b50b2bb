"""Records of children: judged whole, kept without what they were typed as, and every row accounted for."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from lscb_data import csv_door
from lscb_data.contract import Contracts
from lscb_data.intake import Intake, judge_records
from lscb_data.judgement import Judgement
from lscb_data.period import parse
from lscb_data.pseudonym import Key, pseudonyms
from lscb_data.records import age

KEY = Key(b"0123456789abcdef0123456789abcdef")
PLAN = {
    "Child Unique ID": "C1", "Gender": "F", "Ethnicity": "WBRI", "Date of Birth": "17/05/2009",
    "Child Protection Plan Start Date": "02/02/2014", "Initial Category of Abuse": "NEG", "Latest Category of Abuse": "EMO",
    "Child Protection Plan End Date": "", "Number of Previous Child Protection Plans": "0", "Allocated Worker": "Jo Bloggs",
}  # fmt: skip
START, END = "Child Protection Plan Start Date", "Child Protection Plan End Date"
Judges = Callable[..., tuple[Judgement, list[dict[str, Any]]]]


@pytest.fixture
def judge(contracts: Contracts, tmp_path: Path) -> Judges:
    """Judges plans, each given by what it has other than PLAN."""

    def run(*plans: dict[str, str], path: Path | None = None, faults: str = "") -> tuple[Judgement, list[dict[str, Any]]]:
        if path is None:
            path = tmp_path / "list 7.csv"
            with path.open("w", newline="", encoding="utf-8") as out:
                csv.writer(out, lineterminator="\n").writerows([list(PLAN), *(list((PLAN | plan).values()) for plan in plans)])
                out.write(faults)
        contract = contracts["csc__annex_a_list_7"]
        kept = tmp_path / "plans.parquet"
        found = judge_records(
            Intake(path, contract, contracts.codes, parse("2014-15 Q1"), ("E10000003", "Cambridgeshire"), KEY, lambda _: kept)
        )
        assert found.received == found.accepted + found.rejected
        return found, pq.read_table(kept).to_pylist() if kept.exists() else []

    return run


def said(found: Judgement) -> list[tuple[str, str | None]]:
    return [(one.code, one.cell) for one in found.findings]


def test_a_plan_is_kept_under_a_pseudonym_its_birth_as_a_month_and_ages_and_its_worker_not_at_all(judge: Judges) -> None:
    found, (kept,) = judge({END: "30/05/2014"})
    assert (said(found), found.received, found.accepted) == ([], 1, 1)
    (expected,) = pseudonyms(KEY, "child", ["E10000003"], [0], [b"C1"])
    assert kept["child"] == UUID(bytes=expected)
    assert (kept["birth_month"], kept["age_at_start"], kept["age_at_end"]) == (date(2009, 5, 1), 4, 5)
    assert (kept["started"], kept["ended"], kept["previous_plans"]) == (date(2014, 2, 2), date(2014, 5, 30), 0)
    assert not {"date_of_birth", "worker", "team"} & set(kept)


def test_a_row_that_pydantic_accepts_is_kept_as_the_screen_keeps_it(judge: Judges) -> None:
    """The first goes through the screen, the second is stopped by its spelling: one child, one plan."""
    found, (plain, spelt) = judge({}, {"Ethnicity": "WBRI - British", "Gender": "Girl"})
    assert [one.code for one in found.findings] == ["spelling_mapped"] * 2
    assert plain | {"row": 0} == spelt | {"row": 0}


def test_of_a_row_set_aside_only_the_number_is_kept(judge: Judges) -> None:
    found, (first, second) = judge({START: "31/02/2014"}, {})
    assert (said(found), found.accepted, found.rejected) == ([("dfe_8720", "E2")], 1, 1)
    assert (first["row"], first["accepted"], second["accepted"]) == (2, False, True)
    assert not any(value for name, value in first.items() if name not in ("row", "accepted", "submission_id", "sheet"))


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({START: ""}, "dfe_8720"),
        ({START: "01/07/2014"}, "dfe_8720"),
        ({START: "02/02/1915"}, "plan_long_ago"),
        ({END: "01/02/2014"}, "dfe_8925"),
        ({END: "02/02/2014"}, "dfe_8840"),
        ({END: "01/07/2105"}, "dfe_8930"),
        ({"Initial Category of Abuse": "XXX"}, "dfe_8905"),
        ({"Latest Category of Abuse": ""}, "dfe_8910"),
        ({"Number of Previous Child Protection Plans": "-1"}, "dfe_8730"),
        ({"Ethnicity": "Martian"}, "dfe_4220"),
        ({"Child Unique ID": ""}, "child_unknown"),
        ({"Child Unique ID": "=cmd|' /C calc'!A0"}, "child_unknown"),
        ({"Child Unique ID": "12/05/2014"}, "child_unknown"),
        ({"Date of Birth": "10/11/2014"}, "unborn_too_early"),
        ({"Date of Birth": "01/01/1996"}, "no_child_any_more"),
    ],
)  # fmt: skip
def test_rules_of_the_dfe(judge: Judges, plan: dict[str, str], code: str) -> None:
    found, rows = judge(plan)
    assert code in [one.code for one in found.findings]
    assert [row["accepted"] for row in rows] == [False]


SPOILT = [
    "TRUE", "false", "2014-05-12", "12/05/2014", "5/12/14", "12-May", "May-14", "12-May-2014", "1.23457E-05", "9E-2",
    "1234567890123460", "123456789012345000",
]  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_excel_makes_of_a_childs_number_is_no_number_of_a_child(judge: Judges, spoilt: str) -> None:
    """Two children whose numbers became one day would be one child."""
    found, _ = judge({"Child Unique ID": spoilt}, {})
    assert (said(found), found.accepted) == ([("child_unknown", "A2")], 1)
    (one,) = found.findings
    assert spoilt not in one.message + one.fix
    assert "Excel" in one.message


@pytest.mark.parametrize(
    "number", ["C-104", "2014-1234", "12/2345", "5E12", "MAYA-14", "T", "123456789012345", "100000", "A/2014-05-12"]
)
def test_a_childs_number_that_only_looks_a_little_so_is_taken(judge: Judges, number: str) -> None:
    found, (kept,) = judge({"Child Unique ID": number})
    assert (said(found), kept["accepted"]) == ([], True)


def test_a_cell_that_excel_made_a_day_or_a_truth_is_no_number_of_a_child(judge: Judges, make_workbook: Any) -> None:
    numbers = [date(2014, 5, 12), True, 104, "C104"]
    rows = [[number, *list(PLAN.values())[1:]] for number in numbers]
    found, kept = judge(path=make_workbook({"List 7": [list(PLAN), *rows]}))
    assert said(found) == [("child_unknown", "A2"), ("child_unknown", "A3")]
    assert [row["accepted"] for row in kept] == [False, False, True, True]


def test_a_plan_that_starts_weeks_before_birth_is_no_fault(judge: Judges) -> None:
    found, (kept,) = judge({"Date of Birth": "01/06/2014"})
    assert (said(found), kept["age_at_start"]) == ([], -1)


def test_columns_that_slipped_are_not_said_again(judge: Judges) -> None:
    found, _ = judge({"Gender": "Jo Bloggs", "Ethnicity": "9434765919", START: "Jo Bloggs", "Latest Category of Abuse": "C1"})
    assert found.findings
    assert not any(text in one.message + one.fix for one in found.findings for text in ("Jo", "9434765919", "C1"))


@pytest.mark.parametrize("faults", ["", "\n\n"])
def test_rows_keep_their_order_and_their_numbers_over_many_batches(
    judge: Judges, faults: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain, Arrow reads it by blocks; with a blank line at its end, Python does."""
    monkeypatch.setattr(csv_door, "BATCH", 700)
    monkeypatch.setattr(csv_door, "BLOCK", 2**16)
    many = 40_000
    found, kept = judge(*({"Number of Previous Child Protection Plans": str(n % 50)} for n in range(many)), faults=faults)
    assert (found.received, found.accepted, said(found)) == (many, many, [])
    assert [row["row"] for row in kept] == list(range(2, many + 2))
    assert [row["previous_plans"] for row in kept] == [n % 50 for n in range(many)]


def test_where_every_row_is_wrong_the_findings_are_few_and_counted(judge: Judges) -> None:
    found, kept = judge(*([{START: "31/02/2014"}] * 250))
    assert (found.accepted, found.rejected, len(kept)) == (0, 250, 250)
    assert Counter(one.code for one in found.findings) == {"dfe_8720": 101}
    assert "250 cells have this fault" in found.findings[-1].message


def test_ragged_rows_and_lines_that_are_no_csv(judge: Judges) -> None:
    found, kept = judge({}, faults="C2,F\n")
    assert (said(found), [row["accepted"] for row in kept]) == ([("row_ragged", "A3")], [True, False])
    found, kept = judge({}, faults='C2,"F\n')
    assert ([one.code for one in found.findings], found.refused, kept) == (["not_csv"], True, [])
    found, kept = judge()
    assert ([one.code for one in found.findings], found.refused, kept) == (["no_rows"], True, [])


def test_a_workbook_with_the_other_lists_beside_it(judge: Judges, make_workbook: Any) -> None:
    rows = [["List 7: synthetic"], [], list(PLAN), list(PLAN.values()), list((PLAN | {END: "01/02/2014"}).values())]
    path = make_workbook({"List 1": [["x"]], "List_7": rows, "Read me": [["y"]]}, "annex a.xlsx")
    found, kept = judge(path=path)
    assert (said(found), found.received, found.accepted) == ([("dfe_8925", "E5")], 2, 1)
    assert [(row["row"], row["accepted"]) for row in kept] == [(4, True), (5, False)]


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("2009-05-17", "2014-05-16", 4), ("2009-05-17", "2014-05-17", 5), ("2014-06-01", "2014-05-31", -1),
        ("2014-06-01", "2014-06-01", 0), ("2012-02-29", "2013-02-28", 0), ("2012-02-29", "2013-03-01", 1),
    ],
)  # fmt: skip
def test_ages_in_whole_years(judge: Judges, born: str, on: str, years: int) -> None:
    day = date.fromisoformat
    assert age(day(born), day(on)) == years
    assert age(None, day(on)) is None
    if day(on) < date(2014, 7, 1):
        _, (kept,) = judge({"Date of Birth": born, START: on})
        assert kept["age_at_start"] == years


@pytest.mark.parametrize("groups", ["<Reviews>{0}{1}</Reviews>", "<Reviews>{0}</Reviews><Reviews>{1}</Reviews>"])
@pytest.mark.parametrize("sex", ["<Sex>F</Sex>", "<GenderCurrent>2</GenderCurrent>"])
def test_each_review_of_a_census_is_a_row_however_they_are_grouped(
    contracts: Contracts, tmp_path: Path, groups: str, sex: str
) -> None:
    days = [f"<CPPreviewDate>{day}</CPPreviewDate>" for day in ("2014-08-01", "2015-01-15")]
    (tmp_path / "census.xml").write_text(
        "<Message><Header><Source><LEA>873</LEA></Source></Header><Children><Child>"
        f"<ChildIdentifiers><LAchildID>C1</LAchildID>{sex}</ChildIdentifiers>"
        "<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"
        "<CINdetails><ChildProtectionPlans><CPPstartDate>2014-05-20</CPPstartDate>"
        "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>"
        f"<NumberOfPreviousCPP>0</NumberOfPreviousCPP>{groups.format(*days)}"
        "</ChildProtectionPlans></CINdetails></Child></Children></Message>"
    )
    contract, area = contracts["csc__cin_census"], ("E10000003", "Cambridgeshire")
    found = judge_records(
        Intake(tmp_path / "census.xml", contract, contracts.codes, parse("2014-15"), area, KEY, lambda one: tmp_path / one)
    )
    assert (found.received, found.accepted) == (4, 4)
    assert [one.code for one in found.findings if one.code == "xml_element_unknown"] == []
    assert [pq.read_table(tmp_path / sheet).to_pylist()[0]["sex"] for sheet in ("children", "plans")] == ["F", "F"]
    reviews = pq.read_table(tmp_path / "reviews").to_pylist()
    assert [(row["started"], row["reviewed"]) for row in reviews] == [
        (date(2014, 5, 20), date(2014, 8, 1)), (date(2014, 5, 20), date(2015, 1, 15)),
    ]  # fmt: skip
    assert {row["child"] for row in reviews} == {row["child"] for row in pq.read_table(tmp_path / "plans").to_pylist()}
