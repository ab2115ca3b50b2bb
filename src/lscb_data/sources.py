"""What the SQL of a build starts from, the schema `staging`: rows, and what was found, decided, declared and known before."""

import operator
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import zip_longest
from typing import Any

import duckdb
import pyarrow as pa

from lscb_data import ledger
from lscb_data.board import Board
from lscb_data.contract import Contracts, Return
from lscb_data.decision import Answer, Decision
from lscb_data.declared import fill, fill_calendar, fill_codes, fill_groups, fill_indicators
from lscb_data.figures import FIGURES
from lscb_data.groups import load_groups
from lscb_data.held import columns
from lscb_data.indicator import Indicator
from lscb_data.period import Period, quarter_of, year_of
from lscb_data.screen import literal, quote
from lscb_data.sealed_store import held
from lscb_data.staging import Landed, record_schema, standing
from lscb_data.submission import decided

FINDING = (
    "return", "period", "submission", "file", "sheet", "cell", "column", "row", "code", "severity", "message", "fix",
)  # fmt: skip
# What names a finding, in SQL: stable for as long as what it is about stands as it does.
FINDING_ID = "'f' || left(sha256(concat_ws(chr(31), {})), 11)".format(
    ", ".join(f"coalesce({name}, '')" for name in ('"return"', "period", "code", "sheet", "cell", '"column"'))
    + ", coalesce(value, message)"
)


