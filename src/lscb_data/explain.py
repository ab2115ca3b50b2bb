"""Where a published figure comes from: what it means, its parts, and the cells that were read for it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from lscb_data.finding import UserError
from lscb_data.period import MONTHS, parse, stated
from lscb_data.remarks import Remark, remarks, remarks_then

Record = dict[str, Any]
_KEYS = ("indicator", "area_code", "provider", "period_type", "period", "breakdown_type", "breakdown")


@dataclass(frozen=True)
class Explained:
    """One published value, the population under it, the cells behind it, the findings on those cells, and what is to be said
    beside it."""

    value: Record
    population: Record | None
    cells: Sequence[Record]
    findings: Sequence[Record]
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True)
class Explanation:
    """An indicator's definition; without a period its values by period, with one each value explained."""

    indicator: Record
    values: Sequence[Record] = ()
    explained: Sequence[Explained] = field(default_factory=tuple)


def explain(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    period: str | None = None,
    area: str | None = None,
    breakdown: str | None = None,
    as_at: datetime | None = None,
    base: str | None = None,
) -> Explanation:
    """What there is to say of the indicator, for this period, area (code or name) and breakdown; with `as_at` (in UTC), what
    there was to say then; with `base`, its rates on that census base: first, latest or a year. Without an area nothing of other
    councils and regions is said, where there is anything of the Board's own.

    Raises UserError, saying what there is, for an indicator, a period, an area or a breakdown that is not.
    """
    if as_at and base:
        raise UserError("Ask for a figure as it was known, or on another base; not for both at once.")
    if base and not re.fullmatch(r"first|latest|[0-9]{4}", base):
        raise UserError(f"A base is first, latest or the year of a census such as 2021; not '{base}'.")
    known = indicator(connection, code) | (_meant(connection, code, as_at) if as_at else {})
    values: str = "published.indicator_values"
    given: Record = {"code": code}
    if as_at:
        values, given = "published.indicator_values_as_at($as_at)", {"code": code, "as_at": as_at}
    elif base:
        values, given = "published.indicator_values_on($base)", {"code": code, "base": base}
    every = rows(
        connection,
        f"from {values} where indicator = $code"
        " order by area, provider, period_start, period_end desc, breakdown_type, breakdown",
        **given,
    )
    if not every and as_at:
        raise UserError(f"No figure of {code} ({known['title']}) was published by {as_at:%d %B %Y, %H:%M} UTC.")
    if not every:
        raise UserError(f"{code} ({known['title']}) is defined, but no figure of it was supplied yet.")
    chosen = _only(every, area, ("area", "area_code"), f"{code} is given for no area") if area else _ours(connection, every)
    whole = "all" if any(row["breakdown"] == "all" for row in chosen) else None
    chosen = _only(chosen, breakdown or whole, ("breakdown", "breakdown_type"), f"{code} has no breakdown")
    if period is None:
        return Explanation(known, chosen)
    of_period = _of_period(chosen, period, f"{code} has no figure for")
    explained = [_explained_then(connection, row, as_at) if as_at else _explained(connection, row) for row in of_period]
    return Explanation(known, (), explained)


def indicator(connection: duckdb.DuckDBPyConnection, code: str) -> Record:
    """The row of `published.indicators`. Raises UserError, naming those like it, for a code that is none."""
    known = {row["indicator"]: row for row in rows(connection, "from published.indicators order by indicator")}
    if code in known:
        return known[code]
    from difflib import get_close_matches

    like = [name for name in known if code in name] or get_close_matches(code, known, n=5, cutoff=0.5)
    raise UserError(
        f"'{code}' is not an indicator; " + (f"did you mean {', '.join(like)}?" if like else f"there are {', '.join(known)}.")
    )


def _ours(connection: duckdb.DuckDBPyConnection, known: list[Record]) -> list[Record]:
    """The rows but for those of other councils and of regions; all where there are no others."""
    others: set[str] = set()
    with suppress(duckdb.CatalogException, duckdb.BinderException):  # a build of before it knew
        areas = rows(connection, "select area_code from conformed.areas where kind in ('council', 'region') and not is_own")
        others = {row["area_code"] for row in areas}
    return [row for row in known if row["area_code"] not in others] or known


def _of_period(known: list[Record], text: str, otherwise: str) -> list[Record]:
    """The rows of the period. `2003-04` is a year and a month: it is the one that has figures.

    Raises UserError where both have, saying how to write each, and for none.
    """
    named = stated(text)
    try:
        wanted = named[0] if len(named) == 1 else parse(text)
    except ValueError as error:
        raise UserError(f"{error}.") from None
    found = _only(known, str(wanted), ("period",), otherwise)
    if named or "/" in text:
        return _only(found, wanted.type, ("period_type",), f"{otherwise} '{text}' of the kind")
    given = {row["period_type"] for row in found if row["status"] != "not_supplied"}
    if len(given) > 1:
        raise UserError(
            f"'{text}' is a year and a month, and both have figures: write {text.replace('-', '/')} for the year, "
            f"{MONTHS[int(text.strip()[-2:]) - 1].capitalize()} {text.strip()[:4]} for the month."
        )
    return [row for row in found if row["period_type"] in given] or found


