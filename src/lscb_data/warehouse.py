"""The warehouse, built anew from staging by the SQL of `sql/`: one file a table, its path its name."""

import operator
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lscb_data import disclosure, disk, ledger
from lscb_data.board import Board
from lscb_data.contract import Contracts, Return
from lscb_data.decision import Answer, Decision
from lscb_data.figures import FIGURES
from lscb_data.finding import UserError, first_line
from lscb_data.groups import Groups, load_groups
from lscb_data.held import columns
from lscb_data.indicator import Indicator
from lscb_data.period import Period, quarter_of, year_of
from lscb_data.pseudonym import said_in_names
from lscb_data.screen import literal, quote
from lscb_data.seal import in_names
from lscb_data.sealed_store import changing, held
from lscb_data.sql_files import SCHEMAS, Table, tables
from lscb_data.staging import Landed, record_schema, standing
from lscb_data.submission import decided
from lscb_data.working_days import working_days

FINDING = (
    "return", "period", "submission", "file", "sheet", "cell", "column", "row", "code", "severity", "message", "fix",
)  # fmt: skip


# What names a finding, in SQL: stable for as long as what it is about stands as it does.
FINDING_ID = "'f' || left(sha256(concat_ws(chr(31), {})), 11)".format(
    ", ".join(f"coalesce({name}, '')" for name in ('"return"', "period", "code", "sheet", "cell", '"column"'))
    + ", coalesce(value, message)"
)


