"""The layout `table`: a header row, perhaps under title rows, over the rows."""

from collections.abc import Iterable

from lscb_data.contract import Column, Sheet
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, lookalikes, no_heading
from lscb_data.spelling import fold, has_lookalikes
from lscb_data.workbook import Grid, address, column_number


def table(grid: Grid, out: Rows) -> None:
    lines = list(grid.rows())
    found = max(
        ((_headings(out.sheet.columns, texts), number) for number, texts in lines),
        key=lambda one: (len(one[0]), -one[1]),
        default=({}, 0),
    )
    places, header = found
    if not places:
        no_heading(out, [c.printed[0] for c in out.sheet.columns if c.printed and c.printed[0]])
        return
    texts = dict(lines)[header]
    missing = [c for c in out.sheet.columns if c.name not in places and c.required]
    doubled = {name: at for name, at in places.items() if len(at) > 1}
    if missing:
        out.remark(
            "column_missing", Severity.BLOCKER,
            "No column headed " + ", ".join(f"'{c.printed[0] if c.printed else c.name}'" for c in missing)
            + "; the sheet's columns are headed " + ", ".join(f"'{t}'" for t in texts.values()) + ".",
            "Put the heading back as the template has it.", address(header, min(texts)),
        )  # fmt: skip
    for name, at in doubled.items():
        out.remark(
            "column_doubled", Severity.BLOCKER,
            f"The heading '{texts.get(at[0], '')}' stands {len(at)} times, so that it is not clear which column to read.",
            "Leave one column of that heading.", address(header, at[1]), name,
        )  # fmt: skip
    if missing or doubled:
        return
    at = {name: columns[0] for name, columns in places.items()}
    _odd_headings(out, header, texts, at)
    key = at[out.sheet.columns[0].name]
    for number, texts in lines:
        if number <= header:
            out.notes += [(address(number, c), t) for c, t in texts.items() if number < header]
        elif set(texts) == {min(texts)} and _is_note(texts[min(texts)], out.sheet, min(texts) == key):
            out.notes.append((address(number, min(texts)), texts[min(texts)]))
        elif stray := set(texts) - set(at.values()):
            if set(texts) & set(at.values()):
                _add_row(out, number, texts, at)
            for column in sorted(stray):
                out.remark(
                    "unread_cell", Severity.QUERY,
                    "There is something here that stands under no heading of this return; it was not read.",
                    "Say what it is, or take it out.", address(number, column),
                )  # fmt: skip
        else:
            _add_row(out, number, texts, at)


def _add_row(out: Rows, number: int, texts: dict[int, str], at: dict[str, int]) -> None:
    out.rows.append(
        Row(number, {n: texts.get(c, "") for n, c in at.items()}, {n: address(number, c) for n, c in at.items()})
    )


def _headings(columns: Iterable[Column], texts: dict[int, str]) -> dict[str, list[int]]:
    """The columns of the return whose heading stands in this row, and where."""
    folded = {column: fold(text) for column, text in texts.items()}
    joined = "".join(folded.values())
    found: dict[str, list[int]] = {}
    for column in columns:
        spellings = {fold(printed) or printed for printed in column.printed}
        if at := [place for place, text in folded.items() if (text or texts[place]) in spellings]:
            found[column.name] = at
        elif column.at and any(s and s in joined for s in spellings):
            found[column.name] = [column_number(column.at)]
    if found:  # a column that has no heading of its own does not make a row the header row
        found |= {
            c.name: [column_number(c.at)] for c in columns if c.at and c.name not in found and "" in c.printed
        }
    return found


def _odd_headings(out: Rows, header: int, texts: dict[int, str], at: dict[str, int]) -> None:
    for place, text in texts.items():
        if has_lookalikes(text):
            lookalikes(out, text, address(header, place))
    known = {fold(p) for column in out.sheet.columns for p in column.printed}
    for column in out.sheet.columns:
        if column.at and any(column.printed) and fold(texts.get(at[column.name], "")) not in known - {""}:
            out.remark(
                "heading_broken", Severity.QUERY,
                f"The heading '{column.printed[0]}' is broken over cells ({' | '.join(texts.values())}) and does not stand"
                f" over its figures; column {column.at} was read.",
                "Put the whole heading over its figures.", address(header, min(texts)), column.name,
            )  # fmt: skip
    spoken = {fold(p) for c in out.sheet.columns if c.at for p in c.printed}
    for place, text in texts.items():
        if place not in at.values() and fold(text) and not any(fold(text) in s for s in spoken):
            out.remark(
                "column_unknown", Severity.QUERY, f"The column headed '{text}' is not part of this return; it was not read.",
                "Take it out, or agree with the Board what it holds.", address(header, place),
            )  # fmt: skip


def _is_note(text: str, sheet: Sheet, in_key: bool) -> bool:
    """Whether a lone text under the rows is a footnote rather than a row whose figures are missing."""
    if not in_key or text.startswith(("*", "Note", "Source")):
        return True
    return len(sheet.columns) > 1 and len(text) > 60
