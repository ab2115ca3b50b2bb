"""Sealed, nothing that stands in a Board's folder, or is written on the way, can be read without the key."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest

from lscb_data import board, connection, publish, quarantine, sealed_file, sealing
from lscb_data.backup import backup, restore
from lscb_data.board import Board
from lscb_data.cli import main
from lscb_data.contract import Contracts, load_contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.pseudonym import read_key, write_key
from lscb_data.staging import land
from lscb_data.submission import receive, received
from lscb_data.verify import verify
from tests.loads import load

ROOT = Path(__file__).parents[2]
MARK = "ZQXJ"  # in every child's number, and in what no contract knows
LIST = "csc__annex_a_list_7"
# What can be read of a sealed folder without its key: settings, receipts and decisions, and what the Board has published.
OPEN, PUBLISHED = (".yml", ".toml", ".md"), "published"


def folder(home: Path, contracts: Contracts, periods: list[str]) -> Board:
    """A plain folder with these returns of 2014-15, marked children and a marked file in quarantine; keys stand beside it."""
    here, beside = board.at(home), home.parent
    for period in periods:
        shutil.copytree(ROOT / "raw" / period, here.raw / period)
    here.warehouse.mkdir()
    for name in ("board", "seal", "other"):
        write_key(beside / f"{name}.key", home)
    (home / "lscb.toml").write_text((ROOT / "lscb.toml").read_text() + f'key_file = "{beside}/board.key"\n')
    (sheet,) = contracts[LIST].sheets
    columns = [column for column in sheet.columns if column.name in sheet.example]
    with (beside / "list 7.csv").open("w", newline="") as file:
        rows = [[f"{MARK}{n:04}" if c.is_identifier else sheet.example[c.name] for c in columns] for n in range(40)]
        csv.writer(file).writerows([[column.printed[0] for column in columns], *rows])
    receive(here, beside / "list 7.csv", contracts[LIST], parse("2014-15 Q1"))
    (beside / "minutes.csv").write_text(f"a,b\n{MARK},2\n")
    with quarantine.taken(here, beside / "minutes.csv") as (path, sha256):
        quarantine.put(path, sha256, "It is none of the returns.", ())
    return here


def loaded(here: Board) -> None:
    load(here, read_key(here.home, here.settings.key_file).fingerprint)


def begun(home: Path, seal_file: Path) -> Board:
    """The folder with all that came sealed, and the setting in force."""
    sealing.check(board.at(home), seal_file)
    sealing.put_in_force(board.at(home), seal_file)
    here = board.at(home)
    sealing.seal_raw(here)
    return here


def marks(here: Board) -> dict[str, bytes]:
    """What stands in the warehouse of this folder: children's pseudonyms, texts of workbooks, words of findings."""
    with connection.reading(publish.current(here)) as opened:
        children = opened.execute("select child from staging.csc__annex_a_list_7 where accepted").fetchall()
        texts = opened.execute(
            "select distinct unnest([printed, label, note, provider]) from staging.figures"
            " union select message from audit.findings union select comment from duckdb_views() where schema_name = 'staging'"
        ).fetchall()
    found = {f"child {number}": UUID(str(child)).bytes for number, (child,) in enumerate(children)}
    return found | {text: text.encode() for (text,) in texts if text and len(text) >= 12} | {MARK: MARK.encode()}


def seen(folders: list[Path], known: dict[str, bytes]) -> set[tuple[str, str]]:
    """Where which of these stand, as they are or in UTF-16: the folder, or the ending in staging and among builds; the mark."""
    forms = {name: (mark, name.encode("utf-16-le")) for name, mark in known.items()}
    found = set[tuple[str, str]]()
    for path, content in written(folders):
        where = path.suffix if path.parent.name in ("staging", "builds") else path.parent.name
        found |= {(where, name) for name, (one, other) in forms.items() if one in content or other in content}
    return found


def written(folders: list[Path]) -> Iterator[tuple[Path, bytes]]:
    for place, _, names in (step for top in folders for step in os.walk(top)):
        for path in (Path(place) / name for name in names):
            try:
                if path.is_file() and not path.is_symlink() and path.suffix not in OPEN and path.parent.name != PUBLISHED:
                    yield path, path.read_bytes()
            except OSError:  # it went while we looked
                continue


@contextmanager
def watching(folders: list[Path], known: dict[str, bytes]) -> Iterator[set[tuple[str, str]]]:
    """What is `seen` in these folders while the block runs: what is gone by its end counts as well."""
    found, done = set[tuple[str, str]](), Event()

    def watch() -> None:
        while not done.wait(0.1):
            found.update(seen(folders, known))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()
    found.update(seen(folders, known))


