"""What the Board has published, kept as evidence: each load adds to `raw/published/` what it changed, and rewrites nothing.

A build holds the whole of it; the files are what a warehouse that was lost is given it back from.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from lscb_data.disk import whole
from lscb_data.finding import UserError, first_line
from lscb_data.screen import literal, quote

_TEXTS = "varchar[]"
FIGURES = {
    **dict.fromkeys(["indicator", "area_code", "area", "provider", "period_type", "period"], "varchar"),
    "period_start": "date", "period_end": "date",
    **dict.fromkeys(["breakdown_type", "breakdown", "unit"], "varchar"),
    **dict.fromkeys(["numerator", "denominator", "value"], "decimal(18, 2)"),
    **dict.fromkeys(["lower_95", "upper_95", "lower_998", "upper_998"], "decimal(18, 2)"),
    **dict.fromkeys(["status", "qualifier", "note"], "varchar"),
    "as_printed": "decimal(18, 4)",
    **dict.fromkeys(["population_id", "submission_id", "cell", "definition_sha256"], "varchar"),
    "is_published": "boolean",
}  # fmt: skip
INDICATORS = {
    **dict.fromkeys(["indicator", "title", "kind", "unit"], "varchar"),
    "numerator": _TEXTS, "denominator": _TEXTS, "places": "integer",
    **dict.fromkeys(["definition", "source", "caveats", "definition_sha256"], "varchar"),
}  # fmt: skip
SUBMISSIONS = {
    **dict.fromkeys(["submission_id", "return", "period", "file", "sha256", "contract_sha256", "standing"], "varchar"),
    **dict.fromkeys(["rows_received", "rows_accepted", "rows_rejected"], "bigint"),
    "withdrawn_for": "varchar",
}  # fmt: skip
REMARKS = {
    **dict.fromkeys(["remark", "indicator", "area_code", "area", "provider", "period_type", "period"], "varchar"),
    "period_start": "date", "period_end": "date",
    **dict.fromkeys(["breakdown_type", "breakdown", "name", "verdict", "judged"], "varchar"),
    **dict.fromkeys(["value", "centre", "lower_limit", "upper_limit", "lower_998", "upper_998"], "decimal(18, 2)"),
    "since": "varchar", "periods": "integer", "councils": "bigint", "hidden": "bigint", "is_far_out": "boolean",
    **dict.fromkeys(["unit", "set_by", "source"], "varchar"),
    "valid_from": "date", "valid_until": "date",
    **dict.fromkeys(["rule", "says"], "varchar"),
    "is_said": "boolean",
}  # fmt: skip
# Columns of audit.<name>_versions.
KNOWN = {"figure": FIGURES, "indicator": INDICATORS, "submission": SUBMISSIONS, "remark": REMARKS}
KEYS = {
    "figure": "indicator, area_code, provider, period_type, period, breakdown_type, breakdown",
    "indicator": "indicator",
    "submission": "submission_id",
}
KEYS["remark"] = f"remark, {KEYS['figure']}, name, set_by, valid_from"
_STAMP = "%Y%m%dT%H%M%S%fZ"


def stage(connection: duckdb.DuckDBPyConnection, files: Mapping[str, list[Path]]) -> None:
    """Give staging what was known before this build (`figures_known`, …), the last of it (`figures_known_last`, …), and the
    moment from which its own is known (`build`).

    That moment is later than any before it, whatever the clock says. Raises UserError where a file is damaged.
    """
    for name, columns in KNOWN.items():
        typed = ", ".join(
            f"null::{kind} as {quote(column)}" for column, kind in (columns | {"known_from": "timestamp"}).items()
        )
        paths = ", ".join(literal(str(path)) for path in files.get(name, []))
        held = f"union all by name from read_parquet([{paths}], union_by_name = true)" if paths else ""
        try:
            connection.execute(f"create table staging.{name}s_known as select {typed} where false {held}")
        except duckdb.Error as error:
            raise UserError(
                f"What was published before cannot be read from raw/published ({first_line(error)}). Put the file back from a "
                "backup, or take it away: while the last build is there the next load writes it anew from that."
            ) from None
        last = f"qualify row_number() over (partition by {KEYS[name]} order by known_from desc) = 1"
        held = f"select * exclude (known_from) from staging.{name}s_known {last}"  # noqa: S608 - our own names
        connection.execute(f"create table staging.{name}s_known_last as {held}")
    every = " union all ".join(f"(select known_from from staging.{name}s_known)" for name in KNOWN)  # noqa: S608 - the same
    (before,) = connection.execute(f"select max(known_from) from ({every})").fetchone() or (None,)  # noqa: S608 - the same
    now = datetime.now(UTC).replace(tzinfo=None)
    built_at = max(now, before + timedelta(microseconds=1)) if before else now
    connection.execute("create table staging.build as select $1::timestamp as built_at", [built_at])


def unstage(connection: duckdb.DuckDBPyConnection) -> None:
    """Take away again what `stage` gave: audit has it all."""
    for name in KNOWN:
        connection.execute(f"drop table staging.{name}s_known")
        connection.execute(f"drop table staging.{name}s_known_last")


def files(folder: Path) -> dict[str, list[Path]]:
    """What was published before, oldest first: the files of each kind."""
    return {name: sorted(folder.glob(f"[!.]*.{name}s.parquet")) for name in KNOWN}


def keep(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write down what the history of a build holds and the folder does not; what is written already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in KNOWN.items():
        versions = connection.sql(f"from audit.{name}_versions")
        for (moment,) in versions.project("known_from").distinct().order("known_from").fetchall():
            path = folder / f"{moment:{_STAMP}}.{name}s.parquet"
            if not path.exists():
                news = versions.filter(f"known_from = {literal(str(moment))}")
                with whole(path) as part:
                    listed = ", ".join(map(quote, (*columns, "known_from")))
                    news.project(listed).write_parquet(str(part), compression="zstd")
