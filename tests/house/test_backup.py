"""A backup holds all of the Board's and no key; what is restored is what was backed up, or nothing is."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import threading
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lscb_data import board, contract, pseudonym, publish, quarantine, submission
from lscb_data.archive import HostileError
from lscb_data.backup import backup, restore
from lscb_data.board import Board
from lscb_data.cli import main
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.verify import verify
from tests.loads import load

ROOT = Path(__file__).parents[2]
MARAC = ROOT / "raw/2014-15-Q1/marac"
FIGURES = "select * from published.indicator_values order by all"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A Board with a return of MARAC, a contract of its own, and a key."""
    for name in ("LSCB_KEY", "LSCB_KEY_FILE", "LSCB_HOME"):
        monkeypatch.delenv(name, raising=False)
    here = board.at(tmp_path / "home")
    shutil.copytree(MARAC, here.raw / "2014-15-Q1/marac")
    pseudonym.write_key(tmp_path / "board.key", here.home)
    (here.home / "lscb.toml").write_text(
        (ROOT / "lscb.toml").read_text() + f'keep_builds = 1\nkey_file = "{tmp_path}/board.key"\n'
    )
    (here.home / "sql/checks").mkdir(parents=True)
    shutil.copy(ROOT / "sql/checks/return_missing.sql", here.home / "sql/checks")
    here.warehouse.mkdir()
    (tmp_path / "minutes.csv").write_text("a,b\n1,2\n")
    with quarantine.taken(here, tmp_path / "minutes.csv") as (path, sha256):
        quarantine.put(path, sha256, "It is none of the returns.", ())
    return here


