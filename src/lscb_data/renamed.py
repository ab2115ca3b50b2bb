"""Headings and lines that a file names otherwise: accepted once by the Board, and from then on read, and reported each time."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

from pydantic import ValidationError

from lscb_data.alias import Alias, Aliases
from lscb_data.board import Board
from lscb_data.contract import Contracts, Return, with_aliases
from lscb_data.corrected import place, sheet_called
from lscb_data.disk import write_whole
from lscb_data.finding import Finding, UserError
from lscb_data.hold import user
from lscb_data.judgement import Judgement
from lscb_data.promise import faults, in_yaml, read_yaml
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold
from lscb_data.submission import held
from lscb_data.workbook import Grid, UnreadableError, tops

NAMED_OTHERWISE = ("column_missing", "column_unknown", "heading_unknown", "line_unknown")
LIKE = 0.4  # of their letters two names share, at the least, that are shown as one


def accept(board: Board, contracts: Contracts, return_: str, printed: str, means: str, reason: str) -> Alias:
    """Let `printed` be read as the column `means` of the return (COLUMN, or SHEET.COLUMN; or a block of lines), from now on.

    Raises UserError where there is no such column, or several, and where what is printed is read already, as it or another;
    BusyError where files are being received for a minute on end.
    """
    with held(board):  # the file of names is written anew with all that were accepted before
        return _accepted(board, contracts, return_, printed, means, reason)


def _accepted(board: Board, contracts: Contracts, return_: str, printed: str, means: str, reason: str) -> Alias:
    contract = contracts[return_]
    sheet, column, block = _meant(contract, means)
    path = board.home / "schemas" / "aliases" / f"{return_}.yml"
    before = read_yaml(path, Aliases).aliases if path.exists() else []
    fields = {"printed": printed, "sheet": sheet.sheet, "column": column, "block": block, "reason": reason}
    try:
        one = Alias.model_validate(fields | {"accepted_at": datetime.now(UTC), "accepted_by": user()})
    except ValidationError as error:
        raise UserError(f"'{printed}' is no name that can be accepted: {faults(error)}.") from None
    try:
        with_aliases(contract, [one])
    except ValueError as error:
        raise UserError(f"{error}.") from None
    if (sheet.sheet, fold(printed)) in {(other.sheet, fold(other.printed)) for other in before}:
        raise UserError(f"'{printed}' was accepted on {sheet.sheet} this very moment.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, in_yaml(Aliases.model_validate({"return": return_, "aliases": [*before, one]})))
    return one


def _meant(contract: Return, means: str) -> tuple[Sheet, str | None, str | None]:
    """The sheet, and the column or the block of it."""
    name, _, bare = means.rpartition(".")
    sheets = [sheet for sheet in contract.sheets if name in ("", sheet.sheet) and sheet.layout != "xml"]
    found: list[tuple[Sheet, str | None, str | None]] = [
        (sheet, bare, None) for sheet in sheets if bare in {column.name for column in sheet.columns}
    ]
    found = found or [(sheet, None, bare) for sheet in sheets if bare in sheet.blocks]
    if not found:
        known = ", ".join(f"{sheet.sheet}.{column.name}" for sheet in sheets for column in sheet.columns)
        raise UserError(f"{contract.return_} has no column '{means}'; it has {known or 'none that stands under a heading'}.")
    if len(found) > 1:
        raise UserError(f"'{means}' stands on several sheets: say {' or '.join(f'{one[0].sheet}.{bare}' for one in found)}.")
    return found[0]


def advised(judged: Judgement, path: Path, board_area: str) -> list[Finding]:
    """The findings on the file; of a name that is not known, with the command that accepts it for the nearest column."""
    if path.suffix.lower() == ".xml" or not any(finding.code in NAMED_OTHERWISE for finding in judged.findings):
        return judged.findings
    try:
        grids = tops(path)
    except UnreadableError:
        return judged.findings
    return [
        replace(one, fix=" ".join([one.fix, *_commands(one, grids, judged, board_area)]))
        if one.code in NAMED_OTHERWISE
        else one
        for one in judged.findings
    ]


def _commands(finding: Finding, grids: list[Grid], judged: Judgement, board_area: str) -> Iterator[str]:
    grid = sheet_called(grids, finding.sheet or "", judged.contract)
    known = {fold(name): sheet for sheet in judged.contract.sheets for name in sheet.names}
    sheet = judged.contract.sheets[0] if len(judged.contract.sheets) == 1 else known.get(fold(finding.sheet or ""))
    if not grid or not sheet or not finding.cell:
        return
    sheet = sheet.asked_in(judged.period, board_area)
    names = dict(_names(sheet))
    row, _ = at = place(finding.cell)
    read = {fold(text) for text in grid.cells.values()}
    spelled = {fold(one) for printed in names.values() for one in printed}
    absent = {name: printed for name, printed in names.items() if not read & set(map(fold, printed))}
    if finding.code == "column_missing":
        texts = [text for (number, _), text in grid.cells.items() if number == row]
    else:
        texts = [_whole(grid, at, spelled)]
    for text in texts:
        if fold(text) and fold(text) not in spelled and (name := nearest(text, absent or names)):
            shown = "HEADING" if sheet.names_children else shlex.quote(text)
            what = names[name][0] or name
            yield (
                f"If it is '{what}' under another name, accept it once: lscb accept {judged.contract.return_} {shown} "
                f"{sheet.sheet}.{name}"
            )


def _whole(grid: Grid, at: tuple[int, int], spelled: set[str]) -> str:
    """The name that begins here, with the cells under it that it may go on in."""
    (row, column), text = at, grid.cells.get(at, "")
    while any(one.startswith(fold(text)) and one != fold(text) for one in spelled):
        row += 1
        under = [place for place in grid.cells if place[0] == row]
        if under != [(row, column)]:
            break
        text += f" {grid.cells[row, column]}"
    return text


def _names(sheet: Sheet) -> Iterator[tuple[str, list[str]]]:
    yield from ((column.name, column.spellings) for column in sheet.columns if column.keep and any(column.spellings))
    yield from sheet.blocks.items()


def nearest(text: str, names: dict[str, list[str]]) -> str | None:
    """The name whose spelling is most like the text; None where none is like it."""

    def like(spellings: Iterable[str]) -> float:
        return max(SequenceMatcher(None, fold(text), fold(one)).ratio() for one in spellings)

    found = max(names, key=lambda name: like(names[name]), default=None)
    return found if found and like(names[found]) >= LIKE else None
