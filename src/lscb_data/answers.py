"""The commands that ask and write: explain, compare, trace, diff, sql, docs, synth."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lscb_data.finding import UserError
from lscb_data.options import board_of, contracts_of, moment_of, there

Breakdown = Annotated[str | None, typer.Option(help="A part, such as NEG, or a type, such as ethnicity.")]

app = typer.Typer()


@app.command()
def explain(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help="Code of the indicator, such as cp_plans_open.")],
    period: Annotated[str | None, typer.Argument(help="2014-15, 2014-15 Q1, 2014-07, April 2003 or 2015-03-31.")] = None,
    area: Annotated[str | None, typer.Option(help="Code or name of the area; else no other council's.")] = None,
    breakdown: Breakdown = None,
    as_at: Annotated[str | None, typer.Option(help="As it was known on a day, or at a moment (UTC).")] = None,
    base: Annotated[str | None, typer.Option(help="A rate on another census base: latest, or a year such as 2021.")] = None,
) -> None:
    """What a figure means, and where it came from."""
    from lscb_data import explain as room
    from lscb_data import show
    from lscb_data.connection import reading
    from lscb_data.publish import current

    when = moment_of(as_at) if as_at else None
    with reading(current(board_of(context))) as connection:
        show.explanation(room.explain(connection, indicator, period, area, breakdown, when, base))


@app.command()
def compare(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help="Code of a rate or percentage, such as cp_reregistration_percent.")],
    area: Annotated[str | None, typer.Option(help="Code or name of the area; the Board's own.")] = None,
    with_: Annotated[
        str | None, typer.Option("--with", help="neighbours, regions, england, or a set that the Board declares; all.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="month, quarter, year or date; the longest that there is.")] = None,
    breakdown: Breakdown = None,
    plot: Annotated[Path | None, typer.Option(help="A file to draw it in, .svg or .png.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
) -> None:
    """An area's figures beside those of England, its region, its statistical neighbours."""
    from lscb_data import chart, show
    from lscb_data import compare as room
    from lscb_data.connection import reading
    from lscb_data.publish import current

    board = board_of(context)
    with reading(current(board)) as connection:
        compared = room.compare(connection, indicator, area or board.settings.area, with_, by, breakdown)
    show.comparison(compared, as_csv)
    if plot:
        chart.draw(compared, plot)
        show.say(f"Drawn in {plot}.")


