"""How the returns stand, by period: what was owed, what came, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lscb_data.board import Board
from lscb_data.connection import reading
from lscb_data.contract import Contracts, Return
from lscb_data.period import Period
from lscb_data.publish import NAME, current
from lscb_data.sources import covered
from lscb_data.submission import Submission, received


@dataclass(frozen=True)
class Standing:
    """One return for one period: accepted, refused, withdrawn, not loaded yet, missing (not due yet) or late."""

    contract: Return
    period: Period
    state: str
    due: date
    submissions: int
    last_received: datetime | None


def standings(board: Board, contracts: Contracts, today: date) -> list[Standing]:
    """Every return owed from the first period received to the last, and every one that came beside."""
    came: dict[tuple[str, Period], list[Submission]] = {}
    for submission in received(board):
        came.setdefault((submission.receipt.return_, submission.period), []).append(submission)
    judged = _judged(board)
    periods = covered(period for _, period in came)
    owed = [
        (name, period) for period in periods for name, one in contracts.returns.items() if one.owed and one.expected_in(period)
    ]
    keys = {*owed, *(key for key in came if key[0] in contracts.returns)}
    found = [_standing(contracts[name], period, came.get((name, period), []), judged, today) for name, period in keys]
    return sorted(found, key=lambda one: (one.period.end, len(one.period.months()), one.contract.return_))


def _standing(contract: Return, period: Period, came: list[Submission], judged: dict[str, str], today: date) -> Standing:
    due = period.end + timedelta(days=contract.due.days)
    if not came:
        state = "late" if today > due else "missing"
    elif any(judged.get(one.id, "") != "withdrawn" if one.withdrawal else one.id not in judged for one in came):
        state = "not loaded yet"
    elif not (counting := [one for one in came if not one.withdrawal]):
        state = "withdrawn"
    elif any(judged[one.id] == "accepted" for one in came):
        state = "accepted, the last one refused" if judged[counting[-1].id] == "refused" else "accepted"
    else:
        state = "refused"
    return Standing(contract, period, state, due, len(came), came[-1].receipt.received_at if came else None)


def _judged(board: Board) -> dict[str, str]:
    """What each submission in the warehouse is worth, by its id; nothing where there is no warehouse yet."""
    if not (board.warehouse / NAME).exists():
        return {}
    with reading(current(board)) as connection:
        return dict(connection.execute("select submission_id, standing from staging.submissions").fetchall())


def built_at(build: Path) -> datetime:
    """When the build was begun, in UTC, by its name."""
    return datetime.strptime(build.name.partition(".")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def counted(standings: Iterable[Standing]) -> dict[str, int]:
    """How many returns stand in each state, in the order of the states."""
    states = ("accepted", "accepted, the last one refused", "refused", "withdrawn", "not loaded yet", "missing", "late")
    found = [one.state for one in standings]
    return {state: found.count(state) for state in states if state in found}
