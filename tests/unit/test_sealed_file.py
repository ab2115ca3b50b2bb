"""A sealed file holds what was put in, from any place, and nothing of it is read where a single part is not as it was."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lscb_data import sealed_file
from lscb_data.board import Board
from lscb_data.finding import UserError
from lscb_data.pseudonym import write_key
from lscb_data.sealed_file import HEAD, TAG, BrokenError, copy, digest, is_sealed, read_bytes, reading, size, writing

PART = 16
BYTES = st.binary(max_size=5 * PART)
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PART", PART)


@pytest.fixture
def path(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place in a folder that is sealed."""
    write_key(tmp_path / "seal.key", board.home)
    monkeypatch.setenv("LSCB_SEAL_FILE", str(tmp_path / "seal.key"))
    return board.raw / "file"


def put(path: Path, content: Iterable[bytes]) -> bytes:
    with writing(path, Board(path.parents[1]).seal) as file:
        for one in content:
            file.write(one)
    return path.read_bytes()


def parts(sealed: bytes) -> list[bytes]:
    return [sealed[at : at + PART + TAG] for at in range(HEAD, len(sealed), PART + TAG)]


@OFTEN
@given(st.lists(BYTES, max_size=4))
def test_what_is_put_in_comes_out(path: Path, content: list[bytes]) -> None:
    whole, sealed = b"".join(content), put(path, content)
    assert read_bytes(path) == whole
    assert size(path) == len(whole)
    assert is_sealed(path)
    assert len(whole) < 4 or whole not in sealed[HEAD:]


@OFTEN
@given(BYTES, st.lists(st.tuples(st.integers(0, 6 * PART), st.integers(0, 3 * PART)), max_size=8))
def test_every_place_is_read_as_of_a_plain_file(path: Path, content: bytes, asked: list[tuple[int, int]]) -> None:
    put(path, [content])
    plain = io.BytesIO(content)
    with reading(path) as file:
        for at, number in asked:
            assert (file.seek(at), file.read(number), file.tell()) == (plain.seek(at), plain.read(number), plain.tell())
        assert file.seek(0, io.SEEK_END) == len(content)


@OFTEN
@given(BYTES, st.data())
def test_a_bit_that_turned_is_found(path: Path, content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(put(path, [content]))
    at = data.draw(st.integers(len(sealed_file.MAGIC), len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(sealed)
    with pytest.raises((BrokenError, UserError)):  # its head says which key, and may say another now
        read_bytes(path)


@OFTEN
@given(BYTES, st.data())
def test_what_was_cut_off_is_missed(path: Path, content: bytes, data: st.DataObject) -> None:
    sealed = put(path, [content])
    path.write_bytes(sealed[: data.draw(st.integers(len(sealed_file.MAGIC), len(sealed) - 1))])
    with pytest.raises(BrokenError), reading(path):
        pass


def test_parts_keep_their_order_and_their_file(path: Path) -> None:
    content = bytes(range(3 * PART))
    first, second = put(path, [content]), put(path, [content])
    assert first != second, "each file has a salt of its own"
    changed = [second[:HEAD] + b"".join(order) for order in permutations(parts(second)) if list(order) != parts(second)]
    changed += [second[:HEAD] + b"".join([*parts(second), parts(second)[-1]])]
    changed += [second[:HEAD] + b"".join([*parts(second)[:at], parts(first)[at], *parts(second)[at + 1 :]]) for at in range(3)]
    changed += [second[:HEAD] + b"".join(parts(second)[:-1])]
    for sealed in changed:
        path.write_bytes(sealed)
        with pytest.raises(BrokenError):
            read_bytes(path)
        assert digest(path) == "", "no file's hash"


def test_what_broke_off_has_no_end(path: Path) -> None:
    def break_off() -> Iterator[bytes]:
        yield bytes(3 * PART)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(path, break_off())
    with pytest.raises(BrokenError):
        read_bytes(path)


def test_a_plain_file_is_read_as_it_stands(path: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"plain bytes")
    assert (read_bytes(plain), size(plain), is_sealed(plain)) == (b"plain bytes", 11, False)
    copy(plain, path, Board(path.parents[1]).seal)
    assert (read_bytes(path), digest(path), is_sealed(path)) == (b"plain bytes", digest(plain), True)
    copy(path, plain, None)
    assert plain.read_bytes() == b"plain bytes"


def test_a_workbook_is_opened_from_within(path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as parts_of_book:
        parts_of_book.writestr("xl/workbook.xml", "<a/>" * 100)
    put(path, [held.getvalue()])
    with reading(path) as file, zipfile.ZipFile(file) as book:
        assert book.read("xl/workbook.xml") == b"<a/>" * 100


@pytest.fixture
def other(path: Path, tmp_path: Path, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, [b"held"])
    write_key(tmp_path / "other.key", board.home)
    monkeypatch.setenv("LSCB_SEAL_FILE", str(tmp_path / "other.key"))


def test_another_key_is_refused_in_words(other: None, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"sealed with the key [0-9a-f]{12}, and the one named is [0-9a-f]{12}"):
        read_bytes(path)
    monkeypatch.delenv("LSCB_SEAL_FILE")
    with pytest.raises(UserError, match="and none is named"):
        read_bytes(path)