def standing(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def asked(here: Board, query: str = FIGURES) -> list[object]:
    with duckdb.connect(publish.current(here), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("suffix", ["tar.zst", "tar.gz"])
def test_what_is_restored_is_what_was_backed_up(home: Board, tmp_path: Path, suffix: str) -> None:
    """All evidence and all that is the Board's own; what a load makes is not in it."""
    file, other = tmp_path / f"board.{suffix}", tmp_path / "other"
    load(home)
    before = {name: content for name, content in standing(home.home).items() if not name.startswith("warehouse/")}
    backup(home, file)
    assert file.stat().st_mode & 0o777 == 0o600
    done = restore(file, other)
    assert standing(other) == before
    assert (done.submissions, len(done.manifest.files)) == (1, 4 + 2 + 3), (
        "settings, SQL, file and receipt; what is in quarantine; what was published"
    )


def test_the_key_is_in_no_backup(home: Board, tmp_path: Path) -> None:
    load(home)
    backup(home, tmp_path / "board.tar.gz", with_warehouse=True)
    key = (tmp_path / "board.key").read_text().strip().encode()
    with tarfile.open(tmp_path / "board.tar.gz") as tar:
        members = {one.name: tar.extractfile(one) for one in tar}
        held = {name: content.read() for name, content in members.items() if content}
    assert len(held) > 5
    assert not [name for name, content in held.items() if key in content or name.endswith(".key")]


@pytest.mark.long
def test_the_warehouse_is_in_force_again_wherever_it_is_restored(home: Board, tmp_path: Path) -> None:
    build, file = load(home), tmp_path / "board.tar.zst"
    before = asked(home), asked(home, "select * from staging.marac__cases order by all")
    backup(home, file, with_warehouse=True)
    shutil.rmtree(home.home)
    for place in (home.home, tmp_path / "it's other"):
        restore(file, place)
        here = board.at(place)
        assert publish.current(here).name == build.name
        assert (asked(here), asked(here, "select * from staging.marac__cases order by all")) == before
        found = verify(here, contract.load_contracts(here.folders("schemas")))
        assert [one.name for one in found.checks if not one.ok] == []
        load(here)
        assert asked(here) == before[0]


@pytest.mark.long
def test_it_is_whole_while_files_are_received_and_loads_publish(home: Board, tmp_path: Path) -> None:
    """Of what is received meanwhile a backup has all of a file with its receipt, or nothing."""
    load(home)
    contracts, period = contract.load_contracts(home.folders("schemas")), parse("2014-15 Q1")
    stop, came, counts, said = threading.Event(), list[str](), list[int](), list[str]()

    def receives() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            path = tmp_path / f"marac-{number}.xlsx"
            path.write_bytes(os.urandom(200_000))
            came.append(submission.receive(home, path, contracts["marac__cases"], period)[0].id)

    def loads() -> None:
        number = 0
        while not stop.is_set():  # and with keep_builds = 1 takes away the one before
            build = home.warehouse / "builds" / f"3000010{number % 10}T000000000000Z.duckdb"
            shutil.copy(publish.current(home), build)
            publish.publish(home, build)
            number += 1

    threads = [threading.Thread(target=receives), threading.Thread(target=loads)]
    for thread in threads:
        thread.start()
    try:
        for number in range(6):
            file = tmp_path / f"{number}.tar.zst"
            try:
                done = backup(home, file, with_warehouse=number % 2 == 0)
            except UserError as error:  # a build taken away between two looks: said, and nothing left
                said.append(str(error))
                continue
            assert done.manifest.altered == []
            counts.append(restore(file, tmp_path / f"restored-{number}").submissions)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(counts) >= 3
    assert all("do it again" in one for one in said)
    assert counts == sorted(counts)
    assert len(came) > counts[-1] - 2


def test_what_is_half_received_or_has_no_receipt_is_left_out_and_said(
    home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home.raw / "2014-15-Q1/marac"
    (folder / ".late.xlsx.1.part").write_bytes(b"half")
    (folder / "late.xlsx").write_bytes(b"late")
    assert main(["--home", str(home.home), "backup", str(tmp_path / "board.tar.zst")]) == 3
    assert "left out: raw/2014-15-Q1/marac/late.xlsx" in capsys.readouterr().out
    assert main(["--home", str(tmp_path / "other"), "restore", str(tmp_path / "board.tar.zst")]) == 0
    assert sorted(path.name for path in (tmp_path / "other").rglob("*late*")) == []


def test_what_was_altered_before_is_kept_as_it_is_and_said_both_times(
    home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged store can be backed up too: no byte of it is lost."""
    (home.raw / "2014-15-Q1/marac/marac.xlsx").write_bytes(b"altered")
    (home.raw / "2014-15-Q1/marac/other.xlsx.receipt.yml").write_text("return: nothing")
    for words in (["--home", str(home.home), "backup"], ["--home", str(tmp_path / "other"), "restore"]):
        assert main([*words, str(tmp_path / "board.tar.zst")]) == 3
        said = capsys.readouterr().out
        assert "Not as it was received, and taken as it is: raw/2014-15-Q1/marac/marac.xlsx" in said
        assert "other.xlsx.receipt.yml" in said
    assert standing(tmp_path / "other/raw") == standing(home.raw)


def test_nothing_that_is_there_is_written_over(home: Board, tmp_path: Path) -> None:
    file = tmp_path / "board.tar.zst"
    file.write_bytes(b"mine")
    with pytest.raises(UserError, match="there already"):
        backup(home, file)
    assert file.read_bytes() == b"mine"
    for place in (home.raw, home.warehouse):
        with pytest.raises(UserError, match="elsewhere"):
            backup(home, place / "board.tar.zst")
    with pytest.raises(UserError, match=r"\.tar\.zst or \.tar\.gz"):
        backup(home, tmp_path / "board.zip")
    backup(home, tmp_path / "good.tar.zst")
    before = standing(home.home)
    with pytest.raises(UserError, match="not empty"):
        restore(tmp_path / "good.tar.zst", home.home)
    assert standing(home.home) == before


def test_a_disk_without_room_is_said_before_anything_is_written(
    home: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home, tmp_path / "board.tar.zst")
    usage = namedtuple("usage", "total used free")(10, 10, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match="no room"):
        restore(tmp_path / "board.tar.zst", tmp_path / "other")
    assert not (tmp_path / "other").exists()


# archives from an enemy

SETTINGS = b'name = "A"\narea = "E10000003"\narea_name = "A"\n'
Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, content: bytes = b"", **fields: object) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def listed(files: dict[str, bytes], **more: object) -> Member:
    said = {name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in files.items()}
    manifest = {"board": "A", "made_at": "2026-01-01T00:00:00Z", "software": "1", "home": "/a", "files": said} | more
    return member("manifest.json", json.dumps(manifest).encode())


def archive(path: Path, *members: Member, form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w:gz", format=form, compresslevel=1) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


def of_one(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> Callable[[Path], Path]:
    """A backup with settings and this one more member, listed as it is."""

    def make(path: Path) -> Path:
        content = b"x" if kind == tarfile.REGTYPE else b""
        files = {"lscb.toml": SETTINGS, name: content}
        return archive(path, listed(files), member("lscb.toml", SETTINGS), member(name, content, type=kind, **fields))

    return make


def with_headers(path: Path, headers: dict[str, str], depth: int = 1) -> Path:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        info, content = listed({"lscb.toml": SETTINGS})
        tar.addfile(info, io.BytesIO(content))
    first = raw.getvalue()[: 512 + -(-len(content) // 512) * 512]
    said = b"".join(tarfile.TarInfo._create_pax_generic_header(headers, tarfile.XHDTYPE, "utf-8") for _ in range(depth))
    import gzip

    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(first + said + member("lscb.toml", SETTINGS)[0].tobuf() + SETTINGS.ljust(512, b"\0") + bytes(1024))
    return path


def truncated(path: Path) -> Path:
    whole = os.urandom(300_000)
    archive(path, listed({"lscb.toml": SETTINGS, "raw/a": whole}), member("lscb.toml", SETTINGS), member("raw/a", whole))
    path.write_bytes(path.read_bytes()[:200_000])
    return path


def written(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


ENEMIES: dict[str, Callable[[Path], Path]] = {
    "no archive": written(b"this is no archive"),
    "nothing": written(b""),
    "broken off": truncated,
    "no list": lambda path: archive(path, member("lscb.toml", SETTINGS)),
    "a list of nonsense": lambda path: archive(path, member("manifest.json", b"[" * 100_000)),
    "a list that knows more": lambda path: archive(path, listed({"lscb.toml": SETTINGS}, script="rm")),
    "no settings": lambda path: archive(path, listed({"raw/a.md": b"x"}), member("raw/a.md", b"x")),
    "up and away": of_one("raw/../../escaped"),
    "from the root": of_one("/etc/escaped"),
    "hidden in a name": of_one("raw/a\\..\\b"),
    "another place": of_one("escaped.txt"),
    "the load's lock": of_one("../.load.lock"),
    "a link": of_one("raw/link", tarfile.SYMTYPE, linkname="/etc"),
    "a hard link": of_one("raw/link", tarfile.LNKTYPE, linkname="/etc/passwd"),
    "a device": of_one("raw/device", tarfile.CHRTYPE, devmajor=1, devminor=3),
    "a pipe": of_one("raw/pipe", tarfile.FIFOTYPE),
    "a folder": of_one("raw/folder", tarfile.DIRTYPE),
    "two of one name": lambda path: archive(
        path, listed({"lscb.toml": SETTINGS}), member("lscb.toml", SETTINGS), member("lscb.toml", SETTINGS)
    ),
    "two names but for case": lambda path: archive(path, listed({"lscb.toml": SETTINGS, "raw/a": b"", "raw/A": b""})),
    "a file that is a folder": lambda path: archive(path, listed({"lscb.toml": SETTINGS, "raw/a": b"", "raw/a/b": b""})),
    "what is not listed": lambda path: archive(
        path, listed({"lscb.toml": SETTINGS}), member("lscb.toml", SETTINGS), member("raw/b")
    ),
    "less than is listed": lambda path: archive(
        path, listed({"lscb.toml": SETTINGS, "raw/a": b"x"}), member("lscb.toml", SETTINGS)
    ),
    "another size": lambda path: archive(path, listed({"lscb.toml": SETTINGS}), member("lscb.toml", SETTINGS + b"\n")),
    "another content": lambda path: archive(path, listed({"lscb.toml": SETTINGS}), member("lscb.toml", SETTINGS[::-1])),
    "a name that fills the memory": lambda path: with_headers(path, {"path": "a" * 200_000_000}),
    "headers without end": lambda path: with_headers(path, {"comment": "a"}, depth=5_000),
    "a build that leads away": lambda path: archive(
        path, listed({"lscb.toml": SETTINGS}, build="../../x.duckdb"), member("lscb.toml", SETTINGS)
    ),
}  # fmt: skip


@pytest.mark.parametrize("enemy", ENEMIES)
def test_an_archive_from_an_enemy_is_refused_with_a_sentence_and_leaves_nothing(
    tmp_path: Path, enemy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ENEMIES[enemy](tmp_path / "enemy.tar.gz")
    with pytest.raises(HostileError, match="Nothing was restored"):
        restore(file, tmp_path / "place/home")
    assert list((tmp_path / "place").rglob("*")) == []
    assert not Path("/etc/escaped").exists()
    assert main(["--home", str(tmp_path / "place/home"), "restore", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_a_receipt_that_says_otherwise_is_found_though_the_list_agrees(home: Board, tmp_path: Path) -> None:
    """As by somebody who changed a file and made the list anew."""
    backup(home, tmp_path / "board.tar.gz")
    with tarfile.open(tmp_path / "board.tar.gz") as tar:
        files = {one.name: content.read() for one in tar if (content := tar.extractfile(one)) and one.name != "manifest.json"}
    files["raw/2014-15-Q1/marac/marac.xlsx"] = b"another"
    archive(tmp_path / "forged.tar.gz", listed(files), *(member(name, content) for name, content in files.items()))
    with pytest.raises(HostileError, match=r"not as their receipts say, 'raw/2014-15-Q1/marac/marac\.xlsx'"):
        restore(tmp_path / "forged.tar.gz", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_build_that_is_none_leaves_the_rest_restored(tmp_path: Path) -> None:
    files = {"lscb.toml": SETTINGS, "warehouse/builds/1.duckdb": b"no database"}
    file = archive(tmp_path / "a.tar.gz", listed(files, build="1.duckdb"), *(member(*one) for one in files.items()))
    with pytest.raises(HostileError, match="lscb load builds it anew"):
        restore(file, tmp_path / "other")
    assert (tmp_path / "other/lscb.toml").read_bytes() == SETTINGS
    with pytest.raises(UserError, match="run lscb load"):
        publish.current(board.at(tmp_path / "other"))
