"""The layout `matrix`: lines down, providers or headings across."""

import re
from collections.abc import Iterator

from lscb_data.column import Column
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, SheetRow, Unread, Values, above, accepted_name, lookalikes, no_heading, unread
from lscb_data.spelling import fold, has_lookalikes
from lscb_data.workbook import Grid, address


def matrix(grid: Grid, out: Rows, values: Values) -> None:
    lines = list(grid.rows())
    across = next((c for c in out.sheet.columns if c.key in ("provider", "area")), None)
    header, places = _heads(out, lines, across, values)
    if not places:
        return
    one = Row(header, {}, {})
    rows = {
        place: Row(place, {across.name: text}, {across.name: address(header, place)}) if across else one
        for place, text in places.items()
    }
    done: set[str] = set()
    beside: list[Unread] = []
    for number, texts in lines:
        labels = {c: t for c, t in texts.items() if c < min(places)}
        columns = [c for c in out.sheet.columns if {fold(t) for t in labels.values()} & set(map(fold, c.spellings))]
        figures = {c for c in places if re.search(r"\w", texts.get(c, ""))}
        said, cell = " | ".join(labels.values()), address(number, min(texts))
        if number == header:
            continue
        if number < header or not (columns or figures):
            out.notes += [(address(number, c), t) for c, t in texts.items()]
            rest = [c for c in texts if c not in labels]
            beside += (Unread(number, c, lost=_is_name(out, texts[c]), quiet=number < header or c not in places) for c in rest)
            if columns and figures:
                above(out, cell)
        elif not columns:
            out.remark(
                "line_unknown", Severity.BLOCKER, f"The line '{said}' is not one of this return's.",
                "Put the line's name back as the template has it.", cell,
            )  # fmt: skip
        elif len({c.across for c in columns}) < len(columns):
            out.remark(
                "line_disputed", Severity.BLOCKER,
                f"'{said}' names two of this return's lines: it is not clear whose figures these are.",
                "Leave one name before each line.", cell,
            )  # fmt: skip
        else:
            _read_line(out, (number, texts), columns, places, rows, done)
            beside += _beside(out, (number, texts), columns, places, values)
    lacking = not across and any(not one.texts.get(column.name) for column in out.sheet.columns)
    unread(out, beside, lacking)
    missing = [c for c in out.sheet.columns if c.printed and c.required and c.name not in done]
    if missing:
        out.remark(
            "line_missing", Severity.BLOCKER, "No line " + ", ".join(f"'{c.printed[0]}'" for c in missing) + ".",
            "Put the line back as the template has it.",
        )  # fmt: skip
        return
    out.rows += rows.values() if across else [one]
    for row in out.rows:
        for column in out.sheet.columns:
            row.texts.setdefault(column.name, "")


def _heads(out: Rows, lines: list[SheetRow], across: Column | None, values: Values) -> tuple[int, dict[int, str]]:
    """The row that has the most of the headings across, and their places; no place, with its finding, where none has them."""
    headings = {fold(c.across) for c in out.sheet.columns if c.across}

    def heads(texts: dict[int, str]) -> dict[int, str]:
        return {c: t for c, t in texts.items() if (values.fits(across, t) if across else fold(t) in headings)}

    header, places = max(((n, heads(t)) for n, t in lines), key=lambda one: (len(one[1]), -one[0]), default=(0, {}))
    if not places or (not across and len({fold(t) for t in places.values()}) < len(headings)):
        known = values.codes[across.codes or ""].codes if across else ()
        no_heading(out, [c.label for c in known] or sorted({c.across for c in out.sheet.columns if c.across}))
        return header, {}
    if not across and len(places) > len(headings):
        out.remark(
            "column_doubled", Severity.BLOCKER,
            f"The headings {' | '.join(places.values())} stand twice, so that it is not clear which column to read.",
            "Leave one column of each heading.", address(header, max(places)),
        )  # fmt: skip
        return header, {}
    for place, text in dict(lines)[header].items():
        if has_lookalikes(text):
            lookalikes(out, text, address(header, place))
        if place > min(places) and place not in places:
            out.remark(
                "column_unknown", Severity.BLOCKER, f"The column headed {out.quoted(text)} is not one this return knows.",
                "Use the template's headings.", address(header, place),
            )  # fmt: skip
    return header, places


def _read_line(
    out: Rows, line: SheetRow, columns: list[Column], places: dict[int, str], rows: dict[int, Row], done: set[str]
) -> None:
    """Put a line's cells into the rows that they belong to."""
    number, texts = line
    for place, text in texts.items():
        if place < min(places) and has_lookalikes(text):
            lookalikes(out, text, address(number, place))
    for column in columns:
        if column.name in done:
            out.remark(
                "line_doubled", Severity.BLOCKER, f"The line '{column.printed[0]}' stands twice.",
                "Leave one line of that name.", address(number, min(texts)), column.name,
            )  # fmt: skip
        done.add(column.name)
        for place, text in texts.items():
            if place < min(places) and fold(text) in map(fold, column.aliases):
                accepted_name(out, text, address(number, place), column.name, column.printed)
        for place, row in rows.items():
            if _crosses(column, places[place]):
                row.texts[column.name] = texts.get(place, "")
                row.cells[column.name] = address(number, place)


def _crosses(column: Column, heading: str) -> bool:
    """Whether the column's figure stands under this heading; a line of providers has one under each."""
    return column.across is None or fold(heading) == fold(column.across)


def _beside(out: Rows, line: SheetRow, columns: list[Column], places: dict[int, str], values: Values) -> Iterator[Unread]:
    """The cells of a line, right of its name, that stand under no heading of its own; a provider's heading may be gone."""
    number, texts = line
    named = max(c for c, t in texts.items() if c < min(places) and any(fold(t) in map(fold, one.spellings) for one in columns))
    own = {place for place, heading in places.items() if any(_crosses(column, heading) for column in columns)}
    for place, text in texts.items():
        if place > named and place not in own:
            value = any(values.fits(column, text) for column in columns)
            if value or place > min(places):
                headless = value and any(column.across is None for column in columns)
                yield Unread(number, place, value, headless or _is_name(out, text))


def _is_name(out: Rows, text: str) -> bool:
    return any(fold(text) in map(fold, column.spellings) for column in out.sheet.columns)
