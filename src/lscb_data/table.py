"""The layout `table`: a header row, perhaps under title rows, over the rows."""

from collections.abc import Collection, Iterator

from lscb_data.finding import Severity
from lscb_data.heading import Headings, Spellings, find_headings, place_columns
from lscb_data.laid import Row, Rows, SheetRow, Unread, Values, above, accepted_name, is_note, lookalikes, no_heading, unread
from lscb_data.sheet import Sheet
from lscb_data.spelling import fold, has_lookalikes
from lscb_data.workbook import Grid, address

Keys = set[tuple[str, str]]  # the keys that rows have: a column's name, and what its text means


def table(grid: Grid, out: Rows, values: Values) -> None:
    lines = list(grid.rows())
    headings, alike = find_headings(lines, Spellings.of(out.sheet.columns))
    if not headings:
        no_heading(out, [c.printed[0] for c in out.sheet.columns if c.printed and c.printed[0]])
        return
    if _wrong_headings(out, headings):
        return
    body = [line for line in lines if line[0] > headings.number]
    at = place_columns(out, headings, body, values)
    if at is None:
        return
    out.places, out.header = at, headings.number
    _accepted_names(out, headings)
    again = _headed_again(out, headings, alike, at)
    over = [line for line in lines if line[0] < headings.number]
    out.notes += [(address(number, c), t) for number, texts in over for c, t in texts.items()]
    key = at.get(out.sheet.columns[0].name)
    beside: list[SheetRow] = []
    for number, texts in body:
        if number in again:
            continue
        if _is_note(texts, out.sheet, key, at.values()):
            out.notes += [(address(number, c), t) for c, t in texts.items()]
            continue
        if set(texts) & set(at.values()):
            out.rows.append(_row(out.sheet, number, texts, at))
        beside.append((number, {c: t for c, t in texts.items() if c not in at.values()}))
    unknown = _unknown_headings(out, headings, at, beside, values)
    there = {(c.name, values.meant(c, row.texts[c.name])) for c in out.sheet.columns if c.key for row in out.rows}
    for number, texts in over:
        if _is_row(out.sheet, texts, at, values) or _like_a_row(out, texts, there, values):
            above(out, address(number, min(texts)))
    if _like_a_row(out, {c: headings.texts[c] for c in unknown}, there, values):
        above(out, address(headings.number, min(unknown)))
    lacking = any(not row.texts[column.name] for row in out.rows for column in out.sheet.columns if column.is_number)
    unread(out, _unread(out, beside, unknown, there, values), lacking)
    _moved_down(out)


def _accepted_names(out: Rows, headings: Headings) -> None:
    for column in out.sheet.columns:
        places = headings.whole.get(column.name, [])[:1] or headings.broken.get(column.name, [])
        said = "".join(fold(headings.texts[place]) for place in places)
        if places and said in map(fold, column.aliases):
            text = " ".join(headings.texts[place] for place in places)
            accepted_name(out, text, address(headings.number, places[0]), column.name, column.printed)


def _row(sheet: Sheet, number: int, texts: dict[int, str], at: dict[str, int]) -> Row:
    """The row's texts, blank for a column that need not be there and is not."""
    found = {column.name: texts.get(at.get(column.name, 0), "") for column in sheet.columns}
    return Row(number, found, {name: address(number, place) for name, place in at.items()})


def _wrong_headings(out: Rows, headings: Headings) -> bool:
    """Whether headings are missing or doubled, so that no column can be told; with the findings."""
    texts = headings.texts
    there = {*headings.whole, *headings.broken}
    missing = [c for c in out.sheet.columns if c.name not in there and c.required and not c.bare]
    doubled = {name: places for name, places in headings.whole.items() if len(places) > 1}
    if missing:
        out.remark(
            "column_missing", Severity.BLOCKER,
            "No column headed " + ", ".join(f"'{c.printed[0] if c.printed else c.name}'" for c in missing)
            + f"; the sheet's columns are headed {out.quoted(*texts.values())}.",
            "Put the heading back as the template has it.", address(headings.number, min(texts)),
        )  # fmt: skip
    for name, places in doubled.items():
        out.remark(
            "column_doubled", Severity.BLOCKER,
            f"The heading '{texts[places[0]]}' stands {len(places)} times, so that it is not clear which column to read.",
            "Leave one column of that heading.", address(headings.number, places[1]), name,
        )  # fmt: skip
    return bool(missing or doubled)


def _headed_again(out: Rows, headings: Headings, alike: list[Headings], at: dict[str, int]) -> set[int]:
    """The rows that are headings once more; over other columns than before they would swap figures."""
    figures = {column.name for column in out.sheet.columns if column.is_number}
    over_figures = {place for name, place in at.items() if name in figures}
    found = set()
    for row in (row for row in alike if row.number > headings.number):
        swapped = any(set(places) & over_figures for name, places in row.whole.items() if name in figures)
        if swapped or row.found >= min(2, headings.found):
            same = row.same_as(headings)
            found.add(row.number)
            out.remark(
                "heading_repeated", Severity.QUERY if same else Severity.BLOCKER,
                "The sheet's headings stand here again" + ("." if same else ", and not over the same columns as before."),
                "Leave one row of headings, and one table under it.", address(row.number, min(row.texts)),
            )  # fmt: skip
    return found


