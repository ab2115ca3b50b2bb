"""The rooms of the house, as pyproject.toml draws them: who may know whom."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_rooms() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command; sys.path[:0] = ['src', '.']; lint_imports_command()"
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "0 broken" in run.stdout, run.stdout[-3000:] + run.stderr[-1000:]


def test_the_library_never_waits_for_great_expectations_or_pandas_to_be_imported() -> None:
    """`lscb --help` and a notebook's first line would pay for it."""
    costly = {"great_expectations", "prefect", "pandas", "openpyxl"}
    code = f"import lscb_data.judgement, sys; print(*(set(sys.modules) & {costly}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT / "src", capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
