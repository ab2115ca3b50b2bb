"""The laws that a warehouse can be asked about, whatever is in it: each a question whose answer should be nought."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from lscb_data.screen import literal

REBUILD = "Do not use these figures; lscb load builds them anew. Where that does not help, report it."
_UNKNOWN = "('suppressed', 'not_supplied', 'not_applicable')"


@dataclass(frozen=True)
class Law:
    """One thing that holds of every build: what is looked at, and what of it breaks the law."""

    number: int  # in the house's list of laws
    name: str
    asks: str
    among: str  # the rows looked at
    broken: str  # of these, the rows that should not be


_FIGURES = "published.indicator_values"
_DEFINED = "(select v.*, i.kind, i.places, i.scale, i.numerator as above from published.indicator_values as v"
_DEFINED += " inner join published.indicators as i on v.indicator = i.indicator) as figures"
_CELLS = f"(select unnest(string_split(cell, '; ')) as cell, submission_id from {_FIGURES} where value is not null) as named"  # noqa: S608
_SHIFT = "case places when 0 then 1 when 1 then 10 else 100 end"
_UP, _DOWN = "(numerator * 10000)::hugeint", "(coalesce(denominator, 1) * 10000)::hugeint"
_HALF_UP = f"sign({_UP}) * ((abs({_UP}) * scale * {_SHIFT} * 2 + {_DOWN}) // ({_DOWN} * 2))"
_SHOWN = "coalesce(value, numerator, lower_95, upper_95, lower_998, upper_998, as_printed)"
_HIDDEN = (
    "exists (select 1 from marts.hidden_counts as h where figures.above = [h.measure] and figures.area_code = h.area_code"
    " and figures.provider is not distinct from h.provider and figures.period_type = h.period_type"
    " and figures.period = h.period and figures.breakdown_type is not distinct from h.breakdown_type"
    " and figures.breakdown = h.breakdown)"
)

LAWS = (
    Law(
        1, "rows_accounted", "Of every submission, rows received are rows accepted and rows rejected.",
        "staging.submissions", "rows_received <> rows_accepted + rows_rejected",
    ),
    Law(
        1, "blockers", "No check of the warehouse says that its figures may not be used.",
        "checks.findings", "severity = 'blocker'",
    ),
    Law(
        4, "last_good", "What was accepted stands until a later accepted one takes its place; what was refused takes no place.",
        """(select "return", period, bool_or(standing = 'accepted') as stands from staging.submissions"""
        """ where standing in ('accepted', 'superseded') group by "return", period) as owed""",
        "not stands",
    ),
    Law(
        6, "defined", "Every figure leads to its definition.",
        _FIGURES, "indicator not in (select indicator from published.indicators)",
    ),
    Law(
        6, "populated", "Every rate that was worked out leads to its population.",
        f"(from {_DEFINED} where kind = 'rate' and value is not null and numerator is not null and denominator is not null)",
        "population_id is null or population_id not in (select population_id from conformed.populations)",
    ),
    Law(
        6, "traced", "Every value leads to the cells, or the file of records, that it came from.",
        _CELLS,
        "cell is null or cell not in (select cell from audit.lineage where submission_id is not null"
        " union all select cell from conformed.record_files)",
    ),
    Law(
        6, "received", "Every value names submissions that were received.",
        f"(select unnest(string_split(submission_id, '; ')) as one from {_FIGURES} where value is not null) as named",  # noqa: S608
        "one is null or one not in (select submission_id from conformed.submissions)",
    ),
    Law(
        7, "hidden", "What is hidden shows no number, and no count hidden in one figure is shown in another.",
        _DEFINED,
        f"(status = 'suppressed' and {_SHOWN} is not null) or (numerator is not null and {_HIDDEN})",
    ),
    Law(
        7, "divided", "Every value is what its numerator and denominator come to, rounded once, halves up.",
        f"(from {_DEFINED} where value is not null and numerator is not null and coalesce(denominator, 1) > 0)",
        f"(value * {_SHIFT})::decimal(38, 4) <> ({_HALF_UP})::decimal(38, 4)",
    ),
    Law(
        7, "limited", "Limits stand only beside the counts that they are made of, and the wider hold the narrower.",
        f"(from {_FIGURES} where coalesce(lower_95, upper_95, lower_998, upper_998) is not null)",
        "numerator is null or not coalesce(lower_998 <= lower_95 and lower_95 <= upper_95 and upper_95 <= upper_998, false)",
    ),
    Law(
        8, "unknown", "A value that is not known is never a number.",
        _FIGURES, f"status in {_UNKNOWN} and value is not null",
    ),
)  # fmt: skip


def asked(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Law, int, int]]:
    """Each law, of how many rows it was asked, and how many break it. The build is what the connection uses."""
    for law in LAWS:
        among, broken = f"select count(*) from {law.among}", f"select count(*) from {law.among} where {law.broken}"  # noqa: S608
        yield law, _number(connection, among), _number(connection, broken)


def unnamed(connection: duckdb.DuckDBPyConnection, identifiers: frozenset[str]) -> tuple[int, list[str]]:
    """Law 5: how many columns have a name that the contracts give to an identifier of a child, and those of them that hold
    something other than pseudonyms; in `published` there may be none of either kind."""
    names = ", ".join(map(literal, sorted(identifiers))) or "''"
    found = connection.execute(
        "select schema_name || '.' || table_name || '.' || column_name, schema_name, data_type from duckdb_columns()"  # noqa: S608
        f" where database_name = current_database() and not internal and (column_name in ({names}) or data_type = 'UUID')"
        " order by all"
    ).fetchall()
    return len(found), [name for name, schema, kind in found if kind != "UUID" or schema == "published"]


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