def build(
    board: Board,
    path: Path,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
    """Build a whole warehouse into a new file. Where that fails, nothing of it stays.

    Raises UserError, naming the file, for SQL that does not run.
    """
    path.unlink(missing_ok=True)
    try:
        _build(board, path, contracts, indicators, landed)
    except BaseException:
        for left in (path, path.with_name(f"{path.name}.wal")):
            left.unlink(missing_ok=True)
        raise


def _build(
    board: Board,
    path: Path,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
    built = tables(board.folders("sql"))
    with changing(path) as connection:  # in no transaction: of a table not yet committed DuckDB plans as of an empty one
        for schema in SCHEMAS:
            connection.execute(f"create schema {schema}")
        _stage(connection, board, contracts, indicators, landed)
        create(connection, built)
        ledger.unstage(connection)
        connection.execute("checkpoint")


def create(connection: duckdb.DuckDBPyConnection, built: list[Table]) -> None:
    """Make the tables over staging: audit last, which looks at all of them, and then what is asked for with an argument."""
    for table in built:
        if table.schema != "audit" and not table.asked_with:
            _create(connection, table)
    if checks := [table for table in built if table.schema == "checks"]:
        _check_findings(connection, checks)
    for table in built:
        if table.schema == "audit":
            _create(connection, table)
    for table in built:
        if table.asked_with:
            connection.execute(f"create macro {table.full_name}({table.asked_with}) as table {table.query}")
            connection.execute(f"comment on macro table {table.full_name} is {literal(table.comment)}")


def _create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    if disclosure.TABLE in table.reads and table.schema == "marts":
        disclosure.fill(connection)
    try:
        connection.execute(f"create {table.kind} {table.full_name} as {table.query}")
    except (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException) as error:
        raise UserError(f"{table.file}: {first_line(error)}") from None
    except duckdb.IOException as error:
        if disk.said(error):
            raise
        raise UserError(f"{table.file}: {first_line(error)}") from error
    except duckdb.Error as error:  # whose words can hold what stood in a cell
        kind = type(error).__name__
        raise UserError(f"{table.file}: fails on what it reads ({kind}); run it in a DuckDB shell to see where") from None
    connection.execute(f"comment on {table.kind} {table.full_name} is {literal(table.comment)}")
    names = [row[0] for row in connection.execute(f"describe {table.full_name}").fetchall()]
    for name in names:
        if said := table.columns.get(name):
            connection.execute(f"comment on column {table.full_name}.{quote(name)} is {literal(said)}")
    if table.schema == "published" and (silent := set(names) - set(table.columns)):
        raise UserError(f"{table.file}: say in its header what {', '.join(sorted(silent))} means")
    if table.schema == "published" and (absent := set(table.columns) - set(names)):
        raise UserError(f"{table.file}: its header describes {', '.join(sorted(absent))}, which it does not have")
    if table.schema == "checks" and not set(FINDING) <= set(names):
        raise UserError(f"{table.file}: a check gives the columns {', '.join(FINDING)}")


def _check_findings(connection: duckdb.DuckDBPyConnection, checks: list[Table]) -> None:
    """All that the checks of the warehouse found, as one table for audit."""
    columns = ", ".join(quote(name) for name in FINDING)
    parts = [f"select {columns} from {check.full_name}" for check in checks]  # noqa: S608 - names of our own files
    nothing = "select " + ", ".join(f"null::varchar as {quote(name)}" for name in FINDING) + " where false"
    found = " union all ".join([nothing, *parts])
    connection.execute(
        f"create table checks.findings as select *, {FINDING_ID} as finding_id"  # noqa: S608
        f" from (select *, null::varchar as value from ({found}))"
    )


# staging


def _stage(
    connection: duckdb.DuckDBPyConnection,
    board: Board,
    contracts: Contracts,
    indicators: Mapping[str, tuple[str, Indicator]],
    landed: list[Landed],
) -> None:
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
    _fill(connection, "submissions", list(_submissions(landed, worth, passed, contracts)), SUBMISSIONS)
    found = [finding for one in landed for finding in one.findings]
    fill_findings(connection, found)
    fill_answers(connection, answers(decided(board), found))
    _fill(connection, "corrections", list(_corrections(landed)), CORRECTIONS)
    fill_indicators(connection, indicators)
    _fill(connection, "expected", list(_expected(contracts, landed)), EXPECTED)
    codes = [
        {"list": name, "code": code.code, "label": code.label}
        | {"valid_from": code.since, "valid_until": code.until, "became": list(code.became)}
        | {"former": [former for former, _ in code.former], "former_until": [day for _, day in code.former]}
        for name, codes in contracts.codes.items()
        for code in codes.codes
    ]
    _fill(connection, "codes", codes, CODES)
    fill_groups(connection, load_groups(board.folders("schemas")))
    own = {"name": board.settings.name, "area_code": board.settings.area, "area": board.settings.area_name}
    _fill(connection, "board", [own], dict.fromkeys(own, pa.string()))
    fill_calendar(connection)
    name_codes(connection)


def fill_calendar(connection: duckdb.DuckDBPyConnection) -> None:
    """`staging.working_days`: each day with the number of England's working days up to it."""
    days, numbers = zip(*working_days(), strict=True)
    calendar = pa.table({"day": pa.array(days, pa.date32()), "working_day_number": pa.array(numbers, pa.int64())})
    connection.register("filling", calendar)
    connection.execute("create table staging.working_days as from filling")
    connection.unregister("filling")


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
INDICATORS = {
    "code": pa.string(), "topic": pa.string(), "title": pa.string(), "kind": pa.string(), "unit": pa.string(),
    "numerator": pa.list_(pa.string()), "denominator": pa.list_(pa.string()),
    "parts": pa.list_(pa.list_(pa.string())), "part_of": pa.list_(pa.string()), "left_out": pa.list_(pa.string()),
    "places": pa.int32(), "per": pa.int64(),
    **dict.fromkeys(("age_range", "sex", "people"), pa.string()), "census_base": pa.int64(),
    "definition": pa.string(), "source": pa.string(), "polarity": pa.string(), "breakdown_types": pa.list_(pa.string()),
    "caveats": pa.string(),
}  # fmt: skip
GROUPS = {
    **dict.fromkeys(("group_set", "title", "source", "licence", "group_code", "area_code", "member_code"), pa.string()),
    "member_rank": pa.int32(), "closeness": pa.string(), "since": pa.date32(), "until": pa.date32(),
}  # fmt: skip
BOUND = pa.decimal128(18, 4)
TARGETS = {
    **dict.fromkeys(("target", "indicator", "area_code", "says", "set_by", "source", "rule"), pa.string()),
    "valid_from": pa.date32(), "valid_until": pa.date32(),
}  # fmt: skip
BANDS = {
    "target": pa.string(), "place": pa.int32(), "colour": pa.string(), "words": pa.string(),
    **dict.fromkeys(("at_least", "above", "at_most", "below"), BOUND),
}  # fmt: skip
REBASED = {
    **dict.fromkeys(("indicator", "area_code", "period"), pa.string()), "based_from": pa.date32(), "based_until": pa.date32(),
    "decided_on": pa.date32(), "decided_by": pa.string(), "reason": pa.string(),
}  # fmt: skip
CODES = {
    **dict.fromkeys(("list", "code", "label"), pa.string()),
    **dict.fromkeys(("valid_from", "valid_until"), pa.date32()), "became": pa.list_(pa.string()),
    "former": pa.list_(pa.string()), "former_until": pa.list_(pa.date32()),
}  # fmt: skip
EXPECTED = {
    "return": pa.string(), "agency": pa.string(), "title": pa.string(), "period": pa.string(),
    "period_start": pa.date32(), "period_end": pa.date32(), "due": pa.date32(),
}  # fmt: skip


ANSWERS = {
    **dict.fromkeys(("return", "period", "code", "sheet", "cell", "column", "value", "message"), pa.string()),
    "answered_at": pa.timestamp("us", "UTC"), "answered_by": pa.string(), "explanation": pa.string(),
}  # fmt: skip


def _fill(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: list[dict[str, Any]],
    columns: Mapping[str, Any],
    select: str = "*",
    chosen: str = "",
) -> None:
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))
    connection.register("filling", table)
    connection.execute(f"create table staging.{name} as select {select} from filling {chosen}")  # noqa: S608 - our own names
    connection.unregister("filling")


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


