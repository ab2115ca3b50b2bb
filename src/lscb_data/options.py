"""What the commands share: common options and how they are read. Heavy rooms are imported when used."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lscb_data.finding import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from lscb_data.board import Board
    from lscb_data.contract import Contracts
    from lscb_data.period import Period

PeriodOption = Annotated[str | None, typer.Option("--period", help="2014-15 Q1, or 2014-15 for a year.")]
ReturnOption = Annotated[str | None, typer.Option("--return", help="Name of the return, such as marac__cases.")]
File = Annotated[Path, typer.Argument(help="The file as the agency sent it.")]


def board_of(context: typer.Context) -> Board:
    from lscb_data.board import at

    return at(context.obj)


def contracts_of(board: Board) -> Contracts:
    from lscb_data.contract import load_contracts

    return load_contracts(board.folders("schemas"))


def period_of(text: str | None) -> Period | None:
    from lscb_data.period import parse

    try:
        return parse(text) if text else None
    except ValueError as error:
        raise UserError(f"{error}.") from None


def moment_of(text: str) -> datetime:
    """The moment, in UTC, that a day ends (2015-07-31, 31/07/2015) or that is named (2015-07-31 12:00)."""
    from datetime import UTC, datetime, time

    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            day = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - in UTC, as all in audit
            return datetime.combine(min(day, datetime(9000, 1, 1)), time.max)  # noqa: DTZ001 - no day is too late to be asked
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except ValueError:
        raise UserError(f"'{text}' is no day and no moment: write 2015-07-31, 31/07/2015 or '2015-07-31 12:00'.") from None


def progress(text: str) -> Any:
    """Says on the screen what is being done, and for how long by now, until it is done."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from lscb_data.show import console

    shown = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    going = Progress(*shown, console=console(sys.stderr), transient=True, disable=not sys.stderr.isatty())
    going.add_task(text, total=None)
    return going


def there(file: Path) -> Path:
    if not file.is_file():
        raise UserError(f"There is no file {file}.")
    return file
