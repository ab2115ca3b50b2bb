"""Real returns of the example Board, for a test's own Board to receive; and a Prefect server for all of these tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from lscb_data.board import Board
from lscb_data.contract import load_contracts
from lscb_data.period import parse
from lscb_data.submission import RECEIPT, Submission, receive

CHECKOUT = Path(__file__).parents[2]

Receiving = Callable[..., Submission]


@pytest.fixture
def receiving(board: Board) -> Receiving:
    """Receives a file for a return and period as if on the given day of 2015; by default the example Board's own file."""
    contracts = load_contracts(board.folders("schemas"))

    def receive_on(day: str, return_: str, period: str, file: Path | None = None) -> Submission:
        agency = return_.partition("__")[0]
        of_period = CHECKOUT / "raw" / parse(period).folder / agency
        found = file or next(path for path in of_period.iterdir() if path.suffix in (".xlsx", ".csv"))
        submission, _ = receive(board, found, contracts[return_], parse(period))
        receipt = submission.path.with_name(submission.path.name + RECEIPT)
        fields = yaml.safe_load(receipt.read_text("utf-8")) | {"received_at": f"2015-{day}T09:00:00+00:00"}
        receipt.write_text(yaml.safe_dump(fields), "utf-8")
        return submission

    return receive_on


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file that no contract accepts."""
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"this is no workbook")
    return path


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect server with a database of its own, which flows run against."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        own = {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        for name, value in own.items():  # read when Prefect is first imported
            patch.setenv(name, value)
        from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
        from prefect.testing.utilities import prefect_test_harness

        with (
            temporary_settings({PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}),
            prefect_test_harness(server_startup_timeout=120),
        ):
            yield
