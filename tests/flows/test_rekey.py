"""Another key: every child has another pseudonym, no row is lost, and nothing that the old key made is left behind."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lscb_data import rekey
from lscb_data.board import SETTINGS, Board
from lscb_data.cli import main
from lscb_data.contract import Contracts
from lscb_data.finding import UserError
from lscb_data.period import parse
from lscb_data.pseudonym import key_in, write_key
from lscb_data.publish import current
from lscb_data.submission import receive, received

pytestmark = pytest.mark.usefixtures("prefect")

PLANS = """Child Unique ID,Gender,Ethnicity,Date of Birth,Child Protection Plan Start Date,Initial Category of Abuse,\
Latest Category of Abuse,Child Protection Plan End Date,Number of Previous Child Protection Plans
C1,F,WBRI,17/05/2009,31/05/2014,NEG,EMO,30/06/2014,0
C2,M,WBRI,17/05/2010,02/03/2014,NEG,NEG,,1
C3,M,WBRI,17/05/2010,31/02/2014,NEG,NEG,,1
"""
ENQUIRIES = """Child Unique ID,Gender,Ethnicity,Date of Birth,Strategy Discussion Date,\
Date of Initial Child Protection Conference
C2,M,WBRI,17/05/2010,20/02/2014,02/03/2014
"""
CHECKOUT = Path(__file__).parents[2]
LIST_7, LIST_5, TOTALS = "csc__annex_a_list_7", "csc__annex_a_list_5", "csc__child_protection"
Q1 = parse("2014-15 Q1")


@pytest.fixture
def home(board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """A Board with two lists of children and a council's totals, loaded under its first key."""
    for name in rekey.IN_FORCE:
        monkeypatch.delenv(name, raising=False)
    write_key(tmp_path / "first.key", board.home)
    write_key(tmp_path / "second.key", board.home)
    with (board.home / SETTINGS).open("a") as settings:
        settings.write(f'key_file = "{tmp_path}/first.key"\n')
    for name, text in ((LIST_7, PLANS), (LIST_5, ENQUIRIES)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        receive(board, path, contracts[name], Q1)
    (totals,) = (CHECKOUT / "raw" / Q1.folder / "csc").glob("*.xlsx")
    receive(board, totals, contracts[TOTALS], Q1)
    load(board)
    return Board(board.home)


def load(board: Board) -> None:
    from flows.load import run

    run(board.home)


def rekeyed(board: Board, tmp_path: Path, name: str = "second.key") -> int:
    return main(["--home", str(board.home), "rekey", str(tmp_path / name)])


def asked(board: Board, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(current(board), read_only=True) as connection:
        return connection.execute(query).fetchall()


def children(board: Board, list_: str = LIST_7) -> dict[int, str]:
    return dict(asked(board, f"select row, child::varchar from staging.{list_} where child is not null order by row"))


def counts(board: Board) -> list[Any]:
    """All that is published, and what became of every row; but for the day, what a load of the same files gives."""
    figures = asked(board, "select * from published.indicator_values order by all")
    rows = asked(board, "select submission_id, standing, rows_received, rows_accepted, rows_rejected from staging.submissions")
    return [figures, sorted(rows)]


def holding_any(board: Board, marks: set[str]) -> list[Path]:
    """The files under warehouse/ that have one of the marks in their name or anywhere in them."""
    files = [path for path in board.warehouse.rglob("*") if path.is_file()]
    return [path for path in files if any(m in str(path) or m.encode() in path.read_bytes() for m in marks)]


def evidence(board: Board) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in board.raw.rglob("*") if path.is_file()}


def in_force(board: Board, path: Path) -> bool:
    return rekey.is_in_force(Board(board.home), path)


def test_every_pseudonym_is_another_every_count_the_same_and_nothing_of_the_old_key_is_left(
    home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, figures, raw = children(home), counts(home), evidence(home)
    old = {key_in(tmp_path / "first.key", home.home).fingerprint}
    assert holding_any(home, old), "or there were nothing to look for"
    assert rekeyed(home, tmp_path) == 0
    said = capsys.readouterr().out
    assert "2 submissions" in said
    assert "4 rows in = 3 accepted + 1 set aside, the same under both keys" in said
    assert "1 build" in said
    after = children(home)
    assert list(after) == list(before) == [2, 3]
    assert not set(before.values()) & set(after.values())
    assert children(home, LIST_5)[2] == after[3], "one child is one pseudonym in both lists"
    assert counts(home) == figures
    assert evidence(home) == raw
    assert holding_any(home, old) == []
    assert in_force(home, tmp_path / "second.key")
    load(Board(home.home))  # as everyone does from now on
    assert children(home) == after


@pytest.mark.long
def test_prefects_records_have_no_pseudonym_that_would_outlive_its_key(home: Board) -> None:
    from prefect.artifacts import Artifact

    told = [
        one for (one,) in asked(home, "select message from audit.findings") for child in children(home).values() if child in one
    ]
    assert told, "a finding names a plan by its child's pseudonym"
    artifact = Artifact.get("findings")
    assert artifact
    assert not [child for child in children(home).values() if child in str(artifact.data)]


@pytest.mark.long
def test_wherever_it_breaks_off_key_and_warehouse_are_of_one_kind_and_a_second_run_finishes(
    home: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.load

    first, second, third = (tmp_path / f"{name}.key" for name in ("first", "second", "third"))
    before, raw = children(home), evidence(home)

    def broken_off(room: object, name: str, key: Path) -> dict[int, str]:
        def goes(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(room, name, goes)
            assert rekeyed(home, tmp_path, key.name) == 130
        return children(home)

    for room, name in ((rekey, "land"), (flows.load.warehouse, "build"), (flows.load.publish, "publish")):
        assert broken_off(room, name, second) == before
        assert in_force(home, first)
    load(Board(home.home))  # goes on as if nothing had been tried
    assert children(home) == before

    published = broken_off(rekey, "put_in_force", second)
    assert not set(published.values()) & set(before.values())
    with pytest.raises(UserError, match="lscb rekey"):  # a load with the old key does not undo it
        load(Board(home.home))
    assert children(home) == published
    assert rekeyed(home, tmp_path, second.name) == 0
    assert children(home) == published
    assert in_force(home, second)
    assert holding_any(home, {key_in(first, home.home).fingerprint}) == []

    write_key(third, home.home)
    again = broken_off(rekey, "take_away", third)
    assert not set(again.values()) & set(published.values())
    assert in_force(home, third)
    assert rekeyed(home, tmp_path, third.name) == 0
    assert (children(home), evidence(home)) == (again, raw)
    assert holding_any(home, {key_in(second, home.home).fingerprint}) == []


@pytest.mark.long
def test_what_is_left_of_a_submission_that_is_no_longer_held_goes_too(home: Board, tmp_path: Path) -> None:
    (gone,) = (one for one in received(home) if one.receipt.return_ == LIST_5)
    for path in (gone.path, Path(f"{gone.path}.receipt.yml")):
        path.unlink()
    assert rekeyed(home, tmp_path) == 0
    assert holding_any(home, {key_in(tmp_path / "first.key", home.home).fingerprint}) == []
    assert not [path for path in home.staging.iterdir() if path.name.startswith(LIST_5)]
    with duckdb.connect(current(home), read_only=True) as connection:  # that it was there once stays known, and nothing of it
        (known,) = (
            connection.execute(
                "select array_agg(standing order by known_from) from audit.submission_versions where submission_id = $1",
                [gone.id],
            ).fetchone()
            or ()
        )
    assert known == ["accepted", "no longer held"]


@pytest.mark.long
def test_what_could_not_be_taken_away_is_said(
    home: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rekey, "take_away", lambda path: None)
        assert rekeyed(home, tmp_path) == 1
    said = capsys.readouterr()
    assert "could not be taken away" in said.err
    assert "Destroy" not in said.out
    assert rekeyed(home, tmp_path) == 0


@pytest.mark.long
def test_the_key_in_force_is_no_new_one(home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nobody is told to destroy it."""
    load(home)
    builds = sorted(home.warehouse.glob("builds/*.duckdb"))
    assert rekeyed(home, tmp_path, "first.key") == 1
    said = capsys.readouterr()
    assert "is in force already" in said.err
    assert "Destroy" not in said.out + said.err
    assert sorted(home.warehouse.glob("builds/*.duckdb")) == builds


def test_a_key_that_cannot_be_used_changes_nothing(home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, before = tmp_path / "third.key", sorted(home.warehouse.rglob("*.*"))
    cases = (
        (None, 0o600, "cannot be read"),
        (b"short", 0o600, "shorter than 32"),
        (b"\xff" * 40, 0o600, "not text"),
        (b"k" * 40, 0o644, "chmod 600"),
    )
    for content, mode, said in cases:
        if content is not None:
            path.write_bytes(content)
            path.chmod(mode)
        assert rekeyed(home, tmp_path, "third.key") == 1
        assert said in capsys.readouterr().err
    assert sorted(home.warehouse.rglob("*.*")) == before
    assert in_force(home, tmp_path / "first.key")


@pytest.mark.long
def test_settings_that_cannot_be_changed_by_one_line_stop_it_before_it_begins(
    home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home.home / SETTINGS
    path.write_text(path.read_text().replace("key_file", '"key_file"'))
    settings, before = path.read_text(), children(home)
    assert rekeyed(home, tmp_path) == 1
    assert "key_file" in capsys.readouterr().err
    assert (path.read_text(), children(home)) == (settings, before)


@pytest.mark.long
def test_a_file_that_is_not_as_it_was_received_stops_it(
    home: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = home.raw.rglob(f"{LIST_7}.csv")
    path.chmod(0o600)
    path.write_text(PLANS + "C4,F,WBRI,17/05/2009,02/02/2014,NEG,EMO,,0\n")
    before = children(home)
    assert rekeyed(home, tmp_path) == 1
    assert "not the file received" in capsys.readouterr().err
    assert (children(home), in_force(home, tmp_path / "first.key")) == (before, True)


@pytest.mark.long
def test_submissions_judged_otherwise_stop_it(
    home: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rekey.land

    def lossy(*given: Any) -> Any:
        landed = real(*given)
        return landed if in_force(home, tmp_path / "first.key") else type(landed)(**(vars(landed) | {"received": 2}))

    monkeypatch.setattr(rekey, "land", lossy)
    with pytest.raises(UserError, match="other counts"):
        rekey.land_anew(home, contracts, tmp_path / "second.key")


@pytest.mark.long
def test_a_key_in_the_environment_is_for_whoever_set_it_to_change(
    home: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until then no load undoes what was done."""
    monkeypatch.setenv("LSCB_KEY_FILE", str(tmp_path / "first.key"))
    settings, before = (home.home / SETTINGS).read_text(), children(home)
    assert rekeyed(home, tmp_path) == 1
    assert f"LSCB_KEY_FILE={tmp_path / 'second.key'}" in capsys.readouterr().err
    assert (home.home / SETTINGS).read_text() == settings
    after = children(home)
    assert not set(before.values()) & set(after.values())
    with pytest.raises(UserError, match="another key"):
        load(Board(home.home))
    monkeypatch.setenv("LSCB_KEY_FILE", str(tmp_path / "second.key"))
    load(Board(home.home))
    assert children(home) == after


@pytest.mark.long
def test_without_childrens_records_the_key_is_put_in_force(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in rekey.IN_FORCE:
        monkeypatch.delenv(name, raising=False)
    write_key(tmp_path / "first.key", board.home)
    write_key(tmp_path / "second.key", board.home)
    with (board.home / SETTINGS).open("a") as settings:
        settings.write(f'key_file = "{tmp_path}/first.key"\n')
    assert rekeyed(board, tmp_path) == 0
    assert in_force(board, tmp_path / "second.key")
