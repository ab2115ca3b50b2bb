"""Children's records at national size, each step in a process of its own beside a bare typed read of the same file.

make bench SIZES="100000 1000000 10000000"

Prints seconds, processor seconds and peak memory of each step, its ratio to the bare read, and whether that is within its
bound. What was measured is kept in records.json; plot.py draws it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LSCB = str(Path(sys.executable).with_name("lscb"))
LIST = "csc__annex_a_list_7"
COLUMNS = {
    "area": "varchar", "child": "varchar", "sex": "varchar", "ethnicity": "varchar", "born": "date", "disability": "varchar",
    "started": "date", "initial": "varchar", "latest": "varchar", "reviewed": "date", "ended": "date", "previous": "integer",
    "transfer": "varchar", "team": "varchar",
}  # fmt: skip
BARE = """
import duckdb, sys
columns = {columns}
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute(f"create table plans as from read_csv('{{sys.argv[1]}}', header = true, delim = ',', quote = '\\"',"
                       f" escape = '\\"', dateformat = '%d/%m/%Y', columns = {{columns}})")
"""
LAND = """
import sys
from lscb_data import board, contract, staging, submission
here = board.at(__import__("pathlib").Path(sys.argv[1]))
contracts = contract.load_contracts(here.folders("schemas"))
for one in submission.received(here):
    landed = staging.land(here, contracts, one)
print(landed.received, landed.accepted, len(landed.findings))
"""
ASK = """
import sys, time
from lscb_data import connection
home = sys.argv[1]
queries = [
    "select period, value from published.indicator_values where indicator = 'cp_plans_open' and area_code = 'E10000003'"
    " and period_type = 'month' and breakdown = 'all' order by period",
    "select area, value, status from published.indicator_values where indicator = 'cp_reregistrations_with_transfers'"
    " and period = '2023-24' and breakdown = 'all' order by value desc",
    "select breakdown, value from published.indicator_values where indicator = 'cp_plans_open' and area_code = 'E10000003'"
    " and period = '2023-24 Q4' and breakdown_type = 'age'",
]
took = []
for turn in range(60):
    begun = time.perf_counter()
    with connection.connect(home) as here:
        rows = here.execute(queries[turn % 3]).fetchall()
    took.append(time.perf_counter() - begun)
    assert rows
print(sorted(took)[int(len(took) * 0.95)])
"""


@dataclass(frozen=True)
class Took:
    """What one step took: seconds by the clock and of the processor, and the most memory, in MB."""

    work: str
    rows: int
    seconds: float
    processor: float
    memory: float
    said: str = ""


def run(work: str, rows: int, command: list[str], key: str, codes: Iterable[int] = (0,)) -> Took:
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, env=os.environ | {"LSCB_KEY": key}, cwd=ROOT)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().strip()
    assert child.returncode in codes, (work, child.returncode, said)
    return Took(work, rows, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def home_with(folder: Path, *files: tuple[Path, str]) -> Path:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    shutil.copy(ROOT / "lscb.toml", home)
    for file, period in files:
        receive(home, file, period)
    return home


def receive(home: Path, file: Path, period: str) -> None:
    asked = ["--return", LIST, "--period", period, "--covers-from", "2018-04-01"]
    subprocess.run([LSCB, "--home", str(home), "receive", str(file), *asked], check=True, stdout=subprocess.DEVNULL)


def synthetic(folder: Path, rows: int, faults: float) -> Path:
    out = folder / f"synth-{rows}-{faults}"
    asked = ["--plans", str(rows), "--faults", str(faults), "--years", "3", "--no-enquiries", "--no-truth", "--no-ragged"]
    subprocess.run([LSCB, "synth", "--out", str(out), *asked], check=True, stdout=subprocess.DEVNULL)
    return out / f"{LIST}.csv"


def spoilt(file: Path) -> Path:
    """The same file with a start in every row that is no day."""
    out = file.with_name("spoilt.csv")
    with file.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as spoiling:
        spoiling.write(next(lines))
        for line in lines:
            cells = line.split(",")
            spoiling.write(",".join([*cells[:6], "31/02/2023", *cells[7:]]))
    return out


def by_quarter(file: Path) -> tuple[Path, Path]:
    """The plans that started before the last quarter, and those that started in it."""
    before, after = file.with_name("before.csv"), file.with_name("after.csv")
    with file.open(encoding="utf-8") as lines, before.open("w") as first, after.open("w") as second:
        heading = next(lines)
        first.write(heading)
        second.write(heading)
        for line in lines:
            started = line.split(",")[6]
            (second if started[6:] == "2024" else first).write(line)
    return before, after


def measure(folder: Path, rows: int, wrong: bool) -> list[Took]:
    key, python = "benchmark" * 5, sys.executable
    clean = synthetic(folder, rows, 0)
    bare = run("bare typed read", rows, [python, "-c", BARE.format(columns=COLUMNS), str(clean), str(folder / "b.db")], key)
    (folder / "b.db").unlink()
    home = home_with(folder, (clean, "2023-24 Q4"))
    found = [bare, run("read, check, pseudonymise, land", rows, [python, "-c", LAND, str(home)], key)]
    home = home_with(folder, (clean, "2023-24 Q4"))
    found.append(run("whole load to published", rows, [LSCB, "--home", str(home), "load"], key, (0, 2)))
    asked = run("a question, 95th percentile", rows, [python, "-c", ASK, str(home)], key)
    found.append(Took(asked.work, rows, float(asked.said), asked.processor, asked.memory))
    before, after = by_quarter(clean)
    home = home_with(folder, (before, "2023-24 Q3"))
    run("history", rows, [LSCB, "--home", str(home), "load"], key, (0, 2))
    alone = home_with(folder / "alone", (after, "2023-24 Q4")) if (folder / "alone").mkdir() is None else home
    found.append(run("the next quarter landed alone", rows, [python, "-c", LAND, str(alone)], key))
    receive(home, after, "2023-24 Q4")
    found.append(run("the next quarter landed onto history", rows, [python, "-c", LAND, str(home)], key))
    found.append(run("the next quarter, loaded", rows, [LSCB, "--home", str(home), "load"], key, (0, 2)))
    shutil.rmtree(folder / "alone")
    faulty = synthetic(folder, rows, 0.05)
    home = home_with(folder, (faulty, "2023-24 Q4"))
    found.append(run("land, 5% of rows faulty", rows, [python, "-c", LAND, str(home)], key))
    if wrong:
        home = home_with(folder, (spoilt(clean), "2023-24 Q4"))
        found.append(run("land, every row wrong", rows, [python, "-c", LAND, str(home)], key))
    for path in folder.glob("synth-*"):
        shutil.rmtree(path)
    return found


BOUNDS = {"read, check, pseudonymise, land": (1.2, 2048), "whole load to published": (2.5, 4096)}  # times the bare read; MB


def table(found: list[Took]) -> str:
    """The steps of one size, each beside the bare read."""
    bare = found[0].seconds
    lines = [f"{found[0].rows:,} plans"]
    for one in found:
        times, memory = BOUNDS.get(one.work, (None, None))
        bound = ""
        if times and memory:
            met = one.seconds <= times * bare and one.memory <= memory
            bound = f"bound {times} × and {memory:,} MB: {'met' if met else 'missed'}"
        ratio = f"{one.seconds / bare:6.2f} ×" if one.seconds > 0.2 else f"{one.seconds * 1000:5.0f} ms"
        lines.append(f"  {one.work:38}{one.seconds:8.1f} s {one.processor:8.1f} s {one.memory:7,.0f} MB {ratio}  {bound}")
    return "\n".join(lines)


def main(sizes: list[int]) -> None:
    every: list[Took] = []
    print("                                         by the clock  processor   memory  ÷ bare read")
    with tempfile.TemporaryDirectory() as scratch:
        for rows in sizes:
            found = measure(Path(scratch), rows, wrong=rows <= 1_000_000)
            print(table(found), flush=True)
            every += found
    Path(__file__).with_name("records.json").write_text(json.dumps([asdict(one) for one in every], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [100_000, 1_000_000])
