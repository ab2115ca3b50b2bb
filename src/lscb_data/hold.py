"""One at a time: who changes a Board's folder holds it meanwhile, against this machine's processes and other machines' too.

The system's lock is enough on one machine, and lets go of a process that died. Not every share passes it on to other machines:
so who holds says so in a file beside it, and gives a sign of life as long as it does.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from socket import gethostname
from threading import Event, Thread
from typing import Any

from filelock import FileLock, Timeout

from lscb_data.finding import UserError

POLL = 0.2  # seconds of waiting for the system's lock at a time
BEAT = 5.0  # seconds between signs of life
UNSAID = 2.0  # seconds in which who has just taken it has also said who it is, or is dead
QUIET = 120.0  # seconds without one, after which a holder on another machine is dead; shares may tell of it a minute late


class BusyError(UserError):
    """Another one holds what is wanted."""

    exit_code = 4


@contextmanager
def holding(folder: Path, name: str, what: str, wait: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder for `name`. Waits so many seconds for another who does, saying who: `what` (who); waiting.

    Raises BusyError where it is still held after that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(folder / f".{name}.lock"), folder / f".{name}.holder"
    until, said = time.monotonic() + wait, False

    def wait_on() -> None:
        """Say, once, who holds it; give up where the time is over."""
        nonlocal said
        if not said:
            say(f"{what} ({_who(holder)}); waiting up to {wait:.0f} s.")
            said = True
        elif time.monotonic() >= until:
            raise BusyError(f"{what} ({_who(holder)}). Try again when it is done.")

    while not _locked(lock):
        wait_on()
    try:
        while not _taken(holder):
            _watch(holder, wait_on)
        done = Event()
        beats = Thread(target=_beat, args=(holder, done), daemon=True)
        beats.start()
        try:
            yield
        finally:
            done.set()
            beats.join()
            if _is_ours(holder):
                holder.unlink(missing_ok=True)
    finally:
        lock.release()


def user() -> str:
    """Who is at work here; a number where the system has no name for it."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _locked(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=POLL)
    except Timeout:
        return False
    return True


def _taken(holder: Path) -> bool:
    """Write down that we hold it; False where another machine says that it does. On this one, the lock says that it is dead."""
    if _read(holder).get("host") == gethostname():
        holder.unlink(missing_ok=True)
    me = {"user": user(), "host": gethostname(), "process": os.getpid()}
    try:
        with holder.open("x", encoding="utf-8") as file:
            json.dump(me | {"since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"}, file)
    except FileExistsError:
        return False
    return True


def _is_ours(holder: Path) -> bool:
    held = _read(holder)
    return (held.get("host"), held.get("process")) == (gethostname(), os.getpid())


def _watch(holder: Path, wait_on: Callable[[], None]) -> None:
    """Until it is given up, or has given no sign of life for so long that who held it is dead: then it is taken away."""
    seen, since = _sign(holder), time.monotonic()
    while seen:
        known = _read(holder)
        if time.monotonic() - since >= (QUIET if known else UNSAID):
            holder.unlink(missing_ok=True)
            return
        if known:
            wait_on()
        time.sleep(BEAT if known else UNSAID / 4)
        if (now := _sign(holder)) != seen:
            seen, since = now, time.monotonic()


def _sign(holder: Path) -> tuple[int, int] | None:
    try:
        found = holder.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _beat(holder: Path, done: Event) -> None:
    while not done.wait(BEAT):
        with suppress(OSError):
            os.utime(holder)


def _read(holder: Path) -> dict[str, Any]:
    try:
        found = json.loads(holder.read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def _who(holder: Path) -> str:
    held = _read(holder)
    if not {"user", "host", "process", "since"} <= set(held):
        return "it has just begun"
    return f"{held['user']} on {held['host']}, process {held['process']}, since {held['since']}"
