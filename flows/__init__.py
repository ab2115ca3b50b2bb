"""The order of work. The only place where Prefect is imported."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lscb_data.summary import Summary


def run_load(
    home: Path, period: str | None = None, agency: str | None = None, wait: float = 600, rekeying: bool = False
) -> tuple["Summary", str]:
    """Load the Board's folder, with no server set up by hand: the summary, and the name of the state the load ended in.

    Prefect keeps its own records in the Board's warehouse, unless PREFECT_HOME or PREFECT_API_URL say otherwise, and tells
    nobody outside. Raises UserError where the load failed of what a person can mend; what was published before then stands.
    """
    if not {"PREFECT_HOME", "PREFECT_API_URL"} & set(os.environ):
        records = home.absolute() / "warehouse" / ".prefect"
        records.mkdir(parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str(records)
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

    from flows.load import run  # Prefect reads its settings here

    return run(home, period, agency, wait, rekeying)
