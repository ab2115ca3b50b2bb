"""Files as nobody should send them, thousands of them, through every door: does each end accepted, refused or quarantined?

make fuzz                           10,000 files
make fuzz FILES=500 SEED=7
python benchmarks/hostile.py 0 --also 1-377 1-902    files that failed, by the names that a run printed

Each is made by its own seed from a real return of `raw/`, a synthetic one of children's records, or a template that was filled
in, and received in a process of its own, by name or to be recognised, then landed; one in ten of the accepted is built into a
warehouse, its feedback written, answered, altered in its turn and taken back. For each must hold:
  it is accepted, refused (or turned away at the door) or put in quarantine, within 30 seconds of a core and 1 GB;
  accepted + rejected = received, and so many rows are kept;
  nothing that is printed or found is a traceback, a fault of the software, or a child's number.
A file that fails is kept, and its name printed. Ends with 1 where one did.
"""

import argparse
import gc
import importlib
import io
import json
import os
import pkgutil
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

import lscb_data  # noqa: E402
from benchmarks.mutations import mutated, still  # noqa: E402
from lscb_data import (  # noqa: E402
    board,
    cli,
    contract,
    indicator,
    intake,
    pseudonym,
    publish,
    quarantine,
    staging,
    submission,
    warehouse,
    working_days,
)
from lscb_data.about import ANSWER, FEEDBACK, FINDING  # noqa: E402
from lscb_data.decision import Answer  # noqa: E402
from lscb_data.period import parse  # noqa: E402
from lscb_data.template import template  # noqa: E402
from lscb_data.workbook import read_grids  # noqa: E402
from tests.unit.files import xls  # noqa: E402

SECONDS, BYTES = 30, 10**9
STOPPED = (-signal.SIGALRM, -signal.SIGXCPU)
WAIT = 4 * SECONDS  # by the clock, on a machine that others use, too
AREA, YEAR, QUARTER = "Cambridgeshire", "2014-15", "2014-15 Q4"
CHILD = re.compile(r"SYN\d{7}")  # a synthetic child's number: nothing that is said may hold one
LISTS = {"list-7": "csc__annex_a_list_7", "list-5": "csc__annex_a_list_5"}


@dataclass(frozen=True)
class Source:
    """A file as it should be, and the return and period that it is."""

    name: str
    content: bytes
    return_: str
    period: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix


# what is altered


def sources(scratch: Path) -> list[Source]:
    """Every kind of file that a door takes, in an order that stays."""
    own = board.Board(ROOT)
    contracts = contract.load_contracts(own.folders("schemas"))
    found = [
        Source(one.place, still(one.path.read_bytes()) if one.path.suffix == ".xlsx" else one.path.read_bytes(),
               one.receipt.return_, one.receipt.period)
        for one in sorted(submission.received(own), key=lambda one: one.place)
    ]  # fmt: skip
    found += synthetic(scratch / "synthetic")
    for _name, one in sorted(contracts.returns.items()):
        if "xlsx" in one.formats and "xml" not in one.formats:
            found.append(filled(one, contracts, QUARTER if one.expected_in(parse(QUARTER)) else YEAR))
    for one in [*found]:
        if one.suffix == ".xlsx" and (old := as_old(one, scratch)):
            found.append(old)
    return found


def synthetic(folder: Path) -> Iterator[Source]:
    words = ["synth", "--out", str(folder), "--councils", "4", "--years", "1", "--plans", "50", "--layout", "all", "--rotate"]
    with silent(folder.with_name("said.txt")):
        assert cli.main([*words, "--seed", "5"]) == 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".csv", ".xlsx", ".xml"):
            content = still(path.read_bytes()) if path.suffix == ".xlsx" else path.read_bytes()
            list_ = next((name for key, name in LISTS.items() if key in path.name.lower().replace("_", "-")), LISTS["list-7"])
            census = path.suffix == ".xml"
            yield Source(path.name, content, "csc__cin_census" if census else list_, "2023-24" if census else "2023-24 Q4")


