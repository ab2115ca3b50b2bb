"""A real Prefect server and a real worker on this machine, and the load that they run on its schedule."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import duckdb
import httpx
import yaml

from lscb_data.board import Board
from lscb_data.publish import current
from lscb_data.submission import Submission

CHECKOUT = Path(__file__).parents[2]
DONE = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Receiving = Callable[..., Submission]


def settings(tmp_path: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing of the user's own Prefect is seen or touched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LSCB_"))}
    paths = [str(tmp_path / "deployed"), str(CHECKOUT / "src"), str(CHECKOUT)]
    own = {
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(paths),
    }
    return kept | own | more


@contextmanager
def running(log: Path, environment: dict[str, str], *arguments: str) -> Iterator[None]:
    """A Prefect command in the background, ended with all that it started; where the test fails, what it said is shown."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            env=environment, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            yield
        except BaseException as error:
            error.add_note(f"{log.name}: {log.read_text('utf-8', 'replace')[-3000:]}")
            raise
        finally:
            for how in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, how)
                    process.wait(10)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


def wait_for(what: str, seconds: float, there: Callable[[], Any]) -> Any:
    """What is there, once it is there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if found := there():
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{what}: not after {seconds:.0f} s")


def test_a_scheduled_run_loads_the_warehouse(tmp_path: Path, board: Board, receiving: Receiving) -> None:
    receiving("08-01", "csc__child_protection", "2014-15 Q2")
    receiving("08-01", "marac__cases", "2014-15 Q2")
    deployed = tmp_path / "deployed"
    copytree(CHECKOUT / "flows", deployed / "flows", ignore=lambda *_: ["__pycache__"])
    copy(CHECKOUT / "prefect.yaml", deployed)
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    environment = settings(
        tmp_path,
        PREFECT_API_URL=api,
        PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS="1",
        PREFECT_WORKER_QUERY_SECONDS="1",
    )
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(base_url=api, timeout=10, trust_env=False))
        server = ("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
        stack.enter_context(running(tmp_path / "server.log", environment, *server))
        wait_for("server", 120, lambda: http.get("/health").is_success)
        http.post("/work_pools/", json={"name": "board", "type": "process"}).raise_for_status()
        worker = ("worker", "start", "--pool", "board", "--type", "process", "--name", "tests")
        stack.enter_context(running(tmp_path / "worker.log", environment, *worker))
        soon = datetime.now(UTC) + timedelta(seconds=15)
        subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--name", "quarterly", "--param", f"home={board.home}",
             "--interval", "30", "--anchor-date", soon.isoformat()],
            env=environment, cwd=deployed, stdin=subprocess.DEVNULL, check=True, timeout=120, capture_output=True,
        )  # fmt: skip

        def finished() -> Any:
            runs = http.post("/flow_runs/filter", json={"flow_runs": {"state": {"type": {"any_": DONE}}}}).json()
            return runs[0] if runs else None

        run = wait_for("scheduled run", 150, finished)
        artifacts = http.post("/artifacts/filter", json={}).json()

    assert run["auto_scheduled"]
    assert (run["state_name"], run["state"]["message"]) == ("Completed", "2 of 2 submissions accepted.")
    assert [(one["key"], one["flow_run_id"]) for one in artifacts] == [("findings", run["id"])]
    with duckdb.connect(current(board), read_only=True) as connection:
        query = (
            "select numerator, denominator, value from published.indicator_values "
            "where indicator = 'cp_reregistration_percent' and period = '2014-07' and breakdown = 'all'"
        )
        assert connection.execute(query).fetchall() == [(13, 32, Decimal("40.63"))]


def test_the_schedule_is_the_fifth_of_the_month_after_returns_are_due() -> None:
    deployment = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text("utf-8"))["deployments"][0]
    assert deployment["schedules"] == [{"cron": "0 6 5 2,5,8,11 *", "timezone": "Europe/London"}]
    assert set(deployment["parameters"]) == {"home", "period", "agency"}


ASKS_AND_IS_KILLED = """
import os, signal
from flows.server import passing_server
with passing_server() as address:
    print(address, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_passing_server_ends_with_a_load_that_is_killed(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", ASKS_AND_IS_KILLED],
        env=settings(tmp_path), capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    address = killed.stdout.strip()
    assert address.endswith("/api")

    def gone() -> bool:
        try:
            httpx.get(f"{address}/health", timeout=2, trust_env=False)
        except httpx.ConnectError:
            return True
        return False

    assert wait_for("server's end", 15, gone)
