"""What the commands share: common options and how they are read. Heavy rooms are imported when used."""

from __future__ import annotations

import sys
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
    return when_of(text) if text else None


def when_of(text: str) -> Period:
    from lscb_data.period import parse

    try:
        return parse(text)
    except ValueError as error:
        raise UserError(f"{error}.") from None


def moment_of(text: str) -> datetime:
    from lscb_data.period import moment

    try:
        return moment(text)
    except ValueError as error:
        raise UserError(f"{error}.") from None


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
