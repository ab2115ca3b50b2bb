"""Every figure cell of a submission as one row of `staging`: what it measures, for where and when, and its cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any

import pyarrow as pa

from lscb_data.cell import Rated
from lscb_data.column import Column
from lscb_data.contract import Return
from lscb_data.corrected import of_row, sentence
from lscb_data.figure import Figure, Status
from lscb_data.held import DECIMAL
from lscb_data.judgement import Judgement
from lscb_data.period import Period, day, month_of_year, quarter_of, year_of
from lscb_data.rounding import places_of
from lscb_data.rows import Judged
from lscb_data.sheet import Sheet

FIGURES = pa.schema(
    [
        pa.field(name, kind)
        for names, kind in {
            "submission_id return sheet": pa.string(),
            "row": pa.int64(),
            "accepted": pa.bool_(),
            "area_code provider period_type period": pa.string(),
            "period_start period_end": pa.date32(),
            "measure prints breakdown_type breakdown label printed": pa.string(),
            "value low high": DECIMAL,
            "places": pa.int32(),
            "unit qualifier status note corrected file cell": pa.string(),
        }.items()
        for name in names.split()
    ]
)
PERIOD = ("period_type", "period", "period_start", "period_end")
SET_ASIDE = "Its row was set aside: see the findings."
Fields = dict[str, Any]


def figures(judged: Judgement, submission_id: str, file: str, period: Period, area: str) -> Iterator[Fields]:
    """The figures of a submission for this period, row by row; a row that names no area is for `area`, the Board's own."""
    of_file = {"submission_id": submission_id, "return": judged.contract.return_, "file": file}
    for sheet, rows in judged.sheets:
        lines = sheet.keyed("line")
        columns = cache(partial(_columns, sheet, of_file))
        for row in rows:
            line = _line(judged, sheet, row, area)
            for column, of_column in columns(row.row.texts[lines.name] if lines else ""):
                yield from _of_cell(judged, line, column, of_column, period)


def _columns(sheet: Sheet, of_file: Fields, line: str) -> list[tuple[Column, Fields]]:
    """The columns that give a figure in the rows of a line, each as it is there."""
    given = (column.on_line(line) for column in sheet.columns if column.is_figure)
    return [(column, of_file | _of_column(sheet, column)) for column in given if column]


def _of_column(sheet: Sheet, column: Column) -> Fields:
    """What all figures of a column have in common."""
    return {
        "sheet": sheet.sheet,
        "measure": column.measure,
        "prints": column.prints,
        "unit": column.unit,
        "note": " ".join(text for text in (column.note, *sheet.footnotes) if text) or None,
    } | _part(sheet, column, column.breakdown or "all")


def _part(sheet: Sheet, column: Column, breakdown: str | None) -> Fields:
    kind = column.breakdown_type or sheet.breakdown_type
    return {"breakdown_type": kind if breakdown != "all" else None, "breakdown": breakdown}


@dataclass(frozen=True)
class Line:
    """What all figures of a row have in common."""

    sheet: Sheet
    row: Judged
    fields: Fields
    period: Period | None  # its own
    knows_period: bool
    breakdown: str | None  # its own; of a row set aside it may not be known
    by_breakdown: bool
    rounded: Decimal | None  # half of what its counts are rounded to
    agreed: list[str]  # what was agreed of the cells that say whose it is
    cells: str  # the address of its cells but for their own place


def _line(judged: Judgement, sheet: Sheet, row: Judged, area: str) -> Line:
    keys = {by.key: _filled(by, row) for by in sheet.columns if by.key}
    said = {key: row.values.get(name) for key, name in keys.items()}
    # Of a row set aside a key may not be known: then nor is whose figure it is, and it is not taken for the whole's.
    unread = {key for key in said if said[key] is None} if not row.accepted else set()
    texts, rounded, accepted = row.row.texts, sheet.rounded, row.accepted
    return Line(
        sheet,
        row,
        {
            "row": row.row.number,
            "accepted": accepted,
            "area_code": said.get("area") or (None if "area" in unread else area),
            "provider": said.get("provider"),
            "label": texts.get(keys.get("breakdown", "")),
        },
        said.get("period"),
        "period" not in unread,
        said.get("breakdown") or (None if "breakdown" in unread else "all"),
        "breakdown" in keys,
        Decimal(rounded.to) / 2 if rounded and texts.get(rounded.where) in rounded.is_ else None,
        [
            sentence(one)
            for one in of_row(judged.corrected, sheet.names[0], [row.row.cells.get(name) for name in keys.values()])
        ],
        f"!{sheet.names[0]}!",
    )