def filled(one: contract.Return, contracts: contract.Contracts, period: str) -> Source:
    made = template(one, parse(period), contracts.codes, AREA)
    for (title, cell), column in made.blanks.items():
        sheet = next(sheet for sheet in made.sheets if title in sheet.names)
        made.book[title][cell] = sheet.example.get(column.name, column.example)
    out = io.BytesIO()
    made.book.save(out)
    return Source(f"{one.return_}.xlsx", still(out.getvalue()), one.return_, period)


def as_old(one: Source, scratch: Path) -> Source | None:
    """The workbook as an old one (.xls); None where it is too large to be written so here."""
    path = scratch / "one.xlsx"
    path.write_bytes(one.content)
    tables = {}
    for grid in read_grids(path):
        rows: list[list[str | None]] = []
        for (row, column), text in sorted(grid.cells.items()):
            rows += [[] for _ in range(row - len(rows))]
            rows[row - 1] += [None] * (column - 1 - len(rows[row - 1])) + [text[:100]]
        tables[grid.name] = rows[:120]
    with suppress(AssertionError, UnicodeEncodeError):
        return Source(one.name.replace("/", "-").replace(".xlsx", ".xls"), xls(tables), one.return_, one.period)
    return None


# what is done with it


def prepare() -> None:
    """Read once what every fork would read again."""
    for module in pkgutil.iter_modules(lscb_data.__path__, "lscb_data."):
        importlib.import_module(module.name)
    importlib.import_module("great_expectations")
    working_days.working_days()
    own = board.Board(ROOT)
    tables, contracts = warehouse.tables(own.folders("sql")), contract.load_contracts(own.folders("schemas"))
    indicators = indicator.load_indicators(own.folders("schemas"))
    warehouse.tables = lambda _: tables
    contract.load_contracts = lambda _: contracts
    indicator.load_indicators = lambda _: indicators
    gc.freeze()


