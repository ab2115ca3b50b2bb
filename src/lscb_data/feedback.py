"""What is asked of a supplier, in its own workbook: marked cells, and a sheet of what to put right and what to explain."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb

from lscb_data import marking, plain_book, questions
from lscb_data.about import FEEDBACK
from lscb_data.board import Board
from lscb_data.cell_notes import BEGINS
from lscb_data.contract import Contracts, Return
from lscb_data.disk import whole
from lscb_data.finding import Severity, UserError
from lscb_data.marking import Mark
from lscb_data.package import BROKEN, Package, opened
from lscb_data.period import Period
from lscb_data.questions import Question
from lscb_data.sealed_file import reading
from lscb_data.submission import Submission, received
from lscb_data.workbook import UnreadableError, column_number

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LONGEST = 4000  # letters of one note
_RED, _YELLOW = range(2)


@dataclass(frozen=True)
class Feedback:
    """What was written: how much is asked, in how many cells it is marked, and why not in the supplier's own workbook."""

    to_put_right: int
    to_explain: int
    cells: int
    left_out: int  # what names another council
    alone: str | None


def chosen(board: Board, contracts: Contracts, name: str, period: Period | None) -> Submission:
    """The submission of this id, or the last one of this return (and period) that was not withdrawn.

    Raises UserError, naming what there is, for one that is not, was withdrawn, or whose file was changed.
    """
    every = received(board)
    found = [one for one in every if one.id == name] or [
        one
        for one in every
        if one.receipt.return_ == name and period in (None, one.period) and not one.withdrawal
    ]  # fmt: skip
    if not found and name in contracts.returns:
        when = f" for {period}" if period else ""
        raise UserError(f"Nothing stands of {name}{when}: lscb status says what was received.")
    if not found:
        known = [*(one.id for one in every), *contracts.returns]
        like = get_close_matches(name, known, n=3, cutoff=0.5)
        raise UserError(
            f"'{name}' is neither a submission nor a return"
            + (f"; did you mean {' or '.join(like)}?" if like else "; audit.submissions and lscb status name them.")
        )
    one = found[-1]
    if one.withdrawal:
        raise UserError(f"{one.id} was withdrawn: nothing is asked of it any more.")
    if one.altered:
        raise UserError(f"{one.place} is not there, or not the file that was received: put that back first.")
    return one


def place_for(board: Board, contract: Return | None, submission: Submission, out: Path | None) -> Path:
    """Where to write. Raises UserError for a place in what is received or built, and for none where children are named."""
    if out is None and contract and contract.names_children:
        raise UserError("The workbook has children's numbers in it: say with --out where it is to be written.")
    out = out or Path(f"{submission.path.stem}-feedback.xlsx")
    if out.suffix.lower() != ".xlsx":
        raise UserError(f"{out}: feedback is an Excel workbook, so give it a name that ends in .xlsx.")
    if any(out.resolve().is_relative_to(folder.resolve()) for folder in (board.raw, board.warehouse)):
        raise UserError(f"{out} lies among what was received or built: write it elsewhere.")
    if out.exists():
        raise UserError(f"{out} is there already; name another file with --out.")
    return out


def write(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, submission: Submission, out: Path
) -> Feedback:  # fmt: skip
    """Write the supplier's own workbook with what is asked of it.

    Of CSV and old workbooks their cells as text are marked. Where nothing can be, as in XML, what is asked is written alone.

    Raises UserError where the submission is not in the build.
    """
    contract = contracts.returns.get(submission.receipt.return_)
    asked, explained, left_out = _asked(connection, contracts, submission)
    cells = 0

    def marked(source: BytesIO | Path, names: Mapping[str, str], alone: str | None) -> None:
        nonlocal cells
        opened_source = reading(source) if isinstance(source, Path) else nullcontext(source)
        with opened_source as file, zipfile.ZipFile(file) as parts, whole(out) as part:
            package = opened(parts)
            cells = _mark(package, contract, submission, asked, explained, names, alone)
            package.save(part)

    alone = None
    try:
        source, names = _source(submission.path, asked)
        marked(source, names, None)
    except (*BROKEN, csv.Error, plain_book.NoRoomError, UnreadableError, NoCellsError) as error:
        alone = str(error) if isinstance(error, UnreadableError | NoCellsError) else "The file could not be marked."
        marked(plain_book.of_nothing(), {}, alone)
    queries = sum(one.is_query for one in asked)
    return Feedback(len(asked) - queries, queries, cells, left_out, alone)


class NoCellsError(Exception):
    """The file has no cells that could be marked."""


def _source(path: Path, asked: Iterable[Question]) -> tuple[BytesIO | Path, Mapping[str, str]]:
    """The workbook to mark, and what its sheets are called where a finding calls them otherwise."""
    match path.suffix.lower():
        case ".xlsx":
            return path, {}
        case ".csv":
            name = plain_book.sheet_name(path.stem)
            return plain_book.of_csv(path), {one.sheet: name for one in asked if one.sheet}
        case ".xls":
            return plain_book.of_grids(path), {}
    raise NoCellsError("The file has lines and no cells: the lines are named below.")


