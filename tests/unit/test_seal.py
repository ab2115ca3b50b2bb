"""The key of the seal: named once, never inside the folder, and told from any other."""

from pathlib import Path

import pytest

from lscb_data.board import Board
from lscb_data.finding import UserError
from lscb_data.pseudonym import Key, write_key
from lscb_data.seal import derived, in_names, in_words, key_of, sealed_with


@pytest.fixture
def key(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Key:
    monkeypatch.delenv("LSCB_SEAL_FILE", raising=False)
    return write_key(tmp_path / "seal.key", board.home)


def name(board: Board, path: str) -> None:
    settings = board.home / "lscb.toml"
    settings.write_text(f'{settings.read_text()}seal_file = "{path}"\n')


def test_a_folder_that_names_none_is_not_sealed(board: Board, key: Key) -> None:
    assert board.seal is key_of(board.raw / "2014-15-Q1") is None


def test_it_is_the_one_that_the_folder_around_a_file_names(board: Board, key: Key, tmp_path: Path) -> None:
    name(board, "../seal.key")
    assert board.seal == key_of(board.raw / "2014-15-Q1/csc/list.csv") == key
    assert board.settings.seal_file == Path("../seal.key")
    assert key_of(tmp_path / "a file elsewhere.csv") is None


def test_the_environment_goes_before_the_settings(board: Board, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    name(board, "../none.key")
    monkeypatch.setenv("LSCB_SEAL_FILE", "../seal.key")
    assert board.seal == key


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("../none.key", None, "cannot be read .No such file or directory.*as seal_file"),
        ("../short.key", "k" * 31, "shorter than 32 characters.*as seal_file"),
        ("inside.key", "k" * 64, "lies in the Board's folder"),
    ],
)
def test_what_is_wrong_with_it_is_said(board: Board, key: Key, file: str, content: str | None, said: str) -> None:
    if content:
        (board.home / file).write_text(content)
    name(board, file)
    with pytest.raises(UserError, match=said):
        board.seal  # noqa: B018


def test_another_key_than_the_warehouse_was_sealed_with_is_refused(board: Board, key: Key, tmp_path: Path) -> None:
    build = board.warehouse / f"builds/20150101T000000000000Z{in_names(key)}.duckdb"
    build.parent.mkdir()
    build.touch()
    (board.warehouse / "lscb.duckdb").symlink_to(build)
    with pytest.raises(UserError, match=f"sealed with the key {key.fingerprint}, and none is named"):
        board.seal  # noqa: B018
    other = write_key(tmp_path / "other.key", board.home)
    name(board, "../other.key")
    with pytest.raises(UserError, match=f"sealed with the key {key.fingerprint}, and the one named is {other.fingerprint}"):
        board.seal  # noqa: B018


def test_each_use_and_each_file_has_a_key_of_its_own(key: Key) -> None:
    kinds = [derived(key, "file", b"1"), derived(key, "file", b"2"), derived(key, "staging"), derived(key, "warehouse")]
    assert len({*kinds, key.secret}) == 5
    assert {len(one) for one in kinds} == {32}
    assert key.secret.decode() not in in_words(key, "warehouse") + in_names(key) + repr(key)


def test_a_name_says_which_key(key: Key) -> None:
    assert sealed_with(Path(f"20150101T000000Z.key-0123456789ab{in_names(key)}.duckdb")) == key.fingerprint
    assert sealed_with(Path("20150101T000000Z.key-0123456789ab.duckdb")) is None
    assert in_names(None) == ""