class silent:  # noqa: N801 - a `with` block
    """What is printed goes to a file, whoever prints it."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __enter__(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        self.kept = os.dup(1), os.dup(2)
        out = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(out, 1), os.dup2(out, 2)

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush(), sys.stderr.flush()
        os.dup2(self.kept[0], 1), os.dup2(self.kept[1], 2)


def made(rng: Random, every: list[Source], folder: Path) -> Source:
    """The file altered and written: what it is of, and the return that it was."""
    signal.alarm(WAIT)
    source = rng.choice(every)
    content, done = mutated(source.content, source.suffix, rng)
    file = folder / rng.choice([Path(source.name).name, f"x{source.suffix}", f"=a'b\"; drop table x--{source.suffix.upper()}"])
    file.write_bytes(content)
    told = {"of": f"{source.name}: {', '.join(done)}", "file": str(file)}
    (folder / "made.json").write_text(json.dumps(told | {"return": source.return_, "period": source.period}))


def sent(rng: Random, told: dict[str, Any], folder: Path) -> dict[str, Any]:
    """How the file ends, in this process: it is received, landed, perhaps built."""
    file, home = Path(told["file"]), folder / "home"
    home.mkdir()
    shutil.copy(ROOT / "lscb.toml", home)
    key = folder / "key"
    pseudonym.write_key(key, home)
    os.environ["LSCB_KEY_FILE"] = str(key)
    here = board.Board(home)
    named = [] if rng.random() < 0.5 else ["--return", told["return"], "--period", told["period"]]
    build = rng.random() < 0.1
    if rng.random() < 0.2:
        _command(told, here, ["check", str(file), *named])
    code = _command(told, here, ["receive", str(file), *named])
    came, aside = submission.received(here), quarantine.held(here)[0]
    told["ended"] = "quarantined" if aside else "turned away"
    if code == 0:
        (one,) = came
        told |= _landed(told, here, one, rng if build else None)
    elif came or (code != 1 and not told["wrong"]):
        told["wrong"].append(f"receive ended with {code}, and {len(came)} were received")
    if unusable := [str(one) for one in submission.unusable(here)]:
        told["wrong"].append(f"unusable: {unusable}")
    return told


def _command(told: dict[str, Any], here: board.Board, words: list[str]) -> int:
    code = cli.main(["--home", str(here.home), *words])
    if code not in (0, 1, 2, 3):
        told["wrong"].append(f"lscb {words[0]} ended with {code}")
        with suppress(Exception):
            cli.main(["--debug", "--home", str(here.home), *words])
    return code


def _landed(told: dict[str, Any], here: board.Board, one: submission.Submission, rng: Random | None) -> dict[str, Any]:
    contracts = contract.load_contracts([])
    landed = staging.land(here, contracts, one)
    if landed.received != landed.accepted + landed.rejected:
        told["wrong"].append(f"{landed.received} received, {landed.accepted} accepted, {landed.rejected} rejected")
    kept = sum(pq.read_metadata(path).num_rows for path in landed.rows.values())
    if contracts.names_children(one.receipt.return_) and not landed.refused and kept != landed.received:
        told["wrong"].append(f"{landed.received} rows received, and {kept} kept")
    if not landed.refused and not landed.received:
        told["wrong"].append("accepted, and nothing was received")
    if landed.refused and not any(finding["severity"] == "blocker" for finding in landed.findings):
        told["wrong"].append("refused, and not told why")
    sys.stdout.write(json.dumps(landed.findings, ensure_ascii=False))
    for finding in landed.findings:
        if not finding["message"] or not finding["fix"]:
            told["wrong"].append(f"does not say what to do: {finding['code']}")
    if rng and not landed.refused:
        made = warehouse.new_build(here, None)
        made.parent.mkdir(parents=True, exist_ok=True)
        warehouse.build(here, made, contracts, indicator.load_indicators([]), [landed])
        publish.publish(here, made)
        told["built"] = True
        asked = here.home.with_name("asked.xlsx")
        if _command(told, here, ["feedback", one.id, "--out", str(asked)]) == 0:
            of = contracts[one.receipt.return_]
            known = (
                intake.identifiers(one.path, of, contracts.codes, one.period, AREA)
                if contracts.names_children(of.return_)
                else ()
            )
            if (book := _opened(asked)) is None and _opened(one.path) is not None:
                told["wrong"].append("the supplier's workbook could be opened, and its feedback cannot")
            if book:
                _answered(told, here, asked, book, sorted(known), rng)
        _command(told, here, ["status"])
    rows = {"received": landed.received, "accepted": landed.accepted, "rejected": landed.rejected}
    return {"ended": "refused" if landed.refused else "accepted", "rows": rows}


def _opened(path: Path) -> openpyxl.Workbook | None:
    """The workbook, as the supplier's own program may open it; None where it cannot."""
    try:
        return openpyxl.load_workbook(path)
    except Exception:  # noqa: BLE001 - of altered files openpyxl raises all kinds
        return None


def _answered(
    told: dict[str, Any], here: board.Board, asked: Path, book: openpyxl.Workbook, known: list[str], rng: Random
) -> None:
    """The feedback comes back with something typed beside each query, sometimes a child's known number, and altered."""
    sheet = book[FEEDBACK]
    heading = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value in (FINDING, ANSWER)}
    answers = ["It is right.", "=1+1", "", "x" * 3000, f"{rng.choice([*known, 'Nobody'])} was counted"]
    for row in range(1, sheet.max_row + 1) if ANSWER in heading else ():
        if str(sheet.cell(row, heading[FINDING]).value).startswith("f"):
            sheet.cell(row, heading[ANSWER]).value = rng.choice(answers)
    out = io.BytesIO()
    book.save(out)
    content, done = mutated(still(out.getvalue()), ".xlsx", rng) if rng.random() < 0.7 else (out.getvalue(), ["untouched"])
    told["of"] += f"; answered: {', '.join(done)}"
    asked.write_bytes(content)
    _command(told, here, ["answer", "--from", str(asked)])
    for decision in here.raw.rglob("*.decision.yml"):
        if CHILD.search(decision.read_text("utf-8")):
            told["wrong"].append(f"a child's number was kept in {decision.name}")
    told["answers"] = sum(isinstance(one, Answer) for one in submission.decided(here))


