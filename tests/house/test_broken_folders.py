"""A Board's folder that is not as it should be: whatever is asked of it, one sentence says what is wrong, and what to do."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lscb_data.cli import main

GOOD = 'name = "A Board"\narea = "E10000003"\narea_name = "Cambridgeshire"\n'
COMMANDS = {
    "receive": ["receive", "{file}", "--return", "csc__annex_a_list_7", "--period", "2014-15 Q1"],
    "status": ["status"],
    "check": ["check", "{file}", "--return", "csc__annex_a_list_7", "--period", "2014-15 Q1"],
    "explain": ["explain", "cp_plans_open"],
    "sql": ["sql", "from audit.findings"],
    "load": ["load"],
}
ASKS = tuple(COMMANDS)
READS = ("status", "explain", "sql")


def settings(text: str | bytes) -> Callable[[Path], None]:
    def make(home: Path) -> None:
        (home / "lscb.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


def in_the_way(name: str, *, loop: bool = False) -> Callable[[Path], None]:
    """A file, or a link in a circle, where a folder should be."""

    def make(home: Path) -> None:
        (home / name).parent.mkdir(exist_ok=True)
        if loop:
            (home / name).symlink_to(home / name)
        else:
            (home / name).write_text("x")

    return make


def build(content: bytes | None) -> Callable[[Path], None]:
    """A build of these bytes; None for a database that no load made."""

    def make(home: Path) -> None:
        builds = home / "warehouse" / "builds"
        builds.mkdir(parents=True)
        if content is None:
            duckdb.connect(str(builds / "20140101T000000000000Z.duckdb")).close()
        else:
            (builds / "20140101T000000000000Z.duckdb").write_bytes(content)
        (home / "warehouse" / "lscb.duckdb").symlink_to("builds/20140101T000000000000Z.duckdb")

    return make


BROKEN: list[tuple[str, Callable[[Path], None], tuple[str, ...], str]] = [
    ("no toml", settings('name = "A\narea ='), ASKS, "is not TOML"),
    ("another encoding", settings(GOOD.encode("utf-16")), ASKS, "save it again as UTF-8"),
    ("fields missing", settings('name = "A"\n'), ASKS, "area: Field required; area_name: Field required. It may say name,"),
    ("a field unknown", settings(GOOD + 'colour = "red"\n'), ASKS, "colour: Extra inputs are not permitted"),
    ("a field that is none", settings(GOOD + 'keep_builds = "many"\n'), ASKS, "keep_builds: Input should be a valid integer"),
    ("no build kept", settings(GOOD + "keep_builds = 0\n"), ASKS, "keep_builds: Input should be greater than or equal to 1"),
    ("nothing said", settings(""), ASKS, "name: Field required"),
    ("settings in a circle", in_the_way("lscb.toml", loop=True), ASKS, "it has no file lscb.toml"),
    ("a warehouse in a circle", in_the_way("warehouse", loop=True), ("explain", "sql"), "run lscb load"),
    ("a build in a circle", in_the_way("warehouse/lscb.duckdb", loop=True), ("explain", "sql"), "run lscb load"),
    ("a file for a warehouse", in_the_way("warehouse"), ("explain", "sql"), "run lscb load"),
    ("a file for raw", in_the_way("raw"), ("receive",), "Not a directory: "),
    ("raw in a circle", in_the_way("raw", loop=True), ("receive",), "Too many levels of symbolic links: "),
    ("a build of nothing", build(b""), READS, "lscb load builds it anew"),
    ("a damaged build", build(b"damaged" * 1000), READS, "lscb load builds it anew"),
    ("another's database", build(None), READS[:2], "is no warehouse that lscb built"),
]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str], str]:
    """What a command says of this folder: one line, and the exit code 1."""
    for name in ("LSCB_HOME", "LSCB_NAME", "LSCB_AREA", "LSCB_AREA_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")

    def ask(home: Path, command: str) -> str:
        code = main(["--home", str(home), *(word.format(file=tmp_path / "list.csv") for word in COMMANDS[command])])
        said = capsys.readouterr()
        assert code == 1, said
        assert said.err.count("\n") == 1, said.err
        assert "Traceback" not in said.err + said.out
        return said.err

    return ask


@pytest.mark.parametrize(("make", "commands", "says"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
def test_a_folder_that_is_broken(
    tmp_path: Path,
    asked: Callable[[Path, str], str],
    make: Callable[[Path], None],
    commands: tuple[str, ...],
    says: str,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    make(home)
    if not (home / "lscb.toml").exists() and not (home / "lscb.toml").is_symlink():
        settings(GOOD)(home)
    for command in commands:
        if (command, says) != ("check", "it has no file lscb.toml"):  # a file can be checked without a Board
            assert says in asked(home, command), command


@pytest.mark.parametrize(
    ("kind", "says"), [("file", "is a file and no folder"), ("nothing", "is no folder"), ("loop", "is no folder")]
)
def test_what_is_named_as_a_boards_folder_and_is_none(
    tmp_path: Path, asked: Callable[[Path, str], str], kind: str, says: str
) -> None:
    home = tmp_path / "home"
    if kind == "file":
        home.write_text("x")
    if kind == "loop":
        home.symlink_to(home)
    for command in ASKS:
        if command != "check":
            assert says in asked(home, command), command
    assert main(["--home", str(home), "key", str(tmp_path / "board.key")]) == 0  # a key needs no Board


def test_a_folder_without_settings_is_made_by_init(tmp_path: Path, asked: Callable[[Path, str], str]) -> None:
    for command in ASKS:
        if command != "check":
            assert "it has no file lscb.toml. Run: lscb --home DIR init" in asked(tmp_path, command)
