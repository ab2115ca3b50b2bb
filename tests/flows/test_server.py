"""A real Prefect server and a real worker on this machine, and the load that they run on its schedule."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import duckdb
import httpx
import pytest
import yaml

from lscb_data.board import Board
from lscb_data.publish import NAME, current
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


@dataclass(frozen=True)
class Prefect:
    """A server's place, and the environment in which commands and loads find it."""

    port: int
    environment: dict[str, str]
    http: httpx.Client

    def serving(self, log: Path) -> AbstractContextManager[None]:
        words = ("server", "start", "--host", "127.0.0.1", "--port", str(self.port), "--no-ui")
        return running(log, self.environment, *words)

    def answers(self) -> bool:
        return self.http.get("/health").is_success

    def runs(self, *states: str) -> list[Any]:
        """The runs of the flow in these states, oldest first."""
        asked = {"sort": "START_TIME_ASC", "flow_runs": {"state": {"type": {"any_": states}}}}
        found: list[Any] = self.http.post("/flow_runs/filter", json=asked).json()
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Prefect]:
    """A server's place; the test starts it, and stops it."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    environment = settings(
        tmp_path,
        PREFECT_API_URL=api,
        PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS="1",
        PREFECT_WORKER_QUERY_SECONDS="1",
    )
    with httpx.Client(base_url=api, timeout=10, trust_env=False) as http:
        yield Prefect(port, environment, http)


def working(server: Prefect, log: Path) -> AbstractContextManager[None]:
    return running(log, server.environment, "worker", "start", "--pool", "board", "--type", "process", "--name", log.stem)


def deploy(server: Prefect, folder: Path, board: Board, first: float) -> None:
    """Have the Board's folder loaded every 30 seconds, the first time in so many."""
    copytree(CHECKOUT / "flows", folder / "flows", ignore=lambda *_: ["__pycache__"])
    copy(CHECKOUT / "prefect.yaml", folder)
    soon = datetime.now(UTC) + timedelta(seconds=first)
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--name", "quarterly", "--param", f"home={board.home}",
         "--interval", "30", "--anchor-date", soon.isoformat()],
        env=server.environment, cwd=folder, stdin=subprocess.DEVNULL, check=True, timeout=120, capture_output=True,
    )  # fmt: skip


@pytest.mark.long
def test_a_scheduled_run_loads_the_warehouse(tmp_path: Path, board: Board, receiving: Receiving, server: Prefect) -> None:
    receiving("08-01", "csc__child_protection", "2014-15 Q2")
    receiving("08-01", "marac__cases", "2014-15 Q2")
    with ExitStack() as stack:
        stack.enter_context(server.serving(tmp_path / "server.log"))
        wait_for("server", 120, server.answers)
        server.http.post("/work_pools/", json={"name": "board", "type": "process"}).raise_for_status()
        stack.enter_context(working(server, tmp_path / "worker.log"))
        deploy(server, tmp_path / "deployed", board, 15)
        run = wait_for("scheduled run", 150, lambda: server.runs(*DONE))[0]
        artifacts = server.http.post("/artifacts/filter", json={}).json()

    assert run["auto_scheduled"]
    assert (run["state_name"], run["state"]["message"]) == ("Completed", "2 of 2 submissions accepted.")
    assert [(one["key"], one["flow_run_id"]) for one in artifacts] == [("findings", run["id"])]
    assert figure(board) == [(13, 32, Decimal("40.63"))]


def figure(board: Board) -> list[Any]:
    with duckdb.connect(current(board), read_only=True) as connection:
        query = (
            "select numerator, denominator, value from published.indicator_values "
            "where indicator = 'cp_reregistration_percent' and period = '2014-07' and breakdown = 'all'"
        )
        return connection.execute(query).fetchall()


@pytest.mark.long
def test_a_worker_that_is_killed_with_its_load_leaves_it_to_the_next(
    tmp_path: Path, board: Board, receiving: Receiving, server: Prefect
) -> None:
    receiving("08-01", "csc__child_protection", "2014-15 Q2")
    with ExitStack() as stack:
        stack.enter_context(server.serving(tmp_path / "server.log"))
        wait_for("server", 120, server.answers)
        server.http.post("/work_pools/", json={"name": "board", "type": "process"}).raise_for_status()
        with working(server, tmp_path / "first.log"):
            deploy(server, tmp_path / "deployed", board, 20)
            load = wait_for("a load that builds", 150, lambda: building(board) and loading(board))
            for process in (*load, *above(load)):
                os.kill(process, signal.SIGKILL)
        assert not (board.warehouse / NAME).exists(), "nothing was published"
        assert building(board), "it was killed as it built"
        with working(server, tmp_path / "second.log"):
            wait_for("the next run", 150, lambda: server.runs("COMPLETED"))
    assert figure(board) == [(13, 32, Decimal("40.63"))]
    assert not building(board)


def building(board: Board) -> list[Path]:
    return list((board.warehouse / "builds").glob("*.part"))


def loading(board: Board) -> list[int]:
    """The process that holds the warehouse."""
    holder = json.loads((board.warehouse / ".load.holder").read_text())
    return [holder["process"]]


def above(processes: list[int]) -> list[int]:
    """The worker's process, which began the load's."""
    return [int(re.findall(r"PPid:\s+(\d+)", Path(f"/proc/{one}/status").read_text())[0]) for one in processes]


WAITS_TO_BUILD = """
import sys, time
from pathlib import Path
from lscb_data import cli, warehouse

home, here, build = sys.argv[1], Path(sys.argv[2]), warehouse.build

def when_told(*given):
    (here / "building").touch()
    while not (here / "go").exists():
        time.sleep(0.1)
    build(*given)

warehouse.build = when_told
sys.exit(cli.main(["--home", home, "load"]))
"""


@pytest.mark.long
def test_a_server_that_goes_in_the_midst_of_a_load_and_comes_back(
    tmp_path: Path, board: Board, receiving: Receiving, server: Prefect
) -> None:
    receiving("08-01", "csc__child_protection", "2014-15 Q2")
    words = [sys.executable, "-c", WAITS_TO_BUILD, str(board.home), str(tmp_path)]
    with server.serving(tmp_path / "server.log"):
        wait_for("server", 120, server.answers)
        load = subprocess.Popen(words, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for("the build", 120, (tmp_path / "building").exists)
    with pytest.raises(httpx.TransportError):
        server.answers()
    (tmp_path / "go").touch()
    wait_for("a build without a server", 60, lambda: list((board.warehouse / "builds").glob("*.duckdb")))
    with server.serving(tmp_path / "again.log"):
        wait_for("server", 120, server.answers)
        said, _ = load.communicate(timeout=180)
        assert load.returncode == 0, said
        assert [run["state_name"] for run in server.runs(*DONE)] == ["Completed"]
    assert figure(board) == [(13, 32, Decimal("40.63"))]


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


@pytest.mark.long
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
