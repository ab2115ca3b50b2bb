"""What values are held as: by Arrow, between the database and Parquet, and by the database."""

import pyarrow as pa

from lscb_data.column import Column
from lscb_data.screen import TYPES

UUID, DECIMAL = pa.uuid(), pa.decimal128(28, 10)
DUCKDB = {
    pa.string(): "varchar", pa.int64(): "bigint", pa.int32(): "integer", pa.bool_(): "boolean", pa.date32(): "date",
    UUID: "uuid", DECIMAL: "decimal(28, 10)",
}  # fmt: skip
_ARROW = {name: kind for kind, name in DUCKDB.items()}
HEAD = {"submission_id": pa.string(), "sheet": pa.string(), "row": pa.int64(), "accepted": pa.bool_()}  # of every record kept


def arrow(column: Column) -> pa.DataType:
    """What the column's values are held as."""
    return _ARROW[TYPES[column.type]]


def columns(schema: pa.Schema) -> dict[str, str]:
    """The same columns as the database declares them."""
    return {field.name: DUCKDB[field.type] for field in schema}
