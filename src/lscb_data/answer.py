"""Answers to what was asked: a query is explained, and the explanation kept beside the submission in `raw/`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb

from lscb_data.about import ANSWER, FEEDBACK, FINDING
from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.decision import Answer, keep, moment
from lscb_data.finding import Severity, UserError
from lscb_data.hold import user
from lscb_data.intake import identifiers
from lscb_data.period import parse
from lscb_data.pseudonym import PSEUDONYM
from lscb_data.spelling import clean, fold
from lscb_data.submission import held, received
from lscb_data.workbook import address, read_grids

LONGEST = 2000
SHORTEST = 4  # figures of a number that can only be a child's: a shorter one may count something
_NAME = re.compile(r"f[0-9a-f]{3,11}")  # of a finding, or what no other's begins with


@dataclass(frozen=True)
class Desk:
    """What answering needs: the Board, its contracts, and a build to find the findings in."""

    board: Board
    contracts: Contracts
    connection: duckdb.DuckDBPyConnection


def answer(desk: Desk, name: str, explanation: str, by: str | None = None) -> tuple[dict[str, Any], bool]:
    """Keep the explanation of the query of this name (or what no other's begins with): the query, and whether it is news.

    Raises UserError where there is no such query, it is no query but to be put right, or the explanation cannot be kept.
    """
    return _kept(desk, name, explanation, by, partial(_identifiers, desk))


def answers_in(desk: Desk, file: Path, by: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Keep every answer that was typed into a feedback workbook: of each, the query's name, and why it was not kept.

    Where a supplier altered the name it is not said again, for it may be a child's: the cell is. Raises UserError where the
    file is none, and UnreadableError where it cannot be read.
    """
    of_period = cache(partial(_identifiers, desk))
    for cell, name, explanation in _typed(file):
        if not _NAME.fullmatch(_plain(name)):
            yield cell, f"It is not the name of a finding: put it back as it stood in '{FEEDBACK}' when that was sent."
            continue
        try:
            _kept(desk, name, explanation, by, of_period)
            yield name, None
        except UserError as error:
            yield name, str(error)


def _kept(
    desk: Desk, name: str, explanation: str, by: str | None, identifiers_of: Callable[[str], set[str]]
) -> tuple[dict[str, Any], bool]:
    found = _finding(desk.connection, name)
    explanation = _inert(explanation)
    of_children = desk.contracts.names_children(found["return"])
    _refuse_children(explanation, identifiers_of(found["period"]))
    if found["explanation"] == explanation:
        return found, False
    folder = desk.board.raw / parse(found["period"]).folder / found["return"].partition("__")[0]
    with held(desk.board):
        said = Answer.model_validate(
            {one: found[one] for one in ("return", "period", "code", "sheet", "cell", "column")}
            | {
                "decided_at": moment(folder),
                "decided_by": by or user(),
                "reason": explanation,
                "value": found["message"] if found["value"] is None else found["value"],
                "submission": found["submission"] if of_children else None,
            }
        )
        folder.mkdir(parents=True, exist_ok=True)
        keep(folder, said)
    return found, True


def _finding(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The query of this name."""
    asked = _plain(name)
    if not _NAME.fullmatch(asked):
        raise UserError(f"'{name[:40]}' is no name of a finding: lscb status shows them, such as f3a9c01b7e2d.")
    answer = connection.execute(
        "from audit.findings where starts_with(finding_id, $1) order by finding_id, answered_at desc", [asked]
    )
    columns = [column[0] for column in answer.description or []]
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in answer.fetchall()}
    if not found:
        raise UserError(f"No finding is named {asked}: lscb status shows those that are open.")
    if len(found) > 1:
        raise UserError(f"{len(found)} findings' names begin with {asked}: write more of the one that you mean.")
    (one,) = found.values()
    if one["severity"] != Severity.QUERY:
        raise UserError(
            f"{one['finding_id']} is {'an' if one['severity'] == 'error' else 'a'} {one['severity']}: it cannot be explained, "
            f"only put right. {one['fix']}"
        )
    return one


def _plain(name: str) -> str:
    return name.strip().lower()


def _inert(explanation: str) -> str:
    """The explanation on one line. Raises UserError for none, one too long, and what a spreadsheet would take for a formula."""
    said = clean("".join(letter if letter.isprintable() else " " for letter in explanation))
    if not said:
        raise UserError("The explanation is blank.")
    if len(said) > LONGEST:
        raise UserError(f"The explanation is longer than {LONGEST:,} characters.")
    if said.startswith(("=", "+", "-", "@")):
        raise UserError("The explanation begins as a formula does: begin it with a word.")
    return said


def _refuse_children(explanation: str, known: set[str]) -> None:
    """Raises UserError, which does not say it again, where a child is named."""
    said = explanation.casefold()
    if PSEUDONYM.search(said):
        raise UserError("The explanation holds a child's pseudonym: say it without.")
    for one in known:
        if _names(one) and (text := one.casefold()) in said and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", said):
            raise UserError("The explanation holds what is a child's number in a file: say it without.")


def _names(identifier: str) -> bool:
    return not (identifier.isdecimal() and len(identifier) < SHORTEST)


def _identifiers(desk: Desk, period: str) -> set[str]:
    """The identifiers in every file of children that is of this period, or of one that it lies in or holds.

    A query of totals, or of the warehouse, can be answered with a child's number too.
    """
    asked, found = parse(period), set()
    for one in received(desk.board):
        contract = desk.contracts.returns.get(one.receipt.return_)
        meets = one.period.start <= asked.end and asked.start <= one.period.end
        if contract and meets and desk.contracts.names_children(contract.return_) and one.path.is_file():
            found |= identifiers(one.path, contract, desk.contracts.codes, one.period, desk.board.settings.area_name)
    return found


def _typed(file: Path) -> Iterator[tuple[str, str, str]]:
    """The cells of the queries' names, the names, and what was typed beside them."""
    sheet = next((grid for grid in read_grids(file) if fold(grid.name) == fold(FEEDBACK)), None)
    if not sheet:
        raise UserError(f"{file.name} has no sheet '{FEEDBACK}', so no answers: it is not what lscb feedback wrote.")
    places: Mapping[str, int] = {}
    for row, texts in sheet.rows():
        headings = {text: place for place, text in texts.items()}
        if FINDING in headings:
            places = headings
        elif ANSWER in places and (typed := texts.get(places[ANSWER])) and (name := texts.get(places[FINDING])):
            yield address(row, places[FINDING]), name, typed
