"""The layout `table`: a header row, perhaps under title rows, over the rows."""

from collections.abc import Collection

from lscb_data.column import Column
from lscb_data.contract import Sheet
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, lookalikes, no_heading, unread
from lscb_data.spelling import fold, has_lookalikes
from lscb_data.workbook import Grid, address, column_number

HEADINGS = 3  # so many in one row are no chance


def table(grid: Grid, out: Rows) -> None:
    found = headed(grid, out)
    if not found:
        return
    header, at = found
    out.places = at
    lines = list(grid.rows())
    texts = dict(lines)[header]
    unknown = odd_headings(out, header, texts, at)
    key = at.get(out.sheet.columns[0].name)
    stray: dict[int, list[int]] = {}
    for number, texts in lines:
        if number <= header:
            out.notes += [(address(number, c), t) for c, t in texts.items() if number < header]
        elif _is_note(texts, out.sheet, key, at.values()):
            out.notes += [(address(number, c), t) for c, t in texts.items()]
        else:
            if set(texts) & set(at.values()):
                out.rows.append(_row(out.sheet, number, texts, at))
            for column in set(texts) - set(at.values()) - unknown:
                stray.setdefault(column, []).append(number)
    unread(out, stray)


def headed(grid: Grid, out: Rows) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and where each column stands; None where it cannot be said, with the findings why."""
    lines = list(grid.rows())
    columns = [(column, {fold(printed) or printed for printed in column.printed}) for column in out.sheet.columns]
    found = max(
        ((_headings(columns, texts), number) for number, texts in lines),
        key=lambda one: (len(one[0]), -one[1]),
        default=({}, 0),
    )
    places, header = found
    if not places:
        no_heading(out, [c.printed[0] for c in out.sheet.columns if c.printed and c.printed[0]])
        return None
    texts = dict(lines)[header]
    missing = [c for c in out.sheet.columns if c.name not in places and c.required]
    doubled = {name: at for name, at in places.items() if len(at) > 1}
    # A row that has one heading by chance may be a child's: its texts are not said again.
    headings = "; the sheet's columns are headed " + ", ".join(f"'{t}'" for t in texts.values())
    if missing:
        out.remark(
            "column_missing", Severity.BLOCKER,
            "No column headed " + ", ".join(f"'{c.printed[0] if c.printed else c.name}'" for c in missing)
            + ("" if out.sheet.names_children and len(places) < HEADINGS else headings) + ".",
            "Put the heading back as the template has it.", address(header, min(texts)),
        )  # fmt: skip
    for name, found_at in doubled.items():
        out.remark(
            "column_doubled", Severity.BLOCKER,
            f"The heading '{texts.get(found_at[0], '')}' stands {len(found_at)} times, so that it is not clear which column"
            " to read.",
            "Leave one column of that heading.", address(header, found_at[1]), name,
        )  # fmt: skip
    return None if missing or doubled else (header, {name: columns[0] for name, columns in places.items()})


def _row(sheet: Sheet, number: int, texts: dict[int, str], at: dict[str, int]) -> Row:
    """The row's texts, blank for a column that need not be there and is not."""
    found = {column.name: texts.get(at.get(column.name, 0), "") for column in sheet.columns}
    return Row(number, found, {name: address(number, place) for name, place in at.items()})


def _headings(columns: list[tuple[Column, set[str]]], texts: dict[int, str]) -> dict[str, list[int]]:
    """The columns of the return whose heading stands in this row, and where."""
    folded = {column: fold(text) for column, text in texts.items()}
    joined = "".join(folded.values())
    found: dict[str, list[int]] = {}
    for column, spellings in columns:
        if at := [place for place, text in folded.items() if (text or texts[place]) in spellings]:
            found[column.name] = at
        elif column.at and any(s and s in joined for s in spellings):
            found[column.name] = [column_number(column.at)]
    if found:  # a column that has no heading of its own does not make a row the header row
        bare = (column for column, spellings in columns if column.name not in found and "" in spellings)
        found |= {column.name: [column_number(column.at)] for column in bare if column.at}
    return found


def odd_headings(out: Rows, header: int, texts: dict[int, str], at: dict[str, int]) -> set[int]:
    """Remark on headings that are broken or unknown; the places of those that are unknown."""
    for place, text in texts.items():
        if has_lookalikes(text):
            lookalikes(out, text, address(header, place))
    known = {fold(p) for column in out.sheet.columns for p in column.printed}
    for column in (c for c in out.sheet.columns if c.name in at):
        if column.at and any(column.printed) and fold(texts.get(at[column.name], "")) not in known - {""}:
            out.remark(
                "heading_broken", Severity.QUERY,
                f"The heading '{column.printed[0]}' is broken over cells ({' | '.join(texts.values())}) and does not stand"
                f" over its figures; column {column.at} was read.",
                "Put the whole heading over its figures.", address(header, min(texts)), column.name,
            )  # fmt: skip
    spoken = {fold(p) for c in out.sheet.columns if c.at for p in c.printed}
    unknown = set()
    for place, text in texts.items():
        if place not in at.values() and not (fold(text) and any(fold(text) in s for s in spoken)):
            unknown.add(place)
            out.remark(
                "column_unknown", Severity.QUERY, f"The column headed '{text}' is not part of this return; it was not read.",
                "Take it out, or agree with the Board what it holds.", address(header, place),
            )  # fmt: skip
    return unknown


def _is_note(texts: dict[int, str], sheet: Sheet, key: int | None, places: Collection[int]) -> bool:
    """Whether the row is a footnote: one text alone, and not a figure whose key is missing."""
    if len(texts) > 1:
        return False
    place, text = next(iter(texts.items()))
    if place in places and place != key:
        return False
    return text.startswith(("*", "Note", "Source")) or (len(text) > 60 and len(sheet.columns) > 1)
