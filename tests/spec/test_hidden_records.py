"""An attack on what is published of children's records: whoever knows every table, and how the definitions hang together,
works out no count of 1 to 5 that is hidden, and no such difference between a measure and what it is part of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from lscb_data.board import Board
from lscb_data.contract import Contracts
from lscb_data.synth import Asked
from lscb_data.synth_files import Form
from tests.spec.test_hidden import secret
from tests.spec.test_truth import PLACES, Loads
from tests.spec.told import figure, indicator, months, submission, told

PRIME = 2_147_483_647
WITHIN = {  # each with what it is part of
    "cp_reregistrations_with_transfers": ["cp_plans_started_with_transfers"],
    "cp_reregistrations": ["cp_plans_started", "cp_reregistrations_with_transfers"],
    "cp_plans_started": ["cp_plans_started_with_transfers"],
    "cp_reregistrations_within_24_months_with_transfers": ["cp_reregistrations_with_transfers"],
    "cp_reregistrations_within_24_months": ["cp_reregistrations", "cp_reregistrations_within_24_months_with_transfers"],
    "cp_reregistrations_in_year_with_transfers": ["cp_reregistrations_within_24_months_with_transfers"],
    "cp_reregistrations_in_year": ["cp_reregistrations_within_24_months", "cp_reregistrations_in_year_with_transfers"],
    "cp_plans_open_three_months": ["cp_plans_open"], "cp_plans_open_two_years": ["cp_plans_open_three_months"],
    "cp_plans_reviewed_in_time": ["cp_plans_open_three_months"], "cp_plans_ended_two_years": ["cp_plans_ended"],
    "icpc_within_15_days": ["icpc_held"], "assessments_within_45_days": ["assessments_completed"],
}  # fmt: skip
BANDS = {
    "cp_plans_open_two_years": ("cp_plans_open", "duration", ["2_years_and_over"]),
    "cp_plans_ended_two_years": ("cp_plans_ended", "duration", ["2_years_and_over"]),
    "icpc_within_15_days": ("icpc_held", "working_days", ["0_to_10", "11_to_15"]),
}
STARTED, ENDED, OPEN = "cp_plans_started_with_transfers", "cp_plans_ended", "cp_plans_open"


class Cell(NamedTuple):
    """A figure: a stock's span is its day."""

    measure: str
    area: str
    span: str
    end: date
    kind: str | None = None
    part: str = "all"


