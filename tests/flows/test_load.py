"""What a load leaves behind: when all is well, when a return is refused, and when the load itself fails."""

import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lscb_data.board import Board
from lscb_data.finding import UserError
from lscb_data.publish import BusyError, current, holding
from lscb_data.raw import receipt_of
from lscb_data.submission import Submission

Receiving = Callable[..., Submission]

pytestmark = pytest.mark.usefixtures("prefect")

CCG, POLICE, MARAC = "ccg__health_dashboard", "constabulary__police_data", "marac__cases"
Q1, Q2 = "2014-15 Q1", "2014-15 Q2"


def load(board: Board, **asked: Any) -> Any:
    from flows.load import load_returns

    return load_returns(str(board.home), return_state=True, **asked)


def figures(board: Board, of_return: str) -> set[tuple[Any, ...]]:
    """The published figures that come from this return."""
    with duckdb.connect(current(board), read_only=True) as connection:
        query = (
            "select indicator, area, provider, period, breakdown, value, status from published.indicator_values "
            "where submission_id like $1 || '.%'"
        )
        return set(connection.execute(query, [of_return]).fetchall())


def submissions(board: Board) -> dict[str, str]:
    with duckdb.connect(current(board), read_only=True) as connection:
        return dict(connection.execute("select submission_id, standing from staging.submissions").fetchall())


def test_a_refused_return_leaves_the_last_good_figures_and_the_other_agencies(
    board: Board, receiving: Receiving, broken: Path
) -> None:
    good = receiving("08-01", MARAC, Q1)
    state = load(board)
    assert (state.type.value, state.name) == ("COMPLETED", "Completed")
    assert state.message == "1 of 1 submissions accepted."
    before = figures(board, MARAC)
    assert before

    refused = receiving("08-02", MARAC, Q1, broken)
    police = receiving("08-03", POLICE, Q1)
    state = load(board)

    assert (state.type.value, state.name) == ("COMPLETED", "Completed with refusals")
    assert state.message.startswith("1 of 3 submissions refused: MARAC")
    assert figures(board, MARAC) == before
    assert figures(board, POLICE)
    assert submissions(board) == {good.id: "accepted", refused.id: "refused", police.id: "accepted"}
    summary = state.result()
    assert [one.submission for one in summary.refused] == [refused.id]
    assert summary.next_steps[0].startswith("Ask marac for the MARAC")
    assert (summary.findings["blocker"], summary.rows_received) == (1, summary.rows_accepted + summary.rows_rejected)

    receiving("08-04", MARAC, Q1, next((board.raw / "2014-15-Q1" / "marac").glob("marac.xlsx")))  # known already: stays one
    assert len(submissions(board)) == 3


@pytest.mark.long
def test_only_what_is_asked_for_is_judged_and_the_rest_comes_in_as_landed(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    marac, dashboard = receiving("08-01", MARAC, Q1), receiving("08-02", CCG, Q1)
    first, second = receiving("08-03", POLICE, Q1), receiving("11-03", POLICE, Q2)
    from lscb_data import staging

    judged: Counter[str] = Counter()
    judge_file = staging.judge_file

    def counted(path: Path, *rest: Any) -> Any:
        judged[path.parent.name] += 1
        return judge_file(path, *rest)

    monkeypatch.setattr(staging, "judge_file", counted)

    summary = load(board, agency="marac").result()
    assert (set(submissions(board)), judged) == ({marac.id}, {"marac": 1})
    assert "3 files received and not loaded yet: lscb load" in summary.next_steps

    summary = load(board, agency="constabulary", period=Q2).result()
    assert (set(submissions(board)), judged) == ({marac.id, second.id}, {"marac": 1, "constabulary": 1})
    assert [one.submission for one in summary.accepted] == [second.id]
    assert {one.agency for one in summary.expected} == {"constabulary"}

    load(board, period="2014-15")  # a year takes in its quarters
    assert set(submissions(board)) == {marac.id, dashboard.id, first.id, second.id}
    assert judged == {"marac": 1, "constabulary": 2, "ccg": 1}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"agency": "nobody"}, "Nothing was received of nobody. Receive it first: lscb receive FILE."),
        ({"period": "last quarter"}, "'last quarter' is not a period"),
    ],
)
def test_a_load_that_fails_leaves_the_last_good_warehouse(
    board: Board, receiving: Receiving, asked: dict[str, str], said: str
) -> None:
    receiving("08-01", CCG, Q1)
    load(board)
    before = current(board)
    state = load(board, **asked)
    assert (state.type.value, state.message.startswith(said)) == ("FAILED", True)
    with pytest.raises(UserError, match=said[:20]):
        state.result()
    assert current(board) == before


