"""The summary of a built warehouse, on tables small enough to reckon by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lscb_data.board import Board, init
from lscb_data.contract import Contracts
from lscb_data.period import parse
from lscb_data.sources import _expected
from lscb_data.staging import land
from lscb_data.submission import receive, received
from lscb_data.summary import LawError, listed_findings, summarise

TABLES = """
create schema staging; create schema audit; create schema published;
create table staging.submissions as
select s.* from (values
    ('csc__plans.2014-15-Q1.aaaa', 'csc__plans', 'csc', 'Plans', '2014-15 Q1', 'plans.xlsx', 'superseded', 9, 9, 0),
    ('csc__plans.2014-15-Q1.bbbb', 'csc__plans', 'csc', 'Plans', '2014-15 Q1', 'plans.xlsx', 'refused', 7, 0, 7),
    ('csc__plans.2014-15-Q1.cccc', 'csc__plans', 'csc', 'Plans', '2014-15 Q1', 'plans.xlsx', 'accepted', 10, 8, 2),
    ('ccg__board.2014-15-Q1.dddd', 'ccg__board', 'ccg', 'Dashboard', '2014-15 Q1', 'board.xlsx', 'accepted', 4, 4, 0),
    ('ccg__board.2014-15-Q1.eeee', 'ccg__board', 'ccg', 'Dashboard', '2014-15 Q1', 'board.xlsx', 'refused', 4, 0, 4)
) as s(submission_id, "return", agency, title, period, file, standing, rows_received, rows_accepted, rows_rejected);
alter table staging.submissions add column received_at timestamp;
update staging.submissions set received_at = timestamp '2014-08-01' + interval 1 day * rowid;
create table staging.expected as
select e.* from (values
    ('csc__plans', 'csc', 'Plans', '2014-15 Q1', date '2014-04-01', date '2014-06-30', date '2014-07-30'),
    ('ccg__board', 'ccg', 'Dashboard', '2014-15 Q1', date '2014-04-01', date '2014-06-30', date '2014-07-30'),
    ('csc__plans', 'csc', 'Plans', '2014-15 Q2', date '2014-07-01', date '2014-09-30', date '2014-10-30'),
    ('ccg__board', 'ccg', 'Dashboard', '2014-15 Q2', date '2014-07-01', date '2014-09-30', date '2014-10-30'),
    ('ccg__board', 'ccg', 'Dashboard', '2014-15 Q3', date '2014-10-01', date '2014-12-31', date '2015-01-30')
) as e("return", agency, title, period, period_start, period_end, due);
create table audit.findings as
select f.* from (values
    ('query', 'csc__plans', '2014-15 Q1', 'csc__plans.2014-15-Q1.cccc', 'unusual', 'Unusual.'),
    ('error', 'csc__plans', '2014-15 Q1', 'csc__plans.2014-15-Q1.cccc', 'not_a_date', 'No date.'),
    ('error', 'csc__plans', '2014-15 Q1', 'csc__plans.2014-15-Q1.aaaa', 'not_a_date', 'No date.'),
    ('blocker', 'csc__plans', '2014-15 Q1', 'csc__plans.2014-15-Q1.bbbb', 'not_a_workbook', 'No workbook.'),
    ('blocker', 'ccg__board', '2014-15 Q1', 'ccg__board.2014-15-Q1.eeee', 'sheet_missing', 'No sheet Dashboard.'),
    ('query', 'ccg__board', '2014-15 Q2', null, 'return_missing', 'Not received.')
) as f(severity, "return", period, submission, code, message);
alter table audit.findings add column file varchar;
alter table audit.findings add column sheet varchar;
alter table audit.findings add column cell varchar;
alter table audit.findings add column fix varchar;
alter table audit.findings add column finding_id varchar;
alter table audit.findings add column answered_at timestamp;
create table staging.indicators as
select i.* from (values ('cp_plans_open', 'Plans open'), ('cp_reregistration_percent', 'Re-registrations'),
    ('marac_repeat_percent', 'Repeat cases'), ('violent_or_sexual_offences_under_18', 'Offences')) as i(code, title);
create table published.indicator_values as
select
    v.*, v.period[:4]::int as period_start, 'year' as period_type, 'E1' as area_code, null::varchar as provider,
    'all' as breakdown
from (values
    ('cp_plans_open', '2013-14', 'count', 200, 200, null, 200),
    ('cp_plans_open', '2014-15', 'count', 387, 387, null, 387),
    ('cp_plans_open_per_10000', '2014-15', 'per 10,000', 387, 387, 131150, 29.51),
    ('cp_reregistration_percent', '2014-15', 'percent', 82, 82, 461, 17.79),
    ('marac_repeat_percent', '2014-15', 'percent', null, null, null, null),
    ('violent_or_sexual_offences_under_18', '2014-15', 'count', 1490, 1490, null, 1490)
) as v(indicator, period, unit, _, numerator, denominator, value);
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture
def board(tmp_path: Path) -> Board:
    (tmp_path / "lscb.toml").write_text('name = "A Board"\narea = "E1"\narea_name = "A county"\n', "utf-8")
    return Board(tmp_path)


