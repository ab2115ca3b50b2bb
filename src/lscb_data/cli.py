"""The command `lscb`. Every command parses, asks one room for what it does, and prints.

Exit codes:
  0   done; of a file: nothing was set aside
  1   a mistake that you can mend, said in one sentence
  2   done, but rows were set aside (check, load), or answers not kept (answer)
  3   a return was refused, or what was received could not be used (check, load); not all is as it should be (verify)
  4   another load holds the warehouse: try again
  70  a fault of this software: see --debug
  130 stopped by you
"""

import io
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from lscb_data import answers, disk, evidence, keeping, suppliers
from lscb_data.finding import Severity, UserError
from lscb_data.options import (
    File,
    PeriodOption,
    ReturnOption,
    board_of,
    contracts_of,
    period_of,
    progress,
    there,
)

ASIDE, REFUSED, FAULT, STOPPED = 2, 3, 70, 130
_CODES = "\b\n" + (__doc__ or "")[(__doc__ or "").index("Exit codes:") :]  # \b: the lines as they stand

app = typer.Typer(
    help="The dataset of a Safeguarding Children Board: receive returns, check them, load them, ask.",
    epilog=_CODES, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich's own help takes three times as long
)  # fmt: skip


@app.callback()
def _home(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar="LSCB_HOME", help="The Board's folder.")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show where a fault arose; may show what a file holds.")] = False,
) -> None:
    context.obj = home


@app.command()
def init(
    context: typer.Context,
    name: Annotated[str, typer.Option(prompt="The Board's name", help="The Board's name.")],
    area: Annotated[str, typer.Option(prompt="GSS code of its area, such as E10000003", help="GSS code of its area.")],
    area_name: Annotated[str, typer.Option(prompt="The area's name", help="The area's name, as suppliers write it.")],
) -> None:
    """Make the folder of a new Board."""
    from lscb_data import board, show

    board.init(board_of(context), name, area, area_name)
    show.say(f"{board_of(context).home} is ready. Next: lscb receive FILE, then lscb load.")


@app.command()
def load(
    context: typer.Context,
    period: PeriodOption = None,
    agency: Annotated[str | None, typer.Option(help="Only this agency's returns, such as csc.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another load.")] = 600,
) -> None:
    """Check what was received, and build and publish the warehouse."""
    board = board_of(context)
    board.settings, board.seal  # noqa: B018 - what is wrong with the folder, or its key, is said before Prefect is started
    with progress("Loading: starting Prefect and judging what was received takes half a minute the first time …"):
        from flows import run_load
        from lscb_data import show, summary
        from lscb_data.publish import current

        done, _ = run_load(board.home, period, agency, wait)
        refused = {one.submission for one in done.refused}
        listed, _ = summary.listed_findings(current(board), period, agency, sys.maxsize)
    show.summary(done, [one for one in listed if one["submission"] in refused and one["severity"] == Severity.BLOCKER])
    raise typer.Exit(REFUSED if done.refused or done.unusable or done.lost else ASIDE if done.rows_rejected else 0)


