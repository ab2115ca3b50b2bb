"""The row rules over all rows at once: what is let through is surely right; the rest is for the other judge."""

from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from lscb_data.codes import Code, CodeList
from lscb_data.period import parse
from lscb_data.screen import screen_sql
from lscb_data.sheet import Sheet

CODES = {
    "areas": CodeList("areas", (Code("N", "North", ("Up North",)), Code("U", "Unnamed", (), "is no area"), Code("α", "αlpha"))),
}  # fmt: skip


def screened(text: str, missing: tuple[str, ...] = (), **column: Any) -> tuple[Any, bool]:
    """The typed value of `x`, and whether the row is stopped."""
    sheet = Sheet.model_validate(
        {
            "sheet": "s", "names": ["S"], "layout": "table", "description": "x",
            "columns": [{"name": "x", "printed": ["X"], "description": "x"} | column],
        }
    )  # fmt: skip
    with duckdb.connect() as connection:
        connection.register("rows of s", pa.table({"row": [1], "x": [text]}))
        found = connection.sql(screen_sql("rows of s", sheet, CODES, parse("2014-15 Q1"), missing))
        (record,) = found.fetchall()
    named = dict(zip(found.columns, record, strict=True))
    return named["x"], named["stopped"]


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("27", {"type": "count"}, 27), ("1,234", {"type": "count"}, 1234), ("+5.0", {"type": "count"}, 5),
        ("40.63%", {"type": "percent"}, Decimal("40.63")), ("0%", {"type": "percent"}, Decimal(0)),
        ("Apr-14", {"type": "month", "key": "period"}, "2014-04"),
        ("NORTH", {"type": "code", "codes": "areas"}, "N"), ("x", {"type": "text"}, "x"),
        ("", {"type": "text", "required": False}, None),
        ("30", {"type": "count", "pattern": r"(\d+)"}, 30), ("ab", {"type": "text", "pattern": "(ab?)"}, "ab"),
        ("Jun", {"type": "month", "key": "period"}, "2014-06"),
    ],
)  # fmt: skip
def test_let_through(text: str, column: dict[str, Any], value: Any) -> None:
    assert screened(text, **column) == (value, False)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", {"type": "count"}), ("", {"type": "text"}), ("12.5", {"type": "count"}), ("5 or under", {"type": "count"}),
        ("-9", {"type": "count"}),
        ("1000000000", {"type": "count"}), ("0.123456789", {"type": "decimal"}), ("0.4", {"type": "percent"}),
        ("31/02/2015", {"type": "date"}),
        ("01/01/0000", {"type": "date"}), ("Jul", {"type": "month", "key": "period"}),
        ("Up North", {"type": "code", "codes": "areas"}), ("Unnamed", {"type": "code", "codes": "areas"}),
        ("αlpha", {"type": "code", "codes": "areas"}), ("north", {"type": "code", "codes": "areas", "total": ["North"]}),
        ("#N/A", {"type": "text"}),
        ("err:502", {"type": "text"}), ("6", {"type": "count", "maximum": 5}), ("5", {"type": "count", "words": {"5": 6}}),
        ("'; drop table x; --", {"type": "count"}),
    ],
)  # fmt: skip
def test_stopped(text: str, column: dict[str, Any]) -> None:
    """Not for ever: pydantic may find nothing wrong."""
    assert screened(text, ("-9",), **column)[1]