def _only(known: list[Record], wanted: str | None, columns: Sequence[str], otherwise: str) -> list[Record]:
    """The rows of which one of the columns says what is wanted. Raises UserError for none."""
    if wanted is None:
        return known
    said = wanted.casefold()
    found = [row for row in known if said in {str(row[column]).casefold() for column in columns}]
    if not found:
        there = list(dict.fromkeys(str(row[columns[0]]) for row in known))
        shown = "; ".join(there[:30]) + ("; …" if len(there) > 30 else "")
        raise UserError(f"{otherwise} '{wanted}'; there is {shown}.")
    return found


def _explained(connection: duckdb.DuckDBPyConnection, value: Record) -> Explained:
    keys = {name: value[name] for name in _KEYS}
    same = " and ".join(f"{name} is not distinct from ${name}" for name in keys)
    cells = rows(
        connection,
        "select cell, of_what, printed, submission_id from audit.lineage"  # noqa: S608 - our own names
        f" where {same} order by submission_id, cell",
        **keys,
    )
    cells += _records(connection, value)
    if value["as_printed"] is not None:
        known = {(cell["submission_id"], cell["cell"]) for cell in cells}
        printed = [cell for cell in _printed(connection, keys) if (cell["submission_id"], cell["cell"]) not in known]
        cells += [cell | {"of_what": "as printed"} for cell in printed]
    population = rows(connection, "from conformed.populations where population_id = $id", id=value["population_id"])
    findings = list(_findings(connection, cells))
    if value["status"] == "suppressed":  # what is hidden in the figure is not shown in its cells, nor quoted from them
        cells, findings = [cell | {"printed": "(not shown)"} for cell in cells], []
    return Explained(value, population[0] if population else None, cells, findings, list(remarks(connection, value)))


def _meant(connection: duckdb.DuckDBPyConnection, code: str, as_at: datetime) -> Record:
    """What the indicator meant then; nothing where it was not declared yet."""
    found = rows(
        connection,
        "from audit.indicator_versions where indicator = $code and known_from <= $as_at order by known_from desc limit 1",
        code=code,
        as_at=as_at,
    )
    return found[0] if found else {}


def _explained_then(connection: duckdb.DuckDBPyConnection, value: Record, as_at: datetime) -> Explained:
    """A figure as it was known, what was said beside it, and its cells, not shown where the return is not public."""
    cells = rows(
        connection,
        """
        select distinct
            coalesce(o.measure, o.prints) as of_what, if(o.is_public, o.printed, '(not shown)') as printed,
            o.submission_id, o.cell
        from conformed.observations as o
        where list_contains(string_split($cells, '; '), o.cell)
            and list_contains(string_split($submissions, '; '), o.submission_id)
        order by o.submission_id, o.cell
        """,
        cells=value["cell"] or "",
        submissions=value["submission_id"] or "",
    )
    population = rows(connection, "from conformed.populations where population_id = $id", id=value["population_id"])
    said = list(remarks_then(connection, value, as_at))
    return Explained(value, population[0] if population else None, cells, (), said)


def _records(connection: duckdb.DuckDBPyConnection, value: Record) -> list[Record]:
    """The files of records that the figure was counted from, each with its rows of the area."""
    return rows(
        connection,
        """
        select cell, subject as of_what, rows || if(rows = 1, ' row', ' rows') as printed, submission_id
        from conformed.record_files
        where list_contains(string_split($cells, '; '), cell) and area_code = $area_code
        order by submission_id, cell, of_what
        """,
        cells=value["cell"] or "",
        area_code=value["area_code"],
    )


def _printed(connection: duckdb.DuckDBPyConnection, keys: Record) -> list[Record]:
    """The cells in which the supplier gives this very figure: worked out by it, or for this very period."""
    return rows(
        connection,
        """
        select o.cell, o.printed, o.submission_id
        from conformed.observations as o
        inner join published.indicators as i on i.indicator = $indicator
        where o.standing = 'accepted' and o.value is not null
            and (o.prints = i.indicator
                or (i.numerator = [o.measure] and i.kind not in ('percent', 'share', 'rate', 'mean')))
            and o.area_code = $area_code and o.provider is not distinct from $provider
            and o.period_type = $period_type and o.period = $period
            and o.breakdown_type is not distinct from $breakdown_type and o.breakdown = $breakdown
        order by o.submission_id, o.cell
        """,
        **keys,
    )


def _findings(connection: duckdb.DuckDBPyConnection, cells: Sequence[Record]) -> Iterator[Record]:
    """The findings on these cells of their submissions, gravest first."""
    at = {(cell["submission_id"], *cell["cell"].split("!")[-2:]): cell["cell"] for cell in cells}
    found = rows(
        connection,
        "from audit.findings where list_contains($submissions, submission)"
        " order by list_position(['blocker', 'error', 'query'], severity), submission, sheet, cell, code",
        submissions=sorted({cell["submission_id"] for cell in cells if cell["submission_id"]}),
    )
    for one in found:
        if cell := at.get((one["submission"], one["sheet"], one["cell"])):
            yield one | {"cell": cell}


def rows(connection: duckdb.DuckDBPyConnection, query: str, **params: Any) -> list[Record]:
    """The answer, each row by its columns' names."""
    answer = connection.execute(query, params or None)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
