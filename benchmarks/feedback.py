"""Seconds that feedback on a workbook of 100,000 children takes, beside those in which openpyxl reads and writes it.

Both in one run on the same workbook: `python benchmarks/feedback.py [ROWS]`. The bound is twice openpyxl's.
"""

import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook

from lscb_data import marking, questions
from lscb_data.cell_notes import BEGINS
from lscb_data.marking import Mark
from lscb_data.package import opened
from lscb_data.questions import Question

BOUND, COLUMNS, MARKED = 2, 14, 2_000


def workbook(path: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("List 7")
    page.append([f"Heading {number}" for number in range(COLUMNS)])
    for row in range(rows):
        page.append([f"{row:08}", "F", "WBRI", "17/05/2009", row % 18, *(f"text {row % 97}" for _ in range(COLUMNS - 5))])
    book.save(path)


def feedback(source: Path, out: Path, rows: int) -> None:
    """What `lscb feedback` does once it knows what to ask: a query in each of 2,000 rows."""
    cells = [f"D{2 + number * rows // MARKED}" for number in range(MARKED)]
    asked = [Question(f"f{number:011x}", "query", "List 7", cell, "Is it so?", "Say why.") for number, cell in enumerate(cells)]
    with zipfile.ZipFile(source) as parts:
        package = opened(parts)
        look = marking.style(package, questions.FONTS, questions.FILLS, questions.BORDER, questions.STYLES, questions.COLOURS)
        marking.mark(package, {"List 7": [Mark(cell, f"{BEGINS} Is it so?", 1) for cell in cells]}, look)
        marking.add_sheet(package, "What the Board asks", questions.sheet("Asked", [], asked, {}, look))
        package.save(out)


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        source, ours, theirs = (Path(folder) / name for name in ("source.xlsx", "ours.xlsx", "theirs.xlsx"))
        workbook(source, rows)
        marked = seconds(lambda: feedback(source, ours, rows))
        copied = seconds(lambda: load_workbook(source).save(theirs))
        with zipfile.ZipFile(ours) as book:
            assert book.read("xl/comments1.xml").count(b"<comment ") == MARKED
    ratio = marked / copied
    print(
        f"{rows:,} rows: feedback {marked:.1f} s, openpyxl reads and writes {copied:.1f} s, ratio {ratio:.2f} (bound {BOUND})"
    )
    return ratio > BOUND


if __name__ == "__main__":
    sys.exit(main())
