"""Where a table's columns stand: under a heading in one cell, beside one that is broken over cells, or without any."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lscb_data.column import Column
from lscb_data.figure import looks_like_figure
from lscb_data.finding import Severity
from lscb_data.laid import Rows, SheetRow, Values
from lscb_data.spelling import fold
from lscb_data.workbook import address, letters


@dataclass(frozen=True)
class Headings:
    """One row's headings: the columns whose heading stands in one cell, and those whose heading is broken over several."""

    number: int
    texts: dict[int, str]
    whole: dict[str, list[int]]
    broken: dict[str, list[int]] = field(default_factory=dict)

    @property
    def pieces(self) -> set[int]:
        return {place for places in self.broken.values() for place in places}

    @property
    def found(self) -> int:
        return len(self.whole) + len(self.broken)

    def same_as(self, other: "Headings") -> bool:
        """Whether the same headings stand in the same columns."""
        return (self.whole, self.broken) == (other.whole, other.broken)


@dataclass(frozen=True)
class Spellings:
    """How the columns of a sheet are headed, folded."""

    columns: dict[str, list[str]]

    @classmethod
    def of(cls, columns: list[Column]) -> "Spellings":
        """A column that may stand without a heading is known by its own name, as the template heads it."""
        found: dict[str, list[str]] = {}
        for column in columns:
            for printed in [*filter(None, column.spellings), *([column.name] if column.bare else [])]:
                names = found.setdefault(fold(printed) or printed, [])
                if column.name not in names:  # two of its spellings may be one when folded
                    names.append(column.name)
        return cls(found)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """All that a heading begins with."""
        return frozenset(spelling[:end] for spelling in self.columns for end in range(len(spelling) + 1))

    def whole(self, number: int, texts: dict[int, str]) -> Headings:
        found: dict[str, list[int]] = {}
        for place, text in texts.items():
            for name in self.columns.get(fold(text) or text, ()):
                found.setdefault(name, []).append(place)
        return Headings(number, texts, found)

    def broken(self, row: Headings) -> Headings:
        """The same row with the headings that its other cells say together, one after another."""
        taken = {place for places in row.whole.values() for place in places}
        rest = [(place, fold(text)) for place, text in row.texts.items() if place not in taken]
        found: dict[str, list[int]] = {}
        for first in range(len(rest)):
            said = ""
            for last in range(first, len(rest)):  # no slice: a broken file can be one row of ten thousand cells
                said += rest[last][1]
                if said not in self.beginnings:
                    break
                for name in self.columns.get(said, ()):
                    if name not in row.whole and last > first:
                        found.setdefault(name, [place for place, _ in rest[first : last + 1]])
        return Headings(row.number, row.texts, row.whole, found)


def find_headings(lines: list[SheetRow], spellings: Spellings) -> tuple[Headings | None, list[Headings]]:
    """The row that has the most of the headings, the first of them, and every row that has some. None where no row has one."""
    rows = [row for number, texts in lines if (row := spellings.whole(number, texts)).found]
    wanted = {name for names in spellings.columns.values() for name in names}
    if not any(row.found == len(wanted) for row in rows):
        whole = {row.number: row for row in rows}
        every = (spellings.broken(whole.get(number, Headings(number, texts, {}))) for number, texts in lines)
        rows = [row for row in every if row.found]
    return max(rows, key=lambda row: (row.found, -row.number), default=None), rows


def place_columns(out: Rows, headings: Headings, body: list[SheetRow], values: Values) -> dict[str, int] | None:
    """The place of every column that is there; None, with its finding, where one cannot be told.

    A column that has no heading over it is the one among the sheet's columns without heading whose values look like its own.
    """
    at = {name: places[0] for name, places in headings.whole.items()}
    headed = {place for place, text in headings.texts.items() if not looks_like_figure(text)} - headings.pieces
    free = {place for _, texts in body for place in texts} - headed
    told = True
    for column in sorted(_unplaced(out, headings), key=lambda c: c.is_number):  # numbers are the least particular
        pieces = headings.broken.get(column.name)
        fitting = _fitting(column, free, body, values)
        if pieces and not fitting and not free:
            fitting = pieces[:1]  # it has no figures at all
        if not fitting and not column.is_number:
            fitting = _fitting(column, headed - set(at.values()), body, values)
            if len(fitting) == 1:
                _other_heading(out, column, headings, fitting[0])
        if len(fitting) == 1:
            at[column.name] = fitting[0]
            free.discard(fitting[0])
        elif fitting or column.required or pieces:
            told = False
            _unplaced_column(out, column, fitting, address(headings.number, min(headings.texts)))
        if pieces:
            _broken_heading(out, column, headings, letters(fitting[0]) if len(fitting) == 1 else None)
    return at if told else None


def _fitting(column: Column, places: set[int], body: list[SheetRow], values: Values) -> list[int]:
    """The places where something looks like a value of the column."""
    return sorted({place for _, texts in body for place in places & set(texts) if values.fits(column, texts[place])})


def _other_heading(out: Rows, column: Column, headings: Headings, place: int) -> None:
    said, name = out.quoted(headings.texts[place]), column.name.replace("_", " ")
    out.remark(
        "heading_unknown", Severity.QUERY, f"The column headed {said} was read as '{name}', because of its values.",
        "Head it as the template does.", address(headings.number, place), column.name,
    )  # fmt: skip


def _unplaced(out: Rows, headings: Headings) -> Iterator[Column]:
    for column in out.sheet.columns:
        if column.name not in headings.whole and (column.bare or column.name in headings.broken):
            yield column


def _unplaced_column(out: Rows, column: Column, fitting: list[int], cell: str) -> None:
    which = f"{len(fitting)} columns without a heading ({', '.join(map(letters, fitting))}) have"
    out.remark(
        "column_unplaced", Severity.BLOCKER,
        f"{which if fitting else 'No column without a heading has'} values that could be '{column.name.replace('_', ' ')}', so"
        " that it is not clear which column to read.",
        "Put the heading over its own column.", cell, column.name,
    )  # fmt: skip


def _broken_heading(out: Rows, column: Column, headings: Headings, read: str | None) -> None:
    pieces = headings.broken[column.name]
    said, cell = " | ".join(headings.texts[place] for place in pieces), address(headings.number, pieces[0])
    out.remark(
        "heading_broken", Severity.QUERY,
        f"The heading '{next(filter(None, column.printed))}' is broken over cells ({said})"
        " and does not stand over its figures" + (f"; column {read} was read." if read else "."),
        "Put the whole heading over its figures.", cell, column.name,
    )  # fmt: skip
