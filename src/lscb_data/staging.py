"""What a judged submission leaves behind: one Parquet file of its rows, never rewritten, and the judgement beside it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lscb_data.beside import meanwhile
from lscb_data.board import Board
from lscb_data.contract import Contracts, Return
from lscb_data.disk import whole
from lscb_data.figure import Figure
from lscb_data.figures import FIGURES, figures
from lscb_data.finding import Finding, Severity
from lscb_data.held import HEAD, arrow
from lscb_data.intake import Intake, judge_records, schema
from lscb_data.judgement import Judgement, judge_file
from lscb_data.period import Period, parse
from lscb_data.pseudonym import Key, read_key, said_in_names
from lscb_data.resemblance import resembled
from lscb_data.rows import Judged
from lscb_data.seal import in_names
from lscb_data.sealed_file import digest, read_bytes, write_whole
from lscb_data.sealed_store import Writer
from lscb_data.sheet import Sheet
from lscb_data.submission import Submission

READER = 9  # counts up when what is read from the same file by the same contract changes

Digest = Callable[[Path], str]
LOST = ("file_altered", "file_missing", "file_unreadable")
STANDS = "What was landed of it when it was as received still stands."
OUTCOME = {"submission_id", "refused", "received", "accepted", "rejected", "findings", "rows_sha256", "areas", "corrections"}


@dataclass(frozen=True)
class Landed:
    """A submission as judged and landed: its counts, its findings, and its rows' files by sheet (none where it was refused)."""

    submission: Submission
    contract_hash: str
    refused: bool
    received: int
    accepted: int
    rejected: int
    findings: tuple[dict[str, Any], ...]
    rows: Mapping[str, Path]
    title: str
    public: str | None
    areas: frozenset[str] = frozenset()  # of children's records, the councils that there are any of
    corrections: tuple[str, ...] = ()  # what became of each of the submission's


def land_all(
    board: Board, contracts: Contracts, submissions: list[Submission], land_one: Callable[[Submission, Digest], Landed]
) -> list[Landed]:
    """Each submission landed by `land_one`, in the order in which they are given.

    Those that have never been landed go first: meanwhile the files of the others are held against what they were.
    """
    files = {one.id: _files_landed(board, contracts, one) for one in submissions}
    with meanwhile(digest, [path for of_one in files.values() for path in of_one]) as digest_of:
        landed = {one.id: land_one(one, digest_of) for one in sorted(submissions, key=lambda one: bool(files[one.id]))}
    return [landed[one.id] for one in submissions]


def _files_landed(board: Board, contracts: Contracts, submission: Submission) -> list[Path]:
    """The files whose digests will be asked for, where the submission was landed before; none where it was not."""
    contract = contracts.returns.get(submission.receipt.return_)
    if not contract:
        return []
    key = read_key(board.home, board.settings.key_file) if contract.names_children else None
    outcome, rows = _places(board, contracts, submission, key)
    return [submission.path, *rows.values()] if outcome.exists() else []


def land(
    board: Board, contracts: Contracts, submission: Submission, last_try: bool = True, digest_of: Digest = digest
) -> Landed:
    """Judge the submission and keep the outcome in staging; where it was landed before, by this contract, that outcome.

    Where the file is no longer as its receipt says, or cannot be read, what was landed of it when it was still stands, with an
    error to put right; where nothing was, it is refused. An OSError is raised unless this is the last try. `digest_of` gives a
    file's digest, which another may have worked out by now.
    """
    name, period = submission.receipt.return_, submission.period
    if name not in contracts.returns:
        return _refused(submission, "", _blocker("contract_missing", f"There is no contract for the return '{name}'.",
                        "Put its YAML into schemas/returns, or receive the file again for another return."))  # fmt: skip
    contract, contract_hash = contracts[name], contracts.hashes[name]
    if not contract.expected_in(period):
        return _refused(submission, contract_hash, _blocker("period_not_owed", f"The return is not owed for {period}.",
                        "Receive the file again for the period that it is for."))  # fmt: skip
    try:
        lost = _lost(submission, digest_of)
    except OSError as error:
        if not last_try:
            raise
        lost = _blocker("file_unreadable", f"The file cannot be read: {error.strerror}.",
                        "Let the user who loads read it, or see to its disk; then load again.")  # fmt: skip
    if lost and not any(board.staging.glob(f"{submission.id}.*")):  # the key is not asked for
        return _refused(submission, contract_hash, lost)
    key = read_key(board.home, board.settings.key_file) if contract.names_children else None
    outcome, rows = _places(board, contracts, submission, key)
    kept = _kept(outcome, rows, submission, digest_of)
    if lost and (not kept or kept["refused"]):
        return _refused(submission, contract_hash, lost)
    kept = kept or _judged(board, contracts, submission, key, outcome, rows)
    more = [
        *_dated_ahead(submission),
        *([replace(lost, severity=Severity.ERROR, message=f"{lost.message} {STANDS}")] if lost else []),
    ]
    findings = [*kept["findings"], *(_stamped(finding, submission).as_dict() for finding in more)]
    return Landed(
        submission, contract_hash, kept["refused"], kept["received"], kept["accepted"], kept["rejected"],
        tuple(findings), {} if kept["refused"] else rows, contract.title, contract.public, frozenset(kept["areas"]),
        tuple(kept["corrections"]),
    )  # fmt: skip


