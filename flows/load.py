"""The load, as Prefect runs it: from the received files to the published warehouse, in the order of the flow's lines."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import duckdb
import httpx
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.logging.handlers import PrefectConsoleHandler
from prefect.runtime import task_run
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Failed
from prefect.tasks import Task

from flows.server import passing_server
from lscb_data import batch, disk, publish, warehouse
from lscb_data.board import Board, at
from lscb_data.contract import Contracts, load_contracts
from lscb_data.finding import UserError
from lscb_data.indicator import Indicator, load_indicators
from lscb_data.period import parse
from lscb_data.pseudonym import PSEUDONYM, read_key
from lscb_data.rebuilt import clear_killed
from lscb_data.staging import Digest, Landed, land, land_all
from lscb_data.submission import Submission, received, unusable
from lscb_data.summary import Summary, chosen_by, listed_findings, summarise

RETRIES = 2  # of a disk or a share that did not answer
LISTED = 200  # findings in the artifact; all of them are in audit.findings


def run(
    home: Path, period: str | None = None, agency: str | None = None, wait: float = 600, rekeying: bool = False
) -> tuple[Summary, str]:
    """Load as `load_returns` does, for a person: the summary, and the name of the state that the load ended in.

    A person sees warnings only; the run's own log has all of it. Raises what the load failed of: UserError where the person
    can mend it. Uses the server that Prefect's settings name; where they name none, one of its own for the time of the load.
    """
    for handler in logging.getLogger().handlers + logging.getLogger("prefect").handlers:
        if isinstance(handler, PrefectConsoleHandler):
            handler.setLevel(logging.WARNING)
            handler.addFilter(_for_a_person)
    own = nullcontext(PREFECT_API_URL.value()) if PREFECT_API_URL.value() else passing_server(meanwhile=batch.prepare)
    with own as address, temporary_settings({PREFECT_API_URL: address}):
        try:
            with _answering(at(home), str(address)):
                ended = load_returns(str(home), period, agency, wait, rekeying, return_state=True)
        finally:
            for name in ("prefect.flow_runs", "prefect.task_runs"):
                for handler in logging.getLogger(name).handlers:
                    handler.flush()  # before the server goes
        state = cast(State[Summary], ended)  # Prefect types it as a state of a state
        return state.result(), state.name or ""  # a failed state raises here


@contextmanager
def _answering(board: Board, address: str) -> Iterator[None]:
    """Say it where Prefect's server went away for good, and whether the load had published by then."""
    link = board.warehouse / publish.NAME
    before = link.resolve()
    try:
        yield
    except (httpx.TransportError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "Failed to reach API" not in str(error):
            raise
        done = "The load was published all the same" if link.resolve() != before else "Nothing was published"
        raise UserError(f"Prefect's server at {address} does not answer. {done}; see to the server, then load again.") from None


def _for_a_person(record: logging.LogRecord) -> bool:
    """What the load itself says; what is raised is said once, and what Prefect has to say stands in its log."""
    return record.levelno < logging.ERROR and "prefect" not in Path(record.pathname).parts


@flow(name="load-returns", persist_result=False)
def load_returns(
    home: str = ".", period: str | None = None, agency: str | None = None, wait: float = 600, rekeying: bool = False
) -> State[Summary]:
    """Land what was received, build the warehouse anew, and publish it.

    With `period` (a year takes in its quarters) or `agency`, only their submissions are judged; those landed before come in
    beside them, and those never landed wait. The state is `Completed with refusals` where a submission was refused, and Failed
    only where the load itself failed: the last good warehouse is then as it was. With another key than the one it was made with
    it fails, but for `rekeying`.
    """
    board, log = at(Path(home)), get_run_logger()
    try:
        with publish.holding(board, wait, log.warning):
            clear_killed_loads(board)
            publish.write_down(board)
            promises = Promises(board)
            submissions = find_submissions(board, period, agency)
            fingerprint = key_of(board, promises, submissions)
            if fingerprint and not rekeying:
                publish.check_key(board, fingerprint)
            landed = land_all(board, promises.contracts, submissions, partial(land_submission, board, promises))
            build = build_warehouse(board, promises, landed, fingerprint)
            summary = summarise(board, build, period, agency, datetime.now(UTC).date())
            publish_warehouse(board, build)
            listed = list_findings(build, summary, period, agency, board.seal is not None, return_state=True)
            if listed.is_failed():  # Prefect's server did not take them: what is published is published
                log.warning("The findings could not be left with the run; all are in audit.findings.")
    except UserError as error:
        return Failed(message=str(error), data=error)
    return final_state(summary)


class Promises:
    """What the Board has promised: its contracts and its indicators. No dataclass, lest Prefect walk through all of it."""

    def __init__(self, board: Board) -> None:
        folders = board.folders("schemas")
        self.contracts: Contracts = load_contracts(folders)
        self.indicators: dict[str, tuple[str, Indicator]] = load_indicators(folders)


def clear_killed_loads(board: Board) -> None:
    """Take away what killed loads left half written. Only while the warehouse is held."""
    for folder in (board.warehouse, board.warehouse / "builds", board.staging, board.ledger):
        for left in [*folder.glob("*.part"), *folder.glob("*.part.wal")]:
            left.unlink(missing_ok=True)
    clear_killed(board)


def find_submissions(board: Board, period: str | None, agency: str | None) -> list[Submission]:
    """Every submission that goes into this build, oldest first: those asked for, and those landed before.

    Raises UserError where nothing was received of what is asked for.
    """
    try:
        within = parse(period) if period else None
    except ValueError as error:
        raise UserError(str(error)) from None
    every = received(board)
    asked = {one.id for one in every if chosen_by(one.receipt.return_.partition("__")[0], str(one.period), within, agency)}
    if not asked:
        which = " ".join(part for part in (f"of {agency}" if agency else "", f"for {period}" if period else "") if part)
        faulty = "".join(f" {one}." for one in unusable(board))
        raise UserError(f"Nothing was received {which}".rstrip() + f". Receive it first: lscb receive FILE.{faulty}")
    return [one for one in every if one.id in asked or any(board.staging.glob(f"{one.id}.*.json"))]


def key_of(board: Board, promises: Promises, submissions: list[Submission]) -> str | None:
    """The fingerprint of the key that the build's pseudonyms are made with; None where it has no child's records."""
    if any(promises.contracts.names_children(one.receipt.return_) for one in submissions):
        return read_key(board.home, board.settings.key_file).fingerprint
    return None


def passing_trouble(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again can help: a disk or a share that did not answer. A fault of file, contract or SQL stays one."""
    trouble = state.result(raise_on_failure=False)
    return any(isinstance(one, OSError | duckdb.IOException) for one in (trouble, getattr(trouble, "__cause__", None)))


class FaultError(UserError):
    """A fault of this software, told without what it said: an exception's own words can hold a child's identifier."""

    exit_code = 70


@contextmanager
def no_values(what: str) -> Iterator[None]:
    """Let nothing that was in a cell into Prefect's logs and records, which keep every exception: only its kind and place."""
    try:
        yield
    except Exception as error:
        if full := disk.said(error):
            raise UserError(full) from None
        if isinstance(error, UserError | OSError | duckdb.IOException):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}, line {last.lineno}"
        raise FaultError(f"{what}: {type(error).__name__} in {place}. Nothing was published; report it.") from None


@task(
    task_run_name="land {submission.id}",
    retries=RETRIES,
    retry_delay_seconds=1,
    retry_condition_fn=passing_trouble,
    cache_policy=NO_CACHE,
)
def land_submission(board: Board, promises: Promises, submission: Submission, digest_of: Digest) -> Landed:
    """The submission as judged and kept in staging. One that is refused is no error of the task."""
    with no_values(submission.id):
        landed = land(board, promises.contracts, submission, task_run.run_count > RETRIES, digest_of)
    log = get_run_logger()
    log.info("%d rows received, %d accepted, %d rejected", landed.received, landed.accepted, landed.rejected)
    if landed.refused:
        log.warning("%s was refused; the last good one stays", submission.id)
    return landed


@task(retries=RETRIES, retry_delay_seconds=1, retry_condition_fn=passing_trouble, cache_policy=NO_CACHE)
def build_warehouse(board: Board, promises: Promises, landed: list[Landed], fingerprint: str | None) -> Path:
    """The file of a new warehouse, which has its name only once it is whole."""
    path = warehouse.new_build(board, fingerprint)
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with no_values("the build"):
        warehouse.build(board, part, promises.contracts, promises.indicators, landed)
    return part.replace(path)


@task(retries=RETRIES, retry_delay_seconds=1, retry_condition_fn=passing_trouble, cache_policy=NO_CACHE)
def publish_warehouse(board: Board, build: Path) -> Path:
    """The stable name, which now stands for the new warehouse."""
    return publish.publish(board, build)


@task(cache_policy=NO_CACHE)
def list_findings(build: Path, summary: Summary, period: str | None, agency: str | None, is_sealed: bool) -> None:
    """Leave the findings as an artifact of the run: how many of each severity, and the gravest of them.

    Without pseudonyms: Prefect's records may be kept elsewhere, and longer than their key. Of a sealed folder without the words
    too, which quote what stands in cells.
    """
    found, number = listed_findings(build, period, agency, LISTED)
    said = "In audit.findings." if is_sealed else None
    found = [one | {"message": said or PSEUDONYM.sub("(a child)", one["message"] or "")} for one in found]
    counts = ", ".join(f"{many:,} {severity}" for severity, many in summary.findings.items())
    capped = f" The {len(found):,} gravest of {number:,} are listed; all are in audit.findings." if number > len(found) else ""
    create_table_artifact(table=found, key="findings", description=f"{counts}.{capped}")


def final_state(summary: Summary) -> State[Summary]:
    """Completed, with the refused returns, and what else of `raw/` could not be used, in its name and its message."""
    accepted, refused = len(summary.accepted), len(summary.refused)
    if not refused and not summary.unusable and not summary.lost:
        return Completed(message=f"{accepted} of {accepted} submissions accepted.", data=summary)
    wrong = "; ".join([*map(str, summary.refused), *(f"never loaded: {one}" for one in summary.unusable), *summary.lost])
    message = f"{refused} of {accepted + refused} submissions refused: {wrong}"
    return Completed(name="Completed with refusals", message=message, data=summary)
