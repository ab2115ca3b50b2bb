"""The commands that talk with suppliers: template, feedback, answer."""

from pathlib import Path
from typing import Annotated

import typer

from lscb_data.finding import UserError
from lscb_data.options import PeriodOption, board_of, contracts_of, period_of, there

NOT_ALL = 2  # the exit code where some of the answers could not be kept

app = typer.Typer()


@app.command()
def template(
    context: typer.Context,
    return_: Annotated[str, typer.Argument(metavar="RETURN", help="Name of the return, such as marac__cases.")],
    period: PeriodOption = None,
    area_name: Annotated[str | None, typer.Option("--area", help="The area's name, where there is no Board's folder.")] = None,
    out: Annotated[Path | None, typer.Option(help="The .xlsx file to write.")] = None,
) -> None:
    """Write a blank workbook for an agency to fill in.

    Without --period it is for the last period that has ended.
    """
    from datetime import UTC, datetime
    from io import BytesIO

    from lscb_data import board, show
    from lscb_data import template as room
    from lscb_data.disk import write_whole

    here = board_of(context)
    contracts = contracts_of(here)
    contract = contracts[return_]
    when = period_of(period) or room.last_ended(contract, datetime.now(UTC).date())
    out = out or Path(f"{return_}-{when.folder}.xlsx")
    if out.suffix.lower() != ".xlsx":
        raise UserError(f"{out}: a template is an Excel workbook, so give it a name that ends in .xlsx.")
    if (here.home / board.SETTINGS).exists():
        area_name = area_name or here.settings.area_name
    made = room.template(contract, when, contracts.codes, area_name or "")
    if out.exists():
        raise UserError(f"{out} is there already; name another file with --out.")
    content = BytesIO()  # a workbook that finds no room while it is being saved would say so again when it goes
    made.book.save(content)
    write_whole(out, content.getvalue())
    show.say(f"{out}: {contract.title} for {when}.")


@app.command()
def feedback(
    context: typer.Context,
    submission: Annotated[str, typer.Argument(help="Its id, or the name of a return: then its last one.")],
    period: PeriodOption = None,
    out: Annotated[Path | None, typer.Option(help="The .xlsx file to write; never in raw/ or warehouse/.")] = None,
) -> None:
    """Write what is asked of a supplier, in its own workbook.

    Nothing of it is changed but that cells are marked, and a sheet added that says what must be put right, what must be
    explained, and how to answer.
    """
    from lscb_data import feedback as room
    from lscb_data import show
    from lscb_data.connection import reading
    from lscb_data.publish import current

    board = board_of(context)
    contracts = contracts_of(board)
    chosen = room.chosen(board, contracts, submission, period_of(period))
    out = room.place_for(board, contracts.returns.get(chosen.receipt.return_), chosen, out)
    with reading(current(board)) as connection:
        made = room.write(connection, contracts, chosen, out)
    show.say(f"{out}: {made.to_put_right:,} to put right, {made.to_explain:,} to explain; {made.cells:,} cells are marked.")
    if made.alone:
        show.say(f"It has no cells of the supplier's. {made.alone}")
    if made.left_out:
        show.say(f"{made.left_out:,} findings that name another council were left out.")


@app.command()
def answer(
    context: typer.Context,
    finding: Annotated[str | None, typer.Argument(help="Its name, as lscb status shows it; its beginning is enough.")] = None,
    explanation: Annotated[str | None, typer.Argument(help="How the value comes about.")] = None,
    file: Annotated[Path | None, typer.Option("--from", help="A feedback workbook, answered and sent back.")] = None,
    by: Annotated[str | None, typer.Option(help="Who explained it; you, where nobody is named.")] = None,
) -> None:
    """Explain what was asked.

    The query closes, and the explanation goes wherever the figure goes, for as long as its value stands. What must be put right
    cannot be explained away.
    """
    from lscb_data import answer as room
    from lscb_data import show
    from lscb_data.connection import reading
    from lscb_data.publish import current
    from lscb_data.workbook import UnreadableError

    if (file is None) != (finding is not None and explanation is not None):
        raise UserError('Give a finding and its explanation, lscb answer FINDING "…", or a workbook: lscb answer --from FILE.')
    board = board_of(context)
    with reading(current(board)) as connection:
        desk = room.Desk(board, contracts_of(board), connection)
        if file is None:
            found, news = room.answer(desk, str(finding), str(explanation), by)
            said = "is explained" if news else "was explained so before"
            show.say(f"{found['finding_id']} {said}: {found['message']} Next: lscb load.")
            return
        try:
            read = list(room.answers_in(desk, there(file), by))
        except UnreadableError as error:
            raise UserError(f"{file.name}: {error} {error.finding.fix}") from None
    kept, refused = [name for name, why in read if not why], [(name, why) for name, why in read if why]
    for name, why in refused:
        show.say(f"Not kept: {name}: {why}")
    show.say(f"{len(kept):,} of {len(read):,} answers kept.{' Next: lscb load.' if kept else ''}")
    if refused:
        raise typer.Exit(NOT_ALL)
