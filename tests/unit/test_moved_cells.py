"""The sheets of 2014-15 as a hostile but honest supplier would send them: cells moved, names lost, tables drawn otherwise.

Every figure is read as it was, or the sheet is refused or a row set aside with the place that it stands at; and no accepted row
says anything else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lscb_data.board import shipped
from lscb_data.cell import Rated, Reader
from lscb_data.contract import Contracts, Return, load_contracts
from lscb_data.figure import Figure
from lscb_data.finding import Finding, Severity
from lscb_data.layout import lay_out
from lscb_data.period import Period, parse
from lscb_data.promise import read_yaml
from lscb_data.return_sheets import _doubled_rows
from lscb_data.rows import judge_row, row_model
from lscb_data.sheet import Sheet
from lscb_data.submission import RECEIPT, Receipt
from lscb_data.words import Words, spoken
from lscb_data.workbook import Grid, address, read_grids

RAW = Path(__file__).parents[2] / "raw"
CONTRACTS: Contracts = load_contracts([shipped("schemas")])
BOARD = "Cambridgeshire"
Cells = dict[tuple[int, int], str]
Change = Callable[..., st.SearchStrategy[Cells]]
Said = set[tuple[str, ...]]  # what is read: a row's keys, its column, and the value as it was printed


@dataclass(frozen=True, repr=False)
class Real:
    """One sheet as it was received."""

    contract: Return
    sheet: Sheet
    period: Period
    cells: tuple[tuple[tuple[int, int], str], ...]

    def __repr__(self) -> str:
        return f"{self.period} {self.sheet.sheet}"

    def read(self, cells: Cells) -> tuple[Said, list[Finding], bool]:
        """What the accepted rows say, what is found, and whether the sheet is refused."""
        rows = lay_out(Grid("Sheet", cells), self.sheet, self.period, BOARD, CONTRACTS.codes)
        _doubled_rows(rows, self.period, CONTRACTS.codes)
        model = row_model(rows.sheet, Reader(self.contract, CONTRACTS.codes, self.period))
        judged = [judge_row(model, rows.sheet, row) for row in rows.rows]
        findings = [*rows.findings, *(f for row in judged for f in row.findings)]
        records = self.contract.kind == "records"
        keys = [c for c in self.sheet.columns if c.key or (records and not c.is_number)]
        said: Said = set()
        for row in (row for row in judged if row.accepted):
            key = tuple(str(row.values[column.name]) for column in keys)
            for column in self.sheet.columns:
                value = row.values[column.name]
                if isinstance(value, Figure | Rated) and value.printed:
                    text = f"{value.code} {value.text}" if isinstance(value, Rated) else value.printed
                    said.add((*key, column.name, text))
        return said, findings, any(f.severity is Severity.BLOCKER for f in findings)

    @cached_property
    def whole(self) -> Said:
        return self.read(dict(self.cells))[0]

    def figure(self, place: tuple[int, int]) -> bool:
        """Whether the cell of the sheet as received is one that a figure is read from."""
        return address(*place) in self._figures

    @cached_property
    def _figures(self) -> set[str]:
        rows = lay_out(Grid("Sheet", dict(self.cells)), self.sheet, self.period, BOARD, CONTRACTS.codes).rows
        return {row.cells[c.name] for row in rows for c in self.sheet.columns if not c.key and row.texts[c.name]}

    @cached_property
    def parts(self) -> list[int]:
        """The rows where a block or an area begins, and the row after the last."""
        words = Words(self.sheet, BOARD, CONTRACTS.codes[self.sheet.areas] if self.sheet.areas else None)
        rows = dict(Grid("Sheet", dict(self.cells)).rows())
        heads = [number for number, texts in rows.items() if spoken(texts, words.block) or spoken(texts, words.area)]
        return [*heads, max(rows) + 1]


def _reals() -> list[Real]:
    found = []
    for path in sorted(RAW.glob(f"*/*/*{RECEIPT}")):
        receipt = read_yaml(path, Receipt)
        contract, period = CONTRACTS[receipt.return_], parse(receipt.period)
        grids = read_grids(path.with_name(receipt.file))
        for sheet in contract.sheets_for(period):
            grid = next((g for g in grids if g.name in sheet.names), grids[0])
            found.append(Real(contract, sheet, period, tuple(grid.cells.items())))
    return found


REALS = _reals()


def lenient(real: Real) -> Real:
    """The sheet, none of whose figures need be there: then no missing line or column gives away that one was moved."""
    columns = [c if c.key else c.model_copy(update={"required": False}) for c in real.sheet.columns]
    return replace(real, sheet=real.sheet.model_copy(update={"columns": columns, "rules": []}))


LENIENT = [lenient(real) for real in REALS if real.contract.kind == "measures"]


@pytest.mark.parametrize("real", REALS, ids=str)
def test_the_sheets_as_received_are_read(real: Real) -> None:
    said, _, refused = real.read(dict(real.cells))
    assert said
    assert not refused


# What is done to a sheet. Each gives the cells after it; none takes a figure away or changes one.


def moved(cells: Cells, to: Callable[[int, int], tuple[int, int]]) -> Cells:
    return {to(row, column): text for (row, column), text in cells.items()}


def rows_and_columns(cells: Cells) -> tuple[int, int]:
    return max(row for row, _ in cells), max(column for _, column in cells)


@st.composite
def insert_column(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    last, widest = rows_and_columns(cells)
    at = draw(st.integers(1, widest + 1))
    found = moved(cells, lambda r, c: (r, c + (c >= at)))
    match draw(st.sampled_from(["empty", "numbered", "noted", "headed", "totals"])):
        case "numbered":
            found |= {(row, at): str(row) for row in range(1, last + 1)}
        case "noted":
            found |= {(row, at): "checked by JB" for row in draw(st.sets(st.integers(1, last), max_size=3))}
        case "headed":
            found |= {(draw(st.integers(1, last)), at): draw(st.sampled_from(["Team", "Total", "2014-15", "Q1"]))}
        case "totals":
            found |= {(row, at): "57" if row > 1 else "Total" for row in draw(st.sets(st.integers(1, last)))}
    return found


@st.composite
def insert_row(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    last, widest = rows_and_columns(cells)
    at = draw(st.integers(1, last + 1))
    found = moved(cells, lambda r, c: (r + (r >= at), c))
    text = draw(st.sampled_from(["", "", "•", ".", "Note: provisional", "Provisional", "* as at 31 March", "x" * 70]))
    return found | ({(at, draw(st.integers(1, widest))): text} if text else {})


@st.composite
def delete_empty(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    last, widest = rows_and_columns(cells)
    empty = [c for c in range(1, widest) if not any(column == c for _, column in cells)]
    bare = [r for r in range(1, last) if not any(row == r for row, _ in cells)]
    if empty:
        at = draw(st.sampled_from(empty))
        return moved(cells, lambda r, c: (r, c - (c > at)))
    if bare:
        at = draw(st.sampled_from(bare))
        return moved(cells, lambda r, c: (r - (r > at), c))
    return cells


@st.composite
def swap_columns(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    _, widest = rows_and_columns(cells)
    one, other = draw(st.integers(1, widest)), draw(st.integers(1, widest))
    return moved(cells, lambda r, c: (r, {one: other, other: one}.get(c, c)))


@st.composite
def turn_columns(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """The columns backwards, or those after one of them."""
    _, widest = rows_and_columns(cells)
    first = draw(st.integers(1, widest))
    return moved(cells, lambda r, c: (r, first + widest - c if c >= first else c))


@st.composite
def move_row(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A row, or some below one another, to another place; but no line's figures to another line's name."""
    last, _ = rows_and_columns(cells)
    first = draw(st.integers(1, last))
    most = 0 if real.sheet.layout == "months_across" else 8
    block = range(first, min(last, first + draw(st.integers(0, most))) + 1)
    order = [row for row in range(1, last + 1) if row not in block]
    at = draw(st.integers(0, len(order)))
    order[at:at] = block
    to = {row: number for number, row in enumerate(order, 1)}
    return moved(cells, lambda r, c: (to[r], c))