def fill_groups(connection: duckdb.DuckDBPyConnection, groups: Iterable[Groups]) -> None:
    """`staging.groups`: each member of each group."""
    rows = [
        {
            "group_set": one.set, "title": one.title, "since": one.since, "until": one.until, "source": one.source,
            "licence": one.licence, "group_code": member.group, "area_code": member.area, "member_code": member.member,
            "member_rank": member.rank, "closeness": member.closeness,
        }
        for one in groups
        for member in one.members
    ]  # fmt: skip
    _fill(connection, "groups", rows, GROUPS)


def fill_findings(connection: duckdb.DuckDBPyConnection, findings: Iterable[Mapping[str, Any]]) -> None:
    """`staging.findings`: what the contracts found, each named."""
    names = (*FINDING, "value")
    rows = [{name: None if one.get(name) is None else str(one[name]) for name in names} for one in findings]
    _fill(connection, "findings", rows, dict.fromkeys(names, pa.string()), f"*, {FINDING_ID} as finding_id")


def fill_answers(connection: duckdb.DuckDBPyConnection, answers: Iterable[Answer]) -> None:
    """`staging.answers`: of every finding that was ever answered the last answer."""
    rows = [
        one.model_dump(by_alias=True, include={"return_", "period", "code", "sheet", "cell", "column", "value"})
        | {"answered_at": one.decided_at, "answered_by": one.decided_by, "explanation": one.reason}
        for one in answers
    ]
    columns = f"{FINDING_ID} as finding_id, answered_at, answered_by, explanation"
    last = "qualify row_number() over (partition by finding_id order by answered_at desc) = 1"
    _fill(connection, "answers", rows, ANSWERS, columns, last)


def answers(decisions: Iterable[Decision], findings: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """The answers among the decisions. One on a child's row holds for its own submission under another key, too."""
    where = operator.itemgetter("submission", "code", "sheet", "cell", "column")
    sealed = {where(one): one["value"] for one in findings if one.get("value") is not None}
    for one in decisions:
        if isinstance(one, Answer):
            known = one.submission and sealed.get(where(one.model_dump()))
            yield one.model_copy(update={"value": known}) if known else one


def fill_indicators(connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, tuple[str, Indicator]]) -> None:
    """`staging.indicators`, and what was set for them: `targets` with their `bands`, and what is `rebased`."""
    declared = [one for _, one in indicators.values()]
    held = [one.model_dump() | {"topic": topic} | _of_whom(one) for topic, one in indicators.values()]
    _fill(connection, "indicators", held, INDICATORS)
    targets = [
        one.model_dump(include={"says", "set_by", "source"})
        | {"target": f"{of.code}:{at}", "indicator": of.code, "area_code": one.area, "rule": one.rule}
        | {"valid_from": one.from_, "valid_until": one.until, "bands": one.bands}
        for of in declared
        for at, one in enumerate(of.targets, 1)
    ]
    bands = [
        band.model_dump() | {"target": target["target"], "place": place, "words": band.words}
        for target in targets
        for place, band in enumerate(target["bands"], 1)
    ]
    _fill(connection, "targets", [{name: one[name] for name in TARGETS} for one in targets], TARGETS)
    _fill(connection, "bands", bands, BANDS)
    rebased = [
        one.model_dump(include={"decided_on", "decided_by", "reason"})
        | {"indicator": of.code, "area_code": one.area, "period": one.from_}
        | {"based_from": one.begins.start, "based_until": one.ends and one.ends.end}
        for of in declared
        for one in of.rebased
    ]
    _fill(connection, "rebased", rebased, REBASED)


def _of_whom(one: Indicator) -> dict[str, Any]:
    """The population of a rate; nothing of what is no rate."""
    if one.kind != "rate":
        return {"per": None}
    return one.population.model_dump(include={"sex", "census_base"}) | {
        "age_range": one.population.ages,
        "people": f"residents {one.population.words}",
    }


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


def new_build(board: Board, fingerprint: str | None = None) -> Path:
    """The name of the next build's file: when it was begun, in UTC, and the key of its pseudonyms where it has any."""
    of_key, begun = said_in_names(fingerprint) if fingerprint else "", datetime.now(UTC)
    of_key += in_names(board.seal)
    while (path := board.warehouse / "builds" / f"{begun:%Y%m%dT%H%M%S%f}Z{of_key}.duckdb").exists():
        begun += timedelta(microseconds=1)  # a clock that was set back
    return path
