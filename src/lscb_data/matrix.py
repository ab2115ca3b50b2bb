"""The layout `matrix`: lines down, providers or headings across."""

import re
from collections.abc import Mapping

from lscb_data.codes import CodeList
from lscb_data.column import Column
from lscb_data.finding import Severity
from lscb_data.laid import Row, Rows, lookalikes, no_heading, unread
from lscb_data.spelling import fold, has_lookalikes
from lscb_data.workbook import Grid, address


def matrix(grid: Grid, out: Rows, codes: Mapping[str, CodeList]) -> None:
    lines = list(grid.rows())
    across = next((c for c in out.sheet.columns if c.key in ("provider", "area")), None)
    known = codes[across.codes] if across and across.codes else None
    headings = {fold(c.across) for c in out.sheet.columns if c.across}

    def heads(texts: dict[int, str]) -> dict[int, str]:
        return {c: t for c, t in texts.items() if (known.find(t) if known else fold(t) in headings)}

    header, places = max(((n, heads(t)) for n, t in lines), key=lambda one: (len(one[1]), -one[0]), default=(0, {}))
    if not places or (known is None and len({fold(t) for t in places.values()}) < len(headings)):
        wanted = [c.label for c in known.codes] if known else sorted({c.across for c in out.sheet.columns if c.across})
        no_heading(out, wanted)
        return
    if known is None and len(places) > len(headings):
        out.remark(
            "column_doubled", Severity.BLOCKER,
            f"The headings {' | '.join(places.values())} stand twice, so that it is not clear which column to read.",
            "Leave one column of each heading.", address(header, max(places)),
        )  # fmt: skip
        return
    for place, text in dict(lines)[header].items():
        if has_lookalikes(text):
            lookalikes(out, text, address(header, place))
        if place > min(places) and place not in places:
            out.remark(
                "column_unknown", Severity.BLOCKER, f"The column headed '{text}' is not one this return knows.",
                "Use the template's headings.", address(header, place),
            )  # fmt: skip
    if across:
        rows = {place: Row(place, {across.name: text}, {across.name: address(header, place)}) for place, text in places.items()}
    else:
        one = Row(header, {}, {})
        rows = dict.fromkeys(places, one)
    done: set[str] = set()
    stray: dict[int, list[int]] = {}
    for number, texts in lines:
        labels = {c: t for c, t in texts.items() if c < min(places)}
        said = {fold(text) for text in labels.values()}
        columns = [c for c in out.sheet.columns if said & {fold(printed) for printed in c.printed}]
        if number < header:
            out.notes += [(address(number, c), t) for c, t in texts.items()]
        elif number > header and not columns:
            if set(texts) & set(places):
                out.remark(
                    "line_unknown", Severity.BLOCKER,
                    f"The line '{' '.join(labels.values())}' is not one of this return's.",
                    "Put the line's name back as the template has it.", address(number, min(texts)),
                )  # fmt: skip
            else:
                out.notes += [(address(number, c), t) for c, t in texts.items()]
        if columns and number > header:
            label_at = max(c for c, t in labels.items() if any(fold(t) in map(fold, one.printed) for one in columns))
            for c, t in texts.items():
                taken = across or any(fold(places.get(c, "")) == fold(one.across or "") for one in columns)
                odd = c not in places or not taken
                if c > label_at and odd and (c > min(places) or _reads_as(columns[0], t, codes)):
                    stray.setdefault(c, []).append(number)
        for column in columns if number > header else []:
            for c, t in labels.items():
                if has_lookalikes(t):
                    lookalikes(out, t, address(number, c))
            if column.name in done:
                out.remark(
                    "line_doubled", Severity.BLOCKER, f"The line '{column.printed[0]}' stands twice.",
                    "Leave one line of that name.", address(number, min(texts)), column.name,
                )  # fmt: skip
            done.add(column.name)
            for place, row in rows.items():
                if across or fold(places[place]) == fold(column.across or ""):
                    row.texts[column.name] = texts.get(place, "")
                    row.cells[column.name] = address(number, place)
    unread(out, stray)
    missing = [c for c in out.sheet.columns if c.printed and c.required and c.name not in done]
    if missing:
        out.remark(
            "line_missing", Severity.BLOCKER, "No line " + ", ".join(f"'{c.printed[0]}'" for c in missing) + ".",
            "Put the line back as the template has it.",
        )  # fmt: skip
        return
    out.rows += rows.values() if across else list(rows.values())[:1]
    for row in out.rows:
        for column in out.sheet.columns:
            row.texts.setdefault(column.name, "")


def _reads_as(column: Column, text: str, codes: Mapping[str, CodeList]) -> bool:
    """Whether a text beside the line's label looks like one of its values, and not like more of the label."""
    if column.codes:
        return codes[column.codes].begins(text) is not None
    return column.is_number and re.search(r"[0-9]", text) is not None and len(text) <= 20
