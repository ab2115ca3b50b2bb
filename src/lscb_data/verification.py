"""What was asked of a Board's store, and what was not as it should be."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that was asked of the store: of how many, and what was not as it should be."""

    name: str
    asks: str
    counted: int
    wrong: tuple[str, ...] = ()
    fix: str = ""
    law: int | None = None

    @property
    def ok(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Verification:
    """All that was asked, and of what: the build, and the evidence by a hash over it."""

    board: str
    at: datetime
    software: str
    evidence_sha256: str
    build: str | None
    build_sha256: str | None
    rebuilt_from: str | None
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        checks = [asdict(check) | {"ok": check.ok} for check in self.checks]
        return asdict(self) | {"at": self.at.isoformat(), "ok": self.ok, "checks": checks}
