"""The same child, the same pseudonym; and without the key, nothing."""

import hmac
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb_data.finding import UserError
from lscb_data.pseudonym import Key, pseudonyms, read_key, write_key

KEY = Key(b"0123456789abcdef0123456789abcdef")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LSCB_KEY", "LSCB_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def pseudonym(area: str, identifier: bytes, key: Key = KEY) -> bytes:
    (found,) = pseudonyms(key, "child", [area], [0], [identifier])
    return found


@given(st.binary(min_size=32, max_size=200), st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=200))))
def test_it_is_half_an_hmac_sha256_of_council_kind_and_identifier(secret: bytes, said: list[tuple[int, bytes]]) -> None:
    areas = ["E10000003", ""]
    whole = [areas[at].encode() + b"|child|" + identifier for at, identifier in said]
    expected = [hmac.digest(secret, one, sha256)[:16] for one in whole]
    assert pseudonyms(Key(secret), "child", areas, [at for at, _ in said], [one for _, one in said]) == expected


def test_one_child_has_one_pseudonym_in_one_council_and_another_in_the_next() -> None:
    here = pseudonym("E10000003", b"C1")
    assert here == pseudonym("E10000003", b"C1")
    assert here != pseudonym("E10000020", b"C1")
    assert here != pseudonym("E10000003", b"C1", Key(b"another key of thirty-two letters"))


def test_a_key_shows_nothing_of_itself() -> None:
    assert "0123" not in repr(KEY) + str(KEY) + KEY.fingerprint
    assert KEY.fingerprint != Key(b"another key of thirty-two letters").fingerprint


def test_the_key_is_in_the_environment_or_in_a_file_that_it_or_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file = tmp_path / "home", tmp_path / "key"
    home.mkdir()
    made = write_key(file, home)
    assert file.stat().st_mode & 0o077 == 0
    assert read_key(home, file) == made
    monkeypatch.setenv("LSCB_KEY_FILE", str(file))
    assert read_key(home, None) == made
    monkeypatch.setenv("LSCB_KEY", KEY.secret.decode())
    assert read_key(home, None) == KEY
    with pytest.raises(UserError, match="is there already"):
        write_key(file, home)


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is none"):
        read_key(tmp_path, None)


@pytest.mark.parametrize("text", ["", "short", " " * 40])
def test_a_key_too_short_is_refused(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(text)
    (tmp_path / "home").mkdir()
    with pytest.raises(UserError, match="shorter than 32 characters"):
        read_key(tmp_path / "home", tmp_path / "key")


def test_a_key_beside_what_it_protects_or_in_a_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home" / "deep").mkdir(parents=True)
    (tmp_path / "code" / ".git").mkdir(parents=True)
    with pytest.raises(UserError, match="lies in the Board's folder"):
        read_key(tmp_path / "home", Path("deep/key"))
    with pytest.raises(UserError, match="lies in a repository"):
        write_key(tmp_path / "code" / "key", tmp_path / "home")
    with pytest.raises(UserError, match="cannot be read"):
        read_key(tmp_path / "home", tmp_path / "nowhere")
