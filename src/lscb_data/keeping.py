"""The commands that keep what a Board holds: verify, backup, restore, key, rekey, seal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lscb_data.disk import digest
from lscb_data.finding import UserError
from lscb_data.options import board_of, contracts_of, progress, there

if TYPE_CHECKING:
    from lscb_data.backup import Backed

app = typer.Typer()
WRONG = 3
_KEYS = "The key of pseudonyms is not", "The keys of pseudonyms and of the seal are not"


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
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, not in raw/ or warehouse/; its name ends in .tar.zst or .tar.gz.")],
    with_warehouse: Annotated[
        bool, typer.Option("--with-warehouse", help="The warehouse in force too, and staging; a load builds them anew else.")
    ] = False,
) -> None:
    """Put the Board's folder into one file: all evidence, its settings, and contracts and SQL of its own.

    Loads and receipts may go on meanwhile. It holds what suppliers sent, children's records among it: keep it as safe as these.
    The key is not in it. Ends with 3 where something was left out, or is not as it was received.
    """
    from lscb_data import backup as room
    from lscb_data import show

    board = board_of(context)
    with progress(f"Backing up to {file.name} …"):
        done = room.backup(board, file, with_warehouse)
    held = done.manifest
    show.say(f"{file}: {_said(done)}; SHA-256 {digest(file)}.")
    show.say(f"{_KEYS[board.seal is not None]} in it: keep a copy elsewhere.")
    _amiss(held.altered, held.unusable, done.left_out)


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that lscb backup made.")],
) -> None:
    """Restore a backup: lscb --home NEW restore FILE.

    Into a new folder or an empty one, which has all of it or nothing: it is verified, by its own list and by the receipts,
    before it stands there. Ends with 3 where a file was not as it was received when it was backed up.
    """
    from lscb_data import backup as room
    from lscb_data import show

    home = board_of(context).home
    with progress(f"Restoring {file.name} …"):
        done = room.restore(there(file), home)
    held = done.manifest
    show.say(f"{home} is {held.board} as of {held.made_at:%d %B %Y, %H:%M} UTC: {_said(done)}, each as the backup lists it.")
    show.say(f"Its warehouse is {held.build}." if held.build else "Next: lscb load, which builds its warehouse.")
    show.say("Children's records need the Board's key, which is in no backup: see key_file in lscb.toml.")
    _amiss(held.altered, held.unusable, ())


def _said(done: Backed) -> str:
    return f"{done.submissions:,} submissions, {len(done.manifest.files):,} files, {done.manifest.bytes:,} bytes"


def _amiss(altered: Iterable[str], unusable: Iterable[str], left_out: Iterable[str]) -> None:
    """Says what is not as it should be, and ends with 3 where anything is."""
    from lscb_data import show

    said = [f"Not as it was received, and taken as it is: {name}" for name in altered]
    said += [f"No receipt that can be read, and taken as it is: {name}" for name in unusable]
    said += [f"No receipt, so left out: {name}" for name in left_out]
    for line in said:
        show.say(line)
    if said:
        raise typer.Exit(WRONG)


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
    show.say("Or, to seal the folder with it, have it for that alone: lscb seal FILE.")


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


@app.command()
def seal(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file of the key to seal with: make one with lscb key FILE.")],
    wait: Annotated[float, typer.Option(help="Seconds to wait for another load.")] = 600,
) -> None:
    """Encrypt what is kept: what came, staging, the warehouse, and what is written on the way.

    From then on nothing of it can be read without the key in this file, which lies elsewhere and must not be lost. Where it
    breaks off, run it again.
    """
    from flows import run_load
    from lscb_data import sealing, show
    from lscb_data.submission import received

    board = board_of(context)
    board.settings  # noqa: B018 - says what is wrong with the folder
    sealing.check(board, file)
    sealing.put_in_force(board, file)
    board = board_of(context)
    with progress("Sealing what came …"):
        show.say(f"{sealing.seal_raw(board):,} files that came were sealed.")
    if received(board):
        sealing.forget_runs(board, wait)
        run_load(board.home, None, None, wait)
    files, builds = sealing.clear(board, wait)
    show.say(
        f"{files:,} plain files of staging and {builds:,} {'build was' if builds == 1 else 'builds were'} taken away; "
        "the warehouse was built anew, sealed."
    )
    show.say(f"Keep a copy of {file.absolute()} where it cannot be lost: without it nothing of this folder can be read again.")
    show.say("Backups made before, and what the disk itself still has of the files as they were, are as plain as ever.")
