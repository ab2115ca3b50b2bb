"""The words that a `months_across` sheet is known by: block headings, areas and the names of lines, whole or broken."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold


@dataclass(frozen=True)
class Heading:
    """Words over some lines: the block that they name, or the area as it is written here; in full; and their cell."""

    means: str
    title: str
    cell: str = ""
    alias: str = ""  # as it is written here, where it is read because that was accepted


@dataclass(frozen=True)
class Words:
    """The words that a sheet's contract knows."""

    sheet: Sheet
    board: str
    areas: CodeList | None

    def block(self, text: str) -> Heading | None:
        for block, spellings in self.sheet.blocks.items():
            if fold(text) in map(fold, self.sheet.block_spellings(block)):
                is_alias = fold(text) in map(fold, self.sheet.block_aliases.get(block, ()))
                return Heading(block, spellings[0], alias=text if is_alias else "")
        return None

    def area(self, text: str) -> Heading | None:
        found = self.areas.find(text) if self.areas else None
        return Heading(text, found.label) if found else None

    def line(self, block: str | None, label: str) -> Column | None:
        """The line of this name in the block."""
        return next((column for text, column in self._labels(block) if text == fold(label)), None)

    def begins_line(self, block: str | None, label: str) -> bool:
        """Whether a line's name begins so; the rest of it may stand in the rows below."""
        return bool(fold(label)) and any(text.startswith(fold(label)) for text, _ in self._labels(block))

    def known(self, text: str) -> bool:
        """Whether the text is a heading, an area or a line's name, or the beginning of one."""
        said = fold(text)
        return said in self._spellings or (len(said) > 3 and any(spelling.startswith(said) for spelling in self._spellings))

    def _labels(self, block: str | None) -> Iterator[tuple[str, Column]]:
        for column in self.sheet.columns:
            if column.block == block:
                for printed in column.spellings:
                    yield fold(printed), column

    @cached_property
    def _spellings(self) -> set[str]:
        blocks = {fold(spelling) for block in self.sheet.blocks for spelling in self.sheet.block_spellings(block)}
        lines = {label for block in (None, *self.sheet.blocks) for label, _ in self._labels(block)}
        areas = {fold(s) for code in (self.areas.codes if self.areas else ()) for s in (code.label, *code.spellings)}
        return blocks | lines | areas


def spoken(texts: dict[int, str], known: Callable[[str], Heading | None]) -> tuple[Heading, list[int]] | None:
    """What a row's words say, joined over its cells from the left, and the places of the cells that have no part in it.

    A word in the very next cell makes another thing of it: 'Offences' is not 'Offences | in care'.
    """
    places = list(texts)
    for end in range(len(places), 0, -1):
        if found := known(" ".join(texts[place] for place in places[:end])):
            rest = places[end:]
            goes_on = bool(rest) and rest[0] == places[end - 1] + 1 and re.search(r"[^\W\d_]{2}", texts[rest[0]])
            return None if goes_on else (found, rest)
    return None