Sum = dict[Cell, int]  # the counts of it, so signed, make nought


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_can_work_out_a_hidden_count_of_childrens_records(
    board: Board, contracts: Contracts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("LSCB_KEY", "a key for tests, of enough letters")
    loaded = Loads(board, contracts, tmp_path)(
        Form(layouts=("csv", "xml")), faults=0, asked=Asked(PLACES, plans=900, seed=seed)
    )
    rows = loaded.connection.execute(
        """select v.indicator, v.area_code, if(i.kind = 'stock', 'day', v.period_type), v.period_end, v.breakdown_type,
            v.breakdown, v.value, v.status, m.value
        from published.indicator_values as v
        inner join conformed.indicators as i on v.indicator = i.indicator and i.kind in ('flow', 'stock')
        inner join marts.measures as m
            on v.indicator = m.measure and v.area_code = m.area_code and v.period_type = m.period_type and v.period = m.period
            and v.breakdown_type is not distinct from m.breakdown_type and v.breakdown = m.breakdown"""
    ).fetchall()
    shown = {Cell(*row[:6]): row[6] for row in rows}
    true = {Cell(*row[:6]): row[8] for row in rows}
    small = {cell for cell, value in true.items() if value and 1 <= abs(value) <= 5}
    assert len(small) > 500
    assert {cell for cell in small if shown[cell] is not None} == set()
    assert {Cell(*row[:6]) for row in rows if row[7] == "suppressed"} >= small
    sums = [one for one in _sums(shown) if all(true.get(cell) is not None for cell in one)]
    assert all(sum(sign * true[cell] for cell, sign in one.items()) == 0 for one in sums)
    assert {cell for cell in _worked_out(sums, shown) if cell in small} == set()
    assert list(_small_differences(shown)) == []
    for one in sums:  # nought is never hidden: two hidden counts that make 2 are 1 and 1
        unseen = [cell for cell in one if shown[cell] is None]
        if unseen and len({one[cell] for cell in unseen}) == 1:
            assert sum(true[cell] for cell in unseen) > len(unseen)


def _sums(cells: Mapping[Cell, Decimal | None]) -> Iterator[Sum]:
    of_parts, of_periods = defaultdict(list), defaultdict(list)
    for cell in cells:
        if cell.kind:
            of_parts[cell._replace(kind=None, part="all"), cell.kind].append(cell)
        if cell.span == "month":
            of_periods[cell._replace(span="quarter", end=_last_day(cell.end, 3))].append(cell)
        if cell.span == "quarter":
            of_periods[cell._replace(span="year", end=date(cell.end.year + (cell.end.month > 3), 3, 31))].append(cell)
        yield from _between_measures(cell, cells)
    for whole, parts in of_parts.items():
        yield dict.fromkeys(parts, 1) | {whole[0]: -1}
    for longer, within in of_periods.items():
        if longer in cells and len(within) == (3 if longer.span == "quarter" else 4):
            yield dict.fromkeys(within, 1) | {longer: -1}


def _between_measures(cell: Cell, cells: Mapping[Cell, Decimal | None]) -> Iterator[Sum]:
    if cell.kind:
        return
    if cell.measure == STARTED:
        yield {cell: -1, cell._replace(measure="cp_plans_started"): 1, cell._replace(measure="cp_transfers_in"): 1}
    if cell.measure == "cp_plans_started":
        first, again = (cell._replace(measure=name) for name in ("cp_plans_started_first", "cp_reregistrations"))
        yield {cell: -1, first: 1, again: 1}
    if cell.measure == STARTED and cell.span == "month":
        there = Cell(OPEN, cell.area, "day", cell.end)
        before = there._replace(end=cell.end.replace(day=1) - timedelta(1))
        yield {there: -1, before: 1, cell: 1, cell._replace(measure=ENDED): -1}
    if cell.measure in BANDS:
        of, kind, parts = BANDS[cell.measure]
        within = [band for part in parts if (band := cell._replace(measure=of, kind=kind, part=part)) in cells]
        if within:
            yield {cell: -1} | dict.fromkeys(within, 1)


def _last_day(day: date, months: int) -> date:
    """The last day of the stretch of so many months that the day is in."""
    month = (day.month - 1) // months * months + months
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(1)


def _small_differences(shown: Mapping[Cell, Decimal | None]) -> Iterator[tuple[Cell, Cell]]:
    for cell, value in shown.items():
        for whole in (cell._replace(measure=name) for name in WITHIN.get(cell.measure, ())):
            if value and (of := shown.get(whole)) and 1 <= of - value <= 5:
                yield cell, whole


def _worked_out(sums: list[Sum], shown: Mapping[Cell, Decimal | None]) -> set[Cell]:
    """What has one value only, by the sums and what is shown; council by council, by plain elimination."""
    found = set()
    for area in {cell.area for cell in shown}:
        unseen = sorted({c for one in sums for c in one if c.area == area and shown[c] is None}, key=str)
        at = {cell: place for place, cell in enumerate(unseen)}
        rows = [row for one in sums if (row := {at[cell]: sign for cell, sign in one.items() if cell in at})]
        matrix = np.zeros((len(rows), len(unseen)), np.int64)
        for place, row in enumerate(rows):
            matrix[place, list(row)] = np.array(list(row.values())) % PRIME
        rank = 0
        for column in range(len(unseen)):
            if not (below := np.flatnonzero(matrix[rank:, column])).size:
                continue
            matrix[[rank, rank + below[0]]] = matrix[[rank + below[0], rank]]
            matrix[rank] = matrix[rank] * pow(int(matrix[rank, column]), -1, PRIME) % PRIME
            others = np.setdiff1d(np.flatnonzero(matrix[:, column]), [rank])
            matrix[others] = (matrix[others] - matrix[others, column][:, None] * matrix[rank]) % PRIME
            rank += 1
        alone = matrix[(matrix != 0).sum(axis=1) == 1]
        found |= {unseen[place] for place in np.nonzero(alone)[1]}
    return found


# One by one, small enough to be seen.

RECORDS = [
    indicator("cp_plans_open", "stock"), indicator("cp_plans_ended"),
    indicator("cp_plans_started_with_transfers", of="cp_plans_started_with_transfers"),
]  # fmt: skip


def test_who_was_and_who_is_on_a_plan_and_who_came_do_not_tell_who_left() -> None:
    """On 30 April 91, on 31 May 98; 10 came, so that 3 left."""
    w = told(
        months("cp_plans_open", "2014-04", 91, 98, kind="stock"),
        months("cp_plans_started_with_transfers", "2014-04", 10, 10),
        months("cp_plans_ended", "2014-04", 7, 3),
        indicators=RECORDS, submissions=[submission(secret=True)],
    )  # fmt: skip
    assert w.status("cp_plans_ended", "2014-05") == "suppressed"
    assert w.status("cp_plans_started_with_transfers", "2014-05") == "suppressed"
    assert w.value("cp_plans_open", "2014-05") == 98


def test_children_who_came_back_in_the_year_and_those_within_24_months_do_not_tell_the_few_between() -> None:
    within, in_year = "within_24", "in_year"
    w = told(
        figure(within, "2014-15", 20), figure(in_year, "2014-15", 17),
        indicators=[indicator(within), indicator(in_year, part_of=[within])], submissions=[submission(secret=True)],
    )  # fmt: skip
    assert w.value(within, "2014-15") == 20
    assert w.status(in_year, "2014-15") == "suppressed"


def test_two_months_hidden_that_make_two_are_no_one_and_one() -> None:
    w = secret(months("starts", "2014-04", 1, 1, 20))
    assert [w.status("starts", f"2014-0{month}") for month in (4, 5, 6)] == ["suppressed"] * 3
    assert w.value("starts", "2014-15 Q1") == 22