@app.command()
def check(
    context: typer.Context,
    file: File,
    return_: ReturnOption = None,
    period: PeriodOption = None,
    area_name: Annotated[str | None, typer.Option("--area", help="The area's name, where there is no Board's folder.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Say what is wrong with a file, and where.

    Sheet, cell, what, and what to do. Needs no warehouse and no Board's folder.
    """

    from lscb_data import board, recognise, show
    from lscb_data.intake import check_records
    from lscb_data.judgement import judge_file
    from lscb_data.renamed import advised
    from lscb_data.resemblance import resembled
    from lscb_data.workbook import UnreadableError, tops

    if form not in ("table", "csv", "json"):
        raise UserError(f"--format is table, csv or json, not '{form}'.")
    here = board_of(context)
    contracts, is_sealed = contracts_of(here), here.seal is not None
    if (here.home / board.SETTINGS).exists():
        area_name = area_name or here.settings.area_name
    with progress(f"Checking {file.name} …"):
        try:
            if not area_name and there(file).suffix.lower() != ".xml":
                area_name = recognise.area_named(tops(file), contracts.codes)
            today = datetime.now(UTC).date()
            contract, when = recognise.recognise(there(file), contracts, today, area_name, return_, period_of(period))
        except UnreadableError as error:
            show.unreadable(error.finding.at(file=file.name), form)
            raise typer.Exit(REFUSED) from None
        judge = partial(check_records, is_sealed=is_sealed) if contract.names_children else judge_file
        judged = judge(file, contract, contracts.codes, when, area_name or "")
        judged.findings = advised(judged, file, area_name or "") + resembled(judged, file, contracts, area_name or "")
    show.check(judged, file.name, form)
    raise typer.Exit(REFUSED if judged.refused else ASIDE if judged.rejected else 0)


@app.command()
def status(
    context: typer.Context,
    severity: Annotated[Severity | None, typer.Option(help="Only findings of this severity.")] = None,
    return_: ReturnOption = None,
    period: PeriodOption = None,
) -> None:
    """Returns in, missing and late; findings that are open."""

    from lscb_data import quarantine, show, submission, summary
    from lscb_data import status as states
    from lscb_data.publish import NAME, current

    board, within = board_of(context), period_of(period)
    board.settings  # noqa: B018 - says what is wrong with the folder
    contracts = contracts_of(board)
    chosen = [
        one
        for one in states.standings(board, contracts, datetime.now(UTC).date())
        if return_ in (None, one.contract.return_) and (not within or within.contains(one.period))
    ]
    loaded = (board.warehouse / NAME).exists()
    found = summary.listed_findings(current(board), period, None, sys.maxsize)[0] if loaded else []
    found = [one for one in found if return_ in (None, one["return"]) and severity in (None, one["severity"])]
    show.status(chosen, found)
    for came in submission.received(board):
        if came.receipt.return_ not in contracts.returns:
            show.say(f"Refused: {came.place}: there is no contract for the return '{came.receipt.return_}'.")
    aside, spoilt = quarantine.held(board)
    for faulty in [*submission.unusable(board), *spoilt]:
        show.say(f"Never loaded: {faulty}")
    for one in aside:
        show.say(f"In quarantine since {one.notice.received_at:%d %B %Y}: {one.place}: {one.notice.why}")
    for path in submission.without_receipt(board):
        show.say(f"No receipt, so never loaded: {path.relative_to(board.home)}")
    show.say(
        f"The warehouse was built {states.built_at(current(board)):%d %B %Y, %H:%M} UTC."
        if loaded
        else "Nothing was loaded yet."
    )


app.add_typer(evidence.app)
app.add_typer(answers.app)
app.add_typer(keeping.app)
app.add_typer(suppliers.app)


def main(args: list[str] | None = None) -> int:
    """Run `lscb`: the exit code. Nothing that goes wrong shows a traceback unless it is asked for."""
    given = sys.argv[1:] if args is None else args
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a screen that lacks a letter is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(args=given, prog_name="lscb", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{error.format_message()} See: lscb --help", UserError.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("Stopped.", STOPPED)
    except BrokenPipeError:  # the reader of the output went away: head, less
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for Python's own last flush
        return 0
    except Exception as error:
        if "--debug" in given:
            raise
        if full := disk.said(error):
            return _fail(full, UserError.exit_code)
        if isinstance(error, OSError):
            said = error.strerror or str(error) or type(error).__name__
            return _fail(f"{said}: {error.filename}" if error.filename else said, UserError.exit_code)
        return _fail(f"A fault of this software ({type(error).__name__}). For its details: lscb --debug …", FAULT)


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write("".join(c if c.isprintable() or c == "\n" else " " for c in sentence) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