def _mark(
    package: Package,
    contract: Return | None,
    submission: Submission,
    asked: Sequence[Question],
    explained: int,
    names: Mapping[str, str],
    alone: str | None,
) -> int:
    """Mark the cells and add the sheet: the number of cells marked."""
    known = {sheet.name for sheet in marking.sheets(package)[1]}
    links: dict[int, str] = {}
    notes: dict[str, dict[str, list[Question]]] = {}
    for number, one in enumerate(asked):
        sheet = names.get(one.sheet or "", one.sheet)
        if sheet in known and sheet is not None and one.cell and _is_cell(one.cell):
            quoted = sheet.replace("'", "''")
            links[number] = f"'{quoted}'!{one.cell}"
            notes.setdefault(sheet, {}).setdefault(one.cell, []).append(one)
    look = marking.style(package, questions.FONTS, questions.FILLS, questions.BORDER, questions.STYLES, questions.COLOURS)
    marks = {sheet: [_note(cell, about) for cell, about in cells.items()] for sheet, cells in notes.items()}
    marking.mark(package, marks, look)
    title = f"{FEEDBACK}: {contract.title if contract else submission.receipt.return_}, {submission.period}"
    lines = list(_introduction(submission, contract, asked, explained, alone))
    marking.add_sheet(package, FEEDBACK, questions.sheet(title, lines, asked, links, look))
    return sum(map(len, marks.values()))


def _note(cell: str, about: Sequence[Question]) -> Mark:
    said = "\n".join(f"{one.message} {one.fix} ({one.finding_id})" for one in about)
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]} … See the sheet '{FEEDBACK}'."
    return Mark(cell, f"{BEGINS} {said}", _YELLOW if all(one.is_query for one in about) else _RED)


def _is_cell(cell: str) -> bool:
    found = _CELL.fullmatch(cell)
    within = found and column_number(found[1]) <= plain_book.MOST_COLUMNS and int(found[2]) <= plain_book.MOST_ROWS
    return bool(within)


def _introduction(
    submission: Submission, contract: Return | None, asked: Sequence[Question], explained: int, alone: str | None
) -> Iterator[str]:
    receipt = submission.receipt
    yield f"{receipt.file}, received on {receipt.received_at.day} {receipt.received_at:%B %Y}."
    if alone:
        yield alone
    if any(one.severity == Severity.BLOCKER for one in asked):
        yield "It was refused: nothing of it is counted until it is put right and sent again."
    elif any(one.severity == Severity.ERROR for one in asked):
        yield "It was taken without the rows that have an error: they are not counted until they are put right."
    if explained:
        yield f"{explained:,} {'query was' if explained == 1 else 'queries were'} explained before, and not asked again."
    yield ""
    yield "How to answer"
    marked = "Cells are marked red where something must be put right, yellow where it must be explained."
    if not alone:
        yield f"{marked} Point at one to read what is asked of it; select it below to go there."
    yield "What must be put right: correct it and send the return again, as this workbook or as your own."
    yield (
        "What must be explained: correct it in the same way; or, where it is right, type into 'Answer' how it comes about, and "
        "send this workbook back. The explanation is shown with the figure for as long as its value stands."
    )
    if contract and contract.names_children:
        yield "Write no child's name or number into an answer. Send the workbook by the Board's secure route only."
    yield "This sheet and the marks may stay: they are not taken for a part of the return."


def _asked(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, submission: Submission
) -> tuple[list[Question], int, int]:
    """What is open on the submission, how much was explained, and how much is left out as it names another council."""
    if not _rows(connection, "from staging.submissions where submission_id = $1", submission.id):
        raise UserError(f"{submission.id} is not loaded yet: lscb load.")
    found = _rows(connection, "from audit.findings where submission = $1 order by finding_id", submission.id)
    names_another = _others(connection, contracts, submission)
    open_ones = [one for one in found if one["answered_at"] is None]
    of_itself = [one for one in open_ones if one["found_by"] == "contract" or not names_another(one["message"])]
    asked = [
        Question(one["finding_id"], one["severity"], one["sheet"], one["cell"], one["message"], one["fix"])
        for one in of_itself
    ]  # fmt: skip
    return sorted(asked, key=_order), len(found) - len(open_ones), len(open_ones) - len(of_itself)


def _order(one: Question) -> tuple[int, str, int, int]:
    """Gravest first, then as the cells stand."""
    found = _CELL.fullmatch(one.cell or "")
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    return [*Severity].index(Severity(one.severity)), one.sheet or "", row, column


def _others(connection: duckdb.DuckDBPyConnection, contracts: Contracts, submission: Submission) -> Callable[[str], bool]:
    """Whether words name a council that the submission has nothing of."""
    own = {row["area_code"] for row in _rows(connection, "select area_code from staging.board")}
    for table in ("conformed.record_files", "staging.figures"):
        rows = _rows(connection, f"select distinct area_code from {table} where submission_id = $1", submission.id)  # noqa: S608
        own |= {row["area_code"] for row in rows}
    councils = contracts.codes["councils"].codes if "councils" in contracts.codes else []
    others = [name for one in councils if one.code not in own for name in (one.code, one.label)]
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, others)) or '(?!)'})(?!\w)")
    return lambda said: named.search(said) is not None


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[dict[str, Any]]:
    answer = connection.execute(query, values or None)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
