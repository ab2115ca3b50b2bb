"""The example Board's warehouse, built once from the real returns, and one of every council from the DfE's real files."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from lscb_data import board, contract, indicator, ledger, staging, submission, warehouse
from lscb_data.contract import Contracts
from tests import national

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def renew() -> bool:
    """Whether golden files are written anew: RENEW=1 pytest tests/golden. Check the difference by hand."""
    return bool(os.environ.get("RENEW"))


@pytest.fixture(scope="session")
def real_board(tmp_path_factory: pytest.TempPathFactory) -> board.Board:
    home = tmp_path_factory.mktemp("cambridgeshire")
    shutil.copytree(ROOT / "raw", home / "raw", ignore=shutil.ignore_patterns("published"))
    shutil.copy(ROOT / "lscb.toml", home)
    return board.at(home)


@pytest.fixture(scope="session")
def real_warehouse(real_board: board.Board) -> Path:
    built = build(real_board, real_board.warehouse / "golden.duckdb")
    with duckdb.connect(built, read_only=True) as connection:
        ledger.keep(connection, real_board.ledger)
    return built


@pytest.fixture(scope="session")
def every_council(tmp_path_factory: pytest.TempPathFactory, contracts: Contracts) -> Path:
    """Children on a plan on two days, of every council, region and England, and the populations below."""
    home = tmp_path_factory.mktemp("every_council")
    here = board.Board(home / "cambridgeshire")
    board.init(here, "Cambridgeshire Safeguarding Children Board", "E10000003", "Cambridgeshire")
    sent = [national.write(home / "sent", name, (2023, 2024)) for name in national.named("d1")]
    national.receive_all(here, contracts, sent)
    return build(here, here.warehouse / "golden.duckdb")


def build(here: board.Board, path: Path) -> Path:
    """Everything in `raw/` judged, landed and built into this file."""
    schemas = here.folders("schemas")
    contracts = contract.load_contracts(schemas)
    landed = [staging.land(here, contracts, one) for one in submission.received(here)]
    warehouse.build(here, path, contracts, indicator.load_indicators(schemas), landed)
    return path
