"""The commands that keep what a Board holds: verify, backup, restore, key, rekey."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lscb_data.finding import UserError
from lscb_data.options import board_of, contracts_of, progress

app = typer.Typer()
WRONG = 3


@app.command()
def verify(
    context: typer.Context,
    from_raw: Annotated[bool, typer.Option("--from-raw", help="Build anew from the files received, not from staging.")] = False,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Check all that is kept: what an auditor signs.

    Receipts, hashes, counts, what belongs to nothing, each law that a warehouse can be asked about, and whether the warehouse
    built anew is the one in force. Changes nothing; loads may go on. Ends with 3 where something is not as it should be.
    """
    from lscb_data import show
    from lscb_data import verify as room

    if form not in ("table", "json"):
        raise UserError(f"--format is table or json, not '{form}'.")
    board = board_of(context)
    board.settings  # noqa: B018 - says what is wrong with the folder
    with progress("Verifying: everything is read, and the warehouse is built anew beside the one in force …"):
        found = room.verify(board, contracts_of(board), from_raw)
    if form == "json":
        json.dump(found.as_dict(), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        show.verification(found)
    raise typer.Exit(0 if found.ok else WRONG)


@app.command()
def key(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write, outside the Board's folder and any repository.")],
) -> None:
    """Make a key for the pseudonyms of children.

    Keep a copy of it where it cannot be lost: without it the same child cannot be known again.
    """
    from lscb_data import pseudonym, show

    made = pseudonym.write_key(file, board_of(context).home)
    show.say(f'{file} holds the key {made.fingerprint}. Name it in lscb.toml: key_file = "{file.absolute()}"')


@app.command()
def rekey(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file of the new key: make one with lscb key FILE.")],
    wait: Annotated[float, typer.Option(help="Seconds to wait for another load.")] = 600,
) -> None:
    """Give every child another pseudonym, and take away what the old key made.

    All records of children are landed anew from raw/ under the new key, and no file in raw/ is touched. Until the new warehouse
    is published the old key and the old warehouse stand. Where it breaks off, run it again.
    """
    from flows import run_load
    from lscb_data import rekey, show

    board = board_of(context)
    rekey.check(board, file)
    if not rekey.is_published(board, file):
        with progress("Landing children's records under the new key …"):
            anew = rekey.land_anew(board, contracts_of(board), file, wait)
            if anew.submissions:
                with rekey.using(file):
                    run_load(board.home, None, None, wait, rekeying=True)
        aside = f"{anew.accepted:,} accepted + {anew.rejected:,} set aside"
        show.say(f"{anew.submissions:,} submissions of children's records were landed anew under the new key and published.")
        show.say(f"{anew.received:,} rows in = {aside}, the same under both keys.")
    settled = rekey.put_in_force(board, file)
    files, builds = rekey.clear(board, file, wait)
    show.say(
        f"Of the old key {files:,} files of staging and {builds:,} {'build was' if builds == 1 else 'builds were'} taken away."
    )
    if not settled:
        raise UserError(
            "The environment still names the old key, and no load is done with it. Set "
            f"LSCB_KEY_FILE={file.absolute()}, and no LSCB_KEY, wherever loads are run; then destroy the old key."
        )
    show.say(f"The key in force is the one in {file.absolute()}: keep a copy of it. Destroy the old key, and copies of it.")
