"""A list of codes, with the spellings that suppliers really use for them."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from lscb_data.figure import Status
from lscb_data.finding import UserError
from lscb_data.spelling import fold


@dataclass(frozen=True)
class Code:
    """One code of a list. `also`: other official codes for the same. `query` says what is to be asked of the supplier
    whenever it is used. `since` and `until`: the first and last day that it stood; `became`: the codes that took its place;
    `former`: codes that the same thing had before, each with its last day."""

    code: str
    label: str
    spellings: tuple[str, ...] = ()
    query: str = ""
    status: str = ""
    also: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    became: tuple[str, ...] = ()
    former: tuple[tuple[str, date], ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """Every other code that it is known by."""
        return (*self.also, *(code for code, _ in self.former))


@dataclass(frozen=True)
class CodeList:
    name: str
    codes: tuple[Code, ...]

    @cached_property
    def _by_fold(self) -> dict[str, Code]:
        found: dict[str, Code] = {}
        for code in self.codes:
            for spelling in (code.code, code.label, *code.others, *code.spellings):
                other = found.setdefault(fold(spelling) or spelling, code)
                if other is not code:
                    raise UserError(f"code list {self.name}: '{spelling}' stands for {other.code} and {code.code}")
        return found

    def find(self, text: str) -> Code | None:
        """The code that a supplier's text is a known spelling of."""
        return self._by_fold.get(fold(text) or text)

    def begins(self, text: str) -> tuple[Code, str] | None:
        """The code whose spelling the text begins with (the longest), and the text that follows it."""
        for spelling in sorted((s for c in self.codes for s in (c.label, *c.spellings)), key=len, reverse=True):
            if text.casefold().startswith(spelling.casefold()) and not text[len(spelling) :][:1].isalnum():
                found = self.find(spelling)
                return (found, text[len(spelling) :].strip(" .,:;–-")) if found else None
        return None

    @cached_property
    def sure(self) -> dict[str, str]:
        """Spellings that need no remark (code, label and official codes beside, of codes without a query), lower case."""
        return {s.lower(): c.code for c in self.codes if not c.query for s in (c.code, c.label, *c.others) if s}

    def check(self) -> None:
        """Raises UserError where a spelling stands for two codes."""
        _ = self._by_fold


def read_codes(path: Path) -> CodeList:
    """The list in one CSV file. Raises UserError, naming the row, where it is not understood."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path.name}: is not CSV in UTF-8: {error}") from None
    for number, row in enumerate(rows, 2):
        if None in row or not row.get("code") or not row.get("label"):
            raise UserError(f"{path.name}, row {number}: needs a code and a label, and no more cells than the first row")
        if row.get("status") and row["status"] not in set(Status):
            raise UserError(f"{path.name}, row {number}: status '{row['status']}' is not one of {', '.join(Status)}")
        for name in ("from", "until"):
            try:
                _day(row.get(name))
            except ValueError:
                raise UserError(
                    f"{path.name}, row {number}: {name} is a day written as 2019-03-31, not '{row[name]}'"
                ) from None
        try:
            _former(row.get("former"))
        except ValueError:
            raise UserError(
                f"{path.name}, row {number}: former is written as E08000020 until 2013-03-31, not '{row['former']}'"
            ) from None
    found = _code_list(path, rows)
    found.check()
    return found


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split("|") if one.strip())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _former(text: str | None) -> tuple[tuple[str, date], ...]:
    """Raises ValueError for what is no code with its last day."""
    said = [one.split(" until ") for one in _several(text)]
    return tuple((code, date.fromisoformat(day)) for code, day in said)


def _code_list(path: Path, rows: list[dict[str, str]]) -> CodeList:
    return CodeList(
        path.stem,
        tuple(
            Code(
                code=row["code"],
                label=row["label"],
                spellings=_several(row.get("spellings")),
                also=_several(row.get("also")),
                query=row.get("query") or "",
                status=row.get("status") or "",
                since=_day(row.get("from")),
                until=_day(row.get("until")),
                became=_several(row.get("became")),
                former=_former(row.get("former")),
            )
            for row in rows
        ),
    )