def stage(
    connection: duckdb.DuckDBPyConnection,
    board: Board,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
    """Make the whole schema `staging`."""
    ledger.stage(connection, ledger.files(board.ledger))
    worth, passed = standing(landed)
    for name, contract in sorted(contracts.returns.items()):
        of_return = [one for one in landed if one.submission.receipt.return_ == name]
        for view, sheet, kinds in views(contract):
            files = [one.rows[sheet] for one in of_return if sheet in one.rows]
            _view(connection, view, kinds, held(files, board.seal))
            connection.execute(f"comment on view staging.{quote(view)} is {literal(f'{contract.title}: {contract.grain}')}")
    measures = [quote(n) for n, c in sorted(contracts.returns.items()) if c.kind == "measures"]
    union = " union all by name ".join(f"from staging.{name}" for name in measures)
    connection.execute(f"create view staging.figures as {union}")
    fill(connection, "submissions", list(_submissions(landed, worth, passed, contracts)), SUBMISSIONS)
    found = [finding for one in landed for finding in one.findings]
    fill_findings(connection, found)
    fill_answers(connection, answers(decided(board), found))
    fill(connection, "corrections", list(_corrections(landed)), CORRECTIONS)
    fill_indicators(connection, indicators)
    fill(connection, "expected", list(_expected(contracts, landed)), EXPECTED)
    fill_codes(connection, contracts)
    fill_groups(connection, load_groups(board.folders("schemas")))
    own = {"name": board.settings.name, "area_code": board.settings.area, "area": board.settings.area_name}
    fill(connection, "board", [own], dict.fromkeys(own, pa.string()))
    fill_calendar(connection)
    name_codes(connection)


def name_codes(connection: duckdb.DuckDBPyConnection) -> None:
    """The types `staging.code` and `staging.submission`: millions of rows hold numbers, and show what they stand for."""
    codes = "select code from staging.codes union select area_code from staging.board"
    submissions = "select submission_id from staging.submissions"
    for name, said in (("code", codes), ("submission", submissions)):
        found = [row[0] for row in connection.execute(f"from ({said}) order by all").fetchall() if row[0] is not None]
        connection.execute(f"create type staging.{name} as enum ({', '.join(map(literal, found or ['none']))})")


def views(contract: Return) -> Iterator[tuple[str, str, dict[str, str]]]:
    """What staging has of a return: a view's name, the sheet whose rows it shows, and its columns."""
    if contract.kind == "measures":
        yield contract.return_, "figures", columns(FIGURES)
        return
    for sheet in contract.sheets:
        name = contract.return_ if len(contract.sheets) == 1 else f"{contract.return_}__{sheet.sheet}"
        yield name, sheet.sheet, columns(record_schema(sheet))


def _view(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: str) -> None:
    nothing = ", ".join(f"null::{kind} as {quote(column)}" for column, kind in columns.items())
    empty = f"select {nothing} where false"
    connection.execute(f"create view staging.{quote(name)} as {empty} {rows}")


SUBMISSIONS = {
    "submission_id": pa.string(), "return": pa.string(), "agency": pa.string(), "title": pa.string(), "period": pa.string(),
    "period_start": pa.date32(), "period_end": pa.date32(), "covers_from": pa.date32(), "file": pa.string(),
    "sha256": pa.string(),
    "received_at": pa.timestamp("s", "UTC"), "received_by": pa.string(), "contract_sha256": pa.string(),
    "standing": pa.string(), "rows_received": pa.int64(), "rows_accepted": pa.int64(), "rows_rejected": pa.int64(),
    "public": pa.string(), "is_publishers": pa.bool_(), "cumulative": pa.string(), "arrival": pa.int64(),
    "areas_superseded": pa.list_(pa.string()),
    "withdrawn_at": pa.timestamp("s", "UTC"), "withdrawn_by": pa.string(), "withdrawn_for": pa.string(),
}  # fmt: skip
CORRECTIONS = {
    "return": pa.string(), "period": pa.string(), "sheet": pa.string(), "cell": pa.string(), "was": pa.string(),
    "becomes": pa.string(), "reason": pa.string(), "agreed_by": pa.string(), "until": pa.date32(),
    "decided_at": pa.timestamp("us", "UTC"), "decided_by": pa.string(), "submission_id": pa.string(), "outcome": pa.string(),
}  # fmt: skip
EXPECTED = {
    "return": pa.string(), "agency": pa.string(), "title": pa.string(), "period": pa.string(),
    "period_start": pa.date32(), "period_end": pa.date32(), "due": pa.date32(),
}  # fmt: skip
ANSWERS = {
    **dict.fromkeys(("return", "period", "code", "sheet", "cell", "column", "value", "message"), pa.string()),
    "answered_at": pa.timestamp("us", "UTC"), "answered_by": pa.string(), "explanation": pa.string(),
}  # fmt: skip


def _submissions(
    landed: list[Landed], worth: Mapping[str, str], passed: Mapping[str, frozenset[str]], contracts: Contracts
) -> Iterator[dict[str, Any]]:
    for arrival, one in enumerate(landed, 1):  # oldest first
        receipt, period = one.submission.receipt, one.submission.period
        contract, withdrawal = contracts.returns.get(receipt.return_), one.submission.withdrawal
        yield {
            "submission_id": one.submission.id,
            "return": receipt.return_,
            "agency": receipt.return_.partition("__")[0],
            "title": one.title,
            "period": str(period),
            "period_start": period.start,
            "period_end": period.end,
            "covers_from": receipt.covers_from or (contract.covers_from(period) if contract else period.start),
            "file": one.submission.place,
            "sha256": receipt.sha256,
            "received_at": receipt.received_at,
            "received_by": receipt.received_by,
            "contract_sha256": one.contract_hash,
            "standing": worth[one.submission.id],
            "rows_received": one.received,
            "rows_accepted": one.accepted,
            "rows_rejected": one.rejected,
            "public": one.public,
            "is_publishers": bool(contract and contract.publisher),
            "cumulative": contract and contract.cumulative,
            "arrival": arrival,
            "areas_superseded": sorted(passed.get(one.submission.id, ())),
            "withdrawn_at": withdrawal and withdrawal.decided_at,
            "withdrawn_by": withdrawal and withdrawal.decided_by,
            "withdrawn_for": withdrawal and withdrawal.reason,
        }


def _corrections(landed: list[Landed]) -> Iterator[dict[str, Any]]:
    """What was agreed, by submission of the return and period that it is of; nothing became of it where that was not read."""
    for one in landed:
        for said, outcome in zip_longest(one.submission.corrections, one.corrections):
            named = said.model_dump(by_alias=True)
            yield {name: named.get(name) for name in CORRECTIONS} | {
                "submission_id": one.submission.id,
                "outcome": outcome or "not_read",
            }


def fill_findings(connection: duckdb.DuckDBPyConnection, findings: Iterable[Mapping[str, Any]]) -> None:
    """`staging.findings`: what the contracts found, each named."""
    names = (*FINDING, "value")
    rows = [{name: None if one.get(name) is None else str(one[name]) for name in names} for one in findings]
    fill(connection, "findings", rows, dict.fromkeys(names, pa.string()), f"*, {FINDING_ID} as finding_id")


def fill_answers(connection: duckdb.DuckDBPyConnection, answers: Iterable[Answer]) -> None:
    """`staging.answers`: of every finding that was ever answered the last answer."""
    rows = [
        one.model_dump(by_alias=True, include={"return_", "period", "code", "sheet", "cell", "column", "value"})
        | {"answered_at": one.decided_at, "answered_by": one.decided_by, "explanation": one.reason}
        for one in answers
    ]
    columns = f"{FINDING_ID} as finding_id, answered_at, answered_by, explanation"
    last = "qualify row_number() over (partition by finding_id order by answered_at desc) = 1"
    fill(connection, "answers", rows, ANSWERS, columns, last)


def answers(decisions: Iterable[Decision], findings: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """The answers among the decisions. One on a child's row holds for its own submission under another key, too."""
    where = operator.itemgetter("submission", "code", "sheet", "cell", "column")
    sealed = {where(one): one["value"] for one in findings if one.get("value") is not None}
    for one in decisions:
        if isinstance(one, Answer):
            known = one.submission and sealed.get(where(one.model_dump()))
            yield one.model_copy(update={"value": known}) if known else one


def _expected(contracts: Contracts, landed: list[Landed]) -> Iterator[dict[str, Any]]:
    """What is owed from the first quarter received to the last, and what came, be it of another year."""
    came = {(one.submission.receipt.return_, one.submission.period) for one in landed}
    between = covered(period for _, period in came)
    for period in sorted({*between, *(period for _, period in came)}, key=lambda p: (p.start, p.end)):
        for contract in contracts.returns.values():
            owed = contract.owed and period in between
            if contract.expected_in(period) and (owed or (contract.return_, period) in came):
                yield {
                    "return": contract.return_,
                    "agency": contract.agency,
                    "title": contract.title,
                    "period": str(period),
                    "period_start": period.start,
                    "period_end": period.end,
                    "due": period.end + timedelta(days=contract.due.days),
                }


def covered(periods: Iterable[Period]) -> list[Period]:
    """Every quarter from the first to the last that has a submission, and the years that they make up."""
    quarters = sorted(p for p in periods if p.type == "quarter")
    if not quarters:
        return sorted({p for p in periods if p.type == "year"})
    between = Period(quarters[0].start, quarters[-1].end, "date").months()
    found = {quarter_of(month.start) for month in between} | {year_of(month.start) for month in between}
    return sorted(found, key=lambda p: (p.start, p.end))
