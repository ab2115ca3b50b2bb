"""A value corrected by agreement: the file stays as it came, the figure says what was agreed, and a better file ends it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from lscb_data import cli, warehouse
from lscb_data.agreed import correct
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.indicator import load_indicators
from lscb_data.period import parse
from lscb_data.staging import Landed, land
from lscb_data.submission import Submission, receive, received
from lscb_data.trace import back

RAW = Path(__file__).parents[2] / "raw"
CSC = "csc__child_protection"
Q2, YEAR = parse("2014-15 Q2"), parse("2014-15")
TODAY = datetime.now(UTC).date()
WHY = {"reason": "A slip of the keyboard", "agreed_by": "the Safeguarding and Standards Unit"}
JULY = "Transfers in!B4"  # 3 children moved here in July 2014
Sent = Callable[[str], Submission]


@pytest.fixture
def sent(board: Board, contracts: Contracts, tmp_path: Path) -> Sent:
    """Receives the real second quarter of 2014-15 with another text for July's transfers in."""

    def send(july: str) -> Submission:
        book = load_workbook(RAW / "2014-15-Q2" / "csc" / "child-protection.xlsx")
        book["Transfers in"]["B4"] = july
        book.save(tmp_path / "child-protection.xlsx")
        kept, _ = receive(board, tmp_path / "child-protection.xlsx", contracts[CSC], Q2)
        return kept

    return send


def landed(board: Board, contracts: Contracts) -> list[Landed]:
    return [land(board, contracts, one) for one in received(board)]


def asked(one: Landed, code: str) -> list[str]:
    return [finding["message"] for finding in one.findings if finding["code"] == code]


def july(one: Landed) -> dict[str, Any]:
    (row,) = (row for row in pq.read_table(one.rows["figures"]).to_pylist() if row["cell"].endswith(JULY))
    return dict(row)


def test_a_row_set_aside_for_a_slip_is_taken_once_its_correction_is_agreed(
    board: Board, contracts: Contracts, sent: Sent
) -> None:
    kept = sent("3 children?")
    (before,) = landed(board, contracts)
    assert (before.rejected, july(before)["value"], july(before)["printed"]) == (1, None, "3 children?")
    correct(board, contracts, CSC, Q2, JULY, "3 children?", "3", **WHY)
    (after,) = landed(board, contracts)
    assert (after.accepted, after.rejected, after.corrections) == (before.accepted + 1, 0, ("in_use",))
    assert (july(after)["value"], july(after)["printed"]) == (3, "3 children?")
    said = "Corrected from '3 children?' to '3': A slip of the keyboard (agreed by the Safeguarding and Standards Unit)."
    assert july(after)["corrected"] == said
    assert after.rows["figures"] != before.rows["figures"]
    assert not kept.altered


def test_a_corrected_value_goes_through_the_contract_as_any_other(board: Board, contracts: Contracts, sent: Sent) -> None:
    sent("3 children?")
    correct(board, contracts, CSC, Q2, JULY, "3 children?", "three", **WHY)
    (one,) = landed(board, contracts)
    assert one.rejected == 1
    assert any("'three' is not a whole number" in finding["message"] for finding in one.findings)


@pytest.mark.parametrize(
    ("then", "outcome", "value", "asks"),
    [
        ("13", "in_use", 3, None),
        ("3", "met", 3, ("correction_met", "The cell holds '3', and by the correction of .* is not needed any more")),
        ("4", "disputed", 4, ("correction_disputed", "The cell holds '4', but by the correction of .* was not corrected")),
    ],
)
def test_a_later_file_is_corrected_only_where_it_holds_what_was_agreed_to_be_wrong(
    board: Board, contracts: Contracts, sent: Sent, then: str, outcome: str, value: int, asks: tuple[str, str] | None
) -> None:
    sent("13")
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY)
    sent("5")
    sent(then)
    *_, one = landed(board, contracts)
    assert (one.corrections, july(one)["value"], july(one)["printed"]) == ((outcome,), value, then)
    codes = [finding["code"] for finding in one.findings if finding["code"].startswith("correction_")]
    assert codes == ([asks[0]] if asks else [])
    if asks:
        (message,) = asked(one, asks[0])
        assert re.match(asks[1], message)


def test_a_correction_ends_with_its_last_day(board: Board, contracts: Contracts, sent: Sent) -> None:
    sent("13")
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY, until=TODAY)
    (one,) = landed(board, contracts)
    assert one.corrections == ("in_use",)
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY, until=TODAY - timedelta(1))
    (one,) = landed(board, contracts)
    assert (one.corrections, july(one)["value"], july(one)["corrected"]) == (("replaced", "ended"), 13, None)
    assert len(asked(one, "correction_ended")) == 1


