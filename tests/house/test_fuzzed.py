"""Files altered at random, through every door: see `benchmarks/hostile.py`, which tries thousands of them."""

import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.mutations import OF, still
from lscb_data.contract import Contracts
from lscb_data.intake import check_records
from lscb_data.judgement import judge_file
from lscb_data.period import parse
from lscb_data.resemblance import resembled
from tests.house.test_hostile_files import CENSUS, MARK, PLANS, ROWS
from tests.unit.files import xls

ROOT = Path(__file__).parents[2]
AREA = "Cambridgeshire"
LIST, MARAC, CHILDREN = "csc__annex_a_list_7", "marac__cases", "csc__cin_census"

# By the names that `make fuzz` printed when they failed: SEED-NUMBER. A source or mutation that is added makes others of them;
# what each showed has a test of its own beside the door that it came in by.
ONCE_FAILED = ["1-529", "1-889", "47-61"]
FILES = 20


@pytest.mark.long
def test_altered_files_end_accepted_refused_or_quarantined(tmp_path: Path) -> None:
    words = [str(FILES), "--seed", "7", "--keep", str(tmp_path), "--also", *ONCE_FAILED]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "hostile.py"), *words], capture_output=True, text=True, timeout=600
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    tally = {
        name.strip(): int(n.replace(",", "")) for name, _, n in (line.rpartition(" ") for line in done.stdout.splitlines())
    }
    assert tally["files"] == FILES + len(ONCE_FAILED), said
    assert min(tally[f"ended {how}"] for how in ("accepted", "refused", "quarantined")) > 0, said


def sources() -> dict[str, tuple[bytes, str, str]]:
    """By the file's name, what is altered, and the return and period that it is received for."""
    marac = (ROOT / "raw/2014-15-Q4/marac/marac.xlsx").read_bytes()
    return {
        "list.csv": (PLANS.encode(), LIST, "2014-15 Q4"),
        "list.xls": (xls({"List 7": ROWS}), LIST, "2014-15 Q4"),
        "census.xml": (CENSUS.encode(), CHILDREN, "2014-15"),
        "marac.xlsx": (still(marac), MARAC, "2014-15 Q4"),
        "population.csv": ((ROOT / "raw/2014-15/ons/population.csv").read_bytes(), "ons__population", "2014-15"),
    }


def ways(name: str) -> st.SearchStrategy[tuple[str, list[tuple[Any, int]]]]:
    """One to three mutations of the file of this name, each with its seed."""
    one = st.tuples(st.sampled_from(OF[Path(name).suffix]), st.integers(0, 2**32))
    return st.tuples(st.just(name), st.lists(one, min_size=1, max_size=3))


@pytest.mark.parametrize("name", sources())
def test_whatever_is_done_to_a_file_it_is_judged_and_every_row_counted(name: str, contracts: Contracts) -> None:
    content, return_, period = sources()[name]
    contract = contracts[return_]
    judge = check_records if contract.names_children else judge_file

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(ways(name))
    def try_it(given_: tuple[str, list[tuple[Any, int]]]) -> None:
        altered = content
        for way, seed in given_[1]:
            altered = way(altered, Random(seed))  # noqa: S311
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(altered)
            judged = judge(path, contract, contracts.codes, parse(period), AREA)
            judged.findings += resembled(judged, path, contracts, AREA)
        assert judged.received == judged.accepted + judged.rejected
        assert judged.refused or judged.received
        for finding in judged.findings:
            assert finding.message
            assert finding.fix
            assert not contract.names_children or MARK not in str(finding.as_dict())

    try_it()
