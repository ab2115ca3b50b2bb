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

import duckdb

ROOT = Path(__file__).parents[1]
LSCB = str(Path(sys.executable).with_name("lscb"))
LIST = "csc__annex_a_list_7"
COVERS_FROM, NEXT = "2018-04-01", "2024-01-01"  # NEXT: the first day of the last quarter
COLUMNS = {
    "area": "varchar", "child": "varchar", "sex": "varchar", "ethnicity": "varchar", "born": "date", "disability": "varchar",
    "started": "date", "initial": "varchar", "latest": "varchar", "reviewed": "date", "ended": "date", "previous": "integer",
    "transfer": "varchar", "team": "varchar",
}  # fmt: skip
BARE = """
import duckdb, sys
columns = {columns}
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"create table plans as from read_csv('{{sys.argv[1]}}', header = true, delim = ',', quote = '\\"',"
                       f" escape = '\\"', dateformat = '%d/%m/%Y', columns = {{columns}})")
"""
LAND = """
import sys
from lscb_data import board, contract, staging, submission
here = board.at(__import__("pathlib").Path(sys.argv[1]))
contracts = contract.load_contracts(here.folders("schemas"))
landed = staging.land_all(
    here, contracts, submission.received(here), lambda one, digest_of: staging.land(here, contracts, one, digest_of=digest_of)
)
print(landed[-1].received, landed[-1].accepted, len(landed[-1].findings))
"""
BUILD = """
import sys, time
from pathlib import Path
from lscb_data import board, contract, indicator, staging, submission, warehouse
here = board.at(Path(sys.argv[1]))
folders = here.folders("schemas")
contracts, indicators = contract.load_contracts(folders), indicator.load_indicators(folders)
landed = [staging.land(here, contracts, one) for one in submission.received(here)]
begun = time.perf_counter()
warehouse.build(here, Path(sys.argv[2]), contracts, indicators, landed)
print(time.perf_counter() - begun)
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


def run(work: str, rows: int, command: list[str], codes: Iterable[int] = (0,)) -> Took:
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, env=os.environ | {"LSCB_KEY": "benchmark" * 5}, cwd=ROOT)
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


def receive(home: Path, file: Path, period: str, covers_from: str = COVERS_FROM) -> None:
    asked = ["--return", LIST, "--period", period, "--covers-from", covers_from]
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
    """Two lists one after the other, as Ofsted asks for them: what was known on the last day before the last quarter, and then
    every plan that was open on its first day or later. What was open is sent again."""
    before, after = file.with_name("before.csv"), file.with_name("after.csv")
    started, reviewed, ended = (
        '"Child Protection Plan Start Date"', '"Date of latest review conference"', '"Child Protection Plan End Date"',
    )  # fmt: skip
    later = f"coalesce(strptime(nullif({{}}, ''), '%d/%m/%Y') >= date '{NEXT}', false)"
    unknown = ", ".join(f"case when {later.format(one)} then '' else {one} end as {one}" for one in (reviewed, ended))
    with duckdb.connect() as connection:
        connection.execute(f"create view given as from read_csv('{file}', header = true, all_varchar = true, delim = ',')")
        known = f"select * replace ({unknown}) from given where not {later.format(started)}"  # noqa: S608 - columns of our own
        still_open = f"from given where nullif({ended}, '') is null or {later.format(ended)}"
        for query, out in ((known, before), (still_open, after)):
            connection.execute(f"copy ({query}) to '{out}' (header)")
    return before, after


def python(code: str, *said: Path) -> list[str]:
    return [sys.executable, "-c", code, *map(str, said)]


def land(work: str, rows: int, home: Path) -> Took:
    return run(work, rows, python(LAND, home))


def load(work: str, rows: int, home: Path) -> Took:
    return run(work, rows, [LSCB, "--home", str(home), "load"], (0, 2))


def ours(folder: Path, file: Path, rows: int) -> tuple[Path, list[Took]]:
    """The bare read, the landing and the whole load of a file; and the Board's folder that it was loaded in."""
    found = [run("bare typed read", rows, python(BARE.format(columns=COLUMNS), file, folder / "bare.duckdb"))]
    (folder / "bare.duckdb").unlink()
    found.append(land("read, check, pseudonymise, land", rows, home_with(folder, (file, "2023-24 Q4"))))
    home = home_with(folder, (file, "2023-24 Q4"))
    return home, [*found, load("whole load to published", rows, home)]