def _unknown_headings(out: Rows, headings: Headings, at: dict[str, int], beside: list[SheetRow], values: Values) -> set[int]:
    """The places of headings that are not the return's, with a remark; one may be the return's own under another name."""
    unknown = set(headings.texts) - set(at.values()) - headings.pieces
    numbers = [column for column in out.sheet.columns if column.is_number]
    absent = [column for column in numbers if not any(row.texts[column.name] for row in out.rows)]
    for place, text in headings.texts.items():
        cell = address(headings.number, place)
        if has_lookalikes(text):
            lookalikes(out, text, cell)
        if place not in unknown:
            continue
        renamed = [c for c in absent if any(values.fits(c, texts[place]) for _, texts in beside if place in texts)]
        said = f"The column headed {out.quoted(text)} is not part of this return"
        if renamed:
            said += f", and there are no figures under '{renamed[0].printed[0]}': it may be that one under another name."
            fix = "Head it as the template does, or take it out."
            out.remark("column_unknown", Severity.BLOCKER, said, fix, cell, renamed[0].name)
        else:
            fix = "Take it out, or agree with the Board what it holds."
            out.remark("column_unknown", Severity.QUERY, said + "; it was not read.", fix, cell)
    return unknown


def _unread(out: Rows, beside: list[SheetRow], unknown: set[int], there: Keys, values: Values) -> Iterator[Unread]:
    """The cells beside the rows. A key, or a whole row, was moved there."""
    rows = {row.number for row in out.rows}
    keys = [column for column in out.sheet.columns if column.key]
    for number, texts in beside:
        own = {c: t for c, t in texts.items() if number not in rows or c not in unknown}
        row = _like_a_row(out, own, there, values)
        for place, text in texts.items():
            if place not in unknown or (row and place in own):
                lost = row or any(values.fits(key, text) for key in keys)
                yield Unread(number, place, values.figure(out.sheet.columns, text), lost)


def _like_a_row(out: Rows, texts: dict[int, str], there: Keys, values: Values) -> bool:
    """Whether texts away from the headings are a row's: a figure with a key that no row has, or with two facts of a record."""
    keys = [column for column in out.sheet.columns if column.key]
    facts = [column for column in keys or out.sheet.columns if not column.is_number]
    fitting = {
        place
        for place, text in texts.items()
        for column in facts
        if values.fits(column, text) and (column.name, values.meant(column, text)) not in there
    }
    return len(fitting) >= (1 if keys else 2) and any(values.figure(out.sheet.columns, text) for text in texts.values())


def _moved_down(out: Rows) -> None:
    """A cell without its row's key, or most of its row, and another row that lacks one like it: a column was moved down.

    Of children's records each row is judged by itself: there many a cell is rightly blank, and a row torn apart is set aside.
    """
    if out.sheet.names_children:
        return
    keys = {column.name for column in out.sheet.columns if column.key}
    for column in out.sheet.columns:
        if not (column.required or column.is_number) or all(row.texts[column.name] for row in out.rows):
            continue
        for row in out.rows:
            filled = {name for name, text in row.texts.items() if text}
            torn = len(filled) == 1 or 2 * len(filled) < len(row.texts) or (keys and not filled & keys)
            if column.name in filled and torn and len(row.texts) > 1:
                out.remark(
                    "row_misplaced", Severity.BLOCKER,
                    "This stands in a row without its key or most of its cells, and another row lacks one in this column: cells"
                    " of the column seem to have been moved.",
                    "Put each cell back into its own row.", row.cells[column.name], column.name,
                )  # fmt: skip
                break


def _is_row(sheet: Sheet, texts: dict[int, str], at: dict[str, int], values: Values) -> bool:
    """Whether texts over the headings stand as a row's do: two figures, or all of them fit and one at least is no free text."""
    names = {place: name for name, place in at.items()}
    columns = [(sheet.column(names[place]), text) for place, text in texts.items() if place in names]
    told = [(column, values.fits(column, text)) for column, text in columns if column.type not in ("text", "identifier")]
    figures = sum(fits for column, fits in told if column.is_number)
    whole = len(columns) == len(texts) > 1 and all(fits for _, fits in told) and (figures == 1 or len(told) > 1)
    return figures > 1 or whole


def _is_note(texts: dict[int, str], sheet: Sheet, key: int | None, places: Collection[int]) -> bool:
    """Whether the row is a footnote: one text alone, and not a figure whose key is missing."""
    if len(texts) > 1:
        return False
    place, text = next(iter(texts.items()))
    if place in places and place != key:
        return False
    return is_note(text) and (len(text) <= 60 or len(sheet.columns) > 1)
