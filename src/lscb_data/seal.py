"""The seal: one setting, by which all that a Board keeps of children can be read only with a key that lies elsewhere.

The key of pseudonyms says who a child is to the Board; this one says who may read at all. Each use has a key of its own that is
derived from it (HKDF-SHA256), so that no two ever meet under the same.
"""

import os
import re
import tomllib
from base64 import b64encode
from pathlib import Path

from lscb_data.finding import UserError
from lscb_data.pseudonym import Key, key_in

SETTINGS = "lscb.toml"
IN_FORCE = "LSCB_SEAL_FILE"  # in the environment, it goes before the settings
HOW = (
    f"Name the right one in {SETTINGS} as seal_file, or in the environment as {IN_FORCE}; to seal a folder for the first time, "
    "make one with: lscb key FILE."
)
_SEALED_WITH = re.compile(r"\.seal-([0-9a-f]{12})\.")


def key_of(place: Path) -> Key | None:
    """The key that what stands in this place is sealed with: the one that the Board's folder around it names; None where it
    names none.

    Raises UserError where the key cannot be read, or is another than the one that the folder's warehouse was sealed with.
    """
    home = next((folder for folder in (place, *place.parents) if (folder / SETTINGS).is_file()), None)
    named = os.environ.get(IN_FORCE) or (home and _in_settings(home))
    found = key_in(Path(home or "", named), home or place, HOW) if named else None
    made = home and sealed_with(Path(os.path.realpath(home / "warehouse" / "lscb.duckdb")))
    if made and made != (found and found.fingerprint):
        raise other(f"The warehouse of {home}", made, found)
    return found


def other(what: str, made: str, found: Key | None) -> UserError:
    """What is said where something was sealed with a key that is not at hand."""
    have = f"the one named is {found.fingerprint}" if found else "none is named"
    return UserError(
        f"{what} is sealed with the key {made}, and {have}. Name the file of that key in {SETTINGS} as seal_file, or in the "
        f"environment as {IN_FORCE}."
    )


def _in_settings(home: Path) -> str | None:
    try:
        named = tomllib.loads((home / SETTINGS).read_text("utf-8")).get("seal_file")
    except (OSError, ValueError):  # which is said where the settings are asked for
        return None
    return named if isinstance(named, str) else None


def derived(key: Key, use: str, salt: bytes | None = None) -> bytes:
    """The 32 bytes that serve this use, and no other."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, f"lscb {use}".encode()).derive(key.secret)


def in_words(key: Key, use: str) -> str:
    """The same, as text that DuckDB takes for a key."""
    return b64encode(derived(key, use)).decode()


def in_names(key: Key | None) -> str:
    """What stands in the name of a build, and of a file of staging, that is sealed with this key."""
    return f".seal-{key.fingerprint}" if key else ""


def sealed_with(path: Path) -> str | None:
    """The fingerprint of the key that this build or file of staging was sealed with, by its name; None where it is plain."""
    found = _SEALED_WITH.search(path.name)
    return found and found[1]
