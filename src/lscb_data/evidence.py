"""Commands on what is received: kept as it came, and what is decided about it kept beside it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from lscb_data.finding import UserError
from lscb_data.options import File, PeriodOption, ReturnOption, board_of, contracts_of, period_of, there

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
) -> None:
    """Keep a file as it came, with its receipt.

    Without --return and --period they are recognised from what stands in it.
    """
    from lscb_data import recognise, show, submission
    from lscb_data.workbook import UnreadableError

    board = board_of(context)
    area_name, contracts, today = board.settings.area_name, contracts_of(board), datetime.now(UTC).date()
    try:
        contract, when = recognise.recognise(there(file), contracts, today, area_name, return_, period_of(period))
    except UnreadableError as error:
        raise UserError(f"{file.name}: {error} To keep it as evidence all the same, add --return and --period.") from None
    kept, new = submission.receive(board, file, contract, when, note, covers_from and covers_from.date())
    shown = kept.path.relative_to(board.home)
    if new:
        show.say(f"Received as {contract.title} ({contract.return_}) for {when}: {shown}. Next: lscb load.")
    else:
        show.say(f"The same file was received before, on {kept.receipt.received_at:%d %B %Y}: {shown}.")


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
