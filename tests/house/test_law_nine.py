"""Law 9: a new return is one YAML file, and gives reading, findings, a template, storage and tables; no Python."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lscb_data.board import Board
from lscb_data.contract import load_contracts
from lscb_data.indicator import load_indicators
from lscb_data.judgement import judge_file
from lscb_data.period import parse
from lscb_data.staging import land
from lscb_data.submission import receive
from lscb_data.warehouse import build

INVENTED = """
return: youth__missing_interviews
title: Return interviews
agency: youth
description: Interviews offered to children who came back from being missing.
grain: one row per district
kind: measures
frequency: quarterly
since: 2014-15
formats: [xlsx]
missing: {n/h: not_supplied}
sheets:
  - sheet: interviews
    names: [Interviews]
    layout: table
    description: Offered and held, by district
    breakdown_type: district
    columns:
      - {name: district, type: code, key: breakdown, codes: districts, printed: [District], example: Ely, description: District}
      - name: offered
        type: count
        printed: [Offered]
        minimum: 0
        unit: interviews
        measure: return_interviews_offered
        of: quarter
        description: Interviews offered
      - name: held
        type: count
        printed: [Held]
        minimum: 0
        unit: interviews
        measure: return_interviews_held
        of: quarter
        description: Interviews held
    rules:
      - code: held_within_offered
        must: held <= offered
        severity: error
        message: "{held} held are more than the {offered} offered."
        fix: Correct the figure that is wrong.
        breaks: {held: "13"}
    example: {district: Ely, offered: "12", held: "9"}
"""
RECORDS = """
return: youth__outreach
title: Outreach visits
agency: youth
description: Visits to places where young people meet
grain: one row per visit
kind: records
frequency: quarterly
formats: [csv]
sheets:
  - sheet: visits
    names: [Visits]
    layout: table
    description: One visit a row
    columns:
      - {name: visited, type: date, printed: [Date], example: 31/05/2014, description: Day of the visit}
      - {name: young_people, type: count, printed: [Young people], minimum: 0, example: "12", description: How many were met}
    example: {visited: 31/05/2014, young_people: "12"}
"""
SENT = [
    ["Return interviews"], ["District", "Offered", "Held"],
    ["Ely", 12, 9], ["March", 5, 7], ["St. Ives", "n/h", "5 or under"], ["Atlantis", 1, 1],
]  # fmt: skip
Q1 = parse("2014-15 Q1")


@pytest.fixture
def own(board: Board) -> Board:
    """A Board with two returns of its own, and the list that one of them names."""
    for name, content in {
        "returns/youth__missing_interviews.yml": INVENTED,
        "returns/youth__outreach.yml": RECORDS,
        "codes/districts.csv": "code,label\nely,Ely\nmarch,March\nst_ives,St Ives\n",
    }.items():
        path = board.home / "schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return board


def test_reading_and_findings(own: Board, make_workbook: Any) -> None:
    contracts = load_contracts(own.folders("schemas"))
    path = make_workbook({"Interviews": SENT})
    judged = judge_file(path, contracts["youth__missing_interviews"], contracts.codes, Q1, "Cambridgeshire")
    assert [(f.code, str(f.severity), f.sheet, f.cell, f.message) for f in judged.findings] == [
        ("held_within_offered", "error", "Interviews", "B4", "7 held are more than the 5 offered."),
        ("code_unknown", "error", "Interviews", "A6", "'Atlantis' is not on the list districts."),
    ]
    assert (judged.received, judged.accepted, judged.rejected) == (4, 2, 2)


def test_a_template_that_loads_without_a_finding(own: Board, tmp_path: Path) -> None:
    from lscb_data.template import template

    contracts = load_contracts(own.folders("schemas"))
    contract = contracts["youth__missing_interviews"]
    made = template(contract, Q1, contracts.codes, "Cambridgeshire")
    for sheet, cell in made.blanks:
        made.book[sheet][cell] = 3
    made.book.save(tmp_path / "filled in.xlsx")
    judged = judge_file(tmp_path / "filled in.xlsx", contract, contracts.codes, Q1, "Cambridgeshire")
    assert judged.findings == []
    assert judged.accepted == 3


def test_landing_and_tables(own: Board, make_workbook: Any, make_csv: Any, tmp_path: Path) -> None:
    contracts = load_contracts(own.folders("schemas"))
    files = {
        "youth__missing_interviews": make_workbook({"Interviews": SENT}),
        "youth__outreach": make_csv("Date,Young people\n31/05/2014,12\n31/06/2014,5\n"),
    }
    landed = [land(own, contracts, receive(own, path, contracts[name], Q1)[0]) for name, path in files.items()]
    assert [(one.refused, one.accepted, one.rejected) for one in landed] == [(False, 2, 2), (False, 1, 1)]

    warehouse = tmp_path / "warehouse.duckdb"
    build(own, warehouse, contracts, load_indicators(own.folders("schemas")), landed)
    with duckdb.connect(warehouse, read_only=True) as connection:
        figures = connection.sql(
            "select breakdown, measure, value::int, high::int, qualifier, status, split_part(cell, '!', 3)"
            " from staging.youth__missing_interviews where accepted order by cell[-2:]"
        ).fetchall()
        visits = connection.sql("select visited, young_people from staging.youth__outreach where accepted").fetchall()
        known = connection.sql('select "return" from staging.submissions order by 1').fetchall()
    offered, held = "return_interviews_offered", "return_interviews_held"
    assert figures == [
        ("ely", offered, 12, None, None, "reported", "B3"),
        ("st_ives", offered, None, None, None, "not_supplied", "B5"),
        ("ely", held, 9, None, None, "reported", "C3"),
        ("st_ives", held, None, 5, "<=", "reported", "C5"),
    ]
    assert [(day.isoformat(), count) for day, count in visits] == [("2014-05-31", 12)]
    assert known == [("youth__missing_interviews",), ("youth__outreach",)]