def wrong(here: Board) -> set[str]:
    """The checks of `lscb verify` that find something."""
    return {check.name for check in verify(here, load_contracts(here.folders("schemas"))).checks if check.wrong}


@dataclass(frozen=True)
class Sealed:
    """A folder that was loaded plain and then sealed: what was seen of its marks before, on the way, and since."""

    here: Board
    known: dict[str, bytes]
    plain: set[tuple[str, str]]
    on_the_way: set[tuple[str, str]]
    scratch: Path


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, contracts: Contracts) -> Iterator[Sealed]:
    place = tmp_path_factory.mktemp("sealed")
    (scratch := place / "scratch").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        for name in ("LSCB_KEY", "LSCB_KEY_FILE", "LSCB_SEAL_FILE", "LSCB_HOME"):
            patched.delenv(name, raising=False)
        patched.setattr("tempfile.tempdir", str(scratch))
        here = folder(place / "home", contracts, ["2014-15-Q1", "2014-15"])
        loaded(here)
        known = marks(here)
        plain = seen([here.home], known)
        assert [path for path, content in written([here.raw]) if content.startswith(b"PK\x03\x04")]
        assert [path for path, content in written([here.staging]) if content.startswith(b"PAR1")]
        shutil.rmtree(here.warehouse)
        here = begun(here.home, place / "seal.key")
        with watching([scratch, here.warehouse], known) as on_the_way:
            loaded(here)
            file, of = str(place / "list 7.csv"), ["--return", LIST, "--period", "2014-15 Q1"]
            assert main(["--home", str(here.home), "check", file, *of]) == 0
            backup(here, place / "board.tar.gz", with_warehouse=True)
        yield Sealed(here, known, plain, on_the_way, scratch)