def measure(folder: Path, rows: int, wrong: bool) -> list[Took]:
    clean = synthetic(folder, rows, 0)
    home, found = ours(folder, clean, rows)
    asked = run("a question, 95th percentile", rows, python(ASK, home))
    found.append(Took(asked.work, rows, float(asked.said), asked.processor, asked.memory))
    before, after = by_quarter(clean)
    home = home_with(folder, (before, "2023-24 Q3"))
    load("history", rows, home)
    (folder / "alone").mkdir()
    alone = home_with(folder / "alone")
    receive(alone, after, "2023-24 Q4", NEXT)
    found.append(land("the next quarter landed alone", rows, alone))
    receive(home, after, "2023-24 Q4", NEXT)
    found.append(land("the next quarter landed onto history", rows, home))
    built = run("the marts", rows, python(BUILD, home, folder / "built.duckdb"))
    found.append(Took(built.work, rows, float(built.said), built.processor, built.memory))
    (folder / "built.duckdb").unlink()
    found.append(load("the next quarter, loaded", rows, home))
    shutil.rmtree(folder / "alone")
    faulty = synthetic(folder, rows, 0.05)
    found.append(land("land, 5% of rows faulty", rows, home_with(folder, (faulty, "2023-24 Q4"))))
    if wrong:
        found.append(land("land, every row wrong", rows, home_with(folder, (spoilt(clean), "2023-24 Q4"))))
    for path in folder.glob("synth-*"):
        shutil.rmtree(path)
    return found


BOUNDS = {  # times what; MB
    "read, check, pseudonymise, land": (1.2, ("bare typed read",), 2048),
    "whole load to published": (2.5, ("bare typed read",), 4096),
    "the next quarter landed onto history": (1.3, ("the next quarter landed alone",), 2048),
    "the next quarter, loaded": (1.3, ("the next quarter landed alone", "the marts"), 4096),
}


def table(found: list[Took]) -> str:
    """The steps of one size, each beside the bare read; those that have a bound, beside what it is times."""
    bare, took = found[0].seconds, {one.work: one.seconds for one in found}
    lines = [f"{found[0].rows:,} plans"]
    for one in found:
        bound = ""
        if one.work in BOUNDS:
            times, beside, memory = BOUNDS[one.work]
            ratio = one.seconds / sum(took[work] for work in beside)
            met = ratio <= times and one.memory <= memory
            bound = f"{ratio:.2f} of {times} × {' + '.join(beside)}, {memory:,} MB: {'met' if met else 'missed'}"
        ratio_said = f"{one.seconds / bare:6.2f} ×" if one.seconds > 0.2 else f"{one.seconds * 1000:5.0f} ms"
        lines.append(f"  {one.work:38}{one.seconds:8.1f} s {one.processor:8.1f} s {one.memory:7,.0f} MB {ratio_said}  {bound}")
    return "\n".join(lines)


def keep(name: str, every: list[Took]) -> None:
    """What was measured, in a file beside this one."""
    Path(__file__).with_name(name).write_text(json.dumps([asdict(one) for one in every], indent=1) + "\n", "utf-8")


def main(sizes: list[int]) -> None:
    every: list[Took] = []
    print("                                         by the clock  processor   memory  ÷ bare read")
    with tempfile.TemporaryDirectory() as scratch:
        for rows in sizes:
            found = measure(Path(scratch), rows, wrong=rows <= 1_000_000)
            print(table(found), flush=True)
            every += found
    keep("records.json", every)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [100_000, 1_000_000])