def in_a_fork(act: Callable[[], None], log: Path) -> tuple[int, int]:
    """How the process ended that did this, and the bytes of memory that it took at most. What it printed is in the log."""
    if (child := os.fork()) == 0:
        code = 99
        try:
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(out, 1), os.dup2(out, 2)
            act()
            code = 0
        except BaseException:  # noqa: BLE001 - told by the exit code
            traceback.print_exc()
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024


def tried(name: str, every: list[Source], folder: Path) -> dict[str, Any]:
    """How the file of this name (SEED-NUMBER) ends, in a process of its own, with what was wrong with that."""
    log, made_of, told_of = (folder / one for one in ("said.txt", "made.json", "told.json"))
    code, _ = in_a_fork(lambda: made(Random(f"{name} made"), every, folder), log)  # noqa: S311
    if code or not made_of.exists():
        return {"wrong": [f"it could not be made: {log.read_text('utf-8', 'replace')[-400:]}"], "said": ""}
    told: dict[str, Any] = json.loads(made_of.read_text()) | {"wrong": []}

    def act() -> None:
        signal.alarm(WAIT)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_DATA, (4 * BYTES, resource.RLIM_INFINITY))  # lest the machine go with it
        told_of.write_text(json.dumps(sent(Random(f"{name} sent"), told, folder)))  # noqa: S311

    begun = time.monotonic()
    code, took = in_a_fork(act, log)
    if told_of.exists():
        told = json.loads(told_of.read_text())
    said = log.read_text("utf-8", "replace")
    told |= {"seconds": time.monotonic() - begun, "bytes": took, "said": said}
    if code:
        told["wrong"].append(f"not done in {SECONDS} s" if code in STOPPED else f"the process ended with {code}")
    if took > BYTES:
        told["wrong"].append(f"took {took / 1e6:,.0f} MB")
    if "Traceback" in said:
        told["wrong"].append("a traceback was printed")
    if found := CHILD.search(said):
        told["wrong"].append(f"a child's number was said: {said[max(0, found.start() - 150) : found.end() + 20]!r}")
    return told


# a run


def run(names: Iterable[str], kept: Path, say: Callable[[str], None]) -> Counter[str]:
    """Every file of these names; what was counted."""
    tally: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="lscb-hostile-") as scratch:
        every = sources(Path(scratch))
        prepare()
        for name in names:
            folder = Path(scratch) / "one"
            folder.mkdir()
            told = tried(name, every, folder)
            tally["files"] += 1
            tally[f"ended {told.get('ended', 'otherwise')}"] += 1
            tally["built, and asked about"] += bool(told.get("built"))
            tally["answers kept"] += told.get("answers", 0)
            tally.update({f"rows {what}": number for what, number in told.get("rows", {}).items()})
            for what in ("seconds", "bytes"):
                tally[f"most {what}"] = max(tally[f"most {what}"], round(told.get(what, 0)))
            if told["wrong"]:
                tally["failed"] += 1
                kept.mkdir(parents=True, exist_ok=True)
                file = Path(told.get("file", folder / "none"))
                if file.exists():
                    shutil.copy(file, kept / f"{name}{file.suffix}")
                (kept / f"{name}.txt").write_text("\n".join([str(told.get("of")), *told["wrong"], told["said"]]))
                say(f"{name} ({told.get('of')}): {'; '.join(told['wrong'])}"[:600])
            shutil.rmtree(folder)
            if tally["files"] % 100 == 0:
                say(f"{tally['files']:,} files, {tally['failed']} failed")
    return tally


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("files", type=int, nargs="?", default=10_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--also", nargs="*", default=[], metavar="SEED-NUMBER", help="files that a run named, tried first")
    words.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "lscb-hostile", help="where failures are kept"
    )
    asked = words.parse_args()
    names = [*asked.also, *(f"{asked.seed}-{number}" for number in range(asked.files))]
    tally = run(names, asked.keep, lambda said: print(said, flush=True))
    for name, number in sorted(tally.items()):
        print(f"{name:45}{number:14,}")
    counted = sum(many for name, many in tally.items() if name.startswith("ended "))
    return 1 if tally["failed"] or counted != tally["files"] or tally["ended otherwise"] else 0


if __name__ == "__main__":
    sys.exit(main())
