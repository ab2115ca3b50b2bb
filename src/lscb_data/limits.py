"""What a question may take of the process that asks it: memory, whoever counts it, and time, whether it hears or not."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

try:
    import resource
except ImportError:  # a system without such limits: the database's own count remains
    resource = None  # type: ignore[assignment]

SPARE = 250_000_000  # bytes, for what is not the question's own
AGAIN = 0.2  # seconds between two interruptions: one stops a single statement
GRACE = 5.0  # seconds in which an interruption is heard, if ever


@contextmanager
def memory(most: int) -> Iterator[None]:
    """Let this process have no more than so many bytes beyond what it has: what asks for more is told that there are none."""
    status = Path("/proc/self/status")
    if resource is None or not status.exists():
        yield
        return
    found = re.search(r"VmData:\s+(\d+) kB", status.read_text("utf-8"))
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = int(found[1]) * 1024 + most + SPARE if found else soft
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *(one for one in (soft, hard) if one >= 0)]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def clock(seconds: float, interrupt: Callable[[], None], give_up: Callable[[], None] | None) -> Iterator[None]:
    """Interrupt what is not done after so many seconds, again and again; give up on what does not hear it."""
    done = Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        turns = 0
        while not done.wait(AGAIN if turns else 0):
            turns += 1
            interrupt()
            if give_up and turns * AGAIN > GRACE:
                give_up()

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
