"""What an auditor signs: each fault that can befall a store is found, by the check that it is for, and nothing is changed."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lscb_data import board, contract, pseudonym, publish, submission
from lscb_data.board import Board
from lscb_data.cli import main
from lscb_data.period import parse
from lscb_data.verification import Verification
from lscb_data.verify import evidence_sha256, verify
from tests import loads

ROOT = Path(__file__).parents[2]
CHILD = "SECRET-CHILD-1"
PLANS = f"""Child Unique ID,Gender,Ethnicity,Date of Birth,Child Protection Plan Start Date,Initial Category of Abuse,\
Latest Category of Abuse,Child Protection Plan End Date,Number of Previous Child Protection Plans
{CHILD},F,WBRI,17/05/2009,31/05/2014,NEG,EMO,30/06/2014,0
C2,M,WBRI,17/05/2010,02/03/2014,NEG,NEG,,1
C3,M,WBRI,17/05/2010,31/02/2014,NEG,NEG,,1
"""
LONG_AGO = 1_400_000_000


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Board with police data, MARAC and a list of children, loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LSCB_KEY", "LSCB_KEY_FILE", "LSCB_HOME"):
            patch.delenv(name, raising=False)
        top = tmp_path_factory.mktemp("verify")
        here = board.at(top / "home")
        shutil.copytree(ROOT / "raw/2014-15", here.raw / "2014-15")
        for agency in ("constabulary", "marac"):
            shutil.copytree(ROOT / "raw/2014-15-Q1" / agency, here.raw / "2014-15-Q1" / agency)
        pseudonym.write_key(top / "board.key", here.home)
        settings = (ROOT / "lscb.toml").read_text() + f'key_file = "{top}/board.key"\n'
        (here.home / "lscb.toml").write_text(settings)
        (top / "list-7.csv").write_text(PLANS)
        contracts = contract.load_contracts(here.folders("schemas"))
        submission.receive(here, top / "list-7.csv", contracts["csc__annex_a_list_7"], parse("2014-15 Q1"))
        load(here)
        return here.home


@pytest.fixture
def home(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """That Board, to be damaged: as it was loaded, where it was loaded."""
    for name in ("LSCB_KEY", "LSCB_KEY_FILE", "LSCB_HOME"):
        monkeypatch.delenv(name, raising=False)
    kept = loaded.with_name("kept")
    if not kept.exists():
        shutil.copytree(loaded, kept, symlinks=True)
    shutil.rmtree(loaded)
    shutil.copytree(kept, loaded, symlinks=True)
    return board.at(loaded)


def load(here: Board) -> None:
    loads.load(here, pseudonym.read_key(here.home, here.settings.key_file).fingerprint)


def verified(here: Board, from_raw: bool = False) -> Verification:
    return verify(board.at(here.home), contract.load_contracts(here.folders("schemas")), from_raw)


def wrong(found: Verification) -> dict[str, str]:
    return {check.name: "; ".join(check.wrong) for check in found.checks if not check.ok}


def counted(found: Verification) -> dict[str, int]:
    return {check.name: check.counted for check in found.checks}


def standing(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.mark.parametrize("from_raw", [False, True])
def test_a_store_as_it_was_loaded_is_all_well_and_nothing_of_it_is_changed(home: Board, from_raw: bool) -> None:
    before = standing(home.home)
    found = verified(home, from_raw)
    assert wrong(found) == {}
    assert found.ok
    assert standing(home.home) == before
    counts = counted(found)
    assert counts["files"] == counts["receipts"] == counts["build"] == 4
    assert counts["rows"] == 3 + 6 + 10 + 3, "police, MARAC, population and plans"
    assert counts["rebuilt"] > 40, "every table"
    assert found.rebuilt_from == ("raw" if from_raw else "staging")


@pytest.mark.long
def test_the_page_and_its_exit_code(home: Board, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--home", str(home.home), "verify"]
    build = publish.current(home)
    assert main(arguments) == 0
    page = capsys.readouterr().out
    assert build.name in page
    assert subprocess.run(["sha256sum", build], capture_output=True, text=True, check=True).stdout.split()[0] in page
    assert "all well" in page
    assert "Signed:" in page
    file = next(home.raw.rglob("marac.xlsx"))
    file.write_bytes(file.read_bytes()[::-1])
    assert main(arguments) == 3
    page = capsys.readouterr().out
    assert "raw/2014-15-Q1/marac/marac.xlsx is not the file received: its hash differs" in page
    assert "from a backup" in page
    assert main([*arguments, "--format", "json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["build"]) == (False, build.name)
    (files,) = (one for one in told["checks"] if one["name"] == "files")
    assert (files["ok"], files["counted"], files["law"]) == (False, 4, 1)
    assert main([*arguments, "--format", "xml"]) == 1


def test_no_child_is_in_it(home: Board, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = home.raw.rglob("list-7.csv")
    file.write_text(PLANS.replace("WBRI", "xxxx"))
    with opened(home) as connection:
        connection.execute(f"update conformed.areas set area = '{CHILD}'")
        connection.execute(f"create table published.more as select '{CHILD}' as child")
    for form in ("table", "json"):
        assert main(["--home", str(home.home), "verify", "--from-raw", "--format", form]) == 3
        assert CHILD not in "".join(capsys.readouterr())


def test_the_hash_of_the_evidence_can_be_reckoned_by_anybody(home: Board) -> None:
    shell = "find * '(' -name '*.yml' -o -path 'published/*.parquet' ')' -print0"
    shell += " | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    said = subprocess.run(["sh", "-c", shell], cwd=home.raw, capture_output=True, text=True, check=True).stdout.split()[0]
    assert evidence_sha256(home) == said
    receipt = next(home.raw.rglob("*.receipt.yml"))
    receipt.write_text(receipt.read_text() + "note: another\n")
    assert evidence_sha256(home) != said


def test_before_the_first_load_the_evidence_is_verified(home: Board) -> None:
    shutil.rmtree(home.warehouse)
    found = verified(home)
    assert (found.ok, found.build, counted(found)["files"]) == (True, None, 4)


def one(folder: Path, pattern: str) -> Path:
    return next(iter(sorted(folder.rglob(pattern))))


def newer_build(here: Board, age: int) -> None:
    path = shutil.copy(publish.current(here), here.warehouse / "builds" / "29991231T000000000000Z.duckdb")
    os.utime(path, (age, age))


def left_over(path: Path, age: int = LONG_AGO) -> None:
    path.write_bytes(b"half")
    os.utime(path, (age, age))


def receipt_saying(here: Board, old: str, new: str) -> None:
    path = one(here.raw, "marac.xlsx.receipt.yml")
    path.write_text(path.read_text().replace(old, new))


def outcome_saying(here: Board, name: str, number: int) -> None:
    path = one(here.staging, "marac*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: number}))


def rows_changed(here: Board, query: str) -> None:
    """The Parquet of MARAC with other rows, and a judgement that knows it: as by somebody who meant to."""
    path, outcome = one(here.staging, "marac*.parquet"), one(here.staging, "marac*.json")
    rows = query.format(f"(from '{path}')")
    duckdb.sql(f"copy ({rows}) to '{path}.new' (format parquet)")
    shutil.move(f"{path}.new", path)
    said = json.loads(outcome.read_text())
    outcome.write_text(json.dumps(said | {"rows_sha256": {"figures": board_digest(path)}}))


def board_digest(path: Path) -> str:
    from lscb_data.disk import digest

    return digest(path)


def quarantined(here: Board) -> Path:
    """A file that no contract knows, put aside with its receipt."""
    from lscb_data import quarantine

    here.home.with_name("minutes.csv").write_text("a,b\n1,2\n")
    with quarantine.taken(here, here.home.with_name("minutes.csv")) as (path, sha256):
        held, _ = quarantine.put(path, sha256, "It is none of the returns.", ())
    return held.path


def test_what_is_in_quarantine_is_well_kept(home: Board) -> None:
    quarantined(home)
    found = verified(home)
    assert wrong(found) == {}
    assert counted(found)["files"] == counted(found)["receipts"] == 5


def some(names: Iterable[str]) -> list[Any]:
    """Every eighth of them at each change, and all in the long run."""
    return [one if n % 8 == 0 else pytest.param(one, marks=pytest.mark.long) for n, one in enumerate(names)]


FAULTS: dict[str, tuple[Callable[[Board], object], dict[str, str]]] = {
    "a file is another": (
        lambda here: one(here.raw, "marac.xlsx").write_bytes(b"another"),
        {"files": "another size", "rebuilt": "audit.findings"},
    ),
    "a file in quarantine is another": (
        lambda here: quarantined(here).write_bytes(b"another"),
        {"files": "minutes.csv is not the file received"},
    ),
    "a file is gone": (lambda here: one(here.raw, "marac.xlsx").unlink(), {"files": "is not there", "rebuilt": "rows"}),
    "a receipt is gone": (
        lambda here: one(here.raw, "marac.xlsx.receipt.yml").unlink(),
        {"no_receipt": "marac.xlsx", "held": "marac__cases", "staging_orphans": "marac__cases", "rebuilt": "rows"},
    ),
    "a receipt is no receipt": (
        lambda here: receipt_saying(here, "return:", "nothing:"),
        {"receipts": "marac.xlsx", "held": "marac__cases", "staging_orphans": "marac__cases", "rebuilt": "rows"},
    ),
    "a file stands where nothing is looked for": (
        lambda here: (here.raw / "2014-15-Q1/late.xlsx").write_bytes(b"late"),
        {"no_receipt": "raw/2014-15-Q1/late.xlsx"},
    ),
    "staging of nothing": (
        lambda here: (here.staging / f"csc__other.2014-15-Q1.{8 * '0'}.{16 * '0'}.json").write_text("{}"),
        {"staging_orphans": "csc__other"},
    ),
    "staging damaged": (
        lambda here: one(here.staging, "marac*.parquet").write_bytes(b"PAR1 not"),
        {"staging": "not as it was written", "rows": "cannot be read", "rebuilt": "staging.marac__cases cannot be"},
    ),
    "a judgement that says more": (
        lambda here: outcome_saying(here, "accepted", 5),
        {"staging": "6 rows were received, 5 accepted and 0 rejected", "rebuilt": "audit.submissions"},
    ),
    "a row of staging taken out": (
        lambda here: rows_changed(here, "from {0} where row <> (select max(row) from {0})"),
        {"staging": "has 5 rows of 6 received", "rows": "5 rows of 6 received", "rebuilt": "conformed.observations"},
    ),
    "a figure of staging changed": (
        lambda here: rows_changed(here, "select * replace (value + 1 as value) from {0}"),
        {"rebuilt": "staging.marac__cases"},
    ),
    "what was published is gone": (
        lambda here: one(here.ledger, "*.figures.parquet").unlink(),
        {"rebuilt": "audit.figure_versions"},
    ),
    "what was published is damaged": (
        lambda here: one(here.ledger, "*.figures.parquet").write_bytes(b"PAR1 not"),
        {"rebuilt": "raw/published"},
    ),
    "a build never published": (lambda here: newer_build(here, LONG_AGO), {"leftovers": "29991231"}),
    "half a file": (
        lambda here: left_over(here.raw / "2014-15-Q1/marac/.marac.xlsx.1.part"),
        {"leftovers": "raw/2014-15-Q1/marac/.marac.xlsx.1.part"},
    ),
    "half a build": (lambda here: left_over(here.warehouse / "builds/2.duckdb.part"), {"leftovers": "warehouse/builds/2"}),
    "a build open to writers": (lambda here: publish.current(here).chmod(0o644), {"read_only": "not read-only"}),
    "a damaged build": (lambda here: scribbled(publish.current(here)), {"build": ""}),
    "a key open to others": (lambda here: here.home.with_name("board.key").chmod(0o644), {"key": "chmod 600"}),
    "a key that is lost": (
        lambda here: shutil.move(here.home.with_name("board.key"), here.home.with_name("lost.key")),
        {"key": "cannot be read", "rebuilt": "cannot be built anew"},
    ),
}  # fmt: skip


def scribbled(build: Path) -> None:
    build.chmod(0o600)
    build.write_bytes(b"no database" * 1000)
    build.chmod(0o400)


@pytest.mark.parametrize("fault", some(FAULTS))
def test_a_fault_is_found(home: Board, fault: str) -> None:
    happens, expected = FAULTS[fault]
    happens(home)
    try:
        found = wrong(verified(home, from_raw=fault == "a figure of staging changed"))
    finally:
        if (lost := home.home.with_name("lost.key")).exists():
            lost.rename(home.home.with_name("board.key"))
        home.home.with_name("board.key").chmod(0o600)
    for check, said in expected.items():
        assert said in found.pop(check), fault
    assert found == {}


def test_what_is_being_written_this_hour_is_no_fault(home: Board) -> None:
    for path in (home.raw / "2014-15-Q1/marac/.marac.xlsx.1.part", home.warehouse / "builds/2.duckdb.part"):
        path.write_bytes(b"half")
    assert wrong(verified(home)) == {}


def test_what_came_since_is_no_fault(home: Board) -> None:
    shutil.copytree(ROOT / "raw/2014-15-Q2/marac", home.raw / "2014-15-Q2/marac")
    found = verified(home)
    assert found.ok
    assert any("1 came since" in check.asks for check in found.checks)


def test_two_verifications_do_not_share_a_folder(home: Board) -> None:
    from filelock import FileLock

    with FileLock(home.warehouse / ".verify.lock"), pytest.raises(publish.BusyError, match="verification"):
        verified(home)
    (home.warehouse / ".verify-killed").mkdir()
    assert verified(home).ok
    assert list(home.warehouse.glob(".verify-*")) == []


def opened(here: Board) -> duckdb.DuckDBPyConnection:
    """The build in force, open to write: as by somebody who meant to."""
    build = publish.current(here)
    build.chmod(0o600)
    return duckdb.connect(build)


_ONE = "rowid = (select min(rowid) from published.indicator_values where status = 'reported' and numerator is not null)"
_VALUES = f"update published.indicator_values set {{}} where {_ONE}"
BREACHES = {
    "rows_accounted": "update staging.submissions set rows_received = rows_received + 1 where \"return\" = 'marac__cases'",
    "blockers": "insert into checks.findings (severity) values ('blocker')",
    "last_good": "update staging.submissions set standing = 'superseded' where \"return\" = 'marac__cases'",
    "defined": _VALUES.format("indicator = 'unheard_of'"),
    "populated": "update published.indicator_values set population_id = 'none' where population_id is not null",
    "traced": _VALUES.format("cell = 'a!b!c'"),
    "received": _VALUES.format("submission_id = 'never'"),
    "hidden": _VALUES.format("status = 'suppressed', value = null"),
    "divided": _VALUES.format("value = value + 1"),
    "unknown": "update published.indicator_values set value = 0 where rowid ="
    " (select min(rowid) from published.indicator_values where status in ('not_supplied', 'suppressed'))",
    "unnamed": "create table marts.children as select 'x' as child",
    "contracts": "update staging.submissions set contract_sha256 = 'older' where \"return\" = 'marac__cases'",
    "held": "update staging.submissions set submission_id = 'gone' where \"return\" = 'marac__cases'",
}


@pytest.mark.parametrize("law", some(BREACHES))
def test_a_law_that_is_broken_is_said(home: Board, law: str) -> None:
    with opened(home) as connection:
        changed = connection.execute(BREACHES[law]).fetchall()
        assert changed != [(0,)], "or nothing were broken"
    publish.current(home).chmod(0o400)
    assert law in wrong(verified(home))


def test_a_count_hidden_in_one_figure_and_shown_in_another_is_said(home: Board) -> None:
    with opened(home) as connection:
        hidden = "insert into marts.hidden_counts select i.numerator[1], v.area_code, v.provider, v.period_type, v.period,"
        hidden += " v.breakdown_type, v.breakdown, 'small count' from published.indicator_values as v"
        hidden += " inner join published.indicators as i on v.indicator = i.indicator"
        hidden += " where v.numerator is not null and len(i.numerator) = 1 limit 1"
        assert connection.execute(hidden).fetchall() == [(1,)]
    assert "1 of " in wrong(verified(home))["hidden"]


def test_a_figure_changed_in_the_warehouse_is_named_by_its_table(home: Board) -> None:
    with opened(home) as connection:
        connection.execute(_VALUES.format("note = 'nothing to see'"))
    publish.current(home).chmod(0o400)
    assert wrong(verified(home)) == {
        "rebuilt": "published.indicator_values 1 rows are not in the one built anew, 1 of that are not in it"
    }