def _lost(submission: Submission, digest_of: Digest) -> Finding | None:
    """What is wrong with the evidence; None where it is as it was received. Raises OSError where that cannot be told."""
    if not submission.path.is_file():
        return _blocker("file_missing", "The file that was received is not there.",
                        "Put it back beside its receipt, or receive it again.")  # fmt: skip
    if digest_of(submission.path) != submission.receipt.sha256:
        return _blocker("file_altered", "The file is not the one received (its hash differs).",
                        "Put back the file that was received; receive a new version as a new submission.")  # fmt: skip
    return None


def _blocker(code: str, message: str, fix: str) -> Finding:
    return Finding(code, Severity.BLOCKER, message, fix)


def _refused(submission: Submission, contract_hash: str, why: Finding) -> Landed:
    finding = _stamped(why, submission).as_dict()
    return Landed(submission, contract_hash, True, 0, 0, 0, (finding,), {}, submission.receipt.return_, None)


def _dated_ahead(submission: Submission) -> Iterator[Finding]:
    if submission.dated_ahead:
        message = f"The receipt is dated {submission.receipt.received_at:%Y-%m-%d}, which is still to come."
        yield Finding("dated_ahead", Severity.QUERY, message, "Put its date right: no later file takes its place until then.")


def _places(board: Board, contracts: Contracts, submission: Submission, key: Key | None) -> tuple[Path, Mapping[str, Path]]:
    """Where in staging the judgement is kept, and the rows of each sheet: whatever would change them is in their names."""
    contract, settings = contracts[submission.receipt.return_], board.settings
    of = [
        submission.id, submission.receipt.sha256, contracts.hashes[contract.return_], settings.area, settings.area_name,
        str(READER),
    ]  # fmt: skip
    today = datetime.now(UTC).date()
    of += [f"{one.model_dump_json()}{bool(one.until and one.until < today)}" for one in submission.corrections]
    of_key = said_in_names(key.fingerprint) if key else ""
    stem = f"{submission.id}{of_key}{in_names(board.seal)}.{sha256('|'.join(of).encode()).hexdigest()[:16]}"
    sheets = ["figures"] if contract.kind == "measures" else [sheet.sheet for sheet in contract.sheets]
    rows = {sheet: board.staging / f"{stem}.{sheet}.parquet" for sheet in sheets}
    return board.staging / f"{stem}.json", rows


def _kept(outcome: Path, rows: Mapping[str, Path], submission: Submission, digest_of: Digest) -> dict[str, Any] | None:
    """The judgement as it was landed before; None where there is none, or one of its files is not as it was written."""
    try:
        kept = json.loads(read_bytes(outcome))
        same = set(kept) >= OUTCOME and kept["submission_id"] == submission.id
        return kept if same and (kept["refused"] or _digests(rows, digest_of) == kept["rows_sha256"]) else None
    except (OSError, ValueError, TypeError):
        return None


def _digests(rows: Mapping[str, Path], digest_of: Digest = digest) -> dict[str, str]:
    return {sheet: digest_of(path) for sheet, path in rows.items()}


def _judged(
    board: Board,
    contracts: Contracts,
    submission: Submission,
    key: Key | None,
    outcome: Path,
    rows: Mapping[str, Path],
) -> dict[str, Any]:
    """The submission judged, and the judgement kept unless it broke off: then the next load tries again."""
    board.staging.mkdir(parents=True, exist_ok=True)
    contract = contracts[submission.receipt.return_]
    if key:
        judged = _keep_records(board, contracts, submission, contract, key, rows)
    else:
        judged = judge_file(
            submission.path, contract, contracts.codes, submission.period, board.settings.area_name,
            submission.corrections, datetime.now(UTC).date(),
        )  # fmt: skip
        if not judged.refused:
            _write_rows(next(iter(rows.values())), submission, judged, board)
    judged.findings += resembled(judged, submission.path, contracts, board.settings.area_name)
    found = {
        "submission_id": submission.id,
        "refused": judged.refused,
        "received": judged.received,
        "accepted": judged.accepted,
        "rejected": judged.rejected,
        "findings": [_stamped(f, submission).as_dict() for f in judged.findings],
        "rows_sha256": None if judged.refused else _digests(rows),
        "areas": sorted(judged.areas),
        "corrections": judged.corrections,
    }
    if not any(finding.code == "expectation_broken" for finding in judged.findings):
        write_whole(outcome, json.dumps(found, ensure_ascii=False, indent=1).encode())
    return found


