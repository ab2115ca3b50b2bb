"""A Prefect server of one load's own, that lives no longer than the process that asked for it, however that ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
from prefect.settings import get_current_settings

from lscb_data import disk
from lscb_data.finding import UserError

START = 120  # seconds; the first start in a folder also makes its database


@contextmanager
def passing_server(meanwhile: Callable[[], None] = lambda: None) -> Iterator[str]:
    """The address of a new server's API; the server ends with the block, or with this process where it is killed.

    `meanwhile` is done while it starts, which takes seconds. Raises UserError where it does not start.
    """
    command, pipe = [sys.executable, "-P", __file__], subprocess.PIPE
    settings = os.environ | get_current_settings().to_environment_variables(exclude_unset=True)
    with subprocess.Popen(  # noqa: S603 - this very file
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=settings, start_new_session=True
    ) as server:
        assert server.stdin  # noqa: S101 - pipes were asked for
        assert server.stdout  # noqa: S101
        assert server.stderr  # noqa: S101
        said: deque[str] = deque(maxlen=200)
        listener = Thread(target=said.extend, args=(server.stderr,), daemon=True)
        listener.start()
        try:
            meanwhile()
            address = f"http://127.0.0.1:{server.stdout.readline().strip()}/api"
            if not _answers(address, server):
                server.kill()
                listener.join()
                why = [line.strip() for line in said if re.match(r"[\w.]*(Error|Exception)\b", line)] or ["it did not say why"]
                raise UserError(_full(said) or f"Prefect's server did not start (within {START} s): {why[-1]}")
            yield address
        except UserError:
            raise
        except Exception as error:
            if full := _full(said):  # which the server, that keeps Prefect's records, was told and we were not
                raise UserError(full) from error
            raise
        finally:
            server.stdin.close()
            listener.join()


def _full(said: Iterable[str]) -> str | None:
    return disk.said(OSError("".join(said)), f"Prefect's records in {get_current_settings().home}")


def _answers(address: str, server: "subprocess.Popen[str]") -> bool:
    until = time.monotonic() + START
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{address}/health", timeout=5, trust_env=False).is_success:
                return True
        except httpx.TransportError:
            time.sleep(0.1)
    return False


def _why_not(said: str) -> str:
    last = said.strip().splitlines()[-1:] or ["it said nothing"]
    return disk.said(OSError(said)) or f"Prefect's server did not start within {START} s: {last[0]}"


def main() -> None:
    """Serve on a free port of this machine, said on the first line out, until the standard input closes."""
    Thread(target=_end_with_parent, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as place:
        sys.stdout.write(f"{place.getsockname()[1]}\n")
        sys.stdout.flush()
        import uvicorn  # takes seconds, which only the server has to wait for
        from prefect.server.api.server import create_app

        config = uvicorn.Config(create_app(ephemeral=True, final=True), log_level="error", lifespan="on")
        uvicorn.Server(config).run(sockets=[place])


def _end_with_parent() -> None:
    sys.stdin.read()
    signal.raise_signal(signal.SIGTERM)
    time.sleep(10)
    os._exit(1)


if __name__ == "__main__":
    main()
