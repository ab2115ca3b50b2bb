"""A Prefect server of one load's own, that lives no longer than the process that asked for it, however that ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
from prefect.settings import get_current_settings

START = 120  # seconds; the first start in a folder also makes its database


@contextmanager
def passing_server() -> Iterator[str]:
    """The address of a new server's API; the server ends with the block, or with this process where it is killed."""
    command, pipe = [sys.executable, "-P", __file__], subprocess.PIPE
    settings = os.environ | get_current_settings().to_environment_variables(exclude_unset=True)
    with subprocess.Popen(  # noqa: S603 - this very file
        command, stdin=pipe, stdout=pipe, text=True, env=settings, start_new_session=True
    ) as server:
        assert server.stdin  # noqa: S101 - pipes were asked for
        assert server.stdout  # noqa: S101
        try:
            address = f"http://127.0.0.1:{server.stdout.readline().strip()}/api"
            _await(address, server)
            yield address
        finally:
            server.stdin.close()


def _await(address: str, server: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{address}/health", timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    server.kill()
    raise TimeoutError(f"Prefect's server did not start (within {START} s).")


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
