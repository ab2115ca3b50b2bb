"""What changed between two days, two builds or two submissions."""

from datetime import datetime
from typing import Any

import duckdb

from lscb_data.board import Board
from lscb_data.connection import reading
from lscb_data.finding import UserError
from lscb_data.period import moment

_FIGURES = """
    select
        coalesce(b.indicator, a.indicator) as indicator, coalesce(b.area, a.area) as area,
        coalesce(b.provider, a.provider) as provider, coalesce(b.period, a.period) as period,
        coalesce(b.breakdown, a.breakdown) as breakdown,
        a.value as before, b.value as after, b.value - a.value as difference,
        a.status as status_before, b.status as status_after,
        a.submission_id as submission_before, b.submission_id as submission_after
    from published.indicator_values_as_at($before) as a
    full join published.indicator_values_as_at($after) as b
        on a.indicator = b.indicator and a.area_code is not distinct from b.area_code
        and a.provider is not distinct from b.provider and a.period_type = b.period_type and a.period = b.period
        and a.breakdown_type is not distinct from b.breakdown_type and a.breakdown = b.breakdown
    where (a.value, a.numerator, a.denominator, a.status, a.qualifier, a.as_printed)
        is distinct from (b.value, b.numerator, b.denominator, b.status, b.qualifier, b.as_printed)
    order by all
"""
_CELLS = """
    with read as (
        select
            submission_id, coalesce(measure, prints) as measure, area_code, provider, period_type, period, breakdown_type,
            breakdown, printed, value, status, cell
        from conformed.observations
    )
    select
        coalesce(b.measure, a.measure) as measure, coalesce(b.area_code, a.area_code) as area,
        coalesce(b.provider, a.provider) as provider, coalesce(b.period, a.period) as period,
        coalesce(b.breakdown, a.breakdown) as breakdown,
        a.printed as before, b.printed as after, (b.value - a.value)::decimal(18, 2) as difference,
        a.status as status_before, b.status as status_after, a.cell as cell_before, b.cell as cell_after
    from (select * from read where submission_id = $before) as a
    full join (select * from read where submission_id = $after) as b
        on a.measure = b.measure and a.area_code is not distinct from b.area_code
        and a.provider is not distinct from b.provider and a.period_type = b.period_type and a.period = b.period
        and a.breakdown_type is not distinct from b.breakdown_type and a.breakdown is not distinct from b.breakdown
    where (a.value, a.status, a.printed) is distinct from (b.value, b.status, b.printed)
    order by all
"""


def diff(
    connection: duckdb.DuckDBPyConnection, board: Board, before: str, after: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The figures that differ, with what they were and are, by columns. Of submissions: every cell read from both that differs.

    Raises UserError where one of the two is a submission and the other is not, or is no day, build or submission at all.
    """
    known = {row[0] for row in connection.execute("select submission_id from audit.submissions").fetchall()}
    of_submissions = [name for name in (before, after) if name in known]
    if len(of_submissions) == 1:
        raise UserError(f"{of_submissions[0]} is a submission: name another one to set it beside.")
    if of_submissions:
        asked: dict[str, Any] = {"before": before, "after": after}
    else:
        asked = {"before": _moment(board, before), "after": _moment(board, after)}
    answer = connection.execute(_CELLS if of_submissions else _FIGURES, asked)
    return [column[0] for column in answer.description or []], answer.fetchall()


def _moment(board: Board, text: str) -> datetime:
    """The moment that a day or a build's name stands for."""
    for build in (board.warehouse / "builds").glob("*.duckdb"):
        if text in (build.name, build.stem, build.name.partition(".")[0]):
            with reading(build) as connection:
                (found,) = connection.execute("select built_at from staging.build").fetchone() or (None,)
            assert isinstance(found, datetime)  # noqa: S101 - every build has it
            return found
    try:
        return moment(text)
    except ValueError as error:
        raise UserError(f"{error}.") from None
