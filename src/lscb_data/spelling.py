"""How suppliers write words: white space, case, punctuation and letters of another alphabet that look Latin."""

import re
import unicodedata
from functools import lru_cache

# Cyrillic and Greek capitals and small letters that print like Latin ones.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХЅІЈаеорсухѕіјԁһкмнтвΑΒΕΖΗΙΚΜΝΟΡΤΥΧοναικ",
    "ABEKMHOPCTYXSIJaeopcyxsijdhkmhtbABEZHIKMNOPTYXovaik",
)
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff]+")


@lru_cache(maxsize=100_000)
def clean(text: str) -> str:
    """The text with every kind of blank (non-breaking, zero-width, new lines) folded to single spaces, and trimmed."""
    return _BLANKS.sub(" ", text).strip()


def latin(text: str) -> str:
    """The text with letters of another alphabet that look Latin replaced by the Latin ones."""
    return text.translate(_LOOKALIKES)


def has_lookalikes(text: str) -> bool:
    return latin(text) != text


def fold(text: str) -> str:
    """Letters and digits only, lower case, look-alikes as Latin: what two spellings of one word have in common.

    A mark between two digits is kept as `-`.
    """
    while (folded := _folded(text)) != text:  # one letter's plain form may be another's look-alike
        text = folded
    return text


@lru_cache(maxsize=10_000)
def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", latin(text)).casefold()
    # Between two digits a mark says something: 1-4 is not 14, and 10.5 is not 105.
    text = re.sub(r"(?<=\d)\s*[-‐‑‒–—/.:]\s*(?=\d)", "-", text)
    return re.sub(r"(?<!\d)-|-(?!\d)|[^\w-]|_", "", text)
