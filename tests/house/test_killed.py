"""Kills -9 in one Board's folder, at moments drawn by a seed, while two readers ask: see `benchmarks/faults.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kills", [10, pytest.param(40, marks=pytest.mark.long)])
def test_kills_lose_nothing_and_readers_see_whole_loads_only(kills: int) -> None:
    words = [str(kills), "--seed", "11", "--readers", "2", "--pause", "1"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "faults.py"), *words], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, (
        done.stdout + done.stderr
    )  # it looks after each kill, and ends at the first that lost something
    tally = {name.strip(): int(number) for name, _, number in (line.rpartition(" ") for line in done.stdout.splitlines()[1:])}
    assert tally["kills"] == kills
    for work in ("receive", "land", "build", "publish", "rekey"):
        assert tally[f"{work}: killed"] >= kills // 13, f"most of the time it was killed before it had ended: {tally}"
    assert sum(tally[f"{work}: killed"] for work in ("receive", "land", "build", "publish", "rekey")) >= kills * 3 // 8
    assert tally["readers: asked"] > kills // 2
    assert (tally["readers: errors"], tally["readers: half loads"]) == (0, 0)