@st.composite
def move_part(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A block of lines with its heading to another place; of other layouts, some of the columns."""
    last, widest = rows_and_columns(cells)
    if len(real.parts) < 3:
        by = draw(st.integers(1, 3))
        first = draw(st.integers(1, widest))
        return moved(cells, lambda r, c: (r, c + by if c >= first else c))
    begin = draw(st.integers(0, len(real.parts) - 2))
    part = range(real.parts[begin], real.parts[begin + 1])
    order = [row for row in range(1, last + 1) if row not in part]
    at = draw(st.integers(0, len(order)))
    order[at:at] = part
    to = {row: number for number, row in enumerate(order, 1)}
    return moved(cells, lambda r, c: (to[r], c))


@st.composite
def move_block(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A block of rows beside the sheet, or below it, or some rows of it to the right by one or two cells."""
    last, widest = rows_and_columns(cells)
    first = draw(st.integers(1, last))
    block = range(first, min(last, first + draw(st.integers(0, 15))) + 1)
    by = draw(st.sampled_from([1, 2, widest, widest + 1]))
    up = draw(st.sampled_from([0, 0, first - 1])) if by >= widest else 0
    return moved(cells, lambda r, c: (r - up, c + by) if r in block else (r, c))


@st.composite
def move_right(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """Cells of one row to the right, as Excel does when a cell is inserted."""
    row, column = draw(st.sampled_from(sorted(cells)))
    last = max(c for r, c in cells if r == row)
    if real.sheet.layout == "months_across" and real.figure((row, last)) and last < rows_and_columns(cells)[1]:
        return cells  # nobody can tell a line that has no March from one that has no January
    return moved(cells, lambda r, c: (r, c + (r == row and c >= column)))


@st.composite
def move_down(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """Cells of one column down, as Excel does when a cell is inserted."""
    row, column = draw(st.sampled_from(sorted(cells)))
    return moved(cells, lambda r, c: (r + (c == column and r >= row), c))


@st.composite
def blank_out(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A cell that no figure stands in."""
    place = draw(st.sampled_from(sorted(cells)))
    rest = {p: t for p, t in cells.items() if p != place}
    return cells if real.figure(place) else rest


@st.composite
def rename(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """Another word for a name, or more to it."""
    place = draw(st.sampled_from(sorted(cells)))
    text = cells[place]
    if real.figure(place):
        return cells
    return cells | {place: draw(st.sampled_from([f"{text} in care", "Others", f"All {text}", f"{text} *", text.upper()]))}


@st.composite
def split_over_rows(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A row's names broken over two rows."""
    row = draw(st.sampled_from(sorted({row for row, _ in cells})))
    found = moved(cells, lambda r, c: (r + (r > row), c))
    for (r, c), text in cells.items():
        head, _, rest = text.rpartition(" ")
        if r == row and head and not real.figure((r, c)):
            found |= {(r, c): head, (r + 1, c): rest}
    return found


@st.composite
def split_over_cells(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A name broken over its cell and the next, which is empty or inserted."""
    row, column = draw(st.sampled_from(sorted(cells)))
    text = cells[row, column]
    if len(text) < 4 or real.figure((row, column)):
        return cells
    at = draw(st.integers(1, len(text) - 1))
    found = cells if (row, column + 1) not in cells else moved(cells, lambda r, c: (r, c + (c > column)))
    return found | {(row, column): text[:at].strip() or text, (row, column + 1): text[at:].strip() or "."}


@st.composite
def double_cell(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """A name once more, at the end of its row or of its column, or beside it."""
    row, column = draw(st.sampled_from(sorted(cells)))
    last, widest = rows_and_columns(cells)
    place = draw(st.sampled_from([(row, widest + 1), (last + 1, column), (row, column + 1), (row + 1, column)]))
    return cells if place in cells or real.figure((row, column)) else cells | {place: cells[row, column]}


@st.composite
def double_table(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    """The table, or its first rows, twice on the sheet, below or beside."""
    last, widest = rows_and_columns(cells)
    rows = draw(st.integers(1, last))
    by = draw(st.sampled_from([(last + 1, 0), (0, widest + 1), (last, 0), (0, widest)]))
    return cells | {(r + by[0], c + by[1]): text for (r, c), text in cells.items() if r <= rows}


@st.composite
def note(draw: st.DrawFn, cells: Cells, real: Real) -> Cells:
    last, widest = rows_and_columns(cells)
    place = draw(st.tuples(st.integers(1, last + 3), st.integers(1, widest + 3)))
    text = draw(st.sampled_from(["* provisional", "provisional", "see the note", "•", "_", "*", "-", "Source: the force"]))
    return cells if place in cells else cells | {place: text}


CHANGES: tuple[Change, ...] = (
    insert_column, insert_row, delete_empty, swap_columns, turn_columns, move_row, move_part, move_block, move_right,
    move_down, blank_out, rename, split_over_rows, split_over_cells, double_cell, double_table, note,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@seed(2015)
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_figure_is_lost_or_changed_without_a_finding_of_weight(change: Change, data: st.DataObject) -> None:
    real = data.draw(st.sampled_from(REALS + LENIENT))
    cells = data.draw(change(dict(real.cells), real))
    said, findings, refused = real.read(cells)
    assert all(f.message and f.fix for f in findings)
    if refused:
        return
    assert said <= real.whole, findings
    if said != real.whole:
        assert any(f.severity is Severity.ERROR and f.cell for f in findings), (real.whole - said, findings)