def test_plain_bytes_are_nowhere(sealed: Sealed, tmp_path: Path) -> None:
    with tarfile.open(sealed.here.home.parent / "board.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    assert sealed.on_the_way == set()
    assert seen([sealed.here.home, sealed.scratch, tmp_path], sealed.known) == set()
    for path, content in written([sealed.here.raw, sealed.here.staging]):
        assert not content.startswith((b"PK\x03\x04", b"PAR1")), path
    key = (sealed.here.home.parent / "seal.key").read_text().strip().encode()
    assert [path for path in sealed.here.home.rglob("*") if path.is_file() and key in path.read_bytes()] == []


def test_where_it_is_not_sealed_the_same_search_finds_them(sealed: Sealed) -> None:
    assert {"csc", ".parquet", ".json", ".duckdb"} <= {where for where, _ in sealed.plain}
    assert {name for where, name in sealed.plain if where == ".parquet"} >= {"child 0", "child 39"}


def test_with_the_key_all_of_it_is_read(sealed: Sealed) -> None:
    assert marks(sealed.here) == sealed.known
    assert wrong(sealed.here) == set()
    query = "select count(*) as n from staging.csc__annex_a_list_7"
    assert connection.frame(query, sealed.here.home)["n"][0] == 40
    with connection.engine(sealed.here.home).connect() as engine:
        assert engine.exec_driver_sql(query).fetchall() == [(40,)]
    with connection.questions(sealed.here) as asked:
        assert connection.ask(asked, query).fetchall() == [(40,)]
    with pytest.raises(UserError, match=r"use lscb_data.engine\(\)"):
        connection.url(sealed.here.home)


def test_it_is_restored_as_sealed_as_it_was(sealed: Sealed, tmp_path: Path) -> None:
    restore(sealed.here.home.parent / "board.tar.gz", tmp_path / "again")
    again = board.at(tmp_path / "again")
    for path, content in written([sealed.here.raw]):
        assert (again.home / path.relative_to(sealed.here.home)).read_bytes() == content
    assert marks(again) == sealed.known


def test_without_its_key_nothing_is_read_and_nothing_written_beside_it(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = sealed.here.home
    before = sorted(path for path in home.rglob("*") if not path.name.endswith(".lock"))
    monkeypatch.setenv("LSCB_SEAL_FILE", str(home.parent / "other.key"))
    file = str(home.parent / "list 7.csv")
    asked = [
        ["sql", "select 1"], ["explain", "cp_plans_open"], ["load"], ["verify"], ["status"], ["feedback", LIST],
        ["backup", f"{home.parent}/b.tar.gz"], ["receive", file, "--return", LIST, "--period", "2014-15 Q2"],
    ]  # fmt: skip
    for question in asked:
        assert main(["--home", str(home), *question]) == 1, question
        assert "is sealed with the key" in capsys.readouterr().err
    assert sorted(path for path in home.rglob("*") if not path.name.endswith(".lock")) == before
    monkeypatch.delenv("LSCB_SEAL_FILE")
    with pytest.raises(UserError, match="another already"):
        sealing.check(board.at(home), home.parent / "other.key")


def test_what_was_changed_is_refused(sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = board.at(Path(shutil.copytree(sealed.here.home, tmp_path / "home", symlinks=True)))
    file, build = next(here.raw.glob("*/marac/*.xlsx")), publish.current(here)
    build.chmod(0o600)
    for path, at in ((file, 500), *((build, at) for at in range(20_000, build.stat().st_size, 20_000))):
        with path.open("r+b") as changed:
            changed.seek(at)
            byte = changed.read(1)
            changed.seek(at)
            changed.write(bytes([byte[0] ^ 1]))
    assert [one.place for one in received(here) if one.altered] == ["2014-15-Q1/marac/marac.xlsx"]
    assert main(["--home", str(here.home), "sql", "from published.indicators"]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert wrong(here) == {"files", "build", "read_only"}


KILLED = """
import os, signal, sys
from pathlib import Path
from lscb_data import sealed_file, sealing
from lscb_data.board import at
here, copied = at(Path(sys.argv[1])), []
def killed(source, target, key, real=sealed_file.copy):
    real(source, target, key)
    copied.append(source)
    if len(copied) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
sealing.copy = killed
sealing.put_in_force(here, Path(sys.argv[2]))
sealing.seal_raw(at(here.home))
"""


@pytest.fixture
def home(tmp_path: Path, contracts: Contracts, monkeypatch: pytest.MonkeyPatch) -> Board:
    for name in ("LSCB_KEY", "LSCB_KEY_FILE", "LSCB_SEAL_FILE", "LSCB_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder(tmp_path / "home", contracts, ["2014-15-Q1"])


def test_killed_in_the_middle_it_is_run_again(home: Board, contracts: Contracts, tmp_path: Path) -> None:
    """Meanwhile some of what came is sealed and some is not; all of it is read, and verify says what stands plain."""
    every, file = received(home), tmp_path / "seal.key"
    landed = land(home, contracts, every[0])
    before = {one.id: one.receipt.sha256 for one in every}
    ran = subprocess.run([sys.executable, "-c", KILLED, str(home.home), str(file)], check=False)
    assert ran.returncode == -signal.SIGKILL
    here = board.at(home.home)
    assert {sealed_file.is_sealed(path) for path in sealing.came(here)} == {True, False}
    assert {one.id: sealed_file.digest(one.path) for one in received(here)} == before
    (check,) = sealing.of_seal(here)
    assert {Path(said.split(" ")[0]).parts[1] for said in check.wrong} >= {"staging", "quarantine"}
    here = begun(here.home, file)
    assert {one.id: sealed_file.digest(one.path) for one in received(here)} == before
    again = land(here, contracts, received(here)[0])
    assert (again.received, again.accepted, again.findings) == (landed.received, landed.accepted, landed.findings)
    sealing.clear(here)
    assert [check.wrong for check in sealing.of_seal(here)] == [()]
    assert list(here.raw.rglob(".*")) == [], "nothing half written is left"


def test_it_is_sealed_with_no_other_key_and_only_as_it_was_received(home: Board, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="key of pseudonyms"):
        sealing.check(home, tmp_path / "board.key")
    with pytest.raises(UserError, match="cannot be read"):
        sealing.check(home, tmp_path / "none.key")
    next(home.raw.glob("*/marac/*.xlsx")).write_bytes(b"changed")
    with pytest.raises(UserError, match="not as it was received"):
        sealing.check(home, tmp_path / "seal.key")


@pytest.mark.long
def test_lscb_seal_leaves_nothing_plain(tmp_path: Path, contracts: Contracts) -> None:
    """The whole year, loaded with Prefect, its records and its logs among what is searched."""
    (scratch := tmp_path / "scratch").mkdir()
    here = folder(tmp_path / "home", contracts, [path.name for path in ROOT.glob("raw/2014-15*")])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LSCB_", "PREFECT_"))}
    environment |= {"TMPDIR": str(scratch), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "lscb_data.cli", "--home", str(here.home)]
    subprocess.run([*command, "load"], env=environment, check=True, capture_output=True)
    known = marks(here)
    assert {"csc", ".parquet", ".json", ".duckdb", ".prefect"} <= {where for where, _ in seen([here.home], known)}
    subprocess.run([*command, "seal", str(tmp_path / "seal.key")], env=environment, check=True, capture_output=True)
    with watching([scratch, here.home], known) as on_the_way:
        for asked in (["load"], ["rekey", str(tmp_path / "other.key")], ["verify", "--from-raw"]):
            ran = subprocess.run([*command, *asked], env=environment, check=False, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stderr + ran.stdout
    assert on_the_way == set()
    assert seen([here.home, scratch], known) == set()