def test_a_correction_that_was_met_goes_when_its_end_is_decided(board: Board, contracts: Contracts, sent: Sent) -> None:
    sent("13")
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY)
    sent("3")
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY, until=TODAY - timedelta(1))
    *_, one = landed(board, contracts)
    assert (one.corrections, [f for f in one.findings if f["code"].startswith("correction")]) == (("replaced", "ended"), [])


def test_a_correction_is_published_with_its_figure_and_listed(board: Board, contracts: Contracts, sent: Sent) -> None:
    sent("13")
    correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY)
    every, path = landed(board, contracts), board.warehouse / "a.duckdb"
    warehouse.build(board, path, contracts, load_indicators(board.folders("schemas")), every)
    with duckdb.connect(path, read_only=True) as connection:
        ((value, note),) = connection.execute(
            "select value, note from published.indicator_values where indicator = 'cp_transfers_in' and period = '2014-07'"
        ).fetchall()
        listed = connection.execute(
            'select "return", sheet, cell, was, becomes, agreed_by, outcome, is_in_use from audit.corrections'
        ).fetchall()
        quarter = connection.execute(
            "select value, note from published.indicator_values where indicator = 'cp_transfers_in' and period = '2014-15 Q2'"
        ).fetchone()
        traced = [step.said for step in back(connection, "cp_transfers_in", "2014-07") if step.what == "correction"]
    said = "Corrected from '13' to '3': A slip of the keyboard (agreed by the Safeguarding and Standards Unit)."
    assert (value, traced) == (3, [said])
    assert said in note
    assert quarter
    assert (quarter[0], said in quarter[1]) == (4, True)
    assert listed == [(CSC, "Transfers in", "B4", "13", "3", WHY["agreed_by"], "in_use", True)]


@pytest.mark.parametrize(
    ("where", "was", "becomes", "says"),
    [
        (JULY, "14", "3", r"Transfers in!B4: the cell holds '13', not '14'"),
        (JULY, "3", "13", r"the cell holds '13', not '3'"),
        (JULY, "13", "13", "that is no correction"),
        ("Transfers!B4", "13", "3", "has no sheet 'Transfers': it has 'New plans', 'Transfers in', 'Subsequent plans'"),
        ("Transfers in!July", "13", "3", "is no cell that can be corrected"),
    ],
)
def test_what_is_not_as_it_is_said_is_not_corrected(
    board: Board, contracts: Contracts, sent: Sent, where: str, was: str, becomes: str, says: str
) -> None:
    sent("13")
    with pytest.raises(UserError, match=says):
        correct(board, contracts, CSC, Q2, where, was, becomes, **WHY)
    assert received(board)[0].corrections == ()


def test_records_of_children_are_corrected_where_they_are_kept(board: Board, contracts: Contracts) -> None:
    with pytest.raises(UserError, match="they are corrected where they are kept, and sent again"):
        correct(board, contracts, "csc__annex_a_list_7", Q2, "List 7!A4", "a", "b", **WHY)


def test_what_was_never_received_cannot_be_corrected(board: Board, contracts: Contracts) -> None:
    with pytest.raises(UserError, match="Nothing was received of Child protection"):
        correct(board, contracts, CSC, Q2, JULY, "13", "3", **WHY)


def test_a_cell_of_a_csv_file_is_named_as_its_findings_name_it(board: Board, contracts: Contracts, tmp_path: Path) -> None:
    rows = (RAW / "2014-15" / "ons" / "population.csv").read_text("utf-8").splitlines()
    rows[1] = rows[1].replace("131150", "131l50")
    (tmp_path / "estimates.csv").write_text("\n".join(rows))
    receive(board, tmp_path / "estimates.csv", contracts["ons__population"], YEAR)
    (one,) = landed(board, contracts)
    (found,) = (finding for finding in one.findings if finding["code"] == "not_a_whole_number")
    correct(board, contracts, "ons__population", YEAR, f"{found['sheet']}!{found['cell']}", "131l50", "131150", **WHY)
    (one,) = landed(board, contracts)
    assert (one.rejected, one.corrections) == (0, ("in_use",))


def test_the_command_keeps_what_was_agreed(
    board: Board, contracts: Contracts, sent: Sent, capsys: pytest.CaptureFixture[str]
) -> None:
    sent("13")
    words = ["correct", CSC, "2014-15 Q2", JULY, "--from", "13", "--to", "3", "--reason", "a slip", "--agreed-by", "the unit"]
    assert cli.main(["--home", str(board.home), *words, "--until", "2015-09-30"]) == 0
    assert "Transfers in!B4 of csc__child_protection, 2014-15 Q2: '13' is read as '3'." in capsys.readouterr().out
    ((said,),) = [one.corrections for one in received(board)]
    assert (said.was, said.becomes, said.agreed_by, str(said.until)) == ("13", "3", "the unit", "2015-09-30")
