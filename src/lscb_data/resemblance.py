"""Which other return a refused file looks like: sent by mistake, or received under the wrong name."""

from collections.abc import Iterator
from pathlib import Path

from lscb_data.contract import Contracts, Return
from lscb_data.finding import Finding, Severity
from lscb_data.judgement import Judgement
from lscb_data.layout import lay_out
from lscb_data.period import Period
from lscb_data.sheet import Sheet
from lscb_data.workbook import Grid, UnreadableError, tops

ANOTHER = ("sheet_missing", "heading_missing", "column_missing")  # findings that say: this is not the return at all


def resembled(judged: Judgement, path: Path, contracts: Contracts, area_name: str) -> list[Finding]:
    """A word on the return whose headings the file has, where it lacks those of its own."""
    if path.suffix.lower() == ".xml" or not any(finding.code in ANOTHER for finding in judged.findings):
        return []
    try:
        grids = tops(path)
    except UnreadableError:
        return []
    others = [one for one in contracts.returns.values() if one.return_ != judged.contract.return_]
    found = [
        one for one in others if any(_has_headings(grids, sheet, judged.period, area_name, contracts) for sheet in _tables(one))
    ]
    return [_said(one) for one in found]


def _tables(contract: Return) -> Iterator[Sheet]:
    yield from (sheet for sheet in contract.sheets if sheet.layout == "table")


def _has_headings(grids: list[Grid], sheet: Sheet, period: Period, area_name: str, contracts: Contracts) -> bool:
    for grid in grids:
        laid = lay_out(grid, sheet, period, area_name, contracts.codes)
        if laid.header and not any(finding.code in ANOTHER for finding in laid.findings):
            return True
    return False


def _said(contract: Return) -> Finding:
    return Finding(
        "another_return", Severity.BLOCKER,
        f"Its headings are those of {contract.return_}: {contract.title}.",
        f"Receive it as that return (--return {contract.return_}), or send the one that was asked for.",
    )  # fmt: skip
