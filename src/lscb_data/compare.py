"""An area's figures beside those of the groups that it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from lscb_data.explain import Record, indicator, rows
from lscb_data.finding import UserError

_COMPARED = ("percent", "rate", "share")


@dataclass(frozen=True)
class Compared:
    """An indicator, the area, and a row for each period, part, group and basis; oldest first."""

    indicator: Record
    area: str
    rows: Sequence[Record]


def compare(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    area: str,
    with_: str | None = None,
    period_type: str | None = None,
    breakdown: str | None = None,
) -> Compared:
    """The figures of an area (code or name) beside those of the groups whose name holds `with_`, or of all.

    Of the longest kind of period for which there is anything to compare, unless one is named. Raises UserError, saying what
    there is, for an indicator that is a count, an area without figures, and a group that has none.
    """
    known = indicator(connection, code)
    if known["kind"] not in _COMPARED:
        raise UserError(
            f"{code} ({known['title']}) is a count: a bigger area has more of them. Compare its rate or its percentage."
        )
    every = rows(connection, "from published.indicator_comparators($code, $area)", code=code, area=area)
    if not every:
        raise UserError(_nothing(connection, code, area))
    said = (with_ or "").casefold()
    of_group = [row for row in every if said in row["group_set"].casefold() or said in row["group_title"].casefold()]
    if not of_group:
        sets = ", ".join(sorted({row["group_set"] for row in every}))
        raise UserError(f"There is nothing of '{with_}' to compare {code} with; there is {sets}.")
    of_part = [row for row in of_group if (breakdown or "all") in (row["breakdown"], row["breakdown_type"])]
    if not of_part:
        parts = ", ".join(sorted({row["breakdown"] for row in of_group}))
        raise UserError(f"{code} has no breakdown '{breakdown or 'all'}' to compare; there is {parts}.")
    kinds = [kind for kind in ("year", "date", "quarter", "month") if kind in {row["period_type"] for row in of_part}]
    if period_type and period_type not in kinds:
        raise UserError(f"{code} cannot be compared by {period_type}; by {', '.join(kinds)} it can.")
    shown = [row for row in of_part if row["period_type"] == (period_type or kinds[0])]
    return Compared(known, shown[0]["area"], shown)


def _nothing(connection: duckdb.DuckDBPyConnection, code: str, area: str) -> str:
    have = rows(
        connection, "select distinct area, area_code from published.indicator_values where indicator = $code", code=code
    )
    areas = sorted(row["area"] for row in have)
    if area.casefold() not in {str(one).casefold() for row in have for one in row.values()}:
        shown = "; ".join(areas[:30]) + ("; …" if len(areas) > 30 else "")
        return f"{code} is given for no area '{area}'; there is {shown or 'none'}."
    said = f"No group that {area} is compared with has a figure of {code} for the same period. "
    for row in rows(connection, "from published.indicators where kind in ('percent', 'rate', 'share') order by indicator"):
        if _is_variant(row["indicator"], code) and rows(
            connection, "from published.indicator_comparators($code, $area) limit 1", code=row["indicator"], area=area
        ):
            return f"{said}Others have {row['indicator']}, which is of another definition: {row['title']}."
    return said + "Receive what is published of the others, such as the DfE's tables, and load it."


def _is_variant(code: str, of: str) -> bool:
    """Whether a code has all the words of another, and more or fewer: cp_reregistration_with_transfers_percent."""
    words, known = set(code.split("_")), set(of.split("_"))
    return words != known and (words >= known or words <= known)
