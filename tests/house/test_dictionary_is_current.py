"""The dictionary in `docs/dictionary` is what the contracts, the indicators and the published tables say now."""

import os
from pathlib import Path

from typer.testing import CliRunner

from lscb_data.cli import app

ROOT = Path(__file__).parents[2]


def test_the_dictionary_is_made_anew_after_a_change(tmp_path: Path) -> None:
    """`lscb docs` renews it."""
    done = CliRunner().invoke(app, ["--home", os.fspath(ROOT), "docs", "--out", os.fspath(tmp_path)])
    assert done.exit_code == 0, done.output
    kept = ROOT / "docs/dictionary"
    pages = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.*")}
    assert pages == {path.relative_to(kept) for path in kept.rglob("*.*")}
    for page in sorted(pages):
        assert (tmp_path / page).read_text("utf-8") == (kept / page).read_text("utf-8"), page