def _of_cell(judged: Judgement, line: Line, column: Column, of_column: Fields, period: Period) -> Iterator[Fields]:
    row = line.row.row
    cell, text = row.cells.get(column.name, ""), row.texts.get(column.name, "")
    own = of_row(judged.corrected, line.sheet.names[0], [cell]) if judged.corrected else []
    printed = own[0].was if own else text
    agreed = [*map(sentence, own), *line.agreed]
    period_of, when = _when(column.of, period, line.period)
    base = {
        **of_column,
        **line.fields,
        **when,
        "printed": printed or None,
        "corrected": " ".join(agreed) or None,
        "cell": f"{of_column['file']}{line.cells}{cell}",
    }
    if column.area:
        base["area_code"] = column.area
    if line.by_breakdown:
        base |= _part(line.sheet, column, line.breakdown)
    value = line.row.values.get(column.name)
    if not line.row.accepted:
        unknown = {} if line.knows_period or column.of != "row" else dict.fromkeys(PERIOD)
        yield base | unknown | {"status": str(Status.UNRELIABLE), "note": SET_ASIDE}
    elif isinstance(value, Figure):
        yield base | _of_figure(_for_its_time(value, judged.contract, column, period_of, line.rounded), column)
    elif isinstance(value, Rated):
        own_part = {"breakdown_type": "rating", "breakdown": value.code, "qualifier": value.printed}
        yield base | own_part | {"status": str(value.status), "note": value.text or None}
        for level, figure in value.figures if column.figures else ():
            inside = column.figures
            assert inside is not None  # noqa: S101 - the line above says so, mypy cannot see it
            of = {"measure": inside.measure, "unit": inside.unit, "note": value.text or None}
            of["printed"] = printed if agreed else figure.printed
            at_level = {"breakdown_type": None if level == "all" else inside.breakdown_type, "breakdown": level}
            yield base | of | at_level | _of_figure(figure, column)
    else:  # words where a figure would stand
        yield base | {"qualifier": value, "status": str(Status.REPORTED if value else Status.NOT_SUPPLIED)}


def _filled(key: Column, row: Judged) -> str:
    """The column that has this key of the row: its own, or the first of the others that is filled."""
    return next((name for name in (key.name, *key.otherwise) if row.values.get(name) is not None), key.name)


def _for_its_time(value: Figure, contract: Return, column: Column, period: Period, half: Decimal | None) -> Figure:
    """A figure as its source means it of that period and row: what its symbol meant then, and what was rounded as a range."""
    if value.printed and value.value is None and (status := contract.missing_in(value.printed, period)):
        return replace(value, status=status)
    if half is None or column.type != "count" or value.value is None:
        return value
    return replace(value, value=None, low=max(value.value - half, Decimal(0)), high=value.value + half, qualifier="rounded")


def _of_figure(figure: Figure, column: Column) -> Fields:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "places": max(places_of(figure.printed or ""), column.places),
        "qualifier": figure.qualifier,
        "status": str(figure.status),
    }


@lru_cache(1000)
def _when(of: str, period: Period, of_row: Period | None) -> tuple[Period, Fields]:
    """The period that a column's figure is for, and as it is written down."""
    found = _period_of(of, period, of_row)
    return found, dict(zip(PERIOD, (found.type, str(found), found.start, found.end), strict=True))


def _period_of(of: str, period: Period, of_row: Period | None) -> Period:
    """The row's own period, or one reckoned from the return's."""
    this_year = year_of(period.start)
    last_year = year_of(this_year.start - timedelta(days=1))
    match of:
        case "last_month":
            return period.months()[-1]
        case "quarter":
            return quarter_of(period.end)
        case "quarter_end":
            return day(period.end)
        case "year":
            return this_year
        case "year_end":
            return day(this_year.end)
        case "previous_year":
            return last_year
        case "previous_year_end":
            return day(last_year.end)
        case "row_end":
            return day((of_row or period).end)
        case "row":
            return of_row or period
    return month_of_year(of, of_row or period)
