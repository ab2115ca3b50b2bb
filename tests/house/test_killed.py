"""Kills -9 in one Board's folder, at moments drawn by a seed, while two readers ask: see `benchmarks/faults.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKS = ("receive", "withdraw", "land", "build", "publish", "rekey")


@pytest.mark.parametrize(
    ("kills", "how"), [(40, ()), pytest.param(40, ("--sealed",), marks=pytest.mark.long)], ids=["plain", "sealed"]
)
def test_kills_lose_nothing_and_readers_see_whole_loads_only(kills: int, how: tuple[str, ...]) -> None:
    words = [str(kills), "--seed", "11", "--readers", "2", "--pause", "1", "--no-real", *how]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "faults.py"), *words], capture_output=True, text=True, timeout=900
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said  # it looks after each kill, and ends at the first that lost something
    tally = {name.strip(): int(number) for name, _, number in (line.rpartition(" ") for line in done.stdout.splitlines()[1:])}
    killed = [tally[f"{work}: killed"] for work in WORKS]
    assert (tally["kills"], sum(killed)) == (kills, kills)
    assert min(killed) >= kills // 13, tally
    assert tally["readers: asked"] > 0
    assert (tally["readers: errors"], tally["readers: half loads"]) == (0, 0)