def _stamped(finding: Finding, submission: Submission) -> Finding:
    return finding.at(
        file=submission.receipt.file,
        return_=submission.receipt.return_,
        period=str(submission.period),
        submission=submission.id,
    )


def _keep_records(
    board: Board, contracts: Contracts, submission: Submission, contract: Return, key: Key, rows: Mapping[str, Path]
) -> Judgement:
    """Judge records of children. Their files have their names only once they are whole."""
    parts = {sheet: path.with_name(f".{path.name}.part") for sheet, path in rows.items()}
    area, into, seal = (board.settings.area, board.settings.area_name), parts.__getitem__, board.seal
    judged = judge_records(
        Intake(submission.path, contract, contracts.codes, submission.period, area, key, into, submission.id, seal)
    )
    for sheet, part in parts.items():
        if part.exists():
            part.replace(rows[sheet])
    return judged


def _write_rows(path: Path, submission: Submission, judged: Judgement, board: Board) -> None:
    if judged.contract.kind == "measures":
        found = list(figures(judged, submission.id, submission.place, submission.period, board.settings.area))
        table = pa.Table.from_pylist(found, schema=FIGURES)
    else:
        sheet, rows = judged.sheets[0]
        table = pa.Table.from_pylist([_record(submission, sheet, row) for row in rows], schema=record_schema(sheet))
    with whole(path) as part:
        if key := board.seal:
            with Writer(part, table.schema, key) as file:
                file.write_table(table)
        else:
            pq.write_table(table, part, compression="zstd")


def record_schema(sheet: Sheet) -> pa.Schema:
    """The columns of what is kept of a sheet of records."""
    if sheet.names_children:
        return schema(sheet)
    facts = [(name, pa.int64() if isinstance(fact, int) else pa.string()) for name, fact in sheet.facts.items()]
    return pa.schema(
        [*HEAD.items(), *((column.name, arrow(column)) for column in sheet.columns), *facts, ("cell", pa.string())]
    )


def _record(submission: Submission, sheet: Sheet, judged: Judged) -> dict[str, Any]:
    """One row of a return of kind records. Of a row set aside only its place is kept: its cells may hold anything."""
    first = judged.row.cells.get(sheet.columns[0].name, "")
    kept = {name: _plain(value) for name, value in judged.values.items()} if judged.accepted else {}
    where = f"{submission.place}!{sheet.names[0]}!{first}"
    return (
        {
            "submission_id": submission.id,
            "sheet": sheet.sheet,
            "row": judged.row.number,
            "accepted": judged.accepted,
            "cell": where,
        }
        | kept
        | sheet.facts
    )


def _plain(value: Any) -> Any:
    match value:
        case Figure():
            return None if value.value is None else value.value
        case Period():
            return str(value)
    return value


def standing(landed: list[Landed]) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """What each submission is worth now, by its id: `accepted` (it stands), `superseded` by later accepted ones of the same
    return and period, `refused`, or `withdrawn`; and of those that stand, the councils for which a later one took their place.

    Of children's records a submission goes before an earlier one only for the councils that it has any of.
    """
    worth: dict[str, str] = {}
    passed: dict[str, frozenset[str]] = {}
    before: dict[tuple[str, str], list[Landed]] = {}
    for one in landed:  # oldest first
        worth[one.submission.id] = "withdrawn" if one.submission.withdrawal else "refused" if one.refused else "accepted"
        if worth[one.submission.id] != "accepted":
            continue
        earlier = before.setdefault((one.submission.receipt.return_, one.submission.receipt.period), [])
        for other in earlier:
            now = passed.get(other.submission.id, frozenset()) | (other.areas & one.areas)
            if now == other.areas:  # as of a return that is not by council
                worth[other.submission.id] = "superseded"
            passed[other.submission.id] = now
        earlier.append(one)
    return worth, {name: areas for name, areas in passed.items() if areas and worth[name] == "accepted"}


def overdue(contract: Return, period: str, today: date) -> bool:
    return today > parse(period).end + timedelta(days=contract.due.days)