def test_the_findings_and_the_task_runs_can_be_looked_up(board: Board, receiving: Receiving) -> None:
    from prefect.artifacts import Artifact
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    submission = receiving("08-01", CCG, Q1)
    state = load(board)
    artifact = Artifact.get("findings")
    assert artifact
    assert artifact.flow_run_id == state.state_details.flow_run_id
    counts = state.result().findings
    assert artifact.description == f"{counts['blocker']} blocker, {counts['error']} error, {counts['query']} query."
    assert str(artifact.data).count('"message"') == sum(counts.values()) > 0
    with get_client(sync_client=True) as client:
        of_run = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
        names = {run.name for run in client.read_task_runs(flow_run_filter=of_run)}
    assert f"land {submission.id}" in names


def test_a_disk_that_did_not_answer_is_asked_again(board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.load

    receiving("08-01", CCG, Q1)
    land, tries = flows.load.land, []

    def slow_share(*arguments: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the share did not answer")
        return land(*arguments)

    monkeypatch.setattr(flows.load, "land", slow_share)
    assert load(board).name == "Completed"
    assert len(tries) == 2


def test_a_fault_of_the_software_says_where_and_never_what_a_cell_held(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import flows.load

    submission = receiving("08-01", CCG, Q1)
    tries = []

    def faulty(*arguments: Any) -> Any:
        tries.append(1)
        raise ValueError("could not read 'Ann Example'")

    monkeypatch.setattr(flows.load, "land", faulty)
    state = load(board)
    assert state.type.value == "FAILED"
    assert state.message.startswith(f"{submission.id}: ValueError in test_load.py, line ")
    assert "Ann Example" not in state.message + caplog.text
    assert len(tries) == 1  # it would fail again
    with pytest.raises(UserError, match="run lscb load"):
        current(board)


def gone(*_: Any, **__: Any) -> Any:
    import httpx

    raise httpx.ConnectError("Connection refused")


def test_findings_that_prefects_server_does_not_take_are_no_failure_of_the_load(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.load

    receiving("08-01", CCG, Q1)
    monkeypatch.setattr(flows.load, "create_table_artifact", gone)
    assert load(board).name == "Completed"
    assert figures(board, CCG)


def test_a_server_that_is_gone_for_good_is_said_with_what_became_of_the_load(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.load

    receiving("08-01", CCG, Q1)
    flow = flows.load.load_returns
    with monkeypatch.context() as patch:
        patch.setattr(flows.load, "load_returns", gone)
        with pytest.raises(UserError, match=r"does not answer\. Nothing was published; see to the server, then load again"):
            flows.load.run(board.home)
        patch.setattr(flows.load, "load_returns", lambda *given, **named: gone(flow(*given, **named)))
        with pytest.raises(UserError, match=r"does not answer\. The load was published all the same"):
            flows.load.run(board.home)
    assert figures(board, CCG)


def test_what_a_killed_load_left_is_cleared(board: Board, receiving: Receiving) -> None:
    receiving("08-01", CCG, Q1)
    builds = board.warehouse / "builds"
    left = [builds / "20150801T090000000000Z.duckdb.part", builds / "20150801T090000000000Z.duckdb.part.wal"]
    left += [board.staging / ".x.parquet.part"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    load(board)
    assert not any(path.exists() for path in left)
    assert not list(board.home.glob("warehouse/**/*.part*"))


def test_two_loads_at_once_the_second_says_who_holds_the_warehouse(board: Board, receiving: Receiving) -> None:
    from flows.load import run

    receiving("08-01", CCG, Q1)
    with holding(board, 0, print), pytest.raises(BusyError, match="Another load holds the warehouse"):
        run(board.home, wait=0.1)
    summary, name = run(board.home)
    assert (name, len(summary.accepted)) == ("Completed", 1)


@pytest.mark.long
def test_loading_the_same_twice_changes_nothing(board: Board, receiving: Receiving) -> None:
    receiving("08-01", MARAC, Q1)
    load(board)
    first, before = current(board), figures(board, MARAC)
    load(board)
    assert current(board) != first
    assert figures(board, MARAC) == before


def test_nothing_in_raw_stops_the_agencies_whose_returns_can_be_used(board: Board, receiving: Receiving) -> None:
    """A receipt of each kind that cannot be used, and files that are gone: each said by itself, and all else is loaded."""
    good = receiving("08-01", MARAC, Q1)
    faulty = [receiving(f"08-{day:02}", POLICE, f"2014-15 Q{day - 1}") for day in range(2, 6)]
    contents = (b"", b"return: [", b"note: caf\xe9", receipt_of(faulty[3].path).read_bytes() + b"file: ../../../lscb.toml\n")
    for one, content in zip(faulty, contents, strict=True):
        receipt_of(one.path).write_bytes(content)
    outside = receiving("08-06", MARAC, Q2)
    text = receipt_of(outside.path).read_text("utf-8")
    receipt_of(outside.path).write_text(text.replace("file: marac.xlsx", "file: ../../2014-15-Q1/marac/marac.xlsx"), "utf-8")
    gone, unknown = receiving("08-07", CCG, Q1), receiving("08-08", "csc__child_protection", Q1)
    gone.path.unlink()
    receipt = receipt_of(unknown.path)
    receipt.write_text(receipt.read_text("utf-8").replace("csc__child_protection", "csc__nothing"), "utf-8")
    (board.raw / "2014-15-Q2" / "csc").symlink_to("an unmounted share")

    state = load(board)
    assert (state.type.value, state.name) == ("COMPLETED", "Completed with refusals")
    summary = state.result()
    assert [one.submission for one in summary.accepted] == [good.id]
    assert figures(board, MARAC)
    assert {one.agency: one.blocker for one in summary.refused} == {
        "ccg": "The file that was received is not there.",
        "csc": "There is no contract for the return 'csc__nothing'.",
    }
    assert len(summary.unusable) == 6
    for one in (*(one.place for one in faulty), outside.place):
        (said,) = [said for said in summary.unusable if said.startswith(f"raw/{one}.receipt.yml: ")]
        assert f"Put right or take away {said}" in summary.next_steps
        assert said in state.message
    assert any("raw/2014-15-Q2/csc: leads nowhere" in said for said in summary.unusable)


@pytest.mark.long
def test_a_file_that_is_no_longer_as_received_is_said_at_every_load_and_its_figures_stand(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lscb_data import staging

    altered, silent = receiving("08-01", MARAC, Q1), receiving("08-02", CCG, Q1)
    load(board)
    before = figures(board, MARAC), figures(board, CCG)
    altered.path.write_bytes(altered.path.read_bytes() + b" ")
    digest = staging.digest

    def answers(path: Path) -> str:
        if path == silent.path:
            raise OSError(5, "Input/output error")
        return digest(path)

    monkeypatch.setattr(staging, "digest", answers)
    state = load(board)
    assert (state.type.value, state.name) == ("COMPLETED", "Completed with refusals")
    assert "raw/2014-15-Q1/marac/marac.xlsx: The file is not the one received" in state.message
    assert (figures(board, MARAC), figures(board, CCG)) == before
    summary = state.result()
    assert (len(summary.accepted), summary.refused, summary.findings["error"]) == (2, (), 2)
    assert [one.split(":")[0] for one in summary.next_steps[:2]] == [f"Put right raw/{one.place}" for one in (silent, altered)]


def test_where_nothing_can_be_used_it_is_said_why(board: Board, receiving: Receiving) -> None:
    one = receiving("08-01", MARAC, Q1)
    receipt_of(one.path).write_bytes(b"")
    with pytest.raises(UserError, match=r"marac.xlsx.receipt.yml: holds no `name: value`"):
        load(board).result()


def test_a_file_that_never_answers_is_refused_and_the_others_are_loaded(
    board: Board, receiving: Receiving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lscb_data import staging

    good, silent = receiving("08-01", CCG, Q1), receiving("08-02", MARAC, Q1)
    digest, tries = staging.digest, []

    def slow(path: Path) -> str:
        if path == silent.path:
            tries.append(path)
            raise OSError(5, "Input/output error")
        return digest(path)

    monkeypatch.setattr(staging, "digest", slow)
    state = load(board)
    assert state.name == "Completed with refusals"
    assert submissions(board) == {good.id: "accepted", silent.id: "refused"}
    assert len(tries) == 3


@pytest.mark.long
def test_a_disk_that_is_full_is_said_in_one_sentence_and_the_last_good_warehouse_stands(
    board: Board, receiving: Receiving
) -> None:
    from prefect.settings import PREFECT_API_URL

    receiving("08-01", MARAC, Q1)
    load(board)
    served, most = current(board), 200_000  # which the system lets no file grow over: less than any warehouse

    def lscb_load(limit: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lscb_data.cli", "--home", str(board.home), "load"],
            env=os.environ | {"PREFECT_API_URL": str(PREFECT_API_URL.value())},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)),
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    failed = lscb_load(most)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1), failed.stderr
    assert failed.stderr.startswith(f"There is no room to write {board.warehouse}/builds/")
    assert list((board.warehouse / "builds").iterdir()) == [served]
    assert current(board) == served
    assert lscb_load(resource.RLIM_INFINITY).returncode == 0
    assert current(board) != served
