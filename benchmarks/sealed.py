"""What the seal costs: the same loads into a plain folder and into a sealed one, by turns in one run.

make bench          prints medians of so many pairs, and the median of their ratios
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from records import ASK, COVERS_FROM, LIST, LSCB, ROOT, Took, python, run, synthetic

PLANS = 200_000
QUIET = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "GX_ANALYTICS_ENABLED": "false"}


def empty(folder: Path) -> Path:
    shutil.rmtree(home := folder / "home", ignore_errors=True)
    home.mkdir()
    shutil.copy(ROOT / "lscb.toml", home)
    return home


def year(folder: Path) -> Path:
    """The example Board's year, every file received anew and so sealed where the folder is."""
    home = empty(folder)
    for receipt in sorted(ROOT.glob("raw/2014-15*/*/*.receipt.yml")):
        said = dict(re.findall(r"(?m)^(return|period): (.+)$", receipt.read_text("utf-8")))
        file = receipt.with_name(receipt.name.removesuffix(".receipt.yml"))
        receive(home, file, ["--return", said["return"], "--period", said["period"].strip("'")])
    return home


def receive(home: Path, file: Path, asked: list[str]) -> None:
    subprocess.run([LSCB, "--home", str(home), "receive", str(file), *asked], check=True, stdout=subprocess.DEVNULL)


def pair(work: str, rows: int, home: Callable[[], Path], seal: Path) -> tuple[list[Took], list[Took]]:
    """Loading, and then a question, in a plain folder and in a sealed one."""
    found = []
    for env in ({}, {"LSCB_SEAL_FILE": str(seal)}):
        os.environ |= env
        here = home()
        loaded = run(work, rows, [LSCB, "--home", str(here), "load"], (0, 2))
        found.append([loaded])
        if rows == PLANS:
            asked = run("a question, 95th percentile", rows, python(ASK, here))
            found[-1].append(Took(asked.work, rows, float(asked.said), asked.processor, asked.memory))
        os.environ.pop("LSCB_SEAL_FILE", None)
    return found[0], found[1]


def main(pairs: int = 3) -> None:
    os.environ |= QUIET
    print("                                        plain     sealed    ÷ by the clock   ÷ processor")
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as elsewhere:
        folder, seal = Path(scratch), Path(elsewhere) / "seal.key"
        subprocess.run([LSCB, "--home", str(folder), "key", str(seal)], check=True, stdout=subprocess.DEVNULL)
        file = synthetic(folder, PLANS, 0)

        def plans() -> Path:
            home = empty(folder)
            receive(home, file, ["--return", LIST, "--period", "2023-24 Q4", "--covers-from", COVERS_FROM])
            return home

        for work, rows, home in (("2014-15, everything judged", 0, lambda: year(folder)), (f"{PLANS:,} plans", PLANS, plans)):
            took = [pair(work, rows, home, seal) for _ in range(pairs)]
            for place, first in enumerate(took[0][0]):
                plain, sealed = ([one[side][place] for one in took] for side in (0, 1))
                clock = statistics.median(b.seconds / a.seconds for a, b in zip(plain, sealed, strict=True))
                processor = statistics.median(b.processor / a.processor for a, b in zip(plain, sealed, strict=True))
                medians = [statistics.median(one.seconds for one in side) for side in (plain, sealed)]
                print(f"{first.work:34}{medians[0]:9.2f} s{medians[1]:9.2f} s{clock:12.2f}{processor:16.2f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
