"""What was agreed with a supplier of one cell: kept beside the file that holds it, after a look at what it holds."""

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from lscb_data.board import Board
from lscb_data.contract import Contracts, Return
from lscb_data.corrected import place, sheet_called
from lscb_data.decision import Correction, keep, moment
from lscb_data.finding import UserError
from lscb_data.hold import user
from lscb_data.period import Period
from lscb_data.promise import faults
from lscb_data.spelling import clean
from lscb_data.submission import Submission, held, received
from lscb_data.workbook import UnreadableError, read_grids


def correct(
    board: Board,
    contracts: Contracts,
    return_: str,
    period: Period,
    where: str,
    was: str,
    becomes: str,
    *,
    reason: str,
    agreed_by: str,
    until: date | None = None,
) -> Correction:
    """Keep what was agreed: `was`, which stands in the cell `where` (sheet!A1), is to be read as `becomes`. The file stays as
    it is.

    Raises UserError for records of children; where nothing was received of the return and period; and where the cell of what
    was received last holds something else; BusyError where files are being received for a minute on end.
    """
    with held(board):
        said, folder = _looked_at(board, contracts, return_, period, where, was, becomes, reason, agreed_by, until)
        keep(folder, said)
    return said


def _looked_at(
    board: Board,
    contracts: Contracts,
    return_: str,
    period: Period,
    where: str,
    was: str,
    becomes: str,
    reason: str,
    agreed_by: str,
    until: date | None,
) -> tuple[Correction, Path]:
    """The correction, and the folder of the file whose cell holds what it says."""
    contract = contracts[return_]
    if contract.names_children:
        raise UserError(
            f"{contract.title} holds records of children: they are corrected where they are kept, and sent again. A correction "
            "here would put what is known of a child into another file."
        )
    came = [one for one in received(board) if (one.receipt.return_, one.period) == (return_, period) and not one.withdrawal]
    if not came:
        raise UserError(f"Nothing was received of {contract.title} ({return_}) for {period}.")
    sheet, _, cell = where.rpartition("!")
    fields = {
        "decided_at": moment(came[-1].path.parent),
        "decided_by": user(),
        "reason": reason,
        "return": return_,
        "period": str(period),
        "sheet": sheet.strip("'") or came[-1].path.stem,
        "cell": cell.upper(),
        "was": clean(was),
        "becomes": clean(becomes),
        "agreed_by": agreed_by,
        "until": until,
    }
    try:
        said = Correction.model_validate(fields)
    except ValidationError as error:
        raise UserError(f"'{where}' is no cell that can be corrected: {faults(error)}.") from None
    if said.was == said.becomes:
        raise UserError(f"'{said.was}' is to be read as what it is: that is no correction.")
    _look(came[-1], contract, said)
    return said, came[-1].path.parent


def _look(last: Submission, contract: Return, said: Correction) -> None:
    """Raises UserError where the cell holds neither what is wrong nor, for one corrected before, what it is to be."""
    if last.altered:
        raise UserError(f"{last.place} is not the file that was received: put that back first.")
    try:
        grids = read_grids(last.path)
    except UnreadableError as error:
        raise UserError(f"{last.place}: {error}") from None
    grid = sheet_called(grids, said.sheet, contract)
    if not grid:
        there = ", ".join(f"'{one.name}'" for one in grids)
        raise UserError(f"{last.place} has no sheet '{said.sheet}': it has {there}.")
    holds = grid.cells.get(place(said.cell), "")
    before = {(one.sheet, one.cell) for one in last.corrections}
    if holds != said.was and not (holds == said.becomes and (said.sheet, said.cell) in before):
        raise UserError(f"{last.place}, {grid.name}!{said.cell}: the cell holds '{holds[:40]}', not '{said.was}'.")
