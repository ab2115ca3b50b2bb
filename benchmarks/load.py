"""The warm 2014-15 load beside what it cannot do without: its libraries' imports and the start of Prefect's server.

make bench          prints medians of five pairs, and the ratio pair by pair; bound: 1.5
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BARE = """
import duckdb, great_expectations, openpyxl, pandas, prefect, pyarrow, pydantic, sqlalchemy, sqlglot
from prefect.server.api.server import SubprocessASGIServer
server = SubprocessASGIServer()
server.start()
server.stop()
"""
BOUND = 1.5


def seconds(command: list[str], **extra: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **extra}, cwd=ROOT)
    return time.perf_counter() - begun


def main(pairs: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "raw", home / "raw")
        shutil.copy(ROOT / "lscb.toml", home)
        quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "GX_ANALYTICS_ENABLED": "false"}
        load = [str(Path(sys.executable).with_name("lscb")), "--home", str(home), "load"]
        bare = [sys.executable, "-c", BARE]
        first = seconds(load, **quiet)
        loads, bares = [], []
        for _ in range(pairs):
            bares.append(seconds(bare, PREFECT_HOME=str(home / "prefect"), **quiet))
            loads.append(seconds(load, **quiet))
        ratios = [load / bare for load, bare in zip(loads, bares, strict=True)]
        print(f"first load, everything judged    {first:6.1f} s")
        print(f"warm load                        {statistics.median(loads):6.1f} s")
        print(f"bare imports and server start    {statistics.median(bares):6.1f} s")
        print(f"warm load ÷ bare                 {statistics.median(ratios):6.2f}   (bound {BOUND})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