@app.command()
def trace(
    context: typer.Context,
    indicator: Annotated[str | None, typer.Argument(help="Code of the indicator, such as cp_plans_open.")] = None,
    period: Annotated[str | None, typer.Argument(help="2014-15, 2014-15 Q1, 2014-07 or 2015-03-31.")] = None,
    area: Annotated[str | None, typer.Option(help="Code or name of the area.")] = None,
    breakdown: Breakdown = None,
    cell: Annotated[str | None, typer.Option(help="Instead of a figure, a cell: file!sheet!A1.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """From a figure back to the cells it is made of, or from a cell on to every figure that it feeds."""
    from lscb_data import show
    from lscb_data import trace as room
    from lscb_data.connection import reading
    from lscb_data.publish import current

    if bool(cell) == bool(indicator and period):
        raise UserError("Name a figure (lscb trace INDICATOR PERIOD) or a cell (lscb trace --cell 'file!sheet!A1').")
    with reading(current(board_of(context))) as connection:
        steps = room.onward(connection, cell) if cell else room.back(connection, indicator or "", period or "", area, breakdown)
    show.steps(steps, as_json)


@app.command()
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="A day, a moment (UTC), a build's name, or a submission's id.")],
    after: Annotated[str, typer.Argument(help="The later one, of the same kind.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
) -> None:
    """What changed between two days, two builds or two submissions."""
    from lscb_data import diff as room
    from lscb_data import show
    from lscb_data.connection import reading
    from lscb_data.publish import current

    board = board_of(context)
    with reading(current(board)) as connection:
        head, rows = room.diff(connection, board, before, after)
    if as_csv:
        show.as_csv(head, rows)
        return
    shown = head.index("difference") + 1  # the rest is too wide for a screen
    show.table(head[:shown], [row[:shown] for row in rows[: show.MOST]])
    first = f" The first {show.MOST} are shown; --csv gives all." if len(rows) > show.MOST else ""
    show.say(f"{len(rows):,} {'figure differs' if len(rows) == 1 else 'figures differ'}.{first}")


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="The question, or - to read it from the input.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file that holds the question.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
    seconds: Annotated[float, typer.Option(help="How long it may take.")] = 60,
    memory: Annotated[str, typer.Option(help="How much memory it may take.")] = "2GB",
) -> None:
    """Ask the warehouse. Read-only: it changes nothing and sees no other file."""
    from lscb_data import show
    from lscb_data.connection import ask, questions

    if (query is None) == (file is None):
        raise UserError("Give one question: lscb sql 'SELECT …', lscb sql -, or lscb sql --file F.")
    text = there(file).read_text("utf-8") if file else sys.stdin.read() if query == "-" else str(query)
    with questions(board_of(context), memory, seconds, _give_up) as connection:
        answer = ask(connection, text)
        head = [column[0] for column in answer.description or []]
        if as_csv:
            show.as_csv(head, iter(answer.fetchone, None))
        else:
            rows = answer.fetchmany(show.MOST + 1)
            show.table(head, rows[: show.MOST])
            if len(rows) > show.MOST:
                show.say(f"The first {show.MOST} rows; --csv gives all of them.")


def _give_up(why: str) -> None:
    sys.stderr.write(f"{why}\n")
    sys.stderr.flush()
    os._exit(UserError.exit_code)


@app.command()
def docs(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Folder for the pages; docs/dictionary of the Board's folder.")] = None,
) -> None:
    """Write the dictionary, and JSON Schemas for editors.

    A page for each return, topic of indicators and code list, and one for the published tables.
    """
    from lscb_data import dictionary, show, sql_files
    from lscb_data.indicator import load_indicators

    board = board_of(context)
    published = [table for table in sql_files.tables(board.folders("sql")) if table.schema == "published"]
    out = out or board.home / "docs" / "dictionary"
    indicators = load_indicators(board.folders("schemas"))
    written = dictionary.write(out, contracts_of(board), indicators, sorted(published, key=lambda table: table.name))
    show.say(f"{len(written)} pages and schemas in {out}; begin with {out / 'index.md'}.")


@app.command()
def synth(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="An empty folder for the files and the ledger.")],
    councils: Annotated[int, typer.Option(min=1, help="How many of England's councils.")] = 153,
    council: Annotated[str | None, typer.Option(help="One council alone, by its GSS code.")] = None,
    years: Annotated[int, typer.Option(min=1, max=20, help="Financial years, up to 31 March 2024.")] = 3,
    plans: Annotated[int, typer.Option(min=1, help="Child protection plans, more or less.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same children.")] = 1,
    faults: Annotated[float, typer.Option(min=0, max=1, help="Share of rows to plant a fault in.")] = 0.05,
    layout: Annotated[str, typer.Option(help="csv, xlsx (a workbook a council), xml (a census a council) or all.")] = "csv",
    encoding: Annotated[str, typer.Option(help="Of CSV: utf-8, utf-8-mark or windows-1252.")] = "utf-8",
    delimiter: Annotated[str, typer.Option(help="Of CSV: comma, semicolon or tab.")] = "comma",
    dates: Annotated[str, typer.Option(help="Of CSV: uk or iso.")] = "uk",
    rotate: Annotated[bool, typer.Option("--rotate", help="Of CSV: a file a council, each written in another way.")] = False,
    enquiries: Annotated[bool, typer.Option(help="Section 47 enquiries too; there are more than three to a plan.")] = True,
    ragged: Annotated[bool, typer.Option(help="Of CSV: end each file with a row that has too few cells.")] = True,
    truth: Annotated[bool, typer.Option(help="The true answer to every measure too.")] = True,
) -> None:
    """Write synthetic returns of children's records, with what is wrong in them and the true answers.

    No child in them is real: lives are drawn so that rates and shares are those of England in 2024.
    """
    from lscb_data import show, synth_files, synth_texts
    from lscb_data.synth import Asked, rates

    known = {code.code: code.also[0] for code in contracts_of(board_of(context)).codes["councils"].codes if code.also}
    listed = [code for code in rates()["starts"] if code in known and council in (None, code)][:councils]
    layouts = ("csv", "xlsx", "xml") if layout == "all" else (layout,)
    given = {"--layout": layout, "--encoding": encoding, "--delimiter": delimiter, "--dates": dates}
    allowed = ("csv", "xlsx", "xml", "all"), synth_files.ENCODINGS, synth_files.MARKS, synth_texts.DATES
    for (option, value), values in zip(given.items(), allowed, strict=True):
        if value not in values:
            raise UserError(f"{option} is {', '.join(values)}; not '{value}'.")
    if not listed:
        raise UserError(f"{council} is no council that the public figures of 2024 know.")
    asked = Asked(tuple((code, known[code]) for code in listed), years, plans, seed)
    form = synth_files.Form(layouts, encoding, delimiter, dates, rotate, enquiries, ragged, truth)
    number = synth_files.write(asked, faults, form, out)
    show.say(f"{number:,} synthetic plans of {len(listed)} councils in {out}; begin with {out / 'README.txt'}.")
