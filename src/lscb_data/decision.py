"""What people decided about what was received: kept in `raw/` beside it, one file a decision, never changed and never in it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AwareDatetime, Field, RootModel, field_validator

from lscb_data.disk import write_whole
from lscb_data.finding import UserError
from lscb_data.promise import Name, Strict, read_yaml
from lscb_data.raw import DECISION, Unusable

Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Decided(Strict):
    """Who decided, when and why."""

    decided_at: AwareDatetime
    decided_by: Text
    reason: Text

    @field_validator("decided_at")
    @classmethod
    def _in_utc(cls, decided_at: datetime) -> datetime:
        try:
            return decided_at.astimezone(UTC)
        except OverflowError:
            raise ValueError("is no day that anything can have been decided on") from None


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
    value: str | None = Field(None, description="What the cell holds, as printed: of another value the finding is open again")


Decision = Withdrawal | Correction | Answer


class _File(RootModel[Annotated[Decision, Field(discriminator="decision")]]):
    """One decision, by what it says that it is."""


def keep(folder: Path, decision: Decision) -> Path:
    """Keep the decision in this agency's folder of `raw/`: the file that holds it, which no other decision has.

    Raises UserError where one was kept at the very same moment.
    """
    path = folder / f"{decision.decided_at:%Y%m%dT%H%M%S%fZ}.{decision.decision}{DECISION}"
    if path.exists():
        raise UserError(f"{path.name} is there already: decide again.")
    fields = decision.model_dump(mode="json", by_alias=True, exclude_none=True)
    write_whole(path, yaml.safe_dump(fields, sort_keys=False, allow_unicode=True).encode())
    return path


def decisions(entries: Iterable[Path], home: Path) -> tuple[list[Decision], list[Unusable]]:
    """Every decision among these files, oldest first; and those that cannot be used, each with why."""
    found: list[Decision] = []
    faulty: list[Unusable] = []
    for path in entries:
        if not path.name.endswith(DECISION):
            continue
        try:
            if not path.is_file():
                raise UserError("is no file")
            found.append(read_yaml(path, _File).root)
        except UserError as error:
            faulty.append(Unusable(path.relative_to(home), str(error).removeprefix(f"{path.name}: ")))
        except OSError as error:
            faulty.append(Unusable(path.relative_to(home), f"cannot be read: {error.strerror}"))
    return sorted(found, key=lambda one: one.decided_at), faulty
