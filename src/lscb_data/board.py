"""A Board's own folder: its settings, and where its evidence, its warehouse and its own contracts stand."""

import os
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lscb_data.finding import UserError
from lscb_data.promise import faults
from lscb_data.pseudonym import Key
from lscb_data.seal import SETTINGS as SETTINGS
from lscb_data.seal import key_of


class Settings(BaseSettings):
    """What a Board says of itself, in `lscb.toml` or as LSCB_… in the environment."""

    model_config = SettingsConfigDict(env_prefix="LSCB_", extra="forbid", frozen=True)

    name: str
    area: str
    area_name: str
    keep_builds: int = Field(5, ge=1)
    key_file: Path | None = Field(None, description="Where the key of children's pseudonyms is: outside the folder")
    seal_file: Path | None = Field(None, description="Where the key is that all is sealed with: outside the folder")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


@dataclass(frozen=True)
class Board:
    """The folder of one Board; the software's own contracts and SQL stand under the Board's."""

    home: Path

    @cached_property
    def settings(self) -> Settings:
        """Raises UserError where the folder has no settings, or they are not understood."""
        path = self.home / SETTINGS
        try:
            if not path.is_file():
                raise UserError(_no_board(self.home))
            return Settings(**TomlConfigSettingsSource(Settings, path)())
        except ValidationError as error:
            known = ", ".join(Settings.model_fields)
            raise UserError(f"{path}: {faults(error)}. It may say {known}.") from None
        except UnicodeDecodeError:
            raise UserError(f"{path} is not UTF-8 text: save it again as UTF-8.") from None
        except ValueError as error:
            raise UserError(f'{path} is not TOML ({error}): write each line as name = "value".') from None
        except OSError as error:
            raise UserError(f"{path} cannot be read ({error.strerror}): give whoever runs lscb the right to.") from None

    @property
    def seal(self) -> Key | None:
        """What all that is kept of children is sealed with; None where it stands plain. Raises UserError where that key is not
        at hand."""
        return key_of(self.home)

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse"

    @property
    def staging(self) -> Path:
        return self.warehouse / "staging"

    @property
    def ledger(self) -> Path:
        """Where what was published is kept as evidence."""
        return self.raw / "published"

    def folders(self, name: str) -> list[Path]:
        """Where `schemas` or `sql` stand: those that ship with the software, then the Board's own on top."""
        own = self.home / name
        return [shipped(name)] + ([own] if own.is_dir() and not own.samefile(shipped(name)) else [])


def _no_board(home: Path) -> str:
    """Why the folder is no Board's."""
    if home.is_dir():
        return f"{home} is no Board's folder: it has no file {SETTINGS}. Run: lscb --home DIR init"
    what = "is a file and no folder" if home.is_file() else "is no folder"
    return f"{home} {what}: name the Board's with --home or LSCB_HOME, or make one: lscb --home DIR init"


def shipped(name: str) -> Path:
    """The folder of that name that ships with the software: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent
    return package / name if (package / name).is_dir() else package.parents[1] / name


def at(home: Path | None = None) -> Board:
    """The Board at this folder, or at LSCB_HOME, or here."""
    return Board((home or Path(os.environ.get("LSCB_HOME") or ".")).absolute())


def init(board: Board, name: str, area: str, area_name: str) -> None:
    """Make the folder of a new Board. Raises UserError where one is there already."""
    path = board.home / SETTINGS
    if os.path.lexists(path):
        raise UserError(f"{board.home} is a Board's folder already ({SETTINGS}).")
    for folder in (board.raw, board.warehouse):
        folder.mkdir(parents=True, exist_ok=True)
    lines = {"name": name, "area": area, "area_name": area_name}
    quoted = "".join(f'{key} = "{value}"\n' for key, value in lines.items() if not set('"\\\n') & set(value))
    if quoted.count("\n") < len(lines):
        raise UserError('A name cannot hold " or \\ or a new line.')
    path.write_text(quoted, "utf-8")


def naming(board: Board, setting: str, file: Path) -> str:
    """The Board's settings with this file as the setting, and else as they are.

    Raises UserError where that one line cannot be changed, or added, and nothing else.
    """
    path, said = board.home / SETTINGS, file.absolute().as_posix()
    text = path.read_text("utf-8")
    before, line = tomllib.loads(text), f'{setting} = "{said}"'
    changed = re.sub(rf"(?m)^[ \t]*{setting}[ \t]*=.*$", lambda _: line, text)
    if setting not in before:
        changed = f"{text.rstrip()}\n{line}\n"
    try:
        after = tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        after = {}
    if after != before | {setting: said}:
        raise UserError(
            f'{path} cannot be changed by itself: have the key in it on one line, {setting} = "…", and no " or \\ in the new '
            "file's path. Then do the same again."
        )
    return changed
