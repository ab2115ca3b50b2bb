"""What people decided about what was received: kept in `raw/` beside it, one file a decision, never changed and never in it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, RootModel

from lscb_data.disk import write_whole
from lscb_data.finding import UserError
from lscb_data.promise import Moment, Name, Strict, in_yaml, read_evidence
from lscb_data.raw import DECISION, Unusable

STAMP = "%Y%m%dT%H%M%S%fZ"
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Decided(Strict):
    """Who decided, when and why."""

    decided_at: Moment
    decided_by: Text
    reason: Text


class Withdrawal(Decided):
    """A submission was sent by mistake: it counts no longer, and what it took the place of stands again."""

    decision: Literal["withdrawal"] = "withdrawal"
    submission: Text


class Correction(Decided):
    """A cell of a return holds another value than the true one, and the supplier agreed what it is to be read as."""

    decision: Literal["correction"] = "correction"
    return_: Name = Field(alias="return")
    period: Text
    sheet: Text
    cell: str = Field(pattern=r"^[A-Z]{1,3}[1-9][0-9]{0,6}$")
    was: str = Field(description="What stands in the cell, as printed; '' for an empty one")
    becomes: str
    agreed_by: Text
    until: date | None = Field(None, description="The last day on which it is used")


class Answer(Decided):
    """A finding was explained: the reason is the explanation, and stays with the figure for as long as its value stands."""

    decision: Literal["answer"] = "answer"
    return_: Name = Field(alias="return")
    period: Text
    code: Text
    sheet: str | None = None
    cell: str | None = None
    column: str | None = None
    value: str | None = Field(
        None,
        description="What the finding is about, as printed, or what it says: of another value it is open again."
        " Of children's records it is sealed with the Board's key",
    )
    submission: Text | None = Field(None, description="Of children's records: where it was found, whatever the key")


Decision = Withdrawal | Correction | Answer


class _File(RootModel[Annotated[Decision, Field(discriminator="decision")]]):
    """One decision, by what it says that it is."""


def moment(folder: Path) -> datetime:
    """When a decision is made that is kept in this folder now: later than all that are there, whatever the clock says.

    The last one counts, and clocks differ and are set back. Only while `raw/` is held.
    """
    return max([datetime.now(UTC), *(one + timedelta(microseconds=1) for one in _moments(folder))])


def _moments(folder: Path) -> Iterable[datetime]:
    for path in folder.glob(f"*{DECISION}"):
        with suppress(ValueError):  # a file that a person named
            yield datetime.strptime(path.name.partition(".")[0], STAMP).replace(tzinfo=UTC)


def keep(folder: Path, decision: Decision) -> Path:
    """Keep the decision in this agency's folder of `raw/`: the file that holds it, which no other decision has.

    Raises UserError where one was kept at the very same moment.
    """
    path = folder / f"{decision.decided_at:{STAMP}}.{decision.decision}{DECISION}"
    if path.exists():
        raise UserError(f"{path.name} is there already: decide again.")
    write_whole(path, in_yaml(decision))
    return path


def decisions(entries: Iterable[Path], home: Path) -> tuple[list[Decision], list[Unusable]]:
    """Every decision among these files, oldest first; and those that cannot be used, each with why."""
    found: list[Decision] = []
    faulty: list[Unusable] = []
    for path in entries:
        if path.name.endswith(DECISION):
            try:
                found.append(read_evidence(path, _File).root)
            except UserError as error:
                faulty.append(Unusable(path.relative_to(home), str(error)))
    return sorted(found, key=lambda one: one.decided_at), faulty
