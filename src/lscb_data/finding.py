"""One thing wrong with a submission, said so that its supplier can act on it."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a finding does, in the sector's own words."""

    BLOCKER = "blocker"  # the submission is refused, the last good one stays
    ERROR = "error"  # the row is set aside
    QUERY = "query"  # kept; put right or explained


@dataclass(frozen=True)
class Finding:
    """Where it is (file, sheet, cell, column), what is wrong, and what to do. Never a child's identifier."""

    code: str
    severity: Severity
    message: str
    fix: str
    sheet: str | None = None
    cell: str | None = None
    column: str | None = None
    row: int | None = None
    file: str | None = None
    return_: str | None = None
    period: str | None = None
    submission: str | None = None
    value: str | None = None  # what it is about, as printed; of children's records it cannot be read, only compared

    def at(self, **where: Any) -> "Finding":
        """The same finding with more said of where it is."""
        return replace(self, **where)

    def as_dict(self) -> dict[str, Any]:
        """The finding by the names that the warehouse gives its columns."""
        named = asdict(self)
        named["return"] = named.pop("return_")
        named["severity"] = str(self.severity)
        return named

    @property
    def place(self) -> str:
        """`file!sheet!cell`, as far as known."""
        return "!".join(part for part in (self.file, self.sheet, self.cell) if part)


class UserError(Exception):
    """A mistake that the person at the keyboard can mend: one plain sentence, and the command's exit code."""

    exit_code = 1


def first_line(error: BaseException) -> str:
    """What an error says, without what follows it: excerpts, marks, advice."""
    return str(error).strip().partition("\n")[0].rstrip(".")
