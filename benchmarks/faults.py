"""Kill -9 at random moments of all that changes a Board's folder, while readers ask without a pause: is anything lost?

make faults                            2,000 kills, 8 readers
make faults KILLS=100 SEED=7 READERS=2
python benchmarks/faults.py 100 --sealed             in a folder that is sealed

Half of the kills come at a moment by the clock, half just before one of the file operations. Only those count that came while
the work went on; where it had ended already, it is tried again at another moment. After each one:
  the build in force is the last good one or the next one, whole;
  every file that was received stands as it came, with its receipt, and every decision as it was made;
  the same command, given again, finishes: accepted + rejected = received, and nothing half written is left.
Of all that the readers saw nothing was an error, and nothing another set of figures than that of a finished load. After each
Board `warehouse/` is deleted and loaded again: the same figures. Ends with 1 where anything was otherwise, and says what.

The order of a load is the flow's own lines, `flows.load`, with its tasks called as the functions that they are.
"""

import argparse
import gc
import importlib
import json
import os
import pkgutil
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PREFECT = tempfile.mkdtemp(prefix="lscb-prefect-")  # read when Prefect is imported; nothing is kept there
os.environ |= {"PREFECT_HOME": PREFECT, "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}

import duckdb  # noqa: E402
from prefect.logging import disable_run_logger  # noqa: E402
from prefect.states import Completed  # noqa: E402

import flows.load  # noqa: E402
import lscb_data  # noqa: E402
from lscb_data import (  # noqa: E402
    board,
    cli,
    connection,
    contract,
    indicator,
    pseudonym,
    publish,
    rekey,
    sealed_file,
    sealed_store,
    submission,
    warehouse,
    working_days,
)

PERIODS = [f"2014-15 Q{number}" for number in (1, 2, 3, 4)]
LIST = "csc__annex_a_list_7"
HEADING = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Child Protection Plan Start Date,Initial Category of Abuse,"
    "Latest Category of Abuse,Child Protection Plan End Date,Number of Previous Child Protection Plans\n"
)
OF_A_BOARD = 40  # kills, then a new one: a load takes as long as there are submissions
FIGURES = """
    select
        (select list(submission_id || ' ' || standing order by submission_id) from staging.submissions),
        (select bool_and(rows_received = rows_accepted + rows_rejected) from staging.submissions),
        (select sum(rows_received)::bigint from staging.submissions),
        (select count(*) from audit.findings),
        (select count(*) || ' ' || sum(hash(v)) from published.indicator_values as v)
"""
CHANGES = {"os.rename", "os.remove", "os.symlink", "os.chmod", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile"}
WITHDRAWN = "was withdrawn before"  # what a withdrawal says, given again, that had been done
TRIES = 50  # moments that are tried until one comes while the work goes on
State = tuple[Any, ...]  # what a build holds, as FIGURES asks for it


# what is killed


@dataclass
class Home:
    """A Board's folder while it is being tried: what it was sent, and what a finished load made of that."""

    path: Path
    rng: random.Random
    sent: dict[str, str] = field(default_factory=dict)  # each file in raw/ and its bytes' hash
    decided: list[Any] = field(default_factory=list)  # every decision that was made
    real: list[tuple[Path, str, str]] = field(default_factory=list)  # returns that were not sent yet
    now: State = ()  # what the build in force was last seen to hold
    good: dict[str, State] = field(default_factory=dict)  # what each finished load held, by its submissions

    @property
    def board(self) -> board.Board:
        return board.Board(self.path)


def receive(home: Home) -> list[str]:
    """One of the real returns that are left, or a list of children that takes an earlier one's place."""
    if home.real and home.rng.random() < 0.25:
        path, name, period = home.real.pop()
        return ["receive", str(path), "--return", name, "--period", period]
    period, path = home.rng.choice(PERIODS), home.path.with_name(f"list {home.rng.getrandbits(32):08x}.csv")
    rows = "".join(f"C{n},F,WBRI,17/05/2009,{n % 28 + 1:02}/05/2014,NEG,EMO,,0\n" for n in range(home.rng.randint(3, 60)))
    path.write_text(f"{HEADING}{rows}C0,F,WBRI,17/05/2009,31/02/2014,NEG,EMO,,0\n")
    return ["receive", str(path), "--return", LIST, "--period", period, "--covers-from", "2013-04-01"]


def load(home: Home) -> list[str]:
    """A load with something to land."""
    done(home, receive(home))
    return ["load"]


def withdraw(home: Home) -> list[str]:
    """The withdrawal of a list of children that stands, or is superseded."""

    def sent() -> list[str]:
        return [one.id for one in submission.received(home.board) if one.receipt.return_ == LIST and not one.withdrawal]

    while len(sent()) < 2:  # what is received may be one of the real returns
        done(home, receive(home))
    return ["withdraw", home.rng.choice(sent()), "--reason", "Sent by mistake"]


def another_key(home: Home) -> list[str]:
    path = home.path.with_name(f"{home.rng.getrandbits(32):08x}.key")
    pseudonym.write_key(path, home.path)
    return ["rekey", str(path)]


# Each with the command that is killed, the function with which it begins, and the work before which it ends.
WORK: dict[str, tuple[Callable[[Home], list[str]], Any, str, str]] = {
    "receive": (receive, submission, "receive", "end"),
    "withdraw": (withdraw, submission, "withdraw", "end"),
    "land": (load, flows.load, "land_submission", "build"),
    "build": (load, flows.load, "build_warehouse", "publish"),
    "publish": (load, flows.load, "publish_warehouse", "end"),
    "rekey": (another_key, rekey, "check", "end"),
}
QUICK = ("receive", "withdraw")  # change what is received, and nothing that is published
_OFTEN = [(name,) for name in QUICK * 4]
TURNS: list[tuple[str, ...]] = [*_OFTEN, ("land", "build", "publish"), ("rekey",)]  # the same load, killed three times
APART: list[tuple[str, ...]] = [*_OFTEN, ("land",), ("build",), ("publish",), ("rekey",)]


# how it is killed


def bare_load(
    home: Path, period: str | None = None, agency: str | None = None, wait: float = 600, rekeying: bool = False
) -> tuple[Any, str]:
    """`flows.run_load` without Prefect's engine and server."""
    with disable_run_logger():
        state = flows.load.load_returns.fn(str(home), period, agency, wait, rekeying)
    return state.result(), state.name or ""


def prepare(real: bool) -> None:
    """Let commands load without a server, and tell when the work that may be killed begins.

    What each fork would take seconds for is done once: of that, what only `real` returns need takes longest.
    """
    if real:
        importlib.import_module("great_expectations")
    working_days.working_days()
    flows.run_load = bare_load
    flows.load.list_findings = lambda *_, **__: Completed()  # type: ignore[assignment]  # an artifact, which is Prefect's
    for module in pkgutil.iter_modules(lscb_data.__path__, "lscb_data."):
        importlib.import_module(module.name)
    own = board.Board(ROOT)  # what is declared is read once, for all forks
    tables, contracts = warehouse.tables(own.folders("sql")), contract.load_contracts(own.folders("schemas"))
    indicators = indicator.load_indicators(own.folders("schemas"))
    warehouse.tables = lambda _: tables
    contract.load_contracts = flows.load.load_contracts = lambda _: contracts
    flows.load.load_indicators = lambda _: indicators
    for name, (_, room, function, _) in WORK.items():
        work = getattr(room, function)
        setattr(room, function, _begins(name, getattr(work, "fn", work)))
    gc.freeze()  # lest every fork copy all that was imported


def _begins(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def begun(*given: Any, **named: Any) -> Any:
        Moment.tell(name)
        return function(*given, **named)

    return begun


class Moment:
    """In a child: which work has begun, and how many times the Board's folder was changed since; it may be the last time."""

    pipe, home, steps, last, at = -1, "", 0, 0, ""

    @classmethod
    def tell(cls, name: str) -> None:
        if cls.pipe >= 0:
            os.write(cls.pipe, f"{name} {time.monotonic()} {cls.steps}\n".encode())
            if name == cls.at:
                cls.at, cls.last = "", cls.steps + cls.last

    @classmethod
    def seen(cls, event: str, said: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(said[1], str) and set(said[1]) & set("wax+")
        if (writes or event in CHANGES) and any(str(one).startswith(cls.home) for one in said if isinstance(one, str | Path)):
            cls.steps += 1
            if not cls.at and cls.steps == cls.last:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (-9: killed), what it said, and when each work in it began, in seconds and steps."""

    code: int
    said: str
    begun: list[tuple[str, float, int]]

    def killed_in(self, name: str) -> bool:
        """Whether it was killed while this work went on."""
        begun = {work for work, *_ in self.begun}
        return self.code == -signal.SIGKILL and name in begun and WORK[name][3] not in begun

    def taken(self, name: str) -> tuple[float, int] | None:
        """How long the work took, and how many steps; None where it was not done to its end."""
        begun = {work: (since, steps) for work, since, steps in reversed(self.begun)}
        until = WORK[name][3]
        if not {name, until} <= set(begun):
            return None
        return begun[until][0] - begun[name][0], begun[until][1] - begun[name][1]


def command(home: Home, words: list[str], name: str = "", seconds: float | None = None, step: int = 0) -> Ended:
    """Run `lscb` in a fork; kill it so many seconds after this work began, or just before one of its changes of a file."""
    read, write = os.pipe()
    log = home.path.with_name("said.txt")
    if (child := os.fork()) == 0:
        code = 99
        try:
            os.close(read)
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(out, 1), os.dup2(out, 2)
            Moment.pipe, Moment.home, Moment.at, Moment.last = write, str(home.path), name if step else "-", step
            sys.addaudithook(Moment.seen)
            Moment.tell("command")
            code = cli.main(["--home", str(home.path), *words])
            sys.stdout.flush()
            Moment.tell("end")
        except BaseException:  # noqa: BLE001 - told by the exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(write)
    begun = []
    with os.fdopen(read) as told:
        for line in told:
            work, since, steps = line.split()
            if begun and work == begun[-1][0]:
                continue  # as of each submission that is landed
            begun.append((work, float(since), int(steps)))
            if work == name and seconds is not None:
                time.sleep(seconds)
                os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), log.read_text("utf-8", "replace")[-1500:], begun)


def done(home: Home, words: list[str]) -> Ended:
    """The command, which must finish. Raises AssertionError where it does not."""
    ended = command(home, words)
    assert ended.code in (0, 2), f"lscb {' '.join(words)} ended with {ended.code}: {ended.said}"
    return ended


# what must hold


def in_a_fork(function: Callable[..., Any], *given: Any) -> Any:
    """What the function gives back; the process that forks never has a thread of the database's own."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.close(read)
            with os.fdopen(write, "w") as out:
                json.dump(function(*given), out)
            os._exit(0)
        except BaseException:  # noqa: BLE001 - told by the exit code
            traceback.print_exc()
            os._exit(1)
    os.close(write)
    with os.fdopen(read) as told:
        said = told.read()
    assert os.waitpid(child, 0)[1] == 0, "looking failed: see above"
    return json.loads(said)


def held(path: Path) -> State:
    """What the build in force holds."""
    with connection.connect(path) as reader:
        return tuple(reader.execute(FIGURES).fetchone() or ())


def state(home: Home) -> State:
    home.now = tuple(in_a_fork(held, home.path))
    assert home.now[1], f"accepted + rejected is not received: {home.now[0]}"
    return home.now


def evidence(home: Home) -> None:
    """Every file that was received stands as it came, and every decision as it was made."""
    assert not submission.unusable(home.board), submission.unusable(home.board)
    came = submission.received(home.board)
    now, decided = {one.place: one.receipt.sha256 for one in came}, submission.decided(home.board)
    assert now.items() >= home.sent.items(), f"lost of what was received: {set(home.sent) - set(now)}"
    altered = [one.place for one in came if one.altered]
    assert not altered, f"not as received: {altered}"
    assert all(one in decided for one in home.decided), "lost of what was decided"
    home.sent, home.decided = now, decided


def finished(home: Home) -> State:
    """All that was received is in the build in force, and nothing half written is left. What that build holds."""
    evidence(home)
    found = state(home)
    assert {one.split()[0] for one in found[0]} == {one.id for one in submission.received(home.board)}, "not all is loaded"
    assert home.good.setdefault(str(found[0]), found) == found, "the same submissions gave other figures"
    left = [str(path) for path in home.path.rglob("*") if ".part" in path.name or path.name.endswith(".wal")]
    assert not left, f"left half written: {left}"
    assert not submission.without_receipt(home.board), "a file without a receipt is left"
    made = {pseudonym.made_with(path) for path in (home.path / "warehouse").rglob("*")} - {None}
    key = pseudonym.read_key(home.path, home.board.settings.key_file).fingerprint
    assert made == {key}, f"made with {made}, and the key in force is {key}"
    return found


def kill(home: Home, names: tuple[str, ...], typical: dict[str, tuple[float, int]], tally: Counter[str]) -> None:
    """Kill each of these works of one command once, while it goes on, and see what is left."""
    for _ in range(TRIES):
        killed = strike(home, names, typical, tally)
        tally.update(["kills"] * len(killed) + [f"{name}: killed" for name in killed])
        if not (names := tuple(name for name in names if name not in killed)):
            return
    raise AssertionError(f"{names[0]} had ended at each of {TRIES} moments")


def strike(home: Home, names: tuple[str, ...], typical: dict[str, tuple[float, int]], tally: Counter[str]) -> list[str]:
    """Which of the works went on at some moment, and so were killed: each when the command was given once more.

    All that must hold does so, whether or not.
    """
    words, before, lefts, killed, how = WORK[names[0]][0](home), home.now, [], [], ""
    try:
        for name in names:
            seconds, steps = typical[name]
            by_clock = home.rng.random() < 0.5 or not steps
            moment, step = home.rng.uniform(0, seconds), home.rng.randint(1, max(steps, 1))
            how += f" {name} {f'{moment:.4f} s into it' if by_clock else f'before file step {step} of {steps}'};"
            ended = command(home, words, name, moment) if by_clock else command(home, words, name, None, step)
            assert ended.code in (-signal.SIGKILL, 0, 2), f"ended with {ended.code}: {ended.said}"
            evidence(home)
            lefts.append(state(home))
            if not ended.killed_in(name):
                tally[f"{name}: had ended already"] += 1
                break
            killed.append(name)
            tally[f"{name}: by the {'clock' if by_clock else 'step'}"] += 1
            tally[f"{name}: the {'next' if lefts[-1] != before else 'last good'} build stood"] += 1
        again = command(home, words)
        had_been_done = WITHDRAWN in again.said or "is in force already: nothing was changed" in again.said
        assert again.code in (0, 2) or had_been_done, f"again: {again.code}: {again.said}"
        if names[0] in QUICK:
            evidence(home)
            assert lefts == [before], f"a {names[0]} changed what is published"
        else:
            after = finished(home)
            assert all(left in (before, after) for left in lefts), f"neither the last good build nor the next one: {lefts}"
    except AssertionError as error:
        error.add_note(f"after {tally['kills']} kills:{how}")
        raise
    typical |= {name: taken for name in names if (taken := again.taken(name))}
    return killed


# readers


def reads(path: Path, number: int, pause: float, stop: Path, report: Path) -> None:
    """Ask until told to stop, each time anew, in each of the ways in turn that people have."""
    build = path / "warehouse" / publish.NAME
    ways: list[Callable[[], Any]] = [
        lambda: connection.connect(path),
        lambda: sealed_store.opened(build) if sealed_file.is_sealed(build) else duckdb.connect(build, read_only=True),
        lambda: connection.questions(board.Board(path)),
    ]
    asked, errors, saw = 0, [], {}
    while not stop.exists():
        try:
            with ways[(asked + number) % 3]() as reader:
                found = reader.execute(FIGURES).fetchone()
            saw[json.dumps(found)] = found
        except Exception as error:  # noqa: BLE001 - all of them are counted
            errors.append(f"{type(error).__name__}: {error}"[:300])
        asked += 1
        time.sleep(pause)
    report.write_text(json.dumps({"asked": asked, "errors": errors, "saw": list(saw.values())}))


@contextmanager
def readers(home: Home, many: int, pause: float, tally: Counter[str]) -> Iterator[None]:
    stop, children = home.path.with_name("stop"), []
    for number in range(many):
        if (child := os.fork()) == 0:
            try:
                os.nice(19)  # what is killed has a core of its own: they ask on the other
                reads(home.path, number, pause, stop, home.path.with_name(f"reader-{number}.json"))
            finally:
                os._exit(0)
        children.append(child)
    try:
        yield
    finally:
        stop.touch()
        for child in children:
            os.waitpid(child, 0)
    for number in range(many):
        report = json.loads(home.path.with_name(f"reader-{number}.json").read_text())
        halves = [one for one in report["saw"] if home.good.get(str(one[0])) != tuple(one)]
        tally["readers: asked"] += report["asked"]
        tally["readers: errors"] += len(report["errors"])
        tally["readers: half loads"] += len(halves)
        for wrong in [*report["errors"][:3], *halves[:3]]:
            print(f"  a reader saw {wrong}")


# a run


def new_home(scratch: Path, rng: random.Random, real: bool, sealed: bool) -> Home:
    """A Board with a list of children, and a return of the police."""
    home = Home(scratch / "home", rng)
    home.path.mkdir(parents=True)
    key = scratch / "first.key"
    pseudonym.write_key(key, home.path)
    shutil.copy(ROOT / "lscb.toml", home.path)
    with (home.path / board.SETTINGS).open("a") as settings:
        settings.write(f'key_file = "{key}"\n')
        if sealed:
            pseudonym.write_key(scratch / "seal.key", home.path)
            settings.write(f'seal_file = "{scratch / "seal.key"}"\n')
    done(home, receive(home))
    if real:
        home.real = [(one.path, one.receipt.return_, one.receipt.period) for one in submission.received(board.Board(ROOT))]
        rng.shuffle(home.real)
        police = next(one for one in home.real if one[1].startswith("constabulary"))
        home.real.remove(police)
        done(home, ["receive", str(police[0]), "--return", police[1], "--period", police[2]])
    return home


def measured(home: Home) -> dict[str, tuple[float, int]]:
    """How long each work takes, and how many steps. The Board is loaded, with another key."""
    found = {name: done(home, WORK[name][0](home)).taken(name) for name in QUICK}
    load, key = done(home, ["load"]), done(home, another_key(home))
    found |= {name: load.taken(name) for name in ("land", "build", "publish")} | {"rekey": key.taken("rekey")}
    assert None not in found.values(), found
    return {name: taken for name, taken in found.items() if taken}


def run(kills: int, seed: int, many: int, pause: float, real: bool, sealed: bool) -> Counter[str]:
    """So many kills; what was counted. Raises AssertionError where something was lost, saying which kill it was."""
    prepare(real)
    tally: Counter[str] = Counter()
    typical: dict[str, tuple[float, int]] = {}
    for number in count():
        with tempfile.TemporaryDirectory(prefix="lscb-faults-") as scratch:
            home = new_home(Path(scratch), random.Random(seed * 1_000_003 + number), real, sealed)  # noqa: S311
            if typical:
                done(home, ["load"])
            typical = typical or measured(home)
            finished(home)
            turns, until = cycle(APART if number % 2 else TURNS), min(kills, tally["kills"] + OF_A_BOARD)
            with readers(home, many, pause, tally):
                while left := until - tally["kills"]:
                    kill(home, next(turns)[:left], typical, tally)
                done(home, ["load"])
                before = finished(home)
            shutil.rmtree(home.path / "warehouse")
            done(home, ["load"])
            assert state(home) == before, "deleted and loaded again, the figures are others"
        ended = sum(many for name, many in tally.items() if name.endswith("had ended already"))
        asked = (
            f"{tally['readers: asked']:,} questions, {tally['readers: errors'] + tally['readers: half loads']} wrong answers"
        )
        print(f"{tally['kills']:,} kills; {ended:,} had ended already; {asked}", flush=True)
        if tally["kills"] == kills:
            break
    return tally


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("kills", type=int, nargs="?", default=2000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--readers", type=int, default=8)
    words.add_argument("--pause", type=float, default=0, help="seconds between a reader's questions")
    words.add_argument("--no-real", action="store_true", help="only lists of children: quicker to judge than the real returns")
    words.add_argument("--sealed", action="store_true", help="a folder of which nothing can be read without a key")
    asked = words.parse_args()
    try:
        tally = run(asked.kills, asked.seed, asked.readers, asked.pause, not asked.no_real, asked.sealed)
    except AssertionError as error:
        error.add_note(f"seed {asked.seed}, of {asked.kills} kills")
        raise
    finally:
        shutil.rmtree(PREFECT, ignore_errors=True)
    for name, number in sorted(tally.items()):
        print(f"{name:45}{number:10,}")
    return 1 if tally["readers: errors"] or tally["readers: half loads"] else 0


if __name__ == "__main__":
    sys.exit(main())