def test_what_was_owed_and_what_came(board: Board, build: Path) -> None:
    summary = summarise(board, build, today=date(2014, 11, 29))
    assert [(o.return_, o.period, o.days_overdue) for o in summary.missing] == [
        ("ccg__board", "2014-15 Q2", 30),
        ("csc__plans", "2014-15 Q2", 30),
    ]  # the third quarter's is not due yet
    assert (len(summary.expected), len(summary.received)) == (5, 2)
    assert [one.submission[-4:] for one in summary.accepted] == ["cccc", "dddd"]
    assert [(one.submission[-4:], one.blocker) for one in summary.refused] == [("eeee", "No sheet Dashboard.")]
    assert str(summary.missing[0]) == "Dashboard, 2014-15 Q2 (ccg; due 2014-10-30, 30 days overdue)"


def test_without_a_day_to_reckon_from_nothing_is_overdue(board: Board, build: Path) -> None:
    summary = summarise(board, build)
    assert [(o.return_, o.period, o.days_overdue) for o in summary.missing] == [
        ("ccg__board", "2014-15 Q2", None),
        ("csc__plans", "2014-15 Q2", None),
        ("ccg__board", "2014-15 Q3", None),
    ]


def test_rows_and_findings_are_of_the_submissions_that_count(board: Board, build: Path) -> None:
    summary = summarise(board, build)
    assert (summary.rows_received, summary.rows_accepted, summary.rows_rejected) == (18, 12, 6)
    assert summary.findings == {"blocker": 1, "error": 1, "query": 2}
    found, number = listed_findings(build, most=2)
    assert (number, [one["severity"] for one in found]) == (4, ["blocker", "error"])


def test_next_steps_are_plain_sentences(board: Board, build: Path) -> None:
    assert summarise(board, build).next_steps == (
        "Ask ccg for the Dashboard of 2014-15 Q1 again: No sheet Dashboard.",
        "Ask ccg for the Dashboard of 2014-15 Q2 (due 2014-10-30) and 2014-15 Q3 (due 2015-01-30)",
        "Ask csc for the Plans of 2014-15 Q2 (due 2014-10-30)",
        "1 error to put right: lscb status",
        "2 queries to put right or explain: lscb status",
    )


def test_of_one_agency_or_period_only(board: Board, build: Path) -> None:
    summary = summarise(board, build, period="2014-15 Q1", agency="csc")
    assert ([o.return_ for o in summary.expected], summary.refused, summary.missing) == (["csc__plans"], (), ())
    assert summary.findings == {"blocker": 0, "error": 1, "query": 1}
    assert len(summarise(board, build, period="2014-15").expected) == 5


def test_headlines_are_of_the_latest_year_that_has_them(board: Board, build: Path) -> None:
    plans, again, offences = summarise(board, build).headlines
    assert str(plans) == "Plans open, 2014-15: 387 (29.51 per 10,000 of 131,150)"
    assert str(again) == "Re-registrations, 2014-15: 17.79% (82 of 461)"
    assert (offences.indicator, offences.value) == ("violent_or_sexual_offences_under_18", Decimal(1490))


def test_rows_that_do_not_add_up_stop_the_load(board: Board, build: Path) -> None:
    with duckdb.connect(build) as connection:
        connection.execute("update staging.submissions set rows_accepted = 9 where standing = 'superseded'; "
                           "update staging.submissions set rows_rejected = 1 where submission_id like '%dddd'")  # fmt: skip
    with pytest.raises(LawError, match=r"ccg__board.2014-15-Q1.dddd: 4 rows received, 4 accepted and 1 rejected"):
        summarise(board, build)


def test_an_annual_return_of_a_later_year_than_the_last_quarter_is_among_what_came(
    contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A census of 2015-16, when the last list is of a quarter of 2014-15: received, and nothing else is owed for its year."""
    monkeypatch.setenv("LSCB_KEY", "a key for tests, of enough letters")
    here = Board(tmp_path / "home")
    init(here, "A Board", "E10000003", "Cambridgeshire")
    for name, period in (("csc__annex_a_list_7", "2014-15 Q2"), ("csc__cin_census", "2015-16")):
        contract = contracts[name]
        sent = tmp_path / f"{name}.{contract.formats[0]}"
        sent.write_text("nothing that could be read")
        receive(here, sent, contract, parse(period))
    landed = [land(here, contracts, one) for one in received(here)]
    owed = {(one["return"], one["period"]) for one in _expected(contracts, landed)}
    assert ("csc__cin_census", "2015-16") in owed
    assert {period for _, period in owed} == {"2014-15 Q2", "2014-15", "2015-16"}
    assert {name for name, period in owed if period == "2015-16"} == {"csc__cin_census"}
