"""Commands on what is received: kept as it came, and what is decided about it kept beside it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lscb_data.finding import UserError
from lscb_data.options import File, PeriodOption, ReturnOption, board_of, contracts_of, period_of, there, when_of

if TYPE_CHECKING:
    from lscb_data.board import Board
    from lscb_data.contract import Contracts, Return
    from lscb_data.period import Period

app = typer.Typer()


@app.command()
def receive(
    context: typer.Context,
    file: File,
    return_: ReturnOption = None,
    period: PeriodOption = None,
    note: Annotated[str | None, typer.Option(help="What is to be kept with its receipt.")] = None,
    covers_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Of records: from when the file has all of them.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether what was recognised is right.")] = False,
) -> None:
    """Keep a file as it came, with its receipt.

    Without --return and --period they are recognised from what stands in it, and a person at a terminal is asked whether they
    are right. What is not recognised is kept in quarantine until it is received by name.
    """
    from lscb_data import quarantine, show, submission

    board, when, since = board_of(context), period_of(period), covers_from and covers_from.date()
    board.settings  # noqa: B018 - says what is wrong with the folder
    contracts = contracts_of(board)
    if return_ and when:
        kept, new = submission.receive(board, file, _named(board, contracts, file, return_, when)[0], when, note, since)
    else:
        with quarantine.taken(board, file) as (copy, sha256):
            before = submission.received_before(board, sha256, return_, when)
            if before:
                kept, new = before, False
            else:
                contract, when = _recognised(board, contracts, copy, sha256, return_, when, note)
                asked = f"Received as {contract.title} ({contract.return_}) for {when}?"
                if sys.stdin.isatty() and sys.stdout.isatty() and not yes and not typer.confirm(asked, default=True):
                    raise UserError("Nothing was received. Say what it is with --return and --period.")
                kept, new = submission.receive(board, copy, contract, when, note, since)
    shown = kept.path.relative_to(board.home)
    if new:
        title = contracts[kept.receipt.return_].title
        show.say(f"Received as {title} ({kept.receipt.return_}) for {kept.period}: {shown}. Next: lscb load.")
    else:
        show.say(f"The same file was received before, on {kept.receipt.received_at:%d %B %Y}: {shown}.")


def _named(board: Board, contracts: Contracts, file: Path, return_: str | None, period: Period | None) -> tuple[Return, Period]:
    """The return and period of the file, among those that are said."""
    from lscb_data import recognise

    today = datetime.now(UTC).date()
    return recognise.recognise(there(file), contracts, today, board.settings.area_name, return_, period)


def _recognised(
    board: Board,
    contracts: Contracts,
    copy: Path,
    sha256: str,
    return_: str | None,
    period: Period | None,
    note: str | None,
) -> tuple[Return, Period]:
    """The return and period of what was taken. Raises UserError where it is put in quarantine."""
    from lscb_data import quarantine
    from lscb_data.recognise import UnrecognisedError
    from lscb_data.workbook import UnreadableError

    nearest: tuple[quarantine.Near, ...] = ()
    try:
        return _named(board, contracts, copy, return_, period)
    except UnreadableError as error:
        why = f"{copy.name}: {error}"
    except UnrecognisedError as error:
        why = str(error)
        nearest = tuple(
            quarantine.Near.model_validate(
                {
                    "return": fit.contract.return_,
                    "period": fit.period and str(fit.period),
                    "why_not": tuple(fault.message for fault in fit.why_not),
                }
            )
            for fit in error.nearest
        )
    held, new = quarantine.put(copy, sha256, why, nearest, note)
    since = "is kept" if new else f"has been kept since {held.notice.received_at:%d %B %Y}"
    raise UserError(f"{why} It {since} in quarantine ({held.place}): to take it out, add --return and --period.")


@app.command()
def withdraw(
    context: typer.Context,
    submission_id: Annotated[str, typer.Argument(metavar="SUBMISSION", help="Its id, as audit.submissions has it.")],
    reason: Annotated[str, typer.Option(prompt="Why was it sent by mistake", help="Why it is withdrawn.")],
) -> None:
    """Take back a submission that was sent by mistake.

    The file stays in raw/ for ever. At the next load what it took the place of stands again.
    """
    from lscb_data import show, submission

    gone = submission.withdraw(board_of(context), submission_id, reason)
    show.say(f"{gone.id} ({gone.place}) is withdrawn; the file stays. Next: lscb load.")


@app.command()
def correct(
    context: typer.Context,
    return_: Annotated[str, typer.Argument(metavar="RETURN", help="Name of the return, such as marac__cases.")],
    period: Annotated[str, typer.Argument(help="2014-15 Q1, or 2014-15 for a year.")],
    where: Annotated[str, typer.Argument(metavar="SHEET!CELL", help="The cell, as findings have it.")],
    was: Annotated[str, typer.Option("--from", help="What stands in it, as printed.")],
    becomes: Annotated[str, typer.Option("--to", help="What it is to be read as.")],
    reason: Annotated[str, typer.Option(prompt="Why", help="Why it is wrong.")],
    agreed_by: Annotated[str, typer.Option(prompt="Agreed by", help="Who agreed, at the supplier's.")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="The last day on which it is used.")
    ] = None,
) -> None:
    """Have a cell read as the supplier agreed, until it sends the right value.

    The file stays as it came. The figure says so wherever it is shown, and audit.corrections lists it.
    """
    from lscb_data import agreed, show

    board, when = board_of(context), when_of(period)
    said = agreed.correct(
        board, contracts_of(board), return_, when, where, was, becomes,
        reason=reason, agreed_by=agreed_by, until=until and until.date(),
    )  # fmt: skip
    show.say(f"{said.sheet}!{said.cell} of {return_}, {when}: '{said.was}' is read as '{said.becomes}'. Next: lscb load.")


@app.command()
def accept(
    context: typer.Context,
    return_: Annotated[str, typer.Argument(metavar="RETURN", help="Name of the return, such as marac__cases.")],
    printed: Annotated[str, typer.Argument(help="The heading, or the line's name, as the supplier prints it.")],
    column: Annotated[str, typer.Argument(help="What it is: COLUMN, SHEET.COLUMN, or a block of lines.")],
    reason: Annotated[str, typer.Option(prompt="How is it known", help="How it is known to be the same.")],
) -> None:
    """Read a heading or a line of another name as a column of the return, from now on.

    It is remembered beside the contract in the Board's folder, and reported each time that a file uses it.
    """
    from lscb_data import renamed, show

    one = renamed.accept(board_of(context), contracts_of(board_of(context)), return_, printed, column, reason)
    show.say(f"'{one.printed}' is read as {one.sheet}.{one.column or one.block} from now on. Next: lscb check, or lscb load.")
